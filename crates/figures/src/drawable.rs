//! What of a figure's data has a place in its drawing: values that have none leave gaps, and are counted.

use crate::{
    Axis, Band, Bound, Coordinates, Direction, Figure, HeatMap, Histogram, Line, Mark, Panel, Place, Points, Scale,
};
use serde::Serialize;

/// Why a value is not drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Missing {
    /// It is missing (NaN) or infinite.
    NotFinite,
    /// It is zero or negative on a logarithmic axis or colour scale.
    NotPositive,
    /// It lies beyond the range of its axis, which is not [cut](Axis::cut).
    Beyond,
}

/// How many values of a series are not drawn, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Undrawn {
    /// Panel letter.
    pub panel: String,
    /// Series name.
    pub series: String,
    /// Why.
    pub reason: Missing,
    /// How many values: points, and missing or unbounded ends of intervals.
    pub count: usize,
}

/// Counts the values that have no place in a figure's drawing. Lines, bands and points have gaps there, cells stay
/// blank; the CSV keeps all of them.
///
/// ```
/// use figures::{Axis, Figure, Line, Missing, Panel, undrawn};
/// let line = Line::new("s", [(1.0, 1.0), (2.0, f64::INFINITY), (3.0, 0.0)]);
/// let figure = Figure::new("f", "F").panel(Panel::new(Axis::new("x"), Axis::log("y")).mark(line));
/// let found: Vec<_> = undrawn(&figure).into_iter().map(|u| (u.panel, u.reason, u.count)).collect();
/// assert_eq!(found, [("a".to_owned(), Missing::NotFinite, 1), ("a".to_owned(), Missing::NotPositive, 1)]);
/// ```
pub fn undrawn(figure: &Figure) -> Vec<Undrawn> {
    figure.lettered_panels().flat_map(|(letter, panel)| Sieve::panel(&letter, panel).1).collect()
}

/// A sentence on the values that have no place in a figure's drawing, for its caption; `None` if all have one.
///
/// ```
/// use figures::{Axis, Figure, Line, Panel, undrawn_note};
/// let line = Line::new("s", [(1.0, 1.0), (2.0, f64::NAN), (3.0, 0.0)]);
/// let figure = Figure::new("f", "F").panel(Panel::new(Axis::new("x"), Axis::new("y")).mark(line));
/// assert_eq!(undrawn_note(&figure).as_deref(), Some("Not drawn: 1 value that is missing or infinite (a)."));
/// ```
pub fn undrawn_note(figure: &Figure) -> Option<String> {
    let all = undrawn(figure);
    let of = |reason: Missing, one: &str, many: &str| {
        let mut panels: Vec<&str> = all.iter().filter(|u| u.reason == reason).map(|u| u.panel.as_str()).collect();
        panels.dedup();
        let count: usize = all.iter().filter(|u| u.reason == reason).map(|u| u.count).sum();
        let words = if count == 1 { format!("1 value {one}") } else { format!("{count} values {many}") };
        (count > 0).then(|| format!("{words} ({})", panels.join(", ")))
    };
    let parts: Vec<String> = [
        of(Missing::NotFinite, "that is missing or infinite", "that are missing or infinite"),
        of(
            Missing::NotPositive,
            "that is not positive on a logarithmic scale",
            "that are not positive on logarithmic scales",
        ),
        of(Missing::Beyond, "beyond its axis", "beyond their axes"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| format!("Not drawn: {}.", parts.join("; ")))
}

/// The figure without the values that have no place in it.
pub(crate) fn figure(figure: &Figure) -> Figure {
    let mut letters = figure.letters().into_iter();
    let mut clean = |panel: &Panel| Sieve::panel(&letters.next().unwrap_or_default(), panel).0;
    let cells = figure.cells.iter().map(|cell| cell.as_ref().map(&mut clean)).collect();
    Figure { cells, ..figure.clone() }
}

/// The largest size of a number that is drawn, and the inverse of the smallest on a logarithmic axis: beyond it,
/// differences overflow.
const LARGEST: f64 = 1e300;
/// How far beyond a fixed range counts as rounding, relative to its length.
const ROUNDING: f64 = 1e-9;

/// Whether a number has a place on an axis whose range is wide enough.
fn judge(axis: Option<&Axis>, value: f64) -> Result<(), Missing> {
    let is_log = axis.is_some_and(|axis| axis.scale == Scale::Log);
    if !value.is_finite() || value.abs() > LARGEST {
        Err(Missing::NotFinite)
    } else if is_log && value < 1.0 / LARGEST {
        Err(Missing::NotPositive)
    } else {
        Ok(())
    }
}

/// Whether a number lies within a fixed range, ends included despite rounding.
pub(crate) fn shows(axis: &Axis, value: f64) -> bool {
    axis.range.is_none_or(|(low, high)| {
        let slack = ROUNDING * (high - low);
        value >= low - slack && value <= high + slack
    })
}

/// Sorts out the data of one mark.
struct Sieve<'a> {
    x: Option<&'a Axis>,
    y: Option<&'a Axis>,
    found: [usize; 3],
}

