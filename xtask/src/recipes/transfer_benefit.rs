//! Transfer between two tasks of rank one, in closed form and by training (fig08).

#[path = "transfer_benefit/panels.rs"]
mod panels;
#[cfg(test)]
#[path = "transfer_benefit/tests.rs"]
mod tests;
#[path = "transfer_benefit/verdicts.rs"]
mod verdicts;

use crate::comparison::Summary;
use crate::config::Checks;
use crate::elements::{
    ARE_SIZES, INDEPENDENT_RUNS, MOST_DRAWS, MOST_SEEDS, MOST_UNITS, RankOneTransfer, StrengthsOfA, TrainingRules,
    are_sizes, ascending_positive, judged_from, title,
};
use crate::ensemble::TransferSpec;
use crate::recipe::{Assembled, Recipe};
use crate::results::Results;
use crate::run::Run;
use figures::{Colour, ColourBar, Dash, Figure, Key, Shape};
use serde::{Deserialize, Serialize};
use sim::{AlignedSpec, Draw, Experiment, Schedule, StudentSpec, TaskSpec, Training};
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
    /// Independent draws of the data that the tolerances come from.
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
        checks.require("strengths_a", self.strengths_a.are_ordered(), "must have 0 < weak < middling < strong");
        if checks.all_hold() {
            training.together(checks, self.strongest_data_mode());
        }
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for condition in self.conditions() {
            for run in 0..self.seeds {
                runs.extend([self.joint(condition, run, 1), self.alone(condition, run, 1)].map(Run::from));
            }
            for divisor in [1, 2] {
                let of = [
                    self.joint(condition, INDEPENDENT_RUNS, divisor),
                    self.alone(condition, INDEPENDENT_RUNS, divisor),
                ];
                runs.extend(of.map(Run::from));
            }
            runs.push(self.ensemble(condition).into());
        }
        // Task A alone is listed by every company: once is enough.
        let mut seen = std::collections::HashSet::new();
        runs.retain(|run| run.description().map_or(true, |description| seen.insert(description)));
        runs
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let read = |condition| Point::read(self, condition, results);
        let points = self.conditions().into_iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
        let ticks = self.strengths_b.iter().map(|&s| (s, short(s)));
        let mut figure = Figure::new("transfer-benefit", &self.title)
            .description("Transfer benefit against alignment for a weak, a middling and a strong task A and several strengths of task B.")
            .columns(3)
            .aspect(1.0)
            .colour_bar(ColourBar::new(self.colours(), "s̄_B").ticks(ticks))
            .key(Key::line("theory", Colour::INK, Dash::Solid))
            .key(Key::point("theory at this size", Colour::INK, Shape::OpenDiamond))
            .key(Key::point(format!("aligned students, {} seeds", self.seeds), Colour::INK, Shape::Circle));
        for (panel, strength) in self.strengths_a.all().into_iter().enumerate() {
            figure = figure.panel(self.panel(panel, strength, &points)?);
        }
        Ok(Assembled {
            figure,
            verdicts: self.verdicts(&points),
            tables: vec![table(&points)],
            caption: self.caption(),
        })
    }
}

/// Two tasks.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Condition {
    strength_a: f64,
    strength_b: f64,
    alignment: f64,
}

/// All that is known of one pair of tasks.
#[derive(Clone, Debug)]
struct Point {
    condition: Condition,
    /// Least test error of task A alone, one per seed.
    alone: Vec<f64>,
    /// In company, on the same data.
    joint: Vec<f64>,
    /// T in the limit of large sizes.
    theory: f64,
    /// T of independent draws at the actual size.
    drawn: Summary,
    /// Bound on what the finite learning rate changes.
    step: f64,
}

impl Point {
    fn read(config: &TransferBenefit, condition: Condition, results: &Results) -> anyhow::Result<Self> {
        let least =
            |experiment: Experiment| -> anyhow::Result<f64> { Ok(results.training(&experiment)?.test(0)?.least.value) };
        let all = |of: &dyn Fn(u64) -> Experiment| {
            (0..config.seeds).map(|run| least(of(run))).collect::<anyhow::Result<Vec<_>>>()
        };
        let independent = |divisor| -> anyhow::Result<f64> {
            let run = INDEPENDENT_RUNS;
            Ok(least(config.alone(condition, run, divisor))? - least(config.joint(condition, run, divisor))?)
        };
        Ok(Self {
            condition,
            alone: all(&|run| config.alone(condition, run, 1))?,
            joint: all(&|run| config.joint(condition, run, 1))?,
            theory: config.theory()?.benefit(condition.strength_a, condition.strength_b, condition.alignment)?,
            drawn: results.transfer(&config.ensemble(condition))?.benefit(),
            step: 2.0 * (independent(1)? - independent(2)?).abs(),
        })
    }

