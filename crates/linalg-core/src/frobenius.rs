//! Frobenius norms.

use faer::MatRef;

/// The squared Frobenius norm ‖M‖²_F = Σᵢⱼ Mᵢⱼ².
pub fn squared_frobenius_norm(matrix: MatRef<'_, f64>) -> f64 {
    matrix.squared_norm_l2()
}

/// The Frobenius norm ‖M‖_F, without overflow of the intermediate squares.
pub fn frobenius_norm(matrix: MatRef<'_, f64>) -> f64 {
    matrix.norm_l2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::mat;

    #[test]
    fn norms_of_a_matrix_by_hand() {
        let m = mat![[1.0, -2.0, 2.0], [4.0, 0.0, 10.0]];
        assert!((squared_frobenius_norm(m.as_ref()) - 125.0).abs() < 1e-13);
        assert!((frobenius_norm(m.as_ref()) - 125f64.sqrt()).abs() < 1e-14);
    }

    #[test]
    fn the_norm_of_large_entries_does_not_overflow() {
        let m = mat![[3e200, 4e200]];
        assert!((frobenius_norm(m.as_ref()) / 5e200 - 1.0).abs() < 1e-14);
    }

    #[test]
    fn an_empty_matrix_has_norm_zero() {
        assert_eq!(squared_frobenius_norm(faer::Mat::<f64>::zeros(0, 4).as_ref()), 0.0);
    }
}
