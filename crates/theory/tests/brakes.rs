//! Weight decay and the balance between layers: direct integration, inverse functions, limits without a jump.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use linalg_core::faer::Mat;
use linalg_core::{generator, sample_gaussian, squared_frobenius_norm, thin_svd};
use proptest::prelude::*;
use theory::{
    BestDecayAndTime, Ensemble, LearningCurve, ModeGrowth, ModeState, RiskEstimate, Student, Task, TheoryError,
};

/// A growth without brakes.
fn plain(layers: usize, epsilon: f64) -> ModeGrowth {
    ModeGrowth::new(layers, epsilon).unwrap()
}

fn decayed(layers: usize, epsilon: f64, decay: f64) -> ModeGrowth {
    plain(layers, epsilon).with_decay(decay).unwrap()
}

fn balanced(epsilon: f64, balance: f64) -> ModeGrowth {
    plain(2, epsilon).with_balance(balance).unwrap()
}

/// Runge-Kutta in ln s for d ln s/dt = `rate`(s), with steps that keep the change of ln s and its pull small.
fn integrate(epsilon: f64, t: f64, rate: impl Fn(f64) -> f64) -> f64 {
    let (mut log, mut time) = (epsilon.ln(), 0.0);
    while time < t {
        let speed = rate(log.exp()).abs() + (rate((log + 1e-4).exp()) - rate(log.exp())).abs() * 1e4;
        let step = (2e-3 / speed).min(t - time);
        let k1 = rate(log.exp());
        let k2 = rate((log + 0.5 * step * k1).exp());
        let k3 = rate((log + 0.5 * step * k2).exp());
        let k4 = rate((log + step * k3).exp());
        log += step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
        time += step;
    }
    log.exp()
}

const DATA: [f64; 6] = [0.0, 0.01, 0.29, 0.6, 1.3, 4.0];

#[test]
fn decayed_strengths_solve_their_equation() {
    for layers in [1, 2, 3, 4, 7] {
        let count = layers as f64;
        for (epsilon, decay) in [(1e-3, 0.3), (0.3, 0.6), (0.8, 0.05), (2.0, 1.3)] {
            let growth = decayed(layers, epsilon, decay);
            for s_hat in DATA {
                for t in [0.1, 1.0, 5.0] {
                    let rate = |s: f64| count * (s.powf(1.0 - 2.0 / count) * (s_hat - s) - decay);
                    let (s, expected) = (growth.strength_at(s_hat, t), integrate(epsilon, t, rate));
                    // Fourth order at 2e-3 a step: 1e-12 a step, a few thousand steps.
                    let case = format!("L = {layers}, ε = {epsilon}, γ = {decay}, ŝ = {s_hat}, t = {t}");
                    assert!((s / expected - 1.0).abs() < 1e-9, "{case}: {s} {expected}");
                    let state = growth.state_at(s_hat, t);
                    assert!((state.gap - (s_hat - s)).abs() < 1e-14 * (1.0 + s_hat), "{case}: {state:?}");
                    let slope = s * rate(s);
                    assert!((growth.rate(state) - slope).abs() < 1e-12 * count * (s_hat + decay + 1.0), "{case}");
                }
            }
        }
    }
}

#[test]
fn balanced_strengths_solve_their_equation() {
    for (epsilon, balance) in [(1e-3, 0.02), (1e-3, 2.0), (0.3, -0.5), (2.0, 50.0), (1e-5, -50.0)] {
        let growth = balanced(epsilon, balance);
        for s_hat in DATA {
            for t in [0.01, 0.3, 2.0] {
                let rate = |s: f64| (balance * balance / s / s + 4.0).sqrt() * (s_hat - s);
                let (s, expected) = (growth.strength_at(s_hat, t), integrate(epsilon, t, rate));
                let case = format!("ε = {epsilon}, λ = {balance}, ŝ = {s_hat}, t = {t}");
                assert!((s / expected - 1.0).abs() < 1e-9, "{case}: {s} {expected}");
                let state = growth.state_at(s_hat, t);
                // The gap keeps its digits as s saturates: it follows its own equation, gap = (ŝ−ε) exp(−∫√(λ²+4s²)).
                assert!((state.gap - (s_hat - s)).abs() < 1e-15 * (1.0 + s_hat + epsilon), "{case}: {state:?}");
                assert!((growth.rate(state) / (s * rate(s)) - 1.0).abs() < 1e-8 || (s_hat - s).abs() < 1e-8, "{case}");
            }
        }
    }
}

