//! What one epoch of a linear student costs, and one look at its modes.
//!
//! `cargo bench -p sim --bench students`. Sizes are the paper's: 100 inputs, hidden layers and outputs of 50.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use linalg_core::thin_svd;
use sim::{
    AlignedStudent, Alignment, DataModes, DataSet, Draw, InitialWeights, InputKind, LearningProblem, LinearStudent,
    Student, StudentSpec, TaskSpec,
};
use std::hint::black_box;

const DRAW: Draw = Draw { seed: 1, run: 0 };
const RATE: f64 = 1e-3;

fn problem(task: &TaskSpec) -> LearningProblem {
    let data = DataSet::sample(task, DRAW).expect("a valid task");
    LearningProblem::new(&data).expect("inputs that can be decomposed")
}

fn student(layers: usize) -> StudentSpec {
    StudentSpec { hidden: 50, layers, epsilon: 1e-5 }
}

fn paper_task() -> TaskSpec {
    TaskSpec::single(100, 50, &[6.0, 4.0, 2.0])
}

fn epochs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("epoch");
    let gaussian = TaskSpec { input_kind: InputKind::Gaussian, ..paper_task() };
    for (name, task) in [("one-hot", paper_task()), ("gaussian", gaussian)] {
        let problem = problem(&task);
        for layers in [2, 4] {
            let start = InitialWeights::random(100, 50, &student(layers), DRAW);
            let mut linear = LinearStudent::new(&problem, &start, RATE);
            group.bench_function(BenchmarkId::new(format!("random, {name}"), layers), |bencher| {
                bencher.iter(|| {
                    black_box(linear.measure().train);
                    linear.descend();
                });
            });
        }
    }
    let problem = problem(&paper_task());
    let modes = DataModes::all(&problem).expect("data that can be decomposed");
    for layers in [2, 4] {
        let mut aligned = AlignedStudent::new(&problem, &modes, &student(layers), RATE, 0).expect("white inputs");
        group.bench_function(BenchmarkId::new("aligned", layers), |bencher| {
            bencher.iter(|| {
                black_box(aligned.measure().train);
                aligned.descend();
            });
        });
    }
    group.finish();
}

/// The three leading modes half way through learning, 25 epochs after the last look.
fn modes(criterion: &mut Criterion) {
    let problem = problem(&paper_task());
    let modes = DataModes::all(&problem).expect("data that can be decomposed");
    let start = InitialWeights::random(100, 50, &student(2), DRAW);
    let mut linear = LinearStudent::new(&problem, &start, RATE);
    let mut alignment = Alignment::new(&problem, &modes, 3, 1e-5);
    let mut advance = |epochs: usize| {
        for _ in 0..epochs {
            linear.measure();
            linear.descend();
        }
        linear.full_map()
    };
    let before = advance(3000);
    let after = advance(25);
    alignment.points(before.as_ref()).expect("a finite map");
    let mut group = criterion.benchmark_group("three leading modes");
    group
        .bench_function("thin SVD", |bencher| bencher.iter(|| thin_svd(after.as_ref()).map(|svd| svd.singular_values)));
    group.bench_function("warm power iteration", |bencher| {
        let mut maps = [&before, &after].into_iter().cycle();
        bencher.iter(|| maps.next().map(|map| alignment.points(map.as_ref())));
    });
    group.finish();
}

criterion_group!(benches, epochs, modes);
criterion_main!(benches);
