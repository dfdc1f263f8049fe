//! The singular values of one data matrix and what they have to do with the teacher.

use crate::learning_problem::require_white;
use crate::linear_experiment::{setup_cost, task_label};
use crate::{
    DataModes, DataSet, Draw, LearningProblem, LinearTeacher, Progress, SimError, TaskProjections, TaskSpec,
    TaskTeacher,
};
use faer::{Mat, MatRef};
use linalg_core::thin_svd;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// One draw of data, decomposed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpectrumSpec {
    /// The data. Gaussian inputs are refused.
    pub task: TaskSpec,
    /// How many modes.
    pub extent: SpectrumExtent,
    /// Which repetition.
    pub draw: Draw,
}

/// How many modes of a data matrix are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SpectrumExtent {
    /// All min(N₃, N₁, P).
    All,
    /// This many of the strongest, by a Lanczos process where the matrix is large.
    Leading(usize),
}

/// The modes of the data matrix: Σ³¹ for P ≤ N₁, W* = Σ³¹/D for P > N₁.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpectrumOutcome {
    /// ŝ in decreasing order.
    pub data_strengths: Vec<f64>,
    /// s̄ of the stacked teacher, decreasing; for one task the task's own strengths. Exactly aligned tasks have fewer
    /// than the sum of their ranks.
    pub teacher_strengths: Vec<f64>,
    /// |ûᵢ·ūₖ|: one list over teacher modes k for every data mode i.
    pub overlaps_output: Vec<Vec<f64>>,
    /// |v̂ᵢ·v̄ₖ|: one list over teacher modes k for every data mode i.
    pub overlaps_input: Vec<Vec<f64>>,
    /// How the data modes see each task's teacher.
    pub tasks: Vec<TaskProjections>,
}

impl SpectrumSpec {
    /// Checks the description.
    ///
    /// # Errors
    /// [`SimError::Invalid`] naming the first field that is not allowed.
    pub fn check(&self) -> Result<(), SimError> {
        require_white(self.task.input_kind, "a data spectrum")?;
        self.task.check()?;
        match self.extent {
            SpectrumExtent::Leading(count) if count > self.task.data_modes() => {
                let allowed = format!("at most the {} modes of the data", self.task.data_modes());
                Err(SimError::invalid("extent", format!("Leading({count})"), allowed))
            }
            SpectrumExtent::Leading(_) | SpectrumExtent::All => Ok(()),
        }
    }

    /// Runs the experiment on the calling thread. The outcome depends on the description alone.
    ///
    /// # Errors
    /// As [`Experiment::run`](crate::Experiment::run).
    pub fn run(&self, progress: &dyn Progress) -> Result<SpectrumOutcome, SimError> {
        self.check()?;
        if progress.report(0, 1) == ControlFlow::Break(()) {
            return Err(SimError::Cancelled);
        }
        let data = DataSet::sample(&self.task, self.draw)?;
        let problem = LearningProblem::new(&data)?;
        let modes = match self.extent {
            SpectrumExtent::All => DataModes::all(&problem)?,
            SpectrumExtent::Leading(count) => DataModes::leading(&problem, count)?,
        };
        let teacher = stacked_modes(data.teacher())?;
        // Teacher directions in the coordinates of the modes; the unseen part has no overlap with any v̂.
        let (inputs_seen, _) = problem.split(teacher.input_directions.transpose());
        let outcome = SpectrumOutcome {
            overlaps_output: overlaps(modes.svd.left.as_ref(), teacher.output_directions.as_ref()),
            overlaps_input: overlaps(modes.svd.right.as_ref(), inputs_seen.transpose()),
            data_strengths: modes.svd.singular_values,
            teacher_strengths: teacher.strengths,
            tasks: modes.tasks,
        };
        match progress.report(1, 1) {
            ControlFlow::Continue(()) => Ok(outcome),
            ControlFlow::Break(()) => Err(SimError::Cancelled),
        }
    }

    /// Seconds of one core.
    pub(crate) fn cost_estimate(&self) -> f64 {
        let task = &self.task;
        match self.extent {
            SpectrumExtent::All => setup_cost(task),
            SpectrumExtent::Leading(_) if task.data_modes() < 100 => setup_cost(task),
            SpectrumExtent::Leading(_) => {
                4e-8 * (task.total_outputs() + task.inputs) as f64 * task.inputs.min(task.examples) as f64
            }
        }
    }

    pub(crate) fn label(&self) -> String {
        let (outputs, inputs) = (self.task.total_outputs(), self.task.inputs);
        format!("data spectrum, {outputs} × {inputs}, {}", task_label(&self.task, self.draw))
    }
}

impl SpectrumOutcome {
    /// ε_te = ‖W − W̄‖²/‖W̄‖² of task `index` for the map W = Σ sᵢ ûᵢv̂ᵢᵀ; modes beyond the end of `strengths` have s = 0.
    ///
    /// # Errors
    /// [`SimError::ZeroTeacher`], [`SimError::NoSuchTask`], or [`SimError::Invalid`] if there are more strengths than
    /// modes.
    pub fn test_error_of(&self, index: usize, strengths: &[f64]) -> Result<f64, SimError> {
        let task = self.tasks.get(index).ok_or(SimError::NoSuchTask { task: index, tasks: self.tasks.len() })?;
        if task.teacher_squared_norm == 0.0 {
            return Err(SimError::ZeroTeacher { task: index });
        }
        if strengths.len() > self.data_strengths.len() {
            let allowed = format!("at most the {} modes computed", self.data_strengths.len());
            return Err(SimError::invalid("strengths", format!("{} values", strengths.len()), allowed));
        }
        Ok(task.test_error(strengths))
    }
}

