//! Simulations of deep linear and leaky-ReLU students that learn a noisy low-rank teacher by gradient descent.
//!
//! An [`Experiment`] is a plain value that says all it needs: a task ([`TaskSpec`]: sizes, teacher, inputs, noise,
//! labels), a student ([`StudentSpec`]), its [`Training`], and which repetition it is ([`Draw`]). Running it gives an
//! [`Outcome`], which depends on that value alone.
//!
//! # From question to number
//!
//! How well does a student with one hidden layer of 50 generalise, at best, from 100 noisy examples of a rank-3
//! teacher of strengths 6, 4, 2, and when should it stop? By the scalar recursion of a training aligned student
//! ([`Experiment::Aligned`]), here for one draw:
//!
//! ```
//! use sim::{AlignedSpec, Draw, Schedule, StudentSpec, TaskSpec, Training, Unattended};
//!
//! // τ = 1000 epochs.
//! let training = Training::new(1e-3, 10_000, Schedule::log_spaced(200)).with_train_thresholds(vec![0.9]);
//! let experiment = AlignedSpec::new(
//!     TaskSpec::single(100, 50, &[6.0, 4.0, 2.0]),
//!     StudentSpec::new(50, 2, 1e-5),
//!     training,
//!     Draw { seed: 1, run: 0 },
//! );
//! let least = experiment.run(&Unattended)?.test(0)?.least;
//! assert!((0.06..0.10).contains(&least.value));
//! assert!((2.4..3.2).contains(&(least.epoch as f64 / 1000.0))); // t_opt / τ
//! # Ok::<(), sim::SimError>(())
//! ```
//!
//! The same with full matrices is [`Experiment::Linear`] (a random or an aligned start, any inputs); the data by
//! themselves, decomposed, are [`Experiment::Spectrum`]. [`Experiment::LeakyRelu`] is a student with leaky-ReLU units, on
//! the same data or those of a teacher with such units ([`TeacherKind`]). One experiment runs on one thread: run many with rayon.
//!
//! # Your own data
//!
//! [`Examples`] are inputs and outputs as they are. [`CrossValidation`] says what early stopping, ridge regression, reduced
//! rank and students of any depth make of them, measured on examples that were left out.
//!
//! # Units and conventions
//!
//! * Time is counted in **epochs** (full-batch updates). The time constant is τ = 1/λ epochs: divide by it to compare
//!   with `theory`. Epoch 0 is before the first update; a run of n epochs is measured n + 1 times.
//! * The loss is ½‖Y − WX‖²_F, **with** the ½: an update is λ(Σ³¹ − WΣ¹¹) times the other layers, without a factor 2.
//! * Errors are **relative**: ε_tr = ‖Y − WX‖²/‖Y‖², and ε_te = ‖W − W̄‖²/‖W̄‖² on fresh white inputs and noiseless
//!   targets, for each task by itself. 1 is "has learned nothing".
//! * `layers` is the number L of weight matrices: one hidden layer is 2. ε is the initial singular value of the
//!   **product**; each layer starts at ε^{1/L}.
//! * One noise entry has variance σ_z²/N₁ ([`NoiseScale::PerInput`]), so with σ_z = 1 a strength s̄ is the
//!   signal-to-noise ratio; [`NoiseScale::PerOutput`] is σ_z²/N₃.
//! * Minima, thresholds and divergence are watched at **every** epoch; series and modes are logged on a [`Schedule`].
//!   Where a linear student moves slowly its epochs are taken in jumps that give the same iterates ([`Stepping`]): where
//!   an error may be least or cross a threshold, every epoch is then taken after all.
//!
//! # Draws
//!
//! Teacher directions, noise, inputs and initial weights come from separate random streams, keyed by what they
//! describe (sizes, rank, repetition) and by nothing else: students of any start, depth of signal or alignment share
//! what they can share, and a task is the same alone and in company.
//!
//! # Inside
//!
//! [`LinearTeacher`], [`Inputs`] and [`DataSet`] draw the data. What else the experiments are made of (learning problems, data
//! modes, students that are trained step by step, the kernel of matrix products) is in the hidden module `internals`, for
//! benches and tests: it may change at any time.

/// Parts of experiments, for benches and tests of this workspace. They may change at any time.
#[doc(hidden)]
pub mod internals;

mod aligned_student;
mod alignment;
mod cross_validation;
mod data_modes;
mod data_set;
mod draws;
mod error;
mod examples;
mod experiment;
mod fma_peak;
mod initialisation;
mod inputs;
mod kernel;
mod leaky_relu;
mod leaky_relu_experiment;
mod leaky_relu_problem;
mod leaky_relu_student;
mod learning_problem;
mod linear_experiment;
mod linear_student;
mod multirevolution;
mod nonlinear_teacher;
mod output_errors;
mod progress;
mod record;
mod schedule;
mod sequence;
mod spectrum;
mod student_spec;
mod task;
mod teacher;
mod training;
mod training_in_jumps;
mod truncated_normal;

pub use cross_validation::{CrossValidation, StudentCurve, ValidationCurve, ValidationPoint};
pub use data_modes::TaskProjections;
pub use data_set::DataSet;
pub use error::SimError;
pub use examples::Examples;
pub use experiment::{ENGINE_VERSION, Experiment, Outcome};
pub use inputs::Inputs;
pub use leaky_relu_experiment::{
    LeakyReluSpec, LeakyReluStart, LeakyReluStudentSpec, OutputUnits, Precision, TeacherKind,
};
pub use linear_experiment::{AlignedSpec, LinearSpec, Stepping};
pub use progress::{Progress, Unattended};
pub use record::{Crossing, ErrorTrack, Least, ModePoint, ModeTrack, TrainingOutcome};
pub use schedule::{MOST_LOGGED, Schedule, Spacing};
pub use sequence::{SequenceSpec, Stage};
pub use spectrum::{SpectrumExtent, SpectrumOutcome, SpectrumSpec};
pub use student_spec::{Start, StudentSpec, Training};
pub use task::{Draw, InputKind, Labels, NoiseScale, TaskSpec, TeacherSpec};
pub use teacher::{LinearTeacher, TaskTeacher};

/// The matrices of [`Examples`] and [`DataSet`].
pub use linalg_core::faer;

use aligned_student::AlignedStudent;
use alignment::Alignment;
use data_modes::DataModes;
use initialisation::InitialWeights;
use leaky_relu_problem::LeakyReluProblem;
use leaky_relu_student::LeakyReluStudent;
use learning_problem::LearningProblem;
use linear_student::LinearStudent;
use nonlinear_teacher::NonlinearTeacher;
use record::Errors;
use training::Student;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