#[test]
fn a_balanced_gap_closes_at_its_own_rate() {
    // Late, ŝ − s falls by e^(−√(λ²+4ŝ²)) a unit of time, to the last digit.
    for balance in [1e-3, 0.5, 8.0] {
        let growth = balanced(1e-4, balance);
        for s_hat in [0.7f64, 3.0] {
            let speed = 2.0 * s_hat.hypot(0.5 * balance);
            let late = 60.0 / speed + 12.0 / s_hat;
            let ratio = growth.state_at(s_hat, late + 1.0).gap / growth.state_at(s_hat, late).gap;
            assert!((ratio.ln() + speed).abs() < 1e-12 * speed * late, "λ = {balance}, ŝ = {s_hat}");
        }
    }
}

#[test]
fn time_and_strength_are_inverse() {
    let growths = [decayed(1, 0.1, 0.5), decayed(2, 1e-4, 0.4), decayed(3, 0.2, 0.3), decayed(4, 0.3, 0.2)];
    for growth in growths.into_iter().chain([1e-3, 0.7, 30.0].map(|balance| balanced(1e-4, balance))) {
        for s_hat in [0.02, 0.3, 1.0, 5.0] {
            let (start, end) = (growth.epsilon(), growth.final_strength(s_hat));
            for part in [1e-6, 0.01, 0.3, 0.7, 0.99, 1.0 - 1e-6] {
                // Geometric where it decays to 0.
                let s = if end == 0.0 { start * (1.0 - part) } else { start + (end - start) * part };
                let case = format!("{growth:?}, ŝ = {s_hat}, s = {s}");
                let t = growth.time_to_reach(s_hat, s).unwrap().unwrap_or_else(|| panic!("never: {case}"));
                let found = growth.strength_at(s_hat, t);
                assert!((found / s - 1.0).abs() < 1e-10, "{case}: {found} at {t}");
            }
            for beyond in [start + (start - end) * 0.1, end + (end - start) * 0.1] {
                assert!(beyond <= 0.0 || growth.time_to_reach(s_hat, beyond).unwrap().is_none());
            }
            let late = growth.strength_at(s_hat, f64::INFINITY);
            assert!((late - end).abs() <= 1e-13 * end, "{growth:?}, ŝ = {s_hat}: {late} for {end}");
            let at_last = growth.strength_at(s_hat, 1e6);
            assert!((at_last - end).abs() <= 1e-12 * end.max(1e-6), "{growth:?}, ŝ = {s_hat}: {at_last} for {end}");
        }
    }
}

#[test]
fn two_layers_end_at_the_soft_threshold_and_one_at_the_ridge() {
    for (s_hat, decay) in [(3.0, 0.5), (0.5, 3.0), (1.0, 1.0)] {
        assert_eq!(decayed(2, 1e-5, decay).final_strength(s_hat), f64::max(s_hat - decay, 0.0));
        assert_eq!(decayed(1, 1e-5, decay).final_strength(s_hat), s_hat / (1.0 + decay));
    }
    // γ = ŝ: s = 1/(1/ε + 2t).
    let s = decayed(2, 0.01, 1.5).strength_at(1.5, 7.0);
    assert!((s * (100.0 + 14.0) - 1.0).abs() < 1e-15);
}

