//! Every verdict passes on the right input and fails on a wrong one.

use super::SignalThroughNoise;
use crate::runs::run::Run;
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::trial::{assembled, five_percent, passed, smoke, verdicts};
use crate::study::{Assembled, Outcome, Verdict};
use sim::{Experiment, SpectrumExtent, TaskSpec};

/// Smaller than smoke scale, where a second is a long time.
fn config() -> SignalThroughNoise {
    let mut config: SignalThroughNoise = smoke("fig02_signal_through_noise");
    config.inputs = 80;
    config.histogram.outputs = 40;
    config.transition.aspect_ratios = vec![0.25, 1.0];
    config
}

/// Changes the data that are judged and leaves the independent draws alone.
fn judged(run: &Run, change: impl Fn(&mut TaskSpec, SpectrumExtent)) -> Run {
    match run {
        Run::Simulation(Experiment::Spectrum(spec)) if spec.draw.run < INDEPENDENT_RUNS => {
            let mut spec = spec.clone();
            change(&mut spec.task, spec.extent);
            Experiment::Spectrum(spec).into()
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

/// Changes every data matrix, those that judge, too.
fn every(change: impl Fn(&mut TaskSpec) + Sync) -> Vec<Verdict> {
    verdicts(&config(), |run| match run.clone() {
        Run::Simulation(Experiment::Spectrum(mut spec)) => {
            change(&mut spec.task);
            Run::Simulation(Experiment::Spectrum(spec))
        }
        other => other,
    })
}

#[test]
fn lines_depart_from_data_with_other_noise_or_shape() {
    let above = ["ŝ above the threshold: draws", "O above the threshold: draws"];
    for (name, found) in [("noise × 2", every(|task| task.noise *= 2.0)), ("no noise", every(|task| task.noise = 0.0))]
    {
        for claim in above {
            assert_eq!(passed(&found, claim), Some(false), "{claim}, {name}");
        }
    }
    // The strength of a strong mode hardly knows the shape; its overlaps do.
    assert_eq!(passed(&every(|task| task.outputs[0] *= 2), above[1]), Some(false), "A × 2");
    // Teachers that are stronger by 3 %, with as many draws as show it.
    let mut config = SignalThroughNoise { ensemble_draws: 400, ..config() };
    config.transition.strengths = vec![4.0];
    let found = verdicts(&config, |run| match run.clone() {
        Run::Simulation(Experiment::Spectrum(mut spec)) => {
            let weak = spec.task.teacher.strengths[0].iter_mut().filter(|strength| **strength < 10.0);
            weak.for_each(|strength| *strength *= 1.03);
            Run::Simulation(Experiment::Spectrum(spec))
        }
        other => other,
    });
    assert_eq!(passed(&found, above[0]), Some(false));
}

#[test]
fn lines_that_are_off_are_noticed() {
    // Below the threshold the overlap's line is 0, of which 5 % more is no error.
    let mut config = SignalThroughNoise { ensemble_draws: 200, ..config() };
    config.transition.strengths = vec![3.0];
    let assembled = assembled(&config, Run::clone);
    let wrong = Assembled { claims: assembled.claims.clone().with_lines(five_percent), ..assembled.clone() };
    let (right, wrong) = (assembled.judge(None), wrong.judge(None));
    for claim in ["ŝ above the threshold: draws", "O above the threshold: draws"] {
        assert_eq!((passed(&right, claim), passed(&wrong, claim)), (Some(true), Some(false)), "{claim}");
    }
}

#[test]
fn another_shape_or_noise_moves_the_histogram() {
    let found = every(|task| task.outputs[0] *= 2);
    assert_ne!(passed(&found, "the bulk's law"), Some(true));
    let found = every(|task| task.noise *= 3.0);
    assert_eq!(passed(&found, "predicted singular values"), Some(false));
}

#[test]
fn a_hidden_mode_is_counted() {
    let found = verdicts(&config(), |run| {
        judged(run, |task, extent| {
            if extent == SpectrumExtent::All {
                task.teacher.strengths[0].push(2.5);
            }
        })
    });
    assert_eq!(passed(&found, "as many singular values"), Some(false));
}
