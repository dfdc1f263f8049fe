//! A student against the definitions, written out.

use super::*;
use crate::{DataModes, DataSet, Draw, InputKind, StudentSpec, TaskSpec};
use linalg_core::squared_frobenius_norm;
use proptest::prelude::*;

const DRAW: Draw = Draw { seed: 12, run: 0 };

fn loss(data: &DataSet, weights: &[Mat<f64>]) -> f64 {
    let map = weights[1..].iter().fold(weights[0].clone(), |product, layer| layer * product);
    0.5 * squared_frobenius_norm((data.labels() - map * data.inputs().matrix()).as_ref())
}

/// W_l ← W_l + λ (W_L⋯W_{l+1})ᵀ (Σ³¹ − WΣ¹¹) (W_{l−1}⋯W₁)ᵀ − λγW_l as it is written, nothing shared or skipped.
fn update_by_definition(data: &DataSet, weights: &[Mat<f64>], rate: f64, decay: f64) -> Vec<Mat<f64>> {
    let product = |layers: &[Mat<f64>], size: usize| {
        layers.iter().fold(Mat::<f64>::identity(size, size), |product, layer| layer * product)
    };
    let inputs = weights[0].ncols();
    let error = data.output_input_covariance() - product(weights, inputs) * data.input_covariance();
    let moved = weights.iter().enumerate().map(|(l, layer)| {
        let above = product(&weights[l + 1..], layer.nrows());
        let below = product(&weights[..l], inputs);
        faer::Scale(1.0 - rate * decay) * layer + faer::Scale(rate) * (above.transpose() * &error * below.transpose())
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
        decay in prop_oneof![Just(0.0), 0.1..9.0],
    ) {
        // Tall, wide, square and 1 × n maps; without noise the data have rank 1.
        let examples = if kind == InputKind::OneHot { inputs + 1 } else { examples };
        let task = TaskSpec::joint(inputs + 1, &[outputs, 2], &[&[3.0], &[1.0]], 0.5);
        let task = TaskSpec { examples, input_kind: kind, noise, ..task };
        let student = StudentSpec::new(hidden, layers, 0.3);
        let data = DataSet::sample(&task, DRAW).unwrap();
        let problem = LearningProblem::new(&data).unwrap();
        let start = if aligned {
            InitialWeights::training_aligned(&problem, &DataModes::all(&problem).unwrap(), &student, DRAW)
        } else {
            InitialWeights::random(problem.inputs(), problem.outputs(), &student, DRAW)
        };
        let rate = 0.004;
        let mut fast = LinearStudent::new(&problem, &start, rate).with_decay(decay);
        let mut trimmed = LinearStudent::new(&problem, &start.without_inert_units(), rate).with_decay(decay);
        let mut slow = start.layers.clone();
        for _ in 0..12 {
            let errors = fast.measure().clone();
            trimmed.measure();
            let by_definition = loss(&data, &slow) / (0.5 * squared_frobenius_norm(data.labels().as_ref()));
            prop_assert!((errors.train - by_definition).abs() <= 1e-12);
            let map = slow[1..].iter().fold(slow[0].clone(), |product, layer| layer * product);
            let tasks = data.teacher().rows().into_iter().zip(data.teacher().tasks());
            for ((rows, teacher), error) in tasks.zip(&errors.tests) {
                let distance = map.as_ref().subrows(rows.start, rows.len()) - teacher.map();
                let wanted = squared_frobenius_norm(distance.as_ref()) / teacher.squared_norm();
                prop_assert!((error - wanted).abs() <= 1e-12 * wanted.max(1.0));
            }
            slow = update_by_definition(&data, &slow, rate, decay);
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
        let student = StudentSpec::new(5, 3, 0.5);
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
