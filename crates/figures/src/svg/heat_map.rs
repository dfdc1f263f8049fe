//! Heat maps: cells, hatching, and numbers in cells.

use super::canvas::{Canvas, Ink, TextStyle};
use super::frame::Frame;
use super::geometry::{self, Rect};
use super::label_fit::Fitted;
use crate::math_text::rounded;
use crate::{Anchor, Colour, FigureError, HeatMap};

/// Levels of colour; cells of one level in a row are drawn as one.
const LEVELS: f64 = 128.0;
/// Distance of the lines of a hatching, in pixels across.
const HATCH_STEP: f64 = 7.0;
/// Size of the numbers in cells, and of the intervals below them.
const NUMBER_SIZE: f64 = 13.0;
const INTERVAL_SIZE: f64 = 11.0;

pub(crate) fn draw(canvas: &mut Canvas, frame: &Frame, map: &HeatMap) -> Result<(), FigureError> {
    canvas.open(&[("shape-rendering", "crispEdges")])?;
    let mut cells: Vec<(i32, Rect)> = Vec::new();
    for (row, values) in map.values.iter().enumerate() {
        let levels: Vec<Option<i32>> = values.iter().map(|value| level(map, *value)).collect();
        let mut start = 0;
        for run in levels.chunk_by(|a, b| a == b) {
            let columns = start..start + run.len();
            start = columns.end;
            cells.extend(run[0].zip(cell(frame, map, row, columns)));
        }
    }
    // Cells of one colour are one path.
    cells.sort_by_key(|(level, _)| *level);
    for (level, rect) in cells {
        canvas.rect(rect, Ink::fill(map.scale.hues.at(f64::from(level) / LEVELS), 1.0));
    }
    canvas.close()?;
    for (row, values) in map.values.iter().enumerate() {
        for (column, &value) in values.iter().enumerate() {
            let Some(rect) = cell(frame, map, row, column..column + 1) else { continue };
            if map.is_hatched(row, column) {
                hatch(canvas, rect, ink_on(map, value));
            }
            if let Some(digits) = map.digits {
                let interval = map.intervals.get(row).and_then(|row| row.get(column));
                // A hatching would run through the number.
                let halo = map.is_hatched(row, column);
                let colour = if halo { Colour::INK } else { ink_on(map, value) };
                let style = TextStyle { colour, halo, ..TextStyle::new(NUMBER_SIZE, Anchor::Centre) };
                write(canvas, rect, (value, interval.copied()), digits, style)?;
            }
        }
    }
    Ok(())
}

fn level(map: &HeatMap, value: f64) -> Option<i32> {
    let is_shown = map.scale.scale.forward(value).is_finite() || value.abs() == f64::INFINITY;
    is_shown.then(|| (map.scale.fraction(value) * LEVELS).round() as i32)
}

/// The visible part of a run of cells of a row.
fn cell(frame: &Frame, map: &HeatMap, row: usize, columns: std::ops::Range<usize>) -> Option<Rect> {
    let (bottom, top) = (frame.y.at(map.y_edges[row]), frame.y.at(map.y_edges[row + 1]));
    let (left, right) = (frame.x.at(map.x_edges[columns.start]), frame.x.at(map.x_edges[columns.end]));
    let plot = frame.rect;
    let (left, top) = (left.max(plot.left), top.max(plot.top));
    let (right, bottom) = (right.min(plot.right()), bottom.min(plot.bottom()));
    (left < right && top < bottom).then_some(Rect { left, top, width: right - left, height: bottom - top })
}

/// The colour of lines and numbers on a cell: dark on light and light on dark.
fn ink_on(map: &HeatMap, value: f64) -> Colour {
    let is_dark = value.is_finite() && map.scale.colour(value).lightness() < 0.6;
    if is_dark { Colour::WHITE } else { Colour::INK }
}

/// Diagonal lines across a rectangle; lines of neighbouring cells meet.
pub(crate) fn hatch(canvas: &mut Canvas, rect: Rect, colour: Colour) {
    let ink = Ink::stroke(colour, 0.9).faded(0.75);
    let first = ((rect.left + rect.top) / HATCH_STEP).floor() as i64;
    let last = ((rect.right() + rect.bottom()) / HATCH_STEP).ceil() as i64;
    for k in first..=last {
        let sum = HATCH_STEP * k as f64;
        let ends = ((sum - rect.bottom(), rect.bottom()), (sum - rect.top, rect.top));
        if let Some((from, to)) = geometry::clip_segment(ends.0, ends.1, &rect) {
            canvas.path(&[from, to], ink);
        }
    }
}

/// Writes a value and its interval where the cell has room for them.
fn write(
    canvas: &mut Canvas,
    rect: Rect,
    (value, interval): (f64, Option<(f64, f64)>),
    digits: usize,
    style: TextStyle,
) -> Result<(), FigureError> {
    if !value.is_finite() {
        return Ok(());
    }
    let fits = |fitted: &Fitted, height: f64| fitted.width <= rect.width - 4.0 && height <= rect.height - 4.0;
    let number = Fitted::new(&rounded(value, digits), NUMBER_SIZE, rect.width - 4.0);
    if number.text.contains('\n') || !fits(&number, NUMBER_SIZE) {
        return Ok(());
    }
    let interval = interval.map(|(low, high)| format!("{} … {}", rounded(low, digits), rounded(high, digits)));
    let interval = interval.map(|text| Fitted::whole(&text, INTERVAL_SIZE));
    let interval = interval.filter(|fitted| fits(fitted, 2.4 * NUMBER_SIZE));
    let (x, y) = (rect.left + 0.5 * rect.width, rect.top + 0.5 * rect.height);
    let lift = if interval.is_some() { 0.62 * NUMBER_SIZE } else { 0.0 };
    canvas.text((x, y - lift), &number.text, &TextStyle { size: number.size, ..style })?;
    match interval {
        Some(interval) => {
            let style = TextStyle { size: interval.size, ..style };
            canvas.text((x, y + 0.68 * NUMBER_SIZE), &interval.text, &style)
        }
        None => Ok(()),
    }
}
