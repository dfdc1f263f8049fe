//! What the curves of nonlinear students claim.
//!
//! The claims are about the shape of every single curve, not about means: they are asked of each student, and were a
//! sign left to chance, all of n students would show it with probability 2⁻ⁿ. A student that has not left its first
//! plateau when its run ends has no shape yet: such are counted and told.

use super::{Measured, NonlinearCurves, SeedNumbers};
use crate::study::panels::letters;
use crate::study::{Claims, Point};

impl NonlinearCurves {
    /// `measured` holds the SNRs of each column in increasing order.
    pub(super) fn claims(&self, measured: &[Measured]) -> Claims {
        let mut claims = Claims::new();
        let columns = self.settings().len();
        let (train, test) = (letters(0..columns), letters(columns..2 * columns));
        // One stage at least at rank 1, two at higher ranks, in each student.
        let stages = each_learner(measured, |m, s| s.stages as f64 - m.rank.min(2) as f64 + 0.5);
        let claim = format!(
            "of students that begin to learn, train error falls in stages between plateaus before the best stopping time \
             (one at least at rank 1, two at higher ranks){}",
            waiting(measured)
        );
        claims.shown(claim, &train, stages).tell("As in linear networks, train error falls in stages.");
        let minima = each_learner(measured, |_, s| s.depth_of_minimum() - self.least_rise);
        let claim = format!(
            "of students that begin to learn, test error has an interior minimum, at least {} in ln ε_te below its start and its end",
            self.least_rise
        );
        claims.shown(claim, &test, minima).tell("Test error turns up again when noise is learned, as there.");
        let earlier = higher_snr(measured, |weak, strong| {
            // A weak signal that is not learned within its run comes after every strong one that is.
            let weak = weak.learned.min(f64::MAX).ln();
            if strong.learned.is_finite() { weak - strong.learned.ln() } else { f64::MIN }
        });
        let claim =
            "a higher SNR is learned earlier by every student (ln of the times at which ε_tr falls below the level)";
        claims.shown(claim, &train, earlier).tell("Stronger signals are learned earlier.");
        let lower = higher_snr(measured, |weak, strong| weak.least - strong.least);
        claims.shown("a higher SNR reaches a lower least test error in every student (ln ε_te)", &test, lower);
        claims
    }
}

/// A difference between neighbouring SNRs of the same column and seed, above 0 as claimed.
fn higher_snr(measured: &[Measured], difference: impl Fn(&SeedNumbers, &SeedNumbers) -> f64) -> Vec<Point> {
    let mut points = Vec::new();
    for pair in measured.windows(2).filter(|pair| pair[0].column == pair[1].column) {
        for (run, (weak, strong)) in pair[0].seeds.iter().zip(&pair[1].seeds).enumerate() {
            let at = format!("{} against SNR {}", told(&pair[0], run), pair[1].snr);
            points.push(Point::new(at, difference(weak, strong)).above(0.0));
        }
    }
    points
}

/// Every student whose train error fell below the level, with its place.
fn learners(measured: &[Measured]) -> impl Iterator<Item = (&Measured, usize, &SeedNumbers)> {
    let all = measured.iter().flat_map(|m| m.seeds.iter().enumerate().map(move |(run, s)| (m, run, s)));
    all.filter(|(_, _, s)| s.learned.is_finite())
}

fn each_learner(measured: &[Measured], value: impl Fn(&Measured, &SeedNumbers) -> f64) -> Vec<Point> {
    learners(measured).map(|(m, run, s)| Point::new(told(m, run), value(m, s)).above(0.0)).collect()
}

/// How many students have not begun to learn, and where.
fn waiting(measured: &[Measured]) -> String {
    let told: Vec<String> = measured
        .iter()
        .map(|m| (m, m.seeds.iter().filter(|s| !s.learned.is_finite()).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(m, count)| format!("{count} of {} at {}", m.seeds.len(), setting(m)))
        .collect();
    if told.is_empty() {
        return String::new();
    }
    format!("; not among them, since their runs end before: {}", told.join(", "))
}

fn setting(m: &Measured) -> String {
    format!("L = {}, rank {}, SNR {}", m.depth.layers, m.rank, m.snr)
}

fn told(m: &Measured, run: usize) -> String {
    format!("{}, seed {run}", setting(m))
}
