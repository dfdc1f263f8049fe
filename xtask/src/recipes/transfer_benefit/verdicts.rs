//! What the transfer benefits claim, judged.

use super::{Point, TransferBenefit};
use crate::study::comparison::{Comparison, Level, Verdict, student_quantile};
use crate::study::elements::TaskPair;

/// A side of a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Above,
    Below,
}

impl TransferBenefit {
    /// Every verdict of the figure; all points share its false-alarm rate.
    pub(super) fn verdicts(&self, points: &[Point]) -> Vec<Verdict> {
        let StrongPoints { helped, hurt, regained, unmoved } = self.strong_points(points);
        // The points of (c) are held against two bounds.
        let level = Level::shared_by(points.len() + helped.len() + hurt.len() + regained.len() + 2 * unmoved.len());
        let mut verdicts: Vec<Verdict> = ["a", "b", "c"]
            .into_iter()
            .zip(self.strengths_a.all())
            .map(|(panel, strength)| on_theory(points.iter().filter(|p| p.pair.strength_a == strength), panel, level))
            .collect();
        let Self { strong_b, helped_above, hurt_until, regained_above, unmoved_within, .. } = self;
        let claim = format!(
            "a weak task gains more than {helped_above} from strong company (s̄_B ≥ {strong_b}) at the largest q"
        );
        verdicts.push(beyond(claim, "a", &helped, *helped_above, Side::Above, level));
        let claim = format!("a middling task loses by strong company (s̄_B ≥ {strong_b}) for q ≤ {hurt_until}");
        verdicts.push(beyond(claim, "b", &hurt, 0.0, Side::Below, level));
        let claim = format!(
            "a middling task gains more than {regained_above} from strong company (s̄_B ≥ {strong_b}) at the largest q"
        );
        verdicts.push(beyond(claim, "b", &regained, *regained_above, Side::Above, level));
        let claim = format!("a strong task moves by less than {unmoved_within:.0e}");
        let upper = beyond(claim.clone(), "c", &unmoved, *unmoved_within, Side::Below, level);
        let lower = beyond(claim, "c", &unmoved, -unmoved_within, Side::Above, level);
        verdicts.push(both(upper, lower));
        verdicts
    }

    fn strong_points<'a>(&self, points: &'a [Point]) -> StrongPoints<'a> {
        let last = self.alignments.last().copied().unwrap_or(f64::NAN);
        let of = |strength: f64, holds: &dyn Fn(&TaskPair) -> bool| -> Vec<&'a Point> {
            points.iter().filter(|p| p.pair.strength_a == strength && holds(&p.pair)).collect()
        };
        let strong = |c: &TaskPair| c.strength_b >= self.strong_b;
        StrongPoints {
            helped: of(self.strengths_a.weak, &|c| strong(c) && c.alignment == last),
            hurt: of(self.strengths_a.middling, &|c| strong(c) && c.alignment <= self.hurt_until + 1e-9),
            regained: of(self.strengths_a.middling, &|c| strong(c) && c.alignment == last),
            unmoved: of(self.strengths_a.strong, &|_| true),
        }
    }
}

/// The points that the claims in words are about.
struct StrongPoints<'a> {
    helped: Vec<&'a Point>,
    hurt: Vec<&'a Point>,
    regained: Vec<&'a Point>,
    unmoved: Vec<&'a Point>,
}

fn told(pair: TaskPair) -> String {
    format!("s̄_B = {:.3}, q = {}", pair.strength_b, pair.alignment)
}

/// The measured benefits of one panel lie on the theory line.
fn on_theory<'a>(points: impl Iterator<Item = &'a Point>, panel: &str, level: Level) -> Verdict {
    let compare =
        |p: &Point| Comparison::with_ensemble(told(p.pair), p.measured.benefit(), p.theory, p.drawn, p.step, level);
    let points: Vec<Comparison> = points.map(compare).collect();
    Verdict::of_points("paired benefits of aligned students lie on the theory line", panel, &points)
}

/// Every mean lies on one side of a bound. Judged where chance cannot carry a mean across it: where independent draws lie beyond the
/// bound by more than the sampling error.
pub(super) fn beyond(claim: String, panel: &str, points: &[&Point], bound: f64, side: Side, level: Level) -> Verdict {
    let margin = |value: f64| match side {
        Side::Above => value - bound,
        Side::Below => bound - value,
    };
    let chance = |p: &Point| {
        let variance =
            p.drawn.deviation.powi(2) / p.measured.alone.len().max(1) as f64 + p.drawn.standard_error().powi(2);
        student_quantile(level.per_point, p.drawn.count) * variance.sqrt()
    };
    let judged: Vec<&Point> = points.iter().copied().filter(|p| margin(p.drawn.mean) > chance(p)).collect();
    let excess = |p: &Point| margin(p.measured.benefit().mean) / chance(p);
    let Some(worst) = judged.iter().min_by(|a, b| excess(a).total_cmp(&excess(b))) else {
        return Verdict::not_judged(
            claim,
            panel,
            "this number of seeds at this size cannot tell any point from the bound",
        );
    };
    let sign = if side == Side::Above { ">" } else { "<" };
    let measured = format!(
        "T = {:.3e} at {}, the closest of {} points",
        worst.measured.benefit().mean,
        told(worst.pair),
        judged.len()
    );
    let tolerance = format!(
        "T {sign} {bound:e}; judged at the {} of {} points that independent draws put beyond it by more than chance ({:.1e} there, \
         false-alarm rate {:.1e})",
        judged.len(),
        points.len(),
        chance(worst),
        level.per_point
    );
    Verdict::new(claim, panel, measured, tolerance, judged.iter().all(|p| margin(p.measured.benefit().mean) > 0.0))
}

/// One claim that needs both judgements.
fn both(first: Verdict, second: Verdict) -> Verdict {
    let passed = match (first.passed, second.passed) {
        (Some(a), Some(b)) => Some(a && b),
        (one, other) => one.or(other),
    };
    let measured = format!("{}; {}", first.measured, second.measured);
    let tolerance = format!("{}; {}", first.tolerance, second.tolerance);
    Verdict { measured, tolerance, passed, ..first }
}
