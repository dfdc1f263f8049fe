//! What the spectra claim.

use super::SignalThroughNoise;
use super::measured::{HistogramData, Quantity, Transition, TransitionPoint};
use crate::runs::summary::Summary;
use crate::study::kolmogorov_smirnov::kolmogorov_smirnov_distance;
use crate::study::{Claims, Estimate, LinePoint, Point};
use linalg_core::MarchenkoPastur;
use theory::LargestNoiseValue;

/// Chance that the largest noise value is taken for a mode.
const NOISE_ALARM: f64 = 1e-4;
/// The bulk's distance from its law, times its number of values: singular values repel each other, so that the distance
/// falls as their number grows.
const BULK_DISTANCE: f64 = 10.0;

impl SignalThroughNoise {
    pub(super) fn claims(&self, histogram: &HistogramData, transitions: &[Transition]) -> anyhow::Result<Claims> {
        let mut claims = Claims::new();
        let mode = |(k, &strength): (usize, &f64)| {
            let draws: Vec<f64> = histogram.all().map(|values| values[k]).collect();
            let predicted = histogram.matrix.strength(strength);
            Point::new(format!("s̄ = {strength}"), Summary::of(&draws)).equals(predicted)
        };
        let modes = self.histogram.strengths.iter().enumerate().map(mode);
        claims.equal("the teacher's modes show at their predicted singular values", "a", modes);
        self.claim_bulk(&mut claims, histogram)?;

        let claim = "as many singular values leave the bulk as the teacher has modes";
        let rank = self.histogram.strengths.len();
        // The modes that left take a row and a column of the noise with them.
        let (rows, columns) = (histogram.matrix.rows() - rank, histogram.matrix.columns() - rank);
        let largest = LargestNoiseValue::new(rows, columns, histogram.matrix.entry_variance())?;
        let critical = largest.critical_strength(NOISE_ALARM)?;
        let outside = histogram.values.iter().filter(|value| **value > critical).count();
        let at = format!("values above {critical:.4}, which noise exceeds with a probability of {NOISE_ALARM:e}");
        claims.equal(claim, "a", [Point::new(at, outside as f64).equals(rank as f64)]);

        for (quantity, what, panel) in [(Quantity::Strength, "ŝ", "b"), (Quantity::Overlap, "the overlap O", "c")] {
            let points = |is_wanted: fn(&Transition, &TransitionPoint) -> bool| {
                let own = transitions.iter().flat_map(|t| t.points.iter().map(move |p| (t, p)));
                own.filter(move |(t, p)| is_wanted(t, p)).map(|(t, p)| t.line_point(p, quantity)).collect::<Vec<_>>()
            };
            let far = points(|t, p| t.is_far_above(p));
            claims.on_line(&format!("{what} above the threshold"), panel, far);
            let near = points(|t, p| !t.is_far_above(p));
            claims.on_line(&format!("{what} below the threshold and at it"), panel, near);
        }

        let mut rises: Vec<(String, Summary)> = Vec::new();
        for transition in transitions {
            let beyond: Vec<_> =
                transition.points.iter().filter(|p| p.strength > transition.matrix.threshold()).collect();
            for pair in beyond.windows(2) {
                let (low, high) = (pair[0].seen.values(Quantity::Overlap), pair[1].seen.values(Quantity::Overlap));
                let at =
                    format!("A = {}, s̄ from {} to {}", transition.aspect_ratio, pair[0].strength, pair[1].strength);
                rises.push((at, Summary::of_differences(high, low)));
            }
        }
        let claim = format!("the overlap rises with s̄ beyond {} (paired)", self.threshold_in_words());
        claims.positive(claim, "c", rises);
        let excesses = transitions.iter().flat_map(|t| {
            t.points.iter().map(move |p| {
                let excess: Vec<f64> =
                    p.seen.values(Quantity::Strength).iter().map(|s_hat| s_hat - p.strength).collect();
                (t.place(p), Summary::of(&excess))
            })
        });
        claims.positive("ŝ > s̄ at every strength and shape", "b", excesses);
        Ok(claims)
    }

    /// In logarithms: distances are positive and skewed.
    fn claim_bulk(&self, claims: &mut Claims, data: &HistogramData) -> anyhow::Result<()> {
        let law = MarchenkoPastur::new(data.matrix.rows(), data.matrix.columns(), data.matrix.entry_variance())?;
        let rank = self.histogram.strengths.len();
        let distances: Vec<f64> =
            data.all().map(|values| kolmogorov_smirnov_distance(&values[rank..], |y| law.cdf(y)).ln()).collect();
        let bound = BULK_DISTANCE / (data.values.len() - rank) as f64;
        let estimate = Estimate::from(Summary::of(&distances));
        let claim = format!(
            "the other singular values follow the bulk's law: the mean ln of their Kolmogorov-Smirnov distance from it is below ln {bound:.3}"
        );
        claims.shown(claim, "a", [Point::new(format!("{} draws", distances.len()), estimate).below(bound.ln())]);
        Ok(())
    }

    /// The threshold of detection in words.
    pub(super) fn threshold_in_words(&self) -> String {
        if self.noise == 1.0 { "A^(1/4)".to_owned() } else { format!("{} A^(1/4)", self.noise) }
    }
}

impl Transition {
    fn place(&self, point: &TransitionPoint) -> String {
        format!("A = {}, s̄ = {}", self.aspect_ratio, point.strength)
    }

    /// Above the threshold by more than the width of the transition in the smallest of the sizes, relative to it.
    fn is_far_above(&self, point: &TransitionPoint) -> bool {
        let smallest = self.sizes[0].rows().min(self.sizes[0].columns()) as f64;
        point.strength > self.matrix.threshold() * (1.0 + smallest.powf(-1.0 / 3.0))
    }

    /// Data matrices of a quarter, half and the whole of the size beside the line. They are simulated themselves, so
    /// nothing but the line can be wrong in silence.
    ///
    /// Noise along the teacher's own mode, z = ūᵀZv̄, does no more than change its strength: a draw is held against the
    /// line at s̄ + z, which takes most of the scatter away. A strong teacher on the same draw tells z.
    fn line_point(&self, point: &TransitionPoint, quantity: Quantity) -> LinePoint {
        let sizes = self.sizes.iter().zip(&self.marked).zip(&point.by_size);
        let drawn = sizes.map(|((matrix, marked), sample)| {
            let predicted = quantity.predicted(matrix, point.strength);
            if !self.is_far_above(point) {
                return (sample.summary(quantity), predicted);
            }
            let strong = matrix.strength(self.strong);
            let draws = sample.values(quantity).iter().zip(marked.values(Quantity::Strength));
            let excess = |(value, marked): (&f64, &f64)| {
                value - quantity.predicted(matrix, point.strength + (marked - strong)) + predicted
            };
            (Summary::of(&draws.map(excess).collect::<Vec<_>>()), predicted)
        });
        let line = LinePoint::new(self.place(point), drawn.collect());
        if self.is_far_above(point) { line.of_large_matrices() } else { line.at_threshold(true) }
    }
}
