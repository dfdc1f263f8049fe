//! Aligned students on fewer or more examples than inputs, orthonormal and gaussian (fig11).

mod panels;
#[cfg(test)]
mod tests;
mod verdicts;

use crate::study::comparison::linear_grid;
use crate::config::Checks;
use crate::study::elements::{
    INDEPENDENT_RUNS, MOST_DRAWS, MOST_EPOCHS, MOST_POINTS, MOST_SEEDS, MOST_UNITS, Optimum, TrainingRules, interval,
    least_log_every, rounded_down, title,
};
use crate::runs::ensemble::{EnsembleOutcome, EnsembleSpec};
use crate::study::Claims;
use crate::study::recipe::{Assembled, Recipe};
use crate::runs::results::Results;
use crate::runs::run::Run;
use figures::{Colour, Dash, Figure, Key, Shape};
use serde::{Deserialize, Serialize};
use sim::{
    AlignedSpec, Draw, Experiment, InputKind, LinearSpec, Schedule, Start, Stepping, StudentSpec, TaskSpec, Training,
    TrainingOutcome,
};
use theory::{LearningCurve, Student, Task};

/// One hidden layer; the weights of a student are two matrices.
const LAYERS: usize = 2;

/// Aligned students with one hidden layer on rank-1 teachers, over numbers of examples.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaryingExamples {
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
    /// ε.
    pub epsilon: f64,
    /// λ.
    pub learning_rate: f64,
    /// Updates of each student.
    pub epochs: u64,
    /// σ_z.
    pub noise: f64,
    /// P, N₁ among them.
    pub examples: Vec<usize>,
    /// SNRs of the optima.
    pub snrs: Vec<f64>,
    /// SNR of the error curves.
    pub curve_snr: f64,
    /// P of the error curves.
    pub curve_examples: Vec<usize>,
    /// t/τ of the curves.
    pub time_range: (f64, f64),
    /// Number of times plotted as points, equally spaced over the range.
    pub point_times: usize,
    /// Errors are logged every so many epochs.
    pub log_every: u64,
    /// Independent draws of the data.
    pub aligned_draws: usize,
}

