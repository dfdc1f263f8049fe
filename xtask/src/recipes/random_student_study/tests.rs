//! Every verdict passes on the right input and fails on a wrong one.

use super::{RandomStudentStudy, Recipe as _};
use crate::config::Scale;
use crate::recipes::learning_curves::LearningCurves;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::trial::{at_scale, passed, smoke, verdicts};
use sim::{AlignedSpec, Experiment, LinearSpec, Start};

fn config() -> RandomStudentStudy {
    smoke("figx1_random_student")
}

/// Changes the students that are judged.
fn judged(change: impl Fn(&mut Experiment) + Sync) -> impl Fn(&Run) -> Run + Sync {
    move |run| {
        let mut run = run.clone();
        match &mut run {
            Run::Simulation(Experiment::Aligned(spec)) if spec.draw.run >= INDEPENDENT_RUNS => {}
            Run::Simulation(experiment) => change(experiment),
            _ => {}
        }
        run
    }
}

#[test]
fn right_inputs_pass() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_ne!(verdict.outcome, Outcome::Departs, "{verdict:?}");
    }
}

#[test]
fn lines_and_bands_fail_with_twice_the_noise() {
    let verdicts = verdicts(
        &config(),
        judged(|experiment| {
            if let Experiment::Aligned(AlignedSpec { task, .. }) | Experiment::Linear(LinearSpec { task, .. }) =
                experiment
            {
                task.noise *= 2.0;
            }
        }),
    );
    for claim in ["lies on the exact line", "aligned students' least", "random students' least"] {
        assert_eq!(passed(&verdicts, claim), Some(false), "{claim}: {verdicts:#?}");
    }
}

#[test]
fn delay_and_alignment_fail_with_aligned_students() {
    let verdicts = verdicts(
        &config(),
        judged(|experiment| {
            if let Experiment::Linear(LinearSpec { start, .. }) = experiment {
                *start = Start::TrainingAligned;
            }
        }),
    );
    for claim in ["relative delay", "alignment |v·v̂|"] {
        assert_eq!(passed(&verdicts, claim), Some(false), "{claim}: {verdicts:#?}");
    }
}

/// At the first ε the students, the exact lines and the references are fig03's, so nothing is done twice.
#[test]
fn runs_are_shared() {
    for scale in [Scale::Paper, Scale::Smoke] {
        let study: RandomStudentStudy = at_scale("figx1_random_student", scale);
        let others = at_scale::<LearningCurves>("fig03_single_hidden_layer", scale).runs();
        let setup = study.first_setup();
        for &snr in &study.curve_snrs {
            let task = setup.task(&[snr]);
            assert!(others.contains(&setup.linear(task.clone(), Start::Random, 1, 0).into()), "SNR {snr}");
            assert!(others.contains(&setup.aligned(task, INDEPENDENT_RUNS, 2).into()), "SNR {snr}");
            assert!(others.contains(&study.exact(&setup, snr).into()), "SNR {snr}");
        }
    }
}
