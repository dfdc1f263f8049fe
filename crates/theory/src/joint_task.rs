//! Several tasks that share their inputs, learned by one student.

use crate::error::{at_least_one, computable_or_zero};
use crate::{Task, TheoryError};
use linalg_core::faer::{Mat, MatRef, Side};
use linalg_core::thin_svd;

/// One of the teachers of a joint task: W̄_A, `outputs` × inputs.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Teacher {
    /// N_A.
    pub outputs: usize,
    /// s̄, in decreasing order.
    pub strengths: Vec<f64>,
}

/// A singular mode of the stacked teacher.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct JointMode {
    /// s̄_α of the stack.
    pub strength: f64,
    /// a_α, the squared norm of ū_α on each teacher's outputs; they sum to 1.
    pub shares: Vec<f64>,
}

/// Teachers W̄_A, W̄_B, … with common inputs, stacked to one of n = N_A + N_B + … outputs.
///
/// The stack W̄ = \[W̄_A; W̄_B; …\] has joint modes (s̄_α, ū_α, v̄_α). Their strengths and shares depend on the
/// teachers' strengths S and on the overlaps Q of the teachers' input modes v̄ alone: W̄W̄ᵀ = Ū (S Q S) Ūᵀ with Ū
/// orthonormal, so s̄_α² are the eigenvalues of S Q S and a_α the squared norms of the parts of its eigenvectors. The
/// teachers' output modes do not enter.
///
/// The paper's section on transfer has two teachers of rank one; any number of any rank goes beyond it. Teachers' modes
/// that span fewer directions than there are, as exactly aligned ones do (eigenvalues of Q up to 1e-12), have as many joint modes less.
///
/// # Example
///
/// A task of rank two beside one of rank one whose input mode lies between them: the joint modes
/// are two, and shared.
///
/// ```
/// use theory::faer::mat;
/// use theory::{JointTask, Teacher};
///
/// let a = Teacher { outputs: 30, strengths: vec![4.0, 2.0] };
/// let b = Teacher { outputs: 20, strengths: vec![3.0] };
/// let joint = JointTask::pair(100, a, b, mat![[0.8], [0.6]].as_ref())?; // v̄_A·v̄_B, rank of A × rank of B
/// let modes = joint.modes();
/// assert_eq!(modes.len(), 2); // B's input mode lies in the plane of A's two
/// assert!((modes[0].strength.powi(2) + modes[1].strength.powi(2) - 29.0).abs() < 1e-12); // 16 + 4 + 9
/// assert!(modes[0].shares[0] > 0.5 && modes[0].shares[1] > 0.2); // of A's and of B's outputs; they sum to 1
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct JointTask {
    inputs: usize,
    examples: usize,
    noise: f64,
    teachers: Vec<Teacher>,
    modes: Vec<JointMode>,
    rank: usize,
}

/// How far the given overlaps may be from what they must be.
const TOLERANCE: f64 = 1e-10;

const COSINE: &str = "between -1 and 1: the cosine of the angle between two input modes";

/// Eigenvalues of Q up to this are those of directions that the teachers share.
const SHARED: f64 = 1e-12;

/// What rounding leaves of a strength that is zero, relative to the strongest.
const ROUNDING: f64 = 1e-14;

impl JointTask {
    /// Teachers that share `inputs` = N₁ inputs, P = N₁, σ_z = 1. `overlaps` is Q: v̄ᵢ·v̄ⱼ for all teacher modes, in
    /// the order of the teachers and of their strengths; each teacher's own block is the identity.
    ///
    /// # Errors
    /// If a teacher alone would be refused, or Q has the wrong shape, is not symmetric, has a wrong diagonal block,
    /// or is no matrix of overlaps (a negative eigenvalue), or the joint rank exceeds the number of data modes.
    pub fn new(inputs: usize, teachers: &[Teacher], overlaps: MatRef<'_, f64>) -> Result<Self, TheoryError> {
        at_least_one("teachers", teachers.len())?;
        let outputs = teachers.iter().try_fold(0, |sum: usize, teacher| sum.checked_add(teacher.outputs));
        outputs.ok_or(TheoryError::OutOfDomain {
            parameter: "outputs",
            value: teachers.iter().map(|teacher| teacher.outputs as f64).sum(),
            allowed: "fewer in all than a computer word counts",
        })?;
        for teacher in teachers {
            at_least_one("outputs", teacher.outputs)?;
            // Noise is irrelevant here: a teacher of rank 0 is legal in company.
            Task::new(inputs, teacher.outputs, &teacher.strengths)?;
        }
        check_overlaps(teachers, overlaps)?;
        let modes = joint_modes(teachers, overlaps)?;
        let strongest = modes.first().map_or(0.0, |mode| mode.strength);
        let rank = modes.iter().filter(|mode| mode.strength > ROUNDING * strongest).count();
        Self { inputs, examples: inputs, noise: 1.0, teachers: teachers.to_vec(), modes, rank }.validated()
    }

