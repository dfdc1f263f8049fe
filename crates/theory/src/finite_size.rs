//! How much an observed strength scatters at finite size.

use crate::SpikedMatrix;

impl SpikedMatrix {
    /// The standard deviation of ŝ at this finite size, for a spike of strength s̄ = `true_strength`; `None` at or below the
    /// threshold.
    ///
    /// For an n × m matrix with noise of entry variance ν, to leading order in the size,
    ///
    /// ```text
    /// Var ŝ = ν (1 + A + 2θ²)(θ⁴ − A) / [2θ²(1 + θ²)(A + θ²)],   θ = s̄/κ, κ = √(νm), A = n/m, θ⁴ > A.
    /// ```
    ///
    /// Two things move ŝ: the noise along the spike's own directions, and the other noise modes, which repel it. Far above
    /// threshold Var ŝ → ν, the variance of one noise entry; at threshold it vanishes with θ⁴ − A (there
    /// [`LargestNoiseValue`](crate::LargestNoiseValue) takes over).
    ///
    /// **Source.** Linearising the determinant equation G₁(z)G₂(z) = 1/θ² of a spike (Benaych-Georges & Nadakuditi 2012) in
    /// its fluctuations gives, with κ = 1, M = min(n, m) and g = z/(z²−y²) averaged over the n left and m right noise values y,
    ///
    /// ```text
    /// Var ŝ = [G₂² (2/n)(⟨g²⟩ₙ − G₁²) + G₁² (2/m)(⟨g²⟩ₘ − G₂²) + (4/θ²)(M/nm)⟨y²/(z²−y²)²⟩] / [(G₁G₂)′]².
    /// ```
    ///
    /// At z² = ŝ² = (1+θ²)(A+θ²)/θ² the averages ⟨1/(z²−y²)⟩ are 1/(A+θ²) on the left and 1/(1+θ²) on the right, and all
    /// of it collapses to the closed form above.
    ///
    /// **Accuracy.** Standard deviations agree with sampling within 3 % from 1.5 × threshold on at sizes 20 × 200 and
    /// 50 × 100; at 1.1 × threshold and n = 50 they are about 15 % low.
    ///
    /// ```
    /// use theory::SpikedMatrix;
    /// let matrix = SpikedMatrix::new(50, 100, 0.01)?;
    /// assert!((matrix.strength_deviation(2.0).unwrap() - 0.0904).abs() < 1e-4);
    /// assert_eq!(matrix.strength_deviation(0.8), None); // the threshold is 0.841
    /// # Ok::<(), theory::TheoryError>(())
    /// ```
    pub fn strength_deviation(&self, true_strength: f64) -> Option<f64> {
        if !self.is_detectable(true_strength) {
            return None;
        }
        // 1/θ² and A/θ²: finite also without noise, when θ is not.
        let inverse = (self.kappa() / true_strength).powi(2);
        let scaled = self.aspect_ratio() * inverse;
        let above_threshold = (1.0 - scaled * inverse).max(0.0);
        let ratio = (inverse + scaled + 2.0) * above_threshold / (2.0 * (1.0 + inverse) * (1.0 + scaled));
        Some((self.entry_variance() * ratio).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linalg_core::{BulkPart, Front, MarchenkoPastur, faer, generator, sample_gaussian, singular_values};
    use rayon::prelude::*;

    /// The variance from averages over the Marchenko-Pastur law, surplus zeros included, κ = 1.
    fn variance_by_averages(n: f64, m: f64, theta: f64) -> f64 {
        let (a, w, size) = (n / m, theta * theta, n.min(m));
        let strength = |theta: f64| ((1.0 + theta * theta) * (a + theta * theta)).sqrt() / theta;
        let z = strength(theta);
        let g = |y: f64| z / (z * z - y * y);
        let law = MarchenkoPastur::from_aspect_ratio(a, 1.0).unwrap();
        // The integrands are steep where the bulk comes close to z.
        let edge = Front { position: law.upper_edge(), width: z - law.upper_edge() };
        let bulk_mean = |f: &dyn Fn(f64) -> f64| law.integral(BulkPart::All, Some(edge), f);
        let over = |count: f64, f: &dyn Fn(f64) -> f64| (size * bulk_mean(f) + (count - size) * f(0.0)) / count;
        let (g1, g2) = (over(n, &g), over(m, &g));
        let (q1, q2) = (over(n, &|y| g(y).powi(2)), over(m, &|y| g(y).powi(2)));
        let mixed = bulk_mean(&|y| y * y / (z * z - y * y).powi(2));
        // d/dz of g is −(z²+y²)/(z²−y²)².
        let slope = |count: f64| over(count, &|y| -(z * z + y * y) / (z * z - y * y).powi(2));
        let numerator = g2 * g2 * (2.0 / n) * (q1 - g1 * g1)
            + g1 * g1 * (2.0 / m) * (q2 - g2 * g2)
            + 4.0 / w * (size / (n * m)) * mixed;
        numerator / (slope(n) * g2 + g1 * slope(m)).powi(2)
    }

    #[test]
    fn the_closed_form_is_the_average_over_the_bulk() {
        for (n, m) in [(50, 100), (100, 50), (80, 80), (20, 200)] {
            for factor in [1.1, 1.5, 3.0, 20.0] {
                let theta = factor * (n as f64 / m as f64).powf(0.25);
                let expected = variance_by_averages(n as f64, m as f64, theta).sqrt();
                let found = SpikedMatrix::new(n, m, 1.0 / m as f64).unwrap().strength_deviation(theta).unwrap();
                assert!((found / expected - 1.0).abs() < 1e-10, "{n} × {m}, θ = {theta}: {found} against {expected}");
            }
        }
    }

    #[test]
    fn limits_by_hand() {
        let matrix = SpikedMatrix::new(30, 70, 0.04).unwrap();
        // Far above threshold: the variance of one noise entry; at and below it: nothing.
        assert!((matrix.strength_deviation(1e6).unwrap() - 0.2).abs() < 1e-9);
        let threshold = (0.04f64 * 70.0).sqrt() * (30.0 / 70.0f64).powf(0.25);
        assert_eq!(matrix.strength_deviation(0.999_999 * threshold), None);
        assert_eq!(matrix.strength_deviation(0.0), None);
        assert_eq!(SpikedMatrix::new(30, 70, 0.0).unwrap().strength_deviation(1.0), Some(0.0));
        // Transposing changes nothing.
        let transposed = SpikedMatrix::new(70, 30, 0.04).unwrap();
        let (d, e) = (matrix.strength_deviation(3.0).unwrap(), transposed.strength_deviation(3.0).unwrap());
        assert!((d / e - 1.0).abs() < 1e-14);
    }

    #[test]
    fn sampled_strengths_scatter_as_stated() {
        // The formula's digits for κ = 1 beside those sampled here.
        for (n, m, theta, digits) in [(50, 100, 2.0, 0.0904), (20, 200, 1.5, 0.0636), (50, 100, 8.0, 0.0994)] {
            let expected = SpikedMatrix::new(n, m, 1.0 / m as f64).unwrap().strength_deviation(theta).unwrap();
            assert!((expected - digits).abs() < 5e-5);
            let draws = 1500;
            let strengths: Vec<f64> = (0..draws)
                .into_par_iter()
                .map(|run| {
                    let mut rng = generator(21, "fluctuation", &[n as u64, m as u64], run);
                    let mut data: faer::Mat<f64> = sample_gaussian(n, m, 1.0 / m as f64, &mut rng);
                    data[(0, 0)] += theta;
                    singular_values(data.as_ref()).unwrap()[0]
                })
                .collect();
            let mean = strengths.iter().sum::<f64>() / draws as f64;
            let variance = strengths.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / (draws - 1) as f64;
            // 4 standard errors 1/√(2N) of a standard deviation (false alarm 6e-5 each) and the 3 % of the expansion.
            let allowed = 4.0 / (2.0 * draws as f64).sqrt() + 0.03;
            assert!((variance.sqrt() / expected - 1.0).abs() < allowed, "{} against {expected}", variance.sqrt());
        }
    }
}
