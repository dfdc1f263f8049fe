//! What must hold of a figure before it is drawn or written.

use crate::mark::MOST_BINS;
use crate::{Axis, Coordinates, End, Figure, FigureError, Mark, Panel, Scale};

/// Where a check stands: names for its messages.
struct Series<'a> {
    panel: &'a str,
    series: &'a str,
}

/// Checks everything that does not depend on the layout.
pub(crate) fn figure(figure: &Figure) -> Result<(), FigureError> {
    if figure.cells.iter().flatten().next().is_none() {
        return Err(FigureError::NoPanels { figure: figure.name.clone() });
    }
    grid(figure)?;
    data(figure)?;
    for (letter, panel) in figure.lettered_panels() {
        if let Coordinates::Free { width, height } = panel.coordinates {
            range(&letter, "x", 0.0, width)?;
            range(&letter, "y", 0.0, height)?;
        }
        for mark in &panel.marks {
            let series = if mark.series().is_empty() { mark.kind() } else { mark.series() };
            Series { panel: &letter, series }.schematic(mark)?;
        }
        if let Some(bar) = &panel.colour_bar {
            colour_range(&letter, &bar.scale)?;
        }
        edges(&letter, panel)?;
    }
    figure.colour_bar.as_ref().map_or(Ok(()), |bar| colour_range("figure", &bar.scale))
}

/// Checks that the data of every series fit together, which is all that the table needs.
pub(crate) fn data(figure: &Figure) -> Result<(), FigureError> {
    for (letter, panel) in figure.lettered_panels() {
        for mark in &panel.marks {
            Series { panel: &letter, series: mark.series() }.mark(mark)?;
        }
    }
    Ok(())
}

fn grid(figure: &Figure) -> Result<(), FigureError> {
    let refuse = |quantity, given: String, allowed: &str| {
        Err(FigureError::BadGrid { figure: figure.name.clone(), quantity, given, allowed: allowed.to_owned() })
    };
    if figure.name.is_empty() || !figure.name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)) {
        return refuse("name", format!("'{}'", figure.name), "letters, digits, '_', '-' and '.'");
    }
    if figure.columns == 0 {
        return refuse("columns", "0".into(), "1 or more");
    }
    if !(figure.aspect.is_finite() && figure.aspect > 0.0) {
        return refuse("aspect", figure.aspect.to_string(), "a positive number");
    }
    if let Some(width) = figure.width.filter(|w| !(100.0..=5000.0).contains(w)) {
        return refuse("width", width.to_string(), "100 to 5000 pixels");
    }
    if let Some(weight) =
        figure.column_weights.iter().chain(&figure.row_weights).find(|w| !(w.is_finite() && **w > 0.0))
    {
        return refuse("weight of a column or row", weight.to_string(), "a positive number");
    }
    if !figure.column_weights.is_empty() && figure.column_weights.len() != figure.columns {
        let allowed = format!("none or {}", figure.columns);
        return refuse("number of column weights", figure.column_weights.len().to_string(), &allowed);
    }
    for panel in figure.cells.iter().flatten() {
        if panel.columns == 0 || panel.columns > figure.columns || panel.rows == 0 {
            let allowed = format!("1 to {} columns and 1 or more rows", figure.columns);
            return refuse("span of a panel", format!("{} columns, {} rows", panel.columns, panel.rows), &allowed);
        }
    }
    Ok(())
}

/// An interval with finite, increasing ends.
pub(crate) fn range(panel: &str, axis: &'static str, low: f64, high: f64) -> Result<(), FigureError> {
    if low.is_finite() && high.is_finite() && low < high {
        Ok(())
    } else {
        Err(FigureError::BadRange { panel: panel.to_owned(), axis, low, high })
    }
}

/// The range of an axis: as [`range`], and positive if logarithmic.
pub(crate) fn axis_range(panel: &str, name: &'static str, axis: &Axis, ends: (f64, f64)) -> Result<(), FigureError> {
    if axis.scale == Scale::Log && ends.0 <= 0.0 {
        let series = "range of the axis".to_owned();
        return Err(FigureError::NotPositive { panel: panel.to_owned(), series, axis: name, value: ends.0 });
    }
    range(panel, name, ends.0, ends.1)
}

fn colour_range(panel: &str, scale: &crate::ColourScale) -> Result<(), FigureError> {
    let (low, high) = (scale.scale.forward(scale.low), scale.scale.forward(scale.high));
    if low.is_finite() && high.is_finite() && low <= high {
        return Ok(());
    }
    Err(FigureError::BadRange { panel: panel.to_owned(), axis: "colour", low: scale.low, high: scale.high })
}

fn edges(letter: &str, panel: &Panel) -> Result<(), FigureError> {
    let names: Vec<&str> = panel
        .marks
        .iter()
        .filter_map(|mark| if let Mark::Node(node) = mark { Some(&*node.name) } else { None })
        .collect();
    for mark in &panel.marks {
        let Mark::Edge(edge) = mark else { continue };
        for end in [&edge.from, &edge.to] {
            if let End::Node(name) = end
                && !names.contains(&name.as_str())
            {
                let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                return Err(FigureError::UnknownNode { panel: letter.to_owned(), node: name.clone(), known });
            }
        }
    }
    Ok(())
}

