use super::*;
use crate::{DataSpectrum, LearningCurve, Stopping};
use linalg_core::faer::{Mat, Scale};
use linalg_core::{sample_gaussian, sample_haar_columns, squared_frobenius_norm, thin_svd};
use rayon::prelude::*;

fn times() -> Vec<f64> {
    (0..40).map(|k| 0.25 * k as f64).collect()
}

/// Data Y = W̄X + Z with orthonormal inputs, by its definition: (X, Y, W̄).
fn data_by_definition(task: &Task, run: u64) -> [Mat<f64>; 3] {
    let (inputs, outputs, examples) = (task.inputs(), task.outputs(), task.examples());
    let mut rng = generator(77, "by definition", &[inputs as u64, outputs as u64, examples as u64], run);
    let left = sample_haar_columns(outputs, task.rank(), &mut rng);
    let scaled = Mat::from_fn(outputs, task.rank(), |i, j| left[(i, j)] * task.strengths()[j]);
    let teacher = scaled * sample_haar_columns(inputs, task.rank(), &mut rng).transpose();
    let x = match examples <= inputs {
        true => sample_haar_columns(inputs, examples, &mut rng),
        false => Scale(task.density().sqrt()) * sample_haar_columns(examples, inputs, &mut rng).transpose(),
    };
    let y = &teacher * &x + sample_gaussian(outputs, examples, task.noise().powi(2) / inputs as f64, &mut rng);
    [x, y, teacher]
}

/// Train and test error of gradient descent on full matrices, and the least test error on the way.
fn gradient_descent(task: &Task, start: InitialWeights, run: u64, rate: f64, t: f64) -> [f64; 3] {
    let [x, y, teacher] = data_by_definition(task, run);
    let (second_moment, cross_moment) = (&x * x.transpose(), &y * x.transpose());
    let norm = |m: Mat<f64>| squared_frobenius_norm(m.as_ref());
    let test = |w: &InitialWeights| norm(&w.second * &w.first - &teacher) / norm(teacher.clone());
    let mut w = start;
    let mut least = test(&w);
    for _ in 0..(t / rate).round() as usize {
        let gradient = &cross_moment - &w.second * &w.first * &second_moment;
        let first = &w.first + Scale(rate) * (w.second.transpose() * &gradient);
        w.second = &w.second + Scale(rate) * (gradient * w.first.transpose());
        w.first = first;
        least = least.min(test(&w));
    }
    [norm(&y - &w.second * &w.first * &x) / norm(y.clone()), test(&w), least]
}

fn aligned_start(task: &Task, run: u64, hidden: usize, epsilon: f64) -> InitialWeights {
    let [x, y, _] = data_by_definition(task, run);
    InitialWeights::aligned(&thin_svd((y * x.transpose()).as_ref()).unwrap(), hidden, epsilon).unwrap()
}

#[test]
fn independent_networks_fall_inside_the_bands_as_often_as_stated() {
    let networks = 50;
    for (examples, hidden) in [(16, 8), (12, 8), (32, 4)] {
        let task = Task::new(16, 10, &[3.0, 1.5]).unwrap().with_examples(examples).unwrap();
        let student = Student::new(hidden, 2, 1e-3).unwrap();
        let pace = task.density().max(1.0);
        let (t, rate) = (3.0 / pace, 4e-3 / pace);
        let ensemble = Ensemble::sample(&task, 800, 5).unwrap().aligned(&student, &[t], t).unwrap();
        let summaries =
            [ensemble.train_errors()[0], ensemble.test_errors().unwrap()[0], ensemble.least_test_error().unwrap()];
        let found: Vec<[f64; 3]> = (0..networks)
            .into_par_iter()
            .map(|run| gradient_descent(&task, aligned_start(&task, run, hidden, 1e-3), run, rate, t))
            .collect();
        for (quantity, summary) in summaries.into_iter().enumerate() {
            let inside =
                |band: [f64; 2]| found.iter().filter(|f| band[0] <= f[quantity] && f[quantity] <= band[1]).count();
            // Binomial(50, p); p itself is known to √(p(1−p)/800) only. 4 standard deviations: false alarm below 2e-3 in the skew
            // lower tail of p = 0.95, 1e-4 for p = 0.5.
            let bounds = |p: f64| {
                let deviation = (50.0 * p * (1.0 - p) * (1.0 + 50.0 / 800.0)).sqrt();
                50.0 * p - 4.0 * deviation..=50.0 * p + 4.0 * deviation
            };
            let (half, most) = (inside(summary.band_50) as f64, inside(summary.band_95) as f64);
            assert!(bounds(0.5).contains(&half), "P = {examples}, quantity {quantity}: {half} of 50 in the 50 % band");
            assert!(bounds(0.95).contains(&most), "P = {examples}, quantity {quantity}: {most} of 50 in the 95 % band");
        }
    }
}

