//! Draws of the data at growing sizes, evaluated without training, and the theory's line at each size.

use super::error_curves::ErrorKind;
use super::line::LinePoint;
use super::students::{HalvedStep, Students};
use super::wanted::Found;
use crate::runs::ensemble::EnsembleOutcome;
use crate::runs::summary::Summary;
use theory::LearningCurve;

/// Draws of the data at growing sizes, and the line of each.
#[derive(Clone, Debug)]
pub struct Draws {
    /// Statistics at each of [`SIZES`](super::line::SIZES).
    pub ensembles: Vec<Found<EnsembleOutcome>>,
    pub(super) curves: Vec<LearningCurve>,
    pub(super) times: Vec<f64>,
    pub(super) t_max: f64,
    /// 2ε Σ s̄ / Σ s̄²: the most that modes at their start, at ε, can take from the test error, in units of ‖W̄‖².
    pub(super) start: f64,
}

impl Draws {
    /// At the figure's own size.
    pub fn here(&self) -> &EnsembleOutcome {
        &self.ensembles[0]
    }

    /// The theory at the figure's own size.
    pub fn curve(&self) -> &LearningCurve {
        &self.curves[0]
    }

    /// ln of an error at the time of index `index`, drawn and as the line has it, by size.
    ///
    /// # Errors
    /// If the teacher is zero.
    pub fn log_errors(&self, kind: ErrorKind, index: usize) -> anyhow::Result<Vec<(Summary, f64)>> {
        let sizes = self.ensembles.iter().zip(&self.curves);
        sizes
            .map(|(drawn, curve)| Ok((kind.drawn(drawn)[index].log_error, kind.of(curve, self.times[index])?.ln())))
            .collect()
    }

    /// ln of an error over time beside its line, at every one of `epochs` but the start: those that the draws were
    /// looked at.
    ///
    /// # Errors
    /// If an epoch was not logged, or an error is not positive.
    pub fn line_points(
        &self,
        kind: ErrorKind,
        place: &str,
        students: &Students,
        step: &HalvedStep,
        epochs: &[u64],
    ) -> anyhow::Result<Vec<LinePoint>> {
        let points = epochs.iter().zip(students.log_errors(kind, epochs)?).enumerate();
        points
            .filter(|(_, (epoch, _))| **epoch > 0)
            .map(|(index, (&epoch, simulated))| {
                let at = format!("{place}, t/τ = {}", self.times[index]);
                let point = LinePoint::new(at, self.log_errors(kind, index)?).start(self.start);
                Ok(point.simulated(simulated, step.of_error(kind, epoch)?))
            })
            .collect()
    }

    /// ln of the least test error, drawn and as the line has it, by size.
    ///
    /// # Errors
    /// If the teacher is zero.
    pub fn least_errors(&self) -> anyhow::Result<Vec<(Summary, f64)>> {
        let sizes = self.ensembles.iter().zip(&self.curves);
        sizes
            .map(|(drawn, curve)| {
                Ok((Summary::of(&drawn.least_test), curve.optimal_stopping(self.t_max)?.test_error.ln()))
            })
            .collect()
    }

    /// What ln of the least test error has more than `other`'s on the same data, drawn and as the lines have it, by size.
    ///
    /// # Errors
    /// If the teacher is zero.
    pub fn least_errors_minus(&self, other: &Self) -> anyhow::Result<Vec<(Summary, f64)>> {
        let lines = self.least_errors()?.into_iter().zip(other.least_errors()?);
        let sizes = self.ensembles.iter().zip(&other.ensembles).zip(lines);
        let differ = |((own, other), ((_, line), (_, other_line))): ((&Found<_>, &Found<_>), _)| {
            let (own, other): (&Found<EnsembleOutcome>, &Found<EnsembleOutcome>) = (own, other);
            (Summary::of_differences(&own.least_test, &other.least_test), line - other_line)
        };
        Ok(sizes.map(differ).collect())
    }
}
