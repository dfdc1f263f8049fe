//! Training a linear student with full matrices.

use crate::learning_problem::require_white;
use crate::training::{Student, TrainingRecord, train};
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
    /// Which repetition.
    pub draw: Draw,
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
        Self { task, student, start, training, tracked_modes, draw }
    }

    /// Checks the description.
    ///
    /// # Errors
    /// [`SimError::Invalid`] naming the first field that is not allowed.
    pub fn check(&self) -> Result<(), SimError> {
        check(&self.task, &self.student, &self.training, self.tracked_modes)?;
        self.student.check_memory(&self.task)
    }

    pub(crate) fn run(&self, progress: &dyn Progress, label: &str) -> Result<TrainingOutcome, SimError> {
        let problem = LearningProblem::new(&DataSet::sample(&self.task, self.draw)?)?;
        let modes = DataModes::all(&problem)?;
        let start = match self.start {
            Start::Random => InitialWeights::random(problem.inputs(), problem.outputs(), &self.student, self.draw),
            Start::TrainingAligned => InitialWeights::training_aligned(&problem, &modes, &self.student, self.draw),
        };
        let mut student = LinearStudent::new(&problem, &start.without_inert_units(), self.training.learning_rate);
        if self.tracked_modes > 0 {
            let alignment = Alignment::new(&problem, &modes, self.tracked_modes, self.student.epsilon);
            student = student.with_alignment(alignment);
        }
        if problem.common_gain().is_some() {
            require_stable(&mut student, &self.training, label)?;
        }
        let record = train(&mut student, &self.training, problem.teacher_squared_norms(), label, progress)?;
        Ok(outcome(record, &modes, &problem, self.tracked_modes))
    }

    /// Seconds of one core: products at 48 GFLOP/s with everything around them, as measured at 100-50-50.
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
        let epoch = products / 48e9;
        let logged = self.training.schedule.epochs(self.training.epochs).map_or(0, |epochs| epochs.len());
        let tracking = if self.tracked_modes > 0 { 2e-8 * outputs * self.task.inputs as f64 } else { 0.0 };
        setup_cost(&self.task) + self.training.epochs as f64 * epoch + logged as f64 * tracking
    }

    pub(crate) fn label(&self) -> String {
        let start = match self.start {
            Start::Random => "random start",
            Start::TrainingAligned => "training aligned start",
        };
        label(&format!("linear student, {start}"), &self.task, &self.student, self.draw)
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

    pub(crate) fn run(&self, progress: &dyn Progress, label: &str) -> Result<TrainingOutcome, SimError> {
        let problem = LearningProblem::new(&DataSet::sample(&self.task, self.draw)?)?;
        let modes = DataModes::all(&problem)?;
        let rate = self.training.learning_rate;
        let mut student = AlignedStudent::new(&problem, &modes, &self.student, rate, self.tracked_modes)?;
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
    training.check()?;
    let silent = task.trained_strengths().flatten().all(|s| *s == 0.0);
    if silent && task.noise == 0.0 {
        return Err(SimError::invalid("noise", 0, "positive where the teacher is zero: there is nothing to learn"));
    }
    if tracked_modes > student.held_modes(task) {
        let allowed = format!("at most the {} modes that the student can learn", student.held_modes(task));
        return Err(SimError::invalid("tracked_modes", tracked_modes, allowed));
    }
    Ok(())
}

/// Refuses a step size that cannot converge, before any time is spent.
fn require_stable(student: &mut dyn Student, training: &Training, run: &str) -> Result<(), SimError> {
    let bound = student.learning_rate_bound();
    if training.learning_rate <= bound {
        return Ok(());
    }
    let (run, train_error) = (run.to_owned(), student.measure().train);
    Err(SimError::Diverged { run, epoch: 0, train_error, learning_rate: training.learning_rate, bound })
}

fn outcome(record: TrainingRecord, modes: &DataModes, problem: &LearningProblem, tracked: usize) -> TrainingOutcome {
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

fn label(what: &str, task: &TaskSpec, student: &StudentSpec, draw: Draw) -> String {
    let hidden = format!("-{}", student.hidden).repeat(student.layers.saturating_sub(1));
    format!("{what}, {}{hidden}-{}, {}", task.inputs, task.total_outputs(), task_label(task, draw))
}

/// The part of a label that names data and draw.
pub(crate) fn task_label(task: &TaskSpec, draw: Draw) -> String {
    let strengths: Vec<String> = task.trained_strengths().map(|list| format!("{list:?}")).collect();
    let joint = if strengths.len() > 1 { format!(", alignment {}", task.teacher.alignment) } else { String::new() };
    let examples = if task.examples != task.inputs { format!(", {} examples", task.examples) } else { String::new() };
    format!("strengths {}{joint}{examples}, seed {}, run {}", strengths.join(" and "), draw.seed, draw.run)
}
