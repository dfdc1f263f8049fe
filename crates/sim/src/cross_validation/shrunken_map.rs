//! Maps that are least squares with a factor for every direction of the inputs, and their errors on the examples left out.

use crate::{Examples, SimError};
use faer::{Mat, MatRef};
use linalg_core::{in_order, squared_frobenius_norm, thin_svd};

/// Squared singular values of the inputs, relative to the largest, that are rounding.
const ROUNDING: f64 = 1e-12;

/// W = B diag(f) Vᵀ with XXᵀ = V diag(γ) Vᵀ and B = YXᵀV of the examples outside of one fold, and its error inside, for
/// which two products suffice: with X′, Y′ the examples of the fold,
///   ‖Y′ − WX′‖² = ‖Y′‖² − 2 Σᵢ fᵢ bᵢᵀcᵢ + Σᵢⱼ fᵢfⱼ (bᵢᵀbⱼ)Aᵢⱼ,  A = VᵀX′X′ᵀV, C = Y′X′ᵀV.
#[derive(Clone, Debug)]
pub(super) struct ShrunkenMap {
    /// P/(P − P_k).
    scale: f64,
    /// γ > 0, decreasing.
    rates: Vec<f64>,
    /// B, N₃ × S.
    covariance: Mat<f64>,
    /// C.
    covariance_left_out: Mat<f64>,
    /// A.
    inputs_left_out: Mat<f64>,
    /// bᵢᵀcᵢ.
    linear: Vec<f64>,
    /// (bᵢᵀbⱼ)Aᵢⱼ.
    quadratic: Mat<f64>,
    /// ‖Y′‖².
    squared_norm: f64,
}

/// XXᵀ and YXᵀ of some examples.
struct Moments {
    inputs: Mat<f64>,
    covariance: Mat<f64>,
}

impl Moments {
    fn new(inputs: MatRef<'_, f64>, outputs: MatRef<'_, f64>) -> Self {
        Self { inputs: inputs * inputs.transpose(), covariance: outputs * inputs.transpose() }
    }
}

impl ShrunkenMap {
    /// One for each fold.
    pub(super) fn of_folds(examples: &Examples, folds: &[Vec<usize>]) -> Result<Vec<Self>, SimError> {
        let reduced = fewer_dimensions(examples);
        let moments = in_order(folds.len(), |fold| {
            let part = reduced.select(&folds[fold]);
            let squared_norm = squared_frobenius_norm(part.outputs());
            (Moments::new(part.inputs(), part.outputs()), squared_norm)
        });
        let dimensions = reduced.inputs().nrows();
        let mut all = Moments {
            inputs: Mat::zeros(dimensions, dimensions),
            covariance: Mat::zeros(examples.outputs().nrows(), dimensions),
        };
        for (part, _) in &moments {
            all.inputs += &part.inputs;
            all.covariance += &part.covariance;
        }
        let count = examples.count() as f64;
        let maps = in_order(folds.len(), |fold| {
            let (left_out, squared_norm) = &moments[fold];
            let scale = count / (count - folds[fold].len() as f64);
            Self::new(&all, left_out, *squared_norm, scale)
        });
        maps.into_iter().collect()
    }

    fn new(all: &Moments, left_out: &Moments, squared_norm: f64, scale: f64) -> Result<Self, SimError> {
        let inputs = &all.inputs - &left_out.inputs;
        let (rates, basis) = directions(inputs.as_ref())?;
        let covariance = (&all.covariance - &left_out.covariance) * &basis;
        let covariance_left_out = &left_out.covariance * &basis;
        let inputs_left_out = basis.transpose() * (&left_out.inputs * &basis);
        let count = rates.len();
        let linear = (0..count).map(|i| covariance.col(i).transpose() * covariance_left_out.col(i)).collect();
        let products = covariance.transpose() * &covariance;
        let quadratic = Mat::from_fn(count, count, |i, j| products[(i, j)] * inputs_left_out[(i, j)]);
        Ok(Self { scale, rates, covariance, covariance_left_out, inputs_left_out, linear, quadratic, squared_norm })
    }

    /// The largest γ, on all examples.
    pub(super) fn fastest(&self) -> f64 {
        self.scale * self.rates.first().copied().unwrap_or(0.0)
    }

