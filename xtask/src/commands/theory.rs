//! `cargo xtask theory …`: the closed forms as CSV.

use crate::config::{float, read_regular};
use crate::console;
use anyhow::{Context as _, anyhow, ensure};
use clap::{Args, Subcommand};
use faer::Mat;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use theory::{
    Ensemble, JointCurve, JointTask, LearningCurve, ModeGrowth, SpikedMatrix, Student, Summary, Task, Teacher,
    Trajectories,
};

/// A question to the theory.
#[derive(Debug, Subcommand)]
pub enum Question {
    /// Strength s(t) of modes with data strength ŝ.
    Mode(ModeArgs),
    /// What a teacher's modes look like in a noisy matrix (data strength, overlaps, threshold, bulk edges), or what a
    /// data strength says of the teacher.
    Spectrum(SpectrumArgs),
    /// Train and test error over time.
    Curve(CurveArgs),
    /// Best stopping time and error, and the error of the non-gradient shrinkage algorithm.
    Stopping(StoppingArgs),
    /// Best errors of tasks alone and learned jointly, and the transfer benefit.
    Transfer(TransferArgs),
    /// Exact curves of one randomly initialised one-hidden-layer student on one draw of the data.
    Random(RandomArgs),
    /// Mean and 95 % band of train and test error over draws of the data at the actual size.
    Band(BandArgs),
}

/// Most numbers of a list on the command line.
const MOST_NUMBERS: usize = 100_000;

/// Most rows of an answer, which is printed whole or not at all.
const MOST_ROWS: usize = 1_000_000;

/// A list of numbers on the command line: `0,1,2.5`, and ranges `from:to:step` among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers(pub Vec<f64>);

impl FromStr for Numbers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut numbers = Vec::new();
        for item in text.split(',') {
            let parts: Vec<f64> = item.split(':').map(float).collect::<Result<_, _>>()?;
            let (start, count, step) = match parts[..] {
                [number] => (number, 1.0, 0.0),
                // A last step that rounding has made a little too long still counts.
                [from, to, step] if step > 0.0 && from <= to => (from, ((to - from) / step + 1e-9).floor() + 1.0, step),
                _ => return Err("a range is from:to:step with from ≤ to and a step above 0".to_owned()),
            };
            if numbers.len() as f64 + count > MOST_NUMBERS as f64 {
                return Err(format!("more than {MOST_NUMBERS} numbers"));
            }
            numbers.extend((0..count as usize).map(|k| start + k as f64 * step));
        }
        Ok(Self(numbers))
    }
}

/// Arguments of `theory mode`.
#[derive(Clone, Debug, Args)]
pub struct ModeArgs {
    /// L, weight matrices of the student.
    #[arg(long, allow_hyphen_values = true)]
    pub layers: usize,
    /// ε, initial strength.
    #[arg(long, value_parser = float, allow_hyphen_values = true)]
    pub epsilon: f64,
    /// ŝ, data strengths.
    #[arg(long, allow_hyphen_values = true)]
    pub s_hat: Numbers,
    /// t/τ: numbers, and ranges such as 0:40:0.2.
    #[arg(long, allow_hyphen_values = true)]
    pub times: Numbers,
}

/// Arguments of `theory spectrum`.
#[derive(Clone, Debug, Args)]
pub struct SpectrumArgs {
    /// Rows of the matrix (outputs).
    #[arg(long, allow_hyphen_values = true)]
    pub rows: usize,
    /// Columns of the matrix (inputs or examples).
    #[arg(long, allow_hyphen_values = true)]
    pub cols: usize,
    /// ν, variance of one noise entry.
    #[arg(long, value_parser = float, allow_hyphen_values = true)]
    pub entry_variance: f64,
    /// s̄, teacher strengths.
    #[arg(long, required_unless_present = "s_hat", conflicts_with = "s_hat", allow_hyphen_values = true)]
    pub s_bar: Option<Numbers>,
    /// ŝ, data strengths above the edge of the bulk, whose s̄ is asked for.
    #[arg(long, allow_hyphen_values = true)]
    pub s_hat: Option<Numbers>,
}

