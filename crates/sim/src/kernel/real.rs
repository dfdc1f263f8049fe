//! The two precisions.

use super::transposition::{self, Layout};
use pulp::Simd;
use std::fmt::Debug;
use std::ops::{Add, Mul};

/// `f32` or `f64` and its SIMD vectors.
pub trait Real:
    Copy + Debug + Default + PartialOrd + Add<Output = Self> + Mul<Output = Self> + Send + Sync + 'static
{
    /// A vector of the instruction set `S`.
    type Vector<S: Simd>: Copy;
    /// Numbers in a cache line.
    const LINE: usize = 64 / size_of::<Self>();

    /// The nearest number to `x`.
    fn from_f64(x: f64) -> Self;
    /// The same number as `f64`, exactly.
    fn to_f64(self) -> f64;
    /// Numbers in a vector.
    fn lanes<S: Simd>() -> usize;
    /// `x` in all lanes.
    fn splat<S: Simd>(simd: S, x: Self) -> Self::Vector<S>;
    /// a·b.
    fn multiply<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// a + b.
    fn plus<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// a − b.
    fn subtract<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// a·b + c, rounded once where the CPU can.
    fn mul_add<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>, c: Self::Vector<S>) -> Self::Vector<S>;
    /// In each lane `yes` if `test` > 0, else `no`.
    fn where_positive<S: Simd>(
        simd: S,
        test: Self::Vector<S>,
        yes: Self::Vector<S>,
        no: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// The sum of all lanes.
    fn sum<S: Simd>(simd: S, a: Self::Vector<S>) -> Self;
    /// The whole vectors at the start of a slice.
    fn vectors<S: Simd>(numbers: &[Self]) -> &[Self::Vector<S>];
    /// The whole vectors at the start of a slice, to be written.
    fn vectors_mut<S: Simd>(numbers: &mut [Self]) -> &mut [Self::Vector<S>];
    /// target ← sourceᵀ, with the source's layout and the distance between the target's columns.
    fn transpose(source: &[Self], target: &mut [Self], layout: Layout);
}

macro_rules! real {
    ($real:ident, $vector:ident, $lanes:ident, $splat:ident, $sum:ident, $add:ident, $mul:ident, $sub:ident,
     $mul_add:ident, $greater:ident, $select:ident, $vectors:ident, $vectors_mut:ident, $transpose:path) => {
        impl Real for $real {
            type Vector<S: Simd> = S::$vector;

            fn from_f64(x: f64) -> Self {
                x as $real
            }

            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            fn lanes<S: Simd>() -> usize {
                S::$lanes
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, x: Self) -> S::$vector {
                simd.$splat(x)
            }

            #[inline(always)]
            fn multiply<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$mul(a, b)
            }

            #[inline(always)]
            fn plus<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$add(a, b)
            }

            #[inline(always)]
            fn sum<S: Simd>(simd: S, a: S::$vector) -> Self {
                simd.$sum(a)
            }

            #[inline(always)]
            fn subtract<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$sub(a, b)
            }

            #[inline(always)]
            fn mul_add<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                simd.$mul_add(a, b, c)
            }

            #[inline(always)]
            fn where_positive<S: Simd>(simd: S, test: S::$vector, yes: S::$vector, no: S::$vector) -> S::$vector {
                simd.$select(simd.$greater(test, simd.$splat(0.0)), yes, no)
            }

            #[inline(always)]
            fn vectors<S: Simd>(numbers: &[Self]) -> &[S::$vector] {
                S::$vectors(numbers).0
            }

            #[inline(always)]
            fn vectors_mut<S: Simd>(numbers: &mut [Self]) -> &mut [S::$vector] {
                S::$vectors_mut(numbers).0
            }

            fn transpose(source: &[Self], target: &mut [Self], layout: Layout) {
                $transpose(source, target, layout);
            }
        }
    };
}

real!(
    f32,
    f32s,
    F32_LANES,
    splat_f32s,
    reduce_sum_f32s,
    add_f32s,
    mul_f32s,
    sub_f32s,
    mul_add_e_f32s,
    greater_than_f32s,
    select_f32s,
    as_simd_f32s,
    as_mut_simd_f32s,
    transposition::single
);
real!(
    f64,
    f64s,
    F64_LANES,
    splat_f64s,
    reduce_sum_f64s,
    add_f64s,
    mul_f64s,
    sub_f64s,
    mul_add_e_f64s,
    greater_than_f64s,
    select_f64s,
    as_simd_f64s,
    as_mut_simd_f64s,
    transposition::portable
);
