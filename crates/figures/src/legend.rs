use crate::mark::BAND_OPACITY;
use crate::{Anchor, Colour, Dash, Points, Shape};
use serde::Serialize;

/// Where a panel's legend stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Legend {
    /// Inside, where it covers no data: a corner if one is free. If there is no such place, at the right of the panel,
    /// or below it where that would make the panel too narrow.
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
    /// Names, or beginnings of names up to a comma, of the series it stands for; empty for those that look like it.
    pub series: Vec<String>,
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
    /// The error bar of a data point in x.
    BarAcross {
        /// Colour.
        colour: Colour,
        /// How far in pixels its caps reach to either side.
        cap: f64,
    },
    /// The error bar of a data point in y.
    BarUp {
        /// Colour.
        colour: Colour,
        /// How far in pixels its caps reach to either side.
        cap: f64,
    },
    /// An arrow upwards from a data point: its value is a bound.
    Above {
        /// Colour.
        colour: Colour,
        /// Radius of the point in pixels.
        radius: f64,
    },
    /// A hatched patch.
    Hatched,
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
    fn new(label: impl Into<String>, symbols: Vec<Symbol>) -> Self {
        Self { label: label.into(), symbols, series: Vec::new() }
    }

    /// An entry with a piece of line.
    pub fn line(label: impl Into<String>, colour: Colour, dash: Dash) -> Self {
        Self::new(label, vec![Symbol::Line { colour, dash, width: 1.8 }])
    }

    /// An entry with a data point.
    pub fn point(label: impl Into<String>, colour: Colour, shape: Shape) -> Self {
        Self::new(label, vec![Symbol::Point { colour, shape, radius: 3.2 }])
    }

    /// An entry with a data point that looks like one of these, with error bars in the directions in which they have
    /// them.
    ///
    /// ```
    /// use figures::{Key, Points, Symbol};
    /// let points = Points::new("seen", [(1.0, 2.0)]).x_intervals([(0.5, 1.5)]).radius(2.0).cap(3.0);
    /// let key = Key::interval("mean time, 95 % interval", &points);
    /// assert_eq!(key.symbols[0], Symbol::BarAcross { colour: points.colour, cap: 3.0 });
    /// assert_eq!(key.symbols.len(), 2);
    /// ```
    pub fn interval(label: impl Into<String>, like: &Points) -> Self {
        let (colour, cap) = (like.colour, like.cap_length());
        let up = (!like.intervals.is_empty()).then_some(Symbol::BarUp { colour, cap });
        let across = (!like.x_intervals.is_empty()).then_some(Symbol::BarAcross { colour, cap });
        let point = Symbol::Point { colour, shape: like.shape, radius: like.radius };
        Self::new(label, up.into_iter().chain(across).chain([point]).collect())
    }

    /// An entry with an open data point whose value is a [bound](Points::bounds).
    pub fn bound(label: impl Into<String>, colour: Colour, shape: Shape) -> Self {
        let point = Symbol::Point { colour, shape: shape.open(), radius: 3.2 };
        Self::new(label, vec![Symbol::Above { colour, radius: 3.2 }, point])
    }

    /// An entry with a filled patch.
    pub fn patch(label: impl Into<String>, colour: Colour) -> Self {
        Self::new(label, vec![Symbol::Patch { colour, opacity: 1.0, outlined: false }])
    }

    /// An entry with a piece of [`Band`](crate::Band).
    pub fn band(label: impl Into<String>, colour: Colour) -> Self {
        Self::new(label, vec![Symbol::Patch { colour, opacity: BAND_OPACITY, outlined: false }])
    }

    /// An entry with a [hatched](crate::HeatMap::hatched) cell.
    pub fn hatched(label: impl Into<String>) -> Self {
        Self::new(label, vec![Symbol::Hatched])
    }

    /// Names the series that the entry stands for, whole (`theory, SNR 2`) or up to a comma (`theory`). A page can
    /// switch these by the entry; without names it takes those that look like the entry.
    pub fn of<S: Into<String>>(mut self, series: impl IntoIterator<Item = S>) -> Self {
        self.series = series.into_iter().map(Into::into).collect();
        self
    }
}
