//! Singular values of a Gaussian matrix, without the matrix.

use crate::LinalgError;
use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::tridiagonal_self_adjoint_evd;
use faer::linalg::temp_mat_scratch;
use faer::{Par, Spec};
use rand::{Rng, RngExt};
use rand_distr::ChiSquared;

/// Draws the min(n, m) singular values, in decreasing order, of an n × m matrix of independent Gaussian entries of mean 0 and
/// variance `entry_variance`, in O(min(n, m)²) operations.
///
/// Householder reflections turn a Gaussian matrix with n ≤ m into a lower bidiagonal one of independent entries: χ with m, m−1, …,
/// m−n+1 degrees of freedom on the diagonal, n−1, …, 1 below it (Silverstein 1985, Annals of Probability 13:1364). Its values are
/// those of the tridiagonal BBᵀ: right to about 1e-16 of the largest value's square, in the square.
///
/// # Errors
/// [`LinalgError::NoConvergence`] if the iteration fails.
///
/// # Panics
/// If `entry_variance` is negative or not finite.
pub fn sample_gaussian_singular_values<R: Rng + ?Sized>(
    rows: usize,
    columns: usize,
    entry_variance: f64,
    rng: &mut R,
) -> Result<Vec<f64>, LinalgError> {
    let size = rows.min(columns);
    let squares = Bidiagonal::sample(rows, columns, size, rng).squared_values()?;
    let scale = deviation(entry_variance);
    Ok(squares.into_iter().rev().map(|square| scale * square.max(0.0).sqrt()).collect())
}

/// Draws the largest singular value and the squared Frobenius norm of such a matrix together, in O(min(n, m)) operations.
///
/// The largest value's vectors have all of their weight, to rounding, in the first few times n^(1/3) rows of the bidiagonal form
/// (Edelman & Persson 2005, arXiv:math-ph/0501068); of the rest only the sum of squares is drawn.
///
/// # Errors
/// As [`sample_gaussian_singular_values`].
///
/// # Panics
/// As [`sample_gaussian_singular_values`].
pub fn sample_gaussian_largest_value<R: Rng + ?Sized>(
    rows: usize,
    columns: usize,
    entry_variance: f64,
    rng: &mut R,
) -> Result<(f64, f64), LinalgError> {
    let size = rows.min(columns);
    let leading = size.min(20 + (10.0 * (size as f64).cbrt()) as usize);
    let block = Bidiagonal::sample(rows, columns, leading, rng);
    let rest = block.degrees_left(rows, columns);
    let squared_norm = block.squared_norm() + if rest > 0.0 { chi_squared(rest, rng) } else { 0.0 };
    let scale = deviation(entry_variance);
    let largest = block.squared_values()?.last().map_or(0.0, |square| square.max(0.0).sqrt());
    Ok((scale * largest, scale * scale * squared_norm))
}

fn deviation(entry_variance: f64) -> f64 {
    assert!(
        entry_variance >= 0.0 && entry_variance.is_finite(),
        "entry variance is {entry_variance}: it must be finite and not negative"
    );
    entry_variance.sqrt()
}

/// The leading block of the bidiagonal form, its entries squared.
struct Bidiagonal {
    diagonal: Vec<f64>,
    below: Vec<f64>,
}

impl Bidiagonal {
    fn sample<R: Rng + ?Sized>(rows: usize, columns: usize, leading: usize, rng: &mut R) -> Self {
        let (short, long) = (rows.min(columns), rows.max(columns));
        let mut form = Self { diagonal: Vec::with_capacity(leading), below: Vec::with_capacity(leading) };
        for i in 0..leading {
            form.diagonal.push(chi_squared((long - i) as f64, rng));
            if i + 1 < leading {
                form.below.push(chi_squared((short - 1 - i) as f64, rng));
            }
        }
        form
    }

    fn squared_norm(&self) -> f64 {
        self.diagonal.iter().chain(&self.below).sum()
    }

    /// Degrees of freedom of all entries of the matrix that this block has not used.
    fn degrees_left(&self, rows: usize, columns: usize) -> f64 {
        let (short, long) = (rows.min(columns), rows.max(columns));
        let used: usize = (0..self.diagonal.len()).map(|i| long - i).sum::<usize>()
            + (0..self.below.len()).map(|i| short - 1 - i).sum::<usize>();
        rows as f64 * columns as f64 - used as f64
    }

