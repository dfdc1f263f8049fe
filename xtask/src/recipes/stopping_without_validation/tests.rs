//! Every verdict passes on the right input and fails on a wrong one.

use super::{Stopped, StoppingWithoutValidation};
use crate::runs::ensemble::StoppingOutcome;
use crate::runs::run::Run;
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::trial::{passed, smoke, verdicts as judge};
use crate::study::{Found, Outcome, Verdict};
use sim::Experiment;

const UNBIASED: &str = "unbiased at every time";
const BOUND: &str = "costs less than the bound";
const VALIDATION: &str = "never worse than a validation set";
const AGAIN: &str = "training again on all examples";
const NOISE: &str = "the noise need not be known";

fn config() -> StoppingWithoutValidation {
    smoke("figx3_stopping_without_validation")
}

#[test]
fn right_inputs_pass() {
    let verdicts = judge(&config(), Run::clone);
    for verdict in &verdicts {
        assert_ne!(verdict.outcome, Outcome::Departs, "{verdict:?}");
    }
    assert!(verdicts.iter().filter(|v| v.outcome == Outcome::Holds).count() >= 3, "{verdicts:#?}");
}

/// The verdicts when the data that the estimate sees have other noise than it is told.
fn with_noise_in_the_data(factor: f64) -> Vec<Verdict> {
    judge(&StoppingWithoutValidation { seeds: 100, ..config() }, |run| match run.clone() {
        Run::Simulation(Experiment::Spectrum(mut spec)) => {
            spec.task.noise *= factor;
            Run::Simulation(Experiment::Spectrum(spec))
        }
        Run::Simulation(Experiment::Aligned(mut spec)) if spec.draw.run < INDEPENDENT_RUNS => {
            spec.task.noise *= factor;
            Run::Simulation(Experiment::Aligned(spec))
        }
        other => other,
    })
}

#[test]
fn an_estimate_that_is_told_other_noise_is_biased() {
    for factor in [0.8, 1.2] {
        assert_eq!(passed(&with_noise_in_the_data(factor), UNBIASED), Some(false), "noise × {factor}");
    }
    assert_eq!(passed(&with_noise_in_the_data(1.0), UNBIASED), Some(true));
}

/// The estimate is about the students that were trained, not about others.
#[test]
fn an_estimate_of_another_student_is_biased() {
    let verdicts = judge(&StoppingWithoutValidation { seeds: 100, ..config() }, |run| match run.clone() {
        Run::Simulation(Experiment::Aligned(mut spec)) if spec.draw.run < INDEPENDENT_RUNS => {
            spec.student.epsilon *= 10.0;
            Run::Simulation(Experiment::Aligned(spec))
        }
        other => other,
    });
    assert_eq!(passed(&verdicts, UNBIASED), Some(false));
}

/// The verdicts on rules with these mean errors, beside a best of 1.
fn with_rules(known: f64, estimated: f64, held_out: f64, again: f64) -> Vec<Verdict> {
    let around =
        |mean: f64, period: u64| (0..40).map(move |run| mean + 0.01 * ((run % period) as f64 - (period / 2) as f64));
    let all = |mean, period| around(mean, period).collect::<Vec<f64>>();
    let outcome = StoppingOutcome {
        best: vec![1.0; 40],
        by_risk_of_known_noise: all(known, 5),
        by_risk: all(estimated, 5),
        at_fixed_time: all(1.0, 5),
        held_out: all(held_out, 5),
        trained_again: all(again, 8),
    };
    let outcome = Found::made(crate::runs::run::Outcome::Stopping(outcome));
    let stopped = Stopped { strengths: vec![2.0], outcome, bound: Some(0.05), at_threshold: false };
    let config = StoppingWithoutValidation { noise_matters_below: 0.02, ..config() };
    config.claims(&[], &[stopped]).expect("claims of what is there").judge(None)
}

#[test]
fn claims_of_cost_can_fail() {
    let claims = [BOUND, VALIDATION, AGAIN, NOISE];
    let outcomes = |verdicts: &[Verdict]| claims.map(|claim| passed(verdicts, claim));
    assert_eq!(outcomes(&with_rules(1.02, 1.02, 1.3, 1.1)), [Some(true); 4]);
    assert_eq!(outcomes(&with_rules(1.02, 1.1, 1.3, 1.2)), [Some(false), Some(true), Some(true), Some(false)]);
    assert_eq!(outcomes(&with_rules(1.04, 1.04, 1.02, 1.01))[1..], [Some(false), Some(false), Some(true)]);
}
