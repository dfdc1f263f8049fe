//! The four panels.

use super::{CURVES, ENGINES, Engine, Scaling, curve_name, epoch_name, find, fraction_of_peak, runs_per_second};
use crate::bench::{Benchmarks, Measurement};
use figures::{Anchor, Axis, Colour, Dash, Line, Panel, Points, RefLine, Shape, Text};

const MICROSECONDS: f64 = 1e6;
const MILLISECONDS: f64 = 1e3;

/// An axis with a tick at each of the values and nowhere else.
fn doublings(label: &str, values: &[u32]) -> Axis {
    let ends = (f64::from(values[0]) * 0.85, f64::from(values[values.len() - 1]) * 1.18);
    let ticks = values.iter().map(|value| (f64::from(*value), value.to_string()));
    Axis::log(label).range(ends.0, ends.1).labelled_ticks(ticks)
}

/// A number as a point, with the end of its interval that the noise of its measurement allows.
#[derive(Clone, Copy)]
struct Reading {
    x: f64,
    y: f64,
    disturbed: f64,
}

impl Reading {
    /// Of a time: disturbed looks are longer.
    fn time(x: f64, y: f64, m: &Measurement) -> Self {
        Self { x, y, disturbed: y * (1.0 + m.noise) }
    }

    /// Of a speed: disturbed looks are slower.
    fn speed(x: f64, y: f64, m: &Measurement) -> Self {
        Self { x, y, disturbed: y / (1.0 + m.noise) }
    }

    fn interval(&self) -> (f64, f64) {
        (self.y.min(self.disturbed), self.y.max(self.disturbed))
    }
}

/// How a series looks and what it is called, in the drawing and, if it differs, in the legend.
struct Look<'a> {
    name: &'a str,
    colour: Colour,
    shape: Shape,
    legend: bool,
}

impl Look<'static> {
    fn of(engine: Engine, legend: bool) -> Self {
        Self { name: engine.label, colour: engine.colour, shape: engine.shape, legend }
    }
}

/// Points with their noise, joined by a line.
fn measured(panel: Panel, look: &Look<'_>, readings: &[Reading]) -> Panel {
    let at = readings.iter().map(|r| (r.x, r.y));
    let mut line = Line::new(look.name, at.clone()).colour(look.colour).width(1.4);
    let mut points = Points::new(look.name, at)
        .intervals(readings.iter().map(Reading::interval))
        .colour(look.colour)
        .shape(look.shape)
        .radius(3.4);
    if look.legend {
        (line, points) = (line.legend(look.name), points.legend(look.name));
    }
    panel.mark(line).mark(points)
}

impl Scaling {
    /// What each size's epoch took.
    fn epochs<'r>(&self, record: &'r Benchmarks, engine: Engine) -> anyhow::Result<Vec<(f64, &'r Measurement)>> {
        let one = |size: &u32| Ok((f64::from(*size), find(record, &epoch_name(engine.name, *size))?));
        self.sizes.iter().map(one).collect()
    }

    pub(super) fn epoch_panel(&self, record: &Benchmarks) -> anyhow::Result<Panel> {
        let mut panel =
            Panel::new(doublings("*N*", &self.sizes), Axis::log("time of an epoch (µs)")).title("cost of an epoch");
        for engine in ENGINES {
            let epochs = self.epochs(record, engine)?;
            let readings: Vec<_> = epochs.iter().map(|(n, m)| Reading::time(*n, m.seconds * MICROSECONDS, m)).collect();
            let peak = if engine.single_precision { record.yardsticks.peak_f32 } else { record.yardsticks.peak_f64 };
            let floor = epochs.iter().map(|(n, m)| (*n, m.work / peak * MICROSECONDS));
            let name = format!("{}, operations at peak", engine.label);
            panel = panel.mark(Line::new(name, floor).colour(engine.colour).dash(Dash::Dashed).width(1.0));
            panel = measured(panel, &Look::of(engine, true), &readings);
        }
        Ok(panel)
    }

    pub(super) fn peak_panel(&self, record: &Benchmarks) -> anyhow::Result<Panel> {
        let mut series = Vec::new();
        for engine in ENGINES.into_iter().filter(|engine| engine.matrices) {
            let fraction = |(n, m): &(f64, &Measurement)| Reading::speed(*n, fraction_of_peak(record, engine, m), m);
            let readings: Vec<_> = self.epochs(record, engine)?.iter().map(fraction).collect();
            series.push((engine, readings));
        }
        // Above 1 something is wrong with the record: it is drawn, and the verdict says so.
        let top = series.iter().flat_map(|(_, readings)| readings).map(|r| r.y).fold(1.0, f64::max);
        let fraction = Axis::new("fraction of the peak").range(0.0, top);
        let mut panel = Panel::new(doublings("*N*", &self.sizes), fraction).title("fraction of the register peak");
        panel = panel.mark(RefLine::horizontal(self.least_fraction_of_peak));
        for (engine, readings) in series {
            panel = measured(panel, &Look::of(engine, false), &readings);
        }
        Ok(panel)
    }

    pub(super) fn threads_panel(record: &Benchmarks) -> anyhow::Result<Panel> {
        let runs = runs_per_second(record);
        let readings: Vec<_> =
            runs.iter().map(|(threads, m)| Reading::speed(*threads as f64, m.work / m.seconds, m)).collect();
        let (single, most) = (readings.first().map_or(0.0, |r| r.y), readings.last().map_or(1.0, |r| r.x));
        let top = 1.1 * readings.iter().map(|r| r.y.max(single * r.x)).fold(0.0, f64::max);
        let ticks = runs.iter().map(|(threads, _)| (*threads as f64, threads.to_string()));
        let threads = Axis::new("threads").range(0.0, 1.25 * most).labelled_ticks(ticks);
        let panel = Panel::new(threads, Axis::new("runs per second").range(0.0, top))
            .title("runs of 1,000 epochs (linear, L = 2, *N* = 100), one a thread");
        let ideal = Line::new("in proportion", [(0.0, 0.0), (most, single * most)]);
        let look = Look { name: "linear, L = 2", colour: Colour::TEAL, shape: Shape::Square, legend: false };
        Ok(measured(panel.mark(ideal.colour(Colour::GREY).dash(Dash::Dashed).width(1.0)), &look, &readings))
    }

    pub(super) fn curve_panel(&self, record: &Benchmarks) -> anyhow::Result<Panel> {
        let mut panel = Panel::new(doublings("points of the curve", &self.points), Axis::log("time of a curve (ms)"))
            .title("cost of a theory curve");
        for (layers, colour, shape) in CURVES {
            let reading = |points: &u32| {
                let m = find(record, &curve_name(layers, *points))?;
                Ok(Reading::time(f64::from(*points), m.seconds * MILLISECONDS, m))
            };
            let readings = self.points.iter().map(reading).collect::<anyhow::Result<Vec<_>>>()?;
            let (first, last) = (readings[0], readings[readings.len() - 1]);
            let name = format!("closed form, L = {layers}");
            let line = Line::new(format!("{name}, in proportion"), [first.x, last.x].map(|x| (x, last.y / last.x * x)));
            let label = Text::at(first.x, first.y, format!("L = {layers}\n")).anchor(Anchor::BottomLeft).colour(colour);
            panel = panel.mark(line.colour(colour).dash(Dash::Dashed).width(1.0)).mark(label);
            panel = measured(panel, &Look { name: &name, colour, shape, legend: false }, &readings);
        }
        Ok(panel)
    }
}
