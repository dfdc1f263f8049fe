//! One data matrix of a task, drawn at its actual size and reduced to the scalars that errors need.

use crate::stopping::gain_on_the_way;
use crate::{DataSpectrum, ModeOverlap, Task, TheoryError};
use linalg_core::faer::{Mat, MatRef};
use linalg_core::{ThinSvd, generator, sample_gaussian, sample_haar_columns, squared_frobenius_norm, thin_svd};
use std::ops::Range;

/// One draw of the data of a task: its singular values ŝ, and how the teacher shows in its singular vectors.
///
/// A student whose singular vectors are those of the data (training aligned, or shrunk) is a list of strengths s, and its
/// errors need no matrix any more:
///
/// * ε_tr = \[E + D Σ (ŝᵢ − sᵢ)²\] / \[E + D Σ ŝᵢ²\], with E the residual no linear map can fit (0 for P ≤ N₁, where D counts as 1);
/// * ε_te = \[Σ (sᵢ² − 2 sᵢ pᵢ) + ‖W̄‖²\] / ‖W̄‖², with the projections pᵢ = ûᵢᵀ W̄ v̂ᵢ.
#[derive(Clone, Debug, PartialEq)]
pub struct DataDraw {
    /// ŝ, M values in decreasing order.
    data_strengths: Vec<f64>,
    overlaps: Vec<ModeOverlap>,
    /// One for every block of outputs that is tested on its own; none for a zero teacher.
    targets: Vec<TestTarget>,
    residual: f64,
    /// D for P > N₁, otherwise 1.
    weight: f64,
}

/// A block of the outputs of the teacher as the data modes see it.
#[derive(Clone, Debug, PartialEq)]
struct TestTarget {
    /// ‖rows of ûᵢ in the block‖².
    shares: Vec<f64>,
    /// pᵢ restricted to the block.
    projections: Vec<f64>,
    squared_norm: f64,
}

/// A teacher as a sum of rank-one terms: left · diag(strengths) · rightᵀ.
#[derive(Clone, Debug)]
pub(super) struct Factors {
    pub(super) left: Mat<f64>,
    pub(super) strengths: Vec<f64>,
    pub(super) right: Mat<f64>,
}

impl Factors {
    pub(super) fn matrix(&self) -> Mat<f64> {
        let scaled =
            Mat::from_fn(self.left.nrows(), self.strengths.len(), |i, j| self.left[(i, j)] * self.strengths[j]);
        scaled * self.right.transpose()
    }

    /// The teacher of both outputs, this one's first.
    pub(super) fn stacked_on(&self, lower: &Self) -> Self {
        let (own, other) = (self.strengths.len(), lower.strengths.len());
        let upper_rows = beside(&self.left, &Mat::zeros(self.left.nrows(), other));
        let lower_rows = beside(&Mat::zeros(lower.left.nrows(), own), &lower.left);
        Self {
            left: stacked(&upper_rows, &lower_rows),
            strengths: [self.strengths.as_slice(), &lower.strengths].concat(),
            right: beside(&self.right, &lower.right),
        }
    }
}

/// \[upper; lower\].
pub(super) fn stacked(upper: &Mat<f64>, lower: &Mat<f64>) -> Mat<f64> {
    let rows = upper.nrows();
    Mat::from_fn(
        rows + lower.nrows(),
        upper.ncols(),
        |i, j| {
            if i < rows { upper[(i, j)] } else { lower[(i - rows, j)] }
        },
    )
}

/// \[left, right\].
fn beside(left: &Mat<f64>, right: &Mat<f64>) -> Mat<f64> {
    let columns = left.ncols();
    Mat::from_fn(left.nrows(), columns + right.ncols(), |i, j| {
        if j < columns { left[(i, j)] } else { right[(i, j - columns)] }
    })
}

/// A draw before its reduction to scalars.
pub(super) struct DrawnData {
    pub(super) svd: ThinSvd,
    pub(super) teacher: Factors,
    /// The teacher's input vectors on the directions seen in training.
    seen: Mat<f64>,
    residual: f64,
    weight: f64,
}

impl DrawnData {
    /// Draw number `run` of the data of `task`. Directions and noise depend on the sizes, `seed` and `run` only, so that tasks
    /// of other strengths or noise levels are compared on the same draws.
    pub(super) fn sample(task: &Task, seed: u64, run: u64) -> Result<Self, TheoryError> {
        let (inputs, outputs) = (task.inputs(), task.outputs());
        let spectrum = DataSpectrum::new(task);
        let stream = |purpose, size: usize| generator(seed, purpose, &[size as u64], run);
        let teacher = Factors {
            left: sample_haar_columns(outputs, task.rank(), &mut stream("ensemble teacher outputs", outputs)),
            strengths: task.strengths().to_vec(),
            right: sample_haar_columns(inputs, task.rank(), &mut stream("ensemble teacher inputs", inputs)),
        };
        let noise = sample_gaussian(
            outputs,
            spectrum.matrix().columns(),
            spectrum.matrix().entry_variance(),
            &mut stream("ensemble noise", outputs),
        );
        let surplus = task.examples().saturating_sub(inputs);
        let unfitted = sample_gaussian(
            outputs,
            surplus,
            task.noise().powi(2) / inputs as f64,
            &mut stream("ensemble residual", outputs),
        );
        Self::from_parts(teacher, noise, squared_frobenius_norm(unfitted.as_ref()), spectrum.pace())
    }

