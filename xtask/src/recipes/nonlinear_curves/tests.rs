//! Every verdict passes on the right input and fails on a wrong one.

use super::{Measured, NonlinearCurves, SeedNumbers};
use crate::run::Run;
use crate::trial::{passed, smoke, verdicts};
use sim::{Experiment, LeakyReluSpec};

const STAGES: &str = "falls in stages";
const MINIMUM: &str = "interior minimum";
const EARLIER: &str = "learned earlier";
const LOWER: &str = "lower least test error";

fn config() -> NonlinearCurves {
    smoke("fig05_nonlinear_networks")
}

/// Numbers that meet all claims: every column, two seeds.
fn right(config: &NonlinearCurves) -> Vec<Measured> {
    let mut all = Vec::new();
    for (column, (depth, rank)) in config.settings().into_iter().enumerate() {
        for &snr in &config.snrs {
            let seed = SeedNumbers {
                stages: rank,
                learned: 1.0 / snr,
                least: -snr.ln(),
                stopping: 2.0 / snr,
                first: 0.0,
                last: 0.5,
            };
            all.push(Measured { column, depth, rank, snr, linear_stages: rank, seeds: vec![seed; 2] });
        }
    }
    all
}

/// Whether the claim holds after one seed of one condition was changed.
fn after(part: &str, change: impl Fn(&mut SeedNumbers)) -> Option<bool> {
    let config = config();
    let mut measured = right(&config);
    let last = measured.len() - 1;
    change(&mut measured[last].seeds[1]);
    passed(&config.verdicts(&measured), part)
}

#[test]
fn each_claim_fails_when_a_single_student_breaks_it() {
    for claim in [STAGES, MINIMUM, EARLIER, LOWER] {
        assert_eq!(after(claim, |_| {}), Some(true), "{claim}");
    }
    assert_eq!(after(STAGES, |s| s.stages = 0), Some(false));
    assert_eq!(after(MINIMUM, |s| s.last = s.least), Some(false));
    assert_eq!(after(MINIMUM, |s| s.first = s.least), Some(false));
    assert_eq!(after(EARLIER, |s| s.learned = 100.0), Some(false));
    assert_eq!(after(EARLIER, |s| s.learned = f64::INFINITY), Some(false));
    assert_eq!(after(LOWER, |s| s.least = 0.0), Some(false));
    assert_eq!(after(LOWER, |s| s.least = f64::NAN), Some(false));
}

#[test]
fn students_that_have_not_begun_to_learn_are_told_and_not_judged() {
    let config = config();
    let mut measured = right(&config);
    let unborn = |s: &mut SeedNumbers| (s.stages, s.learned, s.least, s.last) = (0, f64::INFINITY, 0.0, 0.0);
    unborn(&mut measured[0].seeds[1]);
    let verdicts = config.verdicts(&measured);
    for claim in [STAGES, MINIMUM] {
        assert_eq!(passed(&verdicts, claim), Some(true), "{claim}");
        let told = verdicts.iter().find(|v| v.claim.contains(claim)).unwrap();
        assert!(told.measured.contains("1 of 2 at L = 2, rank 1, SNR 10"), "{}", told.measured);
    }
    measured.iter_mut().flat_map(|m| &mut m.seeds).for_each(unborn);
    let verdicts = config.verdicts(&measured);
    for claim in [STAGES, MINIMUM] {
        assert_eq!(passed(&verdicts, claim), None, "{claim}");
    }
    assert_eq!(passed(&verdicts, EARLIER), Some(false));
}

/// Smoke with its first column alone, every student's description changed.
fn wrong(change: impl Fn(&mut LeakyReluSpec) + Sync) -> Vec<crate::comparison::Verdict> {
    let config = config();
    let config = NonlinearCurves { depths: config.depths[..1].to_vec(), ranks: config.ranks[..1].to_vec(), ..config };
    verdicts(&config, |run| match run.clone() {
        Run::Simulation(Experiment::LeakyRelu(mut spec)) => {
            change(&mut spec);
            Run::Simulation(Experiment::LeakyRelu(spec))
        }
        other => other,
    })
}

#[test]
fn right_students_pass() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_eq!(verdict.passed, Some(true), "{verdict:#?}");
    }
}

#[test]
fn wrong_students_fail() {
    // Nothing to overfit.
    assert_eq!(passed(&wrong(|spec| spec.task.noise = 0.0), MINIMUM), Some(false));
    // Noise alone: no signal to be learned in a stage of its own.
    let signal_lost = wrong(|spec| spec.task.teacher.strengths[0].iter_mut().for_each(|s| *s *= 0.01));
    assert_eq!(passed(&signal_lost, STAGES), Some(false));
    // The order of the SNRs is turned round: s̄ becomes its inverse, up to a factor.
    let config = config();
    let product = config.snrs[0] * config.snrs[config.snrs.len() - 1];
    let inverted = wrong(|spec| spec.task.teacher.strengths[0].iter_mut().for_each(|s| *s = product / *s));
    assert_eq!(passed(&inverted, EARLIER), Some(false));
    assert_eq!(passed(&inverted, LOWER), Some(false));
}
