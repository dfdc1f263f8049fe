//! A training aligned student as one scalar per mode.

use crate::alignment::DEFINED_ABOVE;
use crate::training::rise_with_decay;
use crate::{DataModes, Errors, LearningProblem, ModePoint, SimError, Student, StudentSpec, TaskProjections};
use pulp::Arch;

/// Gradient descent of a training aligned student, exactly, at the cost of one scalar per mode and epoch.
///
/// Where Σ¹¹ = g²·I on the seen directions, all matrices of an aligned student stay diagonal in the data's singular
/// vectors: with a the common singular value of the L layers in one mode,
///   a ← a + λ g² a^{L−1} (ŝ − a^L),  s = a^L,  a(0) = ε^{1/L},
/// where ŝ are the singular values of the data matrix ([`LearningProblem::data_matrix`]). It gives what full matrices
/// give, to rounding. The map on unseen directions is zero. With weight decay γ each a also loses λγa; two layers that start
/// out of balance have two numbers a, b for each mode: a ← a + λg² b (ŝ − ab), b ← b + λg² a (ŝ − ab).
/// Stable below [`StudentSpec::learning_rate_bound`].
#[derive(Clone, Debug)]
pub struct AlignedStudent {
    arch: Arch,
    layers: i32,
    /// λ g².
    step: f64,
    /// g².
    squared_gain: f64,
    /// λγ.
    shrinkage: f64,
    /// a of every held mode.
    factors: Vec<f64>,
    /// b of every held mode, for two layers out of balance.
    seconds: Option<Vec<f64>>,
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
    learned: Vec<bool>,
    learning_rate: f64,
    spec: StudentSpec,
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
        let (first, last) = student.layer_strengths();
        let all = &modes.svd.singular_values;
        let held = student.width_limit(all.len());
        let sum_of_squares = |values: &[f64]| squared_gain * values.iter().map(|s| s * s).sum::<f64>();
        let shorten = |task: &TaskProjections| TaskProjections {
            projections: task.projections[..held].to_vec(),
            weights: task.weights[..held].to_vec(),
            ..*task
        };
        Ok(Self {
            arch: Arch::new(),
            layers: student.layers as i32,
            step: learning_rate * squared_gain,
            squared_gain,
            shrinkage: 0.0,
            factors: vec![first; held],
            seconds: (student.balance != 0.0).then(|| vec![last; held]),
            strengths: vec![0.0; held],
            data_strengths: all[..held].to_vec(),
            never_learned: problem.unexplained() + sum_of_squares(&all[held..]),
            label_squared_norm: problem.unexplained() + sum_of_squares(all),
            errors: Errors { train: 0.0, tests: vec![0.0; modes.tasks.len()] },
            tasks: modes.tasks.iter().map(shorten).collect(),
            tracked_modes: tracked_modes.min(held),
            learned: vec![false; tracked_modes.min(held)],
            learning_rate,
            spec: *student,
        })
    }

    /// The same student with weight decay γ ≥ 0.
    pub fn with_decay(self, decay: f64) -> Self {
        Self { shrinkage: self.learning_rate * decay, ..self }
    }

    /// s of every held mode, as of the last [`Student::measure`].
    pub fn strengths(&self) -> &[f64] {
        &self.strengths
    }
}

/// Independent partial sums, so that sums over modes run in vector registers.
const LANES: usize = 16;

/// Σ f(aᵢ, bᵢ, cᵢ), in a fixed order of LANES interleaved partial sums.
#[inline(always)]
fn lane_sum(a: &[f64], b: &[f64], c: &[f64], f: impl Fn(f64, f64, f64) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let (a, b, c) = (a.chunks_exact(LANES), b.chunks_exact(LANES), c.chunks_exact(LANES));
    let rest = a.remainder().iter().zip(b.remainder()).zip(c.remainder());
    let rest: f64 = rest.map(|((a, b), c)| f(*a, *b, *c)).sum();
    for ((a, b), c) in a.zip(b).zip(c) {
        for lane in 0..LANES {
            lanes[lane] += f(a[lane], b[lane], c[lane]);
        }
    }
    lanes.iter().sum::<f64>() + rest
}

impl AlignedStudent {
    #[inline(always)]
    fn measure_in_registers(&mut self) {
        // The exponent is known to the loop: a branch in it would keep it out of vector registers.
        match self.layers {
            1 => self.raise(|a| a),
            2 => self.raise(|a| a * a),
            3 => self.raise(|a| a * a * a),
            4 => self.raise(|a| (a * a) * (a * a)),
            layers => self.raise(|a| a.powi(layers)),
        }
        self.sum_errors();
    }

