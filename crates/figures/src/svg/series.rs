//! Series: lines, bands, points, histograms, heat maps and reference lines.

use super::canvas::{Canvas, Ink};
use super::frame::Frame;
use super::geometry::{self, Point, Rect};
use super::symbol;
use crate::mark::BAND_OPACITY;
use crate::{Band, Direction, FigureError, HeatMap, Histogram, Line, Mark, Points, RefLine, math_text};

/// How far, in pixels, a drawn line may stray from its data.
const TOLERANCE: f64 = 0.05;
/// Levels of colour in a heat map; cells of one level in a row are drawn as one.
const LEVELS: f64 = 128.0;

/// What a page can read from a series' group.
#[derive(Default)]
struct Data {
    x: Vec<f64>,
    y: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
    x_low: Vec<f64>,
    x_high: Vec<f64>,
    breaks: Vec<usize>,
    /// Values of a heat map, row by row from low y, with three digits.
    values: String,
    dash: String,
    cap: &'static str,
}

/// Draws a series in a group that carries its panel, name and data. Marks that are no series draw nothing here.
pub(crate) fn draw(canvas: &mut Canvas, frame: &Frame, letter: &str, mark: &Mark) -> Result<(), FigureError> {
    let data = data_of(frame, mark);
    let numbers = |values: &[f64]| values.iter().map(|v| rounded(*v, 5)).collect::<Vec<_>>().join(" ");
    let breaks = data.breaks.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
    let legend = mark.legend().map(math_text::plain).unwrap_or_default();
    canvas.open(&[
        ("class", "series"),
        ("data-panel", letter),
        ("data-series", mark.series()),
        ("data-kind", mark.kind()),
        ("data-legend", &legend),
        ("data-look", &super::legend::look(mark)),
        ("data-x", &numbers(&data.x)),
        ("data-y", &numbers(&data.y)),
        ("data-low", &numbers(&data.low)),
        ("data-high", &numbers(&data.high)),
        ("data-x-low", &numbers(&data.x_low)),
        ("data-x-high", &numbers(&data.x_high)),
        ("data-breaks", &breaks),
        ("data-values", &data.values),
        ("stroke-dasharray", &data.dash),
        ("stroke-linecap", data.cap),
        ("stroke-linejoin", if matches!(mark, Mark::Line(_)) { "round" } else { "" }),
    ])?;
    match mark {
        Mark::Line(line) => draw_line(canvas, frame, line),
        Mark::Band(band) => draw_band(canvas, frame, &band.places, Ink::fill(band.colour, band.opacity)),
        Mark::Points(points) => draw_points(canvas, frame, points),
        Mark::Histogram(histogram) => draw_histogram(canvas, frame, histogram),
        Mark::HeatMap(map) => draw_heat_map(canvas, frame, map)?,
        Mark::RefLine(line) => draw_reference(canvas, frame, line),
        _ => {}
    }
    canvas.close()
}

/// A number with so many digits, written as short as can be.
fn rounded(value: f64, digits: usize) -> String {
    let number: f64 = format!("{value:.*e}", digits - 1).parse().unwrap_or(value);
    crate::table::shortest(number)
}

fn data_of(frame: &Frame, mark: &Mark) -> Data {
    let mut data = Data::default();
    match mark {
        Mark::Line(line) => {
            for piece in line.pieces() {
                if !data.x.is_empty() {
                    data.breaks.push(data.x.len());
                }
                for i in kept(frame, line, piece) {
                    data.x.push(line.points[i].0);
                    data.y.push(line.points[i].1);
                    data.low.extend(line.intervals.get(i).map(|interval| interval.0));
                    data.high.extend(line.intervals.get(i).map(|interval| interval.1));
                }
            }
            (data.dash, data.cap) = symbol::dash_attributes(line.dash, line.width);
        }
        Mark::RefLine(line) => (data.dash, data.cap) = symbol::dash_attributes(line.dash, line.width),
        Mark::Points(points) => {
            data.x = points.points.iter().map(|point| point.0).collect();
            data.y = points.points.iter().map(|point| point.1).collect();
            data.low = points.intervals.iter().map(|interval| interval.0).collect();
            data.high = points.intervals.iter().map(|interval| interval.1).collect();
            (data.x_low, data.x_high) = points.x_intervals.iter().copied().unzip();
        }
        Mark::Band(band) => {
            data.x = band.places.iter().map(|place| place.0).collect();
            data.low = band.places.iter().map(|place| place.1).collect();
            data.high = band.places.iter().map(|place| place.2).collect();
        }
        Mark::Histogram(histogram) => {
            data.x.clone_from(&histogram.edges);
            data.y.clone_from(&histogram.heights);
        }
        Mark::HeatMap(map) => {
            data.x.clone_from(&map.x_edges);
            data.y.clone_from(&map.y_edges);
            data.values = map.values.iter().flatten().map(|v| rounded(*v, 3)).collect::<Vec<_>>().join(" ");
        }
        _ => {}
    }
    data
}

