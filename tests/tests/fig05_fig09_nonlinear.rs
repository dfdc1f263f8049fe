//! Numbers of fig05 and fig09 by other roads: limits by hand, a closed form, and training written out plainly.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use linalg_core::faer::Mat;
use linalg_core::{generator, sample_gaussian, sample_haar_columns, squared_frobenius_norm};
use rand::RngExt;
use rayon::prelude::*;
use sim::{
    DataSet, Draw, Experiment, LeakyReluSpec, LeakyReluStart, LeakyReluStudentSpec, NoiseScale, OutputUnits, Precision,
    Schedule, StudentSpec, TaskSpec, TeacherKind, Training, TrainingOutcome, Unattended,
};
use theory::ExactStudent;

fn train(spec: LeakyReluSpec) -> TrainingOutcome {
    Experiment::LeakyRelu(spec).run(&Unattended).unwrap().as_training().unwrap().clone()
}

/// A student of fig05 on a linear teacher.
fn stages_student(task: TaskSpec, layers: usize, epsilon: f64, training: Training, run: u64) -> LeakyReluSpec {
    let student = LeakyReluStudentSpec {
        hidden: task.outputs[0],
        layers,
        slope: 0.1,
        output: OutputUnits::Linear,
        start: LeakyReluStart::Orthogonal { epsilon },
    };
    let task = TaskSpec { noise_scale: NoiseScale::PerOutput, ..task };
    let draw = Draw { seed: 59, run };
    LeakyReluSpec { task, teacher: TeacherKind::Linear, student, training, precision: Precision::Single, draw }
}

/// The right end of fig05: a student that has learned its labels by heart errs by the noise, ‖Z‖²/‖W̄‖². With an entry
/// variance of σ_z²/N₃ that is N₁σ_z²/Σs̄² on average: ln(N₁/SNR²) at rank 1.
#[test]
fn a_student_that_fits_its_labels_errs_by_their_noise() {
    let (runs, teacher, noise) = (8, 100.0, 40.0);
    let found: Vec<(f64, f64)> = (0..runs)
        .into_par_iter()
        .map(|run| {
            let training = Training::new(5e-3, 60_000, Schedule::listed(vec![]));
            let outcome = train(stages_student(TaskSpec::single(40, 20, &[10.0]), 2, 0.1, training, run));
            (outcome.train.last, outcome.test(0).unwrap().last)
        })
        .collect();
    let mean = found.iter().map(|(_, test)| test).sum::<f64>() / runs as f64;
    let unlearned = found.iter().map(|(train, _)| *train).fold(0.0, f64::max);
    assert!(unlearned < 5e-3, "{found:?}");
    // ‖Z‖² is noise · χ²(800)/800: five standard errors of eight draws. What is not learned, of norm √(ε_tr (‖W̄‖² + ‖Z‖²)),
    // moves the norm of the error by that much at most.
    let chance = 5.0 * (2.0_f64 / 800.0 / runs as f64).sqrt();
    let rest = 2.0 * (unlearned * (teacher + noise) / noise).sqrt();
    assert!((mean / (noise / teacher) - 1.0).abs() < chance + rest, "{mean} for {}: {found:?}", noise / teacher);
}

/// With slope 1 the student of fig05 is a random linear one, whose trajectory is known in closed form; descent reaches it
/// linearly in the step.
#[test]
fn slope_one_converges_to_the_exact_random_student() {
    let times = [0.6, 1.2, 2.5];
    let (task, epsilon) = (TaskSpec::single(24, 10, &[6.0, 3.0]), 1e-3);
    let distances = |rate: f64| -> Vec<f64> {
        let epoch = |t: &f64| (t / rate).round() as u64;
        let listed: Vec<u64> = times.iter().map(epoch).collect();
        let training = Training::new(rate, *listed.last().unwrap(), Schedule::listed(listed.clone()));
        let mut spec = stages_student(task.clone(), 2, epsilon, training, 0);
        (spec.student.slope, spec.precision) = (1.0, Precision::Double);
        let data = DataSet::sample(&spec.task, spec.draw).unwrap();
        let start = sim::internals::InitialWeights::random(24, 10, &StudentSpec::new(10, 2, epsilon), spec.draw);
        let start = theory::InitialWeights { first: start.layers[0].clone(), second: start.layers[1].clone() };
        let exact = ExactStudent::new(data.labels().as_ref(), &start).unwrap();
        let teacher = data.teacher().map();
        let outcome = train(spec);
        let test = outcome.test(0).unwrap();
        let at = |(t, epoch): (&f64, u64)| {
            let map = exact.map_at(*t);
            let error = squared_frobenius_norm((&map - &teacher).as_ref()) / squared_frobenius_norm(teacher.as_ref());
            let place = outcome.epochs.iter().position(|e| *e == epoch).unwrap();
            (test.logged[place] - error).abs() / error
        };
        times.iter().zip(listed).map(at).collect()
    };
    let (coarse, fine) = (distances(1e-3), distances(2.5e-4));
    for ((t, coarse), fine) in times.iter().zip(&coarse).zip(&fine) {
        // A relative error Cλ + C'λ², λŝ < 7e-3: its quarter up to a few parts in a hundred.
        assert!(*coarse < 0.05, "t = {t}: {coarse}");
        assert!((coarse / fine - 4.0).abs() < 0.4, "t = {t}: {coarse}, {fine}");
    }
}

