//! Linear combinations of many sets of matrices in one sweep over memory.

use super::MOST_POINTS;
use super::coefficients::Weights;
use crate::kernel::{Dense, Real};
use pulp::{Arch, Simd, WithSimd};

/// Vectors kept in registers for each sum.
const BLOCK: usize = 4;

/// target ← target + Σⱼ wⱼ termⱼ for matrices of one shape each.
///
/// # Panics
/// If the shapes differ.
pub(super) fn add_combination(target: &mut [Dense<f64>], weights: &Weights, terms: &[&[Dense<f64>]]) {
    for (layer, target) in target.iter_mut().enumerate() {
        let terms = entries(terms, layer, target);
        Arch::new().dispatch(AddCombination { target: target.entries_mut(), weights, terms: &terms[..] });
    }
}

/// target ← target + Σⱼ w¹ⱼ termⱼ with the middle one of three sets of weights; the squared norms of the results with each.
///
/// # Panics
/// If the shapes differ.
pub(super) fn add_miss(target: &mut [Dense<f64>], weights: &[Weights; 3], terms: &[&[Dense<f64>]]) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for (layer, target) in target.iter_mut().enumerate() {
        let terms = entries(terms, layer, target);
        let squares = Arch::new().dispatch(AddMiss { target: target.entries_mut(), weights, terms: &terms[..] });
        for (sum, square) in sums.iter_mut().zip(squares) {
            *sum += square;
        }
    }
    sums
}

/// The entries of one layer of every term.
fn entries<'a>(terms: &[&'a [Dense<f64>]], layer: usize, target: &Dense<f64>) -> Vec<&'a [f64]> {
    assert!(terms.len() <= MOST_POINTS, "more terms than weights");
    let of_layer = terms.iter().map(|term| {
        assert_eq!(term[layer].shape(), target.shape(), "shapes of the terms of a combination");
        term[layer].entries()
    });
    of_layer.collect()
}

struct AddCombination<'a> {
    target: &'a mut [f64],
    weights: &'a Weights,
    terms: &'a [&'a [f64]],
}

impl WithSimd for AddCombination<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let width = BLOCK * f64::lanes::<S>();
        let whole = self.target.len() / width * width;
        for at in (0..whole).step_by(width) {
            add_block::<S, BLOCK>(simd, self.target, at, self.weights, self.terms);
        }
        // Columns are whole cache lines, so what is left is whole vectors.
        for at in (whole..self.target.len()).step_by(f64::lanes::<S>()) {
            add_block::<S, 1>(simd, self.target, at, self.weights, self.terms);
        }
    }
}

#[inline(always)]
fn add_block<S: Simd, const B: usize>(simd: S, target: &mut [f64], at: usize, weights: &Weights, terms: &[&[f64]]) {
    let range = at..at + B * f64::lanes::<S>();
    let target = f64::vectors_mut::<S>(&mut target[range.clone()]);
    let mut sums: [S::f64s; B] = std::array::from_fn(|i| target[i]);
    for (weight, term) in weights.iter().zip(terms) {
        let weight = f64::splat(simd, *weight);
        let term = f64::vectors::<S>(&term[range.clone()]);
        for (sum, x) in sums.iter_mut().zip(term) {
            *sum = <f64 as Real>::mul_add(simd, weight, *x, *sum);
        }
    }
    target.copy_from_slice(&sums);
}

struct AddMiss<'a> {
    target: &'a mut [f64],
    weights: &'a [Weights; 3],
    terms: &'a [&'a [f64]],
}

impl WithSimd for AddMiss<'_> {
    type Output = [f64; 3];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [f64; 3] {
        let mut squares = [f64::splat(simd, 0.0); 3];
        let width = f64::lanes::<S>();
        let pairs = self.target.len() / (2 * width) * (2 * width);
        for at in (0..pairs).step_by(2 * width) {
            miss_block::<S, 2>(simd, self.target, at, self.weights, self.terms, &mut squares);
        }
        for at in (pairs..self.target.len()).step_by(width) {
            miss_block::<S, 1>(simd, self.target, at, self.weights, self.terms, &mut squares);
        }
        squares.map(|sum| f64::sum(simd, sum))
    }
}

#[inline(always)]
fn miss_block<S: Simd, const B: usize>(
    simd: S,
    target: &mut [f64],
    at: usize,
    weights: &[Weights; 3],
    terms: &[&[f64]],
    squares: &mut [S::f64s; 3],
) {
    let range = at..at + B * f64::lanes::<S>();
    let target = f64::vectors_mut::<S>(&mut target[range.clone()]);
    let start: [S::f64s; B] = std::array::from_fn(|i| target[i]);
    let mut sums = [start; 3];
    for (j, term) in terms.iter().enumerate() {
        let term = f64::vectors::<S>(&term[range.clone()]);
        for (sums, weights) in sums.iter_mut().zip(weights) {
            let weight = f64::splat(simd, weights[j]);
            for (sum, x) in sums.iter_mut().zip(term) {
                *sum = <f64 as Real>::mul_add(simd, weight, *x, *sum);
            }
        }
    }
    for (square, sums) in squares.iter_mut().zip(&sums) {
        for sum in sums {
            *square = <f64 as Real>::mul_add(simd, *sum, *sum, *square);
        }
    }
    target.copy_from_slice(&sums[1]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_are_the_written_out_sums() {
        let matrices = |shift: f64| -> Vec<Dense<f64>> {
            let matrix = |rows, cols| Dense::from_fn(rows, cols, |i, j| shift + (i * 3 + j) as f64);
            vec![matrix(5, 3), matrix(1, 1), matrix(50, 7)]
        };
        let terms: Vec<Vec<Dense<f64>>> = (1..=4).map(|j| matrices(j as f64)).collect();
        let terms: Vec<&[Dense<f64>]> = terms.iter().map(Vec::as_slice).collect();
        let weights = |scale: f64| -> Weights { std::array::from_fn(|j| scale * (j as f64 - 1.5)) };
        let wanted = |weights: &Weights| -> Vec<f64> {
            let start = matrices(0.5);
            let per_layer = start.iter().enumerate().flat_map(|(layer, start)| {
                (0..start.cols()).flat_map(move |j| (0..start.rows()).map(move |i| (layer, i, j)))
            });
            per_layer
                .map(|(layer, i, j)| {
                    let term = |term: &[Dense<f64>]| term[layer].col(j)[i];
                    let sum: f64 = terms.iter().zip(weights).map(|(x, w)| w * term(x)).sum();
                    term(&start) + sum
                })
                .collect()
        };
        let flat = |found: &[Dense<f64>]| -> Vec<f64> {
            found.iter().flat_map(|x| (0..x.cols()).flat_map(|j| x.col(j).to_vec())).collect()
        };
        let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12 * b.abs().max(1.0));
        let mut sum = matrices(0.5);
        add_combination(&mut sum, &weights(0.25), &terms);
        assert!(close(&flat(&sum), &wanted(&weights(0.25))));

        let three = [weights(-1.0), weights(0.5), weights(2.0)];
        let mut miss = matrices(0.5);
        let squares = add_miss(&mut miss, &three, &terms);
        assert!(close(&flat(&miss), &wanted(&three[1])));
        let norms = three.map(|weights| wanted(&weights).iter().map(|x| x * x).sum::<f64>());
        assert!(close(&squares, &norms), "{squares:?} {norms:?}");
    }
}
