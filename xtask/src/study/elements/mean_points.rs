//! Means over seeds as points.

use crate::study::comparison::Summary;
use figures::Points;

/// Means at their x with 95 % intervals, unless there is a single seed somewhere.
pub fn mean_points(series: impl Into<String>, summaries: impl IntoIterator<Item = (f64, Summary)>) -> Points {
    let (means, intervals): (Vec<_>, Vec<_>) =
        summaries.into_iter().map(|(x, summary)| ((x, summary.mean), summary.interval())).unzip();
    let points = Points::new(series, means);
    match intervals.into_iter().collect::<Option<Vec<_>>>() {
        Some(intervals) => points.intervals(intervals),
        None => points,
    }
}
