//! A matrix of numbers and its labels.

use faer::Mat;

/// A matrix and what is known of it.
#[derive(Clone, Debug)]
pub struct Data {
    /// The file as it was given, for messages.
    pub source: String,
    /// Finite numbers, at least one.
    pub matrix: Mat<f64>,
    /// The header line without the cell over the labels; empty if there is none.
    pub columns: Vec<String>,
    /// The leading column of labels; empty if there is none.
    pub rows: Vec<String>,
    /// The cell over the labels.
    pub corner: String,
    /// What was recognised, and whoever reads the answer should know.
    pub notes: Vec<String>,
}

impl Data {
    /// A matrix of which nothing else is known.
    pub(super) fn bare(matrix: Mat<f64>) -> Self {
        let (source, corner) = (String::new(), String::new());
        Self { source, matrix, columns: Vec::new(), rows: Vec::new(), corner, notes: Vec::new() }
    }

    /// The name of a column for messages and labels, counted from 0: `column 2 (Situps)`.
    pub fn column(&self, column: usize) -> String {
        named("column", column, &self.columns)
    }

    /// The name of a row, as [`Self::column`].
    pub fn row(&self, row: usize) -> String {
        named("row", row, &self.rows)
    }
}

fn named(what: &str, number: usize, names: &[String]) -> String {
    let name = names.get(number).filter(|name| !name.is_empty());
    format!("{what} {}{}", number + 1, name.map_or_else(String::new, |name| format!(" ({})", shortened(name))))
}

/// Text of a file in a message: its beginning, on one line.
pub(super) fn shortened(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut start: String = text.chars().take(24).map(clean).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}