impl<'a> Sieve<'a> {
    fn panel(letter: &str, panel: &'a Panel) -> (Panel, Vec<Undrawn>) {
        let (x, y) = match &panel.coordinates {
            Coordinates::Axes { x, y } => (Some(x), Some(y)),
            Coordinates::Free { .. } => (None, None),
        };
        let (mut marks, mut undrawn) = (Vec::new(), Vec::new());
        for mark in &panel.marks {
            let mut sieve = Sieve { x, y, found: [0; 3] };
            marks.extend(sieve.mark(mark));
            let series = if mark.series().is_empty() { mark.kind() } else { mark.series() };
            for (reason, count) in
                [Missing::NotFinite, Missing::NotPositive, Missing::Beyond].into_iter().zip(sieve.found)
            {
                if count > 0 {
                    undrawn.push(Undrawn { panel: letter.to_owned(), series: series.to_owned(), reason, count });
                }
            }
        }
        (Panel { marks, ..panel.clone() }, undrawn)
    }

    /// The mark without data that have no place; `None` if nothing is left of an annotation.
    fn mark(&mut self, mark: &Mark) -> Option<Mark> {
        Some(match mark {
            Mark::Line(line) => self.line(line).into(),
            Mark::Band(band) => self.band(band).into(),
            Mark::Points(points) => self.points(points).into(),
            Mark::Histogram(histogram) => self.histogram(histogram).into(),
            Mark::HeatMap(map) => {
                self.heat_map(map);
                mark.clone()
            }
            Mark::RefLine(line) => match line.direction {
                Direction::Horizontal(y) if !self.has_place(self.y, y) => return None,
                Direction::Vertical(x) if !self.has_place(self.x, x) => return None,
                _ => mark.clone(),
            },
            Mark::Text(text) => match text.place {
                Place::Data(x, y) if !self.has_places(x, y) => return None,
                Place::Panel(x, y) if !(x.is_finite() && y.is_finite()) => return None,
                _ => mark.clone(),
            },
            Mark::Arrow(arrow)
                if !self.has_places(arrow.from.0, arrow.from.1) || !self.has_places(arrow.to.0, arrow.to.1) =>
            {
                return None;
            }
            _ => mark.clone(),
        })
    }

    fn count(&mut self, reason: Missing) {
        self.found[reason as usize] += 1;
    }

    fn has_place(&mut self, axis: Option<&Axis>, value: f64) -> bool {
        let judged = judge(axis, value);
        if let Err(reason) = judged {
            self.count(reason);
        }
        judged.is_ok()
    }

    fn has_places(&mut self, x: f64, y: f64) -> bool {
        self.has_place(self.x, x) && self.has_place(self.y, y)
    }

