//! What a sweep looks at: by theory, and in a simulation.

use super::point::Point;
use crate::runs::results::Results;
use crate::study::series::linear_grid;
use anyhow::Context as _;
use figures::Bound;
use serde::{Deserialize, Serialize};
use sim::{Draw, ErrorTrack, TrainingOutcome};

/// Points of a theory curve.
const CURVE_POINTS: usize = 200;

/// A number of an observable, and which way the true one lies where training ended too early for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value {
    pub(super) number: f64,
    pub(super) bounds: Vec<Bound>,
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self { number, bounds: Vec::new() }
    }
}

impl Value {
    fn bounded(number: f64, censored: impl IntoIterator<Item = (bool, Bound)>) -> Self {
        let bounds = censored.into_iter().filter(|(is_censored, _)| *is_censored).map(|(_, way)| way);
        Self { number, bounds: bounds.collect() }
    }
}

/// A number, or a curve over time, of a task and a student.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Observable {
    /// ln of the least test error until the end of training.
    LeastTestError,
    /// The time of the least test error, t/τ.
    StoppingTime,
    /// ln of the test error at the end of training.
    FinalTestError,
    /// ln of the train error at the end of training.
    FinalTrainError,
    /// ln of the test error over time.
    TestCurve,
    /// ln of the train error over time.
    TrainCurve,
    /// Least test error alone minus least test error in the companion's company.
    TransferBenefit,
}

impl Observable {
    /// Axis label.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::LeastTestError => "least ln ε_{te}",
            Self::StoppingTime => "t_{opt}/τ",
            Self::FinalTestError => "final ln ε_{te}",
            Self::FinalTrainError => "final ln ε_{tr}",
            Self::TestCurve => "ln ε_{te}",
            Self::TrainCurve => "ln ε_{tr}",
            Self::TransferBenefit => "transfer benefit T",
        }
    }

    /// Whether it is a curve over time.
    pub(super) fn is_curve(self) -> bool {
        matches!(self, Self::TestCurve | Self::TrainCurve)
    }

    /// The theory's number.
    pub(super) fn theory(self, point: &Point) -> anyhow::Result<Value> {
        let last = point.last_time();
        Ok(match self {
            Self::LeastTestError => {
                let best = point.curve()?.optimal_stopping(last)?;
                Value::bounded(best.test_error.ln(), [(best.censored, Bound::Down)])
            }
            Self::StoppingTime => {
                let best = point.curve()?.optimal_stopping(last)?;
                Value::bounded(best.time, [(best.censored, Bound::Up)])
            }
            Self::FinalTestError | Self::TestCurve => point.curve()?.test_error_at(last)?.ln().into(),
            Self::FinalTrainError | Self::TrainCurve => point.curve()?.train_error_at(last).ln().into(),
            Self::TransferBenefit => {
                let joint = point.joint_curve()?.context("a transfer benefit needs company")?;
                let both = joint.benefit(0, last)?;
                let ways = [(both.alone.censored, Bound::Down), (both.joint.censored, Bound::Up)];
                Value::bounded(both.benefit(), ways)
            }
        })
    }

    /// The theory's curve, t/τ and logarithm.
    pub(super) fn theory_curve(self, point: &Point) -> anyhow::Result<Vec<(f64, f64)>> {
        let curve = point.curve()?;
        let value = |t: f64| -> anyhow::Result<(f64, f64)> {
            let error = if self == Self::TrainCurve { curve.train_error_at(t) } else { curve.test_error_at(t)? };
            Ok((t, error.ln()))
        };
        linear_grid(0.0, point.last_time(), CURVE_POINTS).into_iter().map(value).collect()
    }

    /// The number that one seed gives.
    pub(super) fn simulated(self, point: &Point, draw: Draw, results: &Results) -> anyhow::Result<Value> {
        let experiments = point.experiments(draw);
        let outcomes = experiments.iter().map(|e| results.training(e)).collect::<anyhow::Result<Vec<_>>>()?;
        let alone = outcomes[0];
        let is_censored = |outcome: &TrainingOutcome| outcome.is_censored(0, 0);
        Ok(match self {
            Self::LeastTestError => {
                Value::bounded(alone.test(0)?.least.value.ln(), [(is_censored(alone)?, Bound::Down)])
            }
            Self::StoppingTime => {
                Value::bounded(alone.test(0)?.least.epoch as f64 / point.tau(), [(is_censored(alone)?, Bound::Up)])
            }
            Self::FinalTestError | Self::TestCurve => alone.test(0)?.last.ln().into(),
            Self::FinalTrainError | Self::TrainCurve => alone.train.last.ln().into(),
            Self::TransferBenefit => {
                let joint = outcomes.get(1).context("a transfer benefit needs company")?;
                let ways = [(is_censored(alone)?, Bound::Down), (is_censored(joint)?, Bound::Up)];
                Value::bounded(alone.test(0)?.least.value - joint.test(0)?.least.value, ways)
            }
        })
    }

    /// The curve that one seed gives.
    pub(super) fn simulated_curve(
        self,
        point: &Point,
        draw: Draw,
        results: &Results,
    ) -> anyhow::Result<Vec<(f64, f64)>> {
        let experiments = point.experiments(draw);
        let outcome = results.training(&experiments[0])?;
        let track = self.track(outcome)?;
        Ok(outcome
            .epochs
            .iter()
            .zip(&track.logged)
            .map(|(&epoch, error)| (epoch as f64 / point.tau(), error.ln()))
            .collect())
    }

    fn track(self, outcome: &TrainingOutcome) -> anyhow::Result<&ErrorTrack> {
        if self == Self::TrainCurve { Ok(&outcome.train) } else { Ok(outcome.test(0)?) }
    }
}
