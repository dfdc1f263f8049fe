//! Experiments and their outcomes as plain values.

use crate::{
    AlignedSpec, InputKind, LeakyReluSpec, LinearSpec, Progress, SequenceSpec, SimError, SpectrumOutcome, SpectrumSpec,
    TaskSpec, Training, TrainingOutcome,
};
use serde::{Deserialize, Serialize};

/// Version of the numbers that the engines give. **Any** change that moves a result, a random stream or the meaning of
/// a field raises it, because stored results are found under it; a test pins short runs of every engine.
pub const ENGINE_VERSION: u32 = 3;

/// Something to simulate, with all that it needs: a plain value, equal for equal results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Experiment {
    /// The singular values of one data matrix and what they have to do with the teacher.
    Spectrum(SpectrumSpec),
    /// A training aligned student by its scalar recursion.
    Aligned(AlignedSpec),
    /// A linear student with full matrices.
    Linear(LinearSpec),
    /// A leaky-ReLU student.
    LeakyRelu(LeakyReluSpec),
    /// A linear student that learns several tasks one after the other.
    Sequence(SequenceSpec),
}

/// What an experiment gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Of [`Experiment::Spectrum`].
    Spectrum(SpectrumOutcome),
    /// Of every experiment that trains on one set of data.
    Training(TrainingOutcome),
    /// Of [`Experiment::Sequence`]: one for each stage.
    Sequence(Vec<TrainingOutcome>),
}

impl Experiment {
    /// Checks the description without running anything.
    ///
    /// # Errors
    /// [`SimError::Invalid`] naming the first field that is not allowed.
    pub fn check(&self) -> Result<(), SimError> {
        match self {
            Self::Spectrum(spec) => spec.check(),
            Self::Aligned(spec) => spec.check(),
            Self::Linear(spec) => spec.check(),
            Self::LeakyRelu(spec) => spec.check(),
            Self::Sequence(spec) => spec.check(),
        }
    }

    /// Runs the experiment on the calling thread. The outcome depends on the description alone.
    ///
    /// Each description has a `run` of its own, whose outcome needs no [`Outcome::as_training`].
    ///
    /// # Errors
    /// Those of [`Experiment::check`]; [`SimError::Diverged`] where λ is too large; [`SimError::Cancelled`] where
    /// `progress` asked to stop; [`SimError::Linalg`] where a decomposition failed.
    pub fn run(&self, progress: &dyn Progress) -> Result<Outcome, SimError> {
        match self {
            Self::Spectrum(spec) => spec.run(progress).map(Outcome::Spectrum),
            Self::Aligned(spec) => spec.run(progress).map(Outcome::Training),
            Self::Linear(spec) => spec.run(progress).map(Outcome::Training),
            Self::LeakyRelu(spec) => spec.run(progress).map(Outcome::Training),
            Self::Sequence(spec) => spec.run(progress).map(Outcome::Sequence),
        }
    }

    /// Rough time on one core of the development machine, in seconds: for scheduling and sharding, not for promises.
    pub fn cost_estimate(&self) -> f64 {
        match self {
            Self::Spectrum(spec) => spec.cost_estimate(),
            Self::Aligned(spec) => spec.cost_estimate(),
            Self::Linear(spec) => spec.cost_estimate(),
            Self::LeakyRelu(spec) => spec.cost_estimate(),
            Self::Sequence(spec) => spec.cost_estimate(),
        }
    }

