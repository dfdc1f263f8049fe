//! The non-gradient algorithm against optimal stopping, in closed form and on the same data (fig14).

mod panels;
#[cfg(test)]
mod tests;
mod verdicts;

use crate::config::Checks;
use crate::study::elements::{
    INDEPENDENT_RUNS, MOST_DRAWS, MOST_SEEDS, MOST_UNITS, NoiseKnowledge, TrainingRules, ascending_positive,
    descending_positive, interval, shrunk, title,
};
use crate::runs::ensemble::{ShrinkageOutcome, ShrinkageSpec};
use crate::study::Claims;
use crate::study::recipe::{Assembled, Recipe};
use crate::runs::results::Results;
use crate::runs::run::Run;
use figures::Figure;
use serde::{Deserialize, Serialize};
use sim::{AlignedSpec, Draw, Experiment, Schedule, SpectrumExtent, SpectrumSpec, StudentSpec, TaskSpec, Training};
use theory::{LearningCurve, SpikedMatrix, Student, Task};

/// Optimal stopping of aligned students against shrinkage of the same data matrices.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NonGradient {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
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
    /// Errors are logged every so many epochs.
    pub log_every: u64,
    /// σ_z.
    pub noise: f64,
    /// SNRs of the teachers of rank one that are measured.
    pub snrs: Vec<f64>,
    /// Independent repetitions of each.
    pub seeds: u64,
    /// SNRs of the closed forms.
    pub snr_range: (f64, f64),
    /// s̄ of the teacher whose learning curve is taken apart.
    pub shown_strengths: Vec<f64>,
    /// t/τ of that curve.
    pub time_range: (f64, f64),
    /// s̄ of the teachers whose errors are compared pair by pair.
    pub teachers: Vec<Vec<f64>>,
    /// The one of them for which shrinkage pays most.
    pub pays_most: Vec<f64>,
    /// Independent repetitions of each.
    pub paired_seeds: u64,
    /// Independent draws of the data that the tolerances come from.
    pub draws: usize,
}

impl Recipe for NonGradient {
    const KIND: &'static str = "NonGradient";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        let training = self.training_rules();
        checks
            .in_range("inputs", self.inputs, 1..=MOST_UNITS)
            .in_range("outputs", self.outputs, 1..=MOST_UNITS)
            .in_range("hidden", self.hidden, 1..=MOST_UNITS)
            .positive("noise", self.noise)
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("paired_seeds", self.paired_seeds, 1..=MOST_SEEDS)
            .in_range("draws", self.draws, 2..=MOST_DRAWS)
            .at_least("teachers", self.teachers.len(), 2)
            .consistent(
                "pays_most",
                "teachers",
                self.teachers.contains(&self.pays_most),
                "must be one of the teachers",
            );
        training.alone(checks);
        ascending_positive(checks, "snrs", &self.snrs);
        interval(checks, "snr_range", self.snr_range);
        checks.positive("snr_range", self.snr_range.0);
        interval(checks, "time_range", self.time_range);
        let most = self.inputs.min(self.outputs);
        let teacher = |checks: &mut Checks<'_>, path: &str, strengths: &Vec<f64>| {
            descending_positive(checks, path, strengths);
            let rule = format!("must have at most min(inputs, outputs) = {most} strengths");
            checks.consistent(path, "outputs", strengths.len() <= most, rule);
        };
        teacher(checks, "shown_strengths", &self.shown_strengths);
        checks.each("teachers", &self.teachers, teacher);
        if checks.all_hold() {
            training.together(checks, self.strongest_data_mode());
        }
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for (strengths, seeds) in self.conditions() {
            for run in 0..seeds {
                runs.push(self.spectrum(&strengths, run).into());
                runs.push(self.aligned(&strengths, run, 1).into());
            }
            runs.extend([1, 2].map(|divisor| self.aligned(&strengths, INDEPENDENT_RUNS, divisor).into()));
            runs.push(self.ensemble(&strengths).into());
        }
        runs
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let read = |(strengths, seeds): (Vec<f64>, u64)| Condition::read(self, strengths, seeds, results);
        let conditions = self.conditions().into_iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
        let (rank_one, teachers) = conditions.split_at(self.snrs.len());
        let figure = Figure::new("non-gradient", &self.title)
            .description(
                "Least test error by optimal stopping and by shrinkage of singular values, in closed form and on data.",
            )
            .columns(3)
            .column_weights([1.0, 1.05, 1.2])
            .aspect(0.9)
            .width(1500.0)
            .panel(self.error_panel(rank_one)?)
            .panel(self.curve_panel()?)
            .panel(self.ratio_panel(teachers));
        Ok(Assembled {
            figure,
            claims: Claims::new(),
            verdicts: self.verdicts(rank_one, teachers)?,
            tables: vec![self.table(&conditions)],
            caption: self.caption(),
        })
    }
}

/// The two least test errors in closed form.
#[derive(Clone, Copy, Debug, PartialEq)]
struct ClosedForms {
    stopping: f64,
    shrinkage: f64,
}

impl ClosedForms {
    fn ratio(self) -> f64 {
        self.shrinkage / self.stopping
    }
}

/// All that is known of one teacher; one number per seed, on the same data matrix.
struct Condition<'a> {
    strengths: Vec<f64>,
    closed: ClosedForms,
    stopping: Vec<f64>,
    known: Vec<f64>,
    estimated: Vec<f64>,
    ensemble: &'a ShrinkageOutcome,
    /// Bound on what the finite learning rate changes in ln of the stopped error.
    step: f64,
}