    /// T over the seeds.
    fn benefit(&self) -> Summary {
        Summary::of(&self.benefits())
    }

    /// T of every seed.
    fn benefits(&self) -> Vec<f64> {
        self.alone.iter().zip(&self.joint).map(|(alone, joint)| alone - joint).collect()
    }
}

/// Least errors of every seed.
fn table(points: &[Point]) -> crate::recipe::Table {
    let header = ["strength_a", "strength_b", "alignment", "run", "least_test_error_alone", "least_test_error_joint"];
    let mut rows = Vec::new();
    for point in points {
        let Condition { strength_a, strength_b, alignment } = point.condition;
        for (run, (alone, joint)) in point.alone.iter().zip(&point.joint).enumerate() {
            let condition = [strength_a, strength_b, alignment].map(|v| v.to_string());
            rows.push([condition.to_vec(), vec![run.to_string(), alone.to_string(), joint.to_string()]].concat());
        }
    }
    crate::recipe::Table { name: "benefits".to_owned(), header: header.map(str::to_owned).to_vec(), rows }
}

/// A number as short as two decimals allow.
fn short(value: f64) -> String {
    ((value * 100.0).round() / 100.0).to_string()
}

// What is run.
impl TransferBenefit {
    fn t_max(&self) -> f64 {
        self.epochs as f64 * self.learning_rate
    }

    fn training_rules(&self) -> TrainingRules {
        let Self { layers, epsilon, learning_rate, epochs, .. } = *self;
        // Only the first and the last epoch are logged.
        TrainingRules { layers, epsilon, learning_rate, epochs, log_every: epochs.max(1) }
    }

    fn conditions(&self) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for strength_a in self.strengths_a.all() {
            for &strength_b in &self.strengths_b {
                conditions.extend(self.alignments.iter().map(|&alignment| Condition {
                    strength_a,
                    strength_b,
                    alignment,
                }));
            }
        }
        conditions
    }

    fn task(&self, condition: Condition) -> TaskSpec {
        let Condition { strength_a, strength_b, alignment } = condition;
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
            student: StudentSpec { hidden: self.hidden, layers: self.layers, epsilon: self.epsilon },
            training: Training {
                learning_rate: self.learning_rate / divisor as f64,
                epochs: self.epochs * divisor,
                schedule: Schedule::listed(Vec::new()),
                train_thresholds: Vec::new(),
            },
            tracked_modes: 0,
            draw: Draw { seed: self.seed, run },
        })
    }

    fn joint(&self, condition: Condition, run: u64, divisor: u64) -> Experiment {
        self.aligned(self.task(condition), run, divisor)
    }

    /// Task A by itself: the same run for every company.
    fn alone(&self, condition: Condition, run: u64, divisor: u64) -> Experiment {
        self.aligned(self.task(condition).task_alone(0), run, divisor)
    }

    fn ensemble(&self, condition: Condition) -> TransferSpec {
        TransferSpec {
            inputs: self.inputs,
            outputs: self.outputs,
            strengths: (condition.strength_a, condition.strength_b),
            alignment: condition.alignment,
            noise: self.noise,
            hidden: self.hidden,
            layers: self.layers,
            epsilon: self.epsilon,
            t_max: self.t_max(),
            draws: self.draws,
            seed: self.seed,
        }
    }

    /// Closed forms over the time of training.
    fn theory(&self) -> anyhow::Result<RankOneTransfer> {
        let student = Student::new(self.hidden, self.layers, self.epsilon)?;
        Ok(RankOneTransfer {
            inputs: self.inputs,
            outputs: self.outputs,
            noise: self.noise,
            student,
            t_max: self.t_max(),
        })
    }

    /// The largest predicted ŝ, of the strongest pair fully aligned; 0 if the theory refuses the sizes.
    fn strongest_data_mode(&self) -> f64 {
        let strongest = self.strengths_a.strong.hypot(self.strengths_b.last().copied().unwrap_or(0.0));
        let variance = self.noise * self.noise / self.inputs as f64;
        SpikedMatrix::new(self.outputs.0 + self.outputs.1, self.inputs, variance).map_or(0.0, |m| m.strength(strongest))
    }
}
