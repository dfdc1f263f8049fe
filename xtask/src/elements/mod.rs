//! What several recipes share, written once.

mod error_curves;
mod optima;
mod strengths;

pub use error_curves::{PointStatistics, log_points};
pub use optima::{Optimum, optimum_points};
pub use strengths::strengths_of;

/// Run index from which on draws judge verdicts or estimate step errors and are never part of what is judged.
pub const INDEPENDENT_RUNS: u64 = 1_000_000;
