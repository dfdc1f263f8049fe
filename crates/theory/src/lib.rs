//! Closed forms of learning, generalisation and transfer in deep linear networks.
//!
//! The theory of A. K. Lampinen & S. Ganguli, *An analytic theory of generalization dynamics and transfer learning in
//! deep linear networks* (ICLR 2019, arXiv:1809.10374; "the paper"), with the extensions that its users ask for
//! first: any depth, any number of examples, any shape and noise, tasks of any rank in any company. [`equations`]
//! lists every formula with its function and its test.
//!
//! * **Which side is the input?** Columns. A map W is outputs × inputs, N₃ × N₁; u are output modes (left singular
//!   vectors), v input modes (right).
//! * **What is one unit of time?** τ = 1/λ epochs, λ the learning rate of full-batch gradient descent on ½‖Y − WX‖²:
//!   t = 1 is 1/λ epochs. Every time in this crate is in units of τ.
//! * **What is the noise variance?** One entry of the noise on the outputs has variance σ_z²/N₁ with σ_z =
//!   [`Task::noise`], 1 unless said. Then a teacher's strength s̄ *is* its signal-to-noise ratio.
//!
//! # From question to number
//!
//! *A linear map with 100 inputs and 50 outputs has three modes of signal-to-noise 6, 4 and 2. A network with one
//! hidden layer of 50 units learns it from 100 noisy examples. When should training stop, and how good is the map
//! then?*
//!
//! ```
//! use theory::{LearningCurve, Student, Task};
//!
//! let task = Task::new(100, 50, &[6.0, 4.0, 2.0])?; // inputs, outputs, s̄; P = N₁ and σ_z = 1 unless said
//! let student = Student::new(50, 2, 1e-5)?; // hidden units, weight matrices, ε
//! let curve = LearningCurve::new(&task, &student);
//!
//! let best = curve.optimal_stopping(10.0)?;
//! assert!((best.time - 2.767).abs() < 1e-3); // in units of τ
//! assert!((best.test_error - 0.0801).abs() < 1e-4); // relative: 1 is "has learned nothing"
//!
//! // Trained on, it learns the noise; the best replacement of the data's singular values does not.
//! assert!(curve.test_error_at(10.0)? > 0.88);
//! assert!(curve.shrinkage_error()? < best.test_error);
//! # Ok::<(), theory::TheoryError>(())
//! ```
//!
//! *Which modes can be seen in the data at all?* Those above a threshold; below it neither training nor anything else
//! that keeps the data's modes finds them:
//!
//! ```
//! # use theory::{DataSpectrum, Task};
//! let spectrum = DataSpectrum::new(&Task::new(100, 50, &[6.0, 4.0, 2.0])?);
//! assert!((spectrum.threshold() - 0.8409).abs() < 1e-4);
//! assert!((spectrum.strength(2.0) - 2.3717).abs() < 1e-4); // ŝ of the weakest
//! assert!((spectrum.overlap_input(2.0) - 0.8803).abs() < 1e-4); // |v̂·v̄|
//! # Ok::<(), theory::TheoryError>(())
//! ```
//!
//! *When is that mode learned?* Half of it at the steep point of its sigmoid:
//!
//! ```
//! # use theory::ModeGrowth;
//! let growth = ModeGrowth::new(2, 1e-5)?;
//! let half = growth.time_to_reach(2.3717, 0.5 * 2.3717)?.unwrap();
//! assert!((half - 2.609).abs() < 1e-3);
//! # Ok::<(), theory::TheoryError>(())
//! ```
//!
//! *Weight decay, early stopping, or both?* Both: decay alone is worse than stopping, together they come close to the best algorithm that
//! keeps the data's modes:
//!
//! ```
//! # use theory::{Regularisation, Student, Task};
//! let task = Task::new(100, 50, &[6.0, 4.0, 2.0])?;
//! let best = Regularisation::new(&task, &Student::new(50, 2, 1e-5)?, 12.0)?;
//! assert!((best.stopping.test_error - 0.0801).abs() < 1e-4);
//! assert!((best.decay.test_error - 0.1216).abs() < 1e-4); // γ = 1.22, trained to the end
//! assert!((best.both.test_error - 0.0764).abs() < 1e-4); // γ = 0.32, stopped at 3.30 τ
//! assert!((best.shrinkage_error - 0.0762).abs() < 1e-4);
//! # Ok::<(), theory::TheoryError>(())
//! ```
//!
//! *Should a weak task be trained together with a strong one?* If their inputs are aligned:
//!
//! ```
//! # use theory::{JointCurve, JointTask, Student, Teacher, TransferEffect};
//! use theory::faer::mat;
//! let weak = Teacher { outputs: 50, strengths: vec![0.84] };
//! let strong = Teacher { outputs: 50, strengths: vec![10.0] };
//! let alignment = mat![[0.9]]; // v̄_A·v̄_B
//! let joint = JointTask::pair(100, weak, strong, alignment.as_ref())?;
//! let benefit = JointCurve::new(&joint, &Student::new(50, 2, 1e-5)?).benefit(0, 10.0)?;
//! assert_eq!(benefit.effect(), TransferEffect::Support);
//! # Ok::<(), theory::TheoryError>(())
//! ```
//!
//! From a data matrix instead of a known task: [`NoiseAnalysis`] says how much of it is noise and how many modes stand out,
//! [`RiskEstimate`] when to stop, [`RelatedTasks`] which other task helps, [`Bootstrap`] how sure that is;
//! [`MatrixShrinkage`] estimates the teacher,
//! [`SpikedMatrix::true_strength`] its strengths, [`LargestNoiseValue`] says whether a singular value is more than
//! noise, [`AlignmentEstimate`] the alignment of two tasks. For the scatter at finite size: [`Ensemble`]. For random or any other
//! balanced weights, and one task after another: [`ExactStudent`].
//!
//! # Notation
//!
//! The only conventions used anywhere in this crate. Singular values are always in decreasing order; errors are
//! relative to the teacher (test) or to the data (train).
//!
//! | symbol | code name | meaning |
//! | --- | --- | --- |
//! | N₁, N₃ | `inputs`, `outputs` | sizes of the teacher's first and last layer; the student's are the same |
//! | N̄₂, r | `rank` | teacher rank, the number of teacher singular values s̄ |
//! | N₂ | `hidden` | width of every hidden layer of the student |
//! | L | `layers` | number of weight matrices of the student: 1 hidden layer is L = 2, 3 hidden layers is L = 4 |
//! | P | `examples` | number of training examples; P = N₁ unless said |
//! | D | `density` | P / N₁ |
//! | A | `aspect_ratio` | rows / columns of the matrix in question; for P = N₁ it is N₃/N₁. Any positive number |
//! | s̄, ŝ, s | `true_strength`, `data_strength`, `strength` | singular values of the teacher, of the training data, of the student |
//! | ū v̄, û v̂, u v | | the matching singular vectors (u: output side, v: input side) |
//! | O, ρ | `overlap`, `visibility` | O = (û·ū)(v̂·v̄) of a data mode with its teacher mode; ρ = √D for P < N₁, else 1 |
//! | σ_z | `noise` | output noise; one noise entry has variance σ_z²/N₁. With σ_z = 1, s̄ is the signal-to-noise ratio |
//! | ν, κ | `entry_variance`, `kappa` | variance of an entry of a noise matrix; κ = √(ν · columns) |
//! | λ, τ = 1/λ | `learning_rate`, `time_constant` | learning rate of gradient descent; t is in units of τ |
//! | γ | `decay` | weight decay: every layer loses λγW an epoch, γW in a unit of time; 0 unless said |
//! | λ (of a start) | `balance` | W₂ᵀW₂ − W₁W₁ᵀ = λI on the units in use, L = 2: 0 rich, large lazy; 0 unless said |
//! | ε | `epsilon` | initial singular value of the student's *product* map; each of the L matrices starts at ε^(1/L) |
//! | M, K | `data_modes`, `capacity` | number of singular modes of the data, M = min(N₁, N₃, P), and of those the student holds, K = min(N₂, M) |
//! | p | `power` | 2 − 2/L |
//! | Q, q | `overlaps`, `alignment` | overlaps v̄·v̄′ of the input modes of two teachers |

