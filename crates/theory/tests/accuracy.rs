//! The accuracy that the documentation states, tried on random problems.
//!
//! `cargo test --release -p theory --test accuracy -- --ignored --nocapture` takes ten minutes and prints the table of
//! `docs/CONFORMANCE.md`; `ACCURACY_SECONDS` shortens it. What it found first runs always.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use linalg_core::{gauss_legendre_panel, generator};
use rand::RngExt;
use std::f64::consts::{FRAC_PI_2, PI};
use std::time::{Duration, Instant};
use theory::{LearningCurve, ModeGrowth, Student, Task};

/// A rank-one problem at one time.
#[derive(Clone, Copy, Debug)]
struct Problem {
    inputs: usize,
    outputs: usize,
    strength: f64,
    layers: usize,
    epsilon: f64,
    t: f64,
}

/// ∫ f over \[low, high\] by halving panels of 16 nodes until a panel and its halves agree to `allowed`.
fn halved(
    f: &impl Fn(f64) -> [f64; 2],
    low: f64,
    high: f64,
    whole: [f64; 2],
    allowed: [f64; 2],
    depth: u32,
) -> [f64; 2] {
    let middle = 0.5 * (low + high);
    let halves = [gauss_legendre_panel(low, middle, f), gauss_legendre_panel(middle, high, f)];
    let sum = [0, 1].map(|n| halves[0][n] + halves[1][n]);
    assert!(sum.iter().all(|sum| sum.is_finite()), "{sum:?} between {low:e} and {high:e}");
    // The integrand itself is known to a few roundings.
    if depth == 0 || [0, 1].iter().all(|&n| (sum[n] - whole[n]).abs() <= allowed[n] + 1e-13 * sum[n].abs()) {
        return sum;
    }
    let parts =
        [halved(f, low, middle, halves[0], allowed, depth - 1), halved(f, middle, high, halves[1], allowed, depth - 1)];
    [0, 1].map(|n| parts[0][n] + parts[1][n])
}

/// ⟨(ŝ−s)²⟩ and ⟨s²⟩ over the bulk through the textbook density f(x) dx, x² = 1 + A + 2√A cos φ: nothing is known of where the
/// integrand is steep, all panels are halved until they agree.
fn bulk_averages(problem: &Problem) -> [f64; 2] {
    let a = problem.outputs as f64 / problem.inputs as f64;
    let growth = ModeGrowth::new(problem.layers, problem.epsilon).expect("the problem is legal");
    // h = φ/2 measured from the lower edge, where a nearly square matrix has its layer.
    let integrand = |from_lower: f64| {
        let cosine = from_lower.sin();
        let gap = (1.0 - a) / (1.0 + a.sqrt());
        let squared = gap * gap + 4.0 * a.sqrt() * cosine * cosine;
        if squared <= 0.0 {
            return [0.0; 2];
        }
        let sine = 2.0 * cosine * from_lower.cos();
        let mass = 2.0 * 2.0 * a * sine * sine / (PI * a.min(1.0) * squared);
        let state = growth.state_at(squared.sqrt(), problem.t);
        [mass * state.gap * state.gap, mass * state.strength * state.strength]
    };
    let mut ends: Vec<f64> = (0..=24).map(|i| FRAC_PI_2 * f64::from(i) / 24.0).collect();
    ends.extend((1..18).map(|k| 0.06 * 4f64.powi(-k)));
    ends.sort_unstable_by(f64::total_cmp);
    let panels: Vec<(f64, f64, [f64; 2])> =
        ends.windows(2).map(|pair| (pair[0], pair[1], gauss_legendre_panel(pair[0], pair[1], integrand))).collect();
    let total = [0, 1].map(|n| panels.iter().map(|panel| panel.2[n]).sum::<f64>());
    // What is far below all that is judged need not be resolved: halving would never end where numbers lose their digits near 1e-308.
    let allowed = total.map(|total| (1e-14 * total).max(1e-30));
    let refined = panels.iter().map(|&(low, high, whole)| halved(&integrand, low, high, whole, allowed, 30));
    refined.fold([0.0; 2], |sum, part| [sum[0] + part[0], sum[1] + part[1]])
}

/// The relative deviations of the train error and of the learned noise from `bulk_averages`, and the train error.
fn deviations(problem: &Problem) -> (f64, f64, f64) {
    let task = Task::new(problem.inputs, problem.outputs, &[problem.strength]).expect("the problem is legal");
    let curve =
        LearningCurve::new(&task, &Student::new(1000, problem.layers, problem.epsilon).expect("the problem is legal"));
    let [gap, noise] = bulk_averages(problem);
    let (s_hat, s) = (curve.data_strengths()[0], curve.strengths_at(problem.t)[0]);
    let count = (task.data_modes() - 1) as f64;
    let mean_square = 1f64.max(problem.outputs as f64 / problem.inputs as f64);
    let train = ((s_hat - s).powi(2) + count * gap) / (s_hat * s_hat + count * mean_square);
    let found = curve.errors_at(problem.t).expect("the problem is legal").train;
    let learned = curve.test_error_parts_at(problem.t).expect("the problem is legal").noise * task.signal_power();
    ((found / train - 1.0).abs(), (learned / (count * noise) - 1.0).abs(), train)
}