/// A student and its noise, as most questions take them.
#[derive(Clone, Debug, Args)]
pub struct StudentArgs {
    /// σ_z; one noise entry has variance σ_z²/N₁.
    #[arg(long, default_value_t = 1.0, value_parser = float, allow_hyphen_values = true)]
    pub noise: f64,
    /// N₂, width of every hidden layer.
    #[arg(long, allow_hyphen_values = true)]
    pub hidden: usize,
    /// L, weight matrices of the student.
    #[arg(long, default_value_t = 2, allow_hyphen_values = true)]
    pub layers: usize,
    /// ε, initial strength of the student's map.
    #[arg(long, value_parser = float, allow_hyphen_values = true)]
    pub epsilon: f64,
}

/// A task, as `theory curve` and its relatives take it.
#[derive(Clone, Debug, Args)]
pub struct TaskArgs {
    /// N₁.
    #[arg(long, allow_hyphen_values = true)]
    pub inputs: usize,
    /// N₃.
    #[arg(long, allow_hyphen_values = true)]
    pub outputs: usize,
    /// s̄, teacher strengths in decreasing order, one at least: relative errors divide by the teacher's squared norm.
    #[arg(long, allow_hyphen_values = true)]
    pub strengths: Numbers,
    /// P; more examples than inputs are such that XXᵀ = (P/N₁)·1, fewer are orthonormal [default: inputs].
    #[arg(long, allow_hyphen_values = true)]
    pub examples: Option<usize>,
    /// The student.
    #[command(flatten)]
    pub student: StudentArgs,
}

/// Arguments of `theory curve`.
#[derive(Clone, Debug, Args)]
pub struct CurveArgs {
    /// The task and the student.
    #[command(flatten)]
    pub task: TaskArgs,
    /// t/τ: numbers, and ranges such as 0:40:0.2.
    #[arg(long, allow_hyphen_values = true)]
    pub times: Numbers,
    /// Take the bulk of the matrix that is left without the teacher's modes (first-order finite-size correction).
    #[arg(long)]
    pub finite_size_bulk: bool,
}

/// Arguments of `theory stopping`.
#[derive(Clone, Debug, Args)]
pub struct StoppingArgs {
    /// The task and the student.
    #[command(flatten)]
    pub task: TaskArgs,
    /// Latest stopping time considered, t/τ.
    #[arg(long, value_parser = float, allow_hyphen_values = true)]
    pub t_max: f64,
}

/// Arguments of `theory transfer`: two tasks of rank one, or any tasks by `--task`, `--outputs` and `--overlaps`.
#[derive(Clone, Debug, Args)]
pub struct TransferArgs {
    /// N₁.
    #[arg(long, allow_hyphen_values = true)]
    pub inputs: usize,
    /// Outputs of task A.
    #[arg(long, required_unless_present = "tasks", allow_hyphen_values = true)]
    pub outputs_a: Option<usize>,
    /// Outputs of task B.
    #[arg(long, required_unless_present = "tasks", allow_hyphen_values = true)]
    pub outputs_b: Option<usize>,
    /// s̄_A, of a rank-one teacher.
    #[arg(long, required_unless_present = "tasks", value_parser = float, allow_hyphen_values = true)]
    pub strength_a: Option<f64>,
    /// s̄_B, of a rank-one teacher.
    #[arg(long, required_unless_present = "tasks", value_parser = float, allow_hyphen_values = true)]
    pub strength_b: Option<f64>,
    /// q = v̄_A·v̄_B.
    #[arg(long, required_unless_present = "tasks", value_parser = float, allow_hyphen_values = true)]
    pub alignment: Option<f64>,
    /// s̄ of one task, in decreasing order; once for each task.
    #[arg(long = "task", value_name = "STRENGTHS", requires_all = ["outputs", "overlaps"], allow_hyphen_values = true,
          conflicts_with_all = ["outputs_a", "outputs_b", "strength_a", "strength_b", "alignment"])]
    pub tasks: Vec<Numbers>,
    /// Outputs of each task, in their order.
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', requires = "tasks", allow_hyphen_values = true)]
    pub outputs: Vec<usize>,
    /// CSV without header: v̄ᵢ·v̄ⱼ of all tasks' modes in their order, or of two tasks A's modes (rows) by B's.
    #[arg(long, value_name = "FILE", requires = "tasks")]
    pub overlaps: Option<PathBuf>,
    /// The student.
    #[command(flatten)]
    pub student: StudentArgs,
    /// Latest stopping time considered, t/τ.
    #[arg(long, value_parser = float, allow_hyphen_values = true)]
    pub t_max: f64,
}