#[test]
fn deep_students_with_decay_never_leave_a_small_start() {
    // They do if ŝ ε^(1−2/L) > γ; without decay every mode is learned.
    for layers in [3, 4, 6] {
        for epsilon in [1e-5, 1e-2] {
            let root = f64::powf(epsilon, 1.0 - 2.0 / layers as f64);
            for s_hat in [1.0, 6.0] {
                let limit = (s_hat - epsilon) * root;
                let (stuck, free) = (decayed(layers, epsilon, 1.001 * limit), decayed(layers, epsilon, 0.999 * limit));
                let times = (0..200).map(|k| 1e-2 * 1.1f64.powi(k));
                let mut previous = epsilon;
                for t in times {
                    let s = stuck.strength_at(s_hat, t);
                    assert!(s <= previous, "L = {layers}, ε = {epsilon}, ŝ = {s_hat}: {s} at {t}");
                    previous = s;
                }
                assert!(previous < 1e-3 * epsilon && stuck.final_strength(s_hat) == 0.0);
                assert!(free.final_strength(s_hat) > 0.5 * s_hat && free.strength_at(s_hat, 1e6) > 0.5 * s_hat);
                assert!(plain(layers, epsilon).strength_at(s_hat, 1e6) > 0.999 * s_hat);
            }
        }
    }
    // So nothing is learned of a whole task, and the errors stay at 1.
    let task = Task::new(100, 50, &[6.0, 4.0, 2.0]).unwrap();
    let student = Student::new(50, 4, 1e-5).unwrap().with_decay(0.05).unwrap();
    let curve = LearningCurve::new(&task, &student);
    for t in [1.0, 30.0, 1000.0] {
        let errors = curve.errors_at(t).unwrap();
        assert!((errors.train - 1.0).abs() < 1e-4 && (errors.test - 1.0).abs() < 1e-4, "{errors:?}");
    }
    assert!(LearningCurve::new(&task, &Student::new(50, 4, 1e-5).unwrap()).errors_at(1000.0).unwrap().train < 0.1);
}

/// Largest relative difference of strengths of two growths over data strengths and times.
fn difference(a: &ModeGrowth, b: &ModeGrowth) -> f64 {
    let states = DATA.into_iter().flat_map(|s_hat| [0.01, 0.4, 2.0, 6.0].map(|t| (s_hat, t)));
    states.map(|(s_hat, t)| (a.strength_at(s_hat, t) / b.strength_at(s_hat, t) - 1.0).abs()).fold(0.0, f64::max)
}

#[test]
fn nothing_jumps_as_a_brake_vanishes() {
    for epsilon in [1e-5, 0.2] {
        for layers in [1, 2, 3, 4] {
            for decay in [1e-6, 1e-9, 1e-12, 1e-15, 1e-60] {
                // ln s changes by less than 2Lγt, times what growth makes of a delay: ŝL more.
                let found = difference(&decayed(layers, epsilon, decay), &plain(layers, epsilon));
                assert!(found < 1e3 * decay + 3e-12, "L = {layers}, ε = {epsilon}, γ = {decay}: {found:e}");
            }
        }
        for balance in [1e-6, 1e-9, 1e-12, 1e-15, 1e-60] {
            // √(λ² + 4s²) − 2s is at most |λ|, which is small beside 2ε where λ ≪ ε.
            let found = difference(&balanced(epsilon, balance), &plain(2, epsilon));
            assert!(found < 100.0 * balance / epsilon + 1e-13, "ε = {epsilon}, λ = {balance}: {found:e}");
        }
    }
}

#[test]
fn nothing_jumps_at_the_soft_threshold_or_at_half_the_balance() {
    let growth = decayed(2, 0.01, 1.5);
    for t in [0.5, 3.0, 20.0] {
        let at = growth.strength_at(1.5, t);
        for step in [1e-6, 1e-9, 1e-12, 1e-15] {
            for s_hat in [1.5 - step, 1.5 + step] {
                let relative = (growth.strength_at(s_hat, t) / at - 1.0).abs();
                assert!(relative < 4.0 * step * t + 1e-15, "ŝ = {s_hat}, t = {t}: {relative:e}");
            }
        }
    }
    // s passes |λ|/2 = 1: second differences in time stay those of a smooth curve.
    let growth = balanced(0.01, 2.0);
    let middle = growth.time_to_reach(3.0, 1.0).unwrap().unwrap();
    let s = |t: f64| growth.strength_at(3.0, t);
    for step in [1e-2, 1e-3, 1e-4] {
        let third = s(middle + 2.0 * step) - 2.0 * s(middle + step) + 2.0 * s(middle - step) - s(middle - 2.0 * step);
        assert!(third.abs() < 2e3 * f64::powi(step, 3) + 1e-15, "{third:e} at {step}");
    }
}

