//! Training a leaky-ReLU student.

use crate::kernel::Real;
use crate::linear_experiment::{setup_cost, task_label};
use crate::training::train;
use crate::truncated_normal::truncated_normal_weights;
use crate::{
    Draw, InitialWeights, InputKind, Labels, LeakyReluProblem, LeakyReluStudent, Progress, SimError, StudentSpec,
    TaskSpec, Training, TrainingOutcome,
};
use faer::Mat;
use serde::{Deserialize, Serialize};

/// A leaky-ReLU student with full matrices.
///
/// Train error ‖Y − Ŷ‖²/‖Y‖² of all tasks together; test error ‖Ŷ − Ȳ‖²/‖Ȳ‖² of each task, Ȳ its noiseless targets on
/// **one-hot** inputs, whatever the training inputs. For a linear student and teacher this is ‖W − W̄‖²/‖W̄‖².
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeakyReluSpec {
    /// Sizes, strengths, alignment, inputs and noise of what it learns.
    pub task: TaskSpec,
    /// How strengths and directions make a teacher.
    pub teacher: TeacherKind,
    /// Its sizes, units and start.
    pub student: LeakyReluStudentSpec,
    /// λ, epochs and what is logged.
    pub training: Training,
    /// In which precision it is trained.
    pub precision: Precision,
    /// Which repetition.
    pub draw: Draw,
}

/// How strengths and directions make a teacher.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum TeacherKind {
    /// y = W̄x, as for linear students.
    Linear,
    /// y = Σ_k f(u_k s̄_k f(v_kᵀx)), f leaky ReLU of this slope; [`Labels::Structured`] only.
    LeakyRelu {
        /// Slope of f below 0, not negative.
        slope: f64,
    },
}

/// A leaky-ReLU student ŷ = g(W_L f(W_{L−1} ⋯ f(W₁x))).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeakyReluStudentSpec {
    /// N₂, width of every hidden layer.
    pub hidden: usize,
    /// L, weight matrices: one hidden layer is L = 2.
    pub layers: usize,
    /// Slope of f at and below 0, not negative: 0 is ReLU, 1 is linear.
    pub slope: f64,
    /// What follows the last layer.
    pub output: OutputUnits,
    /// How it starts.
    pub start: LeakyReluStart,
}

/// What follows the last layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OutputUnits {
    /// Nothing.
    Linear,
    /// f.
    LeakyRelu,
}

/// How a leaky-ReLU student starts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum LeakyReluStart {
    /// Random orthogonal layers of singular value ε^{1/L}: the weights of a linear student's random start.
    Orthogonal {
        /// ε.
        epsilon: f64,
    },
    /// Independent normal entries cut at ±2 standard deviations, of variance scale/((fan_in + fan_out)/2) after the cut.
    TruncatedNormal {
        /// The variance times the average of fan-in and fan-out.
        scale: f64,
    },
}

/// In which precision a student is trained. Errors are summed and reported in double precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Precision {
    /// 32 bits, twice as fast.
    Single,
    /// 64 bits.
    Double,
}

impl LeakyReluSpec {
    /// Checks the description.
    ///
    /// # Errors
    /// [`SimError::Invalid`] naming the first field that is not allowed.
    pub fn check(&self) -> Result<(), SimError> {
        self.task.check()?;
        self.student.check()?;
        self.student.plain().check_memory(&self.task)?;
        self.training.check()?;
        if let TeacherKind::LeakyRelu { slope } = self.teacher {
            check_slope(slope)?;
            if self.task.labels != Labels::Structured {
                let given = format!("{:?}", self.task.labels);
                return Err(SimError::invalid("labels", given, "Structured for a leaky-ReLU teacher"));
            }
        }
        self.task.check_not_silent()
    }

    /// Runs the experiment on the calling thread. The outcome depends on the description alone.
    ///
    /// # Errors
    /// As [`Experiment::run`](crate::Experiment::run).
    pub fn run(&self, progress: &dyn Progress) -> Result<TrainingOutcome, SimError> {
        self.check()?;
        let label = &self.label();
        match self.precision {
            Precision::Single => self.run_in::<f32>(progress, label),
            Precision::Double => self.run_in::<f64>(progress, label),
        }
    }

