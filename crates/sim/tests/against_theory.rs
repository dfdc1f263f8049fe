//! Gradient descent against the gradient flow of `theory`, which shares no code with this crate.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use linalg_core::faer::Mat;
use linalg_core::frobenius_norm;
use sim::internals::{InitialWeights, LearningProblem, LinearStudent, Student};
use sim::{
    AlignedSpec, DataSet, Draw, Experiment, InputKind, Schedule, SpectrumExtent, SpectrumSpec, StudentSpec, TaskSpec,
    Training, TrainingOutcome, Unattended,
};

const DRAW: Draw = Draw { seed: 31, run: 0 };

/// The map of a student at time `t` (units of τ), by steps of `rate`.
fn descent_map(problem: &LearningProblem, start: &InitialWeights, t: f64, rate: f64) -> Mat<f64> {
    let mut student = LinearStudent::new(problem, start, rate);
    for _ in 0..(t / rate).round() as u64 {
        student.measure();
        student.descend();
    }
    student.full_map()
}

#[test]
fn a_random_student_follows_the_exact_solution_of_the_flow() {
    let task = TaskSpec::single(14, 9, &[4.0, 2.0]);
    let spec = StudentSpec::new(7, 2, 1e-3);
    let data = DataSet::sample(&task, DRAW).unwrap();
    let problem = LearningProblem::new(&data).unwrap();
    let start = InitialWeights::random(14, 9, &spec, DRAW);
    let weights = theory::InitialWeights { first: start.layers[0].clone(), second: start.layers[1].clone() };
    let exact = theory::ExactStudent::new(data.output_input_covariance().as_ref(), &weights).unwrap();
    for t in [0.5, 1.0, 2.0, 4.0] {
        let flow = exact.map_at(t);
        let coarse = descent_map(&problem, &start, t, 2e-3);
        let fine = descent_map(&problem, &start, t, 1e-3);
        let distance = |map: &Mat<f64>| frobenius_norm((map - &flow).as_ref());
        // Euler steps: the error is first order in λ, so halving the step halves it, and what is left of
        // 2·fine − coarse is second order: about (λ ŝ₁²)² of the map, 1e-4 at the steepest point.
        let ratio = distance(&coarse) / distance(&fine);
        assert!((ratio - 2.0).abs() < 0.1, "t = {t}: ratio {ratio}");
        let extrapolated = linalg_core::faer::Scale(2.0) * &fine - &coarse;
        assert!(distance(&extrapolated) < 0.02 * distance(&fine), "t = {t}: {:e}", distance(&extrapolated));
    }
}

fn aligned(task: TaskSpec, student: StudentSpec, training: Training, draw: Draw) -> TrainingOutcome {
    let tracked_modes = student.held_modes(&task);
    let spec = AlignedSpec { task, student, training, tracked_modes, draw };
    Experiment::Aligned(spec).run(&Unattended).unwrap().as_training().unwrap().clone()
}

#[test]
fn every_mode_of_an_aligned_student_follows_the_flow_at_any_depth() {
    for layers in 1..=5 {
        let student = StudentSpec::new(10, layers, 1e-2);
        let growth = theory::ModeGrowth::new(layers, 1e-2).unwrap();
        let at = |rate: f64| {
            let last = (4.0 / rate).round() as u64;
            let training = Training::new(rate, last, Schedule::every(last / 8));
            aligned(TaskSpec::single(12, 8, &[3.0, 1.5]), student, training, DRAW)
        };
        let (coarse, fine) = (at(1e-3), at(5e-4));
        let mut compared = 0;
        for (coarse, fine) in coarse.modes.iter().zip(&fine.modes) {
            for (k, points) in coarse.points.iter().zip(&fine.points).enumerate() {
                let (Some(coarse_point), Some(fine_point)) = points else { continue };
                let flow = growth.strength_at(fine.data_strength, 0.5 * k as f64);
                let extrapolated = 2.0 * fine_point.strength - coarse_point.strength;
                // Second order in λ: (λ L ŝ^{2−2/L})² times a few, with λ = 1e-3 and ŝ below 4.
                let scale = (1e-3 * layers as f64 * coarse.data_strength.powf(2.0 - 2.0 / layers as f64)).powi(2);
                assert!(
                    (extrapolated - flow).abs() < 40.0 * scale * flow.max(0.01),
                    "L = {layers}, {extrapolated} {flow}"
                );
                compared += 1;
            }
        }
        assert!(compared > 16, "L = {layers}: only {compared} points had grown");
    }
}