    /// Two teachers; `alignment` is V̄_AᵀV̄_B, r_A × r_B.
    ///
    /// # Errors
    /// As [`JointTask::new`].
    pub fn pair(inputs: usize, a: Teacher, b: Teacher, alignment: MatRef<'_, f64>) -> Result<Self, TheoryError> {
        let (rank_a, rank_b) = (a.strengths.len(), b.strengths.len());
        check_shape("alignment (rank of A × rank of B)", alignment, rank_a, rank_b)?;
        for &value in alignment.col_iter().flat_map(|column| column.iter()) {
            if value.is_nan() || value.abs() > 1.0 + TOLERANCE {
                return Err(TheoryError::OutOfDomain { parameter: "alignment", value, allowed: COSINE });
            }
        }
        let overlaps = Mat::from_fn(rank_a + rank_b, rank_a + rank_b, |i, j| match (i < rank_a, j < rank_a) {
            (true, false) => alignment[(i, j - rank_a)],
            (false, true) => alignment[(j, i - rank_a)],
            _ => f64::from(u8::from(i == j)),
        });
        Self::new(inputs, &[a, b], overlaps.as_ref())
    }

    /// The same teachers seen through P = `examples` common examples.
    ///
    /// # Errors
    /// If there are no examples, or fewer data modes than joint modes.
    pub fn with_examples(self, examples: usize) -> Result<Self, TheoryError> {
        at_least_one("examples", examples)?;
        Self { examples, ..self }.validated()
    }

    /// The same teachers with noise σ_z = `noise` on every output.
    ///
    /// # Errors
    /// If `noise` is negative, beyond 1e±60 (but 0 is legal), or 0 when all teachers have rank 0.
    pub fn with_noise(self, noise: f64) -> Result<Self, TheoryError> {
        computable_or_zero("noise", noise)?;
        Self { noise, ..self }.validated()
    }

    fn validated(self) -> Result<Self, TheoryError> {
        let (rank, inputs, outputs, examples) = (self.rank, self.inputs, self.outputs(), self.examples);
        let modes = inputs.min(outputs).min(examples);
        if rank > modes {
            return Err(TheoryError::RankTooLarge { rank, inputs, outputs, examples, modes });
        }
        if rank == 0 && self.noise == 0.0 {
            return Err(TheoryError::NothingToLearn);
        }
        Ok(self)
    }

    /// Teacher number `index` on its own: N_A × N₁, with the same examples and noise.
    ///
    /// # Errors
    /// If there is no such teacher, or it is zero and there is no noise.
    pub fn alone(&self, index: usize) -> Result<Task, TheoryError> {
        let teacher = self.teacher(index)?;
        Task::new(self.inputs, teacher.outputs, &teacher.strengths)?
            .with_examples(self.examples)?
            .with_noise(self.noise)
    }

    /// Teacher number `index`.
    ///
    /// # Errors
    /// If there is no such teacher.
    pub fn teacher(&self, index: usize) -> Result<&Teacher, TheoryError> {
        self.teachers.get(index).ok_or(TheoryError::OutOfDomain {
            parameter: "teacher",
            value: index as f64,
            allowed: "less than the number of teachers, counting from 0",
        })
    }

    /// All teachers, in the order of their outputs in the stack.
    pub fn teachers(&self) -> &[Teacher] {
        &self.teachers
    }

    /// The joint modes that count, strongest first.
    pub fn modes(&self) -> &[JointMode] {
        &self.modes[..self.rank]
    }

