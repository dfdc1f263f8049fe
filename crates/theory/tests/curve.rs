//! Learning curves, stopping and randomised data against limits by hand, another integration and sampled data.

use linalg_core::faer::Mat;
use linalg_core::{MarchenkoPastur, generator, sample_gaussian, sample_haar_columns, thin_svd};
use theory::{DataDraw, DataSpectrum, Ensemble, LearningCurve, SpikedMatrix, Student, Summary, Task, TheoryError};

fn student(hidden: usize, layers: usize) -> Student {
    Student::new(hidden, layers, 1e-4).expect("legal student")
}

/// ∫ g over the part of the bulk above `low`, through the textbook density on a fine midpoint grid in φ (spectrally
/// accurate for smooth g).
fn midpoint_average(law: &MarchenkoPastur, points: usize, low: f64, g: impl Fn(f64) -> f64) -> f64 {
    let (a, kappa) = (law.aspect_ratio(), law.kappa());
    let step = std::f64::consts::PI / points as f64;
    (0..points)
        .map(|i| {
            let phi = (i as f64 + 0.5) * step;
            let squared = 1.0 + a + 2.0 * a.sqrt() * phi.cos();
            let value = kappa * squared.max(0.0).sqrt();
            let mass = step * 2.0 * a * phi.sin().powi(2) / (std::f64::consts::PI * a.min(1.0) * squared);
            if value >= low { mass * g(value) } else { 0.0 }
        })
        .sum()
}

#[test]
fn bulk_terms_agree_with_another_integration_at_any_depth() {
    // Rank 0: the train error is the bulk alone. The front of 6 layers is 400 times narrower than the bulk.
    for (inputs, outputs) in [(100, 50), (50, 100), (100, 100), (100, 99), (400, 10)] {
        let task = Task::new(inputs, outputs, &[]).unwrap();
        let law = MarchenkoPastur::new(outputs, inputs, 1.0 / inputs as f64).unwrap();
        for (layers, times) in [
            (1, [0.5, 3.0, 9.0]),
            (2, [2.0, 5.0, 30.0]),
            (3, [5.0, 15.0, 90.0]),
            (4, [20.0, 50.0, 400.0]),
            (6, [40.0, 150.0, 900.0]),
        ] {
            let student = student(500, layers);
            let growth = student.mode_growth();
            let curve = LearningCurve::new(&task, &student);
            for t in times {
                let gap = |value: f64| growth.state_at(value, t).gap.powi(2);
                // Richardson's step removes the h² of square matrices, whose integrand has a kink at φ = π as a
                // periodic function.
                let [coarse, fine] = [20_000, 40_000].map(|points| midpoint_average(&law, points, 0.0, gap));
                let expected = (4.0 * fine - coarse) / 3.0 / law.mean_square();
                let actual = curve.train_error_at(t);
                assert!(
                    (actual - expected).abs() < 1e-11 * expected + 1e-15,
                    "{outputs} × {inputs}, L = {layers}, t = {t}: {actual:e} against {expected:e}"
                );
            }
        }
    }
}

#[test]
fn limits_at_the_start_and_the_end_by_hand() {
    // 2 teacher modes in a 40 × 60 task, one of them below threshold, room for 10 modes.
    let task = Task::new(60, 40, &[3.0, 0.5]).unwrap();
    let matrix = SpikedMatrix::new(40, 60, 1.0 / 60.0).unwrap();
    let curve = LearningCurve::new(&task, &student(10, 2));
    let law = matrix.bulk().unwrap();
    // t = 0: all ten modes at ε.
    let (s_hat, power) = (matrix.strength(3.0), 9.25);
    let epsilon = 1e-4;
    let test = 1.0 + (10.0 * epsilon * epsilon - 2.0 * epsilon * 3.0 * matrix.overlap(3.0)) / power;
    assert!((curve.test_error_at(0.0).unwrap() - test).abs() < 1e-14);
    let total = s_hat * s_hat + 39.0 * law.mean_square();
    // t → ∞: the ten strongest modes equal the data, 9 of the 39 noise modes among them.
    let cut = law.upper_quantile(9.0 / 39.0);
    let held = 39.0 * midpoint_average(&law, 400_000, cut, |y| y * y);
    let test = (power + s_hat * s_hat - 2.0 * s_hat * 3.0 * matrix.overlap(3.0) + held) / power;
    assert!((curve.test_error_at(1e6).unwrap() - test).abs() < 2e-4 * test, "{test}");
    let train = (39.0 * law.mean_square() - held) / total;
    assert!((curve.train_error_at(1e6) - train).abs() < 2e-4 * train, "{train}");
    assert_eq!(curve.data_strengths(), [s_hat]);
    assert!((curve.strengths_at(1e6)[0] - s_hat).abs() < 1e-12 && curve.strengths_at(1e6).len() == 1);
}

/// The strongest of the given strengths and ten weak ones, 0.1 to 0.4 times the threshold.
fn with_ten(first: f64, weak: f64) -> Vec<f64> {
    [vec![first], vec![weak; 10]].concat()
}

