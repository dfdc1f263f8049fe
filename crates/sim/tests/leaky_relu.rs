//! Leaky-ReLU experiments as values: checks, failures that are named, agreement with linear experiments, pinned results.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use sim::{
    Draw, Experiment, InputKind, Labels, LeakyReluSpec, LeakyReluStart, LeakyReluStudentSpec, LinearSpec, NoiseScale,
    OutputUnits, Precision, Schedule, SimError, Start, Stepping, StudentSpec, TaskSpec, TeacherKind, Training,
    TrainingOutcome, Unattended,
};
use std::ops::ControlFlow;

const DRAW: Draw = Draw { seed: 1, run: 0 };

/// A small version of the students of one hidden layer and of three, trained on a linear teacher.
fn on_linear_teacher(layers: usize) -> LeakyReluSpec {
    LeakyReluSpec {
        task: TaskSpec { noise_scale: NoiseScale::PerOutput, ..TaskSpec::single(16, 10, &[4.0, 2.0]) },
        teacher: TeacherKind::Linear,
        student: LeakyReluStudentSpec {
            hidden: 8,
            layers,
            slope: 0.1,
            output: OutputUnits::Linear,
            start: LeakyReluStart::Orthogonal { epsilon: 0.1 },
        },
        training: Training::new(5e-3, 600, Schedule::every(100)).with_train_thresholds(vec![0.5]),
        precision: Precision::Single,
        draw: DRAW,
    }
}

/// A small version of the nonlinear transfer experiment.
fn transfer(q: f64) -> LeakyReluSpec {
    let task = TaskSpec::joint(16, &[6, 5], &[&[3.0, 2.0, 1.0], &[9.0, 6.0, 3.0]], q);
    let start = LeakyReluStart::TruncatedNormal { scale: 0.01 };
    let student = LeakyReluStudentSpec { hidden: 8, layers: 2, slope: 0.2, output: OutputUnits::LeakyRelu, start };
    LeakyReluSpec { task, teacher: TeacherKind::LeakyRelu { slope: 0.2 }, student, ..on_linear_teacher(2) }
}

fn run(spec: &LeakyReluSpec) -> TrainingOutcome {
    Experiment::LeakyRelu(spec.clone()).run(&Unattended).unwrap().as_training().unwrap().clone()
}

#[test]
fn students_learn_and_minima_are_tracked_at_every_epoch() {
    for spec in [on_linear_teacher(2), on_linear_teacher(4), transfer(0.5)] {
        let outcome = run(&spec);
        assert_eq!(outcome.epochs, [0, 100, 200, 300, 400, 500, 600]);
        assert!(outcome.train.last < 0.6, "{outcome:?}");
        assert!(outcome.train_crossings[0].epoch.is_none_or(|epoch| (1..600).contains(&epoch)));
        for test in outcome.tests.iter().flatten() {
            assert!(test.least.value <= test.logged.iter().copied().fold(f64::INFINITY, f64::min));
            assert!(test.least.value < 0.9 && test.least.epoch > 0);
        }
        assert_eq!(run(&spec), outcome, "a run repeats exactly");
    }
}

#[test]
fn slope_one_is_the_linear_experiment_for_every_kind_of_inputs() {
    for (input_kind, examples) in [
        (InputKind::OneHot, 16),
        (InputKind::Orthonormal, 9),
        (InputKind::Orthonormal, 24),
        (InputKind::Gaussian, 12),
        (InputKind::Gaussian, 24),
    ] {
        for labels in [Labels::Structured, Labels::Shuffled] {
            let mut spec = on_linear_teacher(2);
            spec.task = TaskSpec { input_kind, examples, labels, ..spec.task };
            spec.student.slope = 1.0;
            spec.precision = Precision::Double;
            let linear = LinearSpec {
                task: spec.task.clone(),
                student: StudentSpec::new(8, 2, 0.1),
                start: Start::Random,
                training: spec.training.clone(),
                tracked_modes: 0,
                stepping: Stepping::EveryEpoch,
                draw: DRAW,
            };
            let linear = Experiment::Linear(linear).run(&Unattended).unwrap();
            let (linear, leaky) = (linear.as_training().unwrap(), run(&spec));
            // 600 epochs of sums of up to 24 terms, each rounded to 2⁻⁵³ of its size, of errors of order 1 to 10.
            let bound = 600.0 * 24.0 * f64::EPSILON * 10.0;
            let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < bound);
            assert!(close(&linear.train.logged, &leaky.train.logged), "{input_kind:?} {examples}");
            assert!(
                close(&linear.test(0).unwrap().logged, &leaky.test(0).unwrap().logged),
                "{input_kind:?} {examples}"
            );
            assert_eq!(linear.test(0).unwrap().least.epoch, leaky.test(0).unwrap().least.epoch);
        }
    }
}

#[test]
fn task_zero_alone_is_one_experiment() {
    let alone = |q: f64| LeakyReluSpec { task: transfer(q).task.task_alone(0), ..transfer(q) };
    assert_eq!(alone(0.0), alone(0.9));
    let (alone, together) = (run(&alone(0.0)), run(&transfer(0.0)));
    assert_eq!((alone.tests.len(), together.tests.len()), (1, 2));
    assert_eq!(alone.teacher_squared_norms[0], together.teacher_squared_norms[0]);
}

