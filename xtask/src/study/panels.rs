//! What panels of several kinds are made of: points with intervals, bounds, colours of strengths, tables of optima.

use super::optimum::Optimum;
use super::recipe::{Assembled, Table};
use crate::runs::summary::Summary;
use figures::{Bound, Colour, ColourScale, Key, Mark, Points, Shape};

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

/// Which number of an [`Optimum`] is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptimumOf {
    /// ln of the least error.
    LeastError,
    /// t_opt/τ.
    Time,
}

impl OptimumOf {
    fn summary(self, optimum: &Optimum) -> Summary {
        match self {
            Self::LeastError => optimum.log_error_summary(),
            Self::Time => optimum.time_summary(),
        }
    }
}

/// As [`optimum_points`], of optima on both axes. Where a student was stopped by the last epoch, the mean of the least
/// errors could only be lower, and that of the times later.
pub fn paired_optima(series: &str, of: OptimumOf, pairs: &[(&Optimum, &Optimum)]) -> Points {
    let summaries: Vec<(Summary, Summary)> = pairs.iter().map(|(x, y)| (of.summary(x), of.summary(y))).collect();
    let (x_way, y_way) = match of {
        OptimumOf::LeastError => (Bound::Left, Bound::Down),
        OptimumOf::Time => (Bound::Right, Bound::Up),
    };
    let stopped = |of: fn(&(&Optimum, &Optimum)) -> usize| (0..pairs.len()).filter(move |&i| of(&pairs[i]) > 0);
    let points = optimum_points(series, &summaries);
    points.bounds(x_way, stopped(|pair| pair.0.censored())).bounds(y_way, stopped(|pair| pair.1.censored()))
}

/// As [`mean_points`], of least errors, with bounds where a student was stopped by the last epoch.
pub fn least_error_points(series: impl Into<String>, optima: &[(f64, &Optimum)]) -> Points {
    let means = optima.iter().map(|(x, optimum)| (*x, optimum.log_error_summary()));
    mean_points(series, means).bounds(Bound::Down, (0..optima.len()).filter(|&i| optima[i].1.censored() > 0))
}

/// Where a figure shows bounds, in points or cells, says in its legends and caption what they are.
pub fn tell_bounds(assembled: &mut Assembled) {
    let label = "bound: training ended too early";
    let (mut in_points, mut hatched) = (false, Vec::new());
    for panel in assembled.figure.cells.iter_mut().flatten() {
        let series = |is_bounded: fn(&Mark) -> Option<&String>| -> Vec<String> {
            panel.marks.iter().filter_map(is_bounded).cloned().collect()
        };
        let points = series(|mark| match mark {
            Mark::Points(points) if !points.bounds.is_empty() => Some(&points.series),
            _ => None,
        });
        let cells = series(|mark| match mark {
            Mark::HeatMap(map) if map.hatched.iter().flatten().any(|hatched| *hatched) => Some(&map.series),
            _ => None,
        });
        hatched.extend(cells);
        if !points.is_empty() {
            in_points = true;
            panel.keys.push(Key::bound(label, Colour::GREY, Shape::Circle).of(points));
        }
    }
    if in_points {
        let told = " Open points with an arrow are bounds: the error, of one seed at least, was least in the last epoch, so that \
                    the optimum lies on the arrow's side.";
        assembled.caption.push_str(told);
    }
    if !hatched.is_empty() {
        // Below all panels: a legend inside would cover cells.
        assembled.figure.shared_legend = true;
        assembled.figure.keys.push(Key::hatched(label).of(hatched));
        let told = " Hatched cells are bounds: the error, of one seed at least or in theory, was least at the end of training.";
        assembled.caption.push_str(told);
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