#[test]
fn randomly_initialised_networks_have_the_stated_mean() {
    for examples in [12, 24] {
        let task = Task::new(12, 8, &[3.0]).unwrap().with_examples(examples).unwrap();
        let student = Student::new(8, 2, 1e-2).unwrap();
        let pace = task.density().max(1.0);
        let (t, rate, networks) = (2.0 / pace, 2e-3 / pace, 60);
        let ensemble = Ensemble::sample(&task, 150, 6).unwrap().random(&student, &[t], t, 1).unwrap();
        let shape = StudentShape { inputs: 12, hidden: 8, outputs: 8 };
        let found: Vec<[f64; 3]> = (0..networks)
            .into_par_iter()
            .map(|run| {
                let mut rng = generator(78, "start", &[], run);
                let start = InitialWeights::sample_random(shape, 1e-2, &mut rng).unwrap();
                gradient_descent(&task, start, run, rate, t)
            })
            .collect();
        let expected =
            [ensemble.train_errors()[0], ensemble.test_errors().unwrap()[0], ensemble.least_test_error().unwrap()];
        for (quantity, expected) in expected.into_iter().enumerate() {
            let found = Summary::of(&found.iter().map(|f| f[quantity]).collect::<Vec<_>>());
            // 4 standard errors of the difference (false alarm 6e-5) and the discretisation, of relative order rate·ŝ²t.
            let allowed = 4.0 * found.standard_error().hypot(expected.standard_error()) + 0.02 * expected.mean;
            assert!((found.mean - expected.mean).abs() < allowed, "{quantity}: {} for {}", found.mean, expected.mean);
        }
    }
}

#[test]
fn no_time_of_a_dense_scan_is_better_than_the_best_stopping_time() {
    // Narrow and few modes leave long flat stretches, where nothing but the slope tells which way the error goes.
    for (inputs, hidden, outputs) in [(24, 1, 12), (24, 3, 1), (24, 12, 12)] {
        for strength in [1.5, 5.0, 20.0] {
            let task = Task::new(inputs, outputs, &[strength]).unwrap();
            let ensemble = Ensemble::sample(&task, 12, 9).unwrap();
            for (layers, epsilon) in [(1, 1e-3), (2, 1e-5), (2, 1e-12), (4, 1e-3), (2, 30.0)] {
                let student = Student::new(hidden, layers, epsilon).unwrap();
                let growth = student.mode_growth();
                let longest = 40.0 / f64::min(strength, 1.0) / epsilon.min(1.0).sqrt();
                let mut least_before = vec![f64::INFINITY; ensemble.draws().len()];
                for t_max in [1.0, 10.0, longest] {
                    let scan = (0..2500).map(|k| t_max * (-0.004 * k as f64).exp()).chain([0.0]);
                    let scan: Vec<f64> = scan.collect();
                    let found = ensemble.aligned(&student, &[], t_max).unwrap();
                    for ((draw, run), before) in ensemble.draws().iter().zip(found.runs()).zip(&mut least_before) {
                        let held = &draw.data_strengths()[..student.capacity(&task)];
                        let error = |t: f64| {
                            let strengths: Vec<f64> = held.iter().map(|&s| growth.strength_at(s, t)).collect();
                            draw.test_error(&strengths).unwrap()
                        };
                        let Stopping { time, test_error, .. } = run.test.as_ref().unwrap().stopping;
                        let case = format!(
                            "{inputs}-{hidden}-{outputs}, s̄ = {strength}, L = {layers}, ε = {epsilon}, t_max = {t_max}"
                        );
                        assert!((error(time) - test_error).abs() <= 1e-13, "{case}: {test_error} at {time}");
                        let scanned = scan.iter().map(|&t| error(t)).fold(f64::INFINITY, f64::min);
                        assert!(test_error <= scanned + 1e-13, "{case}: {test_error} at {time}, scan {scanned}");
                        assert!(test_error <= *before + 1e-13, "{case}: more time makes it worse");
                        *before = test_error;
                    }
                }
            }
        }
    }
}

