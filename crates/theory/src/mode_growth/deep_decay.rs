//! Growth of a mode of three or more layers under weight decay.

use super::{LearningFront, ModeState};
use crate::bracketed_root::bracketed_root;

/// A mode of L ≥ 3 layers with weight decay γ > 0.
///
///   ds/dt = L s (s^q (ŝ − s) − γ),  q = p − 1 = 1 − 2/L
///
/// s^q (ŝ − s) rises from 0 to its largest value at s_m = qŝ/(1+q) and falls to 0 at ŝ. If γ is below that value there is an
/// unstable strength s_u < s_m, below which a mode decays to 0, and a stable one, s₊ > s_m, to which it tends from above s_u; else
/// every mode decays to 0. There is no closed form for the time between; ln s is advanced by its Taylor series (24 terms,
/// each step as long as they converge to rounding), which takes 5 to 60 steps from any start to any end.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DeepDecay {
    layers: f64,
    /// q.
    excess: f64,
    epsilon: f64,
    decay: f64,
}

/// Order of the Taylor series.
const ORDER: usize = 24;

/// Longest walk; a mode that passes close by a vanishing balance takes a few hundred steps.
const STEPS: usize = 100_000;

/// Taylor coefficients of ln s − ln s₀ in time, from s₀.
struct Series {
    log: [f64; ORDER + 1],
    /// How far the series holds to rounding.
    reach: f64,
    at_rest: bool,
}

impl DeepDecay {
    pub(super) fn new(layers: usize, epsilon: f64, decay: f64) -> Self {
        Self { layers: layers as f64, excess: 1.0 - 2.0 / layers as f64, epsilon, decay }
    }

    pub(super) fn state_at(&self, s_hat: f64, t: f64) -> ModeState {
        if t == f64::INFINITY {
            let strength = self.final_strength(s_hat);
            return ModeState { strength, gap: s_hat - strength };
        }
        let (mut s, mut left) = (self.epsilon, t);
        for _ in 0..STEPS {
            let series = self.series(s_hat, s);
            if series.at_rest {
                break;
            }
            s *= series.at(series.reach.min(left)).exp();
            left -= series.reach;
            if left <= 0.0 || s == 0.0 {
                break;
            }
        }
        ModeState { strength: s, gap: s_hat - s }
    }

    /// ∂s/∂ŝ = s ζ, ζ = ∂ln s/∂ŝ: ζ′ = L (s^q + (q ŝ s^q − p s^p) ζ).
    pub(super) fn sensitivity(&self, s_hat: f64, t: f64) -> f64 {
        let (mut s, mut slope, mut left) = (self.epsilon, 0.0, t);
        for _ in 0..STEPS {
            let series = self.series(s_hat, s);
            let slopes = self.slope_series(s_hat, s, &series, slope);
            if series.at_rest {
                // Linear from here on: ζ′ = a + bζ.
                let root = self.layers * s.powf(self.excess);
                let pull = root * (self.excess * s_hat - (1.0 + self.excess) * s);
                let passed = pull * left;
                let mean = if passed == 0.0 { 1.0 } else { passed.exp_m1() / passed };
                slope = slope * passed.exp() + root * left * mean;
                break;
            }
            let largest = slopes.iter().fold(0.0, |most: f64, value| most.max(value.abs().min(slopes[0].abs())));
            let reach = |k: usize| (1e-17 * (largest + s.powf(self.excess)) / slopes[k].abs()).powf(1.0 / k as f64);
            let step = series.reach.min(0.8 * reach(ORDER).min(reach(ORDER - 1))).min(left);
            slope = evaluate(&slopes, step);
            s *= series.at(step).exp();
            left -= step;
            if left <= 0.0 || s == 0.0 {
                break;
            }
        }
        s * slope
    }

    /// Taylor coefficients of ζ from its value `start`, beside those of ln s.
    fn slope_series(&self, s_hat: f64, s: f64, series: &Series, start: f64) -> [f64; ORDER + 1] {
        let q = self.excess;
        let (mut root, mut shrink) = ([0.0; ORDER], [0.0; ORDER]);
        root[0] = s.powf(q);
        shrink[0] = s * root[0];
        for k in 1..ORDER {
            let (mut up, mut down) = (0.0, 0.0);
            for j in 1..=k {
                let slope = j as f64 * series.log[j];
                up += slope * root[k - j];
                down += slope * shrink[k - j];
            }
            root[k] = q * up / k as f64;
            shrink[k] = (1.0 + q) * down / k as f64;
        }
        let mut slopes = [0.0; ORDER + 1];
        slopes[0] = start;
        for k in 0..ORDER {
            let pulled: f64 = (0..=k).map(|j| (q * s_hat * root[j] - (1.0 + q) * shrink[j]) * slopes[k - j]).sum();
            slopes[k + 1] = self.layers * (root[k] + pulled) / (k as f64 + 1.0);
        }
        slopes
    }

