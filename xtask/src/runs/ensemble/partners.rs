//! What other tasks do to a task, estimated from data as a run, beside what they truly do.

use crate::runs::memory;
use faer::{Mat, MatRef, Scale};
use linalg_core::squared_frobenius_norm;
use serde::{Deserialize, Serialize};
use sim::{DataSet, Draw, TaskSpec};
use theory::{NoiseLevel, RelatedTasks, Student, TheoryError, TransferBenefit};

/// Data of several tasks, the first of which is to be learned together with one of the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnersSpec {
    /// All tasks.
    pub tasks: TaskSpec,
    /// N₂.
    pub hidden: usize,
    /// L.
    pub layers: usize,
    /// ε.
    pub epsilon: f64,
    /// Latest stopping time, t/τ.
    pub t_max: f64,
    /// Level of the rank tests.
    pub level: f64,
    /// Repetitions 0, 1, …
    pub runs: u64,
    /// Seed of the study.
    pub seed: u64,
}

/// One number for each of the other tasks, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartnersDraw {
    /// T̂, from the data alone.
    pub estimated: Vec<f64>,
    /// T of aligned students on the same data, relative to ‖W̄_A‖², which the teacher is needed for.
    pub actual: Vec<f64>,
}

/// One of them for each repetition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartnersOutcome {
    /// In order.
    pub draws: Vec<PartnersDraw>,
}

impl PartnersSpec {
    /// One line for messages.
    pub fn label(&self) -> String {
        let TaskSpec { inputs, outputs, examples, teacher, .. } = &self.tasks;
        format!(
            "transfer from data, {} draws, {inputs} inputs, {examples} examples, outputs {outputs:?}, strengths {:?}, seed {}",
            self.runs, teacher.strengths, self.seed
        )
    }

    /// Rough bytes while it works: the data of all tasks, beside those of a pair of them.
    pub fn memory_estimate(&self) -> f64 {
        2.0 * memory::of_draw(self.tasks.inputs, self.tasks.outputs.iter().sum(), self.tasks.examples)
    }

    /// Rough seconds on one core.
    pub fn cost_estimate(&self) -> f64 {
        let partners = self.tasks.outputs.len().saturating_sub(1) as f64;
        let size = self.tasks.inputs.min(self.tasks.examples) as f64 / 100.0;
        self.runs as f64 * (5e-3 + 1.2e-2 * partners) * size.powi(2)
    }

    /// Draws, estimates and evaluates.
    ///
    /// # Errors
    /// If simulation or theory refuse the tasks.
    pub fn compute(&self) -> anyhow::Result<PartnersOutcome> {
        let student = Student::new(self.hidden, self.layers, self.epsilon)?;
        let draws = (0..self.runs).map(|run| self.draw(&student, run)).collect::<anyhow::Result<_>>()?;
        Ok(PartnersOutcome { draws })
    }

    fn draw(&self, student: &Student, run: u64) -> anyhow::Result<PartnersDraw> {
        let set = DataSet::sample(&self.tasks, Draw { seed: self.seed, run })?;
        let (pace, rows) = (self.tasks.density().max(1.0), set.teacher().rows());
        // Data and teacher on the directions that the examples show.
        let (data, teacher): (Mat<f64>, Mat<f64>) = match self.tasks.examples < self.tasks.inputs {
            true => (set.labels().clone(), set.teacher().map() * set.inputs().matrix()),
            false => (Scale(1.0 / pace) * set.output_input_covariance(), set.teacher().map()),
        };
        let blocks: Vec<MatRef<'_, f64>> =
            rows.iter().map(|rows| data.as_ref().subrows(rows.start, rows.len())).collect();
        let teacher = teacher.as_ref().subrows(rows[0].start, rows[0].len());
        // Errors count all of the teacher, seen or not.
        let share = squared_frobenius_norm(teacher) / set.teacher().tasks()[0].squared_norm();
        let tasks = RelatedTasks::new(&blocks, NoiseLevel::Unknown, self.level)?.with_pace(pace)?;
        let mut found = PartnersDraw { estimated: Vec::new(), actual: Vec::new() };
        for partner in 1..blocks.len() {
            let estimated = tasks.least_risks(0, &[partner], student, self.t_max);
            found.estimated.push(match estimated {
                // Nothing is known of a task of which nothing is found: no benefit is as good a guess as any.
                Err(TheoryError::ZeroReference { .. }) => 0.0,
                estimated => estimated?.benefit(),
            });
            let actual: TransferBenefit = tasks.least_errors(0, &[partner], teacher, student, self.t_max)?;
            found.actual.push(share * actual.benefit());
        }
        Ok(found)
    }
}