impl Recipe for VaryingExamples {
    const KIND: &'static str = "VaryingExamples";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("inputs", self.inputs, 1..=MOST_UNITS)
            .in_range("outputs", self.outputs, 1..=MOST_UNITS)
            .in_range("hidden", self.hidden, 1..=MOST_UNITS)
            .positive("epsilon", self.epsilon)
            .positive("learning_rate", self.learning_rate)
            .in_range("epochs", self.epochs, 1..=MOST_EPOCHS)
            .at_least("noise", self.noise, 0.0)
            .non_empty("examples", &self.examples)
            .increasing("examples", &self.examples)
            .each("examples", &self.examples, |c, path, &p| {
                c.in_range(path, p, 1..=MOST_UNITS);
            })
            .non_empty("snrs", &self.snrs)
            .increasing("snrs", &self.snrs)
            .each("snrs", &self.snrs, |c, path, &snr| {
                c.positive(path, snr);
            })
            .non_empty("curve_examples", &self.curve_examples)
            .increasing("curve_examples", &self.curve_examples)
            .in_range("point_times", self.point_times, 2..=MOST_POINTS)
            .at_least("log_every", self.log_every, least_log_every(self.epochs))
            .at_most("log_every", self.log_every, MOST_EPOCHS)
            .in_range("aligned_draws", self.aligned_draws, 2..=MOST_DRAWS);
        interval(checks, "time_range", self.time_range);
        if !checks.all_hold() {
            return;
        }
        checks.consistent(
            "examples",
            "inputs",
            self.examples.contains(&self.inputs),
            "must hold P = N₁, where the claims expect the peak",
        );
        checks.consistent("curve_snr", "snrs", self.snrs.contains(&self.curve_snr), "must be one of snrs");
        checks.each("curve_examples", &self.curve_examples, |c, path, p| {
            c.consistent(path, "examples", self.examples.contains(p), "must be one of examples");
        });
        self.training_rules().plotted(checks, self.time_range, self.point_times);
        let (strongest, steepest) = self.strongest_data_modes();
        // L = 2 and, beyond N₁, D times the step on W*.
        let bound = 1.0 / steepest;
        checks.require(
            "learning_rate",
            self.learning_rate < bound,
            format!(
                "must be below 1/(D ŝ) = {} of the strongest data mode, or gradient descent diverges",
                rounded_down(bound)
            ),
        );
        checks.require(
            "epsilon",
            self.epsilon < strongest,
            format!("must be below the largest predicted ŝ, {}", rounded_down(strongest)),
        );
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for (examples, snr) in self.conditions() {
            for run in 0..self.seeds {
                runs.push(self.orthonormal(examples, snr, run, 1).into());
                runs.push(self.gaussian(examples, snr, run).into());
            }
            runs.extend([1, 2].map(|halvings| self.orthonormal(examples, snr, INDEPENDENT_RUNS, halvings).into()));
            runs.push(self.ensemble(examples, snr).into());
        }
        runs
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let conditions = self.conditions().map(|(examples, snr)| Condition::read(self, examples, snr, results));
        let conditions = conditions.collect::<anyhow::Result<Vec<_>>>()?;
        let figure = Figure::new("varying-examples", &self.title)
            .description("Train and test error over time for few, as many and more examples than inputs; least test error against SNR·√(P/N₁), and with gaussian against orthonormal inputs.")
            .columns(2)
            .key(Key::line("theory", Colour::INK, Dash::Solid))
            .key(Key::point("aligned students", Colour::INK, Shape::Circle))
            .panel(self.curve_panel(&conditions, verdicts::ErrorKind::Train)?)
            .panel(self.curve_panel(&conditions, verdicts::ErrorKind::Test)?)
            .panel(self.least_error_panel(&conditions)?)
            .panel(self.gaussian_panel(&conditions));
        let verdicts = self.verdicts(&conditions)?;
        Ok(Assembled { figure, claims: Claims::new(), verdicts, tables: vec![self.optima_table(&conditions)], caption: self.caption() })
    }
}

/// All that is known of one P and SNR.
struct Condition<'a> {
    examples: usize,
    snr: f64,
    curve: LearningCurve,
    orthonormal: Vec<&'a TrainingOutcome>,
    gaussian: Vec<&'a TrainingOutcome>,
    orthonormal_optimum: Optimum,
    gaussian_optimum: Optimum,
    ensemble: &'a EnsembleOutcome,
    coarse: &'a TrainingOutcome,
    fine: &'a TrainingOutcome,
}

impl<'a> Condition<'a> {
    fn read(config: &VaryingExamples, examples: usize, snr: f64, results: &'a Results) -> anyhow::Result<Self> {
        let all = |experiment: &dyn Fn(u64) -> Experiment| -> anyhow::Result<Vec<&'a TrainingOutcome>> {
            (0..config.seeds).map(|run| results.training(&experiment(run))).collect()
        };
        let orthonormal = all(&|run| config.orthonormal(examples, snr, run, 1))?;
        let gaussian = all(&|run| config.gaussian(examples, snr, run))?;
        let optimum = |outcomes: &[&TrainingOutcome]| -> anyhow::Result<Optimum> {
            let minima = outcomes.iter().map(|o| Ok(o.test(0)?.least)).collect::<anyhow::Result<Vec<_>>>()?;
            Ok(Optimum::of(minima, config.tau()))
        };
        Ok(Self {
            examples,
            snr,
            curve: config.theory(examples, snr)?,
            orthonormal_optimum: optimum(&orthonormal)?,
            gaussian_optimum: optimum(&gaussian)?,
            orthonormal,
            gaussian,
            ensemble: results.ensemble(&config.ensemble(examples, snr))?,
            coarse: results.training(&config.orthonormal(examples, snr, INDEPENDENT_RUNS, 1))?,
            fine: results.training(&config.orthonormal(examples, snr, INDEPENDENT_RUNS, 2))?,
        })
    }
}