    /// The joint modes too weak to count.
    pub(crate) fn negligible_modes(&self) -> &[JointMode] {
        &self.modes[self.rank..]
    }

    /// N₁.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// n, the outputs of all teachers.
    pub fn outputs(&self) -> usize {
        self.teachers.iter().map(|teacher| teacher.outputs).sum()
    }

    /// P.
    pub fn examples(&self) -> usize {
        self.examples
    }

    /// σ_z.
    pub fn noise(&self) -> f64 {
        self.noise
    }
}

/// Joint modes from the SVD of R S with Q = RᵀR, which keeps weak modes better than the eigenvalues of S Q S.
fn joint_modes(teachers: &[Teacher], overlaps: MatRef<'_, f64>) -> Result<Vec<JointMode>, TheoryError> {
    let strengths: Vec<f64> = teachers.iter().flat_map(|teacher| teacher.strengths.iter().copied()).collect();
    let size = strengths.len();
    if size == 0 {
        return Ok(Vec::new());
    }
    let eigen = overlaps.self_adjoint_eigen(Side::Lower).map_err(|_| no_convergence(size))?;
    let (vectors, values) = (eigen.U(), eigen.S().column_vector());
    // Rounding makes the zero eigenvalues of aligned teachers a few 1e-16; a real negative one means that no vectors
    // have these overlaps.
    let tolerance = 1e-10 * size as f64;
    if let Some(&value) = values.iter().find(|value| **value < -tolerance) {
        let allowed = "zero or more: otherwise no unit vectors have these overlaps";
        return Err(TheoryError::OutOfDomain { parameter: "smallest eigenvalue of the overlaps", value, allowed });
    }
    let root = |value: f64| if value > SHARED { value.sqrt() } else { 0.0 };
    let factor = Mat::from_fn(size, size, |i, j| root(values[i]) * vectors[(j, i)] * strengths[j]);
    let svd = thin_svd(factor.as_ref())?;
    let share = |mode: usize, start: usize, count: usize| -> f64 {
        (start..start + count).map(|row| svd.right[(row, mode)].powi(2)).sum()
    };
    Ok((0..size)
        .map(|mode| {
            let mut start = 0;
            let shares = teachers.iter().map(|teacher| {
                let first = start;
                start += teacher.strengths.len();
                share(mode, first, teacher.strengths.len())
            });
            JointMode { shares: shares.collect(), strength: svd.singular_values[mode] }
        })
        .collect())
}

fn no_convergence(size: usize) -> TheoryError {
    linalg_core::LinalgError::NoConvergence { rows: size, columns: size }.into()
}

fn check_shape(
    matrix: &'static str,
    given: MatRef<'_, f64>,
    expected_rows: usize,
    expected_columns: usize,
) -> Result<(), TheoryError> {
    match given.shape() {
        shape if shape == (expected_rows, expected_columns) => Ok(()),
        (rows, columns) => Err(TheoryError::WrongShape { matrix, rows, columns, expected_rows, expected_columns }),
    }
}

/// Q is symmetric with identity blocks, to rounding, and its entries are cosines.
fn check_overlaps(teachers: &[Teacher], overlaps: MatRef<'_, f64>) -> Result<(), TheoryError> {
    let owners: Vec<usize> = teachers
        .iter()
        .enumerate()
        .flat_map(|(index, teacher)| std::iter::repeat_n(index, teacher.strengths.len()))
        .collect();
    check_shape("overlaps (one row and column per teacher mode)", overlaps, owners.len(), owners.len())?;
    let refuse = |value: f64, allowed| Err(TheoryError::OutOfDomain { parameter: "overlaps", value, allowed });
    for i in 0..owners.len() {
        for j in 0..owners.len() {
            let value = overlaps[(i, j)];
            let own = f64::from(u8::from(i == j));
            if value.is_nan() || value.abs() > 1.0 + TOLERANCE {
                return refuse(value, COSINE);
            }
            if (value - overlaps[(j, i)]).abs() > TOLERANCE {
                return refuse(value, "symmetric");
            }
            if owners[i] == owners[j] && (value - own).abs() > TOLERANCE {
                return refuse(value, "the identity within one teacher, whose input modes are orthonormal");
            }
        }
    }
    Ok(())
}
