//! Column-major storage for the kernel.

use super::Real;
use super::transposition::Layout;
use linalg_core::faer::{Mat, MatRef};

/// A matrix in column-major order whose columns start on cache lines.
///
/// The stride between columns is the number of rows rounded up to whole cache lines (64 bytes). The padding is zero
/// and stays zero under every [`product`](super::product) of finite matrices.
#[derive(Debug)]
pub struct Dense<T> {
    storage: Vec<T>,
    /// Where the first cache line begins in `storage`.
    start: usize,
    rows: usize,
    cols: usize,
}

impl<T: Real> Dense<T> {
    /// The matrix of zeros.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        let storage = vec![T::default(); rows.next_multiple_of(T::LINE) * cols + T::LINE];
        let start = storage.as_ptr().align_offset(64).min(T::LINE);
        Self { storage, start, rows, cols }
    }

    /// The matrix of the given entries, by row and column.
    pub fn from_fn(rows: usize, cols: usize, entry: impl Fn(usize, usize) -> T) -> Self {
        let mut dense = Self::zeros(rows, cols);
        for j in 0..cols {
            for (i, x) in dense.col_mut(j).iter_mut().enumerate() {
                *x = entry(i, j);
            }
        }
        dense
    }

    /// A matrix rounded to this precision.
    pub fn from_mat(mat: MatRef<'_, f64>) -> Self {
        Self::from_fn(mat.nrows(), mat.ncols(), |i, j| T::from_f64(mat[(i, j)]))
    }

    /// The matrix in double precision.
    pub fn to_mat(&self) -> Mat<f64> {
        Mat::from_fn(self.rows, self.cols, |i, j| self.col(j)[i].to_f64())
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// Distance between the starts of two columns, in numbers.
    pub(super) fn stride(&self) -> usize {
        self.rows.next_multiple_of(T::LINE)
    }

    /// Column `j`, without padding.
    pub fn col(&self, j: usize) -> &[T] {
        &self.entries()[j * self.stride()..][..self.rows]
    }

    /// Column `j`, without padding, to be written.
    pub fn col_mut(&mut self, j: usize) -> &mut [T] {
        let (stride, rows) = (self.stride(), self.rows);
        &mut self.entries_mut()[j * stride..][..rows]
    }

    /// All columns with their padding.
    #[inline(always)]
    pub fn entries(&self) -> &[T] {
        &self.storage[self.start..][..self.rows.next_multiple_of(T::LINE) * self.cols]
    }

    /// All columns with their padding, which must stay zero.
    #[inline(always)]
    pub(crate) fn entries_mut(&mut self) -> &mut [T] {
        let length = self.rows.next_multiple_of(T::LINE) * self.cols;
        &mut self.storage[self.start..][..length]
    }

    /// Columns `range` with their padding: the part of a matrix that belongs to some of its columns.
    pub fn columns(&self, range: std::ops::Range<usize>) -> &[T] {
        &self.entries()[range.start * self.stride()..range.end * self.stride()]
    }

    /// self ← self + factors ∘ other, entry by entry.
    ///
    /// # Panics
    /// If the shapes differ.
    pub fn add_products(&mut self, factors: &Self, other: &Self) {
        assert_eq!((self.shape(), self.shape()), (factors.shape(), other.shape()), "shapes of factors and summands");
        let products = factors.entries().iter().zip(other.entries());
        for (x, (&a, &b)) in self.entries_mut().iter_mut().zip(products) {
            *x = *x + a * b;
        }
    }

    /// Columns `range` with their padding, to be written; padding must stay zero.
    pub(crate) fn columns_mut(&mut self, range: std::ops::Range<usize>) -> &mut [T] {
        let stride = self.stride();
        &mut self.entries_mut()[range.start * stride..range.end * stride]
    }

    /// self ← self − share · self.
    pub fn shrink(&mut self, share: T) {
        let factor = T::from_f64(-share.to_f64());
        for x in self.entries_mut() {
            *x = *x + factor * *x;
        }
    }

    /// self ← self + factor · other.
    ///
    /// # Panics
    /// If the shapes differ.
    pub fn add_scaled(&mut self, factor: T, other: &Self) {
        assert_eq!(self.shape(), other.shape(), "shapes of two summands");
        for (x, &y) in self.entries_mut().iter_mut().zip(other.entries()) {
            *x = *x + factor * y;
        }
    }

    /// self ← sourceᵀ.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn transpose_from(&mut self, source: &Self) {
        assert_eq!(self.shape(), (source.cols, source.rows), "shapes of a matrix and its transpose");
        let layout = Layout { shape: source.shape(), strides: (source.stride(), self.stride()) };
        T::transpose(source.entries(), self.entries_mut(), layout);
    }
}

impl<T: Real> Clone for Dense<T> {
    fn clone(&self) -> Self {
        // A copy of the storage would begin elsewhere with respect to the cache lines.
        let mut copy = Self::zeros(self.rows, self.cols);
        copy.entries_mut().copy_from_slice(self.entries());
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_start_on_cache_lines_also_after_a_move_and_a_clone() {
        for (rows, cols) in [(1, 1), (7, 3), (8, 2), (50, 5), (100, 100)] {
            let dense = Dense::<f32>::from_fn(rows, cols, |i, j| (i * 7 + j) as f32);
            let moved = Box::new(dense);
            for copy in [&*moved, &moved.clone()] {
                for j in 0..cols {
                    assert_eq!(copy.col(j).as_ptr() as usize % 64, 0);
                }
                assert_eq!(copy.to_mat(), Mat::from_fn(rows, cols, |i, j| (i * 7 + j) as f64));
            }
        }
    }

    #[test]
    fn transposition_matches_the_definition_and_keeps_the_padding() {
        for (rows, cols) in [(1, 1), (1, 9), (9, 1), (7, 8), (8, 7), (8, 16), (15, 16), (50, 100), (100, 50), (33, 17)]
        {
            transposition_matches::<f64>(rows, cols);
            transposition_matches::<f32>(rows, cols);
        }
    }

    fn transposition_matches<T: Real>(rows: usize, cols: usize) {
        let source = Dense::<T>::from_fn(rows, cols, |i, j| T::from_f64((1 + i * 1000 + j) as f64));
        let mut target = Dense::<T>::zeros(cols, rows);
        target.transpose_from(&source);
        assert_eq!(target.to_mat(), source.to_mat().transpose().to_owned());
        assert_eq!(target.entries().iter().filter(|x| **x != T::default()).count(), rows * cols);
    }

    #[test]
    #[should_panic(expected = "transpose")]
    fn a_wrong_shape_is_refused() {
        Dense::<f64>::zeros(2, 3).transpose_from(&Dense::zeros(2, 3));
    }
}
