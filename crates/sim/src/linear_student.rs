//! A deep linear student with full matrices.

use crate::aligned_student::learning_rate_bound;
use crate::alignment::Alignment;
use crate::product::{Write, multiply};
use crate::{Errors, InitialWeights, LearningProblem, ModePoint, SimError, Student};
use faer::reborrow::ReborrowMut;
use faer::{Mat, MatMut, MatRef};
use linalg_core::{frobenius_norm, singular_values, squared_frobenius_norm};
use pulp::Arch;

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

/// What one pass over the map needs.
struct Columns<'a> {
    targets: MatRef<'a, f64>,
    teacher: MatRef<'a, f64>,
    map: MatRef<'a, f64>,
    gains: &'a [f64],
}

impl Columns<'_> {
    /// Writes g (t − g w) to `gradient`, and for every row Σ (t − g w)² to `train` and Σ (w − w̄)² to `test`.
    ///
    /// Sums by row, because rows are independent: the loop runs in vector registers, and every task finds its part.
    #[inline(always)]
    fn residual(&self, mut gradient: MatMut<'_, f64>, train: &mut [f64], test: &mut [f64]) {
        let rows = train.len();
        train.fill(0.0);
        test.fill(0.0);
        for (j, &gain) in self.gains.iter().enumerate() {
            let target = &contiguous(self.targets, j)[..rows];
            let teacher = &contiguous(self.teacher, j)[..rows];
            let map = &contiguous(self.map, j)[..rows];
            let Some(gradient) = gradient.rb_mut().col_mut(j).try_as_col_major_mut() else { panic!("{STORED}") };
            let gradient = &mut gradient.as_slice_mut()[..rows];
            let (train, test) = (&mut train[..rows], &mut test[..rows]);
            for i in 0..rows {
                let residual = target[i] - gain * map[i];
                gradient[i] = gain * residual;
                train[i] += residual * residual;
                let distance = map[i] - teacher[i];
                test[i] += distance * distance;
            }
        }
    }
}

/// An invariant of [`LearningProblem`] and of the buffers here.
const STORED: &str = "matrices of a learning problem are stored by columns";

#[inline(always)]
fn contiguous(matrix: MatRef<'_, f64>, column: usize) -> &[f64] {
    match matrix.col(column).try_as_col_major() {
        Some(column) => column.as_slice(),
        None => panic!("{STORED}"),
    }
}

/// The error of the map on the directions that the data do not show, where W₁ is frozen but the rest is not.
///
/// ‖S₂C − W̄⊥‖² with the frozen C (h × N₁−S). Where C has more columns than rows, C = FQᵀ with an h × h factor F and
/// orthonormal Q, and the error is ‖S₂F − W̄⊥Q‖² + ‖W̄⊥‖² − ‖W̄⊥Q‖².
#[derive(Clone, Debug)]
struct UnseenError {
    /// F, without columns where C is zero or L = 1.
    factor: Mat<f64>,
    /// W̄⊥Q.
    teacher: Mat<f64>,
    /// The part that does not change, for each task.
    constant: Vec<f64>,
    product: Mat<f64>,
}

