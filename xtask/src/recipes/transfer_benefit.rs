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
use crate::study::Setup;
use crate::study::benefits::{benefits_table, log_strength_colours, measured_benefits, short};
use crate::study::line::SIZES;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{
    ARE_SIZES, MOST_DRAWS, MOST_EPOCHS, MOST_SEEDS, MOST_UNITS, TrainingRules, are_sizes, ascending_positive,
    judged_from, title,
};
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::task_pair::{StrengthsOfA, TaskPair};
use crate::study::transfer::{TaskInCompany, TransferTheory};
use figures::{Colour, ColourBar, Dash, Figure, Key, Shape};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sim::{AlignedSpec, Draw, Experiment, Schedule, StudentSpec, TaskSpec, Training};
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
        let training = self.training_rules();
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
        training.alone(checks);
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
            training.together(checks, self.strongest_data_mode(), 1.0);
        }
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for strength_a in self.strengths_a.all() {
            let pairs = self.pairs_of(strength_a);
            // Independent data are also trained on with half of the step.
            let draws = (0..self.seeds).map(|run| (run, 1)).chain([(INDEPENDENT_RUNS, 1), (INDEPENDENT_RUNS, 2)]);
            for (run, divisor) in draws {
                // Task A alone forgets its company: one run serves every pair.
                runs.extend(pairs.first().map(|&pair| Run::from(self.alone(pair, run, divisor))));
                runs.extend(pairs.iter().map(|&pair| Run::from(self.joint(pair, run, divisor))));
            }
            runs.extend(
                pairs
                    .iter()
                    .flat_map(|&pair| self.sizes(pair).map(move |size| (pair, size)))
                    .map(|(pair, size)| Run::from(self.ensemble(pair, size))),
            );
        }
        runs
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let theories = SIZES.map(|size| self.theory(size));
        let [theory, double, fourfold] = theories;
        let (theory, larger) = (theory?, [double?, fourfold?]);
        let (mut points, mut panels) = (Vec::new(), Vec::new());
        for (index, strength_a) in self.strengths_a.all().into_iter().enumerate() {
            let task = theory.task(strength_a)?;
            let larger = [larger[0].task(strength_a)?, larger[1].task(strength_a)?];
            let read = |&pair: &TaskPair| Point::read(self, [&task, &larger[0], &larger[1]], pair, results);
            let own = self.pairs_of(strength_a).par_iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
            panels.push(self.panel(index, &task, &own)?);
            points.extend(own);
        }
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
    /// T of independent draws, and in closed form, at each of the sizes that this pair is judged at.
    by_size: Vec<(Summary, f64)>,
    /// T of independent draws at the actual size.
    drawn: Summary,
    /// Bound on what the finite learning rate changes.
    step: f64,
}

impl Point {
    fn read(
        config: &TransferBenefit,
        tasks: [&TaskInCompany<'_>; 3],
        pair: TaskPair,
        results: &Results,
    ) -> anyhow::Result<Self> {
        let measured = |seeds: Range<u64>, divisor: u64| {
            let alone = |run| config.alone(pair, run, divisor);
            measured_benefits(results, seeds, alone, |run| config.joint(pair, run, divisor))
        };
        let independent =
            |divisor| anyhow::Ok(measured(INDEPENDENT_RUNS..INDEPENDENT_RUNS + 1, divisor)?.benefit().mean);
        let of_size = |(size, task): (usize, &TaskInCompany<'_>)| -> anyhow::Result<(Summary, f64)> {
            let drawn = results.transfer(&config.ensemble(pair, size))?.benefit();
            Ok((drawn, task.benefit(pair.strength_b, pair.alignment)?))
        };
        let by_size = config.sizes(pair).zip(tasks).map(of_size).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self {
            pair,
            measured: measured(0..config.seeds, 1)?,
            drawn: by_size[0].0,
            by_size,
            step: 2.0 * (independent(1)? - independent(2)?).abs(),
        })
    }
}

// What is run.
impl TransferBenefit {
    fn t_max(&self) -> f64 {
        self.epochs as f64 * self.learning_rate
    }

    fn training_rules(&self) -> TrainingRules {
        let Self { layers, epsilon, learning_rate, epochs, .. } = *self;
        // Only the first and the last epoch are logged.
        TrainingRules { layers, epsilon, learning_rate, epochs, log_every: epochs.clamp(1, MOST_EPOCHS) }
    }

    fn pairs_of(&self, strength_a: f64) -> Vec<TaskPair> {
        TaskPair::of_task(strength_a, &self.strengths_b, &self.alignments)
    }

    fn task(&self, TaskPair { strength_a, strength_b, alignment }: TaskPair) -> TaskSpec {
        let outputs = [self.outputs.0, self.outputs.1];
        TaskSpec {
            noise: self.noise,
            ..TaskSpec::joint(self.inputs, &outputs, &[&[strength_a], &[strength_b]], alignment)
        }
    }

    /// An aligned student whose step is `1/divisor` of the config's, over the same time.
    fn aligned(&self, task: TaskSpec, run: u64, divisor: u64) -> Experiment {
        Experiment::Aligned(AlignedSpec {
            task,
            student: StudentSpec::new(self.hidden, self.layers, self.epsilon),
            training: Training::new(
                self.learning_rate / divisor as f64,
                self.epochs * divisor,
                Schedule::listed(Vec::new()),
            ),
            tracked_modes: 0,
            draw: Draw { seed: self.seed, run },
        })
    }

    fn joint(&self, pair: TaskPair, run: u64, divisor: u64) -> Experiment {
        self.aligned(self.task(pair), run, divisor)
    }

    /// Task A by itself: the same run for every company.
    fn alone(&self, pair: TaskPair, run: u64, divisor: u64) -> Experiment {
        self.aligned(self.task(pair).task_alone(0), run, divisor)
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
            t_max: self.t_max(),
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
            t_max: self.t_max(),
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
