//! Transfer between jointly learned tasks against closed forms, limits by hand and sampled data.

use linalg_core::faer::{Mat, mat};
use linalg_core::{ThinSvd, generator, sample_gaussian, sample_haar_columns, squared_frobenius_norm, thin_svd};
use theory::{
    AlignmentEstimate, JointCurve, JointTask, LearningCurve, NoiseLevel, RankOnePair, Student, Task, Teacher,
    TheoryError, TransferEffect,
};

fn teacher(outputs: usize, strengths: &[f64]) -> Teacher {
    Teacher { outputs, strengths: strengths.to_vec() }
}

fn student() -> Student {
    Student::new(60, 2, 1e-4).expect("legal student")
}

#[test]
fn general_joint_modes_agree_with_the_closed_form_of_two_rank_one_tasks() {
    for (a, b) in [(3.0, 10.0), (10.0, 3.0), (2.0, 2.0), (1.0, 1e4), (0.5, 0.4)] {
        for q in [-1.0, -0.7, 0.0, 1e-3, 0.3, 0.99, 1.0] {
            let pair = RankOnePair::new(a, b, q).unwrap();
            let task = JointTask::pair(50, teacher(20, &[a]), teacher(30, &[b]), mat![[q]].as_ref()).unwrap();
            let (strengths, shares) = (pair.joint_strengths(), pair.shares_of_a());
            assert_eq!(task.modes().len(), if strengths[1] <= 1e-6 * strengths[0] { 1 } else { 2 }, "{a} {b} {q}");
            // Equal strengths at right angles leave the joint modes free to rotate.
            let degenerate = strengths[0] - strengths[1] < 1e-9 * strengths[0];
            for (mode, (strength, share)) in task.modes().iter().zip(strengths.into_iter().zip(shares)) {
                // The weaker of two aligned modes is a difference of nearly equal vectors.
                let tolerance = 1e-13 * (strengths[0] / strength).powi(2);
                assert!((mode.strength / strength - 1.0).abs() < tolerance, "{a} {b} {q}: {mode:?} against {strength}");
                assert!(degenerate || (mode.shares[0] - share).abs() < 1e-12, "{a} {b} {q}: {mode:?} against {share}");
                assert!((mode.shares.iter().sum::<f64>() - 1.0).abs() < 1e-13);
            }
        }
    }
}

#[test]
fn joint_modes_of_any_ranks_are_those_of_a_stacked_matrix() {
    let mut rng = generator(1, "stack", &[], 0);
    let teachers = [teacher(7, &[5.0, 2.0]), teacher(5, &[4.0, 3.0, 1.0]), teacher(3, &[2.5])];
    let maps: Vec<ThinSvd> = teachers
        .iter()
        .map(|teacher| ThinSvd {
            left: sample_haar_columns(teacher.outputs, teacher.strengths.len(), &mut rng),
            singular_values: teacher.strengths.clone(),
            right: sample_haar_columns(9, teacher.strengths.len(), &mut rng),
        })
        .collect();
    let inputs = Mat::from_fn(9, 6, |i, mode| {
        let (map, column) = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0)][mode];
        maps[map].right[(i, column)]
    });
    let task = JointTask::new(9, &teachers, (inputs.transpose() * &inputs).as_ref()).unwrap();
    let full: Vec<Mat<f64>> = maps.iter().map(ThinSvd::reconstruct).collect();
    let stack = Mat::from_fn(15, 9, |i, j| match i {
        0..7 => full[0][(i, j)],
        7..12 => full[1][(i - 7, j)],
        _ => full[2][(i - 12, j)],
    });
    let svd = thin_svd(stack.as_ref()).unwrap();
    for (rank, mode) in task.modes().iter().enumerate() {
        assert!((mode.strength / svd.singular_values[rank] - 1.0).abs() < 1e-12);
        for (index, rows) in [0..7, 7..12, 12..15].into_iter().enumerate() {
            let share: f64 = rows.map(|row| svd.left[(row, rank)].powi(2)).sum();
            assert!((mode.shares[index] - share).abs() < 1e-12);
        }
    }
    assert_eq!(task.modes().len(), 6);
}