    /// Whether a datum has a place; counted once if it has none, or one beyond an axis that is not cut.
    fn datum(&mut self, x: f64, y: f64) -> bool {
        let has_place = self.has_places(x, y);
        let is_beyond = |axis: Option<&Axis>, value| axis.is_some_and(|axis| !axis.cut && !shows(axis, value));
        if has_place && (is_beyond(self.x, x) || is_beyond(self.y, y)) {
            self.count(Missing::Beyond);
        }
        has_place
    }

    /// Ends of an interval: an end without a place goes on to the border, a missing one leaves no interval.
    fn interval(&mut self, axis: Option<&Axis>, (low, high): (f64, f64)) -> (f64, f64) {
        if low.is_nan() || high.is_nan() {
            self.count(Missing::NotFinite);
            return (f64::NAN, f64::NAN);
        }
        let least = if axis.is_some_and(|axis| axis.scale == Scale::Log) { 0.0 } else { f64::NEG_INFINITY };
        let low = if self.has_place(axis, low) { low } else { least };
        let high = if high < LARGEST && self.has_place(axis, high) {
            high
        } else if high > 0.0 {
            f64::INFINITY
        } else {
            least
        };
        (low, high)
    }

    fn line(&mut self, line: &Line) -> Line {
        let mut clean = Line { points: Vec::new(), breaks: Vec::new(), intervals: Vec::new(), ..line.clone() };
        for piece in line.pieces() {
            let mut follows = false;
            for i in piece {
                let (x, y) = line.points[i];
                if !self.datum(x, y) {
                    follows = false;
                    continue;
                }
                if !follows && !clean.points.is_empty() {
                    clean.breaks.push(clean.points.len());
                }
                follows = true;
                clean.points.push((x, y));
                clean.intervals.extend(line.intervals.get(i).map(|&ends| self.interval(self.y, ends)));
            }
        }
        clean
    }

    fn band(&mut self, band: &Band) -> Band {
        let mut clean = Band { places: Vec::new(), breaks: Vec::new(), ..band.clone() };
        let mut follows = false;
        for (i, &(x, low, high)) in band.places.iter().enumerate() {
            follows &= !band.breaks.contains(&i);
            let (low, high) = self.interval(self.y, (low, high));
            if low.is_nan() || !self.has_place(self.x, x) {
                follows = false;
                continue;
            }
            if !follows && !clean.places.is_empty() {
                clean.breaks.push(clean.places.len());
            }
            follows = true;
            clean.places.push((x, low, high));
        }
        clean
    }

    fn points(&mut self, points: &Points) -> Points {
        let kept: Vec<usize> =
            (0..points.points.len()).filter(|&i| self.datum(points.points[i].0, points.points[i].1)).collect();
        let intervals = |sieve: &mut Self, axis, ends: &[(f64, f64)]| -> Vec<(f64, f64)> {
            kept.iter().filter_map(|&i| ends.get(i)).map(|&ends| sieve.interval(axis, ends)).collect()
        };
        let new_place = |&(i, way): &(usize, Bound)| Some((kept.binary_search(&i).ok()?, way));
        Points {
            points: kept.iter().map(|&i| points.points[i]).collect(),
            intervals: intervals(self, self.y, &points.intervals),
            x_intervals: intervals(self, self.x, &points.x_intervals),
            bounds: points.bounds.iter().filter_map(new_place).collect(),
            ..points.clone()
        }
    }

    fn histogram(&mut self, histogram: &Histogram) -> Histogram {
        let mut clean = histogram.clone();
        for height in &mut clean.heights {
            if !height.is_finite() {
                self.count(Missing::NotFinite);
                *height = 0.0;
            }
        }
        self.found[Missing::NotFinite as usize] += histogram.uncounted;
        clean
    }

    fn heat_map(&mut self, map: &HeatMap) {
        for value in map.values.iter().flatten() {
            if !value.is_finite() {
                self.count(Missing::NotFinite);
            } else if map.scale.scale == Scale::Log && *value <= 0.0 {
                self.count(Missing::NotPositive);
            }
        }
    }
}
