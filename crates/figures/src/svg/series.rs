//! Series: lines, bands, points, histograms, heat maps and reference lines.

use super::canvas::{Canvas, Ink};
use super::data;
use super::frame::Frame;
use super::geometry::{self, Point};
use super::heat_map;
use super::outline::{reference_ends, steps};
use super::symbol;
use crate::mark::BAND_OPACITY;
use crate::{Band, FigureError, Histogram, Line, Mark, Points, RefLine, Shape};

/// How far, in pixels, a drawn line may stray from its data.
const TOLERANCE: f64 = 0.05;

/// Error bars shorter than this part of their point's radius are left out.
const HIDDEN: f64 = 0.25;

/// The name by which legend entries find the mark of this index in a panel.
pub(crate) fn key(letter: &str, index: usize) -> String {
    format!("{letter}{index}")
}

/// Draws a series in a group that carries its panel, name and data. Marks that are no series draw nothing here.
pub(crate) fn draw(
    canvas: &mut Canvas,
    frame: &Frame,
    (letter, index): (&str, usize),
    mark: &Mark,
) -> Result<(), FigureError> {
    let thinned = if let Mark::Band(band) = mark { Some(Mark::Band(thinned(frame, band))) } else { None };
    let mark = thinned.as_ref().unwrap_or(mark);
    let kept = if let Mark::Line(line) = mark { kept(frame, line) } else { Vec::new() };
    let (key, legend) = (key(letter, index), data::legend(mark));
    let numbers = data::attributes(frame, mark, &kept);
    let mut attributes = vec![
        ("class", "series"),
        ("data-key", &key),
        ("data-panel", letter),
        ("data-series", mark.series()),
        ("data-kind", mark.kind()),
        ("data-legend", &legend),
    ];
    attributes.extend(numbers.iter().map(|(name, value)| (*name, value.as_str())));
    canvas.open(&attributes)?;
    match mark {
        Mark::Line(line) => draw_line(canvas, frame, line, &kept),
        Mark::Band(band) => draw_band(canvas, frame, band),
        Mark::Points(points) => draw_points(canvas, frame, points),
        Mark::Histogram(histogram) => draw_histogram(canvas, frame, histogram),
        Mark::HeatMap(map) => heat_map::draw(canvas, frame, map)?,
        Mark::RefLine(line) => draw_reference(canvas, frame, line),
        _ => {}
    }
    canvas.close()
}

/// Indices of the points of each piece of a line that its drawing needs, with those that its band needs.
fn kept(frame: &Frame, line: &Line) -> Vec<Vec<usize>> {
    let needed = |piece: std::ops::Range<usize>| -> Vec<usize> {
        let start = piece.start;
        let points = &line.points[piece.clone()];
        let intervals = line.intervals.get(piece.clone()).unwrap_or_default();
        if intervals.iter().any(|(low, high)| !(low.is_finite() && high.is_finite())) {
            return piece.collect();
        }
        let side = |pick: fn(&(f64, f64)) -> f64| -> Vec<(f64, f64)> {
            points.iter().zip(intervals).map(|(point, ends)| (point.0, pick(ends))).collect()
        };
        let sides = [points.to_vec(), side(|ends| ends.0), side(|ends| ends.1)];
        needed_by_all(frame, &sides).into_iter().map(|i| start + i).collect()
    };
    line.pieces().into_iter().map(needed).collect()
}

/// Indices that the drawing of one of these needs, of lines over the same x.
fn needed_by_all(frame: &Frame, sides: &[Vec<(f64, f64)>]) -> Vec<usize> {
    let of = |side: &Vec<(f64, f64)>| geometry::needed_points(&frame.all_at(side), TOLERANCE);
    let mut indices: Vec<usize> = sides.iter().flat_map(of).collect();
    indices.sort_unstable();
    indices.dedup();
    indices
}

/// The places of a band that its drawing needs.
fn thinned(frame: &Frame, band: &Band) -> Band {
    let mut thin = Band { places: Vec::new(), breaks: Vec::new(), ..band.clone() };
    for piece in band.pieces() {
        if !thin.places.is_empty() {
            thin.breaks.push(thin.places.len());
        }
        let places = &band.places[piece];
        let sides = [places.iter().map(|p| (p.0, p.1)).collect(), places.iter().map(|p| (p.0, p.2)).collect()];
        thin.places.extend(needed_by_all(frame, &sides).into_iter().map(|i| places[i]));
    }
    thin
}

fn draw_line(canvas: &mut Canvas, frame: &Frame, line: &Line, kept: &[Vec<usize>]) {
    let ink = Ink::stroke(line.colour, line.width).faded(line.opacity);
    if !line.intervals.is_empty() {
        let band = Ink::fill(line.colour, BAND_OPACITY * line.opacity);
        let place = |i: &usize| (line.points[*i].0, line.intervals[*i].0, line.intervals[*i].1);
        let is_missing = |i: &usize| line.intervals[*i].0.is_nan();
        for run in kept.iter().flat_map(|piece| piece.split(is_missing)) {
            fill_between(canvas, frame, &run.iter().map(place).collect::<Vec<_>>(), band);
        }
    }
    for piece in kept {
        let pixels: Vec<Point> = piece.iter().map(|&i| frame.at(line.points[i])).collect();
        for part in geometry::clip_line(&pixels, &frame.rect) {
            canvas.path(&part, ink);
        }
    }
}

