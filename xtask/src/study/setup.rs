//! The setup that kinds of figures share: one task, one student, its training; checked in one place and translated to
//! simulations, closed forms and ensembles in one place.

use super::draws::Draws;
use super::line::SIZES;
use super::rules::{MOST_EPOCHS, MOST_UNITS, TrainingRules, epochs_at, interval, rounded_down};
use super::students::{HalvedStep, Students};
use super::wanted::Wanted;
use crate::config::Checks;
use crate::runs::ensemble::{Brakes, EnsembleSpec, ShrinkageSpec};
use anyhow::Context as _;
use sim::{
    AlignedSpec, Draw, Experiment, LinearSpec, Schedule, SpectrumExtent, SpectrumSpec, Start, Stepping, StudentSpec,
    TaskSpec, Training,
};
use std::ops::Range;
use theory::{DataSpectrum, LearningCurve, Student, Task};

/// Run index from which on draws judge verdicts or estimate step errors and are never part of what is judged.
pub const INDEPENDENT_RUNS: u64 = 1_000_000;

/// A task of any teacher, a student and its training. Field names are the keys of configs; the default is an empty one, to be
/// filled in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Setup {
    /// Seed of the study.
    pub seed: u64,
    /// N₁.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
    /// P.
    pub examples: usize,
    /// σ_z.
    pub noise: f64,
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
    /// Errors and modes are logged every so many epochs; `None`: the optima alone, which are tracked at every epoch.
    pub log_every: Option<u64>,
    /// γ and the balance of the start.
    pub brakes: Brakes,
}

// Rules.
impl Setup {
    /// What each value must obey by itself.
    pub fn check(&self, checks: &mut Checks<'_>) {
        self.check_but_hidden(checks);
        checks.in_range("hidden", self.hidden, 1..=MOST_UNITS);
    }

    /// As [`check`](Self::check), for a kind with several widths.
    pub fn check_but_hidden(&self, checks: &mut Checks<'_>) {
        checks
            .in_range("inputs", self.inputs, 1..=MOST_UNITS)
            .in_range("outputs", self.outputs, 1..=MOST_UNITS)
            .at_least("noise", self.noise, 0.0);
        self.training_rules().alone(checks);
    }

    /// What the values must obey together, once each is legal, beside teachers of which `strongest` holds the strongest:
    /// few enough logged points, a step that converges, and a start below the data.
    pub fn check_beside(&self, checks: &mut Checks<'_>, strongest: &[f64]) {
        // The theory refuses what the rules on single values refuse, too.
        let Ok(spectrum) = self.theory_task(strongest).map(|task| DataSpectrum::new(&task)) else { return };
        let data_strength = strongest.first().map_or(0.0, |&strength| spectrum.strength(strength));
        let gain = spectrum.pace().max(1.0);
        self.training_rules().together(checks, data_strength, gain);
        if self.brakes != Brakes::default() {
            let bound = self.student().learning_rate_bound(data_strength, gain, self.brakes.decay);
            let rule =
                format!("must be below {} with decay or balance, or gradient descent diverges", rounded_down(bound));
            checks.require("learning_rate", self.learning_rate < bound, rule);
        }
    }

    /// `time_range` and the `point_times` times plotted over it: within the training and on logged epochs.
    pub fn check_times(&self, checks: &mut Checks<'_>, range: (f64, f64), count: usize) {
        interval(checks, "time_range", range);
        self.training_rules().plotted(checks, range, count);
    }

    /// How its students are trained and looked at; with the optima alone only the first and the last epoch are logged.
    pub fn training_rules(&self) -> TrainingRules {
        let Self { layers, epsilon, learning_rate, epochs, .. } = *self;
        let log_every = self.log_every.unwrap_or(epochs.clamp(1, MOST_EPOCHS));
        TrainingRules { layers, epsilon, learning_rate, epochs, log_every }
    }
}

// Times.
impl Setup {
    /// τ = 1/λ, in epochs.
    pub fn tau(&self) -> f64 {
        1.0 / self.learning_rate
    }

    /// t/τ of the last epoch.
    pub fn last_time(&self) -> f64 {
        self.epochs as f64 / self.tau()
    }

    /// Epochs of `count` equally spaced times of a range of t/τ.
    pub fn epochs_at(&self, range: (f64, f64), count: usize) -> Vec<u64> {
        epochs_at(range, count, self.learning_rate)
    }

