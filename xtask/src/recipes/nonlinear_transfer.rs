//! Transfer between two nonlinear tasks, by training (fig09).

mod claims;
mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::ensemble::TransferOutcome;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::Wanted;
use crate::study::benefits::{benefits_table, log_strength_colours, measured_benefits, short};
use crate::study::panels::faint;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{
    self, ARE_SIZES, MOST_EPOCHS, MOST_SEEDS, MOST_UNITS, are_sizes, judged_from, rounded_down, title,
};
use crate::study::strengths::modes_down_from;
use crate::study::task_pair::TaskPair;
use crate::study::transfer::TransferTheory;
use crate::wanted;
use figures::{Colour, ColourBar, Dash, Figure, Key, Shape};
use serde::{Deserialize, Serialize};
use sim::{
    Draw, Experiment, LeakyReluSpec, LeakyReluStart, LeakyReluStudentSpec, OutputUnits, Precision, Schedule, TaskSpec,
    TeacherKind, Training,
};
use theory::{SpikedMatrix, Student};

/// L: one hidden layer, as the teachers.
const LAYERS: usize = 2;

/// The transfer benefit T^{A←B} of leaky-ReLU students against the alignment of two leaky-ReLU tasks.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NonlinearTransfer {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// Independent repetitions.
    pub seeds: u64,
    /// N₁.
    pub inputs: usize,
    /// N_A and N_B.
    pub outputs: (usize, usize),
    /// N₂.
    pub hidden: usize,
    /// Modes of each task: mode k of a task of strength s has strength s (r + 1 − k)/r.
    pub rank: usize,
    /// Slope below 0 of every unit of teachers and students, outputs included.
    pub slope: f64,
    /// Variance of the initial weights times the average of fan-in and fan-out.
    pub initial_scale: f64,
    /// λ.
    pub learning_rate: f64,
    /// Updates of each student.
    pub epochs: u64,
    /// σ_z; one noise entry has variance σ_z²/N₁.
    pub noise: f64,
    /// s̄_A of the three panels: weak, middling, strong.
    pub strengths_a: Vec<f64>,
    /// s̄_B.
    pub strengths_b: Vec<f64>,
    /// q.
    pub alignments: Vec<f64>,
    /// The claim about strong company is made from this s̄_B on.
    pub strong_b: f64,
    /// Largest effect on a strong task.
    pub unmoved_within: f64,
}

impl Recipe for NonlinearTransfer {
    const KIND: &'static str = "NonlinearTransfer";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        rules::runs(
            checks,
            "seeds",
            self.seeds,
            &[self.strengths_a.len(), self.strengths_b.len(), self.alignments.len(), 2],
        );
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("inputs", self.inputs, 1..=MOST_UNITS)
            .require("outputs", are_sizes(self.outputs), ARE_SIZES)
            .in_range("hidden", self.hidden, 1..=MOST_UNITS)
            .at_least("rank", self.rank, 1)
            .in_range("slope", self.slope, 0.0..=1.0)
            .positive("initial_scale", self.initial_scale)
            .positive("learning_rate", self.learning_rate)
            .in_range("epochs", self.epochs, 1..=MOST_EPOCHS)
            .positive("noise", self.noise)
            .require("strengths_a", self.strengths_a.len() == 3, "must be three strengths: weak, middling, strong")
            .increasing("strengths_a", &self.strengths_a)
            .non_empty("strengths_b", &self.strengths_b)
            .increasing("strengths_b", &self.strengths_b)
            .non_empty("alignments", &self.alignments)
            .increasing("alignments", &self.alignments)
            .positive("unmoved_within", self.unmoved_within);
        let positive = |c: &mut Checks<'_>, path: &str, value: &f64| {
            c.positive(path, *value);
        };
        checks.each("strengths_a", &self.strengths_a, positive).each("strengths_b", &self.strengths_b, positive);
        checks.each("alignments", &self.alignments, |c, path, &q| {
            c.in_range(path, q, 0.0..=1.0);
        });
        judged_from(checks, ("strong_b", self.strong_b), ("strengths_b", &self.strengths_b));
        let most = self.outputs.0.min(self.outputs.1).min(self.inputs / 2);
        checks.consistent(
            "rank",
            "outputs",
            self.rank <= most,
            format!("must be at most N_A, N_B and N₁/2, so {most}, for orthonormal input directions"),
        );
        if checks.all_hold() {
            let bound = 1.0 / self.strongest_data_mode();
            let rule = format!(
                "must be below 1/ŝ = {} of the strongest data mode of linear tasks of these strengths, their stability bound",
                rounded_down(bound)
            );
            checks.require("learning_rate", self.learning_rate < bound, rule);
        }
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let points = self.wanted().read(results)?;
        let panels = self.strengths_a.iter().zip(&points).enumerate();
        let panels: Vec<_> = panels.map(|(index, (&strength, own))| self.panel(index, strength, own)).collect();
        let points = points.concat();
        let ticks = self.strengths_b.iter().map(|&s| (s, short(s)));
        let figure = Figure::new("nonlinear-transfer", &self.title)
            .description("Transfer benefit between nonlinear tasks against their alignment for a weak, a middling and a strong task A and several strengths of task B.")
            .columns(self.strengths_a.len())
            .aspect(0.9)
            .colour_bar(ColourBar::new(log_strength_colours(&self.strengths_b), "s̄_B").ticks(ticks))
            .key(Key::point(format!("leaky-ReLU students, {} seeds", self.seeds), Colour::INK, Shape::Circle))
            .key(Key::line("linear tasks of the same strengths (theory)", faint(Colour::INK), Dash::Dashed))
            .panels(panels);
        let table = benefits_table(["linear_benefit"], points.iter().map(|p| (p.pair, &p.measured, [p.linear])));
        Ok(Assembled { figure, claims: self.claims(&points), tables: vec![table], caption: self.caption() })
    }
}

