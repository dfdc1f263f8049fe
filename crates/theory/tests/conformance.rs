//! Wrong numbers that public code gives, beside the right ones.

use linalg_core::{generator, sample_gaussian};
use theory::{LearningCurve, Loss, MatrixShrinkage, ModeGrowth, NoiseLevel, Shrinkage, SpikedMatrix, Student, Task};

/// A popular R shrinker's nuclear-norm rule returns 3.509 for y = 3, A = 1, an expander; the right value is 1.854.
#[test]
fn nuclear_norm_rule_shrinks() {
    let matrix = SpikedMatrix::new(100, 100, 0.01).unwrap();
    let value = Shrinkage::new(matrix, Loss::Nuclear).value(3.0).unwrap();
    // By hand: x² = (7 + √45)/2, value = (x⁴ − 1 − 3x)/(3x²).
    let x = (0.5 * (7.0 + 45f64.sqrt())).sqrt();
    assert!((value - (x.powi(4) - 1.0 - 3.0 * x) / (3.0 * x * x)).abs() < 1e-13);
    assert!((value - 1.854).abs() < 5e-4, "{value}");
    let wrong = 3.509;
    assert!(wrong > 3.0 && value < 3.0, "a shrinkage rule must not expand");
}

/// A popular hard-threshold package uses the small side of a non-square matrix with known noise: on 50 × 200 pure
/// noise its cutoff is 12.43, the bulk ends at 21.21, and it keeps about 60 % of the noise modes.
#[test]
fn hard_threshold_from_the_small_side_keeps_noise() {
    let matrix = SpikedMatrix::new(50, 200, 1.0).unwrap();
    // Gavish & Donoho 2014: λ(β) √(columns); the package takes √(rows).
    let beta = 0.25f64;
    let lambda = (2.0 * (beta + 1.0) + 8.0 * beta / (beta + 1.0 + (beta * beta + 14.0 * beta + 1.0).sqrt())).sqrt();
    let (wrong, right) = (lambda * 50f64.sqrt(), lambda * 200f64.sqrt());
    assert!((wrong - 12.43).abs() < 5e-3 && right > matrix.edge());
    assert!((matrix.edge() - 21.213_203_435_596_427).abs() < 1e-12);
    let kept = matrix.bulk().unwrap().fraction_above(wrong);
    assert!((kept - 0.6).abs() < 0.03, "it keeps {kept} of the noise modes");
    // Ours keeps none of sampled noise, but for a largest value that may pass the edge by a hair.
    let noise = sample_gaussian(50, 200, 1.0, &mut generator(2, "trap", &[50, 200], 0));
    let shrunk = MatrixShrinkage::new(NoiseLevel::EntryVariance(1.0)).apply(noise.as_ref()).unwrap();
    assert!(shrunk.rank() <= 1, "{}", shrunk.rank());
    let above = shrunk.data_strengths.iter().filter(|value| **value > wrong).count();
    assert!((25..=35).contains(&above), "the wrong cutoff would keep {above} of 50");
}

/// The operator-norm rule "x for all shapes" is optimal for square matrices only.
#[test]
fn operator_rule_of_rectangular_matrices_is_below_the_true_strength() {
    let rectangular = SpikedMatrix::new(50, 200, 1.0).unwrap();
    let square = SpikedMatrix::new(100, 100, 1.0).unwrap();
    for (matrix, by_hand) in [(rectangular, 0.75f64.sqrt()), (square, 1.0)] {
        // At twice the threshold θ² = 4√A; the ratio of the squared overlaps is (4√A + min(1, A))/(4√A + max(1, A)).
        let s_bar = 2.0 * matrix.threshold();
        let value = Shrinkage::new(matrix, Loss::Operator).value(matrix.strength(s_bar)).unwrap();
        assert!((value / s_bar - by_hand).abs() < 1e-12, "{} against {by_hand}", value / s_bar);
    }
}

/// The reference implementation of the paper integrates the bulk by a left Riemann sum; at 1,000 intervals this
/// misses the mean square.
#[test]
fn bulk_integral_is_no_riemann_sum() {
    let law = SpikedMatrix::new(100, 100, 0.01).unwrap().bulk().unwrap();
    let step = law.upper_edge() / 1000.0;
    let riemann = |g: &dyn Fn(f64) -> f64| -> f64 {
        (1..1000).map(|i| step * law.density(step * f64::from(i)) * g(step * f64::from(i))).sum()
    };
    let error = (riemann(&|_| 1.0) - 1.0).abs();
    assert!(error > 1e-4, "mass by a left Riemann sum is off by {error}");
    let ours = law.integral(linalg_core::BulkPart::All, None, |_| 1.0);
    assert!((ours - 1.0).abs() < 1e-14);
}

/// It picks s(t) of four layers from a grid of 2,000 values of s: off by up to half a step, 1e-3 near the steep part.
#[test]
fn four_layer_strength_is_no_grid_value() {
    let growth = ModeGrowth::new(4, 1e-5).unwrap();
    let s_hat = 4.0;
    let step = s_hat / 2000.0;
    let t = growth.time_to_reach(s_hat, 2.0 + 0.5 * step).unwrap().unwrap();
    let nearest = (growth.strength_at(s_hat, t) / step).round() * step;
    assert!((nearest - growth.strength_at(s_hat, t)).abs() > 0.4 * step);
    assert!((growth.strength_at(s_hat, t) - 2.0 - 0.5 * step).abs() < 1e-10);
}

/// It fixes σ_z = 1; the noise is an argument here, and only s̄/σ_z, tσ_z and ε/σ_z matter for two layers.
#[test]
fn noise_is_a_scale() {
    let student = |epsilon| Student::new(50, 2, epsilon).unwrap();
    let unit = LearningCurve::new(&Task::new(100, 50, &[8.0]).unwrap(), &student(2e-4));
    let half = LearningCurve::new(&Task::new(100, 50, &[4.0]).unwrap().with_noise(0.5).unwrap(), &student(1e-4));
    for t in [1.0, 3.0, 10.0] {
        let (a, b) = (unit.errors_at(0.5 * t).unwrap(), half.errors_at(t).unwrap());
        assert!((a.train / b.train - 1.0).abs() < 1e-12 && (a.test / b.test - 1.0).abs() < 1e-12, "{a:?} {b:?}");
    }
    let fixed = LearningCurve::new(&Task::new(100, 50, &[4.0]).unwrap(), &student(1e-4));
    assert!(fixed.test_error_at(10.0).unwrap() > 3.0 * half.test_error_at(10.0).unwrap());
}

/// Nothing detectable is a normal answer everywhere: never NaN, never a panic.
#[test]
fn rank_zero_answers() {
    let noise = sample_gaussian(20, 30, 1.0, &mut generator(2, "rank zero", &[], 0));
    for loss in [Loss::Frobenius, Loss::Operator, Loss::Nuclear] {
        let shrunk =
            MatrixShrinkage::new(NoiseLevel::EntryVariance(2.0)).with_loss(loss).apply(noise.as_ref()).unwrap();
        assert_eq!(shrunk.rank(), 0);
        assert!(linalg_core::frobenius_norm(shrunk.matrix.as_ref()) == 0.0);
    }
    let curve = LearningCurve::new(&Task::new(30, 20, &[0.5]).unwrap(), &Student::new(20, 2, 1e-5).unwrap());
    assert_eq!(curve.optimal_stopping(100.0).unwrap().time, 0.0);
    assert_eq!(curve.shrinkage_error().unwrap(), 1.0);
}
