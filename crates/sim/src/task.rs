//! What a student learns: sizes, teacher, inputs, noise and labels, as a plain value.

use crate::SimError;
use crate::teacher::direction_mixture;
use serde::{Deserialize, Serialize};

/// Most entries of one matrix of the data or of all weights together: 1 GiB of f64.
pub(crate) const MOST_ENTRIES: f64 = 134_217_728.0;

/// A task, or several tasks that share their inputs and are learned together.
///
/// Everything that defines the data up to the random draw ([`Draw`]). Sizes are the numbers of units; outputs of
/// several tasks are stacked in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskSpec {
    /// N₁, inputs.
    pub inputs: usize,
    /// N₃ of every task, stacked in this order; one entry for a single task.
    pub outputs: Vec<usize>,
    /// P, training examples.
    pub examples: usize,
    /// How the inputs are drawn.
    pub input_kind: InputKind,
    /// Strengths and alignment of the teachers.
    pub teacher: TeacherSpec,
    /// Train on this task only, though it is defined in the company of the others (see [`TaskSpec::task_alone`]).
    pub alone: Option<usize>,
    /// σ_z ≥ 0, the output noise.
    pub noise: f64,
    /// Variance of one noise entry in terms of σ_z.
    pub noise_scale: NoiseScale,
    /// What is done to the outputs before training.
    pub labels: Labels,
}

/// The teachers of all tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeacherSpec {
    /// s̄ of every task, in decreasing order, not negative. An empty list is the zero teacher.
    pub strengths: Vec<Vec<f64>>,
    /// q ∈ [−1, 1]: input direction k of every later task is q v̄ₖ + √(1−q²) v⊥ₖ with v̄ₖ that of task 0.
    pub alignment: f64,
    /// Q, in the place of q: the inner products v̄ᵢ·v̄ⱼ of the input directions of all tasks, those of task 0 first, as rows of
    /// a symmetric matrix without negative eigenvalues. Directions of one task are orthonormal. See
    /// [`TaskSpec::with_overlaps`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlaps: Option<Vec<Vec<f64>>>,
}

/// The kinds of inputs X (N₁ × P).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum InputKind {
    /// X = I; needs P = N₁.
    OneHot,
    /// Haar-distributed orthonormal columns; for P > N₁ Haar rows scaled so that XXᵀ = (P/N₁) I.
    Orthonormal,
    /// Independent Gaussian entries of variance 1/N₁.
    Gaussian,
}

/// The variance of one entry of the output noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NoiseScale {
    /// σ_z²/N₁: with σ_z = 1 the strength s̄ is the signal-to-noise ratio.
    PerInput,
    /// σ_z²/N₃, with the number of outputs of the entry's own task.
    PerOutput,
}

/// What is done to the outputs before training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Labels {
    /// Nothing: Y = W̄X + Z.
    Structured,
    /// The entries of Y (of each task) in random order.
    Shuffled,
    /// Independent Gaussian entries with the mean square of the entries of Y (of each task).
    GaussianMatched,
}

/// Which independent repetition: all random streams of a run derive from these two numbers and from what is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draw {
    /// Seed of the whole study.
    pub seed: u64,
    /// Index of the repetition.
    pub run: u64,
}

impl TaskSpec {
    /// One task with P = N₁ one-hot inputs and noise σ_z = 1 of entry variance 1/N₁.
    ///
    /// ```
    /// let task = sim::TaskSpec { noise: 0.5, ..sim::TaskSpec::single(100, 50, &[6.0, 4.0, 2.0]) };
    /// assert_eq!(task.rank(), 3);
    /// ```
    pub fn single(inputs: usize, outputs: usize, strengths: &[f64]) -> Self {
        Self::joint(inputs, &[outputs], &[strengths], 0.0)
    }

    /// Several tasks learned together, with the defaults of [`TaskSpec::single`].
    pub fn joint(inputs: usize, outputs: &[usize], strengths: &[&[f64]], alignment: f64) -> Self {
        Self {
            inputs,
            outputs: outputs.to_vec(),
            examples: inputs,
            input_kind: InputKind::OneHot,
            teacher: TeacherSpec {
                strengths: strengths.iter().map(|s| s.to_vec()).collect(),
                alignment,
                overlaps: None,
            },
            alone: None,
            noise: 1.0,
            noise_scale: NoiseScale::PerInput,
            labels: Labels::Structured,
        }
    }

