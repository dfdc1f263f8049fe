//! Gauss-Legendre quadrature on panels of sixteen nodes.

/// Positive half of the sixteen nodes on [−1, 1]; the others are their negatives.
pub(crate) const HALF_NODES: [f64; 8] = [
    0.095_012_509_837_637_44,
    0.281_603_550_779_258_9,
    0.458_016_777_657_227_4,
    0.617_876_244_402_643_7,
    0.755_404_408_355_003,
    0.865_631_202_387_831_7,
    0.944_575_023_073_232_6,
    0.989_400_934_991_649_9,
];

/// Weights of [`HALF_NODES`]: 2 / ((1 − x²) P′₁₆(x)²).
pub(crate) const HALF_WEIGHTS: [f64; 8] = [
    0.189_450_610_455_068_5,
    0.182_603_415_044_923_6,
    0.169_156_519_395_002_54,
    0.149_595_988_816_576_73,
    0.124_628_971_255_533_88,
    0.095_158_511_682_492_78,
    0.062_253_523_938_647_894,
    0.027_152_459_411_754_095,
];

/// (2k+1)/2 · P_k at [`HALF_NODES`], which times weight and value adds up to the Legendre coefficient k of a function.
const fn coefficient_weights(degree: usize) -> [f64; 8] {
    let mut weights = [0.0; 8];
    let mut i = 0;
    while i < 8 {
        let (mut previous, mut current) = (1.0, HALF_NODES[i]);
        let mut n = 1;
        while n < degree {
            let order = n as f64;
            (previous, current) =
                (current, ((2.0 * order + 1.0) * HALF_NODES[i] * current - order * previous) / (order + 1.0));
            n += 1;
        }
        weights[i] = (degree as f64 + 0.5) * current;
        i += 1;
    }
    weights
}

/// What the sixteen values of a function on a panel tell of the error of its integral: the sizes of four Legendre coefficients,
/// two in the middle and the last two, times the panel's half length.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PanelTail {
    middle: [f64; 2],
    last: [f64; 2],
}

impl PanelTail {
    const MIDDLE: [[f64; 8]; 2] = [coefficient_weights(10), coefficient_weights(11)];
    const LAST: [[f64; 8]; 2] = [coefficient_weights(14), coefficient_weights(15)];

    /// Adds the weighted values at node number `i` and its negative.
    #[inline]
    pub(crate) fn add(&mut self, i: usize, below: f64, above: f64) {
        let (even, odd) = (above + below, above - below);
        self.middle[0] += Self::MIDDLE[0][i] * even;
        self.middle[1] += Self::MIDDLE[1][i] * odd;
        self.last[0] += Self::LAST[0][i] * even;
        self.last[1] += Self::LAST[1][i] * odd;
    }

    /// The error of the integral, if the coefficients go on falling as they do: sixteen nodes miss those from degree 32 on.
    pub(crate) fn error(&self) -> f64 {
        let size = |pair: [f64; 2]| pair[0].abs() + pair[1].abs();
        let (middle, last) = (size(self.middle), size(self.last));
        if last == 0.0 { 0.0 } else { last * (last / middle).min(1.0).powi(4) }
    }
}

/// Integral of several functions at once over [`low`, `high`] by sixteen Gauss-Legendre nodes.
///
/// ∫ₐᵇ f(x) dx ≈ (b−a)/2 · Σᵢ wᵢ f((a+b)/2 + (b−a)/2 · xᵢ), with xᵢ the zeros of the Legendre polynomial P₁₆.
///
/// Exact for polynomials up to degree 31. For a function analytic around the panel the error falls as ρ⁻³², where ρ is
/// the sum of the half axes of the largest ellipse of analyticity with foci at −1 and 1 (panel scaled to [−1, 1]): a
/// singularity one panel length away from an end leaves less than 1e-16 of the function's size there.
/// A reversed interval changes the sign.
pub fn gauss_legendre_panel<const N: usize>(
    low: f64,
    high: f64,
    mut integrand: impl FnMut(f64) -> [f64; N],
) -> [f64; N] {
    let centre = 0.5 * (low + high);
    let half_length = 0.5 * (high - low);
    let mut sums = [0.0; N];
    for (node, weight) in HALF_NODES.iter().zip(HALF_WEIGHTS) {
        for x in [centre - half_length * node, centre + half_length * node] {
            for (sum, value) in sums.iter_mut().zip(integrand(x)) {
                *sum += half_length * weight * value;
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P₁₆(x) and its derivative by the three-term recurrence.
    fn legendre_sixteen(x: f64) -> (f64, f64) {
        let (mut previous, mut current) = (1.0, x);
        for n in 1..16 {
            let n = f64::from(n);
            (previous, current) = (current, ((2.0 * n + 1.0) * x * current - n * previous) / (n + 1.0));
        }
        (current, 16.0 * (x * current - previous) / (x * x - 1.0))
    }

    #[test]
    fn tabulated_nodes_are_the_zeros_of_the_legendre_polynomial() {
        for (node, weight) in HALF_NODES.iter().zip(HALF_WEIGHTS) {
            let (value, slope) = legendre_sixteen(*node);
            assert!((value / slope).abs() < 2e-16, "node {node} is off by {}", value / slope);
            let expected = 2.0 / ((1.0 - node * node) * slope * slope);
            // 1 − x² at the outermost node amplifies rounding about fifty times.
            assert!((weight / expected - 1.0).abs() < 5e-14, "weight {weight} against {expected}");
        }
        assert!((HALF_WEIGHTS.iter().sum::<f64>() - 1.0).abs() < 3e-16);
    }

    #[test]
    fn polynomials_up_to_degree_31_are_exact_and_degree_32_is_not() {
        for degree in 0..=31 {
            let [integral] = gauss_legendre_panel(0.0, 2.0, |x: f64| [(x - 1.0).powi(degree)]);
            let exact = if degree % 2 == 0 { 2.0 / f64::from(degree + 1) } else { 0.0 };
            assert!((integral - exact).abs() < 1e-15, "degree {degree}: {integral} against {exact}");
        }
        let leading = |x: f64| [legendre_sixteen(x).0.powi(2)];
        let [vanishing] = gauss_legendre_panel(-1.0, 1.0, leading);
        assert!(vanishing.abs() < 1e-15, "P₁₆² vanishes on its own zeros, its integral is 2/33");
    }

    #[test]
    fn several_integrands_share_the_nodes_and_reversal_changes_the_sign() {
        let [exponential, cosine] = gauss_legendre_panel(0.0, 1.0, |x: f64| [x.exp(), x.cos()]);
        assert!((exponential - (1f64.exp() - 1.0)).abs() < 1e-15);
        assert!((cosine - 1f64.sin()).abs() < 1e-15);
        let [reversed] = gauss_legendre_panel(1.0, 0.0, |x: f64| [x.exp()]);
        assert!((reversed + exponential).abs() < 1e-15);
    }
}
