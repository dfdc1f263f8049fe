//! What the spectra claim, judged.

use super::SignalThroughNoise;
use super::measured::{HistogramData, Quantity, Transition, TransitionPoint};
use crate::study::comparison::{Comparison, Level, Summary, Verdict, kolmogorov_smirnov_distance};
use linalg_core::MarchenkoPastur;
use theory::LargestNoiseValue;

/// A difference below this is rounding, not an effect.
const ROUNDING: f64 = 1e-9;

impl SignalThroughNoise {
    /// Every verdict of the figure; all statistical points share its false-alarm rate.
    pub(super) fn verdicts(
        &self,
        histogram: &HistogramData,
        transitions: &[Transition],
    ) -> anyhow::Result<Vec<Verdict>> {
        let points: usize = transitions.iter().map(|t| t.points.len()).sum();
        let below = transitions.iter().flat_map(Transition::below).count();
        // Both quantities and the overlaps below threshold; the histogram's modes, its bulk and its largest noise value.
        let level = Level::shared_by(2 * points + below + self.histogram.strengths.len() + 2);
        let mut verdicts = vec![
            self.signal_values(histogram, level),
            self.bulk(histogram, level)?,
            self.nothing_else(histogram, level)?,
        ];
        let claims =
            [("data strengths lie on the theory line", "b"), ("overlaps lie on the theory line (judged as √O)", "c")];
        for (quantity, (claim, panel)) in Quantity::BOTH.into_iter().zip(claims) {
            let compare = |t: &Transition, p: &TransitionPoint| compare(t, p, quantity, level);
            let points = transitions.iter().flat_map(|t| t.points.iter().map(move |p| compare(t, p)));
            verdicts.push(Verdict::of_points(claim, panel, &points.collect::<Vec<_>>()));
        }
        verdicts.push(self.no_overlap_below(transitions, level));
        verdicts.push(self.overlap_rises(transitions));
        verdicts.push(data_exceed_teacher(transitions));
        Ok(verdicts)
    }

    fn signal_values(&self, data: &HistogramData, level: Level) -> Verdict {
        let compare = |(k, &strength): (usize, &f64)| {
            let independent: Vec<f64> = data.independent.iter().map(|values| values[k]).collect();
            let predicted = data.matrix.strength(strength);
            let (seen, at) = (Summary::of(&[data.values[k]]), format!("s̄ = {strength}"));
            Comparison::with_ensemble(at, seen, predicted, Summary::of(&independent), 0.0, level)
        };
        let points: Vec<Comparison> = self.histogram.strengths.iter().enumerate().map(compare).collect();
        Verdict::of_points("the teacher's modes show at their predicted singular values", "a", &points)
    }

    /// The bulk's distance from its law beside that of independent draws, in logarithms: distances are positive and skewed.
    fn bulk(&self, data: &HistogramData, level: Level) -> anyhow::Result<Verdict> {
        let law = MarchenkoPastur::new(data.matrix.rows(), data.matrix.columns(), data.matrix.entry_variance())?;
        let rank = self.histogram.strengths.len();
        let distance = |values: &Vec<f64>| kolmogorov_smirnov_distance(&values[rank..], |y| law.cdf(y)).ln();
        let independent = Summary::of(&data.independent.iter().map(distance).collect::<Vec<_>>());
        let seen = distance(&data.values);
        let at = format!("ln of the distance {:.4}", seen.exp());
        let point = Comparison::with_ensemble(at, Summary::of(&[seen]), independent.mean, independent, 0.0, level);
        let claim =
            "the other singular values follow the bulk's law (Kolmogorov-Smirnov distance, beside independent draws)";
        Ok(Verdict::of_points(claim, "a", &[point]))
    }

