use crate::{Anchor, Colour, Dash, Shape};
use serde::Serialize;

/// Where a panel's legend stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Legend {
    /// Inside, where it covers no data: a corner if one is free. If there is no such place, at the right of the panel, or below it
    /// where that would make the panel too narrow.
    #[default]
    Auto,
    /// Inside, at this place.
    At(Anchor),
    /// At the right of the panel.
    Outside,
    /// Below the panel, in rows.
    Below,
    /// Nowhere.
    None,
}

/// An entry of a legend that no mark has by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Key {
    /// Label in math text.
    pub label: String,
    /// What stands before the label, drawn over one another.
    pub symbols: Vec<Symbol>,
}

/// What stands before a label of a legend.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Symbol {
    /// A piece of line.
    Line {
        /// Colour.
        colour: Colour,
        /// Dash style.
        dash: Dash,
        /// Width in pixels.
        width: f64,
    },
    /// A data point.
    Point {
        /// Colour.
        colour: Colour,
        /// Shape.
        shape: Shape,
        /// Radius in pixels.
        radius: f64,
    },
    /// A filled patch.
    Patch {
        /// Colour.
        colour: Colour,
        /// Opacity of the fill.
        opacity: f64,
        /// Whether it has an outline.
        outlined: bool,
    },
}

impl Key {
    /// An entry with a piece of line.
    pub fn line(label: impl Into<String>, colour: Colour, dash: Dash) -> Self {
        Self { label: label.into(), symbols: vec![Symbol::Line { colour, dash, width: 1.8 }] }
    }

    /// An entry with a data point.
    pub fn point(label: impl Into<String>, colour: Colour, shape: Shape) -> Self {
        Self { label: label.into(), symbols: vec![Symbol::Point { colour, shape, radius: 3.2 }] }
    }

    /// An entry with a filled patch.
    pub fn patch(label: impl Into<String>, colour: Colour) -> Self {
        Self { label: label.into(), symbols: vec![Symbol::Patch { colour, opacity: 1.0, outlined: false }] }
    }
}
