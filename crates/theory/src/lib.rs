//! Closed forms of learning, generalisation and transfer in deep linear networks.

mod bracketed_root;
mod error;
mod growth_integral;
mod initial_weights;
mod mode_growth;
mod random_student;
mod spiked_matrix;
mod student;
mod task;

pub use error::TheoryError;
pub use initial_weights::{InitialWeights, StudentShape};
pub use mode_growth::{LearningFront, ModeGrowth, ModeState};
pub use random_student::{ModeOverlap, ProjectedTeacher, RandomStudent, StudentState};
pub use spiked_matrix::SpikedMatrix;
pub use student::Student;
pub use task::Task;
