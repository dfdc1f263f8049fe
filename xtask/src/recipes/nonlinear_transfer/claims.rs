//! What the transfer benefits claim.

use super::{NonlinearTransfer, Point};
use crate::study::{self, Claims};

impl NonlinearTransfer {
    pub(super) fn claims(&self, points: &[Point]) -> Claims {
        let mut claims = Claims::new();
        let strong = self.strong_b;
        let company = |strength_a: f64, q: f64| {
            let own = move |p: &&Point| p.pair.strength_a == strength_a && p.pair.strength_b >= strong;
            points.iter().filter(own).filter(move |p| p.pair.alignment == q).map(benefit)
        };
        let [weak, middling, last] = [0, 1, 2].map(|index| self.strengths_a[index]);
        let told =
            |what: &str, q: f64| format!("a {what} strong company (s̄_B ≥ {strong}) at q = {q}, as linear tasks do");
        let gains = |point: study::Point| point.above(0.0);
        claims.shown(told("weak task gains from", 1.0), "a", company(weak, 1.0).map(gains));
        claims.tell("A weak task gains from strong, aligned company, as in linear networks.");
        claims.shown(told("middling task gains from", 1.0), "b", company(middling, 1.0).map(gains));
        claims.tell("So does a middling one, as there.");
        let losing = company(middling, 0.0).map(|point| point.below(0.0));
        claims.shown(told("middling task loses to", 0.0), "b", losing);
        claims.tell("A middling task loses to strong company that is not aligned.");
        let bound = self.unmoved_within;
        let unmoved = points.iter().filter(|p| p.pair.strength_a == last).map(benefit);
        let unmoved = unmoved.map(|point| point.within(-bound, bound));
        claims.shown(format!("a strong task moves by less than {bound}"), "c", unmoved);
        claims.tell("A strong task hardly moves.");
        claims
    }
}

fn benefit(p: &Point) -> study::Point {
    let at = format!("s̄_A = {:.3}, s̄_B = {:.3}, q = {}", p.pair.strength_a, p.pair.strength_b, p.pair.alignment);
    study::Point::new(at, p.measured.benefit())
}
