//! Whether independent values fall inside a band as often as they should.

use super::{Level, Verdict};
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

    /// The counts that are not too unlikely at `level`, lowest and highest.
    pub fn likely(&self, level: Level) -> (usize, usize) {
        let fits = |&inside: &usize| Self { inside, ..*self }.p_value() >= level.per_point;
        let lowest = (0..=self.total).find(fits).unwrap_or(0);
        (lowest, (0..=self.total).rev().find(fits).unwrap_or(self.total))
    }
}

impl Verdict {
    /// A claim that values lie inside bands as often as they should, in each of several conditions.
    pub fn of_coverage(
        claim: impl Into<String>,
        panel: impl Into<String>,
        conditions: &[(String, Coverage)],
        level: Level,
    ) -> Self {
        let least = |a: &&(String, Coverage), b: &&(String, Coverage)| a.1.p_value().total_cmp(&b.1.p_value());
        let Some((at, worst)) = conditions.iter().min_by(least) else {
            return Self::not_judged(claim, panel, "no band to judge by");
        };
        let (inside, total): (usize, usize) =
            conditions.iter().fold((0, 0), |(i, t), (_, c)| (i + c.inside, t + c.total));
        let measured = format!(
            "{} of {} inside at {at}, the least likely of {} conditions (p = {:.2}); {inside} of {total} altogether",
            worst.inside,
            worst.total,
            conditions.len(),
            worst.p_value()
        );
        let (low, high) = worst.likely(level);
        let tolerance = format!(
            "{low} to {high} there: beta-binomial, {:.1} % expected by a band of {} draws, false-alarm rate {:.1e}",
            100.0 * worst.expected(),
            worst.sample,
            level.per_point
        );
        Self::new(claim, panel, measured, tolerance, worst.p_value() >= level.per_point)
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

    #[test]
    fn too_few_and_too_many_fail() {
        let level = Level::shared_by(1);
        let verdict = |inside| {
            let coverage = Coverage { inside, total: 400, sample: 1999 };
            Verdict::of_coverage("c", "a", &[("n = 50".to_owned(), coverage)], level).passed
        };
        assert_eq!(verdict(380), Some(true));
        assert_eq!(verdict(360), Some(false));
        assert_eq!(verdict(400), Some(false));
        assert_eq!(Verdict::of_coverage("c", "a", &[], level).passed, None);
    }
}
