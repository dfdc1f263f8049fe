//! The two errors over time.

use crate::runs::ensemble::{EnsembleOutcome, ErrorStatistics};
use crate::runs::summary::Summary;
use anyhow::Context as _;
use sim::{ErrorTrack, TrainingOutcome};
use theory::LearningCurve;

/// Which of the two errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// ε_tr.
    Train,
    /// ε_te.
    Test,
}

impl ErrorKind {
    /// Both, in the order in which they are shown.
    pub const BOTH: [Self; 2] = [Self::Train, Self::Test];

    /// In a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }

    /// Of an axis.
    pub fn label(self) -> &'static str {
        match self {
            Self::Train => "ln ε_{tr}",
            Self::Test => "ln ε_{te}",
        }
    }

    /// Of a student.
    ///
    /// # Errors
    /// If the teacher is zero, which has no relative test error.
    pub fn track(self, outcome: &TrainingOutcome) -> anyhow::Result<&ErrorTrack> {
        match self {
            Self::Train => Ok(&outcome.train),
            Self::Test => Ok(outcome.test(0)?),
        }
    }

    /// Of the theory.
    ///
    /// # Errors
    /// If the teacher is zero, which has no relative test error.
    pub fn of(self, curve: &LearningCurve, t: f64) -> anyhow::Result<f64> {
        match self {
            Self::Train => Ok(curve.train_error_at(t)),
            Self::Test => Ok(curve.test_error_at(t)?),
        }
    }

    /// Of draws, at each of the times that were asked for.
    pub fn drawn(self, ensemble: &EnsembleOutcome) -> &[ErrorStatistics] {
        match self {
            Self::Train => &ensemble.train,
            Self::Test => &ensemble.test,
        }
    }
}

/// The natural logarithm of an error over seeds, at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointStatistics {
    /// t/τ.
    pub time: f64,
    /// ln ε over the seeds.
    pub log_error: Summary,
}

/// ln of an error of one run at a logged epoch.
///
/// # Errors
/// If the epoch was not logged or the error is not positive.
pub fn log_error(outcome: &TrainingOutcome, track: &ErrorTrack, epoch: u64) -> anyhow::Result<f64> {
    let index = outcome.logged_index(epoch).with_context(|| format!("epoch {epoch} was not logged"))?;
    let error = track.logged[index];
    anyhow::ensure!(error > 0.0, "the error at epoch {epoch} is {error}: it has no logarithm");
    Ok(error.ln())
}

/// ln ε at `epochs` over the runs' error tracks (`track` picks one of each run); times in units of `tau` epochs.
///
/// # Errors
/// If an epoch was not logged or an error is not positive.
pub fn log_points(
    outcomes: &[&TrainingOutcome],
    track: impl Fn(&TrainingOutcome) -> anyhow::Result<&ErrorTrack>,
    epochs: &[u64],
    tau: f64,
) -> anyhow::Result<Vec<PointStatistics>> {
    let at = |epoch: u64| -> anyhow::Result<PointStatistics> {
        let logs = outcomes.iter().map(|outcome| log_error(outcome, track(outcome)?, epoch));
        let log_error = Summary::of(&logs.collect::<anyhow::Result<Vec<_>>>()?);
        Ok(PointStatistics { time: epoch as f64 / tau, log_error })
    };
    epochs.iter().map(|&epoch| at(epoch)).collect()
}
