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
    decaying_velocity(data, w, 0.0)
}

/// The same with weight decay.
fn decaying_velocity(data: &Mat<f64>, w: &InitialWeights, decay: f64) -> InitialWeights {
    let residual = data - &w.second * &w.first;
    let lost = faer::Scale(decay);
    InitialWeights {
        first: w.second.transpose() * &residual - lost * &w.first,
        second: residual * w.first.transpose() - lost * &w.second,
    }
}

fn moved(w: &InitialWeights, v: &InitialWeights, step: f64) -> InitialWeights {
    let scale = faer::Scale(step);
    InitialWeights { first: &w.first + scale * &v.first, second: &w.second + scale * &v.second }
}

/// The map at time `t` by the classical fourth-order Runge-Kutta method.
fn runge_kutta(data: &Mat<f64>, start: &InitialWeights, t: f64, steps: usize) -> Mat<f64> {
    let w = integrated(data, start, 0.0, t, steps);
    &w.second * &w.first
}

/// Steps of 1e-3 for students whose fastest rate is about 7: errors of (7e-3)⁵/120 a step, a few hundred of which count.
fn finely_integrated(data: &Mat<f64>, start: &InitialWeights, decay: f64, t: f64) -> InitialWeights {
    integrated(data, start, decay, t, (1e3 * t).ceil() as usize)
}

/// The weights at time `t` by the same method, with weight decay.
fn integrated(data: &Mat<f64>, start: &InitialWeights, decay: f64, t: f64, steps: usize) -> InitialWeights {
    let h = t / steps as f64;
    let velocity = |w: &InitialWeights| decaying_velocity(data, w, decay);
    let mut w = start.clone();
    for _ in 0..steps {
        let k1 = velocity(&w);
        let k2 = velocity(&moved(&w, &k1, h / 2.0));
        let k3 = velocity(&moved(&w, &k2, h / 2.0));
        let k4 = velocity(&moved(&w, &k3, h));
        for (k, weight) in [(k1, 1.0), (k2, 2.0), (k3, 2.0), (k4, 1.0)] {
            w = moved(&w, &k, h * weight / 6.0);
        }
    }
    w
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
        let student = ExactStudent::new(data.as_ref(), &start).unwrap();
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
    let student = ExactStudent::new(data.as_ref(), &start).unwrap();
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
    let student = ExactStudent::new(data.as_ref(), &start).unwrap();
    for t in [0.1, 1.0, 5.0, 20.0] {
        let found = distance(&student.map_at(t), &runge_kutta(&data, &start, t, 8000));
        assert!(found < 1e-10, "t = {t}: {found:e}");
    }
}

#[test]
fn gradient_descent_tends_to_it_linearly_in_the_learning_rate() {
    let (data, _) = data_and_teacher(6, 8, &[2.0, 1.2], 0.05, 5);
    let start = random_start(8, 5, 6, 1e-2, 5);
    let student = ExactStudent::new(data.as_ref(), &start).unwrap();
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
        let student = ExactStudent::from_svd(&svd, &start).unwrap();
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
    let student = ExactStudent::new(data.as_ref(), &start).unwrap();
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
        let student = ExactStudent::from_svd(&svd, &start).unwrap();
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
    let student = ExactStudent::new(data.as_ref(), &start).unwrap();
    for t in [3.0, 5.0, 8.0] {
        let found = distance(&student.map_at(t), &runge_kutta(&data, &start, t, 16000));
        assert!(found < 1e-10, "t = {t}: {found:e}");
    }
}

