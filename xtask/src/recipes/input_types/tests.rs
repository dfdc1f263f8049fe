//! Every verdict passes on the right input and fails on a wrong one.

use super::InputTypes;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::trial::{passed, smoke, verdicts};
use sim::{Experiment, InputKind, TaskSpec};

fn config() -> InputTypes {
    let mut config: InputTypes = smoke("fig13_input_types");
    config.noises = vec![1.0];
    config
}

fn changed(run: &Run, change: impl Fn(&mut TaskSpec)) -> Run {
    let mut run = run.clone();
    if let Run::Simulation(Experiment::Linear(spec)) = &mut run {
        change(&mut spec.task);
    }
    run
}

#[test]
fn right_inputs_pass() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_ne!(verdict.outcome, Outcome::Departs, "{verdict:?}");
    }
}

#[test]
fn white_inputs_differ_when_one_kind_sees_no_noise() {
    let found = verdicts(&config(), |run| {
        changed(run, |task| {
            if task.input_kind == InputKind::Orthonormal {
                task.noise = 0.0;
            }
        })
    });
    assert_eq!(passed(&found, "differ by less than"), Some(false));
}

#[test]
fn order_fails_with_the_inputs_swapped() {
    let found = verdicts(&config(), |run| {
        changed(run, |task| {
            task.input_kind = match task.input_kind {
                InputKind::OneHot => InputKind::Gaussian,
                InputKind::Gaussian => InputKind::OneHot,
                InputKind::Orthonormal => InputKind::Orthonormal,
            };
        })
    });
    assert_eq!(passed(&found, "earlier"), Some(false));
    assert_eq!(passed(&found, "higher least ln"), Some(false));
}

#[test]
fn without_noise_nothing_rises() {
    let found = verdicts(&config(), |run| changed(run, |task| task.noise = 0.0));
    assert_eq!(passed(&found, "rises again"), Some(false));
}
