//! The two starts of a linear student.

use crate::{DataModes, Draw, LearningProblem, StudentSpec};
use faer::{Mat, MatRef};
use linalg_core::{sample_haar_columns, sample_haar_orthogonal};

/// The weights W₁, …, W_L before training.
///
/// All nonzero singular values of the product are ε, every layer holds ε^{1/L} of it, and the start is balanced:
/// W_{l+1}ᵀW_{l+1} = W_lW_lᵀ. Hidden units beyond the used ones have zero incoming **and** zero outgoing weights, so
/// they stay zero for ever; zero outgoing weights alone would break the balance.
#[derive(Clone, Debug)]
pub struct InitialWeights {
    /// W₁ (N₂ × N₁), W₂, …, W_{L−1} (N₂ × N₂), W_L (N₃ × N₂); for L = 1 one matrix N₃ × N₁.
    pub layers: Vec<Mat<f64>>,
    /// The number of hidden units, the first ones, that take part.
    pub used_units: usize,
}

impl InitialWeights {
    /// The random start: on the m = min(N₁, N₂, N₃) used units every layer is ε^{1/L} times a slice of an independent
    /// Haar orthogonal matrix: m orthonormal rows, m × m between, m orthonormal columns. For L = 1 it is ε times the
    /// product of two such slices. With a balance (L = 2) all N₂ units take part: those beyond m have no weights in the layer
    /// with the smaller ones, and orthonormal weights of size √|balance| in the other.
    pub fn random(inputs: usize, outputs: usize, student: &StudentSpec, draw: Draw) -> Self {
        let StudentSpec { hidden, layers, .. } = *student;
        let used = student.width_limit(inputs.min(outputs));
        // Columns of the first and of the last layer.
        let (of_first, of_last) = match student.balance {
            0.0 => (used, used),
            balance if balance > 0.0 => (used, hidden),
            _ => (hidden, used),
        };
        let sizes = [inputs, hidden, outputs];
        let first = |layer| sample_haar_columns(inputs, of_first, &mut draw.initial_weights(sizes, layers, layer));
        let last = |layer| sample_haar_columns(outputs, of_last, &mut draw.initial_weights(sizes, layers, layer));
        let slices = if layers == 1 {
            vec![last(1) * first(0).transpose()]
        } else {
            let between = 1..layers - 1;
            let between = between.map(|l| sample_haar_orthogonal(used, &mut draw.initial_weights(sizes, layers, l)));
            let mut slices = vec![first(0).transpose().to_owned()];
            slices.extend(between);
            slices.push(last(layers - 1));
            slices
        };
        Self::scaled(slices, used, student)
    }