    /// Rough bytes that the run takes while it works, rounded up: to refuse what does not fit, not to plan by.
    ///
    /// Counted are the data and their decomposition, the inputs where they are more than an identity, the layers with their gradients and the
    /// states that jumps compare, and the activations of nonlinear students.
    pub fn memory_estimate(&self) -> f64 {
        let (task, hidden, layers) = match self {
            Self::Spectrum(spec) => (&spec.task, 0, 0),
            // Scalars, one for each mode.
            Self::Aligned(spec) => (&spec.task, 0, 0),
            Self::Linear(spec) => (&spec.task, spec.student.hidden, spec.student.layers),
            Self::LeakyRelu(spec) => (&spec.task, spec.student.hidden, spec.student.layers),
            Self::Sequence(spec) => (&spec.tasks, spec.student.hidden, spec.student.layers),
        };
        let [inputs, examples, outputs, layers, hidden] =
            [task.inputs, task.examples, task.total_outputs(), layers, hidden].map(|size| size as f64);
        let data = (8.0 * outputs + 22.0) * inputs.max(examples);
        let drawn =
            if task.input_kind == InputKind::OneHot { 0.0 } else { 6.0 * inputs * examples + 4.0 * inputs * inputs };
        let weights = 24.0 * hidden * (inputs + outputs + hidden * (layers - 2.0).max(0.0));
        let activations = match self {
            Self::LeakyRelu(_) => 4.0 * layers * hidden * examples,
            _ => 0.0,
        };
        8.0 * (data + drawn + weights + activations)
    }

    /// Rough bytes of the outcome.
    pub fn outcome_estimate(&self) -> f64 {
        let training = |task: &TaskSpec, training: &Training, tracked: usize| {
            let logged = training.schedule.epochs(training.epochs).map_or(0, |epochs| epochs.len());
            logged * (2 + task.trained_tasks().len() + 4 * tracked) + task.data_modes() + 100
        };
        let numbers = match self {
            Self::Spectrum(spec) => spec.task.data_modes() * (2 + 2 * spec.task.trained_tasks().len()) + 100,
            Self::Aligned(spec) => training(&spec.task, &spec.training, spec.tracked_modes),
            Self::Linear(spec) => training(&spec.task, &spec.training, spec.tracked_modes),
            Self::LeakyRelu(spec) => training(&spec.task, &spec.training, 0),
            Self::Sequence(spec) => spec.stages.iter().map(|stage| training(&spec.tasks, &stage.training, 0)).sum(),
        };
        8.0 * numbers as f64
    }

    /// Number of epochs that the run reports to its [`Progress`].
    pub fn epochs(&self) -> u64 {
        match self {
            Self::Spectrum(_) => 1,
            Self::Aligned(spec) => spec.training.epochs,
            Self::Linear(spec) => spec.training.epochs,
            Self::LeakyRelu(spec) => spec.training.epochs,
            Self::Sequence(spec) => spec.epochs(),
        }
    }

    /// One line for messages, such as `linear student, random start, 100-50-50, strengths [6.0, 4.0, 2.0], seed 1, run 3`.
    pub fn label(&self) -> String {
        match self {
            Self::Spectrum(spec) => spec.label(),
            Self::Aligned(spec) => spec.label(),
            Self::Linear(spec) => spec.label(),
            Self::LeakyRelu(spec) => spec.label(),
            Self::Sequence(spec) => spec.label(),
        }
    }
}

impl Outcome {
    /// The outcome of a spectrum experiment.
    ///
    /// # Errors
    /// [`SimError::WrongOutcome`] if it is of another kind.
    pub fn as_spectrum(&self) -> Result<&SpectrumOutcome, SimError> {
        match self {
            Self::Spectrum(outcome) => Ok(outcome),
            other => Err(other.read_as("spectrum")),
        }
    }

    /// The outcome of an experiment that trains on one set of data.
    ///
    /// # Errors
    /// [`SimError::WrongOutcome`] if it is of another kind.
    pub fn as_training(&self) -> Result<&TrainingOutcome, SimError> {
        match self {
            Self::Training(outcome) => Ok(outcome),
            other => Err(other.read_as("training")),
        }
    }

    /// The outcomes of the stages of a sequence.
    ///
    /// # Errors
    /// [`SimError::WrongOutcome`] if it is of another kind.
    pub fn as_sequence(&self) -> Result<&[TrainingOutcome], SimError> {
        match self {
            Self::Sequence(outcomes) => Ok(outcomes),
            other => Err(other.read_as("sequence")),
        }
    }

    fn read_as(&self, asked: &'static str) -> SimError {
        let found = match self {
            Self::Spectrum(_) => "spectrum",
            Self::Training(_) => "training",
            Self::Sequence(_) => "sequence",
        };
        SimError::WrongOutcome { found, asked }
    }
}
