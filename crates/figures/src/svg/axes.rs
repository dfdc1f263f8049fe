//! Frame, ticks, labels, title and letter of a panel.

use super::canvas::{Canvas, Ink, TextStyle};
use super::layout::Placed;
use super::style::{AXIS, GRID_LINE, LABEL_SIZE, LETTER_SIZE, MINOR_TICK_LENGTH, TICK_LENGTH, TICK_SIZE, TITLE_SIZE};
use super::tick_layout;
use crate::{Anchor, Coordinates, FigureError, font};

/// The light lines under the data.
pub(crate) fn grid(canvas: &mut Canvas, placed: &Placed<'_>) -> Result<(), FigureError> {
    if matches!(placed.panel.coordinates, Coordinates::Free { .. }) {
        return Ok(());
    }
    let plot = placed.plot;
    let ink = Ink::stroke(GRID_LINE, 1.0);
    canvas.open(&[("class", "grid")])?;
    for (at, _) in placed.ticks.x.ticks.iter().filter(|(_, tick)| tick.major) {
        canvas.path(&[(*at, plot.top), (*at, plot.bottom())], ink);
    }
    for (at, _) in placed.ticks.y.ticks.iter().filter(|(_, tick)| tick.major) {
        canvas.path(&[(plot.left, *at), (plot.right(), *at)], ink);
    }
    canvas.close()
}

/// The axes over the data.
pub(crate) fn axes(canvas: &mut Canvas, placed: &Placed<'_>) -> Result<(), FigureError> {
    let Coordinates::Axes { x, y } = &placed.panel.coordinates else {
        return Ok(());
    };
    let plot = placed.plot;
    canvas.open(&[("class", "axes")])?;
    let ink = Ink::stroke(AXIS, 1.1);
    canvas.path(&[(plot.left, plot.top), (plot.left, plot.bottom()), (plot.right(), plot.bottom())], ink);
    let length = |major| {
        if major { TICK_LENGTH } else { MINOR_TICK_LENGTH }
    };
    for (at, tick) in &placed.ticks.x.ticks {
        canvas.path(&[(*at, plot.bottom()), (*at, plot.bottom() + length(tick.major))], ink);
    }
    for (at, tick) in &placed.ticks.y.ticks {
        canvas.path(&[(plot.left - length(tick.major), *at), (plot.left, *at)], ink);
    }
    tick_labels(canvas, placed)?;
    x_label(canvas, placed, &x.label)?;
    y_label(canvas, placed, &y.label)?;
    canvas.close()
}

/// The size at which a label fits into a length; never below 11 pixels.
fn fitting_size(label: &str, size: f64, length: f64) -> f64 {
    (size * length / font::label_width(label, size, false)).clamp(11.0, size)
}

/// The middle of a label of this width: `wanted`, or as near to it as keeps the label between the ends.
fn kept_between(wanted: f64, width: f64, (low, high): (f64, f64)) -> f64 {
    let (first, last) = (low + 0.5 * width, high - 0.5 * width);
    if first > last { 0.5 * (low + high) } else { wanted.clamp(first, last) }
}

/// The label under the plot's middle, moved or made smaller where it would leave the panel.
fn x_label(canvas: &mut Canvas, placed: &Placed<'_>, label: &str) -> Result<(), FigureError> {
    if label.is_empty() {
        return Ok(());
    }
    let (plot, cell) = (placed.plot, placed.cell);
    let size = fitting_size(label, LABEL_SIZE, cell.width);
    let width = font::label_width(label, size, false);
    let middle = kept_between(plot.left + 0.5 * plot.width, width, (cell.left, cell.right()));
    canvas.text((middle, cell.bottom() - LABEL_RISE), label, &TextStyle::new(size, Anchor::Centre))
}

/// The label beside the plot's middle, moved down or made smaller where it would touch the panel's letter.
fn y_label(canvas: &mut Canvas, placed: &Placed<'_>, label: &str) -> Result<(), FigureError> {
    if label.is_empty() {
        return Ok(());
    }
    let (plot, cell) = (placed.plot, placed.cell);
    let ends = (plot.top, cell.bottom());
    let size = fitting_size(label, LABEL_SIZE, ends.1 - ends.0);
    let width = font::label_width(label, size, false);
    let middle = kept_between(plot.top + 0.5 * plot.height, width, ends);
    let style = TextStyle { rotation: 90.0, ..TextStyle::new(size, Anchor::Centre) };
    canvas.text((cell.left + 0.6 * LABEL_SIZE, middle), label, &style)
}

/// Distance of the middle of the x label from the lower end of the panel.
const LABEL_RISE: f64 = 0.66 * LABEL_SIZE;

fn tick_labels(canvas: &mut Canvas, placed: &Placed<'_>) -> Result<(), FigureError> {
    let plot = placed.plot;
    let below = TextStyle::new(TICK_SIZE, Anchor::Top);
    for (at, tick) in placed.ticks.x.ticks.iter().filter(|(_, tick)| !tick.label.is_empty()) {
        // Superscripts need a little more room under the axis than plain numbers.
        let drop = if tick.label.contains('^') { 0.22 * TICK_SIZE } else { 0.0 };
        canvas.text((*at, plot.bottom() + TICK_LENGTH + 4.0 + drop), &tick.label, &below)?;
    }
    let left = TextStyle::new(TICK_SIZE, Anchor::Right);
    for (at, tick) in placed.ticks.y.ticks.iter().filter(|(_, tick)| !tick.label.is_empty()) {
        canvas.text((plot.left - TICK_LENGTH - 4.0, *at), &tick.label, &left)?;
    }
    if placed.ticks.x.exponent != 0 {
        let place = (plot.right(), placed.cell.bottom() - LABEL_RISE);
        canvas.text(place, &tick_layout::factor(placed.ticks.x.exponent), &TextStyle::new(TICK_SIZE, Anchor::Right))?;
    }
    if placed.ticks.y.exponent != 0 {
        let place = (plot.left, plot.top - 5.0);
        canvas.text(
            place,
            &tick_layout::factor(placed.ticks.y.exponent),
            &TextStyle::new(TICK_SIZE, Anchor::BottomLeft),
        )?;
    }
    Ok(())
}

/// Title and letter.
pub(crate) fn heading(canvas: &mut Canvas, placed: &Placed<'_>, lettered: bool) -> Result<(), FigureError> {
    let baseline = placed.cell.top + TITLE_SIZE;
    if lettered {
        let style = TextStyle { bold: true, ..TextStyle::new(LETTER_SIZE, Anchor::BottomLeft) };
        canvas.text((placed.cell.left, baseline), &placed.letter, &style)?;
    }
    let title = &placed.panel.title;
    if !title.is_empty() {
        let ends = (placed.cell.left + if lettered { 1.2 * LETTER_SIZE } else { 0.0 }, placed.cell.right());
        let size = fitting_size(title, TITLE_SIZE, ends.1 - ends.0);
        let width = font::label_width(title, size, false);
        let middle = kept_between(placed.plot.left + 0.5 * placed.plot.width, width, ends);
        canvas.text((middle, baseline), title, &TextStyle::new(size, Anchor::Bottom))?;
    }
    Ok(())
}
