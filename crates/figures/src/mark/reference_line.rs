use crate::{Colour, Dash};
use serde::Serialize;

/// Which way a reference line runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Direction {
    /// y is constant.
    Horizontal(f64),
    /// x is constant.
    Vertical(f64),
    /// y = x.
    Diagonal,
}

/// A dotted straight line across the panel. It does not widen an automatic range and is left out where it lies beyond
/// the range.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RefLine {
    /// Series name; lines that have one enter the CSV with their constant coordinate.
    pub series: String,
    /// Which way it runs.
    pub direction: Direction,
    /// Colour.
    pub colour: Colour,
    /// Dash style.
    pub dash: Dash,
    /// Width in pixels.
    pub width: f64,
    /// Legend label in math text.
    pub legend: Option<String>,
}

impl RefLine {
    fn new(direction: Direction) -> Self {
        Self { series: String::new(), direction, colour: Colour::GREY, dash: Dash::Dotted, width: 1.4, legend: None }
    }

    /// The line of constant y.
    pub fn horizontal(y: f64) -> Self {
        Self::new(Direction::Horizontal(y))
    }

    /// The line of constant x.
    pub fn vertical(x: f64) -> Self {
        Self::new(Direction::Vertical(x))
    }

    /// The line y = x.
    pub fn diagonal() -> Self {
        Self::new(Direction::Diagonal)
    }

    /// Gives the line a series name.
    pub fn series(mut self, series: impl Into<String>) -> Self {
        self.series = series.into();
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

    /// Gives the line an entry in the legend; marks with the same label share one entry.
    pub fn legend(mut self, label: impl Into<String>) -> Self {
        self.legend = Some(label.into());
        self
    }
}
