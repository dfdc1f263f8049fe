//! `cargo xtask theory …`: the closed forms as CSV.

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use std::io::{ErrorKind, Write};
use theory::{
    Ensemble, JointCurve, JointTask, LearningCurve, ModeGrowth, SpikedMatrix, Student, Summary, Task, Teacher,
    Trajectories,
};

/// A question to the theory.
#[derive(Debug, Subcommand)]
pub enum Question {
    /// Strength s(t) of modes with data strength ŝ.
    Mode(ModeArgs),
    /// What a teacher's modes look like in a noisy matrix: data strength, overlaps, threshold, bulk edges.
    Spectrum(SpectrumArgs),
    /// Train and test error over time.
    Curve(CurveArgs),
    /// Best stopping time and error, and the error of the non-gradient shrinkage algorithm.
    Stopping(StoppingArgs),
    /// Best errors of task A alone and learned jointly with task B, and the transfer benefit.
    Transfer(TransferArgs),
    /// Exact curves of one randomly initialised one-hidden-layer student on one draw of the data.
    Random(RandomArgs),
    /// Mean and 95 % band of train and test error over draws of the data at the actual size.
    Band(BandArgs),
}

/// Arguments of `theory mode`.
#[derive(Clone, Debug, Args)]
pub struct ModeArgs {
    /// L, weight matrices of the student.
    #[arg(long, allow_hyphen_values = true)]
    pub layers: usize,
    /// ε, initial strength.
    #[arg(long, allow_hyphen_values = true)]
    pub epsilon: f64,
    /// ŝ, data strengths.
    #[arg(long, value_delimiter = ',', required = true, allow_hyphen_values = true)]
    pub s_hat: Vec<f64>,
    /// t/τ.
    #[arg(long, value_delimiter = ',', required = true, allow_hyphen_values = true)]
    pub times: Vec<f64>,
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
    #[arg(long, allow_hyphen_values = true)]
    pub entry_variance: f64,
    /// s̄, teacher strengths.
    #[arg(long, value_delimiter = ',', required = true, allow_hyphen_values = true)]
    pub s_bar: Vec<f64>,
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
    /// s̄, teacher strengths in decreasing order (empty: no teacher).
    #[arg(long, value_delimiter = ',', num_args = 0.., allow_negative_numbers = true)]
    pub strengths: Vec<f64>,
    /// P [default: inputs].
    #[arg(long, allow_hyphen_values = true)]
    pub examples: Option<usize>,
    /// σ_z; one noise entry has variance σ_z²/N₁.
    #[arg(long, default_value_t = 1.0, allow_hyphen_values = true)]
    pub noise: f64,
    /// N₂, width of every hidden layer.
    #[arg(long, allow_hyphen_values = true)]
    pub hidden: usize,
    /// L, weight matrices of the student.
    #[arg(long, default_value_t = 2, allow_hyphen_values = true)]
    pub layers: usize,
    /// ε, initial strength of the student's map.
    #[arg(long, allow_hyphen_values = true)]
    pub epsilon: f64,
}

/// Arguments of `theory curve`.
#[derive(Clone, Debug, Args)]
pub struct CurveArgs {
    /// The task and the student.
    #[command(flatten)]
    pub task: TaskArgs,
    /// t/τ.
    #[arg(long, value_delimiter = ',', required = true, allow_hyphen_values = true)]
    pub times: Vec<f64>,
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
    #[arg(long, allow_hyphen_values = true)]
    pub t_max: f64,
}

/// Arguments of `theory transfer`.
#[derive(Clone, Debug, Args)]
pub struct TransferArgs {
    /// N₁.
    #[arg(long, allow_hyphen_values = true)]
    pub inputs: usize,
    /// Outputs of task A.
    #[arg(long, allow_hyphen_values = true)]
    pub outputs_a: usize,
    /// Outputs of task B.
    #[arg(long, allow_hyphen_values = true)]
    pub outputs_b: usize,
    /// s̄_A, of a rank-one teacher.
    #[arg(long, allow_hyphen_values = true)]
    pub strength_a: f64,
    /// s̄_B, of a rank-one teacher.
    #[arg(long, allow_hyphen_values = true)]
    pub strength_b: f64,
    /// q = v̄_A·v̄_B.
    #[arg(long, allow_hyphen_values = true)]
    pub alignment: f64,
    /// σ_z.
    #[arg(long, default_value_t = 1.0, allow_hyphen_values = true)]
    pub noise: f64,
    /// N₂, width of every hidden layer.
    #[arg(long, allow_hyphen_values = true)]
    pub hidden: usize,
    /// L, weight matrices of the student.
    #[arg(long, default_value_t = 2, allow_hyphen_values = true)]
    pub layers: usize,
    /// ε, initial strength of the student's map.
    #[arg(long, allow_hyphen_values = true)]
    pub epsilon: f64,
    /// Latest stopping time considered, t/τ.
    #[arg(long, allow_hyphen_values = true)]
    pub t_max: f64,
}

