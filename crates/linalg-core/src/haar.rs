//! Haar-distributed orthogonal matrices and their slices.

use crate::sample_gaussian;
use faer::Mat;
use rand::Rng;

/// Draws an n × n orthogonal matrix from the Haar (uniform) measure.
pub fn sample_haar_orthogonal<R: Rng + ?Sized>(n: usize, rng: &mut R) -> Mat<f64> {
    sample_haar_columns(n, n, rng)
}

/// Draws a `rows` × `columns` matrix with orthonormal columns, Haar-distributed: the first columns of a Haar
/// orthogonal matrix, without forming the rest.
///
/// The Q factor of a Gaussian matrix, with the sign of each column fixed so that R has a positive diagonal;
/// without that sign the distribution depends on the QR algorithm (Mezzadri 2007, Notices of the AMS 54:592).
///
/// # Panics
/// If `columns` exceeds `rows`.
pub fn sample_haar_columns<R: Rng + ?Sized>(rows: usize, columns: usize, rng: &mut R) -> Mat<f64> {
    assert!(columns <= rows, "{columns} orthonormal columns cannot have {rows} rows");
    let qr = sample_gaussian(rows, columns, 1.0, rng).qr();
    let mut q = qr.compute_thin_Q();
    let r = qr.thin_R();
    for j in 0..columns {
        if r[(j, j)] < 0.0 {
            for i in 0..rows {
                q[(i, j)] = -q[(i, j)];
            }
        }
    }
    q
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{generator, squared_frobenius_norm};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn columns_are_orthonormal(rows in 1usize..60, part in 0.0f64..=1.0, run in 0u64..1000) {
            let columns = (part * rows as f64) as usize;
            let q = sample_haar_columns(rows, columns, &mut generator(3, "haar", &[], run));
            let defect = q.transpose() * &q - Mat::<f64>::identity(columns, columns);
            // Householder QR: departure from orthonormality of order ε·rows·√columns.
            prop_assert!(squared_frobenius_norm(defect.as_ref()).sqrt() <= 1e-15 * (rows * (columns + 1)) as f64);
        }
    }

    #[test]
    fn the_first_entry_has_the_moments_of_a_uniform_direction() {
        // q₁₁ of a Haar matrix of size n: mean 0, E q² = 1/n, E q⁴ = 3/(n(n+2)), E q⁸ = 105/(n(n+2)(n+4)(n+6)).
        // A missing sign fix makes q₁₁ ≤ 0 always.
        let (n, draws) = (5usize, 4000u64);
        let first = |run| sample_haar_orthogonal(n, &mut generator(4, "haar moments", &[], run))[(0, 0)];
        let draws_of: Vec<f64> = (0..draws).map(first).collect();
        let moment = |k: i32| draws_of.iter().map(|q| q.powi(k)).sum::<f64>() / draws as f64;
        let size = n as f64;
        let second = 1.0 / size;
        let fourth = 3.0 / (size * (size + 2.0));
        let eighth = 105.0 / (size * (size + 2.0) * (size + 4.0) * (size + 6.0));
        let error = (draws as f64).sqrt().recip();
        // 5 standard errors: false alarm below 1e-6 each, the skewness of q⁴ included.
        assert!(moment(1).abs() < 5.0 * second.sqrt() * error);
        assert!((moment(2) - second).abs() < 5.0 * (fourth - second * second).sqrt() * error);
        assert!((moment(4) - fourth).abs() < 5.0 * (eighth - fourth * fourth).sqrt() * error);
    }
}
