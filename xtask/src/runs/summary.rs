//! Mean and spread of independent repetitions.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Mean, standard deviation and number of independent values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The arithmetic mean (NaN-free: 0 for no values).
    pub mean: f64,
    /// The sample standard deviation (divisor n − 1; 0 for fewer than two values).
    pub deviation: f64,
    /// The number of values.
    pub count: usize,
}

impl Summary {
    /// The summary of `values`.
    pub fn of(values: &[f64]) -> Self {
        let count = values.len();
        let mean = values.iter().sum::<f64>() / count.max(1) as f64;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        let deviation = (squares / count.saturating_sub(1).max(1) as f64).sqrt();
        Self { mean, deviation, count }
    }

    /// The summary of the differences a − b of values that belong together, such as those of one seed.
    pub fn of_differences(a: &[f64], b: &[f64]) -> Self {
        Self::of(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>())
    }

    /// The standard error of the mean, s/√n.
    pub fn standard_error(&self) -> f64 {
        self.deviation / (self.count.max(1) as f64).sqrt()
    }

    /// Half the width of Student's two-sided interval for the mean that misses with probability `miss`.
    ///
    /// Infinite for fewer than two values: one repetition says nothing about its spread.
    pub fn half_width(&self, miss: f64) -> f64 {
        student_quantile(miss, self.count) * self.standard_error()
    }

    /// The 95 % interval for the mean, or `None` for fewer than two values.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let half = self.half_width(0.05);
        half.is_finite().then_some((self.mean - half, self.mean + half))
    }
}

/// The two-sided quantile of Student's t for `count` values: |t| exceeds it with probability `miss`.
pub(crate) fn student_quantile(miss: f64, count: usize) -> f64 {
    match StudentsT::new(0.0, 1.0, count.saturating_sub(1) as f64) {
        Ok(law) if count > 1 => -law.inverse_cdf(miss / 2.0),
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_by_hand() {
        let s = Summary::of(&[1.0, 2.0, 6.0]);
        assert_eq!((s.mean, s.count), (3.0, 3));
        assert!((s.deviation - 7f64.sqrt()).abs() < 1e-15);
        // Tables: t(0.975; 2) = 4.302653.
        assert!((s.half_width(0.05) - 4.302653 * (7f64 / 3.0).sqrt()).abs() < 1e-5);
    }

    #[test]
    fn one_value_has_no_interval() {
        assert_eq!(Summary::of(&[3.0]).interval(), None);
        assert_eq!(Summary::of(&[]).mean, 0.0);
    }
}
