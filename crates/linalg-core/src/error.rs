//! What can go wrong in this crate.

/// An input or a computation that this crate refuses, with the offending value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LinalgError {
    /// A matrix holds a NaN or an infinity.
    #[error("matrix entry ({row}, {column}) is {value}: every entry must be finite")]
    NonFinite {
        /// Row of the first such entry, in column order.
        row: usize,
        /// Column of that entry.
        column: usize,
        /// The entry.
        value: f64,
    },
    /// The singular value iteration did not converge.
    #[error("the singular value decomposition of a {rows} × {columns} matrix did not converge")]
    NoConvergence {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
    },
    /// More singular triplets were asked for than the matrix has.
    #[error("{count} singular triplets asked of a {rows} × {columns} matrix, which has {}", rows.min(columns))]
    TooManyTriplets {
        /// Number asked for.
        count: usize,
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
    },
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
}
