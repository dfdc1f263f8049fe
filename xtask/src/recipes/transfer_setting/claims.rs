//! What the planes claim: closed forms, so nothing but rounding is allowed for.

use super::TransferSetting;
use super::planes::Plane;
use crate::study::{Claims, Point};

impl TransferSetting {
    pub(super) fn claims(&self, planes: &[Plane]) -> Claims {
        let mut claims = Claims::new();
        let [weak, middling, strong] = planes else { return claims };
        // What an undetectable task's error gains or loses by a start at ε instead of 0: 2ε s̄ + M ε², relative to s̄².
        let modes = self.inputs.min(self.outputs.0 + self.outputs.1) as f64;
        let start = (2.0 * self.epsilon * weak.strength_a + modes * self.epsilon.powi(2)) / weak.strength_a.powi(2);
        let claim = format!("a weak task is never hurt by more than {start:.1e}, what a start at ε can do");
        let hurt = cells(weak).map(|(at, benefit)| Point::new(at, benefit).above(-start - 1e-12));
        claims.shown(claim, "b", hurt).tell("A weak task is never hurt.");
        support(&mut claims, weak, self.helped_above);
        boundary(&mut claims, middling);
        let within = self.unmoved_within;
        let moved = cells(strong).map(|(at, benefit)| Point::new(at, benefit).within(-within, within));
        claims.shown(format!("a strong task moves by less than {within:.0e}, whatever its company"), "d", moved);
        claims.tell("A strong task hardly moves.");
        claims
    }
}

/// Every T of a plane with its place.
fn cells(plane: &Plane) -> impl Iterator<Item = (String, f64)> + '_ {
    plane.strengths_b.iter().enumerate().flat_map(|(index, strength)| {
        let told = move |q: f64| format!("s̄_B = {strength:.3}, q = {q:.2}");
        plane.column(index).into_iter().map(move |(q, benefit)| (told(q), benefit))
    })
}

/// A weak task gains from strong, aligned company, and there most.
pub(super) fn support(claims: &mut Claims, plane: &Plane, above: f64) {
    let corner = Point::new("the strongest, best aligned B", plane.strong_and_aligned()).above(above);
    claims.shown(
        format!("a weak task gains more than {above} from the strongest, best aligned company"),
        "b",
        [corner],
    );
    claims.tell("A weak task gains from strong, aligned company.");
    let column = plane.column(plane.strengths_b.len() - 1);
    let rises =
        column.windows(2).map(|w| Point::new(format!("q from {:.2} to {:.2}", w[0].0, w[1].0), w[1].1 - w[0].1));
    let claim = "what a weak task gains from the strongest company does not fall with alignment (to rounding)";
    claims.shown(claim, "b", rises.map(|point| point.above(-1e-12)));
}

/// Along q, harm turns into help once; strong company hurts if orthogonal and helps if parallel.
pub(super) fn boundary(claims: &mut Claims, plane: &Plane) {
    let orthogonal = Point::new("the least aligned", plane.strong_and_orthogonal()).below(0.0);
    let aligned = Point::new("the best aligned", plane.strong_and_aligned()).above(0.0);
    let claim =
        "a middling task is hurt by the strongest company if it is badly aligned and helped if it is well aligned";
    claims.shown(claim, "c", [orthogonal, aligned]);
    claims.tell("A middling task loses by strong company unless it is well aligned.");
    let changes = |index: usize| plane.column(index).windows(2).filter(|w| (w[0].1 < 0.0) != (w[1].1 < 0.0)).count();
    let most = (0..plane.strengths_b.len()).map(changes).max().unwrap_or(0);
    let point = Point::new("the most changes of sign along q", most as f64).equals(1.0);
    claims.equal("one boundary parts harm to a middling task from help", "c", [point]);
}
