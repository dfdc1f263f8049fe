//! What a benchmark took, in seconds and in units of the yardsticks.

use serde::{Deserialize, Serialize};

/// The speeds that everything is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Yardsticks {
    /// Fused multiply-adds between registers in f64: operations a second of one core.
    pub peak_f64: f64,
    /// The same in f32.
    pub peak_f32: f64,
    /// A product of faer's, 100 × 50 × 100 in f64: operations a second.
    pub product: f64,
}

impl Yardsticks {
    /// The faster of two measurements of each: other programs can only slow them down.
    #[must_use]
    pub fn faster(self, other: Self) -> Self {
        Self {
            peak_f64: self.peak_f64.max(other.peak_f64),
            peak_f32: self.peak_f32.max(other.peak_f32),
            product: self.product.max(other.product),
        }
    }
}

/// One benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// Group, function and parameter, separated by `/`.
    pub name: String,
    /// The least time of one iteration, over all samples of all rounds.
    pub seconds: f64,
    /// What one iteration does: operations of an epoch's products, points of a curve, runs. 0 if it is not told.
    pub work: f64,
    /// Time × f64 peak, the least of the rounds: the operations that the time is worth.
    pub at_peak: f64,
    /// Time × speed of the product, the least of the rounds.
    pub at_product: f64,
    /// How far the second least `at_peak` is above the least, relative to it: how well the least is reproduced.
    pub noise: f64,
}

/// One round's look at one benchmark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Least time of one iteration.
    pub seconds: f64,
    /// The yardsticks beside it.
    pub yardsticks: Yardsticks,
}

impl Measurement {
    /// From the looks of all rounds. The least counts, because other programs can only slow a benchmark down.
    ///
    /// # Panics
    /// If there is none.
    pub fn of(name: impl Into<String>, work: f64, looks: &[Look]) -> Self {
        assert!(!looks.is_empty(), "a measurement of no look");
        let ascending = |value: fn(&Look) -> f64| {
            let mut values: Vec<f64> = looks.iter().map(value).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        let at_peak = ascending(|look| look.seconds * look.yardsticks.peak_f64);
        Self {
            name: name.into(),
            seconds: ascending(|look| look.seconds)[0],
            work,
            at_peak: at_peak[0],
            at_product: ascending(|look| look.seconds * look.yardsticks.product)[0],
            noise: at_peak.get(1).map_or(0.0, |second| second / at_peak[0] - 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(seconds: f64, clock: f64) -> Look {
        let yardsticks = Yardsticks { peak_f64: 1e9 * clock, peak_f32: 2e9 * clock, product: 8e8 * clock };
        Look { seconds: seconds / clock, yardsticks }
    }

    #[test]
    fn the_clock_cancels_and_disturbed_rounds_do_not_count() {
        let m = Measurement::of("a", 500.0, &[look(3e-6, 1.0), look(1e-6, 0.7), look(1.2e-6, 1.0)]);
        assert!((m.at_peak - 1000.0).abs() < 1e-9, "{m:?}");
        assert!((m.at_product - 800.0).abs() < 1e-9, "{m:?}");
        assert!((m.noise - 0.2).abs() < 1e-9, "{m:?}");
        assert!((m.seconds - 1.2e-6).abs() < 1e-15, "{m:?}");
    }
}
