//! Every verdict passes on the right input and fails on a wrong one.

use super::StudentWidth;
use crate::config::Scale;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::trial::{at_scale, lines_can_fail, passed, smoke, verdicts};
use sim::{Experiment, StudentSpec, TaskSpec};

fn config() -> StudentWidth {
    let mut config: StudentWidth = smoke("fig12_student_width");
    config.snrs = vec![1.0, 2.0, 8.0];
    config.epochs = 8000;
    config
}

/// Changes the students that are judged and leaves alone what the tolerance comes from.
fn judged(run: &Run, change: impl Fn(&mut TaskSpec, &mut StudentSpec, bool)) -> Run {
    let mut run = run.clone();
    match &mut run {
        Run::Simulation(Experiment::Aligned(spec)) if spec.draw.run < INDEPENDENT_RUNS => {
            change(&mut spec.task, &mut spec.student, false);
        }
        Run::Simulation(Experiment::Linear(spec)) => change(&mut spec.task, &mut spec.student, true),
        _ => {}
    }
    run
}

#[test]
fn right_inputs_are_not_contradicted() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_ne!(verdict.outcome, Outcome::Departs, "{verdict:?}");
    }
}

#[test]
fn lines_that_are_off_are_noticed() {
    let paper: StudentWidth = at_scale("fig12_student_width", Scale::Paper);
    let (hidden, snrs) = (vec![100, 4], vec![8.0]);
    // 10 % of the least error: 5 % would take four times the draws.
    lines_can_fail(&StudentWidth { hidden, snrs, ensemble_draws: 200, seeds: 1, ..paper }, |line| line + 1.1_f64.ln());
}

#[test]
fn draws_do_not_agree_with_students_without_noise_or_of_another_shape() {
    for (name, noise, shape) in [("no noise", 0.0, 1), ("A × 3", 1.0, 3)] {
        let found = verdicts(&config(), |run| {
            judged(run, |task, _, _| {
                task.noise *= noise;
                task.outputs[0] *= shape;
            })
        });
        assert_eq!(passed(&found, "of each width: simulation"), Some(false), "{name}");
    }
}

#[test]
fn paired_claims_depart_when_one_side_sees_more_noise() {
    let config = StudentWidth { seeds: 20, snrs: vec![4.0], hidden: vec![40, 4], ..config() };
    let found = verdicts(&config, |run| {
        judged(run, |task, student, _| {
            if student.hidden == 4 {
                task.noise *= 2.0;
            }
        })
    });
    assert_eq!(passed(&found, "narrow and of the widest"), Some(false));
    assert_eq!(
        passed(&found, "what width changes of an aligned student's least ln ε_te (paired, SNR ≥ 2): simul"),
        Some(false)
    );
    let found = verdicts(&config, |run| judged(run, |task, _, random| task.noise *= if random { 2.0 } else { 1.0 }));
    assert_eq!(passed(&found, "random and aligned students differ"), Some(false));
}
