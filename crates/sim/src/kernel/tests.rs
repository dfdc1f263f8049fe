use super::*;
use linalg_core::faer::{self, Mat, linalg::matmul::matmul};
use linalg_core::{generator, sample_gaussian};

/// Every small shape and the sizes around the tile edges, then those of the figures.
const SIZES: [usize; 16] = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 24, 33, 50, 100];

fn gaussian<T: Real>(rows: usize, cols: usize, stream: u64) -> Dense<T> {
    let mut rng = generator(3, "kernel test", &[rows as u64, cols as u64, stream], 0);
    Dense::from_mat(sample_gaussian(rows, cols, 1.0, &mut rng).as_ref())
}

/// The largest difference between ours and faer's A·B in double precision, in units of ε Σₖ|aᵢₖ||bₖⱼ|.
fn largest_error<T: Real>(m: usize, n: usize, k: usize, transposed: bool, unit: f64) -> f64 {
    let (left, right) =
        (gaussian::<T>(m, k, 0), if transposed { gaussian::<T>(n, k, 1) } else { gaussian::<T>(k, n, 1) });
    let (a, stored) = (left.to_mat(), right.to_mat());
    let b = if transposed { stored.transpose().to_owned() } else { stored };
    let mut ours = gaussian::<T>(m, n, 2);
    let mut expected = ours.to_mat();
    matmul(expected.as_mut(), faer::Accum::Add, a.as_ref(), b.as_ref(), 0.5, faer::Par::Seq);
    let scale = ours.to_mat();
    product(
        &mut ours,
        Add { factor: T::from_f64(0.5) },
        &left,
        if transposed { Right::Transposed(&right) } else { Right::Plain(&right) },
    );
    assert_eq!(ours.entries().iter().filter(|x| **x != T::default()).count(), m * n, "padding was written");
    let ours = ours.to_mat();
    let mut worst = 0.0_f64;
    for i in 0..m {
        for j in 0..n {
            let size: f64 = (0..k).map(|p| (a[(i, p)] * b[(p, j)]).abs()).sum::<f64>() + scale[(i, j)].abs();
            worst = worst.max((ours[(i, j)] - expected[(i, j)]).abs() / (unit * size));
        }
    }
    worst
}

#[test]
fn products_agree_with_faer_on_every_shape() {
    for m in SIZES {
        for n in SIZES {
            for (k, transposed) in [(1, false), (5, true), (24, false), (24, true), (50, false), (51, true)] {
                // A sum of k rounded terms errs by at most about k ε Σ|terms| (Higham, section 3.1); both sides do.
                let bound = 2.0 * (k as f64 + 2.0);
                let double = largest_error::<f64>(m, n, k, transposed, f64::EPSILON / 2.0);
                let single = largest_error::<f32>(m, n, k, transposed, f64::from(f32::EPSILON / 2.0));
                assert!(double <= bound && single <= bound, "{m} × {n}, k = {k}: {double} {single} {bound}");
            }
        }
    }
}

#[test]
fn every_finish_on_a_product_by_hand() {
    let a = Dense::from_fn(2, 1, |i, _| [2.0, -3.0][i]);
    let b = Dense::from_fn(1, 1, |_, _| 5.0);
    let run = |finish: &dyn Fn(&mut Dense<f64>)| {
        let mut c = Dense::from_fn(2, 1, |_, _| 1.0);
        finish(&mut c);
        [c.col(0)[0], c.col(0)[1]]
    };
    let d = Dense::from_fn(2, 1, |i, _| [7.0, 8.0][i]);
    assert_eq!(run(&|c| product(c, Replace, &a, Right::Plain(&b))), [10.0, -15.0]);
    assert_eq!(run(&|c| product(c, Add { factor: 0.5 }, &a, Right::Transposed(&b))), [6.0, -6.5]);
    assert_eq!(run(&|c| product(c, AddScaled { factors: &d }, &a, Right::Plain(&b))), [71.0, -119.0]);
    assert_eq!(run(&|c| c.add_scaled(3.0, &d)), [22.0, 25.0]);
    assert_eq!(run(&|c| c.add_products(&d, &a)), [15.0, -23.0]);
    assert_eq!(run(&|c| product(c, Subtract { from: &d }, &a, Right::Plain(&b))), [-3.0, 23.0]);
}

#[test]
fn the_order_of_rounding_does_not_depend_on_the_tile() {
    // The same row of a product, in matrices of every height: the tile it falls into differs, its bits must not.
    let (left, right) = (gaussian::<f32>(70, 40, 0), gaussian::<f32>(40, 11, 1));
    let row = |height: usize, from: usize| {
        let left = Dense::from_fn(height, 40, |i, k| left.col(k)[from + i]);
        let mut target = Dense::zeros(height, 11);
        product(&mut target, Replace, &left, Right::Plain(&right));
        (0..11).map(|j| target.col(j)[height - 1].to_bits()).collect::<Vec<_>>()
    };
    let expected = row(70, 0);
    for height in 1..70 {
        assert_eq!(row(height, 70 - height), expected, "height {height}");
    }
}

#[test]
fn empty_products() {
    let mut target = Dense::<f64>::from_fn(3, 2, |_, _| 1.0);
    product(&mut target, Replace, &Dense::zeros(3, 0), Right::Plain(&Dense::zeros(0, 2)));
    assert_eq!(target.to_mat(), Mat::<f64>::zeros(3, 2));
    product(&mut Dense::<f64>::zeros(0, 2), Replace, &Dense::zeros(0, 4), Right::Plain(&Dense::zeros(4, 2)));
}

#[test]
#[should_panic(expected = "product of (2, 3) and (4, 2) into (2, 2)")]
fn wrong_shapes_are_refused() {
    product(&mut Dense::<f64>::zeros(2, 2), Replace, &Dense::zeros(2, 3), Right::Plain(&Dense::zeros(4, 2)));
}
