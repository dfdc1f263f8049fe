//! The distance between a sample and a law.

/// Kolmogorov-Smirnov distance sup |F̂(x) − F(x)| between the empirical distribution of `values` and a law with the
/// continuous distribution function `cdf`.
///
/// A number in [0, 1]; 1 for no values. Values that are independent draws of the law are at a distance of about
/// 0.87/√n; singular values repel each other and come far closer, about as 1/n, so the distance must be judged by
/// independent draws of the same ensemble, never by the classical table.
pub fn kolmogorov_smirnov_distance(values: &[f64], cdf: impl Fn(f64) -> f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    if sorted.is_empty() {
        return 1.0;
    }
    // The empirical function jumps from i/n to (i+1)/n at the i-th value.
    let distances = sorted.iter().enumerate().map(|(i, &value)| {
        let expected = cdf(value);
        (expected - i as f64 / count).max((i + 1) as f64 / count - expected)
    });
    distances.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_by_hand() {
        let uniform = |x: f64| x.clamp(0.0, 1.0);
        // Midpoints of n equal parts are as close as n values can come: 1/(2n).
        assert!((kolmogorov_smirnov_distance(&[0.875, 0.125, 0.625, 0.375], uniform) - 0.125).abs() < 1e-15);
        assert_eq!(kolmogorov_smirnov_distance(&[0.25], uniform), 0.75);
        assert_eq!(kolmogorov_smirnov_distance(&[0.5, 0.5], uniform), 0.5);
        assert_eq!(kolmogorov_smirnov_distance(&[7.0, 8.0], uniform), 1.0);
        assert_eq!(kolmogorov_smirnov_distance(&[], uniform), 1.0);
    }
}
