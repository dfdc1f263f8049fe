//! Trying a recipe's verdicts on right and on wrong inputs, at smoke scale.

use super::Recipe;
use super::{Assembled, Outcome, Verdict};
use crate::config::{Document, Scale};
use crate::runs::results::Results;
use crate::runs::run::Run;
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
    assembled(recipe, substitute).judge(None)
}

/// The figure of `recipe` when every run is replaced by what `substitute` makes of it.
pub(crate) fn assembled<R: Recipe>(recipe: &R, substitute: impl Fn(&Run) -> Run + Sync) -> Assembled {
    let results = Results::compute(&recipe.runs(), substitute).expect("every run ends");
    recipe.assemble(&results).expect("a figure")
}

/// Every claim about a line departs when the theory's lines are off by a little more than what it says it would show,
/// and when what they say is `five_percent` more.
pub(crate) fn lines_can_fail<R: Recipe>(recipe: &R, five_percent: fn(f64) -> f64) {
    let assembled = assembled(recipe, Run::clone);
    let judged = |wrong: &dyn Fn(f64) -> f64| {
        Assembled { claims: assembled.claims.clone().with_lines(wrong), ..assembled.clone() }.judge(None)
    };
    let (right, larger) = (assembled.judge(None), judged(&five_percent));
    let is_line = |verdict: &&Verdict| verdict.claim.contains("approach the theory line");
    assert!(right.iter().any(|verdict| is_line(&verdict)));
    for verdict in right.iter().filter(is_line) {
        assert_eq!(verdict.outcome, Outcome::Holds, "{verdict:?}");
        let detectable = verdict.detectable.expect("a line claim knows what it would show");
        for by in [1.5 * detectable, -1.5 * detectable] {
            let moved = judged(&|line| line + by);
            assert_eq!(find(&moved, &verdict.claim).outcome, Outcome::Departs, "{by}: {verdict:?}");
        }
        let larger = find(&larger, &verdict.claim);
        assert_eq!(larger.outcome, Outcome::Departs, "5 %: {larger:?}");
    }
}

/// 5 % more of what is drawn as it is.
pub(crate) fn five_percent(line: f64) -> f64 {
    1.05 * line
}

/// 5 % more of what is drawn as its logarithm.
pub(crate) fn five_percent_in_ln(line: f64) -> f64 {
    line + 1.05_f64.ln()
}

/// The verdict whose claim contains `part`.
pub(crate) fn find<'a>(verdicts: &'a [Verdict], part: &str) -> &'a Verdict {
    let mut fitting = verdicts.iter().filter(|v| v.claim.contains(part));
    let verdict = fitting.next().unwrap_or_else(|| panic!("no claim contains {part:?}"));
    assert!(fitting.next().is_none(), "several claims contain {part:?}");
    verdict
}

/// Whether the claim that contains `part` holds; `None` if it was not judged.
pub(crate) fn passed(verdicts: &[Verdict], part: &str) -> Option<bool> {
    match find(verdicts, part).outcome {
        Outcome::Holds => Some(true),
        Outcome::Departs => Some(false),
        Outcome::NotJudged => None,
    }
}
