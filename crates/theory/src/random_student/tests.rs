use super::*;
use crate::StudentShape;
use linalg_core::{faer, generator, sample_gaussian, sample_haar_columns, singular_values};

/// A data matrix (signal of the given strengths plus noise of entry variance `variance`) and its teacher.
fn data_and_teacher(outputs: usize, inputs: usize, strengths: &[f64], variance: f64, run: u64) -> (Mat<f64>, Mat<f64>) {
    let mut rng = generator(11, "data", &[outputs as u64, inputs as u64], run);
    let teacher = ThinSvd {
        left: sample_haar_columns(outputs, strengths.len(), &mut rng),
        singular_values: strengths.to_vec(),
        right: sample_haar_columns(inputs, strengths.len(), &mut rng),
    }
    .reconstruct();
    (&teacher + sample_gaussian(outputs, inputs, variance, &mut rng), teacher)
}

fn random_start(inputs: usize, hidden: usize, outputs: usize, epsilon: f64, run: u64) -> InitialWeights {
    let shape = StudentShape { inputs, hidden, outputs };
    InitialWeights::sample_random(shape, epsilon, &mut generator(12, "start", &[], run)).unwrap()
}

fn distance(a: &Mat<f64>, b: &Mat<f64>) -> f64 {
    frobenius_norm((a - b).as_ref())
}

/// (dW₁/dt, dW₂/dt) of gradient flow, τ = 1.
fn velocity(data: &Mat<f64>, w: &InitialWeights) -> InitialWeights {
    let residual = data - &w.second * &w.first;
    InitialWeights { first: w.second.transpose() * &residual, second: residual * w.first.transpose() }
}

fn moved(w: &InitialWeights, v: &InitialWeights, step: f64) -> InitialWeights {
    let scale = faer::Scale(step);
    InitialWeights { first: &w.first + scale * &v.first, second: &w.second + scale * &v.second }
}

/// The map at time `t` by the classical fourth-order Runge-Kutta method.
fn runge_kutta(data: &Mat<f64>, start: &InitialWeights, t: f64, steps: usize) -> Mat<f64> {
    let h = t / steps as f64;
    let mut w = start.clone();
    for _ in 0..steps {
        let k1 = velocity(data, &w);
        let k2 = velocity(data, &moved(&w, &k1, h / 2.0));
        let k3 = velocity(data, &moved(&w, &k2, h / 2.0));
        let k4 = velocity(data, &moved(&w, &k3, h));
        for (k, weight) in [(k1, 1.0), (k2, 2.0), (k3, 2.0), (k4, 1.0)] {
            w = moved(&w, &k, h * weight / 6.0);
        }
    }
    &w.second * &w.first
}

/// The map after `epochs` steps of full-batch gradient descent.
fn gradient_descent(data: &Mat<f64>, start: &InitialWeights, rate: f64, epochs: usize) -> Mat<f64> {
    let w = (0..epochs).fold(start.clone(), |w, _| moved(&w, &velocity(data, &w), rate));
    &w.second * &w.first
}

#[test]
fn agrees_with_runge_kutta_for_every_shape() {
    // Outputs below, at and above inputs; hidden below, at and above the number of modes; noise makes all modes move.
    let shapes = [(9, 6, 6), (6, 9, 5), (6, 4, 9), (5, 5, 5), (8, 3, 8), (7, 20, 4), (1, 3, 4), (6, 2, 1)];
    for (run, (inputs, hidden, outputs)) in shapes.into_iter().enumerate() {
        let (data, _) = data_and_teacher(outputs, inputs, &[2.0], 1.0 / inputs as f64, run as u64);
        let start = random_start(inputs, hidden, outputs, 1e-3, run as u64);
        let student = RandomStudent::new(data.as_ref(), &start).unwrap();
        for t in [1e-6, 0.3, 2.0, 6.0] {
            let (coarse, fine) = (runge_kutta(&data, &start, t, 2000), runge_kutta(&data, &start, t, 4000));
            // The method is of fourth order: the fine result errs by a fifteenth of the difference.
            let own_error = distance(&coarse, &fine) / 15.0;
            assert!(own_error < 2e-11, "Runge-Kutta errs by {own_error:e}");
            let found = distance(&student.map_at(t), &fine);
            assert!(found < 1e-10, "{inputs}-{hidden}-{outputs} at t = {t}: {found:e}");
        }
    }
}

