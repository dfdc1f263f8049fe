//! What panels of several kinds are made of: points with intervals, colours of strengths, tables of optima.

use super::optimum::Optimum;
use super::recipe::Table;
use crate::runs::summary::Summary;
use figures::{Colour, ColourScale, Points};

/// Points of a line of the theory.
pub const LINE_POINTS: usize = 200;

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

/// Points of means with 95 % intervals on both axes, where there are intervals.
pub fn optimum_points(series: &str, pairs: &[(Summary, Summary)]) -> Points {
    let points = Points::new(series, pairs.iter().map(|(x, y)| (x.mean, y.mean)));
    let intervals = |pick: fn(&(Summary, Summary)) -> Summary| -> Option<Vec<(f64, f64)>> {
        pairs.iter().map(|pair| pick(pair).interval()).collect()
    };
    match (intervals(|p| p.0), intervals(|p| p.1)) {
        (Some(x), Some(y)) => points.x_intervals(x).intervals(y),
        _ => points,
    }
}

/// Letters of some panels, as claims name them.
pub fn letters(indices: impl IntoIterator<Item = usize>) -> String {
    indices.into_iter().map(figures::panel_letter).collect::<Vec<_>>().join(", ")
}

/// The colour of what stands behind the data.
pub fn faint(colour: Colour) -> Colour {
    colour.lighter(0.55)
}

/// Colours of a list in order: blue (weak) to red (strong).
pub fn strength_colours(strengths: &[f64]) -> ColourScale {
    let (first, last) = (strengths[0], strengths[strengths.len() - 1]);
    let (low, high) = (first.min(last), first.max(last));
    ColourScale::sequential(low, if high > low { high } else { low + 1.0 })
}

/// A number as short as three decimals allow.
pub fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Least test error and best stopping time of every seed, each row behind the `keys` of its condition.
pub fn optima_table<'a, const KEYS: usize>(
    keys: [&str; KEYS],
    conditions: impl IntoIterator<Item = ([String; KEYS], &'a Optimum)>,
) -> Table {
    let own = ["run", "ln_least_test_error", "t_opt", "censored"];
    let mut rows = Vec::new();
    for (condition, optimum) in conditions {
        let seeds = optimum.log_error.iter().zip(&optimum.time).zip(&optimum.censored);
        for (run, ((log_error, time), censored)) in seeds.enumerate() {
            let numbers = [run.to_string(), log_error.to_string(), time.to_string(), censored.to_string()];
            rows.push([&condition[..], &numbers].concat());
        }
    }
    Table { name: "optima".to_owned(), header: keys.into_iter().chain(own).map(str::to_owned).collect(), rows }
}
