//! The key of a colour scale.

use super::canvas::{Canvas, Ink, TextStyle};
use super::frame::Map;
use super::geometry::Rect;
use super::style::{AXIS, BAR, LABEL_SIZE, TICK_LENGTH, TICK_SIZE};
use crate::math_text::{plain, power_of_ten};
use crate::ticks;
use crate::{Anchor, Colour, ColourBar, FigureError, font};

/// Shades drawn.
const STEPS: usize = 64;

/// Ticks with their labels and the power of ten taken out of them.
fn ticks_of(bar: &ColourBar, height: f64) -> (Vec<(f64, String)>, i32) {
    if !bar.ticks.is_empty() {
        return (bar.ticks.clone(), 0);
    }
    let most = ((height / 32.0) as usize + 1).clamp(2, 7);
    let found = ticks::automatic(bar.scale.scale, bar.scale.low, bar.scale.high, most);
    let labelled = found.ticks.into_iter().filter(|tick| tick.major).map(|tick| (tick.value, tick.label));
    (labelled.collect(), found.exponent)
}

fn label(bar: &ColourBar, exponent: i32) -> String {
    match (exponent, bar.label.is_empty()) {
        (0, _) => bar.label.clone(),
        (_, true) => format!("×{}", power_of_ten(exponent)),
        (_, false) => format!("{} (×{})", bar.label, power_of_ten(exponent)),
    }
}

/// Width of the bar with ticks and label.
pub(crate) fn width(bar: &ColourBar, height: f64) -> f64 {
    let (ticks, exponent) = ticks_of(bar, height);
    let widest = ticks.iter().map(|(_, text)| font::label_width(text, TICK_SIZE, false)).fold(0.0, f64::max);
    let label = if label(bar, exponent).is_empty() { 0.0 } else { 8.0 + 1.2 * LABEL_SIZE };
    BAR + TICK_LENGTH + 4.0 + widest + label
}

/// Draws the bar in a rectangle, with ticks and label at its right. A tick whose colour is that of series, found by
/// `series_of`, is an entry of a legend.
pub(crate) fn draw(
    canvas: &mut Canvas,
    bar: &ColourBar,
    rect: Rect,
    series_of: &dyn Fn(Colour) -> Vec<String>,
) -> Result<(), FigureError> {
    let range = (bar.scale.low, bar.scale.high);
    let map = Map { scale: bar.scale.scale, range, pixels: (rect.bottom(), rect.top) };
    canvas.open(&[("class", "colour-bar"), ("data-label", &crate::math_text::plain(&bar.label))])?;
    canvas.open(&[("shape-rendering", "crispEdges")])?;
    let step = rect.height / STEPS as f64;
    for i in 0..STEPS {
        let colour = bar.scale.hues.at((i as f64 + 0.5) / STEPS as f64);
        let (top, bottom) = (rect.bottom() - step * (i + 1) as f64, rect.bottom() - step * i as f64);
        canvas.rect(Rect { top, height: bottom - top, ..rect }, Ink::fill(colour, 1.0));
    }
    canvas.close()?;
    let (left, right, top, bottom) = (rect.left, rect.right(), rect.top, rect.bottom());
    canvas.path(&[(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], Ink::stroke(AXIS, 0.8));
    let (ticks, exponent) = ticks_of(bar, rect.height);
    let style = TextStyle::new(TICK_SIZE, Anchor::Left);
    for (value, text) in ticks.iter().filter(|(value, _)| (range.0..=range.1).contains(value)) {
        let at = map.at(*value);
        canvas.path(&[(right, at), (right + TICK_LENGTH, at)], Ink::stroke(AXIS, 1.1));
        let series = series_of(bar.scale.colour(*value)).join(" ");
        let is_entry = !series.is_empty();
        if is_entry {
            let label = plain(&format!("{} = {text}", bar.label));
            canvas.open(&[("class", "legend-entry"), ("data-legend", &label), ("data-for", &series)])?;
        }
        canvas.text((right + TICK_LENGTH + 4.0, at), text, &style)?;
        if is_entry {
            canvas.close()?;
        }
    }
    let place = (left + width(bar, rect.height) - 0.5 * LABEL_SIZE, 0.5 * (top + bottom));
    let text = label(bar, exponent);
    if !text.is_empty() {
        canvas.text(place, &text, &TextStyle { rotation: 90.0, ..TextStyle::new(LABEL_SIZE, Anchor::Centre) })?;
    }
    canvas.close()
}
