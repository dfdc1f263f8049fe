//! Claims as measured numbers against a tolerance.

use super::{Summary, student_quantile};
use serde::{Deserialize, Serialize};

/// The judgement of one claim of a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The claim, as a sentence.
    pub claim: String,
    /// The panels it is read from.
    pub panel: String,
    /// The number that was measured, and at which point.
    pub measured: String,
    /// What it is held against, and where that comes from.
    pub tolerance: String,
    /// Whether the claim holds; `None` if this run cannot judge it.
    pub passed: Option<bool>,
}

impl Verdict {
    /// A claim judged by a condition on measured numbers, both told in words.
    pub fn new(
        claim: impl Into<String>,
        panel: impl Into<String>,
        measured: impl Into<String>,
        tolerance: impl Into<String>,
        passed: bool,
    ) -> Self {
        Self {
            claim: claim.into(),
            panel: panel.into(),
            measured: measured.into(),
            tolerance: tolerance.into(),
            passed: Some(passed),
        }
    }

    /// A claim that this run cannot judge, and why.
    pub fn not_judged(claim: impl Into<String>, panel: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            claim: claim.into(),
            panel: panel.into(),
            measured: "not judged".to_owned(),
            tolerance: why.into(),
            passed: None,
        }
    }

    /// Judges a claim that holds at many points: it passes if every point lies within its allowance.
    ///
    /// The worst point (largest difference in units of its allowance) is reported.
    pub fn of_points(claim: impl Into<String>, panel: impl Into<String>, points: &[Comparison]) -> Self {
        let (claim, panel) = (claim.into(), panel.into());
        let Some(worst) = points.iter().max_by(|a, b| a.ratio().total_cmp(&b.ratio())) else {
            return Self::not_judged(claim, panel, "no point to judge");
        };
        if points.iter().any(|p| !p.allowed.is_finite()) {
            return Self::not_judged(claim, panel, "a single repetition has no sampling error to judge by");
        }
        let measured = format!(
            "largest difference {:.3e} at {} (measured {:.5}, expected {:.5}), worst of {} points",
            worst.measured - worst.expected,
            worst.at,
            worst.measured,
            worst.expected,
            points.len()
        );
        let tolerance = format!("±{:.3e} there: {}", worst.allowed, worst.reason);
        Self { claim, panel, measured, tolerance, passed: Some(worst.ratio() <= 1.0) }
    }
}

impl From<Verdict> for crate::study::Verdict {
    fn from(old: Verdict) -> Self {
        use crate::study::Outcome;
        let outcome = match old.passed {
            Some(true) => Outcome::Holds,
            Some(false) => Outcome::Departs,
            None => Outcome::NotJudged,
        };
        Self {
            claim: old.claim,
            panel: old.panel,
            outcome,
            expected: Outcome::Holds,
            reason: None,
            measured: None,
            target: None,
            allowed: None,
            detectable: None,
            at: None,
            points: 0,
            text: format!("{}; {}", old.measured, old.tolerance),
        }
    }
}

/// The false-alarm probability that a figure's verdicts share, divided among the points they judge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Two-sided false-alarm probability of a single point.
    pub per_point: f64,
    /// The number of points that share the figure's rate.
    pub points: usize,
}

impl Level {
    /// The false-alarm rate of a whole figure.
    pub const FIGURE: f64 = 0.01;

    /// Divides the figure's rate evenly among `points` judged points (Bonferroni: valid for correlated points too).
    pub fn shared_by(points: usize) -> Self {
        Self { per_point: Self::FIGURE / points.max(1) as f64, points }
    }
}

/// One measured number held against an expected one.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Which point this is, in words.
    pub at: String,
    /// The number measured.
    pub measured: f64,
    /// The number the claim expects.
    pub expected: f64,
    /// The largest difference that chance, and a finite-size term computed beforehand, allow.
    pub allowed: f64,
    /// What `allowed` consists of.
    pub reason: String,
}