/// The singular modes of the stacked teacher, without those that exact alignment removes (s̄² ≤ 1e-12 s̄₁²).
fn stacked_modes(teacher: &LinearTeacher) -> Result<TaskTeacher, SimError> {
    if let [single] = teacher.tasks() {
        return Ok(single.clone());
    }
    let rank = teacher.tasks().iter().map(|task| task.strengths.len()).sum();
    let svd = thin_svd(teacher.map().as_ref())?.leading(rank);
    let strongest = svd.singular_values.first().copied().unwrap_or(0.0);
    let svd = svd.leading(svd.singular_values.iter().filter(|s| *s * *s > 1e-12 * strongest * strongest).count());
    Ok(TaskTeacher { output_directions: svd.left, strengths: svd.singular_values, input_directions: svd.right })
}

fn overlaps(data: MatRef<'_, f64>, teacher: MatRef<'_, f64>) -> Vec<Vec<f64>> {
    let products: Mat<f64> = data.transpose() * teacher;
    (0..products.nrows()).map(|i| (0..products.ncols()).map(|k| products[(i, k)].abs()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InputKind, Unattended};

    const DRAW: Draw = Draw { seed: 6, run: 0 };

    fn spectrum(task: TaskSpec, extent: SpectrumExtent) -> SpectrumOutcome {
        SpectrumSpec { task, extent, draw: DRAW }.run(&Unattended).unwrap()
    }

    fn noiseless(task: TaskSpec) -> TaskSpec {
        TaskSpec { noise: 0.0, ..task }
    }

    #[test]
    fn noiseless_data_show_the_teacher() {
        let found = spectrum(noiseless(TaskSpec::single(20, 12, &[5.0, 2.0])), SpectrumExtent::All);
        assert!((found.data_strengths[0] - 5.0).abs() < 1e-13 && (found.data_strengths[1] - 2.0).abs() < 1e-13);
        assert_eq!(found.data_strengths.len(), 12);
        for overlaps in [&found.overlaps_output, &found.overlaps_input] {
            assert!((overlaps[0][0] - 1.0).abs() < 1e-13 && (overlaps[1][1] - 1.0).abs() < 1e-13);
            assert!(overlaps[0][1] < 1e-13 && overlaps[2][0] < 1e-13);
        }
        assert!(found.test_error_of(0, &[5.0, 2.0]).unwrap().abs() < 1e-13);
        // Half of the leading mode is missing: (5/2)² of 5² + 2².
        assert!((found.test_error_of(0, &[2.5, 2.0]).unwrap() - 6.25 / 29.0).abs() < 1e-13);
        assert_eq!(found.test_error_of(0, &[]).unwrap(), 1.0);
    }

    #[test]
    fn few_and_many_examples_show_what_the_table_says() {
        // Orthonormal inputs without noise: P > N₁ shows W̄ itself, P < N₁ its image on the seen directions.
        let task = |examples| {
            noiseless(TaskSpec { examples, input_kind: InputKind::Orthonormal, ..TaskSpec::single(40, 30, &[4.0]) })
        };
        let many = spectrum(task(90), SpectrumExtent::All);
        assert!((many.data_strengths[0] - 4.0).abs() < 1e-12 && (many.overlaps_input[0][0] - 1.0).abs() < 1e-12);
        let few = spectrum(task(10), SpectrumExtent::All);
        assert_eq!(few.data_strengths.len(), 10);
        assert!((few.data_strengths[0] - 4.0 * few.overlaps_input[0][0]).abs() < 1e-12);
    }

    #[test]
    fn leading_modes_are_those_of_the_whole() {
        let task = TaskSpec::single(150, 120, &[4.0, 3.0]);
        let (all, leading) = (spectrum(task.clone(), SpectrumExtent::All), spectrum(task, SpectrumExtent::Leading(2)));
        for i in 0..2 {
            assert!((all.data_strengths[i] / leading.data_strengths[i] - 1.0).abs() < 1e-12);
            assert!((all.overlaps_output[i][i] - leading.overlaps_output[i][i]).abs() < 1e-9);
            assert!((all.tasks[0].projections[i] / leading.tasks[0].projections[i] - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn exactly_aligned_tasks_have_one_joint_mode() {
        let joint = |q| spectrum(noiseless(TaskSpec::joint(20, &[8, 8], &[&[3.0], &[4.0]], q)), SpectrumExtent::All);
        assert_eq!(joint(1.0).teacher_strengths.len(), 1);
        assert!((joint(1.0).teacher_strengths[0] - 5.0).abs() < 1e-13);
        let weights = &joint(1.0).tasks[0].weights;
        assert!((weights[0] - 9.0 / 25.0).abs() < 1e-13);
        assert_eq!(joint(0.6).teacher_strengths.len(), 2);
    }

    #[test]
    fn what_has_no_answer_is_refused() {
        let zero = spectrum(TaskSpec::single(10, 5, &[]), SpectrumExtent::All);
        assert_eq!(zero.test_error_of(0, &[1.0]), Err(SimError::ZeroTeacher { task: 0 }));
        assert_eq!(zero.test_error_of(1, &[1.0]), Err(SimError::NoSuchTask { task: 1, tasks: 1 }));
        let some = spectrum(TaskSpec::single(10, 5, &[1.0]), SpectrumExtent::Leading(2));
        assert!(some.test_error_of(0, &[1.0; 3]).is_err());
        let gaussian = TaskSpec { input_kind: InputKind::Gaussian, ..TaskSpec::single(10, 5, &[1.0]) };
        assert!(SpectrumSpec { task: gaussian, extent: SpectrumExtent::All, draw: DRAW }.check().is_err());
        let too_many = SpectrumExtent::Leading(6);
        assert!(SpectrumSpec { task: TaskSpec::single(10, 5, &[1.0]), extent: too_many, draw: DRAW }.check().is_err());
    }
}
