//! The range that each axis shows.

use crate::{Axis, Coordinates, FigureError, Mark, Panel, Scale, check, drawable};

/// The ranges of a panel's two axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ranges {
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
}

/// Takes fixed ranges from the axes and the others from the data.
pub(crate) fn of_panel(letter: &str, panel: &Panel) -> Result<Ranges, FigureError> {
    let (x, y) = match &panel.coordinates {
        Coordinates::Free { width, height } => {
            return Ok(Ranges { x: (0.0, *width), y: (0.0, *height) });
        }
        Coordinates::Axes { x, y } => (x, y),
    };
    // The ends of intervals may be infinite, where they go on beyond the panel.
    let fits = |axis: &Axis, value: f64| {
        value.is_finite() && (axis.scale == Scale::Linear || value > 0.0) && drawable::shows(axis, value)
    };
    let seen: Vec<(f64, f64)> =
        panel.marks.iter().flat_map(Mark::reach).filter(|p| fits(x, p.0) && fits(y, p.1)).collect();
    let has = |kind: fn(&Mark) -> bool| panel.marks.iter().any(kind);
    let points = has(|mark| matches!(mark, Mark::Points(_)));
    let (x_margin, y_margin) = if has(|mark| matches!(mark, Mark::HeatMap(_))) {
        (Margin::NONE, Margin::NONE)
    } else {
        let dodged = has(|mark| matches!(mark, Mark::Points(points) if points.dodge != 0.0));
        let x_share = if dodged { 0.08 } else { 0.04 * f64::from(u8::from(points)) };
        (Margin { share: x_share, keeps_zero: !points }, Margin { share: 0.05, keeps_zero: !points })
    };
    let mut x_range = resolve(letter, "x", x, seen.iter().map(|point| point.0), x_margin)?;
    let mut y_range = resolve(letter, "y", y, seen.iter().map(|point| point.1), y_margin)?;
    if panel.same_range && x.range.is_none() && y.range.is_none() {
        x_range = (x_range.0.min(y_range.0), x_range.1.max(y_range.1));
        y_range = x_range;
    } else if panel.same_range {
        (x_range, y_range) = if x.range.is_some() { (x_range, y.range.unwrap_or(x_range)) } else { (y_range, y_range) };
    }
    Ok(Ranges { x: x_range, y: y_range })
}

fn resolve(
    panel: &str,
    name: &'static str,
    axis: &Axis,
    values: impl Iterator<Item = f64>,
    margin: Margin,
) -> Result<(f64, f64), FigureError> {
    if let Some(ends) = axis.range {
        check::axis_range(panel, name, axis, ends)?;
        return Ok(ends);
    }
    let ends = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if ends.0 > ends.1 {
        // Nothing to show: an axis all the same.
        return Ok(if axis.scale == Scale::Log { (1.0, 10.0) } else { (0.0, 1.0) });
    }
    let padded = margin.around(axis.scale, ends);
    check::axis_range(panel, name, axis, padded)?;
    Ok(padded)
}

/// The room between the data and the ends of an automatic range.
#[derive(Clone, Copy)]
struct Margin {
    /// Relative to the extent of the data.
    share: f64,
    /// Whether a linear range starts or ends at zero when the data do, or nearly.
    keeps_zero: bool,
}

impl Margin {
    const NONE: Self = Self { share: 0.0, keeps_zero: false };