impl Comparison {
    /// A mean over seeds against a number, allowed Student's interval at `level`.
    pub fn with_student_interval(at: impl Into<String>, measured: Summary, expected: f64, level: Level) -> Self {
        let allowed = measured.half_width(level.per_point);
        let reason =
            format!("Student's interval of {} seeds at false-alarm rate {:.1e}", measured.count, level.per_point);
        Self { at: at.into(), measured: measured.mean, expected, allowed, reason }
    }

    /// A mean over seeds against an asymptotic formula, with sampling error and finite-size shift known beforehand
    /// from an ensemble of independent data of the same size.
    ///
    /// * `ensemble`: the same statistic over independent draws (not the ones being judged): its deviation gives the
    ///   sampling error of the mean over the seeds, its own standard error counts too, and the distance of its mean
    ///   from `expected` is the finite-size term.
    /// * `numerical`: a bound on the difference that the two roads have for numerical reasons (step size, rounding).
    pub fn with_ensemble(
        at: impl Into<String>,
        measured: Summary,
        expected: f64,
        ensemble: Summary,
        numerical: f64,
        level: Level,
    ) -> Self {
        let critical = student_quantile(level.per_point, ensemble.count);
        let sampling = critical
            * ensemble.deviation
            * (1.0 / measured.count.max(1) as f64 + 1.0 / ensemble.count.max(1) as f64).sqrt();
        let shift = (ensemble.mean - expected).abs();
        let reason = format!(
            "sampling {sampling:.2e} ({critical:.2} standard errors of {} seeds) + finite size {shift:.2e} ({} draws) + numerics {numerical:.1e}",
            measured.count, ensemble.count
        );
        Self { at: at.into(), measured: measured.mean, expected, allowed: sampling + shift + numerical, reason }
    }

    /// The difference in units of what is allowed; above 1 the point fails, and NaN counts as infinite.
    pub fn ratio(&self) -> f64 {
        let difference = (self.measured - self.expected).abs();
        match difference / self.allowed {
            ratio if ratio.is_finite() => ratio,
            _ if difference == 0.0 => 0.0,
            _ => f64::INFINITY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(measured: f64) -> Comparison {
        Comparison { at: "t = 1".into(), measured, expected: 1.0, allowed: 0.5, reason: "by hand".into() }
    }

    #[test]
    fn the_worst_point_decides() {
        assert_eq!(Verdict::of_points("c", "a", &[point(1.1), point(1.5)]).passed, Some(true));
        let failed = Verdict::of_points("c", "a", &[point(1.1), point(0.2), point(1.2)]);
        assert_eq!(failed.passed, Some(false));
        assert!(failed.measured.contains("measured 0.20000"), "{}", failed.measured);
    }

    #[test]
    fn nan_never_passes_and_nothing_is_not_judged() {
        assert_eq!(Verdict::of_points("c", "a", &[point(f64::NAN)]).passed, Some(false));
        assert_eq!(Verdict::of_points("c", "a", &[]).passed, None);
        let one = Comparison::with_student_interval("x", Summary::of(&[1.0]), 3.0, Level::shared_by(1));
        assert_eq!(Verdict::of_points("c", "a", &[one]).passed, None);
    }

    #[test]
    fn an_ensemble_widens_by_its_distance_from_the_formula() {
        let seeds = Summary { mean: 2.3, deviation: 0.5, count: 4 };
        let ensemble = Summary { mean: 2.2, deviation: 0.4, count: 100 };
        let c = Comparison::with_ensemble("x", seeds, 2.0, ensemble, 0.0, Level::shared_by(1));
        // t(0.995; 99) · 0.4 · √(1/4 + 1/100) + 0.2
        assert!((c.allowed - (2.626405 * 0.4 * 0.26f64.sqrt() + 0.2)).abs() < 1e-5);
    }
}
