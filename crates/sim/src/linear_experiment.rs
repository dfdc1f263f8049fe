//! Training a linear student with full matrices.

use crate::learning_problem::require_white;
use crate::multirevolution::{Multirevolution, SmoothStudent};
use crate::training::{Student, TrainingRecord, train};
use crate::training_in_jumps::train_in_jumps;
use crate::{
    AlignedStudent, Alignment, DataModes, DataSet, Draw, InitialWeights, InputKind, LearningProblem, LinearStudent,
    ModeTrack, Progress, SimError, Start, StudentSpec, TaskSpec, Training, TrainingOutcome,
};
use serde::{Deserialize, Serialize};

/// A linear student with full matrices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinearSpec {
    /// What it learns.
    pub task: TaskSpec,
    /// Its sizes and ε.
    pub student: StudentSpec,
    /// How it starts.
    pub start: Start,
    /// λ, epochs and what is logged.
    pub training: Training,
    /// Number of leading modes compared with the data's at logged epochs; usually the teacher's rank, 0 for none.
    pub tracked_modes: usize,
    /// How epochs are taken.
    pub stepping: Stepping,
    /// Which repetition.
    pub draw: Draw,
}

/// How a linear student's epochs are taken. Both ways give the same iterates, to rounding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stepping {
    /// Many at once where the weights move slowly, by a multirevolution method: several times faster. (One by one where
    /// weight decay acts on directions that the data do not show: P < N₁, random start.)
    #[default]
    Jumps,
    /// One by one.
    EveryEpoch,
}

/// A training aligned student by its scalar recursion: what [`LinearSpec`] gives with [`Start::TrainingAligned`], to
/// rounding, a thousand times cheaper. One-hot and orthonormal inputs only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlignedSpec {
    /// What it learns.
    pub task: TaskSpec,
    /// Its sizes and ε.
    pub student: StudentSpec,
    /// λ, epochs and what is logged.
    pub training: Training,
    /// Number of leading modes logged (their overlaps are 1).
    pub tracked_modes: usize,
    /// Which repetition.
    pub draw: Draw,
}

impl LinearSpec {
    /// The usual description: a random student's modes are compared with the data's on as many modes as the teacher has
    /// (or as the student can hold), an aligned student's on none.
    pub fn new(task: TaskSpec, student: StudentSpec, start: Start, training: Training, draw: Draw) -> Self {
        let tracked_modes = match start {
            Start::Random => task.rank().min(student.held_modes(&task)),
            Start::TrainingAligned => 0,
        };
        Self { task, student, start, training, tracked_modes, stepping: Stepping::Jumps, draw }
    }

    /// Checks the description.
    ///
    /// # Errors
    /// [`SimError::Invalid`] naming the first field that is not allowed.
    pub fn check(&self) -> Result<(), SimError> {
        check(&self.task, &self.student, &self.training, self.tracked_modes)?;
        self.student.check_memory(&self.task)
    }

    /// Runs the experiment on the calling thread. The outcome depends on the description alone.
    ///
    /// # Errors
    /// As [`Experiment::run`](crate::Experiment::run).
    pub fn run(&self, progress: &dyn Progress) -> Result<TrainingOutcome, SimError> {
        self.check()?;
        let label = &self.label();
        let problem = LearningProblem::new(&DataSet::sample(&self.task, self.draw)?)?;
        let modes = DataModes::all(&problem)?;
        let start = match self.start {
            Start::Random => InitialWeights::random(problem.inputs(), problem.outputs(), &self.student, self.draw),
            Start::TrainingAligned => InitialWeights::training_aligned(&problem, &modes, &self.student, self.draw),
        };
        let mut student = LinearStudent::new(&problem, &start.without_inert_units(), self.training.learning_rate)
            .with_decay(self.training.decay)
            .with_balance(self.student.balance);
        if self.tracked_modes > 0 {
            let alignment = Alignment::new(&problem, &modes, self.tracked_modes, self.student.epsilon);
            student = student.with_alignment(alignment);
        }
        if problem.common_gain().is_some() {
            require_stable(&mut student, &self.training, label)?;
        }
        let norms = problem.teacher_squared_norms();
        let record = self.stepping.train(&mut student, &self.training, self.student.epsilon, norms, label, progress)?;
        Ok(outcome(record, &modes, &problem, self.tracked_modes))
    }

