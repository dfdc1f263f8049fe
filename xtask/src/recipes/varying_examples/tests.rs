//! Every verdict passes on the right input and fails on a wrong one.

use super::VaryingExamples;
use crate::config::Scale;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::trial::{at_scale, lines_can_fail, passed, smoke, verdicts};
use sim::{AlignedSpec, Experiment, InputKind, LinearSpec, TaskSpec};

fn config() -> VaryingExamples {
    smoke("fig11_varying_examples")
}

/// Changes the tasks of the students that are judged.
fn judged(change: impl Fn(&mut TaskSpec) + Sync) -> impl Fn(&Run) -> Run + Sync {
    move |run| {
        let mut run = run.clone();
        match &mut run {
            Run::Simulation(Experiment::Aligned(AlignedSpec { task, draw, .. })) if draw.run < INDEPENDENT_RUNS => {
                change(task)
            }
            Run::Simulation(Experiment::Linear(LinearSpec { task, .. })) => change(task),
            _ => {}
        }
        run
    }
}

/// Claims that fail when the runs are changed.
fn fail(change: impl Fn(&mut TaskSpec) + Sync, claims: &[&str]) {
    let verdicts = verdicts(&config(), judged(change));
    for claim in claims {
        assert_eq!(passed(&verdicts, claim), Some(false), "{claim}: {verdicts:#?}");
    }
}

#[test]
fn right_inputs_are_not_contradicted() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_ne!(verdict.outcome, Outcome::Departs, "{verdict:?}");
    }
}

#[test]
fn lines_that_are_off_are_noticed() {
    let paper: VaryingExamples = at_scale("fig11_varying_examples", Scale::Paper);
    let (examples, snrs) = (vec![paper.inputs], vec![8.0]);
    let few = VaryingExamples { curve_examples: examples.clone(), examples, snrs, curve_snr: 8.0, ..paper };
    // 20 % of the least error at SNR 8, with 200 draws; with all of the figure's half as much shows.
    lines_can_fail(&VaryingExamples { aligned_draws: 200, seeds: 1, ..few }, |line| line + 1.2_f64.ln());
}

#[test]
fn draws_do_not_agree_with_students_that_see_twice_the_noise() {
    let claims = ["train error over time for every P: sim", "test error over time for every P: sim", "and SNR: sim"];
    fail(|task| task.noise *= 2.0, &claims);
}

/// The fewest and the most examples exchanged.
#[test]
fn errors_do_not_fall_with_examples_in_reverse() {
    let reversed = |examples: usize| match examples {
        6 => 120,
        120 => 6,
        square => square,
    };
    fail(|task| task.examples = reversed(task.examples), &["falls from the fewest"]);
}

/// One of the others in the place of P = N₁.
#[test]
fn peaks_fail_when_another_number_takes_their_place() {
    fail(
        |task| {
            if task.examples == 30 {
                task.examples = 6
            }
        },
        &["final ln ε_te"],
    );
}

#[test]
fn gaussian_inputs_with_less_noise_are_not_shown_to_be_worse() {
    let change = |task: &mut TaskSpec| {
        if task.input_kind == InputKind::Gaussian {
            task.noise = 0.3
        }
    };
    assert_ne!(passed(&verdicts(&config(), judged(change)), "have a higher least"), Some(true));
}