#[test]
fn the_mean_tends_to_the_asymptotic_curve() {
    let task = Task::new(100, 50, &[4.0, 2.0]).unwrap();
    for layers in [2, 4] {
        let student = Student::new(50, layers, 1e-2).unwrap();
        let ensemble = Ensemble::sample(&task, 60, 1).unwrap().aligned(&student, &[0.0, 1.0, 4.0], 6.0).unwrap();
        let curve = LearningCurve::new(&task, &student);
        let train = ensemble.train_errors();
        for (k, &t) in ensemble.times().iter().enumerate() {
            // The closed form runs 1 to 3 % above sampling at this size.
            assert!((train[k].mean / curve.train_error_at(t) - 1.0).abs() < 0.04, "L = {layers}, t = {t}");
        }
        let (found, expected) = (ensemble.least_test_error().unwrap(), curve.optimal_stopping(6.0).unwrap());
        assert!((found.mean / expected.test_error - 1.0).abs() < 0.05, "{} for {}", found.mean, expected.test_error);
    }
}

#[test]
fn spectra_and_overlaps_follow_the_phase_transition() {
    for examples in [40, 80, 200] {
        let task = Task::new(80, 60, &[6.0, 3.0]).unwrap().with_examples(examples).unwrap();
        let ensemble = Ensemble::sample(&task, 100, 3).unwrap();
        let spectrum = DataSpectrum::new(&task);
        for (a, &s) in task.strengths().iter().enumerate() {
            let strength = ensemble.summarise(|draw| draw.data_strengths()[a]);
            let overlap = ensemble.summarise(|draw| draw.overlaps()[a].output * draw.overlaps()[a].input);
            // 5 standard errors (false alarm 6e-7) and corrections of order 1/n.
            let allowed = |summary: &Summary| 5.0 * summary.standard_error() + 0.015 * summary.mean;
            assert!((strength.mean - spectrum.strength(s)).abs() < allowed(&strength), "P = {examples}, mode {a}");
            let expected = spectrum.overlap(s);
            assert!(
                (overlap.mean - expected).abs() < allowed(&overlap),
                "P = {examples}: {} for {expected}",
                overlap.mean
            );
        }
    }
}

#[test]
fn the_stopping_time_is_the_least_of_a_fine_grid() {
    let task = Task::new(20, 12, &[4.0, 2.0, 1.2]).unwrap();
    for layers in [1, 2, 4] {
        let student = Student::new(12, layers, 1e-3).unwrap();
        let fine: Vec<f64> = (0..=4000).map(|k| k as f64 * 2e-3).collect();
        let ensemble = Ensemble::sample(&task, 8, 4).unwrap();
        let mut kinds = vec![ensemble.aligned(&student, &fine, 8.0).unwrap()];
        if layers == 2 {
            kinds.push(ensemble.random(&student, &fine[..2001], 4.0, 0).unwrap());
        }
        for run in kinds.iter().flat_map(Trajectories::runs) {
            let test = run.test.as_ref().unwrap();
            let (k, least) = (test.errors.iter().enumerate()).min_by(|a, b| a.1.total_cmp(b.1)).unwrap();
            assert!(test.stopping.test_error <= least + 1e-12, "{} against {least}", test.stopping.test_error);
            assert!(least - test.stopping.test_error < 1e-4 && (fine[k] - test.stopping.time).abs() < 5e-3);
        }
    }
}

#[test]
fn random_students_lag_behind_aligned_ones_and_end_with_them() {
    let task = Task::new(20, 10, &[4.0]).unwrap();
    let student = Student::new(10, 2, 1e-4).unwrap();
    let ensemble = Ensemble::sample(&task, 30, 2).unwrap();
    let late = [0.0, 3.0, 2000.0];
    let aligned = ensemble.aligned(&student, &late, 12.0).unwrap();
    let random = ensemble.random(&student, &late, 12.0, 2).unwrap();
    let lag = random.lag_behind(&aligned).unwrap();
    // An aligned mode starts at ε, a random one at a part of order ε/√n of it: later by at most about ln(√n)/(2ŝ).
    assert!(lag.mean > 0.0 && lag.mean < 20f64.sqrt().ln() / 4.0, "{}", lag.mean);
    for run in random.runs() {
        let test = run.test.as_ref().unwrap();
        assert!((run.train_errors[2] - run.final_train_error).abs() < 1e-6);
        assert!((test.errors[2] - test.final_error).abs() < 1e-3);
    }
    let alignment = random.input_alignment(0).unwrap();
    assert!(alignment[0].mean < 0.6 && alignment[2].mean > 0.9999);
    assert!(random.input_alignment(2).is_none() && aligned.input_alignment(0).is_none());
}

