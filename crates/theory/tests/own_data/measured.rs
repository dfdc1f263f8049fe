//! What docs/EXPLAIN.md says was reached, measured: `cargo test --release -p theory --test own_data -- --ignored --nocapture`.

use super::*;
use linalg_core::sample_gaussian_singular_values;

fn analyse(rows: usize, columns: usize, values: &[f64], level: f64) -> NoiseAnalysis {
    NoiseAnalysis::of_values(rows, columns, values, NoiseLevel::Unknown, level).expect("enough values")
}

#[test]
#[ignore = "a measurement of a minute"]
fn false_alarms_of_noise_alone() {
    println!("| size | level | found | draws |");
    for (rows, columns, draws) in [(20, 40, 2000), (50, 100, 2000), (200, 300, 2000)] {
        for level in [0.01, 0.05] {
            let alarms = (0..draws)
                .filter(|&run| {
                    let mut rng = generator(11, "false alarms", &[rows as u64, columns as u64], run);
                    let values = sample_gaussian_singular_values(rows, columns, 0.7, &mut rng).unwrap();
                    analyse(rows, columns, &values, level).rank() > 0
                })
                .count();
            println!("| {rows} × {columns} | {level} | {:.4} | {draws} |", alarms as f64 / draws as f64);
        }
    }
}

fn spiked_values(rows: usize, columns: usize, strengths: &[f64], run: u64) -> Vec<f64> {
    let data = spiked(rows, columns, strengths, run);
    linalg_core::singular_values(data.as_ref()).expect("finite data")
}

#[test]
#[ignore = "a measurement of a minute"]
fn ranks_and_levels_of_spiked_matrices() {
    println!("| size | rank | rank exact | σ | variance | fit p < 0.01 |");
    let threshold = 0.5f64.powf(0.25);
    for (rows, columns, rank, from, draws) in [
        (50, 100, 1, 2.0, 400),
        (50, 100, 3, 2.0, 400),
        (50, 100, 10, 2.0, 400),
        (50, 100, 25, 2.0, 400),
        (60, 60, 10, 3.0, 400),
        (20, 40, 2, 2.0, 400),
    ] {
        let threshold = if rows == columns { 1.0 } else { threshold };
        let strengths: Vec<f64> =
            (0..rank).map(|k| threshold * from * (1.0 + 2.0 * k as f64 / rank as f64)).rev().collect();
        let (mut exact, mut over, mut deviation, mut variance, mut misfits) = (0, 0, 0.0, 0.0, 0);
        for run in 0..draws {
            let found = analyse(rows, columns, &spiked_values(rows, columns, &strengths, 100 + run), 0.01);
            exact += usize::from(found.rank() == rank);
            over += usize::from(found.rank() > rank);
            deviation += found.entry_deviation() * (columns as f64).sqrt() / draws as f64;
            variance += found.entry_variance() * columns as f64 / draws as f64;
            misfits += usize::from(found.fit().unwrap().p_value < 0.01);
        }
        println!(
            "| {rows} × {columns} | {rank} | {:.3} (over {over}) | {deviation:.4} | {variance:.4} | {} | {draws}",
            exact as f64 / draws as f64,
            misfits as f64 / draws as f64
        );
    }
}