#[test]
fn undetectable_modes_count_in_the_teachers_norm_alone() {
    let task = Task::new(100, 50, &with_ten(6.0, 0.1)).unwrap();
    let curve = LearningCurve::new(&task, &Student::new(50, 2, 1e-3).unwrap());
    // t → ∞ by hand, κ = 1, A = 1/2: the spike leaves ŝ² − 2ŝs̄O + s̄² = 1 + A + 3A/s̄², beside 49 noise modes of mean square 1.
    let by_hand = (1.5 + 1.5 / 36.0 + 49.0 + 10.0 * 0.01) / 36.1;
    let end = curve.test_error_at(1e4).unwrap();
    assert!((end - by_hand).abs() < 1e-12 && (end - 1.403).abs() < 5e-4, "{end} against {by_hand}");
    // Exactly, the map is the data then: an error ‖Z‖²/‖W̄‖² of mean 50/36.1.
    assert!((end / (50.0 / 36.1) - 1.0).abs() < 0.015);
    // Independent draws of the data: train 0.553 at t = 1, test 0.073 at t = 2, at steep places of both curves.
    let train = curve.train_error_at(1.0);
    assert!((train - 0.553).abs() < 0.02, "{train}");
    let test = curve.test_error_at(2.0).unwrap();
    assert!((test - 0.073).abs() < 0.005, "{test}");
    let sampled = sampled_test_errors(&task, &Student::new(50, 2, 1e-3).unwrap(), &[2.0, 1e4], 40);
    assert!((sampled[0] - 0.073).abs() < 0.004 && (sampled[1] - 1.385).abs() < 0.04, "{sampled:?}");
}

#[test]
fn errors_are_continuous_in_weak_strengths() {
    for (hidden, layers, examples) in [(50, 2, 100), (7, 2, 100), (50, 4, 100), (50, 3, 40), (50, 2, 300)] {
        let curve = |strengths: &[f64]| {
            let task = Task::new(100, 50, strengths).unwrap().with_examples(examples).unwrap();
            LearningCurve::new(&task, &student(hidden, layers))
        };
        let [alone, company, crowd] = [vec![3.0], vec![3.0, 1e-9], with_ten(3.0, 1e-9)].map(|s| curve(&s));
        for t in [0.0, 1.0, 3.0, 8.0, 60.0, 1e5] {
            let expected = alone.errors_at(t).unwrap();
            for other in [&company, &crowd] {
                let found = other.errors_at(t).unwrap();
                assert!((found.train - expected.train).abs() <= 1e-15, "t = {t}: {found:?} {expected:?}");
                assert!((found.test - expected.test).abs() <= 1e-14 * expected.test, "t = {t}: {found:?} {expected:?}");
            }
        }
        // And in strengths anywhere below the threshold: 1 + Σ weak² replaces 1 in the numerator and Σ s̄².
        let threshold = alone.spectrum().threshold();
        for weak in [0.3 * threshold, 0.999_999 * threshold, threshold] {
            let (found, expected) = (curve(&with_ten(3.0, weak)), alone.test_error_at(60.0).unwrap());
            let by_hand = (9.0 * expected + 10.0 * weak * weak) / (9.0 + 10.0 * weak * weak);
            assert!((found.test_error_at(60.0).unwrap() / by_hand - 1.0).abs() < 1e-13);
            assert_eq!(found.train_error_at(60.0), alone.train_error_at(60.0));
        }
    }
}

/// Through the threshold a noise mode of average strength is replaced by one at the edge, and by nothing else: a step of
/// order 1/M.
#[test]
fn passing_the_threshold_moves_one_noise_mode_to_the_edge() {
    for size in [50, 500] {
        let threshold = SpikedMatrix::new(size, 2 * size, 1.0 / (2 * size) as f64).unwrap().threshold();
        let curve = |weak: f64| {
            let task = Task::new(2 * size, size, &[3.0, weak]).unwrap();
            LearningCurve::new(&task, &Student::new(size, 2, 1e-4).unwrap())
        };
        let (below, above) = (curve(threshold), curve(threshold * (1.0 + 1e-13)));
        let (power, edge) = (9.0 + threshold * threshold, below.spectrum().matrix().edge());
        for t in [2.0, 4.0, 9.0, 1e5] {
            let average = below.test_error_parts_at(t).unwrap().noise * power / (size - 1) as f64;
            let at_edge = Student::new(size, 2, 1e-4).unwrap().mode_growth().strength_at(edge, t).powi(2);
            let step = above.test_error_at(t).unwrap() - below.test_error_at(t).unwrap();
            assert!(
                (step - (at_edge - average) / power).abs() < 1e-5 * (at_edge + average) / power,
                "{step} at t = {t}"
            );
        }
        let step = above.train_error_at(3.0) - below.train_error_at(3.0);
        assert!(step.abs() < 2.0 / size as f64, "{step}");
    }
}

