//! What `cargo xtask bench` measures everything else against, in turn with it.
//!
//! Neither depends on this workspace's products: register arithmetic, and a product of faer's that stays in the caches.
//! The throughput is the number of floating-point operations.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use linalg_core::faer::linalg::matmul::matmul;
use linalg_core::faer::{Accum, Mat, Par};
use sim::internals::fma_peak;
use sim::internals::kernel::Real;
use std::hint::black_box;
use std::time::Duration;

/// Operations of one iteration: about those of one measurement of the peak, whose own clock counts.
const OPERATIONS: u64 = 10_000_000;

/// Time that the operations take at the peak, from a measurement of the peak for each iteration.
fn at_peak<T: Real>(iterations: u64) -> Duration {
    let seconds = (0..iterations).map(|_| OPERATIONS as f64 / fma_peak::<T>(1)).sum();
    Duration::from_secs_f64(seconds)
}

fn yardsticks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("yardstick");
    group.throughput(Throughput::Elements(OPERATIONS));
    group.bench_function("fma_f64", |bencher| bencher.iter_custom(at_peak::<f64>));
    group.bench_function("fma_f32", |bencher| bencher.iter_custom(at_peak::<f32>));
    let entry = |i: usize, j: usize| ((i * 7 + j * 13) % 17) as f64 / 10.0 - 0.8;
    let (left, right) = (Mat::from_fn(100, 50, entry), Mat::from_fn(50, 100, entry));
    let mut target = Mat::zeros(100, 100);
    group.throughput(Throughput::Elements(2 * 100 * 100 * 50));
    group.bench_function("faer_product", |bencher| {
        bencher.iter(|| {
            matmul(black_box(&mut target), Accum::Replace, black_box(&left), black_box(&right), 1.0, Par::Seq);
        });
    });
    group.finish();
}

criterion_group!(benches, yardsticks);
criterion_main!(benches);
