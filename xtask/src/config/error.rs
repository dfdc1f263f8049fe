//! What is wrong with a config, one line per complaint.

use std::fmt;

/// One complaint: where, about which key and value, and what is allowed.
///
/// Shown as `configs/fig03.ron:12:14: learning_rate = 0.5: must be below 0.0123`; parts that do not apply are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named to us, or the command-line option that gave the value.
    pub place: String,
    /// Line and column of the offending value or key, both counted from 1, columns in characters.
    pub position: Option<(usize, usize)>,
    /// Path of the key from the top of the config, such as `student.epsilon` or `strengths[2]`; empty at the top.
    pub path: String,
    /// The value as it was written.
    pub value: Option<String>,
    /// What is wrong or what is allowed.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.place)?;
        if let Some((line, column)) = self.position {
            write!(out, ":{line}:{column}")?;
        }
        out.write_str(": ")?;
        match (self.path.as_str(), &self.value) {
            ("", None) => {}
            ("", Some(value)) => write!(out, "{value}: ")?,
            (path, None) => write!(out, "{path}: ")?,
            (path, Some(value)) => write!(out, "{path} = {value}: ")?,
        }
        out.write_str(&self.message)
    }
}

/// A file with more mistakes of one sort than this is not what it should be at all; further ones are not listed.
pub(super) const MOST_PROBLEMS: usize = 50;

/// Everything found wrong with one config, at least one [`Problem`], shown one per line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

impl ConfigError {
    pub(super) fn new(problems: Vec<Problem>) -> Self {
        assert!(!problems.is_empty(), "an error without a problem");
        Self { problems }
    }

    /// A complaint about a file or option as a whole.
    pub fn about(place: &str, message: impl fmt::Display) -> Self {
        Self::new(vec![Problem {
            place: place.to_owned(),
            position: None,
            path: String::new(),
            value: None,
            message: message.to_string(),
        }])
    }

    /// The complaints, in the order of the file where they have a place in it.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                out.write_str("\n")?;
            }
            write!(out, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// The name of `known` closest to `given`, if it is close enough to be meant.
pub(super) fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let similarity = |name: &str| strsim::jaro_winkler(&given.to_lowercase(), &name.to_lowercase());
    known
        .iter()
        .map(|name| (similarity(name), *name))
        .filter(|(score, _)| *score >= 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// `did you mean "x"? ` for a near miss, then the list of what there is.
pub(super) fn suggestion(given: &str, known: &[&str], what: &str) -> String {
    let list = if known.is_empty() { format!("there are no {what}") } else { format!("{what}: {}", known.join(", ")) };
    match nearest(given, known) {
        Some(name) => format!("did you mean `{name}`? ({list})"),
        None => list,
    }
}
