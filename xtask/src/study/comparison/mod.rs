//! Comparing series: means and intervals, verdicts on claims. No physics here.

mod coverage;
mod excess;
mod kolmogorov_smirnov;
mod positive;

mod stages;

mod verdict;

pub use crate::runs::summary::Summary;
pub(crate) use crate::runs::summary::student_quantile;
pub use crate::study::series::{first_crossing, linear_grid};
pub use coverage::Coverage;
pub use excess::Excess;
pub use kolmogorov_smirnov::kolmogorov_smirnov_distance;
pub use stages::stages;
pub use verdict::{Comparison, Level, Verdict};