#[test]
fn parts_add_up_and_belong_to_their_modes() {
    let task = Task::new(100, 50, &[6.0, 4.0, 2.0]).unwrap();
    let curve = LearningCurve::new(&task, &student(50, 2));
    for t in [0.0, 1.0, 2.0, 5.0] {
        let parts = curve.test_error_parts_at(t).unwrap();
        let sum = parts.modes.iter().sum::<f64>() + parts.noise;
        assert!((sum / curve.test_error_at(t).unwrap() - 1.0).abs() < 1e-14);
        let s = curve.strengths_at(t);
        for (mode, s_bar) in [6.0, 4.0, 2.0].into_iter().enumerate() {
            let term = s[mode] * s[mode] - 2.0 * s[mode] * s_bar * curve.spectrum().overlap(s_bar) + s_bar * s_bar;
            assert!((parts.modes[mode] - term / task.signal_power()).abs() < 1e-13);
        }
    }
}

#[test]
fn without_noise_a_wide_student_learns_all() {
    let task = Task::new(30, 20, &[2.0, 1.0]).unwrap().with_noise(0.0).unwrap();
    let curve = LearningCurve::new(&task, &student(20, 2));
    assert_eq!(curve.data_strengths(), [2.0, 1.0]);
    // Train and test coincide: the 18 further data modes are zero in both.
    for t in [0.0, 2.0, 4.0, 40.0] {
        let errors = curve.errors_at(t).unwrap();
        assert!((errors.train - errors.test).abs() < 1e-15, "t = {t}: {errors:?}");
    }
    // What is left of the start in a mode without data: 1/(1/ε + 2t).
    let rest = 18.0 / (1e4f64 + 800.0).powi(2) / 5.0;
    assert!((curve.test_error_at(400.0).unwrap() / rest - 1.0).abs() < 1e-12);
    assert_eq!(curve.shrinkage_error().unwrap(), 0.0);
}

#[test]
fn narrow_students_leave_the_weaker_modes() {
    let task = Task::new(100, 50, &[6.0, 4.0, 2.0]).unwrap();
    let narrow = LearningCurve::new(&task, &student(2, 2));
    let limit = {
        let spectrum = DataSpectrum::new(&task);
        let left = |s_bar: f64| {
            s_bar * s_bar + spectrum.strength(s_bar).powi(2)
                - 2.0 * spectrum.strength(s_bar) * spectrum.best_strength(s_bar)
        };
        (left(6.0) + left(4.0) + 4.0) / 56.0
    };
    assert!((narrow.test_error_at(1e3).unwrap() - limit).abs() < 1e-12);
    assert_eq!(narrow.strengths_at(1e3)[2], 0.0);
    assert_eq!(narrow.test_error_parts_at(3.0).unwrap().noise, 0.0);
    // A single layer has no hidden units to run out of.
    let single = LearningCurve::new(&task, &Student::new(2, 1, 1e-4).unwrap());
    assert!(single.train_error_at(40.0) < 1e-15);
}

#[test]
fn full_rank_has_no_bulk_and_more_is_refused() {
    let strengths: Vec<f64> = (0..10).map(|i| 12.0 - f64::from(i)).collect();
    let task = Task::new(20, 10, &strengths).unwrap();
    let curve = LearningCurve::new(&task, &student(30, 2));
    assert_eq!(curve.test_error_parts_at(5.0).unwrap().noise, 0.0);
    assert!(curve.train_error_at(100.0) < 1e-20);
    let finite = curve.clone().with_finite_size_bulk();
    assert_eq!(finite.train_error_at(1.0), curve.train_error_at(1.0));
    let error = task.with_examples(9).unwrap_err();
    assert!(matches!(error, TheoryError::RankTooLarge { rank: 10, modes: 9, .. }), "{error}");
    assert!(Task::new(20, 9, &strengths).is_err());
}

#[test]
fn rank_zero_is_a_normal_answer() {
    let task = Task::new(60, 40, &[]).unwrap();
    let curve = LearningCurve::new(&task, &student(40, 2));
    let start = curve.train_error_at(0.0);
    assert!((start - 1.0).abs() < 1e-3 && curve.train_error_at(50.0) < 0.05);
    for refused in [
        curve.test_error_at(1.0).unwrap_err(),
        curve.errors_at(1.0).unwrap_err(),
        curve.test_error_parts_at(1.0).unwrap_err(),
        curve.optimal_stopping(5.0).unwrap_err(),
        curve.shrinkage_error().unwrap_err(),
    ] {
        assert!(matches!(refused, TheoryError::ZeroReference { .. }) && refused.to_string().contains("teacher"));
    }
    assert!(matches!(Task::new(60, 40, &[]).unwrap().with_noise(0.0), Err(TheoryError::NothingToLearn)));
}

