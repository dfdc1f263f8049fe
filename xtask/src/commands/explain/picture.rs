//! The picture: singular values against the noise, the error over time, growth of the modes; or benefits as a heat map.

use super::record::{Benefit, Point, Record};
use super::spectral::Answer;
use figures::{Axis, Colour, ColourBar, ColourScale, Dash, Figure, HeatMap, Line, Panel, Points, RefLine, Text};
use linalg_core::times_power_of_two;

/// Height over width of a panel that stands alone, and the width in pixels of its figure.
const SINGLE: (f64, f64) = (0.55, 620.0);

/// Panels (a) the singular values, (b) the error over time, (c) the growth of the modes.
pub(super) fn spectral(answer: &Answer) -> Figure {
    let record = &answer.record;
    let figure = Figure::new("explain", "What the theory says about these data").columns(3).panel(values(answer));
    if record.stopping.is_none() {
        return figure.columns(1).aspect(SINGLE.0).width(SINGLE.1);
    }
    figure.panel(errors(record, false)).panel(growth(answer))
}

/// The error over time, cross-validated.
pub(super) fn measured(record: &Record) -> Figure {
    Figure::new("explain", "What cross-validation says about these data")
        .columns(1)
        .aspect(SINGLE.0)
        .width(SINGLE.1)
        .panel(errors(record, true))
}

/// A power of ten that brings numbers of unusual size to an axis, and how its label says so.
fn unit(largest: f64, label: &str) -> (f64, String) {
    if largest == 0.0 || (1e-4..1e5).contains(&largest) {
        return (1.0, label.to_owned());
    }
    let exponent = largest.log10().floor();
    (10f64.powf(exponent), format!("{label} / 10^{{{exponent:.0}}}"))
}

fn values(answer: &Answer) -> Panel {
    let found = answer.record.rank.unwrap_or(0);
    let (unit, label) = unit(answer.values.first().copied().unwrap_or(0.0), "singular value ŝ");
    let at = |k: usize| ((k + 1) as f64, answer.values[k] / unit);
    // Values that are zero but for rounding are nowhere on a logarithmic axis.
    let shown = answer.values.iter().take_while(|value| **value > 1e-12 * answer.values[0]).count();
    let axis = match answer.values[0] > 30.0 * answer.values[shown - 1] {
        true => Axis::log(label),
        false => Axis::new(label),
    };
    let mut panel = Panel::new(Axis::new("number"), axis).title("modes against noise");
    let rest = Points::new("rest", (found..shown).map(at)).colour(Colour::BLUE).radius(1.4);
    panel = panel.mark(rest.legend("the rest of the data"));
    if found > 0 {
        panel = panel.mark(Points::new("modes", (0..found).map(at)).colour(Colour::RED).legend("modes found"));
    }
    if let Some(law) = &answer.law {
        let in_axis = |value: f64| times_power_of_two(value, answer.exponent) / unit;
        let left = answer.values.len().min(law.rows().min(law.columns())) - found;
        if let Some(bulk) = law.bulk() {
            let quantile =
                |k: usize| ((found + k + 1) as f64, in_axis(bulk.upper_quantile((k as f64 + 0.5) / left as f64)));
            let noise = Line::new("law of the noise", (0..left).map(quantile));
            panel = panel.mark(noise.colour(Colour::INK).legend("what noise alone shows"));
        }
        panel = panel
            .mark(RefLine::horizontal(in_axis(law.edge())).series("edge of the noise").legend("edge of the noise"));
    }
    panel
}