/// Arguments of `theory random`.
#[derive(Clone, Debug, Args)]
pub struct RandomArgs {
    /// The task and the student (one hidden layer).
    #[command(flatten)]
    pub task: TaskArgs,
    /// t/τ.
    #[arg(long, value_delimiter = ',', required = true, allow_hyphen_values = true)]
    pub times: Vec<f64>,
    /// Seed of teacher, noise and initial weights.
    #[arg(long, allow_hyphen_values = true)]
    pub seed: u64,
}

/// Arguments of `theory band`.
#[derive(Clone, Debug, Args)]
pub struct BandArgs {
    /// The task and the student.
    #[command(flatten)]
    pub task: TaskArgs,
    /// t/τ.
    #[arg(long, value_delimiter = ',', required = true, allow_hyphen_values = true)]
    pub times: Vec<f64>,
    /// Independent draws of teacher and noise.
    #[arg(long, default_value_t = 200, allow_hyphen_values = true)]
    pub draws: usize,
    /// Seed of the draws.
    #[arg(long, default_value_t = 1, allow_hyphen_values = true)]
    pub seed: u64,
    /// Random initialisation instead of the training-aligned one (one hidden layer).
    #[arg(long)]
    pub random: bool,
}

/// Most entries of a matrix that a draw of the data may have: 1 GiB.
const MOST_ENTRIES: f64 = 134_217_728.0;

impl TaskArgs {
    /// Refuses sizes whose matrices would not fit into memory; the closed forms take any.
    fn check_drawable(&self) -> anyhow::Result<()> {
        let examples = self.examples.unwrap_or(self.inputs);
        let (rows, columns) = (self.outputs.max(self.hidden), self.inputs.max(examples).max(self.outputs));
        ensure!(
            rows as f64 * columns as f64 <= MOST_ENTRIES,
            "{} inputs, {} outputs, {} examples and {} hidden units need matrices of {rows} × {columns}; a draw of the data \
             has at most {MOST_ENTRIES} entries",
            self.inputs,
            self.outputs,
            examples,
            self.hidden
        );
        Ok(())
    }

    fn task(&self) -> anyhow::Result<Task> {
        let task = Task::new(self.inputs, self.outputs, &self.strengths)?.with_noise(self.noise)?;
        Ok(task.with_examples(self.examples.unwrap_or(self.inputs))?)
    }

    fn student(&self) -> anyhow::Result<Student> {
        Ok(Student::new(self.hidden, self.layers, self.epsilon)?)
    }
}

/// Answers a question on `output`, as CSV with a header: all of it or nothing.
///
/// # Errors
/// If the theory refuses a value, with the value and what is allowed, or the output cannot be written.
pub fn answer(question: &Question, mut output: impl Write) -> anyhow::Result<()> {
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
    match output.write_all(&csv.0.into_inner()?).and_then(|()| output.flush()) {
        // Whoever reads it has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write the answer"),
    }
}

/// CSV of numbers with 17 significant digits, enough to give every f64 back.
struct Csv<W: Write>(csv::Writer<W>);

