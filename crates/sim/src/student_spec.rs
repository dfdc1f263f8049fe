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
    /// The balance W₂ᵀW₂ − W₁W₁ᵀ = balance · I of the start, L = 2 only: 0 is the usual start, a large value of either sign
    /// the lazy regime, in which the map learns like L = 1. A positive one needs N₂ ≤ N₃, a negative one N₂ ≤ N₁.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub balance: f64,
}

/// What is absent from a description at its default.
fn is_zero(value: &f64) -> bool {
    *value == 0.0
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
    /// γ ≥ 0, weight decay: with every update each layer also loses λγ of itself.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub decay: f64,
}

impl StudentSpec {
    /// A student with hidden layers of `hidden` units, `layers` weight matrices and a start of strength `epsilon`.
    pub const fn new(hidden: usize, layers: usize, epsilon: f64) -> Self {
        Self { hidden, layers, epsilon, balance: 0.0 }
    }

    /// The same with the balance W₂ᵀW₂ − W₁W₁ᵀ = `balance` · I between its two layers.
    pub const fn with_balance(self, balance: f64) -> Self {
        Self { balance, ..self }
    }

    /// The singular values at which W₁ and the other layers start: both ε^{1/L} but for L = 2 with a balance, where their
    /// product is ε and the difference of their squares the balance.
    pub(crate) fn layer_strengths(&self) -> (f64, f64) {
        if self.balance == 0.0 {
            let strength = self.epsilon.powf(1.0 / self.layers as f64);
            return (strength, strength);
        }
        let larger = (0.5 * (self.balance.abs() + self.balance.hypot(2.0 * self.epsilon))).sqrt();
        let smaller = self.epsilon / larger;
        if self.balance > 0.0 { (smaller, larger) } else { (larger, smaller) }
    }

    /// The learning rate λ above which the end of training is unstable, for the data's largest singular value ŝ and Σ¹¹ = g² · I
    /// on the directions that the inputs show (g² = 1 for P ≤ N₁, P/N₁ beyond; infinite where there is nothing to learn).
    ///
    /// It is 2 over the curvature of the loss, decay included, at the solution:
    /// ```text
    /// L g² ŝ^{2−2/L}                  balanced, without decay
    /// g² √(balance² + 4ŝ²) + γ        L = 2 with a balance (with decay as well, at its start)
    /// g² + γ                          L = 1 with decay
    /// max(2(g²ŝ − γ), γ)              L = 2 with decay: the strongest mode ends at ŝ − γ/g², the weakest at 0
    /// max(L g² ŝ^{2−2/L}, γ)          L ≥ 3 with decay (not sharp)
    /// ```
    pub fn learning_rate_bound(&self, strongest: f64, squared_gain: f64, decay: f64) -> f64 {
        let depth = self.layers as f64;
        let balanced = depth * strongest.powf(2.0 - 2.0 / depth) * squared_gain;
        let curvature = match self.layers {
            _ if self.balance != 0.0 => squared_gain * self.balance.hypot(2.0 * strongest) + decay,
            1 => balanced + decay,
            2 => (balanced - 2.0 * decay).max(decay),
            _ => balanced.max(decay),
        };
        2.0 / curvature
    }

    /// min(N₁, N₂, N₃): the hidden units that a random start uses (N₂ is no limit for L = 1). With a balance all N₂ of them.
    pub fn used_units(&self, task: &TaskSpec) -> usize {
        match self.balance {
            0.0 => self.width_limit(task.inputs.min(task.total_outputs())),
            _ => self.hidden,
        }
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
        if self.balance != 0.0 && !(1e-60..=1e60).contains(&self.balance.abs()) {
            return Err(SimError::invalid("balance", self.balance, "0 or of size 1e-60 to 1e60"));
        }
        if self.balance != 0.0 && self.layers != 2 {
            let allowed = format!("0 for {} layers: only two layers can be unequal", self.layers);
            return Err(SimError::invalid("balance", self.balance, allowed));
        }
        Ok(())
    }

    /// Refuses a balance that no matrices of these sizes can have.
    pub(crate) fn check_balance(&self, inputs: usize, outputs: usize) -> Result<(), SimError> {
        let (side, size) = if self.balance > 0.0 { ("outputs", outputs) } else { ("inputs", inputs) };
        if self.balance != 0.0 && self.hidden > size {
            let allowed = format!("at most {size}, the {side}, with a balance of {}", self.balance);
            return Err(SimError::invalid("hidden", self.hidden, allowed));
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
        self.check_memory_of(task.inputs, task.total_outputs())
    }

    /// The same for N₁ and N₃.
    pub(crate) fn check_memory_of(&self, inputs: usize, outputs: usize) -> Result<(), SimError> {
        let (hidden, layers) = (self.hidden as f64, self.layers as f64);
        let outer = inputs as f64 + outputs as f64;
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
        Self { learning_rate, epochs, schedule, train_thresholds: Vec::new(), decay: 0.0 }
    }

    /// The same with weight decay γ: every update W ← W + λ · (descent) takes λγW away as well.
    pub fn with_decay(self, decay: f64) -> Self {
        Self { decay, ..self }
    }

    /// λγ, the share of itself that a layer loses with every update.
    pub(crate) fn shrinkage(&self) -> f64 {
        self.learning_rate * self.decay
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
        if !(self.decay >= 0.0 && self.shrinkage() < 1.0) {
            let allowed = format!("0 or positive, and below 1/λ = {}", 1.0 / self.learning_rate);
            return Err(SimError::invalid("decay", self.decay, allowed));
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
