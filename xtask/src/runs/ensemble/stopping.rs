//! Rules for stopping at the actual size as a run: their test errors over independent draws of the data.

use crate::runs::memory;
use serde::{Deserialize, Serialize};
use theory::{StoppingTrial, Student, Task};

/// What to draw, and how many of the examples a validation set takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoppingSpec {
    /// N₁.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
    /// P.
    pub examples: usize,
    /// Of them, those that the validation set takes.
    pub held_out: usize,
    /// σ_z.
    pub noise: f64,
    /// s̄.
    pub strengths: Vec<f64>,
    /// N₂.
    pub hidden: usize,
    /// L.
    pub layers: usize,
    /// ε.
    pub epsilon: f64,
    /// Latest stopping time, t/τ.
    pub t_max: f64,
    /// Independent draws.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

/// Test errors of each draw, by rule: the fields of [`StoppingTrial`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoppingOutcome {
    /// At the draw's own best time.
    pub best: Vec<f64>,
    /// By the risk estimate that knows the noise.
    pub by_risk_of_known_noise: Vec<f64>,
    /// By the risk estimate that estimates it.
    pub by_risk: Vec<f64>,
    /// At the time that is best for the mean of other draws.
    pub at_fixed_time: Vec<f64>,
    /// By a validation set.
    pub held_out: Vec<f64>,
    /// Trained again on all examples for as long as the validation set said.
    pub trained_again: Vec<f64>,
}

impl StoppingSpec {
    /// One line for messages.
    pub fn label(&self) -> String {
        let Self { inputs, outputs, strengths, draws, seed, .. } = self;
        format!("{draws} draws of rules for stopping, {outputs} × {inputs}, strengths {strengths:?}, seed {seed}")
    }

    /// Rough bytes while it works: the data, and those of training and validation.
    pub fn memory_estimate(&self) -> f64 {
        2.0 * memory::of_draw(self.inputs, self.outputs, self.examples)
    }

    /// Rough seconds on one core.
    pub fn cost_estimate(&self) -> f64 {
        let modes = self.inputs.min(self.outputs) as f64;
        (200 + self.draws) as f64 * 1.5e-2 * (modes / 50.0).powi(2) * 0.5 * self.layers as f64
    }

    /// Draws and evaluates.
    ///
    /// # Errors
    /// If the theory refuses the task, or its teacher is zero.
    pub fn compute(&self) -> anyhow::Result<StoppingOutcome> {
        let task = Task::new(self.inputs, self.outputs, &self.strengths)?
            .with_examples(self.examples)?
            .with_noise(self.noise)?;
        let student = Student::new(self.hidden, self.layers, self.epsilon)?;
        let trials = StoppingTrial::sample(&task, &student, self.held_out, self.t_max, self.draws, self.seed)?;
        let all = |error: fn(&StoppingTrial) -> f64| trials.iter().map(error).collect();
        Ok(StoppingOutcome {
            best: all(|trial| trial.best),
            by_risk_of_known_noise: all(|trial| trial.by_risk_of_known_noise),
            by_risk: all(|trial| trial.by_risk),
            at_fixed_time: all(|trial| trial.at_fixed_time),
            held_out: all(|trial| trial.held_out),
            trained_again: all(|trial| trial.trained_again),
        })
    }
}
