//! New measurements held against a baseline.

use super::measurement::Measurement;
use super::record::Benchmarks;

/// The least relative change that counts, however quiet the machine: layout and allocation of a program move small
/// benchmarks by several percent from build to build.
pub const MARGIN: f64 = 0.15;
/// A change counts if it exceeds this many times the noise of both measurements.
pub const NOISES: f64 = 3.0;
/// A benchmark whose noise lets changes of more than this pass is said to be too noisy.
const TELLING: f64 = 0.5;

/// What became of a benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Within what noise and margin allow.
    Unchanged,
    /// Faster by more than that.
    Improved,
    /// Slower by more than that.
    Regressed,
    /// Within what is allowed, but only because the noise allows nearly everything.
    Noisy,
    /// Not in the baseline.
    New,
    /// In the baseline alone.
    Gone,
}

/// One benchmark beside its baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Its name.
    pub name: String,
    /// What was measured now.
    pub now: Option<Measurement>,
    /// What the baseline has.
    pub baseline: Option<Measurement>,
    /// Relative change of the time, as far as both yardsticks agree on it; 0 if one of the two measurements is missing.
    pub change: f64,
    /// The noise of both measurements together.
    pub noise: f64,
    /// The largest change that passes.
    pub allowed: f64,
    /// The judgement.
    pub outcome: Outcome,
}

/// Everything that was measured, judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// In the order of the measurements, those that are gone last.
    pub judged: Vec<Judged>,
    /// Whether there was anything to compare with.
    pub has_baseline: bool,
}

/// Compares. If `whole`, everything was asked for, so that what the baseline has beyond it is gone.
pub fn judge(now: &[Measurement], baseline: Option<&Benchmarks>, whole: bool) -> Judgement {
    let of = |m: &Measurement| match baseline.and_then(|b| b.find(&m.name)) {
        Some(old) => compare(m, old),
        None => alone(m, Outcome::New),
    };
    let mut judged: Vec<Judged> = now.iter().map(of).collect();
    if let Some(baseline) = baseline.filter(|_| whole) {
        let gone = baseline.measured.iter().filter(|old| !now.iter().any(|m| m.name == old.name));
        judged.extend(gone.map(|old| alone(old, Outcome::Gone)));
    }
    Judgement { judged, has_baseline: baseline.is_some() }
}

fn compare(now: &Measurement, old: &Measurement) -> Judged {
    let change = agreed(now.at_peak / old.at_peak - 1.0, now.at_product / old.at_product - 1.0);
    let noise = now.noise.hypot(old.noise);
    let allowed = MARGIN.max(NOISES * noise);
    // A time that became x times longer and one that became x times shorter count alike.
    let outcome = match change {
        change if change > allowed => Outcome::Regressed,
        change if change < -allowed / (1.0 + allowed) => Outcome::Improved,
        _ if allowed > TELLING => Outcome::Noisy,
        _ => Outcome::Unchanged,
    };
    Judged {
        name: now.name.clone(),
        now: Some(now.clone()),
        baseline: Some(old.clone()),
        change,
        noise,
        allowed,
        outcome,
    }
}

/// The part of a change that both yardsticks see: the smaller, or nothing if they disagree on its direction.
fn agreed(a: f64, b: f64) -> f64 {
    if a * b <= 0.0 {
        0.0
    } else if a.abs() < b.abs() {
        a
    } else {
        b
    }
}

fn alone(m: &Measurement, outcome: Outcome) -> Judged {
    let (now, baseline) = if outcome == Outcome::Gone { (None, Some(m.clone())) } else { (Some(m.clone()), None) };
    Judged { name: m.name.clone(), now, baseline, change: 0.0, noise: m.noise, allowed: 0.0, outcome }
}

impl Judgement {
    /// Whether anything is slower than it may be.
    pub fn has_regression(&self) -> bool {
        self.count(Outcome::Regressed) > 0
    }

