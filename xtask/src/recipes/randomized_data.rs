//! Structured data beside their shuffle: singular values and train error (fig06).

mod claims;
mod measured;
mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::line::SIZES;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{
    MOST_POINTS, MOST_SEEDS, MOST_UNITS, TrainingRules, descending_positive, epochs_at, interval, title,
};
use crate::study::setup::INDEPENDENT_RUNS;
use figures::Figure;
use measured::Kind;
use serde::{Deserialize, Serialize};
use sim::{
    Draw, Experiment, Labels, LinearSpec, Schedule, SpectrumExtent, SpectrumSpec, Start, Stepping, StudentSpec,
    TaskSpec, Training,
};
use theory::Task;

/// Random students on the same data sets, as drawn and with their outputs shuffled.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomizedData {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// Independent repetitions.
    pub seeds: u64,
    /// N₁.
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
    /// σ_z.
    pub noise: f64,
    /// s̄ of the teacher.
    pub strengths: Vec<f64>,
    /// Width of a bin of the histograms.
    pub bin: f64,
    /// t/τ of the train error.
    pub time_range: (f64, f64),
    /// Number of times plotted as points, equally spaced over the range.
    pub point_times: usize,
    /// Errors are logged every so many epochs.
    pub log_every: u64,
    /// The train error below which a student counts as having begun to learn.
    pub train_level: f64,
    /// Independent data sets of each kind, which tell the sampling error and the finite-size term.
    pub ensemble_draws: u64,
}

impl Recipe for RandomizedData {
    const KIND: &'static str = "RandomizedData";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("inputs", self.inputs, 2..=MOST_UNITS)
            .in_range("outputs", self.outputs, 2..=MOST_UNITS)
            .in_range("hidden", self.hidden, 1..=MOST_UNITS)
            .positive("noise", self.noise)
            .positive("bin", self.bin)
            .in_range("point_times", self.point_times, 2..=MOST_POINTS)
            .require(
                "train_level",
                self.train_level > 0.0 && self.train_level < 1.0,
                "must be between 0 and 1, both excluded",
            )
            .in_range("ensemble_draws", self.ensemble_draws, 2..=MOST_SEEDS);
        descending_positive(checks, "strengths", &self.strengths);
        interval(checks, "time_range", self.time_range);
        self.training_rules().alone(checks);
        if !checks.all_hold() {
            return;
        }
        let most = self.inputs.min(self.outputs);
        let fits = self.strengths.len() + 2 <= most;
        checks.consistent(
            "strengths",
            "outputs",
            fits,
            format!("must leave at least two of the min(inputs, outputs) = {most} modes to the noise"),
        );
        let strongest = self.strongest_data_mode();
        self.training_rules().together(checks, strongest, 1.0);
        self.training_rules().plotted(checks, self.time_range, self.point_times);
        checks.require("bin", strongest / self.bin <= 10_000.0, "must be wide enough to need at most 10000 bins");
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for labels in [Labels::Structured, Labels::Shuffled] {
            runs.extend((0..self.seeds).map(|run| self.student(labels, run).into()));
            runs.extend(SIZES.into_iter().flat_map(|size| self.draws(labels, size)).map(Run::from));
        }
        runs
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let [original, shuffled] =
            [Labels::Structured, Labels::Shuffled].map(|labels| Kind::read(self, labels, results));
        let (original, shuffled) = (original?, shuffled?);
        let figure = Figure::new("randomized-data", &self.title)
            .description("Singular values of a data set and of its shuffle; train error of students on both.")
            .columns(2)
            .aspect(0.5)
            .shared_legend()
            .panel(self.histogram_panel(&original, "original"))
            .panel(self.train_panel(&[&original, &shuffled])?.span(1, 2))
            .panel(self.histogram_panel(&shuffled, "shuffled").unlettered());
        let claims = self.claims(&original, &shuffled)?;
        let tables = vec![self.table(&[&original, &shuffled])];
        Ok(Assembled { figure, claims, tables, caption: self.caption(&shuffled) })
    }
}

// What is run.
impl RandomizedData {
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

    fn task(&self, labels: Labels) -> TaskSpec {
        TaskSpec { noise: self.noise, labels, ..TaskSpec::single(self.inputs, self.outputs, &self.strengths) }
    }

    fn student(&self, labels: Labels, run: u64) -> Experiment {
        Experiment::Linear(LinearSpec {
            task: self.task(labels),
            student: StudentSpec::new(self.hidden, self.layers, self.epsilon),
            start: Start::Random,
            training: Training::new(self.learning_rate, self.epochs, Schedule::every(self.log_every))
                .with_train_thresholds(vec![self.train_level]),
            tracked_modes: 0,
            stepping: Stepping::Jumps,
            draw: Draw { seed: self.seed, run },
        })
    }

    /// Independent data matrices of `size` times the size, fewer of the larger, which scatter less.
    fn draws(&self, labels: Labels, size: usize) -> Vec<Experiment> {
        let (inputs, outputs) = (size * self.inputs, size * self.outputs);
        let task = TaskSpec { noise: self.noise, labels, ..TaskSpec::single(inputs, outputs, &self.strengths) };
        let count = (self.ensemble_draws / size as u64).max(2);
        let draw = |run| Draw { seed: self.seed, run };
        let spec = |run| SpectrumSpec { task: task.clone(), extent: SpectrumExtent::All, draw: draw(run) };
        (INDEPENDENT_RUNS..INDEPENDENT_RUNS + count).map(|run| Experiment::Spectrum(spec(run))).collect()
    }

    fn point_epochs(&self) -> Vec<u64> {
        epochs_at(self.time_range, self.point_times, self.learning_rate)
    }

    /// The data of `size` times the size as the theory sees them: shuffled data are those of a zero teacher with more noise.
    fn theory_task(&self, labels: Labels, size: usize) -> anyhow::Result<Task> {
        let task = Task::new(size * self.inputs, size * self.outputs, &self.strengths)?.with_noise(self.noise)?;
        Ok(if labels == Labels::Structured { task } else { task.randomised() })
    }

    /// The largest predicted ŝ; 0 if the theory refuses the data.
    fn strongest_data_mode(&self) -> f64 {
        let noise = self.noise * self.noise / self.inputs as f64;
        theory::SpikedMatrix::new(self.outputs, self.inputs, noise).map_or(0.0, |m| m.strength(self.strengths[0]))
    }
}
