//! Independent computations on all threads there are, or on one without the feature `parallel`.

/// f(0), …, f(count − 1), in this order, whatever the threads. With the feature `parallel` they are computed by rayon's threads.
///
/// ```
/// assert_eq!(linalg_core::in_order(4, |k| k * k), [0, 1, 4, 9]);
/// ```
#[cfg(feature = "parallel")]
pub fn in_order<T: Send>(count: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    use rayon::prelude::*;
    (0..count).into_par_iter().map(f).collect()
}

/// f(0), …, f(count − 1), in this order. With the feature `parallel` they are computed by rayon's threads.
#[cfg(not(feature = "parallel"))]
pub fn in_order<T: Send>(count: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    (0..count).map(f).collect()
}
