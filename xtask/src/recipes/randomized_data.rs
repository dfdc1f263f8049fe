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
use crate::study::rules::{MOST_POINTS, MOST_SEEDS, MOST_UNITS, descending_positive, interval, title};
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::{Setup, Wanted};
use crate::wanted;
use figures::Figure;
use measured::{Kind, Spectra};
use serde::{Deserialize, Serialize};
use sim::{Experiment, Labels, LinearSpec, Start, Stepping, TaskSpec};
use theory::{DataSpectrum, LearningCurve, Task};

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
        self.setup().check(checks);
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
        self.setup().check_beside(checks, &self.strengths);
        self.setup().training_rules().plotted(checks, self.time_range, self.point_times);
        let strongest = self.setup().steepest_rate(&self.strengths);
        checks.require("bin", strongest / self.bin <= 10_000.0, "must be wide enough to need at most 10000 bins");
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let (original, shuffled) = self.wanted().read(results)?;
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
    fn setup(&self) -> Setup {
        let Self { seed, inputs, outputs, hidden, layers, epsilon, learning_rate, epochs, noise, .. } = *self;
        let (examples, log_every) = (inputs, Some(self.log_every));
        let student = Setup { hidden, layers, epsilon, learning_rate, epochs, log_every, ..Setup::default() };
        Setup { seed, inputs, outputs, examples, noise, ..student }
    }

    fn wanted(&self) -> Wanted<'_, (Kind, Kind)> {
        self.kind(Labels::Structured).with(self.kind(Labels::Shuffled))
    }

    fn kind(&self, labels: Labels) -> Wanted<'_, Kind> {
        let setup = self.setup();
        let student = move |run| {
            Experiment::Linear(LinearSpec {
                task: TaskSpec { labels, ..setup.task(&self.strengths) },
                student: setup.student(),
                start: Start::Random,
                training: setup.training(1).with_train_thresholds(vec![self.train_level]),
                tracked_modes: 0,
                stepping: Stepping::Jumps,
                draw: setup.draw(run),
            })
        };
        wanted!(Kind {
            students: setup.students((0..self.seeds).map(student)),
            by_size: Wanted::all(SIZES.map(|size| self.draws(labels, size)));
            labels: labels,
            theory: self.theory_task(labels, 1)?,
            curve: LearningCurve::new(&self.theory_task(labels, 1)?, &setup.theory_student()?)
        })
    }

    /// Law and independent data matrices of `size` times the size, fewer of the larger, which scatter less.
    fn draws(&self, labels: Labels, size: usize) -> Wanted<'_, Spectra> {
        let setup = self.setup().scaled(size);
        let task = TaskSpec { labels, ..setup.task(&self.strengths) };
        let count = (self.ensemble_draws / size as u64).max(2);
        let runs = INDEPENDENT_RUNS..INDEPENDENT_RUNS + count;
        wanted!(Spectra {
            draws: Wanted::all(runs.map(|run| Wanted::spectrum(setup.spectrum(task.clone(), run))));
            matrix: *DataSpectrum::new(&self.theory_task(labels, size)?).matrix()
        })
    }

    fn point_epochs(&self) -> Vec<u64> {
        self.setup().epochs_at(self.time_range, self.point_times)
    }

    /// The data of `size` times the size as the theory sees them: shuffled data are those of a zero teacher with more noise.
    fn theory_task(&self, labels: Labels, size: usize) -> anyhow::Result<Task> {
        let task = self.setup().scaled(size).theory_task(&self.strengths)?;
        Ok(if labels == Labels::Structured { task } else { task.randomised() })
    }
}