impl UnseenError {
    fn new(problem: &LearningProblem, frozen: MatRef<'_, f64>, depth: usize, nothing: bool) -> Self {
        let teacher = problem.teacher_unseen();
        let norms = |matrix: MatRef<'_, f64>| -> Vec<f64> {
            let rows = problem.task_rows().iter();
            rows.map(|rows| squared_frobenius_norm(matrix.subrows(rows.start, rows.len()))).collect()
        };
        let (hidden, unseen) = frozen.shape();
        let (factor, teacher, constant) = if nothing {
            (Mat::zeros(hidden, 0), Mat::zeros(problem.outputs(), 0), norms(teacher))
        } else if depth == 1 {
            (Mat::zeros(hidden, 0), Mat::zeros(problem.outputs(), 0), norms((frozen - teacher).as_ref()))
        } else if unseen <= hidden {
            (frozen.to_owned(), teacher.to_owned(), vec![0.0; problem.task_rows().len()])
        } else {
            let qr = frozen.transpose().qr();
            let projected = teacher * qr.compute_thin_Q();
            let rest =
                norms(teacher).into_iter().zip(norms(projected.as_ref())).map(|(all, part)| (all - part).max(0.0));
            let rest = rest.collect();
            (qr.thin_R().transpose().to_owned(), projected, rest)
        };
        let product = Mat::zeros(problem.outputs(), factor.ncols());
        Self { factor, teacher, constant, product }
    }

    /// Adds this part to each task's squared distance; `outer` is S₂.
    fn add_to(&mut self, tests: &mut [f64], outer: Option<MatRef<'_, f64>>, problem: &LearningProblem) {
        for (test, constant) in tests.iter_mut().zip(&self.constant) {
            *test += constant;
        }
        let Some(outer) = outer.filter(|_| self.factor.ncols() > 0) else { return };
        multiply(self.product.as_mut(), Write::Replace, outer, self.factor.as_ref(), 1.0);
        self.product -= &self.teacher;
        for (test, rows) in tests.iter_mut().zip(problem.task_rows()) {
            *test += squared_frobenius_norm(self.product.as_ref().subrows(rows.start, rows.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataModes, DataSet, Draw, InputKind, StudentSpec, TaskSpec};
    use proptest::prelude::*;

    const DRAW: Draw = Draw { seed: 12, run: 0 };

    fn loss(data: &DataSet, weights: &[Mat<f64>]) -> f64 {
        let map = weights[1..].iter().fold(weights[0].clone(), |product, layer| layer * product);
        0.5 * squared_frobenius_norm((data.labels() - map * data.inputs().matrix()).as_ref())
    }

    /// W_l ← W_l + λ (W_L⋯W_{l+1})ᵀ (Σ³¹ − WΣ¹¹) (W_{l−1}⋯W₁)ᵀ as it is written, nothing shared or skipped.
    fn update_by_definition(data: &DataSet, weights: &[Mat<f64>], rate: f64) -> Vec<Mat<f64>> {
        let product = |layers: &[Mat<f64>], size: usize| {
            layers.iter().fold(Mat::<f64>::identity(size, size), |product, layer| layer * product)
        };
        let inputs = weights[0].ncols();
        let error = data.output_input_covariance() - product(weights, inputs) * data.input_covariance();
        let moved = weights.iter().enumerate().map(|(l, layer)| {
            let above = product(&weights[l + 1..], layer.nrows());
            let below = product(&weights[..l], inputs);
            layer + faer::Scale(rate) * (above.transpose() * &error * below.transpose())
        });
        moved.collect()
    }

    fn distance(a: &[Mat<f64>], b: &[Mat<f64>]) -> f64 {
        a.iter().zip(b).map(|(a, b)| frobenius_norm((a - b).as_ref())).fold(0.0, f64::max)
    }

    fn kinds() -> impl Strategy<Value = InputKind> {
        prop_oneof![Just(InputKind::OneHot), Just(InputKind::Orthonormal), Just(InputKind::Gaussian)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn updates_and_errors_are_the_definitions(
            inputs in 1usize..14, outputs in 1usize..14, hidden in 1usize..16, layers in 1usize..6,
            examples in 1usize..25, kind in kinds(), noise in prop_oneof![Just(0.0), Just(1.0)], aligned in any::<bool>(),
        ) {
            // Tall, wide, square and 1 × n maps; without noise the data have rank 1.
            let examples = if kind == InputKind::OneHot { inputs } else { examples };
            let task = TaskSpec { examples, input_kind: kind, noise, ..TaskSpec::joint(inputs + 1, &[outputs, 2], &[&[3.0], &[1.0]], 0.5) };
            let task = TaskSpec { examples: if kind == InputKind::OneHot { inputs + 1 } else { examples }, ..task };
            let student = StudentSpec { hidden, layers, epsilon: 0.3 };
            let data = DataSet::sample(&task, DRAW).unwrap();
            let problem = LearningProblem::new(&data).unwrap();
            let start = if aligned {
                InitialWeights::training_aligned(&problem, &DataModes::all(&problem).unwrap(), &student, DRAW)
            } else {
                InitialWeights::random(problem.inputs(), problem.outputs(), &student, DRAW)
            };
            let rate = 0.004;
            let mut fast = LinearStudent::new(&problem, &start, rate);
            let mut trimmed = LinearStudent::new(&problem, &start.without_inert_units(), rate);
            let mut slow = start.layers.clone();
            for _ in 0..12 {
                let errors = fast.measure().clone();
                trimmed.measure();
                let by_definition = loss(&data, &slow) / (0.5 * squared_frobenius_norm(data.labels().as_ref()));
                prop_assert!((errors.train - by_definition).abs() <= 1e-12);
                let map = slow[1..].iter().fold(slow[0].clone(), |product, layer| layer * product);
                for ((rows, teacher), error) in data.teacher().rows().into_iter().zip(data.teacher().tasks()).zip(&errors.tests) {
                    let distance = map.as_ref().subrows(rows.start, rows.len()) - teacher.map();
                    let wanted = squared_frobenius_norm(distance.as_ref()) / teacher.squared_norm();
                    prop_assert!((error - wanted).abs() <= 1e-12 * wanted.max(1.0));
                }
                slow = update_by_definition(&data, &slow, rate);
                fast.descend();
                trimmed.descend();
            }
            prop_assert!(distance(&fast.weights(), &slow) < 1e-12);
            prop_assert!(frobenius_norm((fast.full_map() - trimmed.full_map()).as_ref()) < 1e-12);
        }
    }

    #[test]
    fn an_update_follows_the_gradient_of_the_loss() {
        for (kind, examples) in [(InputKind::OneHot, 7), (InputKind::Orthonormal, 4), (InputKind::Gaussian, 9)] {
            let task = TaskSpec { examples, input_kind: kind, ..TaskSpec::single(7, 6, &[2.0]) };
            let student = StudentSpec { hidden: 5, layers: 3, epsilon: 0.5 };
            let data = DataSet::sample(&task, DRAW).unwrap();
            let problem = LearningProblem::new(&data).unwrap();
            let start = InitialWeights::random(7, 6, &student, DRAW);
            let mut moved = LinearStudent::new(&problem, &start, 1.0);
            moved.measure();
            moved.descend();
            for (l, after) in moved.weights().iter().enumerate() {
                for (i, j) in [(0, 0), (1, 3), (4, 2)] {
                    let h = 1e-5;
                    let shifted = |shift: f64| {
                        let mut weights = start.layers.clone();
                        weights[l][(i, j)] += shift;
                        loss(&data, &weights)
                    };
                    // Central differences: error h²·(third derivative)/6 and rounding ε·loss/h, both near 1e-10.
                    let slope = (shifted(h) - shifted(-h)) / (2.0 * h);
                    assert!((after[(i, j)] - start.layers[l][(i, j)] + slope).abs() < 1e-8, "layer {l} at {i}, {j}");
                }
            }
        }
    }
}
