//! `cargo xtask theory …`: the closed forms as CSV.

mod arguments;

pub use arguments::Question;

use crate::config::{float, read_regular};
use crate::console;
use crate::runs::memory;
use anyhow::{Context as _, anyhow, ensure};
use arguments::{
    BandArgs, BrakeArgs, CurveArgs, ModeArgs, Numbers, RandomArgs, RegularisationArgs, SpectrumArgs, StoppingArgs,
    StudentArgs, TaskArgs, TransferArgs,
};
use faer::Mat;
use indicatif::{ProgressBar, ProgressDrawTarget};
use std::io::IsTerminal as _;
use std::path::Path;
use std::time::Instant;
use theory::{
    Ensemble, JointCurve, JointTask, LearningCurve, ModeGrowth, Regularisation, SpikedMatrix, Student, Summary, Task,
    Teacher, TheoryError, Trajectories,
};

/// Most rows of an answer, which is printed whole or not at all.
const MOST_ROWS: usize = 1_000_000;

impl TaskArgs {
    fn task(&self) -> anyhow::Result<Task> {
        let task = Task::new(self.inputs, self.outputs, &self.strengths.0)?.with_noise(self.student.noise)?;
        Ok(task.with_examples(self.examples.unwrap_or(self.inputs))?)
    }

    fn curve(&self, brakes: &BrakeArgs, finite_size_bulk: bool) -> anyhow::Result<LearningCurve> {
        let curve = LearningCurve::new(&self.task()?, &self.student.braked(brakes)?);
        Ok(if finite_size_bulk { curve.with_finite_size_bulk() } else { curve })
    }

    /// Refuses draws that would not fit into memory; the closed forms take any size.
    ///
    /// Counted are the matrices of the draws in work, one per thread, and what is kept of all draws.
    fn check_memory(&self, random: bool, draws: usize, times: usize, gib: f64) -> anyhow::Result<()> {
        let (inputs, outputs, hidden) = (self.inputs, self.outputs, self.student.hidden);
        let examples = self.examples.unwrap_or(inputs);
        let student = if random { memory::of_exact_student(inputs, outputs, hidden) } else { 0.0 };
        let threads = rayon::current_num_threads().min(draws) as f64;
        let kept = memory::of_trajectories(draws, times, inputs.min(outputs).min(examples));
        let what = format!(
            "{inputs} inputs, {outputs} outputs, {examples} examples and {hidden} hidden units, {times} times and {draws} draws"
        );
        memory::ensure_fits(what, threads * (memory::of_draw(inputs, outputs, examples) + student) + kept, gib)
    }
}

impl StudentArgs {
    fn student(&self) -> anyhow::Result<Student> {
        Ok(Student::new(self.hidden, self.layers, self.epsilon)?)
    }

    fn braked(&self, brakes: &BrakeArgs) -> anyhow::Result<Student> {
        Ok(self.student()?.with_decay(brakes.decay)?.with_balance(brakes.balance)?)
    }
}

/// Answers a question on standard output, as CSV with a header: all of it or nothing.
///
/// # Errors
/// If the theory refuses a value, with the value and what is allowed.
pub fn answer(question: &Question) -> anyhow::Result<()> {
    let mut csv = Csv(csv::Writer::from_writer(Vec::new()));
    match question {
        Question::Mode(args) => mode(args, &mut csv),
        Question::Spectrum(args) => spectrum(args, &mut csv),
        Question::Curve(args) => curve(args, &mut csv),
        Question::Stopping(args) => stopping(args, &mut csv),
        Question::Regularisation(args) => regularisation(args, &mut csv),
        Question::Transfer(args) => transfer(args, &mut csv),
        Question::Random(args) => random(args, &mut csv),
        Question::Band(args) => band(args, &mut csv),
    }?;
    console::bytes(&csv.0.into_inner()?);
    Ok(())
}

/// CSV of numbers with 17 significant digits, enough to give every f64 back.
struct Csv(csv::Writer<Vec<u8>>);

impl Csv {
    fn header(&mut self, names: &[&str]) -> anyhow::Result<()> {
        Ok(self.0.write_record(names)?)
    }

