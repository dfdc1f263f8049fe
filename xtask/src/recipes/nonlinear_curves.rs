//! Error curves of leaky-ReLU students beside the theory of their linear counterparts (fig05).

mod claims;
mod means;
mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::panels::faint;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{
    self, MOST_EPOCHS, MOST_LAYERS, MOST_SEEDS, MOST_UNITS, learning_rate_bound, rounded_down, title,
};
use crate::study::stages::stages;
use crate::study::strengths::strengths_of;
use crate::study::{ErrorKind, LatestBest, Trained, Wanted};
use crate::wanted;
use figures::{Colour, ColourBar, Dash, Figure, Key};
use serde::{Deserialize, Serialize};
use sim::{
    Draw, Experiment, LeakyReluSpec, LeakyReluStart, LeakyReluStudentSpec, MOST_LOGGED, NoiseScale, OutputUnits,
    Precision, Schedule, TaskSpec, TeacherKind, Training, TrainingOutcome,
};
use theory::{LearningCurve, Student, Task};

/// Leaky-ReLU students of several depths on linear teachers of several ranks: a column for each depth and rank.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NonlinearCurves {
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
    /// N₂ of every hidden layer.
    pub hidden: usize,
    /// Slope of the hidden units below 0.
    pub slope: f64,
    /// ε: every layer starts orthogonal with singular values ε^{1/L}.
    pub epsilon: f64,
    /// λ.
    pub learning_rate: f64,
    /// In which precision students are trained.
    pub precision: Precision,
    /// σ_z.
    pub noise: f64,
    /// Variance of one noise entry: σ_z²/N₃ (as the original experiment) or σ_z²/N₁.
    #[serde(default = "per_output")]
    pub noise_scale: NoiseScale,
    /// Depths, each with its time of training.
    pub depths: Vec<Depth>,
    /// Ranks of the teachers.
    pub ranks: Vec<usize>,
    /// SNRs.
    pub snrs: Vec<f64>,
    /// Number of logged epochs, equally spaced in the logarithm.
    pub logged: u64,
    /// A student has begun to learn when its train error falls below this.
    pub learned_below: f64,
    /// Least rise of ln ε_te from its minimum to the end that the claim asks for.
    pub least_rise: f64,
}

fn per_output() -> NoiseScale {
    NoiseScale::PerOutput
}

/// Students of one depth.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Depth {
    /// L, weight matrices.
    pub layers: usize,
    /// Updates of each student.
    pub epochs: u64,
    /// t/τ up to which curves are drawn.
    pub shown_to: f64,
}

impl Depth {
    /// The depth in words.
    fn name(self) -> String {
        match self.layers {
            2 => "1 hidden layer".to_owned(),
            layers => format!("{} hidden layers", layers - 1),
        }
    }
}

