//! Shrinking a whole data matrix.

use crate::error::{at_least_one, non_negative};
use crate::{Loss, NoiseAnalysis, Shrinkage, SpikedMatrix, TheoryError};
use linalg_core::faer::{Mat, MatRef};
use linalg_core::{MarchenkoPastur, thin_svd};

/// What is known of the noise in a data matrix.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub enum NoiseLevel {
    /// The variance of one noise entry.
    EntryVariance(f64),
    /// Nothing: estimate it from what is left when the modes that stand out are taken out ([`NoiseAnalysis`]), which needs nine
    /// singular values.
    Unknown,
}

/// How to estimate a low-rank matrix from a noisy one by shrinking its singular values.
///
/// ```
/// use linalg_core::{generator, sample_gaussian};
/// use theory::{Loss, MatrixShrinkage, NoiseLevel};
/// let data = sample_gaussian(50, 200, 1.0, &mut generator(1, "doc", &[], 0)); // noise alone
/// let shrunk = MatrixShrinkage::new(NoiseLevel::Unknown).with_loss(Loss::Operator).apply(data.as_ref())?;
/// assert!((shrunk.entry_variance - 1.0).abs() < 0.1);
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct MatrixShrinkage {
    noise: NoiseLevel,
    loss: Loss,
    examples: Option<usize>,
}

/// A shrunken matrix and what it was made from.
#[derive(Clone, Debug)]
pub struct ShrunkMatrix {
    /// The estimate: the data's singular vectors with the shrunken singular values.
    pub matrix: Mat<f64>,
    /// The data's singular values, decreasing.
    pub data_strengths: Vec<f64>,
    /// What each became.
    pub strengths: Vec<f64>,
    /// The variance of a noise entry, as given or as estimated.
    pub entry_variance: f64,
}

impl ShrunkMatrix {
    /// Number of singular values that survived; 0 when nothing is detectable.
    pub fn rank(&self) -> usize {
        self.strengths.iter().filter(|strength| **strength > 0.0).count()
    }
}

impl MatrixShrinkage {
    /// Shrinkage for the Frobenius loss (the test error) of a matrix whose noise fills all of it: Σ³¹ for P = N₁, W*
    /// = Σ³¹/D for P > N₁.
    pub fn new(noise: NoiseLevel) -> Self {
        Self { noise, loss: Loss::Frobenius, examples: None }
    }

    /// The same for another loss.
    pub fn with_loss(self, loss: Loss) -> Self {
        Self { loss, ..self }
    }

    /// For Σ³¹ of P < N₁ `examples`: its rank is at most P, and its min(N₃, P) singular values are those of an N₃ × P
    /// matrix. The further, exact zeros are left out of the noise estimate.
    pub fn with_examples(self, examples: usize) -> Self {
        Self { examples: Some(examples), ..self }
    }

    /// Shrinks `data` (outputs × inputs).
    ///
    /// # Errors
    /// If the matrix is empty or not finite, the noise variance is negative, or unknown with fewer than nine singular values
    /// ([`TheoryError::TooFewNoiseValues`]), or a loss other than Frobenius is asked
    /// for with fewer examples than columns.
    pub fn apply(&self, data: MatRef<'_, f64>) -> Result<ShrunkMatrix, TheoryError> {
        let rows = at_least_one("rows", data.nrows())?;
        let inputs = at_least_one("columns", data.ncols())?;
        let columns = at_least_one("examples", self.examples.unwrap_or(inputs))?.min(inputs);
        if columns < inputs && self.loss != Loss::Frobenius {
            let allowed = "at least the number of columns for the operator and nuclear losses";
            return Err(TheoryError::OutOfDomain { parameter: "examples", value: columns as f64, allowed });
        }
        let mut svd = thin_svd(data)?.leading(rows.min(columns));
        // What rounding leaves of values that are zero is no noise, and no mode.
        let rounding = rounding_of(rows, columns, &svd.singular_values);
        svd.singular_values.iter_mut().filter(|value| **value <= rounding).for_each(|value| *value = 0.0);
        let entry_variance = match self.noise {
            NoiseLevel::EntryVariance(variance) => non_negative("entry_variance", variance)?,
            unknown => match estimated_entry_variance(rows, columns, &svd.singular_values)? {
                0.0 => 0.0,
                _ => NoiseAnalysis::of_values(rows, columns, &svd.singular_values, unknown, LEVEL)?.entry_variance(),
            },
        };
        let rule = Shrinkage::new(SpikedMatrix::new(rows, columns, entry_variance)?, self.loss);
        let strengths = svd.singular_values.iter().map(|&value| rule.value(value)).collect::<Result<Vec<_>, _>>()?;
        let data_strengths = svd.singular_values.clone();
        let matrix = linalg_core::ThinSvd { singular_values: strengths.clone(), ..svd }.reconstruct();
        Ok(ShrunkMatrix { matrix, data_strengths, strengths, entry_variance })
    }
}

/// Significance level of the modes that are taken out of an unknown noise.
pub(crate) const LEVEL: f64 = 0.05;

/// ν from the median of the min(rows, columns) singular values: the squared ratio of the observed median to the
/// bulk's median for ν = 1.
///
/// Quick, for any number of values, and biased: r spikes among M values shift the median by about r/(2M) of the bulk's mass.
/// [`NoiseAnalysis`] takes them out. 0 for data whose rank is half of M or less, whose median is rounding.
///
/// # Errors
/// If a size is 0 or there are not min(rows, columns) values.
pub fn estimated_entry_variance(rows: usize, columns: usize, singular_values: &[f64]) -> Result<f64, TheoryError> {
    if singular_values.len() != rows.min(columns) {
        let (parameter, allowed) = ("number of singular values", "the smaller of the numbers of rows and columns");
        return Err(TheoryError::OutOfDomain { parameter, value: singular_values.len() as f64, allowed });
    }
    let bulk = MarchenkoPastur::new(rows, columns, 1.0)?;
    let mut sorted = singular_values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let half = sorted.len() / 2;
    let median = if sorted.len() % 2 == 1 { sorted[half] } else { 0.5 * (sorted[half - 1] + sorted[half]) };
    non_negative("singular_values", median)?;
    let is_rounding = median <= rounding_of(rows, columns, &sorted);
    Ok(if is_rounding { 0.0 } else { (median / bulk.median()).powi(2) })
}

/// The size up to which a singular value may be what rounding leaves of zero.
fn rounding_of(rows: usize, columns: usize, singular_values: &[f64]) -> f64 {
    let largest = singular_values.iter().copied().fold(0.0, f64::max);
    f64::EPSILON * rows.max(columns) as f64 * largest
}
