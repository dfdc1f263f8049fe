//! Reading numbers off a drawn series.

/// The first x at which the series passes `level`, from either side, by linear interpolation.
///
/// `None` if it never does.
pub fn first_crossing(points: &[(f64, f64)], level: f64) -> Option<f64> {
    let pair = points.windows(2).find(|pair| (pair[0].1 < level) != (pair[1].1 < level))?;
    let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
    Some(x0 + (level - y0) / (y1 - y0) * (x1 - x0))
}

/// `count` equally spaced numbers from `low` to `high`, both included.
pub fn linear_grid(low: f64, high: f64, count: usize) -> Vec<f64> {
    let steps = count.saturating_sub(1).max(1) as f64;
    (0..count).map(|i| low + (high - low) * i as f64 / steps).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_rise_fall_and_may_be_absent() {
        assert_eq!(first_crossing(&[(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)], 0.25), Some(0.25));
        assert_eq!(first_crossing(&[(0.0, 2.0), (4.0, 1.0)], 1.5), Some(2.0));
        assert_eq!(first_crossing(&[(0.0, 2.0), (4.0, 3.0)], 1.5), None);
    }

    #[test]
    fn a_grid_holds_both_ends() {
        assert_eq!(linear_grid(1.0, 2.0, 3), [1.0, 1.5, 2.0]);
        assert_eq!(linear_grid(1.0, 2.0, 1), [1.0]);
    }
}
