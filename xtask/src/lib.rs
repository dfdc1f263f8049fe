//! The command line's building blocks: configs, the run store, and what joins them to theory, simulation and figures.
//!
//! Seven rooms, whose arrows point down:
//!
//! * [`commands`] answers what the command line asks for, one file per task;
//! * [`output`] writes a figure's files, record and report page, and checks them;
//! * [`recipes`] holds one file per kind of figure, and the catalogue of configs;
//! * [`study`] is the vocabulary in which recipes are written;
//! * [`runs`] does independent pieces of work and keeps their outcomes;
//! * [`bench`](mod@bench) measures what things cost;
//! * [`config`] reads RON files and says by file, line and column what is wrong with them.
//!
//! [`console`] prints.

pub mod bench;
pub mod commands;
pub mod config;
pub mod console;
pub mod output;
pub mod recipes;
pub mod runs;
pub mod study;
