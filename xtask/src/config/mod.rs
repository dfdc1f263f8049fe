//! Reading a figure's config: RON in, a checked value or located errors out.
//!
//! A config file is `KindName( key: value, …, smoke: ( key: value, … ) )`. It is read in steps, each of which knows
//! where in the file every value stands, so that every complaint names file, line, column, the value given and what
//! is allowed:
//!
//! 1. [`Document::read`] checks the syntax (a subset of RON, and the `ron` crate must agree that it is RON) and sets
//!    the `smoke` overlay aside;
//! 2. [`Document::settings`] merges the overlay for the scale asked for and can lay command-line values on top
//!    ([`Settings::set`]);
//! 3. [`Settings::deserialize`] turns the merged tree into a `#[derive(Deserialize)]` struct, unknown keys refused;
//! 4. [`Settings::checks`] collects what the types cannot say: ranges and consistency, all violations at once;
//! 5. [`Settings::to_json`] and [`Settings::canonical`] give the merged config without comments or layout, for
//!    hashing and for a figure's JSON; [`changes`] compares two of them key by key.
//!
//! ```
//! use serde::Deserialize;
//! use xtask::config::{ConfigError, Document, Scale};
//!
//! #[derive(Deserialize)]
//! struct Growth { epsilon: f64, times: Vec<f64> }
//!
//! # fn main() -> Result<(), ConfigError> {
//! let text = "Growth( epsilon: 1e-3, times: [0, 1, 2], smoke: (times: [0]) )";
//! let document = Document::parse("growth.ron", text)?;
//! document.require_kind(&["Growth"])?;
//! let settings = document.settings(Scale::Smoke);
//! let growth: Growth = settings.deserialize()?;
//! let mut checks = settings.checks();
//! checks.positive("epsilon", growth.epsilon).increasing("times", &growth.times);
//! checks.finish()?;
//! assert_eq!(settings.canonical(), r#"{"Growth":{"epsilon":0.001,"times":[0]}}"#);
//! # Ok(()) }
//! ```
//!
//! What is left out of RON on purpose: attributes (`#![enable(…)]` changes what a value means), characters, byte
//! strings, ranges, infinities and NaN.

mod canonical;
mod checks;
mod deserialize;
mod document;
mod error;
mod failure;
mod merge;
mod number;
mod parse;
mod source;
mod tree;

pub use canonical::{Change, canonical_text, changes};
pub use checks::Checks;
pub use document::{Document, Scale, Settings};
pub use error::{ConfigError, Problem};
pub use number::float;
pub use source::read_regular;
