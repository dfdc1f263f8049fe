//! What can go wrong in this crate.

/// A question that this crate refuses, with the value given and what is allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TheoryError {
    /// A number lies outside its domain.
    #[error("{parameter} is {value}: it must be {allowed}")]
    OutOfDomain {
        /// Code name of the quantity.
        parameter: &'static str,
        /// The value given.
        value: f64,
        /// What is allowed, in words.
        allowed: &'static str,
    },
    /// Singular values of a teacher are not in decreasing order.
    #[error("strengths[{index}] = {value} follows {previous}: singular values are given in decreasing order")]
    NotDecreasing {
        /// Position of the larger, later value.
        index: usize,
        /// That value.
        value: f64,
        /// The value before it.
        previous: f64,
    },
    /// The teacher has more singular values than the data have modes.
    #[error(
        "a teacher of rank {rank} does not fit: {inputs} inputs, {outputs} outputs and {examples} examples carry at most {modes} modes"
    )]
    RankTooLarge {
        /// Number of strengths given.
        rank: usize,
        /// N₁.
        inputs: usize,
        /// N₃.
        outputs: usize,
        /// P.
        examples: usize,
        /// M.
        modes: usize,
    },
    /// Neither a teacher nor noise: the data are zero and no error is defined.
    #[error("a task of rank 0 without noise has nothing to learn: give it a strength or a positive noise")]
    NothingToLearn,
    /// The relative test error of a teacher of rank 0.
    #[error(
        "the relative test error divides by the teacher's squared norm, which is 0 for rank 0: only data, shrinkage and the train error are defined"
    )]
    ZeroTeacher,
    /// From `linalg-core`.
    #[error(transparent)]
    Linalg(#[from] linalg_core::LinalgError),
}

/// A finite number above zero, or an error that names it.
pub(crate) fn positive(parameter: &'static str, value: f64) -> Result<f64, TheoryError> {
    if value > 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(TheoryError::OutOfDomain { parameter, value, allowed: "positive and finite" })
    }
}

/// A finite number at or above zero, or an error that names it.
pub(crate) fn non_negative(parameter: &'static str, value: f64) -> Result<f64, TheoryError> {
    if value >= 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(TheoryError::OutOfDomain { parameter, value, allowed: "zero or more, and finite" })
    }
}

/// A count of at least one, or an error that names it.
pub(crate) fn at_least_one(parameter: &'static str, value: usize) -> Result<usize, TheoryError> {
    if value >= 1 {
        Ok(value)
    } else {
        Err(TheoryError::OutOfDomain { parameter, value: value as f64, allowed: "1 or more" })
    }
}
