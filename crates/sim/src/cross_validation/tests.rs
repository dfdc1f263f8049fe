//! Against the definitions, written out.

use super::*;
use crate::{Draw, InitialWeights, Schedule, StudentSpec, Training, Unattended};
use linalg_core::{sample_gaussian, squared_frobenius_norm};

fn noisy_examples(inputs: usize, outputs: usize, count: usize) -> Examples {
    let draw = |what: &str, rows, columns| sample_gaussian(rows, columns, 1.0, &mut generator(3, what, &[], 0));
    // Inputs of very different sizes, two of them constant, one of these zero.
    let x = draw("inputs", inputs, count);
    let x = Mat::from_fn(inputs, count, |i, j| match i {
        0 => 2.0,
        1 => 0.0,
        _ => x[(i, j)] * 3.0 / i as f64,
    });
    let y = draw("map", outputs, inputs) * &x + draw("noise", outputs, count);
    Examples::new(x, y).unwrap()
}

/// Σ over folds of the squared error of the map that `learn` gives for the other examples (with their scale), over ‖Y‖².
fn by_hand(folds: &CrossValidation<'_>, learn: impl Fn(&Examples, f64) -> Mat<f64>) -> f64 {
    let all = folds.examples;
    let squares = folds.folds().iter().map(|fold| {
        let outside: Vec<usize> = (0..all.count()).filter(|i| !fold.contains(i)).collect();
        let map = learn(&all.select(&outside), all.count() as f64 / outside.len() as f64);
        let left_out = all.select(fold);
        squared_frobenius_norm((left_out.outputs() - map * left_out.inputs()).as_ref())
    });
    squares.sum::<f64>() / all.output_squared_norm()
}

/// Gradient descent of L = 1 from zero.
fn descent(examples: &Examples, rate: f64, epochs: u64) -> Mat<f64> {
    let (x, y) = (examples.inputs(), examples.outputs());
    let mut map = Mat::zeros(y.nrows(), x.nrows());
    for _ in 0..epochs {
        let residual = y - &map * x;
        map += faer::Scale(rate) * (residual * x.transpose());
    }
    map
}

#[test]
fn folds_are_a_partition_drawn_by_the_seed() {
    let examples = noisy_examples(4, 2, 23);
    let folds = CrossValidation::new(&examples, 5, 1).unwrap();
    let mut all: Vec<usize> = folds.folds().iter().flatten().copied().collect();
    all.sort_unstable();
    assert_eq!(all, (0..23).collect::<Vec<_>>());
    assert!(folds.folds().iter().all(|fold| (4..=5).contains(&fold.len())));
    assert_eq!(folds.folds(), CrossValidation::new(&examples, 5, 1).unwrap().folds());
    assert_ne!(folds.folds(), CrossValidation::new(&examples, 5, 2).unwrap().folds());
    for count in [0, 1, 24] {
        assert!(CrossValidation::new(&examples, count, 1).is_err(), "{count}");
    }
}

#[test]
fn the_curve_of_early_stopping_is_gradient_descent_on_the_other_examples() {
    // More and fewer examples than inputs.
    for (inputs, count) in [(6, 40), (12, 9)] {
        let examples = noisy_examples(inputs, 3, count);
        let folds = CrossValidation::new(&examples, 4, 1).unwrap();
        let curve = folds.early_stopping();
        for point in [curve.points[60], curve.best] {
            let at = |epochs: u64| {
                by_hand(&folds, |outside, scale| descent(outside, scale * point.at / epochs as f64, epochs))
            };
            // Descent errs by its first order in the step; what is left after extrapolation is the second.
            let (coarse, fine) = (at(2000), at(4000));
            let extrapolated = 2.0 * fine - coarse;
            assert!(
                (extrapolated - point.error).abs() < 1e-2 * (fine - coarse).abs() + 1e-11,
                "{point:?} {coarse} {fine}"
            );
        }
        assert!(curve.points.iter().all(|point| point.error >= curve.best.error));
        assert!(curve.points[0].error > 0.95 && curve.best.error < 0.9);
    }
}

