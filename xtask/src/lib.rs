//! The command line's building blocks: configs, the run store, and what joins them to theory, simulation and figures.
//!
//! * [`config`] reads one figure's RON file, lays its `smoke` overlay over it and states what is wrong with it,
//!   by file, line and column.
//! * [`store`] keeps the results of runs under the hash of their description, whole or not at all.

pub mod config;
pub mod store;