impl<'a> Condition<'a> {
    fn read(config: &NonGradient, strengths: Vec<f64>, seeds: u64, results: &'a Results) -> anyhow::Result<Self> {
        let task = config.theory_task(&strengths)?;
        let least = |run, divisor| -> anyhow::Result<f64> {
            Ok(results.training(&config.aligned(&strengths, run, divisor))?.test(0)?.least.value)
        };
        let shrinkage = |knowledge| -> anyhow::Result<Vec<f64>> {
            let error = |run| -> anyhow::Result<f64> {
                let data = results.spectrum(&config.spectrum(&strengths, run))?;
                Ok(data.test_error_of(0, &shrunk(&task, &data.data_strengths, knowledge)?)?)
            };
            (0..seeds).map(error).collect()
        };
        let (coarse, fine) = (least(INDEPENDENT_RUNS, 1)?, least(INDEPENDENT_RUNS, 2)?);
        Ok(Self {
            closed: config.closed_forms(&strengths)?,
            stopping: (0..seeds).map(|run| least(run, 1)).collect::<anyhow::Result<_>>()?,
            known: shrinkage(NoiseKnowledge::Known)?,
            estimated: shrinkage(NoiseKnowledge::Estimated)?,
            ensemble: results.shrinkage(&config.ensemble(&strengths))?,
            step: 2.0 * (coarse.ln() - fine.ln()).abs(),
            strengths,
        })
    }

    fn shrunk(&self, knowledge: NoiseKnowledge) -> (&[f64], &[f64]) {
        match knowledge {
            NoiseKnowledge::Known => (&self.known, &self.ensemble.known),
            NoiseKnowledge::Estimated => (&self.estimated, &self.ensemble.estimated),
        }
    }
}

/// Error by shrinkage over error by stopping, pair by pair.
fn ratios(shrinkage: &[f64], stopping: &[f64]) -> Vec<f64> {
    shrinkage.iter().zip(stopping).map(|(shrinkage, stopping)| shrinkage / stopping).collect()
}

/// A teacher in words: (6, 4, 2).
fn name(strengths: &[f64]) -> String {
    let list: Vec<String> = strengths.iter().map(|s| ((s * 1e3).round() / 1e3).to_string()).collect();
    format!("({})", list.join(", "))
}

// What is run.
impl NonGradient {
    fn t_max(&self) -> f64 {
        self.epochs as f64 * self.learning_rate
    }

    /// Teachers of both kinds with their numbers of seeds: first those of rank one, in the order of the config.
    fn conditions(&self) -> Vec<(Vec<f64>, u64)> {
        let rank_one = self.snrs.iter().map(|&snr| (vec![snr], self.seeds));
        rank_one.chain(self.teachers.iter().map(|strengths| (strengths.clone(), self.paired_seeds))).collect()
    }

    fn training_rules(&self) -> TrainingRules {
        let Self { layers, epsilon, learning_rate, epochs, log_every, .. } = *self;
        TrainingRules { layers, epsilon, learning_rate, epochs, log_every }
    }

    fn task(&self, strengths: &[f64]) -> TaskSpec {
        TaskSpec { noise: self.noise, ..TaskSpec::single(self.inputs, self.outputs, strengths) }
    }

    fn spectrum(&self, strengths: &[f64], run: u64) -> Experiment {
        let draw = Draw { seed: self.seed, run };
        Experiment::Spectrum(SpectrumSpec { task: self.task(strengths), extent: SpectrumExtent::All, draw })
    }

    /// An aligned student whose step is `1/divisor` of the config's, over the same time.
    fn aligned(&self, strengths: &[f64], run: u64, divisor: u64) -> Experiment {
        Experiment::Aligned(AlignedSpec {
            task: self.task(strengths),
            student: StudentSpec::new(self.hidden, self.layers, self.epsilon),
            training: Training::new(self.learning_rate / divisor as f64, self.epochs * divisor, Schedule::every(self.log_every * divisor)),
            tracked_modes: 0,
            draw: Draw { seed: self.seed, run },
        })
    }

    fn ensemble(&self, strengths: &[f64]) -> ShrinkageSpec {
        ShrinkageSpec {
            inputs: self.inputs,
            outputs: self.outputs,
            noise: self.noise,
            strengths: strengths.to_vec(),
            hidden: self.hidden,
            layers: self.layers,
            epsilon: self.epsilon,
            t_max: self.t_max(),
            draws: self.draws,
            seed: self.seed,
        }
    }

    fn theory_task(&self, strengths: &[f64]) -> anyhow::Result<Task> {
        Ok(Task::new(self.inputs, self.outputs, strengths)?.with_noise(self.noise)?)
    }

    fn curve(&self, strengths: &[f64]) -> anyhow::Result<LearningCurve> {
        let student = Student::new(self.hidden, self.layers, self.epsilon)?;
        Ok(LearningCurve::new(&self.theory_task(strengths)?, &student))
    }

    fn closed_forms(&self, strengths: &[f64]) -> anyhow::Result<ClosedForms> {
        let curve = self.curve(strengths)?;
        let stopping = curve.optimal_stopping(self.t_max())?.test_error;
        Ok(ClosedForms { stopping, shrinkage: curve.shrinkage_error()? })
    }

    /// The largest predicted ŝ of all teachers; 0 if the theory refuses the sizes.
    fn strongest_data_mode(&self) -> f64 {
        let strengths = self.snrs.iter().chain(self.teachers.iter().flatten()).chain(&self.shown_strengths);
        let strongest = strengths.fold(0.0, |a: f64, b| a.max(*b));
        let variance = self.noise * self.noise / self.inputs as f64;
        SpikedMatrix::new(self.outputs, self.inputs, variance).map_or(0.0, |m| m.strength(strongest))
    }
}
