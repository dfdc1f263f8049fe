//! Error curves over seeds.

use crate::runs::summary::Summary;
use anyhow::Context as _;
use sim::{ErrorTrack, TrainingOutcome};

/// The natural logarithm of an error over seeds, at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointStatistics {
    /// t/τ.
    pub time: f64,
    /// ln ε over the seeds.
    pub log_error: Summary,
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
        let mut logs = Vec::with_capacity(outcomes.len());
        for outcome in outcomes {
            let index = outcome.logged_index(epoch).with_context(|| format!("epoch {epoch} was not logged"))?;
            let error = track(outcome)?.logged[index];
            anyhow::ensure!(error > 0.0, "the error at epoch {epoch} is {error}: it has no logarithm");
            logs.push(error.ln());
        }
        Ok(PointStatistics { time: epoch as f64 / tau, log_error: Summary::of(&logs) })
    };
    epochs.iter().map(|&epoch| at(epoch)).collect()
}
