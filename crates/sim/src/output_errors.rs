//! The errors of a network's outputs, and the error signal that is passed back, in one sweep over memory.

use crate::kernel::{Dense, PARTS, Real, SquareSums};
use pulp::{Arch, Simd, WithSimd};
use std::ops::Range;

/// Squared errors of some outputs, unnormalised.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct SquaredErrors {
    /// Against the labels, Σ (y − ŷ)².
    pub(crate) train: f64,
    /// Against the noiseless targets, Σ (ȳ − ŷ)².
    pub(crate) test: f64,
}

/// What outputs are compared with: matrices of examples × outputs.
#[derive(Clone, Debug)]
pub(crate) struct Targets<T: Real> {
    /// y.
    pub(crate) labels: Dense<T>,
    /// ȳ.
    pub(crate) clean: Dense<T>,
}

impl<T: Real> Targets<T> {
    /// The errors of the outputs in `columns`, which are replaced by the error signal (y − ŷ) ∘ f′ with `slope` that of f
    /// at ŷ ≤ 0 (1 for linear outputs).
    ///
    /// # Panics
    /// If the shapes differ.
    pub(crate) fn compare(&self, outputs: &mut Dense<T>, columns: Range<usize>, slope: T) -> SquaredErrors {
        assert_eq!(outputs.shape(), self.labels.shape(), "shapes of outputs and labels");
        assert_eq!(outputs.shape(), self.clean.shape(), "shapes of outputs and noiseless targets");
        let (labels, clean) = (self.labels.columns(columns.clone()), self.clean.columns(columns.clone()));
        let outputs = outputs.columns_mut(columns);
        Arch::new().dispatch(Sweep { outputs, labels, clean, slope })
    }
}

struct Sweep<'a, T> {
    outputs: &'a mut [T],
    labels: &'a [T],
    clean: &'a [T],
    slope: T,
}

impl<T: Real> WithSimd for Sweep<'_, T> {
    type Output = SquaredErrors;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> SquaredErrors {
        let slope = T::splat(simd, self.slope);
        let mut sums = SquareSums::<T, S>::new(simd);
        let (outputs, outputs_rest) = T::vectors_mut::<S>(self.outputs).as_chunks_mut::<PARTS>();
        let (labels, labels_rest) = T::vectors::<S>(self.labels).as_chunks::<PARTS>();
        let (clean, clean_rest) = T::vectors::<S>(self.clean).as_chunks::<PARTS>();
        for ((outputs, labels), clean) in outputs.iter_mut().zip(labels).zip(clean) {
            for part in 0..PARTS {
                compare(&mut sums, part, &mut outputs[part], [labels[part], clean[part], slope]);
            }
        }
        for ((output, &label), &clean) in outputs_rest.iter_mut().zip(labels_rest).zip(clean_rest) {
            compare(&mut sums, 0, output, [label, clean, slope]);
        }
        let [train, test] = sums.finish();
        SquaredErrors { train, test }
    }
}

/// Adds the two errors of a vector of outputs and puts the error signal in its place. (Not a closure: those are not
/// inlined reliably, and a vector passed by a call costs more than the work.)
#[inline(always)]
fn compare<T: Real, S: Simd>(
    sums: &mut SquareSums<T, S>,
    part: usize,
    output: &mut T::Vector<S>,
    [label, clean, slope]: [T::Vector<S>; 3],
) {
    let simd = sums.simd();
    let residual = T::subtract(simd, label, *output);
    sums.add(part, residual, T::subtract(simd, clean, *output));
    *output = T::where_positive(simd, *output, residual, T::multiply(simd, slope, residual));
}

#[cfg(test)]
mod tests {
    use super::*;
    use linalg_core::{generator, sample_gaussian};

    fn agree<T: Real>(unit: f64) {
        for (examples, outputs) in [(1, 1), (8, 3), (50, 7), (100, 50)] {
            let draw = |stream| {
                let mut rng = generator(5, "output errors", &[examples as u64, stream], 0);
                Dense::<T>::from_mat(sample_gaussian(examples, outputs, 1.0, &mut rng).as_ref())
            };
            let targets = Targets { labels: draw(0), clean: draw(1) };
            let (mut replaced, before) = (draw(2), draw(2));
            let columns = outputs / 2..outputs;
            let errors = targets.compare(&mut replaced, columns.clone(), T::from_f64(0.25));
            let (mut train, mut test) = (0.0, 0.0);
            for j in 0..outputs {
                for i in 0..examples {
                    let [y, target, clean] = [&before, &targets.labels, &targets.clean].map(|m| m.col(j)[i].to_f64());
                    let signal = if y > 0.0 { target - y } else { 0.25 * (target - y) };
                    let wanted = if columns.contains(&j) { signal } else { y };
                    // A difference of two numbers of size 10 at most, rounded once.
                    assert!((replaced.col(j)[i].to_f64() - wanted).abs() <= 10.0 * unit);
                    if columns.contains(&j) {
                        train += (target - y) * (target - y);
                        test += (clean - y) * (clean - y);
                    }
                }
            }
            // A square is rounded three times; at worst (scalars, 4 sums) each sum is then rounded once per term.
            let bound = unit * (3.0 + (examples * outputs) as f64 / 4.0 + 4.0);
            assert!((errors.train - train).abs() <= bound * train, "{} {train}", errors.train);
            assert!((errors.test - test).abs() <= bound * test, "{} {test}", errors.test);
        }
    }

    #[test]
    fn errors_and_signal_are_the_definitions_in_both_precisions() {
        agree::<f64>(f64::EPSILON / 2.0);
        agree::<f32>(f64::from(f32::EPSILON / 2.0));
    }
}