/// Indices of the points of a piece that its drawing needs, and of all that carry an interval.
fn kept(frame: &Frame, line: &Line, piece: std::ops::Range<usize>) -> Vec<usize> {
    let start = piece.start;
    if !line.intervals.is_empty() {
        return piece.collect();
    }
    let pixels = frame.all_at(&line.points[piece]);
    geometry::needed_points(&pixels, TOLERANCE).into_iter().map(|i| start + i).collect()
}

fn draw_line(canvas: &mut Canvas, frame: &Frame, line: &Line) {
    let ink = Ink::stroke(line.colour, line.width).faded(line.opacity);
    if !line.intervals.is_empty() {
        for piece in line.pieces() {
            let place = |i: usize| (line.points[i].0, line.intervals[i].0, line.intervals[i].1);
            let places: Vec<_> = piece.map(place).collect();
            draw_band(canvas, frame, &places, Ink::fill(line.colour, BAND_OPACITY * line.opacity));
        }
    }
    for piece in line.pieces() {
        let pixels = frame.all_at(&line.points[piece]);
        let thinned: Vec<Point> = geometry::needed_points(&pixels, TOLERANCE).into_iter().map(|i| pixels[i]).collect();
        for part in geometry::clip_line(&thinned, &frame.rect) {
            canvas.path(&part, ink);
        }
    }
}

