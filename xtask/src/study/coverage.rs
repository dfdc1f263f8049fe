//! Whether independent values fall inside a band as often as they should.

use statrs::distribution::{Binomial, DiscreteCDF};
use statrs::function::beta::ln_beta;
use statrs::function::factorial::ln_binomial;

/// How many of some independent values fall inside the 95 % band of an independent sample of the same law.
///
/// The band spans the k-th lowest to the k-th highest of the sample's n values, k = ⌊(n+1)/40⌋. Whatever the law, the
/// share of it inside is Beta(n+1−2k, 2k) distributed, so the number inside is beta-binomial: exact, the band's own
/// uncertainty included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coverage {
    /// Values inside.
    pub inside: usize,
    /// Values.
    pub total: usize,
    /// n.
    pub sample: usize,
}

impl Coverage {
    /// Smallest sample that has such a band.
    pub const SMALLEST_SAMPLE: usize = 39;

    /// Counts the `values` inside the band of `sample`; `None` if the sample is too small to have one.
    pub fn of(values: &[f64], sample: &[f64]) -> Option<Self> {
        let dropped = Self::dropped(sample.len());
        let mut sorted = sample.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (*sorted.get(dropped.checked_sub(1)?)?, *sorted.get(sample.len() - dropped)?);
        let inside = values.iter().filter(|v| (low..=high).contains(*v)).count();
        Some(Self { inside, total: values.len(), sample: sample.len() })
    }

    /// k.
    fn dropped(sample: usize) -> usize {
        (sample + 1) / 40
    }

    /// The share expected inside.
    pub fn expected(&self) -> f64 {
        1.0 - 2.0 * Self::dropped(self.sample) as f64 / (self.sample + 1) as f64
    }

    /// The share found inside.
    pub fn share(&self) -> f64 {
        self.inside as f64 / self.total.max(1) as f64
    }

    /// Probability that exactly `inside` fall inside.
    fn probability(&self, inside: usize) -> f64 {
        let (outside, dropped) = ((self.total - inside) as f64, Self::dropped(self.sample) as f64);
        let (a, b) = ((self.sample + 1) as f64 - 2.0 * dropped, 2.0 * dropped);
        (ln_binomial(self.total as u64, inside as u64) + ln_beta(inside as f64 + a, outside + b) - ln_beta(a, b)).exp()
    }

    /// Two-sided p-value of the count: twice the smaller of the chances of so few and of so many.
    pub fn p_value(&self) -> f64 {
        let few: f64 = (0..=self.inside).map(|n| self.probability(n)).sum();
        let many: f64 = (self.inside..=self.total).map(|n| self.probability(n)).sum();
        (2.0 * few.min(many)).min(1.0)
    }

    /// The condition whose count is least likely.
    pub fn least_likely(conditions: &[(String, Self)]) -> Option<(&str, Self)> {
        let least = conditions.iter().min_by(|a, b| a.1.p_value().total_cmp(&b.1.p_value()))?;
        Some((&least.0, least.1))
    }

    /// By how much the true share inside must be wrong for the count to be unlikely with a probability of 95 %.
    pub fn detectable(&self, rate: f64) -> f64 {
        let (low, _) = self.likely(rate);
        let reported = |share: f64| match Binomial::new(share, self.total as u64) {
            Ok(law) => low > 0 && law.cdf(low as u64 - 1) >= 0.95,
            Err(_) => false,
        };
        let shares = (1..1000).map(|permille| self.expected() * f64::from(permille) / 1000.0);
        self.expected() - shares.take_while(|share| reported(*share)).last().unwrap_or(0.0)
    }

    /// The counts that are not too unlikely at the false-alarm rate `rate`, lowest and highest.
    pub fn likely(&self, rate: f64) -> (usize, usize) {
        let fits = |&inside: &usize| Self { inside, ..*self }.p_value() >= rate;
        let lowest = (0..=self.total).find(fits).unwrap_or(0);
        (lowest, (0..=self.total).rev().find(fits).unwrap_or(self.total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_and_the_count() {
        // 39 values 1 … 39: k = 1, so the band is the whole range and holds 95 % of the law on average.
        let sample: Vec<f64> = (1..=39).map(f64::from).collect();
        let coverage = Coverage::of(&[0.5, 1.0, 20.0, 39.0, 39.5], &sample).unwrap();
        assert_eq!((coverage.inside, coverage.total), (3, 5));
        assert!((coverage.expected() - 0.95).abs() < 1e-15);
        assert_eq!(Coverage::of(&[1.0], &sample[1..]), None);
        // 79 values: k = 2.
        let sample: Vec<f64> = (1..=79).map(f64::from).collect();
        assert_eq!(Coverage::of(&[1.0, 2.0, 78.0, 79.0], &sample).unwrap().inside, 2);
    }

    #[test]
    fn probabilities_by_hand() {
        // Beta(38, 2), two values: E[p²] = 38·39/(40·41), E[(1−p)²] = 2·3/(40·41).
        let both = Coverage { inside: 2, total: 2, sample: 39 };
        assert!((both.probability(2) - 38.0 * 39.0 / (40.0 * 41.0)).abs() < 1e-12);
        assert!((both.probability(0) - 6.0 / (40.0 * 41.0)).abs() < 1e-12);
        assert!((Coverage { inside: 0, ..both }.p_value() - 12.0 / (40.0 * 41.0)).abs() < 1e-12);
        assert_eq!(both.p_value(), 1.0);
        let sum: f64 = (0..=50).map(|n| Coverage { inside: n, total: 50, sample: 199 }.probability(n)).sum();
        assert!((sum - 1.0).abs() < 1e-10);
    }
}
