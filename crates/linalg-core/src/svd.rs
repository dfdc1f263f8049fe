//! Thin singular value decomposition in decreasing order.

use crate::LinalgError;
use crate::binary_scale::{exponent_into_range, scaled_by_power_of_two, times_power_of_two};
use faer::{Mat, MatRef};

/// The thin singular value decomposition M = U diag(s) Vᵀ of an n × m matrix, k = min(n, m) values.
#[derive(Clone, Debug)]
pub struct ThinSvd {
    /// U, n × k: left singular vectors (the output side of a map) as columns.
    pub left: Mat<f64>,
    /// s, k values in decreasing order, none negative.
    pub singular_values: Vec<f64>,
    /// V, m × k: right singular vectors (the input side of a map) as columns.
    pub right: Mat<f64>,
}

impl ThinSvd {
    /// The decomposition restricted to the `count` largest singular values (all of them if there are fewer).
    pub fn leading(&self, count: usize) -> Self {
        let count = count.min(self.singular_values.len());
        Self {
            left: self.left.as_ref().subcols(0, count).to_owned(),
            singular_values: self.singular_values[..count].to_vec(),
            right: self.right.as_ref().subcols(0, count).to_owned(),
        }
    }

    /// The decomposition of a matrix from that of 2^`exponent` times it.
    pub(crate) fn scaled_back(self, exponent: i32) -> Result<Self, LinalgError> {
        Ok(Self { singular_values: scaled_back(&self.singular_values, exponent)?, ..self })
    }

    /// The matrix U diag(s) Vᵀ.
    pub fn reconstruct(&self) -> Mat<f64> {
        let mut scaled = self.left.clone();
        for (j, value) in self.singular_values.iter().enumerate() {
            for i in 0..scaled.nrows() {
                scaled[(i, j)] *= value;
            }
        }
        scaled * self.right.transpose()
    }
}

/// The thin singular value decomposition of `matrix`, singular values in decreasing order.
///
/// Backward stable: the factors reproduce the matrix to a small multiple of ε‖M‖. The sign of a pair (u, v) is
/// whatever the iteration gives; only products of the two are meaningful. Matrices of any scale have the same digits: extreme
/// ones are multiplied by a power of two before, their singular values divided by it after.
///
/// # Errors
/// [`LinalgError::NonFinite`] if an entry is NaN or infinite, [`LinalgError::OutOfDomain`] if the largest singular value is
/// beyond the largest number, [`LinalgError::NoConvergence`] if the iteration fails.
pub fn thin_svd(matrix: MatRef<'_, f64>) -> Result<ThinSvd, LinalgError> {
    check_finite(matrix)?;
    let exponent = exponent_into_range(matrix);
    if exponent != 0 {
        let svd = thin_svd(scaled_by_power_of_two(matrix, exponent).as_ref())?;
        return svd.scaled_back(exponent);
    }
    let svd = matrix.thin_svd().map_err(|_| no_convergence(matrix))?;
    Ok(ThinSvd {
        left: svd.U().to_owned(),
        singular_values: svd.S().column_vector().iter().copied().collect(),
        right: svd.V().to_owned(),
    })
}

/// The min(n, m) singular values of an n × m matrix in decreasing order, without vectors.
///
/// # Errors
/// As [`thin_svd`].
pub fn singular_values(matrix: MatRef<'_, f64>) -> Result<Vec<f64>, LinalgError> {
    check_finite(matrix)?;
    match exponent_into_range(matrix) {
        0 => matrix.singular_values().map_err(|_| no_convergence(matrix)),
        exponent => scaled_back(&singular_values(scaled_by_power_of_two(matrix, exponent).as_ref())?, exponent),
    }
}

/// Singular values of a matrix from those of 2^`exponent` times it.
fn scaled_back(values: &[f64], exponent: i32) -> Result<Vec<f64>, LinalgError> {
    let values: Vec<f64> = values.iter().map(|&value| times_power_of_two(value, -exponent)).collect();
    match values.first() {
        Some(&value) if value.is_infinite() => {
            Err(LinalgError::OutOfDomain { parameter: "largest singular value", value, allowed: "a finite number" })
        }
        _ => Ok(values),
    }
}

/// Refuses a matrix with a NaN or an infinity, naming its first such entry.
pub(crate) fn check_finite(matrix: MatRef<'_, f64>) -> Result<(), LinalgError> {
    if matrix.is_all_finite() {
        return Ok(());
    }
    let entries = (0..matrix.ncols()).flat_map(|j| (0..matrix.nrows()).map(move |i| (i, j)));
    match entries.map(|(i, j)| (i, j, matrix[(i, j)])).find(|(.., value)| !value.is_finite()) {
        Some((row, column, value)) => Err(LinalgError::NonFinite { row, column, value }),
        None => Ok(()),
    }
}

