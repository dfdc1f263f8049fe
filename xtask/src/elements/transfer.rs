//! Two tasks of rank one that share their inputs.

use faer::Mat;
use serde::{Deserialize, Serialize};
use theory::{JointCurve, JointTask, LearningCurve, Student, Teacher, TransferBenefit};

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

/// The closed form of the transfer benefit of an aligned student, as a function of strengths and alignment.
#[derive(Clone, Debug)]
pub struct RankOneTransfer {
    /// N₁ = P.
    pub inputs: usize,
    /// N_A and N_B.
    pub outputs: (usize, usize),
    /// σ_z.
    pub noise: f64,
    /// The student.
    pub student: Student,
    /// Latest stopping time, t/τ.
    pub t_max: f64,
}

impl RankOneTransfer {
    /// What learning B together with A does to A, for s̄_A, s̄_B and q.
    ///
    /// # Errors
    /// If the theory refuses the tasks.
    pub fn effect(&self, strength_a: f64, strength_b: f64, alignment: f64) -> anyhow::Result<TransferBenefit> {
        let teacher = |outputs, strength| Teacher { outputs, strengths: vec![strength] };
        let (a, b) = (teacher(self.outputs.0, strength_a), teacher(self.outputs.1, strength_b));
        let alignment = Mat::from_fn(1, 1, |_, _| alignment);
        let joint = JointTask::pair(self.inputs, a, b, alignment.as_ref())?.with_noise(self.noise)?;
        Ok(TransferBenefit {
            alone: LearningCurve::new(&joint.alone(0)?, &self.student).optimal_stopping(self.t_max)?,
            joint: JointCurve::new(&joint, &self.student).optimal_stopping(0, self.t_max)?,
        })
    }

    /// T^{A←B}.
    ///
    /// # Errors
    /// As [`Self::effect`].
    pub fn benefit(&self, strength_a: f64, strength_b: f64, alignment: f64) -> anyhow::Result<f64> {
        Ok(self.effect(strength_a, strength_b, alignment)?.benefit())
    }
}