impl Recipe for NonlinearCurves {
    const KIND: &'static str = "NonlinearCurves";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        rules::runs(checks, "seeds", self.seeds, &[self.depths.len(), self.ranks.len(), self.snrs.len()]);
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("inputs", self.inputs, 1..=MOST_UNITS)
            .in_range("outputs", self.outputs, 1..=MOST_UNITS)
            .in_range("hidden", self.hidden, 1..=MOST_UNITS)
            .in_range("slope", self.slope, 0.0..=1.0)
            .positive("epsilon", self.epsilon)
            .positive("learning_rate", self.learning_rate)
            .positive("noise", self.noise)
            .non_empty("depths", &self.depths)
            .non_empty("ranks", &self.ranks)
            .increasing("ranks", &self.ranks)
            .non_empty("snrs", &self.snrs)
            .increasing("snrs", &self.snrs)
            .in_range("logged", self.logged, 50..=MOST_LOGGED)
            .require(
                "learned_below",
                0.0 < self.learned_below && self.learned_below < 1.0,
                "must be above 0 and below 1",
            )
            .positive("least_rise", self.least_rise);
        checks.each("snrs", &self.snrs, |c, path, &snr| {
            c.positive(path, snr);
        });
        let most = self.inputs.min(self.outputs);
        checks.each("ranks", &self.ranks, |c, path, &rank| {
            c.at_least(path, rank, 1).consistent(
                path,
                "outputs",
                rank <= most,
                format!("must be at most min(inputs, outputs) = {most}"),
            );
        });
        checks.each("depths", &self.depths, |c, path, depth| {
            c.in_range(&format!("{path}.layers"), depth.layers, 2..=MOST_LAYERS)
                .in_range(&format!("{path}.epochs"), depth.epochs, 1..=MOST_EPOCHS)
                .positive(&format!("{path}.shown_to"), depth.shown_to);
        });
        if !checks.all_hold() {
            return;
        }
        let strongest = self.strongest_data_mode();
        checks.require(
            "epsilon",
            self.epsilon < strongest,
            format!("must be below the largest predicted ŝ, {}", rounded_down(strongest)),
        );
        for (index, depth) in self.depths.iter().enumerate() {
            let last = depth.epochs as f64 * self.learning_rate;
            let rule = format!("must be at most epochs · learning_rate = {last}");
            checks.require(&format!("depths[{index}].shown_to"), depth.shown_to <= last * (1.0 + 1e-9), rule);
            let bound = learning_rate_bound(depth.layers, strongest, 1.0);
            let rule = format!(
                "must be below {}, 2/(L ŝ^(2−2/L)) of the strongest data mode at L = {}, the stability bound of a linear student",
                rounded_down(bound),
                depth.layers
            );
            checks.require("learning_rate", self.learning_rate < bound, rule);
        }
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn advice(&self) -> anyhow::Result<Vec<String>> {
        let mut advice = Vec::new();
        for (index, depth) in self.depths.iter().enumerate() {
            let conditions = self.ranks.iter().flat_map(|&rank| self.snrs.iter().map(move |&snr| (rank, snr)));
            let latest = LatestBest::of(conditions.map(|(rank, snr)| {
                let at = format!("rank {rank}, SNR {snr}; nonlinear students are later still");
                Ok((at, self.linear_counterpart(depth.layers, rank, snr)?))
            }))?;
            let Some(latest) = latest else { continue };
            advice.extend(latest.epochs(&format!("depths[{index}].epochs"), depth.epochs, self.learning_rate));
            advice.extend(latest.time_range(&format!("depths[{index}].shown_to"), depth.shown_to));
        }
        Ok(advice)
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let columns = self.wanted().read(results)?;
        let (ink, faint) = (Colour::INK, faint(Colour::INK));
        let mut figure = Figure::new("nonlinear-curves", &self.title)
            .description(self.description())
            .columns(columns.len())
            .aspect(0.95)
            .colour_bar(
                ColourBar::new(self.colours(), "SNR").ticks(self.snrs.iter().map(|&snr| (snr, snr.to_string()))),
            )
            .key(Key::line(format!("leaky-ReLU students, a line for each of {} seeds", self.seeds), ink, Dash::Solid))
            .key(Key::line("linear counterpart (theory, aligned)", faint, Dash::Dashed));
        for (kind, label) in [
            (ErrorKind::Train, format!("ε_{{tr}} falls below {}: mean time, 95 % *t*-interval", self.learned_below)),
            (ErrorKind::Test, "least ε_{te}: mean time and height, 95 % *t*-intervals".to_owned()),
        ] {
            let drawn = columns.iter().flat_map(|c| &c.students).find_map(|s| self.marker(&s.measured, kind));
            figure.keys.extend(drawn.map(|marker| Key::interval(label, &marker)));
        }
        for kind in [ErrorKind::Train, ErrorKind::Test] {
            for column in &columns {
                figure = figure.panel(self.panel(column, kind)?);
            }
        }
        let measured: Vec<Measured> =
            columns.iter().flat_map(|column| column.students.iter().map(|s| s.measured.clone())).collect();
        Ok(Assembled {
            figure,
            claims: self.claims(&measured),
            tables: vec![panels::table(&measured), self.means_table(&measured)],
            caption: self.caption(&measured),
        })
    }
}

/// What the claims are about, of all students of one depth, rank and SNR.
#[derive(Clone, Debug)]
struct Measured {
    /// Position of the column.
    column: usize,
    depth: Depth,
    rank: usize,
    snr: f64,
    /// Stages of the train error of the linear counterpart before its best stopping time.
    linear_stages: usize,
    /// One per seed.
    seeds: Vec<SeedNumbers>,
}

/// What the claims are about, of one student.
#[derive(Clone, Copy, Debug)]
struct SeedNumbers {
    /// Stages of the train error that are steepest before the least test error: of signal, not of noise.
    stages: usize,
    /// t/τ at which the train error falls below the config's level; infinite if it never does.
    learned: f64,
    /// ln of the least test error.
    least: f64,
    /// t_opt/τ.
    stopping: f64,
    /// ln of the test error at the start.
    first: f64,
    /// And at the end.
    last: f64,
}

impl SeedNumbers {
    /// How far the least ln ε_te lies below its start and its end; 0 if it is one of them.
    fn depth_of_minimum(&self) -> f64 {
        (self.last - self.least).min(self.first - self.least)
    }
}

/// The number of stages that are steepest before the time `end`.
fn stages_until(end: f64, errors: &[(f64, f64)]) -> usize {
    stages(errors).into_iter().filter(|steepest| *steepest < end).count()
}

/// All students of one SNR.
struct SnrStudents {
    snr: f64,
    curve: LearningCurve,
    outcomes: Vec<Trained>,
    measured: Measured,
}