/// Arguments of `theory random`.
#[derive(Clone, Debug, Args)]
pub struct RandomArgs {
    /// The task and the student (one hidden layer).
    #[command(flatten)]
    pub task: TaskArgs,
    /// t/τ: numbers, and ranges such as 0:40:0.2.
    #[arg(long, allow_hyphen_values = true)]
    pub times: Numbers,
    /// Seed of teacher, noise and initial weights.
    #[arg(long, allow_hyphen_values = true)]
    pub seed: u64,
    /// Most memory that the answer may take.
    #[arg(long, value_name = "GIB", default_value_t = 4.0, value_parser = float, allow_hyphen_values = true)]
    pub memory: f64,
}

/// Arguments of `theory band`.
#[derive(Clone, Debug, Args)]
pub struct BandArgs {
    /// The task and the student.
    #[command(flatten)]
    pub task: TaskArgs,
    /// t/τ: numbers, and ranges such as 0:40:0.2.
    #[arg(long, allow_hyphen_values = true)]
    pub times: Numbers,
    /// Independent draws of teacher and noise.
    #[arg(long, default_value_t = 200, allow_hyphen_values = true)]
    pub draws: usize,
    /// Seed of the draws.
    #[arg(long, default_value_t = 1, allow_hyphen_values = true)]
    pub seed: u64,
    /// Random initialisation instead of the training-aligned one (one hidden layer).
    #[arg(long)]
    pub random: bool,
    /// Most memory that the answer may take.
    #[arg(long, value_name = "GIB", default_value_t = 4.0, value_parser = float, allow_hyphen_values = true)]
    pub memory: f64,
}

impl TaskArgs {
    fn task(&self) -> anyhow::Result<Task> {
        let task = Task::new(self.inputs, self.outputs, &self.strengths.0)?.with_noise(self.student.noise)?;
        Ok(task.with_examples(self.examples.unwrap_or(self.inputs))?)
    }

    /// Refuses draws that would not fit into memory; the closed forms take any size.
    ///
    /// Counted are the matrices of the draws in work, one per thread, and what is kept of all draws. A random student's
    /// bases are square in inputs and outputs, and its solution is in hidden units. Factors as measured with matrices of all
    /// shapes, rounded up.
    fn check_memory(&self, random: bool, draws: usize, times: usize, gib: f64) -> anyhow::Result<()> {
        let examples = self.examples.unwrap_or(self.inputs);
        let [inputs, outputs, examples, hidden] =
            [self.inputs, self.outputs, examples, self.student.hidden].map(|size| size as f64);
        let modes = inputs.min(outputs).min(examples);
        let data = (8.0 * outputs + 22.0) * inputs.max(examples);
        let bases = inputs * inputs + outputs * outputs;
        let student = 1.5 * bases + 3.5 * hidden * hidden + 4.0 * hidden * (inputs + outputs);
        let drawn = if random { data + student } else { data };
        let threads = rayon::current_num_threads().min(draws) as f64;
        let kept = draws as f64 * (4.0 * times as f64 + 6.0 * modes);
        let needed = 8.0 * (threads * drawn + kept) / f64::from(1 << 30);
        ensure!(
            needed <= gib,
            "{} inputs, {} outputs, {} examples and {} hidden units, {times} times and {draws} draws need about {needed:.1} GiB \
             of memory; at most {gib} are allowed (--memory)",
            self.inputs,
            self.outputs,
            examples,
            self.student.hidden
        );
        Ok(())
    }
}

