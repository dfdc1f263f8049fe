//! What the closed forms cost on one core.

use criterion::{Criterion, criterion_group, criterion_main};
use linalg_core::{BulkPart, Front, MarchenkoPastur};
use std::hint::black_box;
use theory::{LearningCurve, Loss, ModeGrowth, Shrinkage, SpikedMatrix, Student, Task};

/// The rank-3 task of the benches: 100 inputs, 50 outputs.
fn curve(layers: usize) -> LearningCurve {
    let task = Task::new(100, 50, &[6.0, 4.0, 2.0]).expect("legal task");
    let student = Student::new(50, layers, 1e-5).expect("legal student");
    LearningCurve::new(&task, &student)
}

fn bulk_integral(c: &mut Criterion) {
    let law = MarchenkoPastur::new(50, 100, 0.01).expect("legal law");
    let front = Front { position: 1.2, width: 0.1 };
    let step = |y: f64| 1.0 / (1.0 + ((1.2 - y) / 0.1).exp());
    c.bench_function("bulk_integral/smooth", |b| b.iter(|| law.integral(BulkPart::All, None, |y| black_box(y) * y)));
    c.bench_function("bulk_integral/front", |b| b.iter(|| law.integral(BulkPart::All, Some(front), step)));
    c.bench_function("bulk_integral/quantile", |b| b.iter(|| law.upper_quantile(black_box(0.3))));
}

fn mode_growth(c: &mut Criterion) {
    for (layers, t) in [(2, 3.0), (3, 20.0), (4, 100.0)] {
        let growth = ModeGrowth::new(layers, 1e-5).expect("legal growth");
        c.bench_function(&format!("mode_growth/layers_{layers}"), |b| {
            b.iter(|| growth.strength_at(black_box(1.7), black_box(t)));
        });
        c.bench_function(&format!("mode_growth/front_layers_{layers}"), |b| b.iter(|| growth.front_at(black_box(t))));
    }
}

fn learning_curve(c: &mut Criterion) {
    for (layers, t_max) in [(2, 10.0), (3, 40.0), (4, 300.0)] {
        let curve = curve(layers);
        c.bench_function(&format!("curve_200_points/layers_{layers}"), |b| {
            b.iter(|| {
                (0..200)
                    .map(|i| curve.errors_at(t_max * f64::from(i) / 199.0).expect("positive rank").test)
                    .sum::<f64>()
            });
        });
    }
}

fn stopping(c: &mut Criterion) {
    for (layers, t_max) in [(2, 10.0), (4, 300.0)] {
        let curve = curve(layers);
        c.bench_function(&format!("stopping/layers_{layers}"), |b| {
            b.iter(|| curve.optimal_stopping(black_box(t_max)).expect("positive rank"));
        });
    }
}

fn shrinkage(c: &mut Criterion) {
    let rule = Shrinkage::new(SpikedMatrix::new(50, 100, 0.01).expect("legal matrix"), Loss::Frobenius);
    c.bench_function("shrinkage/value", |b| b.iter(|| rule.value(black_box(2.3))));
    c.bench_function("shrinkage/error", |b| b.iter(|| black_box(curve(2)).shrinkage_error()));
}

criterion_group!(benches, bulk_integral, mode_growth, learning_curve, stopping, shrinkage);
criterion_main!(benches);
