//! Training inputs.

use crate::{Draw, InputKind, TaskSpec};
use faer::{Mat, MatRef};
use linalg_core::{sample_gaussian, sample_haar_columns};

/// Training inputs X, N₁ × P.
#[derive(Clone, Debug)]
pub enum Inputs {
    /// X = I of this size, never formed.
    OneHot(usize),
    /// XᵀX = I (P ≤ N₁) or XXᵀ = (P/N₁) I (P > N₁).
    Orthonormal(Mat<f64>),
    /// Independent entries.
    Gaussian(Mat<f64>),
}

impl Inputs {
    /// Draws the inputs of `spec`, which is taken to have passed its check.
    pub(crate) fn sample(spec: &TaskSpec, draw: Draw) -> Self {
        let (inputs, examples) = (spec.inputs, spec.examples);
        match spec.input_kind {
            InputKind::OneHot => Self::OneHot(inputs),
            InputKind::Orthonormal => {
                let mut rng = draw.orthonormal_inputs(inputs, examples);
                Self::Orthonormal(if examples <= inputs {
                    sample_haar_columns(inputs, examples, &mut rng)
                } else {
                    let scale = spec.density().sqrt();
                    faer::Scale(scale) * sample_haar_columns(examples, inputs, &mut rng).transpose()
                })
            }
            InputKind::Gaussian => {
                let mut rng = draw.gaussian_inputs(inputs, examples);
                Self::Gaussian(sample_gaussian(inputs, examples, 1.0 / inputs as f64, &mut rng))
            }
        }
    }

    /// X as a matrix.
    pub fn matrix(&self) -> Mat<f64> {
        match self {
            Self::OneHot(size) => Mat::identity(*size, *size),
            Self::Orthonormal(x) | Self::Gaussian(x) => x.clone(),
        }
    }

    /// M X for a matrix M with N₁ columns.
    pub(crate) fn after(&self, map: MatRef<'_, f64>) -> Mat<f64> {
        match self {
            Self::OneHot(_) => map.to_owned(),
            Self::Orthonormal(x) | Self::Gaussian(x) => map * x,
        }
    }

    /// M Xᵀ for a matrix M with P columns.
    pub(crate) fn correlation(&self, outputs: MatRef<'_, f64>) -> Mat<f64> {
        match self {
            Self::OneHot(_) => outputs.to_owned(),
            Self::Orthonormal(x) | Self::Gaussian(x) => outputs * x.transpose(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linalg_core::frobenius_norm;

    fn sample(kind: InputKind, examples: usize) -> Mat<f64> {
        let spec = TaskSpec { examples, input_kind: kind, ..TaskSpec::single(30, 5, &[1.0]) };
        Inputs::sample(&spec, Draw { seed: 3, run: 0 }).matrix()
    }

    fn distance_from_scaled_identity(m: Mat<f64>, scale: f64) -> f64 {
        let identity = Mat::<f64>::identity(m.nrows(), m.nrows());
        frobenius_norm((m - faer::Scale(scale) * identity).as_ref())
    }

    #[test]
    fn orthonormal_inputs_are_white_on_their_smaller_side() {
        let few = sample(InputKind::Orthonormal, 12);
        assert!(distance_from_scaled_identity(few.transpose() * &few, 1.0) < 1e-13);
        for examples in [30, 45] {
            let many = sample(InputKind::Orthonormal, examples);
            assert!(distance_from_scaled_identity(&many * many.transpose(), examples as f64 / 30.0) < 1e-13);
        }
    }

    #[test]
    fn gaussian_inputs_have_examples_of_unit_mean_square_norm() {
        let x = sample(InputKind::Gaussian, 2000);
        let mean = linalg_core::squared_frobenius_norm(x.as_ref()) / 2000.0;
        // 60,000 squares of variance 2/N₁² each: 5 standard errors, false alarm below 1e-6.
        assert!((mean - 1.0).abs() < 5.0 * (2.0 / 60_000f64).sqrt());
    }

    #[test]
    fn one_hot_inputs_are_the_identity() {
        assert_eq!(sample(InputKind::OneHot, 30), Mat::<f64>::identity(30, 30));
    }
}
