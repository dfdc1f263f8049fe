//! The transfer benefits of fig07 and fig08 by other roads: a limit by hand, and the formula summed plainly.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use linalg_core::faer::mat;
use sim::{AlignedSpec, Draw, Experiment, Schedule, StudentSpec, TaskSpec, Training, Unattended};
use std::f64::consts::PI;
use theory::{JointCurve, JointTask, RankOnePair, Student, Teacher};

const INPUTS: usize = 100;
const OUTPUTS: usize = 50;
const EPSILON: f64 = 1e-5;

/// min ε_{A←B} of the theory.
fn joint_error(strength_a: f64, strength_b: f64, q: f64) -> f64 {
    let teacher = |strength| Teacher { outputs: OUTPUTS, strengths: vec![strength] };
    let task = JointTask::pair(INPUTS, teacher(strength_a), teacher(strength_b), mat![[q]].as_ref()).unwrap();
    let curve = JointCurve::new(&task, &Student::new(50, 2, EPSILON).unwrap());
    curve.optimal_stopping(0, 5.0).unwrap().test_error
}

/// With s̄_B → ∞ and q = 1 the input direction of A is known: what is left is to estimate its N_A outputs from one noisy
/// observation of each, of noise variance 1/N₁. The best multiple of it has the error A/(s̄_A² + A), A = N_A/N₁.
fn limit(strength_a: f64) -> f64 {
    let ratio = OUTPUTS as f64 / INPUTS as f64;
    ratio / (strength_a.powi(2) + ratio)
}

#[test]
fn strong_parallel_company_reveals_the_input_direction() {
    for strength_a in [0.5, 0.84, 3.0] {
        let found = joint_error(strength_a, 1e4, 1.0);
        // The next order is (κ/s̄_B)² = 1e-8 of quantities of order 1/s̄_A².
        assert!((found - limit(strength_a)).abs() < 1e-6, "{strength_a}: {found} for {}", limit(strength_a));
    }
}

#[test]
fn students_reach_the_limit_of_strong_parallel_company() {
    let least = |run| {
        let task = TaskSpec::joint(INPUTS, &[OUTPUTS, OUTPUTS], &[&[1.0], &[100.0]], 1.0);
        let schedule = Schedule::listed(Vec::new());
        let training = Training::new(1e-3, 600, schedule);
        let student = StudentSpec::new(50, 2, EPSILON);
        let draw = Draw { seed: 4711, run };
        let spec = AlignedSpec { task, student, training, tracked_modes: 0, draw };
        let outcome = Experiment::Aligned(spec).run(&Unattended).unwrap();
        outcome.as_training().unwrap().test(0).unwrap().least.value
    };
    let errors: Vec<f64> = (0..16).map(least).collect();
    let mean = errors.iter().sum::<f64>() / 16.0;
    let deviation = (errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / 15.0).sqrt();
    // Student's t(15) at 1e-4. The best time of each seed fits one multiple of N_A numbers, which gains 1/N_A relative; an epoch moves
    // the learned fraction by 2λŝ/4 = 0.05, so the best epoch misses the minimum by at most (s̄_A² + A)(0.025)² = 1e-3.
    let allowed = 5.24 * deviation / 4.0 + limit(1.0) / OUTPUTS as f64 + 1e-3;
    assert!((mean - limit(1.0)).abs() < allowed, "{mean} for {} ± {allowed}", limit(1.0));
}

/// x with (x√(4−x²)/2 + 2 arcsin(x/2))/π = p: the quarter-circle law, Marchenko-Pastur for a square matrix of κ = 1.
fn quarter_circle_quantile(p: f64) -> f64 {
    let cdf = |x: f64| (0.5 * x * (4.0 - x * x).sqrt() + 2.0 * (0.5 * x).asin()) / PI;
    let (mut low, mut high) = (0.0, 2.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if cdf(middle) < p { low = middle } else { high = middle }
    }
    low
}

/// min over a plain grid of times of the formula for ε_{A←B}, its bulk in 4800 equal shares. The stack is square, 100 × 100 with
/// ν = 1/100: κ = 1, A = 1, threshold 1, edge 2; the student holds two joint modes and the 48 strongest of the 98 others.
fn plain_joint_error(strength_a: f64, strength_b: f64, q: f64) -> f64 {
    const SHARES: usize = 4800;
    let pair = RankOnePair::new(strength_a, strength_b, q).unwrap();
    let modes: Vec<(f64, f64)> = pair.joint_strengths().into_iter().zip(pair.shares_of_a()).collect();
    let squared_overlap = |s: f64| if s > 1.0 { 1.0 - 1.0 / (s * s) } else { 0.0 };
    let data_strength = |s: f64| if s > 1.0 { s + 1.0 / s } else { 2.0 };
    let share = |i: usize| quarter_circle_quantile(1.0 - (i as f64 + 0.5) / SHARES as f64 * 48.0 / 98.0);
    let bulk: Vec<f64> = (0..SHARES).map(share).collect();
    let grown = |s_hat: f64, t: f64| {
        let decay = (-2.0 * s_hat * t).exp();
        1.0 / ((1.0 - decay) / s_hat + decay / EPSILON)
    };
    let error = |t: f64| {
        let noise = bulk.iter().map(|s_hat| grown(*s_hat, t).powi(2)).sum::<f64>() * 48.0 / SHARES as f64;
        let signal = |&(s_bar, share): &(f64, f64)| {
            let (s, c2) = (grown(data_strength(s_bar), t), squared_overlap(s_bar));
            s * s * (c2 * share + (1.0 - c2) * 0.5) - 2.0 * s * s_bar * c2 * share
        };
        (strength_a.powi(2) + modes.iter().map(signal).sum::<f64>() + 0.5 * noise) / strength_a.powi(2)
    };
    (0..=1250).map(|i| error(4e-3 * f64::from(i))).fold(f64::INFINITY, f64::min)
}

#[test]
fn the_plane_is_that_of_the_formula_summed_plainly() {
    for (strength_a, strength_b, q) in [(0.84, 5.0, 0.8), (3.0, 2.0, 0.3), (3.0, 10.0, 0.85), (3.0, 3.0, 0.95)] {
        let (found, plain) = (joint_error(strength_a, strength_b, q), plain_joint_error(strength_a, strength_b, q));
        // A grid of times misses the minimum by curvature · 0.002²/2, which is 2ŝ² · 2e-6 = 4e-4 at most for ŝ ≤ 10 while the mode rises;
        // the shares err by less than 1e-5.
        assert!((-1e-5..4e-4).contains(&(plain - found)), "{strength_a}, {strength_b}, {q}: {found}, {plain}");
    }
}
