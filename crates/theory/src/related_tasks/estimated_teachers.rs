//! Strengths and overlaps of several teachers, estimated from their data.

use super::TaskData;
use crate::{JointTask, Teacher, TheoryError};
use linalg_core::LinalgError;
use linalg_core::faer::{Col, Mat, Side};

/// What is estimated of the teachers of some tasks: strengths by the inverse of the spiked matrix, overlaps of input modes by q =
/// v̂·v̂′/(c c′).
///
/// A first task of which nothing stands out alone may do so along an input mode that its company shows: its outputs there, Y v̂, are N_A
/// numbers of variance ν around W̄ v̂, whose squared norm is unbiased but for N_A ν.
pub(super) struct EstimatedTeachers {
    teachers: Vec<Teacher>,
    /// Q, with teachers of rank 0 left out.
    overlaps: Mat<f64>,
    found_alone: bool,
}

/// How many standard deviations a task's outputs along its company's direction stand above noise to count: 5 % one-sided.
const SIGNIFICANT: f64 = 1.645;

struct Direction {
    vector: Col<f64>,
    overlap: f64,
}

impl EstimatedTeachers {
    pub(super) fn new(tasks: &[&TaskData]) -> Result<Self, TheoryError> {
        let mut teachers = Vec::with_capacity(tasks.len());
        let mut directions: Vec<Vec<Direction>> = Vec::with_capacity(tasks.len());
        for task in tasks {
            let modes = task.analysis.modes();
            teachers.push(Teacher {
                outputs: task.data.nrows(),
                strengths: modes.iter().map(|mode| mode.strength).collect(),
            });
            let direction = |(index, mode): (usize, &crate::FoundMode)| Direction {
                vector: task.svd.right.col(index).to_owned(),
                overlap: mode.overlap_input,
            };
            directions.push(modes.iter().enumerate().map(direction).collect());
        }
        let found_alone = !teachers[0].strengths.is_empty();
        if !found_alone && let Some(found) = along_company(tasks, &directions) {
            teachers[0].strengths.push(found.strength);
            let Direction { vector, overlap } = &directions[found.task][found.mode];
            let shared = Direction { vector: vector.clone(), overlap: *overlap };
            directions[0].push(shared);
        }
        Ok(Self { teachers, overlaps: overlaps(&directions)?, found_alone })
    }

    /// ‖W̄‖² of the first teacher, whose data are `task`; of one that is not found at all the square of the threshold: a stronger
    /// mode would have been.
    pub(super) fn signal_power(&self, task: &TaskData) -> f64 {
        match self.teachers[0].strengths.as_slice() {
            [] => task.analysis.matrix().threshold().powi(2),
            strengths => strengths.iter().map(|s| s * s).sum(),
        }
    }

    /// Whether something of the first task stands out of its own data.
    pub(super) fn is_found_alone(&self) -> bool {
        self.found_alone
    }

    pub(super) fn joint_task(&self, inputs: usize) -> Result<JointTask, TheoryError> {
        JointTask::new(inputs, &self.teachers, self.overlaps.as_ref())
    }

    /// Teachers with these strengths and overlaps, outputs × directions.
    pub(super) fn maps(&self) -> Result<Vec<Mat<f64>>, TheoryError> {
        let size = self.overlaps.nrows();
        let (vectors, values) = eigen(&self.overlaps)?;
        let mut first = 0;
        let maps = self.teachers.iter().map(|teacher| {
            let start = first;
            first += teacher.strengths.len();
            // Q = RᵀR; mode number a of a teacher sends the a-th column of R to its a-th output.
            Mat::from_fn(teacher.outputs, size, |i, d| {
                let strength = teacher.strengths.get(i).copied().unwrap_or(0.0);
                if strength > 0.0 { strength * values[d].max(0.0).sqrt() * vectors[(start + i, d)] } else { 0.0 }
            })
        });
        Ok(maps.collect())
    }
}

struct AlongCompany {
    strength: f64,
    task: usize,
    mode: usize,
}

fn along_company(tasks: &[&TaskData], directions: &[Vec<Direction>]) -> Option<AlongCompany> {
    let (data, outputs) = (&tasks[0].data, tasks[0].data.nrows() as f64);
    let variance = tasks[0].analysis.entry_variance();
    let mut best: Option<(f64, AlongCompany)> = None;
    for (task, modes) in directions.iter().enumerate().skip(1) {
        for (mode, Direction { vector, overlap }) in modes.iter().enumerate() {
            let seen: f64 = (data * vector).squared_norm_l2() - outputs * variance;
            let excess = seen / (variance * (2.0 * outputs).sqrt());
            if excess > best.as_ref().map_or(SIGNIFICANT, |(excess, _)| *excess) && *overlap > 0.0 {
                best = Some((excess, AlongCompany { strength: seen.sqrt() / overlap, task, mode }));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// Q, drawn towards the identity as far as needed to be a matrix of overlaps.
fn overlaps(directions: &[Vec<Direction>]) -> Result<Mat<f64>, TheoryError> {
    let flat: Vec<(usize, &Direction)> =
        directions.iter().enumerate().flat_map(|(task, modes)| modes.iter().map(move |mode| (task, mode))).collect();
    let size = flat.len();
    let between = Mat::from_fn(size, size, |i, j| {
        let ((task, a), (other, b)) = (flat[i], flat[j]);
        let overlaps = a.overlap * b.overlap;
        if task == other || overlaps == 0.0 {
            return 0.0;
        }
        (a.vector.transpose() * &b.vector / overlaps).clamp(-1.0, 1.0)
    });
    if size == 0 {
        return Ok(between);
    }
    let (_, values) = eigen(&between)?;
    let least = values.iter().copied().fold(0.0, f64::min);
    let part = if least < -1.0 { (1.0 - 1e-12) / -least } else { 1.0 };
    Ok(Mat::from_fn(size, size, |i, j| if i == j { 1.0 } else { part * 0.5 * (between[(i, j)] + between[(j, i)]) }))
}

fn eigen(matrix: &Mat<f64>) -> Result<(Mat<f64>, Vec<f64>), TheoryError> {
    let size = matrix.nrows();
    if size == 0 {
        return Ok((Mat::zeros(0, 0), Vec::new()));
    }
    let eigen =
        matrix.self_adjoint_eigen(Side::Lower).map_err(|_| LinalgError::NoConvergence { rows: size, columns: size })?;
    Ok((eigen.U().to_owned(), eigen.S().column_vector().iter().copied().collect()))
}
