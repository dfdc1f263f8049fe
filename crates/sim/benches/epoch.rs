//! Epochs of the figures' networks, all errors included, as fractions of the register peak of the same run.
//!
//! `cargo bench -p sim --bench epoch` prints a table (the best of interleaved samples), then runs criterion.

use criterion::{Criterion, Throughput};
use sim::internals::kernel::Real;
use sim::internals::{
    InitialWeights, LeakyReluProblem, LeakyReluStudent, LearningProblem, LinearStudent, Student, fma_peak,
};
use sim::{DataSet, Draw, StudentSpec, TaskSpec, TeacherKind};
use std::time::Instant;

const DRAW: Draw = Draw { seed: 1, run: 0 };
const EPOCHS: usize = 20;
const SAMPLES: usize = 60;

fn student(layers: usize) -> StudentSpec {
    StudentSpec::new(50, layers, 1e-2)
}

fn epochs(student: &mut dyn Student) {
    for _ in 0..EPOCHS {
        student.measure();
        student.descend();
    }
}

/// The table's line for a student whose epoch has `operations` in its products.
fn line<T: Real>(name: &str, operations: f64, student: &mut dyn Student) {
    let (mut peak, mut speed) = (0.0_f64, 0.0_f64);
    for _ in 0..SAMPLES {
        peak = peak.max(fma_peak::<T>(1));
        let start = Instant::now();
        epochs(student);
        speed = speed.max(operations * EPOCHS as f64 / start.elapsed().as_secs_f64());
    }
    let microseconds = 1e6 * operations / speed;
    println!("{name:34} {:6.2} {:8.1} {microseconds:8.2} {:6.3}", operations / 1e6, peak / 1e9, speed / peak);
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    println!("fraction of the register peak, each the best of {SAMPLES} interleaved samples");
    println!("student, 100-50-…-50                MFLOP   peak/G  µs/epoch   of peak");
    let task = TaskSpec::single(100, 50, &[6.0, 4.0, 2.0]);
    for layers in [2, 4] {
        let start = InitialWeights::random(100, 50, &student(layers), DRAW);
        // Products of 50 × 50 × 100 and, between hidden layers, 50 × 50 × 50.
        let linear = 3.0 * 0.5e6 + 3.0 * 0.25e6 * (layers as f64 - 2.0);
        let leaky = 3.0 * 0.5e6 * (layers as f64 - 1.0);
        let rotated = LearningProblem::new(&DataSet::sample(&task, DRAW).expect("the task is legal")).expect("one-hot");
        let problem = LeakyReluProblem::sample(&task, TeacherKind::Linear, DRAW).expect("the task is legal");
        let mut f64_linear = LinearStudent::new(&rotated, &start, 1e-5);
        let mut f32_leaky = LeakyReluStudent::<f32>::new(&problem, &start.layers, 0.1, 1.0, 1e-5);
        let mut f64_leaky = LeakyReluStudent::<f64>::new(&problem, &start.layers, 0.1, 1.0, 1e-5);
        line::<f64>(&format!("linear, f64, {layers} layers"), linear, &mut f64_linear);
        line::<f32>(&format!("leaky ReLU, f32, {layers} layers"), leaky, &mut f32_leaky);
        line::<f64>(&format!("leaky ReLU, f64, {layers} layers"), leaky, &mut f64_leaky);
        let mut group = criterion.benchmark_group(format!("{EPOCHS} epochs, {layers} layers"));
        group.throughput(Throughput::Elements((linear * EPOCHS as f64) as u64));
        group.bench_function("linear f64", |bencher| bencher.iter(|| epochs(&mut f64_linear)));
        group.throughput(Throughput::Elements((leaky * EPOCHS as f64) as u64));
        group.bench_function("leaky ReLU f32", |bencher| bencher.iter(|| epochs(&mut f32_leaky)));
        group.bench_function("leaky ReLU f64", |bencher| bencher.iter(|| epochs(&mut f64_leaky)));
        group.finish();
    }
    criterion.final_summary();
}
