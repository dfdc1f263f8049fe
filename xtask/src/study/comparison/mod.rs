//! Comparing series: means and intervals, verdicts on claims. No physics here.

mod coverage;
mod excess;
mod kolmogorov_smirnov;
mod positive;
mod series;
mod stages;
mod summary;
mod verdict;

pub use coverage::Coverage;
pub use excess::Excess;
pub use kolmogorov_smirnov::kolmogorov_smirnov_distance;
pub use series::{first_crossing, linear_grid};
pub use stages::stages;
pub use summary::Summary;
pub(crate) use summary::student_quantile;
pub use verdict::{Comparison, Level, Verdict};