    /// The smallest γ, on all examples.
    pub(super) fn slowest(&self) -> f64 {
        self.scale * self.rates.last().copied().unwrap_or(f64::INFINITY)
    }

    /// ‖Y′ − WX′‖² of gradient flow at time t: f = (1 − e^{−γt})/γ.
    pub(super) fn error_at_time(&self, time: f64) -> f64 {
        self.error(|rate| stopped(rate, self.scale * time))
    }

    /// ‖Y′ − WX′‖² with penalty μ: f = 1/(γ + μ).
    pub(super) fn error_at_penalty(&self, penalty: f64) -> f64 {
        self.error(|rate| 1.0 / (rate + penalty / self.scale))
    }

    fn error(&self, factor: impl Fn(f64) -> f64) -> f64 {
        let factors: Vec<f64> = self.rates.iter().map(|rate| factor(*rate)).collect();
        let mut error = self.squared_norm;
        for (j, fj) in factors.iter().enumerate() {
            let column: f64 = self.quadratic.col(j).iter().zip(&factors).map(|(q, fi)| q * fi).sum();
            error += fj * (column - 2.0 * self.linear[j]);
        }
        // A sum of squares, but for its rounding.
        error.max(0.0)
    }

    /// ‖Y′ − WX′‖² of least squares of rank 0, 1, …: each left singular vector u of the fitted outputs adds
    /// (uᵀWX′)(WX′ − 2Y′)ᵀu.
    pub(super) fn errors_of_ranks(&self) -> Result<Vec<f64>, SimError> {
        let count = self.rates.len();
        if count == 0 {
            return Ok(vec![self.squared_norm]);
        }
        let fitted =
            Mat::from_fn(self.covariance.nrows(), count, |i, j| self.covariance[(i, j)] / self.rates[j].sqrt());
        let svd = thin_svd(fitted.as_ref())?;
        let projected = self.covariance.transpose() * &svd.left;
        let rows = Mat::from_fn(count, projected.ncols(), |i, k| projected[(i, k)] / self.rates[i]);
        let predicted = &self.inputs_left_out * &rows;
        let targets = self.covariance_left_out.transpose() * &svd.left;
        let mut error = self.squared_norm;
        let mut errors = vec![error];
        for k in 0..rows.ncols() {
            let change: f64 = (0..count).map(|i| rows[(i, k)] * (predicted[(i, k)] - 2.0 * targets[(i, k)])).sum();
            error += change;
            errors.push(error.max(0.0));
        }
        Ok(errors)
    }
}

/// (1 − e^{−γt})/γ.
fn stopped(rate: f64, time: f64) -> f64 {
    -(-rate * time).exp_m1() / rate
}

/// γ and V of a Gram matrix, without the directions that are rounding.
fn directions(gram: MatRef<'_, f64>) -> Result<(Vec<f64>, Mat<f64>), SimError> {
    let svd = thin_svd(gram)?;
    let least = ROUNDING * svd.singular_values.first().copied().unwrap_or(0.0);
    let count = svd.singular_values.iter().filter(|value| **value > least).count();
    Ok((svd.singular_values[..count].to_vec(), svd.right.as_ref().subcols(0, count).to_owned()))
}

/// The examples in coordinates of the span of their inputs, where these are fewer: with X = QR the same answers follow
/// from R, because no map that starts at zero leaves the span.
fn fewer_dimensions(examples: &Examples) -> Examples {
    if examples.inputs().nrows() <= examples.count() {
        return examples.clone();
    }
    examples.with_inputs(examples.inputs().qr().thin_R().to_owned())
}

/// W(t) from all examples, N₃ × N₁.
pub(super) fn stopped_map(examples: &Examples, time: f64) -> Result<Mat<f64>, SimError> {
    // The thin decomposition of X itself: also where N₁ > P.
    let svd = thin_svd(examples.inputs())?;
    let least = ROUNDING.sqrt() * svd.singular_values.first().copied().unwrap_or(0.0);
    let factor = |gain: f64| if gain > least { gain * stopped(gain * gain, time) } else { 0.0 };
    let fitted = examples.outputs() * &svd.right;
    let scaled = Mat::from_fn(fitted.nrows(), fitted.ncols(), |i, k| fitted[(i, k)] * factor(svd.singular_values[k]));
    Ok(scaled * svd.left.transpose())
}
