//! Every verdict passes on the right input and fails on a wrong one.

use super::{AlignmentLag, Recipe as _};
use crate::config::Scale;
use crate::recipes::learning_curves::LearningCurves;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::trial::{at_scale, passed, smoke, verdicts};
use sim::{Experiment, LinearSpec};

/// As many seeds as an exact interval of the median needs.
fn config() -> AlignmentLag {
    AlignmentLag { seeds: 16, ..smoke("fig10_alignment_lag") }
}

fn changed(change: impl Fn(&mut LinearSpec) + Sync) -> impl Fn(&Run) -> Run + Sync {
    move |run| match run {
        Run::Simulation(Experiment::Linear(spec)) => {
            let mut spec = spec.clone();
            change(&mut spec);
            Run::Simulation(Experiment::Linear(spec))
        }
        other => other.clone(),
    }
}

#[test]
fn right_inputs_pass() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_ne!(verdict.outcome, Outcome::Departs, "{verdict:?}");
    }
}

/// A student that starts at half its goal has grown before it has turned.
#[test]
fn the_lead_fails_with_a_large_start() {
    let verdicts = verdicts(&config(), changed(|spec| spec.student.epsilon = 1.5));
    assert_eq!(passed(&verdicts, "before s/ŝ"), Some(false));
}

/// Nothing but noise: the second and third modes are neighbours in the bulk, and turn together.
#[test]
fn the_order_fails_without_a_teacher_to_learn() {
    let verdicts = verdicts(&config(), changed(|spec| spec.task.teacher.strengths[0].fill(1e-3)));
    assert_ne!(passed(&verdicts, "stronger modes"), Some(true));
}

#[test]
fn depths_fail_when_all_students_have_the_same() {
    let verdicts = verdicts(
        &config(),
        changed(|spec| {
            spec.student.layers = 2;
        }),
    );
    assert_eq!(passed(&verdicts, "deeper students"), Some(false));
}

/// The students are fig03's and fig04's, so nothing is trained twice.
#[test]
fn students_are_shared() {
    for scale in [Scale::Paper, Scale::Smoke] {
        let lag: AlignmentLag = at_scale("fig10_alignment_lag", scale);
        let others = ["fig03_single_hidden_layer", "fig04_deeper_networks"]
            .map(|stem| at_scale::<LearningCurves>(stem, scale).runs())
            .concat();
        let shared = lag.runs().iter().filter(|run| others.contains(run)).count();
        assert_eq!(shared, lag.runs().len(), "{}", scale.name());
    }
}
