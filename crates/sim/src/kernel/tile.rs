//! The register tile and the sweep of tiles over a matrix.
//!
//! The one place with `unsafe`: the innermost loop reads through pointers whose range is asserted once per tile. With
//! indexing, a check per load and the pointers kept for it cost a quarter of the speed (50 × 50 × 50 in f64: 0.64 of the
//! register peak against 0.86).
#![allow(unsafe_code, reason = "bounds are checked once per tile instead of once per load, see the module's text")]

use super::{Dense, Finish, Real};
use pulp::Simd;

/// The matrix to be written.
pub(super) struct Target<'a, T> {
    pub(super) entries: &'a mut [T],
    pub(super) stride: usize,
    pub(super) rows: usize,
    pub(super) cols: usize,
}

/// Covers the target with tiles: panels of two vectors of rows (three at the end of an odd number), in each panel tiles
/// of as many columns as keep the sums, one column of the left factor and a broadcast number in the 16 registers of AVX2.
///
/// A tile of 3 × 4 vectors would need exactly 16; the compiler then keeps sums in memory, at half the speed. A tile of
/// fewer than 8 sums waits for the latency of each, so the last columns are shared out more evenly.
#[inline(always)]
pub(super) fn sweep<T: Real, S: Simd, F: Finish<T>, const TRANSPOSED: bool>(
    simd: S,
    mut target: Target<'_, T>,
    finish: &F,
    left: &Dense<T>,
    right: &Dense<T>,
) {
    let lanes = T::lanes::<S>();
    let vectors = target.rows.div_ceil(lanes);
    let companion = finish.companion().map_or(&[][..], Dense::entries);
    let mut done = 0;
    while done < vectors {
        let row = done * lanes;
        let (left_stride, depth) = (left.stride(), left.cols());
        let factors = Factors { left: left.entries(), left_stride, row, depth, right, companion };
        done += match vectors - done {
            1 => factors.panel::<S, F, 1, 8, TRANSPOSED>(simd, &mut target, finish),
            3 => factors.panel::<S, F, 3, 3, TRANSPOSED>(simd, &mut target, finish),
            _ => factors.panel::<S, F, 2, 6, TRANSPOSED>(simd, &mut target, finish),
        };
    }
}

/// A·B or A·Bᵀ from row `row` of A on.
struct Factors<'a, T> {
    left: &'a [T],
    left_stride: usize,
    row: usize,
    /// k, the number of terms of each sum.
    depth: usize,
    right: &'a Dense<T>,
    /// The finish's, empty if it has none.
    companion: &'a [T],
}

impl<T: Real> Factors<'_, T> {
    /// All columns of a panel of `M` vectors of rows; the number of vectors done.
    #[inline(always)]
    fn panel<S: Simd, F: Finish<T>, const M: usize, const N: usize, const TRANSPOSED: bool>(
        &self,
        simd: S,
        target: &mut Target<'_, T>,
        finish: &F,
    ) -> usize {
        let mut col = 0;
        // As many tiles of the full width as leave enough columns for another good one.
        let least = if N > 4 { 4 } else { 2 };
        while col + N + least <= target.cols || col + N == target.cols {
            col += self.tile::<S, F, M, N, TRANSPOSED>(simd, target, finish, col);
        }
        while col < target.cols {
            col += match target.cols - col {
                5 | 7 | 9 if const { N == 6 } => self.tile::<S, F, M, 5, TRANSPOSED>(simd, target, finish, col),
                4.. if const { N > 4 } => self.tile::<S, F, M, 4, TRANSPOSED>(simd, target, finish, col),
                2.. => self.tile::<S, F, M, 2, TRANSPOSED>(simd, target, finish, col),
                _ => self.tile::<S, F, M, 1, TRANSPOSED>(simd, target, finish, col),
            };
        }
        M
    }

    /// `M` vectors of rows by `N` columns: sums in registers, then the finish; the number of columns.
    #[inline(always)]
    fn tile<S: Simd, F: Finish<T>, const M: usize, const N: usize, const TRANSPOSED: bool>(
        &self,
        simd: S,
        target: &mut Target<'_, T>,
        finish: &F,
        col: usize,
    ) -> usize {
        let sums = self.sums::<S, M, N, TRANSPOSED>(simd, col);
        for (j, sums) in sums.iter().enumerate() {
            let at = (col + j) * target.stride + self.row;
            let width = M * T::lanes::<S>();
            let old = T::vectors_mut::<S>(&mut target.entries[at..][..width]);
            if F::HAS_COMPANION {
                let companion = T::vectors::<S>(&self.companion[at..][..width]);
                for ((old, sum), companion) in old.iter_mut().zip(sums).zip(companion) {
                    *old = finish.combine(simd, *sum, *old, *companion);
                }
            } else {
                for (old, sum) in old.iter_mut().zip(sums) {
                    *old = finish.combine(simd, *sum, *old, *old);
                }
            }
        }
        N
    }

    /// Σₖ aᵢₖ bₖⱼ, with bₖⱼ the entry (j, k) of the stored factor if that is `TRANSPOSED`.
    #[inline(always)]
    fn sums<S: Simd, const M: usize, const N: usize, const TRANSPOSED: bool>(
        &self,
        simd: S,
        col: usize,
    ) -> [[T::Vector<S>; M]; N] {
        let (depth, left_step, stride) = (self.depth, self.left_stride, self.right.stride());
        let (right_step, col_step) = if TRANSPOSED { (stride, 1) } else { (1, stride) };
        let mut sums = [[T::splat(simd, T::default()); M]; N];
        if depth == 0 {
            return sums;
        }
        let (left, right) = (&self.left[self.row..], &self.right.entries()[col * col_step..]);
        assert!((depth - 1) * left_step + M * T::lanes::<S>() <= left.len(), "a tile reads within its left factor");
        assert!((depth - 1) * right_step + (N - 1) * col_step < right.len(), "a tile reads within its right factor");
        let (mut left, mut right) = (left.as_ptr(), right.as_ptr());
        for _ in 0..depth {
            // SAFETY: in the last round `left` has advanced by (depth − 1)·left_step and is read for M vectors, `right`
            // by (depth − 1)·right_step and is read up to (N − 1)·col_step further; both are asserted above to lie in
            // their slices, and earlier rounds read lower addresses. A vector is made of plain numbers, any bits are valid.
            unsafe {
                let column = left.cast::<[T::Vector<S>; M]>().read_unaligned();
                accumulate::<T, S, M, N>(simd, &mut sums, &column, |j| *right.add(j * col_step));
            }
            left = left.wrapping_add(left_step);
            right = right.wrapping_add(right_step);
        }
        sums
    }
}

/// One term of every sum.
#[inline(always)]
fn accumulate<T: Real, S: Simd, const M: usize, const N: usize>(
    simd: S,
    sums: &mut [[T::Vector<S>; M]; N],
    left: &[T::Vector<S>; M],
    right: impl Fn(usize) -> T,
) {
    for (j, sums) in sums.iter_mut().enumerate() {
        let right = T::splat(simd, right(j));
        for (sum, left) in sums.iter_mut().zip(left) {
            *sum = T::mul_add(simd, *left, right, *sum);
        }
    }
}
