//! What became of a claim: numbers, and the one place where they become a sentence.

use serde::{Deserialize, Serialize};

/// The outcome of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// What was measured agrees with the claim.
    #[serde(rename = "holds", alias = "Holds")]
    Holds,
    /// What was measured contradicts the claim.
    #[serde(rename = "departs", alias = "Departs")]
    Departs,
    /// This scale or this machine cannot tell.
    #[serde(rename = "not judged", alias = "NotJudged")]
    NotJudged,
}

impl Outcome {
    /// As the record and the tables write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Departs => "departs",
            Self::NotJudged => "not judged",
        }
    }
}

/// What a config expects of one of its claims. Where it says nothing, the claim is expected to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The claim, word for word.
    pub claim: String,
    /// What is expected of it.
    pub outcome: Outcome,
    /// Why, in a sentence.
    pub reason: String,
}

/// The judgement of one claim of a figure. The numbers are those of the deciding point: the one furthest from what the
/// claim says, in units of what chance allows; `None` where a claim has no such number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The claim, as a sentence.
    pub claim: String,
    /// The panels it is read from.
    pub panel: String,
    /// Whether it holds.
    pub outcome: Outcome,
    /// Whether the config expects it to.
    pub expected: Outcome,
    /// Why it departs, or was not judged.
    pub reason: Option<String>,
    /// The number that was measured.
    pub measured: Option<f64>,
    /// The number it is held against: the line, or the bound.
    pub target: Option<f64>,
    /// The largest distance that chance and numerics allow.
    pub allowed: Option<f64>,
    /// The least true deviation from the claim that would be reported with a probability of 95 %.
    pub detectable: Option<f64>,
    /// Which point decides.
    pub at: Option<String>,
    /// How many points were judged.
    pub points: usize,
    /// The judgement as a sentence.
    pub text: String,
}

impl Verdict {
    /// Whether the outcome is not the expected one.
    pub fn is_unexpected(&self) -> bool {
        self.outcome != self.expected
    }
}

/// A number of a sentence: four significant digits, tiny and huge ones with a power of ten.
pub fn digits(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    if (1e-3..1e5).contains(&size) {
        let decimals = (3 - size.log10().floor() as i32).max(0) as usize;
        return format!("{value:.decimals$}");
    }
    let text = format!("{value:.2e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: String = exponent
        .chars()
        .map(|c| match c.to_digit(10) {
            Some(digit) => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit as usize],
            None => '⁻',
        })
        .collect();
    format!("{mantissa}·10{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_sentence() {
        let told = [0.0, 1.23456, -0.012_345_6, 12_345.6, 5.49e-5, -2.0e7].map(digits);
        assert_eq!(told, ["0", "1.235", "-0.01235", "12346", "5.49·10⁻⁵", "-2.00·10⁷"]);
    }
}
