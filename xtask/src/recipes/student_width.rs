//! Least test error of students of several widths (fig12).

mod measured;
mod panels;
#[cfg(test)]
mod tests;
mod verdicts;

use crate::config::Checks;
use crate::study::elements::{
    INDEPENDENT_RUNS, MOST_DRAWS, MOST_POINTS, MOST_SEEDS, MOST_UNITS, TrainingRules, ascending_positive, judged_from,
    title,
};
use crate::runs::ensemble::EnsembleSpec;
use crate::study::Claims;
use crate::study::recipe::{Assembled, Recipe};
use crate::runs::results::Results;
use crate::runs::run::Run;
use figures::{ColourBar, Figure};
use measured::Width;
use serde::{Deserialize, Serialize};
use sim::{AlignedSpec, Draw, Experiment, LinearSpec, Schedule, Start, Stepping, StudentSpec, TaskSpec, Training};
use theory::{Student, Task};

/// Aligned and random students of several hidden widths on rank-1 teachers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudentWidth {
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
    /// N₂ of each student, the widest first.
    pub hidden: Vec<usize>,
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
    /// s̄ of the teachers.
    pub snrs: Vec<f64>,
    /// Claims that compare students are made from this SNR on.
    pub judged_snr: f64,
    /// Points of each line of the theory.
    pub points: usize,
    /// Independent draws of the data, which tell the sampling error and the finite-size term.
    pub ensemble_draws: usize,
}

impl Recipe for StudentWidth {
    const KIND: &'static str = "StudentWidth";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("inputs", self.inputs, 2..=MOST_UNITS)
            .in_range("outputs", self.outputs, 2..=MOST_UNITS)
            .in_range("hidden", self.hidden.len(), 2..=5)
            .decreasing("hidden", &self.hidden)
            .each("hidden", &self.hidden, |c, path, width| {
                c.in_range(path, *width, 1..=MOST_UNITS);
            })
            .at_least("noise", self.noise, 0.0)
            .in_range("points", self.points, 2..=MOST_POINTS)
            .in_range("ensemble_draws", self.ensemble_draws, 2..=MOST_DRAWS);
        ascending_positive(checks, "snrs", &self.snrs);
        judged_from(checks, ("judged_snr", self.judged_snr), ("snrs", &self.snrs));
        self.training_rules().alone(checks);
        if checks.all_hold() {
            let noise = self.noise * self.noise / self.inputs as f64;
            let strongest = self.snrs[self.snrs.len() - 1];
            let strongest =
                theory::SpikedMatrix::new(self.outputs, self.inputs, noise).map_or(0.0, |m| m.strength(strongest));
            self.training_rules().together(checks, strongest);
        }
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for &hidden in &self.hidden {
            for &snr in &self.snrs {
                for run in 0..self.seeds {
                    runs.push(self.aligned(hidden, snr, run, 1).into());
                    runs.push(self.random(hidden, snr, run).into());
                }
                runs.extend([1, 2].map(|divisor| self.aligned(hidden, snr, INDEPENDENT_RUNS, divisor).into()));
                runs.push(self.ensemble(hidden, snr).into());
            }
        }
        runs
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let widths = self.hidden.iter().map(|&hidden| Width::read(self, hidden, results));
        let widths = widths.collect::<anyhow::Result<Vec<_>>>()?;
        let figure = Figure::new("student-width", &self.title)
            .description("Least test error of students of four widths: random against aligned starts, and against SNR beside theory.")
            .columns(2)
            .aspect(0.9)
            .colour_bar(ColourBar::new(self.colours(), "SNR"))
            .panel(self.start_panel(&widths))
            .panel(self.snr_panel(&widths)?);
        Ok(Assembled {
            figure,
            claims: Claims::new(),
            verdicts: self.verdicts(&widths),
            tables: vec![self.optima_table(&widths)],
            caption: self.caption(),
        })
    }
}

// What is run.
impl StudentWidth {
    fn training_rules(&self) -> TrainingRules {
        TrainingRules {
            layers: self.layers,
            epsilon: self.epsilon,
            learning_rate: self.learning_rate,
            epochs: self.epochs,
            // Only the optima are used, which are tracked at every epoch.
            log_every: self.epochs,
        }
    }

    fn task(&self, snr: f64) -> TaskSpec {
        TaskSpec { noise: self.noise, ..TaskSpec::single(self.inputs, self.outputs, &[snr]) }
    }

    fn student(&self, hidden: usize) -> StudentSpec {
        StudentSpec::new(hidden, self.layers, self.epsilon)
    }

    /// Training with 1/`divisor` of the config's step over the same time.
    fn training(&self, divisor: u64) -> Training {
        Training::new(self.learning_rate / divisor as f64, self.epochs * divisor, Schedule::listed(Vec::new()))
    }

    fn aligned(&self, hidden: usize, snr: f64, run: u64, divisor: u64) -> Experiment {
        let (task, student, training) = (self.task(snr), self.student(hidden), self.training(divisor));
        let draw = Draw { seed: self.seed, run };
        Experiment::Aligned(AlignedSpec { task, student, training, tracked_modes: 0, draw })
    }

    fn random(&self, hidden: usize, snr: f64, run: u64) -> Experiment {
        let (task, student, training) = (self.task(snr), self.student(hidden), self.training(1));
        let draw = Draw { seed: self.seed, run };
        Experiment::Linear(LinearSpec {
            task,
            student,
            start: Start::Random,
            training,
            tracked_modes: 0,
            stepping: Stepping::Jumps,
            draw,
        })
    }

    fn ensemble(&self, hidden: usize, snr: f64) -> EnsembleSpec {
        EnsembleSpec {
            inputs: self.inputs,
            outputs: self.outputs,
            examples: self.inputs,
            noise: self.noise,
            strengths: vec![snr],
            hidden,
            layers: self.layers,
            epsilon: self.epsilon,
            start: Start::TrainingAligned,
            times: Vec::new(),
            t_max: self.last_time(),
            draws: self.ensemble_draws,
            seed: self.seed,
        }
    }

    /// t/τ of the last epoch.
    fn last_time(&self) -> f64 {
        self.epochs as f64 * self.learning_rate
    }

    fn theory_task(&self, snr: f64) -> anyhow::Result<Task> {
        Ok(Task::new(self.inputs, self.outputs, &[snr])?.with_noise(self.noise)?)
    }

    fn theory_student(&self, hidden: usize) -> anyhow::Result<Student> {
        Ok(Student::new(hidden, self.layers, self.epsilon)?)
    }
}
