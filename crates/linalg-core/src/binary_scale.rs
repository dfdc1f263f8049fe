//! Scaling by powers of two, which changes no digit.

use faer::{Mat, MatRef};

/// Binary exponents of a largest entry between which matrices are decomposed as they are: neither squares nor products of
/// squares of their singular values leave the range of floating-point numbers, down to the rounding of the smallest.
const SAFE: std::ops::RangeInclusive<i32> = -120..=120;

/// The binary exponent e of the largest entry, 2^e ≤ max |Mᵢⱼ| < 2^(e+1); `None` for a zero or empty matrix.
///
/// # Panics
/// If an entry is NaN or infinite.
pub fn binary_exponent(matrix: MatRef<'_, f64>) -> Option<i32> {
    let largest = matrix.norm_max();
    assert!(largest.is_finite(), "the largest entry is {largest}: it must be finite");
    if largest == 0.0 {
        return None;
    }
    // Subnormal numbers have no exponent of their own.
    let (value, shift) = if largest < f64::MIN_POSITIVE { (largest * 2f64.powi(64), 64) } else { (largest, 0) };
    Some(((value.to_bits() >> 52) & 0x7ff) as i32 - 1023 - shift)
}

/// `value` · 2^`exponent`, rounded once if it becomes subnormal; infinite beyond the largest number.
pub fn times_power_of_two(value: f64, exponent: i32) -> f64 {
    // 2^exponent itself may be out of range when the product is not.
    let (first, rest) = (exponent.clamp(-1000, 1000), exponent - exponent.clamp(-1000, 1000));
    value * 2f64.powi(first) * 2f64.powi(rest.clamp(-1000, 1000))
}

/// The matrix times 2^`exponent`: with minus its [`binary_exponent`] the largest entry lies in \[1, 2).
///
/// Whoever squares a matrix of unknown size scales it before and the result back: strengths by 2^−exponent, variances and other
/// squares by 2^(−2·exponent). No digit changes, except of entries that become subnormal.
pub fn scaled_by_power_of_two(matrix: MatRef<'_, f64>, exponent: i32) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| times_power_of_two(matrix[(i, j)], exponent))
}

/// The exponent by which a matrix is to be scaled before it is decomposed; 0 for one of ordinary size.
pub(crate) fn exponent_into_range(matrix: MatRef<'_, f64>) -> i32 {
    binary_exponent(matrix).filter(|exponent| !SAFE.contains(exponent)).map_or(0, |exponent| -exponent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::mat;

    #[test]
    fn exponents_of_the_largest_entry_by_hand() {
        for (entry, exponent) in
            [(1.0, 0), (-1.99, 0), (2.0, 1), (0.75, -1), (f64::MAX, 1023), (f64::MIN_POSITIVE, -1022), (5e-324, -1074)]
        {
            assert_eq!(binary_exponent(mat![[0.0, entry]].as_ref()), Some(exponent), "{entry}");
        }
        assert_eq!(binary_exponent(Mat::<f64>::zeros(2, 3).as_ref()), None);
        assert_eq!(binary_exponent(Mat::<f64>::zeros(0, 3).as_ref()), None);
    }

    #[test]
    fn there_and_back_changes_no_digit() {
        let matrix = mat![[1.1, -0.3], [5e-3, 1.9]];
        for exponent in [-1000, -300, 7, 1000] {
            let there = scaled_by_power_of_two(matrix.as_ref(), exponent);
            assert_eq!(scaled_by_power_of_two(there.as_ref(), -exponent), matrix);
        }
        assert_eq!(times_power_of_two(5e-324, 1074), 1.0);
        assert_eq!(times_power_of_two(1.0, -1074), 5e-324);
        assert_eq!(times_power_of_two(1.0, 1023), 2f64.powi(1023));
    }
}