#[test]
fn bad_tasks_are_refused_with_the_value() {
    let message = |result: Result<Task, TheoryError>| result.unwrap_err().to_string();
    assert!(message(Task::new(0, 5, &[])).contains("inputs is 0"));
    assert!(message(Task::new(5, 5, &[1.0, 2.0])).contains("strengths[1] = 2 follows 1"));
    assert!(message(Task::new(5, 5, &[1.0, 0.0])).contains("strengths is 0"));
    assert!(message(Task::new(5, 5, &[f64::NAN])).contains("NaN"));
    assert!(message(Task::new(5, 5, &[1.0]).unwrap().with_noise(-0.1)).contains("noise is -0.1"));
    assert!(message(Task::new(5, 5, &[1.0]).unwrap().with_examples(0)).contains("examples is 0"));
    assert!(Student::new(0, 2, 1e-3).is_err() && Student::new(3, 0, 1e-3).is_err() && Student::new(3, 2, 0.0).is_err());
    let curve = LearningCurve::new(&Task::new(5, 5, &[2.0]).unwrap(), &student(5, 2));
    assert!(curve.optimal_stopping(-1.0).is_err() && curve.optimal_stopping(f64::NAN).is_err());
}

/// Data of a task with white inputs: Σ³¹ (or W* for P > N₁) with its teacher.
fn sampled_data(task: &Task, run: u64) -> (Mat<f64>, Mat<f64>) {
    let (n1, n3, p) = (task.inputs(), task.outputs(), task.examples());
    let mut rng = generator(3, "curve", &[n1 as u64, n3 as u64, p as u64], run);
    let teacher = linalg_core::ThinSvd {
        left: sample_haar_columns(n3, task.rank(), &mut rng),
        singular_values: task.strengths().to_vec(),
        right: sample_haar_columns(n1, task.rank(), &mut rng),
    }
    .reconstruct();
    let noise = sample_gaussian(n3, p, task.noise().powi(2) / n1 as f64, &mut rng);
    let examples = if p <= n1 {
        sample_haar_columns(n1, p, &mut rng)
    } else {
        sample_haar_columns(p, n1, &mut rng).transpose() * faer_scale(task.density().sqrt())
    };
    let outputs = &teacher * &examples + noise;
    let correlation = outputs * examples.transpose() * faer_scale(1.0 / task.density().max(1.0));
    (correlation, teacher)
}

fn faer_scale(factor: f64) -> linalg_core::faer::Scale<f64> {
    linalg_core::faer::Scale(factor)
}

/// Mean test error of aligned students on sampled data, by the exact formula for any student.
fn sampled_test_errors(task: &Task, student: &Student, times: &[f64], draws: u64) -> Vec<f64> {
    let growth = student.mode_growth();
    let pace = task.density().max(1.0);
    let mut sums = vec![0.0; times.len()];
    for run in 0..draws {
        let (data, teacher) = sampled_data(task, run);
        let svd = thin_svd(data.as_ref()).expect("finite data").leading(student.capacity(task));
        for (sum, &t) in sums.iter_mut().zip(times) {
            let strengths = svd.singular_values.iter().map(|&s_hat| growth.strength_at(s_hat, pace * t)).collect();
            let map = linalg_core::ThinSvd { singular_values: strengths, ..svd.clone() }.reconstruct();
            *sum += linalg_core::squared_frobenius_norm((map - &teacher).as_ref()) / task.signal_power() / draws as f64;
        }
    }
    sums
}

#[test]
fn sampled_students_follow_the_curve_for_any_number_of_examples() {
    // Asymptotic theory at size 100: a few percent. Errors where noise rises steeply are left to looser bounds.
    let base = Task::new(100, 60, &[5.0, 3.0]).unwrap();
    for (examples, noise) in [(100, 1.0), (60, 1.0), (200, 1.0), (100, 0.5)] {
        let task = base.clone().with_examples(examples).unwrap().with_noise(noise).unwrap();
        let student = student(60, 2);
        let curve = LearningCurve::new(&task, &student).with_finite_size_bulk();
        let pace = task.density().max(1.0);
        let times = [0.8, 1.5, 2.5, 12.0].map(|t| t / pace);
        for (sampled, t) in sampled_test_errors(&task, &student, &times, 12).into_iter().zip(times) {
            let theory = curve.test_error_at(t).unwrap();
            assert!(
                (sampled - theory).abs() < 0.02 + 0.04 * theory,
                "P = {examples}, σ = {noise}, t = {t}: {sampled} {theory}"
            );
        }
    }
}

#[test]
fn finite_size_bulk_moves_towards_sampling() {
    let task = Task::new(60, 40, &[6.0, 5.0, 4.0, 3.5, 3.0]).unwrap();
    let student = student(40, 2);
    let times = [4.0, 20.0];
    let curve = LearningCurve::new(&task, &student);
    let finite = curve.clone().with_finite_size_bulk();
    for (sampled, t) in sampled_test_errors(&task, &student, &times, 40).into_iter().zip(times) {
        let (plain, corrected) = (curve.test_error_at(t).unwrap(), finite.test_error_at(t).unwrap());
        assert!((sampled - corrected).abs() < 0.5 * (sampled - plain).abs(), "t = {t}: {sampled} {plain} {corrected}");
    }
}