    /// Seconds of one core: products at 48 GFLOP/s with everything around them, as measured at 100-50-50, and the share
    /// of epochs that jumps leave.
    pub(crate) fn cost_estimate(&self) -> f64 {
        let (outputs, seen) = (self.task.total_outputs() as f64, self.task.inputs.min(self.task.examples) as f64);
        let units = match self.start {
            Start::Random => self.student.used_units(&self.task),
            Start::TrainingAligned => self.student.held_modes(&self.task),
        } as f64;
        let depth = self.student.layers as f64;
        let mut products = 6.0 * outputs * units * (seen + units * (depth - 2.0).max(0.0));
        if self.start == Start::Random && self.task.examples < self.task.inputs {
            products += 2.0 * outputs * units * units.min(self.task.inputs as f64 - seen);
        }
        let epochs = self.training.epochs as f64;
        let logged = self.training.schedule.epochs(self.training.epochs).map_or(0, |epochs| epochs.len()) as f64;
        let share = match self.stepping {
            Stepping::EveryEpoch => 1.0,
            Stepping::Jumps => (0.05 + 1.5 * self.largest_rate() + 5.0 * logged / epochs.max(1.0)).min(1.1),
        };
        let tracking = if self.tracked_modes > 0 { 2e-8 * outputs * self.task.inputs as f64 } else { 0.0 };
        setup_cost(&self.task) + share * epochs * products / 48e9 + logged * tracking
    }

    /// About λ L ŝ₁^{2−2/L} g², the rate at which the strongest mode settles: what limits jumps.
    fn largest_rate(&self) -> f64 {
        let TaskSpec { inputs, examples, noise, input_kind, .. } = self.task;
        let strongest = self.task.trained_strengths().flatten().copied().fold(0.0, f64::max);
        let examples_per_input = examples as f64 / inputs as f64;
        let gain = match input_kind {
            InputKind::Gaussian => 1.0 + examples_per_input.sqrt(),
            InputKind::OneHot | InputKind::Orthonormal => examples_per_input.max(1.0).sqrt(),
        };
        let grown =
            (strongest * strongest + noise * noise * (1.0 + self.task.total_outputs() as f64 / inputs as f64)).sqrt();
        let layers = self.student.layers as f64;
        self.training.learning_rate * layers * grown.powf(2.0 - 2.0 / layers) * gain * gain
    }

    pub(crate) fn label(&self) -> String {
        let start = match self.start {
            Start::Random => "random start",
            Start::TrainingAligned => "training aligned start",
        };
        label(&format!("linear student, {start}"), &self.task, &self.student, self.draw)
    }
}

impl Stepping {
    /// Trains a student that started at `epsilon`.
    pub(crate) fn train(
        self,
        student: &mut LinearStudent<'_>,
        training: &Training,
        epsilon: f64,
        teacher_squared_norms: &[f64],
        label: &str,
        progress: &dyn Progress,
    ) -> Result<TrainingRecord, SimError> {
        match self {
            Self::Jumps if student.is_smooth() => {
                let tolerance = Multirevolution::tolerance(student.layers(), epsilon);
                train_in_jumps(student, tolerance, training, teacher_squared_norms, label, progress)
            }
            _ => train(student, training, teacher_squared_norms, label, progress),
        }
    }
}

impl AlignedSpec {
    /// The usual description, without logged modes.
    pub fn new(task: TaskSpec, student: StudentSpec, training: Training, draw: Draw) -> Self {
        Self { task, student, training, tracked_modes: 0, draw }
    }

    /// Checks the description.
    ///
    /// # Errors
    /// [`SimError::Invalid`] naming the first field that is not allowed.
    pub fn check(&self) -> Result<(), SimError> {
        require_white(self.task.input_kind, "an aligned student")?;
        check(&self.task, &self.student, &self.training, self.tracked_modes)
    }