// What is run.
impl VaryingExamples {
    fn training_rules(&self) -> TrainingRules {
        TrainingRules {
            layers: LAYERS,
            epsilon: self.epsilon,
            learning_rate: self.learning_rate,
            epochs: self.epochs,
            log_every: self.log_every,
        }
    }

    fn tau(&self) -> f64 {
        1.0 / self.learning_rate
    }

    /// Every SNR with every P, P fastest.
    fn conditions(&self) -> impl Iterator<Item = (usize, f64)> {
        self.snrs.iter().flat_map(move |&snr| self.examples.iter().map(move |&examples| (examples, snr)))
    }

    fn task(&self, examples: usize, snr: f64, input_kind: InputKind) -> TaskSpec {
        TaskSpec { examples, input_kind, noise: self.noise, ..TaskSpec::single(self.inputs, self.outputs, &[snr]) }
    }

    fn student(&self) -> StudentSpec {
        StudentSpec::new(self.hidden, LAYERS, self.epsilon)
    }

    /// A step of `1/divisor` of the config's, over the same time.
    fn training(&self, divisor: u64) -> Training {
        Training::new(self.learning_rate / divisor as f64, self.epochs * divisor, Schedule::every(self.log_every * divisor))
    }

    fn orthonormal(&self, examples: usize, snr: f64, run: u64, divisor: u64) -> Experiment {
        let (task, draw) = (self.task(examples, snr, InputKind::Orthonormal), Draw { seed: self.seed, run });
        Experiment::Aligned(AlignedSpec {
            task,
            student: self.student(),
            training: self.training(divisor),
            tracked_modes: 0,
            draw,
        })
    }

    fn gaussian(&self, examples: usize, snr: f64, run: u64) -> Experiment {
        Experiment::Linear(LinearSpec {
            task: self.task(examples, snr, InputKind::Gaussian),
            student: self.student(),
            start: Start::TrainingAligned,
            training: self.training(1),
            tracked_modes: 0,
            stepping: Stepping::Jumps,
            draw: Draw { seed: self.seed, run },
        })
    }

    fn ensemble(&self, examples: usize, snr: f64) -> EnsembleSpec {
        EnsembleSpec {
            inputs: self.inputs,
            outputs: self.outputs,
            examples,
            noise: self.noise,
            strengths: vec![snr],
            hidden: self.hidden,
            layers: LAYERS,
            epsilon: self.epsilon,
            start: Start::TrainingAligned,
            times: self.point_epochs().iter().map(|&epoch| epoch as f64 / self.tau()).collect(),
            t_max: self.epochs as f64 / self.tau(),
            draws: self.aligned_draws,
            seed: self.seed,
        }
    }

    fn point_epochs(&self) -> Vec<u64> {
        let times = linear_grid(self.time_range.0, self.time_range.1, self.point_times);
        times.iter().map(|t| (t * self.tau()).round() as u64).collect()
    }

    fn theory_task(&self, examples: usize, snr: f64) -> anyhow::Result<Task> {
        Ok(Task::new(self.inputs, self.outputs, &[snr])?.with_noise(self.noise)?.with_examples(examples)?)
    }

    fn theory(&self, examples: usize, snr: f64) -> anyhow::Result<LearningCurve> {
        Ok(LearningCurve::new(&self.theory_task(examples, snr)?, &Student::new(self.hidden, LAYERS, self.epsilon)?))
    }

    /// The largest predicted ŝ over all P, and the largest ŝ·max(D, 1); 0 if the theory refuses them.
    fn strongest_data_modes(&self) -> (f64, f64) {
        let snr = self.snrs.last().copied().unwrap_or_default();
        let strengths = self.examples.iter().filter_map(|&examples| {
            let spectrum = theory::DataSpectrum::new(&self.theory_task(examples, snr).ok()?);
            Some((spectrum.strength(snr), spectrum.strength(snr) * spectrum.pace()))
        });
        strengths.fold((0.0, 0.0), |(a, b), (s, steep)| (s.max(a), steep.max(b)))
    }
}
