//! The closed form of transfer between two tasks.

use crate::study::strengths::modes_down_from;
use faer::Mat;
use theory::{JointCurve, JointTask, LearningCurve, Stopping, Student, Task, Teacher};

/// The transfer benefit of an aligned linear student in the limit of large sizes.
#[derive(Clone, Debug)]
pub struct TransferTheory {
    /// N₁ = P.
    pub inputs: usize,
    /// N_A and N_B.
    pub outputs: (usize, usize),
    /// r: mode k of a task of strength s has strength s (r + 1 − k)/r.
    pub rank: usize,
    /// σ_z.
    pub noise: f64,
    /// The student.
    pub student: Student,
    /// Latest stopping time, t/τ.
    pub t_max: f64,
}

/// One task A, about to meet company.
#[derive(Clone, Debug)]
pub struct TaskInCompany<'a> {
    theory: &'a TransferTheory,
    /// s̄_A.
    pub strength: f64,
    alone: Stopping,
}

impl TransferTheory {
    /// A task A of strength s̄_A. What it reaches alone is the same for every company and computed here, once.
    ///
    /// # Errors
    /// If the theory refuses the task.
    pub fn task(&self, strength: f64) -> anyhow::Result<TaskInCompany<'_>> {
        let task = Task::new(self.inputs, self.outputs.0, &modes_down_from(strength, self.rank))?;
        let alone = LearningCurve::new(&task.with_noise(self.noise)?, &self.student).optimal_stopping(self.t_max)?;
        Ok(TaskInCompany { theory: self, strength, alone })
    }

    fn teacher(&self, outputs: usize, strength: f64) -> Teacher {
        Teacher { outputs, strengths: modes_down_from(strength, self.rank) }
    }
}

impl TaskInCompany<'_> {
    /// T^{A←B} with a B of strength s̄_B whose k-th input directions have overlap q with A's.
    ///
    /// # Errors
    /// If the theory refuses the tasks.
    pub fn benefit(&self, strength_b: f64, alignment: f64) -> anyhow::Result<f64> {
        let TransferTheory { inputs, outputs, rank, noise, student, t_max } = self.theory;
        let [a, b] = [(outputs.0, self.strength), (outputs.1, strength_b)].map(|(n, s)| self.theory.teacher(n, s));
        let overlaps = Mat::from_fn(*rank, *rank, |i, j| if i == j { alignment } else { 0.0 });
        let joint = JointTask::pair(*inputs, a, b, overlaps.as_ref())?.with_noise(*noise)?;
        let joint = JointCurve::new(&joint, student).optimal_stopping(0, *t_max)?;
        Ok(theory::TransferBenefit { alone: self.alone, joint }.benefit())
    }
}
