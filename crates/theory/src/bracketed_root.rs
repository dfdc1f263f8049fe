//! Root of a continuous function between two points of opposite sign.

/// Root of `function` between `low` and `high`, by Chandrupatla's method (inverse quadratic interpolation where it is
/// trustworthy, bisection elsewhere; Advances in Engineering Software 28, 1997, p. 145).
///
/// Stops when the bracket is shorter than `relative_tolerance` times the root, or than 1e-300. If an end is a root
/// already, or both have the same sign, the end with the smaller value is returned: callers bracket first.
pub(crate) fn bracketed_root(
    mut function: impl FnMut(f64) -> f64,
    low: f64,
    high: f64,
    relative_tolerance: f64,
) -> f64 {
    let (mut a, mut fa) = (high, function(high));
    let (mut b, mut fb) = (low, function(low));
    if (fa > 0.0) == (fb > 0.0) || fa == 0.0 || fb == 0.0 {
        return if fa.abs() < fb.abs() { a } else { b };
    }
    let mut weight = 0.5;
    for _ in 0..200 {
        let x = a + weight * (b - a);
        let fx = function(x);
        // c: the point that leaves the bracket [a, b].
        let (c, fc);
        if (fx > 0.0) == (fa > 0.0) {
            (c, fc) = (a, fa);
        } else {
            (c, fc) = (b, fb);
            (b, fb) = (a, fa);
        }
        (a, fa) = (x, fx);
        let (best, value) = if fa.abs() < fb.abs() { (a, fa) } else { (b, fb) };
        let tolerance = 0.5 * relative_tolerance * best.abs() + 1e-300;
        let least_weight = tolerance / (b - a).abs();
        if least_weight >= 0.5 || value == 0.0 {
            return best;
        }
        let position = (a - b) / (c - b);
        let height = (fa - fb) / (fc - fb);
        weight = if height * height < position && (1.0 - height).powi(2) < 1.0 - position {
            fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        } else {
            0.5
        };
        weight = weight.clamp(least_weight, 1.0 - least_weight);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_roots_of_easy_and_stubborn_functions() {
        let mut evaluations = 0;
        let root = bracketed_root(
            |x| {
                evaluations += 1;
                x.cos() - x
            },
            0.0,
            1.0,
            1e-15,
        );
        assert!((root - 0.739_085_133_215_160_6).abs() < 2e-15, "{root}");
        assert!(evaluations < 15, "{evaluations} evaluations");
        // Flat almost everywhere: nothing but the signs helps.
        let root = bracketed_root(|x: f64| (1e4 * (x - 0.3)).tanh(), -5.0, 7.0, 1e-14);
        assert!((root - 0.3).abs() < 1e-14);
        let triple = bracketed_root(|x: f64| (x - 2.0).powi(3), 0.0, 5.0, 1e-14);
        assert!((triple - 2.0).abs() < 1e-13);
    }

    #[test]
    fn a_root_at_an_end_is_found_there() {
        assert_eq!(bracketed_root(|x| x - 2.0, 1.0, 2.0, 1e-15), 2.0);
        assert_eq!(bracketed_root(|x| 1.0 - x, 1.0, 2.0, 1e-15), 1.0);
    }

    #[test]
    fn without_a_change_of_sign_returns_the_better_end() {
        assert_eq!(bracketed_root(|x| x, 1.0, 2.0, 1e-15), 1.0);
        assert_eq!(bracketed_root(|x| -x - 3.0, -2.0, 2.0, 1e-15), -2.0);
    }
}
