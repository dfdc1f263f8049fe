//! Every verdict passes on the right input and fails on a wrong one.

use super::LearningCurves;
use crate::study::elements::INDEPENDENT_RUNS;
use crate::runs::run::Run;
use crate::study::trial::{passed, smoke, verdicts};
use sim::{AlignedSpec, Experiment, LinearSpec, Start, Stepping};

fn config() -> LearningCurves {
    smoke("fig03_single_hidden_layer")
}

/// Changes the students that are judged and leaves what the tolerance comes from alone.
fn judged(run: &Run, change: impl Fn(Experiment) -> Experiment) -> Run {
    match run {
        Run::Simulation(Experiment::Aligned(spec)) if spec.draw.run >= INDEPENDENT_RUNS => run.clone(),
        Run::Simulation(experiment) => Run::Simulation(change(experiment.clone())),
        _ => run.clone(),
    }
}

fn with_noise(factor: f64, mut experiment: Experiment) -> Experiment {
    match &mut experiment {
        Experiment::Aligned(AlignedSpec { task, .. }) | Experiment::Linear(LinearSpec { task, .. }) => {
            task.noise *= factor
        }
        _ => {}
    }
    experiment
}

fn with_epsilon(factor: f64, mut experiment: Experiment) -> Experiment {
    match &mut experiment {
        Experiment::Aligned(AlignedSpec { student, .. }) | Experiment::Linear(LinearSpec { student, .. }) => {
            student.epsilon *= factor
        }
        _ => {}
    }
    experiment
}

/// The aligned student of a random one and the other way round.
fn swapped(experiment: Experiment) -> Experiment {
    match experiment {
        Experiment::Aligned(AlignedSpec { task, student, training, draw, .. }) => Experiment::Linear(LinearSpec {
            task,
            student,
            start: Start::Random,
            training,
            tracked_modes: 0,
            stepping: Stepping::Jumps,
            draw,
        }),
        Experiment::Linear(LinearSpec { task, student, start: Start::Random, training, draw, .. }) => {
            Experiment::Aligned(AlignedSpec { task, student, training, tracked_modes: 0, draw })
        }
        other => other,
    }
}

#[test]
fn right_inputs_pass() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_ne!(verdict.passed, Some(false), "{verdict:?}");
    }
}

#[test]
fn curves_fail_without_noise_with_another_start_and_with_another_shape() {
    let without_noise = verdicts(&config(), |run| judged(run, |e| with_noise(0.0, e)));
    let larger_start = verdicts(&config(), |run| judged(run, |e| with_epsilon(10.0, e)));
    let wrong_aspect_ratio = verdicts(&config(), |run| {
        judged(run, |mut experiment| {
            if let Experiment::Aligned(AlignedSpec { task, .. }) = &mut experiment {
                task.outputs = vec![2 * task.outputs[0]];
            }
            experiment
        })
    });
    for claim in ["train error lies on", "test error lies on"] {
        assert_eq!(passed(&without_noise, claim), Some(false), "{claim}, no noise");
        assert_eq!(passed(&larger_start, claim), Some(false), "{claim}, ε × 10");
        assert_eq!(passed(&wrong_aspect_ratio, claim), Some(false), "{claim}, wrong A");
    }
    assert_eq!(passed(&without_noise, "band of single draws"), Some(false));
}

#[test]
fn delays_fail_with_the_starts_swapped() {
    let verdicts = verdicts(&config(), |run| judged(run, swapped));
    assert_eq!(passed(&verdicts, "is later by"), Some(false));
    assert_eq!(passed(&verdicts, "exact solution predicts"), Some(false));
}

#[test]
fn least_errors_fail_when_random_students_see_more_noise() {
    let verdicts = verdicts(&config(), |run| {
        judged(run, |experiment| match experiment {
            Experiment::Linear(spec) => with_noise(2.0, Experiment::Linear(spec)),
            other => other,
        })
    });
    assert_eq!(passed(&verdicts, "least ln ε_te of random"), Some(false));
}

#[test]
fn the_recursion_fails_on_other_data() {
    let verdicts = verdicts(&config(), |run| {
        judged(run, |mut experiment| {
            if let Experiment::Linear(LinearSpec { start: Start::TrainingAligned, draw, .. }) = &mut experiment {
                draw.run += 1;
            }
            experiment
        })
    });
    assert_eq!(passed(&verdicts, "scalar recursion"), Some(false));
}

#[test]
fn right_inputs_pass_with_three_hidden_layers() {
    let config: LearningCurves = smoke("fig04_deeper_networks");
    for verdict in verdicts(&config, Run::clone) {
        assert_ne!(verdict.passed, Some(false), "{verdict:?}");
    }
}

#[test]
fn three_hidden_layers_fail_with_another_start_and_with_the_starts_swapped() {
    let config: LearningCurves = smoke("fig04_deeper_networks");
    let larger_start = verdicts(&config, |run| judged(run, |e| with_epsilon(10.0, e)));
    assert_eq!(passed(&larger_start, "train error lies on"), Some(false));
    assert_eq!(passed(&larger_start, "test error lies on"), Some(false));
    let deep = |experiment: &Experiment| match experiment {
        Experiment::Aligned(AlignedSpec { student, .. }) | Experiment::Linear(LinearSpec { student, .. }) => {
            student.layers == 4
        }
        _ => false,
    };
    let verdicts = verdicts(&config, |run| judged(run, |e| if deep(&e) { swapped(e) } else { e }));
    assert_eq!(passed(&verdicts, "is larger than with L = 2"), Some(false));
    assert_eq!(passed(&verdicts, "is later"), Some(false));
}