#[test]
fn ridge_and_reduced_rank_are_their_definitions() {
    let examples = noisy_examples(6, 4, 30);
    let folds = CrossValidation::new(&examples, 5, 7).unwrap();
    for point in [folds.ridge().best, folds.ridge().points[100]] {
        let wanted = by_hand(&folds, |outside, scale| {
            let (x, y) = (outside.inputs(), outside.outputs());
            let penalty = Mat::from_fn(6, 6, |i, j| if i == j { point.at / scale } else { 0.0 });
            let svd = linalg_core::thin_svd((x * x.transpose() + penalty).as_ref()).unwrap();
            let inverse = Mat::from_fn(6, 6, |i, j| svd.right[(i, j)] / svd.singular_values[j]) * svd.left.transpose();
            y * x.transpose() * inverse
        });
        assert!((wanted / point.error - 1.0).abs() < 1e-9, "{point:?} {wanted}");
    }
    let ranks = folds.reduced_rank().unwrap();
    assert_eq!(ranks.points.iter().map(|point| point.at).collect::<Vec<_>>(), [0.0, 1.0, 2.0, 3.0, 4.0]);
    assert_eq!(ranks.points[0].error, 1.0);
    for point in &ranks.points[1..] {
        let wanted = by_hand(&folds, |outside, _| {
            let (x, y) = (outside.inputs(), outside.outputs());
            let svd = linalg_core::thin_svd(x).unwrap();
            let kept = svd.singular_values.iter().filter(|gain| **gain > 1e-6 * svd.singular_values[0]).count();
            let svd = svd.leading(kept);
            let inverse = Mat::from_fn(x.ncols(), kept, |i, k| svd.right[(i, k)] / svd.singular_values[k]);
            let map = y * (inverse * svd.left.transpose());
            let fitted = linalg_core::thin_svd((&map * x).as_ref()).unwrap().leading(point.at as usize);
            &fitted.left * (fitted.left.transpose() * map)
        });
        assert!((wanted / point.error - 1.0).abs() < 1e-9, "{point:?} {wanted}");
    }
}

#[test]
fn a_student_is_trained_on_the_other_examples() {
    // More and fewer examples than inputs; a hidden layer, and two.
    for (inputs, count, layers, decay) in [(5, 24, 2, 0.0), (9, 7, 3, 0.0), (5, 24, 1, 0.0), (5, 24, 2, 3.0)] {
        let examples = noisy_examples(inputs, 3, count);
        let folds = CrossValidation::new(&examples, 3, 1).unwrap();
        let (student, draw) = (StudentSpec::new(4, layers, 0.1), Draw { seed: 2, run: 0 });
        let training = Training::new(5e-4, 600, Schedule::every(100)).with_decay(decay);
        let found = folds.student(&student, &training, draw, &Unattended).unwrap();
        for (k, point) in found.curve.points.iter().enumerate() {
            let wanted = by_hand(&folds, |outside, scale| {
                let (x, y) = (outside.inputs(), outside.outputs());
                let mut weights = InitialWeights::random(inputs, 3, &student, draw).layers;
                for _ in 0..100 * k {
                    let product = |layers: &[Mat<f64>], size: usize| {
                        layers.iter().fold(Mat::identity(size, size), |product: Mat<f64>, layer| layer * product)
                    };
                    let gradient = (y - product(&weights, inputs) * x) * x.transpose();
                    let old = weights.clone();
                    for (l, layer) in weights.iter_mut().enumerate() {
                        let (above, below) = (product(&old[l + 1..], old[l].nrows()), product(&old[..l], inputs));
                        *layer += faer::Scale(scale * 5e-4) * (above.transpose() * &gradient * below.transpose())
                            - faer::Scale(5e-4 * decay) * &old[l];
                    }
                }
                weights[1..].iter().fold(weights[0].clone(), |product, layer| layer * product)
            });
            // Rounding, and the tolerance of jumps.
            assert!((wanted / point.error - 1.0).abs() < 1e-8, "{layers} layers, {point:?} {wanted}");
        }
        assert!(found.curve.best.error < 0.9 * found.curve.points[0].error, "nothing was learned");
    }
}

#[test]
fn training_lasts_until_the_best_time_is_known() {
    let examples = noisy_examples(8, 3, 20);
    let folds = CrossValidation::new(&examples, 5, 1).unwrap();
    let (student, draw) = (StudentSpec::new(3, 2, 1e-3), Draw { seed: 2, run: 0 });
    let found = folds.student_until_best(&student, 0.0, 1_000_000, draw, &Unattended).unwrap();
    assert!(found.curve.best.at <= 0.5 * found.training.learning_rate * found.training.epochs as f64);
    assert!(found.curve.best.error < folds.early_stopping().points[0].error);
    let short = folds.student_until_best(&student, 0.0, 20, draw, &Unattended).unwrap();
    assert!(short.training.epochs == 20 && short.curve.best_is_last);
}
