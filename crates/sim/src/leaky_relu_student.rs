//! A leaky-ReLU student with full matrices.

use crate::kernel::{Add, Dense, Real, Right, product};
use crate::leaky_relu::{Activate, PassBack, StepBehindUnits, activate_from};
use crate::output_errors::Targets;
use crate::{Errors, Inputs, LeakyReluProblem, ModePoint, SimError, Student};
use faer::Mat;
use std::ops::Range;

/// Full-batch gradient descent on ½‖Y − f̂(X)‖², f̂(x) = g(W_L f(W_{L−1} ⋯ f(W₁x))), with f(z) = z for z > 0 and
/// slope · z otherwise, and g the identity or f.
///
/// Examples are rows here: layer l holds V_l = W_lᵀ and its activations A_l = f(A_{l−1}V_l), A₀ = Xᵀ (P × N₁). With
/// D_L = (Yᵀ − Ŷᵀ) ∘ g′, the update is
///   D_{l−1} = (D_l V_lᵀ) ∘ f′(A_{l−1}),  V_l ← V_l + λ A_{l−1}ᵀ D_l (− λγV_l with weight decay),  all layers at once:
/// 3L − 1 products. One-hot inputs (A₀ = I) save two of them, exactly: A₁ = f(V₁), and layer 1 moves by λD₁ itself.
/// No gradient is stored, and both errors come from the outputs that the next update needs anyway; with inputs other
/// than one-hot the test error takes a second forward pass.
#[derive(Clone, Debug)]
pub struct LeakyReluStudent<T: Real> {
    slope: T,
    output_slope: T,
    learning_rate: T,
    /// λγ.
    shrinkage: T,
    /// V₁ (N₁ × N₂), …, V_L (N₂ × N₃).
    layers: Vec<Dense<T>>,
    training: Pass<T>,
    /// The forward pass on one-hot inputs, where that is another one.
    testing: Option<Pass<T>>,
    /// Aᵀ of one layer.
    transposed: Dense<T>,
    /// D of hidden layers, twice.
    signals: [Dense<T>; 2],
    /// Outputs of each task.
    columns: Vec<Range<usize>>,
    label_squared_norm: f64,
    target_squared_norms: Vec<f64>,
    linear_bound: f64,
    errors: Errors,
}

/// One forward pass through all layers.
#[derive(Clone, Debug)]
struct Pass<T: Real> {
    inputs: PassInputs<T>,
    /// A₁, …, A_{L−1}.
    activations: Vec<Dense<T>>,
    /// Ŷᵀ, and after the comparison D_L.
    outputs: Dense<T>,
    targets: Targets<T>,
}

#[derive(Clone, Debug)]
enum PassInputs<T: Real> {
    OneHot,
    /// X (N₁ × P) and Xᵀ.
    Full {
        plain: Dense<T>,
        transposed: Dense<T>,
    },
}

