//! Random students and ensembles, beside the gradient descent that they replace.
//!
//! `random_student/exact_200_times`: 200 time points of a 100-50-50 student with both errors. `random_student/trained_5_epochs`:
//! the same student by full-batch gradient descent; at λ = 10⁻³ the 200 points up to t = 10 τ take 10,000 epochs, so
//! multiply by 2,000. Ensembles use all cores.

use criterion::{Criterion, criterion_group, criterion_main};
use linalg_core::faer::linalg::matmul::matmul;
use linalg_core::faer::{Accum, Mat, Par};
use linalg_core::{generator, sample_gaussian, sample_haar_columns, squared_frobenius_norm};
use std::hint::black_box;
use theory::{Ensemble, ExactStudent, InitialWeights, Student, StudentShape, Task};

const SHAPE: StudentShape = StudentShape { inputs: 100, hidden: 50, outputs: 50 };

fn data_and_start() -> (Mat<f64>, Mat<f64>, InitialWeights) {
    let mut rng = generator(1, "bench", &[], 0);
    let left = sample_haar_columns(50, 1, &mut rng);
    let teacher = Mat::from_fn(50, 1, |i, _| 3.0 * left[(i, 0)]) * sample_haar_columns(100, 1, &mut rng).transpose();
    let data = &teacher + sample_gaussian(50, 100, 0.01, &mut rng);
    let start = InitialWeights::sample_random(SHAPE, 1e-5, &mut rng).expect("a positive epsilon");
    (data, teacher, start)
}

/// `epochs` steps of full-batch gradient descent without allocation, the train error computed at each; returns their sum.
fn train(data: &Mat<f64>, weights: &mut InitialWeights, epochs: usize, rate: f64) -> f64 {
    let InitialWeights { first, second } = weights;
    let mut residual = data.clone();
    let mut previous = second.clone();
    let mut total = 0.0;
    for _ in 0..epochs {
        residual.copy_from(data);
        matmul(&mut residual, Accum::Add, &*second, &*first, -1.0, Par::Seq);
        total += squared_frobenius_norm(residual.as_ref());
        previous.copy_from(&*second);
        matmul(&mut *second, Accum::Add, &residual, first.transpose(), rate, Par::Seq);
        matmul(&mut *first, Accum::Add, previous.transpose(), &residual, rate, Par::Seq);
    }
    total
}

fn random_student(criterion: &mut Criterion) {
    let (data, teacher, start) = data_and_start();
    let mut group = criterion.benchmark_group("random_student");
    group.bench_function("exact_200_times", |bencher| {
        bencher.iter(|| {
            let student = ExactStudent::new(data.as_ref(), &start).expect("a balanced start");
            let teacher = student.project(teacher.as_ref()).expect("a teacher");
            let errors = (0..200).map(|k| {
                let state = student.state_at(0.05 * f64::from(k));
                state.squared_residual() + state.test_error(&teacher)
            });
            black_box(errors.sum::<f64>())
        });
    });
    group.bench_function("trained_5_epochs", |bencher| {
        let mut weights = start.clone();
        bencher.iter(|| black_box(train(&data, &mut weights, 5, 1e-3)));
    });
    group.finish();
}

/// 200 draws of the data; the band of aligned students' errors around a curve of 200 points, draws and best stopping
/// times included; and ten random students.
fn ensemble(criterion: &mut Criterion) {
    let task = Task::new(100, 50, &[6.0, 4.0, 2.0]).expect("a task");
    let times: Vec<f64> = (0..200).map(|k| 0.05 * f64::from(k)).collect();
    let mut group = criterion.benchmark_group("ensemble");
    group.sample_size(10);
    group.bench_function("200_draws", |bencher| {
        bencher.iter(|| black_box(Ensemble::sample(&task, 200, 1).expect("draws")));
    });
    for layers in [2, 4] {
        let student = Student::new(50, layers, 1e-5).expect("a student");
        group.bench_function(format!("band_of_200_draws/L{layers}"), |bencher| {
            bencher.iter(|| {
                let draws = Ensemble::sample(&task, 200, 1).expect("draws");
                let runs = draws.aligned(&student, &times, 10.0).expect("times");
                black_box((runs.train_errors(), runs.test_errors()))
            });
        });
    }
    let few = Ensemble::sample(&task, 10, 1).expect("draws");
    let student = Student::new(50, 2, 1e-5).expect("a student");
    group.bench_function("10_random_students", |bencher| {
        bencher.iter(|| black_box(few.random(&student, &times, 10.0, 0).expect("times").test_errors()));
    });
    group.finish();
}

criterion_group!(benches, random_student, ensemble);
criterion_main!(benches);
