//! A deep linear student with full matrices.

mod residual;
mod unseen_error;

use crate::aligned_student::learning_rate_bound;
use crate::alignment::Alignment;
use crate::product::{Write, multiply};
use crate::{Errors, InitialWeights, LearningProblem, ModePoint, SimError, Student};
use faer::Mat;
use linalg_core::{frobenius_norm, singular_values};
use pulp::Arch;
use residual::Columns;
use unseen_error::UnseenError;

/// Full-batch gradient descent on all weight matrices, in the coordinates of a [`LearningProblem`].
///
/// One update of layer l (W_l ← W_l + λ S_{l+1}ᵀ E′ (W_{l−1}⋯W₁)ᵀ) needs the suffix products S_l = W_L⋯W_l and the
/// gradient E′ = (T − W V diag(g)) diag(g) of the map. Both are formed once: S_{L−1}, …, S₂, the map S₂W₁, then
/// H₁ = E′W₁ᵀ, H_l = H_{l−1}W_lᵀ, and layer l moves by λ S_{l+1}ᵀH_{l−1}. With all hidden layers of width h that is
/// 3 products of N₃·h·S and 3 of N₃·h² for each layer between. Both errors come from the residual.
#[derive(Clone, Debug)]
pub struct LinearStudent<'p> {
    problem: &'p LearningProblem,
    /// W₁V (seen part), W₂, …, W_L.
    layers: Vec<Mat<f64>>,
    /// W₁ on the unseen directions: never changes.
    unseen_weights: Mat<f64>,
    unseen_error: UnseenError,
    learning_rate: f64,
    /// The map on the seen directions, N₃ × S.
    map: Mat<f64>,
    /// E′, N₃ × S.
    gradient: Mat<f64>,
    /// S₂, …, S_{L−1}: index l − 2 holds S_l. S_L is W_L itself.
    suffixes: Vec<Mat<f64>>,
    /// H, twice: N₃ × h.
    backward: [Mat<f64>; 2],
    /// Squared residuals and squared distances from the teacher, added up along each of the N₃ rows.
    row_sums: [Vec<f64>; 2],
    label_squared_norm: f64,
    errors: Errors,
    alignment: Option<Alignment>,
}

impl<'p> LinearStudent<'p> {
    /// The student at its start.
    ///
    /// # Panics
    /// If the shapes of the weights do not fit the problem.
    pub fn new(problem: &'p LearningProblem, start: &InitialWeights, learning_rate: f64) -> Self {
        let depth = start.layers.len();
        let (outputs, seen) = (problem.outputs(), problem.seen());
        let (first, unseen_weights) = problem.split(start.layers[0].as_ref());
        let mut layers = vec![first];
        layers.extend_from_slice(&start.layers[1..]);
        assert_eq!(layers[depth - 1].nrows(), outputs, "rows of the last layer against outputs");
        let hidden = layers[0].nrows();
        let suffixes = vec![Mat::zeros(outputs, hidden); depth.saturating_sub(2)];
        let scale = frobenius_norm(start.layers[0].as_ref());
        // An aligned start has nothing there but rounding: not worth a product in every epoch.
        let nothing_unseen = frobenius_norm(unseen_weights.as_ref()) <= 1e-12 * scale;
        Self {
            unseen_error: UnseenError::new(problem, unseen_weights.as_ref(), depth, nothing_unseen),
            map: Mat::zeros(outputs, seen),
            gradient: Mat::zeros(outputs, seen),
            backward: [Mat::zeros(outputs, hidden), Mat::zeros(outputs, hidden)],
            row_sums: [vec![0.0; outputs], vec![0.0; outputs]],
            label_squared_norm: problem.label_squared_norm(),
            errors: Errors { train: 0.0, tests: vec![0.0; problem.task_rows().len()] },
            alignment: None,
            problem,
            layers,
            unseen_weights,
            learning_rate,
            suffixes,
        }
    }

    /// The same student with its leading modes compared with the data's at logged epochs.
    pub fn with_alignment(mut self, alignment: Alignment) -> Self {
        self.alignment = Some(alignment);
        self
    }

    /// The weights W₁, …, W_L as they are, in the inputs' own coordinates.
    pub fn weights(&self) -> Vec<Mat<f64>> {
        let mut weights = self.layers.clone();
        weights[0] = self.problem.join(self.layers[0].as_ref(), self.unseen_weights.as_ref());
        weights
    }

