//! Both errors from the residual of a map.

use crate::LearningProblem;
use crate::kernel::{Dense, PARTS, Real, SquareSums};
use crate::output_errors::SquaredErrors;
use faer::MatRef;
use pulp::{Arch, Simd, WithSimd};
use std::ops::Range;

/// What the residual Eᵀ = Tᵀ − diag(g) (WV)ᵀ of a map is compared with, inputs in rows (S × N₃).
///
/// The distance from the teacher is W − W̄ = −(E + N) diag(1/g) with N = W̄V diag(g) − T, the noise of the labels up to
/// sign: both errors come from E and a matrix that stays the same.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    /// Tᵀ.
    pub(super) targets: Dense<f64>,
    /// Nᵀ.
    noise: Dense<f64>,
    /// 1/g in one column.
    inverse_gains: Dense<f64>,
}

impl Comparison {
    /// With the data of a problem, and a teacher on the seen directions, N₃ × S.
    pub(super) fn new(problem: &LearningProblem, teacher: MatRef<'_, f64>) -> Self {
        let (targets, gains) = (problem.targets(), problem.gains());
        let (seen, outputs) = (problem.seen(), problem.outputs());
        Self {
            targets: Dense::from_mat(targets.transpose()),
            noise: Dense::from_fn(seen, outputs, |i, j| gains[i] * teacher[(j, i)] - targets[(j, i)]),
            inverse_gains: Dense::from_fn(seen, 1, |i, _| 1.0 / gains[i]),
        }
    }

    /// The errors of the outputs in `columns`: Σ (t − g w)² and Σ (w − w̄)².
    pub(super) fn errors(&self, residual: &Dense<f64>, columns: Range<usize>) -> SquaredErrors {
        let (residual, noise) = (residual.columns(columns.clone()), self.noise.columns(columns));
        Arch::new().dispatch(Sweep { residual, noise, inverse_gains: self.inverse_gains.entries() })
    }
}

struct Sweep<'a> {
    residual: &'a [f64],
    noise: &'a [f64],
    inverse_gains: &'a [f64],
}

impl WithSimd for Sweep<'_> {
    type Output = SquaredErrors;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> SquaredErrors {
        let mut sums = SquareSums::<f64, S>::new(simd);
        // Columns with their padding, which is zero in all three.
        let stride = self.inverse_gains.len().max(1);
        let (gains, gains_rest) = f64::vectors::<S>(self.inverse_gains).as_chunks::<PARTS>();
        for (residual, noise) in self.residual.chunks_exact(stride).zip(self.noise.chunks_exact(stride)) {
            let (residual, residual_rest) = f64::vectors::<S>(residual).as_chunks::<PARTS>();
            let (noise, noise_rest) = f64::vectors::<S>(noise).as_chunks::<PARTS>();
            for ((residual, noise), gain) in residual.iter().zip(noise).zip(gains) {
                for part in 0..PARTS {
                    add(&mut sums, part, [residual[part], noise[part], gain[part]]);
                }
            }
            for ((&residual, &noise), &gain) in residual_rest.iter().zip(noise_rest).zip(gains_rest) {
                add(&mut sums, 0, [residual, noise, gain]);
            }
        }
        let [train, test] = sums.finish();
        SquaredErrors { train, test }
    }
}

/// (Not a closure: those are not inlined reliably, and a vector passed by a call costs more than the work.)
#[inline(always)]
fn add<S: Simd>(sums: &mut SquareSums<f64, S>, part: usize, [residual, noise, inverse_gain]: [S::f64s; 3]) {
    let simd = sums.simd();
    sums.add(part, residual, f64::multiply(simd, f64::plus(simd, residual, noise), inverse_gain));
}