#[test]
fn dead_units_are_named() {
    // ReLU with one hidden unit and two examples: with probability 1/4 it is off for both and nothing can ever move.
    let with = |run: u64| {
        let mut spec = transfer(0.0);
        spec.task = TaskSpec { examples: 2, ..TaskSpec::single(2, 3, &[1.0]) };
        (spec.student.hidden, spec.student.slope, spec.draw.run) = (1, 0.0, run);
        Experiment::LeakyRelu(spec).run(&Unattended)
    };
    let stuck: Vec<SimError> = (0..24).filter_map(|run| with(run).err()).collect();
    assert!((1..24).contains(&stuck.len()), "{stuck:?}");
    for error in &stuck {
        assert!(matches!(error, SimError::Stuck { .. }), "{error}");
        assert!(error.to_string().starts_with("leaky-ReLU student, slope 0, 2-1-3"), "{error}");
    }
    assert!(stuck.iter().any(|error| matches!(error, SimError::Stuck { epoch: 0, .. })));
}

#[test]
fn explosions_are_named_and_runs_can_be_cancelled() {
    for (layers, rate) in [(2, 3.0), (4, 3.0)] {
        let mut spec = on_linear_teacher(layers);
        spec.training.learning_rate = rate;
        let error = Experiment::LeakyRelu(spec).run(&Unattended).unwrap_err();
        assert!(matches!(error, SimError::Exploded { learning_rate: 3.0, .. }), "{error}");
        assert!(error.to_string().contains("seed 1, run 0: training explodes"), "{error}");
    }
    let stop = |done: u64, _: u64| if done > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    assert_eq!(Experiment::LeakyRelu(transfer(0.5)).run(&stop), Err(SimError::Cancelled));
}

#[test]
fn descriptions_without_meaning_are_refused() {
    let refused = |change: &dyn Fn(&mut LeakyReluSpec), name: &str| {
        let mut spec = transfer(0.5);
        change(&mut spec);
        let result = Experiment::LeakyRelu(spec).check();
        assert!(matches!(result, Err(SimError::Invalid { field, .. }) if field == name), "{name}");
    };
    refused(&|spec| spec.student.slope = -0.1, "slope");
    refused(&|spec| spec.teacher = TeacherKind::LeakyRelu { slope: f64::NAN }, "slope");
    refused(&|spec| spec.student.start = LeakyReluStart::TruncatedNormal { scale: 0.0 }, "scale");
    refused(&|spec| spec.student.start = LeakyReluStart::Orthogonal { epsilon: f64::INFINITY }, "epsilon");
    refused(&|spec| spec.student.hidden = 0, "hidden");
    refused(&|spec| spec.task.labels = Labels::Shuffled, "labels");
    refused(&|spec| spec.training.learning_rate = 0.0, "learning_rate");
    refused(&|spec| spec.task = TaskSpec { noise: 0.0, ..TaskSpec::single(16, 10, &[]) }, "noise");
}

#[test]
fn cost_grows_with_work() {
    let cost = |spec: LeakyReluSpec| Experiment::LeakyRelu(spec).cost_estimate();
    let double = LeakyReluSpec { precision: Precision::Double, ..on_linear_teacher(2) };
    assert!(cost(double) > cost(on_linear_teacher(2)));
    assert!(cost(on_linear_teacher(4)) > cost(on_linear_teacher(2)));
    assert_eq!(Experiment::LeakyRelu(transfer(0.5)).epochs(), 600);
}

/// A changed number here means that stored results no longer belong to this engine: raise `ENGINE_VERSION`.
#[test]
fn short_runs_are_pinned() {
    let gaussian = |mut spec: LeakyReluSpec| {
        spec.task = TaskSpec { input_kind: InputKind::Gaussian, examples: 24, ..spec.task };
        spec
    };
    let double = |spec| LeakyReluSpec { precision: Precision::Double, ..spec };
    let specs = [
        on_linear_teacher(2),
        on_linear_teacher(4),
        double(on_linear_teacher(4)),
        transfer(0.5),
        double(gaussian(transfer(0.5))),
    ];
    assert_eq!(sim::ENGINE_VERSION, 3, "new version: pin its numbers");
    let digest = |outcome: TrainingOutcome| {
        let test = outcome.test(0).unwrap();
        [outcome.train.last, test.last, test.least.value, test.least.epoch as f64]
    };
    let found: Vec<[f64; 4]> = specs.iter().map(|spec| digest(run(spec))).collect();
    assert_eq!(found.len(), PINNED.len(), "{found:?}");
    for ((found, pinned), spec) in found.iter().zip(PINNED).zip(&specs) {
        // The start is drawn in f64, where CPUs may differ in the last bit, and rounded to f32, where that may tip.
        let tolerance = if spec.precision == Precision::Single { 1e-6 } else { 1e-12 };
        for (a, b) in found.iter().zip(pinned) {
            assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{spec:?}: {found:?}");
        }
    }
}

const PINNED: &[[f64; 4]] = &[
    [0.10135872090390047, 0.5482420340180397, 0.39767063446342943, 250.0],
    [0.3328647981228831, 0.42793844025582073, 0.42793844025582073, 600.0],
    [0.3328648796001467, 0.42793846272050284, 0.42793846272050284, 600.0],
    [0.2808916555966315, 0.5041457250003408, 0.3552088336116222, 213.0],
    [0.2930268719100771, 0.4446018780917501, 0.3259676008030264, 331.0],
];
