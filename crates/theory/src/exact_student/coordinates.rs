//! The orthonormal directions a student's map ever reaches.

use crate::TheoryError;
use linalg_core::faer::{Mat, MatRef};
use linalg_core::{ThinSvd, squared_frobenius_norm};

/// Orthonormal bases of the output and the input directions that the data modes and the initial weights span.
///
/// The map of the student at any time is `output` · C · `input`ᵀ with a small coordinate matrix C, whose singular
/// values and norms are the map's.
#[derive(Clone, Debug)]
pub(super) struct Coordinates {
    /// N₃ × p: the M vectors û, then directions outside them.
    pub(super) output: Mat<f64>,
    /// N₁ × q: the M vectors v̂, then directions outside them.
    pub(super) input: Mat<f64>,
}

/// A teacher W̄ in the coordinates of one student, made by [`ExactStudent::project`](super::ExactStudent::project).
#[derive(Clone, Debug)]
pub struct ProjectedTeacher {
    /// The part of W̄ inside the student's coordinates, p × q.
    pub(super) inside: Mat<f64>,
    /// ‖W̄‖² of the part outside.
    pub(super) squared_outside: f64,
    /// ‖W̄‖².
    pub(super) squared_norm: f64,
}

impl Coordinates {
    /// The bases for given data and initial weights, with the coordinates of W₁ᵀ (q × k) and of W₂ (p × k) in them.
    pub(super) fn new(
        data: &ThinSvd,
        first_transposed: MatRef<'_, f64>,
        second: MatRef<'_, f64>,
    ) -> (Self, Mat<f64>, Mat<f64>) {
        let (input, input_weights) = extended_basis(data.right.as_ref(), first_transposed);
        let (output, output_weights) = extended_basis(data.left.as_ref(), second);
        (Self { output, input }, input_weights, output_weights)
    }

    pub(super) fn project(&self, teacher: MatRef<'_, f64>) -> Result<ProjectedTeacher, TheoryError> {
        let (expected_rows, expected_columns) = (self.output.nrows(), self.input.nrows());
        let (rows, columns) = teacher.shape();
        if (rows, columns) != (expected_rows, expected_columns) {
            let matrix = "teacher (outputs × inputs)";
            return Err(TheoryError::WrongShape { matrix, rows, columns, expected_rows, expected_columns });
        }
        let squared_norm = squared_frobenius_norm(teacher);
        if squared_norm == 0.0 {
            return Err(TheoryError::ZeroReference { reference: "the teacher" });
        }
        let inside = self.output.transpose() * teacher * &self.input;
        let outside = teacher - &self.output * &inside * self.input.transpose();
        Ok(ProjectedTeacher { inside, squared_outside: squared_frobenius_norm(outside.as_ref()), squared_norm })
    }
}

/// Extends the n × M orthonormal columns `basis` by as few orthonormal directions as make it span `weights` (n × k) too;
/// returns it with the coordinates of `weights` in it.
fn extended_basis(basis: MatRef<'_, f64>, weights: MatRef<'_, f64>) -> (Mat<f64>, Mat<f64>) {
    let (size, modes) = basis.shape();
    let inside = basis.transpose() * weights;
    if size == modes {
        return (basis.to_owned(), inside);
    }
    let full = basis.qr().compute_Q();
    let complement = full.as_ref().subcols(modes, size - modes);
    let qr = (complement.transpose() * weights).qr();
    let outside = qr.thin_R();
    let directions = complement * qr.compute_thin_Q();
    let extra = directions.ncols();
    let mut extended = Mat::zeros(size, modes + extra);
    extended.as_mut().subcols_mut(0, modes).copy_from(basis);
    extended.as_mut().subcols_mut(modes, extra).copy_from(&directions);
    let mut coordinates = Mat::zeros(modes + extra, weights.ncols());
    coordinates.as_mut().subrows_mut(0, modes).copy_from(&inside);
    coordinates.as_mut().subrows_mut(modes, extra).copy_from(outside);
    (extended, coordinates)
}