fn draw_band(canvas: &mut Canvas, frame: &Frame, places: &[(f64, f64, f64)], ink: Ink) {
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
    let centres = frame.all_at(&points.points);
    let shown = |i: &usize| frame.shows(centres[*i]);
    let cap = points.cap_length();
    for (i, &(low, high)) in points.intervals.iter().enumerate().filter(|(i, _)| shown(i)) {
        let (x, ends) = (centres[i].0, [frame.y.at(low), frame.y.at(high)]);
        bar(canvas, frame, [(x, ends[0]), (x, ends[1])], (cap, 0.0), ink);
    }
    for (i, &(low, high)) in points.x_intervals.iter().enumerate().filter(|(i, _)| shown(i)) {
        let (y, ends) = (centres[i].1, [frame.x.at(low), frame.x.at(high)]);
        bar(canvas, frame, [(ends[0], y), (ends[1], y)], (0.0, cap), ink);
    }
    let visible: Vec<Point> = centres.iter().copied().filter(|&centre| frame.shows(centre)).collect();
    symbol::shapes(canvas, &visible, points.shape, points.radius, ink);
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

/// The upper outline of a histogram, from its left foot to its right foot.
pub(crate) fn steps(frame: &Frame, histogram: &Histogram) -> Vec<Point> {
    let foot = frame.y.at(0.0);
    let bins = histogram.edges.windows(2).zip(&histogram.heights);
    let tops = bins.flat_map(|(edges, &height)| [(edges[0], height), (edges[1], height)]).map(|point| frame.at(point));
    let first = histogram.edges.first().map(|&edge| (frame.x.at(edge), foot));
    let last = histogram.edges.last().map(|&edge| (frame.x.at(edge), foot));
    first.into_iter().chain(tops).chain(last).collect()
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

fn draw_heat_map(canvas: &mut Canvas, frame: &Frame, map: &HeatMap) -> Result<(), FigureError> {
    canvas.open(&[("shape-rendering", "crispEdges")])?;
    let (low, high) = (map.scale.scale.forward(map.scale.low), map.scale.scale.forward(map.scale.high));
    let level = |value: f64| (((map.scale.scale.forward(value) - low) / (high - low)).clamp(0.0, 1.0) * LEVELS).round();
    for (edges, values) in map.y_edges.windows(2).zip(&map.values) {
        let (bottom, top) = (frame.y.at(edges[0]), frame.y.at(edges[1]));
        let mut start = 0;
        for run in values.chunk_by(|a, b| level(*a) == level(*b)) {
            let (left, right) = (frame.x.at(map.x_edges[start]), frame.x.at(map.x_edges[start + run.len()]));
            start += run.len();
            let cell = Rect { left, top, width: right - left, height: bottom - top };
            if let Some(cell) = inside(cell, &frame.rect) {
                canvas.rect(cell, Ink::fill(map.scale.hues.at(level(run[0]) / LEVELS), 1.0));
            }
        }
    }
    canvas.close()
}

/// The part of a rectangle inside another.
fn inside(cell: Rect, rect: &Rect) -> Option<Rect> {
    let (left, top) = (cell.left.max(rect.left), cell.top.max(rect.top));
    let (right, bottom) = (cell.right().min(rect.right()), cell.bottom().min(rect.bottom()));
    (left < right && top < bottom).then_some(Rect { left, top, width: right - left, height: bottom - top })
}

fn draw_reference(canvas: &mut Canvas, frame: &Frame, line: &RefLine) {
    if let Some((from, to)) = reference_ends(frame, line) {
        canvas.path(&[from, to], Ink::stroke(line.colour, line.width));
    }
}

/// Where a reference line crosses the panel, if it does.
pub(crate) fn reference_ends(frame: &Frame, line: &RefLine) -> Option<(Point, Point)> {
    let rect = frame.rect;
    let ends = match line.direction {
        Direction::Horizontal(y) => ((rect.left, frame.y.at(y)), (rect.right(), frame.y.at(y))),
        Direction::Vertical(x) => ((frame.x.at(x), rect.bottom()), (frame.x.at(x), rect.top)),
        Direction::Diagonal => {
            let low = frame.x.range.0.max(frame.y.range.0);
            let high = frame.x.range.1.min(frame.y.range.1);
            if low >= high {
                return None;
            }
            (frame.at((low, low)), frame.at((high, high)))
        }
    };
    geometry::clip_segment(ends.0, ends.1, &rect.grown(0.01))
}

/// Points in pixels that a legend had better not cover.
pub(crate) fn obstacles(frame: &Frame, mark: &Mark) -> Vec<Point> {
    const STEP: f64 = 5.0;
    let along = |points: &[Point]| -> Vec<Point> {
        geometry::clip_line(points, &frame.rect).iter().flat_map(|part| geometry::sampled(part, STEP)).collect()
    };
    match mark {
        Mark::Line(line) => {
            line.pieces().into_iter().flat_map(|piece| along(&frame.all_at(&line.points[piece]))).collect()
        }
        Mark::Band(Band { places, .. }) => {
            let side =
                |p: fn(&(f64, f64, f64)) -> (f64, f64)| along(&frame.all_at(&places.iter().map(p).collect::<Vec<_>>()));
            [side(|p| (p.0, p.1)), side(|p| (p.0, p.2))].concat()
        }
        Mark::Points(points) => {
            let bars = points.points.iter().zip(&points.intervals);
            let bars = bars.flat_map(|(p, interval)| along(&frame.all_at(&[(p.0, interval.0), (p.0, interval.1)])));
            let side_bars = points.points.iter().zip(&points.x_intervals);
            let side_bars =
                side_bars.flat_map(|(p, interval)| along(&frame.all_at(&[(interval.0, p.1), (interval.1, p.1)])));
            frame.all_at(&points.points).into_iter().chain(bars).chain(side_bars).collect()
        }
        Mark::Histogram(histogram) => {
            let foot = frame.y.at(0.0);
            let outline = along(&steps(frame, histogram));
            outline.into_iter().flat_map(|(x, y)| geometry::sampled(&[(x, y), (x, foot)], 2.0 * STEP)).collect()
        }
        Mark::RefLine(line) => {
            reference_ends(frame, line).map_or_else(Vec::new, |(from, to)| geometry::sampled(&[from, to], 2.0 * STEP))
        }
        Mark::Arrow(arrow) => along(&[frame.at(arrow.from), frame.at(arrow.to)]),
        _ => Vec::new(),
    }
}
