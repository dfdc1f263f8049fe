//! Every verdict passes on the right input and fails on a wrong one.

use super::NonGradient;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::trial::{five_percent_in_ln, lines_can_fail, passed, smoke, verdicts as judge};
use sim::Experiment;

fn config() -> NonGradient {
    smoke("fig14_non_gradient")
}

/// Changes the noise of the data that are shrunk and leaves students and tolerances alone.
fn with_noise(run: &Run, factor: f64) -> Run {
    match run.clone() {
        Run::Simulation(Experiment::Spectrum(mut spec)) => {
            spec.task.noise *= factor;
            Run::Simulation(Experiment::Spectrum(spec))
        }
        other => other,
    }
}

#[test]
fn right_inputs_pass() {
    let verdicts = judge(&config(), Run::clone);
    for verdict in &verdicts {
        assert_ne!(verdict.outcome, Outcome::Departs, "{verdict:?}");
    }
    assert!(verdicts.iter().filter(|v| v.outcome == Outcome::Holds).count() >= 5, "{verdicts:#?}");
}

#[test]
fn the_algorithm_fails_on_data_of_another_noise() {
    for factor in [0.5, 2.0] {
        let verdicts = judge(&config(), |run| with_noise(run, factor));
        for claim in ["ln ε_te on data, the noise known: simulation", "noise estimated: simulation"] {
            assert_eq!(passed(&verdicts, claim), Some(false), "{claim}, noise × {factor}");
        }
    }
}

#[test]
fn the_ratio_departs_for_students_that_learned_other_data() {
    let verdicts = judge(&config(), |run| match run.clone() {
        Run::Simulation(Experiment::Aligned(mut spec)) if spec.draw.run < INDEPENDENT_RUNS => {
            spec.task.noise *= 0.5;
            Run::Simulation(Experiment::Aligned(spec))
        }
        other => other,
    });
    assert_eq!(passed(&verdicts, "paired ratio of the two errors on data, the noise known: sim"), Some(false));
    assert_eq!(passed(&verdicts, "ln ε_te on data, the noise known: simulation"), Some(true));
}

#[test]
fn lines_that_are_off_are_noticed() {
    // A ratio near 1 grows by nearly as much as a logarithm.
    lines_can_fail(&NonGradient { seeds: 2, paired_seeds: 2, draws: 800, ..config() }, five_percent_in_ln);
}

#[test]
fn the_wrong_teacher_does_not_pay_most() {
    let config = NonGradient { pays_most: vec![2.0], ..config() };
    assert_eq!(passed(&judge(&config, Run::clone), "in closed form shrinkage pays most"), Some(false));
}

#[test]
fn paying_most_fails_for_another_teacher() {
    // More seeds than smoke has, so that the claim is judged.
    let config = NonGradient { paired_seeds: 40, teachers: vec![vec![2.0], vec![3.0, 2.5, 2.0, 1.5]], ..config() };
    assert_eq!(passed(&judge(&config, Run::clone), "on data shrinkage pays most"), Some(true));
    // More noise than the algorithm is told of, in the data of the teacher with weak modes.
    let verdicts = judge(&config, |run| match run {
        Run::Simulation(Experiment::Spectrum(spec)) if spec.task.rank() == 4 => with_noise(run, 2.0),
        _ => run.clone(),
    });
    assert_eq!(passed(&verdicts, "on data shrinkage pays most"), Some(false));
}
