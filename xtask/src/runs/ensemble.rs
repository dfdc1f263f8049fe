//! The theory at the actual size as a run: statistics over independent draws of the data, storable.

mod partners;
mod pretraining;
mod shrinkage;
mod shrunk;
mod stopping;
mod transfer;

pub use partners::{PartnersDraw, PartnersOutcome, PartnersSpec};
pub use pretraining::{PretrainingOutcome, PretrainingSpec};
pub use shrinkage::{ShrinkageOutcome, ShrinkageSpec};
pub use shrunk::{NoiseKnowledge, shrunk};
pub use stopping::{StoppingOutcome, StoppingSpec};
pub use transfer::{TransferOutcome, TransferSpec};

use crate::runs::memory;
use crate::runs::summary::Summary;
use serde::{Deserialize, Serialize};
use theory::{Ensemble, Student, Task, Trajectories};

/// What restrains or biases a student while it learns; nothing unless said, and then absent from descriptions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brakes {
    /// γ, weight decay.
    pub decay: f64,
    /// The balance between two layers.
    pub balance: f64,
}

impl Brakes {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// A student with them.
    ///
    /// # Errors
    /// If the theory refuses them, or both together.
    pub fn on(self, student: Student) -> anyhow::Result<Student> {
        Ok(student.with_decay(self.decay)?.with_balance(self.balance)?)
    }
}

/// What to draw, and at which times to look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnsembleSpec {
    /// N₁.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
    /// P.
    pub examples: usize,
    /// σ_z.
    pub noise: f64,
    /// s̄.
    pub strengths: Vec<f64>,
    /// N₂.
    pub hidden: usize,
    /// L.
    pub layers: usize,
    /// ε.
    pub epsilon: f64,
    /// Training aligned, or random (one hidden layer).
    pub start: sim::Start,
    /// t/τ at which errors are wanted.
    pub times: Vec<f64>,
    /// Latest stopping time, t/τ.
    pub t_max: f64,
    /// Independent draws.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// Weight decay and balance of the students.
    #[serde(default, skip_serializing_if = "Brakes::is_none")]
    pub brakes: Brakes,
}

/// An error at one time over the draws.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorStatistics {
    /// ln ε over the draws.
    pub log_error: Summary,
    /// Lower end of the band that holds 95 % of the draws' ε.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A number at one time over the draws.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// The number over the draws.
    pub value: Summary,
    /// Lower end of the band that holds 95 % of the draws.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A student's mode beside the data's, at each time. Before the student has grown its vectors mean nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModeStatistics {
    /// s.
    pub strength: Vec<Statistics>,
    /// |u·û|.
    pub output: Vec<Statistics>,
    /// |v·v̂|.
    pub input: Vec<Statistics>,
    /// ln(1 − |v·v̂|), by [`log_gap`], over the draws.
    pub input_gap: Vec<Summary>,
}

/// ln(1 − o) of an overlap o.
///
/// A random student's directions approach the data's exponentially, from a start that differs by factors: the overlaps
/// near 1 of a few students are as good as their worst one, the logarithms have a mean. What is not above 1e-15 is rounding.
pub fn log_gap(overlap: f64) -> f64 {
    (1.0 - overlap).max(1e-15).ln()
}

/// Statistics over the draws.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnsembleOutcome {
    /// Train error at each time.
    pub train: Vec<ErrorStatistics>,
    /// Test error at each time.
    pub test: Vec<ErrorStatistics>,
    /// ln of the least test error of each draw.
    pub least_test: Vec<f64>,
    /// t_opt/τ of each draw.
    pub stopping_times: Vec<f64>,
    /// t_opt/τ of the aligned student on the same data, of each draw of random students.
    pub aligned_stopping_times: Vec<f64>,
    /// The leading modes of random students, as many as the teacher has; none of aligned students, whose overlaps are 1.
    pub modes: Vec<ModeStatistics>,
}

impl EnsembleOutcome {
    /// Relative delay of the random student's best stopping time over the draws; `None` for aligned students.
    pub fn delays(&self) -> Option<Summary> {
        if self.aligned_stopping_times.is_empty() {
            return None;
        }
        let pairs = self.stopping_times.iter().zip(&self.aligned_stopping_times);
        Some(Summary::of(&pairs.map(|(random, aligned)| random / aligned - 1.0).collect::<Vec<_>>()))
    }
}

impl EnsembleSpec {
    /// Version of the numbers that ensembles give; raised with every change that moves one.
    pub const VERSION: u32 = 5;

    /// One line for messages.
    pub fn label(&self) -> String {
        let start = match self.start {
            sim::Start::Random => "random",
            sim::Start::TrainingAligned => "aligned",
        };
        format!(
            "{} draws of {start} students, {}-{}-{}, {} layers, strengths {:?}, seed {}",
            self.draws, self.inputs, self.hidden, self.outputs, self.layers, self.strengths, self.seed
        )
    }

