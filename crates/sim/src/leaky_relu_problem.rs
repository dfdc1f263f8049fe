//! What a leaky-ReLU student learns, as matrices.

use crate::data_set::add_noise;
use crate::{DataSet, Draw, Inputs, NonlinearTeacher, SimError, StudentSpec, TaskSpec, TeacherKind};
use faer::{Mat, MatRef};
use linalg_core::{singular_values, squared_frobenius_norm};
use std::ops::Range;

/// Training data and the noiseless targets on one-hot inputs.
#[derive(Clone, Debug)]
pub struct LeakyReluProblem {
    inputs: Inputs,
    labels: Mat<f64>,
    targets: Mat<f64>,
    task_columns: Vec<Range<usize>>,
    target_squared_norms: Vec<f64>,
}

impl LeakyReluProblem {
    /// Draws the data of `task` with a linear or nonlinear teacher.
    ///
    /// # Errors
    /// As [`TaskSpec::check`].
    pub fn sample(task: &TaskSpec, teacher: TeacherKind, draw: Draw) -> Result<Self, SimError> {
        let (inputs, labels, targets, rows) = match teacher {
            TeacherKind::Linear => {
                let data = DataSet::sample(task, draw)?;
                (data.inputs().clone(), data.labels().clone(), data.teacher().map(), data.teacher().rows())
            }
            TeacherKind::LeakyRelu { slope } => {
                let teacher = NonlinearTeacher::sample(task, slope, draw)?;
                let inputs = Inputs::sample(task, draw);
                let mut labels = teacher.outputs_at(inputs.matrix().as_ref());
                add_noise(&mut labels, task, teacher.rows(), draw);
                let targets = teacher.outputs_at(Mat::identity(task.inputs, task.inputs).as_ref());
                (inputs, labels, targets, teacher.rows().to_vec())
            }
        };
        let norm = |rows: &Range<usize>| squared_frobenius_norm(targets.as_ref().subrows(rows.start, rows.len()));
        let target_squared_norms = rows.iter().map(norm).collect();
        Ok(Self { inputs, labels, targets, task_columns: rows, target_squared_norms })
    }

    /// X, N₁ × P.
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// Y, N₃ × P.
    pub fn labels(&self) -> MatRef<'_, f64> {
        self.labels.as_ref()
    }

    /// Ȳ, the noiseless targets on one-hot inputs, N₃ × N₁.
    pub fn targets(&self) -> MatRef<'_, f64> {
        self.targets.as_ref()
    }

    /// The outputs that belong to each task.
    pub fn task_columns(&self) -> &[Range<usize>] {
        &self.task_columns
    }

    /// ‖Y‖².
    pub fn label_squared_norm(&self) -> f64 {
        squared_frobenius_norm(self.labels.as_ref())
    }

    /// ‖Ȳ‖² of each task.
    pub fn target_squared_norms(&self) -> &[f64] {
        &self.target_squared_norms
    }

    /// The learning rate above which a *linear* student with one-hot inputs and `layers` layers is unstable on these
    /// labels: the order of magnitude for a leaky-ReLU student.
    pub(crate) fn linear_learning_rate_bound(&self, layers: usize) -> f64 {
        let strongest = singular_values(self.labels.as_ref()).ok().and_then(|values| values.first().copied());
        StudentSpec::new(1, layers, 1.0).learning_rate_bound(strongest.unwrap_or(0.0), 1.0, 0.0)
    }
}