/// The end of training, where the map is the data and the squared test error ‖Z‖², nmν on average, whatever the teacher.
#[test]
fn finite_size_bulk_ends_at_the_norm_of_the_noise() {
    let many: Vec<f64> = [6.0].into_iter().chain([0.1; 10]).collect();
    for strengths in [&[1.0][..], &[10.0], &[3.0, 0.84, 0.5], &[1e4, 1.1, 1e-9], &many] {
        for (inputs, outputs, examples) in [(100, 50, 100), (50, 100, 50), (60, 60, 60), (100, 50, 60), (100, 50, 250)]
        {
            let task = Task::new(inputs, outputs, strengths).unwrap().with_examples(examples).unwrap();
            let curve = LearningCurve::new(&task, &student(100, 2)).with_finite_size_bulk();
            let end = curve.test_error_at(1e9).unwrap() * task.signal_power();
            let seen = examples.min(inputs) as f64;
            let noise = outputs as f64 * seen / examples.max(inputs) as f64;
            let expected = noise + (1.0 - seen / inputs as f64) * task.signal_power();
            let allowed = 1e-9 + 1e-12 * task.signal_power();
            assert!((end - expected).abs() < allowed, "{inputs} {outputs} {examples} {strengths:?}: {end} {expected}");
        }
    }
}

/// With all that is of first order counted nothing jumps where a mode becomes detectable, for wide and narrow students.
#[test]
fn finite_size_bulk_is_continuous_in_every_strength() {
    for (inputs, outputs) in [(100, 50), (40, 90), (60, 60)] {
        for hidden in [100, 20] {
            let errors = |strengths: &[f64]| -> Vec<f64> {
                let task = Task::new(inputs, outputs, strengths).unwrap();
                let curve = LearningCurve::new(&task, &Student::new(hidden, 2, 0.01).unwrap()).with_finite_size_bulk();
                let all = [0.5, 1.0, 2.0, 4.0, 1e3].map(|t| curve.errors_at(t).unwrap());
                all.iter().flat_map(|errors| [errors.train, errors.test]).collect()
            };
            let differ = |a: &[f64], b: &[f64]| {
                let (a, b) = (errors(a), errors(b));
                a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
            };
            assert!(differ(&[3.0], &[3.0, 1e-9]) < 1e-12);
            let threshold = (outputs as f64 / inputs as f64).powf(0.25);
            let [below, above] = [threshold * (1.0 - 1e-7), threshold * (1.0 + 1e-7)];
            assert!(!DataSpectrum::new(&Task::new(inputs, outputs, &[below]).unwrap()).is_detectable(below));
            let step = differ(&[3.0, below], &[3.0, above]);
            assert!(step < 1e-5, "{inputs} {outputs} {hidden}: {step:e}");
            let many = |strength: f64| [&[3.0][..], &[strength; 10]].concat();
            let step = differ(&many(below), &many(above));
            assert!(step < 1e-4, "{inputs} {outputs} {hidden}: {step:e}");
        }
    }
}

/// What noise modes have of a spike, and how it moves them: the sums at the end of training, against draws.
#[test]
fn what_a_spike_does_to_the_noise_modes() {
    for (strength, overlap) in [(1.0, 0.5), (1.5, 0.148_148_148_148), (3.0, 0.018_518_518_519)] {
        let task = Task::new(100, 50, &[strength]).unwrap();
        let draws = Ensemble::sample(&task, 400, 8).unwrap();
        let noise = |draw: &DataDraw| draw.data_strengths()[1..].iter().map(|s| s * s).sum::<f64>();
        let of_teacher = |draw: &DataDraw| {
            let modes = draw.data_strengths().iter().zip(draw.projections()).skip(1);
            modes.map(|(s, p)| s * p).sum::<f64>()
        };
        let curve = LearningCurve::new(&task, &student(50, 2)).with_finite_size_bulk();
        let learned = curve.test_error_parts_at(1e6).unwrap().noise * task.signal_power();
        // A/θ³; 4 standard errors (false alarm 6e-5 each), and of the next order what shows at 1.2 times the threshold.
        let close = |sampled: Summary, expected: f64, next: f64| {
            let allowed = 4.0 * sampled.standard_error() + next;
            assert!((sampled.mean - expected).abs() < allowed, "{strength}: {sampled:?} against {expected}");
        };
        close(draws.summarise(|draw| of_teacher(draw) / strength), overlap, 0.02 * overlap);
        close(draws.summarise(|draw| noise(draw) - 2.0 * of_teacher(draw)), learned, 0.0);
    }
}

