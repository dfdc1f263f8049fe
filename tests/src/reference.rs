//! The digits of the theory that were computed elsewhere: `crates/theory/tests/data/theory.json`.

use crate::workspace_root;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One row: arguments and results under their code names.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(Map<String, Value>);

/// All rows of a table.
///
/// # Panics
/// If the file has no such table or the table no rows.
pub fn rows(table: &str) -> Vec<Row> {
    let path = workspace_root().join("crates/theory/tests/data/theory.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let tables: Map<String, Value> = serde_json::from_str(&text).expect("an object of tables");
    let rows: Vec<Map<String, Value>> =
        serde_json::from_value(tables[table].clone()).expect("a table is a list of rows");
    assert!(!rows.is_empty(), "the table {table} is empty");
    rows.into_iter().map(Row).collect()
}

/// The rows that share everything but the named columns, so that one question answers them all.
pub fn groups(rows: Vec<Row>, varying: &[&str]) -> Vec<Vec<Row>> {
    let mut groups: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        let mut shared = row.0.clone();
        shared.retain(|name, _| !varying.contains(&name.as_str()));
        groups.entry(Value::Object(shared).to_string()).or_default().push(row);
    }
    groups.into_values().collect()
}

impl Row {
    /// A number.
    ///
    /// # Panics
    /// If there is none of that name.
    pub fn number(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap_or_else(|| panic!("{name} is no number in {self:?}"))
    }

    /// An argument as a user types it, lists with commas; `None` if the row leaves it out.
    pub fn argument(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::Array(values) => Some(values.iter().map(Value::to_string).collect::<Vec<_>>().join(",")),
            value => Some(value.to_string()),
        }
    }
}

/// |a − b| / |b|, absolute where b is 0.
pub fn relative_error(a: f64, b: f64) -> f64 {
    (a - b).abs() / if b == 0.0 { 1.0 } else { b.abs() }
}
