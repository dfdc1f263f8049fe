//! When a mode aligned and when it grew.

use sim::{ModePoint, TrainingOutcome};

/// t/τ at which one student's mode passed its two marks; infinite if it never did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ModeTimes {
    /// Both overlaps reached the mark.
    pub(super) aligned: f64,
    /// s/ŝ reached the mark.
    pub(super) grown: f64,
}

impl ModeTimes {
    /// Reads them off the logged points, between which it interpolates.
    pub(super) fn of(
        outcome: &TrainingOutcome,
        mode: usize,
        aligned_at: f64,
        grown_at: f64,
        learning_rate: f64,
    ) -> Self {
        let track = &outcome.modes[mode];
        let first = |number: &dyn Fn(&ModePoint) -> f64, level: f64| -> f64 {
            let logged = outcome.epochs.iter().zip(&track.points);
            let series =
                logged.filter_map(|(&epoch, point)| Some((epoch as f64 * learning_rate, number(point.as_ref()?))));
            first_at_least(&series.collect::<Vec<_>>(), level)
        };
        Self {
            aligned: first(&|p| p.overlap_output.min(p.overlap_input), aligned_at),
            grown: first(&|p| p.strength / track.data_strength, grown_at),
        }
    }

    /// Alignment in units of the mode's own rise.
    pub(super) fn lateness(&self) -> f64 {
        self.aligned / self.grown
    }
}

/// The first time at which the series is at least `level`; infinite if it never is. A series that starts there does so at its start.
fn first_at_least(series: &[(f64, f64)], level: f64) -> f64 {
    match series.iter().position(|(_, y)| *y >= level) {
        None => f64::INFINITY,
        Some(0) => series[0].0,
        Some(index) => {
            let [(x0, y0), (x1, y1)] = [series[index - 1], series[index]];
            x0 + (level - y0) / (y1 - y0) * (x1 - x0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::first_at_least;

    #[test]
    fn marks_are_interpolated_met_at_the_start_or_missed() {
        assert_eq!(first_at_least(&[(1.0, 0.2), (2.0, 0.6), (3.0, 0.1)], 0.4), 1.5);
        assert_eq!(first_at_least(&[(1.0, 0.5), (2.0, 0.6)], 0.4), 1.0);
        assert_eq!(first_at_least(&[(1.0, 0.5)], 0.9), f64::INFINITY);
        assert_eq!(first_at_least(&[], 0.9), f64::INFINITY);
    }
}
