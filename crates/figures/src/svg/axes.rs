//! Frame, ticks, labels, title and letter of a panel.

use super::axis_labels::{fit_title, fit_x_label, fit_y_label};
use super::canvas::{Canvas, Ink, TextStyle};
use super::placed::Placed;
use super::style::{AXIS, GRID_LINE, LABEL_SIZE, LETTER_SIZE, MINOR_TICK_LENGTH, TICK_LENGTH, TICK_SIZE, TITLE_SIZE};
use super::tick_layout;
use crate::{Anchor, Coordinates, FigureError};

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

/// The label under the plot's middle, moved, broken or made smaller where it would leave the panel.
fn x_label(canvas: &mut Canvas, placed: &Placed<'_>, label: &str) -> Result<(), FigureError> {
    if label.is_empty() {
        return Ok(());
    }
    let (fitted, ends) = fit_x_label(placed, label);
    let plot = placed.plot;
    let middle = fitted.middle(plot.left + 0.5 * plot.width, ends);
    let place = (middle, placed.labels_bottom - LABEL_RISE - 0.5 * fitted.extra_height());
    canvas.text(place, &fitted.text, &TextStyle::new(fitted.size, Anchor::Centre))
}

/// The label beside the plot's middle, moved down, broken or made smaller where it would touch the panel's letter.
fn y_label(canvas: &mut Canvas, placed: &Placed<'_>, label: &str) -> Result<(), FigureError> {
    if label.is_empty() {
        return Ok(());
    }
    let (fitted, ends) = fit_y_label(placed, label);
    let plot = placed.plot;
    let middle = fitted.middle(plot.top + 0.5 * plot.height, ends);
    let style = TextStyle { rotation: 90.0, ..TextStyle::new(fitted.size, Anchor::Centre) };
    let place = (placed.cell.left + 0.6 * LABEL_SIZE + 0.5 * fitted.extra_height(), middle);
    canvas.text(place, &fitted.text, &style)
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
        let place = (plot.right(), placed.labels_bottom - LABEL_RISE);
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
pub(crate) fn heading(canvas: &mut Canvas, placed: &Placed<'_>) -> Result<(), FigureError> {
    let baseline = placed.cell.top + TITLE_SIZE;
    if placed.lettered {
        let style = TextStyle { bold: true, ..TextStyle::new(LETTER_SIZE, Anchor::BottomLeft) };
        // A name, not a variable.
        let letter: String = placed.letter.chars().map(|c| format!("\\{c}")).collect();
        canvas.text((placed.cell.left, baseline), &letter, &style)?;
    }
    if !placed.panel.title.is_empty() {
        let (fitted, ends) = fit_title(placed);
        let middle = fitted.middle(placed.plot.left + 0.5 * placed.plot.width, ends);
        let style = TextStyle::new(fitted.size, Anchor::Bottom);
        canvas.text((middle, baseline + fitted.extra_height()), &fitted.text, &style)?;
    }
    Ok(())
}
