//! The ticks of a panel of a given size: as many as their labels leave room for.

use super::frame::Map;
use super::geometry::Rect;
use super::style::TICK_SIZE;
use crate::math_text::power_of_ten;
use crate::range::Ranges;
use crate::ticks::{self, Tick, Ticks};
use crate::{Axis, Coordinates, HeatMap, Mark, Panel, font};

/// Ticks of one axis with their pixels.
#[derive(Clone, Debug, Default)]
pub(crate) struct AxisTicks {
    /// Pixel and tick.
    pub(crate) ticks: Vec<(f64, Tick)>,
    /// Power of ten taken out of the labels.
    pub(crate) exponent: i32,
}

impl AxisTicks {
    /// The labels that are written.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> {
        self.ticks.iter().map(|(_, tick)| tick.label.as_str()).filter(|label| !label.is_empty())
    }

    /// How far labels of a horizontal axis stick out beyond the right end of the plot.
    pub(crate) fn overhang(&self, plot: Rect) -> f64 {
        let end = |(at, tick): &(f64, Tick)| at + 0.5 * width(&tick.label) - plot.right();
        self.ticks.iter().filter(|(_, tick)| !tick.label.is_empty()).map(end).fold(0.0, f64::max)
    }
}

/// Ticks of both axes; none for a schematic.
#[derive(Clone, Debug, Default)]
pub(crate) struct PanelTicks {
    pub(crate) x: AxisTicks,
    pub(crate) y: AxisTicks,
}

pub(crate) fn of_panel(panel: &Panel, ranges: Ranges, plot: Rect) -> PanelTicks {
    let Coordinates::Axes { x, y } = &panel.coordinates else {
        return PanelTicks::default();
    };
    let x_map = Map { scale: x.scale, range: ranges.x, pixels: (plot.left, plot.right()) };
    let y_map = Map { scale: y.scale, range: ranges.y, pixels: (plot.bottom(), plot.top) };
    let beside = |a: &(f64, Tick), b: &(f64, Tick)| 0.5 * (width(&a.1.label) + width(&b.1.label)) + 9.0;
    let above = |_: &(f64, Tick), _: &(f64, Tick)| 1.5 * TICK_SIZE;
    let swept = |pick: fn(&HeatMap) -> &[f64]| {
        let of = |mark: &Mark| if let Mark::HeatMap(map) = mark { Some(pick(map).to_vec()) } else { None };
        panel.marks.iter().find_map(of).unwrap_or_default()
    };
    PanelTicks {
        x: of_axis(x, &x_map, &swept(|map| &map.x_values), plot.width / 34.0, &beside),
        y: of_axis(y, &y_map, &swept(|map| &map.y_values), plot.height / 30.0, &above),
    }
}

/// How far apart two labels must stand.
type Distance<'a> = &'a dyn Fn(&(f64, Tick), &(f64, Tick)) -> f64;

/// Ticks given, or at swept values of a heat map, or chosen.
fn of_axis(axis: &Axis, map: &Map, swept: &[f64], room: f64, distance: Distance<'_>) -> AxisTicks {
    let (low, high) = map.range;
    let with_pixels = |ticks: Ticks| {
        let slack = 1e-9 * (high - low);
        let within = |tick: &Tick| tick.value >= low - slack && tick.value <= high + slack;
        ticks.ticks.into_iter().filter(within).map(|tick| (map.at(tick.value), tick)).collect::<Vec<_>>()
    };
    let mut found = AxisTicks::default();
    if let Some(explicit) = &axis.ticks {
        let values: Vec<f64> = explicit.iter().map(|(value, _)| *value).collect();
        let (labels, exponent) = ticks::labels(&values);
        let tick = |((value, label), automatic): (&(f64, Option<String>), String)| Tick {
            value: *value,
            label: label.clone().unwrap_or(automatic),
            major: true,
        };
        let ticks = explicit.iter().zip(labels).map(tick).collect();
        found = AxisTicks { ticks: with_pixels(Ticks { ticks, exponent }), exponent };
        if explicit.iter().all(|(_, label)| label.is_some()) {
            found.exponent = 0;
        }
    } else if !swept.is_empty() {
        let (labels, exponent) = ticks::labels(swept);
        let tick = |(&value, label)| Tick { value, label, major: true };
        let ticks = swept.iter().zip(labels).map(tick).collect();
        found = AxisTicks { ticks: with_pixels(Ticks { ticks, exponent }), exponent };
        thin_labels(&mut found.ticks, distance);
    } else {
        for most in (2..=(room as usize + 1).clamp(2, 7)).rev() {
            let ticks = ticks::automatic(axis.scale, low, high, most);
            found = AxisTicks { exponent: ticks.exponent, ticks: with_pixels(ticks) };
            if is_airy(&found.ticks, distance) {
                break;
            }
        }
    }
    add_extra(axis, map, &mut found, distance);
    found
}

fn is_airy(ticks: &[(f64, Tick)], distance: Distance<'_>) -> bool {
    let labelled: Vec<_> = ticks.iter().filter(|(_, tick)| !tick.label.is_empty()).collect();
    labelled.windows(2).all(|pair| (pair[0].0 - pair[1].0).abs() >= distance(pair[0], pair[1]))
}

/// Takes away the labels that leave no room to the one before them; their ticks stay.
fn thin_labels(ticks: &mut [(f64, Tick)], distance: Distance<'_>) {
    let mut last: Option<usize> = None;
    for i in 0..ticks.len() {
        let is_near = |k: usize| (ticks[i].0 - ticks[k].0).abs() < distance(&ticks[k], &ticks[i]);
        if last.is_some_and(is_near) {
            ticks[i].1.label.clear();
        } else {
            last = Some(i);
        }
    }
}

/// Extra ticks take the place of the labels they would touch; the ticks of these become minor.
fn add_extra(axis: &Axis, map: &Map, found: &mut AxisTicks, distance: Distance<'_>) {
    let (low, high) = map.range;
    for (value, label) in axis.extra_ticks.iter().filter(|(value, _)| (low..=high).contains(value)) {
        let extra = (map.at(*value), Tick { value: *value, label: label.clone(), major: true });
        for tick in &mut found.ticks {
            if (tick.0 - extra.0).abs() < distance(tick, &extra) {
                tick.1.label.clear();
                tick.1.major = false;
            }
        }
        found.ticks.push(extra);
    }
}

fn width(label: &str) -> f64 {
    font::label_width(label, TICK_SIZE, false)
}

/// The sign that a power of ten was taken out of the labels.
pub(crate) fn factor(exponent: i32) -> String {
    format!("×{}", power_of_ten(exponent))
}
