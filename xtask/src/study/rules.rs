//! Rules on config values that several kinds share, under the key names that all kinds use.

use super::series::linear_grid;
use crate::config::Checks;
use sim::MOST_LOGGED;

/// Most independent repetitions of anything.
pub const MOST_SEEDS: u64 = 10_000;
/// Most inputs, outputs, hidden units or examples: a matrix of that size a side has 800 MB.
pub const MOST_UNITS: usize = 10_000;
/// Most layers of a student.
pub const MOST_LAYERS: usize = 100;
/// Most updates of a student; a few times as many are far from the largest whole number.
pub const MOST_EPOCHS: u64 = 1_000_000_000;
/// Most runs of a figure: their list alone has half a gigabyte.
pub const MOST_RUNS: usize = 200_000;
/// Most draws of an ensemble.
pub const MOST_DRAWS: usize = 100_000;
/// Most points of a line.
pub const MOST_POINTS: usize = 10_000;

/// At most [`MOST_RUNS`] runs come of so many of everything that multiplies.
pub fn runs(checks: &mut Checks<'_>, path: &str, seeds: u64, others: &[usize]) {
    let seeds = usize::try_from(seeds).unwrap_or(usize::MAX);
    let runs = others.iter().fold(seeds, |product, &count| product.saturating_mul(count));
    checks.require(path, runs <= MOST_RUNS, format!("must give at most {MOST_RUNS} runs in all, not {runs}"));
}

/// A heading of one line.
pub fn title(checks: &mut Checks<'_>, title: &str) {
    let length = title.chars().count();
    let is_line = !title.trim().is_empty() && length <= 200 && !title.contains(is_no_text);
    checks.require("title", is_line, "must be one line of 1 to 200 characters");
}

/// Control characters, ends of lines and what Unicode says is no character: no drawing or page holds them.
fn is_no_text(c: char) -> bool {
    let is_no_character = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || is_no_character
}

/// What [`are_sizes`] asks for.
pub const ARE_SIZES: &str = "must be two whole numbers from 1 to 10000";

/// Whether both are numbers of units.
pub fn are_sizes((a, b): (usize, usize)) -> bool {
    [a, b].iter().all(|size| (1..=MOST_UNITS).contains(size))
}

/// A list that is not empty and holds positive numbers in increasing order.
pub fn ascending_positive(checks: &mut Checks<'_>, path: &str, values: &[f64]) {
    checks.non_empty(path, values).increasing(path, values).each(path, values, |c, path, value| {
        c.positive(path, *value);
    });
}

/// A list that is not empty and holds positive numbers in decreasing order, such as the strengths of a teacher.
pub fn descending_positive(checks: &mut Checks<'_>, path: &str, values: &[f64]) {
    checks.non_empty(path, values).decreasing(path, values).each(path, values, |c, path, value| {
        c.positive(path, *value);
    });
}

/// A pair (low, high) with 0 ≤ low < high.
pub fn interval(checks: &mut Checks<'_>, path: &str, (low, high): (f64, f64)) {
    checks.require(path, 0.0 <= low && low < high && high.is_finite(), "must be (low, high) with 0 ≤ low < high");
}

/// A value from which on something of an ascending list is claimed: above 0, and the list must reach it, or the claim
/// would be about nothing.
pub fn judged_from(checks: &mut Checks<'_>, (path, from): (&str, f64), (list, values): (&str, &[f64])) {
    checks.positive(path, from);
    let Some(last) = values.last() else { return };
    checks.consistent(path, list, from <= *last, "must be at most the last of the list, or nothing is judged");
}

/// Epochs of `count` equally spaced times of a range of t/τ, with τ = 1/`learning_rate`.
pub fn epochs_at(range: (f64, f64), count: usize, learning_rate: f64) -> Vec<u64> {
    linear_grid(range.0, range.1, count).iter().map(|t| (t / learning_rate).round() as u64).collect()
}

/// An upper bound as it is told: to five significant digits and not above it, so that what is told is enough.
///
/// 0 and what is not finite stay as they are.
pub fn rounded_down(bound: f64) -> f64 {
    if bound == 0.0 || !bound.is_finite() {
        return bound;
    }
    let nearest: f64 = format!("{bound:.4e}").parse().unwrap_or(bound);
    if nearest <= bound {
        return nearest;
    }
    let unit = 10f64.powi(bound.abs().log10().floor() as i32 - 4);
    format!("{:.4e}", nearest - unit).parse().unwrap_or(bound)
}

