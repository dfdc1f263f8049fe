//! What the planes claim, judged.

use super::TransferSetting;
use super::planes::Plane;
use crate::study::comparison::Verdict;

impl TransferSetting {
    /// Every verdict of the figure: closed forms, so nothing but rounding is allowed for.
    pub(super) fn verdicts(&self, planes: &[Plane]) -> Vec<Verdict> {
        let [weak, middling, strong] = planes else { return Vec::new() };
        // What an undetectable task's error gains or loses by a start at ε instead of 0: 2ε s̄ + M ε², relative to s̄².
        let modes = self.inputs.min(self.outputs.0 + self.outputs.1) as f64;
        let start = (2.0 * self.epsilon * weak.strength_a + modes * self.epsilon.powi(2)) / weak.strength_a.powi(2);
        vec![
            never_hurt(weak, start),
            helped(weak, self.helped_above),
            support_meets_interference(middling),
            unmoved(strong, self.unmoved_within),
        ]
    }
}

fn range(plane: &Plane) -> (f64, f64) {
    plane.values().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), t| (low.min(t), high.max(t)))
}

/// A task that alone cannot be learned has nothing to lose.
pub(super) fn never_hurt(plane: &Plane, start: f64) -> Verdict {
    let (low, high) = range(plane);
    let measured = format!("T from {low:.2e} to {high:.3} over {} cells", plane.values().count());
    Verdict::new(
        "a weak task is never hurt",
        "b",
        measured,
        format!("at least −{start:.1e}, what the start at ε can do"),
        low >= -start,
    )
}

/// It gains from strong, aligned company, and there most.
pub(super) fn helped(plane: &Plane, above: f64) -> Verdict {
    let (corner, orthogonal) = (plane.strong_and_aligned(), plane.strong_and_orthogonal());
    let claim = "a weak task gains from strong company, the more the better aligned";
    let grows = plane.alignments.len() > 1
        && plane.column(plane.strengths_b.len() - 1).windows(2).all(|w| w[1].1 >= w[0].1 - 1e-12);
    let measured = format!(
        "T = {corner:.3} for the strongest, best aligned B, {orthogonal:.1e} for the least aligned; grows with q: {grows}"
    );
    Verdict::new(claim, "b", measured, format!("above {above}, and growing with q"), corner > above && grows)
}

/// Along q, harm turns into help once; strong company hurts if orthogonal and helps if parallel.
pub(super) fn support_meets_interference(plane: &Plane) -> Verdict {
    let changes = |index: usize| plane.column(index).windows(2).filter(|w| (w[0].1 < 0.0) != (w[1].1 < 0.0)).count();
    let most = (0..plane.strengths_b.len()).map(changes).max().unwrap_or(0);
    let (corner, orthogonal) = (plane.strong_and_aligned(), plane.strong_and_orthogonal());
    let measured = format!(
        "strongest B: T = {orthogonal:.4} least aligned, {corner:.4} best aligned; at most {most} change of sign along q"
    );
    let claim = "a middling task is hurt by strong, badly aligned company and helped by well aligned, with one boundary between";
    Verdict::new(
        claim,
        "c",
        measured,
        "negative, positive, one change of sign",
        orthogonal < 0.0 && corner > 0.0 && most == 1,
    )
}

/// A strong task hardly moves.
pub(super) fn unmoved(plane: &Plane, within: f64) -> Verdict {
    let (low, high) = range(plane);
    let holds = low.abs().max(high.abs()) < within;
    Verdict::new(
        "a strong task hardly moves, whatever its company",
        "d",
        format!("T from {low:.2e} to {high:.2e}"),
        format!("|T| below {within:.0e}"),
        holds,
    )
}
