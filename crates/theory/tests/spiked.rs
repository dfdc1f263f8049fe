//! Spiked matrices against limits by hand and sampling.

use linalg_core::{generator, sample_gaussian, sample_haar_columns, thin_svd};
use theory::SpikedMatrix;

#[test]
fn without_noise_the_data_are_the_teacher() {
    let matrix = SpikedMatrix::new(7, 3, 0.0).unwrap();
    assert_eq!((matrix.threshold(), matrix.edge(), matrix.lower_edge()), (0.0, 0.0, 0.0));
    assert_eq!((matrix.strength(2.0), matrix.overlap_output(2.0), matrix.overlap_input(2.0)), (2.0, 1.0, 1.0));
    assert_eq!(matrix.squared_misalignments(2.0), (0.0, 0.0));
    assert_eq!(matrix.true_strength(2.0).unwrap(), Some(2.0));
    assert_eq!((matrix.overlap(0.0), matrix.strength(0.0)), (0.0, 0.0));
    assert!(matrix.bulk().is_none());
}

#[test]
fn square_matrix_by_hand() {
    // κ = 1, A = 1: ŝ = s̄ + 1/s̄, both squared overlaps 1 − 1/s̄².
    let matrix = SpikedMatrix::new(40, 40, 1.0 / 40.0).unwrap();
    for s_bar in [1.1, 2.0, 30.0f64] {
        assert!((matrix.strength(s_bar) - s_bar - 1.0 / s_bar).abs() < 1e-14 * s_bar);
        assert!((matrix.overlap_output(s_bar).powi(2) - 1.0 + 1.0 / (s_bar * s_bar)).abs() < 1e-14);
        assert!((matrix.overlap_input(s_bar) - matrix.overlap_output(s_bar)).abs() < 1e-15);
    }
}

#[test]
fn transposition_exchanges_the_sides() {
    let (wide, tall) = (SpikedMatrix::new(30, 80, 0.02).unwrap(), SpikedMatrix::new(80, 30, 0.02).unwrap());
    for s_bar in [0.5, 1.0, 1.5, 3.0, 50.0] {
        assert_eq!(wide.is_detectable(s_bar), tall.is_detectable(s_bar));
        assert!((wide.strength(s_bar) / tall.strength(s_bar) - 1.0).abs() < 1e-15);
        assert_eq!(wide.overlap_output(s_bar), tall.overlap_input(s_bar));
        assert_eq!(wide.overlap_input(s_bar), tall.overlap_output(s_bar));
    }
    assert!((wide.lower_edge() - tall.lower_edge()).abs() < 1e-15);
}

#[test]
fn inverse_and_complement_close_the_circle() {
    for (rows, columns) in [(1, 1), (1, 50), (50, 1), (50, 100), (100, 50), (99, 100)] {
        let matrix = SpikedMatrix::new(rows, columns, 0.03).unwrap();
        for factor in [1.0 + 1e-8, 1.001, 1.5, 10.0, 1e6] {
            let s_bar = factor * matrix.threshold();
            let s_hat = matrix.strength(s_bar);
            // ŝ − edge is quadratic in the distance δ to the threshold: its rounding is 1e-16/δ² of it, and s̄ sees
            // its square root.
            let distance = factor - 1.0;
            let tolerance = 1e-13 + 2e-15 / distance;
            let back = matrix.true_strength(s_hat).unwrap();
            if factor > 1.0001 {
                assert!(
                    (back.unwrap() / s_bar - 1.0).abs() < 10.0 * tolerance,
                    "{rows} × {columns}, {factor}: {back:?}"
                );
                let best = s_bar * matrix.overlap(s_bar);
                assert!((matrix.best_strength(s_hat) / best - 1.0).abs() < 1e-13 + 2e-15 / distance.powi(2));
            }
            let (output, input) = matrix.squared_misalignments(s_bar);
            assert!((output + matrix.overlap_output(s_bar).powi(2) - 1.0).abs() < 1e-14);
            assert!((input + matrix.overlap_input(s_bar).powi(2) - 1.0).abs() < 1e-14);
        }
        assert_eq!(matrix.true_strength(matrix.edge()).unwrap(), None);
        assert_eq!(matrix.true_strength(0.5 * matrix.edge()).unwrap(), None);
        assert_eq!(matrix.best_strength(0.5 * matrix.edge()), 0.0);
    }
}

