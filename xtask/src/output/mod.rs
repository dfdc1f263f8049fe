//! What a figure becomes on the disk: its files and record, the page that shows them, and whether they are current.

pub mod check;
pub mod files;
pub mod report;
