//! Comparing series: means and intervals, verdicts on claims. No physics here.

mod coverage;
mod excess;
mod positive;

mod verdict;

pub use crate::runs::summary::Summary;
pub(crate) use crate::runs::summary::student_quantile;
pub use crate::study::kolmogorov_smirnov::kolmogorov_smirnov_distance;
pub use crate::study::series::{first_crossing, linear_grid};
pub use crate::study::stages::stages;
pub use coverage::Coverage;
pub use excess::Excess;
pub use verdict::{Comparison, Level, Verdict};
