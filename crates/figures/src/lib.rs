//! A small vocabulary of figures and its renderers: SVG, PNG, CSV and (feature `pdf`) PDF.
//!
//! A [`Figure`] is a grid of [`Panel`]s; a panel has two [`Axis`] (or none, for schematics) and [`Mark`]s: lines,
//! bands, points with intervals, histograms, heat maps, reference lines, texts, arrows, and the nodes, edges and
//! braces of schematics. All of it is plain data without any knowledge of what is shown. The renderers take a figure
//! and return bytes: the same on every run.
//!
//! # A figure in twenty lines
//!
//! ```
//! use figures::{
//!     Axis, Colour, ColourBar, ColourScale, Dash, Figure, Key, Line, Panel, Points, RefLine, Shape, label_collisions,
//!     render_csv, render_png, render_svg,
//! };
//!
//! let strengths = [1.0, 2.0, 4.0];
//! let scale = ColourScale::sequential(1.0, 4.0);
//! let mut growth = Panel::new(Axis::new("*t*/τ").range(0.0, 4.0), Axis::new("s(t, ŝ)")).title("growth");
//! let mut ends = Panel::new(Axis::new("ŝ"), Axis::new("s(4, ŝ)")).same_range().mark(RefLine::diagonal());
//! for strength in strengths {
//!     let colour = scale.colour(strength);
//!     let at = move |t: f64| strength / (1.0 + 1e3 * (-2.0 * strength * t).exp());
//!     let curve = (0..=200).map(|i| 0.02 * f64::from(i)).map(|t| (t, at(t)));
//!     growth = growth.mark(Line::new(format!("theory {strength}"), curve).colour(colour));
//!     let seen = Points::new(format!("seen {strength}"), [(strength, at(4.0))]);
//!     let seen = seen.intervals([(at(4.0) - 0.2, at(4.0) + 0.2)]);
//!     ends = ends.mark(seen.colour(colour).shape(Shape::OpenCircle));
//! }
//! let figure = Figure::new("growth", "Growth of three modes")
//!     .columns(2)
//!     .panel(growth)
//!     .panel(ends)
//!     .colour_bar(ColourBar::new(scale, "ŝ").ticks(strengths.map(|s| (s, s.to_string()))))
//!     .key(Key::line("theory", Colour::GREY, Dash::Solid))
//!     .key(Key::point("seen", Colour::GREY, Shape::OpenCircle));
//!
//! let svg = render_svg(&figure)?;
//! assert!(svg.contains(r#"data-panel="b" data-series="seen 2" data-kind="points""#));
//! assert_eq!(label_collisions(&figure)?, Vec::<String>::new());
//! let png = render_png(&svg, 400)?;
//! let csv = render_csv(&figure)?;
//! assert!(csv.starts_with(b"panel,series,x,y,low,high\n"));
//! # assert!(png.len() > 1000);
//! # Ok::<(), figures::FigureError>(())
//! ```
//!
//! # Text
//!
//! Every label is [math text](math_text): `ε_te`, `A^{1/4}`, `t/τ`, and Unicode for the rest: `ŝ` is one character,
//! `s̄` is s and U+0304. SVGs name DejaVu Sans; PNG and PDF are set in the bundled DejaVu Sans (licence in `fonts/`),
//! so that they are the same on every machine.
//!
//! # What the renderers take care of
//!
//! * Ranges come from the data unless an axis is fixed. A value that has no place (missing, infinite, not positive on
//!   a logarithmic axis, beyond a fixed axis that is not [cut](Axis::cut)) leaves a gap in the drawing and stays in
//!   the CSV; [`undrawn`] counts these, [`undrawn_note`] says it in a caption: nothing is lost unseen. A gap of one's
//!   own is said with [`Line::segments`].
//! * Ticks are multiples of 1, 2 or 5, as many as their labels leave room for; long numbers shed a power of ten.
//! * Panels are lettered and aligned; labels, colour bars and legends get their room; a legend goes where it covers no
//!   data, in columns if need be, and outside the panel if there is no such place; a figure becomes wider where too
//!   little room would be left for data. [`label_collisions`] tells what still overlaps.
//! * Lines are thinned to a twentieth of a pixel and cut at the panel's border, so that files stay small. Drawing is
//!   done by plotters on a grid of a tenth of a pixel (it rounds to whole steps); grouping, text and layout are ours.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod axis;
mod check;
mod colour;
mod colour_scale;
mod drawable;
mod error;
mod figure;
mod font;
mod legend;
mod mark;
pub mod math_text;
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
pub use drawable::{Missing, Undrawn, undrawn, undrawn_note};
pub use error::FigureError;
pub use figure::{Figure, panel_letter};
pub use legend::{Key, Legend, Symbol};
pub use mark::{
    Anchor, Arrow, Band, Bound, Brace, Dash, Direction, Edge, End, HeatMap, Histogram, Line, Mark, Node, NodeShape,
    Place, Points, RefLine, Shape, Text,
};
pub use panel::{Coordinates, Panel};
#[cfg(feature = "pdf")]
pub use pdf::render_pdf;
pub use png::render_png;
pub use svg::{label_collisions, render_svg};
pub use table::render_csv;
