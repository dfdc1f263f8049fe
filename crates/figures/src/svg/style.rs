//! Sizes in pixels and the few colours of everything that is not data.

use crate::Colour;

pub(crate) const TICK_SIZE: f64 = 14.0;
pub(crate) const LABEL_SIZE: f64 = 16.0;
pub(crate) const TITLE_SIZE: f64 = 16.0;
pub(crate) const LETTER_SIZE: f64 = 18.0;
pub(crate) const LEGEND_SIZE: f64 = 14.0;

pub(crate) const TICK_LENGTH: f64 = 5.0;
pub(crate) const MINOR_TICK_LENGTH: f64 = 3.0;
pub(crate) const OUTER: f64 = 10.0;
pub(crate) const COLUMN_GAP: f64 = 18.0;
pub(crate) const ROW_GAP: f64 = 16.0;
/// Height of a legend's row.
pub(crate) const LEGEND_ROW: f64 = 20.0;
/// Width of a legend's symbol.
pub(crate) const SYMBOL: f64 = 24.0;
pub(crate) const BAR: f64 = 14.0;
/// The least width and height that data need.
pub(crate) const LEAST_PLOT: f64 = 40.0;
/// What they get where less than that would be left.
pub(crate) const COMFORTABLE_PLOT: f64 = 110.0;

pub(crate) const AXIS: Colour = Colour::rgb(0x44, 0x44, 0x44);
pub(crate) const GRID_LINE: Colour = Colour::rgb(0xec, 0xec, 0xec);