impl<T: Real> LeakyReluStudent<T> {
    /// The student with weights `layers` (W₁, …, W_L, rows are outputs). `slope` ≥ 0 is f's, `output_slope` g's (1 for
    /// linear outputs).
    ///
    /// # Panics
    /// If there are no layers or their shapes do not fit the problem.
    pub fn new(
        problem: &LeakyReluProblem,
        layers: &[Mat<f64>],
        slope: f64,
        output_slope: f64,
        learning_rate: f64,
    ) -> Self {
        let layers: Vec<Dense<T>> = layers.iter().map(|w| Dense::from_mat(w.transpose())).collect();
        let inputs = match problem.inputs() {
            Inputs::OneHot(_) => PassInputs::OneHot,
            Inputs::Orthonormal(x) | Inputs::Gaussian(x) => {
                PassInputs::Full { plain: Dense::from_mat(x.as_ref()), transposed: Dense::from_mat(x.transpose()) }
            }
        };
        let clean = Dense::from_mat(problem.targets().transpose());
        let labels = Dense::from_mat(problem.labels().transpose());
        let (training, testing) = match inputs {
            PassInputs::OneHot => (Pass::new(inputs, &layers, Targets { labels, clean }), None),
            PassInputs::Full { .. } => {
                // Each pass has one kind of targets; the other sum of the comparison is not used.
                let training = Targets { clean: labels.clone(), labels };
                let testing = Targets { labels: clean.clone(), clean };
                (Pass::new(inputs, &layers, training), Some(Pass::new(PassInputs::OneHot, &layers, testing)))
            }
        };
        let (examples, hidden) = (training.outputs.rows(), layers[0].cols());
        Self {
            slope: T::from_f64(slope),
            output_slope: T::from_f64(output_slope),
            learning_rate: T::from_f64(learning_rate),
            shrinkage: T::default(),
            transposed: Dense::zeros(hidden, examples),
            signals: [Dense::zeros(examples, hidden), Dense::zeros(examples, hidden)],
            columns: problem.task_columns().to_vec(),
            label_squared_norm: problem.label_squared_norm(),
            target_squared_norms: problem.target_squared_norms().to_vec(),
            errors: Errors { train: 0.0, tests: vec![0.0; problem.task_columns().len()] },
            linear_bound: problem.linear_learning_rate_bound(layers.len()),
            layers,
            training,
            testing,
        }
    }

    /// The same student with every layer losing this share λγ ≥ 0 of itself with each update.
    pub fn with_shrinkage(self, shrinkage: f64) -> Self {
        Self { shrinkage: T::from_f64(shrinkage), ..self }
    }

    /// The weights W₁, …, W_L as they are.
    pub fn weights(&self) -> Vec<Mat<f64>> {
        self.layers.iter().map(|layer| layer.to_mat().transpose().to_owned()).collect()
    }

    /// Whether no weight ever moves again though outputs are wrong: the error signal reaches no layer because of dead or
    /// zero units.
    ///
    /// Only after [`Student::measure`]. Costs an update.
    fn is_stuck(&self) -> bool {
        if self.errors.train <= 0.0 {
            return false;
        }
        let mut probe = self.clone();
        // A step so long that no gradient is lost in the rounding of the weight that it is added to.
        probe.learning_rate = T::from_f64((1_u64 << 60) as f64);
        probe.shrinkage = T::default();
        probe.descend();
        probe.layers.iter().zip(&self.layers).all(|(moved, layer)| moved.entries() == layer.entries())
    }
}

impl<T: Real> Pass<T> {
    fn new(inputs: PassInputs<T>, layers: &[Dense<T>], targets: Targets<T>) -> Self {
        let examples = targets.labels.rows();
        let hidden = &layers[..layers.len() - 1];
        let activations = hidden.iter().map(|layer| Dense::zeros(examples, layer.cols())).collect();
        Self { inputs, activations, outputs: Dense::zeros(examples, targets.labels.cols()), targets }
    }

    /// Forms A₁, …, A_{L−1} and the outputs.
    fn forward(&mut self, layers: &[Dense<T>], slope: T, output_slope: T) {
        for (l, layer) in layers.iter().enumerate() {
            let (before, after) = self.activations.split_at_mut(l);
            let (target, slope) = match after.first_mut() {
                Some(hidden) => (hidden, slope),
                None => (&mut self.outputs, output_slope),
            };
            match (before.last(), &self.inputs) {
                (Some(source), _) => product(target, Activate { slope }, source, Right::Plain(layer)),
                (None, PassInputs::OneHot) => activate_from(target, layer, slope),
                (None, PassInputs::Full { transposed, .. }) => {
                    product(target, Activate { slope }, transposed, Right::Plain(layer));
                }
            }
        }
    }
}

