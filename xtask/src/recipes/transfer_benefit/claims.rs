//! What the transfer benefits claim.

use super::{Point, TransferBenefit};
use crate::study::task_pair::TaskPair;
use crate::study::{self, Claims, Estimate, LinePoint};

impl TransferBenefit {
    pub(super) fn claims(&self, points: &[Point]) -> anyhow::Result<Claims> {
        let mut claims = Claims::new();
        for (panel, strength) in ["a", "b", "c"].into_iter().zip(self.strengths_a.all()) {
            let at_threshold = self.alone_setup().is_at_threshold(strength)?;
            let line = |p: &Point| {
                let point =
                    LinePoint::new(told(p.pair), p.drawn.iter().copied().zip(p.lines.iter().copied()).collect());
                point.simulated(p.measured.benefit(), p.step).at_threshold(at_threshold)
            };
            let own = points.iter().filter(|p| p.pair.strength_a == strength);
            claims.on_line(&format!("paired benefits of aligned students, s̄_A = {strength:.3}"), panel, own.map(line));
        }
        let Self { strong_b, helped_above, hurt_until, regained_above, unmoved_within, .. } = self;
        let last = self.alignments.last().copied().unwrap_or(f64::NAN);
        let of = |strength: f64, holds: &dyn Fn(&TaskPair) -> bool| -> Vec<study::Point> {
            let own = points.iter().filter(|p| p.pair.strength_a == strength && holds(&p.pair));
            own.map(|p| study::Point::new(told(p.pair), Estimate::beside(p.measured.benefit(), p.drawn[0]))).collect()
        };
        let is_strong = |pair: &TaskPair| pair.strength_b >= *strong_b;
        let parallel = |pair: &TaskPair| is_strong(pair) && pair.alignment == last;
        let claim = format!(
            "a weak task gains more than {helped_above} from strong company (s̄_B ≥ {strong_b}) at the largest q"
        );
        let helped = of(self.strengths_a.weak, &parallel).into_iter().map(|point| point.above(*helped_above));
        claims.shown(claim, "a", helped).tell("A weak task gains much from a strong, well aligned one.");
        let claim = format!("a middling task loses by strong company (s̄_B ≥ {strong_b}) for q ≤ {hurt_until}");
        let hurt = of(self.strengths_a.middling, &|pair| is_strong(pair) && pair.alignment <= hurt_until + 1e-9);
        claims.shown(claim, "b", hurt.into_iter().map(|point| point.below(0.0)));
        claims.tell("A learnable task is disturbed by a strong companion that is not nearly parallel.");
        let claim = format!(
            "a middling task gains more than {regained_above} from strong company (s̄_B ≥ {strong_b}) at the largest q"
        );
        let regained = of(self.strengths_a.middling, &parallel).into_iter().map(|point| point.above(*regained_above));
        claims.shown(claim, "b", regained);
        let unmoved = of(self.strengths_a.strong, &|_| true).into_iter();
        let unmoved = unmoved.map(|point| point.within(-unmoved_within, *unmoved_within));
        claims.shown(format!("a strong task moves by less than {unmoved_within:.0e}"), "c", unmoved);
        claims.tell("A strong task hardly moves.");
        Ok(claims)
    }
}

fn told(pair: TaskPair) -> String {
    format!("s̄_B = {:.3}, q = {}", pair.strength_b, pair.alignment)
}
