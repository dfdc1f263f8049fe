//! The weights of one jump.

use super::gauss_sum::gauss_sum;
use super::{MOST_POINTS, Order};
use std::ops::RangeInclusive;

/// Weights of the k latest increments.
pub(super) type Weights = [f64; MOST_POINTS];

/// Everything about a jump of N epochs that does not depend on the increments themselves.
pub(super) struct Coefficients {
    /// Epochs of the increments known, relative to the start of the jump: 0, then negative.
    past: Vec<f64>,
    /// N.
    length: f64,
    /// Σ_{m<N} p(m) as Σ ω p(m_g).
    rule: Vec<(f64, f64)>,
}

impl Coefficients {
    /// For polynomials through up to `highest` + 1 points.
    pub(super) fn new(past: Vec<f64>, length: u64, highest: Order) -> Self {
        Self { past, length: length as f64, rule: gauss_sum(length, highest / 2 + 1) }
    }

    /// Lagrange's polynomials of the latest `order` points at epoch `at`.
    fn lagrange(&self, order: Order, at: f64) -> Weights {
        let past = &self.past[..order];
        let mut weights = [0.0; MOST_POINTS];
        for (j, (weight, &own)) in weights.iter_mut().zip(past).enumerate() {
            let others = past.iter().enumerate().filter(|(i, _)| *i != j);
            let (above, below) = others.fold((1.0, 1.0), |(a, b), (_, other)| (a * (at - other), b * (own - other)));
            *weight = above / below;
        }
        weights
    }

    /// wⱼ with Σⱼ wⱼ fⱼ = Σ_{m<N} p(m) for the polynomial p through the latest `order` increments: the predictor.
    pub(super) fn predictor(&self, order: Order) -> Weights {
        let mut weights = [0.0; MOST_POINTS];
        for (m, share) in &self.rule {
            for (weight, lagrange) in weights.iter_mut().zip(self.lagrange(order, *m)) {
                *weight += share * lagrange;
            }
        }
        weights
    }

    /// −ℓⱼ(N) with which f(N) − Σ ℓⱼ(N) fⱼ says by how much the polynomial misses the increment at the jump's end, for
    /// each of three neighbouring orders; zeros for an order that is not in `orders`.
    pub(super) fn miss(&self, orders: &RangeInclusive<Order>, middle: Order) -> [Weights; 3] {
        [middle - 1, middle, middle + 1].map(|order| match orders.contains(&order) {
            true => self.lagrange(order, self.length).map(|weight| -weight),
            false => [0.0; MOST_POINTS],
        })
    }

    /// g with x + g · miss = the sum of the polynomial through the increment at the end as well: Σ_{m<N} Π (m − tⱼ)/(N − tⱼ).
    pub(super) fn corrector(&self, order: Order) -> f64 {
        let past = &self.past[..order];
        let newcomer = |m: f64| past.iter().map(|t| (m - t) / (self.length - t)).product::<f64>();
        self.rule.iter().map(|(m, share)| share * newcomer(*m)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order conditions: with the increments m^d of x_m = Σ_{l<m} l^d both formulas give the sum over the jump.
    #[test]
    fn sums_of_polynomial_increments_are_exact() {
        let epochs: [f64; 6] = [0.0, -3.0, -4.0, -9.0, -17.0, -18.0];
        for length in [2, 3, 7, 40, 375] {
            for order in 1..=6 {
                let coefficients = Coefficients::new(epochs.to_vec(), length, order);
                let (predictor, corrector) = (coefficients.predictor(order), coefficients.corrector(order));
                let miss = coefficients.miss(&(order..=order), order)[1];
                for degree in 0..=order as i32 {
                    let n = length as f64;
                    let increment = |m: f64| (m / n).powi(degree);
                    let wanted: f64 = (0..length).map(|m| increment(m as f64)).sum();
                    let along = |weights: &Weights| -> f64 {
                        weights.iter().zip(epochs).map(|(weight, epoch)| weight * increment(epoch)).sum()
                    };
                    let predicted = along(&predictor);
                    let corrected = predicted + corrector * (increment(n) + along(&miss));
                    // Rounding: weights alternate and grow as (N/spacing)^order.
                    let size: f64 = predictor.iter().zip(epochs).map(|(w, e)| (w * increment(e)).abs()).sum();
                    let rounding = 1e-13 * (1.0 + n + size);
                    assert!((corrected - wanted).abs() < rounding, "{length} {order} {degree}: {corrected} {wanted}");
                    if degree < order as i32 {
                        assert!(
                            (predicted - wanted).abs() < rounding,
                            "{length} {order} {degree}: {predicted} {wanted}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn long_jumps_have_the_coefficients_of_adams() {
        let length = 1_000_000;
        let past = (0..4).map(|j| -(j as f64) * length as f64).collect();
        let coefficients = Coefficients::new(past, length, 4);
        let scaled = coefficients.predictor(4).map(|weight| weight / length as f64);
        // Adams-Bashforth of order 4; the corrector's 251/720 is Adams-Moulton's of order 5.
        for (found, wanted) in scaled.iter().zip([55.0, -59.0, 37.0, -9.0]) {
            assert!((found - wanted / 24.0).abs() < 1e-5);
        }
        assert!((coefficients.corrector(4) / length as f64 - 251.0 / 720.0).abs() < 1e-5);
    }
}
