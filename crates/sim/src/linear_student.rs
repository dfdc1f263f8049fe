//! A deep linear student with full matrices.

mod comparison;
mod unseen_error;

use crate::alignment::Alignment;
use crate::kernel::{Add, AddScaled, Dense, Replace, Right, Subtract, product};
use crate::multirevolution::SmoothStudent;
use crate::training::rise_with_decay;
use crate::{Errors, InitialWeights, LearningProblem, ModePoint, SimError, Student, StudentSpec};
use comparison::Comparison;
use faer::{Mat, MatRef};
use linalg_core::{frobenius_norm, singular_values};
use unseen_error::UnseenError;

/// Full-batch gradient descent on all weight matrices, in the coordinates of a [`LearningProblem`].
///
/// One update of layer l (W_l ← W_l + λ S_{l+1}ᵀ E diag(g) (W_{l−1}⋯W₁V)ᵀ) needs the suffix products S_l = W_L⋯W_l and
/// the residual E = T − W V diag(g). Both are formed once: S_{L−1}, …, S₂, the residual, then H₁ = E diag(g) (W₁V)ᵀ,
/// H_l = H_{l−1}W_lᵀ, and layer l moves by λ S_{l+1}ᵀH_{l−1}. With all hidden layers of width h that is 3 products of
/// N₃·h·S and 3 of N₃·h² for each layer between. Both errors come from the residual.
///
/// Everything is stored transposed, because the inputs are the longest dimension and fill the vector registers best. The
/// first layer is kept as U = diag(g)(W₁V)ᵀ: then EᵀS₂ moves it at a rate λg² of its row, and no other product knows the
/// gains. No gradient is stored: the products end in the layers they move. Each layer's old value is needed once more
/// after it has moved, in H; that is the transposed copy which that product takes anyway.
#[derive(Clone, Debug)]
pub struct LinearStudent<'p> {
    problem: &'p LearningProblem,
    /// U (S × h), W₂ᵀ, …, W_Lᵀ; for L = 1 U is S × N₃.
    layers: Vec<Dense<f64>>,
    /// W₁ on the unseen directions at the start: only decay ever changes it.
    unseen_weights: Mat<f64>,
    /// What decay has left of it.
    unseen_share: f64,
    unseen_error: UnseenError,
    comparison: Comparison,
    /// Teachers of other tasks with the same outputs, on which the student is tested as well, with their ‖W̄‖².
    further: Vec<(Comparison, f64)>,
    learning_rate: f64,
    /// λγ.
    shrinkage: f64,
    first_rate: FirstRate,
    /// Eᵀ, S × N₃.
    residual: Dense<f64>,
    /// S₂ᵀ, …, S_{L−1}ᵀ (h × N₃): index l − 2 holds S_lᵀ. S_L is W_L itself.
    suffixes: Vec<Dense<f64>>,
    /// Hᵀ, twice: h × N₃.
    backward: [Dense<f64>; 2],
    /// Uᵀ and a W_l.
    transposed: [Dense<f64>; 2],
    label_squared_norm: f64,
    errors: Errors,
    alignment: Option<Alignment>,
    /// Of the start, for the bound on the learning rate.
    balance: f64,
}

/// λg² of the rows of U.
#[derive(Clone, Debug)]
enum FirstRate {
    /// Of all of them.
    Common(f64),
    /// Of each, in the shape of U.
    ByRow(Dense<f64>),
}