impl<T: Real> Student for LeakyReluStudent<T> {
    fn measure(&mut self) -> &Errors {
        self.training.forward(&self.layers, self.slope, self.output_slope);
        if let Some(testing) = &mut self.testing {
            testing.forward(&self.layers, self.slope, self.output_slope);
        }
        let mut train = 0.0;
        for ((columns, norm), error) in self.columns.iter().zip(&self.target_squared_norms).zip(&mut self.errors.tests)
        {
            let Pass { outputs, targets, .. } = &mut self.training;
            let mut squared = targets.compare(outputs, columns.clone(), self.output_slope);
            train += squared.train;
            if let Some(Pass { outputs, targets, .. }) = &mut self.testing {
                squared = targets.compare(outputs, columns.clone(), self.output_slope);
            }
            *error = squared.test / norm;
        }
        self.errors.train = train / self.label_squared_norm;
        &self.errors
    }

    fn descend(&mut self) {
        let (rate, slope) = (self.learning_rate, self.slope);
        // A layer decays when the signal has passed through it, before it moves. (It keeps all signs.)
        let shrinkage = Some(self.shrinkage).filter(|shrinkage| *shrinkage != T::default());
        let decay = |layer: &mut Dense<T>| {
            if let Some(share) = shrinkage {
                layer.shrink(share);
            }
        };
        let Pass { inputs, activations, outputs, .. } = &mut self.training;
        let [first, second] = &mut self.signals;
        let (mut above, mut below, mut unused) = (outputs, first, Some(second));
        for l in (1..self.layers.len()).rev() {
            let (lower, upper) = self.layers.split_at_mut(l);
            let (layer, source) = (&mut upper[0], &activations[l - 1]);
            // The signal passes through the old weights, then they move.
            if l == 1 && matches!(inputs, PassInputs::OneHot) {
                decay(&mut lower[0]);
                product(&mut lower[0], StepBehindUnits { rate, slope }, above, Right::Transposed(layer));
            } else {
                product(below, PassBack { slope, through: source }, above, Right::Transposed(layer));
            }
            self.transposed.transpose_from(source);
            decay(layer);
            product(layer, Add { factor: rate }, &self.transposed, Right::Plain(above));
            match unused.take() {
                // The outputs are done with; from here on the two signals take turns.
                Some(fresh) => above = std::mem::replace(&mut below, fresh),
                None => std::mem::swap(&mut above, &mut below),
            }
        }
        match inputs {
            PassInputs::Full { plain, .. } => {
                decay(&mut self.layers[0]);
                product(&mut self.layers[0], Add { factor: rate }, plain, Right::Plain(above))
            }
            PassInputs::OneHot if self.layers.len() == 1 => {
                decay(&mut self.layers[0]);
                self.layers[0].add_scaled(rate, above);
            }
            // Layer 1 has moved while the signal came down.
            PassInputs::OneHot => {}
        }
    }

    fn learning_rate_bound(&self) -> f64 {
        self.linear_bound
    }

    /// A rise by the size of the labels themselves; smaller ones happen when units switch.
    fn allowed_rise(&self) -> f64 {
        1.0
    }

    fn require_alive(&mut self, run: &str, epoch: u64) -> Result<(), SimError> {
        if self.is_stuck() {
            return Err(SimError::Stuck { run: run.to_owned(), epoch, train_error: self.errors.train });
        }
        Ok(())
    }