/// Curves against draws, also of teachers of which nothing but one mode can be detected.
#[test]
fn finite_size_bulk_follows_draws_of_the_data() {
    let weak = |first: f64, other: f64| -> Vec<f64> { [first].into_iter().chain([other; 10]).collect() };
    let mut departing = 0;
    for (inputs, outputs, strengths, hidden, epsilon) in [
        (100, 50, weak(2.0, 0.3), 50, 0.1),
        (100, 50, weak(6.0, 0.1), 50, 1e-3),
        (100, 50, vec![1.0], 50, 1e-3),
        (60, 120, vec![3.0, 1.5], 60, 1e-3),
        (60, 60, vec![3.0, 1.5], 60, 1e-3),
        (100, 50, vec![3.0, 0.7], 20, 1e-3),
    ] {
        let task = Task::new(inputs, outputs, &strengths).unwrap();
        let student = Student::new(hidden, 2, epsilon).unwrap();
        let times = [0.1, 0.18, 0.5, 1.0, 2.0, 3.0, 5.0, 20.0];
        let curve = LearningCurve::new(&task, &student);
        let finite = curve.clone().with_finite_size_bulk();
        let draws = Ensemble::sample(&task, 200, 1).unwrap().aligned(&student, &times, 10.0).unwrap();
        let tests = draws.test_errors().unwrap();
        for ((t, train), test) in times.into_iter().zip(draws.train_errors()).zip(tests) {
            let (found, plain) = (finite.errors_at(t).unwrap(), curve.errors_at(t).unwrap());
            for (sampled, found, plain) in [(train, found.train, plain.train), (test, found.test, plain.test)] {
                // 4 standard errors: a false alarm in 160; and 2e-5 for times when all draws are alike.
                let allowed = 4.0 * sampled.standard_error() + 2e-5;
                let case = format!("{inputs} to {outputs}, {strengths:?}, {hidden} hidden, t = {t}");
                assert!((sampled.mean - found).abs() < allowed, "{case}: {sampled:?} against {found}");
                departing += usize::from((sampled.mean - plain).abs() > allowed);
            }
        }
    }
    assert!(departing > 40, "the paper's bulk departs at {departing} of 96 points only");
}

/// Ten modes that cannot be detected: draws say that a part of them is learned before the noise is, the paper's bulk that nothing is.
#[test]
fn weak_modes_are_worth_some_training() {
    let strengths: Vec<f64> = [2.0].into_iter().chain([0.3; 10]).collect();
    let task = Task::new(100, 50, &strengths).unwrap();
    let curve = LearningCurve::new(&task, &Student::new(50, 2, 0.1).unwrap());
    let plain = curve.optimal_stopping(6.0).unwrap();
    assert_eq!(plain.time, 0.0);
    let best = curve.with_finite_size_bulk().optimal_stopping(6.0).unwrap();
    // Sampled elsewhere: 0.993 to 0.994, at 0.18.
    assert!((best.time - 0.18).abs() < 0.01 && (best.test_error - 0.994).abs() < 1e-3 && !best.censored, "{best:?}");
}

#[test]
fn stopping_is_the_global_minimum_of_a_dense_scan() {
    let cases: [(&[f64], usize, f64, f64); 6] = [
        (&[4.0], 2, 1.0, 10.0),
        (&[30.0, 2.0], 2, 1.0, 10.0),
        (&[12.0, 6.0, 1.2], 2, 1.0, 12.0),
        (&[6.0, 4.0, 2.0], 4, 1.0, 400.0),
        (&[3.0, 1.0], 1, 1.0, 10.0),
        (&[2.0, 1.5], 3, 0.3, 100.0),
    ];
    for (strengths, layers, noise, t_max) in cases {
        let task = Task::new(80, 50, strengths).unwrap().with_noise(noise).unwrap();
        let curve = LearningCurve::new(&task, &student(50, layers));
        let stopping = curve.optimal_stopping(t_max).unwrap();
        let scan = (0..=3000).map(|i| curve.test_error_at(t_max * f64::from(i) / 3000.0).unwrap());
        let least = scan.fold(f64::INFINITY, f64::min);
        assert!(stopping.test_error <= least + 1e-13, "{strengths:?}, L = {layers}: {stopping:?} against {least}");
        assert!((curve.test_error_at(stopping.time).unwrap() - stopping.test_error).abs() < 1e-15);
        assert!(stopping.test_error > curve.shrinkage_error().unwrap() || layers == 1);
    }
}

/// The times of a hundred modes are thinned out, and still no valley is missed.
#[test]
fn stopping_of_very_many_modes_is_the_global_minimum() {
    for (layers, noise, t_max) in [(2, 1.0, 8.0), (5, 1.0, 200.0), (4, 0.02, 300.0), (1, 1.0, 5.0)] {
        // A crowd, a gap and a few that are far apart.
        let crowd = (0..90).map(|i| 6.0 - 0.01 * f64::from(i));
        let strengths: Vec<f64> = crowd.chain((0..10).map(|i| 3.0 * 0.8f64.powi(i))).collect();
        let task = Task::new(140, 110, &strengths).unwrap().with_noise(noise).unwrap();
        let curve = LearningCurve::new(&task, &student(110, layers));
        let stopping = curve.optimal_stopping(t_max).unwrap();
        let scan = (0..=500).map(|i| curve.test_error_at(t_max * f64::from(i) / 500.0).unwrap());
        let least = scan.fold(f64::INFINITY, f64::min);
        assert!(stopping.test_error <= least + 1e-13, "L = {layers}, noise {noise}: {stopping:?} against {least}");
        assert!(stopping.time > 0.0);
    }
}

