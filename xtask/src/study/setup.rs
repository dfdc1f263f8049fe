//! The setup that kinds of figures share: one task, one student, its training; checked in one place and translated to
//! simulations, closed forms and ensembles in one place.

use super::line::{LinePoint, SIZES};
use super::optimum::Optimum;
use super::rules::{MOST_EPOCHS, MOST_LAYERS, MOST_UNITS, interval, least_log_every, rounded_down};
use super::series::linear_grid;
use super::wanted::{Found, Trained, Wanted};
use crate::config::Checks;
use crate::runs::ensemble::{EnsembleOutcome, EnsembleSpec, ErrorStatistics, ShrinkageSpec};
use crate::runs::summary::Summary;
use anyhow::Context as _;
use sim::{
    AlignedSpec, Draw, ErrorTrack, Experiment, LinearSpec, MOST_LOGGED, Schedule, SpectrumExtent, SpectrumSpec, Start,
    Stepping, StudentSpec, TaskSpec, Training, TrainingOutcome,
};
use std::ops::Range;
use theory::{DataSpectrum, LearningCurve, Student, Task};

/// Run index from which on draws judge verdicts or estimate step errors and are never part of what is judged.
pub const INDEPENDENT_RUNS: u64 = 1_000_000;

/// A task of any teacher, a student and its training. Field names are the keys of configs.
#[derive(Clone, Copy, Debug, PartialEq)]
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
}

/// Which of the two errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// ε_tr.
    Train,
    /// ε_te.
    Test,
}

impl ErrorKind {
    /// Both, in the order in which they are shown.
    pub const BOTH: [Self; 2] = [Self::Train, Self::Test];

    /// In a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }

    /// Of an axis.
    pub fn label(self) -> &'static str {
        match self {
            Self::Train => "ln ε_{tr}",
            Self::Test => "ln ε_{te}",
        }
    }

    /// Of a student.
    ///
    /// # Errors
    /// If the teacher is zero, which has no relative test error.
    pub fn track(self, outcome: &TrainingOutcome) -> anyhow::Result<&ErrorTrack> {
        match self {
            Self::Train => Ok(&outcome.train),
            Self::Test => Ok(outcome.test(0)?),
        }
    }

    /// Of the theory.
    ///
    /// # Errors
    /// If the teacher is zero, which has no relative test error.
    pub fn of(self, curve: &LearningCurve, t: f64) -> anyhow::Result<f64> {
        match self {
            Self::Train => Ok(curve.train_error_at(t)),
            Self::Test => Ok(curve.test_error_at(t)?),
        }
    }

    /// Of draws, at each of the times that were asked for.
    pub fn drawn(self, ensemble: &EnsembleOutcome) -> &[ErrorStatistics] {
        match self {
            Self::Train => &ensemble.train,
            Self::Test => &ensemble.test,
        }
    }
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
            .at_least("noise", self.noise, 0.0)
            .in_range("layers", self.layers, 1..=MOST_LAYERS)
            .positive("epsilon", self.epsilon)
            .positive("learning_rate", self.learning_rate)
            .in_range("epochs", self.epochs, 1..=MOST_EPOCHS);
        if let Some(every) = self.log_every {
            checks.at_least("log_every", every, 1).at_most("log_every", every, MOST_EPOCHS);
        }
    }

    /// What the values must obey together, once each is legal, beside teachers of which `strongest` holds the strongest:
    /// few enough logged points, a step that converges, and a start below the data.
    pub fn check_beside(&self, checks: &mut Checks<'_>, strongest: &[f64]) {
        let least = least_log_every(self.epochs);
        checks.consistent(
            "log_every",
            "epochs",
            self.log_every.is_none_or(|every| every >= least),
            format!("must be at least {least} to log at most {MOST_LOGGED} points"),
        );
        // The theory refuses what the rules on single values refuse, too.
        let Ok(spectrum) = self.theory_task(strongest).map(|task| DataSpectrum::new(&task)) else { return };
        let data_strength = strongest.first().map_or(0.0, |&strength| spectrum.strength(strength));
        let bound = largest_stable_step(self.layers, data_strength) / spectrum.pace().max(1.0);
        checks.require(
            "learning_rate",
            self.learning_rate < bound,
            format!(
                "must be below 2/(L ŝ^(2−2/L)) = {} of the strongest data mode, or gradient descent diverges",
                rounded_down(bound)
            ),
        );
        checks.require(
            "epsilon",
            self.epsilon < data_strength,
            format!("must be below the largest predicted ŝ, {}", rounded_down(data_strength)),
        );
    }

    /// `time_range` and the `point_times` times plotted over it: within the training and on logged epochs.
    pub fn check_times(&self, checks: &mut Checks<'_>, range: (f64, f64), count: usize) {
        interval(checks, "time_range", range);
        let last = self.last_time();
        checks.consistent(
            "time_range",
            "epochs",
            range.1 <= last * (1.0 + 1e-9),
            format!("must end by epochs · learning_rate = {last}"),
        );
        let on_log = |epoch: &u64| self.log_every.is_none_or(|every| epoch.is_multiple_of(every));
        let on_log = self.epochs_at(range, count).iter().all(on_log);
        checks.consistent("point_times", "log_every", on_log, "must fall on logged epochs");
    }
}