#[test]
fn a_student_continued_from_its_weights_is_the_same_student() {
    let (data, teacher) = data_and_teacher(10, 14, &[3.0], 1.0 / 14.0, 10);
    for hidden in [4, 10, 25] {
        let student = ExactStudent::new(data.as_ref(), &random_start(14, hidden, 10, 1e-5, 10)).unwrap();
        for (early, late) in [(0.2, 3.0), (3.0, 3.0), (6.0, 200.0)] {
            let weights = student.state_at(early).weights();
            let continued = ExactStudent::new(data.as_ref(), &weights).unwrap();
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
    let student = ExactStudent::new(data.as_ref(), &random_start(11, 8, 8, 1e-4, 14)).unwrap();
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
    let student = ExactStudent::new(zero.as_ref(), &start).unwrap();
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
    let student = ExactStudent::new(data.as_ref(), &inert).unwrap();
    assert!(student.map_at(7.0).norm_max() < f64::MIN_POSITIVE && student.state_at(7.0).train_error().unwrap() > 0.999);
}

#[test]
fn bad_input_is_refused_with_its_size() {
    let (data, _) = data_and_teacher(3, 4, &[1.0], 0.1, 16);
    let mut start = random_start(4, 3, 3, 1.0, 16);
    assert!(ExactStudent::new(data.transpose(), &start).unwrap_err().to_string().contains("it must be 3 × 3"));
    (0..3).for_each(|i| start.second[(i, 0)] *= 1.1);
    match ExactStudent::new(data.as_ref(), &start).unwrap_err() {
        // W₁W₁ᵀ = I, W₂ᵀW₂ = diag(1.21, 1, 1): from 0.07 I by (0.14, −0.07, −0.07).
        TheoryError::Unbalanced { violation, .. } => assert!((violation - 0.07 * 6f64.sqrt()).abs() < 1e-12),
        other => panic!("{other}"),
    }
    start.first[(0, 0)] = f64::NAN;
    assert!(ExactStudent::new(data.as_ref(), &start).is_err());
}

#[test]
fn equal_data_strengths_are_no_special_case() {
    // All singular values of the data equal, then two pairs of them.
    let start = random_start(5, 4, 5, 1e-3, 17);
    for strengths in [[2.0; 5], [2.0, 2.0, 1.0, 1.0, 1.0]] {
        let data = Mat::from_fn(5, 5, |i, j| if i == j { strengths[i] } else { 0.0 });
        let student = ExactStudent::new(data.as_ref(), &start).unwrap();
        for t in [1.0, 3.0, 6.0] {
            let found = distance(&student.map_at(t), &runge_kutta(&data, &start, t, 8000));
            assert!(found < 1e-10, "t = {t}: {found:e}");
        }
        assert!((student.state_at(1e5).strengths().unwrap()[0] - 2.0).abs() < 1e-12);
    }
}

/// A start on as many units as fit, with W₂ᵀW₂ − W₁W₁ᵀ = λI on them.
fn balanced_start(shape: (usize, usize, usize), epsilon: f64, balance: f64, run: u64) -> InitialWeights {
    let (inputs, hidden, outputs) = shape;
    let mut rng = generator(14, "balanced start", &[], run);
    InitialWeights::sample_balanced(StudentShape { inputs, hidden, outputs }, epsilon, balance, &mut rng).unwrap()
}

/// N₁, N₂, N₃ in every order, ties, single units.
const SHAPES: [(usize, usize, usize); 10] =
    [(5, 6, 8), (5, 8, 6), (6, 5, 8), (6, 8, 5), (8, 5, 6), (8, 6, 5), (5, 5, 5), (7, 20, 4), (1, 3, 4), (6, 2, 1)];

#[test]
fn balanced_starts_agree_with_runge_kutta_for_every_shape_and_both_signs() {
    for (run, shape) in SHAPES.into_iter().enumerate() {
        let (inputs, _, outputs) = shape;
        let (data, _) = data_and_teacher(outputs, inputs, &[2.0], 1.0 / inputs as f64, run as u64);
        for balance in [1e-4, 0.8, -0.8, 4.0, -4.0] {
            let start = balanced_start(shape, 1e-2, balance, run as u64);
            let student = ExactStudent::new(data.as_ref(), &start).unwrap();
            assert!((student.balance() / balance - 1.0).abs() < 1e-11, "{} for {balance}", student.balance());
            let (mut w, mut before) = (start.clone(), 0.0);
            for t in [1e-6, 0.3, 2.0, 5.0] {
                w = finely_integrated(&data, &w, 0.0, t - before);
                before = t;
                let found = distance(&student.map_at(t), &(&w.second * &w.first));
                assert!(found < 1e-10, "{shape:?}, λ = {balance}, t = {t}: {found:e}");
                let weights = student.state_at(t).weights();
                let kept = weights.second.transpose() * &weights.second - &weights.first * weights.first.transpose();
                for unit in 0..kept.nrows() {
                    let expected = if kept[(unit, unit)].abs() < 1e-9 { 0.0 } else { balance };
                    assert!((kept[(unit, unit)] - expected).abs() < 1e-12 * (1.0 + balance.abs()));
                }
            }
        }
    }
}

#[test]
fn decaying_students_agree_with_runge_kutta_for_every_shape() {
    for (run, shape) in SHAPES.into_iter().enumerate() {
        let (inputs, hidden, outputs) = shape;
        let (data, _) = data_and_teacher(outputs, inputs, &[2.0], 1.0 / inputs as f64, run as u64);
        let start = random_start(inputs, hidden, outputs, 1e-2, run as u64);
        let plain = ExactStudent::new(data.as_ref(), &start).unwrap();
        for decay in [1e-9, 0.3, 1.0, 5.0] {
            let student = plain.clone().with_decay(decay).unwrap();
            let (mut w, mut before) = (start.clone(), 0.0);
            for t in [1e-6, 0.3, 2.0, 5.0] {
                w = finely_integrated(&data, &w, decay, t - before);
                before = t;
                let found = distance(&student.map_at(t), &(&w.second * &w.first));
                assert!(found < 1e-10, "{shape:?}, γ = {decay}, t = {t}: {found:e}");
            }
        }
    }
}

#[test]
fn brakes_vanish_without_a_jump() {
    let (data, _) = data_and_teacher(6, 9, &[2.0], 0.1, 21);
    let svd = thin_svd(data.as_ref()).unwrap();
    let plain = ExactStudent::from_svd(&svd, &random_start(9, 6, 6, 1e-2, 21)).unwrap();
    // γ at a data strength: a row of B stops growing.
    let threshold = svd.singular_values[2];
    for t in [0.5, 4.0, 50.0, 400.0] {
        for step in [1e-7, 1e-10, 1e-13] {
            let close = |a: &ExactStudent, b: &ExactStudent| {
                let found = distance(&a.map_at(t), &b.map_at(t));
                assert!(found < 20.0 * step * t.min(30.0) + 1e-12, "{found:e} at {step:e}, t = {t}");
            };
            close(&plain.clone().with_decay(step).unwrap(), &plain);
            let at = |decay| plain.clone().with_decay(decay).unwrap();
            close(&at(threshold + step), &at(threshold - step));
            let balanced =
                |balance| ExactStudent::from_svd(&svd, &balanced_start((9, 6, 6), 1e-2, balance, 3)).unwrap();
            // λ moves weights of size √ε by λ/(2√ε) and less.
            let found = distance(&balanced(step * 1e-2).map_at(t), &balanced(0.0).map_at(t));
            assert!(found < 20.0 * step * t.min(30.0) + 1e-11, "{found:e} at λ = {step:e}, t = {t}");
        }
    }
}

#[test]
fn extreme_balances_and_times_agree_with_the_modes_closed_form() {
    for (outputs, inputs, hidden) in [(6, 9, 6), (6, 9, 4), (9, 6, 12)] {
        let (data, _) = data_and_teacher(outputs, inputs, &[3.0, 2.0], 0.1, 7);
        let svd = thin_svd(data.as_ref()).unwrap();
        for balance in [-50.0, -7.0, -1e-3, 1e-3, 2.0, 50.0] {
            for epsilon in [1e-5, 0.5] {
                let start = InitialWeights::aligned_balanced(&svd, hidden, epsilon, balance).unwrap();
                let student = ExactStudent::from_svd(&svd, &start).unwrap();
                let growth = crate::ModeGrowth::new(2, epsilon).unwrap().with_balance(balance).unwrap();
                for t in [0.0, 1e-4, 0.02, 0.5, 3.0, 50.0, 400.0] {
                    let leading = svd.singular_values.iter().take(hidden);
                    let mut strengths: Vec<f64> = leading.map(|&s_hat| growth.strength_at(s_hat, t)).collect();
                    strengths.sort_by(|a, b| b.total_cmp(a));
                    let found = student.state_at(t).strengths().unwrap();
                    for (found, expected) in found.iter().zip(strengths) {
                        let allowed = 1e-14 * (svd.singular_values[0] + balance.abs());
                        assert!((found - expected).abs() < allowed, "λ = {balance}, ε = {epsilon}, t = {t}: {found}");
                    }
                }
            }
        }
        for balance in [-50.0, 50.0] {
            // A random start learns everything that it has room for, and stays there; what lies outside the directions that its stronger
            // layer starts with takes times of |λ|/(2ŝ²).
            let student = ExactStudent::from_svd(&svd, &balanced_start((inputs, hidden, outputs), 1e-5, balance, 5));
            let (student, best) = (student.unwrap(), svd.leading(hidden).reconstruct());
            for t in [1e6, 1e8] {
                let found = distance(&student.map_at(t), &best);
                assert!(found < 1e-13 * balance.abs(), "λ = {balance}, t = {t}: {found:e}");
            }
        }
    }
}

#[test]
fn an_adapter_learns_what_the_frozen_map_lacks() {
    let (outputs, inputs) = (6, 8);
    let (target, _) = data_and_teacher(outputs, inputs, &[3.0, 2.0, 1.0], 0.0, 23);
    let (frozen, _) = data_and_teacher(outputs, inputs, &[2.5], 0.0, 24);
    let lack = &target - &frozen;
    for (rank, scale) in [(1, 0.1), (2, 1.0), (4, 0.5), (6, 3.0), (9, 1.0)] {
        let shape = StudentShape { inputs, hidden: rank, outputs };
        let mut rng = generator(15, "adapter", &[], rank as u64);
        let start = InitialWeights::sample_adapter(shape, scale, &mut rng).unwrap();
        let student = ExactStudent::new(lack.as_ref(), &start).unwrap();
        assert!((student.balance() + scale * scale).abs() < 1e-13);
        assert!(student.map_at(0.0).norm_max() < 1e-15 * scale * scale);
        for t in [0.2, 1.0, 5.0] {
            let w = finely_integrated(&lack, &start, 0.0, t);
            let found = distance(&student.map_at(t), &(w.second * w.first));
            assert!(found < 1e-10, "rank {rank}, scale {scale}, t = {t}: {found:e}");
        }
        // The lack has rank 4: from there on an adapter ends at it, below at its best map of that rank.
        let best = thin_svd(lack.as_ref()).unwrap().leading(rank).reconstruct();
        let found = distance(&student.map_at(1e3), &best);
        assert!(found < 1e-12, "rank {rank}, scale {scale}: {found:e}");
    }
}

#[test]
fn sequences_agree_with_runge_kutta_in_both_orders() {
    let (inputs, outputs) = (8, 6);
    let (a, _) = data_and_teacher(outputs, inputs, &[2.0], 1.0 / 8.0, 31);
    let (b, _) = data_and_teacher(outputs, inputs, &[3.0, 1.0], 1.0 / 8.0, 32);
    for (hidden, balance, decay) in [(6, 0.0, 0.0), (3, 0.0, 0.0), (10, 0.0, 0.4), (4, 1.5, 0.0), (6, -3.0, 0.0)] {
        for (first, second) in [(&a, &b), (&b, &a)] {
            let start = balanced_start((inputs, hidden, outputs), 1e-3, balance, 33);
            let student = ExactStudent::new(first.as_ref(), &start).unwrap().with_decay(decay).unwrap();
            for (pause, after) in [(1.0, 2.0), (9.0, 1.5)] {
                // Third task: the first one again, forgotten and learned once more.
                let next = student.followed_by(pause, second.as_ref()).unwrap();
                let last = next.followed_by(after, first.as_ref()).unwrap();
                assert_eq!((next.decay(), last.decay()), (decay, decay));
                let mut w = finely_integrated(first, &start, decay, pause);
                for (data, exact) in [(second, &next), (first, &last)] {
                    w = finely_integrated(data, &w, decay, after);
                    let found = distance(&exact.map_at(after), &(&w.second * &w.first));
                    assert!(found < 1e-10, "hidden {hidden}, λ = {balance}, γ = {decay}, {pause}: {found:e}");
                }
            }
        }
    }
    let student = ExactStudent::new(a.as_ref(), &random_start(inputs, 6, outputs, 1e-3, 1)).unwrap();
    assert!(matches!(student.followed_by(1.0, b.transpose()), Err(TheoryError::WrongShape { .. })));
}

#[test]
fn decay_and_balance_together_are_refused() {
    let (data, _) = data_and_teacher(4, 5, &[2.0], 0.1, 1);
    let student = ExactStudent::new(data.as_ref(), &balanced_start((5, 4, 4), 1e-2, 0.5, 1)).unwrap();
    assert!(matches!(student.clone().with_decay(0.1), Err(TheoryError::DecayWithBalance { .. })));
    assert!(student.with_decay(0.0).is_ok());
    let start = random_start(5, 4, 4, 1e-2, 1);
    for wrong in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(ExactStudent::new(data.as_ref(), &start).unwrap().with_decay(wrong).is_err());
    }
}
