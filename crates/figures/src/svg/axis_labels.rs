//! Titles and axis labels of a panel as they fit into their places.

use super::label_fit::Fitted;
use super::placed::Placed;
use super::style::{LABEL_SIZE, LETTER_SIZE, TICK_SIZE, TITLE_SIZE};
use super::tick_layout;
use crate::font;

/// The x label as it fits beside the power of ten at the axis' right end, and the ends it has to keep between.
pub(crate) fn fit_x_label(placed: &Placed<'_>, label: &str) -> (Fitted, (f64, f64)) {
    let cell = placed.cell;
    let right = match placed.ticks.x.exponent {
        0 => cell.right(),
        exponent => placed.plot.right() - font::label_width(&tick_layout::factor(exponent), TICK_SIZE, false) - 10.0,
    };
    (Fitted::new(label, LABEL_SIZE, right - cell.left), (cell.left, right))
}

/// The y label as it fits below the panel's letter, and the ends it has to keep between.
pub(crate) fn fit_y_label(placed: &Placed<'_>, label: &str) -> (Fitted, (f64, f64)) {
    let ends = (placed.plot.top, placed.labels_bottom);
    (Fitted::new(label, LABEL_SIZE, ends.1 - ends.0), ends)
}

/// The title as it fits beside the panel's letter, and the ends it has to keep between.
pub(crate) fn fit_title(placed: &Placed<'_>) -> (Fitted, (f64, f64)) {
    let cell = placed.cell;
    let letter = if placed.lettered { 1.2 * LETTER_SIZE } else { 0.0 };
    (Fitted::new(&placed.panel.title, TITLE_SIZE, cell.width - letter), (cell.left + letter, cell.right()))
}
