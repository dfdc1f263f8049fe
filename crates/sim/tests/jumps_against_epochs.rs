//! Training in jumps against training epoch by epoch: the same numbers, to rounding.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;
use sim::{
    Draw, ErrorTrack, Experiment, InputKind, Labels, LinearSpec, Schedule, Start, Stepping, StudentSpec, TaskSpec,
    Training, TrainingOutcome, Unattended,
};

/// Relative agreement of errors.
const AGREEMENT: f64 = 1e-9;
/// Agreement of maps, relative to labels or teacher: what matters for errors near zero, which are its square.
const MAP_AGREEMENT: f64 = 1e-11;

fn run(spec: &LinearSpec, stepping: Stepping) -> TrainingOutcome {
    let spec = LinearSpec { stepping, ..spec.clone() };
    Experiment::Linear(spec).run(&Unattended).unwrap().as_training().unwrap().clone()
}

/// An error ε is the square of a distance √ε, which a map that is off by δ changes by up to δ.
fn close(found: f64, wanted: f64) -> bool {
    let of_map = MAP_AGREEMENT * (2.0 * wanted.sqrt() + MAP_AGREEMENT);
    (found - wanted).abs() <= AGREEMENT * wanted + of_map
}

fn assert_same_track(jumps: &ErrorTrack, epochs: &ErrorTrack) -> Result<(), TestCaseError> {
    for (k, (found, wanted)) in jumps.logged.iter().zip(&epochs.logged).enumerate() {
        prop_assert!(close(*found, *wanted), "at logged point {k}: {found:e} against {wanted:e}");
    }
    prop_assert!(close(jumps.last, epochs.last));
    prop_assert!(close(jumps.least.value, epochs.least.value), "{:?} {:?}", jumps.least, epochs.least);
    // Where the error has risen again, the best epoch is no matter of rounding.
    if epochs.least.value < (1.0 - 1e-6) * epochs.last && !close(epochs.least.value, epochs.last) {
        prop_assert_eq!(jumps.least.epoch, epochs.least.epoch);
    }
    Ok(())
}

fn assert_same(spec: &LinearSpec) -> Result<(TrainingOutcome, TrainingOutcome), TestCaseError> {
    let (jumps, epochs) = (run(spec, Stepping::Jumps), run(spec, Stepping::EveryEpoch));
    prop_assert_eq!(&jumps.epochs, &epochs.epochs);
    assert_same_track(&jumps.train, &epochs.train)?;
    for (found, wanted) in jumps.tests.iter().zip(&epochs.tests) {
        assert_same_track(found.as_ref().unwrap(), wanted.as_ref().unwrap())?;
    }
    prop_assert_eq!(&jumps.train_crossings, &epochs.train_crossings);
    for (found, wanted) in jumps.modes.iter().zip(&epochs.modes) {
        for (found, wanted) in found.points.iter().zip(&wanted.points) {
            prop_assert_eq!(found.is_some(), wanted.is_some());
            if let (Some(found), Some(wanted)) = (found, wanted) {
                prop_assert!((found.strength / wanted.strength - 1.0).abs() < 1e-7);
            }
        }
    }
    Ok((jumps, epochs))
}

fn training(learning_rate: f64, epochs: u64, log_every: u64) -> Training {
    let train_thresholds = vec![0.9, 0.5, 0.2, 1e-3];
    Training::new(learning_rate, epochs, Schedule::every(log_every)).with_train_thresholds(train_thresholds)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn every_student_is_the_same_in_jumps(
        inputs in 2usize..16, outputs in 2usize..12, hidden in 1usize..14, layers in 1usize..6, examples in 2usize..26,
        kind in prop_oneof![Just(InputKind::OneHot), Just(InputKind::Orthonormal), Just(InputKind::Gaussian)],
        labels in prop_oneof![Just(Labels::Structured), Just(Labels::Shuffled)],
        start in prop_oneof![Just(Start::Random), Just(Start::TrainingAligned)],
        strength in 0.5_f64..6.0, epsilon in prop_oneof![Just(1e-2), Just(1e-4)], seed in 0u64..1000,
        decay in prop_oneof![Just(0.0), 0.01_f64..2.0], balance in prop_oneof![Just(0.0), -3.0_f64..3.0],
    ) {
        let examples = if kind == InputKind::OneHot { inputs } else { examples };
        let task = TaskSpec::joint(inputs, &[outputs, 2], &[&[strength], &[1.0]], 0.5);
        let task = TaskSpec { examples, input_kind: kind, labels, ..task };
        // With a balance: two layers, and no more hidden units than it allows.
        let unequal = layers == 2 && hidden <= inputs.min(outputs + 2);
        let student = StudentSpec::new(hidden, layers, epsilon).with_balance(if unequal { balance } else { 0.0 });
        // λ times the largest rate is at most 0.1 or so.
        let pace = 1.0 + examples as f64 / inputs as f64;
        let rate = 2e-2 / (1.0 + strength) / (1.0 + strength).powi(i32::from(layers > 1)) / pace;
        let training = training(rate, 3000, 100).with_decay(decay);
        let spec = LinearSpec::new(task, student, start, training, Draw { seed, run: 0 });
        let spec = LinearSpec { tracked_modes: 0, ..spec };
        assert_same(&spec)?;
    }
}

/// fig03 and fig04 with fewer units and epochs: noise is learned after the teacher, so that the test error has a minimum.
#[test]
fn the_best_epoch_is_the_same_at_every_depth_and_rank() {
    for (layers, epsilon, rate, epochs) in
        [(1, 1e-5, 1e-3, 4000), (2, 1e-5, 1e-3, 6000), (3, 1e-3, 1e-3, 8000), (4, 1e-3, 1e-3, 16000)]
    {
        for strengths in [&[3.0][..], &[9.0, 6.0, 3.0], &[1.0]] {
            let task = TaskSpec::single(24, 12, strengths);
            let student = StudentSpec::new(12, layers, epsilon);
            let spec =
                LinearSpec::new(task, student, Start::Random, training(rate, epochs, 125), Draw { seed: 5, run: 1 });
            let (jumps, every) = assert_same(&spec).unwrap();
            assert_eq!(
                jumps.test(0).unwrap().least.epoch,
                every.test(0).unwrap().least.epoch,
                "{layers} {strengths:?}"
            );
        }
    }
}

#[test]
fn the_way_of_stepping_is_part_of_the_description() {
    let spec = LinearSpec::new(
        TaskSpec::single(8, 6, &[2.0]),
        StudentSpec::new(4, 2, 1e-3),
        Start::Random,
        training(1e-3, 100, 50),
        Draw { seed: 1, run: 0 },
    );
    let text = serde_json::to_string(&spec).unwrap();
    assert!(text.contains("\"stepping\":\"Jumps\""), "{text}");
}
