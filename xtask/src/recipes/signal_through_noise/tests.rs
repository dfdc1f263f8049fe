//! Every verdict passes on the right input and fails on a wrong one.

use super::SignalThroughNoise;
use crate::study::elements::INDEPENDENT_RUNS;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::trial::{passed, smoke, verdicts};
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
fn right_inputs_pass() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_eq!(verdict.outcome, Outcome::Holds, "{verdict:?}");
    }
}

#[test]
fn noiseless_data_fail_everywhere() {
    for verdict in verdicts(&config(), |run| judged(run, |task, _| task.noise = 0.0)) {
        // At this size one draw of a strength scatters by more than noise lifts it; more noise is told apart below.
        let unharmed =
            verdict.claim.contains("as many singular values") || verdict.claim.contains("predicted singular values");
        assert_eq!(verdict.outcome == Outcome::Holds, unharmed, "{verdict:?}");
    }
}

#[test]
fn another_shape_fails() {
    let found = verdicts(&config(), |run| judged(run, |task, _| task.outputs[0] *= 2));
    for claim in ["the bulk's law", "strengths lie on", "overlaps lie on"] {
        assert_eq!(passed(&found, claim), Some(false), "{claim}");
    }
}

#[test]
fn three_times_the_noise_moves_the_teachers_values() {
    let found = verdicts(&config(), |run| judged(run, |task, _| task.noise *= 3.0));
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