    fn row(&mut self, numbers: &[f64]) -> anyhow::Result<()> {
        ensure!(
            numbers.iter().all(|number| number.is_finite()),
            "the answer is beyond what floating point holds: {numbers:?}; give values of a more usual size"
        );
        Ok(self.0.write_record(numbers.iter().map(|number| digits(*number)))?)
    }
}

/// A number with 17 significant digits; whole numbers below 10¹⁵ as they are.
fn digits(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number}") } else { format!("{number:.16e}") }
}

/// Refuses what is negative and should not be.
fn not_negative(option: &str, numbers: &[f64], what: &str) -> anyhow::Result<()> {
    match numbers.iter().find(|number| **number < 0.0) {
        Some(number) => Err(anyhow!("{option}: {number} given; {what} are not negative")),
        None => Ok(()),
    }
}

fn check_times(Numbers(times): &Numbers) -> anyhow::Result<()> {
    not_negative("--times", times, "times, in units of τ,")
}

fn mode(args: &ModeArgs, csv: &mut Csv) -> anyhow::Result<()> {
    let growth = ModeGrowth::new(args.layers, args.epsilon)?;
    let growth = growth.with_decay(args.brakes.decay)?.with_balance(args.brakes.balance)?;
    check_times(&args.times)?;
    not_negative("--s-hat", &args.s_hat.0, "data strengths")?;
    let rows = args.s_hat.0.len() * args.times.0.len();
    ensure!(rows <= MOST_ROWS, "{rows} rows asked for, one per ŝ and time; an answer has at most {MOST_ROWS}");
    csv.header(&["layers", "epsilon", "s_hat", "t", "s"])?;
    for &s_hat in &args.s_hat.0 {
        for &t in &args.times.0 {
            csv.row(&[args.layers as f64, args.epsilon, s_hat, t, growth.strength_at(s_hat, t)])?;
        }
    }
    Ok(())
}

fn spectrum(args: &SpectrumArgs, csv: &mut Csv) -> anyhow::Result<()> {
    let matrix = SpikedMatrix::new(args.rows, args.cols, args.entry_variance)?;
    let s_bars = match (&args.s_bar, &args.s_hat) {
        (Some(Numbers(s_bars)), _) => s_bars.clone(),
        (None, Some(Numbers(s_hats))) => {
            let teacher = |&s_hat: &f64| {
                matrix.true_strength(s_hat)?.with_context(|| {
                    format!(
                        "--s-hat: {s_hat} given; at or below the edge of the bulk, {:e}, it says nothing of s̄",
                        matrix.edge()
                    )
                })
            };
            s_hats.iter().map(teacher).collect::<anyhow::Result<_>>()?
        }
        (None, None) => Vec::new(),
    };
    not_negative("--s-bar", &s_bars, "teacher strengths")?;
    csv.header(&["s_bar", "s_hat", "overlap_output", "overlap_input", "threshold", "edge_low", "edge_high"])?;
    for s_bar in s_bars {
        let (output, input) = (matrix.overlap_output(s_bar), matrix.overlap_input(s_bar));
        let [threshold, low, high] = [matrix.threshold(), matrix.lower_edge(), matrix.edge()];
        csv.row(&[s_bar, matrix.strength(s_bar), output, input, threshold, low, high])?;
    }
    Ok(())
}

fn curve(args: &CurveArgs, csv: &mut Csv) -> anyhow::Result<()> {
    let curve = args.task.curve(&args.brakes, args.finite_size_bulk)?;
    check_times(&args.times)?;
    csv.header(&["t", "train_error", "test_error"])?;
    for &t in &args.times.0 {
        let errors = curve.errors_at(t)?;
        csv.row(&[t, errors.train, errors.test])?;
    }
    Ok(())
}

fn stopping(args: &StoppingArgs, csv: &mut Csv) -> anyhow::Result<()> {
    let curve = args.task.curve(&args.brakes, args.finite_size_bulk)?;
    let best = curve.optimal_stopping(latest(args.t_max, || Ok(curve.horizon()))?)?;
    let shrinkage = curve.shrinkage_error()?;
    csv.header(&["t_opt", "test_error_opt", "shrinkage_error", "censored"])?;
    csv.row(&[best.time, best.test_error, shrinkage, told(best.censored)])
}

