//! Gaussian matrices.

use faer::Mat;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

/// Draws a `rows` × `columns` matrix of independent Gaussian entries of mean 0 and variance `entry_variance`.
///
/// Entries are drawn column by column, so that a matrix with more columns starts with the entries of one with fewer.
///
/// # Panics
/// If `entry_variance` is negative or not finite.
pub fn sample_gaussian<R: Rng + ?Sized>(rows: usize, columns: usize, entry_variance: f64, rng: &mut R) -> Mat<f64> {
    assert!(
        entry_variance >= 0.0 && entry_variance.is_finite(),
        "entry variance is {entry_variance}: it must be finite and not negative"
    );
    let deviation = entry_variance.sqrt();
    let mut matrix = Mat::zeros(rows, columns);
    for j in 0..columns {
        for i in 0..rows {
            let unit: f64 = rng.sample(StandardNormal);
            matrix[(i, j)] = deviation * unit;
        }
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator;

    #[test]
    fn entries_have_the_stated_mean_and_variance() {
        let (n, variance) = (40_000.0, 0.25);
        let m = sample_gaussian(200, 200, variance, &mut generator(1, "moments", &[], 0));
        let entries = || (0..200).flat_map(|j| (0..200).map(move |i| (i, j)));
        let mean = entries().map(|(i, j)| m[(i, j)]).sum::<f64>() / n;
        let square = entries().map(|(i, j)| m[(i, j)].powi(2)).sum::<f64>() / n;
        // 5 standard errors each: false alarm below 1e-6; a Gaussian's squares have variance 2ν².
        assert!(mean.abs() < 5.0 * (variance / n).sqrt());
        assert!((square - variance).abs() < 5.0 * variance * (2.0 / n).sqrt());
    }

    #[test]
    fn zero_variance_gives_zeros() {
        let m = sample_gaussian(3, 4, 0.0, &mut generator(1, "zero", &[], 0));
        assert_eq!(m, Mat::<f64>::zeros(3, 4));
    }

    #[test]
    fn more_columns_extend_the_draw() {
        let wide = sample_gaussian(3, 5, 1.0, &mut generator(1, "prefix", &[], 0));
        let narrow = sample_gaussian(3, 2, 1.0, &mut generator(1, "prefix", &[], 0));
        assert_eq!(wide.as_ref().subcols(0, 2), narrow);
    }
}