    fn modes(&mut self) -> Result<Vec<Option<ModePoint>>, SimError> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataSet, Draw, InputKind, LearningProblem, LinearStudent, TaskSpec, TeacherKind};
    use linalg_core::{generator, sample_gaussian};
    use proptest::prelude::*;

    const DRAW: Draw = Draw { seed: 6, run: 0 };

    /// ŷ for examples in columns, as it is written.
    fn outputs(layers: &[Mat<f64>], x: &Mat<f64>, slope: f64, output_slope: f64) -> Mat<f64> {
        let mut signal = x.clone();
        for (l, layer) in layers.iter().enumerate() {
            let slope = if l + 1 == layers.len() { output_slope } else { slope };
            let z = layer * &signal;
            signal = Mat::from_fn(z.nrows(), z.ncols(), |i, j| z[(i, j)] * if z[(i, j)] > 0.0 { 1.0 } else { slope });
        }
        signal
    }

    fn loss(problem: &LeakyReluProblem, layers: &[Mat<f64>], slope: f64, output_slope: f64) -> f64 {
        let residual = problem.labels() - outputs(layers, &problem.inputs().matrix(), slope, output_slope);
        0.5 * linalg_core::squared_frobenius_norm(residual.as_ref())
    }

    fn gaussian_layers(sizes: &[usize]) -> Vec<Mat<f64>> {
        let layer = |(l, pair): (usize, &[usize])| {
            sample_gaussian(pair[1], pair[0], 1.0 / pair[0] as f64, &mut generator(7, "student test", &[l as u64], 0))
        };
        sizes.windows(2).enumerate().map(layer).collect()
    }

    fn kinds() -> impl Strategy<Value = InputKind> {
        prop_oneof![Just(InputKind::OneHot), Just(InputKind::Orthonormal), Just(InputKind::Gaussian)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn updates_are_finite_differences_and_errors_their_definitions(
            inputs in 1usize..9, outputs_a in 1usize..6, outputs_b in 1usize..5, hidden in 1usize..12,
            depth in 1usize..5, input_kind in kinds(), extra in 0usize..6, slope in 0.0f64..1.5, activated: bool,
            decay in prop_oneof![Just(0.0), 0.0..1.0],
        ) {
            let examples = if input_kind == InputKind::OneHot { inputs } else { inputs + extra };
            let task = TaskSpec::joint(inputs, &[outputs_a, outputs_b], &[&[2.0], &[]], 0.0);
            let task = TaskSpec { examples, input_kind, ..task };
            let problem = LeakyReluProblem::sample(&task, TeacherKind::Linear, DRAW).unwrap();
            let mut sizes = vec![inputs];
            sizes.extend(vec![hidden; depth - 1]);
            sizes.push(outputs_a + outputs_b);
            let layers = gaussian_layers(&sizes);
            let output_slope = if activated { slope } else { 1.0 };
            let student = LeakyReluStudent::<f64>::new(&problem, &layers, slope, output_slope, 1.0);
            let mut student = student.with_shrinkage(decay);

            let Errors { train, tests } = student.measure().clone();
            let norm = problem.label_squared_norm();
            prop_assert!((train * norm / 2.0 / loss(&problem, &layers, slope, output_slope) - 1.0).abs() < 1e-12);
            let learned = outputs(&layers, &Mat::identity(inputs, inputs), slope, output_slope);
            let gap = (learned - problem.targets()).as_ref().subrows(0, outputs_a).to_owned();
            let test = linalg_core::squared_frobenius_norm(gap.as_ref()) / 4.0;
            prop_assert!((tests[0] / test - 1.0).abs() < 1e-12);

            student.descend();
            let moved = student.weights();
            // Central differences of step h: error h²/6 times the third derivative, which is 0 between the kinks of a
            // piecewise polynomial of degree 2 in one weight, plus rounding 2⁻⁵³·loss/h. Where a kink lies within ± h
            // the difference is meaningless: a different one-sided difference tells.
            let h = 1e-5;
            let here = loss(&problem, &layers, slope, output_slope);
            let bound = 1e-9 * (1.0 + here);
            let (mut judged, mut total) = (0, 0);
            for l in 0..depth {
                for i in 0..layers[l].nrows() {
                    for j in 0..layers[l].ncols() {
                        let at = |delta: f64| {
                            let mut layers = layers.clone();
                            layers[l][(i, j)] += delta;
                            loss(&problem, &layers, slope, output_slope)
                        };
                        let (up, down) = (at(h) - here, here - at(-h));
                        let curvature = (at(2.0 * h) - at(h)) - up;
                        let smooth = ((up - down) - curvature).abs() < 1e-13 * (1.0 + here);
                        let descent = moved[l][(i, j)] - (1.0 - decay) * layers[l][(i, j)];
                        total += 1;
                        if smooth {
                            judged += 1;
                            prop_assert!((descent + (up + down) / (2.0 * h)).abs() < bound, "layer {l} ({i}, {j})");
                        }
                    }
                }
            }
            prop_assert!(2 * judged > total, "only {judged} of {total} derivatives could be judged");
        }
    }

    #[test]
    fn slope_one_is_the_linear_student_over_the_whole_trajectory() {
        for input_kind in [InputKind::OneHot, InputKind::Gaussian] {
            for depth in [2, 4] {
                let task = TaskSpec { input_kind, ..TaskSpec::single(16, 10, &[4.0, 2.0]) };
                let data = DataSet::sample(&task, DRAW).unwrap();
                let rotated = LearningProblem::new(&data).unwrap();
                let problem = LeakyReluProblem::sample(&task, TeacherKind::Linear, DRAW).unwrap();
                let student = crate::StudentSpec::new(8, depth, 1e-2);
                let start = crate::InitialWeights::random(16, 10, &student, DRAW);
                // With three hidden layers nothing leaves a small start against much decay.
                let (rate, epochs, decay) = (5e-3, 2000, if depth == 2 { 0.5 } else { 0.01 });
                let mut linear = LinearStudent::new(&rotated, &start, rate).with_decay(decay);
                let mut leaky =
                    LeakyReluStudent::<f64>::new(&problem, &start.layers, 1.0, 1.0, rate).with_shrinkage(rate * decay);
                let mut last = 1.0;
                for epoch in 0..=epochs {
                    let (a, b) = (linear.measure().clone(), leaky.measure().clone());
                    // An epoch rounds every weight by about 16 · 2⁻⁵³ of its size; relative deviations add up over
                    // epochs and are not amplified (growth multiplies both alike, saturation damps them).
                    let bound = 16.0 * f64::EPSILON * (epoch as f64 + 1.0);
                    assert!((a.train - b.train).abs() <= bound, "{depth} layers, epoch {epoch}: {a:?} {b:?}");
                    assert!((a.tests[0] - b.tests[0]).abs() <= bound, "{depth} layers, epoch {epoch}: {a:?} {b:?}");
                    last = b.train;
                    linear.descend();
                    leaky.descend();
                }
                assert!(last < 0.3, "nothing was learned: {last}");
            }
        }
    }

    #[test]
    fn single_precision_follows_double() {
        for (depth, slope, output_slope) in [(2, 0.1, 1.0), (4, 0.1, 1.0), (2, 0.2, 0.2)] {
            let task = TaskSpec::single(30, 20, &[6.0, 3.0]);
            let problem = LeakyReluProblem::sample(&task, TeacherKind::Linear, DRAW).unwrap();
            let student = crate::StudentSpec::new(20, depth, 1e-1);
            let start = crate::InitialWeights::random(30, 20, &student, DRAW).layers;
            let mut double = LeakyReluStudent::<f64>::new(&problem, &start, slope, output_slope, 1e-2);
            let mut single = LeakyReluStudent::<f32>::new(&problem, &start, slope, output_slope, 1e-2);
            let mut last = 1.0;
            for epoch in 0..=500 {
                let (a, b) = (double.measure().clone(), single.measure().clone());
                // As for slope 1, with 2⁻²⁴: 30 rounded terms a sum, independent in sign, so √30 of them an epoch.
                let bound = 30f64.sqrt() * f64::from(f32::EPSILON) * (epoch as f64 + 1.0);
                assert!((a.train - b.train).abs() <= bound, "{depth} layers, epoch {epoch}: {a:?} {b:?}");
                assert!((a.tests[0] - b.tests[0]).abs() <= bound, "{depth} layers, epoch {epoch}: {a:?} {b:?}");
                last = b.train;
                double.descend();
                single.descend();
            }
            assert!(last < 0.5, "nothing was learned: {last}");
        }
    }
}
