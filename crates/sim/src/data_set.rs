//! The training data.

use crate::{Draw, Inputs, Labels, LinearTeacher, NoiseScale, SimError, TaskSpec};
use faer::{Mat, MatMut};
use linalg_core::{Generator, sample_gaussian, squared_frobenius_norm};
use rand::seq::SliceRandom;
use std::ops::Range;

/// A teacher, inputs X (N₁ × P) and outputs Y = W̄X + Z (N₃ × P, tasks stacked), drawn once and fixed during training.
#[derive(Clone, Debug)]
pub struct DataSet {
    teacher: LinearTeacher,
    inputs: Inputs,
    labels: Mat<f64>,
}

impl DataSet {
    /// Draws the data of `spec`.
    ///
    /// # Errors
    /// As [`TaskSpec::check`].
    pub fn sample(spec: &TaskSpec, draw: Draw) -> Result<Self, SimError> {
        let teacher = LinearTeacher::sample(spec, draw)?;
        let inputs = Inputs::sample(spec, draw);
        let mut labels = inputs.after(teacher.map().as_ref());
        add_noise(&mut labels, spec, &teacher.rows(), draw);
        for (task, rows) in spec.trained_tasks().zip(teacher.rows()) {
            let (outputs, examples) = (rows.len(), spec.examples);
            let mut block = labels.as_mut().subrows_mut(rows.start, outputs);
            match spec.labels {
                Labels::Structured => {}
                Labels::Shuffled => shuffle_entries(block, &mut draw.shuffled_labels(task, outputs, examples)),
                Labels::GaussianMatched => {
                    let mean_square = squared_frobenius_norm(block.as_ref()) / (outputs * examples) as f64;
                    let mut rng = draw.gaussian_labels(task, outputs, examples);
                    block.copy_from(sample_gaussian(outputs, examples, mean_square, &mut rng));
                }
            }
        }
        Ok(Self { teacher, inputs, labels })
    }

    /// The teacher.
    pub fn teacher(&self) -> &LinearTeacher {
        &self.teacher
    }

    /// The inputs.
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// Y, N₃ × P.
    pub fn labels(&self) -> &Mat<f64> {
        &self.labels
    }

    /// Σ¹¹ = XXᵀ, N₁ × N₁.
    pub fn input_covariance(&self) -> Mat<f64> {
        let x = self.inputs.matrix();
        &x * x.transpose()
    }

    /// Σ³¹ = YXᵀ, N₃ × N₁.
    pub fn output_input_covariance(&self) -> Mat<f64> {
        self.inputs.correlation(self.labels.as_ref())
    }
}

/// Adds each task's noise to its `rows` of the clean labels.
pub(crate) fn add_noise(labels: &mut Mat<f64>, spec: &TaskSpec, rows: &[Range<usize>], draw: Draw) {
    for (task, rows) in spec.trained_tasks().zip(rows) {
        let (outputs, examples) = (rows.len(), spec.examples);
        // Unit draws, scaled afterwards: every σ_z sees the same noise.
        let unit = sample_gaussian(outputs, examples, 1.0, &mut draw.noise(task, outputs, examples));
        let mut block = labels.as_mut().subrows_mut(rows.start, outputs);
        block += faer::Scale(noise_deviation(spec, outputs)) * unit;
    }
}

/// Standard deviation of one noise entry of a task with this many outputs.
fn noise_deviation(spec: &TaskSpec, outputs: usize) -> f64 {
    let size = match spec.noise_scale {
        NoiseScale::PerInput => spec.inputs,
        NoiseScale::PerOutput => outputs,
    };
    spec.noise / (size as f64).sqrt()
}

