//! The setting of transfer as a drawing, and the plane of companions in closed form (fig07).

mod claims;
mod drawing;
mod planes;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{ARE_SIZES, MOST_LAYERS, MOST_UNITS, are_sizes, interval, title};
use crate::study::task_pair::StrengthsOfA;
use crate::study::transfer::TransferTheory;
use figures::Figure;
use planes::Plane;
use serde::{Deserialize, Serialize};
use theory::Student;

/// Two teachers, their stack, noise and a student; and T^{A←B} over (s̄_B, q) for three strengths of A.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferSetting {
    /// Heading of the figure.
    pub title: String,
    /// N₁.
    pub inputs: usize,
    /// N_A and N_B.
    pub outputs: (usize, usize),
    /// N₂.
    pub hidden: usize,
    /// L.
    pub layers: usize,
    /// ε.
    pub epsilon: f64,
    /// σ_z.
    pub noise: f64,
    /// Latest stopping time, t/τ.
    pub t_max: f64,
    /// s̄_A, one plane each.
    pub strengths_a: StrengthsOfA,
    /// s̄_B of the planes.
    pub strength_range: (f64, f64),
    /// Numbers of grid points along s̄_B and q ∈ [0, 1].
    pub cells: (usize, usize),
    /// A weak task's benefit in the strong, aligned corner.
    pub helped_above: f64,
    /// Largest effect on a strong task.
    pub unmoved_within: f64,
}

impl Recipe for TransferSetting {
    const KIND: &'static str = "TransferSetting";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        checks
            .in_range("inputs", self.inputs, 2..=MOST_UNITS)
            .in_range("hidden", self.hidden, 1..=MOST_UNITS)
            .in_range("layers", self.layers, 1..=MOST_LAYERS)
            .positive("epsilon", self.epsilon)
            .positive("noise", self.noise)
            .positive("t_max", self.t_max)
            .positive("helped_above", self.helped_above)
            .positive("unmoved_within", self.unmoved_within)
            .require("outputs", are_sizes(self.outputs), ARE_SIZES)
            .require("cells", self.cells.0 >= 2 && self.cells.1 >= 2, "must be two numbers of at least 2")
            .require("cells", self.cells.0.saturating_mul(self.cells.1) <= 40_000, "must be at most 40000 cells")
            .require("strengths_a", self.strengths_a.are_ordered(), "must have 0 < weak < middling < strong")
            .positive("strength_range", self.strength_range.0)
            .below("epsilon", self.epsilon, self.strengths_a.weak);
        interval(checks, "strength_range", self.strength_range);
    }

    fn runs(&self) -> Vec<Run> {
        Vec::new()
    }

    fn assemble(&self, _results: &Results) -> anyhow::Result<Assembled> {
        let planes = self.strengths_a.all().map(|strength| Plane::evaluate(self, strength));
        let planes = planes.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        let mut figure = Figure::new("transfer-setting", &self.title)
            .description("Two teachers that share their inputs, stacked and learned from noisy data by one student; and the transfer benefit over strength and alignment of the second task.")
            .columns(3)
            .aspect(1.15)
            .panel(drawing::setting());
        for (plane, name) in planes.iter().zip(StrengthsOfA::NAMES) {
            figure = figure.panel(self.plane_panel(plane, name));
        }
        Ok(Assembled { figure, claims: self.claims(&planes), tables: Vec::new(), caption: self.caption() })
    }
}

impl TransferSetting {
    fn theory(&self) -> anyhow::Result<TransferTheory> {
        let student = Student::new(self.hidden, self.layers, self.epsilon)?;
        Ok(TransferTheory {
            inputs: self.inputs,
            outputs: self.outputs,
            rank: 1,
            noise: self.noise,
            student,
            t_max: self.t_max,
        })
    }

    fn caption(&self) -> String {
        format!(
            "(a) Teacher A and teacher B, one hidden unit each, share their inputs; stacked they are one teacher with two hidden units, \
             and a student learns both tasks from the stack's noisy outputs. What B does to A depends on two things only: how well \
             their input weights are aligned (q) and how strong they are. (b, c, d) The benefit T of learning A with B rather than alone, in \
             closed form, for A = {}/{} and t ≤ {} τ: red helps, blue hurts, at the middle of the scale nothing happens; the line is T = 0. Note the scales.",
            self.outputs.0, self.inputs, self.t_max
        )
    }
}