fn draw_band(canvas: &mut Canvas, frame: &Frame, band: &Band) {
    for piece in band.pieces() {
        fill_between(canvas, frame, &band.places[piece], Ink::fill(band.colour, band.opacity));
    }
}

fn fill_between(canvas: &mut Canvas, frame: &Frame, places: &[(f64, f64, f64)], ink: Ink) {
    let high: Vec<Point> = places.iter().map(|&(x, _, high)| frame.at((x, high))).collect();
    let low: Vec<Point> = places.iter().map(|&(x, low, _)| frame.at((x, low))).collect();
    let thinned = |side: &[Point]| geometry::needed_points(side, TOLERANCE).into_iter().map(|i| side[i]).collect();
    let mut outline: Vec<Point> = thinned(&high);
    let back: Vec<Point> = thinned(&low);
    outline.extend(back.into_iter().rev());
    canvas.polygon(&geometry::clip_polygon(&outline, &frame.rect), ink);
}

fn draw_points(canvas: &mut Canvas, frame: &Frame, points: &Points) {
    let ink = Ink { colour: points.colour, opacity: points.opacity, width: symbol::BAR_WIDTH };
    let places: Vec<Point> = frame.all_at(&points.points).into_iter().map(|(x, y)| (x + points.dodge, y)).collect();
    let is_shown = |i: usize| frame.shows((places[i].0 - points.dodge, places[i].1));
    let has_ends = |ends: &(f64, f64)| !(ends.0.is_nan() || ends.1.is_nan());
    let cap = points.cap_length();
    // What lies behind a filled or white shape is not seen.
    let is_solid = points.opacity == 1.0 && points.shape != Shape::Cross;
    let is_hidden =
        |ends: [f64; 2], at: f64| is_solid && ends.iter().all(|end| (end - at).abs() < HIDDEN * points.radius);
    for (i, &(low, high)) in points.intervals.iter().enumerate().filter(|(i, ends)| is_shown(*i) && has_ends(ends)) {
        let (x, ends) = (places[i].0, [frame.y.at(low), frame.y.at(high)]);
        if is_hidden(ends, places[i].1) {
            continue;
        }
        bar(canvas, frame, [(x, ends[0]), (x, ends[1])], (cap, 0.0), ink);
    }
    for (i, &(low, high)) in points.x_intervals.iter().enumerate().filter(|(i, ends)| is_shown(*i) && has_ends(ends)) {
        let (y, ends) = (places[i].1, [frame.x.at(low), frame.x.at(high)]);
        if is_hidden(ends, frame.at(points.points[i]).0) {
            continue;
        }
        bar(canvas, frame, [(ends[0] + points.dodge, y), (ends[1] + points.dodge, y)], (0.0, cap), ink);
    }
    let (mut known, mut bounds) = (Vec::new(), Vec::new());
    for (i, &place) in places.iter().enumerate().filter(|(i, _)| is_shown(*i)) {
        let ways: Vec<_> = points.bounds.iter().filter(|bound| bound.0 == i).collect();
        for (_, way) in &ways {
            symbol::bound(canvas, place, way.direction(), points.radius, ink);
        }
        if ways.is_empty() { known.push(place) } else { bounds.push(place) }
    }
    symbol::shapes(canvas, &known, points.shape, points.radius, ink);
    symbol::shapes(canvas, &bounds, points.shape.open(), points.radius, ink);
}

/// An error bar with caps at the ends that are within the panel.
fn bar(canvas: &mut Canvas, frame: &Frame, ends: [Point; 2], (cx, cy): (f64, f64), ink: Ink) {
    if let Some((from, to)) = geometry::clip_segment(ends[0], ends[1], &frame.rect.grown(0.01)) {
        canvas.path(&[from, to], ink);
    }
    for (x, y) in ends.into_iter().filter(|&end| frame.shows(end)) {
        canvas.path(&[(x - cx, y - cy), (x + cx, y + cy)], ink);
    }
}

fn draw_histogram(canvas: &mut Canvas, frame: &Frame, histogram: &Histogram) {
    let outline = steps(frame, histogram);
    if histogram.fill_opacity > 0.0 {
        let fill = Ink::fill(histogram.colour, histogram.fill_opacity);
        canvas.polygon(&geometry::clip_polygon(&outline, &frame.rect), fill);
    }
    for part in geometry::clip_line(&outline, &frame.rect) {
        canvas.path(&part, Ink::stroke(histogram.colour, 1.2));
    }
}

fn draw_reference(canvas: &mut Canvas, frame: &Frame, line: &RefLine) {
    if let Some((from, to)) = reference_ends(frame, line) {
        canvas.path(&[from, to], Ink::stroke(line.colour, line.width));
    }
}