/// The step λ below which gradient descent on a mode of data strength ŝ converges: 2/(L ŝ^(2−2/L)).
pub fn largest_stable_step(layers: usize, data_strength: f64) -> f64 {
    let layers = layers as f64;
    2.0 / (layers * data_strength.powf(2.0 - 2.0 / layers))
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
        linear_grid(range.0, range.1, count).iter().map(|t| (t * self.tau()).round() as u64).collect()
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
        StudentSpec::new(self.hidden, self.layers, self.epsilon)
    }

    /// Training with 1/`divisor` of the step over the same time.
    pub fn training(&self, divisor: u64) -> Training {
        let schedule = match self.log_every {
            Some(every) => Schedule::every(every * divisor),
            None => Schedule::listed(Vec::new()),
        };
        Training::new(self.learning_rate / divisor as f64, self.epochs * divisor, schedule)
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

    fn students<'a>(&self, experiments: impl Iterator<Item = Experiment>) -> Wanted<'a, Students> {
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
        Ok(Student::new(self.hidden, self.layers, self.epsilon)?)
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
        let (setup, strengths, times) = (*self, strengths.to_vec(), times.to_vec());
        let spec = |size: usize| {
            setup.scaled(size).ensemble(&strengths, Start::TrainingAligned, &times, (draws / size).max(2))
        };
        let ensembles = Wanted::all(SIZES.map(|size| Wanted::ensemble(spec(size))));
        ensembles.map(move |ensembles| {
            let curve = |size: &usize| setup.scaled(*size).curve(&strengths);
            let curves = SIZES.iter().map(curve).collect::<anyhow::Result<_>>()?;
            let (sum, squares) = strengths.iter().fold((0.0, 0.0), |(sum, squares), s| (sum + s, squares + s * s));
            let start = 2.0 * setup.epsilon * sum / squares;
            Ok(Draws { ensembles, curves, times: times.clone(), t_max: setup.last_time(), start })
        })
    }
}

/// Trained students, one per seed.
#[derive(Clone, Debug)]
pub struct Students {
    /// Their outcomes.
    pub outcomes: Vec<Trained>,
    tau: f64,
}

impl Students {
    /// The first `count` of them.
    pub fn first(&self, count: u64) -> Self {
        let outcomes = self.outcomes.iter().take(count as usize).cloned().collect();
        Self { outcomes, tau: self.tau }
    }

    /// Least test errors of task `task` and their times.
    ///
    /// # Errors
    /// If the teacher is zero, which has no relative test error.
    pub fn optimum(&self, task: usize) -> anyhow::Result<Optimum> {
        let least = |outcome: &Trained| -> anyhow::Result<_> {
            let last = outcome.epochs.last().copied().unwrap_or_default();
            Ok((outcome.test(task)?.least, last))
        };
        Ok(Optimum::of(self.outcomes.iter().map(least).collect::<anyhow::Result<Vec<_>>>()?, self.tau))
    }

    /// ln of the test error of task `task` at the last epoch.
    ///
    /// # Errors
    /// If the teacher is zero, which has no relative test error.
    pub fn final_log_errors(&self, task: usize) -> anyhow::Result<Vec<f64>> {
        self.outcomes.iter().map(|outcome| Ok(outcome.test(task)?.last.ln())).collect()
    }

    /// ln of an error at `epochs`.
    ///
    /// # Errors
    /// If an epoch was not logged, or an error is not positive.
    pub fn log_errors(&self, kind: ErrorKind, epochs: &[u64]) -> anyhow::Result<Vec<Summary>> {
        let at = |&epoch: &u64| -> anyhow::Result<Summary> {
            let logs = self.outcomes.iter().map(|outcome| log_error(outcome, kind, epoch));
            Ok(Summary::of(&logs.collect::<anyhow::Result<Vec<_>>>()?))
        };
        epochs.iter().map(at).collect()
    }
}

fn log_error(outcome: &TrainingOutcome, kind: ErrorKind, epoch: u64) -> anyhow::Result<f64> {
    let index = outcome.logged_index(epoch).with_context(|| format!("epoch {epoch} was not logged"))?;
    let error = kind.track(outcome)?.logged[index];
    anyhow::ensure!(error > 0.0, "the error at epoch {epoch} is {error}: it has no logarithm");
    Ok(error.ln())
}

/// A student trained with the step and with half of it. The step's error is bounded by twice what halving it changes.
#[derive(Clone, Debug)]
pub struct HalvedStep {
    both: [Trained; 2],
    tau: f64,
}

