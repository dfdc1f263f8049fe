//! A student that learns tasks one after the other: gradient descent (`sim`) against the exact solution, restarted (`theory`).

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use linalg_core::faer::Scale;
use sim::internals::InitialWeights;
use sim::{
    DataSet, Draw, InputKind, Schedule, SequenceSpec, Stage, Stepping, StudentSpec, TaskSpec, Training, Unattended,
};
use theory::ExactStudent;

const DRAW: Draw = Draw { seed: 4, run: 2 };
/// τ = 200 epochs at the largest step.
const LEARNING_RATE: f64 = 5e-3;
/// Times at which both are looked at in every stage, in units of τ.
const LOOKS: u64 = 8;

/// One sequence: what is learned, for how many units of time each.
struct Case {
    name: &'static str,
    tasks: TaskSpec,
    student: StudentSpec,
    decay: f64,
    stages: &'static [(usize, f64)],
}

fn cases() -> [Case; 4] {
    let pair = |q| TaskSpec::joint(24, &[12, 12], &[&[3.0, 1.5], &[6.0]], q);
    let student = StudentSpec::new(12, 2, 1e-4);
    let more = TaskSpec { examples: 48, input_kind: InputKind::Orthonormal, ..pair(0.9) };
    [
        Case { name: "weak, then strong", tasks: pair(0.6), student, decay: 0.0, stages: &[(0, 2.0), (1, 1.6)] },
        Case { name: "strong, then weak", tasks: pair(0.6), student, decay: 0.0, stages: &[(1, 1.2), (0, 2.4)] },
        Case {
            name: "strong, weak, strong, narrow, decaying",
            tasks: pair(0.0),
            student: StudentSpec::new(5, 2, 1e-3),
            decay: 0.2,
            stages: &[(1, 1.2), (0, 2.0), (1, 1.2)],
        },
        Case {
            name: "weak, then strong, lazy, more examples",
            tasks: more,
            student: student.with_balance(0.8),
            decay: 0.0,
            stages: &[(0, 0.8), (1, 0.6)],
        },
    ]
}

impl Case {
    /// Errors (train, then test on both tasks) at every look of every stage, with 1/`divisor` of the step.
    fn trained(&self, divisor: u64) -> Vec<[f64; 3]> {
        let stage = |&(task, duration): &(usize, f64)| {
            let epochs = (duration / LEARNING_RATE).round() as u64 * divisor;
            let listed = (0..=LOOKS).map(|look| look * epochs / LOOKS).collect();
            let training = Training::new(LEARNING_RATE / divisor as f64, epochs, Schedule::listed(listed));
            Stage { task, training: training.with_decay(self.decay) }
        };
        let spec = SequenceSpec {
            tasks: self.tasks.clone(),
            student: self.student,
            stages: self.stages.iter().map(stage).collect(),
            stepping: Stepping::EveryEpoch,
            draw: DRAW,
        };
        let looks = |outcome: sim::TrainingOutcome| -> Vec<[f64; 3]> {
            assert_eq!(outcome.epochs.len() as u64, LOOKS + 1);
            let tests = [0, 1].map(|task| outcome.test(task).unwrap().logged.clone());
            (0..outcome.epochs.len()).map(|k| [outcome.train.logged[k], tests[0][k], tests[1][k]]).collect()
        };
        spec.run(&Unattended).unwrap().into_iter().flat_map(looks).collect()
    }

    /// The same of the exact solution, from the same start on the same data.
    fn exact(&self) -> Vec<[f64; 3]> {
        let pace = self.tasks.density();
        let sets = [0, 1].map(|task| DataSet::sample(&self.tasks.task_alone(task), DRAW).unwrap());
        let data = sets.each_ref().map(|set| Scale(1.0 / pace) * set.output_input_covariance());
        let teachers = sets.each_ref().map(|set| set.teacher().map());
        let start = InitialWeights::random(24, 12, &self.student, DRAW).layers;
        let start = theory::InitialWeights { first: start[0].clone(), second: start[1].clone() };
        let mut student: Option<(ExactStudent, f64)> = None;
        let mut looks = Vec::new();
        for &(task, duration) in self.stages {
            let here = match &student {
                None => ExactStudent::new(data[task].as_ref(), &start).unwrap(),
                Some((before, ended)) => before.followed_by(*ended, data[task].as_ref()).unwrap(),
            };
            let here = if self.decay > 0.0 { here.with_decay(self.decay / pace).unwrap() } else { here };
            let teachers = teachers.each_ref().map(|teacher| here.project(teacher.as_ref()).unwrap());
            for look in 0..=LOOKS {
                let state = here.state_at(duration * pace * look as f64 / LOOKS as f64);
                let squares: f64 = sets[task].labels().squared_norm_l2();
                let unexplained = squares - pace * data[task].squared_norm_l2();
                let train = (unexplained + pace * state.squared_residual()) / squares;
                looks.push([train, state.test_error(&teachers[0]), state.test_error(&teachers[1])]);
            }
            student = Some((here, duration * pace));
        }
        looks
    }
}