#[test]
fn strong_spikes_keep_the_digits_of_their_misalignment() {
    // θ → ∞: 1 − (û·ū)² → A/θ², 1 − (v̂·v̄)² → 1/θ², which 1 − overlap² would lose entirely.
    let matrix = SpikedMatrix::new(50, 100, 0.01).unwrap();
    let (output, input) = matrix.squared_misalignments(1e9);
    assert!((output / 0.5e-18 - 1.0).abs() < 1e-14 && (input / 1e-18 - 1.0).abs() < 1e-14);
    assert!(matrix.strength(1e200).is_finite() && matrix.overlap(1e200) == 1.0);
}

#[test]
fn near_the_threshold_the_overlap_rises_as_a_root() {
    // θ⁴ − A = 4 θ³ δ + … at θ = A^{1/4} + δ.
    let matrix = SpikedMatrix::new(50, 100, 0.01).unwrap();
    let threshold = matrix.threshold();
    for delta in [1e-12, 1e-9, 1e-6] {
        let squared = matrix.overlap_input(threshold + delta).powi(2);
        let expected = 4.0 * threshold * delta / (threshold * threshold + 1.0);
        // threshold + δ is itself rounded to 1e-16.
        assert!(
            (squared / expected - 1.0).abs() < 3.0 * delta + 2e-16 / delta,
            "{delta}: {squared} against {expected}"
        );
    }
}

#[test]
fn sampled_spikes_show_as_predicted() {
    // Three spikes in 150 × 300 and its transpose, 24 draws. Finite-size shifts are of order 1/n, scatter of the mean
    // 1/√(24·n).
    for (rows, columns) in [(150, 300), (300, 150), (200, 200)] {
        let matrix = SpikedMatrix::new(rows, columns, 1.0 / columns as f64).unwrap();
        let spikes = [6.0, 3.0, 1.6].map(|factor| factor * matrix.threshold());
        let draws = 24;
        let mut mean = [[0.0; 3]; 3];
        for run in 0..draws {
            let mut rng = generator(5, "spiked", &[rows as u64, columns as u64], run);
            let output = sample_haar_columns(rows, 3, &mut rng);
            let input = sample_haar_columns(columns, 3, &mut rng);
            let noise = sample_gaussian(rows, columns, 1.0 / columns as f64, &mut rng);
            let teacher =
                linalg_core::ThinSvd { left: output.clone(), singular_values: spikes.to_vec(), right: input.clone() };
            let svd = thin_svd((teacher.reconstruct() + noise).as_ref()).unwrap();
            for (mode, sums) in mean.iter_mut().enumerate() {
                let overlap = |a: &linalg_core::faer::Mat<f64>, b: &linalg_core::faer::Mat<f64>| {
                    (a.col(mode).transpose() * b.col(mode)).abs()
                };
                sums[0] += svd.singular_values[mode] / draws as f64;
                sums[1] += overlap(&svd.left, &output) / draws as f64;
                sums[2] += overlap(&svd.right, &input) / draws as f64;
            }
        }
        for (sums, s_bar) in mean.iter().zip(spikes) {
            let expected = [matrix.strength(s_bar), matrix.overlap_output(s_bar), matrix.overlap_input(s_bar)];
            for (value, expected) in sums.iter().zip(expected) {
                assert!(
                    (value - expected).abs() < 0.025 * expected,
                    "{rows} × {columns}, s̄ = {s_bar}: {sums:?} {expected}"
                );
            }
        }
    }
}

#[test]
fn impossible_matrices_are_refused() {
    assert!(SpikedMatrix::new(0, 3, 1.0).is_err());
    assert!(SpikedMatrix::new(3, 0, 1.0).is_err());
    assert!(SpikedMatrix::new(3, 3, -1.0).is_err());
    assert!(SpikedMatrix::new(3, 3, f64::NAN).is_err());
    assert!(SpikedMatrix::new(3, 3, 1.0).unwrap().true_strength(f64::NAN).is_err());
}
