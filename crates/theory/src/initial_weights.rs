//! Initial weights of a student with one hidden layer.

use crate::TheoryError;
use crate::error::positive;
use linalg_core::ThinSvd;
use linalg_core::faer::{Mat, Scale};
use rand::Rng;

/// The two weight matrices a student with one hidden layer starts from, balanced: W₁W₁ᵀ = W₂ᵀW₂.
///
/// Both constructors make every nonzero singular value of the product W₂W₁ equal to ε. Hidden units that cannot be
/// used (beyond the modes there are) have zero incoming and zero outgoing weights and stay inert for ever.
#[derive(Clone, Debug)]
pub struct InitialWeights {
    /// W₁, hidden × inputs.
    pub first: Mat<f64>,
    /// W₂, outputs × hidden.
    pub second: Mat<f64>,
}

/// Sizes N₁, N₂, N₃ of a student with one hidden layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StudentShape {
    /// N₁, number of inputs.
    pub inputs: usize,
    /// N₂, width of the hidden layer.
    pub hidden: usize,
    /// N₃, number of outputs.
    pub outputs: usize,
}

impl InitialWeights {
    /// Draws a random start: on the m = min(N₁, N₂, N₃) used hidden units, W₁ is √ε times m Haar-distributed orthonormal
    /// rows and W₂ is √ε times m independent Haar-distributed orthonormal columns.
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] unless ε is positive and finite.
    pub fn sample_random<R: Rng + ?Sized>(shape: StudentShape, epsilon: f64, rng: &mut R) -> Result<Self, TheoryError> {
        positive("epsilon", epsilon)?;
        let used = shape.inputs.min(shape.hidden).min(shape.outputs);
        let rows = linalg_core::sample_haar_columns(shape.inputs, used, rng);
        let columns = linalg_core::sample_haar_columns(shape.outputs, used, rng);
        Ok(Self::embed(shape.hidden, epsilon, &columns, &rows))
    }

    /// The training-aligned start W₁ = √ε V̂ᵀ, W₂ = √ε Û, with Û, V̂ the leading min(N₂, M) singular vectors of the
    /// data matrix `data` (outputs × inputs, M values).
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] unless ε is positive and finite.
    pub fn aligned(data: &ThinSvd, hidden: usize, epsilon: f64) -> Result<Self, TheoryError> {
        positive("epsilon", epsilon)?;
        let leading = data.leading(hidden);
        Ok(Self::embed(hidden, epsilon, &leading.left, &leading.right))
    }

    /// √ε times the given orthonormal columns on the first hidden units, zeros on the rest.
    fn embed(hidden: usize, epsilon: f64, outputs: &Mat<f64>, inputs: &Mat<f64>) -> Self {
        let used = outputs.ncols();
        let mut first = Mat::zeros(hidden, inputs.nrows());
        let mut second = Mat::zeros(outputs.nrows(), hidden);
        first.as_mut().subrows_mut(0, used).copy_from(Scale(epsilon.sqrt()) * inputs.transpose());
        second.as_mut().subcols_mut(0, used).copy_from(Scale(epsilon.sqrt()) * outputs);
        Self { first, second }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linalg_core::{frobenius_norm, generator, sample_gaussian, singular_values, thin_svd};

    fn check(weights: &InitialWeights, epsilon: f64, used: usize) {
        let imbalance = &weights.first * weights.first.transpose() - weights.second.transpose() * &weights.second;
        assert!(frobenius_norm(imbalance.as_ref()) <= 1e-14 * epsilon * (used as f64 + 1.0));
        let values = singular_values((&weights.second * &weights.first).as_ref()).unwrap();
        for (i, value) in values.iter().enumerate() {
            let expected = if i < used { epsilon } else { 0.0 };
            assert!((value - expected).abs() < 1e-13 * epsilon, "value {i} is {value}");
        }
    }

    #[test]
    fn every_nonzero_singular_value_of_the_product_is_epsilon() {
        for (inputs, hidden, outputs) in [(7, 5, 4), (4, 9, 6), (8, 3, 8), (5, 5, 5), (1, 2, 3)] {
            let mut rng = generator(1, "weights", &[inputs as u64, hidden as u64, outputs as u64], 0);
            let shape = StudentShape { inputs, hidden, outputs };
            let used = inputs.min(hidden).min(outputs);
            check(&InitialWeights::sample_random(shape, 1e-3, &mut rng).unwrap(), 1e-3, used);
            let data = thin_svd(sample_gaussian(outputs, inputs, 1.0, &mut rng).as_ref()).unwrap();
            check(&InitialWeights::aligned(&data, hidden, 1e-3).unwrap(), 1e-3, used);
        }
    }

    #[test]
    fn epsilon_must_be_positive() {
        let shape = StudentShape { inputs: 2, hidden: 2, outputs: 2 };
        let mut rng = generator(1, "weights", &[], 0);
        for epsilon in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = InitialWeights::sample_random(shape, epsilon, &mut rng).unwrap_err();
            assert!(error.to_string().ends_with("it must be positive and finite"));
        }
    }
}
