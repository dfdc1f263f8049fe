//! The test error on directions that the data do not show.

use crate::LearningProblem;
use crate::kernel::{Dense, Right, Subtract, product};
use faer::{Mat, MatRef};
use linalg_core::squared_frobenius_norm;

/// The error of the map on the directions that the data do not show, where W₁ is frozen but the rest is not.
///
/// ‖S₂C − W̄⊥‖² with the frozen C (h × N₁−S). Where C has more columns than rows, C = FQᵀ with an h × h factor F and
/// orthonormal Q, and the error is ‖S₂F − W̄⊥Q‖² + ‖W̄⊥‖² − ‖W̄⊥Q‖².
#[derive(Clone, Debug)]
pub(super) struct UnseenError {
    /// Fᵀ, without rows where C is zero or L = 1.
    factor: Dense<f64>,
    /// (W̄⊥Q)ᵀ.
    teacher: Dense<f64>,
    /// The part that does not change, for each task.
    constant: Vec<f64>,
    /// (W̄⊥Q − S₂F)ᵀ.
    distance: Dense<f64>,
    /// The whole map there for L = 1.
    frozen: Option<Mat<f64>>,
}

impl UnseenError {
    pub(super) fn new(problem: &LearningProblem, frozen: MatRef<'_, f64>, depth: usize, nothing: bool) -> Self {
        let teacher = problem.teacher_unseen();
        let norms = |matrix: MatRef<'_, f64>| -> Vec<f64> {
            let rows = problem.task_rows().iter();
            rows.map(|rows| squared_frobenius_norm(matrix.subrows(rows.start, rows.len()))).collect()
        };
        let (hidden, unseen) = frozen.shape();
        let (factor, teacher, constant) = if nothing {
            (Mat::zeros(hidden, 0), Mat::zeros(problem.outputs(), 0), norms(teacher))
        } else if depth == 1 {
            (Mat::zeros(hidden, 0), Mat::zeros(problem.outputs(), 0), norms((frozen - teacher).as_ref()))
        } else if unseen <= hidden {
            (frozen.to_owned(), teacher.to_owned(), vec![0.0; problem.task_rows().len()])
        } else {
            let qr = frozen.transpose().qr();
            let projected = teacher * qr.compute_thin_Q();
            let rest =
                norms(teacher).into_iter().zip(norms(projected.as_ref())).map(|(all, part)| (all - part).max(0.0));
            let rest = rest.collect();
            (qr.thin_R().transpose().to_owned(), projected, rest)
        };
        let distance = Dense::zeros(factor.ncols(), problem.outputs());
        let (factor, teacher) = (Dense::from_mat(factor.transpose()), Dense::from_mat(teacher.transpose()));
        let frozen = (depth == 1 && !nothing).then(|| frozen.to_owned());
        Self { factor, teacher, constant, distance, frozen }
    }

    /// Takes the share λγ of C away.
    pub(super) fn shrink(&mut self, share: f64, problem: &LearningProblem) {
        self.factor.shrink(share);
        if let Some(frozen) = &mut self.frozen {
            *frozen *= faer::Scale(1.0 - share);
            let distance = &*frozen - problem.teacher_unseen();
            for (constant, rows) in self.constant.iter_mut().zip(problem.task_rows()) {
                *constant = squared_frobenius_norm(distance.as_ref().subrows(rows.start, rows.len()));
            }
        }
    }

    /// Adds this part to each task's squared distance; `outer` is S₂ᵀ.
    pub(super) fn add_to(&mut self, tests: &mut [f64], outer: Option<&Dense<f64>>, problem: &LearningProblem) {
        for (test, constant) in tests.iter_mut().zip(&self.constant) {
            *test += constant;
        }
        let Some(outer) = outer.filter(|_| self.factor.rows() > 0) else { return };
        product(&mut self.distance, Subtract { from: &self.teacher }, &self.factor, Right::Plain(outer));
        for (test, rows) in tests.iter_mut().zip(problem.task_rows()) {
            *test += self.distance.columns(rows.clone()).iter().map(|x| x * x).sum::<f64>();
        }
    }
}