    /// The same tasks with the overlaps Q of all their input directions in the place of one alignment.
    ///
    /// ```
    /// // A task of rank 2 beside one of rank 1 whose direction lies between the first's two.
    /// let task = sim::TaskSpec::joint(100, &[50, 50], &[&[3.0, 2.0], &[8.0]], 0.0).with_overlaps(vec![
    ///     vec![1.0, 0.0, 0.6],
    ///     vec![0.0, 1.0, 0.3],
    ///     vec![0.6, 0.3, 1.0],
    /// ]);
    /// assert!(task.check().is_ok());
    /// ```
    pub fn with_overlaps(self, overlaps: Vec<Vec<f64>>) -> Self {
        Self { teacher: TeacherSpec { alignment: 0.0, overlaps: Some(overlaps), ..self.teacher }, ..self }
    }

    /// The same task `index` by itself: same directions, noise and inputs as in company.
    ///
    /// Task 0 does not depend on its company, so its description forgets it: one run serves every company.
    pub fn task_alone(&self, index: usize) -> Self {
        let mut alone = self.clone();
        if index == 0 {
            alone.outputs.truncate(1);
            alone.teacher.strengths.truncate(1);
            alone.teacher.alignment = 0.0;
            alone.teacher.overlaps = None;
            alone.alone = None;
        } else {
            alone.alone = Some(index);
        }
        alone
    }

    /// Indices of the tasks that are trained. Empty, not a panic, for a description that its check will refuse.
    pub(crate) fn trained_tasks(&self) -> std::ops::Range<usize> {
        let tasks = self.outputs.len();
        match self.alone {
            Some(index) => index.min(tasks)..index.saturating_add(1).min(tasks),
            None => 0..tasks,
        }
    }

    /// s̄ of the tasks that are trained.
    pub(crate) fn trained_strengths(&self) -> impl Iterator<Item = &Vec<f64>> {
        let trained = self.trained_tasks();
        self.teacher.strengths.iter().skip(trained.start).take(trained.len())
    }

    /// Outputs of all trained tasks together, N₃ of the student.
    pub fn total_outputs(&self) -> usize {
        self.outputs[self.trained_tasks()].iter().fold(0, |sum, outputs| sum.saturating_add(*outputs))
    }

    /// Number of strengths of all trained tasks together.
    pub fn rank(&self) -> usize {
        self.trained_strengths().map(Vec::len).sum()
    }

    /// D = P/N₁, examples per input.
    pub fn density(&self) -> f64 {
        self.examples as f64 / self.inputs as f64
    }

    /// min(N₃, N₁, P), the number of data modes.
    pub fn data_modes(&self) -> usize {
        self.total_outputs().min(self.inputs).min(self.examples)
    }

    /// Checks the description.
    ///
    /// # Errors
    /// [`SimError::Invalid`] naming the first field that is not allowed.
    pub fn check(&self) -> Result<(), SimError> {
        let tasks = self.outputs.len();
        if tasks == 0 || self.outputs.contains(&0) {
            return Err(SimError::invalid("outputs", format!("{:?}", self.outputs), "one positive size for each task"));
        }
        for (field, size) in [("inputs", self.inputs), ("examples", self.examples)] {
            if size == 0 {
                return Err(SimError::invalid(field, 0, "positive"));
            }
        }
        if self.input_kind == InputKind::OneHot && self.examples != self.inputs {
            let allowed = format!("inputs = {} for one-hot inputs", self.inputs);
            return Err(SimError::invalid("examples", self.examples, allowed));
        }
        self.check_memory()?;
        if !is_computable(self.noise) {
            return Err(SimError::invalid("noise", self.noise, "0 or between 1e-60 and 1e60"));
        }
        if let Some(index) = self.alone.filter(|index| *index >= tasks) {
            return Err(SimError::invalid("alone", index, format!("the index of one of the {tasks} tasks")));
        }
        self.check_teacher()
    }

    /// Refuses a task without teacher and noise.
    pub(crate) fn check_not_silent(&self) -> Result<(), SimError> {
        if self.noise == 0.0 && self.trained_strengths().flatten().all(|s| *s == 0.0) {
            return Err(SimError::invalid("noise", 0, "positive where the teacher is zero: there is nothing to learn"));
        }
        Ok(())
    }

    /// Refuses matrices that would not fit into memory, rather than fail to allocate them.
    fn check_memory(&self) -> Result<(), SimError> {
        let outputs: f64 = self.outputs.iter().map(|n| *n as f64).sum();
        let (inputs, examples) = (self.inputs as f64, self.examples as f64);
        // Other inputs are stored and, where they are few, completed to a basis of all N₁ directions.
        let stored = if self.input_kind == InputKind::OneHot { 0.0 } else { inputs * inputs.max(examples) };
        let entries = stored.max(outputs * inputs.max(examples));
        if entries > MOST_ENTRIES {
            let (field, size) =
                if stored > outputs * inputs.max(examples) { ("inputs", inputs) } else { ("outputs", outputs) };
            let given = format!("{size} ({inputs} inputs, {outputs} outputs and {examples} examples)");
            return Err(SimError::invalid(field, given, format!("a matrix of at most {MOST_ENTRIES} entries")));
        }
        Ok(())
    }

