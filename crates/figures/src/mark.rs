//! The things that can be drawn in a panel.

mod annotation;
mod band;
mod heat_map;
mod histogram;
mod line;
mod points;
mod reference_line;
mod schematic;

pub use annotation::{Anchor, Arrow, Place, Text};
pub(crate) use band::BAND_OPACITY;
pub use band::Band;
pub use heat_map::HeatMap;
pub use histogram::Histogram;
pub(crate) use histogram::MOST_BINS;
pub use line::{Dash, Line};
pub use points::{Bound, Points, Shape};
pub use reference_line::{Direction, RefLine};
pub use schematic::{Brace, Edge, End, Node, NodeShape};

use serde::Serialize;

/// Anything that can be drawn in a panel; every mark converts into it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub enum Mark {
    /// A curve.
    Line(Line),
    /// The region between two curves.
    Band(Band),
    /// Data points with intervals.
    Points(Points),
    /// Bars over bins.
    Histogram(Histogram),
    /// Values over a grid of cells.
    HeatMap(HeatMap),
    /// A straight line for reference.
    RefLine(RefLine),
    /// A label.
    Text(Text),
    /// An arrow in data coordinates.
    Arrow(Arrow),
    /// A node of a schematic.
    Node(Node),
    /// An edge of a schematic.
    Edge(Edge),
    /// A curly bracket of a schematic.
    Brace(Brace),
}

macro_rules! mark_from {
    ($($kind:ident),*) => {
        $(impl From<$kind> for Mark {
            fn from(mark: $kind) -> Self {
                Self::$kind(mark)
            }
        })*
    };
}
mark_from!(Line, Band, Points, Histogram, HeatMap, RefLine, Text, Arrow, Node, Edge, Brace);

impl Mark {
    /// The series name; empty for marks that are no series.
    pub fn series(&self) -> &str {
        match self {
            Self::Line(mark) => &mark.series,
            Self::Band(mark) => &mark.series,
            Self::Points(mark) => &mark.series,
            Self::Histogram(mark) => &mark.series,
            Self::HeatMap(mark) => &mark.series,
            Self::RefLine(mark) => &mark.series,
            _ => "",
        }
    }

    /// The legend label, if the mark has one.
    pub fn legend(&self) -> Option<&str> {
        match self {
            Self::Line(mark) => mark.legend.as_deref(),
            Self::Band(mark) => mark.legend.as_deref(),
            Self::Points(mark) => mark.legend.as_deref(),
            Self::Histogram(mark) => mark.legend.as_deref(),
            Self::RefLine(mark) => mark.legend.as_deref(),
            _ => None,
        }
    }

    /// The name of the kind, as in the SVG's `data-kind`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Line(_) => "line",
            Self::Band(_) => "band",
            Self::Points(_) => "points",
            Self::Histogram(_) => "histogram",
            Self::HeatMap(_) => "heat-map",
            Self::RefLine(_) => "reference",
            Self::Text(_) => "text",
            Self::Arrow(_) => "arrow",
            Self::Node(_) => "node",
            Self::Edge(_) => "edge",
            Self::Brace(_) => "brace",
        }
    }

    /// The data points an automatic range must hold.
    pub(crate) fn reach(&self) -> Vec<(f64, f64)> {
        match self {
            Self::Line(mark) => mark.reach(),
            Self::Band(mark) => mark.reach(),
            Self::Points(mark) => mark.reach(),
            Self::Histogram(mark) => mark.reach(),
            Self::HeatMap(mark) => mark.reach(),
            _ => Vec::new(),
        }
    }
}