#[test]
fn of_several_local_minima_the_least_is_found() {
    // A strong mode learned early, a weak one late, and noise between: two minima, either of which may be the global
    // one.
    let minima = |weak: f64| {
        let task = Task::new(200, 100, &[3.0, weak]).unwrap();
        let curve = LearningCurve::new(&task, &Student::new(100, 2, 1e-5).unwrap());
        let errors: Vec<f64> = (0..=4000).map(|i| curve.test_error_at(f64::from(i) * 2.5e-3).unwrap()).collect();
        let count = errors.windows(3).filter(|e| e[1] < e[0] && e[1] < e[2]).count();
        (count, curve.optimal_stopping(10.0).unwrap().time)
    };
    let (_, with_weak) = minima(2.5);
    let (_, without) = minima(0.85);
    assert!(with_weak > without, "a weak mode worth learning delays stopping: {with_weak} {without}");
    // Far apart and nearly noise-free directions: staircase with several minima.
    let task = Task::new(400, 4, &[20.0, 1.0]).unwrap().with_noise(0.9).unwrap();
    let curve = LearningCurve::new(&task, &Student::new(4, 2, 1e-6).unwrap());
    let errors: Vec<f64> = (0..=20_000).map(|i| curve.test_error_at(f64::from(i) * 1e-3).unwrap()).collect();
    let count = errors.windows(3).filter(|e| e[1] < e[0] && e[1] < e[2]).count();
    assert!(count >= 2, "{count} local minima");
    let least = errors.into_iter().fold(f64::INFINITY, f64::min);
    assert!(curve.optimal_stopping(20.0).unwrap().test_error <= least + 1e-15);
}

#[test]
fn a_minimum_on_a_point_of_the_search_grid_is_found() {
    // Without noise modes the minimum is where s passes s̄O, which the grid visits itself.
    let curve =
        LearningCurve::new(&Task::new(1, 1, &[17.265_664_296_273_552]).unwrap(), &Student::new(1, 2, 0.1).unwrap());
    let stopping = curve.optimal_stopping(30.0).unwrap();
    assert!((stopping.test_error / curve.shrinkage_error().unwrap() - 1.0).abs() < 1e-12, "{stopping:?}");
    assert!((stopping.time - 0.294).abs() < 0.002);
}

#[test]
fn nothing_detectable_means_no_training() {
    let task = Task::new(100, 50, &[0.8, 0.5]).unwrap();
    for layers in [2, 3, 4] {
        let stopping = LearningCurve::new(&task, &student(50, layers)).optimal_stopping(1000.0).unwrap();
        assert_eq!(stopping.time, 0.0);
        assert!((stopping.test_error - 1.0).abs() < 1e-5);
    }
}

#[test]
fn stopping_may_be_cut_by_the_end_of_training() {
    let task = Task::new(100, 50, &[4.0]).unwrap();
    let curve = LearningCurve::new(&task, &student(50, 2));
    let free = curve.optimal_stopping(10.0).unwrap().time;
    assert_eq!(curve.optimal_stopping(0.5 * free).unwrap().time, 0.5 * free);
    assert_eq!(curve.optimal_stopping(0.0).unwrap().time, 0.0);
}

