//! One text for one meaning, and what changed between two.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::number;
use super::tree::{Kind, Node, below};

/// A tree as JSON, by serde's own conventions: `None` is null, `Some(x)` is x, `Variant` is `"Variant"`,
/// `Variant(x)` and `Variant(key: x)` are `{"Variant": x}` and `{"Variant": {"key": x}}`.
pub(super) fn json(node: &Node) -> Value {
    match &node.kind {
        Kind::Number(text) => number::canonical(text),
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Text(text) | Kind::Name(text) => Value::String(text.clone()),
        Kind::None => Value::Null,
        Kind::Some(inner) => json(inner),
        Kind::List(items) => Value::Array(items.iter().map(json).collect()),
        Kind::Tuple { name, items } => tagged(name, payload(items)),
        Kind::Struct { name, fields } => {
            let fields = fields.iter().map(|field| (field.key.clone(), json(&field.value)));
            tagged(name, Value::Object(fields.collect()))
        }
        Kind::Map(entries) => Value::Object(entries.iter().map(|(key, value)| (map_key(key), json(value))).collect()),
    }
}

fn payload(items: &[Node]) -> Value {
    match items {
        [only] => json(only),
        items => Value::Array(items.iter().map(json).collect()),
    }
}

fn tagged(name: &Option<String>, value: Value) -> Value {
    match name {
        Some(name) => Value::Object([(name.clone(), value)].into_iter().collect()),
        None => value,
    }
}

/// A map's key as JSON has it; two keys are the same if these are.
pub(super) fn map_key(key: &Node) -> String {
    match json(key) {
        Value::String(text) => text,
        other => canonical_text(&other),
    }
}

/// A JSON value as one line with the keys of every object sorted.
///
/// Written out here because `serde_json` keeps the order of insertion as soon as any crate of the build asks it to.
pub fn canonical_text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write(item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// One key whose value differs between two configs or two descriptions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Path of the key.
    pub path: String,
    /// The old value as canonical text, if there was one.
    pub old: Option<String>,
    /// The new value as canonical text, if there is one.
    pub new: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "(all)" } else { &self.path };
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => write!(out, "{path}: {old} -> {new}"),
            (Some(old), None) => write!(out, "{path}: {old} -> (gone)"),
            (None, Some(new)) => write!(out, "{path}: (none) -> {new}"),
            (None, None) => write!(out, "{path}: unchanged"),
        }
    }
}

/// What differs between two JSON values, sorted by path: objects key by key, lists of equal length item by item,
/// everything else as a whole.
pub fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare("", Some(old), Some(new), &mut found);
    found.sort();
    found
}

fn compare(path: &str, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Change>) {
    match (old, new) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                compare(&below(path, key), a.get(key), b.get(key), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&below(path, &format!("[{index}]")), Some(a), Some(b), found);
            }
        }
        (old, new) if old != new => {
            found.push(Change { path: path.to_owned(), old: old.map(canonical_text), new: new.map(canonical_text) })
        }
        _ => {}
    }
}
