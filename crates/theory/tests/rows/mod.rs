//! Reader of the reference tables in `data/theory.json` and `data/beyond.json`.

use linalg_core::faer::Mat;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// One row: arguments and results under their code names.
#[derive(Debug)]
pub(crate) struct Row(Map<String, Value>);

impl Row {
    pub(crate) fn number(&self, name: &str) -> f64 {
        self.optional(name).unwrap_or_else(|| panic!("{name} is missing from {self:?}"))
    }

    pub(crate) fn optional(&self, name: &str) -> Option<f64> {
        self.0.get(name).map(|value| value.as_f64().unwrap_or_else(|| panic!("{name} = {value} is no number")))
    }

    pub(crate) fn count(&self, name: &str) -> usize {
        let number = self.number(name);
        assert!(number >= 0.0 && number.fract() == 0.0, "{name} = {number} is no count");
        number as usize
    }

    /// A list of rows.
    pub(crate) fn matrix(&self, name: &str) -> Mat<f64> {
        let rows = self.0[name].as_array().unwrap_or_else(|| panic!("{name} is no list in {self:?}"));
        let rows: Vec<Vec<f64>> = rows.iter().map(numbers).collect();
        Mat::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j])
    }

    pub(crate) fn numbers(&self, name: &str) -> Vec<f64> {
        numbers(&self.0[name])
    }
}

fn numbers(list: &Value) -> Vec<f64> {
    let list = list.as_array().unwrap_or_else(|| panic!("{list} is no list"));
    list.iter().map(|value| value.as_f64().expect("a list of numbers")).collect()
}

fn tables() -> Map<String, Value> {
    let files = [include_str!("../data/theory.json"), include_str!("../data/beyond.json")];
    let tables = files.map(|file| match serde_json::from_str(file).expect("the reference file is JSON") {
        Value::Object(tables) => tables,
        other => panic!("the reference file is no object of tables: {other}"),
    });
    tables.into_iter().flatten().collect()
}

/// Names of all tables, sorted.
pub(crate) fn table_names() -> Vec<String> {
    tables().keys().cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

/// All rows of a table, each with the given columns; a column ending in `?` may be absent, any other column is refused.
pub(crate) fn table(name: &str, columns: &[&str]) -> Vec<Row> {
    let tables = tables();
    let rows = tables
        .get(name)
        .unwrap_or_else(|| panic!("there is no table {name}"))
        .as_array()
        .expect("a table is a list of rows")
        .clone();
    assert!(!rows.is_empty(), "the table {name} is empty");
    let allowed: BTreeSet<&str> = columns.iter().map(|column| column.trim_end_matches('?')).collect();
    rows.into_iter()
        .map(|row| {
            let Value::Object(row) = row else { panic!("{row} is no row") };
            for column in columns.iter().filter(|column| !column.ends_with('?')) {
                assert!(row.contains_key(*column), "{column} is missing from {row:?}");
            }
            for column in row.keys() {
                assert!(allowed.contains(column.as_str()), "unknown column {column} in the table {name}");
            }
            Row(row)
        })
        .collect()
}

/// |a − b| / |b|, absolute where b is 0.
pub(crate) fn relative_error(a: f64, b: f64) -> f64 {
    (a - b).abs() / if b == 0.0 { 1.0 } else { b.abs() }
}
