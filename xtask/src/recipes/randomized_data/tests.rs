//! Every verdict passes on the right input and fails on a wrong one.

use super::RandomizedData;
use crate::study::elements::INDEPENDENT_RUNS;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::trial::{passed, smoke, verdicts};
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
fn right_inputs_pass() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_eq!(verdict.outcome, Outcome::Holds, "{verdict:?}");
    }
}

#[test]
fn everything_fails_with_the_two_kinds_of_data_swapped() {
    let found = verdicts(&config(), |run| {
        judged(run, |spec| {
            spec.task.labels =
                if spec.task.labels == Labels::Structured { Labels::Shuffled } else { Labels::Structured };
        })
    });
    for verdict in found {
        assert_eq!(verdict.outcome, Outcome::Departs, "{verdict:?}");
    }
}

#[test]
fn data_without_noise_have_no_bulk() {
    let found = verdicts(&config(), |run| judged(run, |spec| spec.task.noise = 0.0));
    assert_eq!(passed(&found, "end where predicted"), Some(false));
}
