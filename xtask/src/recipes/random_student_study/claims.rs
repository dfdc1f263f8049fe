//! What the exact solution claims.

use super::{Curve, Lag, RandomStudentStudy, SizeCoverage};
use crate::runs::ensemble::log_gap;
use crate::runs::summary::Summary;
use crate::study::{Claims, Coverage, ErrorKind, Estimate, Point, Trained};
use sim::Start;

impl RandomStudentStudy {
    /// The exact line is an average over draws of this very size: there is no limit to be taken.
    pub(super) fn claims(&self, curves: &[Curve], lags: &[Lag], coverages: &[SizeCoverage]) -> anyhow::Result<Claims> {
        let mut claims = Claims::new();
        claims.equal("random students' test error lies on the exact line", "a", self.on_exact_line(curves)?);
        let delay = |lag: &Lag| {
            let at = format!("SNR {}, ε = {:e}", lag.snr, lag.epsilon);
            // Both stopping times are whole epochs, of which t_opt has at least a few hundred.
            let point = Point::new(at, Estimate::beside(lag.measured(), lag.predicted)).equals(lag.predicted.mean);
            point.give_or_take(2.0 * self.learning_rate)
        };
        let claim = "the relative delay of random students' t_opt is the one that the exact solution predicts";
        claims.equal(claim, "b", lags.iter().map(delay));
        let claim = "the alignment |v·v̂| of random students is the one that the exact solution predicts (judged by ln(1 − |v·v̂|))";
        claims.equal(claim, "c", self.alignment_predicted(curves));
        for (start, name) in [(Start::TrainingAligned, "aligned"), (Start::Random, "random")] {
            let counted = coverages.iter().filter(|c| c.start == start);
            let conditions: Vec<(String, Coverage)> =
                counted.map(|c| (format!("n = {}", c.size), c.coverage)).collect();
            let claim = format!(
                "{name} students' least ln ε_te lies in the 95 % band of single draws as often as it should, at every size"
            );
            claims.covered(claim, "d", conditions);
        }
        Ok(claims)
    }

    fn on_exact_line(&self, curves: &[Curve]) -> anyhow::Result<Vec<Point>> {
        let epochs = self.point_epochs();
        let times = self.first_setup().times_of(&epochs);
        let mut points = Vec::new();
        for curve in curves {
            let measured = curve.random.log_errors(ErrorKind::Test, &epochs)?;
            for (index, measured) in measured.into_iter().enumerate().filter(|(index, _)| epochs[*index] > 0) {
                let exact = curve.exact.test[index].log_error;
                let at = format!("SNR {}, t/τ = {}", curve.snr, times[index]);
                let point = Point::new(at, Estimate::beside(measured, exact)).equals(exact.mean);
                points.push(point.give_or_take(curve.step.of_error(ErrorKind::Test, epochs[index])?));
            }
        }
        Ok(points)
    }

    /// Judged by ln(1 − |v·v̂|), whose means over a few students are nearly normal, as long as it is no rounding.
    fn alignment_predicted(&self, curves: &[Curve]) -> Vec<Point> {
        let mut points = Vec::new();
        for curve in curves {
            let exact = &curve.exact.modes[0].input_gap;
            for (index, (time, measured)) in self.over_students(curve, log_gap).into_iter().enumerate() {
                let Some(measured) = measured.filter(|_| is_above_rounding(&exact[index])) else { continue };
                let at = format!("SNR {}, t/τ = {time}", curve.snr);
                let step = self.clock_error(curve, exact, index);
                let estimate = Estimate::beside(measured, exact[index]);
                points.push(Point::new(at, estimate).equals(exact[index].mean).give_or_take(step));
            }
        }
        points
    }

    /// |v·v̂| of the leading mode over the seeds at the plotted times, where the mode is defined in all of them.
    pub(super) fn alignment(&self, curve: &Curve) -> Vec<(f64, Option<Summary>)> {
        self.over_students(curve, |overlap| overlap)
    }

    /// A number made of |v·v̂| of the leading mode over the seeds.
    fn over_students(&self, curve: &Curve, number: fn(f64) -> f64) -> Vec<(f64, Option<Summary>)> {
        let at = |&epoch: &u64| {
            let overlap = |outcome: &Trained| {
                let point = outcome.modes[0].points[outcome.logged_index(epoch)?].as_ref();
                point.map(|point| number(point.overlap_input))
            };
            let values: Option<Vec<f64>> = curve.random.outcomes.iter().map(overlap).collect();
            (epoch as f64 / self.first_setup().tau(), values.map(|values| Summary::of(&values)))
        };
        self.point_epochs().iter().map(at).collect()
    }

    /// What the step changes in a number that moves with the alignment: a step λ grows a mode by ln(1 + λŝ) ≥ λŝ(1 − λŝ/2), so its clock is slow by at
    /// most the share λŝ/2; times the steeper of the exact line's slopes on either side.
    fn clock_error(&self, curve: &Curve, exact: &[Summary], index: usize) -> f64 {
        let times = self.first_setup().times_of(&self.point_epochs());
        let time = |index: usize| times[index];
        let slope = |left: usize| ((exact[left + 1].mean - exact[left].mean) / (time(left + 1) - time(left))).abs();
        let steepest = slope(index.min(exact.len() - 2)).max(slope(index.saturating_sub(1)));
        let strongest = curve.theory.task().strengths().first().map_or(0.0, |&s| curve.theory.spectrum().strength(s));
        self.learning_rate * strongest / 2.0 * time(index) * steepest
    }
}

/// Whether hardly any student's 1 − |v·v̂| is predicted to be below 1e-12: vectors of some hundred numbers are orthogonal
/// and normal to about 1e-14.
fn is_above_rounding(gap: &Summary) -> bool {
    gap.mean - 4.0 * gap.deviation > 1e-12_f64.ln()
}
