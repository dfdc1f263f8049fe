//! The singular modes of the data and how they see the teacher.

use crate::{LearningProblem, SimError};
use faer::MatRef;
use linalg_core::{ThinSvd, leading_triplets, thin_svd};
use serde::{Deserialize, Serialize};

/// How the data modes û, v̂ see the teacher W̄ of one task, whose rows of û are û⁽ᵗ⁾.
///
/// A map Σ sᵢ ûᵢv̂ᵢᵀ has on the task's rows the squared distance Σ (aᵢsᵢ² − 2pᵢsᵢ) + ‖W̄‖² from the teacher.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskProjections {
    /// pᵢ = û⁽ᵗ⁾ᵢᵀ W̄ v̂ᵢ for every data mode, in decreasing order of strength.
    pub projections: Vec<f64>,
    /// aᵢ = ‖û⁽ᵗ⁾ᵢ‖²; 1 for a single task.
    pub weights: Vec<f64>,
    /// ‖W̄‖²_F of the task.
    pub teacher_squared_norm: f64,
}

impl TaskProjections {
    /// ‖W − W̄‖²/‖W̄‖² on the task's rows for W = Σ sᵢ ûᵢv̂ᵢᵀ; modes beyond the end of `strengths` have s = 0.
    ///
    /// Infinite or NaN for a zero teacher, which callers refuse.
    pub(crate) fn test_error(&self, strengths: &[f64]) -> f64 {
        let modes = strengths.iter().zip(&self.weights).zip(&self.projections);
        let change: f64 = modes.map(|((s, weight), projection)| s * (weight * s - 2.0 * projection)).sum();
        (self.teacher_squared_norm + change) / self.teacher_squared_norm
    }
}

/// The singular value decomposition of a problem's data matrix, in the problem's coordinates.
#[derive(Clone, Debug)]
pub struct DataModes {
    /// Û (N₃ × modes), ŝ, V̂ (S × modes, seen coordinates).
    pub svd: ThinSvd,
    /// How the modes see each task's teacher.
    pub tasks: Vec<TaskProjections>,
}

impl DataModes {
    /// All min(N₃, S) modes of [`LearningProblem::data_matrix`].
    ///
    /// # Errors
    /// [`SimError::Linalg`] if the decomposition fails.
    pub fn all(problem: &LearningProblem) -> Result<Self, SimError> {
        Ok(Self::from_svd(problem, thin_svd(problem.data_matrix().as_ref())?))
    }

    /// The `count` leading modes, by a Lanczos process where the matrix is large.
    ///
    /// # Errors
    /// [`SimError::Linalg`] if there are not as many or the decomposition fails.
    pub fn leading(problem: &LearningProblem, count: usize) -> Result<Self, SimError> {
        Ok(Self::from_svd(problem, leading_triplets(problem.data_matrix().as_ref(), count)?))
    }

    fn from_svd(problem: &LearningProblem, svd: ThinSvd) -> Self {
        let norms = problem.teacher_squared_norms();
        let tasks = problem.task_rows().iter().zip(norms).map(|(rows, &teacher_squared_norm)| {
            let teacher = problem.teacher_seen().subrows(rows.start, rows.len());
            let left = svd.left.as_ref().subrows(rows.start, rows.len());
            let seen_by_inputs = teacher * &svd.right;
            TaskProjections {
                projections: column_products(left, seen_by_inputs.as_ref()),
                weights: column_products(left, left),
                teacher_squared_norm,
            }
        });
        let tasks = tasks.collect();
        Self { svd, tasks }
    }
}

/// The inner products of equal columns of two matrices of one shape.
fn column_products(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Vec<f64> {
    (0..a.ncols()).map(|k| a.col(k).transpose() * b.col(k)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataSet, Draw, InputKind, TaskSpec};
    use faer::Mat;
    use linalg_core::squared_frobenius_norm;

    #[test]
    fn projections_give_the_test_error_of_any_strengths() {
        for examples in [6, 10, 25] {
            let task = TaskSpec {
                examples,
                input_kind: InputKind::Orthonormal,
                ..TaskSpec::joint(10, &[5, 4], &[&[3.0], &[2.0, 1.0]], 0.4)
            };
            let data = DataSet::sample(&task, Draw { seed: 4, run: 0 }).unwrap();
            let problem = LearningProblem::new(&data).unwrap();
            let modes = DataModes::all(&problem).unwrap();
            let strengths: Vec<f64> = (0..4).map(|i| 1.0 + i as f64).collect();
            let mut svd = modes.svd.leading(4);
            svd.singular_values.copy_from_slice(&strengths);
            let unseen = Mat::zeros(9, problem.inputs() - problem.seen());
            let map = problem.join(svd.reconstruct().as_ref(), unseen.as_ref());
            for ((rows, teacher), projections) in
                problem.task_rows().iter().zip(data.teacher().tasks()).zip(&modes.tasks)
            {
                let distance = map.as_ref().subrows(rows.start, rows.len()) - teacher.map();
                let wanted = squared_frobenius_norm(distance.as_ref()) / teacher.squared_norm();
                assert!((projections.test_error(&strengths) / wanted - 1.0).abs() < 1e-13);
            }
        }
    }
}
