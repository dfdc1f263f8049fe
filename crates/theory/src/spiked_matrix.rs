//! How a low-rank signal shows in the singular values and vectors of a noisy matrix.

use crate::TheoryError;
use crate::error::{at_least_one, non_negative, positive};
use linalg_core::MarchenkoPastur;

/// A rows × columns matrix of noise with independent entries of variance ν, to which singular modes ("spikes") are
/// added.
///
/// Asymptotic theory of Benaych-Georges & Nadakuditi (2012), the phase transition of the paper's section 3. With
/// α = √(ν·columns) (the paper's κ), β = √(ν·rows), A = rows/columns and a spike of strength s̄ (θ = s̄/κ):
///
/// * a spike is detectable if s̄ > √(αβ), that is θ > A^(1/4);
/// * its data strength is ŝ = √((s̄² + α²)(s̄² + β²)) / s̄ = κ √((1+θ²)(A+θ²)) / θ, else the bulk's edge α + β =
///   κ(1+√A);
/// * its overlaps are (û·ū)² = (θ⁴ − A)/(θ²(θ² + A)) and (v̂·v̄)² = (θ⁴ − A)/(θ²(θ² + 1)), else 0.
///
/// The forms used here neither cancel near the threshold nor overflow for strong spikes, and hold for ν = 0 (ŝ = s̄,
/// overlaps 1). All statements survive transposition with the two sides exchanged. Accuracy 1e-14 relative, except
/// that an overlap near the threshold has the accuracy with which s̄ − threshold is known.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct SpikedMatrix {
    rows: usize,
    columns: usize,
    entry_variance: f64,
    /// α = √(ν·columns): norm of a row of noise, seen from the output side.
    row_norm: f64,
    /// β = √(ν·rows): norm of a column of noise.
    column_norm: f64,
}

impl SpikedMatrix {
    /// A `rows` × `columns` matrix with noise entries of variance `entry_variance` (0 is legal).
    ///
    /// # Errors
    /// If a size is 0 or the variance is negative or not finite.
    pub fn new(rows: usize, columns: usize, entry_variance: f64) -> Result<Self, TheoryError> {
        at_least_one("rows", rows)?;
        at_least_one("columns", columns)?;
        non_negative("entry_variance", entry_variance)?;
        Ok(Self {
            rows,
            columns,
            entry_variance,
            row_norm: (entry_variance * columns as f64).sqrt(),
            column_norm: (entry_variance * rows as f64).sqrt(),
        })
    }

    /// Number of rows (outputs).
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns (inputs or examples).
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// ν, the variance of one noise entry.
    pub fn entry_variance(&self) -> f64 {
        self.entry_variance
    }

    /// A = rows / columns.
    pub fn aspect_ratio(&self) -> f64 {
        self.rows as f64 / self.columns as f64
    }

    /// κ = √(ν · columns).
    pub fn kappa(&self) -> f64 {
        self.row_norm
    }

    /// The strength above which a spike is detectable, κ A^(1/4) = √ν (rows · columns)^(1/4).
    pub fn threshold(&self) -> f64 {
        (self.row_norm * self.column_norm).sqrt()
    }

    /// Upper edge of the noise bulk, κ(1 + √A) = √ν (√rows + √columns).
    pub fn edge(&self) -> f64 {
        self.row_norm + self.column_norm
    }

    /// Lower edge of the noise bulk, κ|1 − √A|.
    pub fn lower_edge(&self) -> f64 {
        // |α − β| from α² − β² keeps its digits for nearly square matrices.
        let squared_difference = self.entry_variance * (self.columns as f64 - self.rows as f64).abs();
        if squared_difference > 0.0 { squared_difference / self.edge() } else { 0.0 }
    }

    /// The law of the noise singular values; `None` without noise, when all of them are 0.
    pub fn bulk(&self) -> Option<MarchenkoPastur> {
        MarchenkoPastur::new(self.rows, self.columns, self.entry_variance).ok()
    }

    /// Whether a spike of strength s̄ leaves the bulk: s̄ > threshold.
    ///
    /// What is no strength, negative or NaN, is not detectable.
    pub fn is_detectable(&self, true_strength: f64) -> bool {
        true_strength > self.threshold()
    }

