//! Closed forms of learning, generalisation and transfer in deep linear networks.

mod bracketed_root;
mod error;
mod finite_size;
mod growth_integral;
mod initial_weights;
mod mode_growth;
mod random_student;
mod spiked_matrix;
mod student;
mod task;
mod tracy_widom;

pub use error::TheoryError;
pub use initial_weights::{InitialWeights, StudentShape};
pub use mode_growth::{LearningFront, ModeGrowth, ModeState};
pub use random_student::{ModeOverlap, ProjectedTeacher, RandomStudent, StudentState};
pub use spiked_matrix::SpikedMatrix;
pub use student::Student;
pub use task::Task;
pub use tracy_widom::LargestNoiseValue;