/// On the long plateau of three hidden layers steps are small beside the weights, where single precision might lose them.
#[test]
fn single_precision_keeps_the_time_of_the_plateau() {
    let (hidden, rate) = (8_usize, 2e-4);
    let learned = |precision: Precision, run: u64| {
        let training = Training::new(rate, 600_000, Schedule::listed(vec![])).with_train_thresholds(vec![0.7]);
        let spec = stages_student(TaskSpec::single(12, hidden, &[20.0]), 4, 1e-5, training, run);
        train(LeakyReluSpec { precision, ..spec }).train_crossings[0].epoch.expect("it begins to learn") as f64
    };
    for run in 0..2 {
        let (double, single) = (learned(Precision::Double, run), learned(Precision::Single, run));
        assert!(double > 20_000.0, "no plateau: {double}");
        // Each weight is rounded to 2⁻²⁵ of its size an epoch, a layer by 2⁻²⁵ ‖W‖ = 2⁻²⁵ √N₂ ε^{1/L} at most; its mode grows by
        // ε^{1/L}/(2n) an epoch when the plateau lasts n epochs (ẇ ∝ w³). All roundings alike would shift n by this fraction:
        let bound = 2.0 * double * (hidden as f64).sqrt() * 2f64.powi(-25);
        assert!((single / double - 1.0).abs() < bound, "{single} for {double}, bound {bound}");
    }
}

/// Sizes of a small version of fig09.
const INPUTS: usize = 20;
const OUTPUTS: usize = 10;
const HIDDEN: usize = 10;
const SLOPE: f64 = 0.2;
const RATE: f64 = 2e-2;
const EPOCHS: u64 = 250;
const STRENGTHS: [[f64; 2]; 2] = [[3.0, 1.5], [10.0, 5.0]];

fn leaky(z: f64) -> f64 {
    if z > 0.0 { z } else { SLOPE * z }
}

fn mapped(z: &Mat<f64>, f: impl Fn(f64) -> f64) -> Mat<f64> {
    Mat::from_fn(z.nrows(), z.ncols(), |i, j| f(z[(i, j)]))
}

/// One task: noisy and noiseless outputs on one-hot inputs.
struct PlainTask {
    labels: Mat<f64>,
    clean: Mat<f64>,
}

/// Both tasks of one draw, as the figure's description says.
fn plain_tasks(q: f64, run: u64) -> [PlainTask; 2] {
    let mut rng = generator(95, "plain nonlinear transfer", &[], run);
    let directions = sample_haar_columns(INPUTS, 4, &mut rng);
    [0, 1].map(|task| {
        let outputs = sample_gaussian(OUTPUTS, 2, 1.0, &mut rng);
        let noise = sample_gaussian(OUTPUTS, INPUTS, 1.0 / INPUTS as f64, &mut rng);
        let input = |x: usize, k: usize| match task {
            0 => directions[(x, k)],
            _ => q * directions[(x, k)] + (1.0 - q * q).sqrt() * directions[(x, 2 + k)],
        };
        let mode = |i: usize, x: usize, k: usize| {
            let norm: f64 = (0..OUTPUTS).map(|i| outputs[(i, k)].powi(2)).sum();
            leaky(outputs[(i, k)] / norm.sqrt() * STRENGTHS[task][k] * leaky(input(x, k)))
        };
        let clean = Mat::from_fn(OUTPUTS, INPUTS, |i, x| mode(i, x, 0) + mode(i, x, 1));
        PlainTask { labels: &clean + noise, clean }
    })
}