#[test]
fn aligned_students_reach_the_asymptotic_curves() {
    // 60 draws at the paper's size against the large-size theory with its finite-size bulk.
    let strengths = [12.0, 8.0, 4.0];
    let times: Vec<u64> = (1..=20).map(|k| 250 * k).collect();
    let draws: Vec<TrainingOutcome> = (0..60)
        .map(|run| {
            let student = StudentSpec::new(50, 2, 1e-5);
            let schedule = Schedule::listed(times.clone());
            let training = Training::new(1e-3, 5000, schedule);
            aligned(TaskSpec::single(100, 50, &strengths), student, training, Draw { seed: 1, run })
        })
        .collect();
    let task = theory::Task::new(100, 50, &strengths).unwrap();
    let student = theory::Student::new(50, 2, 1e-5).unwrap();
    let curve = theory::LearningCurve::new(&task, &student).with_finite_size_bulk();
    for (index, time) in draws[0].epochs.iter().enumerate().skip(1) {
        let t = *time as f64 / 1000.0;
        let train = mean(draws.iter().map(|draw| draw.train.logged[index].ln()));
        let test = mean(draws.iter().map(|draw| draw.test(0).unwrap().logged[index].ln()));
        let (train_theory, test_theory) = (curve.train_error_at(t).ln(), curve.test_error_at(t).unwrap().ln());
        // 5 standard errors, and the known remainder of the finite-size bulk at this size: up to 0.014 in the train
        // error and 0.07 in the test error (sampled with 6 to 20 seeds).
        assert!((train.0 - train_theory).abs() < 5.0 * train.1 + 0.014, "train at {t}: {train:?}, {train_theory}");
        assert!((test.0 - test_theory).abs() < 5.0 * test.1 + 0.07, "test at {t}: {test:?}, {test_theory}");
    }
}

/// The mean and its standard error.
fn mean(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let values: Vec<f64> = values.collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

#[test]
fn observed_strengths_and_overlaps_are_those_of_the_spiked_matrix() {
    // Fewer, as many and more examples than inputs: the table of data matrices, through DataSpectrum.
    for examples in [150, 300, 600] {
        let kind = InputKind::Orthonormal;
        let task = TaskSpec { examples, input_kind: kind, ..TaskSpec::single(300, 150, &[6.0]) };
        let spectrum =
            theory::DataSpectrum::new(&theory::Task::new(300, 150, &[6.0]).unwrap().with_examples(examples).unwrap());
        let found: Vec<[f64; 3]> = (0..12)
            .map(|run| {
                let extent = SpectrumExtent::Leading(1);
                let spec = SpectrumSpec { task: task.clone(), extent, draw: Draw { seed: 3, run } };
                let outcome = Experiment::Spectrum(spec).run(&Unattended).unwrap();
                let found = outcome.as_spectrum().unwrap();
                [found.data_strengths[0], found.overlaps_output[0][0], found.overlaps_input[0][0]]
            })
            .collect();
        let predicted = [spectrum.strength(6.0), spectrum.overlap_output(6.0), spectrum.overlap_input(6.0)];
        for (which, predicted) in predicted.into_iter().enumerate() {
            let (mean, error) = mean(found.iter().map(|values| values[which]));
            // 5 measured standard errors (11 degrees of freedom: false alarm 4e-4 each) and corrections of order 1/n.
            assert!(
                (mean - predicted).abs() < 5.0 * error + 1.0 / 300.0,
                "P = {examples}: {mean} ± {error}, {predicted}"
            );
        }
    }
}

#[test]
fn shrunk_strengths_reach_the_closed_form_of_shrinkage() {
    let (mut total, draws) = (0.0, 20);
    let task = TaskSpec::single(100, 50, &[6.0, 4.0, 2.0]);
    let matrix = theory::SpikedMatrix::new(50, 100, 0.01).unwrap();
    for run in 0..draws {
        let spec = SpectrumSpec { task: task.clone(), extent: SpectrumExtent::All, draw: Draw { seed: 2, run } };
        let outcome = Experiment::Spectrum(spec).run(&Unattended).unwrap();
        let spectrum = outcome.as_spectrum().unwrap();
        let shrunk: Vec<f64> = spectrum.data_strengths.iter().map(|s| matrix.best_strength(*s)).collect();
        total += spectrum.test_error_of(0, &shrunk).unwrap() / draws as f64;
    }
    // Sampled with 20 seeds: 0.0759 with a standard error of 0.001; four of them.
    assert!((total - 0.0759).abs() < 0.004, "{total}");
}
