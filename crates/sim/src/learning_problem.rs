//! The data in the coordinates in which they are learned.

use crate::{DataSet, Examples, InputKind, Inputs, SimError};
use faer::{Mat, MatRef};
use linalg_core::{squared_frobenius_norm, thin_svd};
use std::ops::Range;

/// Training data rotated to the eigenvectors of Σ¹¹ = XXᵀ, and the teacher rotated with them.
///
/// With X = V diag(g) Rᵀ (V: N₁ × S orthonormal, S = min(N₁, P), gains g > 0, R: P × S orthonormal) the loss is
///   ½‖Y − WX‖² = ½‖T − (WV) diag(g)‖² + ½E,  T = YR (N₃ × S),  E = ‖Y‖² − ‖T‖²,
/// so gradient descent sees an S-dimensional input with Σ¹¹ = diag(g²), and the first layer's part on the N₁ − S
/// directions orthogonal to V (the unseen ones) never changes. V = I is not formed: one-hot inputs, and orthonormal
/// ones with P ≥ N₁, for which Σ¹¹ = D·I in any coordinates.
#[derive(Clone, Debug)]
pub struct LearningProblem {
    gains: Vec<f64>,
    targets: Mat<f64>,
    basis: Option<InputBasis>,
    teacher_seen: Mat<f64>,
    teacher_unseen: Mat<f64>,
    unexplained: f64,
    /// Whether inputs are white on the directions they show, by their kind: all gains are the same.
    white: bool,
    task_rows: Vec<Range<usize>>,
    teacher_squared_norms: Vec<f64>,
}

/// An orthonormal basis of the inputs.
#[derive(Clone, Debug)]
struct InputBasis {
    /// V, N₁ × S.
    seen: Mat<f64>,
    /// N₁ × (N₁ − S).
    unseen: Mat<f64>,
}

impl LearningProblem {
    /// The problem that `data` pose.
    ///
    /// # Errors
    /// [`SimError::Linalg`] if the decomposition of gaussian inputs fails.
    pub fn new(data: &DataSet) -> Result<Self, SimError> {
        let labels = data.labels();
        let (gains, targets, basis) = match data.inputs() {
            Inputs::OneHot(size) => (vec![1.0; *size], labels.clone(), None),
            Inputs::Orthonormal(x) if x.ncols() < x.nrows() => {
                (vec![1.0; x.ncols()], labels.clone(), Some(InputBasis::with_seen(x.clone())))
            }
            Inputs::Orthonormal(x) => {
                let gain = (x.ncols() as f64 / x.nrows() as f64).sqrt();
                let targets = faer::Scale(1.0 / gain) * (labels * x.transpose());
                (vec![gain; x.nrows()], targets, None)
            }
            Inputs::Gaussian(x) => {
                let svd = thin_svd(x.as_ref())?;
                (svd.singular_values, labels * svd.right, Some(InputBasis::with_seen(svd.left)))
            }
        };
        let teacher = data.teacher().map();
        let (teacher_seen, teacher_unseen) = rotate(basis.as_ref(), teacher.as_ref());
        let unexplained = squared_frobenius_norm(labels.as_ref()) - squared_frobenius_norm(targets.as_ref());
        Ok(Self {
            gains,
            targets,
            basis,
            teacher_seen,
            teacher_unseen,
            unexplained: unexplained.max(0.0),
            white: !matches!(data.inputs(), Inputs::Gaussian(_)),
            task_rows: data.teacher().rows(),
            teacher_squared_norms: data.teacher().tasks().iter().map(|task| task.squared_norm()).collect(),
        })
    }

