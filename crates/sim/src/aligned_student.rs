//! A training aligned student as one scalar per mode.

use crate::{DataModes, Errors, LearningProblem, ModePoint, SimError, Student, StudentSpec, TaskProjections};

/// Gradient descent of a training aligned student, exactly, at the cost of one scalar per mode and epoch.
///
/// Where Σ¹¹ = g²·I on the seen directions, all matrices of an aligned student stay diagonal in the data's singular
/// vectors: with a the common singular value of the L layers in one mode,
///   a ← a + λ g² a^{L−1} (ŝ − a^L),  s = a^L,  a(0) = ε^{1/L},
/// where ŝ are the singular values of the data matrix ([`LearningProblem::data_matrix`]). It gives what full matrices
/// give, to rounding. The map on unseen directions is zero. Stable at its end for λ g² L ŝ₁^{2−2/L} < 2.
#[derive(Clone, Debug)]
pub struct AlignedStudent {
    layers: i32,
    /// λ g².
    step: f64,
    /// g².
    squared_gain: f64,
    /// a of every held mode.
    factors: Vec<f64>,
    /// s = a^L.
    strengths: Vec<f64>,
    /// ŝ of every held mode.
    data_strengths: Vec<f64>,
    tasks: Vec<TaskProjections>,
    /// E + g² Σ ŝ² over the modes that are not held.
    never_learned: f64,
    /// ‖Y‖².
    label_squared_norm: f64,
    errors: Errors,
    tracked_modes: usize,
    epsilon: f64,
    learned: Vec<bool>,
}

impl AlignedStudent {
    /// The student at its start. `modes` are all modes of `problem`; the strongest `held` of them are learned.
    ///
    /// # Errors
    /// [`SimError::Invalid`] if the inputs are not white on the directions they show.
    pub fn new(
        problem: &LearningProblem,
        modes: &DataModes,
        student: &StudentSpec,
        learning_rate: f64,
        tracked_modes: usize,
    ) -> Result<Self, SimError> {
        let Some(gain) = problem.common_gain() else {
            return Err(SimError::invalid("inputs", "not white", "one-hot or orthonormal for the scalar recursion"));
        };
        let squared_gain = gain * gain;
        let all = &modes.svd.singular_values;
        let held = if student.layers == 1 { all.len() } else { all.len().min(student.hidden) };
        let sum_of_squares = |values: &[f64]| squared_gain * values.iter().map(|s| s * s).sum::<f64>();
        let shorten = |task: &TaskProjections| TaskProjections {
            projections: task.projections[..held].to_vec(),
            weights: task.weights[..held].to_vec(),
            ..*task
        };
        Ok(Self {
            layers: student.layers as i32,
            step: learning_rate * squared_gain,
            squared_gain,
            factors: vec![student.epsilon.powf(1.0 / student.layers as f64); held],
            strengths: vec![0.0; held],
            data_strengths: all[..held].to_vec(),
            never_learned: problem.unexplained() + sum_of_squares(&all[held..]),
            label_squared_norm: problem.unexplained() + sum_of_squares(all),
            errors: Errors { train: 0.0, tests: vec![0.0; modes.tasks.len()] },
            tasks: modes.tasks.iter().map(shorten).collect(),
            tracked_modes: tracked_modes.min(held),
            epsilon: student.epsilon,
            learned: vec![false; tracked_modes.min(held)],
        })
    }

    /// s of every held mode, as of the last [`Student::measure`].
    pub fn strengths(&self) -> &[f64] {
        &self.strengths
    }
}

/// Independent partial sums, so that sums over modes run in vector registers.
const LANES: usize = 8;

/// Σ f(i) over all indices below `count`, in a fixed order of LANES interleaved partial sums.
#[inline(always)]
fn lane_sum(count: usize, f: impl Fn(usize) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let whole = count - count % LANES;
    for start in (0..whole).step_by(LANES) {
        for (lane, sum) in lanes.iter_mut().enumerate() {
            *sum += f(start + lane);
        }
    }
    let rest: f64 = (whole..count).map(&f).sum();
    lanes.iter().sum::<f64>() + rest
}

impl Student for AlignedStudent {
    fn measure(&mut self) -> &Errors {
        let layers = self.layers;
        for (s, a) in self.strengths.iter_mut().zip(&self.factors) {
            *s = power(*a, layers);
        }
        let (s, data) = (&self.strengths[..], &self.data_strengths[..self.strengths.len()]);
        let residual = lane_sum(s.len(), |i| (data[i] - s[i]) * (data[i] - s[i]));
        self.errors.train = (self.never_learned + self.squared_gain * residual) / self.label_squared_norm;
        for (error, task) in self.errors.tests.iter_mut().zip(&self.tasks) {
            let (weights, projections) = (&task.weights[..s.len()], &task.projections[..s.len()]);
            let change = lane_sum(s.len(), |i| s[i] * (weights[i] * s[i] - 2.0 * projections[i]));
            *error = (task.teacher_squared_norm + change) / task.teacher_squared_norm;
        }
        &self.errors
    }

    fn descend(&mut self) {
        let (step, layers) = (self.step, self.layers);
        for ((a, s), data) in self.factors.iter_mut().zip(&self.strengths).zip(&self.data_strengths) {
            *a += step * power(*a, layers - 1) * (data - s);
        }
    }

    fn modes(&mut self) -> Result<Vec<Option<ModePoint>>, SimError> {
        for (learned, strength) in self.learned.iter_mut().zip(&self.strengths) {
            *learned |= *strength > 1.5 * self.epsilon;
        }
        let points = self.learned.iter().zip(&self.strengths).take(self.tracked_modes);
        let point = |strength: f64| ModePoint { strength, overlap_output: 1.0, overlap_input: 1.0 };
        Ok(points.map(|(learned, strength)| learned.then(|| point(*strength))).collect())
    }

    fn learning_rate_bound(&self) -> f64 {
        let strongest = self.data_strengths.first().copied().unwrap_or(0.0);
        learning_rate_bound(self.layers as usize, strongest, self.squared_gain)
    }
}

/// a^n with the common exponents spelled out.
#[inline(always)]
fn power(a: f64, n: i32) -> f64 {
    match n {
        0 => 1.0,
        1 => a,
        2 => a * a,
        3 => a * a * a,
        4 => (a * a) * (a * a),
        _ => a.powi(n),
    }
}

/// 2/(L ŝ₁^{2−2/L} g²): above it the end of training is unstable, because the curvature of the loss at the solution,
/// balanced among the layers, is L ŝ₁^{2−2/L} g². Infinite for ŝ₁ = 0 (L ≥ 2).
pub(crate) fn learning_rate_bound(layers: usize, strongest: f64, squared_gain: f64) -> f64 {
    let depth = layers as f64;
    2.0 / (depth * strongest.powf(2.0 - 2.0 / depth) * squared_gain)
}
