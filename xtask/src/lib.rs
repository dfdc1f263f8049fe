//! The command line's building blocks: configs, the run store, and what joins them to theory, simulation and figures.
//!
//! The way of a figure, in reading order:
//!
//! * [`command_line`] says what can be asked for, [`make`], [`list`], [`check`],
//!   [`init`], [`store_command`], [`theory_command`], [`bench`](mod@bench) and [`ci`] answer;
//! * [`config`] reads one figure's RON file, lays its `smoke` overlay over it and states what is wrong with it,
//!   by file, line and column; [`catalog`] finds the configs that a command line means;
//! * [`recipe`] is the interface of the [`recipes`]: from a config to [`run`]s, and from their outcomes to panels and
//!   verdicts; [`elements`] is what several recipes share, [`ensemble`] the theory at the actual size;
//! * [`execution`] does the runs, [`store`] keeps them under the hash of their description, whole or not at all,
//!   [`results`] looks them up;
//! * [`comparison`] judges measured numbers, [`outputs`] writes a figure's files, [`say`](mod@say) prints, [`report`] the page beside
//!   them, [`provenance`] says where they were made.

pub mod atomic_file;
pub mod bench;
pub mod catalog;
pub mod check;
pub mod ci;
pub mod command_line;
pub mod comparison;
pub mod config;
pub mod elements;
pub mod ensemble;
pub mod execution;
pub mod init;
pub mod list;
pub mod make;
pub mod outputs;
pub mod progress_line;
pub mod provenance;
pub mod recipe;
pub mod recipes;
pub mod report;
pub mod results;
pub mod run;
pub mod say;
pub mod stopwatch;
pub mod store;
pub mod store_command;
pub mod theory_command;
#[cfg(test)]
pub(crate) mod trial;