    /// Data = teacher on as many input directions as `noise` has columns, plus `noise`.
    pub(super) fn from_parts(
        teacher: Factors,
        noise: Mat<f64>,
        residual: f64,
        weight: f64,
    ) -> Result<Self, TheoryError> {
        let seen = teacher.right.as_ref().subrows(0, noise.ncols()).to_owned();
        let signal = Factors { right: seen.clone(), ..teacher.clone() }.matrix();
        Ok(Self { svd: thin_svd((signal + noise).as_ref())?, teacher, seen, residual, weight })
    }

    /// The same data, its errors told against another map of the same sizes, which need not be of low rank.
    pub(super) fn against(&self, map: Mat<f64>) -> Self {
        let inputs = map.ncols();
        let (strengths, right) = (vec![1.0; inputs], Mat::identity(inputs, inputs));
        let seen = right.as_ref().subrows(0, self.seen.nrows()).to_owned();
        let teacher = Factors { left: map, strengths, right };
        Self { svd: self.svd.clone(), teacher, seen, ..*self }
    }

    /// The scalars that aligned students need, with test errors of blocks of output rows of the given sizes, from the top.
    pub(super) fn reduce(&self, blocks: &[usize]) -> DataDraw {
        let inputs = self.seen.transpose() * &self.svd.right;
        let outputs = self.teacher.left.transpose() * &self.svd.left;
        let rank = self.teacher.strengths.len();
        let overlaps = (0..rank.min(self.svd.singular_values.len()))
            .map(|a| ModeOverlap {
                strength: self.svd.singular_values[a],
                output: outputs[(a, a)].abs(),
                input: inputs[(a, a)].abs(),
            })
            .collect();
        let mut end = 0;
        let mut target = |size: usize| {
            end += size;
            self.target(end - size..end, inputs.as_ref())
        };
        let targets = if rank == 0 { Vec::new() } else { blocks.iter().map(|&size| target(size)).collect() };
        let data_strengths = self.svd.singular_values.clone();
        DataDraw { data_strengths, overlaps, targets, residual: self.residual, weight: self.weight }
    }

    /// `inputs`: v̄_β · v̂ᵢ, rank × M.
    fn target(&self, rows: Range<usize>, inputs: MatRef<'_, f64>) -> TestTarget {
        let left = self.svd.left.as_ref().subrows(rows.start, rows.len());
        let teacher = Factors {
            left: self.teacher.left.as_ref().subrows(rows.start, rows.len()).to_owned(),
            ..self.teacher.clone()
        };
        let outputs = teacher.left.transpose() * left;
        let modes = 0..left.ncols();
        let project = |i: usize| -> f64 {
            teacher.strengths.iter().enumerate().map(|(b, s)| s * outputs[(b, i)] * inputs[(b, i)]).sum()
        };
        TestTarget {
            shares: modes.clone().map(|i| left.col(i).squared_norm_l2()).collect(),
            projections: modes.map(project).collect(),
            squared_norm: squared_frobenius_norm(teacher.matrix().as_ref()),
        }
    }

    /// Turns ‖Σ − W‖²_F of a student's map into its training error.
    pub(super) fn train_error(&self, squared_residual: f64) -> f64 {
        relative_train_error(squared_residual, &self.svd.singular_values, self.residual, self.weight)
    }
}

/// \[E + D‖Σ − W‖²\] / \[E + D Σ ŝᵢ²\].
fn relative_train_error(squared_residual: f64, data_strengths: &[f64], residual: f64, weight: f64) -> f64 {
    let total: f64 = data_strengths.iter().map(|s| s * s).sum();
    (residual + weight * squared_residual) / (residual + weight * total)
}

impl DataDraw {
    /// ŝ: the singular values of the data, in decreasing order (of W* = Σ³¹/D for P > N₁).
    pub fn data_strengths(&self) -> &[f64] {
        &self.data_strengths
    }

    /// The leading data modes, as many as the teacher has, beside the teacher's: ŝ_α, |û_α·ū_α| and |v̂_α·v̄_α|.
    ///
    /// Modes are paired by rank; teachers with equal strengths have no such pairing.
    pub fn overlaps(&self) -> &[ModeOverlap] {
        &self.overlaps
    }

