//! A learning task: a low-rank teacher and noisy examples of it.

use crate::TheoryError;
use crate::error::{at_least_one, computable, computable_or_zero};

/// A teacher W̄ (outputs × inputs) of given singular values and the examples that a student learns it from.
///
/// Outputs are Y = W̄X + Z with iid noise Z of variance σ_z²/N₁; inputs X are white (one-hot, or orthonormal for P ≠
/// N₁). Unless said otherwise P = N₁ and σ_z = 1, so that each strength s̄ is the signal-to-noise ratio of its mode.
///
/// ```
/// use theory::Task;
/// let task = Task::new(100, 50, &[6.0, 4.0, 2.0])?;                     // P = N₁, σ_z = 1
/// let quiet = Task::new(100, 50, &[6.0])?.with_examples(200)?.with_noise(0.5)?;
/// assert_eq!((task.rank(), quiet.density()), (3, 2.0));
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Task {
    inputs: usize,
    outputs: usize,
    examples: usize,
    strengths: Vec<f64>,
    noise: f64,
}

impl Task {
    /// A task with N₁ = `inputs`, N₃ = `outputs`, the teacher's singular values s̄ in decreasing order, P = N₁ and
    /// σ_z = 1.
    ///
    /// No strengths at all (rank 0) is legal: pure noise.
    ///
    /// # Errors
    /// If a size is 0, a strength is not positive or beyond 1e±60, the strengths are not in decreasing order, or there
    /// are more of them than min(N₁, N₃).
    pub fn new(inputs: usize, outputs: usize, strengths: &[f64]) -> Result<Self, TheoryError> {
        at_least_one("inputs", inputs)?;
        at_least_one("outputs", outputs)?;
        for &strength in strengths {
            computable("strengths", strength)?;
        }
        for (index, pair) in strengths.windows(2).enumerate() {
            if pair[1] > pair[0] {
                return Err(TheoryError::NotDecreasing { index: index + 1, value: pair[1], previous: pair[0] });
            }
        }
        Self { inputs, outputs, examples: inputs, strengths: strengths.to_vec(), noise: 1.0 }.validated()
    }

    /// The same teacher seen through P = `examples` examples.
    ///
    /// # Errors
    /// If there are no examples, or fewer data modes than strengths.
    pub fn with_examples(self, examples: usize) -> Result<Self, TheoryError> {
        at_least_one("examples", examples)?;
        Self { examples, ..self }.validated()
    }

    /// The same teacher with output noise σ_z = `noise` (the standard deviation: one entry has variance σ_z²/N₁). 0
    /// is legal.
    ///
    /// # Errors
    /// If `noise` is negative, beyond 1e±60 (but 0 is legal), or 0 with a teacher of rank 0.
    pub fn with_noise(self, noise: f64) -> Result<Self, TheoryError> {
        computable_or_zero("noise", noise)?;
        Self { noise, ..self }.validated()
    }

    /// The same sizes and entry variance without structure, as after a shuffle of the entries of Y: rank 0 and noise
    /// σ_r = √(Σ s̄²/N₃ + σ_z²), from the entry variance of Y being σ_r²/N₁ for any number of examples.
    ///
    /// The paper's section on randomised data: signal values sink into a bulk that ends at σ_r(1+√A), and the bulk
    /// rises; so learning starts later.
    pub fn randomised(&self) -> Self {
        let noise = (self.signal_power() / self.outputs as f64 + self.noise * self.noise).sqrt();
        Self { strengths: Vec::new(), noise, ..self.clone() }
    }

    fn validated(self) -> Result<Self, TheoryError> {
        if self.rank() > self.data_modes() {
            return Err(TheoryError::RankTooLarge {
                rank: self.rank(),
                inputs: self.inputs,
                outputs: self.outputs,
                examples: self.examples,
                modes: self.data_modes(),
            });
        }
        if self.rank() == 0 && self.noise == 0.0 {
            return Err(TheoryError::NothingToLearn);
        }
        Ok(self)
    }

    /// N₁, the size of an input.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// N₃, the size of an output.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// P, the number of examples.
    pub fn examples(&self) -> usize {
        self.examples
    }

    /// D = P / N₁.
    pub fn density(&self) -> f64 {
        self.examples as f64 / self.inputs as f64
    }

    /// s̄, the teacher's singular values in decreasing order.
    pub fn strengths(&self) -> &[f64] {
        &self.strengths
    }

    /// r, the teacher's rank.
    pub fn rank(&self) -> usize {
        self.strengths.len()
    }

    /// σ_z: one noise entry has variance σ_z²/N₁.
    pub fn noise(&self) -> f64 {
        self.noise
    }

    /// ‖W̄‖²_F = Σ s̄².
    pub fn signal_power(&self) -> f64 {
        self.strengths.iter().map(|s| s * s).sum()
    }

    /// M = min(N₃, N₁, P), the number of singular modes of the data.
    pub fn data_modes(&self) -> usize {
        self.inputs.min(self.outputs).min(self.examples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_cannot_be_computed_with_are_refused() {
        for strength in [1e-61, 1e61, 1e300, f64::MAX, f64::MIN_POSITIVE] {
            let message = Task::new(10, 10, &[strength]).unwrap_err().to_string();
            assert!(message.starts_with("strengths is ") && message.contains("between 1e-60 and 1e60"), "{message}");
            let task = Task::new(10, 10, &[1.0]).unwrap();
            assert!(task.with_noise(strength).unwrap_err().to_string().starts_with("noise is "));
        }
        for strength in [1e-60, 1e60] {
            let task = Task::new(10, 10, &[strength]).unwrap().with_noise(strength).unwrap();
            let curve = crate::LearningCurve::new(&task, &crate::Student::new(10, 2, 1e-5).unwrap());
            let errors = curve.errors_at(1.0).unwrap();
            assert!(errors.train.is_finite() && errors.test.is_finite(), "{errors:?}");
        }
        assert!(Task::new(10, 10, &[1.0]).unwrap().with_noise(0.0).is_ok());
    }
}