    /// The training aligned start: W₁ = ε^{1/L} R₁V̂ᵀ, W_l = ε^{1/L} R_lR_{l−1}ᵀ, W_L = ε^{1/L} ÛR_{L−1}ᵀ, with the
    /// strongest min(N₂, modes) data modes and Haar orthogonal R_l on the used units. With a balance the two layers have
    /// other sizes than ε^{1/2}; the weights of size √|balance| that units beyond the modes would need for it, in directions
    /// that the data do not have, never change anything and are left out.
    pub fn training_aligned(problem: &LearningProblem, modes: &DataModes, student: &StudentSpec, draw: Draw) -> Self {
        let layers = student.layers;
        let count = modes.svd.singular_values.len();
        let used = student.width_limit(count);
        let left = modes.svd.left.as_ref().subcols(0, used);
        let seen = modes.svd.right.as_ref().subcols(0, used);
        let unseen = Mat::zeros(used, problem.inputs() - problem.seen());
        let right = problem.join(seen.transpose(), unseen.as_ref());
        let rotations: Vec<Mat<f64>> =
            (1..layers).map(|l| sample_haar_orthogonal(used, &mut draw.aligned_rotations(used, layers, l))).collect();
        let before = |l: usize, slice: MatRef<'_, f64>| match l {
            0 => slice * &right,
            _ => slice * rotations[l - 1].transpose(),
        };
        let slices = (0..layers).map(|l| match rotations.get(l) {
            Some(rotation) => before(l, rotation.as_ref()),
            None => before(l, left),
        });
        Self::scaled(slices.collect(), used, student)
    }

    /// Scales the slices and pads them with inert hidden units.
    fn scaled(slices: Vec<Mat<f64>>, used_units: usize, student: &StudentSpec) -> Self {
        let (of_first, of_others) = student.layer_strengths();
        let beyond = student.balance.abs().sqrt();
        let last = slices.len() - 1;
        let product_units = used_units;
        let used_units = slices[..last].iter().map(|slice| slice.nrows()).fold(used_units, usize::max);
        let used_units = slices[1..].iter().map(|slice| slice.ncols()).fold(used_units, usize::max);
        let layers = slices.into_iter().enumerate().map(|(l, slice)| {
            let own = if l == 0 { of_first } else { of_others };
            // The hidden unit of row i and column j; for L = 1 there is none.
            let unit = |i: usize, j: usize| match l {
                0 if last == 0 => 0,
                0 => i,
                _ => j,
            };
            let strength = |i: usize, j: usize| if unit(i, j) < product_units { own } else { beyond };
            let rows = if l == last { slice.nrows() } else { student.hidden };
            let columns = if l == 0 { slice.ncols() } else { student.hidden };
            let inside = |i: usize, j: usize| i < slice.nrows() && j < slice.ncols();
            Mat::from_fn(rows, columns, |i, j| if inside(i, j) { strength(i, j) * slice[(i, j)] } else { 0.0 })
        });
        Self { layers: layers.collect(), used_units }
    }

    /// The same start without the inert hidden units. Training it gives the same map with less work.
    pub fn without_inert_units(&self) -> Self {
        let last = self.layers.len() - 1;
        let cut = self.layers.iter().enumerate().map(|(l, weights)| {
            let rows = if l == last { weights.nrows() } else { self.used_units };
            let columns = if l == 0 { weights.ncols() } else { self.used_units };
            weights.as_ref().submatrix(0, 0, rows, columns).to_owned()
        });
        Self { layers: cut.collect(), used_units: self.used_units }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataSet, InputKind, TaskSpec};
    use linalg_core::{frobenius_norm, singular_values};
    use proptest::prelude::*;

    fn product(weights: &InitialWeights) -> Mat<f64> {
        let mut layers = weights.layers.iter();
        let first = layers.next().unwrap().clone();
        layers.fold(first, |product, layer| layer * product)
    }

    fn check(weights: &InitialWeights, rank: usize, student: &StudentSpec) -> Result<(), TestCaseError> {
        for pair in weights.layers.windows(2) {
            let imbalance = pair[1].transpose() * &pair[1] - &pair[0] * pair[0].transpose();
            prop_assert!(frobenius_norm(imbalance.as_ref()) < 1e-13);
        }
        for map in [product(weights), product(&weights.without_inert_units())] {
            let values = singular_values(map.as_ref()).unwrap();
            prop_assert!(values[..rank].iter().all(|s| (s / student.epsilon - 1.0).abs() < 1e-12));
            prop_assert!(values[rank..].iter().all(|s| s.abs() < 1e-13 * student.epsilon));
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn both_starts_are_balanced_with_the_product_at_epsilon(
            inputs in 1usize..14, outputs in 1usize..14, hidden in 1usize..18, layers in 1usize..6,
            examples in 1usize..20,
        ) {
            let student = StudentSpec::new(hidden, layers, 1e-3);
            let task = TaskSpec::single(inputs, outputs, &[2.0]);
            let task = TaskSpec { examples, input_kind: InputKind::Orthonormal, ..task };
            let draw = Draw { seed: 8, run: 0 };
            let random = InitialWeights::random(inputs, outputs, &student, draw);
            check(&random, student.used_units(&task), &student)?;
            prop_assert!(random.layers.iter().rev().skip(1).all(|w| w.nrows() == hidden));

            let problem = LearningProblem::new(&DataSet::sample(&task, draw).unwrap()).unwrap();
            let modes = DataModes::all(&problem).unwrap();
            let aligned = InitialWeights::training_aligned(&problem, &modes, &student, draw);
            let held = student.held_modes(&task);
            check(&aligned, held, &student)?;
            let (seen, unseen) = problem.split(product(&aligned).as_ref());
            let mut wanted = modes.svd.leading(held);
            wanted.singular_values.fill(student.epsilon);
            let missed = frobenius_norm((seen - wanted.reconstruct()).as_ref());
            prop_assert!(missed < 1e-13 * student.epsilon * held as f64);
            prop_assert!(frobenius_norm(unseen.as_ref()) < 1e-13 * student.epsilon);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn starts_have_the_balance_asked_for(
            inputs in 1usize..14, outputs in 1usize..14, hidden in 1usize..14,
            size in 1e-6f64..50.0, positive in any::<bool>(),
        ) {
            let hidden = hidden.min(if positive { outputs } else { inputs });
            let balance = if positive { size } else { -size };
            let student = StudentSpec::new(hidden, 2, 1e-3).with_balance(balance);
            prop_assert!(student.check_balance(inputs, outputs).is_ok());
            let draw = Draw { seed: 8, run: 0 };
            let random = InitialWeights::random(inputs, outputs, &student, draw);
            let data = DataSet::sample(&TaskSpec::single(inputs, outputs, &[2.0]), draw).unwrap();
            let problem = LearningProblem::new(&data).unwrap();
            let modes = DataModes::all(&problem).unwrap();
            let aligned = InitialWeights::training_aligned(&problem, &modes, &student, draw);
            let product_units = hidden.min(inputs).min(outputs);
            for start in [random.without_inert_units(), aligned.without_inert_units()] {
                let [first, second] = &start.layers[..] else { panic!("two layers") };
                let units = start.used_units;
                let difference = second.transpose() * second - first * first.transpose();
                let wanted = Mat::from_fn(units, units, |i, j| if i == j { balance } else { 0.0 });
                prop_assert!(frobenius_norm((difference - wanted).as_ref()) < 1e-13 * size.max(1e-3) * units as f64);
                let values = singular_values((second * first).as_ref()).unwrap();
                prop_assert!(values[..product_units].iter().all(|s| (s / 1e-3 - 1.0).abs() < 1e-11));
                prop_assert!(values[product_units..].iter().all(|s| *s < 1e-14 * size.max(1.0)));
            }
        }
    }

    #[test]
    fn a_small_balance_is_almost_none() {
        let start = |balance: f64| {
            let student = StudentSpec::new(5, 2, 1e-3).with_balance(balance);
            InitialWeights::random(7, 6, &student, Draw { seed: 8, run: 0 }).layers
        };
        for (a, b) in start(0.0).iter().zip(&start(1e-12)) {
            assert!(frobenius_norm((a - b).as_ref()) < 1e-10);
        }
    }

    #[test]
    fn weights_are_shared_between_tasks_of_one_size_and_differ_between_layers_and_runs() {
        let student = StudentSpec::new(5, 4, 1.0);
        let draw = |run| InitialWeights::random(7, 6, &student, Draw { seed: 1, run });
        assert_eq!(draw(0).layers, draw(0).layers);
        assert_ne!(draw(0).layers[1], draw(1).layers[1]);
        assert_ne!(draw(0).layers[1], draw(0).layers[2]);
    }
}
