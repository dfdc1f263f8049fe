use crate::{Anchor, Axis, ColourBar, Key, Legend, Mark, Text};
use serde::Serialize;

/// The coordinates of a panel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Coordinates {
    /// Two axes.
    Axes {
        /// The horizontal axis.
        x: Axis,
        /// The vertical axis.
        y: Axis,
    },
    /// No axes: x from 0 to `width`, y from 0 to `height`, equal units both ways.
    Free {
        /// Width in units.
        width: f64,
        /// Height in units.
        height: f64,
    },
}

/// One panel of a figure.
///
/// ```
/// use figures::{Axis, Line, Panel, RefLine};
/// let panel = Panel::new(Axis::new("s̄"), Axis::new("ŝ"))
///     .title("rank 1")
///     .mark(RefLine::diagonal())
///     .mark(Line::new("theory", [(1.0, 1.5), (2.0, 2.2)]));
/// # let _ = panel;
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Panel {
    /// Title in math text; empty for none.
    pub title: String,
    /// Axes, or none.
    pub coordinates: Coordinates,
    /// Marks in drawing order.
    pub marks: Vec<Mark>,
    /// Where the legend stands.
    pub legend: Legend,
    /// Legend entries beside those of the marks.
    pub keys: Vec<Key>,
    /// A colour bar at the right of the panel.
    pub colour_bar: Option<ColourBar>,
    /// How many columns the panel spans.
    pub columns: usize,
    /// How many rows the panel spans.
    pub rows: usize,
    /// Whether both axes have the same range.
    pub same_range: bool,
    /// Whether the panel's letter is drawn.
    pub lettered: bool,
}

impl Panel {
    fn with_coordinates(coordinates: Coordinates) -> Self {
        Self {
            title: String::new(),
            coordinates,
            marks: Vec::new(),
            legend: Legend::Auto,
            keys: Vec::new(),
            colour_bar: None,
            columns: 1,
            rows: 1,
            same_range: false,
            lettered: true,
        }
    }

    /// An empty panel with two axes.
    pub fn new(x: Axis, y: Axis) -> Self {
        Self::with_coordinates(Coordinates::Axes { x, y })
    }

    /// An empty panel without axes for schematics: x from 0 to `width`, y (upwards) from 0 to `height`, in equal units.
    pub fn free(width: f64, height: f64) -> Self {
        Self::with_coordinates(Coordinates::Free { width, height })
    }

    /// Sets the title.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Adds a mark; later marks are drawn over earlier ones.
    pub fn mark(mut self, mark: impl Into<Mark>) -> Self {
        self.marks.push(mark.into());
        self
    }

    /// Adds marks of one type.
    pub fn marks<M: Into<Mark>>(mut self, marks: impl IntoIterator<Item = M>) -> Self {
        self.marks.extend(marks.into_iter().map(Into::into));
        self
    }

    /// Places the legend.
    pub fn legend(mut self, legend: Legend) -> Self {
        self.legend = legend;
        self
    }

    /// Adds a legend entry of its own.
    pub fn key(mut self, key: Key) -> Self {
        self.keys.push(key);
        self
    }

    /// Writes a note just inside a corner or side of the panel.
    pub fn note(self, anchor: Anchor, text: impl Into<String>) -> Self {
        let (x, y) = anchor.fractions();
        let inset = |fraction: f64| 0.03 + 0.94 * fraction;
        self.mark(Text::in_panel(inset(x), 1.0 - inset(y), text).anchor(anchor))
    }

    /// Puts a colour bar at the right of the panel.
    pub fn colour_bar(mut self, bar: ColourBar) -> Self {
        self.colour_bar = Some(bar);
        self
    }

    /// Lets the panel span columns and rows of the grid.
    pub fn span(mut self, columns: usize, rows: usize) -> Self {
        self.columns = columns;
        self.rows = rows;
        self
    }

    /// Gives both axes the same automatic range, for comparisons with the diagonal.
    pub fn same_range(mut self) -> Self {
        self.same_range = true;
        self
    }

    /// Leaves the panel's letter out of the drawing. The letter still names the panel in the CSV and in the SVG's
    /// groups.
    pub fn unlettered(mut self) -> Self {
        self.lettered = false;
        self
    }
}
