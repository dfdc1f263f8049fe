//! The least-squares map in whitened input coordinates.

use crate::TheoryError;
use linalg_core::faer::{Mat, MatRef, Side};
use linalg_core::{LinalgError, binary_exponent, scaled_by_power_of_two, times_power_of_two};

/// What P examples say of a linear map, in the coordinates in which their inputs are white.
///
/// With XXᵀ = VΛVᵀ the whitened inputs are X̃ = Λ^{−1/2}VᵀX, and M = YX̃ᵀ (N₃ × rank of X) has noise entries of exactly the
/// variance σ² that the outputs' noise has, whatever the covariance of the inputs: M is the spiked matrix of the theory with ν = σ².
/// Directions in which the inputs do not vary are left out. σ² comes from the residual, E‖Y − W*X‖² = N₃ (P − rank) σ².
///
/// Beyond the paper, whose inputs are white. A student of raw inputs is another student.
///
/// ```
/// use linalg_core::{generator, sample_gaussian};
/// use theory::WhitenedRegression;
///
/// // 200 examples (columns) of 5 inputs of unequal size; 4 outputs with noise of variance 0.04.
/// let mut rng = generator(1, "doc", &[], 0);
/// let mut inputs = sample_gaussian(5, 200, 1.0, &mut rng);
/// inputs.row_mut(0).iter_mut().for_each(|x| *x *= 10.0);
/// let outputs = sample_gaussian(4, 5, 1.0, &mut rng) * &inputs + sample_gaussian(4, 200, 0.04, &mut rng);
/// let found = WhitenedRegression::new(inputs.as_ref(), outputs.as_ref(), 0)?;
/// assert!((found.noise_variance().unwrap() / 0.04 - 1.0).abs() < 0.2 && found.condition_number() > 8.0);
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct WhitenedRegression {
    /// M, N₃ × rank of X.
    pub map: Mat<f64>,
    /// Eigenvalues of XXᵀ, greatest first, without those that are zero but for rounding.
    pub eigenvalues: Vec<f64>,
    /// Residual variance of each output; empty if there are no more examples than directions.
    pub residual_variances: Vec<f64>,
}

/// Eigenvalues of XXᵀ below this part of the largest are rounding.
const ROUNDING: f64 = 1e-13;

impl WhitenedRegression {
    /// From inputs (N₁ × P) and outputs (N₃ × P), of which `means` (0 or 1) means over the examples were taken off before.
    ///
    /// # Errors
    /// [`TheoryError::WrongShape`] if the numbers of examples differ; [`TheoryError::Linalg`] if the decomposition fails.
    ///
    /// # Panics
    /// If an entry is NaN or infinite.
    pub fn new(inputs: MatRef<'_, f64>, outputs: MatRef<'_, f64>, means: usize) -> Result<Self, TheoryError> {
        let ((rows, columns), expected_columns) = (outputs.shape(), inputs.ncols());
        if columns != expected_columns {
            let matrix = "outputs";
            return Err(TheoryError::WrongShape { matrix, rows, columns, expected_rows: rows, expected_columns });
        }
        let exponents = [inputs, outputs].map(|matrix| binary_exponent(matrix).unwrap_or(0));
        let (x, y) = (scaled_by_power_of_two(inputs, -exponents[0]), scaled_by_power_of_two(outputs, -exponents[1]));
        let size = x.nrows();
        let failed = |_| LinalgError::NoConvergence { rows: size, columns: size };
        let eigen = (&x * x.transpose()).self_adjoint_eigen(Side::Lower).map_err(failed)?;
        let mut rates: Vec<f64> = eigen.S().column_vector().iter().rev().copied().collect();
        let rounding = (ROUNDING * rates.first().copied().unwrap_or(0.0)).max(0.0);
        rates.retain(|rate| *rate > rounding);
        let cross = (&y * x.transpose()) * eigen.U().reverse_cols().subcols(0, rates.len());
        let map = Mat::from_fn(rows, rates.len(), |i, k| cross[(i, k)] / rates[k].sqrt());
        let free = columns.saturating_sub(rates.len() + means) as f64;
        let residual = |output: usize| {
            let power = y.row(output).squared_norm_l2();
            let left = power - map.row(output).squared_norm_l2();
            // What is left of a perfect fit is rounding.
            if left > 1e-12 * power { times_power_of_two(left / free, 2 * exponents[1]) } else { 0.0 }
        };
        Ok(Self {
            residual_variances: (0..rows).filter(|_| free > 0.0).map(residual).collect(),
            map: scaled_by_power_of_two(map.as_ref(), exponents[1]),
            eigenvalues: rates.iter().map(|rate| times_power_of_two(*rate, 2 * exponents[0])).collect(),
        })
    }

    /// σ², averaged over outputs; `None` if there are no more examples than directions.
    pub fn noise_variance(&self) -> Option<f64> {
        let count = self.residual_variances.len();
        (count > 0).then(|| self.residual_variances.iter().sum::<f64>() / count as f64)
    }

    /// Largest over smallest singular value of the inputs; 1 for white ones. Directions without any input do not count.
    pub fn condition_number(&self) -> f64 {
        match (self.eigenvalues.first(), self.eigenvalues.last()) {
            (Some(most), Some(least)) => (most / least).sqrt(),
            _ => 1.0,
        }
    }
}
