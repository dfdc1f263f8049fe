//! What the transfer benefits claim, judged.

use super::{NonlinearTransfer, Point};
use crate::study::comparison::{Level, Summary, Verdict};

impl NonlinearTransfer {
    /// Every verdict of the figure; the intervals of all points that are judged share its false-alarm rate.
    pub(super) fn verdicts(&self, points: &[Point]) -> Vec<Verdict> {
        let strong = self.strong_b;
        let company = |strength_a: f64, q: f64| -> Vec<&Point> {
            let own = |p: &&Point| p.pair.strength_a == strength_a && p.pair.strength_b >= strong;
            points.iter().filter(own).filter(|p| p.pair.alignment == q).collect()
        };
        let [weak, middling, last] = [0, 1, 2].map(|index| self.strengths_a[index]);
        let (helped, gaining, losing) = (company(weak, 1.0), company(middling, 1.0), company(middling, 0.0));
        let unmoved: Vec<&Point> = points.iter().filter(|p| p.pair.strength_a == last).collect();
        let level = Level::shared_by(helped.len() + gaining.len() + losing.len() + unmoved.len());
        let (positive, negative) = ((0.0, f64::INFINITY), (f64::NEG_INFINITY, 0.0));
        let bound = self.unmoved_within;
        let of_company =
            |what: &str, q: f64| format!("a {what} strong company (s̄_B ≥ {strong}) at q = {q}, as linear tasks do");
        vec![
            within(of_company("weak task gains from", 1.0), "a", &helped, positive, level),
            within(of_company("middling task gains from", 1.0), "b", &gaining, positive, level),
            within(of_company("middling task loses to", 0.0), "b", &losing, negative, level),
            within(format!("a strong task moves by less than {bound}"), "c", &unmoved, (-bound, bound), level),
            departures(points),
        ]
    }
}

/// Student's interval of T at one point.
fn interval(benefit: Summary, level: Level) -> (f64, f64) {
    let half = benefit.half_width(level.per_point);
    (benefit.mean - half, benefit.mean + half)
}

fn told(p: &Point) -> String {
    format!("s̄_A = {:.3}, s̄_B = {:.3}, q = {}", p.pair.strength_a, p.pair.strength_b, p.pair.alignment)
}

/// T lies inside an open range at every point: passes if every interval does, fails if one lies outside altogether.
fn within(claim: String, panel: &str, points: &[&Point], (low, high): (f64, f64), level: Level) -> Verdict {
    let room = |p: &Point| {
        let (from, to) = interval(p.measured.benefit(), level);
        (from - low).min(high - to)
    };
    // An interval that overlaps the range, however little, does not contradict the claim; NaN does.
    let contradicts = |p: &Point| {
        let (from, to) = interval(p.measured.benefit(), level);
        !(to > low && from < high)
    };
    let Some(worst) = points.iter().min_by(|a, b| room(a).total_cmp(&room(b))) else {
        return Verdict::not_judged(claim, panel, "no such point");
    };
    if points.iter().any(|p| p.measured.alone.len() < 2) {
        return Verdict::not_judged(claim, panel, "a single repetition has no sampling error to judge by");
    }
    let (from, to) = interval(worst.measured.benefit(), level);
    let inside = points.iter().filter(|p| room(p) > 0.0).count();
    let measured = format!(
        "{inside} of {} intervals lie within; worst T = {:.4} in [{from:.4}, {to:.4}] at {}",
        points.len(),
        worst.measured.benefit().mean,
        told(worst)
    );
    let mut tolerance =
        format!("every Student interval at false-alarm rate {:.1e} within ({low}, {high})", level.per_point);
    let passed = match points.iter().any(|p| contradicts(p)) {
        true => Some(false),
        false if inside == points.len() => Some(true),
        false => {
            tolerance.push_str("; none contradicts, but these seeds cannot tell");
            None
        }
    };
    Verdict { claim, panel: panel.to_owned(), measured, tolerance, passed }
}

/// A number, no claim: where the sign of T is known and is not that of linear tasks. All points share a rate of their own.
fn departures(points: &[Point]) -> Verdict {
    let level = Level::shared_by(points.len());
    let mut opposite: Vec<&Point> = points
        .iter()
        .filter(|p| {
            let (from, to) = interval(p.measured.benefit(), level);
            (from > 0.0 && p.linear < 0.0) || (to < 0.0 && p.linear > 0.0)
        })
        .collect();
    opposite.sort_by(|a, b| b.measured.benefit().mean.abs().total_cmp(&a.measured.benefit().mean.abs()));
    let shown: Vec<String> = opposite
        .iter()
        .take(4)
        .map(|p| format!("{}: {:.3} (linear {:.3})", told(p), p.measured.benefit().mean, p.linear))
        .collect();
    let list = if shown.is_empty() { String::new() } else { format!(", the largest at {}", shown.join("; ")) };
    let distance = |p: &&Point| (p.measured.benefit().mean - p.linear).abs();
    let farthest = points.iter().max_by(|a, b| distance(a).total_cmp(&distance(b)));
    let farthest = farthest.map_or(String::new(), |p| {
        format!("; farthest from it at {}: {:.3} (linear {:.3})", told(p), p.measured.benefit().mean, p.linear)
    });
    Verdict {
        claim: "where the pattern departs from that of linear tasks of the same strengths (a number, no claim)"
            .to_owned(),
        panel: "a, b, c".to_owned(),
        measured: format!(
            "the sign of T is the opposite at {} of {} points{list}{farthest}",
            opposite.len(),
            points.len()
        ),
        tolerance: format!(
            "a sign is known where Student's interval at false-alarm rate {:.1e} excludes 0",
            level.per_point
        ),
        passed: None,
    }
}