/// Puts the entries of `block` in random order.
fn shuffle_entries(mut block: MatMut<'_, f64>, rng: &mut Generator) {
    let (rows, columns) = (block.nrows(), block.ncols());
    let position = |index: usize| (index % rows, index / rows);
    let mut entries: Vec<f64> = (0..rows * columns).map(|index| block[position(index)]).collect();
    entries.shuffle(rng);
    for (index, entry) in entries.into_iter().enumerate() {
        block[position(index)] = entry;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InputKind;
    use linalg_core::frobenius_norm;

    const DRAW: Draw = Draw { seed: 5, run: 1 };

    fn labels(spec: &TaskSpec) -> Mat<f64> {
        DataSet::sample(spec, DRAW).unwrap().labels
    }

    fn sorted(matrix: &Mat<f64>) -> Vec<f64> {
        let mut entries: Vec<f64> = (0..matrix.ncols()).flat_map(|j| matrix.col(j).iter().copied()).collect();
        entries.sort_by(f64::total_cmp);
        entries
    }

    #[test]
    fn noise_has_the_stated_variance_in_both_conventions() {
        for (noise_scale, size) in [(NoiseScale::PerInput, 80.0), (NoiseScale::PerOutput, 50.0)] {
            let spec = TaskSpec { noise: 2.0, noise_scale, ..TaskSpec::single(80, 50, &[]) };
            let variance = squared_frobenius_norm(labels(&spec).as_ref()) / 4000.0;
            // 4,000 squares: relative standard error √(2/4000); 5 of them, false alarm below 1e-6.
            assert!((variance * size / 4.0 - 1.0).abs() < 5.0 * (2.0 / 4000f64).sqrt());
        }
    }

    #[test]
    fn noise_is_shared_across_strengths_and_noise_levels() {
        let noise_of = |strength: f64, noise: f64| {
            let spec = TaskSpec { noise, ..TaskSpec::single(9, 7, &[strength]) };
            let data = DataSet::sample(&spec, DRAW).unwrap();
            faer::Scale(1.0 / noise) * (data.labels - data.teacher.map())
        };
        assert!(frobenius_norm((noise_of(1.0, 1.0) - noise_of(8.0, 0.5)).as_ref()) < 1e-13);
    }

    #[test]
    fn a_task_has_the_same_data_alone_and_in_company() {
        let joint = TaskSpec {
            examples: 12,
            input_kind: InputKind::Gaussian,
            ..TaskSpec::joint(8, &[3, 4], &[&[2.0], &[1.0]], 0.3)
        };
        let together = labels(&joint);
        // Products of the stack and of a block may differ in the last bit.
        let gap = |a: Mat<f64>, start: usize| {
            frobenius_norm((a.as_ref() - together.as_ref().subrows(start, a.nrows())).as_ref())
        };
        assert!(gap(labels(&joint.task_alone(0)), 0) < 1e-14);
        assert!(gap(labels(&joint.task_alone(1)), 3) < 1e-14);
    }

    #[test]
    fn shuffling_keeps_the_entries_and_destroys_the_order() {
        let structured = TaskSpec::single(20, 10, &[5.0]);
        let shuffled = labels(&TaskSpec { labels: Labels::Shuffled, ..structured.clone() });
        let original = labels(&structured);
        assert_eq!(sorted(&original), sorted(&shuffled));
        let moved =
            (0..20).flat_map(|j| (0..10).map(move |i| (i, j))).filter(|&at| original[at] != shuffled[at]).count();
        // The number of fixed points of a random permutation is Poisson(1): above 12 with probability 1e-10.
        assert!(moved >= 188);
    }

    #[test]
    fn matched_labels_have_the_mean_square_of_the_data() {
        let structured = TaskSpec::single(60, 50, &[8.0]);
        let matched = labels(&TaskSpec { labels: Labels::GaussianMatched, ..structured.clone() });
        let ratio = squared_frobenius_norm(matched.as_ref()) / squared_frobenius_norm(labels(&structured).as_ref());
        assert!((ratio - 1.0).abs() < 5.0 * (2.0 / 3000f64).sqrt());
    }

    #[test]
    fn second_order_statistics_are_products_of_the_data() {
        let spec = TaskSpec { examples: 6, input_kind: InputKind::Gaussian, ..TaskSpec::single(4, 3, &[1.0]) };
        let data = DataSet::sample(&spec, DRAW).unwrap();
        let x = data.inputs.matrix();
        assert!(frobenius_norm((data.input_covariance() - &x * x.transpose()).as_ref()) < 1e-15);
        assert!(frobenius_norm((data.output_input_covariance() - &data.labels * x.transpose()).as_ref()) < 1e-15);
    }

    /// A changed number here means other data for every stored result: raise `ENGINE_VERSION`.
    #[test]
    fn draws_are_pinned() {
        let spec =
            TaskSpec { input_kind: InputKind::Orthonormal, ..TaskSpec::joint(8, &[3, 4], &[&[2.0], &[1.0]], 0.3) };
        let data = DataSet::sample(&spec, DRAW).unwrap();
        let student = crate::StudentSpec::new(5, 2, 1.0);
        let weights = crate::InitialWeights::random(8, 7, &student, DRAW).layers;
        let found = [
            data.teacher().map()[(0, 0)],
            data.teacher().map()[(6, 7)],
            data.inputs().matrix()[(1, 2)],
            data.labels()[(2, 3)],
            data.labels()[(3, 4)],
            weights[0][(4, 5)],
            weights[1][(5, 4)],
        ];
        for (found_value, pinned) in found.iter().zip(PINNED) {
            // Rounding of a QR decomposition differs between kinds of CPU.
            assert!((found_value - pinned).abs() < 1e-13, "{found:?}");
        }
    }

    const PINNED: [f64; 7] = [
        0.06288332372920274,
        0.29685802833213537,
        0.41877276946196357,
        -0.07741501393808964,
        0.17231992399488077,
        0.3936872931522311,
        0.46843721164337754,
    ];
}