    fn around(self, scale: Scale, (low, high): (f64, f64)) -> (f64, f64) {
        let (from, to) = (scale.forward(low), scale.forward(high));
        // All equal, or too nearly so for the labels of ticks to differ.
        if to - from <= 1e-6 * from.abs().max(to.abs()) || to - from < 1e-290 {
            let half = if scale == Scale::Log || from.abs() < 1e-290 { 0.5 } else { 0.1 * from.abs() };
            return (scale.backward(from - half), scale.backward(to + half));
        }
        let step = self.share * (to - from);
        let (least, most) = if scale == Scale::Log { (-305.0, 305.0) } else { (f64::MIN, f64::MAX) };
        // Nearly: three hundredths of the extent.
        let is_zero = |end: f64, outwards: f64| {
            let distance = end * -outwards;
            self.keeps_zero && scale == Scale::Linear && (0.0..=0.03 * (high - low)).contains(&distance)
        };
        let end = |value: f64, outwards: f64| match (is_zero(value, outwards), self.share == 0.0) {
            (true, _) => 0.0,
            (false, true) => value,
            // Not so far that a logarithmic axis would begin at a number too small to write.
            (false, false) => scale.backward((scale.forward(value) + outwards * step).clamp(least, most)),
        };
        (end(low, -1.0), end(high, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HeatMap, Line, Points};

    fn ranges(panel: Panel) -> Ranges {
        of_panel("a", &panel).unwrap()
    }

    #[test]
    fn lines_fill_the_width_and_keep_zero() {
        let panel = Panel::new(Axis::new("x"), Axis::new("y")).mark(Line::new("s", [(0.0, 0.0), (5.0, 2.0)]));
        assert_eq!(ranges(panel), Ranges { x: (0.0, 5.0), y: (0.0, 2.1) });
    }

    #[test]
    fn points_never_stand_on_the_border_and_lines_start_at_a_near_zero() {
        let data = [(0.01, 0.001), (5.0, 1.0)];
        let panel = Panel::new(Axis::new("x"), Axis::new("y"));
        let Ranges { x, y } = ranges(panel.clone().mark(Line::new("s", data)));
        assert_eq!((x, y.0), ((0.0, 5.0), 0.0));
        let Ranges { x, y } = ranges(panel.mark(Points::new("s", data)));
        assert!(x.0 < 0.0 && x.1 > 5.0 && y.0 < 0.0 && y.1 > 1.0);
    }

    #[test]
    fn a_cut_axis_hides_its_data_from_the_other_axis() {
        let line = Line::new("s", [(0.0, 1.0), (1.0, 2.0), (9.0, 900.0)]);
        let panel = Panel::new(Axis::new("x").cut(0.0, 2.0), Axis::new("y")).mark(line.clone());
        assert!(ranges(panel).y.1 < 3.0);
        assert!(ranges(Panel::new(Axis::new("x").range(0.0, 2.0), Axis::new("y")).mark(line)).y.1 < 3.0);
    }

    #[test]
    fn single_values_and_heat_maps_have_a_range() {
        let panel = Panel::new(Axis::log("x"), Axis::new("y")).mark(Points::new("s", [(10.0, 0.0)]));
        let Ranges { x, y } = ranges(panel);
        assert!(x.0 < 10.0 && 10.0 < x.1 && y.0 < 0.0 && 0.0 < y.1);
        let map = HeatMap::new("m", [1.0, 2.0], [3.0, 5.0], vec![vec![0.0]], crate::ColourScale::diverging(1.0));
        let panel = Panel::new(Axis::new("x"), Axis::new("y")).mark(map);
        assert_eq!(ranges(panel), Ranges { x: (1.0, 2.0), y: (3.0, 5.0) });
    }

    #[test]
    fn same_range_holds_both_axes() {
        let panel =
            Panel::new(Axis::new("x"), Axis::new("y")).mark(Points::new("s", [(1.0, 3.0), (2.0, 9.0)])).same_range();
        let Ranges { x, y } = ranges(panel);
        assert_eq!(x, y);
        assert!(x.0 <= 1.0 && x.1 >= 9.0);
    }

    #[test]
    fn cut_error_bars_leave_the_axes_alone() {
        let points = Points::new("s", [(1.0, 1.0), (2.0, 3.0)]);
        let panel = Panel::new(Axis::new("x").range(0.0, 2.5), Axis::new("y"));
        let bars = points.clone().x_intervals([(0.5, 1.5), (-1.0, 5.0)]).intervals([(0.0, 2.0), (-90.0, 96.0)]);
        assert_eq!(ranges(panel.clone().mark(bars.cut_intervals())), ranges(panel.mark(points)));
    }

    #[test]
    fn what_has_no_place_leaves_the_range_alone() {
        let points = |y: f64| Points::new("s", [(1.0, 2.0), (2.0, 4.0)]).intervals([(y, 3.0), (3.0, 5.0)]);
        let log = || Panel::new(Axis::new("x"), Axis::log("y"));
        assert_eq!(ranges(log().mark(points(-1.0))), ranges(log().mark(points(2.0))));
        let empty = ranges(log().mark(Points::new("s", [(1.0, f64::NAN)])));
        assert_eq!(empty.y, (1.0, 10.0));
        let equal =
            ranges(Panel::new(Axis::new("x"), Axis::new("y")).mark(Points::new("s", [(1e300, 1.0), (1e300, 1.0)])));
        assert!(equal.x.0 < 1e300 && equal.x.1 > 1e300 && equal.y.0 < 1.0 && equal.y.1 > 1.0);
    }
}
