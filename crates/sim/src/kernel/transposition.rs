//! Transposes: the only pass over memory that an epoch makes beside its products.

use super::Real;
use pulp::{Arch, Simd, WithSimd};

/// Rows and columns of a matrix in column-major order, and the distances between the starts of columns, of it and of its
/// transpose.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub(super) shape: (usize, usize),
    pub(super) strides: (usize, usize),
}

/// target ← sourceᵀ, four columns at a time, with whatever vectors the compiler finds.
pub(super) fn portable<T: Real>(source: &[T], target: &mut [T], layout: Layout) {
    Arch::new().dispatch(Portable { source, target, layout });
}

struct Portable<'a, T> {
    source: &'a [T],
    target: &'a mut [T],
    layout: Layout,
}

impl<T: Real> WithSimd for Portable<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        by_groups(self.source, self.target, self.layout);
    }
}

/// Four columns at a time, gathered into four neighbours of a column of the target. (A function of slices, because the
/// compiler then knows that they do not overlap.)
#[inline(always)]
fn by_groups<T: Real>(source: &[T], target: &mut [T], Layout { shape: (m, n), strides: (from, to) }: Layout) {
    const GROUP: usize = 4;
    let whole = n - n % GROUP;
    for j in (0..whole).step_by(GROUP) {
        let columns: [&[T]; GROUP] = std::array::from_fn(|c| &source[(j + c) * from..][..m]);
        for i in 0..m {
            let row = target[i * to + j..].first_chunk_mut::<GROUP>().expect("a column has room for all rows");
            *row = std::array::from_fn(|c| columns[c][i]);
        }
    }
    for j in whole..n {
        for (i, &x) in source[j * from..][..m].iter().enumerate() {
            target[i * to + j] = x;
        }
    }
}

/// As [`portable`] in single precision, by blocks of 8 × 8 in registers where there is AVX2: in less than half the time.
pub(super) fn single(source: &[f32], target: &mut [f32], layout: Layout) {
    #[cfg(target_arch = "x86_64")]
    if layout.shape.1 >= avx2::BLOCK
        && let Some(simd) = pulp::x86::V3::try_new()
    {
        return simd.vectorize(avx2::Blocks { simd, source, target, layout });
    }
    portable(source, target, layout);
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::Layout;
    use pulp::x86::V3;
    use pulp::{NullaryFnOnce, cast};
    use std::arch::x86_64::__m256;
    use std::array::from_fn;

    /// Rows and columns of a block.
    pub(super) const BLOCK: usize = 8;

    pub(super) struct Blocks<'a> {
        pub(super) simd: V3,
        pub(super) source: &'a [f32],
        pub(super) target: &'a mut [f32],
        pub(super) layout: Layout,
    }

    impl NullaryFnOnce for Blocks<'_> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            let Self { simd, source, target, layout: Layout { shape: (m, n), strides: (from, to) } } = self;
            for start in (0..n).step_by(BLOCK) {
                // The last block begins early enough to be whole, and writes some numbers twice.
                let j = start.min(n - BLOCK);
                // A column is followed by zeros up to a whole number of blocks.
                for i in (0..m).step_by(BLOCK) {
                    let column = |c: usize| source[(j + c) * from + i..].first_chunk().map(|x: &[f32; BLOCK]| cast(*x));
                    let columns = from_fn(|c| column(c).expect("columns are padded"));
                    let rows = transposed(simd, columns);
                    for (r, row) in rows.into_iter().enumerate().take(m - i) {
                        let place = target[(i + r) * to + j..].first_chunk_mut::<BLOCK>();
                        *place.expect("a column has room for all rows") = cast(row);
                    }
                }
            }
        }
    }

    /// Neighbours are exchanged, then pairs, then halves.
    #[inline(always)]
    fn transposed(V3 { avx, .. }: V3, v: [__m256; BLOCK]) -> [__m256; BLOCK] {
        let v: [__m256; BLOCK] = from_fn(|i| {
            let (a, b) = (v[i & !1], v[i | 1]);
            if i & 1 == 0 { avx._mm256_unpacklo_ps(a, b) } else { avx._mm256_unpackhi_ps(a, b) }
        });
        let v: [__m256; BLOCK] = from_fn(|i| {
            let half = i & 4;
            let (a, b) = (v[half | (i >> 1 & 1)], v[half | 2 | (i >> 1 & 1)]);
            if i & 1 == 0 { avx._mm256_shuffle_ps::<0x44>(a, b) } else { avx._mm256_shuffle_ps::<0xee>(a, b) }
        });
        from_fn(|i| {
            let (a, b) = (v[i & 3], v[i & 3 | 4]);
            if i & 4 == 0 { avx._mm256_permute2f128_ps::<0x20>(a, b) } else { avx._mm256_permute2f128_ps::<0x31>(a, b) }
        })
    }
}
