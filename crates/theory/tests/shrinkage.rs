//! Shrinkage rules against the loss they minimise, sampled matrices and values by hand.

use linalg_core::faer::Mat;
use linalg_core::{ThinSvd, generator, sample_gaussian, sample_haar_columns, squared_frobenius_norm};
use theory::{Loss, MatrixShrinkage, NoiseLevel, Shrinkage, SpikedMatrix, Task, TheoryError, shrinkage_error};

const LOSSES: [Loss; 3] = [Loss::Frobenius, Loss::Operator, Loss::Nuclear];

/// The asymptotic loss of replacing ŝ by η: the singular values of the 2 × 2 matrix [[s̄ − η c_u c_v, −η c_u s_v],
/// [−η s_u c_v, −η s_u s_v]] (Gavish & Donoho 2017), from its trace norm and determinant.
fn loss_of(matrix: &SpikedMatrix, s_bar: f64, eta: f64, loss: Loss) -> f64 {
    let (output, input) = (matrix.overlap_output(s_bar), matrix.overlap_input(s_bar));
    let (output_rest, input_rest) = ((1.0 - output * output).sqrt(), (1.0 - input * input).sqrt());
    let [a, b, c, d] = [
        s_bar - eta * output * input,
        -eta * output * input_rest,
        -eta * output_rest * input,
        -eta * output_rest * input_rest,
    ];
    let square = a * a + b * b + c * c + d * d;
    let determinant = (a * d - b * c).abs();
    let (sum, difference) = ((square + 2.0 * determinant).sqrt(), (square - 2.0 * determinant).max(0.0).sqrt());
    match loss {
        Loss::Frobenius => square,
        Loss::Operator => 0.5 * (sum + difference),
        Loss::Nuclear => sum,
    }
}

#[test]
fn each_rule_minimises_its_loss_for_any_shape() {
    for (rows, columns) in [(50, 50), (50, 200), (200, 50), (90, 100)] {
        let matrix = SpikedMatrix::new(rows, columns, 0.02).unwrap();
        for loss in LOSSES {
            let rule = Shrinkage::new(matrix, loss);
            for factor in [1.05, 1.3, 2.0, 5.0] {
                let s_bar = factor * matrix.threshold();
                let s_hat = matrix.strength(s_bar);
                let value = rule.value(s_hat).unwrap();
                let best = (0..=20_000)
                    .map(|i| loss_of(&matrix, s_bar, s_hat * f64::from(i) / 20_000.0, loss))
                    .fold(f64::INFINITY, f64::min);
                let actual = loss_of(&matrix, s_bar, value, loss);
                assert!(
                    actual <= best * (1.0 + 1e-12),
                    "{rows} × {columns}, {loss:?}, {factor}: {actual} against {best}"
                );
                assert!(value <= s_hat);
            }
        }
    }
}

#[test]
fn frobenius_rule_is_true_strength_times_overlap() {
    let matrix = SpikedMatrix::new(50, 100, 0.01).unwrap();
    for s_bar in [0.9, 1.0, 2.0, 7.0] {
        let value = Shrinkage::new(matrix, Loss::Frobenius).value(matrix.strength(s_bar)).unwrap();
        assert!((value / (s_bar * matrix.overlap(s_bar)) - 1.0).abs() < 1e-11);
    }
}

#[test]
fn nothing_survives_at_or_below_the_edge_and_everything_without_noise() {
    for loss in LOSSES {
        let rule = Shrinkage::new(SpikedMatrix::new(50, 100, 0.01).unwrap(), loss);
        for s_hat in [0.0, 1.0, rule.matrix().edge()] {
            assert_eq!(rule.value(s_hat).unwrap(), 0.0, "{loss:?}");
        }
        assert!(rule.value(f64::NAN).is_err() && rule.value(-1.0).is_err());
        let clean = Shrinkage::new(SpikedMatrix::new(5, 3, 0.0).unwrap(), loss);
        assert_eq!((clean.value(2.5).unwrap(), clean.value(0.0).unwrap()), (2.5, 0.0), "{loss:?}");
        // A strong spike is kept.
        assert!((rule.value(1e6).unwrap() / 1e6 - 1.0).abs() < 1e-10, "{loss:?}");
    }
}

#[test]
fn tasks_error_by_hand_and_at_its_limits() {
    // θ = 2, A = 1/2: (û·ū)²(v̂·v̄)² = (15.5)²/(16 · 4.5 · 5).
    let task = Task::new(100, 50, &[2.0]).unwrap();
    let by_hand = 1.0 - 15.5 * 15.5 / (16.0 * 4.5 * 5.0);
    assert!((shrinkage_error(&task).unwrap() - by_hand).abs() < 1e-14);
    assert_eq!(shrinkage_error(&Task::new(100, 50, &[0.8]).unwrap()).unwrap(), 1.0);
    assert!(matches!(shrinkage_error(&Task::new(9, 9, &[]).unwrap()), Err(TheoryError::ZeroReference { .. })));
    // Half of the inputs unseen and no noise: half of the teacher is out of reach.
    let blind = Task::new(100, 50, &[2.0]).unwrap().with_examples(25).unwrap().with_noise(0.0).unwrap();
    assert!((shrinkage_error(&blind).unwrap() - 0.75).abs() < 1e-15);
}

