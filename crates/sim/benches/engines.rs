//! One epoch of every engine, all errors included, at N = 50 to 800, and one look at a student's modes.
//!
//! A student of size N has N inputs and examples, hidden layers and outputs of N/2 (N = 100 are the paper's sizes), one
//! hidden layer (`L2`) or three (`L4`). The throughput that is told counts the operations of the products of an epoch.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use linalg_core::faer::Mat;
use linalg_core::thin_svd;
use sim::internals::kernel::Real;
use sim::internals::{
    AlignedStudent, Alignment, DataModes, InitialWeights, LeakyReluProblem, LeakyReluStudent, LearningProblem,
    LinearStudent, Student,
};
use sim::{DataSet, Draw, InputKind, StudentSpec, TaskSpec, TeacherKind};
use std::cell::OnceCell;
use std::hint::black_box;

const DRAW: Draw = Draw { seed: 1, run: 0 };
const RATE: f64 = 1e-3;
const SIZES: [usize; 5] = [50, 100, 200, 400, 800];

fn task(size: usize) -> TaskSpec {
    TaskSpec::single(size, size / 2, &[6.0, 4.0, 2.0])
}

fn problem(task: &TaskSpec) -> LearningProblem {
    let data = DataSet::sample(task, DRAW).expect("a valid task");
    LearningProblem::new(&data).expect("inputs that can be decomposed")
}

fn start(size: usize, layers: usize) -> InitialWeights {
    InitialWeights::random(size, size / 2, &StudentSpec::new(size / 2, layers, 1e-5), DRAW)
}

/// Operations of the three products of (N/2) × (N/2) × N that one hidden layer needs.
fn one_hidden_layer(size: usize) -> usize {
    3 * 2 * (size / 2) * (size / 2) * size
}

/// Times an epoch of the student that `make` makes, if it is asked for.
fn epoch<S: Student>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    (name, size): (&str, usize),
    operations: usize,
    make: impl Fn() -> S,
) {
    let mut student = None;
    group.throughput(Throughput::Elements(operations as u64));
    group.bench_function(BenchmarkId::new(name, size), |bencher| {
        let student = student.get_or_insert_with(&make);
        bencher.iter(|| {
            black_box(student.measure().train);
            student.descend();
        });
    });
}

fn leaky<T: Real>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, size: usize) {
    epoch(group, (name, size), one_hidden_layer(size), || {
        let problem = LeakyReluProblem::sample(&task(size), TeacherKind::Linear, DRAW).expect("a valid task");
        LeakyReluStudent::<T>::new(&problem, &start(size, 2).layers, 0.1, 1.0, RATE)
    });
}

fn epochs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("epoch");
    for size in SIZES {
        let linear = OnceCell::new();
        let linear = || linear.get_or_init(|| problem(&task(size)));
        // Between hidden layers three products of (N/2)³ each.
        let between = 3 * 2 * (size / 2).pow(3);
        for (layers, name) in [(2, "linear_L2"), (4, "linear_L4")] {
            let operations = one_hidden_layer(size) + (layers - 2) * between;
            epoch(&mut group, (name, size), operations, || LinearStudent::new(linear(), &start(size, layers), RATE));
        }
        // Additions and multiplications for each of N/2 modes.
        for (layers, name, each) in [(2, "aligned_L2", 13), (4, "aligned_L4", 16)] {
            epoch(&mut group, (name, size), each * size / 2, || {
                let modes = DataModes::all(linear()).expect("data that can be decomposed");
                let student = StudentSpec::new(size / 2, layers, 1e-5);
                AlignedStudent::new(linear(), &modes, &student, RATE, 0).expect("white inputs")
            });
        }
        leaky::<f32>(&mut group, "leaky_f32", size);
        leaky::<f64>(&mut group, "leaky_f64", size);
    }
    let gaussian = problem(&TaskSpec { input_kind: InputKind::Gaussian, ..task(100) });
    epoch(&mut group, ("linear_L2_gaussian_inputs", 100), one_hidden_layer(100), || {
        LinearStudent::new(&gaussian, &start(100, 2), RATE)
    });
    group.finish();
}

/// The maps of a student half way through learning and 25 epochs later.
fn two_maps(problem: &LearningProblem) -> [Mat<f64>; 2] {
    let mut linear = LinearStudent::new(problem, &start(100, 2), RATE);
    [3000, 25].map(|epochs| {
        for _ in 0..epochs {
            linear.measure();
            linear.descend();
        }
        linear.full_map()
    })
}

fn look_at_modes(criterion: &mut Criterion) {
    let problem = problem(&task(100));
    let modes = DataModes::all(&problem).expect("data that can be decomposed");
    let mut alignment = Alignment::new(&problem, &modes, 3, 1e-5);
    let maps = OnceCell::new();
    let mut group = criterion.benchmark_group("three_leading_modes");
    group.bench_function("thin_svd", |bencher| {
        let [_, after] = maps.get_or_init(|| two_maps(&problem));
        bencher.iter(|| thin_svd(after.as_ref()).map(|svd| svd.singular_values));
    });
    group.bench_function("warm_power_iteration", |bencher| {
        let mut maps = maps.get_or_init(|| two_maps(&problem)).iter().cycle();
        bencher.iter(|| maps.next().map(|map| alignment.points(map.as_ref())));
    });
    group.finish();
}

criterion_group!(benches, epochs, look_at_modes);
criterion_main!(benches);