impl<W: Write> Csv<W> {
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

/// Refuses times that are no times.
fn check_times(times: &[f64]) -> anyhow::Result<()> {
    for &t in times {
        check_time("--times", t)?;
    }
    Ok(())
}

fn check_time(option: &str, t: f64) -> anyhow::Result<()> {
    ensure!(t >= 0.0 && t.is_finite(), "{option}: {t} given; times are finite and not negative, in units of τ");
    Ok(())
}

fn mode(args: &ModeArgs, csv: &mut Csv<impl Write>) -> anyhow::Result<()> {
    let growth = ModeGrowth::new(args.layers, args.epsilon)?;
    check_times(&args.times)?;
    for &s_hat in &args.s_hat {
        ensure!(
            s_hat >= 0.0 && s_hat.is_finite(),
            "--s-hat: {s_hat} given; data strengths are finite and not negative"
        );
    }
    csv.header(&["layers", "epsilon", "s_hat", "t", "s"])?;
    for &s_hat in &args.s_hat {
        for &t in &args.times {
            csv.row(&[args.layers as f64, args.epsilon, s_hat, t, growth.strength_at(s_hat, t)])?;
        }
    }
    Ok(())
}

fn spectrum(args: &SpectrumArgs, csv: &mut Csv<impl Write>) -> anyhow::Result<()> {
    let matrix = SpikedMatrix::new(args.rows, args.cols, args.entry_variance)?;
    for &s_bar in &args.s_bar {
        ensure!(
            s_bar >= 0.0 && s_bar.is_finite(),
            "--s-bar: {s_bar} given; teacher strengths are finite and not negative"
        );
    }
    csv.header(&["s_bar", "s_hat", "overlap_output", "overlap_input", "threshold", "edge_low", "edge_high"])?;
    for &s_bar in &args.s_bar {
        let (output, input) = (matrix.overlap_output(s_bar), matrix.overlap_input(s_bar));
        csv.row(&[
            s_bar,
            matrix.strength(s_bar),
            output,
            input,
            matrix.threshold(),
            matrix.lower_edge(),
            matrix.edge(),
        ])?;
    }
    Ok(())
}

fn curve(args: &CurveArgs, csv: &mut Csv<impl Write>) -> anyhow::Result<()> {
    let mut curve = LearningCurve::new(&args.task.task()?, &args.task.student()?);
    if args.finite_size_bulk {
        curve = curve.with_finite_size_bulk();
    }
    check_times(&args.times)?;
    let errors = args.times.iter().map(|&t| curve.errors_at(t)).collect::<Result<Vec<_>, _>>()?;
    csv.header(&["t", "train_error", "test_error"])?;
    for (&t, errors) in args.times.iter().zip(errors) {
        csv.row(&[t, errors.train, errors.test])?;
    }
    Ok(())
}

fn stopping(args: &StoppingArgs, csv: &mut Csv<impl Write>) -> anyhow::Result<()> {
    let curve = LearningCurve::new(&args.task.task()?, &args.task.student()?);
    check_time("--t-max", args.t_max)?;
    let best = curve.optimal_stopping(args.t_max)?;
    let shrinkage = curve.shrinkage_error()?;
    csv.header(&["t_opt", "test_error_opt", "shrinkage_error"])?;
    csv.row(&[best.time, best.test_error, shrinkage])
}

fn transfer(args: &TransferArgs, csv: &mut Csv<impl Write>) -> anyhow::Result<()> {
    ensure!(
        (-1.0..=1.0).contains(&args.alignment),
        "--alignment: {} given; q = v̄_A·v̄_B must be between -1 and 1",
        args.alignment
    );
    for (option, strength) in [("--strength-a", args.strength_a), ("--strength-b", args.strength_b)] {
        ensure!(
            strength > 0.0 && strength.is_finite(),
            "{option}: {strength} given; a strength must be positive and finite"
        );
    }
    let teacher = |outputs: usize, strength: f64| Teacher { outputs, strengths: vec![strength] };
    let (a, b) = (teacher(args.outputs_a, args.strength_a), teacher(args.outputs_b, args.strength_b));
    let joint = JointTask::pair(args.inputs, a, b, faer::mat![[args.alignment]].as_ref())?.with_noise(args.noise)?;
    let student = Student::new(args.hidden, args.layers, args.epsilon)?;
    check_time("--t-max", args.t_max)?;
    let transfer = JointCurve::new(&joint, &student).benefit(0, args.t_max)?;
    csv.header(&["t_alone", "error_alone", "t_joint", "error_joint", "benefit"])?;
    let (alone, together) = (&transfer.alone, &transfer.joint);
    csv.row(&[alone.time, alone.test_error, together.time, together.test_error, transfer.benefit()])
}

fn random(args: &RandomArgs, csv: &mut Csv<impl Write>) -> anyhow::Result<()> {
    check_times(&args.times)?;
    args.task.check_drawable()?;
    let student = args.task.student()?;
    let draw = Ensemble::sample(&args.task.task()?, 1, args.seed)?;
    let (exact, aligned) = (draw.random(&student, &args.times, 0.0, 0)?, draw.aligned(&student, &args.times, 0.0)?);
    csv.header(&["t", "train_error", "test_error", "test_error_aligned"])?;
    let (tests, aligned) = (test_errors(&exact)?, test_errors(&aligned)?);
    for (i, &t) in args.times.iter().enumerate() {
        csv.row(&[t, exact.train_errors()[i].mean, tests[i].mean, aligned[i].mean])?;
    }
    Ok(())
}

fn test_errors(trajectories: &Trajectories) -> anyhow::Result<Vec<Summary>> {
    trajectories
        .test_errors()
        .context("--strengths: none given; the relative test error divides by the teacher's squared norm")
}

fn band(args: &BandArgs, csv: &mut Csv<impl Write>) -> anyhow::Result<()> {
    check_times(&args.times)?;
    ensure!(
        (2..=1_000_000).contains(&args.draws),
        "--draws: {} given; a band needs from 2 to 1000000 draws",
        args.draws
    );
    args.task.check_drawable()?;
    let student = args.task.student()?;
    let ensemble = Ensemble::sample(&args.task.task()?, args.draws, args.seed)?;
    let trajectories = match args.random {
        true => ensemble.random(&student, &args.times, 0.0, 0)?,
        false => ensemble.aligned(&student, &args.times, 0.0)?,
    };
    csv.header(&["t", "train_mean", "train_low", "train_high", "test_mean", "test_low", "test_high"])?;
    for ((&t, train), test) in args.times.iter().zip(trajectories.train_errors()).zip(test_errors(&trajectories)?) {
        let [(train_low, train_high), (test_low, test_high)] = [train.band_95.into(), test.band_95.into()];
        csv.row(&[t, train.mean, train_low, train_high, test.mean, test_low, test_high])?;
    }
    Ok(())
}