fn regularisation(args: &RegularisationArgs, csv: &mut Csv) -> anyhow::Result<()> {
    if let Some(t_max) = args.t_max {
        not_negative("--t-max", &[t_max], "times, in units of τ,")?;
    }
    let best = Regularisation::new(&args.task.task()?, &args.task.student.student()?, args.t_max)?;
    told(best.stopping.censored || best.both.censored);
    let columns = [
        ("stopping_time", best.stopping.time),
        ("stopping_error", best.stopping.test_error),
        ("decay", best.decay.decay),
        ("decay_error", best.decay.test_error),
        ("both_time", best.both.time),
        ("both_decay", best.both.decay),
        ("both_error", best.both.test_error),
        ("shrinkage_error", best.shrinkage_error),
    ];
    csv.header(&columns.map(|(name, _)| name))?;
    csv.row(&columns.map(|(_, number)| number))
}

/// `--t-max`, or the time by which the theory says that everything is learned.
fn latest(t_max: Option<f64>, horizon: impl FnOnce() -> Result<f64, TheoryError>) -> anyhow::Result<f64> {
    let Some(t_max) = t_max else { return Ok(horizon()?) };
    not_negative("--t-max", &[t_max], "times, in units of τ,")?;
    Ok(t_max)
}

/// 1 if the least error is that of the end of the search alone, which is said on standard error, too.
fn told(censored: bool) -> f64 {
    if censored {
        console::complain(format_args!(
            "note: censored: the error still falls at --t-max; a later one, or none, gives the best stopping time"
        ));
    }
    f64::from(u8::from(censored))
}

fn transfer(args: &TransferArgs, csv: &mut Csv) -> anyhow::Result<()> {
    let joint = match args.tasks.is_empty() {
        true => rank_one_pair(args),
        false => any_tasks(args),
    }?;
    let joint = joint.with_noise(args.student.noise)?;
    let curve = JointCurve::new(&joint, &args.student.braked(&args.brakes)?);
    let (numbered, asked) = if args.tasks.is_empty() { (false, 1) } else { (true, args.tasks.len()) };
    let columns = ["task", "t_alone", "error_alone", "t_joint", "error_joint", "benefit", "censored"];
    csv.header(&columns[usize::from(!numbered)..])?;
    for index in 0..asked {
        let transfer = curve.benefit(index, latest(args.t_max, || curve.horizon(index))?)?;
        let (alone, joint) = (&transfer.alone, &transfer.joint);
        let task = (index + 1) as f64;
        let censored = told(alone.censored || joint.censored);
        let row = [task, alone.time, alone.test_error, joint.time, joint.test_error, transfer.benefit(), censored];
        csv.row(&row[usize::from(!numbered)..])?;
    }
    Ok(())
}

/// A beside B, of `--strength-a`, `--strength-b` and `--alignment`.
fn rank_one_pair(args: &TransferArgs) -> anyhow::Result<JointTask> {
    let alignment = args.alignment.unwrap_or_default();
    ensure!((-1.0..=1.0).contains(&alignment), "--alignment: {alignment} given; q = v̄_A·v̄_B must be between -1 and 1");
    let teacher = |option: &str, outputs: Option<usize>, strength: Option<f64>| {
        let strength = strength.unwrap_or_default();
        ensure!(strength > 0.0, "{option}: {strength} given; a strength must be positive");
        Ok(Teacher { outputs: outputs.unwrap_or_default(), strengths: vec![strength] })
    };
    let a = teacher("--strength-a", args.outputs_a, args.strength_a)?;
    let b = teacher("--strength-b", args.outputs_b, args.strength_b)?;
    Ok(JointTask::pair(args.inputs, a, b, faer::mat![[alignment]].as_ref())?)
}

/// As many tasks as there are `--task`, each of any rank.
fn any_tasks(args: &TransferArgs) -> anyhow::Result<JointTask> {
    ensure!(args.tasks.len() >= 2, "--task: given once; transfer is between two tasks at least");
    ensure!(
        args.outputs.len() == args.tasks.len(),
        "--outputs: {} numbers given; one for each of the {} tasks",
        args.outputs.len(),
        args.tasks.len()
    );
    let teachers: Vec<Teacher> = std::iter::zip(&args.tasks, &args.outputs)
        .map(|(Numbers(strengths), &outputs)| Teacher { outputs, strengths: strengths.clone() })
        .collect();
    let overlaps = matrix(args.overlaps.as_deref().unwrap_or(Path::new("")))?;
    match &teachers[..] {
        [a, b] if overlaps.shape() == (a.strengths.len(), b.strengths.len()) => {
            Ok(JointTask::pair(args.inputs, a.clone(), b.clone(), overlaps.as_ref())?)
        }
        _ => Ok(JointTask::new(args.inputs, &teachers, overlaps.as_ref())?),
    }
}

