//! Closed forms of learning, generalisation and transfer in deep linear networks.

mod bracketed_root;
mod error;
mod growth_integral;
mod mode_growth;
mod spiked_matrix;
mod student;
mod task;

pub use error::TheoryError;
pub use mode_growth::{LearningFront, ModeGrowth, ModeState};
pub use spiked_matrix::SpikedMatrix;
pub use student::Student;
pub use task::Task;
