//! The text of a config and where its keys and values stand: found by counting brackets, independently of the reader
//! under test.

use std::ops::Range;

/// A value in a config's text.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// From the top, as in `smoke.depths[1].layers`; `Some(…)` is looked through.
    pub(crate) path: String,
    /// Where its key stands, if it has one: items of lists have none.
    pub(crate) key: Option<Range<usize>>,
    /// Where the value stands.
    pub(crate) value: Range<usize>,
}

impl Place {
    /// The key's name, or the index in brackets.
    pub(crate) fn name(&self) -> &str {
        let start = self.path.rfind(['.', '[']).map_or(0, |at| at + usize::from(self.path[at..].starts_with('.')));
        &self.path[start..]
    }

    /// The path as the reader says it: the overlay is part of the config.
    pub(crate) fn said(&self) -> &str {
        self.path.strip_prefix("smoke.").unwrap_or(&self.path)
    }
}

/// Every value of a config, outer ones before what is in them.
pub(crate) fn places(text: &str) -> Vec<Place> {
    let mut scanner = Scanner { text, at: 0, places: Vec::new() };
    scanner.space();
    scanner.word();
    scanner.group("");
    scanner.places
}

/// Line and column, both from 1, columns in characters.
pub(crate) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    places: Vec<Place>,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn next(&self) -> char {
        self.rest().chars().next().expect("a config ends with its last bracket")
    }

    /// Skips white space and comments to the ends of lines.
    fn space(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start().len();
            match self.rest().strip_prefix("//") {
                Some(comment) => self.at += 2 + comment.find('\n').unwrap_or(comment.len()),
                None => return,
            }
        }
    }

    /// Skips a word or number.
    fn word(&mut self) -> Range<usize> {
        let start = self.at;
        let is_part = |c: char| c.is_alphanumeric() || "_.+-".contains(c);
        self.at += self.rest().find(|c| !is_part(c)).unwrap_or_default();
        start..self.at
    }

    fn value(&mut self, path: &str) -> Range<usize> {
        self.space();
        let start = self.at;
        if self.next() == '"' {
            self.at += 1 + self.rest()[1..].find('"').expect("a string ends") + 1;
            return start..self.at;
        }
        let word = self.word();
        match (self.next(), &self.text[word]) {
            ('(', "Some") => {
                self.at += 1;
                self.value(path);
                self.space();
                self.at += 1;
            }
            ('(' | '[', _) => self.group(path),
            _ => {}
        }
        start..self.at
    }

    /// The keys or items between brackets.
    fn group(&mut self, path: &str) {
        self.at += 1;
        for index in 0.. {
            self.space();
            if [')', ']'].contains(&self.next()) {
                break;
            }
            let key = self.key();
            let below = match &key {
                Some(key) if path.is_empty() => self.text[key.clone()].to_owned(),
                Some(key) => format!("{path}.{}", &self.text[key.clone()]),
                None => format!("{path}[{index}]"),
            };
            let number = self.places.len();
            self.places.push(Place { path: below.clone(), key, value: 0..0 });
            self.places[number].value = self.value(&below);
            self.space();
            self.at += usize::from(self.next() == ',');
        }
        self.at += 1;
    }

    /// Skips `key:` if there is one.
    fn key(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let word = self.word();
        self.space();
        if !word.is_empty() && self.next() == ':' {
            self.at += 1;
            return Some(word);
        }
        self.at = start;
        None
    }
}