/// All students of one depth and rank.
struct Column {
    depth: Depth,
    rank: usize,
    students: Vec<SnrStudents>,
}

// What is run.
impl NonlinearCurves {
    /// The columns.
    fn settings(&self) -> Vec<(Depth, usize)> {
        self.depths.iter().flat_map(|&depth| self.ranks.iter().map(move |&rank| (depth, rank))).collect()
    }

    fn wanted(&self) -> Wanted<'_, Vec<Column>> {
        let column = |(index, (depth, rank)): (usize, (Depth, usize))| {
            let students = self.snrs.iter().map(|&snr| self.students(index, (depth, rank), snr));
            wanted!(Column { students: Wanted::all(students); depth: depth, rank: rank })
        };
        Wanted::all(self.settings().into_iter().enumerate().map(column))
    }

    fn students(&self, column: usize, (depth, rank): (Depth, usize), snr: f64) -> Wanted<'_, SnrStudents> {
        let students = (0..self.seeds).map(|run| Wanted::training(self.student(depth, rank, snr, run)));
        Wanted::all(students).map(move |outcomes| {
            let curve = self.linear_counterpart(depth.layers, rank, snr)?;
            let seeds = outcomes.iter().map(|outcome| self.numbers(outcome)).collect::<anyhow::Result<_>>()?;
            let times = outcomes[0].epochs.iter().map(|&epoch| epoch as f64 * self.learning_rate);
            let linear: Vec<(f64, f64)> = times.map(|t| (t, curve.train_error_at(t))).collect();
            let end = depth.epochs as f64 * self.learning_rate;
            let linear_stages = stages_until(curve.optimal_stopping(end)?.time, &linear);
            let measured = Measured { column, depth, rank, snr, linear_stages, seeds };
            Ok(SnrStudents { snr, curve, outcomes, measured })
        })
    }

    fn student(&self, depth: Depth, rank: usize, snr: f64, run: u64) -> Experiment {
        let task = TaskSpec {
            noise: self.noise,
            noise_scale: self.noise_scale,
            ..TaskSpec::single(self.inputs, self.outputs, &strengths_of(rank, snr))
        };
        Experiment::LeakyRelu(LeakyReluSpec {
            task,
            teacher: TeacherKind::Linear,
            student: LeakyReluStudentSpec {
                hidden: self.hidden,
                layers: depth.layers,
                slope: self.slope,
                output: OutputUnits::Linear,
                start: LeakyReluStart::Orthogonal { epsilon: self.epsilon },
            },
            training: Training::new(self.learning_rate, depth.epochs, Schedule::log_spaced(self.logged))
                .with_train_thresholds(vec![self.learned_below]),
            precision: self.precision,
            draw: Draw { seed: self.seed, run },
        })
    }

    fn numbers(&self, outcome: &TrainingOutcome) -> anyhow::Result<SeedNumbers> {
        let time = |epoch: u64| epoch as f64 * self.learning_rate;
        let train: Vec<(f64, f64)> =
            outcome.epochs.iter().map(|&epoch| time(epoch)).zip(outcome.train.logged.iter().copied()).collect();
        let test = outcome.test(0)?;
        Ok(SeedNumbers {
            stages: stages_until(time(test.least.epoch), &train),
            learned: outcome.train_crossings.first().and_then(|crossing| crossing.epoch).map_or(f64::INFINITY, time),
            least: test.least.value.ln(),
            stopping: time(test.least.epoch),
            first: test.logged.first().copied().unwrap_or(f64::NAN).ln(),
            last: test.last.ln(),
        })
    }

    /// Variance of one noise entry.
    fn entry_variance(&self) -> f64 {
        let units = if self.noise_scale == NoiseScale::PerInput { self.inputs } else { self.outputs };
        self.noise * self.noise / units as f64
    }

    /// The same data learned by a linear student; the theory's σ² is N₁ times the variance of an entry.
    fn linear_counterpart(&self, layers: usize, rank: usize, snr: f64) -> anyhow::Result<LearningCurve> {
        let noise = (self.inputs as f64 * self.entry_variance()).sqrt();
        let task = Task::new(self.inputs, self.outputs, &strengths_of(rank, snr))?.with_noise(noise)?;
        Ok(LearningCurve::new(&task, &Student::new(self.hidden, layers, self.epsilon)?))
    }

    /// The largest predicted ŝ over all ranks and SNRs; 0 if the theory refuses them.
    fn strongest_data_mode(&self) -> f64 {
        let (Some(&rank), Some(&snr)) = (self.ranks.last(), self.snrs.last()) else { return 0.0 };
        let counterpart = self.linear_counterpart(2, rank, snr);
        counterpart.map_or(0.0, |curve| curve.spectrum().strength(strengths_of(rank, snr)[0]))
    }
}
