//! Two tasks that share their inputs.

use serde::{Deserialize, Serialize};

/// A task A and its company.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaskPair {
    /// s̄_A.
    pub strength_a: f64,
    /// s̄_B.
    pub strength_b: f64,
    /// q, the overlap of their input modes.
    pub alignment: f64,
}

impl TaskPair {
    /// One task A in every company; q changes fastest.
    pub fn of_task(strength_a: f64, strengths_b: &[f64], alignments: &[f64]) -> Vec<Self> {
        let beside =
            |&strength_b: &f64| alignments.iter().map(move |&alignment| Self { strength_a, strength_b, alignment });
        strengths_b.iter().flat_map(beside).collect()
    }
}

/// s̄_A of three panels: transfer does something else to each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StrengthsOfA {
    /// At the threshold of detection.
    pub weak: f64,
    /// Learnable alone, but not to the end.
    pub middling: f64,
    /// Far above the noise.
    pub strong: f64,
}

impl StrengthsOfA {
    /// What the three are called, in the order of [`Self::all`].
    pub const NAMES: [&str; 3] = ["weak", "middling", "strong"];

    /// In the order of the panels.
    pub fn all(self) -> [f64; 3] {
        [self.weak, self.middling, self.strong]
    }

    /// Whether they are positive and increase.
    pub fn are_ordered(self) -> bool {
        0.0 < self.weak && self.weak < self.middling && self.middling < self.strong
    }
}
