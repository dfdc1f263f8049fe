//! The one place where full-matrix students multiply.

use faer::{Accum, MatMut, MatRef, Par};

/// Whether a product replaces its destination or is added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// destination ← factor · left · right
    Replace,
    /// destination ← destination + factor · left · right
    Add,
}

/// Writes factor · `left` · `right` to `destination`, on the calling thread, without allocating.
///
/// Transposes are strided views, as `matrix.transpose()` gives them.
///
/// # Panics
/// If the shapes do not fit.
#[inline]
pub(crate) fn multiply(
    destination: MatMut<'_, f64>,
    write: Write,
    left: MatRef<'_, f64>,
    right: MatRef<'_, f64>,
    factor: f64,
) {
    let accumulate = match write {
        Write::Replace => Accum::Replace,
        Write::Add => Accum::Add,
    };
    faer::linalg::matmul::matmul(destination, accumulate, left, right, factor, Par::Seq);
}
