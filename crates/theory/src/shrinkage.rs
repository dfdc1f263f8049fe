//! The non-gradient algorithm: keep the data's singular vectors, replace each singular value by the best one.

use crate::test_error::TestErrorMode;
use crate::{DataSpectrum, SpikedMatrix, Task, TheoryError};

/// What a shrinkage rule minimises: the distance between the shrunken matrix and the low-rank teacher in this norm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub enum Loss {
    /// Sum of squares: the test error.
    Frobenius,
    /// Largest singular value of the difference.
    Operator,
    /// Sum of singular values of the difference.
    Nuclear,
}

/// The rule that maps a singular value of a spiked matrix to the best singular value for the teacher.
///
/// Every rule gives 0 for ŝ at or below the bulk's edge, and keeps ŝ when there is no noise. In units κ = 1, with y =
/// ŝ, x = θ(y) the strength before noise:
///
/// * Frobenius: √((y² − 1 − A)² − 4A) / y = x·O(x) (the paper's non-gradient algorithm; Gavish & Donoho 2017);
/// * operator: x √(min/max of the two squared overlaps), for square matrices x (Leeb 2022, arXiv:2005.11807; the rule
///   "x for all shapes" is optimal only for A = 1);
/// * nuclear: max(0, (x⁴ − A − √A x y) / (x² y)) (Gavish & Donoho 2017).
///
/// For P > N₁ the rule is for the singular values of W* = Σ³¹/D, for P < N₁ of Σ³¹ (Frobenius only: the other rules
/// need P ≥ N₁); the matrix to give is [`DataSpectrum::matrix`].
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Shrinkage {
    matrix: SpikedMatrix,
    loss: Loss,
}

impl Shrinkage {
    /// The rule for a matrix of known noise.
    pub fn new(matrix: SpikedMatrix, loss: Loss) -> Self {
        Self { matrix, loss }
    }

    /// The spiked matrix of the rule.
    pub fn matrix(&self) -> &SpikedMatrix {
        &self.matrix
    }

    /// The value that replaces the data singular value ŝ.
    ///
    /// # Errors
    /// If `data_strength` is negative or not finite.
    pub fn value(&self, data_strength: f64) -> Result<f64, TheoryError> {
        crate::error::non_negative("data_strength", data_strength)?;
        if data_strength <= self.matrix.edge() {
            return Ok(0.0);
        }
        let Some(true_strength) = self.matrix.true_strength(data_strength)? else { return Ok(0.0) };
        Ok(match self.loss {
            Loss::Frobenius => self.matrix.best_strength(data_strength),
            Loss::Operator => {
                // (û·ū)²/(v̂·v̄)² = (s̄² + α²)/(s̄² + β²), α² = ν·columns, β² = ν·rows.
                let square = |side: usize| true_strength.powi(2) + self.matrix.entry_variance() * side as f64;
                let ratio = square(self.matrix.columns()) / square(self.matrix.rows());
                true_strength * ratio.min(1.0 / ratio).sqrt()
            }
            Loss::Nuclear => {
                // In full units, with T² = κ²√A the squared threshold: s̄²/ŝ − T⁴/(s̄²ŝ) − T²/s̄.
                let threshold = self.matrix.threshold();
                let share = threshold / true_strength;
                let value = (true_strength - threshold) * (true_strength + threshold) / data_strength
                    * (1.0 + share * share)
                    - threshold * share;
                value.max(0.0)
            }
        })
    }
}

/// The relative test error of the best shrinkage of a task's data, 1 − Σ (s̄ρO)² / Σ s̄².
///
/// It is below the error of gradient descent at every stopping time whenever two modes want different times, and
/// below it also for one mode because by then some noise has been learned.
///
/// # Errors
/// [`TheoryError::ZeroReference`] for a teacher of rank 0.
pub fn shrinkage_error(task: &Task) -> Result<f64, TheoryError> {
    if task.rank() == 0 {
        return Err(TheoryError::ZeroReference { reference: "the teacher" });
    }
    let spectrum = DataSpectrum::new(task);
    let floor = |&strength: &f64| TestErrorMode::of_spike(&spectrum, strength).floor;
    Ok(task.strengths().iter().map(floor).sum::<f64>() / task.signal_power())
}
