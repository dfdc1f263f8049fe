//! The vocabulary in which a kind of figure is written: from a config to runs, from outcomes to claims and panels.

pub mod comparison;
pub mod elements;
pub mod recipe;
#[cfg(test)]
pub(crate) mod trial;