impl Series<'_> {
    fn mark(&self, mark: &Mark) -> Result<(), FigureError> {
        match mark {
            Mark::Line(line) => {
                self.breaks(&line.breaks, line.points.len())?;
                self.intervals(&line.intervals, line.points.len())
            }
            Mark::Band(band) => {
                self.breaks(&band.breaks, band.places.len())?;
                let ends: Vec<_> = band.places.iter().map(|place| (place.1, place.2)).collect();
                self.intervals(&ends, band.places.len())
            }
            Mark::Points(points) => {
                self.intervals(&points.intervals, points.points.len())?;
                self.intervals(&points.x_intervals, points.points.len())
            }
            Mark::Histogram(histogram) => {
                self.bins(histogram.heights.len())?;
                self.increasing("edges", &histogram.edges)?;
                self.count("edges", histogram.heights.len() + 1, histogram.edges.len())
            }
            Mark::HeatMap(map) => self.heat_map(map),
            _ => Ok(()),
        }
    }

    fn heat_map(&self, map: &crate::HeatMap) -> Result<(), FigureError> {
        colour_range(self.panel, &map.scale)?;
        self.increasing("x edges", &map.x_edges)?;
        self.increasing("y edges", &map.y_edges)?;
        let (rows, columns) = (map.y_edges.len().saturating_sub(1), map.x_edges.len().saturating_sub(1));
        self.count("rows", rows, map.values.len())?;
        for row in &map.values {
            self.count("columns", columns, row.len())?;
        }
        if !map.intervals.is_empty() {
            self.count("rows of intervals", rows, map.intervals.len())?;
        }
        map.intervals.iter().try_for_each(|row| self.intervals(row, columns))
    }

    /// Checks the coordinates of the parts of a schematic, which have no place to be left out of.
    fn schematic(&self, mark: &Mark) -> Result<(), FigureError> {
        let numbers = match mark {
            Mark::Brace(brace) => vec![brace.from.0, brace.from.1, brace.to.0, brace.to.1, brace.depth],
            Mark::Node(node) => vec![node.centre.0, node.centre.1],
            Mark::Edge(edge) => [&edge.from, &edge.to]
                .into_iter()
                .flat_map(|end| if let End::At(x, y) = end { vec![*x, *y] } else { Vec::new() })
                .collect(),
            _ => Vec::new(),
        };
        self.finite("coordinate", numbers.into_iter())
    }

    fn finite(&self, quantity: &'static str, values: impl Iterator<Item = f64>) -> Result<(), FigureError> {
        match values.enumerate().find(|(_, value)| !value.is_finite()) {
            None => Ok(()),
            Some((index, value)) => Err(FigureError::NotFinite {
                panel: self.panel.to_owned(),
                series: self.series.to_owned(),
                quantity,
                index,
                value,
            }),
        }
    }

    /// Intervals: none, or one per datum with ordered ends.
    fn intervals(&self, intervals: &[(f64, f64)], data: usize) -> Result<(), FigureError> {
        if intervals.is_empty() {
            return Ok(());
        }
        self.count("intervals", data, intervals.len())?;
        match intervals.iter().enumerate().find(|(_, (low, high))| low > high) {
            None => Ok(()),
            Some((index, &(low, high))) => Err(FigureError::Interval {
                panel: self.panel.to_owned(),
                series: self.series.to_owned(),
                index,
                low,
                high,
            }),
        }
    }

    /// Breaks of a line: increasing, with points on both sides of each.
    fn breaks(&self, breaks: &[usize], points: usize) -> Result<(), FigureError> {
        let previous = std::iter::once(0).chain(breaks.iter().copied());
        match breaks.iter().zip(previous).position(|(&next, previous)| next <= previous || next >= points) {
            None => Ok(()),
            Some(index) => Err(FigureError::BadBreak {
                panel: self.panel.to_owned(),
                series: self.series.to_owned(),
                index,
                found: breaks[index],
                points,
            }),
        }
    }

    fn bins(&self, count: usize) -> Result<(), FigureError> {
        if count <= MOST_BINS {
            return Ok(());
        }
        let (panel, series) = (self.panel.to_owned(), self.series.to_owned());
        Err(FigureError::TooManyBins { panel, series, most: MOST_BINS })
    }

    fn count(&self, quantity: &'static str, expected: usize, found: usize) -> Result<(), FigureError> {
        if expected == found {
            return Ok(());
        }
        let (panel, series) = (self.panel.to_owned(), self.series.to_owned());
        Err(FigureError::LengthMismatch { panel, series, quantity, expected, found })
    }

    fn increasing(&self, quantity: &'static str, edges: &[f64]) -> Result<(), FigureError> {
        self.finite(quantity, edges.iter().copied())?;
        match edges.windows(2).find(|pair| pair[0] >= pair[1]) {
            None => Ok(()),
            Some(pair) => Err(FigureError::NotIncreasing {
                panel: self.panel.to_owned(),
                series: self.series.to_owned(),
                quantity,
                previous: pair[0],
                next: pair[1],
            }),
        }
    }
}
