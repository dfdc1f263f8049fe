//! A small vocabulary of figures and its renderers: SVG, PNG, CSV and PDF.

mod axis;
mod check;
mod colour;
mod colour_scale;
mod error;
mod figure;
mod font;
mod legend;
mod mark;
mod math_text;
mod panel;
mod png;
mod range;
mod svg;
mod table;
mod ticks;

#[cfg(feature = "pdf")]
mod pdf;

pub use axis::{Axis, Scale};
pub use colour::{Colour, palette};
pub use colour_scale::{ColourBar, ColourScale, Hues};
pub use error::FigureError;
pub use figure::Figure;
pub use legend::{Key, Legend, Symbol};
pub use mark::{
    Anchor, Arrow, Band, Brace, Dash, Direction, Edge, End, HeatMap, Histogram, Line, Mark, Node, NodeShape, Place,
    Points, RefLine, Shape, Text,
};
pub use panel::{Coordinates, Panel};
#[cfg(feature = "pdf")]
pub use pdf::render_pdf;
pub use png::render_png;
pub use svg::{label_collisions, render_svg};
pub use table::render_csv;
