//! Trying a recipe's verdicts on right and on wrong inputs, at smoke scale.

use crate::config::{Document, Scale};
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::comparison::Verdict;
use crate::study::recipe::Recipe;
use std::path::Path;

/// The config of a figure, or else the template of its kind, at smoke scale.
pub(crate) fn smoke<R: Recipe>(stem: &str) -> R {
    at_scale(stem, Scale::Smoke)
}

/// The committed config of a figure.
pub(crate) fn at_scale<R: Recipe>(stem: &str, scale: Scale) -> R {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../configs/{stem}.ron"));
    let document = match R::TEMPLATE {
        Some(template) if !path.exists() => Document::parse(stem, template),
        _ => Document::read(&path),
    };
    let document = document.expect("a readable config");
    let settings = document.settings(scale);
    let recipe: R = settings.deserialize().expect("a legal config");
    let mut checks = settings.checks();
    recipe.check(&mut checks);
    checks.finish().expect("a config that passes its checks");
    recipe
}

/// The verdicts of `recipe` when every run is replaced by what `substitute` makes of it.
pub(crate) fn verdicts<R: Recipe>(recipe: &R, substitute: impl Fn(&Run) -> Run + Sync) -> Vec<Verdict> {
    let results = Results::compute(&recipe.runs(), substitute).expect("every run ends");
    recipe.assemble(&results).expect("a figure").verdicts
}

/// Whether the verdict whose claim contains `part` passed.
pub(crate) fn passed(verdicts: &[Verdict], part: &str) -> Option<bool> {
    let mut fitting = verdicts.iter().filter(|v| v.claim.contains(part));
    let verdict = fitting.next().unwrap_or_else(|| panic!("no claim contains {part:?}"));
    assert!(fitting.next().is_none(), "several claims contain {part:?}");
    verdict.passed
}
