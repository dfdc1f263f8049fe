//! Cross-validation on real data, against stopping by hand.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use sim::faer::{Mat, Scale};
use sim::{CrossValidation, Draw, Examples, StudentSpec, Unattended};
use std::time::Instant;

/// Upper (inputs) and lower (outputs) halves of 1,797 digits, in columns.
fn digits() -> Examples {
    let lines = include_str!("data/digits.txt").lines().filter(|line| !line.starts_with('#'));
    let images: Vec<Vec<f64>> =
        lines.map(|line| line.chars().map(|c| f64::from(c.to_digit(17).unwrap())).collect()).collect();
    assert_eq!((images.len(), images[0].len()), (1797, 64));
    let half = |start: usize| Mat::from_fn(32, images.len(), |i, j| images[j][start + i]);
    Examples::new(half(0), half(32)).unwrap()
}

/// Gradient descent of ½‖Y − WX‖² from zero, its error on the examples left out after every epoch of a list.
fn stop_by_hand(examples: &Examples, fold: &[usize], rate: f64, epochs: &[u64]) -> Vec<f64> {
    let outside: Vec<usize> = (0..examples.count()).filter(|i| !fold.contains(i)).collect();
    let columns = |matrix: sim::faer::MatRef<'_, f64>, of: &[usize]| {
        Mat::from_fn(matrix.nrows(), of.len(), |i, j| matrix[(i, of[j])])
    };
    let (x, y) = (columns(examples.inputs(), &outside), columns(examples.outputs(), &outside));
    let (left_x, left_y) = (columns(examples.inputs(), fold), columns(examples.outputs(), fold));
    let (gram, covariance) = (&x * x.transpose(), &y * x.transpose());
    let mut map = Mat::<f64>::zeros(y.nrows(), x.nrows());
    let mut errors = Vec::new();
    for epoch in 0..=*epochs.last().unwrap() {
        if epochs.contains(&epoch) {
            errors.push((&left_y - &map * &left_x).squared_norm_l2());
        }
        let gradient = &covariance - &map * &gram;
        map += Scale(rate) * gradient;
    }
    errors
}

#[test]
fn digits_are_stopped_as_by_hand() {
    let examples = digits();
    let folds = CrossValidation::new(&examples, 10, 1).unwrap();
    let stopping = folds.early_stopping();
    // A step near the limit: ‖X‖² is 1.8e6 or so. Every tenth epoch in the logarithm.
    let (rate, last) = (5e-7, 15_000_f64);
    let mut epochs: Vec<u64> = (0..=60).map(|k| last.powf(f64::from(k) / 60.0).round() as u64).collect();
    epochs.dedup();
    let mut total = vec![0.0; epochs.len()];
    for fold in folds.folds() {
        for (sum, error) in total.iter_mut().zip(stop_by_hand(&examples, fold, rate, &epochs)) {
            *sum += error;
        }
    }
    let norm = examples.outputs().squared_norm_l2();
    let by_hand = total.iter().map(|sum| sum / norm).fold(f64::INFINITY, f64::min);
    let student =
        folds.student_until_best(&StudentSpec::new(32, 2, 1e-3), 0.0, 30_000, Draw { seed: 1, run: 0 }, &Unattended);
    let student = student.unwrap();
    let (ridge, ranks) = (folds.ridge(), folds.reduced_rank().unwrap());
    println!("by hand {by_hand:.5}; stopping {:?}, last {:?}", stopping.best, stopping.points.last());
    println!("ridge {:?}; ranks {:?}", ridge.best, ranks.best);
    println!("student {:?} after {} epochs", student.curve.best, student.training.epochs);
    assert!((stopping.best.error / by_hand - 1.0).abs() < 0.02, "{by_hand} {:?}", stopping.best);
    assert!((student.curve.best.error / by_hand - 1.0).abs() < 0.02, "{by_hand} {:?}", student.curve.best);
}

/// 20,000 examples of 500 inputs and 20 outputs. `cargo test --release -p sim --test own_data -- --ignored --nocapture`
#[test]
#[ignore = "a measurement"]
fn many_examples_take_seconds() {
    use linalg_core::{generator, sample_gaussian};
    let draw = |what: &str, rows, columns| sample_gaussian(rows, columns, 1.0, &mut generator(3, what, &[], 0));
    let x = draw("inputs", 500, 20_000);
    let x = Mat::from_fn(500, 20_000, |i, j| x[(i, j)] / (1.0 + i as f64 / 20.0));
    let y = draw("map", 20, 500) * &x + Scale(30.0) * draw("noise", 20, 20_000);
    let examples = Examples::new(x, y).unwrap();
    let start = Instant::now();
    let folds = CrossValidation::new(&examples, 10, 1).unwrap();
    println!("folds decomposed after {:.1} s", start.elapsed().as_secs_f64());
    println!("stopping {:?} after {:.1} s", folds.early_stopping().best, start.elapsed().as_secs_f64());
    println!("ridge {:?} after {:.1} s", folds.ridge().best, start.elapsed().as_secs_f64());
    println!("ranks {:?} after {:.1} s", folds.reduced_rank().unwrap().best, start.elapsed().as_secs_f64());
    let student = StudentSpec::new(20, 2, 1e-3);
    let student = folds.student_until_best(&student, 0.0, 20_000, Draw { seed: 1, run: 0 }, &Unattended).unwrap();
    println!("student {:?} after {:.1} s", student.curve.best, start.elapsed().as_secs_f64());
}
