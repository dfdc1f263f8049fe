//! Tests of the workspace as a whole: theory against simulation, the command line, the report.
//!
//! The tests are in `tests/tests`; here is what they share: [`program`] is the command line as it was built, [`Table`]
//! reads the CSV that it prints, [`reference`](mod@reference) the digits that it must reproduce, and [`Workspace`] is a
//! copy of configs and figures that a test may spoil. [`smoke`] makes figures and looks at what was stored and drawn;
//! [`browser`] opens pages; [`slurm`] is a cluster of one machine; [`tool`] decides what a missing tool means.

pub mod browser;
pub mod program;
pub mod reference;
pub mod slurm;
pub mod smoke;
mod table;
pub mod tool;
mod workspace;

pub use program::{Answer, xtask};
pub use table::Table;
pub use workspace::{Workspace, workspace_root};

/// The examples of README.md, which `cargo test --doc` compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
