//! Every verdict passes on the right input and fails on a wrong one.

use super::TransferFromData;
use super::ranking::Candidate;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::trial::{passed, smoke, verdicts};
use sim::Experiment;

fn config() -> TransferFromData {
    smoke("figx5_transfer_from_data")
}

#[test]
fn right_inputs_are_not_contradicted() {
    let verdicts = verdicts(&config(), Run::clone);
    for verdict in &verdicts {
        assert_ne!(verdict.outcome, Outcome::Departs, "{verdict:?}");
    }
    assert!(verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Holds).count() >= 6, "{verdicts:#?}");
}

#[test]
fn estimates_from_other_data_are_noticed() {
    let verdicts = verdicts(&config(), |run| match run.clone() {
        Run::Partners(mut spec) if spec.tasks.outputs.len() == 2 => {
            spec.tasks.teacher.alignment = 1.0 - spec.tasks.teacher.alignment;
            Run::Partners(spec)
        }
        other => other,
    });
    assert_eq!(passed(&verdicts, "s̄_A = 3: the estimate has the sign of T"), Some(false));
    assert_eq!(passed(&verdicts, "T of trained students is that of exact students"), Some(false));
}

#[test]
fn a_choice_that_is_no_better_is_noticed() {
    let mut config = config();
    let candidate = |strength, alignment| Candidate { strength, alignment };
    config.ranking.candidates = vec![candidate(10.0, 1.0), candidate(3.0, 0.0)];
    assert_ne!(passed(&verdicts(&config, Run::clone), "beats the strongest"), Some(true));
    config.ranking.candidates = vec![candidate(10.0, 0.99), candidate(10.0, 1.0)];
    config.ranking.regret_below = 1e-6;
    assert_ne!(passed(&verdicts(&config, Run::clone), "regret is below"), Some(true));
}

#[test]
fn students_of_other_sequences_depart_from_exact_ones() {
    // Trained students see noise twice as large, then learn the tasks in the other order.
    let noisier = verdicts(&config(), |run| match run.clone() {
        Run::Simulation(Experiment::Sequence(mut spec)) if spec.draw.run < INDEPENDENT_RUNS => {
            spec.tasks.noise *= 2.0;
            Experiment::Sequence(spec).into()
        }
        other => other,
    });
    for claim in ["least error after B over that alone: trained", "error of A after B is learned: trained"] {
        assert_eq!(passed(&noisier, claim), Some(false), "{claim}");
    }
    let reversed = verdicts(&config(), |run| match run.clone() {
        Run::Simulation(Experiment::Sequence(mut spec)) if spec.draw.run < INDEPENDENT_RUNS => {
            spec.stages.iter_mut().for_each(|stage| stage.task = 1 - stage.task);
            Experiment::Sequence(spec).into()
        }
        other => other,
    });
    for claim in ["error of B after B is learned: trained", "B is forgotten", "at the largest q and not yet"] {
        assert_eq!(passed(&reversed, claim), Some(false), "{claim}");
    }
}

#[test]
fn company_of_another_alignment_departs() {
    let verdicts = verdicts(&config(), |run| match run.clone() {
        Run::Simulation(Experiment::Linear(mut spec)) if spec.draw.run < INDEPENDENT_RUNS => {
            spec.task.teacher.alignment = 1.0 - spec.task.teacher.alignment;
            Experiment::Linear(spec).into()
        }
        other => other,
    });
    assert_eq!(passed(&verdicts, "least error with B over that alone: trained"), Some(false));
}