#[test]
fn sensitivity_is_the_slope_of_the_strength() {
    let growths = [
        decayed(1, 1e-4, 0.4),
        decayed(2, 1e-4, 0.3),
        decayed(2, 0.3, 0.5),
        decayed(3, 0.2, 0.3),
        decayed(4, 0.3, 0.2),
        decayed(6, 1e-2, 0.01),
        balanced(1e-4, 1e-3),
        balanced(1e-4, 0.7),
        balanced(0.3, -4.0),
        balanced(1e-5, 50.0),
    ];
    for growth in growths {
        assert_eq!(growth.sensitivity(2.0, 0.0), 0.0);
        for s_hat in [0.02, 0.29, 0.301, 0.499, 0.6, 2.0] {
            for t in [1e-3, 0.1, 1.0, 4.0, 30.0] {
                let value = growth.sensitivity(s_hat, t);
                let h = 1e-4 * s_hat;
                let s = |x: f64| growth.strength_at(x, t);
                let slope =
                    (8.0 * (s(s_hat + h) - s(s_hat - h)) - (s(s_hat + 2.0 * h) - s(s_hat - 2.0 * h))) / (12.0 * h);
                // Rounding of s over the step, and the fifth derivative: five times what a factor e takes in ŝ.
                let steep = 1.0 + 2.0 * growth.layers() as f64 * s_hat * t.min(20.0 / s_hat);
                let allowed = 1e-13 * s(s_hat) / h + 10.0 * (1e-4 * steep).powi(4) * slope.abs();
                let case = format!("{growth:?}, ŝ = {s_hat}, t = {t}: {value}, {slope}");
                assert!((value - slope).abs() <= allowed, "{case}, allowed {allowed:e}");
            }
        }
    }
    // A brake that is almost none changes nothing.
    for (almost, none) in [
        (decayed(2, 1e-3, 1e-14), plain(2, 1e-3)),
        (decayed(4, 1e-1, 1e-14), plain(4, 1e-1)),
        (balanced(1e-3, 1e-14), plain(2, 1e-3)),
    ] {
        for (s_hat, t) in [(0.5, 3.0), (2.0, 1.0), (2.0, 5.0), (1e-4, 2.0)] {
            let (value, expected) = (almost.sensitivity(s_hat, t), none.sensitivity(s_hat, t));
            assert!((value / expected - 1.0).abs() < 1e-9, "{almost:?}, ŝ = {s_hat}, t = {t}: {value}, {expected}");
        }
    }
}

