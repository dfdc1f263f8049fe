//! One measured number and what a claim says of it.

use super::Estimate;

/// One measured number and what a claim says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub(super) at: String,
    pub(super) estimate: Estimate,
    /// The numbers that the claim allows, ends included; equal ends: one number.
    pub(super) region: (f64, f64),
    /// What step size and rounding may change.
    pub(super) numerics: f64,
}

impl Point {
    /// A number measured `at` some place, said in words.
    pub fn new(at: impl Into<String>, estimate: impl Into<Estimate>) -> Self {
        let region = (f64::NEG_INFINITY, f64::INFINITY);
        Self { at: at.into(), estimate: estimate.into(), region, numerics: 0.0 }
    }

    /// The claim says it is this number.
    pub fn equals(self, target: f64) -> Self {
        Self { region: (target, target), ..self }
    }

    /// The claim says it is above this number.
    pub fn above(self, bound: f64) -> Self {
        Self { region: (bound, f64::INFINITY), ..self }
    }

    /// The claim says it is below this number.
    pub fn below(self, bound: f64) -> Self {
        Self { region: (f64::NEG_INFINITY, bound), ..self }
    }

    /// The claim says it lies from `low` to `high`.
    pub fn within(self, low: f64, high: f64) -> Self {
        Self { region: (low, high), ..self }
    }

    /// Step size or rounding may change it by this much.
    pub fn give_or_take(self, numerics: f64) -> Self {
        Self { numerics, ..self }
    }

    /// How far chance and numerics may carry the number, down and up.
    pub(super) fn reach(&self, rate: f64) -> (f64, f64) {
        let (down, up) = self.estimate.reach(rate);
        (down + self.numerics, up + self.numerics)
    }
}
