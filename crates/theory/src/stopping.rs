//! When to stop: the least test error over time.

use crate::TheoryError;
use crate::bracketed_root::bracketed_root;
use crate::error::non_negative;
use crate::test_error::TestError;

/// The best time to stop training and the test error then.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Stopping {
    /// t_opt, in units of τ; 0 if no training is best.
    pub time: f64,
    /// ε_te(t_opt).
    pub test_error: f64,
}

/// Points of the plain part of the search grid.
const GRID: usize = 64;

/// ln(x/(1−x)) of the learned fraction x = s/ŝ, relative to its value at a mode's target, at which the grid looks at
/// each mode.
const LOGIT_STEPS: [f64; 19] =
    [-20.0, -14.0, -9.0, -7.0, -5.5, -4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.5, 7.0, 9.0, 14.0, 20.0];

/// t_opt = argmin of the test error on \[0, t_max\].
///
/// The error falls when a mode rises to its target and grows when it overshoots and when noise is learned, so it may
/// have one local minimum per mode. Its slope, known in closed form, is bracketed on a plain grid joined with a grid
/// in each mode's own scale, and every change from falling to rising is refined to 1e-13 of the time. The earliest of
/// equal minima is returned.
pub(crate) fn optimal_stopping(error: &TestError, t_max: f64) -> Result<Stopping, TheoryError> {
    let t_max = non_negative("t_max", t_max)?;
    let mut best = Stopping { time: 0.0, test_error: error.at(0.0) };
    let mut consider = |time: f64| {
        let test_error = error.at(time);
        if test_error < best.test_error {
            best = Stopping { time, test_error };
        }
    };
    let times = search_times(error, t_max);
    let mut fell_before = error.falls_at(0.0);
    for pair in times.windows(2) {
        let falls = error.falls_at(pair[1]);
        if fell_before && !falls {
            consider(bracketed_root(|t| error.slope_at(t), pair[0], pair[1], 1e-13));
        }
        fell_before = falls;
    }
    consider(t_max);
    Ok(best)
}

/// 0, t_max and in between a plain grid and the times at which each mode and the edge of the noise pass through their
/// own scale.
fn search_times(error: &TestError, t_max: f64) -> Vec<f64> {
    let mut times: Vec<f64> = (0..=GRID).map(|i| t_max * i as f64 / GRID as f64).collect();
    let learned = error.modes.iter().filter(|mode| mode.curvature > 0.0).map(|mode| (mode.data_strength, mode.target));
    let noise = error.bulk.upper_edge().map(|edge| (edge, 0.5 * edge));
    for (data_strength, target) in learned.chain(noise) {
        // Undetectable modes have no target; half of the strength marks their rise.
        let target = if target > 0.0 { target } else { 0.5 * data_strength };
        let centre = (target / (data_strength - target).max(1e-15 * data_strength)).ln();
        let strengths = LOGIT_STEPS.map(|step| data_strength / (1.0 + (-(centre + step)).exp()));
        let passes = strengths.iter().filter_map(|&s| error.growth.time_to_reach(data_strength, s).ok().flatten());
        times.extend(passes.map(|time| time / error.pace).filter(|time| *time < t_max));
    }
    times.sort_unstable_by(f64::total_cmp);
    times.dedup();
    times
}
