//! The activation f(z) = z for z > 0, slope · z otherwise, on whole matrices and at the end of products.

use crate::kernel::{Dense, Finish, Real};
use pulp::{Arch, Simd, WithSimd};

/// C ← f(A·B): a layer's activations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Activate<T> {
    pub(crate) slope: T,
}

/// C ← A·B ∘ f′: the error signal passed back through the units whose activations are `through`.
///
/// f keeps the sign (for slope 0: the positivity), so f′ is read off f(z); at z = 0 it is the slope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PassBack<'a, T> {
    pub(crate) slope: T,
    pub(crate) through: &'a Dense<T>,
}

/// C ← C + rate · A·B ∘ f′(C): the step of a first layer under one-hot inputs, where C is also its own preactivation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepBehindUnits<T> {
    pub(crate) rate: T,
    pub(crate) slope: T,
}

impl<T: Real> Finish<T> for Activate<T> {
    #[inline(always)]
    fn combine<S: Simd>(
        &self,
        simd: S,
        product: T::Vector<S>,
        _old: T::Vector<S>,
        _companion: T::Vector<S>,
    ) -> T::Vector<S> {
        activate::<T, S>(simd, self.slope, product)
    }
}

impl<T: Real> Finish<T> for PassBack<'_, T> {
    const HAS_COMPANION: bool = true;

    fn companion(&self) -> Option<&Dense<T>> {
        Some(self.through)
    }

    #[inline(always)]
    fn combine<S: Simd>(
        &self,
        simd: S,
        product: T::Vector<S>,
        _old: T::Vector<S>,
        activation: T::Vector<S>,
    ) -> T::Vector<S> {
        let damped = T::multiply(simd, T::splat(simd, self.slope), product);
        T::where_positive(simd, activation, product, damped)
    }
}

impl<T: Real> Finish<T> for StepBehindUnits<T> {
    #[inline(always)]
    fn combine<S: Simd>(
        &self,
        simd: S,
        product: T::Vector<S>,
        old: T::Vector<S>,
        _companion: T::Vector<S>,
    ) -> T::Vector<S> {
        let damped = T::multiply(simd, T::splat(simd, self.slope), product);
        let signal = T::where_positive(simd, old, product, damped);
        T::mul_add(simd, T::splat(simd, self.rate), signal, old)
    }
}

#[inline(always)]
fn activate<T: Real, S: Simd>(simd: S, slope: T, x: T::Vector<S>) -> T::Vector<S> {
    T::where_positive(simd, x, x, T::multiply(simd, T::splat(simd, slope), x))
}

/// target ← f(source).
///
/// # Panics
/// If the shapes differ.
pub(crate) fn activate_from<T: Real>(target: &mut Dense<T>, source: &Dense<T>, slope: T) {
    assert_eq!(target.shape(), source.shape(), "shapes of activations and preactivations");
    Arch::new().dispatch(ActivateFrom { target, source, slope });
}

struct ActivateFrom<'a, T> {
    target: &'a mut Dense<T>,
    source: &'a Dense<T>,
    slope: T,
}

impl<T: Real> WithSimd for ActivateFrom<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let source = T::vectors::<S>(self.source.entries());
        for (target, source) in T::vectors_mut::<S>(self.target.entries_mut()).iter_mut().zip(source) {
            *target = activate::<T, S>(simd, self.slope, *source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Right, product};

    fn column(entries: &[f64]) -> Dense<f64> {
        Dense::from_fn(entries.len(), 1, |i, _| entries[i])
    }

    #[test]
    fn all_forms_by_hand() {
        let signal = column(&[3.0, -3.0, 0.0, 5.0]);
        let one = column(&[1.0]);
        let at = column(&[2.0, -2.0, 7.0, 0.0]);
        let with = |finish: &dyn Fn(&mut Dense<f64>)| {
            let mut c = at.clone();
            finish(&mut c);
            c.col(0).to_vec()
        };
        let activated = [3.0, -0.75, 0.0, 5.0];
        assert_eq!(with(&|c| product(c, Activate { slope: 0.25 }, &signal, Right::Plain(&one))), activated);
        assert_eq!(with(&|c| activate_from(c, &signal, 0.25)), activated);
        let back = PassBack { slope: 0.25, through: &at };
        assert_eq!(with(&|c| product(c, back, &signal, Right::Plain(&one))), [3.0, -0.75, 0.0, 1.25]);
        let step = StepBehindUnits { rate: 2.0, slope: 0.25 };
        assert_eq!(with(&|c| product(c, step, &signal, Right::Plain(&one))), [8.0, -3.5, 7.0, 2.5]);
    }
}
