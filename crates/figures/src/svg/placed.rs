//! A panel and the place it has been given.

use super::geometry::Rect;
use super::tick_layout::PanelTicks;
use crate::range::Ranges;
use crate::{Legend, Panel};

/// A panel with its place.
pub(crate) struct Placed<'a> {
    pub(crate) letter: String,
    pub(crate) panel: &'a Panel,
    pub(crate) ranges: Ranges,
    pub(crate) ticks: PanelTicks,
    /// The drawing area.
    pub(crate) plot: Rect,
    /// The drawing area with its labels.
    pub(crate) cell: Rect,
    /// Where the labels of the x axis end.
    pub(crate) labels_bottom: f64,
    /// Where the legend stands, once [`Legend::Auto`] has found that it fits nowhere inside.
    pub(crate) legend: Legend,
    /// Whether the letter is drawn.
    pub(crate) lettered: bool,
    pub(crate) row: usize,
    pub(crate) column: usize,
    pub(crate) margins: Margins,
}

/// The room around a drawing area.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Margins {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
    /// The part of `bottom` that a legend below takes.
    pub(crate) legend: f64,
}