impl StudentArgs {
    fn student(&self) -> anyhow::Result<Student> {
        Ok(Student::new(self.hidden, self.layers, self.epsilon)?)
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
    let mut curve = LearningCurve::new(&args.task.task()?, &args.task.student.student()?);
    if args.finite_size_bulk {
        curve = curve.with_finite_size_bulk();
    }
    check_times(&args.times)?;
    csv.header(&["t", "train_error", "test_error"])?;
    for &t in &args.times.0 {
        let errors = curve.errors_at(t)?;
        csv.row(&[t, errors.train, errors.test])?;
    }
    Ok(())
}

fn stopping(args: &StoppingArgs, csv: &mut Csv) -> anyhow::Result<()> {
    let curve = LearningCurve::new(&args.task.task()?, &args.task.student.student()?);
    not_negative("--t-max", &[args.t_max], "times, in units of τ,")?;
    let best = curve.optimal_stopping(args.t_max)?;
    let shrinkage = curve.shrinkage_error()?;
    csv.header(&["t_opt", "test_error_opt", "shrinkage_error"])?;
    csv.row(&[best.time, best.test_error, shrinkage])
}

fn transfer(args: &TransferArgs, csv: &mut Csv) -> anyhow::Result<()> {
    let joint = match args.tasks.is_empty() {
        true => rank_one_pair(args),
        false => any_tasks(args),
    }?;
    let joint = joint.with_noise(args.student.noise)?;
    not_negative("--t-max", &[args.t_max], "times, in units of τ,")?;
    let curve = JointCurve::new(&joint, &args.student.student()?);
    let (numbered, asked) = if args.tasks.is_empty() { (false, 1) } else { (true, args.tasks.len()) };
    let columns = ["task", "t_alone", "error_alone", "t_joint", "error_joint", "benefit"];
    csv.header(&columns[usize::from(!numbered)..])?;
    for index in 0..asked {
        let transfer = curve.benefit(index, args.t_max)?;
        let (alone, together) = (&transfer.alone, &transfer.joint);
        let row =
            [(index + 1) as f64, alone.time, alone.test_error, together.time, together.test_error, transfer.benefit()];
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
    let student = args.task.student.student()?;
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

fn band(args: &BandArgs, csv: &mut Csv) -> anyhow::Result<()> {
    check_times(&args.times)?;
    ensure!(
        (2..=1_000_000).contains(&args.draws),
        "--draws: {} given; a band needs from 2 to 1000000 draws",
        args.draws
    );
    let Numbers(times) = &args.times;
    args.task.check_memory(args.random, args.draws, times.len(), args.memory)?;
    let student = args.task.student.student()?;
    let ensemble = Ensemble::sample(&args.task.task()?, args.draws, args.seed)?;
    let trajectories = match args.random {
        true => ensemble.random(&student, times, 0.0, 0)?,
        false => ensemble.aligned(&student, times, 0.0)?,
    };
    csv.header(&["t", "train_mean", "train_low", "train_high", "test_mean", "test_low", "test_high"])?;
    for ((&t, train), test) in times.iter().zip(trajectories.train_errors()).zip(test_errors(&trajectories)?) {
        let [(train_low, train_high), (test_low, test_high)] = [train.band_95.into(), test.band_95.into()];
        csv.row(&[t, train.mean, train_low, train_high, test.mean, test_low, test_high])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_of_numbers() {
        let numbers = |text: &str| text.parse::<Numbers>().map(|Numbers(list)| list);
        assert_eq!(numbers("3,-0,1e-5").unwrap(), [3.0, 0.0, 1e-5]);
        assert!(numbers("-0").unwrap()[0].is_sign_positive());
        assert_eq!(numbers("0:1:0.25,7").unwrap(), [0.0, 0.25, 0.5, 0.75, 1.0, 7.0]);
        // 40/0.2 is a little less than 200 in floating point, if at all.
        assert_eq!(numbers("0:40:0.2").unwrap().len(), 201);
        assert_eq!(numbers("2:2:1").unwrap(), [2.0]);
        for (text, part) in [
            ("1,,2", "decimal number"),
            ("1:2", "from:to:step"),
            ("2:1:1", "from:to:step"),
            ("0:1:0", "from:to:step"),
            ("0:1:1e-9", "more than 100000"),
            ("1e-400", "from 1e-60 to 1e60"),
            ("1e308", "from 1e-60 to 1e60"),
            ("nan", "decimal number"),
            ("NaN", "finite"),
        ] {
            assert!(numbers(text).unwrap_err().contains(part), "{text}: {:?}", numbers(text));
        }
    }
}