#[test]
#[ignore = "a measurement of a minute"]
fn stopping_and_its_intervals() {
    let (rows, columns, t_max) = (50, 100, 12.0);
    let student = Student::new(50, 2, 1e-5).unwrap();
    let bootstrap = theory::Bootstrap::new(40).unwrap();
    for strengths in [&[2.0][..], &[6.0, 4.0, 2.0], &[3.0, 2.5, 2.0, 1.5], &[1.1]] {
        let draws = 150;
        let (mut cost, mut cost_known, mut covered, mut strength_covered, mut told, mut bias, mut raw) =
            (0.0, 0.0, 0, 0, 0, 0.0, 0.0);
        let mut strengths_told = 0;
        let power: f64 = strengths.iter().map(|s| s * s).sum();
        for run in 0..draws {
            let data = spiked(rows, columns, strengths, 1000 + run);
            let svd = thin_svd(data.as_ref()).unwrap();
            let growth = student.mode_growth();
            let truth = |t: f64| -> f64 {
                let change: f64 = (0..rows)
                    .map(|k| {
                        let s = growth.strength_at(svd.singular_values[k], t);
                        let p: f64 =
                            (0..strengths.len()).map(|b| strengths[b] * svd.left[(b, k)] * svd.right[(b, k)]).sum();
                        s * (s - 2.0 * p)
                    })
                    .sum();
                1.0 + change / power
            };
            let own = (0..=1200).map(|i| truth(0.01 * i as f64)).fold(f64::INFINITY, f64::min);
            let found = analyse(rows, columns, &svd.singular_values, 0.05);
            let at = |variance: f64| {
                let risk =
                    RiskEstimate::from_strengths(rows, columns, &svd.singular_values, variance, &student).unwrap();
                let risk = risk.with_signal_power(1.0).unwrap();
                truth(risk.optimal_stopping(t_max).unwrap().time)
            };
            cost += at(found.entry_variance()) / own - 1.0;
            cost_known += at(1.0 / columns as f64) / own - 1.0;
            if let Ok(forecast) = bootstrap.stopping(&found, &svd.singular_values, &student, 1.0, t_max, |_| ()) {
                told += 1;
                let actual = truth(forecast.time.estimate);
                let test = forecast.test_error;
                covered += usize::from(test.low <= actual && actual <= test.high);
                bias += test.estimate - actual;
                raw += forecast.least_risk - actual;
                for (interval, strength) in forecast.strengths.iter().zip(strengths) {
                    strengths_told += 1;
                    strength_covered += usize::from(interval.low <= *strength && *strength <= interval.high);
                }
            }
        }
        let percent = |sum: f64| 100.0 * sum / draws as f64;
        println!(
            "{strengths:?}: cost estimated {:.2} %, known {:.2} %; error covered {:.3} of {told}, bias {:.4} (raw {:.4}); strengths covered {:.3} of {strengths_told}",
            percent(cost),
            percent(cost_known),
            covered as f64 / told as f64,
            bias / told as f64,
            raw / told as f64,
            strength_covered as f64 / strengths_told as f64
        );
    }
}

/// Data of two rank-one tasks with inputs at cosine `q`, and A's true least errors on them, alone and jointly, relative to ‖W̄_A‖².
fn pair(strengths: [f64; 2], q: f64, run: u64, student: &Student) -> ([Mat<f64>; 2], [f64; 2]) {
    let (rows, columns) = (50, 100);
    let mut rng = generator(12, "pair", &[], run);
    let mut task = |strength: f64, direction: [f64; 2]| {
        let noise = sample_gaussian(rows, columns, 1.0 / columns as f64, &mut rng);
        noise + Mat::from_fn(rows, columns, |i, j| if i == 0 && j < 2 { strength * direction[j] } else { 0.0 })
    };
    let (a, b) = (task(strengths[0], [1.0, 0.0]), task(strengths[1], [q, (1.0 - q * q).sqrt()]));
    let growth = student.mode_growth();
    let least = |data: &Mat<f64>| {
        let svd = thin_svd(data.as_ref()).expect("finite data");
        let modes: Vec<[f64; 3]> = (0..svd.singular_values.len())
            .map(|k| {
                let share = svd.left.as_ref().subrows(0, rows).col(k).squared_norm_l2();
                [svd.singular_values[k], share, strengths[0] * svd.left[(0, k)] * svd.right[(0, k)]]
            })
            .collect();
        let error = |t: f64| {
            let change = modes.iter().map(|[s_hat, share, p]| {
                let s = growth.strength_at(*s_hat, t);
                s * (share * s - 2.0 * p)
            });
            1.0 + change.sum::<f64>() / strengths[0].powi(2)
        };
        let times = std::iter::successors(Some(0.005), |t| Some(t * 1.012)).take_while(|t| *t < 5.0);
        std::iter::once(0.0).chain(times).map(error).fold(f64::INFINITY, f64::min)
    };
    let stack = Mat::from_fn(2 * rows, columns, |i, j| if i < rows { a[(i, j)] } else { b[(i - rows, j)] });
    let errors = [least(&a), least(&stack)];
    ([a, b], errors)
}

