//! Every verdict passes on the right input and fails on a wrong one.

use super::StudentWidth;
use crate::study::elements::INDEPENDENT_RUNS;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::trial::{passed, smoke, verdicts};
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
fn right_inputs_pass() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_eq!(verdict.outcome, Outcome::Holds, "{verdict:?}");
    }
}

#[test]
fn theory_fails_without_noise_and_with_another_shape() {
    for (name, noise, shape) in [("no noise", 0.0, 1), ("A × 3", 1.0, 3)] {
        let found = verdicts(&config(), |run| {
            judged(run, |task, _, _| {
                task.noise *= noise;
                task.outputs[0] *= shape;
            })
        });
        assert_eq!(passed(&found, "lie on the theory line"), Some(false), "{name}");
    }
}

#[test]
fn widths_disagree_when_one_of_them_sees_more_noise() {
    let found = verdicts(&config(), |run| {
        judged(run, |task, student, _| {
            if student.hidden == 4 {
                task.noise *= 2.0;
            }
        })
    });
    assert_eq!(passed(&found, "of all widths agrees"), Some(false));
    assert_eq!(passed(&found, "what width changes"), Some(false));
}

#[test]
fn starts_disagree_when_random_students_see_more_noise() {
    let found = verdicts(&config(), |run| judged(run, |task, _, random| task.noise *= if random { 2.0 } else { 1.0 }));
    assert_eq!(passed(&found, "random and aligned students agree"), Some(false));
}