    /// The problem that given examples pose: T = YXᵀV diag(1/g), from the Gram matrix XXᵀ where this is the smaller. There is
    /// no teacher: its place is taken by zero.
    ///
    /// Directions whose g² is below 1e-12 of the largest are rounding and count as unseen.
    ///
    /// # Errors
    /// [`SimError::Invalid`] if all inputs are zero; [`SimError::Linalg`] if the decomposition fails.
    pub(crate) fn of_examples(examples: &Examples) -> Result<Self, SimError> {
        let (x, y) = (examples.inputs(), examples.outputs());
        let (gains, basis) = if x.nrows() <= x.ncols() {
            let svd = thin_svd((x * x.transpose()).as_ref())?;
            (svd.singular_values.iter().map(|square| square.sqrt()).collect(), svd.right)
        } else {
            let svd = thin_svd(x)?;
            (svd.singular_values, svd.left)
        };
        let largest: f64 = gains.first().copied().unwrap_or(0.0);
        let seen = gains.iter().filter(|gain| **gain > 1e-6 * largest).count();
        if seen == 0 {
            return Err(SimError::invalid("inputs", "zero in all training examples", "not zero everywhere"));
        }
        let basis = basis.as_ref().subcols(0, seen).to_owned();
        let projected = y * (x.transpose() * &basis);
        let targets = Mat::from_fn(y.nrows(), seen, |i, j| projected[(i, j)] / gains[j]);
        let unexplained = squared_frobenius_norm(y) - squared_frobenius_norm(targets.as_ref());
        Ok(Self {
            gains: gains[..seen].to_vec(),
            targets,
            teacher_seen: Mat::zeros(y.nrows(), seen),
            teacher_unseen: Mat::zeros(y.nrows(), x.nrows() - seen),
            basis: Some(InputBasis::with_seen(basis)),
            unexplained: unexplained.max(0.0),
            white: false,
            task_rows: std::iter::once(0..y.nrows()).collect(),
            teacher_squared_norms: vec![0.0],
        })
    }

    /// g, the S singular values of the inputs.
    pub fn gains(&self) -> &[f64] {
        &self.gains
    }

    /// T, N₃ × S.
    pub fn targets(&self) -> MatRef<'_, f64> {
        self.targets.as_ref()
    }

    /// W̄V, N₃ × S: the teacher on the seen directions.
    pub fn teacher_seen(&self) -> MatRef<'_, f64> {
        self.teacher_seen.as_ref()
    }

    /// The teacher on the unseen directions, N₃ × (N₁ − S).
    pub fn teacher_unseen(&self) -> MatRef<'_, f64> {
        self.teacher_unseen.as_ref()
    }

    /// E ≥ 0: the part of ‖Y‖² that no linear map can fit.
    pub fn unexplained(&self) -> f64 {
        self.unexplained
    }

    /// ‖Y‖² = ‖T‖² + E.
    pub fn label_squared_norm(&self) -> f64 {
        squared_frobenius_norm(self.targets.as_ref()) + self.unexplained
    }

    /// The rows of the outputs that belong to each task.
    pub fn task_rows(&self) -> &[Range<usize>] {
        &self.task_rows
    }

    /// ‖W̄‖² of each task.
    pub fn teacher_squared_norms(&self) -> &[f64] {
        &self.teacher_squared_norms
    }

    /// N₃.
    pub fn outputs(&self) -> usize {
        self.targets.nrows()
    }

    /// S = min(N₁, P), the number of input directions that the data show.
    pub fn seen(&self) -> usize {
        self.targets.ncols()
    }

    /// N₁.
    pub fn inputs(&self) -> usize {
        self.seen() + self.teacher_unseen.ncols()
    }

    /// The gain that all seen directions share if inputs are white there: Σ¹¹ is its square times the identity.
    pub fn common_gain(&self) -> Option<f64> {
        self.gains.first().copied().filter(|_| self.white)
    }

    /// Splits a matrix with N₁ columns into its seen (S columns) and unseen (N₁ − S columns) parts.
    pub fn split(&self, matrix: MatRef<'_, f64>) -> (Mat<f64>, Mat<f64>) {
        rotate(self.basis.as_ref(), matrix)
    }

    /// The matrix with N₁ columns whose seen and unseen parts are these: the inverse of [`LearningProblem::split`].
    pub fn join(&self, seen: MatRef<'_, f64>, unseen: MatRef<'_, f64>) -> Mat<f64> {
        match &self.basis {
            None => seen.to_owned(),
            Some(basis) => seen * basis.seen.transpose() + unseen * basis.unseen.transpose(),
        }
    }

    /// The data matrix in these coordinates: Σ³¹V = T diag(g) for gaussian inputs; for white ones, of common gain g, the map
    /// W*V = Σ³¹V/g² that fits the data best.
    pub fn data_matrix(&self) -> Mat<f64> {
        let scale = |gain: f64| if self.white { 1.0 / gain } else { gain };
        let scales: Vec<f64> = self.gains.iter().map(|gain| scale(*gain)).collect();
        Mat::from_fn(self.outputs(), self.seen(), |i, j| self.targets[(i, j)] * scales[j])
    }
}

