//! The exact random student is the limit of gradient descent: the difference halves with the step.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use linalg_core::faer::{Mat, Scale};
use linalg_core::{frobenius_norm, generator, sample_gaussian, sample_haar_columns};
use theory::{ExactStudent, InitialWeights, StudentShape};

/// Data of a 24-to-12 teacher of two modes, and a random student of 10 hidden units.
fn data_and_start() -> (Mat<f64>, InitialWeights) {
    let mut rng = generator(20, "exact random student", &[], 0);
    let left = sample_haar_columns(12, 2, &mut rng);
    let strengths = [4.0, 2.0];
    let scaled = Mat::from_fn(12, 2, |i, j| left[(i, j)] * strengths[j]);
    let data =
        scaled * sample_haar_columns(24, 2, &mut rng).transpose() + sample_gaussian(12, 24, 1.0 / 24.0, &mut rng);
    let shape = StudentShape { inputs: 24, hidden: 10, outputs: 12 };
    (data, InitialWeights::sample_random(shape, 1e-3, &mut rng).unwrap())
}

/// The map after time `t` of gradient descent with steps of `rate`, written out.
fn gradient_descent(data: &Mat<f64>, start: &InitialWeights, rate: f64, t: f64) -> Mat<f64> {
    let (mut first, mut second) = (start.first.clone(), start.second.clone());
    for _ in 0..(t / rate).round() as usize {
        let residual = data - &second * &first;
        let next = &first + Scale(rate) * (second.transpose() * &residual);
        second = &second + Scale(rate) * (&residual * first.transpose());
        first = next;
    }
    &second * &first
}

/// An error C λ + C' λ² halves up to C'λ/(2C); with λŝ below 5e-3 that is a few parts in a thousand, and 2 % are allowed.
#[test]
fn the_difference_halves_with_the_learning_rate() {
    let (data, start) = data_and_start();
    let exact = ExactStudent::new(data.as_ref(), &start).unwrap();
    // On the rise of the first mode, between the modes, and near the end.
    for t in [0.9, 1.5, 3.0] {
        let limit = exact.map_at(t);
        let distance = |rate: f64| frobenius_norm((gradient_descent(&data, &start, rate, t) - &limit).as_ref());
        let [coarse, middle, fine] = [1e-3, 5e-4, 2.5e-4].map(distance);
        for ratio in [coarse / middle, middle / fine] {
            assert!((ratio - 2.0).abs() < 0.04, "t = {t}: {coarse:e}, {middle:e}, {fine:e}");
        }
        assert!(coarse < 0.05 * frobenius_norm(limit.as_ref()), "t = {t}: {coarse:e}");
    }
}
