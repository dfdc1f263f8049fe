//! What can be asked for on the command line, and one file for each answer.

pub mod ci;
pub mod command_line;
pub mod explain;
pub mod figures;
pub mod init;
pub mod list;
pub mod store;
pub mod theory;