    /// Just the teacher's modes leave the bulk.
    fn nothing_else(&self, data: &HistogramData, level: Level) -> anyhow::Result<Verdict> {
        let rank = self.histogram.strengths.len();
        // The modes that left take a row and a column of the noise with them.
        let (rows, columns) = (data.matrix.rows() - rank, data.matrix.columns() - rank);
        let largest = LargestNoiseValue::new(rows, columns, data.matrix.entry_variance())?;
        let critical = largest.critical_strength(level.per_point)?;
        let outside = data.values.iter().filter(|value| **value > critical).count();
        let measured =
            format!("{outside} values above {critical:.4}; the largest of the others is {:.4}", data.values[rank]);
        let tolerance = format!(
            "exactly {rank} above the value that noise exceeds with probability {:.1e} (Tracy-Widom)",
            level.per_point
        );
        Ok(Verdict::new(
            "as many singular values leave the bulk as the teacher has modes",
            "a",
            measured,
            tolerance,
            outside == rank,
        ))
    }
}

impl Transition {
    /// Points whose teacher is below the threshold of detection.
    fn below(&self) -> impl Iterator<Item = &TransitionPoint> {
        self.points.iter().filter(|p| p.strength < self.matrix.threshold())
    }
}

fn place(transition: &Transition, point: &TransitionPoint) -> String {
    format!("A = {}, s̄ = {}", transition.aspect_ratio, point.strength)
}

fn compare(transition: &Transition, point: &TransitionPoint, quantity: Quantity, level: Level) -> Comparison {
    let expected = quantity.judged(quantity.predicted(&transition.matrix, point.strength));
    let (seen, independent) = (point.seen.judged(quantity), point.independent.judged(quantity));
    Comparison::with_ensemble(place(transition, point), seen, expected, independent, 0.0, level)
}

impl SignalThroughNoise {
    /// The threshold of detection in words.
    pub(super) fn threshold_in_words(&self) -> String {
        if self.noise == 1.0 { "A^(1/4)".to_owned() } else { format!("{} A^(1/4)", self.noise) }
    }

    fn no_overlap_below(&self, transitions: &[Transition], level: Level) -> Verdict {
        let points = transitions.iter().flat_map(|t| t.below().map(move |p| compare(t, p, Quantity::Overlap, level)));
        let claim = format!("the overlap vanishes below s̄ = {} (judged as √O)", self.threshold_in_words());
        Verdict::of_points(claim, "c", &points.collect::<Vec<_>>())
    }

    /// Beyond the threshold the overlap grows from point to point: paired differences, since all points share their noise.
    fn overlap_rises(&self, transitions: &[Transition]) -> Verdict {
        let mut rises = Vec::new();
        for transition in transitions {
            let is_beyond = |p: &&TransitionPoint| p.strength > transition.matrix.threshold();
            let beyond: Vec<_> = transition.points.iter().filter(is_beyond).collect();
            for pair in beyond.windows(2) {
                let (low, high) = (pair[0].seen.values(Quantity::Overlap), pair[1].seen.values(Quantity::Overlap));
                let rise = Summary::of_differences(high, low);
                rises.push((
                    rise.mean,
                    format!("A = {}, s̄ from {} to {}", transition.aspect_ratio, pair[0].strength, pair[1].strength),
                ));
            }
        }
        let claim = format!("the overlap rises with s̄ beyond {}", self.threshold_in_words());
        smallest_excess(&claim, "c", rises, "mean paired rise between neighbouring points")
    }
}

fn data_exceed_teacher(transitions: &[Transition]) -> Verdict {
    let excess =
        |t: &Transition, p: &TransitionPoint| (p.seen.summary(Quantity::Strength).mean - p.strength, place(t, p));
    let excesses = transitions.iter().flat_map(|t| t.points.iter().map(move |p| excess(t, p)));
    smallest_excess("ŝ > s̄ at every strength and shape", "b", excesses.collect(), "mean ŝ − s̄")
}

/// Passes if every number is positive beyond rounding; reports the smallest.
fn smallest_excess(claim: &str, panel: &str, numbers: Vec<(f64, String)>, what: &str) -> Verdict {
    let count = numbers.len();
    match numbers.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)) {
        None => Verdict::not_judged(claim, panel, "fewer than two points to compare"),
        Some((least, at)) => {
            let measured = format!("smallest {what} {least:.4e} at {at}, of {count}");
            Verdict::new(claim, panel, measured, format!("above {ROUNDING:.0e}: rounding"), least > ROUNDING)
        }
    }
}
