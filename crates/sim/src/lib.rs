//! Simulations of deep linear and leaky-ReLU students.

pub mod kernel;

mod fma_peak;

pub use fma_peak::fma_peak;