#[test]
fn one_teacher_in_company_of_nobody_is_the_task_alone() {
    let strengths = [6.0, 2.0, 0.5];
    let joint = JointTask::new(100, &[teacher(50, &strengths)], Mat::<f64>::identity(3, 3).as_ref()).unwrap();
    for (examples, noise) in [(100, 1.0), (60, 0.7), (180, 1.2), (100, 0.0)] {
        let joint = joint.clone().with_examples(examples).unwrap().with_noise(noise).unwrap();
        let curve = LearningCurve::new(&joint.alone(0).unwrap(), &student());
        let together = JointCurve::new(&joint, &student());
        for t in [0.0, 0.7, 2.0, 8.0] {
            let (a, b) = (together.test_error_at(0, t).unwrap(), curve.test_error_at(t).unwrap());
            assert!((a - b).abs() < 1e-13 * b.max(1e-3), "P = {examples}, t = {t}: {a} {b}");
        }
        let benefit = together.benefit(0, 10.0).unwrap();
        assert!(benefit.benefit().abs() < 1e-12);
    }
}

#[test]
fn errors_of_the_tasks_weighted_by_their_power_are_the_error_of_the_stack() {
    // Σ_A ‖W̄_A‖² ε_A = ‖W̄‖² ε of one task with the joint strengths.
    let alignment = mat![[0.6, 0.1], [-0.2, 0.7]];
    let task = JointTask::pair(90, teacher(30, &[5.0, 2.0]), teacher(40, &[4.0, 3.0]), alignment.as_ref()).unwrap();
    let strengths: Vec<f64> = task.modes().iter().map(|mode| mode.strength).collect();
    let stacked = LearningCurve::new(&Task::new(90, 70, &strengths).unwrap(), &student());
    let joint = JointCurve::new(&task, &student());
    for t in [0.0, 1.0, 2.5, 9.0] {
        let weighted = 29.0 * joint.test_error_at(0, t).unwrap() + 25.0 * joint.test_error_at(1, t).unwrap();
        let whole = 54.0 * stacked.test_error_at(t).unwrap();
        assert!((weighted / whole - 1.0).abs() < 1e-12, "t = {t}: {weighted} {whole}");
    }
}

#[test]
fn alignment_has_no_sign_and_order_does_not_matter() {
    let curve = |q: f64| {
        JointCurve::new(
            &JointTask::pair(80, teacher(40, &[2.0]), teacher(30, &[8.0]), mat![[q]].as_ref()).unwrap(),
            &student(),
        )
    };
    let swapped = JointCurve::new(
        &JointTask::pair(80, teacher(30, &[8.0]), teacher(40, &[2.0]), mat![[0.4]].as_ref()).unwrap(),
        &student(),
    );
    for t in [0.5, 1.0, 3.0] {
        let error = curve(0.4).test_error_at(0, t).unwrap();
        assert!((curve(-0.4).test_error_at(0, t).unwrap() / error - 1.0).abs() < 1e-12);
        assert!((swapped.test_error_at(1, t).unwrap() / error - 1.0).abs() < 1e-12);
    }
}

#[test]
fn the_papers_reading_of_support_and_interference() {
    let benefit = |a: f64, b: f64, q: f64| {
        let task = JointTask::pair(100, teacher(50, &[a]), teacher(50, &[b]), mat![[q]].as_ref()).unwrap();
        JointCurve::new(&task, &Student::new(50, 2, 1e-5).unwrap()).benefit(0, 20.0).unwrap()
    };
    // An undetectable task becomes learnable beside a strong, aligned one.
    let support = benefit(0.84, 10.0, 1.0);
    assert_eq!((support.alone.time, support.effect()), (0.0, TransferEffect::Support));
    assert!(support.benefit() > 0.5);
    // A strong, poorly aligned neighbour interferes.
    assert_eq!(benefit(3.0, 30.0, 0.2).effect(), TransferEffect::Interference);
    // A strong task hardly moves.
    assert!(benefit(100.0, 10.0, 0.5).benefit().abs() < 1e-4);
    // More alignment, more benefit.
    let by_alignment = [0.0, 0.5, 0.9, 1.0].map(|q| benefit(1.5, 6.0, q).benefit());
    assert!(by_alignment.windows(2).all(|pair| pair[0] < pair[1]), "{by_alignment:?}");
}

