//! A measured number and what chance may have done to it.

use crate::runs::summary::{Summary, student_quantile};
use statrs::distribution::{Binomial, DiscreteCDF};

/// A number with its sampling error.
#[derive(Clone, Debug, PartialEq)]
pub enum Estimate {
    /// Known up to rounding: no chance in it.
    Exact(f64),
    /// A nearly normal number whose standard error is known from `count` values.
    Normal {
        /// The number.
        value: f64,
        /// Its standard error.
        standard_error: f64,
        /// The number of values that the standard error comes from.
        count: usize,
    },
    /// The median of independent values, in increasing order, with the exact interval of the order statistics: for
    /// scatter that has no useful mean.
    Median(Vec<f64>),
}

/// Normal quantile of a one-sided probability of 95 %.
const POWER: f64 = 1.6449;

impl Estimate {
    /// The median of `values`.
    pub fn median(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self::Median(values)
    }

    /// The mean of a few values beside an independent `sample` of the same law: the sampling error of their
    /// difference, from the scatter of both together.
    pub fn beside(values: Summary, sample: Summary) -> Self {
        let freedom = |summary: Summary| summary.count.saturating_sub(1) as f64;
        let squares = [values, sample].map(|summary| freedom(summary) * summary.deviation.powi(2)).iter().sum::<f64>();
        let variance = squares / (freedom(values) + freedom(sample)).max(1.0);
        let shares = 1.0 / values.count.max(1) as f64 + 1.0 / sample.count.max(1) as f64;
        let count = (values.count + sample.count).saturating_sub(1);
        Self::Normal { value: values.mean, standard_error: (variance * shares).sqrt(), count }
    }

    /// How far two series of independent pairs are correlated: Fisher's artanh of their correlation, which is nearly
    /// normal with a variance of 1/(n − 3), and 0 on average for what is independent. A series that does not vary shows
    /// no correlation.
    pub fn correlation(pairs: &[(f64, f64)]) -> Self {
        let n = pairs.len() as f64;
        let mean = |part: fn(&(f64, f64)) -> f64| pairs.iter().map(part).sum::<f64>() / n;
        let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
        let sum =
            |product: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|pair| product(pair.0 - x, pair.1 - y)).sum::<f64>();
        let scale = (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt();
        let correlation = if scale > 0.0 { sum(&|x, y| x * y) / scale } else { 0.0 };
        let most = 1.0 - f64::EPSILON;
        let standard_error = (n - 3.0).max(0.0).sqrt().recip();
        Self::Normal { value: correlation.clamp(-most, most).atanh(), standard_error, count: pairs.len() }
    }

    /// The difference of two independent numbers.
    pub fn minus(&self, other: &Self) -> Self {
        let count = |estimate: &Self| match estimate {
            Self::Normal { count, .. } => *count,
            _ => usize::MAX,
        };
        let standard_error = self.standard_error().hypot(other.standard_error());
        let value = self.value() - other.value();
        Self::Normal { value, standard_error, count: count(self).min(count(other)) }
    }

