//! Complaints on their way out of a deserialisation.

use std::fmt;

use serde::de;

use super::error::{ConfigError, Problem};
use super::source::{Origin, Source};
use super::tree::{Node, below};

/// What serde and we complain about on the way; places and paths are filled in on the way out.
#[derive(Debug)]
pub(super) struct Failure(pub(super) Vec<Flaw>);

#[derive(Debug)]
pub(super) struct Flaw {
    origin: Option<Origin>,
    path: String,
    value: Option<String>,
    shows_value: bool,
    message: String,
}

impl Flaw {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { origin: None, path: String::new(), value: None, shows_value: true, message: message.into() }
    }

    /// Places it at a key, whose value is not at fault.
    pub(super) fn about(self, origin: &Origin) -> Self {
        Self { origin: Some(origin.clone()), ..self }
    }
}

impl Failure {
    pub(super) fn because(message: impl Into<String>) -> Self {
        Self(vec![Flaw::new(message)])
    }

    /// Places what has no place yet: the innermost value on the way out is the one at fault.
    pub(super) fn at(mut self, node: &Node) -> Self {
        for flaw in self.0.iter_mut().filter(|flaw| flaw.origin.is_none()) {
            flaw.origin = Some(node.origin.clone());
            flaw.value = flaw.shows_value.then(|| node.shown());
        }
        self
    }

    /// Notes that all this happened below a key or index.
    pub(super) fn under(mut self, key: &str) -> Self {
        for flaw in &mut self.0 {
            flaw.path = if flaw.path.is_empty() { key.to_owned() } else { below(key, &flaw.path) };
        }
        self
    }

    pub(super) fn into_error(self, source: &Source, root: &Node) -> ConfigError {
        let problems = self.0.into_iter().map(|flaw| {
            let (place, position) = source.locate(flaw.origin.as_ref().unwrap_or(&root.origin));
            let value = flaw.value.filter(|_| !flaw.path.is_empty());
            Problem { place, position, path: flaw.path, value, message: flaw.message }
        });
        ConfigError::new(problems.collect())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: Vec<_> = self.0.iter().map(|flaw| flaw.message.as_str()).collect();
        out.write_str(&messages.join("; "))
    }
}

impl std::error::Error for Failure {}

impl de::Error for Failure {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::because(message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self(vec![Flaw { shows_value: false, ..Flaw::new(format!("missing key `{field}`")) }])
    }
}
