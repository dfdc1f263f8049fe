//! Trained students, one per seed, and what their finite step changes.

use super::error_curves::{ErrorKind, log_error};
use super::optimum::Optimum;
use super::wanted::Trained;
use crate::runs::summary::Summary;

/// Trained students, one per seed.
#[derive(Clone, Debug)]
pub struct Students {
    /// Their outcomes.
    pub outcomes: Vec<Trained>,
    pub(super) tau: f64,
}

impl Students {
    /// The first `count` of them.
    pub fn first(&self, count: u64) -> Self {
        let outcomes = self.outcomes.iter().take(count as usize).cloned().collect();
        Self { outcomes, tau: self.tau }
    }

    /// Least test errors of task `task` and their times.
    ///
    /// # Errors
    /// If the teacher is zero, which has no relative test error.
    pub fn optimum(&self, task: usize) -> anyhow::Result<Optimum> {
        let least = |outcome: &Trained| -> anyhow::Result<_> {
            let last = outcome.epochs.last().copied().unwrap_or_default();
            Ok((outcome.test(task)?.least, last))
        };
        Ok(Optimum::of(self.outcomes.iter().map(least).collect::<anyhow::Result<Vec<_>>>()?, self.tau))
    }

    /// ln of the test error of task `task` at the last epoch.
    ///
    /// # Errors
    /// If the teacher is zero, which has no relative test error.
    pub fn final_log_errors(&self, task: usize) -> anyhow::Result<Vec<f64>> {
        self.outcomes.iter().map(|outcome| Ok(outcome.test(task)?.last.ln())).collect()
    }

    /// ln of an error at `epochs`.
    ///
    /// # Errors
    /// If an epoch was not logged, or an error is not positive.
    pub fn log_errors(&self, kind: ErrorKind, epochs: &[u64]) -> anyhow::Result<Vec<Summary>> {
        let at = |&epoch: &u64| -> anyhow::Result<Summary> {
            let logs = self.outcomes.iter().map(|outcome| log_error(outcome, kind.track(outcome)?, epoch));
            Ok(Summary::of(&logs.collect::<anyhow::Result<Vec<_>>>()?))
        };
        epochs.iter().map(at).collect()
    }
}

/// A student trained with the step and with half of it. The step's error is bounded by twice what halving it changes.
#[derive(Clone, Debug)]
pub struct HalvedStep {
    pub(super) both: [Trained; 2],
    pub(super) tau: f64,
}

impl HalvedStep {
    /// Of ln of an error at a logged epoch.
    ///
    /// # Errors
    /// If the epoch was not logged, or the error is not positive.
    pub fn of_error(&self, kind: ErrorKind, epoch: u64) -> anyhow::Result<f64> {
        let [coarse, fine] = &self.both;
        Ok(2.0
            * (log_error(coarse, kind.track(coarse)?, epoch)? - log_error(fine, kind.track(fine)?, 2 * epoch)?).abs())
    }

    /// Of ln of the least test error.
    ///
    /// # Errors
    /// If the teacher is zero.
    pub fn of_least_error(&self) -> anyhow::Result<f64> {
        let [coarse, fine] = &self.both;
        Ok(2.0 * (coarse.test(0)?.least.value.ln() - fine.test(0)?.least.value.ln()).abs())
    }

    /// Of the relative best stopping time.
    ///
    /// # Errors
    /// If the teacher is zero.
    pub fn of_stopping_time(&self) -> anyhow::Result<f64> {
        let [coarse, fine] = &self.both;
        let time = |outcome: &Trained, tau: f64| anyhow::Ok(outcome.test(0)?.least.epoch as f64 / tau);
        let (coarse, fine) = (time(coarse, self.tau)?, time(fine, 2.0 * self.tau)?);
        Ok(2.0 * (coarse - fine).abs() / fine)
    }
}