    /// Rough bytes while it works: the draws in work, one to a thread, and what is kept of all.
    pub fn memory_estimate(&self) -> f64 {
        let student = match self.start {
            sim::Start::Random => memory::of_exact_student(self.inputs, self.outputs, self.hidden),
            sim::Start::TrainingAligned => 0.0,
        };
        let modes = self.inputs.min(self.outputs).min(self.examples);
        let kept = memory::of_trajectories(self.draws, self.times.len(), modes);
        memory::of_draw(self.inputs, self.outputs, self.examples) + student + kept
    }

    /// Rough seconds on one core.
    pub fn cost_estimate(&self) -> f64 {
        let modes = self.inputs.min(self.outputs) as f64;
        let looks = (self.times.len() + 300) as f64;
        let per_draw = match self.start {
            // A look at the modes takes three times as long as one at the errors alone.
            sim::Start::Random => (looks + 3.0 * self.times.len() as f64) * (modes / 50.0).powi(3) * 2.5e-4,
            sim::Start::TrainingAligned => looks * modes * 1e-7 * self.layers as f64 + 1e-3 * (modes / 50.0).powi(3),
        };
        self.draws as f64 * per_draw
    }

    /// Draws and evaluates.
    ///
    /// # Errors
    /// If the theory refuses the task.
    pub fn compute(&self) -> anyhow::Result<EnsembleOutcome> {
        let task = Task::new(self.inputs, self.outputs, &self.strengths)?
            .with_noise(self.noise)?
            .with_examples(self.examples)?;
        let student = self.brakes.on(Student::new(self.hidden, self.layers, self.epsilon)?)?;
        let ensemble = Ensemble::sample(&task, self.draws, self.seed)?;
        if self.start == sim::Start::TrainingAligned {
            return Ok(outcome(&ensemble.aligned(&student, &self.times, self.t_max)?, Vec::new()));
        }
        // Of these only the stopping times are kept.
        let aligned = ensemble.aligned(&student, &[], self.t_max)?;
        let tracked = self.strengths.len();
        let random = ensemble.random(&student, &self.times, self.t_max, tracked)?;
        let modes = (0..tracked).map(|mode| mode_statistics(&random, mode)).collect();
        Ok(EnsembleOutcome { modes, ..outcome(&random, stopping_times(&aligned)) })
    }
}

/// The statistics that are kept; a zero teacher has none of the test error.
fn outcome(trajectories: &Trajectories, aligned_stopping_times: Vec<f64>) -> EnsembleOutcome {
    let of = |summaries: Vec<theory::Summary>| summaries.iter().map(statistics).collect();
    let least = |run: &theory::Trajectory| run.test.as_ref().map(|test| test.stopping.test_error.ln());
    EnsembleOutcome {
        train: of(trajectories.train_errors()),
        test: of(trajectories.test_errors().unwrap_or_default()),
        least_test: trajectories.runs().iter().filter_map(least).collect(),
        stopping_times: stopping_times(trajectories),
        aligned_stopping_times,
        modes: Vec::new(),
    }
}

fn mode_statistics(trajectories: &Trajectories, mode: usize) -> ModeStatistics {
    let times = 0..trajectories.times().len();
    let values_at = |time: usize, number: fn(&theory::ModeOverlap) -> f64| -> Vec<f64> {
        trajectories.runs().iter().map(|run| number(&run.modes[time][mode])).collect()
    };
    let over_time = |number: fn(&theory::ModeOverlap) -> f64| -> Vec<Statistics> {
        let at = |time: usize| -> Statistics {
            let values = values_at(time, number);
            let [low, high] = theory::Summary::of(&values).band_95;
            Statistics { value: Summary::of(&values), low, high }
        };
        times.clone().map(at).collect()
    };
    ModeStatistics {
        strength: over_time(|m| m.strength),
        output: over_time(|m| m.output),
        input: over_time(|m| m.input),
        input_gap: times.clone().map(|time| Summary::of(&values_at(time, |m| log_gap(m.input)))).collect(),
    }
}

fn stopping_times(trajectories: &Trajectories) -> Vec<f64> {
    trajectories.runs().iter().filter_map(|run| run.test.as_ref().map(|test| test.stopping.time)).collect()
}

fn statistics(summary: &theory::Summary) -> ErrorStatistics {
    // An error of exactly 0 (no noise, learned to the end) has no logarithm; none of our figures asks for one.
    let [mean, deviation] = summary.logarithm.unwrap_or([f64::NEG_INFINITY, 0.0]);
    ErrorStatistics {
        log_error: Summary { mean, deviation, count: summary.draws },
        low: summary.band_95[0],
        high: summary.band_95[1],
    }
}
