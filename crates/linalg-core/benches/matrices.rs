//! Decompositions, random matrices and the Marchenko-Pastur law on one core.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use faer::Mat;
use linalg_core::{
    BulkPart, Front, MarchenkoPastur, generator, leading_triplets, sample_gaussian, sample_haar_columns,
    sample_haar_orthogonal, singular_values, thin_svd,
};
use std::cell::OnceCell;
use std::hint::black_box;

fn noise(rows: usize, columns: usize) -> Mat<f64> {
    sample_gaussian(rows, columns, 1.0 / columns as f64, &mut generator(1, "bench", &[], 0))
}

fn svd(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("svd");
    for (rows, columns) in [(50, 100), (200, 400)] {
        let (matrix, size) = (noise(rows, columns), format!("{rows}x{columns}"));
        group.bench_function(BenchmarkId::new("thin", &size), |b| b.iter(|| thin_svd(matrix.as_ref())));
        group.bench_function(BenchmarkId::new("values_only", &size), |b| b.iter(|| singular_values(matrix.as_ref())));
    }
    let spiked = OnceCell::new();
    group.sample_size(10).bench_function("leading_triplet/1000x1000", |b| {
        let spiked = spiked.get_or_init(|| {
            let mut rng = generator(1, "bench spike", &[], 0);
            let left = sample_haar_columns(1000, 1, &mut rng);
            let right = sample_haar_columns(1000, 1, &mut rng);
            noise(1000, 1000) + Mat::from_fn(1000, 1, |i, _| 3.0 * left[(i, 0)]) * right.transpose()
        });
        b.iter(|| leading_triplets(spiked.as_ref(), 1));
    });
    group.finish();
}

fn random_matrices(criterion: &mut Criterion) {
    let mut rng = generator(1, "bench draws", &[], 0);
    let mut group = criterion.benchmark_group("draw");
    group.bench_function("haar_orthogonal/100x100", |b| b.iter(|| sample_haar_orthogonal(100, &mut rng)));
    group.bench_function("haar_columns/1000x3", |b| b.iter(|| sample_haar_columns(1000, 3, &mut rng)));
    group.bench_function("gaussian/50x100", |b| b.iter(|| sample_gaussian(50, 100, 0.01, &mut rng)));
    group.finish();
}

fn bulk(criterion: &mut Criterion) {
    let law = MarchenkoPastur::new(50, 100, 0.01).expect("legal law");
    let front = Front { position: 1.2, width: 0.1 };
    let step = |y: f64| 1.0 / (1.0 + ((1.2 - y) / 0.1).exp());
    let mut group = criterion.benchmark_group("bulk");
    group.bench_function("integral", |b| b.iter(|| law.integral(BulkPart::All, None, |y| black_box(y) * y)));
    group.bench_function("integral_with_front", |b| b.iter(|| law.integral(BulkPart::All, Some(front), step)));
    group.bench_function("quantile", |b| b.iter(|| law.upper_quantile(black_box(0.3))));
    group.finish();
}

criterion_group!(benches, svd, random_matrices, bulk);
criterion_main!(benches);
