//! A config with an edit, and what must be said about it.

use crate::config_text::{Place, line_and_column, places};

/// A config's text.
#[derive(Clone)]
pub(crate) struct Edited {
    pub(crate) text: String,
}

impl Edited {
    /// With `edits` of the form `key = value; other.key[2] = value`.
    pub(crate) fn new(template: &str, edits: &str) -> Self {
        let mut edited = Self { text: template.to_owned() };
        for edit in edits.split("; ") {
            let (path, value) = edit.split_once(" = ").unwrap_or_else(|| panic!("{edit:?} is no edit"));
            let range = edited.place(path).value;
            edited.text.replace_range(range, value);
        }
        edited
    }

    /// The value of a key.
    pub(crate) fn place(&self, path: &str) -> Place {
        let found = places(&self.text).into_iter().find(|place| place.path == path);
        found.unwrap_or_else(|| panic!("no {path} in\n{}", self.text))
    }

    /// How a complaint about the value at `path` begins: place, path, value (unless it lacks something), rule.
    pub(crate) fn blamed(&self, file: &str, path: &str, rule: &str) -> String {
        let place = self.place(path);
        let (line, column) = line_and_column(&self.text, place.value.start);
        let value = match rule.starts_with("missing key") {
            true => String::new(),
            false => format!(" = {}", shown(&self.text[place.value.clone()])),
        };
        format!("{file}:{line}:{column}: {}{value}: {rule}", place.said())
    }
}

/// A value as messages show it: on one line, without comments, at most 60 characters.
fn shown(value: &str) -> String {
    let lines = value.lines().map(|line| line.split("//").next().unwrap_or_default().trim());
    let mut line = lines.collect::<Vec<_>>().join(" ");
    for (from, to) in [("[ ", "["), ("( ", "("), (", ]", "]"), (", )", ")"), (",)", ")"), (",]", "]")] {
        line = line.replace(from, to);
    }
    if line.chars().count() > 60 {
        line = line.chars().take(59).chain(['…']).collect();
    }
    line
}
