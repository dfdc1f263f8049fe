//! Independent pieces of work: their description, how they are done and how their outcomes are kept.

pub mod atomic_file;
pub mod ensemble;
pub mod execution;
pub mod lock;
pub mod memory;
pub mod progress;
pub mod provenance;
pub mod results;
pub mod run;
pub mod run_time;
pub mod store;
pub mod summary;
