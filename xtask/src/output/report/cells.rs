//! What a row of a table of verdicts is made of, and a figure's short name.

use crate::study::{Outcome, Verdict};
use figures::math_text::escaped as escape;

/// A cell of a table that narrow screens show as cards.
pub(super) fn cell(html: &str) -> String {
    format!("<td role=\"cell\">{html}</td>")
}

pub(super) fn badge(verdict: &Verdict) -> String {
    let (class, sign, word) = match verdict.outcome {
        Outcome::Holds => ("pass", "✓", "holds"),
        Outcome::Departs => ("fail", "✗", "departs"),
        Outcome::NotJudged => ("none", "–", "not judged"),
    };
    format!("<span class=\"badge {class}\"><span aria-hidden=\"true\">{sign}</span> {word}</span>")
}

/// `fig03` of `fig03_single_hidden_layer`.
pub(super) fn short_name(stem: &str) -> String {
    escape(stem.split('_').next().unwrap_or(stem))
}
