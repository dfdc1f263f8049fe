//! Low-rank teachers with Haar-distributed directions.

use crate::{Draw, SimError, TaskSpec};
use faer::{Col, Mat, MatRef};
use linalg_core::{sample_gaussian, sample_haar_columns};
use std::ops::Range;

/// The teacher of one task, W̄ = Ū diag(s̄) V̄ᵀ of rank r.
#[derive(Clone, Debug)]
pub struct TaskTeacher {
    /// Ū, N₃ × r, orthonormal columns.
    pub output_directions: Mat<f64>,
    /// s̄, r values in decreasing order.
    pub strengths: Vec<f64>,
    /// V̄, N₁ × r, orthonormal columns.
    pub input_directions: Mat<f64>,
}

impl TaskTeacher {
    /// W̄, N₃ × N₁.
    pub fn map(&self) -> Mat<f64> {
        let scaled = Mat::from_fn(self.output_directions.nrows(), self.strengths.len(), |i, k| {
            self.output_directions[(i, k)] * self.strengths[k]
        });
        scaled * self.input_directions.transpose()
    }

    /// ‖W̄‖²_F = Σ s̄².
    pub fn squared_norm(&self) -> f64 {
        self.strengths.iter().map(|s| s * s).sum()
    }
}

/// The teachers of the trained tasks, stacked.
#[derive(Clone, Debug)]
pub struct LinearTeacher {
    tasks: Vec<TaskTeacher>,
}

impl LinearTeacher {
    /// Draws the teachers of `spec`.
    ///
    /// Input direction k of task j ≥ 1 is q v̄ₖ + √(1−q²) v⊥ₖ, where v̄ₖ is that of task 0 and the v⊥ of all later
    /// tasks are orthonormal and orthogonal to task 0's directions (v⊥ₖ alone where task 0 has no mode k). So two
    /// tasks have V̄_AᵀV̄_B = q I, and two later tasks q² I. Where overlaps Q = RᵀR are given (R upper triangular), the
    /// directions of all tasks are those of task 0 and the v⊥, side by side, times R.
    ///
    /// # Errors
    /// As [`TaskSpec::check`].
    pub fn sample(spec: &TaskSpec, draw: Draw) -> Result<Self, SimError> {
        spec.check()?;
        let q = spec.teacher.alignment;
        let mut directions: Vec<Mat<f64>> = Vec::new();
        for (task, strengths) in spec.teacher.strengths.iter().enumerate() {
            let rank = strengths.len();
            let mut rng = draw.teacher_inputs(task, spec.inputs, rank);
            directions.push(if task == 0 {
                sample_haar_columns(spec.inputs, rank, &mut rng)
            } else {
                orthonormal_against(&directions, sample_gaussian(spec.inputs, rank, 1.0, &mut rng))
            });
        }
        let mixture = match &spec.teacher.overlaps {
            Some(overlaps) => Some(direction_mixture(&spec.teacher.strengths, overlaps)?),
            None => None,
        };
        let tasks = spec.trained_tasks().map(|task| {
            let strengths = spec.teacher.strengths[task].clone();
            let outputs = spec.outputs[task];
            let mut rng = draw.teacher_outputs(task, outputs, strengths.len());
            TaskTeacher {
                output_directions: sample_haar_columns(outputs, strengths.len(), &mut rng),
                input_directions: match (&mixture, task) {
                    (_, 0) => directions[0].clone(),
                    (Some(mixture), _) => mix_all(&directions, mixture.as_ref(), task),
                    (None, _) => mix(directions[0].as_ref(), directions[task].as_ref(), q),
                },
                strengths,
            }
        });
        Ok(Self { tasks: tasks.collect() })
    }

    /// The teachers of the trained tasks, in order.
    pub fn tasks(&self) -> &[TaskTeacher] {
        &self.tasks
    }

    /// The stacked map W̄, N₃ × N₁.
    pub fn map(&self) -> Mat<f64> {
        let rows = self.rows();
        let outputs = rows.last().map_or(0, |last| last.end);
        let inputs = self.tasks.first().map_or(0, |task| task.input_directions.nrows());
        let mut stacked = Mat::zeros(outputs, inputs);
        for (rows, task) in rows.into_iter().zip(&self.tasks) {
            stacked.as_mut().subrows_mut(rows.start, rows.len()).copy_from(task.map());
        }
        stacked
    }