/// The least number of epochs between two logged ones that logs at most [`MOST_LOGGED`].
pub fn least_log_every(epochs: u64) -> u64 {
    epochs.div_ceil(MOST_LOGGED).max(1)
}

/// λ below which gradient descent of L = `layers` matrices converges on a data mode of strength ŝ.
pub fn learning_rate_bound(layers: usize, data_strength: f64, pace: f64) -> f64 {
    sim::StudentSpec::new(1, layers, 1.0).learning_rate_bound(data_strength, pace, 0.0)
}

/// How students are trained and looked at.
#[derive(Clone, Copy, Debug)]
pub struct TrainingRules {
    /// L.
    pub layers: usize,
    /// ε.
    pub epsilon: f64,
    /// λ.
    pub learning_rate: f64,
    /// Updates.
    pub epochs: u64,
    /// Errors are logged every so many epochs.
    pub log_every: u64,
}

impl TrainingRules {
    /// What each value must obey by itself.
    pub fn alone(&self, checks: &mut Checks<'_>) {
        checks
            .in_range("layers", self.layers, 1..=MOST_LAYERS)
            .positive("epsilon", self.epsilon)
            .positive("learning_rate", self.learning_rate)
            .in_range("epochs", self.epochs, 1..=MOST_EPOCHS)
            .at_least("log_every", self.log_every, 1)
            .at_most("log_every", self.log_every, MOST_EPOCHS);
    }

    /// What they must obey together, once each is legal: few enough logged points, and for a strongest data mode of
    /// strength `strongest` that is learned `pace` times as fast as with P = N₁ a step that converges, and a start below it.
    pub fn together(&self, checks: &mut Checks<'_>, strongest: f64, pace: f64) {
        self.logged(checks);
        let bound = learning_rate_bound(self.layers, strongest, pace);
        let rule = format!(
            "must be below 2/(L ŝ^(2−2/L)) = {} of the strongest data mode, or gradient descent diverges",
            rounded_down(bound)
        );
        checks.require("learning_rate", self.learning_rate < bound, rule);
        self.starts_below(checks, strongest);
    }

    /// Once each is legal: at most [`MOST_LOGGED`] logged points.
    pub fn logged(&self, checks: &mut Checks<'_>) {
        let least = least_log_every(self.epochs);
        checks.consistent(
            "log_every",
            "epochs",
            self.log_every >= least,
            format!("must be at least {least} to log at most {MOST_LOGGED} points"),
        );
    }

    /// A start below the strongest data mode.
    pub fn starts_below(&self, checks: &mut Checks<'_>, strongest: f64) {
        checks.require(
            "epsilon",
            self.epsilon < strongest,
            format!("must be below the largest predicted ŝ, {}", rounded_down(strongest)),
        );
    }

    /// `time_range` and the `point_times` times plotted over it: within the training and on logged epochs.
    pub fn plotted(&self, checks: &mut Checks<'_>, time_range: (f64, f64), point_times: usize) {
        let last = self.epochs as f64 * self.learning_rate;
        checks.consistent(
            "time_range",
            "epochs",
            time_range.1 <= last * (1.0 + 1e-9),
            format!("must end by epochs · learning_rate = {last}"),
        );
        let on_log = epochs_at(time_range, point_times, self.learning_rate)
            .iter()
            .all(|epoch| epoch.is_multiple_of(self.log_every));
        checks.consistent("point_times", "log_every", on_log, "must fall on logged epochs");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bounds_as_they_are_told() {
        for (bound, told) in
            [(0.3, "0.3"), (0.123_456, "0.12345"), (9.999_96, "9.9999"), (1e-7 / 3.0, "0.000000033333"), (0.0, "0")]
        {
            assert_eq!(rounded_down(bound).to_string(), told);
        }
    }

    proptest! {
        #[test]
        fn a_told_bound_is_below_the_bound_and_close(mantissa in 1.0f64..10.0, exponent in -12i32..12) {
            let bound = mantissa * 10f64.powi(exponent);
            let told = rounded_down(bound);
            prop_assert!(told <= bound && told >= bound * (1.0 - 1.001e-4), "{bound} is told as {told}");
        }
    }
}