/// Largest file of overlaps.
const MOST_BYTES: u64 = 1 << 26;

/// The matrix in a CSV file without header.
fn matrix(path: &Path) -> anyhow::Result<Mat<f64>> {
    let name = path.display();
    let bytes = read_regular(path, MOST_BYTES).map_err(|why| anyhow!("--overlaps: {name} {why}"))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(&bytes[..]);
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let place = || format!("--overlaps: {name}:{}", index + 1);
        let record = record.with_context(place)?;
        let row = record.iter().map(|text| float(text).map_err(|rule| anyhow!("{text:?} {rule}")));
        rows.push(row.collect::<anyhow::Result<_>>().with_context(place)?);
    }
    let columns = rows.first().map_or(0, Vec::len);
    ensure!(columns > 0, "--overlaps: {name} holds no number");
    Ok(Mat::from_fn(rows.len(), columns, |i, j| rows[i][j]))
}

fn random(args: &RandomArgs, csv: &mut Csv) -> anyhow::Result<()> {
    check_times(&args.times)?;
    let Numbers(times) = &args.times;
    args.task.check_memory(true, 1, times.len(), args.memory)?;
    let student = args.task.student.braked(&args.brakes)?;
    let draw = Ensemble::sample(&args.task.task()?, 1, args.seed)?;
    let (exact, aligned) = (draw.random(&student, times, 0.0, 0)?, draw.aligned(&student, times, 0.0)?);
    csv.header(&["t", "train_error", "test_error", "test_error_aligned"])?;
    let (trains, tests, aligned) = (exact.train_errors(), test_errors(&exact)?, test_errors(&aligned)?);
    for (i, &t) in times.iter().enumerate() {
        csv.row(&[t, trains[i].mean, tests[i].mean, aligned[i].mean])?;
    }
    Ok(())
}

fn test_errors(trajectories: &Trajectories) -> anyhow::Result<Vec<Summary>> {
    trajectories.test_errors().context("--strengths: the teacher is zero; the relative test error divides by its norm")
}

/// A bar on the terminal for what takes more than a second; elsewhere nothing.
struct LateBar {
    bar: ProgressBar,
    start: Instant,
}

impl LateBar {
    fn new(steps: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::hidden());
        Self { bar, start: Instant::now() }
    }

    fn advance(&self) {
        self.bar.inc(1);
        if self.bar.is_hidden() && self.start.elapsed().as_secs() >= 1 && std::io::stderr().is_terminal() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn band(args: &BandArgs, csv: &mut Csv) -> anyhow::Result<()> {
    check_times(&args.times)?;
    ensure!(
        (2..=1_000_000).contains(&args.draws),
        "--draws: {} given; a band needs from 2 to 1000000 draws",
        args.draws
    );
    let Numbers(times) = &args.times;
    args.task.check_memory(args.random, args.draws, times.len(), args.memory)?;
    let student = args.task.student.braked(&args.brakes)?;
    let bar = LateBar::new(args.draws * if args.random { 2 } else { 1 });
    let ensemble = Ensemble::sample_reporting(&args.task.task()?, args.draws, args.seed, || bar.advance())?;
    let trajectories = match args.random {
        true => ensemble.random_reporting(&student, times, 0.0, 0, || bar.advance())?,
        false => ensemble.aligned(&student, times, 0.0)?,
    };
    bar.finish();
    csv.header(&["t", "train_mean", "train_low", "train_high", "test_mean", "test_low", "test_high"])?;
    for ((&t, train), test) in times.iter().zip(trajectories.train_errors()).zip(test_errors(&trajectories)?) {
        let [(train_low, train_high), (test_low, test_high)] = [train.band_95.into(), test.band_95.into()];
        csv.row(&[t, train.mean, train_low, train_high, test.mean, test_low, test_high])?;
    }
    Ok(())
}
