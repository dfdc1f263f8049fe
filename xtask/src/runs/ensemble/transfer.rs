//! Transfer between two tasks at the actual size as a run: the benefit over independent draws of the data.

use crate::runs::memory;
use crate::runs::summary::Summary;
use faer::Mat;
use serde::{Deserialize, Serialize};
use theory::{Student, Teacher, TransferBenefit, TransferEnsemble, TransferPair};

/// Two tasks of rank one that share their inputs, and the aligned student that learns them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferSpec {
    /// N₁ = P.
    pub inputs: usize,
    /// N_A and N_B.
    pub outputs: (usize, usize),
    /// s̄_A and s̄_B.
    pub strengths: (f64, f64),
    /// q.
    pub alignment: f64,
    /// σ_z.
    pub noise: f64,
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

/// Best stopping of each draw of the data, or of each seed that was trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransferOutcome {
    /// min ε_A of task A alone.
    pub alone: Vec<f64>,
    /// min ε_{A←B} of task A in company.
    pub joint: Vec<f64>,
}

impl TransferOutcome {
    /// T^{A←B} over them: paired differences.
    pub fn benefit(&self) -> Summary {
        Summary::of_differences(&self.alone, &self.joint)
    }
}

impl TransferSpec {
    /// One line for messages.
    pub fn label(&self) -> String {
        let Self { inputs, outputs: (a, b), strengths: (s_a, s_b), alignment, draws, seed, .. } = self;
        format!(
            "{draws} draws of two tasks, {inputs} inputs, {a} and {b} outputs, strengths {s_a} and {s_b}, alignment {alignment}, seed {seed}"
        )
    }

    /// Rough bytes while it works: both tasks alone, and stacked.
    pub fn memory_estimate(&self) -> f64 {
        let outputs = self.outputs.0 + self.outputs.1;
        let kept = memory::of_trajectories(self.draws, 0, 2 * self.inputs.min(outputs));
        2.0 * memory::of_draw(self.inputs, outputs, self.inputs) + kept
    }

    /// Rough seconds on one core.
    pub fn cost_estimate(&self) -> f64 {
        let modes = self.inputs.min(self.outputs.0 + self.outputs.1) as f64;
        self.draws as f64 * (8e-3 * (modes / 100.0).powi(3) + 4e-5 * modes * self.layers as f64)
    }

    /// Draws and evaluates.
    ///
    /// # Errors
    /// If the theory refuses the tasks.
    pub fn compute(&self) -> anyhow::Result<TransferOutcome> {
        let pair = rank_one_pair(self.inputs, self.outputs, self.strengths, self.alignment, self.noise);
        let student = Student::new(self.hidden, self.layers, self.epsilon)?;
        let benefits = TransferEnsemble::sample(&pair, self.draws, self.seed)?.benefits(&student, 0, self.t_max)?;
        let errors = |pick: fn(&TransferBenefit) -> f64| benefits.iter().map(pick).collect();
        Ok(TransferOutcome { alone: errors(|b| b.alone.test_error), joint: errors(|b| b.joint.test_error) })
    }
}

/// Two tasks of rank one, P = N₁.
pub(super) fn rank_one_pair(
    inputs: usize,
    outputs: (usize, usize),
    strengths: (f64, f64),
    alignment: f64,
    noise: f64,
) -> TransferPair {
    let teacher = |outputs, strength| Teacher { outputs, strengths: vec![strength] };
    TransferPair {
        inputs,
        examples: inputs,
        noise,
        a: teacher(outputs.0, strengths.0),
        b: teacher(outputs.1, strengths.1),
        alignment: Mat::from_fn(1, 1, |_, _| alignment),
    }
}
