//! Where ticks stand and what is written at them.

use crate::Scale;
use crate::math_text::{decimal, power_of_ten};

/// A tick and its label; minor ticks have none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) value: f64,
    pub(crate) label: String,
    pub(crate) major: bool,
}

/// The ticks of an axis and the power of ten taken out of their labels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticks {
    pub(crate) ticks: Vec<Tick>,
    pub(crate) exponent: i32,
}

/// Ticks for a range, the most that are not more than `most`.
pub(crate) fn automatic(scale: Scale, low: f64, high: f64, most: usize) -> Ticks {
    match scale {
        Scale::Linear => linear(low, high, most),
        Scale::Log => logarithmic(low, high, most),
    }
}

/// Labels of given values in one common format.
pub(crate) fn labels(values: &[f64]) -> (Vec<String>, i32) {
    let exponent = common_exponent(values);
    let scaled: Vec<f64> = values.iter().map(|v| v / 10f64.powi(exponent)).collect();
    let decimals = (0..=12).find(|&d| scaled.iter().all(|v| is_exact(*v, d))).unwrap_or(3);
    (scaled.iter().map(|v| decimal(*v, decimals.min(6))).collect(), exponent)
}

fn is_exact(value: f64, decimals: i32) -> bool {
    let shifted = value * 10f64.powi(decimals);
    (shifted - shifted.round()).abs() <= 1e-6 * shifted.abs().max(1e-3)
}

/// Zero unless all labels would be long: then the decade of the largest.
fn common_exponent(values: &[f64]) -> i32 {
    let largest = values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    if largest == 0.0 || (0.01..1e5).contains(&largest) { 0 } else { (largest.log10() + 1e-9).floor() as i32 }
}

/// Multiples of 1, 2 or 5 times a power of ten.
fn linear(low: f64, high: f64, most: usize) -> Ticks {
    let span = high - low;
    let smallest = (span / most.max(2) as f64).log10().floor() as i32;
    let steps = (smallest..smallest + 3).flat_map(|e| [1.0, 2.0, 5.0].map(|m| m * 10f64.powi(e)));
    let mut values = vec![low, high];
    for step in steps {
        // Multiples within the range, ends included despite rounding.
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        if last - first < most.max(2) as i64 {
            if last > first {
                values = (first..=last).map(|k| k as f64 * step).collect();
            }
            break;
        }
    }
    let (labels, exponent) = labels(&values);
    let tick = |(value, label)| Tick { value, label, major: true };
    Ticks { ticks: values.into_iter().zip(labels).map(tick).collect(), exponent }
}

/// Powers of ten, thinned to every k-th; 2 and 5 between them where there is room; linear ticks within a decade.
fn logarithmic(low: f64, high: f64, most: usize) -> Ticks {
    let first = (low.log10() - 1e-9).ceil() as i32;
    let last = (high.log10() + 1e-9).floor() as i32;
    if last <= first {
        return linear(low, high, most);
    }
    let decades = (last - first + 1) as usize;
    let stride = decades.div_ceil(most.max(2)) as i32;
    let plain = first >= -2 && last <= 3;
    let dense = decades <= 2 && 3 * decades <= most;
    let mut ticks = Vec::new();
    for exponent in first - 1..=last {
        for digit in 1..10 {
            let value = f64::from(digit) * 10f64.powi(exponent);
            if value < low * (1.0 - 1e-9) || value > high * (1.0 + 1e-9) {
                continue;
            }
            let major = (digit == 1 && (exponent - first) % stride == 0) || (dense && matches!(digit, 2 | 5));
            if !major && stride > 1 && (digit != 1) {
                continue;
            }
            let label = match (major, plain) {
                (false, _) => String::new(),
                (true, true) => decimal(value, (-exponent).max(0)),
                (true, false) if digit == 1 => power_of_ten(exponent),
                (true, false) => format!("{digit}×{}", power_of_ten(exponent)),
            };
            ticks.push(Tick { value, label, major });
        }
    }
    Ticks { ticks, exponent: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(scale: Scale, low: f64, high: f64, most: usize) -> Vec<String> {
        automatic(scale, low, high, most).ticks.into_iter().filter(|t| t.major).map(|t| t.label).collect()
    }

    #[test]
    fn linear_steps_are_one_two_five() {
        assert_eq!(written(Scale::Linear, 0.0, 5.0, 6), ["0", "1", "2", "3", "4", "5"]);
        assert_eq!(written(Scale::Linear, 0.0, 5.0, 5), ["0", "2", "4"]);
        assert_eq!(written(Scale::Linear, 0.0, 1.2, 7), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0", "1.2"]);
        assert_eq!(written(Scale::Linear, -3.3, 0.2, 5), ["−3", "−2", "−1", "0"]);
        assert_eq!(written(Scale::Linear, 0.0, 120.0, 4), ["0", "50", "100"]);
    }

    #[test]
    fn thousands_and_exponents() {
        assert_eq!(written(Scale::Linear, 0.0, 25_000.0, 4), ["0", "10,000", "20,000"]);
        let ticks = automatic(Scale::Linear, -1e-4, 1e-4, 5);
        assert_eq!(ticks.exponent, -4);
        let labels: Vec<_> = ticks.ticks.iter().map(|t| t.label.as_str()).collect();
        assert_eq!(labels, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(automatic(Scale::Linear, 0.0, 500_000.0, 3).exponent, 5);
    }

    #[test]
    fn logarithmic_decades() {
        assert_eq!(written(Scale::Log, 1e-5, 1.0, 4), ["10^{−5}", "10^{−3}", "10^{−1}"]);
        assert_eq!(written(Scale::Log, 0.1, 100.0, 6), ["0.1", "1", "10", "100"]);
        assert_eq!(written(Scale::Log, 0.8, 120.0, 10), ["1", "10", "100"]);
        assert_eq!(written(Scale::Log, 2.0, 8.0, 4), ["2", "4", "6", "8"]);
        let minor = automatic(Scale::Log, 1.0, 100.0, 4).ticks.iter().filter(|t| !t.major).count();
        assert_eq!(minor, 16);
    }

    #[test]
    fn there_are_always_at_least_two_and_never_more_than_asked() {
        for (low, high) in [(0.0, 1.0), (0.31, 0.37), (-7e8, 3e9), (1e-9, 2e-9), (99.0, 101.0)] {
            for most in 2..12 {
                let count = automatic(Scale::Linear, low, high, most).ticks.len();
                assert!((2..=most).contains(&count), "[{low}, {high}], most {most}: {count}");
            }
        }
    }
}
