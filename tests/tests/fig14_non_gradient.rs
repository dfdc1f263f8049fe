//! The comparison of fig14 by another road: whole matrices of another size and seed, and a plain scan over stopping times.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use linalg_core::{generator, sample_gaussian, sample_haar_columns, squared_frobenius_norm};
use theory::{LearningCurve, MatrixShrinkage, NoiseLevel, Student, Task, shrinkage_error};

/// Test errors of the algorithm on `draws` matrices of a teacher of rank one, the noise estimated.
fn measured(inputs: usize, outputs: usize, strength: f64, draws: u64) -> Vec<f64> {
    let error = |run| {
        let stream = |purpose| generator(77, purpose, &[inputs as u64, outputs as u64], run);
        let left = sample_haar_columns(outputs, 1, &mut stream("left"));
        let right = sample_haar_columns(inputs, 1, &mut stream("right"));
        let teacher = linalg_core::faer::Scale(strength) * (&left * right.transpose());
        let noise = sample_gaussian(outputs, inputs, 1.0 / inputs as f64, &mut stream("noise"));
        let shrunk = MatrixShrinkage::new(NoiseLevel::Unknown).apply((&teacher + &noise).as_ref()).unwrap();
        squared_frobenius_norm((&shrunk.matrix - &teacher).as_ref()) / strength.powi(2)
    };
    (0..draws).map(error).collect()
}

#[test]
fn whole_matrices_shrunk_with_unknown_noise_reach_the_closed_form() {
    for strength in [2.0, 4.0] {
        let errors = measured(240, 120, strength, 16);
        let count = errors.len() as f64;
        let mean = errors.iter().sum::<f64>() / count;
        let deviation = (errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
        let expected = shrinkage_error(&Task::new(240, 120, &[strength]).unwrap()).unwrap();
        // Student's t(15) at 1e-4 is 5.24; one spike among 120 values moves median, bulk and overlaps by order 1/120.
        let allowed = 5.24 * deviation / count.sqrt() + expected / 120.0;
        assert!((mean - expected).abs() < allowed, "{strength}: {mean} for {expected} ± {allowed}");
    }
}

#[test]
fn no_stopping_time_beats_shrinkage() {
    // For rank one and A = 1/2 by hand: 1 − O² with O² = (θ⁴−A)²/(θ⁴(θ²+A)(θ²+1)). The digits of stopping are from 25-digit arithmetic.
    let by_hand = |s: f64| {
        let x = s.powi(4) - 0.5;
        1.0 - x * x / (s.powi(4) * (s * s + 0.5) * (s * s + 1.0))
    };
    let student = Student::new(50, 2, 1e-5).unwrap();
    let known = [
        (vec![4.0], 0.090906, 0.090910, 5e-7),
        (vec![2.0], 0.3326, 0.3377, 5e-5),
        (vec![12.0, 8.0, 4.0], 0.01981, 0.02004, 5e-6),
    ];
    for (strengths, shrinkage, stopping, half_digit) in known {
        let curve = LearningCurve::new(&Task::new(100, 50, &strengths).unwrap(), &student);
        let found = curve.shrinkage_error().unwrap();
        assert!((found - shrinkage).abs() <= half_digit, "{strengths:?}: {found}");
        if let [s] = strengths[..] {
            assert!((found - by_hand(s)).abs() < 1e-14);
        }
        let at = |i: u32| curve.test_error_at(f64::from(i) * 2.5e-3).unwrap();
        let scan = (0..=2000).map(at).fold(f64::INFINITY, f64::min);
        // A grid of times misses the minimum by its curvature: less than 1e-6 for these.
        assert!((scan - stopping).abs() <= half_digit + 1e-6, "{strengths:?}: {scan}");
        assert!(found < scan);
    }
}