    /// ŝ, the data singular value of a spike of strength s̄; the edge of the bulk if it is not detectable.
    pub fn strength(&self, true_strength: f64) -> f64 {
        if !self.is_detectable(true_strength) {
            return self.edge();
        }
        let (inverse_row, inverse_column) = self.inverse_squares(true_strength);
        true_strength * (1.0 + inverse_row).sqrt() * (1.0 + inverse_column).sqrt()
    }

    /// |û·ū|, the overlap of the output (left) singular vectors of a spike and of its data mode; 0 if not detectable.
    pub fn overlap_output(&self, true_strength: f64) -> f64 {
        if !self.is_detectable(true_strength) {
            return 0.0;
        }
        let (_, inverse_column) = self.inverse_squares(true_strength);
        (self.excess(true_strength) / (1.0 + inverse_column)).sqrt()
    }

    /// |v̂·v̄|, the overlap of the input (right) singular vectors of a spike and of its data mode; 0 if not detectable.
    pub fn overlap_input(&self, true_strength: f64) -> f64 {
        if !self.is_detectable(true_strength) {
            return 0.0;
        }
        let (inverse_row, _) = self.inverse_squares(true_strength);
        (self.excess(true_strength) / (1.0 + inverse_row)).sqrt()
    }

    /// O(s̄) = |û·ū||v̂·v̄|.
    pub fn overlap(&self, true_strength: f64) -> f64 {
        self.overlap_output(true_strength) * self.overlap_input(true_strength)
    }

    /// 1 − (û·ū)² and 1 − (v̂·v̄)², without the cancellation of strong spikes; (1, 1) if not detectable.
    ///
    /// 1 − (û·ū)² = A(1+θ²)/(θ²(θ²+A)), 1 − (v̂·v̄)² = (A+θ²)/(θ²(θ²+1)).
    pub fn squared_misalignments(&self, true_strength: f64) -> (f64, f64) {
        if !self.is_detectable(true_strength) {
            return (1.0, 1.0);
        }
        let (inverse_row, inverse_column) = self.inverse_squares(true_strength);
        (
            inverse_column * (1.0 + inverse_row) / (1.0 + inverse_column),
            inverse_row * (1.0 + inverse_column) / (1.0 + inverse_row),
        )
    }

    /// s̄ from ŝ, the inverse of [`SpikedMatrix::strength`]; `None` at or below the edge, where nothing is known but
    /// s̄ ≤ threshold.
    ///
    /// θ² = \[b + √(b² − 4A)\]/2 with b = (ŝ/κ)² − 1 − A.
    ///
    /// # Errors
    /// If `data_strength` is not positive and finite.
    pub fn true_strength(&self, data_strength: f64) -> Result<Option<f64>, TheoryError> {
        let data_strength = positive("data_strength", data_strength)?;
        if data_strength <= self.edge() {
            return Ok(None);
        }
        let above = self.relative_excess(data_strength, self.edge());
        let root = (above * self.relative_excess(data_strength, self.lower_edge())).sqrt();
        let threshold = self.threshold() / data_strength;
        Ok(Some(data_strength * (threshold * threshold + 0.5 * (above + root)).sqrt()))
    }

    /// s̄ O(s̄) as a function of ŝ: √((ŝ² − (α+β)²)(ŝ² − (α−β)²)) / ŝ, and 0 at or below the edge.
    pub fn best_strength(&self, data_strength: f64) -> f64 {
        if data_strength <= self.edge() {
            return 0.0;
        }
        let above = self.relative_excess(data_strength, self.edge());
        data_strength * (above * self.relative_excess(data_strength, self.lower_edge())).sqrt()
    }

    /// 1 − (edge/ŝ)², as a product.
    fn relative_excess(&self, data_strength: f64, edge: f64) -> f64 {
        (data_strength - edge) / data_strength * (1.0 + edge / data_strength)
    }

    /// (α/s̄)² = 1/θ² and (β/s̄)² = A/θ².
    fn inverse_squares(&self, true_strength: f64) -> (f64, f64) {
        ((self.row_norm / true_strength).powi(2), (self.column_norm / true_strength).powi(2))
    }

    /// 1 − A/θ⁴ = 1 − (threshold/s̄)⁴ as a product, for a detectable spike.
    fn excess(&self, true_strength: f64) -> f64 {
        let threshold = self.threshold();
        let ratio = threshold / true_strength;
        (true_strength - threshold) / true_strength * (1.0 + ratio) * (1.0 + ratio * ratio)
    }
}
