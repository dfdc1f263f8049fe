//! The text of a config file and places in it.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::error::{ConfigError, Problem};

/// No config of ours comes near this; a file beyond it is some other file.
const MAX_BYTES: u64 = 1 << 20;

/// Where a value was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// At bytes `start..` of the config file.
    File { start: usize },
    /// On the command line, by this option.
    Option(Arc<str>),
}

/// A config file's name, as given, and its text.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: String,
}

impl Source {
    /// Reads a file: at most 1 MiB of UTF-8 that says something.
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        let bytes = read_regular(path, MAX_BYTES).map_err(|why| ConfigError::about(&name, why))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let (line, column) = position_after(&String::from_utf8_lossy(valid));
            let byte = error.as_bytes()[valid.len()];
            ConfigError::new(vec![Problem {
                place: name.clone(),
                position: Some((line, column)),
                path: String::new(),
                value: None,
                message: format!("byte 0x{byte:02x} is not UTF-8; a config is UTF-8 text"),
            }])
        })?;
        Self::new(name, text)
    }

    /// A text under a name to report it by.
    pub(super) fn new(name: String, text: String) -> Result<Self, ConfigError> {
        if text.starts_with('\u{feff}') {
            let why = "starts with a byte order mark; save it as UTF-8 without one";
            return Err(ConfigError::about(&name, why));
        }
        if text.trim().is_empty() {
            let why = "is empty; a config is `KindName( key: value, … )`";
            return Err(ConfigError::about(&name, why));
        }
        Ok(Self { name, text })
    }

    /// Line and column of a byte of the text, both counted from 1.
    pub(super) fn position(&self, byte: usize) -> (usize, usize) {
        position_after(&self.text[..byte])
    }

    /// A complaint about a place in the text.
    pub(super) fn problem(&self, byte: usize, message: impl Into<String>) -> Problem {
        Problem {
            place: self.name.clone(),
            position: Some(self.position(byte)),
            path: String::new(),
            value: None,
            message: message.into(),
        }
    }

    /// The name and position under which a value given there is reported.
    pub(super) fn locate(&self, origin: &Origin) -> (String, Option<(usize, usize)>) {
        match origin {
            Origin::File { start } => (self.name.clone(), Some(self.position(*start))),
            Origin::Option(option) => (option.to_string(), None),
        }
    }
}

fn position_after(text: &str) -> (usize, usize) {
    let line_start = text.rfind('\n').map_or(0, |newline| newline + 1);
    let line = 1 + text.bytes().filter(|byte| *byte == b'\n').count();
    (line, 1 + text[line_start..].chars().count())
}

/// The bytes of a regular file of at most `most` bytes; never waits for a pipe, nor reads a device without end.
///
/// # Errors
/// What is wrong with the file, without its name.
pub fn read_regular(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err("is not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > most {
        return Err(format!("has {} bytes; such a file has at most {most}", metadata.len()));
    }
    Ok(bytes)
}