fn errors(record: &Record, measured: bool) -> Panel {
    let curve = &record.curve;
    let (unit, label) = unit(curve.last().map_or(0.0, |point| point.t), "*t*/τ");
    let series = |value: fn(&Point) -> Option<f64>| {
        curve.iter().filter_map(move |point| value(point).map(|value| (point.t / unit, value))).collect::<Vec<_>>()
    };
    // A curve that explodes would hide its own valley.
    let (highest, axis) = (2.0, if measured { Axis::log(label) } else { Axis::new(label) });
    let top = series(|point| point.risk).iter().map(|point| point.1).fold(1.0, f64::max).min(highest);
    let name = if measured { "error on examples left out" } else { "test error, from the data" };
    let risk = Line::new(name, series(|point| point.risk)).colour(Colour::RED).legend(name);
    let mut panel = Panel::new(axis, Axis::new("relative error").cut(0.0, 1.05 * top)).title("when to stop");
    let band: Vec<(f64, f64)> = curve.iter().filter_map(|point| Some((point.low?, point.high?))).collect();
    if measured {
        panel = panel.mark(risk.intervals(band));
    } else {
        let closed = Line::new("closed form", series(|point| point.predicted)).colour(Colour::BLUE).dash(Dash::Dashed);
        let closed = if band.len() == curve.len() { closed.intervals(band) } else { closed };
        panel = panel.mark(closed.legend("closed form, 95 % of draws")).mark(risk);
    }
    let train = Line::new("train error", series(|point| point.train_error)).colour(Colour::GREY);
    if !train.points.is_empty() {
        panel = panel.mark(train.legend("train error"));
    }
    if let Some(stopping) = record.stopping {
        let stop = RefLine::vertical(stopping.time / unit).series("stop here").colour(Colour::RED).legend("stop here");
        panel = panel.mark(stop);
    }
    let other = record.shrinkage.map(|error| (error.test_error, "best shrinkage"));
    if let Some((level, name)) = other.or(record.measured.map(|measured| (measured.ridge, "best ridge"))) {
        panel =
            panel.mark(RefLine::horizontal(level).series(name).colour(Colour::GREEN).dash(Dash::DashDot).legend(name));
    }
    panel
}

fn growth(answer: &Answer) -> Panel {
    let curve = &answer.record.curve;
    let (time, label) = unit(curve.last().map_or(0.0, |point| point.t), "*t*/τ");
    let (strength, of) = unit(answer.values.first().copied().unwrap_or(0.0), "strength learned");
    let scale = ColourScale::sequential(0.0, answer.growth.len().max(2) as f64 - 1.0);
    let mut panel = Panel::new(Axis::new(label), Axis::new(of)).title("each mode's growth");
    for (mode, strengths) in answer.growth.iter().enumerate() {
        let points = curve.iter().zip(strengths).map(|(point, s)| (point.t / time, s / strength));
        panel = panel.mark(Line::new(format!("mode {}", mode + 1), points).colour(scale.colour(mode as f64)));
    }
    if let Some(stopping) = answer.record.stopping {
        panel = panel.mark(RefLine::vertical(stopping.time / time).series("stop here").colour(Colour::RED));
    }
    panel
}

/// The benefit of every task (columns) for every other (rows), with its sign and interval.
pub(super) fn benefits(names: &[String], benefit: &[Benefit]) -> Figure {
    let count = names.len();
    let short = |name: &String| {
        let stem =
            std::path::Path::new(name).file_stem().map_or(name.clone(), |stem| stem.to_string_lossy().into_owned());
        stem.replace(['_', '^', '*', '\\'], " ").chars().take(14).collect::<String>()
    };
    // Tasks that were not asked for have no row.
    let asked: Vec<&String> = names.iter().filter(|name| benefit.iter().any(|pair| &pair.of == *name)).collect();
    let asked = if asked.is_empty() { names.iter().collect() } else { asked };
    let place = |name: &String| names.iter().position(|other| other == name);
    let mut values = vec![vec![0.0; count]; asked.len()];
    let mut texts = Vec::new();
    for pair in benefit {
        let of = asked.iter().position(|name| **name == pair.of);
        let (Some(of), Some(with), Some(value)) = (of, place(&pair.with), pair.estimate) else { continue };
        values[of][with] = value;
        let sign = match pair.effect {
            "neither" => "≈ 0".to_owned(),
            _ => format!("{value:+.2}").replace('-', "−"),
        };
        texts.push(Text::at(with as f64 + 0.5, of as f64 + 0.5, sign));
    }
    let limit = values.iter().flatten().map(|value| value.abs()).fold(0.05, f64::max);
    let scale = ColourScale::diverging(limit);
    let edges = |count: usize| (0..=count).map(|edge| edge as f64);
    let tick = |(index, name): (usize, &String)| (index as f64 + 0.5, short(name));
    let panel = Panel::new(
        Axis::new("learned together with").labelled_ticks(names.iter().enumerate().map(tick)),
        Axis::new("task").labelled_ticks(asked.iter().copied().enumerate().map(tick)),
    )
    .title("how much its least test error falls")
    .mark(HeatMap::new("benefit", edges(count), edges(asked.len()), values, scale.clone()))
    .marks(texts)
    .colour_bar(ColourBar::new(scale, "benefit T"));
    Figure::new("explain", "Which task helps which").columns(1).panel(panel)
}
