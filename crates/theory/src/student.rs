//! A deep linear student.

use crate::error::{at_least_one, computable, depth};
use crate::{ModeGrowth, Task, TheoryError};

/// A linear network ŷ = W_L ⋯ W₁ x, started training-aligned with all singular values of the product at ε.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Student {
    hidden: usize,
    layers: usize,
    epsilon: f64,
}

impl Student {
    /// A student with N₂ = `hidden` units in every hidden layer, L = `layers` weight matrices (one hidden layer is L
    /// = 2) and initial singular values ε = `epsilon` of its product map.
    ///
    /// # Errors
    /// If a count is 0, L above 1000, or ε not positive and finite, or beyond 1e±60.
    pub fn new(hidden: usize, layers: usize, epsilon: f64) -> Result<Self, TheoryError> {
        at_least_one("hidden", hidden)?;
        depth(layers)?;
        computable("epsilon", epsilon)?;
        Ok(Self { hidden, layers, epsilon })
    }

    /// N₂, the width of every hidden layer.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// L, the number of weight matrices.
    pub fn layers(&self) -> usize {
        self.layers
    }

    /// ε, the initial singular value of the product map.
    pub fn epsilon(&self) -> f64 {
        self.epsilon
    }

    /// K = min(N₂, M), the number of data modes the student can hold; a single layer (L = 1) has no hidden units to
    /// run out of.
    pub fn capacity(&self, task: &Task) -> usize {
        self.capacity_of(task.data_modes())
    }

    pub(crate) fn capacity_of(&self, data_modes: usize) -> usize {
        if self.layers == 1 { data_modes } else { self.hidden.min(data_modes) }
    }

    /// The growth of one mode of this student.
    pub fn mode_growth(&self) -> ModeGrowth {
        ModeGrowth::new(self.layers, self.epsilon).expect("layers and epsilon were validated by the constructor")
    }
}
