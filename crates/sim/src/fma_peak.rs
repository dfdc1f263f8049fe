//! The yardstick of all speed measurements.

use crate::kernel::Real;
use pulp::{Arch, Simd, WithSimd};
use std::hint::black_box;
use std::marker::PhantomData;
use std::time::Instant;

/// Floating-point operations per second of one core in fused multiply-adds between registers, counting two for each.
///
/// No program that multiplies matrices in this precision with the vectors of the kernel can be faster,
/// and clock frequencies drift, so speeds are quoted as a fraction of this, measured in turn with them. The best of
/// `samples` runs of about 0.2 ms each, because other programs can only slow a run down.
///
/// ```
/// assert!(sim::internals::fma_peak::<f64>(3) > 1e8);
/// ```
pub fn fma_peak<T: Real>(samples: usize) -> f64 {
    const ROUNDS: u64 = 100_000;
    let rate = |_| Arch::new().dispatch(Rounds::<T>(ROUNDS, PhantomData));
    (0..samples).map(rate).fold(0.0, f64::max)
}

/// Independent chains of multiply-adds: enough to hide the latency (4 cycles × 2 per cycle), few enough for 16 registers.
const CHAINS: usize = 12;

struct Rounds<T>(u64, PhantomData<T>);

impl<T: Real> WithSimd for Rounds<T> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        // x ← x·a + b with a fixed point at 1: no overflow, no denormal numbers.
        let a = T::splat(simd, black_box(T::from_f64(0.5)));
        let mut chains = [a; CHAINS];
        let start = Instant::now();
        for _ in 0..self.0 {
            for x in &mut chains {
                *x = T::mul_add(simd, *x, a, a);
            }
        }
        let elapsed = start.elapsed().as_secs_f64();
        black_box(chains);
        (2 * CHAINS * T::lanes::<S>()) as f64 * self.0 as f64 / elapsed
    }
}