impl<'p> LinearStudent<'p> {
    /// The student at its start.
    ///
    /// # Panics
    /// If the shapes of the weights do not fit the problem.
    pub fn new(problem: &'p LearningProblem, start: &InitialWeights, learning_rate: f64) -> Self {
        let depth = start.layers.len();
        let (outputs, seen, gains) = (problem.outputs(), problem.seen(), problem.gains());
        let (first, unseen_weights) = problem.split(start.layers[0].as_ref());
        let hidden = first.nrows();
        let mut layers = vec![Dense::from_fn(seen, hidden, |i, j| gains[i] * first[(j, i)])];
        layers.extend(start.layers[1..].iter().map(|layer| Dense::from_mat(layer.transpose())));
        assert_eq!(layers[depth - 1].cols(), outputs, "rows of the last layer against outputs");
        let first_rate = match problem.common_gain() {
            Some(gain) => FirstRate::Common(learning_rate * gain * gain),
            None => FirstRate::ByRow(Dense::from_fn(seen, hidden, |i, _| learning_rate * gains[i] * gains[i])),
        };
        let scale = frobenius_norm(start.layers[0].as_ref());
        // An aligned start has nothing there but rounding: not worth a product in every epoch.
        let nothing_unseen = frobenius_norm(unseen_weights.as_ref()) <= 1e-12 * scale;
        Self {
            unseen_error: UnseenError::new(problem, unseen_weights.as_ref(), depth, nothing_unseen),
            comparison: Comparison::new(problem, problem.teacher_seen()),
            further: Vec::new(),
            residual: Dense::zeros(seen, outputs),
            suffixes: vec![Dense::zeros(hidden, outputs); depth.saturating_sub(2)],
            backward: [Dense::zeros(hidden, outputs), Dense::zeros(hidden, outputs)],
            transposed: [Dense::zeros(hidden, seen), Dense::zeros(hidden, hidden)],
            label_squared_norm: problem.label_squared_norm(),
            errors: Errors { train: 0.0, tests: vec![0.0; problem.task_rows().len()] },
            alignment: None,
            problem,
            layers,
            unseen_weights,
            unseen_share: 1.0,
            learning_rate,
            shrinkage: 0.0,
            balance: 0.0,
            first_rate,
        }
    }

    /// The same student with weight decay γ ≥ 0: every layer also loses λγ of itself with each update.
    pub fn with_decay(self, decay: f64) -> Self {
        Self { shrinkage: self.learning_rate * decay, ..self }
    }

    /// The same student, told the balance of its start, on which its largest stable learning rate depends.
    pub(crate) fn with_balance(self, balance: f64) -> Self {
        Self { balance, ..self }
    }

    /// The same student, tested on the teachers of further problems, too: after its own tests, one for each. They have the same
    /// inputs, of which the data show every direction, and the same outputs, all of one task.
    ///
    /// # Panics
    /// If they do not.
    pub(crate) fn with_further_teachers(mut self, others: &[&LearningProblem]) -> Self {
        assert_eq!(self.problem.seen(), self.problem.inputs(), "directions that the data show against all of them");
        self.further = others
            .iter()
            .map(|other| (Comparison::new(self.problem, other.teacher_seen()), other.teacher_squared_norms()[0]))
            .collect();
        self.errors.tests.resize(self.problem.task_rows().len() + others.len(), 0.0);
        self
    }

    /// The same student with its leading modes compared with the data's at logged epochs.
    pub fn with_alignment(mut self, alignment: Alignment) -> Self {
        self.alignment = Some(alignment);
        self
    }

    /// The weights W₁, …, W_L as they are, in the inputs' own coordinates.
    pub fn weights(&self) -> Vec<Mat<f64>> {
        let gains = self.problem.gains();
        let first = &self.layers[0];
        let seen = Mat::from_fn(first.cols(), first.rows(), |i, j| first.col(i)[j] / gains[j]);
        let unseen = faer::Scale(self.unseen_share) * &self.unseen_weights;
        let mut weights = vec![self.problem.join(seen.as_ref(), unseen.as_ref())];
        weights.extend(self.layers[1..].iter().map(|layer| layer.to_mat().transpose().to_owned()));
        weights
    }

    /// The product map W_L⋯W₁ (N₃ × N₁) of the weights as they are, in the inputs' own coordinates.
    pub fn full_map(&self) -> Mat<f64> {
        let mut weights = self.weights();
        let first = weights.remove(0);
        weights.into_iter().fold(first, |product, layer| layer * product)
    }

