//! Laws that hold for every legal task and student.

use linalg_core::faer::Mat;
use proptest::prelude::*;
use theory::{JointCurve, JointTask, LearningCurve, ModeGrowth, SpikedMatrix, Student, Task, Teacher};

/// Any legal task: sizes 1 to 60, any rank that fits, strengths on both sides of the threshold, any noise, any number
/// of examples.
fn tasks() -> impl Strategy<Value = Task> {
    (1..60usize, 1..60usize, 1..120usize)
        .prop_flat_map(|(inputs, outputs, examples)| {
            let modes = inputs.min(outputs).min(examples);
            let strengths = prop::collection::vec(0.05..20.0f64, 1..=modes.min(6));
            let noise = prop_oneof![Just(0.0), Just(1.0), 0.01..3.0f64];
            (Just((inputs, outputs, examples)), strengths, noise)
        })
        .prop_map(|((inputs, outputs, examples), mut strengths, noise)| {
            strengths.sort_unstable_by(|a, b| b.total_cmp(a));
            let fewer = Task::new(inputs, outputs, &strengths).and_then(|task| task.with_examples(examples));
            fewer.and_then(|task| task.with_noise(noise)).expect("a legal task")
        })
}

fn students() -> impl Strategy<Value = Student> {
    (1..80usize, 1..=6usize, -7.0..-1.0f64)
        .prop_map(|(hidden, layers, log_epsilon)| Student::new(hidden, layers, 10f64.powf(log_epsilon)).expect("legal"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn errors_are_finite_positive_and_the_train_error_never_rises((task, student) in (tasks(), students())) {
        let curve = LearningCurve::new(&task, &student);
        let times = [0.0, 1e-3, 0.1, 0.5, 1.0, 2.0, 5.0, 20.0, 100.0, 1e4];
        let errors: Vec<_> = times.iter().map(|&t| curve.errors_at(t).unwrap()).collect();
        for e in &errors {
            prop_assert!(e.train.is_finite() && e.train >= 0.0 && e.test.is_finite(), "{e:?}");
            prop_assert!(e.test >= 0.0, "{e:?}");
        }
        for pair in errors.windows(2) {
            prop_assert!(pair[1].train <= pair[0].train * (1.0 + 1e-10) + 1e-14, "{errors:?}");
        }
    }

    #[test]
    fn shrinkage_bounds_the_signal_part_of_every_error((task, student, t) in (tasks(), students(), 0.0..50.0f64)) {
        let curve = LearningCurve::new(&task, &student);
        let shrinkage = curve.shrinkage_error().unwrap();
        prop_assert!((0.0..=1.0 + 1e-12).contains(&shrinkage));
        prop_assert!(curve.test_error_at(t).unwrap() >= shrinkage - 1e-12);
    }

    #[test]
    fn the_start_is_a_map_of_singular_values_epsilon((task, student) in (tasks(), students())) {
        let curve = LearningCurve::new(&task, &student);
        let (epsilon, spectrum) = (student.epsilon(), curve.spectrum());
        let held = student.capacity(&task);
        let signal = task.strengths().iter().take(held).map(|&s| spectrum.best_strength(s)).sum::<f64>();
        let expected = 1.0 + (held as f64 * epsilon * epsilon - 2.0 * epsilon * signal) / task.signal_power();
        let test = curve.test_error_at(0.0).unwrap();
        prop_assert!((test - expected).abs() < 1e-11 * (1.0 + expected), "{test} {expected}");
    }

    #[test]
    fn a_wide_student_learns_all_that_a_linear_map_can((task, layers) in (tasks(), 1..=3usize)) {
        let student = Student::new(60, layers, 1e-2).unwrap();
        let train = LearningCurve::new(&task, &student).train_error_at(1e9);
        let spectrum = theory::DataSpectrum::new(&task);
        let shown = task.strengths().iter().filter(|s| spectrum.is_detectable(**s));
        let fitted = shown.clone().map(|&s| spectrum.strength(s).powi(2)).sum::<f64>()
            + (spectrum.modes() - shown.count()) as f64 * spectrum.matrix().bulk().map_or(0.0, |law| law.mean_square());
        let residual = spectrum.residual() / (spectrum.residual() + spectrum.pace() * fitted);
        prop_assert!((train - residual).abs() < 1e-9, "{train} {residual}");
    }

    #[test]
    fn transposing_a_task_changes_no_error(
        (inputs, outputs, mut strengths, noise, student, t) in
            (4..60usize, 4..60usize, prop::collection::vec(0.1..9.0f64, 1..=4), 0.1..2.0f64, students(), 0.0..20.0f64)
    ) {
        strengths.sort_unstable_by(|a, b| b.total_cmp(a));
        // One noise entry has variance σ²/N₁, so the transposed task needs σ √(N₃/N₁).
        let task = Task::new(inputs, outputs, &strengths).unwrap().with_noise(noise).unwrap();
        let turned_noise = noise * (outputs as f64 / inputs as f64).sqrt();
        let turned = Task::new(outputs, inputs, &strengths).unwrap().with_noise(turned_noise).unwrap();
        let (a, b) = (LearningCurve::new(&task, &student), LearningCurve::new(&turned, &student));
        let threshold = a.spectrum().threshold();
        // At the threshold itself rounding decides what is detectable.
        prop_assume!(strengths.iter().all(|strength| (strength / threshold - 1.0).abs() > 1e-6));
        let (a, b) = (a.errors_at(t).unwrap(), b.errors_at(t).unwrap());
        prop_assert!((a.train - b.train).abs() < 1e-9 * (1e-6 + b.train), "{a:?} {b:?}");
        prop_assert!((a.test - b.test).abs() < 1e-9 * (1e-3 + b.test), "{a:?} {b:?}");
    }

    #[test]
    fn stopping_beats_every_time((task, student, t) in (tasks(), students(), 0.0..1.0f64)) {
        let curve = LearningCurve::new(&task, &student);
        let stopping = curve.optimal_stopping(30.0).unwrap();
        prop_assert!((0.0..=30.0).contains(&stopping.time));
        for part in [t, 0.3 * t, 0.5 + 0.5 * t] {
            let error = curve.test_error_at(30.0 * part).unwrap();
            prop_assert!(stopping.test_error <= error * (1.0 + 1e-12), "{stopping:?} against {error} at {}", 30.0 * part);
        }
    }

    #[test]
    fn strengths_stay_between_start_and_data(
        (layers, log_epsilon, log_strength, t, factor) in
            (1..=12usize, -9.0..1.0f64, -9.0..3.0f64, 0.0..1e3f64, 1.0..3.0f64)
    ) {
        let (epsilon, s_hat) = (10f64.powf(log_epsilon), 10f64.powf(log_strength));
        let growth = ModeGrowth::new(layers, epsilon).unwrap();
        let s = growth.strength_at(s_hat, t);
        let slack = 1.0 + 1e-12;
        prop_assert!(s <= epsilon.max(s_hat) * slack && s * slack >= epsilon.min(s_hat), "{s}");
        let later = growth.strength_at(s_hat, factor * t);
        prop_assert!((later - s) * (s_hat - epsilon) >= -1e-12 * s * s_hat.max(epsilon), "{s} then {later}");
        if let Some(time) = growth.time_to_reach(s_hat, s).unwrap() {
            // s says no more about t than its own rounding lets it.
            let speed = growth.rate(growth.state_at(s_hat, t)).abs();
            prop_assert!((time - t).abs() <= 1e-9 * t + 1e-13 * s / speed, "{time} against {t}");
        }
    }

    #[test]
    fn data_are_stronger_than_teachers_and_never_fully_aligned(
        (rows, columns, variance, factor) in (1..300usize, 1..300usize, 1e-6..10.0f64, 1.0..100.0f64)
    ) {
        let matrix = SpikedMatrix::new(rows, columns, variance).unwrap();
        let s_bar = factor * matrix.threshold() * (1.0 + 1e-9);
        prop_assert!(matrix.strength(s_bar) > s_bar && matrix.strength(s_bar) >= matrix.edge() * (1.0 - 1e-14));
        for overlap in [matrix.overlap_output(s_bar), matrix.overlap_input(s_bar)] {
            prop_assert!((0.0..1.0).contains(&overlap));
        }
        // The better measured side is the larger: more rows see the input direction more often.
        prop_assert_eq!(rows > columns, matrix.overlap_input(s_bar) > matrix.overlap_output(s_bar));
    }

    #[test]
    fn joint_errors_are_finite_and_at_least_what_shrinkage_of_the_stack_leaves(
        (a, b, q, hidden, t) in (0.1..20.0f64, 0.1..20.0f64, -1.0..1.0f64, 1..60usize, 0.0..30.0f64)
    ) {
        let teacher = |strength| Teacher { outputs: 20, strengths: vec![strength] };
        let alignment = Mat::from_fn(1, 1, |_, _| q);
        let task = JointTask::pair(40, teacher(a), teacher(b), alignment.as_ref()).unwrap();
        let curve = JointCurve::new(&task, &Student::new(hidden, 2, 1e-4).unwrap());
        let errors = [curve.test_error_at(0, t).unwrap(), curve.test_error_at(1, t).unwrap()];
        prop_assert!(errors.iter().all(|error| error.is_finite() && *error >= 0.0), "{errors:?}");
        let strengths: Vec<f64> = task.modes().iter().map(|mode| mode.strength).collect();
        let stack = theory::shrinkage_error(&Task::new(40, 40, &strengths).unwrap()).unwrap();
        let whole = (a * a * errors[0] + b * b * errors[1]) / (a * a + b * b);
        prop_assert!(whole >= stack - 1e-10, "{whole} {stack}");
    }
}