/// A spiked matrix with its teacher.
fn sample(rows: usize, columns: usize, variance: f64, spikes: &[f64], run: u64) -> [linalg_core::faer::Mat<f64>; 2] {
    let mut rng = generator(9, "shrinkage", &[rows as u64, columns as u64], run);
    let left = sample_haar_columns(rows, spikes.len(), &mut rng);
    let right = sample_haar_columns(columns, spikes.len(), &mut rng);
    let teacher = ThinSvd { left, singular_values: spikes.to_vec(), right }.reconstruct();
    let noise = sample_gaussian(rows, columns, variance, &mut rng);
    [&teacher + noise, teacher]
}

#[test]
fn sampled_matrices_reach_the_predicted_error_with_known_and_with_estimated_noise() {
    let (rows, columns, spikes) = (80, 160, [6.0, 3.0]);
    let task = Task::new(columns, rows, &spikes).unwrap();
    let predicted = shrinkage_error(&task).unwrap();
    for noise in [NoiseLevel::EntryVariance(1.0 / 160.0), NoiseLevel::Unknown] {
        let mut mean = 0.0;
        for run in 0..16 {
            let [data, teacher] = sample(rows, columns, 1.0 / 160.0, &spikes, run);
            let shrunk = MatrixShrinkage::new(noise).apply(data.as_ref()).unwrap();
            // The median of 80 rigid values is good to a few percent, and so is the variance.
            assert!((shrunk.entry_variance * 160.0 - 1.0).abs() < 0.08, "{}", shrunk.entry_variance);
            assert!((2..=3).contains(&shrunk.rank()));
            let distance = squared_frobenius_norm((shrunk.matrix - teacher).as_ref());
            mean += distance / task.signal_power() / 16.0;
        }
        // Sixteen draws of an error that scatters by about 10 %.
        assert!((mean / predicted - 1.0).abs() < 0.1, "{noise:?}: {mean} against {predicted}");
    }
}

#[test]
fn few_examples_leave_exact_zeros_out_of_the_noise_estimate() {
    // Σ³¹ of P = 30 examples, 60 outputs, 100 inputs: rank 30. With the zeros the median would be 0.
    let mut rng = generator(4, "few", &[], 0);
    let examples = sample_haar_columns(100, 30, &mut rng);
    let data = sample_gaussian(60, 30, 0.01, &mut rng) * examples.transpose();
    let shrunk = MatrixShrinkage::new(NoiseLevel::Unknown).with_examples(30).apply(data.as_ref()).unwrap();
    assert!((shrunk.entry_variance / 0.01 - 1.0).abs() < 0.15, "{}", shrunk.entry_variance);
    assert_eq!(shrunk.data_strengths.len(), 30);
    assert!(shrunk.rank() <= 1);
    let refused =
        MatrixShrinkage::new(NoiseLevel::Unknown).with_loss(Loss::Nuclear).with_examples(30).apply(data.as_ref());
    assert!(refused.unwrap_err().to_string().contains("examples is 30"));
}

#[test]
fn degenerate_matrices_are_answered_or_refused() {
    let zero = linalg_core::faer::Mat::<f64>::zeros(6, 4);
    let shrunk = MatrixShrinkage::new(NoiseLevel::Unknown).apply(zero.as_ref()).unwrap();
    assert_eq!((shrunk.rank(), shrunk.entry_variance, squared_frobenius_norm(shrunk.matrix.as_ref())), (0, 0.0, 0.0));
    let row = linalg_core::faer::Mat::from_fn(1, 5, |_, j| j as f64);
    assert!(MatrixShrinkage::new(NoiseLevel::EntryVariance(0.1)).apply(row.as_ref()).unwrap().matrix.ncols() == 5);
    let empty = linalg_core::faer::Mat::<f64>::zeros(0, 4);
    assert!(MatrixShrinkage::new(NoiseLevel::Unknown).apply(empty.as_ref()).is_err());
    let broken = linalg_core::faer::Mat::from_fn(2, 2, |_, _| f64::NAN);
    assert!(MatrixShrinkage::new(NoiseLevel::Unknown).apply(broken.as_ref()).is_err());
    assert!(MatrixShrinkage::new(NoiseLevel::EntryVariance(-1.0)).apply(zero.as_ref()).is_err());
}

/// Without noise, of a rank that is known: what rounding leaves of the zeros is no mode.
#[test]
fn rounding_of_data_of_exact_rank_is_no_noise() {
    let product = Mat::from_fn(10, 20, |i, j| ((i + 1) * (j + 1)) as f64);
    let mut rng = generator(4, "exact rank", &[], 0);
    let thirty = sample_gaussian(100, 30, 1.0, &mut rng) * sample_gaussian(30, 100, 1.0, &mut rng);
    for (data, rank) in [(product, 1), (thirty, 30)] {
        let values = linalg_core::singular_values(data.as_ref()).unwrap();
        assert_eq!(theory::estimated_entry_variance(data.nrows(), data.ncols(), &values).unwrap(), 0.0);
        let shrunk = MatrixShrinkage::new(NoiseLevel::EntryVariance(0.0)).apply(data.as_ref()).unwrap();
        assert_eq!(shrunk.rank(), rank);
        let unknown = MatrixShrinkage::new(NoiseLevel::Unknown).apply(data.as_ref()).unwrap();
        assert!(
            unknown.rank() == rank && unknown.entry_variance == 0.0,
            "{} {:e}",
            unknown.rank(),
            unknown.entry_variance
        );
    }
}
