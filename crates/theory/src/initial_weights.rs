//! Initial weights of a student with one hidden layer.

use crate::TheoryError;
use crate::error::positive;
use linalg_core::ThinSvd;
use linalg_core::faer::{Mat, Scale};
use rand::Rng;

/// The two weight matrices a student with one hidden layer starts from, balanced: W₂ᵀW₂ − W₁W₁ᵀ = λI on the units in use.
///
/// All constructors but that of adapters make every nonzero singular value of the product W₂W₁ equal to ε. Hidden units that cannot be
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
        Self::sample_balanced(shape, epsilon, 0.0, rng)
    }

    /// As [`InitialWeights::sample_random`] with W₂ᵀW₂ − W₁W₁ᵀ = λI on the used units: W₁ is w₁ times orthonormal rows and W₂ is w₂ times
    /// orthonormal columns, w₁w₂ = ε, w₂² − w₁² = λ = `balance`.
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] unless ε is positive and finite, and λ finite.
    pub fn sample_balanced<R: Rng + ?Sized>(
        shape: StudentShape,
        epsilon: f64,
        balance: f64,
        rng: &mut R,
    ) -> Result<Self, TheoryError> {
        let scales = scales(epsilon, balance)?;
        let used = shape.inputs.min(shape.hidden).min(shape.outputs);
        let rows = linalg_core::sample_haar_columns(shape.inputs, used, rng);
        let columns = linalg_core::sample_haar_columns(shape.outputs, used, rng);
        Ok(Self::embed(shape.hidden, scales, &columns, &rows))
    }

    /// An adapter of rank min(N₁, N₂): W₂ = 0 and W₁ is `scale` times Haar-distributed orthonormal rows, so that λ = −`scale`² (low-rank
    /// adaptation: the student then learns what a frozen map lacks).
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] unless `scale` is positive and finite.
    pub fn sample_adapter<R: Rng + ?Sized>(shape: StudentShape, scale: f64, rng: &mut R) -> Result<Self, TheoryError> {
        positive("scale", scale)?;
        let rank = shape.inputs.min(shape.hidden);
        let rows = linalg_core::sample_haar_columns(shape.inputs, rank, rng);
        Ok(Self::embed(shape.hidden, [scale, 0.0], &Mat::zeros(shape.outputs, rank), &rows))
    }

    /// The training-aligned start W₁ = √ε V̂ᵀ, W₂ = √ε Û, with Û, V̂ the leading min(N₂, M) singular vectors of the
    /// data matrix `data` (outputs × inputs, M values).
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] unless ε is positive and finite.
    pub fn aligned(data: &ThinSvd, hidden: usize, epsilon: f64) -> Result<Self, TheoryError> {
        Self::aligned_balanced(data, hidden, epsilon, 0.0)
    }

    /// As [`InitialWeights::aligned`] with W₁ = w₁V̂ᵀ, W₂ = w₂Û, w₁w₂ = ε, w₂² − w₁² = λ = `balance`.
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] unless ε is positive and finite, and λ finite.
    pub fn aligned_balanced(data: &ThinSvd, hidden: usize, epsilon: f64, balance: f64) -> Result<Self, TheoryError> {
        let leading = data.leading(hidden);
        Ok(Self::embed(hidden, scales(epsilon, balance)?, &leading.left, &leading.right))
    }

    /// w₁, w₂ times the given orthonormal columns on the first hidden units, zeros on the rest.
    fn embed(hidden: usize, [input, output]: [f64; 2], outputs: &Mat<f64>, inputs: &Mat<f64>) -> Self {
        let used = outputs.ncols();
        let mut first = Mat::zeros(hidden, inputs.nrows());
        let mut second = Mat::zeros(outputs.nrows(), hidden);
        first.as_mut().subrows_mut(0, used).copy_from(Scale(input) * inputs.transpose());
        second.as_mut().subcols_mut(0, used).copy_from(Scale(output) * outputs);
        Self { first, second }
    }
}

/// w₁, w₂ with w₁w₂ = ε, w₂² − w₁² = λ.
fn scales(epsilon: f64, balance: f64) -> Result<[f64; 2], TheoryError> {
    positive("epsilon", epsilon)?;
    if !balance.is_finite() {
        return Err(TheoryError::OutOfDomain { parameter: "balance", value: balance, allowed: "finite" });
    }
    let half = 0.5 * balance.abs();
    let larger = (half + epsilon.hypot(half)).sqrt();
    // For λ = 0 both are √ε to the last bit.
    let smaller = if balance == 0.0 { larger } else { epsilon / larger };
    Ok(if balance < 0.0 { [larger, smaller] } else { [smaller, larger] })
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
    fn the_balance_lies_between_the_layers_and_leaves_the_product() {
        for (inputs, hidden, outputs) in [(7, 5, 4), (4, 9, 6), (8, 3, 8)] {
            let shape = StudentShape { inputs, hidden, outputs };
            let used = inputs.min(hidden).min(outputs);
            for balance in [-50.0, -1e-3, 1e-3, 50.0] {
                let mut rng = generator(2, "weights", &[], 0);
                let data = thin_svd(sample_gaussian(outputs, inputs, 1.0, &mut rng).as_ref()).unwrap();
                let random = InitialWeights::sample_balanced(shape, 1e-3, balance, &mut rng).unwrap();
                for weights in [random, InitialWeights::aligned_balanced(&data, hidden, 1e-3, balance).unwrap()] {
                    let between =
                        weights.second.transpose() * &weights.second - &weights.first * weights.first.transpose();
                    for unit in 0..hidden {
                        let expected = if unit < used { balance } else { 0.0 };
                        assert!((between[(unit, unit)] - expected).abs() < 1e-14 * (1.0 + balance.abs()));
                    }
                    let values = singular_values((&weights.second * &weights.first).as_ref()).unwrap();
                    assert!(values[..used].iter().all(|value| (value - 1e-3).abs() < 1e-14));
                    assert!(values[used..].iter().all(|value| *value < 1e-14));
                }
            }
            let adapter = InitialWeights::sample_adapter(shape, 0.5, &mut generator(2, "weights", &[], 1)).unwrap();
            assert!(adapter.second.norm_max() == 0.0);
            let rows = singular_values(adapter.first.as_ref()).unwrap();
            assert!(rows[..inputs.min(hidden)].iter().all(|value| (value - 0.5).abs() < 1e-14));
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
