//! When to stop: the least test error over time.

use crate::ModeGrowth;
use crate::bracketed_root::bracketed_root;

/// The best time to stop training and the test error then.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Stopping {
    /// t_opt, in units of τ; 0 if no training is best.
    pub time: f64,
    /// ε_te(t_opt).
    pub test_error: f64,
    /// Whether a time after the last one that was looked at may be better: a mode worth learning is not learned by then, so
    /// that this is the end of the search and not the best time.
    ///
    /// `false` if no later error can be lower by 1e-6 of itself and 1e-12.
    pub censored: bool,
}

impl Stopping {
    /// The best of the errors up to a time, of which the last one is `last` and can still fall by `gain` at most.
    pub(crate) fn new(time: f64, test_error: f64, last: f64, gain: f64) -> Self {
        Self { time, test_error, censored: test_error - (last - gain) > 1e-6 * test_error + 1e-12 }
    }
}

/// Points of the plain part of the search grid.
const GRID: usize = 64;

/// ln(x/(1−x)) of the learned fraction x = s/ŝ, relative to its value at a mode's target, at which the grid looks at
/// each mode.
const LOGIT_STEPS: [f64; 19] =
    [-20.0, -14.0, -9.0, -7.0, -5.5, -4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.5, 7.0, 9.0, 14.0, 20.0];

/// An error over time whose slope is known.
pub(crate) trait SlopedError {
    /// The error at time `t`.
    fn error_at(&self, t: f64) -> f64;
    /// Its time derivative, or a positive multiple of it.
    fn slope_at(&self, t: f64) -> f64;
    /// Whether the slope is negative.
    fn falls_at(&self, t: f64) -> bool {
        self.slope_at(t) < 0.0
    }
    /// A bound on how far the error can fall below its value at `t` later on.
    fn gain_after(&self, t: f64) -> f64;
}

/// The least error from the first to the last of the sorted `times`: at one of these two, or where the slope changes from
/// falling to rising between neighbours, refined to 1e-13 of the time. The earliest of equal minima is returned.
///
/// Values of the error decide between minima only, because its flat parts would mislead a search by values.
pub(crate) fn least_on(times: &[f64], error: &impl SlopedError) -> Stopping {
    let mut best = (times[0], error.error_at(times[0]));
    let mut consider = |time: f64| {
        let test_error = error.error_at(time);
        if test_error < best.1 {
            best = (time, test_error);
        }
        test_error
    };
    let mut fell_before = error.falls_at(times[0]);
    for pair in times.windows(2) {
        let falls = error.falls_at(pair[1]);
        if fell_before && !falls {
            consider(bracketed_root(|t| error.slope_at(t), pair[0], pair[1], 1e-13));
        }
        fell_before = falls;
    }
    let last = times[times.len() - 1];
    let last_error = consider(last);
    Stopping::new(best.0, best.1, last_error, error.gain_after(last))
}

/// By how much curvature · (s − best)² falls at most on the way from s to its end.
pub(crate) fn gain_on_the_way(curvature: f64, best: f64, strength: f64, end: f64) -> f64 {
    let reached = best.clamp(strength.min(end), strength.max(end));
    let (now, then) = (strength - best, reached - best);
    curvature * (now - then) * (now + then)
}

/// A time, `pace` to a unit, by which each of `modes`, given as ŝ and the strength that is best for the error, is learned:
/// beyond its best strength and within 1 % of its end, ŝ without decay; in units of τ.
///
/// A best strength that is the end itself, as without noise, counts as reached within 1e-7 of it.
pub(crate) fn time_of_learning(growth: &ModeGrowth, modes: impl Iterator<Item = (f64, f64)>, pace: f64) -> f64 {
    const LEARNED: f64 = 0.99;
    const ALL_BUT_REACHED: f64 = 1e-7;
    let learned = |(data_strength, best): (f64, f64)| {
        let end = growth.final_strength(data_strength);
        let aim = if end > growth.epsilon() {
            best.max(LEARNED * end).min((1.0 - ALL_BUT_REACHED) * end)
        } else if end == 0.0 && data_strength > 0.0 {
            (1.0 - LEARNED) * growth.epsilon()
        } else {
            (1.0 + ALL_BUT_REACHED) * end
        };
        growth.time_to_reach(data_strength, aim).ok().flatten().unwrap_or(0.0) / pace
    };
    modes.map(learned).fold(0.0, f64::max)
}

