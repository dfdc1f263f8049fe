//! What an epoch and a curve cost, from a committed record of measurements (figx2).

mod claims;
mod panels;
#[cfg(test)]
mod tests;

use crate::bench::{Benchmarks, Measurement};
use crate::config::Checks;
use crate::runs::provenance;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::title;
use anyhow::Context as _;
use figures::{Colour, Dash, Figure, Key, Shape};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Cost of an epoch, fraction of the peak, parallel runs and cost of a theory curve.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// Heading of the figure.
    pub title: String,
    /// The record, relative to the workspace.
    pub record: PathBuf,
    /// N of the engines.
    pub sizes: Vec<u32>,
    /// Points of the curves.
    pub points: Vec<u32>,
    /// N at which claims about one size are made.
    pub paper_size: u32,
    /// Largest ratio of the times of one operation at two sizes.
    pub cost_within: f64,
    /// Of the register peak, for the linear engine.
    pub least_fraction_of_peak: f64,
    /// Epochs of an aligned student in the time of one with full matrices.
    pub least_aligned_gain: f64,
    /// Of two threads over one.
    pub least_speedup: f64,
    /// Largest ratio of the times of one point of two curves.
    pub curve_within: f64,
    /// A claim is not judged if it rests on a measurement of more noise.
    pub most_noise: f64,
}

/// An engine of students as it is measured and drawn.
#[derive(Clone, Copy, Debug)]
struct Engine {
    /// Its name among the benchmarks.
    name: &'static str,
    label: &'static str,
    colour: Colour,
    shape: Shape,
    /// Whether its peak is that of f32.
    single_precision: bool,
    /// Whether it multiplies matrices: the others are no matter of the peak.
    matrices: bool,
}

const fn engine(name: &'static str, label: &'static str, colour: Colour, shape: Shape) -> Engine {
    Engine { name, label, colour, shape, single_precision: false, matrices: true }
}

const ENGINES: [Engine; 6] = [
    engine("linear_L4", "linear, L = 4", Colour::BLUE, Shape::Circle),
    engine("linear_L2", "linear, L = 2", Colour::TEAL, Shape::Square),
    engine("leaky_f64", "leaky ReLU, f64", Colour::RED, Shape::Triangle),
    Engine { single_precision: true, ..engine("leaky_f32", "leaky ReLU, f32", Colour::ORANGE, Shape::Diamond) },
    Engine { matrices: false, ..engine("aligned_L4", "aligned, L = 4", Colour::PURPLE, Shape::OpenCircle) },
    Engine { matrices: false, ..engine("aligned_L2", "aligned, L = 2", Colour::GREEN, Shape::Cross) },
];

/// L of the curves, and how they are drawn.
const CURVES: [(u32, Colour, Shape); 2] = [(4, Colour::BLUE, Shape::Circle), (2, Colour::TEAL, Shape::Square)];

impl Recipe for Scaling {
    const KIND: &'static str = "Scaling";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        checks
            .require("sizes", self.sizes.len() >= 2, "must have at least two items")
            .increasing("sizes", &self.sizes)
            .require("points", self.points.len() >= 2, "must have at least two items")
            .increasing("points", &self.points)
            .require("paper_size", self.sizes.contains(&self.paper_size), "must be one of sizes")
            .at_least("cost_within", self.cost_within, 1.0)
            .positive("least_fraction_of_peak", self.least_fraction_of_peak)
            .at_most("least_fraction_of_peak", self.least_fraction_of_peak, 1.0)
            .positive("least_aligned_gain", self.least_aligned_gain)
            .in_range("least_speedup", self.least_speedup, 1.0..=2.0)
            .at_least("curve_within", self.curve_within, 1.0)
            .positive("most_noise", self.most_noise);
        if !checks.all_hold() {
            return;
        }
        match self.read() {
            Ok(record) => {
                let missing = self.wanted().into_iter().find(|name| record.find(name).is_none());
                let rule = format!("must hold the benchmark {}", missing.as_deref().unwrap_or_default());
                checks.require("record", missing.is_none(), rule);
            }
            Err(error) => {
                checks.require("record", false, format!("must be a record of cargo xtask bench --save: {error:#}"));
            }
        }
    }

    fn runs(&self) -> Vec<Run> {
        Vec::new()
    }

    fn inputs(&self) -> Vec<PathBuf> {
        vec![self.record.clone()]
    }

    fn assemble(&self, _results: &Results) -> anyhow::Result<Assembled> {
        let record = self.read()?;
        let figure = Figure::new("scaling", &self.title)
            .description("Time of an epoch against size, fraction of the peak, runs a second against threads, and time of a theory curve against its points.")
            .columns(2)
            .aspect(0.62)
            .shared_legend()
            .key(Key::line("operations at peak; in proportion", Colour::GREY, Dash::Dashed))
            .panel(self.epoch_panel(&record)?)
            .panel(self.peak_panel(&record)?)
            .panel(Self::threads_panel(&record)?)
            .panel(self.curve_panel(&record)?);
        let claims = self.claims(&record)?;
        Ok(Assembled { figure, claims, tables: Vec::new(), caption: caption(&record) })
    }
}

impl Scaling {
    fn read(&self) -> anyhow::Result<Benchmarks> {
        Ok(Benchmarks::read(&provenance::workspace_root()?.join(&self.record))?)
    }

    /// Names of the benchmarks that are drawn.
    fn wanted(&self) -> Vec<String> {
        let epochs = ENGINES.iter().flat_map(|e| self.sizes.iter().map(|size| epoch_name(e.name, *size)));
        let curves = CURVES.iter().flat_map(|(l, ..)| self.points.iter().map(|points| curve_name(*l, *points)));
        epochs.chain(curves).chain([threads_name(1)]).collect()
    }
}

fn epoch_name(engine: &str, size: u32) -> String {
    format!("epoch/{engine}/{size}")
}

fn curve_name(layers: u32, points: u32) -> String {
    format!("curve/L{layers}/{points}")
}

fn threads_name(threads: usize) -> String {
    format!("runs_in_parallel/threads/{threads}")
}

fn find<'r>(record: &'r Benchmarks, name: &str) -> anyhow::Result<&'r Measurement> {
    record.find(name).with_context(|| format!("the record holds no benchmark {name}"))
}

/// The part of the register peak that the operations of a measurement reach.
fn fraction_of_peak(record: &Benchmarks, engine: Engine, measured: &Measurement) -> f64 {
    let y = record.yardsticks;
    let peak = if engine.single_precision { y.peak_f32 / y.peak_f64 } else { 1.0 };
    measured.work / (measured.at_peak * peak)
}

/// Runs a second on 1, 2, 4, … threads, as far as they were measured.
fn runs_per_second(record: &Benchmarks) -> Vec<(usize, &Measurement)> {
    let all = 1..=record.machine.threads;
    all.filter_map(|threads| record.find(&threads_name(threads)).map(|measured| (threads, measured))).collect()
}

fn caption(record: &Benchmarks) -> String {
    format!(
        "Measured on {}, revision {}; nothing is timed when this is drawn. (a) Time of one epoch, all errors included, of a \
         student with N inputs and examples and N/2 hidden units and outputs; dashed: its operations at the speed of multiply-adds \
         between registers, which no program can pass. A training aligned student costs one number for each mode and not a matrix \
         product. (b) The same as a fraction of that peak. (c) Whole runs a second, one run on each thread; dashed: in \
         proportion. (d) Time of a theory curve with both errors; dashed: in proportion to its points. Bars: how well the \
         least time was reproduced.",
        record.machine.description(),
        record.revision.get(..12).unwrap_or(&record.revision)
    )
}
