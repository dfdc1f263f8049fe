//! Test error over time for one-hot, orthonormal and Gaussian inputs (fig13).

mod claims;
mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::ensemble::{Brakes, EnsembleOutcome, EnsembleSpec};
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{
    MOST_DRAWS, MOST_POINTS, MOST_SEEDS, MOST_UNITS, TrainingRules, ascending_positive, descending_positive, epochs_at,
    interval, rounded_down, title,
};
use figures::Figure;
use serde::{Deserialize, Serialize};
use sim::{
    Draw, Experiment, InputKind, LinearSpec, Schedule, Start, Stepping, StudentSpec, TaskSpec, Training,
    TrainingOutcome,
};
use theory::{LearningCurve, Student, Task};

/// Random students of one teacher with three kinds of inputs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputTypes {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// Independent repetitions.
    pub seeds: u64,
    /// N₁, and the number of examples.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
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
    /// s̄ of the teacher.
    pub strengths: Vec<f64>,
    /// σ_z of each panel.
    pub noises: Vec<f64>,
    /// t/τ of the curves.
    pub time_range: (f64, f64),
    /// Number of times plotted as points and judged, equally spaced over the range.
    pub point_times: usize,
    /// Errors are logged every so many epochs.
    pub log_every: u64,
    /// The test error below which a student counts as having begun to learn.
    pub start_level: f64,
    /// Points of the theory's lines.
    pub points: usize,
    /// Largest mean difference of ln of the test error between one-hot and orthonormal inputs.
    pub same_error_within: f64,
    /// Independent draws of the data for the exact line of random students on white inputs.
    pub random_draws: usize,
}

/// Kinds of inputs in the order of the legend.
const KINDS: [InputKind; 3] = [InputKind::OneHot, InputKind::Orthonormal, InputKind::Gaussian];

fn name(kind: InputKind) -> &'static str {
    match kind {
        InputKind::OneHot => "one-hot",
        InputKind::Orthonormal => "orthonormal",
        InputKind::Gaussian => "gaussian",
    }
}

impl Recipe for InputTypes {
    const KIND: &'static str = "InputTypes";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        checks
            .positive("same_error_within", self.same_error_within)
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("inputs", self.inputs, 1..=MOST_UNITS)
            .in_range("outputs", self.outputs, 1..=MOST_UNITS)
            .in_range("hidden", self.hidden, 1..=MOST_UNITS)
            .in_range("point_times", self.point_times, 2..=MOST_POINTS)
            .require(
                "start_level",
                self.start_level > 0.0 && self.start_level < 1.0,
                "must be between 0 and 1, both excluded",
            )
            .in_range("points", self.points, 2..=MOST_POINTS)
            .in_range("random_draws", self.random_draws, 1..=MOST_DRAWS)
            .require(
                "layers",
                self.layers == 2,
                "must be 2: the random student is solved exactly for one hidden layer only",
            );
        descending_positive(checks, "strengths", &self.strengths);
        ascending_positive(checks, "noises", &self.noises);
        interval(checks, "time_range", self.time_range);
        self.training_rules().alone(checks);
        if !checks.all_hold() {
            return;
        }
        let most = self.inputs.min(self.outputs);
        let fits = self.strengths.len() <= most;
        checks.consistent(
            "strengths",
            "outputs",
            fits,
            format!("must be at most min(inputs, outputs) = {most} values"),
        );
        let strongest = self.strongest_data_mode();
        self.training_rules().logged(checks);
        self.training_rules().starts_below(checks, strongest);
        // L = 2. Gaussian inputs with P = N₁ stretch a direction by up to 4, the upper edge of the spectrum of XXᵀ.
        let bound = 1.0 / (4.0 * strongest);
        checks.require(
            "learning_rate",
            self.learning_rate < bound,
            format!(
                "must be below 1/(4 ŝ) = {} of the strongest data mode, or gradient descent diverges on gaussian inputs",
                rounded_down(bound)
            ),
        );
        self.training_rules().plotted(checks, self.time_range, self.point_times);
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for &noise in &self.noises {
            for kind in KINDS {
                runs.extend((0..self.seeds).map(|run| self.student(noise, kind, run).into()));
            }
            runs.push(self.exact(noise).into());
        }
        runs
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let levels = self.noises.iter().map(|&noise| NoiseResults::read(self, noise, results));
        let levels = levels.collect::<anyhow::Result<Vec<_>>>()?;
        let mut figure = Figure::new("input-types", &self.title)
            .description("Test error over time for three kinds of inputs, one panel for each level of noise.")
            .columns(levels.len())
            .aspect(0.9)
            .shared_legend();
        for level in &levels {
            figure = figure.panel(self.panel(level)?);
        }
        Ok(Assembled {
            figure,
            claims: self.claims(&levels)?,
            tables: vec![self.optima_table(&levels)?],
            caption: self.caption(),
        })
    }
}