    /// W₁V⊥ at the start, N₂ × (N₁ − S).
    pub(crate) fn unseen_weights(&self) -> MatRef<'_, f64> {
        self.unseen_weights.as_ref()
    }

    /// What decay has left of W₁V⊥: 1 without it.
    pub(crate) fn unseen_share(&self) -> f64 {
        self.unseen_share
    }

    /// Whether all that an update changes is in [`SmoothStudent::layers`]: not so where decay acts on unseen directions.
    pub(crate) fn is_smooth(&self) -> bool {
        self.shrinkage == 0.0 || self.unseen_weights.ncols() == 0
    }

    /// S₂ᵀ as of the last [`Student::measure`]; none for L = 1.
    pub(crate) fn outer(&self) -> Option<&Dense<f64>> {
        self.suffixes.first().or(self.layers.get(1))
    }

    /// Forms S_{L−1}, …, S₂ and the residual.
    fn forward(&mut self) {
        for l in (0..self.suffixes.len()).rev() {
            let (target, after) = self.suffixes.split_at_mut(l + 1);
            let above = after.first().unwrap_or(&self.layers[l + 2]);
            product(&mut target[l], Replace, &self.layers[l + 1], Right::Plain(above));
        }
        let outer = self.suffixes.first().or(self.layers.get(1));
        let from = &self.comparison.targets;
        match outer {
            Some(outer) => product(&mut self.residual, Subtract { from }, &self.layers[0], Right::Plain(outer)),
            None => {
                self.residual = from.clone();
                self.residual.add_scaled(-1.0, &self.layers[0]);
            }
        }
    }

    /// Adds the layers' increments to `target`, which has their shapes, or to the layers themselves if it is `None`: every
    /// product then takes the value that a layer had before it moved.
    fn add_increments(&mut self, mut target: Option<&mut [Dense<f64>]>) {
        let (rate, depth) = (self.learning_rate, self.layers.len());
        let [back, spare] = &mut self.backward;
        for l in 0..depth - 1 {
            let signal = if l == 0 { &self.residual } else { &*back };
            let old = &mut self.transposed[l.min(1)];
            old.transpose_from(&self.layers[l]);
            decay(&mut self.layers, target.as_deref_mut(), l, self.shrinkage);
            let (own, rest) = self.layers.split_at_mut(l + 1);
            let above = self.suffixes.get(l).unwrap_or(&rest[0]);
            let moved = target.as_deref_mut().map_or(&mut own[l], |target| &mut target[l]);
            match l {
                0 => self.first_rate.step(moved, signal, above),
                _ => product(moved, Add { factor: rate }, signal, Right::Transposed(above)),
            }
            if l == depth - 2 {
                decay(&mut self.layers, target.as_deref_mut(), l + 1, self.shrinkage);
                let rest = &mut self.layers[l + 1..];
                let last = target.as_deref_mut().map_or(&mut rest[0], |target| &mut target[l + 1]);
                product(last, Add { factor: rate }, old, Right::Plain(signal));
            } else {
                product(spare, Replace, old, Right::Plain(signal));
                std::mem::swap(back, spare);
            }
        }
        if depth == 1 {
            decay(&mut self.layers, target.as_deref_mut(), 0, self.shrinkage);
            let moved = target.map_or(&mut self.layers[0], |target| &mut target[0]);
            self.first_rate.step_alone(moved, &self.residual);
        }
    }
}

/// Takes λγ of layer `l` away, from itself or from the increment in its place, before the gradient's part is added.
fn decay(layers: &mut [Dense<f64>], target: Option<&mut [Dense<f64>]>, l: usize, shrinkage: f64) {
    if shrinkage > 0.0 {
        match target {
            Some(increments) => increments[l].add_scaled(-shrinkage, &layers[l]),
            None => layers[l].shrink(shrinkage),
        }
    }
}

