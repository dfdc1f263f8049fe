//! Test error over time for one-hot, orthonormal and Gaussian inputs (fig13).

mod claims;
mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::ensemble::EnsembleOutcome;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::LatestBest;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{
    self, MOST_DRAWS, MOST_POINTS, MOST_SEEDS, ascending_positive, descending_positive, epochs_at, interval,
    rounded_down, title,
};
use crate::study::students::Students;
use crate::study::{Found, Setup, Wanted};
use crate::wanted;
use figures::Figure;
use serde::{Deserialize, Serialize};
use sim::{InputKind, Start, TaskSpec};
use theory::LearningCurve;

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
        rules::runs(checks, "seeds", self.seeds, &[self.noises.len(), 3]);
        checks
            .positive("same_error_within", self.same_error_within)
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
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
        self.setup(self.noises.last().copied().unwrap_or_default()).check(checks);
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
        let setup = self.setup(self.noises[self.noises.len() - 1]);
        let strongest = setup.steepest_rate(&self.strengths);
        setup.training_rules().logged(checks);
        setup.training_rules().starts_below(checks, strongest);
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
        setup.training_rules().plotted(checks, self.time_range, self.point_times);
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn advice(&self) -> anyhow::Result<Vec<String>> {
        let levels =
            self.noises.iter().map(|&noise| Ok((format!("σ_z = {noise}"), self.setup(noise).curve(&self.strengths)?)));
        let Some(latest) = LatestBest::of(levels)? else { return Ok(Vec::new()) };
        let epochs = latest.epochs("epochs", self.epochs, self.learning_rate);
        Ok(epochs.into_iter().chain(latest.time_range("time_range", self.time_range.1)).collect())
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let levels = self.wanted().read(results)?;
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
struct KindResults {
    kind: InputKind,
    students: Students,
}

/// All that is known at one level of noise.
struct NoiseResults {
    noise: f64,
    curve: LearningCurve,
    /// Random students on white inputs, solved exactly, at the times of the points.
    exact: Found<EnsembleOutcome>,
    kinds: Vec<KindResults>,
}

// What is run.
impl InputTypes {
    fn setup(&self, noise: f64) -> Setup {
        let Self { seed, inputs, outputs, hidden, layers, epsilon, learning_rate, epochs, .. } = *self;
        let (examples, log_every) = (inputs, Some(self.log_every));
        let student = Setup { hidden, layers, epsilon, learning_rate, epochs, log_every, ..Setup::default() };
        Setup { seed, inputs, outputs, examples, noise, ..student }
    }

    fn wanted(&self) -> Wanted<'_, Vec<NoiseResults>> {
        Wanted::all(self.noises.iter().map(|&noise| self.level(noise)))
    }

    fn level(&self, noise: f64) -> Wanted<'_, NoiseResults> {
        let (setup, strengths) = (self.setup(noise), &self.strengths);
        let kind = |input_kind| {
            let task = TaskSpec { input_kind, ..setup.task(strengths) };
            wanted!(KindResults { students: setup.linear_students(&task, Start::Random, 0, 0..self.seeds); kind: input_kind })
        };
        let exact = setup.ensemble(strengths, Start::Random, &self.point_times(), self.random_draws);
        wanted!(NoiseResults {
            exact: Wanted::ensemble(exact),
            kinds: Wanted::all(KINDS.map(kind));
            noise: noise, curve: setup.curve(strengths)?
        })
    }

    fn tau(&self) -> f64 {
        1.0 / self.learning_rate
    }

    fn point_epochs(&self) -> Vec<u64> {
        epochs_at(self.time_range, self.point_times, self.learning_rate)
    }

    fn point_times(&self) -> Vec<f64> {
        self.point_epochs().iter().map(|&epoch| epoch as f64 / self.tau()).collect()
    }
}
