//! Transfer between two nonlinear tasks, by training (fig09).

#[path = "nonlinear_transfer/panels.rs"]
mod panels;
#[cfg(test)]
#[path = "nonlinear_transfer/tests.rs"]
mod tests;
#[path = "nonlinear_transfer/verdicts.rs"]
mod verdicts;

use crate::comparison::Summary;
use crate::config::Checks;
use crate::elements::{ARE_SIZES, MOST_SEEDS, MOST_UNITS, are_sizes, judged_from, title};
use crate::recipe::{Assembled, Recipe, Table};
use crate::results::Results;
use crate::run::Run;
use faer::Mat;
use figures::{Colour, ColourBar, Dash, Figure, Key, Shape};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sim::{
    Draw, Experiment, LeakyReluSpec, LeakyReluStart, LeakyReluStudentSpec, OutputUnits, Precision, Schedule, TaskSpec,
    TeacherKind, Training,
};
use theory::{JointCurve, JointTask, SpikedMatrix, Student, Teacher};

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
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("inputs", self.inputs, 1..=MOST_UNITS)
            .require("outputs", are_sizes(self.outputs), ARE_SIZES)
            .in_range("hidden", self.hidden, 1..=MOST_UNITS)
            .at_least("rank", self.rank, 1)
            .in_range("slope", self.slope, 0.0..=1.0)
            .positive("initial_scale", self.initial_scale)
            .positive("learning_rate", self.learning_rate)
            .at_least("epochs", self.epochs, 1)
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
                "must be below 1/ŝ = {bound:.4} of the strongest data mode of linear tasks of these strengths, their stability bound"
            );
            checks.require("learning_rate", self.learning_rate < bound, rule);
        }
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for &strength_a in &self.strengths_a {
            let conditions: Vec<Condition> = self.conditions_of(strength_a).collect();
            for run in 0..self.seeds {
                // Task A alone forgets its company: one run serves every condition.
                runs.extend(conditions.first().map(|&condition| Run::from(self.alone(condition, run))));
                runs.extend(conditions.iter().map(|&condition| Run::from(self.joint(condition, run))));
            }
        }
        runs
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let conditions: Vec<Condition> =
            self.strengths_a.iter().flat_map(|&strength_a| self.conditions_of(strength_a)).collect();
        let points =
            conditions.par_iter().map(|&c| Point::read(self, c, results)).collect::<anyhow::Result<Vec<_>>>()?;
        let ticks = self.strengths_b.iter().map(|&s| (s, panels::short(s)));
        let mut figure = Figure::new("nonlinear-transfer", &self.title)
            .description("Transfer benefit between nonlinear tasks against their alignment for a weak, a middling and a strong task A and several strengths of task B.")
            .columns(self.strengths_a.len())
            .aspect(0.9)
            .colour_bar(ColourBar::new(self.colours(), "s̄_B").ticks(ticks))
            .key(Key::point(format!("leaky-ReLU students, {} seeds", self.seeds), Colour::INK, Shape::Circle))
            .key(Key::line("linear tasks of the same strengths (theory)", panels::faint(Colour::INK), Dash::Dashed));
        for (index, &strength_a) in self.strengths_a.iter().enumerate() {
            let own: Vec<&Point> = points.iter().filter(|p| p.condition.strength_a == strength_a).collect();
            figure = figure.panel(self.panel(index, strength_a, &own));
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
    /// In company, on the same data of task A.
    joint: Vec<f64>,
    /// T of linear students on linear tasks of the same strengths and alignment, in the limit of large sizes.
    linear: f64,
}

impl Point {
    fn read(config: &NonlinearTransfer, condition: Condition, results: &Results) -> anyhow::Result<Self> {
        let least =
            |experiment: Experiment| -> anyhow::Result<f64> { Ok(results.training(&experiment)?.test(0)?.least.value) };
        Ok(Self {
            condition,
            alone: (0..config.seeds).map(|run| least(config.alone(condition, run))).collect::<anyhow::Result<_>>()?,
            joint: (0..config.seeds).map(|run| least(config.joint(condition, run))).collect::<anyhow::Result<_>>()?,
            linear: config.linear_benefit(condition)?,
        })
    }

    /// T over the seeds: paired differences.
    fn benefit(&self) -> Summary {
        Summary::of(&self.alone.iter().zip(&self.joint).map(|(alone, joint)| alone - joint).collect::<Vec<_>>())
    }
}

/// Least errors of every seed.
fn table(points: &[Point]) -> Table {
    let header = [
        "strength_a",
        "strength_b",
        "alignment",
        "run",
        "least_test_error_alone",
        "least_test_error_joint",
        "linear_benefit",
    ];
    let mut rows = Vec::new();
    for point in points {
        let Condition { strength_a, strength_b, alignment } = point.condition;
        for (run, (alone, joint)) in point.alone.iter().zip(&point.joint).enumerate() {
            let condition = [strength_a, strength_b, alignment].map(|v| v.to_string()).to_vec();
            let numbers = [*alone, *joint, point.linear].map(|v| v.to_string()).to_vec();
            rows.push([condition, vec![run.to_string()], numbers].concat());
        }
    }
    Table { name: "benefits".to_owned(), header: header.map(str::to_owned).to_vec(), rows }
}

// What is run.
impl NonlinearTransfer {
    fn conditions_of(&self, strength_a: f64) -> impl Iterator<Item = Condition> {
        self.strengths_b.iter().flat_map(move |&strength_b| {
            self.alignments.iter().map(move |&alignment| Condition { strength_a, strength_b, alignment })
        })
    }

    /// s (r, r − 1, …, 1)/r.
    fn modes_of(&self, strength: f64) -> Vec<f64> {
        (1..=self.rank).rev().map(|k| strength * k as f64 / self.rank as f64).collect()
    }

    fn task(&self, Condition { strength_a, strength_b, alignment }: Condition) -> TaskSpec {
        let (a, b) = (self.modes_of(strength_a), self.modes_of(strength_b));
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
            training: Training {
                learning_rate: self.learning_rate,
                epochs: self.epochs,
                schedule: Schedule::listed(Vec::new()),
                train_thresholds: Vec::new(),
            },
            precision: Precision::Single,
            draw: Draw { seed: self.seed, run },
        })
    }

    fn joint(&self, condition: Condition, run: u64) -> Experiment {
        self.student(self.task(condition), run)
    }

    fn alone(&self, condition: Condition, run: u64) -> Experiment {
        self.student(self.task(condition).task_alone(0), run)
    }

    /// T of linear tasks of the same strengths whose k-th input directions have overlap q, over the same time.
    fn linear_benefit(&self, Condition { strength_a, strength_b, alignment }: Condition) -> anyhow::Result<f64> {
        let teacher = |outputs, strength| Teacher { outputs, strengths: self.modes_of(strength) };
        let (a, b) = (teacher(self.outputs.0, strength_a), teacher(self.outputs.1, strength_b));
        let overlaps = Mat::from_fn(self.rank, self.rank, |i, j| if i == j { alignment } else { 0.0 });
        let task = JointTask::pair(self.inputs, a, b, overlaps.as_ref())?.with_noise(self.noise)?;
        let student = Student::new(self.hidden, LAYERS, self.typical_start())?;
        Ok(JointCurve::new(&task, &student).benefit(0, self.epochs as f64 * self.learning_rate)?.benefit())
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
