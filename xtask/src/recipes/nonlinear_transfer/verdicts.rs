//! What the transfer benefits claim, judged.

use super::{NonlinearTransfer, Point};
use crate::comparison::{Level, Summary, Verdict};

impl NonlinearTransfer {
    /// Every verdict of the figure; all intervals share its false-alarm rate.
    pub(super) fn verdicts(&self, points: &[Point]) -> Vec<Verdict> {
        let (weak, strong) = (self.strengths_a[0], self.strengths_a[self.strengths_a.len() - 1]);
        let last = self.alignments[self.alignments.len() - 1];
        let helps = |p: &&Point| {
            p.condition.strength_a == weak && p.condition.strength_b >= self.strong_b && p.condition.alignment == last
        };
        let helped: Vec<&Point> = points.iter().filter(helps).collect();
        let unmoved: Vec<&Point> = points.iter().filter(|p| p.condition.strength_a == strong).collect();
        let level = Level::shared_by(helped.len() + unmoved.len() + points.len());
        let bound = self.unmoved_within;
        let gains = format!(
            "a weak task gains from strong company (s̄_B ≥ {}) at q = {last}, as linear tasks do",
            self.strong_b
        );
        let still = format!("a strong task moves by less than {bound}");
        vec![
            within(gains, "a", &helped, (0.0, f64::INFINITY), level),
            within(still, "c", &unmoved, (-bound, bound), level),
            departures(points, level),
        ]
    }
}

/// Student's interval of T at one point.
fn interval(benefit: Summary, level: Level) -> (f64, f64) {
    let half = benefit.half_width(level.per_point);
    (benefit.mean - half, benefit.mean + half)
}

fn told(p: &Point) -> String {
    format!("s̄_A = {:.3}, s̄_B = {:.3}, q = {}", p.condition.strength_a, p.condition.strength_b, p.condition.alignment)
}

/// T lies inside an open range at every point: passes if every interval does, fails if one lies outside altogether.
fn within(claim: String, panel: &str, points: &[&Point], (low, high): (f64, f64), level: Level) -> Verdict {
    let room = |p: &Point| {
        let (from, to) = interval(p.benefit(), level);
        (from - low).min(high - to)
    };
    // An interval that overlaps the range, however little, does not contradict the claim; NaN does.
    let contradicts = |p: &Point| {
        let (from, to) = interval(p.benefit(), level);
        !(to > low && from < high)
    };
    let Some(worst) = points.iter().min_by(|a, b| room(a).total_cmp(&room(b))) else {
        return Verdict::not_judged(claim, panel, "no such point");
    };
    if points.iter().any(|p| p.alone.len() < 2) {
        return Verdict::not_judged(claim, panel, "a single repetition has no sampling error to judge by");
    }
    let (from, to) = interval(worst.benefit(), level);
    let inside = points.iter().filter(|p| room(p) > 0.0).count();
    let measured = format!(
        "{inside} of {} intervals lie within; worst T = {:.4} in [{from:.4}, {to:.4}] at {}",
        points.len(),
        worst.benefit().mean,
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

/// A number, no claim: where the sign of T is known and is not that of linear tasks.
fn departures(points: &[Point], level: Level) -> Verdict {
    let mut opposite: Vec<&Point> = points
        .iter()
        .filter(|p| {
            let (from, to) = interval(p.benefit(), level);
            (from > 0.0 && p.linear < 0.0) || (to < 0.0 && p.linear > 0.0)
        })
        .collect();
    opposite.sort_by(|a, b| b.benefit().mean.abs().total_cmp(&a.benefit().mean.abs()));
    let shown: Vec<String> = opposite
        .iter()
        .take(4)
        .map(|p| format!("{}: {:.3} (linear {:.3})", told(p), p.benefit().mean, p.linear))
        .collect();
    let list = if shown.is_empty() { String::new() } else { format!(", the largest at {}", shown.join("; ")) };
    let distance = |p: &&Point| (p.benefit().mean - p.linear).abs();
    let farthest = points.iter().max_by(|a, b| distance(a).total_cmp(&distance(b)));
    let farthest = farthest.map_or(String::new(), |p| {
        format!("; farthest from it at {}: {:.3} (linear {:.3})", told(p), p.benefit().mean, p.linear)
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