#[test]
fn sampled_joint_students_follow_the_curve() {
    // Two tasks of rank 2 and 1; aligned students on the data of the stack, errors on each task's rows.
    let (n1, rows) = (100, [40, 60]);
    let alignment = mat![[0.8], [0.3]];
    let task = JointTask::pair(n1, teacher(40, &[4.0, 2.0]), teacher(60, &[5.0]), alignment.as_ref()).unwrap();
    let (curve, growth) = (JointCurve::new(&task, &student()), student().mode_growth());
    let times = [0.8, 1.3, 2.2];
    let draws = 12;
    let mut sampled = [[0.0; 3]; 2];
    for run in 0..draws {
        let mut rng = generator(2, "joint", &[], run);
        let frame = sample_haar_columns(n1, 3, &mut rng);
        // v̄_B = 0.8 v̄_A1 + 0.3 v̄_A2 + the rest.
        let rest = (1.0f64 - 0.73).sqrt();
        let right_b = Mat::from_fn(n1, 1, |i, _| 0.8 * frame[(i, 0)] + 0.3 * frame[(i, 1)] + rest * frame[(i, 2)]);
        let a = ThinSvd {
            left: sample_haar_columns(rows[0], 2, &mut rng),
            singular_values: vec![4.0, 2.0],
            right: frame.as_ref().subcols(0, 2).to_owned(),
        };
        let b = ThinSvd { left: sample_haar_columns(rows[1], 1, &mut rng), singular_values: vec![5.0], right: right_b };
        let (a, b) = (a.reconstruct(), b.reconstruct());
        let teacher = Mat::from_fn(100, n1, |i, j| if i < rows[0] { a[(i, j)] } else { b[(i - rows[0], j)] });
        let data = &teacher + sample_gaussian(100, n1, 1.0 / n1 as f64, &mut rng);
        let svd = thin_svd(data.as_ref()).unwrap().leading(60);
        for (column, &t) in times.iter().enumerate() {
            let strengths = svd.singular_values.iter().map(|&s| growth.strength_at(s, t)).collect();
            let miss = ThinSvd { singular_values: strengths, ..svd.clone() }.reconstruct() - &teacher;
            sampled[0][column] += squared_frobenius_norm(miss.as_ref().subrows(0, 40)) / 20.0 / draws as f64;
            sampled[1][column] += squared_frobenius_norm(miss.as_ref().subrows(40, 60)) / 25.0 / draws as f64;
        }
    }
    for (index, errors) in sampled.into_iter().enumerate() {
        for (error, t) in errors.into_iter().zip(times) {
            let theory = curve.test_error_at(index, t).unwrap();
            // Asymptotic theory at size 100, twelve draws.
            assert!((error - theory).abs() < 0.015 + 0.03 * theory, "task {index}, t = {t}: {error} against {theory}");
        }
    }
}