/// Normal entries cut at two standard deviations, of variance 0.01/((fan_in + fan_out)/2) after the cut.
fn plain_weights(rows: usize, columns: usize, run: u64) -> Mat<f64> {
    let mut rng = generator(96, "plain weights", &[rows as u64, columns as u64], run);
    // The variance that the cut leaves: ∫x²φ over ±2 divided by its mass, by the midpoint rule (error 1e-7).
    let density = |x: f64| (-0.5 * x * x).exp();
    let middle = |i: i32| (f64::from(i) + 0.5) * 1e-3 - 2.0;
    let (mass, square) = (0..4000).map(middle).fold((0.0, 0.0), |(m, s), x| (m + density(x), s + x * x * density(x)));
    let scale = (0.02 / (rows + columns) as f64 / (square / mass)).sqrt();
    Mat::from_fn(rows, columns, |_, _| {
        // Rejection from the uniform distribution.
        loop {
            let (x, height) = (4.0 * rng.random::<f64>() - 2.0, rng.random::<f64>());
            if height < density(x) {
                break scale * x;
            }
        }
    })
}

/// Least test error of the first of the tasks.
fn plain_least_error(tasks: &[PlainTask], run: u64) -> f64 {
    let rows = OUTPUTS * tasks.len();
    let labels = Mat::from_fn(rows, INPUTS, |i, x| tasks[i / OUTPUTS].labels[(i % OUTPUTS, x)]);
    let (mut first, mut second) = (plain_weights(HIDDEN, INPUTS, run), plain_weights(rows, HIDDEN, run));
    let slope = |z: f64| if z > 0.0 { 1.0 } else { SLOPE };
    let mut least = f64::INFINITY;
    for _ in 0..=EPOCHS {
        let hidden = mapped(&first, leaky);
        let before = &second * &hidden;
        let output = mapped(&before, leaky);
        let gap = output.as_ref().subrows(0, OUTPUTS) - &tasks[0].clean;
        least = least.min(squared_frobenius_norm(gap.as_ref()) / squared_frobenius_norm(tasks[0].clean.as_ref()));
        let signal = Mat::from_fn(rows, INPUTS, |i, x| (labels[(i, x)] - output[(i, x)]) * slope(before[(i, x)]));
        let back = second.transpose() * &signal;
        let step = Mat::from_fn(HIDDEN, INPUTS, |h, x| RATE * back[(h, x)] * slope(first[(h, x)]));
        second = &second + linalg_core::faer::Scale(RATE) * (&signal * hidden.transpose());
        first = &first + step;
    }
    least
}

/// Least test error of task A, alone or with B, by the engine.
fn engine_least_error(q: f64, alone: bool, run: u64) -> f64 {
    let [a, b] = &STRENGTHS;
    let joint = TaskSpec::joint(INPUTS, &[OUTPUTS, OUTPUTS], &[a, b], q);
    let student = LeakyReluStudentSpec {
        hidden: HIDDEN,
        layers: 2,
        slope: SLOPE,
        output: OutputUnits::LeakyRelu,
        start: LeakyReluStart::TruncatedNormal { scale: 0.01 },
    };
    let schedule = Schedule::listed(vec![]);
    let outcome = train(LeakyReluSpec {
        task: if alone { joint.task_alone(0) } else { joint },
        teacher: TeacherKind::LeakyRelu { slope: SLOPE },
        student,
        training: Training::new(RATE, EPOCHS, schedule),
        precision: Precision::Single,
        draw: Draw { seed: 95, run },
    });
    outcome.test(0).unwrap().least.value
}

/// Least error alone, and T at q = 0 and 1, of each run.
fn measured(least: impl Fn(f64, bool, u64) -> f64 + Sync, runs: u64) -> [Vec<f64>; 3] {
    let one = |run| {
        let alone = least(1.0, true, run);
        [alone, alone - least(0.0, false, run), alone - least(1.0, false, run)]
    };
    let all: Vec<[f64; 3]> = (0..runs).into_par_iter().map(one).collect();
    [0, 1, 2].map(|k| all.iter().map(|row| row[k]).collect())
}

fn mean_and_squared_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0) / n)
}

#[test]
fn nonlinear_transfer_written_out_plainly_gives_the_same_benefits() {
    let runs = 400;
    let plain = measured(
        |q, alone, run| {
            let tasks = plain_tasks(q, run);
            plain_least_error(if alone { &tasks[..1] } else { &tasks }, run)
        },
        runs,
    );
    let engine = measured(engine_least_error, runs);
    let [_, lost, gained] = [0, 1, 2].map(|k| mean_and_squared_error(&engine[k]).0);
    for k in 0..3 {
        let ((a, va), (b, vb)) = (mean_and_squared_error(&plain[k]), mean_and_squared_error(&engine[k]));
        // Welch's t with at least 399 degrees of freedom exceeds 4.2 with probability below 1e-4.
        let allowed = 4.2 * (va + vb).sqrt();
        assert!((a - b).abs() < allowed, "quantity {k}: {a} plainly, {b} by the engine, allowed {allowed}");
        assert!(allowed < 0.25 * (gained - lost), "{allowed} tells nothing about {lost} and {gained}");
    }
}
