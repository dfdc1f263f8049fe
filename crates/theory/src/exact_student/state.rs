//! A student at one time.

use super::coordinates::Coordinates;
use super::{ExactStudent, ProjectedTeacher};
use crate::{InitialWeights, TheoryError};
use linalg_core::faer::Mat;
use linalg_core::{singular_values, squared_frobenius_norm, thin_svd};

/// A [`ExactStudent`] at one time: what can be asked of its map.
#[derive(Clone, Debug)]
pub struct StudentState<'a> {
    student: &'a ExactStudent,
    /// W₁ᵀ in the student's coordinates, q × k, up to a rotation of the hidden units.
    input: Mat<f64>,
    /// W₂ in the student's coordinates, p × k, up to the same rotation.
    output: Mat<f64>,
    /// The map in the student's coordinates, p × q.
    map: Mat<f64>,
}

/// One mode (singular triplet s, u, v) of a student's map beside the mode of the data with the same rank.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModeOverlap {
    /// s, singular value of the student's map.
    pub strength: f64,
    /// |u·û|, overlap on the output side.
    pub output: f64,
    /// |v·v̂|, overlap on the input side.
    pub input: f64,
}

impl<'a> StudentState<'a> {
    /// From X in the eigenbasis of F.
    pub(super) fn new(student: &'a ExactStudent, factor: &Mat<f64>) -> Self {
        let (modes, units) = (student.data_strengths.len(), factor.ncols());
        let (q, p) = (student.coordinates.input.ncols(), student.coordinates.output.ncols());
        let half = 0.5_f64.sqrt();
        let input = Mat::from_fn(q, units, |i, j| match i {
            i if i < modes => {
                half * (student.sides[i][0] * factor[(i, j)] + student.sides[i][1] * factor[(modes + i, j)])
            }
            i => factor[(modes + i, j)],
        });
        let output = Mat::from_fn(p, units, |i, j| match i {
            i if i < modes => {
                half * (student.sides[i][1] * factor[(i, j)] - student.sides[i][0] * factor[(modes + i, j)])
            }
            i => factor[(q + i, j)],
        });
        let map = &output * input.transpose();
        Self { student, input, output, map }
    }

    /// Weights W₁, W₂ with this map, of the same balance, up to a rotation of the hidden units (which no error depends on and the
    /// exact solution does not know). A student started from them continues this one.
    pub fn weights(&self) -> InitialWeights {
        let Coordinates { output, input } = &self.student.coordinates;
        InitialWeights { first: (input * &self.input).transpose().to_owned(), second: output * &self.output }
    }

    /// The map W₂W₁, outputs × inputs.
    pub fn map(&self) -> Mat<f64> {
        &self.student.coordinates.output * &self.map * self.student.coordinates.input.transpose()
    }

    /// Training error ‖Σ − W‖²_F / ‖Σ‖²_F.
    ///
    /// # Errors
    /// [`TheoryError::ZeroReference`] if the data are zero.
    pub fn train_error(&self) -> Result<f64, TheoryError> {
        let reference = self.student.squared_data_norm;
        if reference == 0.0 {
            return Err(TheoryError::ZeroReference { reference: "the data matrix" });
        }
        Ok(self.squared_residual() / reference)
    }

    /// ‖Σ − W‖²_F, without cancellation as the map approaches the data.
    pub fn squared_residual(&self) -> f64 {
        let mut residual = self.map.clone();
        for (i, strength) in self.student.data_strengths.iter().enumerate() {
            residual[(i, i)] -= strength;
        }
        squared_frobenius_norm(residual.as_ref())
    }

    /// Test error ‖W − W̄‖²_F / ‖W̄‖²_F against a teacher prepared by [`ExactStudent::project`].
    ///
    /// # Panics
    /// If the teacher was prepared by a student with other coordinates.
    pub fn test_error(&self, teacher: &ProjectedTeacher) -> f64 {
        assert_eq!(teacher.inside.shape(), self.map.shape(), "teacher and student have different coordinates");
        let difference = &self.map - &teacher.inside;
        (squared_frobenius_norm(difference.as_ref()) + teacher.squared_outside) / teacher.squared_norm
    }

    /// ûᵢᵀ W v̂ᵢ for every mode of the data.
    pub(crate) fn strengths_on_data_modes(&self) -> Vec<f64> {
        (0..self.student.data_strengths.len()).map(|i| self.map[(i, i)]).collect()
    }

    /// The singular values of the map, in decreasing order: as many as the coordinates hold, at least the nonzero ones.
    ///
    /// # Errors
    /// [`TheoryError::Linalg`] if the decomposition fails.
    pub fn strengths(&self) -> Result<Vec<f64>, TheoryError> {
        Ok(singular_values(self.map.as_ref())?)
    }

    /// The leading `count` modes of the map beside those of the data (fewer if the map has fewer).
    ///
    /// # Errors
    /// [`TheoryError::Linalg`] if the decomposition fails.
    pub fn overlaps(&self, count: usize) -> Result<Vec<ModeOverlap>, TheoryError> {
        let svd = thin_svd(self.map.as_ref())?;
        let count = count.min(self.student.data_strengths.len());
        Ok((0..count)
            .map(|i| ModeOverlap {
                strength: svd.singular_values[i],
                output: svd.left[(i, i)].abs(),
                input: svd.right[(i, i)].abs(),
            })
            .collect())
    }
}