#[test]
#[ignore = "a measurement of minutes"]
fn signs_of_transfer() {
    let student = Student::new(50, 2, 1e-5).unwrap();
    let (mut right, mut judged, mut worst) = (0, 0, (1.0, [0.0; 3]));
    for strength_a in [0.840_896_4, 3.0, 100.0] {
        for strength_b in [0.840_896_4, 3.0, 10.0, 30.0, 100.0] {
            for q in [0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0] {
                let (mut here, mut counted, mut mean, mut refused) = (0, 0, 0.0, 0);
                for run in 0..40 {
                    let ([a, b], [alone, joint]) = pair([strength_a, strength_b], q, run, &student);
                    mean += (alone - joint) / 40.0;
                    if (alone - joint).abs() < 0.05 {
                        continue;
                    }
                    let tasks =
                        theory::RelatedTasks::new(&[a.as_ref(), b.as_ref()], NoiseLevel::Unknown, 0.05).unwrap();
                    counted += 1;
                    match tasks.least_risks(0, &[1], &student, 5.0) {
                        Ok(found) => here += usize::from((found.benefit() > 0.0) == (alone > joint)),
                        Err(_) => refused += 1,
                    }
                }
                (right, judged) = (right + here, judged + counted);
                let share = here as f64 / counted.max(1) as f64;
                if counted > 10 && share < worst.0 {
                    worst = (share, [strength_a, strength_b, q]);
                }
                if counted > 0 && here < counted {
                    println!(
                        "{strength_a} {strength_b} {q}: {here} of {counted} (refused {refused}), mean T {mean:.3}"
                    );
                }
            }
        }
    }
    println!("signs: {right} of {judged}, worst {worst:?}");
}

#[test]
#[ignore = "a measurement of minutes"]
fn intervals_of_transfer() {
    let student = Student::new(50, 2, 1e-5).unwrap();
    let bootstrap = theory::Bootstrap::new(40).unwrap();
    for (strengths, q) in [([2.0, 4.0], 0.7), ([3.0, 10.0], 0.2), ([2.0, 10.0], 0.9), ([1.5, 10.0], 0.2)] {
        let draws = if strengths[0] < 2.0 { 100 } else { 500 };
        let measured: Vec<[f64; 4]> = (linalg_core::in_order(draws, |run| {
            let ([a, b], [alone, joint]) = pair(strengths, q, 1000 + run as u64, &student);
            let tasks = theory::RelatedTasks::new(&[a.as_ref(), b.as_ref()], NoiseLevel::Unknown, 0.05).unwrap();
            let found = tasks.benefit(0, &[1], &student, 5.0, &bootstrap).ok()?;
            let (actual, raw) = (alone - joint, found.alone.test_error - found.joint.test_error);
            let inside = found.benefit.low <= actual && actual <= found.benefit.high;
            Some([f64::from(u8::from(inside)), found.benefit.estimate - actual, raw - actual, actual])
        }))
        .into_iter()
        .flatten()
        .collect();
        let told = measured.len() as f64;
        let [covered, bias, raw, mean] = [0, 1, 2, 3].map(|k| measured.iter().map(|m| m[k]).sum::<f64>() / told);
        let deviation = measured.iter().map(|m| (m[1] - bias).powi(2)).sum::<f64>() / told;
        println!(
            "{strengths:?} q = {q}: T {mean:.4}, bias {bias:.4} ± {:.4} (raw {raw:.4}), covered {covered:.3} of {told}",
            (deviation / told).sqrt()
        );
    }
}

#[test]
#[ignore = "a measurement of seconds"]
fn twenty_candidates_ranked() {
    let student = Student::new(50, 2, 1e-5).unwrap();
    let tasks: Vec<Mat<f64>> = (0..21).map(|run| spiked(50, 100, &[3.0], 500 + run)).collect();
    let views: Vec<_> = tasks.iter().map(|task| task.as_ref()).collect();
    let start = std::time::Instant::now();
    let tasks = theory::RelatedTasks::new(&views, NoiseLevel::Unknown, 0.05).unwrap();
    let bootstrap = theory::Bootstrap::new(40).unwrap();
    let ranked = tasks.rank_partners(0, &student, 5.0, &bootstrap, |_, _| ()).unwrap();
    println!("{} candidates in {:.1} s", ranked.len(), start.elapsed().as_secs_f64());
}

#[test]
#[ignore = "a measurement of seconds"]
fn a_thousand_by_two_thousand() {
    let student = Student::new(1000, 2, 1e-5).unwrap();
    let data = spiked(1000, 2000, &[6.0, 3.0, 2.0], 1);
    let start = std::time::Instant::now();
    let values = linalg_core::singular_values(data.as_ref()).unwrap();
    println!("singular values {:.1} s", start.elapsed().as_secs_f64());
    let found = analyse(1000, 2000, &values, 0.05);
    println!("and noise, rank {} and fit {:.1} s", found.rank(), start.elapsed().as_secs_f64());
    let risk = RiskEstimate::from_strengths(1000, 2000, &values, found.entry_variance(), &student).unwrap();
    let best = risk.optimal_stopping(10.0).unwrap();
    println!("and stopping at {:.3} {:.1} s", best.time, start.elapsed().as_secs_f64());
}
