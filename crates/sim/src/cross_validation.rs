//! What early stopping, ridge and reduced rank reach on given data, by cross-validation over examples.

mod shrunken_map;
mod student_curve;

use crate::{Examples, SimError};
use faer::Mat;
use linalg_core::{generator, in_order};
use rand::seq::SliceRandom;
use shrunken_map::ShrunkenMap;

pub use student_curve::StudentCurve;

/// Points of a curve for each factor of ten.
const PER_DECADE: f64 = 20.0;
/// Squared singular values of the inputs, relative to the largest, that a curve still waits for.
const SLOWEST: f64 = 1e-10;

/// K folds of [`Examples`], each left out in turn and predicted from the others, in raw coordinates.
///
/// Errors are Σ‖Y_k − W_kX_k‖² over the folds, relative to ‖Y‖²: 1 is the error of the zero map. W_k is what the P − P_k
/// examples outside of fold k give. Everything that grows with the number of examples is scaled to all P of them, by P/(P −
/// P_k): times, learning rates and penalties are those that belong to training on all examples.
///
/// ```
/// use linalg_core::{generator, sample_gaussian};
/// use sim::{CrossValidation, Examples};
///
/// // 60 examples of 8 inputs that matter a little for 3 noisy outputs. Examples are columns.
/// let inputs = sample_gaussian(8, 60, 1.0, &mut generator(1, "inputs", &[], 0));
/// let map = sample_gaussian(3, 8, 0.1, &mut generator(1, "map", &[], 0));
/// let noise = sample_gaussian(3, 60, 1.0, &mut generator(1, "noise", &[], 0));
/// let examples = Examples::new(inputs.clone(), map * inputs + noise)?;
/// let folds = CrossValidation::new(&examples, 10, 1)?;
/// let (stopping, ridge) = (folds.early_stopping(), folds.ridge());
/// println!("stop at t = {:.3}: {:.3} ± {:.3}", stopping.best.at, stopping.best.error, stopping.best.standard_error);
/// assert!(stopping.best.error < 1.0 && (stopping.best.error - ridge.best.error).abs() < 0.05);
/// # Ok::<(), sim::SimError>(())
/// ```
#[derive(Clone, Debug)]
pub struct CrossValidation<'a> {
    examples: &'a Examples,
    /// The examples of each fold.
    folds: Vec<Vec<usize>>,
    maps: Vec<ShrunkenMap>,
}

/// Cross-validated errors over a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct ValidationCurve {
    /// The curve, in increasing order of the parameter.
    pub points: Vec<ValidationPoint>,
    /// The least error: between two points of the curve where the parameter is continuous.
    pub best: ValidationPoint,
    /// Whether the best is the last point: for early stopping, that nothing is gained by stopping.
    pub best_is_last: bool,
}

/// A cross-validated error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValidationPoint {
    /// The parameter: a time, a penalty or a rank.
    pub at: f64,
    /// Squared error of all folds together, relative to ‖Y‖².
    pub error: f64,
    /// Standard error of it, from the scatter between folds.
    pub standard_error: f64,
}

impl<'a> CrossValidation<'a> {
    /// Deals the examples to `folds` folds of equal size (within 1), in an order drawn by `seed`, and decomposes the inputs
    /// outside of each.
    ///
    /// The time is that of products of N₁ × N₁ × P and of `folds` decompositions of min(N₁, P) dimensions.
    ///
    /// # Errors
    /// [`SimError::Invalid`] if there are fewer than 2 folds or more than examples; [`SimError::Linalg`] if a
    /// decomposition fails.
    pub fn new(examples: &'a Examples, folds: usize, seed: u64) -> Result<Self, SimError> {
        let count = examples.count();
        if !(2..=count).contains(&folds) {
            let allowed = format!("at least 2 and at most the number of examples, {count}");
            return Err(SimError::invalid("folds", folds, allowed));
        }
        let mut order: Vec<usize> = (0..count).collect();
        order.shuffle(&mut generator(seed, "folds", &[count as u64, folds as u64], 0));
        let folds: Vec<Vec<usize>> =
            (0..folds).map(|fold| order.iter().copied().skip(fold).step_by(folds).collect()).collect();
        let maps = ShrunkenMap::of_folds(examples, &folds)?;
        Ok(Self { examples, folds, maps })
    }

    /// The indices of the examples of each fold.
    pub fn folds(&self) -> &[Vec<usize>] {
        &self.folds
    }

    /// L = 1 from W = 0, stopped at time t: W(t) = YXᵀ(XXᵀ)⁺(I − e^{−XXᵀt}), exactly. Times are in the units of the data
    /// (t = λ · epochs), equally spaced in the logarithm until nothing moves any more.
    pub fn early_stopping(&self) -> ValidationCurve {
        let (slowest, fastest) = self.rates();
        self.continuous(1e-3 / fastest, 30.0 / slowest, |map, time| map.error_at_time(time))
    }

