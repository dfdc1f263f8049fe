//! What experiments are made of.

pub use crate::aligned_student::AlignedStudent;
pub use crate::alignment::Alignment;
pub use crate::data_modes::DataModes;
pub use crate::fma_peak::fma_peak;
pub use crate::initialisation::InitialWeights;
pub use crate::leaky_relu_problem::LeakyReluProblem;
pub use crate::leaky_relu_student::LeakyReluStudent;
pub use crate::learning_problem::LearningProblem;
pub use crate::linear_student::LinearStudent;
pub use crate::nonlinear_teacher::NonlinearTeacher;
pub use crate::record::Errors;
pub use crate::training::{Student, TrainingRecord, train};

/// Products of small dense matrices.
pub mod kernel {
    pub use crate::kernel::*;
}
