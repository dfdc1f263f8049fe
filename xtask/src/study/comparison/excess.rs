//! Claims that one quantity exceeds another, judged by paired differences.

use super::{Level, Summary, Verdict};

/// By how much a claim holds in one condition: one value per seed, positive where it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Excess {
    /// Which condition, in words.
    pub at: String,
    /// One independent value per seed, in the order of seeds.
    pub by_seed: Vec<f64>,
}

impl Excess {
    /// The mean in units of Student's half-width: above 1 the condition shows the claim, below −1 it contradicts it.
    fn significance(&self, level: Level) -> f64 {
        let summary = Summary::of(&self.by_seed);
        match summary.mean / summary.half_width(level.per_point) {
            // A mean that is no number, or not a finite one, shows nothing and hides something.
            _ if !summary.mean.is_finite() => f64::NEG_INFINITY,
            ratio if ratio.is_finite() => ratio,
            // No spread at all: the sign alone counts.
            _ if summary.mean > 0.0 => f64::INFINITY,
            _ if summary.mean == 0.0 => 0.0,
            _ => f64::NEG_INFINITY,
        }
    }
}

impl Verdict {
    /// A claim that every condition must show by itself: each mean positive beyond its sampling error.
    pub fn of_each_excess(
        claim: impl Into<String>,
        panel: impl Into<String>,
        conditions: &[Excess],
        level: Level,
    ) -> Self {
        Self::of_excess(claim.into(), panel.into(), conditions, level, |weakest, _| weakest > 1.0)
    }

    /// A claim about all conditions together: none contradicts it, and the mean over the conditions, of which each seed
    /// gives one value, is positive beyond its sampling error.
    pub fn of_excess_on_the_whole(
        claim: impl Into<String>,
        panel: impl Into<String>,
        conditions: &[Excess],
        level: Level,
    ) -> Self {
        Self::of_excess(claim.into(), panel.into(), conditions, level, |weakest, whole| weakest >= -1.0 && whole > 1.0)
    }

    fn of_excess(
        claim: String,
        panel: String,
        conditions: &[Excess],
        level: Level,
        passes: impl Fn(f64, f64) -> bool,
    ) -> Self {
        let weaker = |a: &&Excess, b: &&Excess| a.significance(level).total_cmp(&b.significance(level));
        let Some(weakest) = conditions.iter().min_by(weaker) else {
            return Self::not_judged(claim, panel, "no condition to judge");
        };
        let seeds = weakest.by_seed.len();
        assert!(conditions.iter().all(|c| c.by_seed.len() == seeds), "conditions with different numbers of seeds");
        if seeds < 2 {
            return Self::not_judged(claim, panel, "a single repetition has no sampling error to judge by");
        }
        let mean = |seed: usize| conditions.iter().map(|c| c.by_seed[seed]).sum::<f64>() / conditions.len() as f64;
        let whole = Excess { at: "on the whole".to_owned(), by_seed: (0..seeds).map(mean).collect() };
        let (least, average) = (Summary::of(&weakest.by_seed), Summary::of(&whole.by_seed));
        let measured = format!(
            "weakest {:.4} at {}; {:.4} on average; positive in {} of {} conditions",
            least.mean,
            weakest.at,
            average.mean,
            conditions.iter().filter(|c| Summary::of(&c.by_seed).mean > 0.0).count(),
            conditions.len()
        );
        let tolerance = format!(
            "positive (paired differences); Student's intervals of {seeds} seeds at false-alarm rate {:.1e}: ±{:.4} there, ±{:.4} for the average",
            level.per_point,
            least.half_width(level.per_point),
            average.half_width(level.per_point)
        );
        let passed = passes(weakest.significance(level), whole.significance(level));
        Self::new(claim, panel, measured, tolerance, passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excess(by_seed: &[f64]) -> Excess {
        Excess { at: "here".into(), by_seed: by_seed.to_vec() }
    }

    /// The 99 % interval of three values of mean 1 and deviation 0.1 is ±0.57 (t = 9.92).
    #[test]
    fn each_condition_or_all_together() {
        let level = Level::shared_by(1);
        let clear = excess(&[0.9, 1.0, 1.1]);
        let unclear = excess(&[-0.1, 0.0, 0.11]);
        let contrary = excess(&[-1.1, -1.0, -0.9]);
        let each = |conditions: &[Excess]| Verdict::of_each_excess("c", "a", conditions, level).passed;
        let whole = |conditions: &[Excess]| Verdict::of_excess_on_the_whole("c", "a", conditions, level).passed;
        assert_eq!(each(&[clear.clone(), clear.clone()]), Some(true));
        assert_eq!(each(&[clear.clone(), unclear.clone()]), Some(false));
        // Averages 0.4, 0.5, 0.605: ±0.59 is too much; with two clear conditions 0.567 … 0.77 against ±0.39.
        assert_eq!(whole(&[clear.clone(), unclear.clone()]), Some(false));
        assert_eq!(whole(&[clear.clone(), clear.clone(), unclear]), Some(true));
        assert_eq!(whole(&[clear.clone(), clear.clone(), clear, contrary]), Some(false));
    }

    #[test]
    fn nothing_known_is_not_judged_and_nan_never_passes() {
        let level = Level::shared_by(1);
        assert_eq!(Verdict::of_each_excess("c", "a", &[], level).passed, None);
        assert_eq!(Verdict::of_each_excess("c", "a", &[excess(&[1.0])], level).passed, None);
        assert_eq!(Verdict::of_each_excess("c", "a", &[excess(&[1.0, f64::NAN])], level).passed, Some(false));
        assert_eq!(Verdict::of_excess_on_the_whole("c", "a", &[excess(&[1.0, f64::NAN])], level).passed, Some(false));
        // Without spread the sign decides.
        assert_eq!(Verdict::of_each_excess("c", "a", &[excess(&[1.0, 1.0])], level).passed, Some(true));
        assert_eq!(Verdict::of_each_excess("c", "a", &[excess(&[0.0, 0.0])], level).passed, Some(false));
    }
}
