//! Jumps on difference equations whose iterates are cheap.

use super::*;
use crate::{Errors, ModePoint, SimError};

/// x ← x + r x (1 − x) for each entry with its own rate r.
struct Logistic {
    rates: Vec<f64>,
    layers: Vec<Dense<f64>>,
    errors: Errors,
    evaluations: u64,
}

impl Logistic {
    fn new(rates: &[f64], start: f64) -> Self {
        let errors = Errors { train: 1.0, tests: Vec::new() };
        Self {
            rates: rates.to_vec(),
            layers: vec![Dense::from_fn(rates.len(), 1, |_, _| start)],
            errors,
            evaluations: 0,
        }
    }

    fn increments(&self) -> Vec<f64> {
        self.layers[0].col(0).iter().zip(&self.rates).map(|(x, rate)| rate * x * (1.0 - x)).collect()
    }
}

impl Student for Logistic {
    fn measure(&mut self) -> &Errors {
        self.evaluations += 1;
        &self.errors
    }

    fn descend(&mut self) {
        let increments = self.increments();
        for (x, increment) in self.layers[0].col_mut(0).iter_mut().zip(increments) {
            *x += increment;
        }
    }

    fn modes(&mut self) -> Result<Vec<Option<ModePoint>>, SimError> {
        Ok(Vec::new())
    }

    fn learning_rate_bound(&self) -> f64 {
        2.0
    }
}

impl SmoothStudent for Logistic {
    fn layers(&self) -> &[Dense<f64>] {
        &self.layers
    }

    fn layers_mut(&mut self) -> &mut [Dense<f64>] {
        &mut self.layers
    }

    fn increments_to(&mut self, target: &mut [Dense<f64>]) {
        target[0].col_mut(0).copy_from_slice(&self.increments());
    }
}

/// The largest difference between jumps and epochs over `epochs`, and the epochs for each evaluation.
fn compare(rates: &[f64], start: f64, tolerance: f64, epochs: u64) -> (f64, f64) {
    let (mut jumping, mut stepping) = (Logistic::new(rates, start), Logistic::new(rates, start));
    let mut jumps = Multirevolution::new(&jumping, tolerance);
    let (mut epoch, mut worst) = (0, 0.0_f64);
    while epoch < epochs {
        jumping.measure();
        jumps.note(&mut jumping, epoch);
        let taken = jumps.advance(&mut jumping, epoch, epochs - epoch);
        for _ in 0..taken {
            stepping.descend();
        }
        epoch += taken;
        let gaps = jumping.layers[0].col(0).iter().zip(stepping.layers[0].col(0)).map(|(a, b)| (a - b).abs());
        worst = gaps.fold(worst, f64::max);
    }
    (worst, epochs as f64 / jumping.evaluations as f64)
}

#[test]
fn the_iterates_are_those_of_single_epochs_and_not_of_the_flow() {
    // From 1e-3 a local error grows at most by the 1/(4·1e-3) of the curve's steepest over its first slope; a hundred
    // jumps and the rounding of 10⁴ epochs remain below 1e-9.
    let rates = [0.004, 0.002];
    let (gap, gain) = compare(&rates, 1e-3, 1e-13, 10_000);
    assert!(gap < 1e-9, "{gap:e}");
    assert!(gain > 10.0, "{gain} epochs for each evaluation");
    // The flow is elsewhere, by about r/2 of its slope: a thousandth.
    let mut iterates = Logistic::new(&rates, 1e-3);
    for _ in 0..1700 {
        iterates.descend();
    }
    let flow = 1.0 / (1.0 + 999.0 * (-0.004_f64 * 1700.0).exp());
    assert!((iterates.layers[0].col(0)[0] - flow).abs() > 1e-4);
}

#[test]
fn a_smaller_tolerance_gives_a_smaller_error() {
    let gaps = [1e-6, 1e-9, 1e-12].map(|tolerance| compare(&[0.003], 1e-3, tolerance, 6_000).0);
    assert!(gaps[1] < 0.1 * gaps[0] && gaps[2] < 0.1 * gaps[1], "{gaps:?}");
}

#[test]
fn a_fast_component_limits_jumps_without_spoiling_them() {
    // After saturation the second entry contracts by 0.1 an epoch: stable explicit jumps are about ten epochs long.
    let (gap, gain) = compare(&[0.001, 0.1], 1e-3, 1e-13, 20_000);
    assert!(gap < 1e-9, "{gap:e}");
    assert!(gain > 2.0 && gain < 30.0, "{gain} epochs for each evaluation");
}

#[test]
fn jumps_are_said_not_to_pay_where_a_component_is_too_fast() {
    let mut student = Logistic::new(&[0.001, 0.9], 1e-3);
    let mut jumps = Multirevolution::new(&student, 1e-13);
    let mut epoch = 0;
    while epoch < 2000 && jumps.pays() {
        student.measure();
        jumps.note(&mut student, epoch);
        epoch += jumps.advance(&mut student, epoch, 2000 - epoch);
    }
    assert!(epoch < 500, "still jumping at {epoch}");
    jumps.restart();
    assert!(jumps.pays(), "a new trial");
}

#[test]
fn jumps_share_an_interval_evenly() {
    assert_eq!(even_share(375, 1.0), 1);
    assert_eq!(even_share(375, 374.0), 188);
    assert_eq!(even_share(375, 1e9), 375);
    assert_eq!(even_share(1, 50.0), 1);
}
