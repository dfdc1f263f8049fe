//! The student and its training, as plain values.

use crate::task::MOST_ENTRIES;
use crate::{Schedule, SimError, TaskSpec};
use serde::{Deserialize, Serialize};

/// Most weight matrices of a student.
const MOST_LAYERS: usize = 1000;

/// A deep linear student ŷ = W_L ⋯ W₁ x.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudentSpec {
    /// N₂, width of every hidden layer. Without effect for L = 1.
    pub hidden: usize,
    /// L, weight matrices: one hidden layer is L = 2.
    pub layers: usize,
    /// ε, every singular value of the initial product map; each layer starts at ε^(1/L).
    pub epsilon: f64,
}

/// How a linear student starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Start {
    /// Independent Haar orthogonal layers.
    Random,
    /// Training aligned: singular vectors of the product are those of Σ³¹.
    TrainingAligned,
}

/// Full-batch gradient descent on ½‖Y − W_L⋯W₁X‖²_F.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// λ; the time constant is τ = 1/λ epochs.
    pub learning_rate: f64,
    /// Number of updates.
    pub epochs: u64,
    /// When errors and modes are logged.
    pub schedule: Schedule,
    /// Train errors whose first crossing from above is looked for at every epoch.
    pub train_thresholds: Vec<f64>,
}

impl StudentSpec {
    /// A student with hidden layers of `hidden` units, `layers` weight matrices and a start of strength `epsilon`.
    pub const fn new(hidden: usize, layers: usize, epsilon: f64) -> Self {
        Self { hidden, layers, epsilon }
    }

    /// min(N₁, N₂, N₃): the hidden units that a random start uses (N₂ is no limit for L = 1).
    pub fn used_units(&self, task: &TaskSpec) -> usize {
        self.width_limit(task.inputs.min(task.total_outputs()))
    }

    /// min(N₂, data modes): the modes that a training aligned student holds.
    pub fn held_modes(&self, task: &TaskSpec) -> usize {
        self.width_limit(task.data_modes())
    }

    /// `modes`, or as many of them as there are hidden units.
    pub(crate) fn width_limit(&self, modes: usize) -> usize {
        if self.layers == 1 { modes } else { modes.min(self.hidden) }
    }

    /// Checks the description.
    ///
    /// # Errors
    /// [`SimError::Invalid`] naming the first field that is not allowed.
    pub fn check(&self) -> Result<(), SimError> {
        for (field, size) in [("hidden", self.hidden), ("layers", self.layers)] {
            if size == 0 {
                return Err(SimError::invalid(field, 0, "positive"));
            }
        }
        if self.layers > MOST_LAYERS {
            return Err(SimError::invalid("layers", self.layers, format!("at most {MOST_LAYERS}")));
        }
        if !(self.epsilon > 0.0 && self.epsilon.is_finite()) {
            return Err(SimError::invalid("epsilon", self.epsilon, "finite and positive"));
        }
        Ok(())
    }

    /// `-N₂` for every hidden layer, as labels write it.
    pub(crate) fn hidden_label(&self) -> String {
        // A label is made before the sizes are checked.
        format!("-{}", self.hidden).repeat(self.layers.clamp(1, MOST_LAYERS) - 1)
    }

    /// Refuses weights that would not fit into memory, rather than fail to allocate them: for students with full matrices.
    pub(crate) fn check_memory(&self, task: &TaskSpec) -> Result<(), SimError> {
        let (hidden, layers) = (self.hidden as f64, self.layers as f64);
        let outer = (task.inputs + task.total_outputs()) as f64;
        if self.layers > 1 && hidden * (outer + (layers - 2.0) * hidden) > MOST_ENTRIES {
            let given = format!("{hidden} in {layers} layers");
            return Err(SimError::invalid("hidden", given, format!("at most {MOST_ENTRIES} weights in all")));
        }
        Ok(())
    }
}

impl Training {
    /// Training for `epochs` updates with step `learning_rate`, no thresholds looked for.
    pub const fn new(learning_rate: f64, epochs: u64, schedule: Schedule) -> Self {
        Self { learning_rate, epochs, schedule, train_thresholds: Vec::new() }
    }

    /// The same, looking for the first epochs at which the train error is below these values.
    pub fn with_train_thresholds(self, train_thresholds: Vec<f64>) -> Self {
        Self { train_thresholds, ..self }
    }

    /// Checks the description, its schedule included.
    ///
    /// # Errors
    /// [`SimError::Invalid`] naming the first field that is not allowed.
    pub fn check(&self) -> Result<(), SimError> {
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return Err(SimError::invalid("learning_rate", self.learning_rate, "finite and positive"));
        }
        if let Some(threshold) = self.train_thresholds.iter().find(|t| !(**t > 0.0 && t.is_finite())) {
            return Err(SimError::invalid("train_thresholds", threshold, "finite and positive"));
        }
        self.schedule.epochs(self.epochs).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depths_that_no_label_or_exponent_can_hold_are_refused() {
        for layers in [0, 1001, (1 << 32) + 2, usize::MAX] {
            let student = StudentSpec::new(3, layers, 1e-3);
            assert!(matches!(student.check(), Err(SimError::Invalid { field: "layers", .. })), "{layers}");
            assert!(student.hidden_label().len() < 3000);
        }
        assert_eq!(StudentSpec::new(5, 3, 1e-3).hidden_label(), "-5-5");
        assert_eq!(StudentSpec::new(5, 1, 1e-3).hidden_label(), "");
    }
}