#[test]
fn the_risk_estimate_holds_with_brakes() {
    // Its mean over draws is the mean true error, so that (γ, t) and λ can be chosen from data; with twice as many examples as inputs, too.
    let (rows, columns, examples, runs) = (12, 18, 36, 400);
    let variance = 1.0 / examples as f64;
    for student in [
        Student::new(12, 2, 1e-3).unwrap().with_decay(0.8).unwrap(),
        Student::new(12, 3, 0.2).unwrap().with_decay(0.4).unwrap(),
        Student::new(12, 2, 1e-3).unwrap().with_balance(1.5).unwrap(),
    ] {
        let growth = plain(student.layers(), student.epsilon());
        let growth = growth.with_decay(student.decay() / 2.0).unwrap().with_balance(student.balance()).unwrap();
        for t in [0.8, 2.5] {
            let differences: Vec<f64> = (0..runs)
                .map(|run| {
                    let mut rng = generator(5, "risk with brakes", &[rows as u64], run);
                    let teacher =
                        Mat::from_fn(rows, columns, |i, j| if i == j && i < 2 { 2.0 - i as f64 } else { 0.0 });
                    let data = &teacher + sample_gaussian(rows, columns, variance, &mut rng);
                    let estimate =
                        RiskEstimate::new(data.as_ref(), variance, &student).unwrap().with_pace(2.0).unwrap();
                    let mut learned = thin_svd(data.as_ref()).unwrap();
                    learned.singular_values.iter_mut().for_each(|s| *s = growth.strength_at(*s, 2.0 * t));
                    let truth = squared_frobenius_norm((learned.reconstruct() - teacher).as_ref());
                    estimate.at(t).risk - truth
                })
                .collect();
            let mean = differences.iter().sum::<f64>() / runs as f64;
            let spread = differences.iter().map(|x| (x - mean).powi(2)).sum::<f64>().sqrt() / runs as f64;
            // Four standard errors: false alarm 6e-5 a case.
            assert!(mean.abs() < 4.0 * spread, "{student:?}, t = {t}: {mean} ± {spread}");
        }
    }
}

/// Least risk over decay and time, for data whose learning time is τ and τ/2.5.
#[test]
fn the_best_decay_and_time_of_data_are_those_of_a_dense_scan() {
    let noise = sample_gaussian(20, 40, 1.0 / 40.0, &mut generator(3, "decay from data", &[], 0));
    let data = noise + Mat::from_fn(20, 40, |i, j| if i == j && i < 4 { [3.0, 2.5, 2.0, 1.5][i] } else { 0.0 });
    let student = Student::new(20, 2, 1e-4).unwrap();
    for pace in [1.0, 2.5] {
        let t_max = 12.0 / pace;
        let risk = |decay: f64| {
            let braked = student.clone().with_decay(decay).unwrap();
            let risk = RiskEstimate::new(data.as_ref(), 1.0 / 40.0, &braked).unwrap();
            risk.with_pace(pace).unwrap().with_signal_power(21.5).unwrap()
        };
        let found = BestDecayAndTime::from_data(&risk(0.0), &student, t_max).unwrap();
        let scanned = (0..200).map(|k| risk(0.02 * pace * f64::from(k)).optimal_stopping(t_max).unwrap().test_error);
        let least = scanned.fold(f64::INFINITY, f64::min);
        assert!((found.test_error / least - 1.0).abs() < 2e-3, "{found:?} for {least}");
        assert!(found.test_error < 0.97 * risk(0.0).optimal_stopping(t_max).unwrap().test_error);
        let there = risk(found.decay).test_error_at(found.time).unwrap();
        assert!((found.test_error / there - 1.0).abs() < 1e-12);
    }
    let lazy = student.clone().with_balance(0.5).unwrap();
    let risk = RiskEstimate::new(data.as_ref(), 1.0 / 40.0, &lazy).unwrap();
    assert!(matches!(BestDecayAndTime::from_data(&risk, &lazy, 9.0), Err(TheoryError::DecayWithBalance { .. })));
}

