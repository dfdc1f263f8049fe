//! Tasks learned one after the other at the actual size as a run: exact random students over independent draws.

use super::transfer::rank_one_pair;
use crate::runs::memory;
use serde::{Deserialize, Serialize};
use theory::{PretrainingBenefit, PretrainingEnsemble, Student};

/// Two tasks of rank one with the same outputs, the random student that learns A alone, A with B, or first B and then A, and when to
/// look at the last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PretrainingSpec {
    /// N₁ = P.
    pub inputs: usize,
    /// N₃ of each.
    pub outputs: usize,
    /// s̄_A and s̄_B.
    pub strengths: (f64, f64),
    /// q.
    pub alignment: f64,
    /// σ_z.
    pub noise: f64,
    /// N₂; one hidden layer.
    pub hidden: usize,
    /// ε.
    pub epsilon: f64,
    /// t/τ of training on B.
    pub pretraining: f64,
    /// t/τ of training on A after it at which the errors on both are wanted.
    pub times: Vec<f64>,
    /// Latest stopping time of training on A, t/τ.
    pub t_max: f64,
    /// Independent draws.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

/// What is asked of each draw, or measured of each seed that was trained.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PretrainingOutcome {
    /// min ε_A of A alone.
    pub alone: Vec<f64>,
    /// min ε_A of A in company.
    pub joint: Vec<f64>,
    /// min ε_A of A after B.
    pub pretrained: Vec<f64>,
    /// ε_A and ε_B at the times, of A after B.
    pub errors: Vec<[Vec<f64>; 2]>,
}

impl PretrainingSpec {
    /// One line for messages.
    pub fn label(&self) -> String {
        let Self { inputs, outputs, strengths: (a, b), alignment, draws, seed, .. } = self;
        format!(
            "{draws} draws of two tasks in sequence, {inputs} inputs, {outputs} outputs, strengths {a} and {b}, alignment {alignment}, seed {seed}"
        )
    }

    /// Rough bytes while it works: the data of all draws, with the students that start on them.
    pub fn memory_estimate(&self) -> f64 {
        let outputs = 2 * self.outputs;
        let draw = memory::of_draw(self.inputs, outputs, self.inputs);
        self.draws as f64 * (draw + memory::of_exact_student(self.inputs, outputs, self.hidden))
    }

    /// Rough seconds on one core.
    pub fn cost_estimate(&self) -> f64 {
        let look = 4e-4 * (self.inputs.max(self.outputs) as f64 / 100.0).powi(3);
        // Three searches of a least error, the joint one of twice the outputs.
        self.draws as f64 * (self.times.len() as f64 + 600.0) * look
    }

    /// Draws and evaluates.
    ///
    /// # Errors
    /// If the theory refuses the tasks.
    pub fn compute(&self) -> anyhow::Result<PretrainingOutcome> {
        let outputs = (self.outputs, self.outputs);
        let pair = rank_one_pair(self.inputs, outputs, self.strengths, self.alignment, self.noise);
        let student = Student::new(self.hidden, 2, self.epsilon)?;
        let ensemble = PretrainingEnsemble::sample(&pair, &student, self.draws, self.seed)?;
        let least = ensemble.least_errors(self.pretraining, self.t_max)?;
        let errors = |pick: fn(&PretrainingBenefit) -> f64| least.iter().map(pick).collect();
        Ok(PretrainingOutcome {
            alone: errors(|b| b.alone.test_error),
            joint: errors(|b| b.joint.test_error),
            pretrained: errors(|b| b.pretrained.test_error),
            errors: ensemble.test_errors(self.pretraining, &self.times)?,
        })
    }
}
