//! How far a student's leading modes have turned towards the data's.

use crate::{DataModes, LearningProblem, ModePoint, SimError};
use faer::{Mat, MatRef};
use linalg_core::{Generator, ThinSvd, generator, sample_gaussian, singular_values, thin_svd};

/// The map's k-th singular value must exceed this many ε before its vectors count as defined.
pub(crate) const DEFINED_ABOVE: f64 = 1.5;
/// Largest residual ‖Mv − su‖, in units of the distance to the neighbouring singular value, that counts as converged:
/// the angle between a computed and a true singular vector is below about this.
const TOLERANCE: f64 = 1e-7;
/// Most iterations before a thin SVD is cheaper.
const MOST_ITERATIONS: usize = 25;
/// Largest ratio of the first value outside to the last one wanted at which the next epoch tries the iteration: an
/// iteration gains the square of about this ratio.
const WIDEST_RATIO: f64 = 0.8;
/// Fewest iterations: a mode that is missing from the warm block has grown out of its random column by then.
const FEWEST_ITERATIONS: usize = 2;

/// Compares the leading singular modes of a student's map, mode k with data mode k, at one epoch after another.
///
/// The modes come from a block power iteration that starts from the block of the previous epoch (Rayleigh-Ritz on
/// k + 2 vectors, one of them drawn afresh each time), and from a thin SVD where it does not converge: while there is
/// no gap, as at the start, where all values are ε. Overlaps are good to 1e-6, strengths to 1e-12.
#[derive(Clone, Debug)]
pub struct Alignment {
    /// û, N₃ × k.
    data_left: Mat<f64>,
    /// v̂ in the coordinates of the problem, N₁ × k (zero on unseen directions).
    data_right: Mat<f64>,
    threshold: f64,
    defined: Vec<bool>,
    /// Right vectors of the previous epoch, N₁ × (k + 1).
    warm: Option<Mat<f64>>,
    fresh: Generator,
}

impl Alignment {
    /// For the `count` ≥ 1 leading modes of a student of initial strength `epsilon`.
    ///
    /// # Panics
    /// If there are fewer data modes, or `count` is 0.
    pub fn new(problem: &LearningProblem, modes: &DataModes, count: usize, epsilon: f64) -> Self {
        assert!(count > 0, "no modes to compare");
        let right = modes.svd.right.as_ref();
        let padded = Mat::from_fn(problem.inputs(), count, |i, k| if i < right.nrows() { right[(i, k)] } else { 0.0 });
        Self {
            data_left: modes.svd.left.as_ref().subcols(0, count).to_owned(),
            data_right: padded,
            threshold: DEFINED_ABOVE * epsilon,
            defined: vec![false; count],
            warm: None,
            fresh: generator(0, "alignment restarts", &[], 0),
        }
    }

    /// The modes of `map` (N₃ × N₁, coordinates of the problem); `None` where the value has never exceeded 1.5 ε.
    ///
    /// # Errors
    /// [`SimError::Linalg`] if the map is not finite or the decomposition fails.
    pub fn points(&mut self, map: MatRef<'_, f64>) -> Result<Vec<Option<ModePoint>>, SimError> {
        let count = self.defined.len();
        // As long as nothing has grown there are no vectors to compute.
        if !self.defined.contains(&true)
            && singular_values(map)?.first().is_none_or(|strongest| *strongest <= self.threshold)
        {
            return Ok(vec![None; count]);
        }
        let svd = match self.warm.take().and_then(|warm| power_iteration(map, warm, count, &mut self.fresh)) {
            Some(found) => found,
            None => thin_svd(map)?.leading(count + 1),
        };
        // A block needs its k + 2 columns to be fewer than the matrix has, and a gap to converge by.
        if count + 2 < map.nrows().min(map.ncols())
            && svd.singular_values[count] < WIDEST_RATIO * svd.singular_values[count - 1]
        {
            self.warm = Some(svd.right.clone());
        }
        let point = |k: usize| ModePoint {
            strength: svd.singular_values[k],
            overlap_output: (svd.left.col(k).transpose() * self.data_left.col(k)).abs().min(1.0),
            overlap_input: (svd.right.col(k).transpose() * self.data_right.col(k)).abs().min(1.0),
        };
        for (defined, value) in self.defined.iter_mut().zip(&svd.singular_values) {
            *defined |= *value > self.threshold;
        }
        Ok(self.defined.iter().enumerate().map(|(k, defined)| defined.then(|| point(k))).collect())
    }
}

