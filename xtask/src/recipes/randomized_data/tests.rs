//! Every verdict passes on the right input and fails on a wrong one.

use super::RandomizedData;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::trial::{assembled, passed, smoke, verdicts};
use sim::{Experiment, Labels, LinearSpec};

fn config() -> RandomizedData {
    smoke("fig06_randomized_data")
}

/// Changes the students and their data, and leaves the independent data sets alone.
fn judged(run: &Run, change: impl Fn(&mut LinearSpec)) -> Run {
    match run {
        Run::Simulation(Experiment::Linear(spec)) if spec.draw.run < INDEPENDENT_RUNS => {
            let mut spec = spec.clone();
            change(&mut spec);
            Experiment::Linear(spec).into()
        }
        other => other.clone(),
    }
}

#[test]
fn right_inputs_are_not_contradicted() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_ne!(verdict.outcome, Outcome::Departs, "{verdict:?}");
    }
}

#[test]
fn claims_about_students_depart_with_the_two_kinds_of_data_swapped() {
    let found = verdicts(&config(), |run| {
        judged(run, |spec| {
            spec.task.labels =
                if spec.task.labels == Labels::Structured { Labels::Shuffled } else { Labels::Structured };
        })
    });
    for claim in ["signal values: simulation", "both bulks: simulation", "sinks", "raises both ends", "earlier"] {
        assert_eq!(passed(&found, claim), Some(false), "{claim}");
    }
}

#[test]
fn lines_depart_from_draws_with_other_noise_or_strengths() {
    // The draws are sampled at every size with the wrong task, the students with the right one.
    let config = RandomizedData { ensemble_draws: 80, ..config() };
    let drawn = |change: fn(&mut sim::TaskSpec)| {
        verdicts(&config, move |run| match run.clone() {
            Run::Simulation(Experiment::Spectrum(mut spec)) => {
                change(&mut spec.task);
                Run::Simulation(Experiment::Spectrum(spec))
            }
            other => other,
        })
    };
    let found = drawn(|task| task.noise *= 1.5);
    for claim in ["both bulks: draws", "both bulks: simulation"] {
        assert_eq!(passed(&found, claim), Some(false), "{claim}");
    }
    let found = drawn(|task| task.teacher.strengths[0].iter_mut().for_each(|strength| *strength *= 1.03));
    assert_eq!(passed(&found, "signal values: draws"), Some(false));
}

/// The ends of a bulk are met as n^(−2/3) only: in networks this small they must be far off to be noticed.
#[test]
fn lines_that_are_off_are_noticed() {
    let assembled = assembled(&RandomizedData { ensemble_draws: 80, ..config() }, Run::clone);
    for (factor, claim) in [(1.05, "signal values: draws"), (2.0, "both bulks: draws")] {
        let wrong = assembled.claims.clone().with_lines(|line| factor * line).judge(None);
        assert_eq!(passed(&wrong, claim), Some(false), "{claim}, × {factor}: {wrong:#?}");
    }
}
