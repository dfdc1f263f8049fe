//! Numbers as they are written in a config. The reading is `ron`'s, one number at a time.

use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Display;

/// A number that can be computed with, in a config or on the command line, or what is allowed instead. Whole numbers are
/// floats too; a zero has no sign.
///
/// Refused beside what is no number: infinities and NaN, and whatever is beyond 1e±60 in size, whose powers overflow.
pub fn float(text: &str) -> Result<f64, String> {
    let value: f64 = ron::from_str(text).map_err(|_| "must be a decimal number".to_owned())?;
    if text.contains("inf") || text.contains("NaN") {
        Err("must be a finite number".to_owned())
    } else if is_written_as_zero(text) {
        Ok(0.0)
    } else if (1e-60..=1e60).contains(&value.abs()) {
        Ok(value)
    } else {
        Err("must be 0 or from 1e-60 to 1e60 in size".to_owned())
    }
}

/// Whether the digits before any exponent are all 0.
fn is_written_as_zero(text: &str) -> bool {
    let mantissa = text.split(['e', 'E', 'f']).next().unwrap_or_default();
    !mantissa.contains(|c: char| ('1'..='9').contains(&c))
}

/// A whole number of the type asked for, or what is allowed instead.
pub(super) fn integer<T: DeserializeOwned>(text: &str, min: impl Display, max: impl Display) -> Result<T, String> {
    ron::from_str(text).map_err(|_| {
        let rule = format!("must be a whole number from {min} to {max}");
        match float(text) {
            Ok(value) if value.fract() == 0.0 && value.abs() < 1e15 && text.contains(['.', 'e', 'E']) => {
                format!("{rule}, in digits alone ({value})")
            }
            _ => rule,
        }
    })
}

/// Whether this is a number at all, of whatever size; type suffixes as in `1u8` are not used in configs.
pub(super) fn is_number(text: &str) -> bool {
    ron::from_str::<f64>(text).is_ok() || ron::from_str::<i64>(text).is_ok() || ron::from_str::<u64>(text).is_ok()
}

/// One JSON value for all ways to write the same number: `10`, `10.0`, `1e1` and `0x0A` are 10.
///
/// What no config may hold (`1e999`) stays as it is written.
pub(super) fn canonical(text: &str) -> Value {
    if let Ok(value) = ron::from_str::<i64>(text) {
        return value.into();
    }
    if let Ok(value) = ron::from_str::<u64>(text) {
        return value.into();
    }
    match float(text) {
        // Beyond 2^53 a float may stand for several whole numbers.
        Ok(value) if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0 => (value as i64).into(),
        Ok(value) => value.into(),
        Err(_) => text.into(),
    }
}
