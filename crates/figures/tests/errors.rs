//! Bad input is an error that names the panel, the series and the value; never a panic.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use figures::{
    Axis, ColourBar, ColourScale, Edge, Figure, FigureError, HeatMap, Histogram, Line, Mark, Node, Panel, Points,
    render_svg,
};

/// The error of the second of two panels that holds this mark.
fn error_of(mark: impl Into<Mark>) -> FigureError {
    error_in(Panel::new(Axis::new("x"), Axis::new("y")).mark(mark))
}

fn error_in(panel: Panel) -> FigureError {
    let good = Panel::new(Axis::new("x"), Axis::new("y")).mark(Line::new("good", [(0.0, 0.0), (1.0, 1.0)]));
    render_svg(&Figure::new("f", "F").columns(2).panel(good).panel(panel)).unwrap_err()
}

fn assert_says(error: &FigureError, parts: &[&str]) {
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "'{message}' lacks '{part}'");
    }
}

#[test]
fn data_that_do_not_fit_together() {
    let points = Points::new("s", [(0.0, 0.0), (1.0, 1.0)]);
    assert_says(&error_of(points.clone().intervals([(0.0, 1.0)])), &["1 intervals", "2 are needed"]);
    assert_says(&error_of(points.intervals([(0.0, 1.0), (2.0, 1.0)])), &["interval number 1", "2", "1"]);
    assert_says(&error_of(Histogram::new("h", [0.0, 1.0], [1.0, 2.0])), &["'h'", "2 edges", "3 are needed"]);
    assert_says(&error_of(Histogram::new("h", [0.0, 0.0], [1.0])), &["edges must increase"]);
    let map = HeatMap::new("m", [0.0, 1.0], [0.0, 1.0], vec![vec![0.0, 1.0]], ColourScale::diverging(1.0));
    assert_says(&error_of(map), &["'m'", "2 columns", "1 are needed"]);
}

#[test]
fn values_that_cannot_be_counted() {
    let counted = |values: &[f64], start, width| error_of(Histogram::of_values("h", values, start, width));
    assert_says(&counted(&[0.5], 0.0, 0.0), &["'h'", "edges must increase", "0 is followed by 0"]);
    assert_says(&counted(&[0.5], 0.0, -0.25), &["'h'", "edges must increase", "0 is followed by -0.25"]);
    assert_says(&counted(&[0.5], 0.0, f64::NAN), &["'h'", "edges", "NaN"]);
    assert_says(&counted(&[0.5], f64::NAN, 1.0), &["'h'", "edges", "NaN"]);
    assert_says(&counted(&[0.5], 0.0, f64::INFINITY), &["'h'", "edges", "inf"]);
    for (values, width) in [([0.0, 1e300], 1.0), ([-1e308, 1e308], 1.0), ([0.0, 1.0], 1e-300), ([-1.0, 0.0], 1e-5)] {
        assert_says(&counted(&values, 0.0, width), &["panel b", "'h'", "more than 100000 bins"]);
    }
}

#[test]
fn breaks_of_a_line() {
    let broken = |breaks: &[usize]| {
        let mut line = Line::new("s", [(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)]);
        line.breaks = breaks.to_vec();
        error_of(line)
    };
    assert_says(&broken(&[7]), &["panel b", "'s'", "break number 0 is 7", "points, 3"]);
    assert_says(&broken(&[3]), &["break number 0 is 3"]);
    assert_says(&broken(&[0]), &["break number 0 is 0"]);
    assert_says(&broken(&[2, 1]), &["break number 1 is 1", "must increase"]);
    assert_says(&broken(&[1, 1]), &["break number 1 is 1"]);
}

#[test]
fn ranges() {
    let line = Line::new("s", [(0.0, 0.0), (3.0, 1.0)]);
    let fixed = |low, high| Panel::new(Axis::new("x").range(low, high), Axis::new("y")).mark(line.clone());
    assert_says(&error_in(fixed(2.0, 2.0)), &["panel b", "range of x", "[2, 2]"]);
    assert!(matches!(
        error_in(Panel::new(Axis::new("x").cut(5.0, 4.0), Axis::new("y")).mark(line.clone())),
        FigureError::BadRange { axis: "x", .. }
    ));
    let log = Panel::new(Axis::log("x").range(0.0, 1.0), Axis::new("y")).mark(line.clone());
    assert_says(&error_in(log), &["panel b", "x = 0", "logarithmic"]);
    let bar = ColourBar::new(ColourScale::sequential_log(0.0, 1.0), "c");
    let barred = Panel::new(Axis::new("x"), Axis::new("y")).mark(line).colour_bar(bar);
    assert!(matches!(error_in(barred), FigureError::BadRange { axis: "colour", .. }));
}

#[test]
fn grids_and_schematics() {
    let panel = || Panel::new(Axis::new("x"), Axis::new("y")).mark(Line::new("s", [(0.0, 0.0), (1.0, 1.0)]));
    let refused = |figure: Figure| render_svg(&figure).unwrap_err();
    assert!(matches!(refused(Figure::new("f", "F")), FigureError::NoPanels { .. }));
    assert_says(&refused(Figure::new("a b", "F").panel(panel())), &["name", "'a b'"]);
    assert_says(&refused(Figure::new("f", "F").columns(0).panel(panel())), &["columns", "0"]);
    assert_says(&refused(Figure::new("f", "F").panel(panel().span(2, 1))), &["span", "2 columns"]);
    assert_says(&refused(Figure::new("f", "F").aspect(f64::NAN).panel(panel())), &["aspect"]);
    assert_says(&refused(Figure::new("f", "F").columns(2).column_weights([1.0]).panel(panel())), &["weights", "1"]);
    let schematic = Panel::free(4.0, 2.0).mark(Node::circle("a", (1.0, 1.0), 0.5)).mark(Edge::new("a", "c"));
    assert_says(&refused(Figure::new("f", "F").panel(schematic)), &["panel a", "'c'", "nodes are: a"]);
    assert!(matches!(refused(Figure::new("f", "F").panel(Panel::free(0.0, 1.0))), FigureError::BadRange { .. }));
}

#[test]
fn extreme_data_are_drawn() {
    let wild = Line::new("wild", [(-1e300, 1e300), (0.0, 0.0), (1e300, -1e300), (1e-300, 1e-300)]);
    for axis in [Axis::new("x"), Axis::new("x").cut(-1e-300, 1e-300), Axis::new("x").cut(0.0, 1.0)] {
        let panel = Panel::new(axis, Axis::new("y")).mark(wild.clone());
        let svg = render_svg(&Figure::new("f", "F").panel(panel)).unwrap();
        assert!(!svg.contains("NaN") && !svg.contains("inf "));
    }
}
