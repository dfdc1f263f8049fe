//! Closed forms of learning, generalisation and transfer in deep linear networks.

mod error;
mod initial_weights;
mod random_student;

pub use error::TheoryError;
pub use initial_weights::{InitialWeights, StudentShape};
pub use random_student::{ModeOverlap, ProjectedTeacher, RandomStudent, StudentState};
