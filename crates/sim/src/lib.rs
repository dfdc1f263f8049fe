//! Simulations of deep linear and leaky-ReLU students.