    /// The rows of the stacked outputs that belong to each task.
    pub fn rows(&self) -> Vec<Range<usize>> {
        let mut start = 0;
        let sizes = self.tasks.iter().map(|task| task.output_directions.nrows());
        sizes
            .map(|size| {
                start += size;
                start - size..start
            })
            .collect()
    }
}

/// q A + √(1−q²) B column by column; columns of B beyond A's are kept.
fn mix(first: MatRef<'_, f64>, own: MatRef<'_, f64>, q: f64) -> Mat<f64> {
    let across = (1.0 - q * q).sqrt();
    Mat::from_fn(own.nrows(), own.ncols(), |i, k| {
        if k < first.ncols() { q * first[(i, k)] + across * own[(i, k)] } else { own[(i, k)] }
    })
}

/// The columns of `task` in (D₀ D₁ …) R.
fn mix_all(directions: &[Mat<f64>], mixture: MatRef<'_, f64>, task: usize) -> Mat<f64> {
    let end = |task: usize| directions[..task].iter().map(Mat::ncols).sum::<usize>();
    let own = end(task)..end(task + 1);
    let start = Mat::zeros(directions[task].nrows(), own.len());
    directions.iter().enumerate().fold(start, |sum, (other, basis)| {
        sum + basis * mixture.submatrix(end(other), own.start, basis.ncols(), own.len())
    })
}

/// How far given overlaps may be from what they must be.
const OVERLAP_TOLERANCE: f64 = 1e-9;

/// R with RᵀR = Q, upper triangular, for the overlaps Q of all directions of tasks of these strengths; Q may be singular.
///
/// # Errors
/// [`SimError::Invalid`] if Q does not have one row and column for each direction, is not symmetric, has overlaps between
/// directions of one task, or has a negative eigenvalue.
pub(crate) fn direction_mixture(strengths: &[Vec<f64>], overlaps: &[Vec<f64>]) -> Result<Mat<f64>, SimError> {
    let owners: Vec<usize> =
        strengths.iter().enumerate().flat_map(|(task, list)| std::iter::repeat_n(task, list.len())).collect();
    let size = owners.len();
    if overlaps.len() != size || overlaps.iter().any(|row| row.len() != size) {
        let given = format!("{} rows of {:?}", overlaps.len(), overlaps.iter().map(Vec::len).collect::<Vec<_>>());
        let allowed = format!("{size} rows of {size}, one for each strength of each task");
        return Err(SimError::invalid("overlaps", given, allowed));
    }
    let refuse = |i: usize, j: usize, allowed: &str| {
        Err(SimError::invalid("overlaps", format!("{} in row {i}, column {j}", overlaps[i][j]), allowed))
    };
    for i in 0..size {
        for j in 0..size {
            let within = if i == j { 1.0 } else { 0.0 };
            if (overlaps[i][j] - overlaps[j][i]).abs() > OVERLAP_TOLERANCE || !overlaps[i][j].is_finite() {
                return refuse(i, j, "finite and the same below and above the diagonal");
            }
            if owners[i] == owners[j] && (overlaps[i][j] - within).abs() > OVERLAP_TOLERANCE {
                return refuse(i, j, "1 on the diagonal and 0 between directions of one task");
            }
        }
    }
    // Cholesky; a direction that the earlier ones span adds nothing of its own.
    let mut mixture = Mat::<f64>::zeros(size, size);
    for k in 0..size {
        let left = |mixture: &Mat<f64>, j: usize| {
            overlaps[k][j] - (0..k).map(|i| mixture[(i, k)] * mixture[(i, j)]).sum::<f64>()
        };
        let own = left(&mixture, k);
        let spanned = own <= OVERLAP_TOLERANCE;
        for j in k..size {
            let rest = left(&mixture, j);
            if own < -OVERLAP_TOLERANCE || (spanned && rest.abs() > OVERLAP_TOLERANCE.sqrt()) {
                return refuse(k, j, "an overlap that unit vectors can have with the others: no negative eigenvalue");
            }
            mixture[(k, j)] = if spanned { 0.0 } else { rest / own.sqrt() };
        }
    }
    Ok(mixture)
}