#[test]
fn agrees_with_runge_kutta_at_the_size_of_the_figures() {
    let (data, _) = data_and_teacher(50, 100, &[3.0], 0.01, 2);
    let start = random_start(100, 50, 50, 1e-5, 2);
    let student = RandomStudent::new(data.as_ref(), &start).unwrap();
    let t = 3.0;
    let (coarse, fine) = (runge_kutta(&data, &start, t, 800), runge_kutta(&data, &start, t, 1600));
    let correction = faer::Scale(1.0 / 15.0) * (&fine - &coarse);
    assert!(frobenius_norm(correction.as_ref()) < 1e-7, "Runge-Kutta is not in its asymptotic regime");
    // What extrapolation leaves is a few percent of its correction, of the next order in the step; measured 1e-14 with steps so small.
    let found = distance(&student.map_at(t), &(fine + &correction));
    assert!(found < 1e-11, "{found:e}");
}

#[test]
fn agrees_with_runge_kutta_from_large_weights_and_deficient_data() {
    // Rank 2 of 5 × 7; balanced start of order one: W₁ = A, W₂ᵀ = rotated A on other coordinates.
    let (data, _) = data_and_teacher(5, 7, &[2.0, 1.0], 0.0, 3);
    let mut rng = generator(13, "large", &[], 0);
    let core = sample_gaussian(4, 4, 0.25, &mut rng);
    let start = InitialWeights {
        first: &core * sample_haar_columns(7, 4, &mut rng).transpose(),
        second: sample_haar_columns(5, 4, &mut rng) * core.transpose(),
    };
    let student = RandomStudent::new(data.as_ref(), &start).unwrap();
    for t in [0.1, 1.0, 5.0, 20.0] {
        let found = distance(&student.map_at(t), &runge_kutta(&data, &start, t, 8000));
        assert!(found < 1e-10, "t = {t}: {found:e}");
    }
}

#[test]
fn gradient_descent_tends_to_it_linearly_in_the_learning_rate() {
    let (data, _) = data_and_teacher(6, 8, &[2.0, 1.2], 0.05, 5);
    let start = random_start(8, 5, 6, 1e-2, 5);
    let student = RandomStudent::new(data.as_ref(), &start).unwrap();
    let t = 1.5;
    let exact = student.map_at(t);
    let errors: Vec<f64> = [1e-3, 5e-4, 2.5e-4]
        .into_iter()
        .map(|rate| distance(&gradient_descent(&data, &start, rate, (t / rate).round() as usize), &exact))
        .collect();
    let strongest = student.data_strengths()[0];
    for (pair, rate) in errors.windows(2).zip([1e-3, 5e-4]) {
        // Growth by ln(1 + λŝ)/λ = ŝ − λŝ²/2 + … instead of ŝ: the error is cλ(1 + O(λŝ²t)), hence the ratio's bound.
        let bound = rate * strongest * strongest * t;
        let ratio = pair[0] / pair[1];
        assert!((ratio - 2.0).abs() < bound, "ratio {ratio}, bound {bound}");
        assert!(bound < 0.02);
    }
}

#[test]
fn an_aligned_start_follows_the_modes_closed_form() {
    for (outputs, inputs, hidden) in [(6, 9, 6), (6, 9, 4), (9, 6, 12)] {
        let (data, _) = data_and_teacher(outputs, inputs, &[3.0, 2.0], 0.1, 7);
        let svd = thin_svd(data.as_ref()).unwrap();
        let epsilon = 1e-5;
        let start = InitialWeights::aligned(&svd, hidden, epsilon).unwrap();
        let student = RandomStudent::from_svd(&svd, &start).unwrap();
        for t in [0.0, 0.5, 2.0, 5.0, 8.0] {
            let mut strengths: Vec<f64> = (svd.singular_values.iter().take(hidden))
                .map(|&s_hat| {
                    let g = (-2.0 * s_hat * t).exp();
                    1.0 / ((1.0 - g) / s_hat + g / epsilon)
                })
                .collect();
            strengths.sort_by(|a, b| b.total_cmp(a));
            let found = student.state_at(t).strengths().unwrap();
            for (i, strength) in strengths.iter().enumerate() {
                assert!((found[i] - strength).abs() < 1e-13 * svd.singular_values[0], "t = {t}, mode {i}");
            }
        }
    }
}

