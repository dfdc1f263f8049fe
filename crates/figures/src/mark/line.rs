use crate::Colour;
use serde::Serialize;

/// How a line is dashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Dash {
    /// Unbroken.
    #[default]
    Solid,
    /// Long dashes.
    Dashed,
    /// Round dots.
    Dotted,
    /// Dashes and dots in turn.
    DashDot,
}

/// A curve through points, with an optional interval drawn as a light band.
///
/// ```
/// use figures::{Colour, Dash, Line};
/// let line = Line::new("theory", (0..50).map(|i| (f64::from(i), f64::from(i).sqrt())))
///     .colour(Colour::BLUE)
///     .dash(Dash::Dashed)
///     .legend("√t");
/// # let _ = line;
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Series name.
    pub series: String,
    /// Points (x, y) in the order they are joined.
    pub points: Vec<(f64, f64)>,
    /// Indices of points that are not joined to the point before them: gaps.
    pub breaks: Vec<usize>,
    /// Low and high end of an interval at each point; empty for none.
    pub intervals: Vec<(f64, f64)>,
    /// Colour of the line and, lighter, of its band.
    pub colour: Colour,
    /// Dash style.
    pub dash: Dash,
    /// Width in pixels.
    pub width: f64,
    /// 0 (invisible) to 1 (opaque).
    pub opacity: f64,
    /// Legend label in math text.
    pub legend: Option<String>,
}

impl Line {
    /// A solid line of 1.8 pixels.
    pub fn new(series: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self::segments(series, [points.into_iter().collect::<Vec<_>>()])
    }

    /// A line with gaps: the pieces are not joined.
    pub fn segments(series: impl Into<String>, pieces: impl IntoIterator<Item = Vec<(f64, f64)>>) -> Self {
        let (mut points, mut breaks) = (Vec::new(), Vec::new());
        for piece in pieces {
            if !points.is_empty() && !piece.is_empty() {
                breaks.push(points.len());
            }
            points.extend(piece);
        }
        Self {
            series: series.into(),
            points,
            breaks,
            intervals: Vec::new(),
            colour: Colour::BLUE,
            dash: Dash::Solid,
            width: 1.8,
            opacity: 1.0,
            legend: None,
        }
    }

    /// Low and high end of an interval at each point, drawn as a light band under the line.
    pub fn intervals(mut self, intervals: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.intervals = intervals.into_iter().collect();
        self
    }

    /// Sets the colour.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Sets the dash style.
    pub fn dash(mut self, dash: Dash) -> Self {
        self.dash = dash;
        self
    }

    /// Sets the width in pixels.
    pub fn width(mut self, width: f64) -> Self {
        self.width = width;
        self
    }

    /// Sets the opacity, 0 to 1.
    pub fn opacity(mut self, opacity: f64) -> Self {
        self.opacity = opacity;
        self
    }

    /// Gives the line an entry in the legend; marks with the same label share one entry.
    pub fn legend(mut self, label: impl Into<String>) -> Self {
        self.legend = Some(label.into());
        self
    }

    /// The index ranges of the pieces between gaps.
    pub(crate) fn pieces(&self) -> Vec<std::ops::Range<usize>> {
        pieces(&self.breaks, self.points.len())
    }

    pub(crate) fn reach(&self) -> Vec<(f64, f64)> {
        let band = self.points.iter().zip(&self.intervals).flat_map(|(p, i)| [(p.0, i.0), (p.0, i.1)]);
        self.points.iter().copied().chain(band).collect()
    }
}

/// The index ranges between breaks.
pub(super) fn pieces(breaks: &[usize], count: usize) -> Vec<std::ops::Range<usize>> {
    let starts = std::iter::once(0).chain(breaks.iter().copied());
    let ends = breaks.iter().copied().chain(std::iter::once(count));
    starts.zip(ends).map(|(start, end)| start..end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_segments_given() {
        let line = Line::segments("s", [vec![(0.0, 0.0), (1.0, 1.0)], vec![], vec![(3.0, 3.0)]]);
        assert_eq!(line.pieces(), [0..2, 2..3]);
        assert_eq!(Line::new("s", [(0.0, 1.0)]).pieces(), vec![0..1]);
    }
}
