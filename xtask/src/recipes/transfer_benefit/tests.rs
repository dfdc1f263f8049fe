//! Every verdict passes on the right input and fails on a wrong one.

use super::TransferBenefit;
use crate::study::elements::INDEPENDENT_RUNS;
use crate::study::recipe::Recipe as _;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::trial::{passed, smoke, verdicts};
use sim::{AlignedSpec, Experiment};

/// Smoke with few tasks, and with so many seeds that every claim is judged at this size.
fn config() -> TransferBenefit {
    let (strengths_b, alignments) = (vec![10.0, 100.0], vec![0.0, 1.0]);
    TransferBenefit {
        seeds: 24,
        draws: 48,
        strengths_b,
        alignments,
        helped_above: 0.3,
        ..smoke("fig08_transfer_benefit")
    }
}

/// Changes the students that are judged and leaves what the tolerance comes from alone.
fn judged(run: &Run, change: impl Fn(&mut AlignedSpec)) -> Run {
    match run.clone() {
        Run::Simulation(Experiment::Aligned(mut spec)) if spec.draw.run < INDEPENDENT_RUNS => {
            change(&mut spec);
            Run::Simulation(Experiment::Aligned(spec))
        }
        other => other,
    }
}

/// Whether each verdict passed, by panel and part of the claim.
fn line(verdicts: &[crate::study::Verdict], panel: &str) -> Option<bool> {
    let verdict = verdicts.iter().find(|v| v.panel == panel && v.claim.contains("theory line")).unwrap();
    Some(verdict.outcome == Outcome::Holds)
}

#[test]
fn right_inputs_pass() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_eq!(verdict.outcome, Outcome::Holds, "{verdict:?}");
    }
}

#[test]
fn every_claim_fails_for_another_alignment() {
    // Aligned tasks become orthogonal and the other way round.
    let flipped = verdicts(&config(), |run| {
        judged(run, |spec| {
            if spec.task.outputs.len() == 2 {
                spec.task.teacher.alignment = 1.0 - spec.task.teacher.alignment;
            }
        })
    });
    for claim in ["a weak task gains", "a middling task loses", "a middling task gains"] {
        assert_eq!(passed(&flipped, claim), Some(false), "{claim}");
    }
    for panel in ["a", "b", "c"] {
        assert_eq!(line(&flipped, panel), Some(false), "{panel}");
    }
}

#[test]
fn strong_tasks_move_when_company_is_noisier() {
    let noisier = verdicts(&config(), |run| {
        judged(run, |spec| {
            if spec.task.outputs.len() == 2 {
                spec.task.noise *= 3.0;
            }
        })
    });
    assert_eq!(passed(&noisier, "a strong task moves"), Some(false));
    assert_eq!(line(&noisier, "c"), Some(false));
}

#[test]
fn task_a_alone_is_run_once_for_every_company() {
    let config: TransferBenefit = smoke("fig08_transfer_benefit");
    let alone = config
        .runs()
        .into_iter()
        .filter(|run| matches!(run, Run::Simulation(Experiment::Aligned(spec)) if spec.task.outputs.len() == 1));
    // Three strengths of A; every seed, and two step sizes of the independent run.
    assert_eq!(alone.count() as u64, 3 * (config.seeds + 2));
}