impl InputBasis {
    /// Completes orthonormal columns to an orthonormal basis, by the Q of their QR decomposition.
    fn with_seen(seen: Mat<f64>) -> Self {
        let (rows, columns) = seen.shape();
        let unseen = match rows - columns {
            0 => Mat::zeros(rows, 0),
            rest => seen.qr().compute_Q().as_ref().subcols(columns, rest).to_owned(),
        };
        Self { seen, unseen }
    }
}

fn rotate(basis: Option<&InputBasis>, matrix: MatRef<'_, f64>) -> (Mat<f64>, Mat<f64>) {
    match basis {
        None => (matrix.to_owned(), Mat::zeros(matrix.nrows(), 0)),
        Some(basis) => (matrix * &basis.seen, matrix * &basis.unseen),
    }
}

/// Refuses inputs whose covariance has no common eigenvalue: nothing decouples for them.
pub(crate) fn require_white(kind: InputKind, what: &str) -> Result<(), SimError> {
    match kind {
        InputKind::Gaussian => Err(SimError::invalid(
            "input_kind",
            "Gaussian",
            format!("OneHot or Orthonormal for {what}: gaussian inputs need the full-matrix student (Linear)"),
        )),
        InputKind::OneHot | InputKind::Orthonormal => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Draw, TaskSpec};
    use linalg_core::{frobenius_norm, sample_gaussian};

    /// Every kind of inputs with fewer, as many and more examples than inputs.
    fn problems() -> Vec<(DataSet, LearningProblem)> {
        let mut all = Vec::new();
        for input_kind in [InputKind::Orthonormal, InputKind::Gaussian] {
            for examples in [1, 7, 12, 20] {
                let spec = TaskSpec { examples, input_kind, ..TaskSpec::single(12, 9, &[3.0, 1.0]) };
                all.push(DataSet::sample(&spec, Draw { seed: 2, run: 0 }).unwrap());
            }
        }
        all.push(DataSet::sample(&TaskSpec::single(12, 9, &[3.0, 1.0]), Draw { seed: 2, run: 0 }).unwrap());
        all.into_iter().map(|data| (data.clone(), LearningProblem::new(&data).unwrap())).collect()
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-12 * (1.0 + a.abs().max(b.abs()))
    }

    #[test]
    fn rotated_losses_are_the_losses() {
        for (data, problem) in problems() {
            let w = sample_gaussian(9, 12, 0.1, &mut linalg_core::generator(1, "map", &[], 0));
            let train = squared_frobenius_norm((data.labels() - data.inputs().after(w.as_ref())).as_ref());
            let test = squared_frobenius_norm((&w - data.teacher().map()).as_ref());
            let (seen, unseen) = problem.split(w.as_ref());
            let predicted = Mat::from_fn(9, problem.seen(), |i, j| seen[(i, j)] * problem.gains()[j]);
            let residual = problem.targets() - predicted;
            assert!(close(train, squared_frobenius_norm(residual.as_ref()) + problem.unexplained()));
            let seen_error = squared_frobenius_norm((&seen - problem.teacher_seen()).as_ref());
            let unseen_error = squared_frobenius_norm((&unseen - problem.teacher_unseen()).as_ref());
            assert!(close(test, seen_error + unseen_error));
            assert!(frobenius_norm((problem.join(seen.as_ref(), unseen.as_ref()) - &w).as_ref()) < 1e-13);
            assert!(close(problem.label_squared_norm(), squared_frobenius_norm(data.labels().as_ref())));
        }
    }

    #[test]
    fn the_data_matrix_is_the_best_map_or_the_covariance() {
        for (data, problem) in problems() {
            let unseen = Mat::zeros(9, problem.inputs() - problem.seen());
            let matrix = problem.join(problem.data_matrix().as_ref(), unseen.as_ref());
            let scale = if problem.common_gain().is_some() { data.labels().ncols() as f64 / 12.0 } else { 1.0 };
            let wanted = faer::Scale(1.0 / scale.max(1.0)) * data.output_input_covariance();
            assert!(frobenius_norm((matrix - wanted).as_ref()) < 1e-12);
        }
    }
}