/// The best time within a horizon is the best time there is, and it is marked where a shorter search ends before it.
#[test]
fn answers_that_are_only_the_end_of_the_search_are_marked() {
    let cases: [(&[f64], usize, usize, f64, f64); 8] = [
        (&[4.0, 1.5], 3, 80, 1.0, 1e-4),
        (&[6.0, 4.0, 2.0], 2, 80, 1.0, 1e-5),
        (&[6.0, 4.0, 2.0], 2, 2, 1.0, 1e-5),
        (&[1.0, 0.5], 4, 80, 1.0, 1e-3),
        (&[3.0, 1.0], 1, 80, 1.0, 1e-2),
        (&[3.0, 1.0], 2, 80, 0.0, 1e-5),
        (&[100.0], 2, 80, 1.0, 1e-5),
        (&[1.5], 2, 80, 1.0, 0.5),
    ];
    for (strengths, layers, hidden, noise, epsilon) in cases {
        let task = Task::new(200, 80, strengths).unwrap().with_noise(noise).unwrap();
        let curve = LearningCurve::new(&task, &Student::new(hidden, layers, epsilon).unwrap());
        let horizon = curve.horizon();
        let (best, later) = (curve.optimal_stopping(horizon).unwrap(), curve.optimal_stopping(30.0 * horizon).unwrap());
        let case = format!("{strengths:?}, L = {layers}, N2 = {hidden}, noise {noise}, from {epsilon}");
        assert!(!best.censored && !later.censored, "{case}: {best:?} {later:?} within {horizon}");
        // Without noise the start in the 78 modes without data fades for ever.
        let start = if noise == 0.0 { 78.0 * epsilon * epsilon } else { 0.0 };
        let allowed = 1e-6 * later.test_error + 1e-12 + start;
        assert!(best.test_error - later.test_error < allowed, "{case}: {best:?} {later:?}");
        // Whatever a shorter search finds, it is the best or it is marked; and what is marked is not always the best.
        for part in [0.0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] {
            let short = curve.optimal_stopping(part * horizon).unwrap();
            let lost = short.test_error - later.test_error > allowed;
            assert!(!lost || short.censored, "{case}: {short:?} at {part} of {horizon} for {later:?}");
            assert!(best.time < part * horizon || best.time == 0.0 || short.censored || !lost);
        }
        // Cut well before a best time in the middle of learning, the search says so.
        if noise > 0.0 && later.time > 0.0 {
            assert!(curve.optimal_stopping(0.9 * later.time).unwrap().censored, "{case}");
        }
    }
    // A start above all noise falls for ever.
    let above = Student::new(80, 3, 3.5).unwrap();
    let above = LearningCurve::new(&Task::new(200, 80, &[2.0]).unwrap(), &above).optimal_stopping(3.0).unwrap();
    assert!(above.time == 3.0 && above.censored, "{above:?}");
    // Nothing is to be gained by a task of which nothing can be seen: no training is best, and that is no end of a search.
    let nothing = LearningCurve::new(&Task::new(200, 80, &[0.5]).unwrap(), &student(80, 2));
    let best = nothing.optimal_stopping(0.1).unwrap();
    assert!(best.time == 0.0 && !best.censored && nothing.horizon() > 1.0);
    // A second mode too weak to be worth the noise that is learned before it does not mark the answer.
    let weak = LearningCurve::new(&Task::new(100, 50, &[6.0, 0.86]).unwrap(), &student(50, 2));
    let best = weak.optimal_stopping(weak.horizon()).unwrap();
    assert!(!best.censored && weak.strengths_at(best.time)[1] < 0.1);
}

#[test]
fn denser_examples_only_shorten_time() {
    // P > N₁: the same W* statistics at pace D; noise σ√D per example gives the spiked matrix of P = N₁.
    let (task, student) = (Task::new(60, 40, &[5.0, 2.0]).unwrap(), student(40, 2));
    let once = LearningCurve::new(&task, &student);
    let twice =
        LearningCurve::new(&task.clone().with_examples(120).unwrap().with_noise(2f64.sqrt()).unwrap(), &student);
    for t in [0.3, 1.0, 2.0, 6.0] {
        let (a, b) = (once.test_error_at(2.0 * t).unwrap(), twice.test_error_at(t).unwrap());
        assert!((a / b - 1.0).abs() < 1e-12, "t = {t}: {a} {b}");
    }
}

#[test]
fn randomised_data_have_the_same_power_and_learn_later() {
    let task = Task::new(100, 50, &[6.0, 4.0]).unwrap();
    let random = task.randomised();
    assert_eq!(random.rank(), 0);
    assert!((random.noise().powi(2) - (52.0 / 50.0 + 1.0)).abs() < 1e-14);
    let student = Student::new(50, 2, 1e-5).unwrap();
    let (curve, shuffled) = (LearningCurve::new(&task, &student), LearningCurve::new(&random, &student));
    // Signal values sink into a bulk that ends at σ_r(1+√A): learning starts later.
    let half =
        |curve: &LearningCurve, level: f64| (0..).find(|&i| curve.train_error_at(0.01 * f64::from(i)) < level).unwrap();
    assert!(half(&shuffled, 0.95) > half(&curve, 0.95));
    assert!(shuffled.spectrum().matrix().edge() < curve.data_strengths()[0]);
    // A shuffle of sampled outputs has the predicted edge and mean square.
    let (data, _) = sampled_data(&task, 0);
    let mut entries: Vec<f64> = (0..100).flat_map(|j| (0..50).map(move |i| (i, j))).map(|at| data[at]).collect();
    // A fixed permutation of 5000 entries with no structure: multiplication by a unit modulo 5003, a prime.
    let shuffle: Vec<usize> = (1..5003usize).map(|k| k * 2741 % 5003 - 1).filter(|&k| k < 5000).collect();
    entries = shuffle.iter().map(|&k| entries[k]).collect();
    let matrix = Mat::from_fn(50, 100, |i, j| entries[50 * j + i]);
    let values = linalg_core::singular_values(matrix.as_ref()).unwrap();
    assert!((values[0] / shuffled.spectrum().matrix().edge() - 1.0).abs() < 0.06, "{}", values[0]);
    let mean_square = values.iter().map(|v| v * v).sum::<f64>() / 50.0;
    assert!((mean_square / random.noise().powi(2) - 1.0).abs() < 0.06, "{mean_square}");
}