/// Gradient descent with steps λ, λ/2 and λ/4, extrapolated to the flow. What is left of it is bounded by what the third step changed,
/// and, where that happens to vanish, by the next order: orders fall as the first two do. The rest is rounding.
#[test]
fn gradient_descent_follows_the_exact_sequence() {
    for case in cases() {
        let steps = [1, 2, 4].map(|divisor| case.trained(divisor));
        let [coarse, half, quarter] = steps.each_ref().map(|looks| looks.as_flattened());
        let exact = case.exact();
        let exact = exact.as_flattened();
        assert_eq!(exact.len(), coarse.len());
        let limit = |k: usize| (coarse[k] - 6.0 * half[k] + 8.0 * quarter[k]) / 3.0;
        let second = |k: usize| (limit(k) - (2.0 * quarter[k] - half[k])).abs();
        let largest = |number: &dyn Fn(usize) -> f64| (0..exact.len()).map(number).fold(0.0, f64::max);
        let third = largest(&second).powi(2) / largest(&|k| (quarter[k] - half[k]).abs());
        let allowed = |k: usize| second(k) + third + 1e-9 * (1.0 + exact[k]);
        for (k, wanted) in exact.iter().enumerate() {
            let off = limit(k) - wanted;
            let at = format!("{}, look {}, error {}: {} for {wanted}", case.name, k / 3, k % 3, limit(k));
            assert!(off.abs() <= allowed(k), "{at}, off by {off:e}, allowed {:e}", allowed(k));
        }
        let worst = largest(&|k| (limit(k) - exact[k]).abs());
        println!("{}: largest distance {worst:.1e}", case.name);
        assert!(worst < 1e-4, "{}: {worst:e}", case.name);
        // The step itself is seen: without the extrapolation the same comparison fails.
        let seen = largest(&|k| (quarter[k] - exact[k]).abs() / allowed(k));
        assert!(seen > 10.0, "{}: a step of λ/4 should be seen, {seen}", case.name);
    }
}

/// Another order, or the weights of another time, are noticed.
#[test]
fn a_sequence_is_not_its_reverse() {
    let [first, second, ..] = cases();
    let (exact, other) = (first.exact(), Case { stages: second.stages, ..first }.trained(4));
    let worst = exact.iter().flatten().zip(other.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst > 0.1, "{worst}");
}

/// Epochs taken many at once are the same epochs.
#[test]
fn jumps_and_epochs_agree() {
    let [_, case, ..] = cases();
    let spec = |stepping| SequenceSpec {
        tasks: case.tasks.clone(),
        student: case.student,
        stages: case
            .stages
            .iter()
            .map(|&(task, duration)| Stage {
                task,
                training: Training::new(1e-3, (duration * 1e3) as u64, Schedule::every(50)),
            })
            .collect(),
        stepping,
        draw: DRAW,
    };
    let [jumps, epochs] =
        [Stepping::Jumps, Stepping::EveryEpoch].map(|stepping| spec(stepping).run(&Unattended).unwrap());
    for (jumps, epochs) in jumps.iter().zip(&epochs) {
        for task in [0, 1] {
            let (a, b) = (jumps.test(task).unwrap(), epochs.test(task).unwrap());
            assert_eq!(a.least.epoch, b.least.epoch);
            for (a, b) in a.logged.iter().zip(&b.logged) {
                assert!((a / b - 1.0).abs() < 1e-8, "{a} for {b}");
            }
        }
    }
}
