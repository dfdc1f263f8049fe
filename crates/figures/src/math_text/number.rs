//! Numbers, as ticks, legends and captions write them.

/// A number as math text, with the fewest digits that read back to it: `0.25`, `−3`, `25,000`, `10^{−5}`,
/// `1.5×10^{−4}`, `∞`.
///
/// Below 0.001 and from a million on it is written with a power of ten.
///
/// ```
/// use figures::math_text::number;
/// assert_eq!([0.25, -3.0, 25_000.0, 1e-5, 1.5e-4, 0.0].map(number),
///     ["0.25", "−3", "25,000", "10^{−5}", "1.5×10^{−4}", "0"]);
/// assert_eq!([f64::INFINITY, f64::NEG_INFINITY, f64::NAN].map(number), ["∞", "−∞", "not a number"]);
/// ```
pub fn number(value: f64) -> String {
    written(value, &format!("{value:e}"))
}

/// A number as [`number`] writes it, rounded to so many significant digits (at least one).
///
/// ```
/// use figures::math_text::rounded;
/// assert_eq!(rounded(0.076_53, 2), "0.077");
/// assert_eq!(rounded(-7.653e-5, 2), "−7.7×10^{−5}");
/// assert_eq!(rounded(0.998, 2), "1.0");
/// ```
pub fn rounded(value: f64, digits: usize) -> String {
    written(value, &format!("{value:.*e}", digits.max(1) - 1))
}

/// A number from its digits in the form `-1.25e-3`.
fn written(value: f64, scientific: &str) -> String {
    if value.is_nan() {
        return "not a number".to_owned();
    }
    let sign = if value < 0.0 { "−" } else { "" };
    let Some((mantissa, exponent)) = scientific.trim_start_matches('-').split_once('e') else {
        return format!("{sign}∞");
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value == 0.0 || (-3..6).contains(&exponent) {
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).count() as i32;
        return decimal(scientific.parse().unwrap_or(value), digits - 1 - exponent);
    }
    match mantissa {
        "1" => format!("{sign}{}", power_of_ten(exponent)),
        _ => format!("{sign}{mantissa}×{}", power_of_ten(exponent)),
    }
}

/// A number with fixed decimals, a true minus sign and commas between thousands from 10,000 on.
pub(crate) fn decimal(value: f64, decimals: i32) -> String {
    let digits = format!("{:.*}", decimals.max(0) as usize, value.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let negative = value < 0.0 && digits.bytes().any(|b| (b'1'..=b'9').contains(&b));
    let mut out = String::from(if negative { "−" } else { "" });
    for (i, c) in whole.chars().enumerate() {
        if whole.len() > 4 && i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Ten to a power, as math text.
pub(crate) fn power_of_ten(exponent: i32) -> String {
    let sign = if exponent < 0 { "−" } else { "" };
    format!("10^{{{sign}{}}}", exponent.abs())
}

/// The fewest digits that read back to the same number, for programs to read.
pub(crate) fn shortest(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-5..1e16).contains(&size) && number.is_finite() {
        format!("{number:e}")
    } else {
        format!("{number}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_and_signs() {
        assert_eq!(decimal(1234.0, 0), "1234");
        assert_eq!(decimal(-1_234_567.25, 2), "−1,234,567.25");
        assert_eq!(decimal(-0.001, 1), "0.0");
    }

    #[test]
    fn numbers_read_back_to_the_same_bits() {
        for number in [0.1 + 0.2, 1e-300, -2.5e17, 5e-324, 123_456.789, -0.0] {
            assert_eq!(shortest(number).parse::<f64>().unwrap().to_bits(), number.to_bits());
        }
        assert_eq!([f64::INFINITY, f64::NAN].map(shortest), ["inf", "NaN"]);
    }

    #[test]
    fn powers_of_ten_begin_where_zeros_would_be_counted() {
        assert_eq!(
            [0.001, 0.000_999, 999_999.0, 1e6, -2e-7, 1e308].map(number),
            ["0.001", "9.99×10^{−4}", "999,999", "10^{6}", "−2×10^{−7}", "10^{308}"]
        );
        assert_eq!(rounded(0.0, 3), "0.00");
        assert_eq!(rounded(123_456.0, 2), "120,000");
    }
}
