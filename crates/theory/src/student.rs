//! A deep linear student.

use crate::error::{Brakes, at_least_one, computable, depth};
use crate::{ModeGrowth, Task, TheoryError};

/// A linear network ŷ = W_L ⋯ W₁ x, started training-aligned with all singular values of the product at ε.
///
/// ```
/// use theory::{LearningCurve, Student, Task};
/// let task = Task::new(100, 50, &[3.0, 2.5, 2.0, 1.5])?;
/// let least = |student: Student| LearningCurve::new(&task, &student).optimal_stopping(12.0);
/// let plain = Student::new(50, 2, 1e-5)?;
/// let (braked, lazy) = (plain.clone().with_decay(0.6)?, plain.clone().with_balance(20.0)?);
/// let (plain, braked, lazy) = (least(plain)?.test_error, least(braked)?.test_error, least(lazy)?.test_error);
/// assert!(braked < plain && plain < lazy); // 0.251, 0.283, 0.722
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Student {
    hidden: usize,
    layers: usize,
    epsilon: f64,
    #[serde(skip_serializing_if = "is_zero")]
    decay: f64,
    #[serde(skip_serializing_if = "is_zero")]
    balance: f64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(value: &f64) -> bool {
    *value == 0.0
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
        Ok(Self { hidden, layers, epsilon, decay: 0.0, balance: 0.0 })
    }

    /// The same student with weight decay γ = `decay`: every layer loses λγW an epoch (λ the learning rate). See
    /// [`ModeGrowth::with_decay`].
    ///
    /// # Errors
    /// If γ is negative, not finite or beyond 1e±60 (0 is legal), or the student has a balance λ ≠ 0: decay shrinks λ, and no closed
    /// form is known then.
    pub fn with_decay(self, decay: f64) -> Result<Self, TheoryError> {
        Brakes { decay, balance: self.balance }.validated(self.layers)?;
        Ok(Self { decay, ..self })
    }

    /// The same student with the balance λ = `balance`: W₂ᵀW₂ − W₁W₁ᵀ = λI on the hidden units in use, between a student of two
    /// matrices that starts rich (0) and one that starts lazy (|λ| large). See [`ModeGrowth::with_balance`].
    ///
    /// # Errors
    /// If λ is not finite or its size beyond 1e±60 (0 is legal), or, for λ ≠ 0, L is not 2 or the student has weight decay.
    pub fn with_balance(self, balance: f64) -> Result<Self, TheoryError> {
        Brakes { decay: self.decay, balance }.validated(self.layers)?;
        Ok(Self { balance, ..self })
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

    /// γ, the weight decay; 0 unless said.
    pub fn decay(&self) -> f64 {
        self.decay
    }

    /// λ, the balance between two layers; 0 unless said.
    pub fn balance(&self) -> f64 {
        self.balance
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
        self.growth_at_pace(1.0)
    }

    /// The growth of one mode in data time, of which `pace` units pass in one of t: the decay of one unit is γ/pace.
    pub(crate) fn growth_at_pace(&self, pace: f64) -> ModeGrowth {
        let growth = ModeGrowth::new(self.layers, self.epsilon);
        growth
            .expect("layers and epsilon were validated by the constructor")
            .braked(Brakes { decay: self.decay / pace, balance: self.balance })
    }
}
