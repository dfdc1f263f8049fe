//! What the curves of nonlinear students claim, judged.
//!
//! The claims are about the shape of every single curve, not about means: they are asked of each student, and were a
//! sign left to chance, all of n students would show it with probability 2⁻ⁿ. A student that has not left its first
//! plateau when its run ends has no shape yet: such are counted and told.

use super::{Measured, NonlinearCurves, SeedNumbers};
use crate::study::comparison::{Summary, Verdict};
use std::cmp::Ordering;

/// The number that a claim is about, of one student or pair of students.
struct Margin {
    at: String,
    /// The claim holds above 0.
    value: f64,
}

impl NonlinearCurves {
    /// Every verdict of the figure; `measured` holds the SNRs of each column in increasing order.
    pub(super) fn verdicts(&self, measured: &[Measured]) -> Vec<Verdict> {
        let columns = self.settings().len();
        let (train, test) = (letters(0, columns), letters(columns, columns));
        vec![
            stages_are_seen(measured, &train),
            self.minimum_is_interior(measured, &test),
            higher_snr(
                measured,
                &train,
                "a higher SNR is learned earlier (ln of the times at which ε_tr falls below the level)",
                |weak, strong| {
                    if strong.learned.is_finite() { weak.learned.ln() - strong.learned.ln() } else { f64::NEG_INFINITY }
                },
            ),
            higher_snr(measured, &test, "a higher SNR reaches a lower least test error (ln ε_te)", |weak, strong| {
                weak.least - strong.least
            }),
        ]
    }

    fn minimum_is_interior(&self, measured: &[Measured], panels: &str) -> Verdict {
        let margins = each_learner(measured, |_, s| s.depth_of_minimum() - self.least_rise);
        let rises: Vec<f64> = learners(measured).map(|(_, _, s)| s.last - s.least).collect();
        let text = format!("mean rise of ln ε_te {:.3}{}", Summary::of(&rises).mean, waiting(measured));
        let claim = format!(
            "of students that begin to learn, test error has an interior minimum, at least {} in ln ε_te below its start and its end",
            self.least_rise
        );
        all_hold(claim, panels, &margins, &text)
    }
}

/// At least one stage at rank 1, at least two at higher ranks, in each student.
fn stages_are_seen(measured: &[Measured], panels: &str) -> Verdict {
    let margins = each_learner(measured, |m, s| s.stages as f64 - m.rank.min(2) as f64 + 0.5);
    let counts =
        |order: Ordering| learners(measured).filter(|(m, _, s)| s.stages.cmp(&m.linear_stages) == order).count();
    let text = format!(
        "{} students show as many stages as linear theory, {} fewer, {} more{}",
        counts(Ordering::Equal),
        counts(Ordering::Less),
        counts(Ordering::Greater),
        waiting(measured)
    );
    let claim = "of students that begin to learn, train error falls in stages between plateaus before the best stopping time \
                 (one at least at rank 1, two at higher ranks)";
    all_hold(claim.to_owned(), panels, &margins, &text)
}

/// A difference between neighbouring SNRs of the same column and seed.
fn higher_snr(
    measured: &[Measured],
    panels: &str,
    claim: &str,
    difference: impl Fn(&SeedNumbers, &SeedNumbers) -> f64,
) -> Verdict {
    let mut margins = Vec::new();
    for pair in measured.windows(2).filter(|pair| pair[0].column == pair[1].column) {
        for (run, (weak, strong)) in pair[0].seeds.iter().zip(&pair[1].seeds).enumerate() {
            let at = format!("{} against SNR {}", told(&pair[0], run), pair[1].snr);
            margins.push(Margin { at, value: difference(weak, strong) });
        }
    }
    let values: Vec<f64> = margins.iter().map(|m| m.value).filter(|v| v.is_finite()).collect();
    all_hold(claim.to_owned(), panels, &margins, &format!("mean difference {:.3}", Summary::of(&values).mean))
}

/// Every student whose train error fell below the level, with its place.
fn learners(measured: &[Measured]) -> impl Iterator<Item = (&Measured, usize, &SeedNumbers)> {
    let all = measured.iter().flat_map(|m| m.seeds.iter().enumerate().map(move |(run, s)| (m, run, s)));
    all.filter(|(_, _, s)| s.learned.is_finite())
}

fn each_learner(measured: &[Measured], value: impl Fn(&Measured, &SeedNumbers) -> f64) -> Vec<Margin> {
    learners(measured).map(|(m, run, s)| Margin { at: told(m, run), value: value(m, s) }).collect()
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
    format!("; not judged, because they have not begun to learn when their runs end: {}", told.join(", "))
}

/// A claim that each student must meet; NaN meets none.
fn all_hold(claim: String, panels: &str, margins: &[Margin], text: &str) -> Verdict {
    let order = |m: &Margin| if m.value.is_nan() { f64::NEG_INFINITY } else { m.value };
    let Some(worst) = margins.iter().min_by(|a, b| order(a).total_cmp(&order(b))) else {
        return Verdict::not_judged(
            claim,
            panels,
            "no student has begun to learn, or a single SNR has nothing to be compared with",
        );
    };
    let holding = margins.iter().filter(|m| m.value > 0.0).count();
    let measured =
        format!("holds in {holding} of {}; least margin {:.3} at {}; {text}", margins.len(), worst.value, worst.at);
    let tolerance = format!(
        "must hold in all {}, students or pairs on the same data; were each a toss, probability {:.1e}",
        margins.len(),
        0.5f64.powf(margins.len() as f64)
    );
    Verdict::new(claim, panels, measured, tolerance, holding == margins.len())
}

fn setting(m: &Measured) -> String {
    format!("L = {}, rank {}, SNR {}", m.depth.layers, m.rank, m.snr)
}

fn told(m: &Measured, run: usize) -> String {
    format!("{}, seed {run}", setting(m))
}

/// Letters of `count` panels from the one at `first` on.
fn letters(first: usize, count: usize) -> String {
    (first..first + count).map(figures::panel_letter).collect::<Vec<_>>().join(", ")
}