    #[inline(always)]
    fn sum_errors(&mut self) {
        let (s, data) = (&self.strengths[..], &self.data_strengths[..]);
        let residual = lane_sum(s, data, data, |s, data, _| (data - s) * (data - s));
        self.errors.train = (self.never_learned + self.squared_gain * residual) / self.label_squared_norm;
        for (error, task) in self.errors.tests.iter_mut().zip(&self.tasks) {
            let change = lane_sum(s, &task.weights, &task.projections, |s, weight, projection| {
                s * (weight * s - 2.0 * projection)
            });
            *error = (task.teacher_squared_norm + change) / task.teacher_squared_norm;
        }
    }

    #[inline(always)]
    fn raise(&mut self, power: impl Fn(f64) -> f64) {
        for (s, a) in self.strengths.iter_mut().zip(&self.factors) {
            *s = power(*a);
        }
    }

    /// The strengths of two layers out of balance. (Not in the loop of the others, which must stay in vector registers.)
    #[inline(never)]
    fn multiply(&mut self) {
        let pairs = self.factors.iter().zip(self.seconds.iter().flatten());
        for (s, (a, b)) in self.strengths.iter_mut().zip(pairs) {
            *s = a * b;
        }
    }

    #[inline(always)]
    fn descend_in_registers(&mut self) {
        match self.layers {
            1 => self.advance(|_| 1.0),
            2 => self.advance(|a| a),
            3 => self.advance(|a| a * a),
            4 => self.advance(|a| a * a * a),
            layers => self.advance(|a| a.powi(layers - 1)),
        }
    }

    #[inline(never)]
    fn advance_with_decay(&mut self) {
        let (step, shrinkage, below) = (self.step, self.shrinkage, self.layers - 1);
        for ((a, s), data) in self.factors.iter_mut().zip(&self.strengths).zip(&self.data_strengths) {
            *a += step * a.powi(below) * (data - s) - shrinkage * *a;
        }
    }

    #[inline(never)]
    fn advance_both(&mut self) {
        let (step, keep) = (self.step, 1.0 - self.shrinkage);
        let pairs = self.factors.iter_mut().zip(self.seconds.iter_mut().flatten());
        for ((a, b), (s, data)) in pairs.zip(self.strengths.iter().zip(&self.data_strengths)) {
            let signal = step * (data - s);
            (*a, *b) = (keep * *a + signal * *b, keep * *b + signal * *a);
        }
    }

    #[inline(always)]
    fn advance(&mut self, power: impl Fn(f64) -> f64) {
        let step = self.step;
        for ((a, s), data) in self.factors.iter_mut().zip(&self.strengths).zip(&self.data_strengths) {
            *a += step * power(*a) * (data - s);
        }
    }
}

impl Student for AlignedStudent {
    fn measure(&mut self) -> &Errors {
        if self.seconds.is_some() {
            self.multiply();
            self.sum_errors();
        } else {
            self.arch.dispatch(|| self.measure_in_registers());
        }
        &self.errors
    }

    fn descend(&mut self) {
        if self.seconds.is_some() {
            self.advance_both();
        } else if self.shrinkage > 0.0 {
            self.advance_with_decay();
        } else {
            self.arch.dispatch(|| self.descend_in_registers());
        }
    }

    fn modes(&mut self) -> Result<Vec<Option<ModePoint>>, SimError> {
        for (learned, strength) in self.learned.iter_mut().zip(&self.strengths) {
            *learned |= *strength > DEFINED_ABOVE * self.spec.epsilon;
        }
        let points = self.learned.iter().zip(&self.strengths).take(self.tracked_modes);
        let point = |strength: f64| ModePoint { strength, overlap_output: 1.0, overlap_input: 1.0 };
        Ok(points.map(|(learned, strength)| learned.then(|| point(*strength))).collect())
    }

    fn learning_rate_bound(&self) -> f64 {
        let strongest = self.data_strengths.first().copied().unwrap_or(0.0);
        self.spec.learning_rate_bound(strongest, self.squared_gain, self.shrinkage / self.learning_rate)
    }

    fn allowed_rise(&self) -> f64 {
        rise_with_decay(self.shrinkage)
    }
}