#[test]
fn draws_depend_on_seed_and_sizes_only() {
    let student = Student::new(6, 2, 1e-3).unwrap();
    let task = Task::new(9, 6, &[3.0]).unwrap();
    let of = |task: &Task, draws, seed| Ensemble::sample(task, draws, seed).unwrap();
    let (few, many) = (of(&task, 3, 1), of(&task, 7, 1));
    assert_eq!(few.draws(), &many.draws()[..3]);
    assert_ne!(few.draws()[0], of(&task, 1, 2).draws()[0]);
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let random = || few.random(&student, &[0.0, 1.0], 4.0, 1).unwrap();
    assert_eq!(single.install(random), random());
    // Other strengths see the same noise: strengths far above it differ by just their difference, to order 1/s̄.
    let [strong, stronger] =
        [1e4, 2e4].map(|s| of(&Task::new(9, 6, &[s]).unwrap(), 1, 1).draws()[0].data_strengths()[0] - s);
    assert!((strong - stronger).abs() < 1e-3 && strong.abs() > 1e-3, "{strong} and {stronger}");
}

#[test]
fn pure_noise_is_a_task_without_a_test_error() {
    let student = Student::new(6, 2, 1e-3).unwrap();
    for examples in [6, 9, 12] {
        let task = Task::new(9, 6, &[]).unwrap().with_examples(examples).unwrap();
        let ensemble = Ensemble::sample(&task, 4, 1).unwrap();
        let learned = ensemble.aligned(&student, &times(), 10.0).unwrap();
        assert!(learned.test_errors().is_none() && learned.stopping_time().is_none());
        assert!(learned.train_errors()[0].mean > 0.99 && learned.train_errors()[39].mean < 0.7);
        if examples >= 9 {
            let random = ensemble.random(&student, &[0.0, 10.0], 10.0, 0).unwrap();
            assert!(random.test_errors().is_none() && random.lag_behind(&learned).is_none());
        }
    }
}

#[test]
fn without_time_to_stop_in_the_best_stop_is_the_start() {
    let task = Task::new(9, 6, &[3.0]).unwrap();
    let ensemble = Ensemble::sample(&task, 3, 1).unwrap();
    let student = Student::new(6, 2, 1e-3).unwrap();
    for learned in [ensemble.aligned(&student, &[1.0], 0.0), ensemble.random(&student, &[1.0], 0.0, 0)] {
        let learned = learned.unwrap();
        assert_eq!(learned.stopping_time().unwrap().mean, 0.0);
        assert!(learned.least_test_error().unwrap().mean > learned.test_errors().unwrap()[0].mean);
    }
}

#[test]
fn what_is_not_defined_is_refused() {
    let task = Task::new(9, 6, &[3.0]).unwrap();
    assert!(Ensemble::sample(&task, 0, 1).is_err());
    let ensemble = Ensemble::sample(&task, 1, 1).unwrap();
    let [two, four] = [2, 4].map(|layers| Student::new(6, layers, 1e-3).unwrap());
    assert!(ensemble.aligned(&two, &[-1.0], 1.0).is_err());
    assert!(ensemble.aligned(&two, &[f64::NAN], 1.0).is_err());
    assert!(ensemble.aligned(&two, &[1.0], -1.0).is_err());
    assert!(ensemble.aligned(&two, &[1.0], f64::NAN).is_err());
    assert!(ensemble.random(&four, &[1.0], 1.0, 0).unwrap_err().to_string().starts_with("layers is 4"));
    let few = Ensemble::sample(&task.with_examples(7).unwrap(), 1, 1).unwrap();
    assert!(few.random(&two, &[1.0], 1.0, 0).unwrap_err().to_string().starts_with("examples is 7"));
}
