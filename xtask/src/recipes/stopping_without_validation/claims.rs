//! What is claimed.

use super::{Curve, Stopped, StoppingWithoutValidation};
use crate::runs::summary::Summary;
use crate::study::{Claims, Point};

impl StoppingWithoutValidation {
    pub(super) fn claims(&self, curves: &[Curve], stopped: &[Stopped]) -> anyhow::Result<Claims> {
        let mut claims = Claims::new();
        let times = self.setup().times_of(&self.setup().epochs_at(self.time_range, self.point_times));
        let bias = |curve: &Curve, k: usize| {
            let differences = curve.students.iter().map(|student| student.estimates[k] - student.test_errors[k]);
            let bias = Summary::of(&differences.collect::<Vec<_>>());
            Point::new(format!("SNR {}, t/τ = {:.2}", curve.snr, times[k]), bias)
                .equals(0.0)
                .give_or_take(curve.step[k])
        };
        // At the start nothing is learned, and no estimate is needed.
        let biases = curves.iter().flat_map(|curve| (1..times.len()).map(move |k| bias(curve, k)));
        claims.equal(
            "the estimate from the data is unbiased at every time (mean of estimate less test error of trained \
             students, the noise known)",
            "a",
            biases,
        );

        let costs = stopped
            .iter()
            .filter_map(|s| Some(Point::new(name(&s.strengths), s.costs(&s.outcome.by_risk)).below(s.bound?)));
        claims.shown(
            "stopping where the estimate is least costs less than the bound set for it (mean of error / the draw's \
             own least error − 1)",
            "c, d",
            costs,
        );
        claims.positive(
            "stopping by the estimate is never worse than a validation set of one part of the examples (mean ln of \
             the errors' ratio)",
            "c, d",
            stopped.iter().map(|s| (name(&s.strengths), gain(&s.outcome.held_out, &s.outcome.by_risk))),
        );
        claims.positive(
            "away from the threshold it is better, too, than training again on all examples for as long as the \
             validation set said",
            "c, d",
            stopped
                .iter()
                .filter(|s| !s.at_threshold)
                .map(|s| (name(&s.strengths), gain(&s.outcome.trained_again, &s.outcome.by_risk))),
        );
        claims.paired_equal(
            "the noise need not be known: estimated, it costs hardly more (mean ln of the errors' ratio)",
            "c, d",
            self.noise_matters_below,
            stopped.iter().map(|s| (name(&s.strengths), gain(&s.outcome.by_risk, &s.outcome.by_risk_of_known_noise))),
        );
        Ok(claims)
    }
}

/// ln of how much larger one rule's error is, draw by draw.
fn gain(larger: &[f64], smaller: &[f64]) -> Summary {
    Summary::of(&larger.iter().zip(smaller).map(|(larger, smaller)| (larger / smaller).ln()).collect::<Vec<_>>())
}

/// A teacher in words: (6, 4, 2).
pub(super) fn name(strengths: &[f64]) -> String {
    let list: Vec<String> = strengths.iter().map(|s| crate::study::panels::short(*s)).collect();
    format!("({})", list.join(", "))
}