    /// t/τ of epochs.
    pub fn times_of(&self, epochs: &[u64]) -> Vec<f64> {
        epochs.iter().map(|&epoch| epoch as f64 / self.tau()).collect()
    }
}

// Simulations.
impl Setup {
    /// A teacher's task with one-hot inputs, or orthonormal ones where P is not N₁.
    pub fn task(&self, strengths: &[f64]) -> TaskSpec {
        TaskSpec {
            noise: self.noise,
            examples: self.examples,
            ..TaskSpec::single(self.inputs, self.outputs, strengths)
        }
    }

    /// The student.
    pub fn student(&self) -> StudentSpec {
        StudentSpec::new(self.hidden, self.layers, self.epsilon).with_balance(self.brakes.balance)
    }

    /// Training with 1/`divisor` of the step over the same time.
    pub fn training(&self, divisor: u64) -> Training {
        let schedule = match self.log_every {
            Some(every) => Schedule::every(every * divisor),
            None => Schedule::listed(Vec::new()),
        };
        let training = Training::new(self.learning_rate / divisor as f64, self.epochs * divisor, schedule);
        training.with_decay(self.brakes.decay)
    }

    /// Which repetition.
    pub fn draw(&self, run: u64) -> Draw {
        Draw { seed: self.seed, run }
    }

    /// An aligned student, by its scalar recursion.
    pub fn aligned(&self, task: TaskSpec, run: u64, divisor: u64) -> Experiment {
        let (student, training, draw) = (self.student(), self.training(divisor), self.draw(run));
        Experiment::Aligned(AlignedSpec { task, student, training, tracked_modes: 0, draw })
    }

    /// A student with full matrices, its leading modes compared with the data's.
    pub fn linear(&self, task: TaskSpec, start: Start, tracked_modes: usize, run: u64) -> Experiment {
        let (student, training, draw) = (self.student(), self.training(1), self.draw(run));
        let stepping = Stepping::Jumps;
        Experiment::Linear(LinearSpec { task, student, start, training, tracked_modes, stepping, draw })
    }

    /// A task's data matrix by itself, decomposed.
    pub fn spectrum(&self, task: TaskSpec, run: u64) -> Experiment {
        Experiment::Spectrum(SpectrumSpec { task, extent: SpectrumExtent::All, draw: self.draw(run) })
    }

    /// Aligned students of a task, one per seed.
    pub fn aligned_students<'a>(&self, task: &TaskSpec, runs: Range<u64>) -> Wanted<'a, Students> {
        self.students(runs.map(|run| self.aligned(task.clone(), run, 1)))
    }

    /// Students with full matrices of a task, one per seed.
    pub fn linear_students<'a>(
        &self,
        task: &TaskSpec,
        start: Start,
        tracked_modes: usize,
        runs: Range<u64>,
    ) -> Wanted<'a, Students> {
        self.students(runs.map(|run| self.linear(task.clone(), start, tracked_modes, run)))
    }

    /// Students of any kind, one per seed.
    pub fn students<'a>(&self, experiments: impl Iterator<Item = Experiment>) -> Wanted<'a, Students> {
        let tau = self.tau();
        Wanted::all(experiments.map(Wanted::training)).map(move |outcomes| Ok(Students { outcomes, tau }))
    }

    /// What halving the step changes, on data of its own.
    pub fn halved_step<'a>(&self, task: &TaskSpec) -> Wanted<'a, HalvedStep> {
        let halves = [1, 2].map(|divisor| Wanted::training(self.aligned(task.clone(), INDEPENDENT_RUNS, divisor)));
        let tau = self.tau();
        Wanted::all(halves).map(move |both| Ok(HalvedStep { both: both.try_into().ok().context("two runs")?, tau }))
    }
}

// Theory.
impl Setup {
    /// The same task for the theory.
    ///
    /// # Errors
    /// If the theory refuses it.
    pub fn theory_task(&self, strengths: &[f64]) -> anyhow::Result<Task> {
        let task = Task::new(self.inputs, self.outputs, strengths)?;
        Ok(task.with_noise(self.noise)?.with_examples(self.examples)?)
    }

    /// The same student for the theory.
    ///
    /// # Errors
    /// If the theory refuses it.
    pub fn theory_student(&self) -> anyhow::Result<Student> {
        self.brakes.on(Student::new(self.hidden, self.layers, self.epsilon)?)
    }

    /// The learning curve of an aligned student in the limit of large size.
    ///
    /// # Errors
    /// If the theory refuses task or student.
    pub fn curve(&self, strengths: &[f64]) -> anyhow::Result<LearningCurve> {
        Ok(LearningCurve::new(&self.theory_task(strengths)?, &self.theory_student()?))
    }

