//! Whole runs as figures want them: of fig03, and many at a time, one per thread.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;
use sim::{AlignedSpec, Draw, Experiment, LinearSpec, Schedule, Start, StudentSpec, TaskSpec, Training, Unattended};
use std::hint::black_box;

fn task() -> TaskSpec {
    TaskSpec::single(100, 50, &[6.0, 4.0, 2.0])
}

const STUDENT: StudentSpec = StudentSpec::new(50, 2, 1e-5);

fn training(epochs: u64) -> Training {
    Training::new(1e-3, epochs, Schedule::every(25))
}

fn random(epochs: u64, run: u64) -> Experiment {
    Experiment::Linear(LinearSpec::new(task(), STUDENT, Start::Random, training(epochs), Draw { seed: 1, run }))
}

/// 10,000 epochs from drawing the data to the last error, modes compared every 25 (random) or known (aligned).
fn of_fig03(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fig03_run");
    group.sample_size(10);
    let random = random(10_000, 0);
    group.bench_function("random", |bencher| bencher.iter(|| black_box(random.run(&Unattended))));
    let aligned = AlignedSpec::new(task(), STUDENT, training(10_000), Draw { seed: 1, run: 0 });
    let aligned = Experiment::Aligned(aligned);
    group.bench_function("aligned", |bencher| bencher.iter(|| black_box(aligned.run(&Unattended))));
    group.finish();
}

/// Four random students of 1,000 epochs for each thread, on 1, 2, 4, … threads and on all there are.
fn in_parallel(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("runs_in_parallel");
    group.sample_size(10);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut counts: Vec<usize> = std::iter::successors(Some(1), |n| Some(2 * n)).take_while(|n| *n < cores).collect();
    counts.push(cores);
    for threads in counts {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let runs: Vec<Experiment> = (0..4 * threads as u64).map(|run| random(1000, run)).collect();
        group.throughput(Throughput::Elements(runs.len() as u64));
        group.bench_function(BenchmarkId::new("threads", threads), |bencher| {
            bencher.iter(|| pool.install(|| runs.par_iter().filter(|run| run.run(&Unattended).is_ok()).count()));
        });
    }
    group.finish();
}

criterion_group!(benches, of_fig03, in_parallel);
criterion_main!(benches);