#[test]
fn at_time_zero_it_is_the_start() {
    let (data, _) = data_and_teacher(6, 9, &[3.0], 0.1, 8);
    let start = random_start(9, 7, 6, 1e-5, 8);
    let student = RandomStudent::new(data.as_ref(), &start).unwrap();
    let product = &start.second * &start.first;
    assert!(distance(&student.map_at(0.0), &product) < 1e-14 * 1e-5 * 10.0);
    assert!(distance(&student.map_at(1e-300), &product) < 1e-14 * 1e-5 * 10.0);
}

#[test]
fn far_past_saturation_it_is_the_best_map_of_its_rank() {
    // Eckart-Young: a narrow student ends at the truncated decomposition of the data, a wide one at the data.
    let (data, _) = data_and_teacher(12, 15, &[3.0, 2.0], 1.0 / 15.0, 9);
    let svd = thin_svd(data.as_ref()).unwrap();
    for hidden in [1, 5, 11, 12, 30] {
        let start = random_start(15, hidden, 12, 1e-5, 9);
        let student = RandomStudent::from_svd(&svd, &start).unwrap();
        let best = svd.leading(hidden).reconstruct();
        for t in [1e4, 1e6, 1e9] {
            let found = distance(&student.map_at(t), &best);
            assert!(found < 1e-12, "hidden {hidden}, t = {t}: {found:e}");
        }
    }
}

#[test]
fn a_mode_that_starts_a_thousandfold_weaker_in_one_direction_is_still_exact() {
    // Nearly parallel rows of the initial weights on two strong modes: the case that a cap would get wrong by O(1).
    let data = faer::mat![[3.0, 0.0, 0.0], [0.0, 2.9, 0.0], [0.0, 0.0, 0.1]];
    let first = faer::mat![[1e-3, 1e-3, 0.0], [0.0, 1e-6, 1e-3]];
    let start = InitialWeights { second: first.transpose().to_owned(), first };
    let student = RandomStudent::new(data.as_ref(), &start).unwrap();
    for t in [3.0, 5.0, 8.0] {
        let found = distance(&student.map_at(t), &runge_kutta(&data, &start, t, 16000));
        assert!(found < 1e-10, "t = {t}: {found:e}");
    }
}

#[test]
fn a_student_continued_from_its_weights_is_the_same_student() {
    let (data, teacher) = data_and_teacher(10, 14, &[3.0], 1.0 / 14.0, 10);
    for hidden in [4, 10, 25] {
        let student = RandomStudent::new(data.as_ref(), &random_start(14, hidden, 10, 1e-5, 10)).unwrap();
        for (early, late) in [(0.2, 3.0), (3.0, 3.0), (6.0, 200.0)] {
            let weights = student.state_at(early).weights();
            let continued = RandomStudent::new(data.as_ref(), &weights).unwrap();
            let found = distance(&continued.map_at(late), &student.map_at(early + late));
            assert!(found < 1e-10, "hidden {hidden}, {early} + {late}: {found:e}");
            let projected = continued.project(teacher.as_ref()).unwrap();
            let direct = squared_frobenius_norm((continued.map_at(late) - &teacher).as_ref()) / 9.0;
            assert!((continued.state_at(late).test_error(&projected) - direct).abs() < 1e-13);
        }
    }
}

