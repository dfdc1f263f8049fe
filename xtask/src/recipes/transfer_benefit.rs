//! Transfer between two tasks of rank one, in closed form and by training (fig08).

mod claims;
mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::ensemble::{TransferOutcome, TransferSpec};
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::runs::summary::Summary;
use crate::study::benefits::{benefits_table, log_strength_colours, measured_benefits, short};
use crate::study::line::SIZES;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{
    self, ARE_SIZES, MOST_DRAWS, MOST_SEEDS, MOST_UNITS, are_sizes, ascending_positive, judged_from, title,
};
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::task_pair::{StrengthsOfA, TaskPair};
use crate::study::transfer::TransferTheory;
use crate::study::{Setup, Wanted};
use crate::wanted;
use figures::{Colour, ColourBar, Dash, Figure, Key, Shape};
use serde::{Deserialize, Serialize};
use sim::TaskSpec;
use std::ops::Range;
use theory::{SpikedMatrix, Student};

/// The transfer benefit T^{A←B} against the alignment of two tasks, for several strengths of both.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferBenefit {
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
    /// L.
    pub layers: usize,
    /// ε.
    pub epsilon: f64,
    /// λ.
    pub learning_rate: f64,
    /// Updates of each student.
    pub epochs: u64,
    /// σ_z.
    pub noise: f64,
    /// s̄_A, one panel each.
    pub strengths_a: StrengthsOfA,
    /// s̄_B.
    pub strengths_b: Vec<f64>,
    /// q.
    pub alignments: Vec<f64>,
    /// Claims about strong company are made from this s̄_B on.
    pub strong_b: f64,
    /// A weak task's benefit at the largest q.
    pub helped_above: f64,
    /// A middling task loses up to this q …
    pub hurt_until: f64,
    /// … and gains more than this at the largest.
    pub regained_above: f64,
    /// Largest effect on a strong task.
    pub unmoved_within: f64,
    /// s̄_B of the pairs whose lines are judged by draws of growing size.
    pub line_strengths_b: Vec<f64>,
    /// q of those pairs.
    pub line_alignments: Vec<f64>,
    /// Independent draws of the data of every pair, and at larger sizes of those whose lines are judged.
    pub draws: usize,
}

impl Recipe for TransferBenefit {
    const KIND: &'static str = "TransferBenefit";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        rules::runs(checks, "seeds", self.seeds, &[3, self.strengths_b.len(), self.alignments.len(), 4]);
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("inputs", self.inputs, 2..=MOST_UNITS)
            .in_range("hidden", self.hidden, 1..=MOST_UNITS)
            .positive("noise", self.noise)
            .in_range("draws", self.draws, 2..=MOST_DRAWS)
            .non_empty("alignments", &self.alignments)
            .increasing("alignments", &self.alignments)
            .each("alignments", &self.alignments, |c, path, &q| {
                c.in_range(path, q, 0.0..=1.0);
            })
            .require("outputs", are_sizes(self.outputs), ARE_SIZES)
            .in_range("hurt_until", self.hurt_until, 0.0..=1.0)
            .positive("helped_above", self.helped_above)
            .positive("regained_above", self.regained_above)
            .positive("unmoved_within", self.unmoved_within);
        self.alone_setup().training_rules().alone(checks);
        ascending_positive(checks, "strengths_b", &self.strengths_b);
        judged_from(checks, ("strong_b", self.strong_b), ("strengths_b", &self.strengths_b));
        let rule = "must be one of strengths_b";
        checks.each("line_strengths_b", &self.line_strengths_b, |c, path, strength| {
            c.consistent(path, "strengths_b", self.strengths_b.contains(strength), rule);
        });
        checks.each("line_alignments", &self.line_alignments, |c, path, q| {
            c.consistent(path, "alignments", self.alignments.contains(q), "must be one of alignments");
        });
        checks.require("strengths_a", self.strengths_a.are_ordered(), "must have 0 < weak < middling < strong");
        if checks.all_hold() {
            self.alone_setup().training_rules().together(checks, self.strongest_data_mode(), 1.0);
        }
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let (points, theory) = (self.wanted().read(results)?, self.theory(1)?);
        let panels = self.strengths_a.all().into_iter().zip(&points).enumerate();
        let panels = panels.map(|(index, (strength, own))| self.panel(index, &theory.task(strength)?, own));
        let panels = panels.collect::<anyhow::Result<Vec<_>>>()?;
        let points = points.concat();
        let ticks = self.strengths_b.iter().map(|&s| (s, short(s)));
        let figure = Figure::new("transfer-benefit", &self.title)
            .description("Transfer benefit against alignment for a weak, a middling and a strong task A and several strengths of task B.")
            .columns(3)
            .aspect(1.0)
            .colour_bar(ColourBar::new(log_strength_colours(&self.strengths_b), "s̄_B").ticks(ticks))
            .key(Key::line("theory", Colour::INK, Dash::Solid))
            .key(Key::point("theory at this size", Colour::INK, Shape::OpenDiamond))
            .key(Key::point(format!("aligned students, {} seeds", self.seeds), Colour::INK, Shape::Circle))
            .panels(panels);
        let table = benefits_table([], points.iter().map(|p| (p.pair, &p.measured, [])));
        let (claims, tables) = (self.claims(&points)?, vec![table]);
        Ok(Assembled { figure, claims, tables, caption: self.caption() })
    }
}