    /// Eigenvalues of BBᵀ in increasing order.
    fn squared_values(&self) -> Result<Vec<f64>, LinalgError> {
        let size = self.diagonal.len();
        if size == 0 {
            return Ok(Vec::new());
        }
        let mut diagonal = Diag::<f64>::zeros(size);
        let mut off_diagonal = Diag::<f64>::zeros(size);
        for i in 0..size {
            diagonal[i] = self.diagonal[i] + if i > 0 { self.below[i - 1] } else { 0.0 };
            if i + 1 < size {
                off_diagonal[i] = (self.diagonal[i] * self.below[i]).sqrt();
            }
        }
        let mut values = Diag::<f64>::zeros(size);
        let mut memory = MemBuffer::new(temp_mat_scratch::<f64>(size, 1).array(2));
        let (stack, parameters) = (MemStack::new(&mut memory), Spec::default());
        tridiagonal_self_adjoint_evd(
            diagonal.as_ref(),
            off_diagonal.as_ref(),
            values.as_mut(),
            None,
            Par::Seq,
            stack,
            parameters,
        )
        .map_err(|_| LinalgError::NoConvergence { rows: size, columns: size })?;
        Ok(values.column_vector().iter().copied().collect())
    }
}

fn chi_squared<R: Rng + ?Sized>(degrees: f64, rng: &mut R) -> f64 {
    let law = ChiSquared::new(degrees).expect("degrees of freedom are counts above zero");
    rng.sample(law)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MarchenkoPastur, generator, sample_gaussian, singular_values};

    /// Mean and variance over draws of a few statistics of the values, from the bidiagonal form and from matrices.
    #[test]
    fn values_are_distributed_as_those_of_matrices() {
        for (rows, columns) in [(6, 9), (9, 6), (5, 5), (1, 7)] {
            let draws = 4000;
            let size = rows.min(columns);
            let mut sums = vec![[0.0; 4]; size];
            for run in 0..draws {
                let mut rng = generator(1, "bidiagonal", &[rows as u64, columns as u64], run);
                let short = sample_gaussian_singular_values(rows, columns, 0.3, &mut rng).unwrap();
                let matrix = sample_gaussian(rows, columns, 0.3, &mut rng);
                let long = singular_values(matrix.as_ref()).unwrap();
                assert!(short.len() == size && short.windows(2).all(|pair| pair[0] >= pair[1]));
                for (sum, (a, b)) in sums.iter_mut().zip(short.iter().zip(&long)) {
                    for (slot, value) in sum.iter_mut().zip([*a, a * a, *b, b * b]) {
                        *slot += value / draws as f64;
                    }
                }
            }
            for [mean, square, expected, expected_square] in sums {
                // Two samples, 4.5 standard errors: false alarm 7e-6 each. A value's fourth moment is below three times
                // its squared second one.
                let error = 4.5 * (2.0 * (square - mean * mean) / draws as f64).sqrt();
                assert!((mean - expected).abs() < error, "{rows} × {columns}: {mean} for {expected}");
                let error = 4.5 * square * (4.0 / draws as f64).sqrt();
                assert!((square - expected_square).abs() < error, "{square} for {expected_square}");
            }
        }
    }

    #[test]
    fn the_leading_block_holds_the_largest_value() {
        let (rows, columns) = (300, 500);
        for run in 0..5 {
            let stream = || generator(2, "leading block", &[], run);
            let full = Bidiagonal::sample(rows, columns, rows, &mut stream()).squared_values().unwrap();
            let (largest, _) = sample_gaussian_largest_value(rows, columns, 1.0, &mut stream()).unwrap();
            let expected = full[rows - 1].sqrt();
            assert!((largest / expected - 1.0).abs() < 1e-12, "{largest} for {expected}");
        }
    }

    #[test]
    fn the_squared_norm_is_that_of_the_whole_matrix() {
        let (rows, columns, draws) = (400, 300, 300);
        let mut rng = generator(3, "norm", &[], 0);
        let mut draw = || sample_gaussian_largest_value(rows, columns, 2.0, &mut rng).unwrap();
        let mean = (0..draws).map(|_| draw().1).sum::<f64>() / draws as f64;
        let expected = 2.0 * 120_000.0;
        // χ² of variance 2·120,000, 4.5 standard errors.
        assert!((mean - expected).abs() < 4.5 * 2.0 * (240_000.0 / draws as f64).sqrt());
        let edge = MarchenkoPastur::new(rows, columns, 2.0).unwrap().upper_edge();
        assert!((draw().0 / edge - 1.0).abs() < 0.03);
    }

    #[test]
    fn empty_and_noiseless_matrices_are_normal() {
        let mut rng = generator(4, "empty", &[], 0);
        assert!(sample_gaussian_singular_values(0, 5, 1.0, &mut rng).unwrap().is_empty());
        assert_eq!(sample_gaussian_largest_value(5, 0, 1.0, &mut rng).unwrap(), (0.0, 0.0));
        assert_eq!(sample_gaussian_singular_values(2, 3, 0.0, &mut rng).unwrap(), [0.0; 2]);
    }
}
