//! Every verdict passes on the right input and fails on a wrong one.

use super::TransferBenefit;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::recipe::Recipe as _;
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::trial::{assembled, passed, smoke, verdicts};
use sim::{AlignedSpec, Experiment};
use std::collections::HashSet;

/// Smoke with few tasks, and with so many seeds that every claim is judged at this size.
fn config() -> TransferBenefit {
    let (strengths_b, alignments) = (vec![10.0, 100.0], vec![0.0, 1.0]);
    TransferBenefit {
        seeds: 24,
        draws: 48,
        line_strengths_b: strengths_b.clone(),
        line_alignments: alignments.clone(),
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

#[test]
fn right_inputs_are_not_contradicted() {
    let verdicts = verdicts(&config(), Run::clone);
    for verdict in &verdicts {
        assert_ne!(verdict.outcome, Outcome::Departs, "{verdict:?}");
    }
    for claim in ["a weak task gains", "a middling task loses", "a strong task moves"] {
        assert_eq!(passed(&verdicts, claim), Some(true), "{claim}");
    }
}

#[test]
fn a_claim_that_draws_contradict_departs() {
    let config = TransferBenefit { helped_above: 0.9, ..config() };
    assert_eq!(passed(&verdicts(&config, Run::clone), "a weak task gains"), Some(false));
}

#[test]
fn every_claim_departs_for_another_alignment() {
    // Aligned tasks become orthogonal and the other way round.
    let flipped = verdicts(&config(), |run| {
        judged(run, |spec| {
            if spec.task.outputs.len() == 2 {
                spec.task.teacher.alignment = 1.0 - spec.task.teacher.alignment;
            }
        })
    });
    let claims =
        ["a weak task gains", "a middling task loses", "s̄_A = 0.841: sim", "s̄_A = 3.000: sim", "s̄_A = 100.000: sim"];
    for claim in claims {
        assert_eq!(passed(&flipped, claim), Some(false), "{claim}");
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
    assert_eq!(passed(&noisier, "s̄_A = 100.000: sim"), Some(false));
}

#[test]
fn lines_depart_from_draws_of_another_alignment() {
    // What the draws are told is not what the theory is asked.
    let config = TransferBenefit { draws: 200, seeds: 2, ..config() };
    let wrong = verdicts(&config, |run| match run.clone() {
        Run::Transfer(spec) => {
            Run::Transfer(crate::runs::ensemble::TransferSpec { alignment: 0.9 * spec.alignment, ..spec })
        }
        other => other,
    });
    assert_eq!(passed(&wrong, "s̄_A = 3.000: draws"), Some(false));
}

/// At the threshold of detection draws must only come closer to the line: it must be far off to be noticed.
#[test]
fn lines_that_are_off_are_noticed() {
    let assembled = assembled(&TransferBenefit { draws: 200, seeds: 2, ..config() }, Run::clone);
    for (factor, claim) in [(2.0, "s̄_A = 3.000: draws"), (3.0, "s̄_A = 0.841: draws")] {
        let wrong = assembled.claims.clone().with_lines(|line| factor * line).judge(None);
        assert_eq!(passed(&wrong, claim), Some(false), "{claim}, × {factor}: {wrong:#?}");
    }
}

#[test]
fn task_a_alone_is_run_once_for_every_company() {
    let config: TransferBenefit = smoke("fig08_transfer_benefit");
    let is_alone =
        |run: &Run| matches!(run, Run::Simulation(Experiment::Aligned(spec)) if spec.task.outputs.len() == 1);
    let runs = config.runs();
    let alone: HashSet<String> = runs.iter().filter(|r| is_alone(r)).map(|r| r.description().unwrap()).collect();
    // Three strengths of A; every seed, and two step sizes of the independent run.
    assert_eq!(alone.len() as u64, 3 * (config.seeds + 2));
}