impl HalvedStep {
    /// Of ln of an error at a logged epoch.
    ///
    /// # Errors
    /// If the epoch was not logged, or the error is not positive.
    pub fn of_error(&self, kind: ErrorKind, epoch: u64) -> anyhow::Result<f64> {
        let [coarse, fine] = &self.both;
        Ok(2.0 * (log_error(coarse, kind, epoch)? - log_error(fine, kind, 2 * epoch)?).abs())
    }

    /// Of ln of the least test error.
    ///
    /// # Errors
    /// If the teacher is zero.
    pub fn of_least_error(&self) -> anyhow::Result<f64> {
        let [coarse, fine] = &self.both;
        Ok(2.0 * (coarse.test(0)?.least.value.ln() - fine.test(0)?.least.value.ln()).abs())
    }

    /// Of the relative best stopping time.
    ///
    /// # Errors
    /// If the teacher is zero.
    pub fn of_stopping_time(&self) -> anyhow::Result<f64> {
        let [coarse, fine] = &self.both;
        let time = |outcome: &Trained, tau: f64| anyhow::Ok(outcome.test(0)?.least.epoch as f64 / tau);
        let (coarse, fine) = (time(coarse, self.tau)?, time(fine, 2.0 * self.tau)?);
        Ok(2.0 * (coarse - fine).abs() / fine)
    }
}

/// Draws of the data at growing sizes, and the line of each.
#[derive(Clone, Debug)]
pub struct Draws {
    /// Statistics at each of [`SIZES`].
    pub ensembles: Vec<Found<EnsembleOutcome>>,
    curves: Vec<LearningCurve>,
    times: Vec<f64>,
    t_max: f64,
    /// 2ε Σ s̄ / Σ s̄²: the most that modes at their start, at ε, can take from the test error, in units of ‖W̄‖².
    start: f64,
}

impl Draws {
    /// At the figure's own size.
    pub fn here(&self) -> &EnsembleOutcome {
        &self.ensembles[0]
    }

    /// The theory at the figure's own size.
    pub fn curve(&self) -> &LearningCurve {
        &self.curves[0]
    }

    /// ln of an error at the time of index `index`, drawn and as the line has it, by size.
    ///
    /// # Errors
    /// If the teacher is zero.
    pub fn log_errors(&self, kind: ErrorKind, index: usize) -> anyhow::Result<Vec<(Summary, f64)>> {
        let sizes = self.ensembles.iter().zip(&self.curves);
        sizes
            .map(|(drawn, curve)| Ok((kind.drawn(drawn)[index].log_error, kind.of(curve, self.times[index])?.ln())))
            .collect()
    }

    /// ln of an error over time beside its line, at every one of `epochs` but the start: those that the draws were
    /// looked at.
    ///
    /// # Errors
    /// If an epoch was not logged, or an error is not positive.
    pub fn line_points(
        &self,
        kind: ErrorKind,
        place: &str,
        students: &Students,
        step: &HalvedStep,
        epochs: &[u64],
    ) -> anyhow::Result<Vec<LinePoint>> {
        let points = epochs.iter().zip(students.log_errors(kind, epochs)?).enumerate();
        points
            .filter(|(_, (epoch, _))| **epoch > 0)
            .map(|(index, (&epoch, simulated))| {
                let at = format!("{place}, t/τ = {}", self.times[index]);
                let point = LinePoint::new(at, self.log_errors(kind, index)?).start(self.start);
                Ok(point.simulated(simulated, step.of_error(kind, epoch)?))
            })
            .collect()
    }

    /// ln of the least test error, drawn and as the line has it, by size.
    ///
    /// # Errors
    /// If the teacher is zero.
    pub fn least_errors(&self) -> anyhow::Result<Vec<(Summary, f64)>> {
        let sizes = self.ensembles.iter().zip(&self.curves);
        sizes
            .map(|(drawn, curve)| {
                Ok((Summary::of(&drawn.least_test), curve.optimal_stopping(self.t_max)?.test_error.ln()))
            })
            .collect()
    }

    /// What ln of the least test error has more than `other`'s on the same data, drawn and as the lines have it, by size.
    ///
    /// # Errors
    /// If the teacher is zero.
    pub fn least_errors_minus(&self, other: &Self) -> anyhow::Result<Vec<(Summary, f64)>> {
        let lines = self.least_errors()?.into_iter().zip(other.least_errors()?);
        let sizes = self.ensembles.iter().zip(&other.ensembles).zip(lines);
        let differ = |((own, other), ((_, line), (_, other_line))): ((&Found<_>, &Found<_>), _)| {
            let (own, other): (&Found<EnsembleOutcome>, &Found<EnsembleOutcome>) = (own, other);
            (Summary::of_differences(&own.least_test, &other.least_test), line - other_line)
        };
        Ok(sizes.map(differ).collect())
    }
}
