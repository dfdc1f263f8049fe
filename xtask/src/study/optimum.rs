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
    /// Whether the least error is that of the last epoch: training ended before the optimum was seen, so that neither
    /// number is one.
    pub censored: Vec<bool>,
}

impl Optimum {
    /// From minima over every epoch, each beside the last epoch; times in units of `tau` epochs.
    pub fn of(minima: Vec<(Least, u64)>, tau: f64) -> Self {
        Self {
            log_error: minima.iter().map(|(least, _)| least.value.ln()).collect(),
            time: minima.iter().map(|(least, _)| least.epoch as f64 / tau).collect(),
            censored: minima.iter().map(|(least, last)| least.epoch == *last).collect(),
        }
    }

    /// ln of the least error over the seeds.
    pub fn log_error_summary(&self) -> Summary {
        Summary::of(&self.log_error)
    }

    /// t_opt/τ over the seeds.
    pub fn time_summary(&self) -> Summary {
        Summary::of(&self.time)
    }

    /// How many are censored.
    pub fn censored(&self) -> usize {
        self.censored.iter().filter(|censored| **censored).count()
    }
}

/// Why a claim about optima cannot be judged: some of them were not reached. `None` if all were.
pub fn censored<'a>(optima: impl IntoIterator<Item = &'a Optimum>) -> Option<String> {
    let (mut missed, mut all) = (0, 0);
    for optimum in optima {
        missed += optimum.censored();
        all += optimum.censored.len();
    }
    (missed > 0).then(|| {
        format!("{missed} of {all} students had their least test error in the last epoch: train them longer (`epochs`)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_least_value_in_the_last_epoch_is_no_optimum() {
        let least = |value, epoch| Least { value, epoch };
        let optimum = Optimum::of(vec![(least(0.5, 10), 100), (least(0.25, 100), 100)], 10.0);
        assert_eq!(optimum.time, [1.0, 10.0]);
        assert_eq!((optimum.censored(), optimum.log_error[1]), (1, 0.25f64.ln()));
        assert!(censored([&optimum]).unwrap().starts_with("1 of 2 students"));
        assert_eq!(censored([&Optimum::of(vec![(least(0.5, 10), 100)], 10.0)]), None);
    }
}
