//! The largest singular value of pure noise.

use crate::TheoryError;
use crate::error::{at_least_one, positive};
use statrs::function::gamma::gamma_ur;

/// Chiani's gamma approximation of the Tracy-Widom law of β = 1: X + SHIFT is Gamma(SHAPE, SCALE).
const SHAPE: f64 = 46.446;
const SCALE: f64 = 0.186_054;
const SHIFT: f64 = 9.848_01;

/// The law of the largest singular value ŝ₁ of an n × m matrix of independent Gaussian noise of variance ν.
///
/// (ŝ₁²/ν − μ)/σ follows the Tracy-Widom law of β = 1 (Johnstone 2001) with
///
/// ```text
/// μ = (√(n−½) + √(m−½))²,   σ = √μ (1/√(n−½) + 1/√(m−½))^{1/3}.
/// ```
///
/// The law itself is taken as a shifted gamma distribution (Chiani 2014, J. Multivariate Anal. 129:69), right to about
/// 10⁻³ absolute in the distribution function. Use it to ask whether the strongest mode of given data is more than noise.
///
/// # Example
///
/// ```
/// use theory::LargestNoiseValue;
///
/// let law = LargestNoiseValue::new(50, 100, 0.01)?;
/// assert!(law.p_value(1.70) > 0.1);   // near the edge 1.707 of the bulk: may well be noise
/// assert!(law.p_value(2.10) < 1e-6);  // a signal
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LargestNoiseValue {
    entry_variance: f64,
    /// μ.
    centre: f64,
    /// σ.
    width: f64,
}

impl LargestNoiseValue {
    /// For `rows` × `columns` (n × m) matrices whose entries have variance `entry_variance` (ν).
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] for an empty matrix or a variance that is not positive and finite.
    pub fn new(rows: usize, columns: usize, entry_variance: f64) -> Result<Self, TheoryError> {
        at_least_one("rows", rows)?;
        at_least_one("columns", columns)?;
        positive("entry_variance", entry_variance)?;
        let (n, m) = ((rows as f64 - 0.5).sqrt(), (columns as f64 - 0.5).sqrt());
        let width = (n + m) * (n.recip() + m.recip()).cbrt();
        Ok(Self { entry_variance, centre: (n + m).powi(2), width })
    }

    /// The probability that the largest singular value of pure noise is `strength` or more; NaN for NaN.
    pub fn p_value(&self, strength: f64) -> f64 {
        let x = ((strength / self.entry_variance.sqrt()).powi(2) - self.centre) / self.width;
        let y = (x + SHIFT) / SCALE;
        match y {
            y if y <= 0.0 => 1.0,
            // e^−y underflows.
            y if y > 1e4 => 0.0,
            y if y.is_nan() => y,
            y => gamma_ur(SHAPE, y),
        }
    }

    /// The strength that pure noise reaches with probability `p_value`: the inverse of [`LargestNoiseValue::p_value`].
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] unless 0 < `p_value` < 1.
    pub fn critical_strength(&self, p_value: f64) -> Result<f64, TheoryError> {
        if !(p_value > 0.0 && p_value < 1.0) {
            let (parameter, allowed) = ("p_value", "between 0 and 1");
            return Err(TheoryError::OutOfDomain { parameter, value: p_value, allowed });
        }
        let (mut low, mut high) = (0.0, (self.entry_variance * self.centre).sqrt());
        while self.p_value(high) > p_value {
            high *= 2.0;
        }
        // Bisection to the last bit.
        loop {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                return Ok(high);
            }
            if self.p_value(middle) > p_value { low = middle } else { high = middle }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linalg_core::{generator, sample_gaussian, singular_values};
    use rayon::prelude::*;

    #[test]
    fn signals_of_any_strength_have_a_probability() {
        let law = LargestNoiseValue::new(50, 100, 0.01).unwrap();
        for strength in [1e3, 1e152, 1e155, f64::INFINITY] {
            assert_eq!(law.p_value(strength), 0.0);
        }
        assert_eq!(LargestNoiseValue::new(50, 100, 1e-200).unwrap().p_value(1e60), 0.0);
        assert!(law.p_value(f64::NAN).is_nan());
        assert_eq!(law.p_value(0.0), 1.0);
    }

    #[test]
    fn tabulated_percentiles_of_the_law() {
        // Tracy-Widom β = 1: F(−1.2686) = 0.50 (median), F(0.4501) = 0.90, F(0.9793) = 0.95, F(2.0234) = 0.99 (Johnstone 2001,
        // Bejan 2005).
        let law = LargestNoiseValue::new(50, 100, 1.0).unwrap();
        for (x, distribution) in [(-1.2686, 0.5), (0.4501, 0.9), (0.9793, 0.95), (2.0234, 0.99)] {
            let strength = (law.centre + law.width * x).sqrt();
            assert!((law.p_value(strength) - (1.0 - distribution)).abs() < 1e-3, "F({x})");
        }
    }

    #[test]
    fn p_values_of_noise_are_uniform() {
        for (n, m) in [(50, 100), (100, 20)] {
            let (draws, variance) = (1000, 0.3);
            let law = LargestNoiseValue::new(n, m, variance).unwrap();
            let mut p_values: Vec<f64> = (0..draws)
                .into_par_iter()
                .map(|run| {
                    let mut rng = generator(22, "largest noise", &[n as u64, m as u64], run);
                    let noise = sample_gaussian(n, m, variance, &mut rng);
                    law.p_value(singular_values(noise.as_ref()).unwrap()[0])
                })
                .collect();
            p_values.sort_by(f64::total_cmp);
            let step = |i: usize| i as f64 / draws as f64;
            let distance =
                (p_values.iter().enumerate()).map(|(i, p)| (p - step(i)).max(step(i + 1) - p)).fold(0.0, f64::max);
            // Kolmogorov-Smirnov: P(√N D > 1.95) = 0.001; the gamma approximation adds 1e-3, the finite size about 5e-3.
            assert!(distance < 1.95 / (draws as f64).sqrt() + 0.006, "{n} × {m}: {distance}");
        }
    }

    #[test]
    fn the_critical_strength_inverts_the_p_value() {
        let law = LargestNoiseValue::new(7, 200, 0.02).unwrap();
        for p in [0.999, 0.5, 0.05, 1e-6, 1e-12] {
            assert!((law.p_value(law.critical_strength(p).unwrap()) / p - 1.0).abs() < 1e-9);
        }
        assert!(law.critical_strength(0.0).is_err() && law.critical_strength(1.0).is_err());
        assert_eq!(law.p_value(0.0), 1.0);
        assert_eq!(law.p_value(1e9), 0.0);
    }

    #[test]
    fn what_is_not_noise_is_refused() {
        assert!(LargestNoiseValue::new(0, 3, 1.0).unwrap_err().to_string().contains("rows is 0"));
        for variance in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(LargestNoiseValue::new(3, 3, variance).is_err());
        }
    }

    #[test]
    fn strengths_scale_with_the_noise() {
        let (unit, tripled) = (LargestNoiseValue::new(9, 5, 1.0).unwrap(), LargestNoiseValue::new(5, 9, 9.0).unwrap());
        assert!((unit.p_value(5.0) / tripled.p_value(15.0) - 1.0).abs() < 1e-12);
    }
}