    /// Ridge regression with penalty μ: W = YXᵀ(XXᵀ + μI)⁻¹.
    pub fn ridge(&self) -> ValidationCurve {
        let (slowest, fastest) = self.rates();
        self.continuous(1e-3 * slowest, 1e3 * fastest, |map, penalty| map.error_at_penalty(penalty))
    }

    /// Least squares of rank 0, 1, …, min(N₁, N₃): W = Û_kÛ_kᵀ YXᵀ(XXᵀ)⁺ with the k leading left singular vectors of the
    /// fitted outputs. Directions of the inputs whose squared singular value is below 1e-12 of the largest are left out.
    ///
    /// # Errors
    /// [`SimError::Linalg`] if a decomposition fails.
    pub fn reduced_rank(&self) -> Result<ValidationCurve, SimError> {
        let by_fold = in_order(self.maps.len(), |fold| self.maps[fold].errors_of_ranks());
        let by_fold = by_fold.into_iter().collect::<Result<Vec<_>, _>>()?;
        // A fold whose inputs span fewer directions has fewer ranks: its last map stays.
        let ranks = by_fold.iter().map(Vec::len).max().unwrap_or(0);
        let at_rank = |errors: &Vec<f64>, rank: usize| errors[rank.min(errors.len() - 1)];
        let points = (0..ranks).map(|rank| {
            self.point(rank as f64, &by_fold.iter().map(|errors| at_rank(errors, rank)).collect::<Vec<_>>())
        });
        Ok(ValidationCurve::new(points.collect()))
    }

    /// W(t) of [`CrossValidation::early_stopping`] trained on all examples, N₃ × N₁.
    ///
    /// # Errors
    /// [`SimError::Linalg`] if the decomposition fails.
    pub fn stopped_map(&self, time: f64) -> Result<Mat<f64>, SimError> {
        shrunken_map::stopped_map(self.examples, time)
    }

    /// The smallest (of those worth waiting for) and the largest squared singular value of the inputs.
    fn rates(&self) -> (f64, f64) {
        let fastest = self.maps.iter().map(ShrunkenMap::fastest).fold(0.0, f64::max);
        let slowest = self.maps.iter().map(ShrunkenMap::slowest).fold(fastest, f64::min);
        (slowest.max(SLOWEST * fastest), fastest)
    }

    /// A curve over a parameter that is equally spaced in the logarithm, its least error refined.
    fn continuous(&self, from: f64, to: f64, error: impl Fn(&ShrunkenMap, f64) -> f64 + Sync) -> ValidationCurve {
        let steps = ((to / from).log10() * PER_DECADE).ceil().max(1.0);
        let at = |step: f64| from * (to / from).powf(step / steps);
        let point = |at: f64| self.point(at, &self.maps.iter().map(|map| error(map, at)).collect::<Vec<_>>());
        let mut curve = ValidationCurve::new(in_order(steps as usize + 1, |step| point(at(step as f64))));
        let best = curve.points.iter().position(|point| point.at == curve.best.at).unwrap_or(0) as f64;
        let (mut low, mut high) = ((best - 1.0).max(0.0), (best + 1.0).min(steps));
        for _ in 0..REFINEMENTS {
            let (a, b) = (point(at(low + GOLDEN * (high - low))), point(at(high - GOLDEN * (high - low))));
            let better = if a.error <= b.error { a } else { b };
            (low, high) = if a.error <= b.error {
                (low, high - GOLDEN * (high - low))
            } else {
                (low + GOLDEN * (high - low), high)
            };
            if better.error < curve.best.error {
                (curve.best, curve.best_is_last) = (better, false);
            }
        }
        curve
    }

    /// The pooled error of the squared errors of each fold.
    fn point(&self, at: f64, squared_errors: &[f64]) -> ValidationPoint {
        let norm = self.examples.output_squared_norm();
        let folds = self.folds.len() as f64;
        let error = squared_errors.iter().sum::<f64>() / norm;
        // Each fold's error as if all folds were like it.
        let alike =
            |(squared, fold): (&f64, &Vec<usize>)| squared / norm * self.examples.count() as f64 / fold.len() as f64;
        let scatter: f64 = squared_errors.iter().zip(&self.folds).map(|pair| (alike(pair) - error).powi(2)).sum();
        ValidationPoint { at, error, standard_error: (scatter / (folds * (folds - 1.0))).sqrt() }
    }
}

/// (3 − √5)/2, the golden section.
const GOLDEN: f64 = 0.381_966_011_250_105_1;
/// Sections of two steps of the curve: to 1e-3 of a step.
const REFINEMENTS: usize = 16;

impl ValidationCurve {
    fn new(points: Vec<ValidationPoint>) -> Self {
        let mut best = points[0];
        for point in &points {
            if point.error < best.error {
                best = *point;
            }
        }
        let best_is_last = points.last().is_some_and(|last| last.at == best.at);
        Self { points, best, best_is_last }
    }
}

#[cfg(test)]
mod tests;