    fn run_in<T: Real>(&self, progress: &dyn Progress, label: &str) -> Result<TrainingOutcome, SimError> {
        let LeakyReluStudentSpec { slope, output, .. } = self.student;
        let problem = LeakyReluProblem::sample(&self.task, self.teacher, self.draw)?;
        let output_slope = match output {
            OutputUnits::Linear => 1.0,
            OutputUnits::LeakyRelu => slope,
        };
        let start = self.initial_weights();
        let rate = self.training.learning_rate;
        let mut student = LeakyReluStudent::<T>::new(&problem, &start, slope, output_slope, rate)
            .with_shrinkage(self.training.shrinkage());
        let record =
            train(&mut student, &self.training, problem.target_squared_norms(), label, progress).map_err(|error| {
                match error {
                    SimError::Diverged { run, epoch, train_error, learning_rate, bound } => {
                        SimError::Exploded { run, epoch, train_error, learning_rate, linear_bound: bound }
                    }
                    other => other,
                }
            })?;
        Ok(TrainingOutcome {
            epochs: record.epochs,
            train: record.train,
            tests: record.tests,
            train_crossings: record.train_crossings,
            modes: Vec::new(),
            data_strengths: Vec::new(),
            teacher_squared_norms: problem.target_squared_norms().to_vec(),
        })
    }

    /// W₁, …, W_L before training.
    fn initial_weights(&self) -> Vec<Mat<f64>> {
        let LeakyReluStudentSpec { hidden, layers, start, .. } = self.student;
        match start {
            LeakyReluStart::Orthogonal { epsilon } => {
                let student = StudentSpec::new(hidden, layers, epsilon);
                let start = InitialWeights::random(self.task.inputs, self.task.total_outputs(), &student, self.draw);
                start.without_inert_units().layers
            }
            LeakyReluStart::TruncatedNormal { scale } => {
                truncated_normal_weights(&self.task, hidden, layers, scale, self.draw)
            }
        }
    }

    /// Seconds of one core: products at 85 (f32) or 47 (f64) GFLOP/s with everything around them, as measured at 100-50-50.
    pub(crate) fn cost_estimate(&self) -> f64 {
        let TaskSpec { inputs, examples, input_kind, .. } = self.task;
        let LeakyReluStudentSpec { hidden, layers, .. } = self.student;
        let [inputs, examples, hidden, outputs] =
            [inputs, examples, hidden, self.task.total_outputs()].map(|n| n as f64);
        // Forward, back and gradient of every layer, on the training inputs; the first has no way back.
        let above = hidden * hidden * (layers as f64 - 2.0).max(0.0) + if layers > 1 { hidden * outputs } else { 0.0 };
        let first = inputs * if layers > 1 { hidden } else { outputs };
        let mut products = 6.0 * examples * above;
        if input_kind != InputKind::OneHot {
            products += 4.0 * examples * first + 2.0 * inputs * above;
        }
        let speed = match self.precision {
            Precision::Single => 85e9,
            Precision::Double => 47e9,
        };
        setup_cost(&self.task) + self.training.epochs as f64 * products / speed
    }

    pub(crate) fn label(&self) -> String {
        let (slope, hidden) = (self.student.slope, self.student.plain().hidden_label());
        let teacher = match self.teacher {
            TeacherKind::Linear => "",
            TeacherKind::LeakyRelu { .. } => ", leaky-ReLU teacher",
        };
        let (inputs, outputs) = (self.task.inputs, self.task.total_outputs());
        let task = task_label(&self.task, self.draw);
        format!("leaky-ReLU student, slope {slope}, {inputs}{hidden}-{outputs}{teacher}, {task}")
    }
}

impl LeakyReluStudentSpec {
    fn check(&self) -> Result<(), SimError> {
        check_slope(self.slope)?;
        let (field, size) = match self.start {
            LeakyReluStart::Orthogonal { epsilon } => ("epsilon", epsilon),
            LeakyReluStart::TruncatedNormal { scale } => ("scale", scale),
        };
        if !(size > 0.0 && size.is_finite()) {
            return Err(SimError::invalid(field, size, "finite and positive"));
        }
        self.plain().check()
    }

    /// The linear student of these sizes.
    fn plain(&self) -> StudentSpec {
        StudentSpec::new(self.hidden, self.layers, 1.0)
    }
}

fn check_slope(slope: f64) -> Result<(), SimError> {
    if !(slope >= 0.0 && slope.is_finite()) {
        return Err(SimError::invalid("slope", slope, "finite and not negative"));
    }
    Ok(())
}
