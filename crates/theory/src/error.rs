//! What can go wrong in this crate.

use linalg_core::LinalgError;

/// An input that the theory refuses, with the offending value and what is allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TheoryError {
    /// A parameter lies outside its domain.
    #[error("{parameter} is {value}: it must be {allowed}")]
    OutOfDomain {
        /// Name of the parameter.
        parameter: &'static str,
        /// The value given.
        value: f64,
        /// What is allowed, in words.
        allowed: &'static str,
    },
    /// A matrix has the wrong shape.
    #[error("{matrix} is {rows} × {columns}: it must be {expected_rows} × {expected_columns}")]
    WrongShape {
        /// Which matrix.
        matrix: &'static str,
        /// Rows given.
        rows: usize,
        /// Columns given.
        columns: usize,
        /// Rows that fit the other arguments.
        expected_rows: usize,
        /// Columns that fit the other arguments.
        expected_columns: usize,
    },
    /// Initial weights are not balanced, so the exact solution does not hold for them.
    #[error("initial weights violate W₁W₁ᵀ = W₂ᵀW₂ by {violation:e} (Frobenius norm): at most {allowed:e} is allowed")]
    Unbalanced {
        /// ‖W₁W₁ᵀ − W₂ᵀW₂‖_F.
        violation: f64,
        /// The largest violation allowed for weights of this size.
        allowed: f64,
    },
    /// A relative error was asked for against a teacher (or data) that is zero.
    #[error("{reference} is zero: an error relative to it is undefined; give a nonzero matrix")]
    ZeroReference {
        /// What the error would be relative to.
        reference: &'static str,
    },
    /// A matrix computation failed.
    #[error(transparent)]
    Linalg(#[from] LinalgError),
}