    /// The theory's ln of the least test error within the training.
    ///
    /// # Errors
    /// If the theory refuses task or student.
    pub fn least_test_error(&self, strengths: &[f64]) -> anyhow::Result<f64> {
        Ok(self.curve(strengths)?.optimal_stopping(self.last_time())?.test_error.ln())
    }

    /// How fast the strongest data mode is learned, ŝ with more examples than inputs D times: λ is bounded by its inverse.
    pub fn steepest_rate(&self, strongest: &[f64]) -> f64 {
        let Ok(task) = self.theory_task(strongest) else { return 0.0 };
        let spectrum = DataSpectrum::new(&task);
        strongest.first().map_or(0.0, |&strength| spectrum.strength(strength) * spectrum.pace().max(1.0))
    }

    /// Whether a teacher's mode is so close to the threshold of detection that data of this size do not tell on which
    /// side of it: the transition has a width of n^(−1/3), relative to the threshold.
    ///
    /// # Errors
    /// If the theory refuses the strength.
    pub fn is_at_threshold(&self, strength: f64) -> anyhow::Result<bool> {
        let spectrum = DataSpectrum::new(&self.theory_task(&[strength])?);
        let smallest = self.inputs.min(self.outputs).min(self.examples) as f64;
        Ok((strength / spectrum.threshold() - 1.0).abs() < smallest.powf(-1.0 / 3.0))
    }

    /// The same study `factor` times as large; strengths and σ_z stay, a width below the data's modes stays, too.
    pub fn scaled(&self, factor: usize) -> Self {
        let hidden = if self.hidden < self.inputs.min(self.outputs) { self.hidden } else { self.hidden * factor };
        let (inputs, outputs, examples) = (factor * self.inputs, factor * self.outputs, factor * self.examples);
        Self { inputs, outputs, examples, hidden, ..*self }
    }

    /// Independent draws of the data at this size, evaluated without training.
    pub fn ensemble(&self, strengths: &[f64], start: Start, times: &[f64], draws: usize) -> EnsembleSpec {
        EnsembleSpec {
            inputs: self.inputs,
            outputs: self.outputs,
            examples: self.examples,
            noise: self.noise,
            strengths: strengths.to_vec(),
            hidden: self.hidden,
            layers: self.layers,
            epsilon: self.epsilon,
            start,
            times: times.to_vec(),
            t_max: self.last_time(),
            draws,
            seed: self.seed,
            brakes: self.brakes,
        }
    }

    /// Independent draws of the data at this size, shrunk.
    pub fn shrinkage(&self, strengths: &[f64], draws: usize) -> ShrinkageSpec {
        ShrinkageSpec {
            inputs: self.inputs,
            outputs: self.outputs,
            noise: self.noise,
            strengths: strengths.to_vec(),
            hidden: self.hidden,
            layers: self.layers,
            epsilon: self.epsilon,
            t_max: self.last_time(),
            draws,
            seed: self.seed,
        }
    }

    /// Draws at each of [`SIZES`], fewer of the larger, which scatter less.
    pub fn growing_draws<'a>(&self, strengths: &[f64], times: &[f64], draws: usize) -> Wanted<'a, Draws> {
        self.draws_at(&SIZES, strengths, times, draws)
    }

    /// The same at some of these sizes.
    pub fn draws_at<'a>(&self, sizes: &[usize], strengths: &[f64], times: &[f64], draws: usize) -> Wanted<'a, Draws> {
        let (setup, strengths, times, sizes) = (*self, strengths.to_vec(), times.to_vec(), sizes.to_vec());
        let spec = |&size: &usize| {
            setup.scaled(size).ensemble(&strengths, Start::TrainingAligned, &times, (draws / size).max(2))
        };
        let ensembles = Wanted::all(sizes.iter().map(|size| Wanted::ensemble(spec(size))));
        ensembles.map(move |ensembles| {
            let curve = |size: &usize| setup.scaled(*size).curve(&strengths);
            let curves = sizes.iter().map(curve).collect::<anyhow::Result<_>>()?;
            let (sum, squares) = strengths.iter().fold((0.0, 0.0), |(sum, squares), s| (sum + s, squares + s * s));
            let start = 2.0 * setup.epsilon * sum / squares;
            Ok(Draws { ensembles, curves, times: times.clone(), t_max: setup.last_time(), start })
        })
    }
}