pub mod equations;

mod alignment_estimate;
mod bootstrap;
mod bracketed_minimum;
mod bracketed_root;
mod bulk_correction;
mod data_spectrum;
mod ensemble;
mod error;
mod exact_student;
mod finite_size;
mod growth_integral;
mod initial_weights;
mod joint_curve;
mod joint_task;
mod learning_curve;
mod matrix_shrinkage;
mod mode_growth;
mod noise_analysis;
mod noise_bulk;
mod rank_one_pair;
mod regularisation;
mod related_tasks;
mod risk_estimate;
mod sensitivity;
mod shrinkage;
mod spiked_matrix;
mod stopping;
mod student;
mod summary;
mod task;
mod test_error;
mod tracy_widom;
mod whitened_regression;

/// The matrices that this crate takes and gives.
pub use linalg_core::faer;

pub use alignment_estimate::AlignmentEstimate;
pub use bootstrap::{Bootstrap, Interval, StoppingForecast};
pub use data_spectrum::DataSpectrum;
pub use ensemble::{
    DataDraw, Ensemble, PretrainingBenefit, PretrainingEnsemble, StoppingTrial, TestTrajectory, Trajectories,
    Trajectory, TransferEnsemble, TransferPair,
};
pub use error::TheoryError;
pub use exact_student::{ExactStudent, ModeOverlap, ProjectedTeacher, StudentState};
pub use initial_weights::{InitialWeights, StudentShape};
pub use joint_curve::{JointCurve, TransferBenefit, TransferEffect};
pub use joint_task::{JointMode, JointTask, Teacher};
pub use learning_curve::{Errors, LearningCurve, TestErrorParts};
pub use matrix_shrinkage::{MatrixShrinkage, NoiseLevel, ShrunkMatrix, estimated_entry_variance};
pub use mode_growth::{LearningFront, ModeGrowth, ModeState};
pub use noise_analysis::{BulkFit, FoundMode, NoiseAnalysis, NoiseSource};
pub use rank_one_pair::RankOnePair;
pub use regularisation::{BestDecay, BestDecayAndTime, Regularisation};
pub use related_tasks::{Company, RelatedTasks, TransferEstimate};
pub use risk_estimate::{Risk, RiskEstimate};
pub use shrinkage::{Loss, Shrinkage, shrinkage_error};
pub use spiked_matrix::SpikedMatrix;
pub use stopping::Stopping;
pub use student::Student;
pub use summary::Summary;
pub use task::Task;
pub use tracy_widom::LargestNoiseValue;
pub use whitened_regression::WhitenedRegression;
