//! Minimum of a continuous function on an interval.

use crate::Stopping;

/// Golden ratio's smaller section, (3 − √5)/2.
const GOLDEN: f64 = 0.381_966_011_250_105_1;

/// The local minimum of `function` inside \[`low`, `high`\] by Brent's method (parabolic steps where they are trustworthy, golden
/// sections elsewhere; Brent 1973, *Algorithms for Minimization without Derivatives*, chapter 5), as (position, value).
///
/// Stops when the position is known to 1e-8 of itself, which is as far as function values can tell.
pub(crate) fn bracketed_minimum(mut function: impl FnMut(f64) -> f64, low: f64, high: f64) -> (f64, f64) {
    let (mut a, mut b) = (low, high);
    // x: best so far; w: second best; v: the one before.
    let mut x = a + GOLDEN * (b - a);
    let (mut w, mut v) = (x, x);
    let mut fx = function(x);
    let (mut fw, mut fv) = (fx, fx);
    let (mut step, mut step_before_last) = (0.0_f64, 0.0_f64);
    for _ in 0..100 {
        let middle = 0.5 * (a + b);
        let tolerance = 1e-8 * x.abs() + 1e-12 * (high - low);
        if (x - middle).abs() <= 2.0 * tolerance - 0.5 * (b - a) {
            break;
        }
        let r = (x - w) * (fx - fv);
        let q = (x - v) * (fx - fw);
        let (mut numerator, mut denominator) = ((x - v) * q - (x - w) * r, 2.0 * (q - r));
        if denominator > 0.0 {
            numerator = -numerator;
        }
        denominator = denominator.abs();
        let inside = numerator > denominator * (a - x) && numerator < denominator * (b - x);
        if inside && numerator.abs() < (0.5 * denominator * step_before_last).abs() {
            step_before_last = step;
            step = numerator / denominator;
            let to = x + step;
            if to - a < 2.0 * tolerance || b - to < 2.0 * tolerance {
                step = tolerance.copysign(middle - x);
            }
        } else {
            step_before_last = if x < middle { b - x } else { a - x };
            step = GOLDEN * step_before_last;
        }
        let u = x + if step.abs() >= tolerance { step } else { tolerance.copysign(step) };
        let fu = function(u);
        if fu <= fx {
            if u < x {
                b = x
            } else {
                a = x
            }
            (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu);
        } else {
            if u < x {
                a = u
            } else {
                b = u
            }
            if fu <= fw || w == x {
                (v, fv, w, fw) = (w, fw, u, fu);
            } else if fu <= fv || v == x || v == w {
                (v, fv) = (u, fu);
            }
        }
    }
    (x, fx)
}

/// The least value of `error` over the sorted `grid` of times, as [`least_value`] finds it. `gain` is by how much the error can still fall
/// after the last time.
pub(crate) fn least_error(mut error: impl FnMut(f64) -> f64, grid: &[f64], gain: f64) -> Stopping {
    let last = error(grid[grid.len() - 1]);
    let (time, test_error) = least_value(error, grid);
    Stopping::new(time, test_error, last, gain)
}

/// The least value of `function` over the sorted `grid` and between its points, as (position, value): the lowest local minima of the
/// grid, refined. The grid must be fine enough to see every valley once, and no gap of it mostly flat.
pub(crate) fn least_value(mut function: impl FnMut(f64) -> f64, grid: &[f64]) -> (f64, f64) {
    /// Local minima refined: the curve has one per learned mode, and neighbouring grid values settle all but near ties.
    const REFINED: usize = 3;
    let values: Vec<f64> = grid.iter().map(|&t| function(t)).collect();
    let neighbours = |k: usize| [k.saturating_sub(1), (k + 1).min(grid.len() - 1)];
    let mut valleys: Vec<usize> =
        (0..grid.len()).filter(|&k| neighbours(k).iter().all(|&j| values[j] >= values[k])).collect();
    valleys.sort_by(|&j, &k| values[j].total_cmp(&values[k]));
    let mut best = (grid[valleys[0]], values[valleys[0]]);
    for &k in valleys.iter().take(REFINED) {
        let [left, right] = neighbours(k);
        let refined = bracketed_minimum(&mut function, grid[left], grid[right]);
        if refined.1 < best.1 {
            best = refined;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minima_by_hand() {
        let (x, f) = bracketed_minimum(|x| (x - 2.0).powi(2) + 1.0, 0.0, 5.0);
        assert!((x - 2.0).abs() < 3e-8 && (f - 1.0).abs() < 1e-15);
        let (x, _) = bracketed_minimum(|x: f64| x.exp() - 3.0 * x, 0.0, 4.0);
        assert!((x - 3f64.ln()).abs() < 3e-8);
        let (x, f) = bracketed_minimum(|x: f64| (x - 0.3).abs(), 0.0, 1.0);
        assert!((x - 0.3).abs() < 1e-7 && f < 1e-7);
    }

    #[test]
    fn the_lowest_valley_and_the_ends_are_found() {
        // Valleys of sin t + t/20 at t = 3π/2 + 2πk − 1/20 + …: the first one is the lowest.
        let grid: Vec<f64> = (0..=60).map(|k| k as f64 * 0.3).collect();
        let least = least_error(|t| t.sin() + t / 20.0, &grid, 0.0);
        assert!((least.time - (1.5 * std::f64::consts::PI - 0.05f64.asin())).abs() < 1e-6);
        assert_eq!(least_error(|t| t, &grid, 17.0), Stopping { time: 0.0, test_error: 0.0, censored: false });
        assert!(least_error(|t| t, &grid, 19.0).censored, "18 at the end can fall below 0");
        assert!((least_error(|t| -t, &grid, 0.0).time - 18.0).abs() < 1e-12);
        assert_eq!(least_error(|_| 1.0, &[0.0, 1.0], 0.0).test_error, 1.0);
    }
}