/// All that is known of one pair of tasks.
#[derive(Clone, Debug)]
struct Point {
    pair: TaskPair,
    /// Least errors of the students.
    measured: TransferOutcome,
    /// T of linear students on linear tasks of the same strengths and alignment, in the limit of large sizes.
    linear: f64,
}

// What is run.
impl NonlinearTransfer {
    /// The pairs of each task A.
    fn wanted(&self) -> Wanted<'_, Vec<Vec<Point>>> {
        let pairs = |strength_a| TaskPair::of_task(strength_a, &self.strengths_b, &self.alignments);
        let of_task = |&strength_a| Wanted::all(pairs(strength_a).into_iter().map(|pair| self.point(pair)));
        Wanted::all(self.strengths_a.iter().map(of_task))
    }

    fn point(&self, pair: TaskPair) -> Wanted<'_, Point> {
        let task = self.task(pair);
        // Task A alone forgets its company: one run serves every pair.
        let alone = (0..self.seeds).map(|run| self.student(task.task_alone(0), run));
        let joint = (0..self.seeds).map(|run| self.student(task.clone(), run));
        wanted!(Point {
            measured: measured_benefits(alone, joint);
            pair: pair,
            linear: self.linear_theory()?.task(pair.strength_a)?.benefit(pair.strength_b, pair.alignment)?
        })
    }

    fn task(&self, TaskPair { strength_a, strength_b, alignment }: TaskPair) -> TaskSpec {
        let [a, b] = [strength_a, strength_b].map(|strength| modes_down_from(strength, self.rank));
        TaskSpec {
            noise: self.noise,
            ..TaskSpec::joint(self.inputs, &[self.outputs.0, self.outputs.1], &[&a, &b], alignment)
        }
    }

    fn student(&self, task: TaskSpec, run: u64) -> Experiment {
        Experiment::LeakyRelu(LeakyReluSpec {
            task,
            teacher: TeacherKind::LeakyRelu { slope: self.slope },
            student: LeakyReluStudentSpec {
                hidden: self.hidden,
                layers: LAYERS,
                slope: self.slope,
                output: OutputUnits::LeakyRelu,
                start: LeakyReluStart::TruncatedNormal { scale: self.initial_scale },
            },
            training: Training::new(self.learning_rate, self.epochs, Schedule::listed(Vec::new())),
            precision: Precision::Single,
            draw: Draw { seed: self.seed, run },
        })
    }

    /// Linear tasks of the same strengths whose k-th input directions have overlap q, over the same time.
    fn linear_theory(&self) -> anyhow::Result<TransferTheory> {
        Ok(TransferTheory {
            inputs: self.inputs,
            outputs: self.outputs,
            rank: self.rank,
            noise: self.noise,
            student: Student::new(self.hidden, LAYERS, self.typical_start())?,
            t_max: self.epochs as f64 * self.learning_rate,
        })
    }

    /// ε of a linear student that starts at the same size: the root mean square singular value of W₂W₁ for independent
    /// entries of variances v_l = scale/((fan_in + fan_out)/2), ε² = N₁ N₂ N₃ v₁ v₂/min(N₁, N₂, N₃).
    fn typical_start(&self) -> f64 {
        let [inputs, hidden, outputs] = [self.inputs, self.hidden, self.outputs.0 + self.outputs.1].map(|n| n as f64);
        let variance = |fan_in: f64, fan_out: f64| 2.0 * self.initial_scale / (fan_in + fan_out);
        let square = inputs * hidden * outputs * variance(inputs, hidden) * variance(hidden, outputs);
        (square / inputs.min(hidden).min(outputs)).sqrt()
    }

    /// The largest predicted ŝ of linear tasks: the strongest pair, fully aligned; 0 if the theory refuses the sizes.
    fn strongest_data_mode(&self) -> f64 {
        let last = |strengths: &[f64]| strengths.last().copied().unwrap_or(0.0);
        let strongest = last(&self.strengths_a).hypot(last(&self.strengths_b));
        let variance = self.noise * self.noise / self.inputs as f64;
        SpikedMatrix::new(self.outputs.0 + self.outputs.1, self.inputs, variance).map_or(0.0, |m| m.strength(strongest))
    }
}