/// t as the integral of dw / (L ŝ x^(p−1)) over the logit w of s = ŝ/(1 + e^(−w)), divided by the given one.
fn deviation_of_the_mode(growth: &ModeGrowth, s_hat: f64, t: f64) -> f64 {
    let (epsilon, power) = (growth.epsilon(), growth.power());
    let state = growth.state_at(s_hat, t);
    let (start, end) = ((epsilon / (s_hat - epsilon)).ln(), (state.strength / state.gap).ln());
    if end > 300.0 {
        return (state.gap / s_hat).abs();
    }
    let panels = ((end - start) / 1.5).ceil().max(1.0) as u32;
    let strength = |logit: f64| s_hat / (1.0 + (-logit).exp());
    let width = (end - start) / f64::from(panels);
    let passed: f64 = (0..panels)
        .map(|k| {
            let low = start + width * f64::from(k);
            gauss_legendre_panel(low, low + width, |logit| [strength(logit).powf(1.0 - power)])[0]
        })
        .sum::<f64>()
        / (growth.layers() as f64 * s_hat);
    // What a wrong time means for s, in units of s; the time itself is given to 1e-16.
    (passed - t).abs() * growth.rate(state) / state.strength - 4e-16 * t * growth.rate(state) / state.strength
}

/// Digits found by others: deviations of 2e-7 and 8e-6 before panels were checked.
#[test]
fn deep_students_with_starts_inside_the_bulk() {
    let problems = [
        Problem {
            inputs: 60,
            outputs: 57,
            strength: 2.961_775_634_704_301_4,
            layers: 5,
            epsilon: 0.035_202_181_239_506_29,
            t: 10.505_035_815_828_764,
        },
        Problem {
            inputs: 60,
            outputs: 60,
            strength: 3.0,
            layers: 50,
            epsilon: 0.112_528_736_484_839_8,
            t: 0.288_771_049_867_856,
        },
    ];
    for problem in problems {
        let (train, noise, _) = deviations(&problem);
        assert!(train < 1e-11 && noise < 1e-11, "{train:e} and {noise:e} for {problem:?}");
    }
}

/// A random problem, three times in four nearly square, at a time when some noise mode is being learned.
fn draw(rng: &mut impl rand::Rng, layers: usize) -> Problem {
    let mut uniform = |low: f64, high: f64| low + (high - low) * rng.random::<f64>();
    let inputs = 60;
    let outputs = match uniform(0.0, 4.0) {
        kind if kind < 1.0 => uniform(18.0, 180.0) as usize,
        kind if kind < 2.0 => inputs,
        _ => uniform(56.0, 65.0) as usize,
    };
    let threshold = (outputs as f64 / inputs as f64).powf(0.25);
    let epsilon = 10f64.powf(if uniform(0.0, 1.0) < 0.5 { uniform(-6.0, 0.0) } else { uniform(-1.6, -0.2) });
    let growth = ModeGrowth::new(layers, epsilon).unwrap();
    // A mode between a little above ε and the edge, at some stage of its learning.
    let edge = 1.0 + (outputs as f64 / inputs as f64).sqrt();
    let s_hat = epsilon * (1.001 * (edge / epsilon / 1.001).max(1.001).powf(uniform(0.0, 1.0)));
    let logit = uniform((epsilon / (s_hat - epsilon)).ln().max(-9.0), 9.0);
    let s = s_hat / (1.0 + (-logit).exp());
    let t = growth.time_to_reach(s_hat, s.clamp(epsilon, s_hat * (1.0 - 1e-6))).unwrap().unwrap_or(1.0);
    Problem { inputs, outputs, strength: threshold * uniform(1.05, 4.0), layers, epsilon, t }
}

#[test]
#[ignore = "ten minutes; prints the accuracy table of docs/CONFORMANCE.md"]
fn random_problems() {
    let seconds = std::env::var("ACCURACY_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(600);
    let end = Instant::now() + Duration::from_secs(seconds);
    let depths = [1, 2, 3, 4, 5, 6, 8, 12, 20, 50];
    let mut worst = [(0usize, 0.0f64, 0.0f64, 0.0f64); 10];
    let mut failures = Vec::new();
    for run in 0.. {
        if Instant::now() > end {
            break;
        }
        for (row, &layers) in depths.iter().enumerate() {
            let mut rng = generator(1, "accuracy", &[layers as u64], run);
            let problem = draw(&mut rng, layers);
            let (train, noise, error) = deviations(&problem);
            let growth = ModeGrowth::new(layers, problem.epsilon).unwrap();
            let s_hat = problem.epsilon * (1.0 + 10f64.powf(-3.0 + 5.0 * rng.random::<f64>()));
            let mode = deviation_of_the_mode(&growth, s_hat, problem.t);
            let entry = &mut worst[row];
            let train = if error > 1e-6 { train } else { 0.0 };
            *entry = (entry.0 + 1, entry.1.max(train), entry.2.max(noise), entry.3.max(mode));
            if train > 1e-11 || noise > 1e-11 || mode > 1e-12 {
                failures.push(format!("{train:.1e} {noise:.1e} {mode:.1e} {problem:?} {s_hat}"));
            }
        }
    }
    println!("| L | problems | train error | learned noise | s(t) |\n| --: | --: | --: | --: | --: |");
    for (layers, (count, train, noise, mode)) in depths.iter().zip(worst) {
        println!("| {layers} | {count} | {train:.0e} | {noise:.0e} | {mode:.0e} |");
    }
    failures.iter().take(20).for_each(|failure| println!("{failure}"));
    assert!(failures.is_empty(), "{} of them beyond 1e-11", failures.len());
}
