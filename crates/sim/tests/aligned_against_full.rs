//! The scalar recursion of an aligned student against full matrices from the same start.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use sim::{
    AlignedSpec, Draw, Experiment, InputKind, LinearSpec, Schedule, Start, Stepping, StudentSpec, TaskSpec, Training,
    TrainingOutcome, Unattended,
};

fn run(experiment: Experiment) -> TrainingOutcome {
    experiment.run(&Unattended).unwrap().as_training().unwrap().clone()
}

/// Both engines on the same description.
fn both(task: TaskSpec, student: StudentSpec, learning_rate: f64, epochs: u64) -> (TrainingOutcome, TrainingOutcome) {
    let draw = Draw { seed: 21, run: 0 };
    let training = Training::new(learning_rate, epochs, Schedule::every(epochs / 50)).with_train_thresholds(vec![0.9]);
    let scalar =
        AlignedSpec { task: task.clone(), student, training: training.clone(), tracked_modes: task.rank(), draw };
    let full = LinearSpec {
        tracked_modes: task.rank(),
        stepping: Stepping::EveryEpoch,
        ..LinearSpec::new(task, student, Start::TrainingAligned, training, draw)
    };
    (run(Experiment::Aligned(scalar)), run(Experiment::Linear(full)))
}

fn largest_gap(scalar: &TrainingOutcome, full: &TrainingOutcome) -> f64 {
    let gap = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let tests = (0..scalar.tests.len()).map(|k| gap(&scalar.test(k).unwrap().logged, &full.test(k).unwrap().logged));
    tests.fold(gap(&scalar.train.logged, &full.train.logged), f64::max)
}

fn assert_same(scalar: &TrainingOutcome, full: &TrainingOutcome, tolerance: f64) {
    let gap = largest_gap(scalar, full);
    assert!(gap < tolerance, "errors differ by {gap:e}");
    assert_eq!(scalar.train_crossings, full.train_crossings);
    for k in 0..scalar.tests.len() {
        let (a, b) = (scalar.test(k).unwrap().least, full.test(k).unwrap().least);
        assert!((a.value - b.value).abs() < tolerance);
    }
    for (a, b) in scalar.modes.iter().zip(&full.modes) {
        assert_eq!(a.data_strength, b.data_strength);
        for (a, b) in a.points.iter().zip(&b.points) {
            assert_eq!(a.is_some(), b.is_some());
            if let (Some(a), Some(b)) = (a, b) {
                assert!((a.strength - b.strength).abs() < 100.0 * tolerance);
                assert!(b.overlap_output > 1.0 - 1e-6 && b.overlap_input > 1.0 - 1e-6);
            }
        }
    }
}

const PAPER: StudentSpec = StudentSpec::new(50, 2, 1e-5);

#[test]
fn one_hidden_layer_at_paper_scale() {
    let (scalar, full) = both(TaskSpec::single(100, 50, &[6.0, 4.0, 2.0]), PAPER, 1e-3, 5000);
    // Rounding of a few units in the last place of each singular value; measured 6e-15.
    assert_same(&scalar, &full, 2e-14);
}

#[test]
fn three_hidden_layers() {
    let student = StudentSpec::new(20, 4, 1e-4);
    let (scalar, full) = both(TaskSpec::single(40, 20, &[6.0, 4.0, 2.0]), student, 2e-3, 20_000);
    // The long plateau amplifies the rounding of the start; measured 1.3e-13.
    assert_same(&scalar, &full, 5e-12);
}

#[test]
fn every_number_of_examples_depth_width_and_company() {
    for (examples, layers, hidden) in [(8, 2, 30), (12, 3, 4), (24, 2, 24), (48, 2, 5), (60, 4, 40), (24, 1, 1)] {
        let task = TaskSpec {
            examples,
            input_kind: InputKind::Orthonormal,
            ..TaskSpec::joint(24, &[10, 8], &[&[4.0], &[3.0]], 0.6)
        };
        let (scalar, full) = both(task, StudentSpec::new(hidden, layers, 1e-3), 2e-3, 4000);
        assert_same(&scalar, &full, 5e-12);
    }
}

#[test]
fn a_different_start_is_told_apart() {
    // The comparison can fail: ten times the ε moves the curves.
    let task = TaskSpec::single(20, 10, &[4.0]);
    let student = |epsilon| StudentSpec::new(10, 2, epsilon);
    let (scalar, _) = both(task.clone(), student(1e-4), 2e-3, 1000);
    let (_, full) = both(task, student(1e-3), 2e-3, 1000);
    assert!(largest_gap(&scalar, &full) > 0.1);
}