#[test]
fn impossible_companies_are_refused() {
    let pair = |q: f64| JointTask::pair(50, teacher(20, &[2.0]), teacher(20, &[2.0]), mat![[q]].as_ref());
    assert!(pair(1.1).unwrap_err().to_string().contains("alignment is 1.1"));
    assert!(pair(f64::NAN).is_err());
    // Each cosine is legal, but no three vectors have them.
    let teachers = [teacher(9, &[2.0]), teacher(9, &[2.0]), teacher(9, &[2.0])];
    let overlaps = mat![[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]];
    assert!(JointTask::new(50, &teachers, overlaps.as_ref()).unwrap_err().to_string().contains("eigenvalue"));
    let skew = mat![[1.0, 0.2], [0.3, 1.0]];
    assert!(JointTask::new(50, &teachers[..2], skew.as_ref()).unwrap_err().to_string().contains("symmetric"));
    assert!(JointTask::new(50, &teachers, skew.as_ref()).unwrap_err().to_string().contains("2 × 2"));
    let own = mat![[1.0, 0.1], [0.1, 1.0]];
    assert!(JointTask::new(50, &[teacher(9, &[2.0, 1.0])], own.as_ref()).unwrap_err().to_string().contains("identity"));
    assert!(JointTask::new(50, &[], Mat::<f64>::zeros(0, 0).as_ref()).is_err());
    assert!(JointTask::pair(50, teacher(20, &[1.0, 2.0]), teacher(5, &[]), Mat::<f64>::zeros(2, 0).as_ref()).is_err());
    // Rank 4 in 3 examples.
    let wide =
        JointTask::pair(50, teacher(20, &[2.0, 1.0]), teacher(20, &[2.0, 1.0]), Mat::<f64>::zeros(2, 2).as_ref());
    assert!(matches!(wide.unwrap().with_examples(3), Err(TheoryError::RankTooLarge { rank: 4, .. })));
    let joint = pair(0.5).unwrap();
    let curve = JointCurve::new(&joint, &student());
    assert!(curve.test_error_at(2, 1.0).unwrap_err().to_string().contains("teacher is 2"));
    // A neighbour of pure noise is legal; its own relative error is not.
    let silent = JointTask::pair(50, teacher(20, &[2.0]), teacher(5, &[]), Mat::<f64>::zeros(1, 0).as_ref()).unwrap();
    let curve = JointCurve::new(&silent, &student());
    assert!(curve.test_error_at(0, 1.0).unwrap() < 1.0);
    assert!(matches!(curve.test_error_at(1, 1.0), Err(TheoryError::ZeroReference { .. })));
}

/// Estimates of q from `draws` pairs of sampled tasks of rank one.
fn sampled_estimates(rows: [usize; 2], columns: usize, factors: [f64; 2], q: f64, draws: u64) -> (Vec<f64>, Vec<f64>) {
    let variance = 1.0 / columns as f64;
    let (mut estimates, mut errors) = (Vec::new(), Vec::new());
    for run in 0..draws {
        let mut rng = generator(8, "alignment", &[rows[0] as u64, columns as u64], run);
        let frame = sample_haar_columns(columns, 2, &mut rng);
        let second = Mat::from_fn(columns, 1, |i, _| q * frame[(i, 0)] + (1.0 - q * q).sqrt() * frame[(i, 1)]);
        let mut data = |rows: usize, factor: f64, right: Mat<f64>| {
            let threshold = theory::SpikedMatrix::new(rows, columns, variance).expect("legal matrix").threshold();
            let left = sample_haar_columns(rows, 1, &mut rng);
            let map = ThinSvd { left, singular_values: vec![factor * threshold], right };
            map.reconstruct() + sample_gaussian(rows, columns, variance, &mut rng)
        };
        let a = data(rows[0], factors[0], frame.as_ref().subcols(0, 1).to_owned());
        let b = data(rows[1], factors[1], second);
        let noise = NoiseLevel::EntryVariance(variance);
        if let Some(estimate) = AlignmentEstimate::from_data(a.as_ref(), b.as_ref(), noise).expect("legal data") {
            estimates.push(estimate.alignment);
            errors.push(estimate.standard_error);
        }
    }
    (estimates, errors)
}

