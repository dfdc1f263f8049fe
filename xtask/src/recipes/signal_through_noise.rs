//! How a teacher shows in the singular values and vectors of noisy data (fig02).

mod claims;
mod measured;
mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::Wanted;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{
    self, MOST_POINTS, MOST_SEEDS, MOST_UNITS, ascending_positive, descending_positive, interval, title,
};
use crate::study::setup::INDEPENDENT_RUNS;
use crate::wanted;
use figures::{Colour, Dash, Figure, Key, Shape};
use measured::{HistogramData, Sample, Transition, TransitionPoint};
use serde::{Deserialize, Serialize};
use sim::{Draw, Experiment, SpectrumExtent, SpectrumSpec, TaskSpec};
use theory::SpikedMatrix;

/// Parts of the size at which lines are judged, a quarter, half and the whole.
const DIVISORS: [usize; 3] = [4, 2, 1];

/// Singular values of one data matrix, and the transition of strength and overlap with the teacher's strength.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalThroughNoise {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// N₁.
    pub inputs: usize,
    /// σ_z.
    pub noise: f64,
    /// The data matrix whose singular values are counted.
    pub histogram: HistogramSettings,
    /// Rank-1 teachers of many strengths.
    pub transition: TransitionSettings,
    /// Independent data matrices of each kind, which tell the sampling error and the finite-size term.
    pub ensemble_draws: u64,
}

/// The data matrix whose singular values are counted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistogramSettings {
    /// N₃.
    pub outputs: usize,
    /// s̄ of the teacher.
    pub strengths: Vec<f64>,
    /// Width of a bin.
    pub bin: f64,
    /// Counts of the teacher's values are drawn this many times too high, to be seen beside the noise.
    pub signal_magnification: f64,
}

/// Rank-1 teachers of many strengths.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitionSettings {
    /// A = N₃/N₁ of each line.
    pub aspect_ratios: Vec<f64>,
    /// s̄ of the lines.
    pub strength_range: (f64, f64),
    /// s̄ of the points.
    pub strengths: Vec<f64>,
    /// Data matrices per point.
    pub seeds: u64,
    /// Points of each line.
    pub points: usize,
}

impl Recipe for SignalThroughNoise {
    const KIND: &'static str = "SignalThroughNoise";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        let (histogram, transition) = (&self.histogram, &self.transition);
        rules::runs(
            checks,
            "transition.seeds",
            transition.seeds,
            &[transition.aspect_ratios.len(), transition.strengths.len()],
        );
        checks
            .in_range("inputs", self.inputs, 2..=MOST_UNITS)
            .positive("noise", self.noise)
            .in_range("ensemble_draws", self.ensemble_draws, 2..=MOST_SEEDS)
            .in_range("histogram.outputs", histogram.outputs, 2..=MOST_UNITS)
            .positive("histogram.bin", histogram.bin)
            .at_least("histogram.signal_magnification", histogram.signal_magnification, 1.0)
            .in_range("transition.seeds", transition.seeds, 2..=MOST_SEEDS)
            .in_range("transition.points", transition.points, 2..=MOST_POINTS);
        descending_positive(checks, "histogram.strengths", &histogram.strengths);
        ascending_positive(checks, "transition.aspect_ratios", &transition.aspect_ratios);
        ascending_positive(checks, "transition.strengths", &transition.strengths);
        interval(checks, "transition.strength_range", transition.strength_range);
        if checks.all_hold() {
            self.check_together(checks);
        }
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let (histogram, transitions) = self.wanted().read(results)?;
        let figure = Figure::new("signal-through-noise", &self.title)
            .description("Histogram of the singular values of one data matrix; data strength and overlap of a rank-1 teacher against its strength, for four aspect ratios.")
            .columns(3)
            .column_weights([1.25, 1.0, 1.0])
            .aspect(0.85)
            .key(Key::line("theory, N → ∞", Colour::INK, Dash::Solid))
            .key(Key::patch("95 % of single draws", Colour::LIGHT_GREY))
            .key(Key::point(format!("mean of {} draws", self.transition.seeds), Colour::INK, Shape::Circle))
            .panel(self.histogram_panel(&histogram))
            .panel(self.strength_panel(&transitions))
            .panel(self.overlap_panel(&transitions));
        let claims = self.claims(&histogram, &transitions)?;
        let tables = vec![self.draws_table(&transitions)];
        Ok(Assembled { figure, claims, tables, caption: self.caption() })
    }
}

