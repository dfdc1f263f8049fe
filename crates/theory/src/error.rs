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
    #[error(
        "initial weights violate W₂ᵀW₂ − W₁W₁ᵀ = λI by {violation:e} (Frobenius norm): at most {allowed:e} is allowed"
    )]
    Unbalanced {
        /// Least ‖W₂ᵀW₂ − W₁W₁ᵀ − λI‖_F over λ, on the units in use.
        violation: f64,
        /// The largest violation allowed for weights of this size.
        allowed: f64,
    },
    /// Weight decay and a balance between layers were asked for together.
    #[error(
        "decay is {decay} and balance is {balance}: decay shrinks the balance as e^(−2γt), and no closed form is known then; give one of them, and 0 for the other"
    )]
    DecayWithBalance {
        /// γ.
        decay: f64,
        /// λ.
        balance: f64,
    },
    /// A relative error was asked for against a teacher (or data) that is zero.
    #[error("{reference} is zero: an error relative to it is undefined; give a nonzero matrix")]
    ZeroReference {
        /// What the error would be relative to.
        reference: &'static str,
    },
    /// The level of the noise was asked of data that hardly have any.
    #[error(
        "the noise cannot be estimated from {values} singular values: at least {needed} are needed, unless the noise is given"
    )]
    TooFewNoiseValues {
        /// Singular values that could be noise.
        values: usize,
        /// The fewest that can be estimated from.
        needed: usize,
    },
    /// A matrix computation failed.
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

/// Strengths and noise of a task. Beyond, fourth powers of them are no numbers.
const COMPUTABLE: std::ops::RangeInclusive<f64> = 1e-60..=1e60;

/// A strength or noise above zero, of a size that can be computed with, or an error that names it.
pub(crate) fn computable(parameter: &'static str, value: f64) -> Result<f64, TheoryError> {
    positive(parameter, value)?;
    if COMPUTABLE.contains(&value) {
        Ok(value)
    } else {
        Err(TheoryError::OutOfDomain { parameter, value, allowed: "between 1e-60 and 1e60 to be computed with" })
    }
}

/// As [`computable`], or zero.
pub(crate) fn computable_or_zero(parameter: &'static str, value: f64) -> Result<f64, TheoryError> {
    non_negative(parameter, value)?;
    if value == 0.0 { Ok(value) } else { computable(parameter, value) }
}

/// Weight decay γ and balance λ of a student.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Brakes {
    pub(crate) decay: f64,
    pub(crate) balance: f64,
}

impl Brakes {
    /// The same if a student of `layers` layers with them can be solved, or an error that says why not.
    pub(crate) fn validated(self, layers: usize) -> Result<Self, TheoryError> {
        let Self { decay, balance } = self;
        computable_or_zero("decay", decay)?;
        if balance != 0.0 {
            if !COMPUTABLE.contains(&balance.abs()) {
                let allowed = "0, or of a size between 1e-60 and 1e60 to be computed with";
                return Err(TheoryError::OutOfDomain { parameter: "balance", value: balance, allowed });
            }
            if layers != 2 {
                let (value, allowed) = (layers as f64, "2 for a balance other than 0");
                return Err(TheoryError::OutOfDomain { parameter: "layers", value, allowed });
            }
            if decay > 0.0 {
                return Err(TheoryError::DecayWithBalance { decay, balance });
            }
        }
        Ok(self)
    }
}

/// L, the number of weight matrices, or an error that names it. In deeper students, whose modes wait for a time of order L and then
/// jump, the time of the jump is no longer known to the accuracy that is promised.
pub(crate) fn depth(layers: usize) -> Result<usize, TheoryError> {
    if (1..=1000).contains(&layers) {
        Ok(layers)
    } else {
        Err(TheoryError::OutOfDomain { parameter: "layers", value: layers as f64, allowed: "from 1 to 1000" })
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
