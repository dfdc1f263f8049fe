//! What becomes of a product while it is still in registers.

use super::{Dense, Real};
use pulp::Simd;

/// The last step of a [`product`](super::product): the new entries of the target from its old ones, the product and,
/// if there is one, a companion matrix of the same shape.
///
/// It works on whole vectors and sees padding too, where all three are zero; it must map them to zero.
pub trait Finish<T: Real> {
    /// Whether there is a companion.
    const HAS_COMPANION: bool = false;

    /// The companion.
    fn companion(&self) -> Option<&Dense<T>> {
        None
    }

    /// New values from those of the `product`, the `old` ones and the `companion`'s (the old ones if there is none).
    fn combine<S: Simd>(
        &self,
        simd: S,
        product: T::Vector<S>,
        old: T::Vector<S>,
        companion: T::Vector<S>,
    ) -> T::Vector<S>;
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

/// C ← C + F ∘ A·B with a factor for every entry.
#[derive(Clone, Copy, Debug)]
pub struct AddScaled<'a, T: Real> {
    /// F, of C's shape.
    pub factors: &'a Dense<T>,
}

/// C ← D − A·B with a companion D of C's shape.
#[derive(Clone, Copy, Debug)]
pub struct Subtract<'a, T> {
    /// D.
    pub from: &'a Dense<T>,
}

impl<T: Real> Finish<T> for Replace {
    #[inline(always)]
    fn combine<S: Simd>(
        &self,
        _simd: S,
        product: T::Vector<S>,
        _old: T::Vector<S>,
        _companion: T::Vector<S>,
    ) -> T::Vector<S> {
        product
    }
}

impl<T: Real> Finish<T> for Add<T> {
    #[inline(always)]
    fn combine<S: Simd>(
        &self,
        simd: S,
        product: T::Vector<S>,
        old: T::Vector<S>,
        _companion: T::Vector<S>,
    ) -> T::Vector<S> {
        T::mul_add(simd, T::splat(simd, self.factor), product, old)
    }
}

impl<T: Real> Finish<T> for AddScaled<'_, T> {
    const HAS_COMPANION: bool = true;

    fn companion(&self) -> Option<&Dense<T>> {
        Some(self.factors)
    }

    #[inline(always)]
    fn combine<S: Simd>(
        &self,
        simd: S,
        product: T::Vector<S>,
        old: T::Vector<S>,
        factor: T::Vector<S>,
    ) -> T::Vector<S> {
        T::mul_add(simd, factor, product, old)
    }
}

impl<T: Real> Finish<T> for Subtract<'_, T> {
    const HAS_COMPANION: bool = true;

    fn companion(&self) -> Option<&Dense<T>> {
        Some(self.from)
    }

    #[inline(always)]
    fn combine<S: Simd>(&self, simd: S, product: T::Vector<S>, _old: T::Vector<S>, from: T::Vector<S>) -> T::Vector<S> {
        T::subtract(simd, from, product)
    }
}