/// Gram-Schmidt, each projection twice, on the columns of `matrix` against `earlier` orthonormal sets and each other.
fn orthonormal_against(earlier: &[Mat<f64>], mut matrix: Mat<f64>) -> Mat<f64> {
    for k in 0..matrix.ncols() {
        let mut column: Col<f64> = matrix.col(k).to_owned();
        for _ in 0..2 {
            for basis in earlier.iter().map(Mat::as_ref).chain([matrix.as_ref().subcols(0, k)]) {
                let coefficients: Col<f64> = basis.transpose() * &column;
                column -= basis * coefficients;
            }
        }
        let scale = 1.0 / column.norm_l2();
        for i in 0..matrix.nrows() {
            matrix[(i, k)] = scale * column[i];
        }
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;
    use linalg_core::{frobenius_norm, singular_values};
    use proptest::prelude::*;

    const DRAW: Draw = Draw { seed: 11, run: 2 };

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn tasks_have_the_stated_strengths_and_alignment(
            inputs in 6usize..30, outputs in 3usize..20, q in -1.0f64..=1.0, run in 0u64..99,
        ) {
            let spec = TaskSpec::joint(inputs, &[outputs, 4, 3], &[&[5.0, 2.0], &[4.0, 3.0], &[1.0]], q);
            let teacher = LinearTeacher::sample(&spec, Draw { seed: 1, run }).unwrap();
            let direction = |task: usize| &teacher.tasks()[task].input_directions;
            let gap = |measured: Mat<f64>, wanted: Mat<f64>| frobenius_norm((measured - wanted).as_ref());
            let diagonal = |rows, cols, value: f64| Mat::from_fn(rows, cols, |i, j| if i == j { value } else { 0.0 });
            prop_assert!(gap(direction(0).transpose() * direction(1), diagonal(2, 2, q)) < 1e-13);
            prop_assert!(gap(direction(1).transpose() * direction(1), diagonal(2, 2, 1.0)) < 1e-13);
            prop_assert!(gap(direction(1).transpose() * direction(2), diagonal(2, 1, q * q)) < 1e-13);
            let values = singular_values(teacher.tasks()[0].map().as_ref()).unwrap();
            prop_assert!((values[0] - 5.0).abs() < 1e-13 && (values[1] - 2.0).abs() < 1e-13 && values[2] < 1e-13);
        }
    }

    #[test]
    fn tasks_of_any_ranks_have_the_overlaps_asked_for() {
        // The overlaps of directions that were drawn, so that they can be had: generic ones, and ones that span less.
        for (seed, space) in [(1, 14), (2, 4)] {
            let ranks = [3, 2, 1];
            let drawn: Vec<Mat<f64>> = ranks
                .iter()
                .enumerate()
                .map(|(task, rank)| {
                    sample_haar_columns(space, *rank, &mut linalg_core::generator(seed, "overlaps", &[task as u64], 0))
                })
                .collect();
            let all = faer::concat![[drawn[0], drawn[1], drawn[2]]];
            let gram = all.transpose() * &all;
            let overlaps = (0..6).map(|i| (0..6).map(|j| gram[(i, j)]).collect()).collect();
            let spec =
                TaskSpec::joint(14, &[5, 4, 3], &[&[5.0, 2.0, 1.0], &[4.0, 3.0], &[1.0]], 0.0).with_overlaps(overlaps);
            let teacher = LinearTeacher::sample(&spec, DRAW).unwrap();
            let found: Vec<&Mat<f64>> = teacher.tasks().iter().map(|task| &task.input_directions).collect();
            let found = faer::concat![[found[0], found[1], found[2]]];
            // A direction within the others' span is known to the square root of rounding.
            let tolerance = if space == 14 { 1e-13 } else { 1e-7 };
            assert!(frobenius_norm((found.transpose() * &found - &gram).as_ref()) < tolerance);
            let alone = LinearTeacher::sample(&spec.task_alone(1), DRAW).unwrap();
            assert_eq!(alone.tasks()[0].map(), teacher.tasks()[1].map());
            assert_eq!(spec.task_alone(0), TaskSpec::single(14, 5, &[5.0, 2.0, 1.0]));
        }
    }

    #[test]
    fn one_alignment_is_a_multiple_of_the_identity() {
        let task = || TaskSpec::joint(9, &[4, 5], &[&[5.0, 2.0], &[4.0, 3.0]], 0.0);
        let (q, full) = (0.6, |i: usize, j: usize| {
            if i == j {
                1.0
            } else if i % 2 == j % 2 {
                0.6
            } else {
                0.0
            }
        });
        let overlaps = (0..4).map(|i| (0..4).map(|j| full(i, j)).collect()).collect();
        let matrix = LinearTeacher::sample(&task().with_overlaps(overlaps), DRAW).unwrap();
        let scalar = TaskSpec::joint(9, &[4, 5], &[&[5.0, 2.0], &[4.0, 3.0]], q);
        let scalar = LinearTeacher::sample(&scalar, DRAW).unwrap();
        assert!(frobenius_norm((matrix.map() - scalar.map()).as_ref()) < 1e-13);
    }

    #[test]
    fn overlaps_that_no_directions_have_are_refused() {
        let refused = |overlaps: Vec<Vec<f64>>, words: &str| {
            let spec = TaskSpec::joint(9, &[4, 5], &[&[5.0, 2.0], &[4.0]], 0.0).with_overlaps(overlaps);
            let message = LinearTeacher::sample(&spec, DRAW).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        };
        let with = |a: f64, b: f64| vec![vec![1.0, 0.0, a], vec![0.0, 1.0, b], vec![a, b, 1.0]];
        refused(with(0.8, 0.7), "no negative eigenvalue");
        refused(with(1.0, 1e-3), "no negative eigenvalue");
        refused(with(f64::NAN, 0.0), "finite");
        refused(vec![vec![1.0]], "3 rows of 3");
        let mut bent = with(0.1, 0.1);
        bent[0][1] = 0.2;
        refused(bent.clone(), "below and above");
        bent[1][0] = 0.2;
        refused(bent, "directions of one task");
        let mut both = TaskSpec::joint(9, &[4], &[&[5.0]], 0.0).with_overlaps(vec![vec![1.0]]);
        assert!(both.check().is_ok());
        both.teacher.alignment = 0.5;
        assert!(both.check().unwrap_err().to_string().starts_with("alignment is 0.5"));
    }

    #[test]
    fn the_stack_holds_every_task_in_its_rows() {
        let spec = TaskSpec::joint(8, &[3, 4], &[&[2.0], &[1.0]], 0.3);
        let teacher = LinearTeacher::sample(&spec, DRAW).unwrap();
        assert_eq!(teacher.rows(), [0..3, 3..7]);
        assert_eq!(teacher.map().as_ref().subrows(3, 4), teacher.tasks()[1].map());
    }

    #[test]
    fn a_task_is_the_same_alone_and_in_company() {
        let joint = TaskSpec::joint(8, &[3, 4], &[&[2.0], &[1.0]], 0.3);
        let together = LinearTeacher::sample(&joint, DRAW).unwrap();
        for task in 0..2 {
            let alone = LinearTeacher::sample(&joint.task_alone(task), DRAW).unwrap();
            assert_eq!(alone.tasks().len(), 1);
            assert_eq!(alone.tasks()[0].map(), together.tasks()[task].map());
        }
    }

    #[test]
    fn directions_do_not_depend_on_strength_or_alignment() {
        let at =
            |s: f64, q: f64| LinearTeacher::sample(&TaskSpec::joint(8, &[3, 4], &[&[s], &[1.0]], q), DRAW).unwrap();
        let (weak, strong) = (at(1.0, 0.0), at(9.0, 1.0));
        assert_eq!(weak.tasks()[0].output_directions, strong.tasks()[0].output_directions);
        assert_eq!(weak.tasks()[0].input_directions, strong.tasks()[0].input_directions);
        assert_eq!(strong.tasks()[1].input_directions, strong.tasks()[0].input_directions);
    }

    #[test]
    fn a_zero_teacher_is_a_zero_map() {
        let teacher = LinearTeacher::sample(&TaskSpec::single(4, 3, &[]), DRAW).unwrap();
        assert_eq!(teacher.map(), Mat::<f64>::zeros(3, 4));
    }
}