    /// The time from ε to `s`; `None` if a mode of data strength ŝ never comes there.
    pub(super) fn time_to_reach(&self, s_hat: f64, target: f64) -> Option<f64> {
        let end = self.final_strength(s_hat);
        let lies_between = (self.epsilon < target && target < end) || (end < target && target < self.epsilon);
        if !lies_between {
            return None;
        }
        let (mut s, mut passed) = (self.epsilon, 0.0);
        let is_behind = |s: f64| (s < target) == (self.epsilon < target) && s != target;
        for _ in 0..STEPS {
            let series = self.series(s_hat, s);
            let reach = series.reach.min(f64::MAX);
            if series.at_rest {
                return None;
            }
            if !is_behind(s * series.at(reach).exp()) {
                let goal = (target / s).ln();
                return Some(passed + bracketed_root(|step| series.at(step) - goal, 0.0, reach, 1e-15));
            }
            s *= series.at(reach).exp();
            passed += reach;
        }
        None
    }

    /// Where s tends: s₊, 0, or ε if that is a balance itself.
    pub(super) fn final_strength(&self, s_hat: f64) -> f64 {
        let middle = self.excess * s_hat / (1.0 + self.excess);
        let surplus = |s: f64| s.powf(self.excess) * (s_hat - s) - self.decay;
        if s_hat <= 0.0 || surplus(middle) < 0.0 {
            return 0.0;
        }
        match surplus(self.epsilon) {
            here if self.epsilon < middle && here < 0.0 => 0.0,
            0.0 => self.epsilon,
            _ => bracketed_root(surplus, middle, s_hat, 1e-15),
        }
    }

    /// The least ŝ for which there is any balance but 0: the largest value of s^q (ŝ − s) is γ.
    pub(super) fn least_data_strength(&self) -> f64 {
        let q = self.excess;
        (self.decay * (1.0 + q) * ((1.0 + q) / q).powf(q)).powf(1.0 / (1.0 + q))
    }

    /// Where modes that are learned at time `t` part from those that decay.
    pub(super) fn front_at(&self, t: f64) -> Option<LearningFront> {
        if t == 0.0 {
            return None;
        }
        // How far s is above half of its end, for ŝ that has one other than 0.
        let lead = |log: f64| {
            let s_hat = log.exp();
            let middle = self.excess * s_hat / (1.0 + self.excess);
            let end = bracketed_root(|s| s.powf(self.excess) * (s_hat - s) - self.decay, middle, s_hat, 1e-12);
            2.0 * self.state_at(s_hat, t).strength / end - 1.0
        };
        let low = self.least_data_strength().ln() + 1e-9;
        let mut high = low;
        while lead(high) < 0.0 {
            high += 1.0;
            if high > f64::MAX.ln() {
                return None;
            }
        }
        let position = bracketed_root(lead, low, high, 1e-13).exp();
        // s is a step of this steepness there, of which the width is what a logistic step of the same slope has.
        let around = [position * (1.0 - 1e-6), position * (1.0 + 1e-6)].map(|s_hat| self.state_at(s_hat, t).strength);
        let slope = (around[1] / around[0]).ln() / 2e-6;
        Some(LearningFront { position, width: position / (2.0 * slope.max(1.0)) })
    }

    /// The strength at which s grows fastest, the largest root of d/ds \[s^p (ŝ − s) − γs\]; 0 if it never grows.
    pub(super) fn steepest_strength(&self, s_hat: f64) -> f64 {
        let power = 1.0 + self.excess;
        let slope = |s: f64| s.powf(self.excess) * (power * s_hat - (power + 1.0) * s) - self.decay;
        let low = self.excess * s_hat / (power + 1.0);
        if slope(low) <= 0.0 {
            return 0.0;
        }
        bracketed_root(slope, low, s_hat * power / (power + 1.0), 1e-15)
    }

    /// ln s − ln s₀ from s₀ = `s`: v′ = L (a − b − γ) with a = ŝ s₀^q e^(qv), b = s₀^p e^(pv).
    fn series(&self, s_hat: f64, s: f64) -> Series {
        let (layers, q) = (self.layers, self.excess);
        let (mut log, mut grow, mut shrink) = ([0.0; ORDER + 1], [0.0; ORDER], [0.0; ORDER]);
        let root = s.powf(q);
        (grow[0], shrink[0]) = (s_hat * root, s * root);
        log[1] = layers * (s_hat * root - s * root - self.decay);
        let scale = layers * (grow[0] + shrink[0] + self.decay);
        for k in 1..ORDER {
            let (mut up, mut down) = (0.0, 0.0);
            for j in 1..=k {
                let slope = j as f64 * log[j];
                up += slope * grow[k - j];
                down += slope * shrink[k - j];
            }
            grow[k] = q * up / k as f64;
            shrink[k] = (1.0 + q) * down / k as f64;
            log[k + 1] = layers * (grow[k] - shrink[k]) / (k as f64 + 1.0);
        }
        let reach = |k: usize| (1e-17 / log[k].abs()).powf(1.0 / k as f64);
        let at_rest = log[1].abs() <= 4.0 * f64::EPSILON * scale;
        Series { reach: 0.8 * reach(ORDER).min(reach(ORDER - 1)), log, at_rest }
    }
}

impl Series {
    fn at(&self, step: f64) -> f64 {
        if self.log[2..].iter().all(|&coefficient| coefficient == 0.0) {
            return self.log[1] * step;
        }
        evaluate(&self.log, step)
    }
}

/// A polynomial by its coefficients, the constant one first.
fn evaluate(coefficients: &[f64; ORDER + 1], step: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * step + coefficient)
}
