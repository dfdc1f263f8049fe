//! At which epochs a run is logged.

use crate::SimError;
use serde::{Deserialize, Serialize};

/// Most logged epochs that a schedule may have beside the listed ones.
pub const MOST_LOGGED: u64 = 400;

/// The epochs at which errors and modes are logged: a regular part and listed extras. 0 and the last epoch always are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The regular part.
    pub spacing: Spacing,
    /// Epochs logged in addition, for example those plotted as points; those after the end are refused.
    pub listed: Vec<u64>,
}

/// The regular part of a [`Schedule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Spacing {
    /// 0, k, 2k, …: at most 400 epochs.
    Every(u64),
    /// About this many epochs (at most 400), equally spaced in the logarithm from 1 to the end.
    LogSpaced(u64),
    /// Nothing beside the listed epochs.
    ListedOnly,
}

impl Schedule {
    /// Only the first and the last epoch and those `listed`.
    pub fn listed(listed: Vec<u64>) -> Self {
        Self { spacing: Spacing::ListedOnly, listed }
    }

    /// Every `k`-th epoch.
    pub fn every(k: u64) -> Self {
        Self { spacing: Spacing::Every(k), listed: Vec::new() }
    }

    /// About `points` epochs, equally spaced in the logarithm.
    pub fn log_spaced(points: u64) -> Self {
        Self { spacing: Spacing::LogSpaced(points), listed: Vec::new() }
    }

    /// The logged epochs of a run of `last` epochs, increasing, without repetition.
    ///
    /// # Errors
    /// [`SimError::Invalid`] if the regular part has more than 400 epochs or a listed one is after `last`.
    pub fn epochs(&self, last: u64) -> Result<Vec<u64>, SimError> {
        if let Some(late) = self.listed.iter().find(|epoch| **epoch > last) {
            return Err(SimError::invalid("listed epoch", late, format!("at most the last epoch, {last}")));
        }
        let mut epochs = match self.spacing {
            Spacing::Every(k) if k == 0 || last / k > MOST_LOGGED => {
                let least = last.div_ceil(MOST_LOGGED).max(1);
                return Err(SimError::invalid("logged every", k, format!("at least {least} for {last} epochs")));
            }
            Spacing::Every(k) => (0..=last / k).map(|i| i * k).collect(),
            Spacing::LogSpaced(points) if points > MOST_LOGGED => {
                return Err(SimError::invalid("log-spaced points", points, format!("at most {MOST_LOGGED}")));
            }
            Spacing::LogSpaced(points) => log_spaced(points, last),
            Spacing::ListedOnly => Vec::new(),
        };
        epochs.extend(&self.listed);
        epochs.extend([0, last]);
        epochs.sort_unstable();
        epochs.dedup();
        Ok(epochs)
    }
}

fn log_spaced(points: u64, last: u64) -> Vec<u64> {
    let steps = points.saturating_sub(1).max(1) as f64;
    (0..points).map(|i| ((last as f64).powf(i as f64 / steps).round() as u64).min(last)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_schedules_by_hand() {
        assert_eq!(Schedule::every(4).epochs(10).unwrap(), [0, 4, 8, 10]);
        assert_eq!(Schedule::log_spaced(4).epochs(1000).unwrap(), [0, 1, 10, 100, 1000]);
        let mixed = Schedule { listed: vec![7, 4], ..Schedule::every(5) };
        assert_eq!(mixed.epochs(10).unwrap(), [0, 4, 5, 7, 10]);
        assert_eq!(Schedule::listed(vec![]).epochs(0).unwrap(), [0]);
    }

    #[test]
    fn too_dense_or_too_late_is_refused() {
        assert_eq!(
            Schedule::every(24).epochs(10_000).unwrap_err().to_string(),
            "logged every is 24: it must be at least 25 for 10000 epochs"
        );
        assert_eq!(Schedule::every(25).epochs(10_000).unwrap().len(), 401);
        assert!(Schedule::every(0).epochs(10).is_err());
        assert!(Schedule::log_spaced(401).epochs(10_000).is_err());
        assert!(Schedule::listed(vec![11]).epochs(10).is_err());
    }
}
