//! Which run is wanted, and the hash that names it.

use std::fmt;

use serde::{Serialize, Serializer};

use super::error::StoreError;
use crate::config::canonical_text;

/// The name of a run: BLAKE3 of its description, the engine's version and the scale. Shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 32]);

impl Key {
    /// The hash, each part preceded by its length so that no two requests can run into one another.
    pub(super) fn of(description: &str, engine: u32, scale: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("deep-linear-theory run store, key of a run, 1");
        for part in [description.as_bytes(), &engine.to_le_bytes(), scale.as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(*hasher.finalize().as_bytes())
    }

    /// The key written as 64 hexadecimal digits, if it is one.
    pub fn from_hex(text: &str) -> Option<Self> {
        let lower_case = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        blake3::Hash::from_hex(text).ok().filter(|_| lower_case).map(|hash| Self(*hash.as_bytes()))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Key({self})")
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A run that is wanted: its description as canonical JSON, engine version and scale, and the key they make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    key: Key,
    engine: u32,
    scale: String,
    description: String,
}

impl Request {
    /// Describes a run by a value that says all it needs.
    ///
    /// The value must serialise to JSON the same way every time; its floats must be finite (JSON writes NaN as null).
    pub fn new<T: Serialize + ?Sized>(description: &T, engine: u32, scale: &str) -> Result<Self, StoreError> {
        let json =
            serde_json::to_value(description).map_err(|error| StoreError::Description { why: error.to_string() })?;
        let description = canonical_text(&json);
        Ok(Self { key: Key::of(&description, engine, scale), engine, scale: scale.to_owned(), description })
    }

    /// The run's name in the store.
    pub fn key(&self) -> Key {
        self.key
    }

    /// The engine version the result is to come from.
    pub fn engine(&self) -> u32 {
        self.engine
    }

    /// The scale the run belongs to; results of different scales never mix.
    pub fn scale(&self) -> &str {
        &self.scale
    }

    /// The description as one line of JSON with sorted keys.
    pub fn description(&self) -> &str {
        &self.description
    }
}
