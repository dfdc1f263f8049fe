//! What the closed forms cost on one core.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use theory::{JointCurve, JointTask, LearningCurve, Loss, ModeGrowth, Shrinkage, SpikedMatrix, Student, Task};
use theory::{LargestNoiseValue, Teacher};

/// The rank-3 task of the benches: 100 inputs, 50 outputs.
fn curve(layers: usize) -> LearningCurve {
    let task = Task::new(100, 50, &[6.0, 4.0, 2.0]).expect("legal task");
    let student = Student::new(50, layers, 1e-5).expect("legal student");
    LearningCurve::new(&task, &student)
}

fn mode_growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mode_growth");
    for (layers, t) in [(2, 3.0), (3, 20.0), (4, 100.0)] {
        let growth = ModeGrowth::new(layers, 1e-5).expect("legal growth");
        group.bench_function(format!("strength/L{layers}"), |b| {
            b.iter(|| growth.strength_at(black_box(1.7), black_box(t)));
        });
        group.bench_function(format!("front/L{layers}"), |b| b.iter(|| growth.front_at(black_box(t))));
    }
    group.finish();
}

/// Both errors at equally spaced times.
fn learning_curve(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("curve");
    let all = [50_u32, 100, 200, 400, 800];
    for (layers, t_max, sizes) in [(2, 10.0, &all[..]), (3, 40.0, &all[2..3]), (4, 300.0, &all[..])] {
        let curve = curve(layers);
        for &points in sizes {
            group.throughput(Throughput::Elements(points.into()));
            group.bench_function(BenchmarkId::new(format!("L{layers}"), points), |b| {
                b.iter(|| {
                    let times = (0..points).map(|i| t_max * f64::from(i) / f64::from(points - 1));
                    times.map(|t| curve.errors_at(t).expect("positive rank").test).sum::<f64>()
                });
            });
        }
    }
    group.finish();
}

fn stopping(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stopping");
    for (layers, t_max) in [(2, 10.0), (4, 300.0)] {
        let curve = curve(layers);
        group.bench_function(format!("L{layers}"), |b| {
            b.iter(|| curve.optimal_stopping(black_box(t_max)).expect("positive rank"));
        });
    }
    group.finish();
}

fn transfer(criterion: &mut Criterion) {
    let teacher = |strength: f64| Teacher { outputs: 50, strengths: vec![strength] };
    let alignment = linalg_core::faer::mat![[0.8]];
    let task = JointTask::pair(100, teacher(3.0), teacher(10.0), alignment.as_ref()).expect("legal tasks");
    let student = Student::new(50, 2, 1e-5).expect("legal student");
    criterion.bench_function("transfer/benefit", |b| {
        b.iter(|| JointCurve::new(&task, &student).benefit(0, black_box(8.0)).expect("positive rank"));
    });
}

fn spectrum(criterion: &mut Criterion) {
    let rule = Shrinkage::new(SpikedMatrix::new(50, 100, 0.01).expect("legal matrix"), Loss::Frobenius);
    criterion.bench_function("shrinkage/value", |b| b.iter(|| rule.value(black_box(2.3))));
    criterion.bench_function("shrinkage/error", |b| b.iter(|| black_box(curve(2)).shrinkage_error()));
    let noise = LargestNoiseValue::new(50, 100, 0.01).expect("legal noise");
    criterion.bench_function("largest_noise_value/p_value", |b| b.iter(|| noise.p_value(black_box(1.75))));
}

criterion_group!(benches, mode_growth, learning_curve, stopping, transfer, spectrum);
criterion_main!(benches);