/// The `count` + 1 leading triplets of `matrix` (the last one not to full accuracy), or `None` if they do not converge.
fn power_iteration(matrix: MatRef<'_, f64>, warm: Mat<f64>, count: usize, fresh: &mut Generator) -> Option<ThinSvd> {
    let random = sample_gaussian(matrix.ncols(), 1, 1.0, fresh);
    let mut image = matrix * faer::concat![[warm, random]];
    for iteration in 1..=MOST_ITERATIONS {
        let left_basis = image.qr().compute_thin_Q();
        let projected = (matrix.transpose() * &left_basis).qr();
        // Qₗᵀ M = Rᵀ Q_rᵀ: the small SVD of Rᵀ gives the Ritz triplets, for which Mᵀu = s v holds exactly.
        let small = thin_svd(projected.thin_R().transpose()).ok()?;
        let right = projected.compute_thin_Q() * &small.right;
        let left = left_basis * &small.left;
        image = matrix * &right;
        let values = &small.singular_values;
        let converged = (0..count).all(|k| {
            let residual = (image.col(k) - faer::Scale(values[k]) * left.col(k)).norm_l2();
            let above = if k == 0 { f64::INFINITY } else { values[k - 1] - values[k] };
            residual <= TOLERANCE * above.min(values[k] - values[k + 1])
        });
        if converged && iteration >= FEWEST_ITERATIONS {
            return Some(ThinSvd { left, singular_values: small.singular_values, right }.leading(count + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use linalg_core::{sample_haar_columns, sample_haar_orthogonal};

    /// Singular values, then noise on a fixed pair of bases turned a little by `turn`.
    fn map(values: &[f64], turn: f64) -> Mat<f64> {
        let mut rng = generator(9, "alignment test", &[], 0);
        let left = sample_haar_columns(30, values.len(), &mut rng);
        let right = sample_haar_columns(40, values.len(), &mut rng);
        let other = sample_haar_orthogonal(40, &mut rng);
        let turned = (right + faer::Scale(turn) * other.as_ref().subcols(0, values.len())).qr().compute_thin_Q();
        let scaled = Mat::from_fn(30, values.len(), |i, k| left[(i, k)] * values[k]);
        scaled * turned.transpose()
    }

    fn fresh_alignment(count: usize, epsilon: f64) -> Alignment {
        Alignment {
            data_left: Mat::from_fn(30, count, |i, k| ((i == k) as u8).into()),
            data_right: Mat::from_fn(40, count, |i, k| ((i == k) as u8).into()),
            threshold: DEFINED_ABOVE * epsilon,
            defined: vec![false; count],
            warm: None,
            fresh: generator(0, "alignment restarts", &[], 0),
        }
    }

    #[test]
    fn warm_iteration_agrees_with_the_decomposition() {
        let bulk: Vec<f64> = (0..20).map(|i| 1.5 - 0.07 * i as f64).collect();
        let mut alignment = fresh_alignment(3, 0.1);
        let mut warm_points = 0;
        for step in 0..20 {
            let grown = 2.0 + 0.1 * step as f64;
            let values: Vec<f64> = [3.0 * grown, 1.7 * grown, grown].iter().chain(&bulk).copied().collect();
            let map = map(&values, 0.03 * step as f64);
            warm_points += usize::from(alignment.warm.clone().is_some_and(|warm| {
                power_iteration(map.as_ref(), warm, 3, &mut generator(0, "other", &[], 0)).is_some()
            }));
            let exact = thin_svd(map.as_ref()).unwrap();
            for (k, point) in alignment.points(map.as_ref()).unwrap().into_iter().enumerate() {
                let point = point.unwrap();
                assert!((point.strength / values[k] - 1.0).abs() < 1e-12);
                assert!((point.overlap_output - exact.left[(k, k)].abs()).abs() < 1e-6);
                assert!((point.overlap_input - exact.right[(k, k)].abs()).abs() < 1e-6);
            }
        }
        assert!(warm_points >= 15, "only {warm_points} of 20 points converged warm");
    }

    #[test]
    fn a_mode_that_jumps_in_from_outside_the_block_is_found() {
        let mut alignment = fresh_alignment(2, 1e-6);
        let before: Vec<f64> = [9.0, 5.0, 1.0, 0.9].into_iter().chain((0..10).map(|i| 0.5 - 0.01 * i as f64)).collect();
        let mut after = before.clone();
        after[10] = 7.0;
        alignment.points(map(&before, 0.0).as_ref()).unwrap();
        let points = alignment.points(map(&after, 0.0).as_ref()).unwrap();
        assert!((points[1].unwrap().strength - 7.0).abs() < 1e-9);
    }

    #[test]
    fn modes_are_undefined_until_they_have_grown() {
        let mut alignment = fresh_alignment(2, 1.0);
        let at = |values: [f64; 3]| map(&values, 0.0);
        let defined = |points: Vec<Option<ModePoint>>| points.iter().map(Option::is_some).collect::<Vec<_>>();
        assert_eq!(defined(alignment.points(at([1.0, 1.0, 1.0]).as_ref()).unwrap()), [false, false]);
        assert_eq!(defined(alignment.points(at([1.6, 1.4, 1.0]).as_ref()).unwrap()), [true, false]);
        assert_eq!(defined(alignment.points(at([1.6, 1.55, 1.0]).as_ref()).unwrap()), [true, true]);
    }
}
