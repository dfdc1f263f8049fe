//! Products of small dense matrices: the inner loop of every student.
//!
//! An epoch of gradient descent is a handful of products of matrices of 20 to 400 rows. They fit the first two cache
//! levels, so nothing is gained by the copying into panels that makes large products fast; what counts is to lose
//! nothing at the edges, in the memory passes before and after, and in the calls. This module therefore has
//!
//! * [`Dense`], column-major storage whose columns start on cache lines and end in zeros, so that whole vectors are
//!   read and written everywhere and no edge needs a mask;
//! * [`product`], op(C, A·B) or op(C, A·Bᵀ), with a register tile of 12 vectors and a [`Finish`] that says what becomes of
//!   the product while it is still in registers: added with a step size (a gradient step without a gradient matrix),
//!   subtracted from a target, sent through an activation;
//! * [`Dense::transpose_from`] for the third kind of product, Aᵀ·B: the caller transposes the smaller factor, which it
//!   often has to copy anyway because all layers step at once.
//!
//! Vectors come from [`pulp`], chosen at run time: 256 bits wide with AVX2 and FMA, NEON on ARM, plain scalars otherwise.
//! With 512-bit vectors a 50-row column takes 56 numbers instead of 52, which on a CPU that executes them as two halves
//! costs 7 %, so `pulp`'s `x86-v4` feature is left off.
//!
//! Fractions of the register peak (one Zen 4 core, `cargo bench -p sim --bench kernel`), ours against faer's matmul:
//! 50 × 50 × 50 in f64 0.88 against 0.79, in f32 0.81 against 0.71; 100 × 50 × 50 in f64 0.93 against 0.87, in f32
//! 0.89 against 0.79; from 200 × 200 × 200 on faer is faster.
//!
//! # Rounding
//!
//! Every entry of a product is one chain of fused multiply-adds, Σₖ aᵢₖ bₖⱼ in the order of k, whatever the vector width
//! and the tile. Results are therefore the same bits at any thread count and on every CPU with fused multiply-add; the
//! scalar fallback rounds twice per term and differs in the last digits.

mod dense;
mod finish;
mod real;
mod square_sums;
mod tile;
mod transposition;

pub use dense::Dense;
pub use finish::{Add, AddScaled, Finish, Replace, Subtract};
pub use real::Real;
pub(crate) use square_sums::{PARTS, SquareSums};

use pulp::{Arch, Simd, WithSimd};
use tile::{Target, sweep};

/// The right factor of a [`product`].
#[derive(Clone, Copy, Debug)]
pub enum Right<'a, T> {
    /// B, k × n.
    Plain(&'a Dense<T>),
    /// Bᵀ for a stored B of n × k.
    Transposed(&'a Dense<T>),
}

/// C ← finish(C, A·B) or finish(C, A·Bᵀ), for C of m × n, A of m × k.
///
/// # Panics
/// If the shapes do not fit.
pub fn product<T: Real>(target: &mut Dense<T>, finish: impl Finish<T>, left: &Dense<T>, right: Right<'_, T>) {
    let ((m, n), k) = (target.shape(), left.cols());
    let right_shape = match right {
        Right::Plain(right) => right.shape(),
        Right::Transposed(right) => (right.cols(), right.rows()),
    };
    assert_eq!(
        (left.rows(), right_shape),
        (m, (k, n)),
        "product of {:?} and {right_shape:?} into {:?}",
        left.shape(),
        (m, n)
    );
    if let Some(companion) = finish.companion() {
        assert_eq!(companion.shape(), (m, n), "shapes of the companion and of the target of a product");
    }
    Arch::new().dispatch(Product { target, finish, left, right });
}

struct Product<'a, T, F> {
    target: &'a mut Dense<T>,
    finish: F,
    left: &'a Dense<T>,
    right: Right<'a, T>,
}

impl<T: Real, F: Finish<T>> WithSimd for Product<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (m, n) = self.target.shape();
        let stride = self.target.stride();
        let target = Target { entries: self.target.entries_mut(), stride, rows: m, cols: n };
        match self.right {
            Right::Plain(right) => sweep::<T, S, F, false>(simd, target, &self.finish, self.left, right),
            Right::Transposed(right) => sweep::<T, S, F, true>(simd, target, &self.finish, self.left, right),
        }
    }
}

#[cfg(test)]
mod tests;
