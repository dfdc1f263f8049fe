//! Best stopping over seeds.

use crate::runs::summary::Summary;
use sim::Least;

/// Least errors and their times, one per seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimum {
    /// ln of the least error.
    pub log_error: Vec<f64>,
    /// t_opt/τ.
    pub time: Vec<f64>,
}

impl Optimum {
    /// From minima over every epoch; times in units of `tau` epochs.
    pub fn of(minima: impl IntoIterator<Item = Least>, tau: f64) -> Self {
        let (log_error, time) = minima.into_iter().map(|least| (least.value.ln(), least.epoch as f64 / tau)).unzip();
        Self { log_error, time }
    }

    /// ln of the least error over the seeds.
    pub fn log_error_summary(&self) -> Summary {
        Summary::of(&self.log_error)
    }

    /// t_opt/τ over the seeds.
    pub fn time_summary(&self) -> Summary {
        Summary::of(&self.time)
    }
}
