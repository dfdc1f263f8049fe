//! Gauss quadrature for sums over equally spaced points.

/// Points and weights with Σ_g ω_g p(m_g) = Σ_{m=0}^{N−1} p(m) for all polynomials p up to degree 2G − 1.
///
/// The points are the zeros of the Gram polynomial of degree G, orthogonal on 0, …, N − 1. About the centre
/// (N − 1)/2 and with leading coefficient 1 they obey `P_{k+1} = x P_k − β_k P_{k−1}`, β_k = k²(N² − k²)/(4(4k² − 1)), and
/// `ω_g = ‖P_{G−1}‖² / (P′_G(x_g) P_{G−1}(x_g))` with ‖P_k‖² = N β₁⋯β_k (DLMF 18.19 and 3.5(v)). For N → ∞ this becomes the
/// Gauss-Legendre rule; for N ≤ G the sum itself is no longer.
pub(super) fn gauss_sum(terms: u64, points: usize) -> Vec<(f64, f64)> {
    if terms <= points as u64 {
        return (0..terms).map(|m| (m as f64, 1.0)).collect();
    }
    let n = terms as f64;
    let beta = |k: usize| {
        let k = k as f64;
        k * k * (n * n - k * k) / (4.0 * (4.0 * k * k - 1.0))
    };
    let betas: Vec<f64> = (0..points).map(beta).collect();
    let squared_norm = n * betas[1..].iter().product::<f64>();
    let rule = (0..points).map(|g| {
        // The zeros interlace and are near those of the Legendre polynomial: Newton's method finds each from there.
        let angle = std::f64::consts::PI * (g as f64 + 0.75) / (points as f64 + 0.5);
        let mut x = 0.5 * n * angle.cos();
        for _ in 0..MOST_ITERATIONS {
            let gram = Gram::at(x, &betas);
            let step = gram.value / gram.slope;
            x -= step;
            // Convergence is quadratic: the next step would be below rounding.
            if step.abs() < 1e-9 * n {
                break;
            }
        }
        let gram = Gram::at(x, &betas);
        (x + 0.5 * (n - 1.0), squared_norm / (gram.slope * gram.below))
    });
    rule.collect()
}

const MOST_ITERATIONS: usize = 20;

/// `P_G`, `P′_G` and `P_{G−1}` at one place.
struct Gram {
    value: f64,
    slope: f64,
    below: f64,
}

impl Gram {
    fn at(x: f64, betas: &[f64]) -> Self {
        let (mut below, mut value, mut slope_below, mut slope) = (0.0, 1.0, 0.0, 0.0);
        for beta in betas {
            // β₀ = 0 by its formula.
            (slope_below, slope) = (slope, value + x * slope - beta * slope_below);
            (below, value) = (value, x * value - beta * below);
        }
        Self { value, slope, below }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_powers_are_exact_up_to_the_stated_degree() {
        for terms in [1, 2, 3, 5, 6, 7, 8, 11, 30, 375, 4000] {
            for points in 1..=6 {
                let rule = gauss_sum(terms, points);
                assert!(rule.iter().all(|(m, weight)| *m >= 0.0 && *m <= terms as f64 - 1.0 && *weight > 0.0));
                for degree in 0..2 * points as i32 {
                    // Powers of u = m/N ≤ 1, so that N terms of rounding are an absolute error of N ε.
                    let power = |m: f64| (m / terms as f64).powi(degree);
                    let by_rule: f64 = rule.iter().map(|(m, weight)| weight * power(*m)).sum();
                    let directly: f64 = (0..terms).map(|m| power(m as f64)).sum();
                    assert!((by_rule - directly).abs() < 1e-14 * terms as f64, "{terms} {points} {degree}");
                }
            }
        }
    }

    #[test]
    fn many_terms_give_the_rule_of_legendre() {
        let terms = 1_000_000;
        let rule = gauss_sum(terms, 3);
        let scaled: Vec<(f64, f64)> = rule.iter().map(|(m, w)| (m / terms as f64, w / terms as f64)).collect();
        // Abramowitz and Stegun 25.4.30 on [0, 1]; corrections are of order 1/N in the place of the points.
        let half_width = 0.5 * 0.6_f64.sqrt();
        for ((x, weight), (node, wanted)) in
            scaled.iter().zip([(0.5 + half_width, 5.0 / 18.0), (0.5, 8.0 / 18.0), (0.5 - half_width, 5.0 / 18.0)])
        {
            assert!((x - node).abs() < 1e-6 && (weight - wanted).abs() < 1e-6);
        }
    }
}