/// All that is known of one pair of tasks.
#[derive(Clone, Debug)]
struct Point {
    pair: TaskPair,
    /// Least errors of the students.
    measured: TransferOutcome,
    /// T of independent draws at each of the sizes that this pair is judged at, the actual one first.
    drawn: Vec<Summary>,
    /// The same in closed form.
    lines: Vec<f64>,
    /// Bound on what the finite learning rate changes.
    step: f64,
}

// What is run.
impl TransferBenefit {
    /// The pairs of each task A.
    fn wanted(&self) -> Wanted<'_, Vec<Vec<Point>>> {
        let pairs = |strength_a| TaskPair::of_task(strength_a, &self.strengths_b, &self.alignments);
        let of_task = |strength_a| Wanted::all(pairs(strength_a).into_iter().map(|pair| self.point(pair)));
        Wanted::all(self.strengths_a.all().map(of_task))
    }

    fn point(&self, pair: TaskPair) -> Wanted<'_, Point> {
        let (setup, task) = (self.alone_setup(), self.task(pair));
        let measured = |runs: Range<u64>, divisor| {
            // Task A alone forgets its company: one run serves every pair.
            let alone = runs.clone().map(|run| setup.aligned(task.task_alone(0), run, divisor));
            measured_benefits(alone, runs.map(|run| setup.aligned(task.clone(), run, divisor)))
        };
        let independent = |divisor| measured(INDEPENDENT_RUNS..INDEPENDENT_RUNS + 1, divisor);
        let step = independent(1).with(independent(2));
        let drawn = self.sizes(pair).map(|size| Wanted::transfer(self.ensemble(pair, size)));
        wanted!(Point {
            measured: measured(0..self.seeds, 1),
            drawn: Wanted::all(drawn.map(|drawn| drawn.map(|drawn| Ok(drawn.benefit())))),
            step: step.map(|(coarse, fine)| Ok(2.0 * (coarse.benefit().mean - fine.benefit().mean).abs()));
            pair: pair, lines: self.sizes(pair).map(|size| self.line(pair, size)).collect::<anyhow::Result<_>>()?
        })
    }

    /// T in closed form.
    fn line(&self, pair: TaskPair, size: usize) -> anyhow::Result<f64> {
        self.theory(size)?.task(pair.strength_a)?.benefit(pair.strength_b, pair.alignment)
    }

    fn task(&self, TaskPair { strength_a, strength_b, alignment }: TaskPair) -> TaskSpec {
        let outputs = [self.outputs.0, self.outputs.1];
        TaskSpec {
            noise: self.noise,
            ..TaskSpec::joint(self.inputs, &outputs, &[&[strength_a], &[strength_b]], alignment)
        }
    }

    /// The sizes at which draws of a pair are wanted, in units of the figure's own.
    fn sizes(&self, pair: TaskPair) -> impl Iterator<Item = usize> + use<> {
        let is_judged =
            self.line_strengths_b.contains(&pair.strength_b) && self.line_alignments.contains(&pair.alignment);
        SIZES.into_iter().take(if is_judged { SIZES.len() } else { 1 })
    }

    fn ensemble(&self, pair: TaskPair, size: usize) -> TransferSpec {
        TransferSpec {
            inputs: size * self.inputs,
            outputs: (size * self.outputs.0, size * self.outputs.1),
            strengths: (pair.strength_a, pair.strength_b),
            alignment: pair.alignment,
            noise: self.noise,
            hidden: size * self.hidden,
            layers: self.layers,
            epsilon: self.epsilon,
            t_max: self.alone_setup().last_time(),
            draws: self.draws,
            seed: self.seed,
        }
    }

    /// Closed forms at `size` times the size, over the time of training.
    fn theory(&self, size: usize) -> anyhow::Result<TransferTheory> {
        let student = Student::new(size * self.hidden, self.layers, self.epsilon)?;
        Ok(TransferTheory {
            inputs: size * self.inputs,
            outputs: (size * self.outputs.0, size * self.outputs.1),
            rank: 1,
            noise: self.noise,
            student,
            t_max: self.alone_setup().last_time(),
        })
    }

    /// Task A by itself.
    fn alone_setup(&self) -> Setup {
        let Self { seed, inputs, outputs: (outputs, _), hidden, layers, epsilon, learning_rate, epochs, noise, .. } =
            *self;
        let (examples, log_every) = (inputs, None);
        let student = Setup { hidden, layers, epsilon, learning_rate, epochs, log_every, ..Setup::default() };
        Setup { seed, inputs, outputs, examples, noise, ..student }
    }

    /// The largest predicted ŝ, of the strongest pair fully aligned; 0 if the theory refuses the sizes.
    fn strongest_data_mode(&self) -> f64 {
        let strongest = self.strengths_a.strong.hypot(self.strengths_b.last().copied().unwrap_or(0.0));
        let variance = self.noise * self.noise / self.inputs as f64;
        SpikedMatrix::new(self.outputs.0 + self.outputs.1, self.inputs, variance).map_or(0.0, |m| m.strength(strongest))
    }
}
