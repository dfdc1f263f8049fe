//! One pass over the map: gradient and both errors.

use faer::reborrow::ReborrowMut;
use faer::{MatMut, MatRef};

/// What one pass over the map needs.
pub(super) struct Columns<'a> {
    pub(super) targets: MatRef<'a, f64>,
    pub(super) teacher: MatRef<'a, f64>,
    pub(super) map: MatRef<'a, f64>,
    pub(super) gains: &'a [f64],
}

impl Columns<'_> {
    /// Writes g (t − g w) to `gradient`, and for every row Σ (t − g w)² to `train` and Σ (w − w̄)² to `test`.
    ///
    /// Sums by row, because rows are independent: the loop runs in vector registers, and every task finds its part.
    #[inline(always)]
    pub(super) fn residual(&self, mut gradient: MatMut<'_, f64>, train: &mut [f64], test: &mut [f64]) {
        let rows = train.len();
        train.fill(0.0);
        test.fill(0.0);
        for (j, &gain) in self.gains.iter().enumerate() {
            let target = &contiguous(self.targets, j)[..rows];
            let teacher = &contiguous(self.teacher, j)[..rows];
            let map = &contiguous(self.map, j)[..rows];
            let Some(gradient) = gradient.rb_mut().col_mut(j).try_as_col_major_mut() else { panic!("{STORED}") };
            let gradient = &mut gradient.as_slice_mut()[..rows];
            let (train, test) = (&mut train[..rows], &mut test[..rows]);
            for i in 0..rows {
                let residual = target[i] - gain * map[i];
                gradient[i] = gain * residual;
                train[i] += residual * residual;
                let distance = map[i] - teacher[i];
                test[i] += distance * distance;
            }
        }
    }
}

/// An invariant of [`LearningProblem`] and of the buffers here.
const STORED: &str = "matrices of a learning problem are stored by columns";

#[inline(always)]
fn contiguous(matrix: MatRef<'_, f64>, column: usize) -> &[f64] {
    match matrix.col(column).try_as_col_major() {
        Some(column) => column.as_slice(),
        None => panic!("{STORED}"),
    }
}
