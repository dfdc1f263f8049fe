//! The nonlinear teachers of transfer between nonlinear tasks.

use crate::{Draw, LinearTeacher, SimError, TaskSpec, TaskTeacher};
use faer::{Mat, MatRef};
use linalg_core::sample_gaussian;
use std::ops::Range;

/// Teachers y = Σ_k f(u_k s̄_k f(v_kᵀx)), f leaky ReLU, element by element, one for each trained task.
///
/// Strengths and input directions are those of the linear [`LinearTeacher`] of the same task, so v_B,k = q v_A,k + √(1−q²) v⊥,k
/// with all v_A and v⊥ orthonormal; the u_k are independent random unit vectors. (Transfer figure of the nonlinear
/// student in Lampinen & Ganguli 2019.) Not homogeneous in x: f(−x) ≠ −f(x).
#[derive(Clone, Debug)]
pub struct NonlinearTeacher {
    tasks: Vec<TaskTeacher>,
    rows: Vec<Range<usize>>,
    slope: f64,
}

impl NonlinearTeacher {
    /// Draws the teachers of `spec`.
    ///
    /// # Errors
    /// As [`TaskSpec::check`].
    pub fn sample(spec: &TaskSpec, slope: f64, draw: Draw) -> Result<Self, SimError> {
        let linear = LinearTeacher::sample(spec, draw)?;
        let tasks = spec.trained_tasks().zip(linear.tasks()).map(|(task, teacher)| {
            let (outputs, rank) = (spec.outputs[task], teacher.strengths.len());
            let mut rng = draw.nonlinear_teacher_outputs(task, outputs, rank);
            let mut directions = sample_gaussian(outputs, rank, 1.0, &mut rng);
            for k in 0..rank {
                let norm = directions.col(k).norm_l2();
                directions.col_as_slice_mut(k).iter_mut().for_each(|x| *x /= norm);
            }
            TaskTeacher { output_directions: directions, ..teacher.clone() }
        });
        Ok(Self { tasks: tasks.collect(), rows: linear.rows(), slope })
    }

    /// The teachers of the trained tasks; strengths and directions as in the formula.
    pub fn tasks(&self) -> &[TaskTeacher] {
        &self.tasks
    }

    /// The rows of the stacked outputs that belong to each task.
    pub fn rows(&self) -> &[Range<usize>] {
        &self.rows
    }

    /// The noiseless outputs (N₃ × P, tasks stacked) for inputs `x` (N₁ × P).
    pub fn outputs_at(&self, x: MatRef<'_, f64>) -> Mat<f64> {
        let mut stacked = Mat::zeros(self.rows.last().map_or(0, |rows| rows.end), x.ncols());
        for (rows, task) in self.rows.iter().zip(&self.tasks) {
            let hidden = task.input_directions.transpose() * x;
            for (k, &strength) in task.strengths.iter().enumerate() {
                for example in 0..x.ncols() {
                    let through = strength * leaky(self.slope, hidden[(k, example)]);
                    for i in 0..rows.len() {
                        stacked[(rows.start + i, example)] +=
                            leaky(self.slope, task.output_directions[(i, k)] * through);
                    }
                }
            }
        }
        stacked
    }
}

fn leaky(slope: f64, z: f64) -> f64 {
    if z > 0.0 { z } else { slope * z }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linalg_core::frobenius_norm;

    const DRAW: Draw = Draw { seed: 4, run: 1 };

    fn joint(q: f64) -> TaskSpec {
        TaskSpec::joint(12, &[5, 6], &[&[4.0, 2.0], &[3.0, 1.0]], q)
    }

    #[test]
    fn slope_one_is_the_linear_map_of_its_directions() {
        let teacher = NonlinearTeacher::sample(&joint(0.5), 1.0, DRAW).unwrap();
        let outputs = teacher.outputs_at(Mat::identity(12, 12).as_ref());
        for (rows, task) in teacher.rows().iter().zip(teacher.tasks()) {
            let gap = outputs.as_ref().subrows(rows.start, rows.len()) - task.map();
            assert!(frobenius_norm(gap.as_ref()) < 1e-14);
            for k in 0..2 {
                assert!((task.output_directions.col(k).norm_l2() - 1.0).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn one_mode_by_hand() {
        let task = TaskTeacher {
            output_directions: Mat::from_fn(2, 1, |i, _| [0.6, -0.8][i]),
            strengths: vec![10.0],
            input_directions: Mat::identity(1, 1),
        };
        let teacher = NonlinearTeacher { tasks: vec![task], rows: std::iter::once(0..2).collect(), slope: 0.5 };
        let at = |x: f64| {
            let outputs = teacher.outputs_at(Mat::from_fn(1, 1, |_, _| x).as_ref());
            [outputs[(0, 0)], outputs[(1, 0)]]
        };
        assert_eq!(at(1.0), [6.0, -4.0]);
        assert_eq!(at(-1.0), [-1.5, 4.0]);
    }

    #[test]
    fn a_task_is_the_same_alone_and_in_company_and_at_any_alignment_where_it_can_be() {
        let identity = Mat::<f64>::identity(12, 12);
        let outputs =
            |spec: &TaskSpec| NonlinearTeacher::sample(spec, 0.2, DRAW).unwrap().outputs_at(identity.as_ref());
        let together = outputs(&joint(0.3));
        assert_eq!(outputs(&joint(0.3).task_alone(0)), together.as_ref().subrows(0, 5));
        assert_eq!(outputs(&joint(0.9).task_alone(0)), together.as_ref().subrows(0, 5));
        assert_eq!(outputs(&joint(0.3).task_alone(1)), together.as_ref().subrows(5, 6));
    }
}