/// The students of one kind of inputs.
struct KindResults<'a> {
    kind: InputKind,
    students: Vec<&'a TrainingOutcome>,
}

/// All that is known at one level of noise.
struct NoiseResults<'a> {
    noise: f64,
    curve: LearningCurve,
    exact: &'a EnsembleOutcome,
    kinds: Vec<KindResults<'a>>,
}

impl<'a> NoiseResults<'a> {
    fn read(config: &InputTypes, noise: f64, results: &'a Results) -> anyhow::Result<Self> {
        let task = Task::new(config.inputs, config.outputs, &config.strengths)?.with_noise(noise)?;
        let read = |kind: InputKind| -> anyhow::Result<KindResults<'a>> {
            let students = (0..config.seeds).map(|run| results.training(&config.student(noise, kind, run)));
            Ok(KindResults { kind, students: students.collect::<anyhow::Result<_>>()? })
        };
        Ok(Self {
            noise,
            curve: LearningCurve::new(&task, &Student::new(config.hidden, config.layers, config.epsilon)?),
            exact: results.ensemble(&config.exact(noise))?,
            kinds: KINDS.into_iter().map(read).collect::<anyhow::Result<_>>()?,
        })
    }
}

// What is run.
impl InputTypes {
    fn training_rules(&self) -> TrainingRules {
        TrainingRules {
            layers: self.layers,
            epsilon: self.epsilon,
            learning_rate: self.learning_rate,
            epochs: self.epochs,
            log_every: self.log_every,
        }
    }

    fn tau(&self) -> f64 {
        1.0 / self.learning_rate
    }

    fn student(&self, noise: f64, input_kind: InputKind, run: u64) -> Experiment {
        Experiment::Linear(LinearSpec {
            task: TaskSpec { noise, input_kind, ..TaskSpec::single(self.inputs, self.outputs, &self.strengths) },
            student: StudentSpec::new(self.hidden, self.layers, self.epsilon),
            start: Start::Random,
            training: Training::new(self.learning_rate, self.epochs, Schedule::every(self.log_every)),
            tracked_modes: 0,
            stepping: Stepping::Jumps,
            draw: Draw { seed: self.seed, run },
        })
    }

    /// Random students on white inputs, solved exactly, at the times of the points.
    fn exact(&self, noise: f64) -> EnsembleSpec {
        EnsembleSpec {
            inputs: self.inputs,
            outputs: self.outputs,
            examples: self.inputs,
            noise,
            strengths: self.strengths.clone(),
            hidden: self.hidden,
            layers: self.layers,
            epsilon: self.epsilon,
            start: Start::Random,
            times: self.point_epochs().iter().map(|&epoch| epoch as f64 / self.tau()).collect(),
            t_max: self.epochs as f64 / self.tau(),
            draws: self.random_draws,
            seed: self.seed,
            brakes: Brakes::default(),
        }
    }

    fn point_epochs(&self) -> Vec<u64> {
        epochs_at(self.time_range, self.point_times, self.learning_rate)
    }

    /// The largest predicted ŝ; 0 if the theory refuses the data.
    fn strongest_data_mode(&self) -> f64 {
        let noise = self.noises[self.noises.len() - 1];
        let matrix = theory::SpikedMatrix::new(self.outputs, self.inputs, noise * noise / self.inputs as f64);
        matrix.map_or(0.0, |m| m.strength(self.strengths[0]))
    }
}