#[test]
fn fronts_are_where_half_of_the_end_is_learned() {
    let task = Task::new(100, 60, &[4.0, 2.0]).unwrap();
    let growths = [
        (decayed(2, 1e-5, 0.4), [0.8, 2.0, 6.0]),
        (decayed(4, 0.02, 0.05), [0.5, 2.0, 40.0]),
        (balanced(1e-5, 0.5), [0.1, 0.5, 2.0]),
    ];
    for (growth, times) in growths {
        for t in times {
            if let Some(front) = growth.front_at(t) {
                let (s, end) = (growth.strength_at(front.position, t), growth.final_strength(front.position));
                assert!((s / (0.5 * end) - 1.0).abs() < 1e-6, "{growth:?}, t = {t}: {s} of {end} at {front:?}");
                assert!(front.width > 0.0);
            }
        }
    }
    // What is integrated around them: sums over the bulk converge to rounding, as halving a student's room shows not; another rule does.
    for student in [
        Student::new(60, 2, 1e-5).unwrap().with_decay(0.7).unwrap(),
        Student::new(60, 4, 0.2).unwrap().with_decay(0.15).unwrap(),
        Student::new(60, 2, 1e-5).unwrap().with_balance(0.3).unwrap(),
        Student::new(60, 2, 1e-5).unwrap().with_balance(-20.0).unwrap(),
    ] {
        let (curve, growth) = (LearningCurve::new(&task, &student), student.mode_growth());
        let bulk = curve.spectrum().matrix().bulk().unwrap();
        for t in [0.05, 0.6, 2.0, 9.0, 200.0] {
            let noise = curve.test_error_parts_at(t).unwrap().noise * task.signal_power();
            // Midpoints in the mass of the law: no front, no panels.
            let count = 4000;
            let quantiles = (0..count).map(|k| bulk.upper_quantile((f64::from(k) + 0.5) / f64::from(count)));
            let mean = quantiles.map(|s_hat| growth.strength_at(s_hat, t).powi(2)).sum::<f64>() / f64::from(count);
            let expected = 58.0 * mean;
            // A step of height s² can be misplaced by half a point.
            let allowed = 58.0 * (3e-7 + 0.6 / f64::from(count) * if student.layers() > 2 { 1.0 } else { 1e-3 });
            assert!((noise - expected).abs() < allowed, "{student:?}, t = {t}: {noise} for {expected}");
        }
    }
}

#[test]
fn decay_of_denser_examples_is_per_epoch() {
    // With D examples per input the data pull D times as hard, and the decay of an epoch stays: soft thresholding of W* at γ/D.
    let task = Task::new(40, 20, &[3.0]).unwrap().with_examples(80).unwrap();
    let student = Student::new(20, 2, 1e-4).unwrap().with_decay(0.8).unwrap();
    let curve = LearningCurve::new(&task, &student);
    let (s_hat, s) = (curve.data_strengths()[0], curve.strengths_at(50.0)[0]);
    assert!((s - (s_hat - 0.4)).abs() < 1e-12, "{s} of {s_hat}");
    let draws = Ensemble::sample(&task, 2, 1).unwrap();
    // Modes at the threshold end as 1/(2t).
    let learned = draws.aligned(&student, &[1e12], 50.0).unwrap();
    let last = learned.runs()[0].test.as_ref().unwrap();
    assert!(
        (last.errors[0] - last.final_error).abs() < 1e-9 && last.stopping.test_error <= last.final_error,
        "{last:?}"
    );
}

#[test]
fn the_least_error_is_that_of_a_dense_scan() {
    let task = Task::new(100, 50, &[3.0, 2.5, 2.0, 1.5]).unwrap();
    let plain = |layers, epsilon| Student::new(50, layers, epsilon).unwrap();
    let students = [
        plain(2, 1e-5).with_decay(0.6).unwrap(),
        plain(4, 0.3).with_decay(0.3).unwrap(),
        plain(1, 1e-5).with_decay(1.0).unwrap(),
        plain(2, 1e-5).with_balance(0.7).unwrap(),
        plain(2, 1e-5).with_balance(-50.0).unwrap(),
    ];
    let draws = Ensemble::sample(&task, 2, 3).unwrap();
    for student in students {
        let curve = LearningCurve::new(&task, &student);
        let best = curve.optimal_stopping(12.0).unwrap();
        let times: Vec<f64> = (0..=600).map(|k| 12.0 * (f64::from(k) / 600.0).powi(2)).collect();
        let errors: Vec<f64> = times.iter().map(|&t| curve.test_error_at(t).unwrap()).collect();
        let scanned = errors.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(best.test_error <= scanned && best.test_error > scanned - 1e-3, "{student:?}: {best:?}, {scanned}");
        for trajectory in draws.aligned(&student, &times, 12.0).unwrap().runs() {
            let test = trajectory.test.as_ref().unwrap();
            let scanned = test.errors.iter().copied().fold(f64::INFINITY, f64::min);
            let least = test.stopping.test_error;
            assert!(least <= scanned && least > scanned - 1e-3, "{student:?}: {least}, {scanned}");
        }
    }
}

