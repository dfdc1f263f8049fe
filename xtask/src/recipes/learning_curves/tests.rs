//! Every verdict passes on the right input and fails on a wrong one.

use super::{LearningCurves, strengths_of};
use crate::runs::ensemble::EnsembleOutcome;
use crate::runs::results::Results;
use crate::runs::run::{self, Run};
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::trial::{find, five_percent_in_ln, lines_can_fail, passed, smoke, verdicts};
use crate::study::{Outcome, Recipe as _};
use sim::{AlignedSpec, Experiment, LinearSpec, Start, Stepping};
use std::sync::Arc;

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
fn right_inputs_are_not_contradicted() {
    for stem in ["fig03_single_hidden_layer", "fig04_deeper_networks"] {
        let config: LearningCurves = smoke(stem);
        for verdict in verdicts(&config, Run::clone) {
            assert_ne!(verdict.outcome, Outcome::Departs, "{stem}: {verdict:?}");
        }
    }
}

#[test]
fn lines_that_are_off_are_noticed() {
    // Draws alone judge a line: three times as many as at smoke scale see 5 %.
    lines_can_fail(&LearningCurves { aligned_draws: 400, line_seeds: 2, seeds: 2, ..config() }, five_percent_in_ln);
}

#[test]
fn students_with_other_noise_start_or_shape_are_not_those_that_were_drawn() {
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
    for claim in ["train error over time: simulation", "test error over time: simulation"] {
        assert_eq!(passed(&without_noise, claim), Some(false), "{claim}, no noise");
        assert_eq!(passed(&larger_start, claim), Some(false), "{claim}, ε × 10");
        assert_eq!(passed(&wrong_aspect_ratio, claim), Some(false), "{claim}, wrong A");
    }
    // Without noise the test error falls to the end: there is no optimum to be counted.
    assert_eq!(passed(&without_noise, "band of single draws"), None);
    let noisier = verdicts(&config(), |run| judged(run, |e| with_noise(3.0, e)));
    assert_eq!(passed(&noisier, "band of single draws"), Some(false));
}

/// What a seed that draws and students share would do.
#[test]
fn students_on_the_data_of_the_draws_are_noticed() {
    let config = LearningCurves { line_seeds: 20, ..config() };
    let mut results = Results::compute(&config.runs(), Run::clone).unwrap();
    let shown = |results: &Results| passed(&config.assemble(results).unwrap().judge(None), "share no data");
    assert_eq!(shown(&results), Some(true));
    let times = config.setup().times_of(&config.point_epochs());
    for condition in config.wanted().read(&results).unwrap().conditions {
        let strengths = strengths_of(condition.rank, condition.snr);
        let spec = config.setup().ensemble(&strengths, Start::TrainingAligned, &times, config.aligned_draws);
        let students = condition.aligned.optimum(0).unwrap().log_error;
        let draws = EnsembleOutcome { least_test: students, ..condition.draws.here().clone() };
        results.insert(Run::from(spec).description().unwrap(), Arc::new(run::Outcome::Ensemble(draws)));
    }
    assert_eq!(shown(&results), Some(false));
}

#[test]
fn a_wrong_delay_is_not_the_predicted_one() {
    let verdicts = verdicts(&config(), |run| judged(run, swapped));
    assert_eq!(passed(&verdicts, "exact solution predicts"), Some(false));
}

#[test]
fn paired_claims_depart_with_enough_seeds() {
    // 20 seeds of cheap students: an exact interval of the median needs as many.
    let config =
        LearningCurves { seeds: 20, curve_snrs: vec![4.0], optimum_snrs: vec![4.0], random_draws: 0, ..config() };
    let noisier = |run: &Run| {
        judged(run, |experiment| match experiment {
            Experiment::Linear(spec) => with_noise(2.0, Experiment::Linear(spec)),
            other => other,
        })
    };
    assert_eq!(passed(&verdicts(&config, noisier), "least ln ε_te of random"), Some(false));
    let delays = |substitute: &(dyn Fn(&Run) -> Run + Sync)| {
        passed(&verdicts(&config, substitute), "random students' t_opt is later by up to")
    };
    assert_eq!(delays(&|run| judged(run, swapped)), Some(false));
}

#[test]
fn the_recursion_departs_on_other_data() {
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
fn claims_about_students_that_were_stopped_too_soon_are_not_judged() {
    // The strongest mode is learned after 1.5 τ; this training ends at 1 τ.
    let config = LearningCurves { epochs: 1000, time_range: (0.0, 1.0), point_times: 2, ..config() };
    let verdicts = verdicts(&config, Run::clone);
    for claim in ["later by up to", "least ln ε_te of random", "exact solution predicts", "band of single draws"] {
        let verdict = find(&verdicts, claim);
        assert_eq!(verdict.outcome, Outcome::NotJudged, "{verdict:?}");
        assert!(verdict.text.contains("last epoch"), "{verdict:?}");
    }
}
