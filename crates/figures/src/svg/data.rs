//! The numbers that a series' group carries for a page to read.

use super::frame::{Frame, Map};
use super::symbol;
use crate::math_text::{plain, shortest};
use crate::{Line, Mark, Scale};

/// Digits of numbers that stand for themselves: what a tooltip shows.
const DIGITS: usize = 4;
/// Numbers of lines are exact to this part of their axis, a tenth of what is drawn.
const SHARE: f64 = 1e-4;

/// Names and values of attributes; an empty value leaves its attribute out.
pub(crate) type Attributes = Vec<(&'static str, String)>;

/// What a page can read of a series, and its dashes. `kept` are the points that are drawn of each piece of a line.
pub(crate) fn attributes(frame: &Frame, mark: &Mark, kept: &[Vec<usize>]) -> Attributes {
    match mark {
        Mark::Line(line) => line_data(frame, line, kept),
        Mark::RefLine(line) => dashes(symbol::dash_attributes(line.dash, line.width)),
        Mark::Points(points) => {
            let [low, high] = ends(points.intervals.iter().copied());
            let [x_low, x_high] = ends(points.x_intervals.iter().copied());
            let dodge = if points.dodge == 0.0 { String::new() } else { super::canvas::grid(points.dodge).to_string() };
            vec![
                ("data-x", list(points.points.iter().map(|point| point.0))),
                ("data-y", list(points.points.iter().map(|point| point.1))),
                ("data-low", low),
                ("data-high", high),
                ("data-x-low", x_low),
                ("data-x-high", x_high),
                ("data-dodge", dodge),
            ]
        }
        Mark::Band(band) => {
            let [low, high] = ends(band.places.iter().map(|place| (place.1, place.2)));
            let x = list(band.places.iter().map(|place| place.0));
            vec![("data-x", x), ("data-low", low), ("data-high", high), ("data-breaks", indices(&band.breaks))]
        }
        Mark::Histogram(histogram) => {
            vec![("data-x", list(&histogram.edges)), ("data-y", list(&histogram.heights))]
        }
        Mark::HeatMap(map) => {
            let values = map.values.iter().flatten().copied();
            let values = in_range((map.scale.low, map.scale.high), map.scale.scale, values);
            vec![("data-x", list(&map.x_edges)), ("data-y", list(&map.y_edges)), ("data-values", values)]
        }
        _ => Vec::new(),
    }
}

fn line_data(frame: &Frame, line: &Line, kept: &[Vec<usize>]) -> Attributes {
    let starts = kept.iter().scan(0, |start, piece| {
        *start += piece.len();
        Some(*start)
    });
    let breaks: Vec<usize> = starts.take(kept.len().saturating_sub(1)).collect();
    let points = || kept.iter().flatten().map(|&i| line.points[i]);
    let [low, high] = ends(kept.iter().flatten().filter_map(|&i| line.intervals.get(i).copied()));
    let mut attributes = vec![
        ("data-x", on_axis(&frame.x, points().map(|point| point.0))),
        ("data-y", on_axis(&frame.y, points().map(|point| point.1))),
        ("data-low", low),
        ("data-high", high),
        ("data-breaks", indices(&breaks)),
        ("stroke-linejoin", "round".to_owned()),
    ];
    attributes.extend(dashes(symbol::dash_attributes(line.dash, line.width)));
    attributes
}

fn dashes((pattern, cap): (String, &str)) -> Attributes {
    vec![("stroke-dasharray", pattern), ("stroke-linecap", cap.to_owned())]
}

/// The legend's label as it is read.
pub(crate) fn legend(mark: &Mark) -> String {
    mark.legend().map(plain).unwrap_or_default()
}

fn ends(intervals: impl Iterator<Item = (f64, f64)> + Clone) -> [String; 2] {
    [list(intervals.clone().map(|interval| interval.0)), list(intervals.map(|interval| interval.1))]
}

fn indices(breaks: &[usize]) -> String {
    breaks.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}

fn list<V: std::borrow::Borrow<f64>>(values: impl IntoIterator<Item = V>) -> String {
    values.into_iter().map(|value| rounded(*value.borrow(), DIGITS)).collect::<Vec<_>>().join(" ")
}

/// Numbers with no more decimals than can be told apart on a linear axis.
fn on_axis(map: &Map, values: impl Iterator<Item = f64>) -> String {
    in_range(map.range, map.scale, values)
}

/// Numbers with no more decimals than can be told apart on a linear scale.
fn in_range((low, high): (f64, f64), scale: Scale, values: impl Iterator<Item = f64>) -> String {
    let length = high - low;
    if scale == Scale::Log || !(1e-12..1e12).contains(&length) {
        return list(values);
    }
    let decimals = (-(SHARE * length).log10()).ceil().max(0.0) as usize;
    values.map(|value| short(&format!("{value:.decimals$}"))).collect::<Vec<_>>().join(" ")
}

/// A number with so many digits, written as short as can be.
fn rounded(value: f64, digits: usize) -> String {
    let number: f64 = format!("{value:.*e}", digits - 1).parse().unwrap_or(value);
    short(&shortest(number))
}

/// A number without zeros that say nothing: `.5` for `0.50`.
fn short(number: &str) -> String {
    let number = if number.contains('.') && !number.contains('e') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    };
    match number {
        "-0" | "" | "-" => "0".to_owned(),
        _ => match (number.strip_prefix("0."), number.strip_prefix("-0.")) {
            (Some(decimals), _) => format!(".{decimals}"),
            (_, Some(decimals)) => format!("-.{decimals}"),
            _ => number.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_read_back() {
        assert_eq!(
            ["0.50", "-0.25", "0.000", "10", "100", "-0.0", "2.500", "1e-7"].map(short),
            [".5", "-.25", "0", "10", "100", "0", "2.5", "1e-7"]
        );
        assert_eq!([0.123_456, -12_345.6, 1e-9, 0.0].map(|v| rounded(v, 4)), [".1235", "-12350", "1e-9", "0"]);
    }
}