#[test]
fn alignment_is_estimated_with_the_stated_error() {
    for (rows, columns, factors, q) in
        [([60, 40], 100, [2.5, 3.0], 0.6), ([60, 100], 100, [2.0, 4.0], 0.95), ([100, 50], 60, [3.0, 2.0], 1.0)]
    {
        let draws = 250;
        let (estimates, errors) = sampled_estimates(rows, columns, factors, q, draws);
        let mean = estimates.iter().sum::<f64>() / draws as f64;
        let deviation = (estimates.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / draws as f64).sqrt();
        let stated = (errors.iter().map(|e| e * e).sum::<f64>() / draws as f64).sqrt();
        assert_eq!(estimates.len() as u64, draws);
        // A standard deviation of 250 draws is good to 4.5 %: three of these.
        assert!((deviation / stated - 1.0).abs() < 0.135, "q = {q}: {deviation} against {stated}");
        assert!((mean - q).abs() < 4.0 * stated / (draws as f64).sqrt() + 0.02, "{mean} against {q}");
    }
}

#[test]
fn a_task_a_hundred_million_times_weaker_still_counts() {
    // Orthogonal inputs and an SNR of 100: how strong the other task is must not matter.
    let least = |other: f64| {
        let joint = JointTask::pair(50, teacher(20, &[1e-5]), teacher(20, &[other]), mat![[0.0]].as_ref()).unwrap();
        let joint = joint.with_noise(1e-7).unwrap();
        assert_eq!(joint.modes().len(), 2);
        JointCurve::new(&joint, &Student::new(40, 2, 1e-9).unwrap()).optimal_stopping(0, 5e6).unwrap().test_error
    };
    let beside_a_weak_one = least(1e-3);
    for other in [9.99, 10.01, 1e3] {
        assert!((least(other) / beside_a_weak_one - 1.0).abs() < 1e-3, "{other}: {}", least(other));
    }
}

#[test]
fn shared_directions_are_counted_once() {
    for (a, b) in [(3.0, 3.0), (1e-5, 10.0), (2.0, 7.0)] {
        for q in [1.0, -1.0, 1.0 - 1e-14] {
            let joint = JointTask::pair(50, teacher(20, &[a]), teacher(20, &[b]), mat![[q]].as_ref()).unwrap();
            assert_eq!(joint.modes().len(), 1, "{a}, {b}, {q}");
            assert!((joint.modes()[0].strength / a.hypot(b) - 1.0).abs() < 1e-13);
        }
    }
}

#[test]
fn a_wrong_alignment_is_called_by_its_name() {
    for wrong in [1.1, -2.0, f64::NAN] {
        let error = JointTask::pair(10, teacher(5, &[2.0]), teacher(5, &[2.0]), mat![[wrong]].as_ref()).unwrap_err();
        assert!(error.to_string().starts_with("alignment is "), "{error}");
    }
    let huge = teacher(usize::MAX, &[2.0]);
    let error = JointTask::pair(10, huge.clone(), huge, mat![[0.0]].as_ref()).unwrap_err();
    assert!(error.to_string().starts_with("outputs is "), "{error}");
}

#[test]
fn within_the_horizon_the_benefit_is_final() {
    for (strength_a, strength_b, q) in [(0.8, 10.0, 0.9), (3.0, 10.0, 0.2), (2.0, 1.5, 0.6), (3.0, 3.0, 1.0)] {
        let teacher = |strength| Teacher { outputs: 50, strengths: vec![strength] };
        let alignment = mat![[q]];
        let joint = JointTask::pair(100, teacher(strength_a), teacher(strength_b), alignment.as_ref()).unwrap();
        let curve = JointCurve::new(&joint, &Student::new(50, 2, 1e-5).unwrap());
        for index in [0, 1] {
            let horizon = curve.horizon(index).unwrap();
            let (found, later) =
                (curve.benefit(index, horizon).unwrap(), curve.benefit(index, 20.0 * horizon).unwrap());
            assert!((found.benefit() - later.benefit()).abs() < 1e-9, "{found:?} {later:?}");
            assert!(!found.alone.censored && !found.joint.censored);
            assert!(curve.benefit(index, 0.1 * horizon).unwrap().joint.censored);
        }
        assert!(curve.horizon(2).is_err());
    }
}
