//! The integral that the learning time of a mode is made of.

/// G(x) = ∫ dx / (x^(1−b) (1−x)) = x^b/b · ₂F₁(1, b; 1+b; x) on 0 < x < 1, for b > −1, b ≠ 0.
///
/// Two series, each used where it converges like 2⁻ᵏ or faster, with the coefficients tabulated once:
///
/// * x ≤ ½: G = x^b Σ_k x^k / (b+k);
/// * x > ½: G = −ln(1−x) + x^b Σ_n (b)_n/n! · [ψ(n+1) − ψ(b+n)] (1−x)^n
///
/// (Abramowitz & Stegun 15.3.10; ψ the digamma function, (b)_n the rising factorial). Relative accuracy 1e-15 times the
/// largest term: about 1e-15 for |b| not close to 0.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GrowthIntegral {
    exponent: f64,
    /// 1/(b+k).
    power_series: Vec<f64>,
    /// (b)_n/n! · [ψ(n+1) − ψ(b+n)].
    logarithmic_series: Vec<f64>,
}

/// Terms kept: the first one dropped is 2⁻⁵⁶ of the sum at the worst place, x = ½.
const TERMS: usize = 56;

impl GrowthIntegral {
    /// `exponent` is b.
    pub(crate) fn new(exponent: f64) -> Self {
        let mut digamma_gaps = [0.0; TERMS];
        let mut gap = digamma_gap_asymptotic(exponent, TERMS as f64);
        for n in (0..TERMS).rev() {
            // ψ(z+1) = ψ(z) + 1/z for both z = n+1 and z = b+n.
            gap += 1.0 / (exponent + n as f64) - 1.0 / (n as f64 + 1.0);
            digamma_gaps[n] = gap;
        }
        let mut rising = 1.0;
        let logarithmic_series = digamma_gaps
            .iter()
            .enumerate()
            .map(|(n, gap)| {
                let coefficient = rising * gap;
                rising *= (exponent + n as f64) / (n as f64 + 1.0);
                coefficient
            })
            .collect();
        let power_series = (0..TERMS).map(|k| 1.0 / (exponent + k as f64)).collect();
        Self { exponent, power_series, logarithmic_series }
    }

    /// b.
    pub(crate) fn exponent(&self) -> f64 {
        self.exponent
    }

    /// ψ(1) − ψ(b): the constant of G = −ln(1−x) + constant as x → 1.
    pub(crate) fn saturation_constant(&self) -> f64 {
        self.logarithmic_series[0]
    }

    /// x^b, which is also dG/dw for w = ln(x/(1−x)).
    pub(crate) fn power(&self, x: f64) -> f64 {
        // The common four-layer student spares itself the general power.
        if self.exponent == -0.5 { x.sqrt().recip() } else { x.powf(self.exponent) }
    }

    /// x with x^b = `power`.
    pub(crate) fn inverse_power(&self, power: f64) -> f64 {
        if self.exponent == -0.5 { (power * power).recip() } else { power.powf(1.0 / self.exponent) }
    }

    /// G at x, with 1−x given apart so that neither end loses digits.
    pub(crate) fn value(&self, x: f64, one_minus_x: f64) -> f64 {
        self.value_from_power(x, one_minus_x, self.power(x))
    }

    /// G at x when x^b is known.
    pub(crate) fn value_from_power(&self, x: f64, one_minus_x: f64, power: f64) -> f64 {
        if x <= 0.5 {
            power * series(&self.power_series, x)
        } else {
            power * series(&self.logarithmic_series, one_minus_x) - one_minus_x.ln()
        }
    }
}

/// ψ(n+1) − ψ(b+n) for large n, each by its asymptotic series.
fn digamma_gap_asymptotic(b: f64, n: f64) -> f64 {
    let digamma = |z: f64| {
        let inverse_square = 1.0 / (z * z);
        z.ln()
            - 0.5 / z
            - inverse_square * (1.0 / 12.0 - inverse_square * (1.0 / 120.0 - inverse_square * (1.0 / 252.0)))
    };
    digamma(n + 1.0) - digamma(b + n)
}

/// Σ c_k z^k for 0 ≤ z ≤ ½, as many terms as double precision sees.
fn series(coefficients: &[f64], z: f64) -> f64 {
    let needed = if z < 1e-3 {
        7
    } else if z < 0.05 {
        14
    } else if z < 0.2 {
        26
    } else {
        TERMS
    };
    // Even and odd terms apart: two short dependency chains instead of a long one.
    let square = z * z;
    let (mut even, mut odd) = (0.0, 0.0);
    for pair in coefficients[..needed.next_multiple_of(2)].chunks_exact(2).rev() {
        even = even * square + pair[0];
        odd = odd * square + pair[1];
    }
    even + z * odd
}

#[cfg(test)]
mod tests {
    use super::*;

    /// b = ½ has a closed form: ∫ dx/(√x (1−x)) = 2 artanh √x. b = −½: 2 artanh √x − 2/√x.
    #[test]
    fn half_integer_exponents_are_hyperbolic_arctangents() {
        let (up, down) = (GrowthIntegral::new(0.5), GrowthIntegral::new(-0.5));
        for x in [1e-12, 1e-6, 0.01, 0.049, 0.051, 0.19, 0.3, 0.499, 0.501, 0.8, 0.97, 0.999f64] {
            let artanh = 2.0 * x.sqrt().atanh();
            let (value, expected) = (up.value(x, 1.0 - x), artanh);
            assert!((value / expected - 1.0).abs() < 2e-14, "b = 1/2, x = {x}: {value} against {expected}");
            let (value, expected) = (down.value(x, 1.0 - x), artanh - 2.0 / x.sqrt());
            assert!((value - expected).abs() < 2e-14 * artanh.max(2.0 / x.sqrt()), "b = -1/2, x = {x}: {value}");
        }
        // ψ(1) − ψ(½) = 2 ln 2.
        assert!((up.saturation_constant() - 2.0 * 2f64.ln()).abs() < 1e-15);
    }

    #[test]
    fn slope_is_the_integrand_and_the_two_series_meet() {
        for b in [-2.0 / 3.0, -1.0 / 3.0, -0.96, 4.0 / 3.0, 1.9] {
            let integral = GrowthIntegral::new(b);
            for x in [0.02, 0.2, 0.45, 0.6, 0.9, 0.99] {
                let [expected] =
                    linalg_core::gauss_legendre_panel(x, x + 0.005, |z: f64| [z.powf(b - 1.0) / (1.0 - z)]);
                let difference = integral.value(x + 0.005, 0.995 - x) - integral.value(x, 1.0 - x);
                let tolerance = 4e-15 * (1.0 + integral.value(x, 1.0 - x).abs());
                assert!((difference - expected).abs() < tolerance, "b = {b}, x = {x}: {difference} against {expected}");
            }
            let jump = integral.value(0.5 + 1e-16, 0.5) - integral.value(0.5, 0.5);
            assert!(jump.abs() < 1e-14 * integral.value(0.5, 0.5).abs().max(1.0), "b = {b}: jump {jump}");
        }
    }
}
