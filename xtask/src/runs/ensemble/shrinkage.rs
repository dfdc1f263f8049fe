//! The non-gradient algorithm at the actual size as a run: its test error, beside optimal stopping, over independent draws of the data.

use super::shrunk::{NoiseKnowledge, shrunk};
use crate::runs::memory;
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use theory::{Ensemble, Student, Task};

/// What to draw, and which student is stopped at its best time for comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShrinkageSpec {
    /// N₁ = P.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
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

/// Test errors of each draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShrinkageOutcome {
    /// Of the algorithm that knows the noise.
    pub known: Vec<f64>,
    /// Of the algorithm that estimates it.
    pub estimated: Vec<f64>,
    /// Of the aligned student at its best time.
    pub stopping: Vec<f64>,
}

impl ShrinkageSpec {
    /// One line for messages.
    pub fn label(&self) -> String {
        let Self { inputs, outputs, strengths, draws, seed, .. } = self;
        format!("{draws} draws of shrunk data, {outputs} × {inputs}, strengths {strengths:?}, seed {seed}")
    }

    /// Rough bytes while it works.
    pub fn memory_estimate(&self) -> f64 {
        let kept = memory::of_trajectories(self.draws, 0, self.inputs.min(self.outputs));
        memory::of_draw(self.inputs, self.outputs, self.inputs) + kept
    }

    /// Rough seconds on one core.
    pub fn cost_estimate(&self) -> f64 {
        let modes = self.inputs.min(self.outputs) as f64;
        self.draws as f64 * (1.5e-3 * (modes / 50.0).powi(3) + 3e-5 * modes * self.layers as f64)
    }

    /// Draws and evaluates.
    ///
    /// # Errors
    /// If the theory refuses the task, or its teacher is zero.
    pub fn compute(&self) -> anyhow::Result<ShrinkageOutcome> {
        let task = Task::new(self.inputs, self.outputs, &self.strengths)?.with_noise(self.noise)?;
        let student = Student::new(self.hidden, self.layers, self.epsilon)?;
        let ensemble = Ensemble::sample(&task, self.draws, self.seed)?;
        let errors = |knowledge| -> anyhow::Result<Vec<f64>> {
            let error = |draw: &theory::DataDraw| {
                let strengths = shrunk(&task, draw.data_strengths(), knowledge)?;
                draw.test_error(&strengths).context("a zero teacher has no relative test error")
            };
            ensemble.draws().iter().map(error).collect()
        };
        let trajectories = ensemble.aligned(&student, &[], self.t_max)?;
        let least = |run: &theory::Trajectory| run.test.as_ref().map(|test| test.stopping.test_error);
        Ok(ShrinkageOutcome {
            known: errors(NoiseKnowledge::Known)?,
            estimated: errors(NoiseKnowledge::Estimated)?,
            stopping: trajectories.runs().iter().filter_map(least).collect(),
        })
    }
}