    /// The product map W_L⋯W₁ (N₃ × N₁) of the weights as they are, in the inputs' own coordinates.
    pub fn full_map(&self) -> Mat<f64> {
        let mut weights = self.weights();
        let first = weights.remove(0);
        weights.into_iter().fold(first, |product, layer| layer * product)
    }

    /// Forms S_{L−1}, …, S₂ and the map.
    fn forward(&mut self) {
        let depth = self.layers.len();
        if depth == 1 {
            self.map.copy_from(&self.layers[0]);
            return;
        }
        for l in (0..depth - 2).rev() {
            let (target, after) = self.suffixes.split_at_mut(l + 1);
            let above = after.first().unwrap_or(&self.layers[depth - 1]);
            multiply(target[l].as_mut(), Write::Replace, above.as_ref(), self.layers[l + 1].as_ref(), 1.0);
        }
        let above = self.suffixes.first().unwrap_or(&self.layers[depth - 1]);
        multiply(self.map.as_mut(), Write::Replace, above.as_ref(), self.layers[0].as_ref(), 1.0);
    }

    /// Forms E′ and adds up both errors on the seen directions.
    fn residual(&mut self) -> f64 {
        let columns = Columns {
            targets: self.problem.targets(),
            teacher: self.problem.teacher_seen(),
            map: self.map.as_ref(),
            gains: self.problem.gains(),
        };
        let [train, test] = &mut self.row_sums;
        let gradient = self.gradient.as_mut();
        Arch::new().dispatch(|| columns.residual(gradient, train, test));
        for (error, rows) in self.errors.tests.iter_mut().zip(self.problem.task_rows()) {
            *error = test[rows.clone()].iter().sum();
        }
        train.iter().sum()
    }
}

impl Student for LinearStudent<'_> {
    fn measure(&mut self) -> &Errors {
        self.forward();
        let train = self.residual();
        self.errors.train = (train + self.problem.unexplained()) / self.label_squared_norm;
        let outer = self.suffixes.first().or(self.layers.get(1));
        self.unseen_error.add_to(&mut self.errors.tests, outer.map(Mat::as_ref), self.problem);
        for (error, norm) in self.errors.tests.iter_mut().zip(self.problem.teacher_squared_norms()) {
            *error /= norm;
        }
        &self.errors
    }

    fn descend(&mut self) {
        let (rate, depth) = (self.learning_rate, self.layers.len());
        if depth == 1 {
            self.layers[0] += faer::Scale(rate) * &self.gradient;
            return;
        }
        let [back, spare] = &mut self.backward;
        multiply(back.as_mut(), Write::Replace, self.gradient.as_ref(), self.layers[0].transpose(), 1.0);
        let (first, outer) = self.layers.split_at_mut(1);
        let above = self.suffixes.first().unwrap_or(&outer[depth - 2]);
        multiply(first[0].as_mut(), Write::Add, above.transpose(), self.gradient.as_ref(), rate);
        for l in 1..depth - 1 {
            // Everything that needs the old W_l is formed before it moves.
            multiply(spare.as_mut(), Write::Replace, back.as_ref(), self.layers[l].transpose(), 1.0);
            let (moved, rest) = self.layers.split_at_mut(l + 1);
            let above = self.suffixes.get(l).unwrap_or(&rest[depth - 2 - l]);
            multiply(moved[l].as_mut(), Write::Add, above.transpose(), back.as_ref(), rate);
            std::mem::swap(back, spare);
        }
        self.layers[depth - 1] += faer::Scale(rate) * &*back;
    }

    fn modes(&mut self) -> Result<Vec<Option<ModePoint>>, SimError> {
        let Some(mut alignment) = self.alignment.take() else { return Ok(Vec::new()) };
        let points = if self.unseen_weights.ncols() == 0 {
            alignment.points(self.map.as_ref())
        } else {
            // v has a part on the unseen directions, which belongs to its norm.
            let full = self.full_map();
            let (seen, unseen) = self.problem.split(full.as_ref());
            let rotated = faer::concat![[seen, unseen]];
            alignment.points(rotated.as_ref())
        };
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
        learning_rate_bound(self.layers.len(), strongest, largest_gain * largest_gain)
    }
}

#[cfg(test)]
mod tests;