    /// The number itself.
    pub fn value(&self) -> f64 {
        match self {
            Self::Exact(value) | Self::Normal { value, .. } => *value,
            Self::Median(values) if values.is_empty() => f64::NAN,
            Self::Median(values) => (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0,
        }
    }

    /// How far chance may carry the number, down and up, with a two-sided probability of `miss`; infinite where there
    /// are too few values to tell.
    pub fn reach(&self, miss: f64) -> (f64, f64) {
        match self {
            Self::Exact(_) => (0.0, 0.0),
            Self::Normal { standard_error, count, .. } => {
                let half = student_quantile(miss, *count) * standard_error;
                (half, half)
            }
            Self::Median(values) => {
                let n = values.len();
                // The largest k with P(Binomial(n, ½) < k) ≤ miss/2: the interval leaves out k − 1 values on each side.
                let outside = |k: &usize| match Binomial::new(0.5, n as u64) {
                    Ok(law) => law.cdf(*k as u64 - 1) <= miss / 2.0,
                    Err(_) => false,
                };
                match (1..=n / 2).take_while(outside).last() {
                    Some(k) => (self.value() - values[k - 1], values[n - k] - self.value()),
                    None => (f64::INFINITY, f64::INFINITY),
                }
            }
        }
    }

    /// The standard error; of a median from the interval that holds 68 %.
    fn standard_error(&self) -> f64 {
        match self {
            Self::Exact(_) => 0.0,
            Self::Normal { standard_error, .. } => *standard_error,
            Self::Median(_) => {
                let (down, up) = self.reach(0.3173);
                (down + up) / 2.0
            }
        }
    }

    /// The deviation of the true number from what it is held against that a judgement which allows `allowed` reports
    /// with a probability of 95 %.
    pub fn detectable(&self, allowed: f64) -> f64 {
        allowed + POWER * self.standard_error()
    }
}

impl From<f64> for Estimate {
    fn from(value: f64) -> Self {
        Self::Exact(value)
    }
}

impl From<Summary> for Estimate {
    fn from(summary: Summary) -> Self {
        Self::Normal { value: summary.mean, standard_error: summary.standard_error(), count: summary.count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_and_its_exact_interval() {
        let values = [5.0, 1.0, 4.0, 2.0, 3.0, 6.0, 7.0, 8.0, 9.0, 10.0].to_vec();
        let estimate = Estimate::median(values);
        assert_eq!(estimate.value(), 5.5);
        // P(Binomial(10, ½) ≤ 1) = 11/1024: the second and the second last at 3 %, the outermost at 1 %.
        assert_eq!(estimate.reach(0.03), (3.5, 3.5));
        assert_eq!(estimate.reach(0.01), (4.5, 4.5));
        assert_eq!(estimate.reach(0.001), (f64::INFINITY, f64::INFINITY));
        assert!(Estimate::median(Vec::new()).value().is_nan());
    }

    #[test]
    fn correlated_pairs() {
        let Estimate::Normal { value, standard_error, count } =
            Estimate::correlation(&[(1.0, 2.0), (2.0, 1.0), (3.0, 4.0), (4.0, 3.0), (5.0, 5.0)])
        else {
            panic!()
        };
        // Σ(x−3)(y−3) = 8, Σ(x−3)² = Σ(y−3)² = 10.
        assert!((value - 0.8f64.atanh()).abs() < 1e-15 && (standard_error - 0.5f64.sqrt()).abs() < 1e-15 && count == 5);
        let pairs: Vec<(f64, f64)> = (0..40).map(|k| (f64::from(k), -2.0 * f64::from(k))).collect();
        assert!(Estimate::correlation(&pairs).value() < -15.0);
        assert_eq!(Estimate::correlation(&[(1.0, 2.0); 5]).value(), 0.0);
        assert_eq!(Estimate::correlation(&[(1.0, 2.0), (2.0, 4.0)]).reach(0.01).0, f64::INFINITY);
    }

    #[test]
    fn a_few_values_beside_a_sample() {
        let (few, sample) = (Summary { mean: 2.3, deviation: 2.0, count: 4 }, Summary::of(&[1.0, 2.0, 3.0]));
        let Estimate::Normal { value, standard_error, count } = Estimate::beside(few, sample) else { panic!() };
        // Five degrees of freedom; the pooled variance is (3·4 + 2·1)/5.
        assert_eq!((value, count), (2.3, 6));
        assert!((standard_error - (2.8 * (1.0f64 / 4.0 + 1.0 / 3.0)).sqrt()).abs() < 1e-15);
        // Tables: t(0.975; 5) = 2.570582.
        let (down, up) = Estimate::beside(few, sample).reach(0.05);
        assert!((down - 2.570582 * standard_error).abs() < 1e-5 && down == up);
        assert!((Estimate::beside(few, sample).detectable(1.0) - 1.0 - 1.6449 * standard_error).abs() < 1e-12);
    }
}