pub(crate) fn no_convergence(matrix: MatRef<'_, f64>) -> LinalgError {
    LinalgError::NoConvergence { rows: matrix.nrows(), columns: matrix.ncols() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{generator, sample_gaussian, squared_frobenius_norm};
    use faer::mat;
    use proptest::prelude::*;

    fn norm(m: &Mat<f64>) -> f64 {
        squared_frobenius_norm(m.as_ref()).sqrt()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn factors_are_orthonormal_ordered_and_exact(
            rows in 1usize..40, cols in 1usize..40, rank in 0usize..5, run in 0u64..1000,
        ) {
            // Tall, wide, square, 1 × n; rank 0 keeps full rank, others make it deficient.
            let mut rng = generator(5, "svd", &[], run);
            let m = match rank {
                0 => sample_gaussian(rows, cols, 1.0, &mut rng),
                r => sample_gaussian(rows, r, 1.0, &mut rng) * sample_gaussian(r, cols, 1.0, &mut rng),
            };
            let svd = thin_svd(m.as_ref()).unwrap();
            let k = rows.min(cols);
            let tolerance = 20.0 * f64::EPSILON * (rows + cols) as f64;
            prop_assert!(svd.singular_values.windows(2).all(|w| w[0] >= w[1]) && svd.singular_values[k - 1] >= 0.0);
            prop_assert!(norm(&(svd.reconstruct() - &m)) <= tolerance * norm(&m));
            prop_assert!(norm(&(svd.left.transpose() * &svd.left - Mat::<f64>::identity(k, k))) <= tolerance);
            prop_assert!(norm(&(svd.right.transpose() * &svd.right - Mat::<f64>::identity(k, k))) <= tolerance);
            let values = singular_values(m.as_ref()).unwrap();
            for (a, b) in values.iter().zip(&svd.singular_values) {
                prop_assert!((a - b).abs() <= tolerance * svd.singular_values[0]);
            }
        }
    }

    #[test]
    fn a_diagonal_matrix_by_hand() {
        let values = singular_values(mat![[0.0, -3.0], [2.0, 0.0], [0.0, 0.0]].as_ref()).unwrap();
        assert!((values[0] - 3.0).abs() < 1e-15 && (values[1] - 2.0).abs() < 1e-15);
    }

    #[test]
    fn singular_values_do_not_depend_on_scale() {
        let small = mat![[3.0, 1.0], [1.0, 2.0], [0.5, -1.0]];
        let noise = sample_gaussian(100, 300, 1.0, &mut generator(9, "scale", &[], 0));
        for (matrix, scales) in [(small, &[1e154, 1e-165, 1e300, 1e-300, 1e-310][..]), (noise, &[1e160, 1e-170, 1e300])]
        {
            let expected = thin_svd(matrix.as_ref()).unwrap();
            for &scale in scales {
                let scale: f64 = scale;
                // The power of two below: entries then keep all of their digits, unless they are subnormal.
                let exponent = scale.log2().floor() as i32;
                let scaled = scaled_by_power_of_two(matrix.as_ref(), exponent);
                let subnormal = if scale < 1e-300 { 1e-9 } else { 0.0 };
                let close = |value: f64, expected: f64| {
                    let value = times_power_of_two(value, -exponent);
                    let tolerance = (1e-13 + subnormal) * expected.abs();
                    assert!((value - expected).abs() <= tolerance, "{scale}: {value} for {expected}");
                };
                let svd = thin_svd(scaled.as_ref()).unwrap();
                let values = singular_values(scaled.as_ref()).unwrap();
                let leading = crate::leading_triplets(scaled.as_ref(), 1).unwrap();
                for ((value, alone), expected) in svd.singular_values.iter().zip(values).zip(&expected.singular_values)
                {
                    close(*value, *expected);
                    close(alone, *expected);
                }
                close(leading.singular_values[0], expected.singular_values[0]);
                let overlap = leading.right.col(0).transpose() * expected.right.col(0);
                assert!((overlap.abs() - 1.0).abs() < 1e-9 + subnormal);
            }
        }
    }

    #[test]
    fn a_value_beyond_the_largest_number_is_refused() {
        let huge = Mat::from_fn(40, 40, |_, _| 1e308);
        assert!(thin_svd(huge.as_ref()).unwrap_err().to_string().starts_with("largest singular value is inf"));
        assert!(singular_values(huge.as_ref()).is_err() && crate::leading_triplets(huge.as_ref(), 1).is_err());
    }

    #[test]
    fn zero_and_empty_matrices_are_normal() {
        assert_eq!(singular_values(Mat::<f64>::zeros(3, 2).as_ref()).unwrap(), vec![0.0, 0.0]);
        assert!(thin_svd(Mat::<f64>::zeros(3, 0).as_ref()).unwrap().singular_values.is_empty());
    }

    #[test]
    fn non_finite_entries_are_named() {
        let error = thin_svd(mat![[1.0, 2.0], [f64::NAN, 4.0]].as_ref()).unwrap_err();
        assert!(matches!(error, LinalgError::NonFinite { row: 1, column: 0, .. }));
        assert_eq!(
            singular_values(mat![[1.0, f64::INFINITY]].as_ref()).unwrap_err().to_string(),
            "matrix entry (0, 1) is inf: every entry must be finite"
        );
    }
}