// What is run.
impl SignalThroughNoise {
    fn wanted(&self) -> Wanted<'_, (HistogramData, Vec<Transition>)> {
        let transitions = self.transition.aspect_ratios.iter().map(|&aspect_ratio| self.transition(aspect_ratio));
        self.histogram().with(Wanted::all(transitions))
    }

    /// The matrix that is shown and independent ones.
    fn histogram(&self) -> Wanted<'_, HistogramData> {
        let values = |run| Wanted::spectrum(self.histogram_draw(run)).map(|draw| Ok(draw.data_strengths.clone()));
        wanted!(HistogramData {
            values: values(0),
            independent: Wanted::all(self.independent_draws().map(values));
            matrix: self.matrix(self.histogram.outputs)?
        })
    }

    fn transition(&self, aspect_ratio: f64) -> Wanted<'_, Transition> {
        let point = |&strength: &f64| {
            let draw = move |run| self.transition_draw(aspect_ratio, strength, run);
            let of_size = |divisor| Sample::wanted(self.line_draws(aspect_ratio, strength, divisor));
            wanted!(TransitionPoint {
                seen: Sample::wanted((0..self.transition.seeds).map(draw)),
                independent: Sample::wanted(self.independent_draws().map(draw)),
                by_size: Wanted::all(DIVISORS.map(of_size));
                strength: strength
            })
        };
        let marked = |divisor| Sample::wanted(self.line_draws(aspect_ratio, self.strong(), divisor));
        wanted!(Transition {
            points: Wanted::all(self.transition.strengths.iter().map(point)),
            marked: Wanted::all(DIVISORS.map(marked));
            aspect_ratio: aspect_ratio,
            strong: self.strong(),
            matrix: self.matrix(self.outputs(aspect_ratio))?,
            sizes: DIVISORS.iter().map(|&d| self.part(aspect_ratio, d)).collect::<Result<_, _>>()?
        })
    }

    /// A teacher so strong that ŝ shows the noise along its own mode and nothing else.
    fn strong(&self) -> f64 {
        1000.0 * self.noise
    }

    /// The rules that need the simple ones to hold.
    fn check_together(&self, checks: &mut Checks<'_>) {
        let histogram = &self.histogram;
        let most = self.inputs.min(histogram.outputs);
        let fits = histogram.strengths.len() < most;
        checks.consistent(
            "histogram.strengths",
            "histogram.outputs",
            fits,
            format!("must hold fewer than min(inputs, outputs) = {most} values"),
        );
        let matrix = self.matrix(histogram.outputs).ok();
        let threshold = matrix.map_or(f64::INFINITY, |m| m.threshold());
        checks.each("histogram.strengths", &histogram.strengths, |c, path, s| {
            c.require(path, *s > threshold, format!("must be above the threshold of detection, {threshold:.4}"));
        });
        let bins = matrix.map_or(0.0, |m| m.strength(histogram.strengths[0]) / histogram.bin);
        checks.require("histogram.bin", bins <= 10_000.0, "must be wide enough to need at most 10000 bins");
        checks.each("transition.aspect_ratios", &self.transition.aspect_ratios, |c, path, a| {
            let outputs = a * self.inputs as f64;
            let whole = outputs >= 2.0 && (outputs - outputs.round()).abs() < 1e-9 * outputs;
            c.consistent(path, "inputs", whole, "times inputs must be a whole number of at least 2 outputs");
        });
        let (low, high) = self.transition.strength_range;
        checks.each("transition.strengths", &self.transition.strengths, |c, path, s| {
            c.consistent(
                path,
                "transition.strength_range",
                (low..=high).contains(s),
                format!("must lie between {low} and {high}"),
            );
        });
    }

    /// N₃ of the data matrices with this aspect ratio.
    fn outputs(&self, aspect_ratio: f64) -> usize {
        (aspect_ratio * self.inputs as f64).round() as usize
    }

    fn matrix(&self, outputs: usize) -> Result<SpikedMatrix, theory::TheoryError> {
        SpikedMatrix::new(outputs, self.inputs, self.noise * self.noise / self.inputs as f64)
    }

    /// Run indices of the draws that judge.
    fn independent_draws(&self) -> impl Iterator<Item = u64> {
        INDEPENDENT_RUNS..INDEPENDENT_RUNS + self.ensemble_draws
    }

    fn spectrum(&self, outputs: usize, strengths: &[f64], extent: SpectrumExtent, run: u64) -> Experiment {
        let task = TaskSpec { noise: self.noise, ..TaskSpec::single(self.inputs, outputs, strengths) };
        Experiment::Spectrum(SpectrumSpec { task, extent, draw: Draw { seed: self.seed, run } })
    }

    fn histogram_draw(&self, run: u64) -> Experiment {
        self.spectrum(self.histogram.outputs, &self.histogram.strengths, SpectrumExtent::All, run)
    }

    /// The law of the data matrices of 1/`divisor` of the size.
    fn part(&self, aspect_ratio: f64, divisor: usize) -> Result<SpikedMatrix, theory::TheoryError> {
        let (rows, columns) = ((self.outputs(aspect_ratio) / divisor).max(1), (self.inputs / divisor).max(1));
        SpikedMatrix::new(rows, columns, self.noise * self.noise / columns as f64)
    }

    /// Independent draws of 1/`divisor` of the size, more of the smaller, which scatter more.
    fn line_draws(&self, aspect_ratio: f64, strength: f64, divisor: usize) -> Vec<Experiment> {
        let (outputs, inputs) = ((self.outputs(aspect_ratio) / divisor).max(1), (self.inputs / divisor).max(1));
        let task = TaskSpec { noise: self.noise, ..TaskSpec::single(inputs, outputs, &[strength]) };
        let count = self.ensemble_draws * divisor as u64;
        let draw = |run| Draw { seed: self.seed, run };
        let spec = |run| SpectrumSpec { task: task.clone(), extent: SpectrumExtent::Leading(1), draw: draw(run) };
        (INDEPENDENT_RUNS..INDEPENDENT_RUNS + count).map(|run| Experiment::Spectrum(spec(run))).collect()
    }

    fn transition_draw(&self, aspect_ratio: f64, strength: f64, run: u64) -> Experiment {
        self.spectrum(self.outputs(aspect_ratio), &[strength], SpectrumExtent::Leading(1), run)
    }
}
