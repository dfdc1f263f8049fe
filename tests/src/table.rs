//! CSV of numbers.

use std::collections::HashMap;

/// A table of numbers under a header, as the command line prints it.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<f64>>,
}

impl Table {
    /// Reads CSV whose fields are all numbers.
    ///
    /// # Panics
    /// If it is no such CSV: rows of different lengths, or a field that is no finite number.
    pub fn parse(text: &str) -> Self {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().expect("a header").iter().map(str::to_owned).collect();
        let number = |field: &str| {
            let value = field.parse::<f64>().ok().filter(|value| value.is_finite());
            value.unwrap_or_else(|| panic!("{field:?} is no finite number in\n{text}"))
        };
        let rows = reader.records().map(|row| row.expect("a row").iter().map(number).collect()).collect();
        Self { header, rows }
    }

    /// The values of a column.
    ///
    /// # Panics
    /// If there is none of that name.
    pub fn column(&self, name: &str) -> Vec<f64> {
        let index = self.header.iter().position(|column| column == name);
        let index = index.unwrap_or_else(|| panic!("no column {name} among {:?}", self.header));
        self.rows.iter().map(|row| row[index]).collect()
    }

    /// The rows by the values of some columns, which are compared bit by bit.
    ///
    /// # Panics
    /// If a column is missing or two rows have the same values there.
    pub fn index(&self, names: &[&str]) -> HashMap<Vec<u64>, usize> {
        let columns: Vec<Vec<f64>> = names.iter().map(|name| self.column(name)).collect();
        let mut index = HashMap::new();
        for row in 0..self.rows.len() {
            let before = index.insert(Self::key(columns.iter().map(|column| column[row])), row);
            assert!(before.is_none(), "two rows have the same {names:?}: {:?}", self.rows[row]);
        }
        index
    }

    /// The key of [`Table::index`] for the given values.
    pub fn key(values: impl IntoIterator<Item = f64>) -> Vec<u64> {
        // + 0.0 makes −0 and 0 the same key.
        values.into_iter().map(|value| (value + 0.0).to_bits()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_rows_are_found() {
        let table = Table::parse("t,s\n0,1.5\n2,-1e-3\n");
        assert_eq!(table.column("s"), [1.5, -1e-3]);
        assert_eq!(table.index(&["t"])[&Table::key([2.0])], 1);
    }

    #[test]
    #[should_panic(expected = "no finite number")]
    fn nan_is_no_number() {
        Table::parse("t\nNaN\n");
    }

    #[test]
    #[should_panic(expected = "the same")]
    fn equal_rows_are_refused() {
        Table::parse("t,s\n1,2\n1,3\n").index(&["t"]);
    }
}
