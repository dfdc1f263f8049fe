//! Data drawn again from estimated teachers.

use linalg_core::faer::{Mat, MatRef};
use linalg_core::{Generator, ThinSvd, sample_gaussian};
use rand::RngExt;
use rand_distr::ChiSquared;

/// Teachers that share their inputs, in coordinates in which they see the first few inputs only, and the noise of each.
pub(crate) struct SimulatedTasks {
    columns: usize,
    teachers: Vec<Mat<f64>>,
    variances: Vec<f64>,
}

impl SimulatedTasks {
    /// `teachers`: outputs × directions, the same directions for all; `columns`: the number of inputs.
    pub(crate) fn new(columns: usize, teachers: Vec<Mat<f64>>, variances: Vec<f64>) -> Self {
        Self { columns, teachers, variances }
    }

    pub(crate) fn teacher(&self, task: usize) -> MatRef<'_, f64> {
        self.teachers[task].as_ref()
    }

    /// One data matrix for each task. All have the singular values, the left vectors and the leading components of the right vectors
    /// of teacher + noise, alone and stacked; columns that hold nothing but noise are as many as there are rows in all, at most.
    pub(crate) fn sample(&self, rng: &mut Generator) -> Vec<Mat<f64>> {
        self.with_noise(&self.sample_noise(rng), 1.0)
    }

    /// As [`SimulatedTasks::sample`], then the same teachers with the same noise turned round, which is as likely: what is of odd order
    /// in the noise cancels in the mean of both.
    pub(crate) fn sample_mirrored(&self, rng: &mut Generator) -> [Vec<Mat<f64>>; 2] {
        let noise = self.sample_noise(rng);
        [1.0, -1.0].map(|sign| self.with_noise(&noise, sign))
    }

    fn sample_noise(&self, rng: &mut Generator) -> Mat<f64> {
        let rows = self.teachers.iter().map(Mat::nrows).sum();
        unit_noise(rows, self.columns, self.teachers[0].ncols(), rng)
    }

    fn with_noise(&self, noise: &Mat<f64>, factor: f64) -> Vec<Mat<f64>> {
        let (directions, mut start) = (self.teachers[0].ncols(), 0);
        let blocks = self.teachers.iter().zip(&self.variances).map(|(teacher, variance)| {
            let (first, deviation) = (start, factor * variance.sqrt());
            start += teacher.nrows();
            Mat::from_fn(teacher.nrows(), noise.ncols(), |i, j| {
                let signal = if j < directions { teacher[(i, j)] } else { 0.0 };
                signal + deviation * noise[(first + i, j)]
            })
        });
        blocks.collect()
    }
}

/// rows × columns of unit noise, or rows × (directions + rows) with the same law of all that rotations of the columns after the first
/// `directions` leave unchanged: these are replaced by their triangular factor (Bartlett).
fn unit_noise(rows: usize, columns: usize, directions: usize, rng: &mut Generator) -> Mat<f64> {
    if columns <= directions + rows {
        return sample_gaussian(rows, columns, 1.0, rng);
    }
    let mut noise = sample_gaussian(rows, directions + rows, 1.0, rng);
    let surplus = columns - directions;
    for i in 0..rows {
        let law = ChiSquared::new((surplus - i) as f64).expect("more columns than rows");
        noise[(i, directions + i)] = rng.sample::<f64, _>(law).sqrt();
        for j in i + 1..rows {
            noise[(i, directions + j)] = 0.0;
        }
    }
    noise
}

/// p_k = û_kᵀ W̄ v̂_k restricted to the rows of `teacher` (outputs × directions), which start at `start` in the decomposed data.
pub(crate) fn projections(svd: &ThinSvd, start: usize, teacher: MatRef<'_, f64>) -> Vec<f64> {
    let left = svd.left.as_ref().subrows(start, teacher.nrows());
    let seen = teacher.transpose() * left;
    (0..left.ncols()).map(|mode| (0..teacher.ncols()).map(|d| seen[(d, mode)] * svd.right[(d, mode)]).sum()).collect()
}
