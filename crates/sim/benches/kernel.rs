//! Products of the sizes of the figures, ours and faer's, beside the register peak of the same run.
//!
//! `cargo bench -p sim --bench kernel` prints a table of fractions of the peak (the best of interleaved samples), then
//! runs criterion on the same products.

use criterion::{Criterion, Throughput};
use linalg_core::faer::linalg::matmul::matmul;
use linalg_core::faer::{Accum, Mat, Par, traits::ComplexField};
use sim::internals::fma_peak;
use sim::internals::kernel::{Add, Dense, Real, Right, product};
use std::hint::black_box;
use std::time::Instant;

/// (rows, columns, depth) of the products of a 100-50-50-50-50 network, examples first and outputs first, and larger.
const SHAPES: [(usize, usize, usize); 6] =
    [(50, 50, 50), (50, 100, 50), (50, 50, 100), (100, 50, 50), (100, 100, 100), (200, 200, 200)];

/// Samples of each kind in the table. The best counts, because other programs can only slow a sample down.
const SAMPLES: usize = 100;

struct Operands<T> {
    dense: [Dense<T>; 3],
    faer: [Mat<T>; 3],
    transposed: bool,
}

impl<T: Real + ComplexField> Operands<T> {
    fn new((m, n, k): (usize, usize, usize), transposed: bool) -> Self {
        let shapes = [(m, n), (m, k), if transposed { (n, k) } else { (k, n) }];
        let entry = |i: usize, j: usize| T::from_f64(((i * 7 + j * 13) % 17) as f64 / 10.0 - 0.8);
        Self {
            dense: shapes.map(|(rows, cols)| Dense::from_fn(rows, cols, entry)),
            faer: shapes.map(|(rows, cols)| Mat::from_fn(rows, cols, entry)),
            transposed,
        }
    }

    fn ours(&mut self) {
        let [target, left, right] = &mut self.dense;
        let right = if self.transposed { Right::Transposed(&*right) } else { Right::Plain(&*right) };
        product(black_box(target), Add { factor: T::from_f64(1e-9) }, left, right);
    }

    fn faer(&mut self) {
        let [target, left, right] = &mut self.faer;
        let right = if self.transposed { right.transpose() } else { right.as_ref() };
        matmul(black_box(target), Accum::Add, left.as_ref(), right, T::from_f64(1e-9), Par::Seq);
    }
}

fn main() {
    println!("fraction of the register peak, each the best of {SAMPLES} interleaved samples of about 0.3 ms");
    println!("precision   rows cols depth right       peak GFLOP/s   ours  faer");
    table::<f64>("f64");
    table::<f32>("f32");
    let mut criterion = Criterion::default().configure_from_args();
    measure::<f64>(&mut criterion, "f64");
    measure::<f32>(&mut criterion, "f32");
    criterion.final_summary();
}

fn table<T: Real + ComplexField>(precision: &str) {
    for shape in SHAPES {
        for transposed in [false, true] {
            let mut operands = Operands::<T>::new(shape, transposed);
            let (m, n, k) = shape;
            let repeats = 8_000_000 / (m * n * k) + 1;
            let operations = (2 * m * n * k * repeats) as f64;
            let mut best = [0.0_f64; 3];
            for _ in 0..SAMPLES {
                best[0] = best[0].max(fma_peak::<T>(1));
                for (best, run) in best[1..].iter_mut().zip([Operands::ours, Operands::faer]) {
                    let start = Instant::now();
                    for _ in 0..repeats {
                        run(&mut operands);
                    }
                    *best = best.max(operations / start.elapsed().as_secs_f64());
                }
            }
            let right = if transposed { "transposed" } else { "plain" };
            let (gflops, ours, faer) = (best[0] / 1e9, best[1] / best[0], best[2] / best[0]);
            println!("{precision:9} {m:6} {n:4} {k:5} {right:10} {gflops:13.1} {ours:6.3} {faer:5.3}");
        }
    }
}

fn measure<T: Real + ComplexField>(criterion: &mut Criterion, precision: &str) {
    let mut group = criterion.benchmark_group(format!("product {precision}"));
    for shape in SHAPES {
        let (m, n, k) = shape;
        group.throughput(Throughput::Elements((2 * m * n * k) as u64));
        for transposed in [false, true] {
            let mut operands = Operands::<T>::new(shape, transposed);
            let name = format!("{m}x{n}x{k}{}", if transposed { " transposed" } else { "" });
            group.bench_function(format!("ours {name}"), |bencher| bencher.iter(|| operands.ours()));
            group.bench_function(format!("faer {name}"), |bencher| bencher.iter(|| operands.faer()));
        }
    }
    group.finish();
}