#[test]
fn what_has_no_closed_form_is_refused_with_the_reason() {
    let student = |layers| Student::new(5, layers, 1e-5).unwrap();
    let both = student(2).with_decay(0.1).unwrap().with_balance(-0.5).unwrap_err();
    assert_eq!(both, TheoryError::DecayWithBalance { decay: 0.1, balance: -0.5 });
    assert!(both.to_string().contains("no closed form is known"), "{both}");
    assert_eq!(student(2).with_balance(1.0).unwrap().with_decay(0.5), Err(both_of(0.5, 1.0)));
    assert_eq!(plain(2, 0.1).with_balance(1.0).unwrap().with_decay(0.5), Err(both_of(0.5, 1.0)));
    let deep = student(3).with_balance(1.0).unwrap_err().to_string();
    assert_eq!(deep, "layers is 3: it must be 2 for a balance other than 0");
    for wrong in [-1.0, f64::NAN, f64::INFINITY, 1e61] {
        assert!(student(2).with_decay(wrong).unwrap_err().to_string().starts_with("decay is "));
    }
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e61, 1e-61] {
        assert!(student(2).with_balance(wrong).unwrap_err().to_string().starts_with("balance is "));
    }
    // Zero is no brake, in any order.
    let same = student(3).with_balance(0.0).unwrap().with_decay(0.2).unwrap().with_decay(0.0).unwrap();
    assert_eq!(same, student(3));
    assert_eq!(decayed(4, 0.1, 0.0), plain(4, 0.1));
    assert_eq!(balanced(0.1, 0.0), plain(2, 0.1));
}

fn both_of(decay: f64, balance: f64) -> TheoryError {
    TheoryError::DecayWithBalance { decay, balance }
}

/// 0 or a power of ten.
fn size(exponents: std::ops::Range<f64>) -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 9 => exponents.prop_map(|exponent| 10f64.powf(exponent))]
}

proptest! {
    #[test]
    fn strengths_are_numbers_between_start_and_end(
        layers in 1usize..7,
        epsilon in (-60.0..2.0f64).prop_map(|exponent| 10f64.powf(exponent)),
        s_hat in size(-8.0..2.0),
        brake in size(-60.0..3.0),
        is_balance in any::<bool>(),
        t in size(-20.0..3.0),
        later in 1.0..3.0f64,
    ) {
        let growth =
            if is_balance { plain(2, epsilon).with_balance(brake) } else { plain(layers, epsilon).with_decay(brake) };
        let growth = growth.unwrap();
        let end = growth.final_strength(s_hat);
        let state = growth.state_at(s_hat, t);
        let ModeState { strength, gap } = state;
        prop_assert!(strength.is_finite() && gap.is_finite() && growth.rate(state).is_finite(), "{:?}", state);
        let slack = 1e-12 * end.max(epsilon);
        let between = strength >= end.min(epsilon) - slack && strength <= end.max(epsilon) + slack;
        prop_assert!(between, "{:?}, end {}", state, end);
        let next = growth.strength_at(s_hat, later * t);
        let onward = if end > epsilon { next >= strength - slack } else { next <= strength + slack };
        prop_assert!(onward, "{} after {}", next, strength);
        let reached = growth.time_to_reach(s_hat, 0.5 * (epsilon + end)).unwrap();
        prop_assert!(reached.is_none_or(|time| time.is_finite() && time >= 0.0), "{:?}", reached);
        if let Some(front) = growth.front_at(t) {
            prop_assert!(front.position.is_finite() && front.width >= 0.0, "{:?}", front);
        }
        prop_assert!(growth.steepest_strength(s_hat) >= 0.0);
    }
}