    /// pᵢ = ûᵢᵀ W̄ v̂ᵢ, the strength that minimises the test error of mode i; empty for a zero teacher.
    pub fn projections(&self) -> &[f64] {
        self.targets.first().map_or(&[], |target| &target.projections)
    }

    /// τ divided by the time constant of learning: D for P > N₁, else 1.
    pub(super) fn pace(&self) -> f64 {
        self.weight
    }

    /// Training error of a student with the data's singular vectors and the given strengths (missing ones count as 0).
    pub fn train_error(&self, strengths: &[f64]) -> f64 {
        let held = self.data_strengths.iter().zip(strengths).map(|(s_hat, s)| (s_hat - s).powi(2)).sum::<f64>();
        let left: f64 = self.data_strengths.iter().skip(strengths.len()).map(|s_hat| s_hat * s_hat).sum();
        relative_train_error(held + left, &self.data_strengths, self.residual, self.weight)
    }

    /// Test error of a student with the data's singular vectors and the given strengths (missing ones count as 0); `None`
    /// for a zero teacher.
    pub fn test_error(&self, strengths: &[f64]) -> Option<f64> {
        self.block_error(0, strengths)
    }

    /// Test error on one block of outputs.
    pub(super) fn block_error(&self, block: usize, strengths: &[f64]) -> Option<f64> {
        let target = self.targets.get(block)?;
        let change: f64 = (strengths.iter().zip(&target.shares).zip(&target.projections))
            .map(|((s, share), p)| s * (s * share - 2.0 * p))
            .sum();
        Some(1.0 + change / target.squared_norm)
    }

    /// dε/dsᵢ of the test error on one block of outputs, with sᵢ = `strength`; 0 for a zero teacher.
    pub(super) fn block_slope(&self, block: usize, mode: usize, strength: f64) -> f64 {
        let slope = |t: &TestTarget| 2.0 * (strength * t.shares[mode] - t.projections[mode]) / t.squared_norm;
        self.targets.get(block).map_or(0.0, slope)
    }

    /// By how much the test error on one block of outputs can still fall while the strengths go to `ends`; 0 for a zero teacher.
    pub(super) fn block_gain(&self, block: usize, strengths: &[f64], ends: &[f64]) -> f64 {
        let Some(target) = self.targets.get(block) else { return 0.0 };
        let gain = |(mode, &strength): (usize, &f64)| match target.shares[mode] {
            0.0 => 0.0,
            share => gain_on_the_way(share, target.projections[mode] / share, strength, ends[mode]),
        };
        strengths.iter().enumerate().map(gain).sum::<f64>() / target.squared_norm
    }

    /// pᵢ/‖ûᵢ‖² restricted to one block of outputs, the strength of mode i that is best for its test error; 0 for a zero
    /// teacher, and no number for a mode without a part in the block.
    pub(super) fn best_strength(&self, block: usize, mode: usize) -> f64 {
        self.targets.get(block).map_or(0.0, |target| target.projections[mode] / target.shares[mode])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_those_of_the_matrices() {
        // Examples below and at inputs; a student W = Û diag(s) V̂ᵀ on the seen inputs, zero on the others.
        for columns in [6, 9] {
            let mut rng = generator(31, "draw", &[], columns as u64);
            let teacher = Factors {
                left: sample_gaussian(7, 2, 1.0, &mut rng),
                strengths: vec![2.0, 1.0],
                right: sample_gaussian(9, 2, 1.0, &mut rng),
            };
            let noise = sample_gaussian(7, columns, 0.2, &mut rng);
            let (full, weight, residual) = (teacher.matrix(), 1.5, 0.7);
            let seen = full.as_ref().subcols(0, columns).to_owned();
            let data = DrawnData::from_parts(teacher, noise.clone(), residual, weight).unwrap();
            let draw = data.reduce(&[3, 4]);
            let strengths = [1.3, 0.8, 0.1];
            let leading = ThinSvd { singular_values: strengths.to_vec(), ..data.svd.leading(3) };
            let map = leading.reconstruct();
            let mut embedded = Mat::<f64>::zeros(7, 9);
            embedded.as_mut().subcols_mut(0, columns).copy_from(&map);
            for (block, (start, size)) in [(0, 3), (3, 4)].into_iter().enumerate() {
                let rows = |m: &Mat<f64>| squared_frobenius_norm(m.as_ref().subrows(start, size));
                let expected = rows(&(&embedded - &full)) / rows(&full);
                assert!((draw.block_error(block, &strengths).unwrap() - expected).abs() < 1e-13);
            }
            let norm = |m: &Mat<f64>| squared_frobenius_norm(m.as_ref());
            let matrix = seen + noise;
            let left = norm(&(&matrix - &map));
            let expected = (residual + weight * left) / (residual + weight * norm(&matrix));
            assert!((draw.train_error(&strengths) - expected).abs() < 1e-13);
            assert!((data.train_error(left) - expected).abs() < 1e-13);
        }
    }
}
