//! What becomes of a product while it is still in registers.

use super::{Dense, Real};
use pulp::Simd;

/// The last step of a [`product`](super::product): the new entries of the target from its old ones and the product.
///
/// It works on whole vectors and sees padding too, where product and old value are zero; it must map them to zero.
pub trait Finish<T: Real> {
    /// New values from the `product` and the `old` values at index `at` of [`Dense::entries`].
    fn combine<S: Simd>(&self, simd: S, product: T::Vector<S>, old: T::Vector<S>, at: usize) -> T::Vector<S>;

    /// Shape of the companion matrix, which must be the target's, if there is one.
    fn shape(&self) -> Option<(usize, usize)> {
        None
    }
}

/// C ← A·B.
#[derive(Clone, Copy, Debug)]
pub struct Replace;

/// C ← C + factor · A·B.
#[derive(Clone, Copy, Debug)]
pub struct Add<T> {
    /// The factor, for example the learning rate.
    pub factor: T,
}

/// C ← D − A·B with a companion D of C's shape.
#[derive(Clone, Copy, Debug)]
pub struct Subtract<'a, T> {
    /// D.
    pub from: &'a Dense<T>,
}

impl<T: Real> Finish<T> for Replace {
    #[inline(always)]
    fn combine<S: Simd>(&self, _simd: S, product: T::Vector<S>, _old: T::Vector<S>, _at: usize) -> T::Vector<S> {
        product
    }
}

impl<T: Real> Finish<T> for Add<T> {
    #[inline(always)]
    fn combine<S: Simd>(&self, simd: S, product: T::Vector<S>, old: T::Vector<S>, _at: usize) -> T::Vector<S> {
        T::mul_add(simd, T::splat(simd, self.factor), product, old)
    }
}

impl<T: Real> Finish<T> for Subtract<'_, T> {
    #[inline(always)]
    fn combine<S: Simd>(&self, simd: S, product: T::Vector<S>, _old: T::Vector<S>, at: usize) -> T::Vector<S> {
        T::subtract(simd, T::vectors::<S>(&self.from.entries()[at..])[0], product)
    }

    fn shape(&self) -> Option<(usize, usize)> {
        Some(self.from.shape())
    }
}