impl FirstRate {
    /// Moves U by `signal` · `above`ᵀ.
    fn step(&self, first: &mut Dense<f64>, signal: &Dense<f64>, above: &Dense<f64>) {
        match self {
            Self::Common(factor) => product(first, Add { factor: *factor }, signal, Right::Transposed(above)),
            Self::ByRow(factors) => product(first, AddScaled { factors }, signal, Right::Transposed(above)),
        }
    }

    /// Moves the U of a student without hidden layers by `signal`.
    fn step_alone(&self, first: &mut Dense<f64>, signal: &Dense<f64>) {
        match self {
            Self::Common(factor) => first.add_scaled(*factor, signal),
            Self::ByRow(factors) => first.add_products(factors, signal),
        }
    }
}

impl Student for LinearStudent<'_> {
    fn measure(&mut self) -> &Errors {
        self.forward();
        let mut train = 0.0;
        for (rows, error) in self.problem.task_rows().iter().zip(&mut self.errors.tests) {
            let squared = self.comparison.errors(&self.residual, rows.clone());
            train += squared.train;
            *error = squared.test;
        }
        self.errors.train = (train + self.problem.unexplained()) / self.label_squared_norm;
        let outer = self.suffixes.first().or(self.layers.get(1));
        self.unseen_error.add_to(&mut self.errors.tests, outer, self.problem);
        for (error, norm) in self.errors.tests.iter_mut().zip(self.problem.teacher_squared_norms()) {
            *error /= norm;
        }
        let own = self.problem.task_rows().len();
        for ((comparison, norm), error) in self.further.iter().zip(&mut self.errors.tests[own..]) {
            *error = comparison.errors(&self.residual, 0..self.problem.outputs()).test / norm;
        }
        &self.errors
    }

    fn descend(&mut self) {
        self.add_increments(None);
        if !self.is_smooth() {
            self.unseen_share *= 1.0 - self.shrinkage;
            self.unseen_error.shrink(self.shrinkage, self.problem);
        }
    }

    fn modes(&mut self) -> Result<Vec<Option<ModePoint>>, SimError> {
        let Some(mut alignment) = self.alignment.take() else { return Ok(Vec::new()) };
        let (seen, unseen) = self.problem.split(self.full_map().as_ref());
        // v has a part on the unseen directions, which belongs to its norm.
        let rotated = if unseen.ncols() == 0 { seen } else { faer::concat![[seen, unseen]] };
        let points = alignment.points(rotated.as_ref());
        self.alignment = Some(alignment);
        points
    }

    fn learning_rate_bound(&self) -> f64 {
        // The best map W*V = T diag(1/g) and the strongest input direction; exact where all gains are equal.
        let gains = self.problem.gains();
        let best =
            Mat::from_fn(self.problem.outputs(), self.problem.seen(), |i, j| self.problem.targets()[(i, j)] / gains[j]);
        let strongest = singular_values(best.as_ref()).ok().and_then(|values| values.first().copied()).unwrap_or(0.0);
        let largest_gain = gains.iter().copied().fold(0.0, f64::max);
        let sizes = StudentSpec::new(1, self.layers.len(), 1.0).with_balance(self.balance);
        sizes.learning_rate_bound(strongest, largest_gain * largest_gain, self.shrinkage / self.learning_rate)
    }

    fn allowed_rise(&self) -> f64 {
        rise_with_decay(self.shrinkage)
    }
}

impl SmoothStudent for LinearStudent<'_> {
    fn layers(&self) -> &[Dense<f64>] {
        &self.layers
    }

    fn layers_mut(&mut self) -> &mut [Dense<f64>] {
        &mut self.layers
    }

    fn increments_to(&mut self, target: &mut [Dense<f64>]) {
        for layer in target.iter_mut() {
            layer.entries_mut().fill(0.0);
        }
        self.add_increments(Some(target));
    }
}

#[cfg(test)]
mod tests;
