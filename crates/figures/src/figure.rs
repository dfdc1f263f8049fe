use crate::{ColourBar, Key, Panel};
use serde::Serialize;

/// A figure: a grid of panels.
///
/// ```
/// use figures::{Axis, Figure, Line, Panel};
/// let figure = Figure::new("growth", "Growth of two modes")
///     .columns(2)
///     .panel(Panel::new(Axis::new("t/τ"), Axis::new("s")).mark(Line::new("a", [(0.0, 0.0), (1.0, 1.0)])))
///     .panel(Panel::new(Axis::new("t/τ"), Axis::new("s")).mark(Line::new("b", [(0.0, 0.0), (1.0, 2.0)])));
/// assert_eq!(figure.letters(), ["a", "b"]);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Short name without spaces, used for ids in the SVG.
    pub name: String,
    /// One sentence on what is shown: read aloud, not drawn.
    pub title: String,
    /// A longer description: read aloud, not drawn.
    pub description: String,
    /// A line drawn above the panels; empty for none.
    pub heading: String,
    /// Number of columns of the grid.
    pub columns: usize,
    /// Panels and empty cells in reading order.
    pub cells: Vec<Option<Panel>>,
    /// Relative widths of the columns; empty for equal.
    pub column_weights: Vec<f64>,
    /// Relative heights of the rows; empty for equal.
    pub row_weights: Vec<f64>,
    /// Height of a cell's plotting area relative to the width of an average one.
    pub aspect: f64,
    /// Width in pixels; `None` chooses by the number of columns.
    pub width: Option<f64>,
    /// A colour bar at the right of all panels.
    pub colour_bar: Option<ColourBar>,
    /// Whether all panels share one legend below the grid.
    pub shared_legend: bool,
    /// Entries of the shared legend beside those of the marks.
    pub keys: Vec<Key>,
}

impl Figure {
    /// A figure without panels, one column wide.
    pub fn new(name: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            description: String::new(),
            heading: String::new(),
            columns: 1,
            cells: Vec::new(),
            column_weights: Vec::new(),
            row_weights: Vec::new(),
            aspect: 0.8,
            width: None,
            colour_bar: None,
            shared_legend: false,
            keys: Vec::new(),
        }
    }

    /// Sets the description that is read aloud.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Draws a line of math text above the panels.
    pub fn heading(mut self, heading: impl Into<String>) -> Self {
        self.heading = heading.into();
        self
    }

    /// Sets the number of columns of the grid.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = columns;
        self
    }

    /// Adds a panel in the next free cell, in reading order.
    pub fn panel(mut self, panel: Panel) -> Self {
        self.cells.push(Some(panel));
        self
    }

    /// Adds panels in the next free cells, in reading order.
    pub fn panels(mut self, panels: impl IntoIterator<Item = Panel>) -> Self {
        self.cells.extend(panels.into_iter().map(Some));
        self
    }

    /// Leaves the next free cell empty.
    pub fn skip(mut self) -> Self {
        self.cells.push(None);
        self
    }

    /// Sets the relative widths of the columns.
    pub fn column_weights(mut self, weights: impl IntoIterator<Item = f64>) -> Self {
        self.column_weights = weights.into_iter().collect();
        self
    }

    /// Sets the relative heights of the rows.
    pub fn row_weights(mut self, weights: impl IntoIterator<Item = f64>) -> Self {
        self.row_weights = weights.into_iter().collect();
        self
    }

    /// Sets the height of a cell's plotting area relative to the width of an average one (0.8 unless set).
    pub fn aspect(mut self, aspect: f64) -> Self {
        self.aspect = aspect;
        self
    }

    /// Sets the width in pixels. Text has a fixed size in pixels (labels 16), so a narrower figure has larger text
    /// once printed.
    pub fn width(mut self, width: f64) -> Self {
        self.width = Some(width);
        self
    }

    /// Puts a colour bar at the right of all panels.
    pub fn colour_bar(mut self, bar: ColourBar) -> Self {
        self.colour_bar = Some(bar);
        self
    }

    /// Draws one legend for all panels below the grid, in place of theirs.
    pub fn shared_legend(mut self) -> Self {
        self.shared_legend = true;
        self
    }

    /// Adds an entry to the shared legend, which it switches on.
    pub fn key(mut self, key: Key) -> Self {
        self.shared_legend = true;
        self.keys.push(key);
        self
    }

    /// The letters of the panels, in order: a to z, then aa, ab, …
    pub fn letters(&self) -> Vec<String> {
        (0..self.cells.iter().flatten().count()).map(panel_letter).collect()
    }

    /// The panels with their letters.
    pub fn lettered_panels(&self) -> impl Iterator<Item = (String, &Panel)> {
        self.cells.iter().flatten().enumerate().map(|(index, panel)| (panel_letter(index), panel))
    }
}

/// The letter of a figure's panel by its index from 0, in reading order and without the empty cells: a to z, then aa,
/// ab, …
///
/// ```
/// use figures::panel_letter;
/// assert_eq!([0, 25, 26].map(panel_letter), ["a", "z", "aa"]);
/// ```
pub fn panel_letter(index: usize) -> String {
    let last = char::from(b'a' + (index % 26) as u8);
    match index / 26 {
        0 => last.to_string(),
        more => panel_letter(more - 1) + &last.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::panel_letter;

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!(
            ["a", "h", "z", "aa", "az", "ba"],
            [0, 7, 25, 26, 51, 52].map(panel_letter).each_ref().map(String::as_str)
        );
    }
}