#[test]
fn questions_agree_with_the_map() {
    let (data, teacher) = data_and_teacher(8, 11, &[3.0, 2.0], 1.0 / 11.0, 14);
    let svd = thin_svd(data.as_ref()).unwrap();
    let student = RandomStudent::new(data.as_ref(), &random_start(11, 8, 8, 1e-4, 14)).unwrap();
    let projected = student.project(teacher.as_ref()).unwrap();
    for t in [0.0, 1.0, 2.5, 10.0] {
        let (state, map) = (student.state_at(t), student.map_at(t));
        let relative = |target: &Mat<f64>| (distance(&map, target) / frobenius_norm(target.as_ref())).powi(2);
        assert!((state.train_error().unwrap() - relative(&data)).abs() < 1e-13);
        assert!((state.test_error(&projected) - relative(&teacher)).abs() < 1e-13);
        let own = thin_svd(map.as_ref()).unwrap();
        for (s, expected) in state.strengths().unwrap().iter().zip(singular_values(map.as_ref()).unwrap()) {
            assert!((s - expected).abs() < 1e-13 * svd.singular_values[0]);
        }
        for (i, mode) in state.overlaps(2).unwrap().into_iter().enumerate() {
            let input = (own.right.col(i).transpose() * svd.right.col(i)).abs();
            let output = (own.left.col(i).transpose() * svd.left.col(i)).abs();
            // At the start all singular values are equal and their vectors arbitrary.
            assert!(t == 0.0 || (mode.input - input).abs() < 1e-9 && (mode.output - output).abs() < 1e-9);
        }
    }
}

#[test]
fn zero_data_and_zero_weights_are_normal() {
    let zero = Mat::<f64>::zeros(3, 4);
    let start = random_start(4, 3, 3, 1e-2, 15);
    let student = RandomStudent::new(zero.as_ref(), &start).unwrap();
    // Every mode follows τ ds/dt = −2s²: s = 1/(1/ε + 2t).
    for t in [0.0, 1.0, 1e3] {
        for s in student.state_at(t).strengths().unwrap() {
            assert!((s * (100.0 + 2.0 * t) - 1.0).abs() < 1e-12);
        }
    }
    assert!(matches!(student.state_at(1.0).train_error(), Err(TheoryError::ZeroReference { .. })));
    assert!(matches!(student.project(zero.as_ref()), Err(TheoryError::ZeroReference { .. })));
    let inert = InitialWeights { first: Mat::zeros(3, 4), second: Mat::zeros(3, 3) };
    let (data, _) = data_and_teacher(3, 4, &[1.0], 0.1, 15);
    let student = RandomStudent::new(data.as_ref(), &inert).unwrap();
    assert!(student.map_at(7.0).norm_max() < f64::MIN_POSITIVE && student.state_at(7.0).train_error().unwrap() > 0.999);
}

#[test]
fn bad_input_is_refused_with_its_size() {
    let (data, _) = data_and_teacher(3, 4, &[1.0], 0.1, 16);
    let mut start = random_start(4, 3, 3, 1.0, 16);
    assert!(RandomStudent::new(data.transpose(), &start).unwrap_err().to_string().contains("it must be 3 × 3"));
    start.second *= faer::Scale(1.1);
    match RandomStudent::new(data.as_ref(), &start).unwrap_err() {
        // W₁W₁ᵀ = I, W₂ᵀW₂ = 1.21 I of size 3.
        TheoryError::Unbalanced { violation, .. } => assert!((violation - 0.21 * 3f64.sqrt()).abs() < 1e-12),
        other => panic!("{other}"),
    }
    start.first[(0, 0)] = f64::NAN;
    assert!(RandomStudent::new(data.as_ref(), &start).is_err());
}

#[test]
fn equal_data_strengths_are_no_special_case() {
    // All singular values of the data equal, then two pairs of them.
    let start = random_start(5, 4, 5, 1e-3, 17);
    for strengths in [[2.0; 5], [2.0, 2.0, 1.0, 1.0, 1.0]] {
        let data = Mat::from_fn(5, 5, |i, j| if i == j { strengths[i] } else { 0.0 });
        let student = RandomStudent::new(data.as_ref(), &start).unwrap();
        for t in [1.0, 3.0, 6.0] {
            let found = distance(&student.map_at(t), &runge_kutta(&data, &start, t, 8000));
            assert!(found < 1e-10, "t = {t}: {found:e}");
        }
        assert!((student.state_at(1e5).strengths().unwrap()[0] - 2.0).abs() < 1e-12);
    }
}