/// 0, `t_max` and in between a plain grid and the times, `pace` to a unit, at which each of `modes`, given as ŝ and the strength
/// that is best for the error, passes through its own scale around the latter.
///
/// The error falls when a mode rises to its best strength and grows when it overshoots, so it may have one local minimum per mode.
pub(crate) fn times_of_change(
    growth: &ModeGrowth,
    modes: impl Iterator<Item = (f64, f64)>,
    pace: f64,
    t_max: f64,
) -> Vec<f64> {
    let mut times: Vec<f64> = (0..=GRID).map(|i| t_max * i as f64 / GRID as f64).collect();
    for mode in modes {
        times.extend(passes_of(growth, mode, pace, t_max));
    }
    times.sort_unstable_by(f64::total_cmp);
    times.dedup();
    times
}

/// The same, thinned out if the modes are many: what lies closer to another time than a quarter of the steps of its own mode
/// adds nothing.
pub(crate) fn enough_times_of_change(growth: &ModeGrowth, modes: &[(f64, f64)], pace: f64, t_max: f64) -> Vec<f64> {
    /// The times of as many modes are all looked at.
    const FEW: usize = 50;
    if modes.len() <= FEW {
        return times_of_change(growth, modes.iter().copied(), pace, t_max);
    }
    let mut passes: Vec<(f64, f64)> = (1..GRID).map(|i| (t_max * i as f64 / GRID as f64, 0.0)).collect();
    for &mode in modes {
        let own: Vec<f64> = passes_of(growth, mode, pace, t_max).collect();
        let step = |i: usize| {
            let before = if i > 0 { own[i] - own[i - 1] } else { f64::INFINITY };
            let after = own.get(i + 1).map_or(f64::INFINITY, |next| next - own[i]);
            before.min(after)
        };
        passes.extend((0..own.len()).map(|i| (own[i], 0.25 * step(i))));
    }
    passes.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut kept = vec![0.0];
    for (time, spacing) in passes {
        if time - kept[kept.len() - 1] > spacing {
            kept.push(time);
        }
    }
    kept.push(t_max);
    kept
}

/// The times before `t_max`, increasing, at which one mode passes through its own scale.
fn passes_of(
    growth: &ModeGrowth,
    (data_strength, best): (f64, f64),
    pace: f64,
    t_max: f64,
) -> impl Iterator<Item = f64> {
    // Of its end for a mode that grows, of its start for one that decays to 0; the end's of s for others that decay. Modes without a
    // best strength on their way are looked at around half.
    let end = growth.final_strength(data_strength);
    let to_zero = end == 0.0 && data_strength > 0.0;
    let inside = to_zero || end > growth.epsilon();
    let whole = if to_zero { growth.epsilon() } else { end };
    let fraction = if inside { best / whole } else { whole / best };
    let fraction = if fraction > 0.0 && fraction < 1.0 { fraction } else { 0.5 };
    let centre = (fraction / (1.0 - fraction).max(1e-15)).ln();
    let passes = LOGIT_STEPS.into_iter().filter_map(move |step| {
        let fraction = 1.0 / (1.0 + (-(centre + step)).exp());
        let strength = if inside { whole * fraction } else { whole / fraction };
        growth.time_to_reach(data_strength, strength).ok().flatten()
    });
    passes.map(move |time| time / pace).filter(move |time| *time < t_max)
}
