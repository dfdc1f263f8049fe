//! Comparing series: means and intervals, verdicts on claims. No physics here.

mod series;
mod summary;
mod verdict;

pub use series::{first_crossing, linear_grid};
pub use summary::Summary;
pub(crate) use summary::student_quantile;
pub use verdict::{Comparison, Level, Verdict};
