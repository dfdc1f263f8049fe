//! Closed forms of learning, generalisation and transfer in deep linear networks.

mod bracketed_root;
mod data_spectrum;
mod error;
mod finite_size;
mod growth_integral;
mod initial_weights;
mod learning_curve;
mod mode_growth;
mod noise_bulk;
mod random_student;
mod shrinkage;
mod spiked_matrix;
mod stopping;
mod student;
mod task;
mod test_error;
mod tracy_widom;

pub use data_spectrum::DataSpectrum;
pub use error::TheoryError;
pub use initial_weights::{InitialWeights, StudentShape};
pub use learning_curve::{Errors, LearningCurve, TestErrorParts};
pub use mode_growth::{LearningFront, ModeGrowth, ModeState};
pub use random_student::{ModeOverlap, ProjectedTeacher, RandomStudent, StudentState};
pub use shrinkage::{Loss, Shrinkage, shrinkage_error};
pub use spiked_matrix::SpikedMatrix;
pub use stopping::Stopping;
pub use student::Student;
pub use task::Task;
pub use tracy_widom::LargestNoiseValue;