    /// How many have this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.judged.iter().filter(|j| j.outcome == outcome).count()
    }

    /// What deserves another look before anybody is alarmed.
    pub fn doubtful(&self) -> Vec<String> {
        let doubtful = |j: &&Judged| matches!(j.outcome, Outcome::Regressed | Outcome::Noisy);
        self.judged.iter().filter(doubtful).map(|j| j.name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::record;
    use super::*;

    fn outcomes(now: &[(&str, f64)], baseline: &[(&str, f64)], whole: bool) -> Vec<(String, Outcome)> {
        let judgement = judge(&record(now).measured, Some(&record(baseline)), whole);
        judgement.judged.into_iter().map(|j| (j.name, j.outcome)).collect()
    }

    fn one(now: f64, baseline: f64) -> Outcome {
        outcomes(&[("a", now)], &[("a", baseline)], true)[0].1
    }

    #[test]
    fn a_regression_is_caught_and_an_improvement_told() {
        assert_eq!(one(116.0, 100.0), Outcome::Regressed);
        assert_eq!(one(114.0, 100.0), Outcome::Unchanged);
        assert_eq!(one(88.0, 100.0), Outcome::Unchanged);
        assert_eq!(one(86.0, 100.0), Outcome::Improved);
        let twice = judge(&record(&[("a", 200.0)]).measured, Some(&record(&[("a", 100.0)])), true);
        assert!(twice.has_regression());
        assert_eq!(twice.doubtful(), ["a"]);
    }

    #[test]
    fn noise_widens_what_is_allowed_but_not_without_saying_so() {
        let baseline = record(&[("a", 100.0)]);
        let with_noise = |noise: f64, at: f64| {
            let mut now = record(&[("a", at)]).measured;
            now[0].noise = noise;
            judge(&now, Some(&baseline), true).judged[0].clone()
        };
        assert_eq!(with_noise(0.0, 130.0).outcome, Outcome::Regressed);
        let allowed = with_noise(0.12, 130.0);
        assert_eq!(allowed.outcome, Outcome::Unchanged);
        assert!((allowed.allowed - 3.0 * 0.12_f64.hypot(0.01)).abs() < 1e-12);
        assert_eq!(with_noise(0.2, 130.0).outcome, Outcome::Noisy);
        assert_eq!(with_noise(0.2, 170.0).outcome, Outcome::Regressed);
    }

    #[test]
    fn the_yardsticks_have_to_agree() {
        let baseline = record(&[("a", 100.0)]);
        let seen = |at_peak: f64, at_product: f64| {
            let mut now = record(&[("a", 100.0)]).measured;
            (now[0].at_peak, now[0].at_product) = (at_peak, at_product);
            let judged = judge(&now, Some(&baseline), true).judged[0].clone();
            (judged.outcome, judged.change)
        };
        // The caches are contended: faer's product suffers as the benchmark does, register arithmetic does not.
        assert_eq!(seen(140.0, 50.0), (Outcome::Unchanged, 0.0));
        // faer itself became slower.
        assert_eq!(seen(100.0, 30.0).0, Outcome::Unchanged);
        assert_eq!(seen(140.0, 40.0), (Outcome::Unchanged, 0.0));
        let (outcome, change) = seen(150.0, 65.0);
        assert_eq!(outcome, Outcome::Regressed);
        assert!((change - 0.3).abs() < 1e-12);
    }

    #[test]
    fn new_and_gone_are_told_and_fail_nothing() {
        let (now, old) = ([("a", 1.0), ("new", 1.0)], [("a", 1.0), ("gone", 1.0)]);
        let expected = [("a", Outcome::Unchanged), ("new", Outcome::New), ("gone", Outcome::Gone)];
        let expected = expected.map(|(name, outcome)| (name.to_owned(), outcome));
        assert_eq!(outcomes(&now, &old, true), expected);
        // With a filter, what was not asked for is not gone.
        assert_eq!(outcomes(&now, &old, false), expected[..2]);
        assert!(!judge(&record(&now).measured, Some(&record(&old)), true).has_regression());
    }

    #[test]
    fn an_unknown_machine_judges_nothing() {
        let judgement = judge(&record(&[("a", 1e9)]).measured, None, true);
        assert_eq!(judgement.count(Outcome::New), 1);
        assert!(!judgement.has_regression() && !judgement.has_baseline && judgement.doubtful().is_empty());
    }
}