    /// Runs the experiment on the calling thread. The outcome depends on the description alone.
    ///
    /// # Errors
    /// As [`Experiment::run`](crate::Experiment::run).
    pub fn run(&self, progress: &dyn Progress) -> Result<TrainingOutcome, SimError> {
        self.check()?;
        let label = &self.label();
        let problem = LearningProblem::new(&DataSet::sample(&self.task, self.draw)?)?;
        let modes = DataModes::all(&problem)?;
        let rate = self.training.learning_rate;
        let mut student = AlignedStudent::new(&problem, &modes, &self.student, rate, self.tracked_modes)?
            .with_decay(self.training.decay);
        require_stable(&mut student, &self.training, label)?;
        let record = train(&mut student, &self.training, problem.teacher_squared_norms(), label, progress)?;
        Ok(outcome(record, &modes, &problem, self.tracked_modes))
    }

    /// Seconds of one core: the data's SVD and a few operations for every mode, task and epoch.
    pub(crate) fn cost_estimate(&self) -> f64 {
        let tasks = self.task.trained_tasks().len() as f64;
        let modes = self.student.held_modes(&self.task) as f64;
        let epoch = 4e-8 + modes * (1.0 + tasks) * 0.8e-9;
        setup_cost(&self.task) + self.training.epochs as f64 * epoch
    }

    pub(crate) fn label(&self) -> String {
        label("aligned student", &self.task, &self.student, self.draw)
    }
}

fn check(task: &TaskSpec, student: &StudentSpec, training: &Training, tracked_modes: usize) -> Result<(), SimError> {
    task.check()?;
    student.check()?;
    student.check_balance(task.inputs, task.total_outputs())?;
    training.check()?;
    task.check_not_silent()?;
    if tracked_modes > student.held_modes(task) {
        let allowed = format!("at most the {} modes that the student can learn", student.held_modes(task));
        return Err(SimError::invalid("tracked_modes", tracked_modes, allowed));
    }
    Ok(())
}

/// Refuses a step size that cannot converge, before any time is spent.
pub(crate) fn require_stable(student: &mut dyn Student, training: &Training, run: &str) -> Result<(), SimError> {
    let bound = student.learning_rate_bound();
    if training.learning_rate <= bound {
        return Ok(());
    }
    let (run, train_error) = (run.to_owned(), student.measure().train);
    Err(SimError::Diverged { run, epoch: 0, train_error, learning_rate: training.learning_rate, bound })
}

pub(crate) fn outcome(
    record: TrainingRecord,
    modes: &DataModes,
    problem: &LearningProblem,
    tracked: usize,
) -> TrainingOutcome {
    let data_strengths = modes.svd.singular_values.clone();
    let track = |k: usize| ModeTrack {
        data_strength: data_strengths[k],
        points: record.modes.iter().map(|points| points[k]).collect(),
    };
    TrainingOutcome {
        modes: (0..tracked).map(track).collect(),
        epochs: record.epochs,
        train: record.train,
        tests: record.tests,
        train_crossings: record.train_crossings,
        data_strengths,
        teacher_squared_norms: problem.teacher_squared_norms().to_vec(),
    }
}

/// Seconds for drawing the data and decomposing the data matrix.
pub(crate) fn setup_cost(task: &TaskSpec) -> f64 {
    let sizes = [task.total_outputs() as f64, task.inputs as f64, task.examples as f64];
    let entries = (sizes[0] + sizes[1]) * sizes[2];
    let gaussian = if task.input_kind == InputKind::Gaussian { 2.0 } else { 1.0 };
    2e-8 * entries + gaussian * 2e-9 * sizes[0] * sizes[1].min(sizes[2]) * task.data_modes() as f64
}

pub(crate) fn label(what: &str, task: &TaskSpec, student: &StudentSpec, draw: Draw) -> String {
    let hidden = student.hidden_label();
    format!("{what}, {}{hidden}-{}, {}", task.inputs, task.total_outputs(), task_label(task, draw))
}

/// The part of a label that names data and draw.
pub(crate) fn task_label(task: &TaskSpec, draw: Draw) -> String {
    let strengths: Vec<String> = task.trained_strengths().map(|list| format!("{list:?}")).collect();
    let joint = match &task.teacher.overlaps {
        _ if strengths.len() < 2 => String::new(),
        Some(_) => ", given overlaps".to_owned(),
        None => format!(", alignment {}", task.teacher.alignment),
    };
    let examples = if task.examples != task.inputs { format!(", {} examples", task.examples) } else { String::new() };
    format!("strengths {}{joint}{examples}, seed {}, run {}", strengths.join(" and "), draw.seed, draw.run)
}