    fn check_teacher(&self) -> Result<(), SimError> {
        let TeacherSpec { strengths, alignment, overlaps } = &self.teacher;
        if !(-1.0..=1.0).contains(alignment) {
            return Err(SimError::invalid("alignment", alignment, "between -1 and 1"));
        }
        if strengths.len() != self.outputs.len() {
            let allowed = format!("one list for each of the {} tasks", self.outputs.len());
            return Err(SimError::invalid("strengths", format!("{strengths:?}"), allowed));
        }
        for (list, &outputs) in strengths.iter().zip(&self.outputs) {
            let ordered = list.windows(2).all(|pair| pair[0] >= pair[1]);
            if !ordered || !list.iter().all(|s| is_computable(*s)) {
                let allowed = "0 or between 1e-60 and 1e60, in decreasing order";
                return Err(SimError::invalid("strengths", format!("{list:?}"), allowed));
            }
            if list.len() > outputs.min(self.inputs) {
                let allowed = format!("at most min(outputs, inputs) = {} values", outputs.min(self.inputs));
                return Err(SimError::invalid("strengths", format!("{list:?}"), allowed));
            }
        }
        let directions: usize = strengths.iter().map(Vec::len).sum();
        if strengths.len() > 1 && directions > self.inputs {
            let allowed =
                format!("at most {} in all, so that the tasks' input directions can be orthogonal", self.inputs);
            return Err(SimError::invalid("strengths", format!("{directions} values"), allowed));
        }
        match overlaps {
            Some(_) if *alignment != 0.0 => {
                Err(SimError::invalid("alignment", alignment, "0 where overlaps are given"))
            }
            Some(overlaps) => direction_mixture(strengths, overlaps).map(drop),
            None => Ok(()),
        }
    }
}

/// Strengths and noise whose fourth powers are still numbers.
fn is_computable(size: f64) -> bool {
    size == 0.0 || (1e-60..=1e60).contains(&size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_pass_and_each_broken_rule_is_named() {
        let good = TaskSpec::joint(10, &[5, 4], &[&[2.0, 1.0], &[3.0]], 0.5);
        assert_eq!(good.check(), Ok(()));
        assert_eq!((good.total_outputs(), good.rank(), good.data_modes()), (9, 3, 9));
        let broken: [(TaskSpec, &str); 15] = [
            (TaskSpec { outputs: vec![], ..good.clone() }, "outputs"),
            (TaskSpec { inputs: 0, ..good.clone() }, "inputs"),
            (TaskSpec { examples: 9, ..good.clone() }, "examples"),
            (TaskSpec::single(1_000_000, 1_000_000, &[2.0]), "outputs"),
            (TaskSpec { input_kind: InputKind::Gaussian, examples: usize::MAX, ..good.clone() }, "inputs"),
            (TaskSpec { noise: f64::NAN, ..good.clone() }, "noise"),
            (TaskSpec { alone: Some(2), ..good.clone() }, "alone"),
            (TaskSpec::single(10, 5, &[1.0, 2.0]), "strengths"),
            (TaskSpec::single(10, 1, &[2.0, 1.0]), "strengths"),
            (TaskSpec::joint(10, &[5], &[&[2.0], &[1.0]], 0.5), "strengths"),
            (TaskSpec::joint(10, &[5, 4], &[&[2.0], &[1.0]], 1.5), "alignment"),
            (TaskSpec::joint(10, &[usize::MAX, usize::MAX], &[&[2.0], &[1.0]], 0.5), "outputs"),
            (TaskSpec::single(10, 5, &[1e200]), "strengths"),
            (
                TaskSpec { examples: 20, input_kind: InputKind::Orthonormal, ..TaskSpec::single(100_000, 10, &[2.0]) },
                "inputs",
            ),
            (TaskSpec { noise: 1e-200, ..good.clone() }, "noise"),
        ];
        for (task, name) in broken {
            // Questions about a description come before its check: they must not panic.
            let _ = (task.rank(), task.data_modes(), task.total_outputs());
            assert!(matches!(task.check(), Err(SimError::Invalid { field, .. }) if field == name), "{name}");
        }
    }

    #[test]
    fn task_zero_alone_forgets_its_company() {
        let alone = |q: f64, other: f64| TaskSpec::joint(10, &[5, 4], &[&[2.0], &[other]], q).task_alone(0);
        assert_eq!(alone(0.1, 3.0), alone(0.7, 9.0));
        assert_eq!(alone(0.1, 3.0), TaskSpec::single(10, 5, &[2.0]));
        assert_eq!(TaskSpec::joint(10, &[5, 4], &[&[2.0], &[3.0]], 0.5).task_alone(1).total_outputs(), 4);
    }
}
