//! Learning on the draws of an ensemble.

use crate::{ModeOverlap, Stopping, Summary};

/// How one student learned one draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trajectory {
    /// ε_tr at the ensemble's times.
    pub train_errors: Vec<f64>,
    /// ε_tr for t → ∞.
    pub final_train_error: f64,
    /// What is known of the test error; `None` for a zero teacher.
    pub test: Option<TestTrajectory>,
    /// The student's leading modes beside the data's, for every time; empty if none are tracked.
    pub modes: Vec<Vec<ModeOverlap>>,
}

/// The test error of one student on one draw.
#[derive(Clone, Debug, PartialEq)]
pub struct TestTrajectory {
    /// ε_te at the ensemble's times.
    pub errors: Vec<f64>,
    /// Where ε_te is least within \[0, t_max\].
    pub stopping: Stopping,
    /// ε_te for t → ∞.
    pub final_error: f64,
}

/// How students learned all draws of an ensemble, in the order of the draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectories {
    times: Vec<f64>,
    runs: Vec<Trajectory>,
}

impl Trajectories {
    pub(super) fn new(times: &[f64], runs: Vec<Trajectory>) -> Self {
        Self { times: times.to_vec(), runs }
    }

    /// The times, in units of τ, at which curves are known.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// One trajectory for every draw.
    pub fn runs(&self) -> &[Trajectory] {
        &self.runs
    }

    /// The training error at every time, over draws.
    pub fn train_errors(&self) -> Vec<Summary> {
        self.curve(|run, k| Some(run.train_errors[k])).unwrap_or_default()
    }

    /// The test error at every time, over draws; `None` for a zero teacher.
    pub fn test_errors(&self) -> Option<Vec<Summary>> {
        self.curve(|run, k| run.test.as_ref().map(|test| test.errors[k]))
    }

    /// |v·v̂| of the given mode (0 is the strongest) at every time, over draws; `None` if it is not tracked.
    pub fn input_alignment(&self, mode: usize) -> Option<Vec<Summary>> {
        self.curve(|run, k| run.modes.get(k)?.get(mode).map(|overlap| overlap.input))
    }

    /// The optimal stopping time within \[0, t_max\], over draws; `None` for a zero teacher.
    pub fn stopping_time(&self) -> Option<Summary> {
        self.over_draws(|run| run.test.as_ref().map(|test| test.stopping.time))
    }

    /// The least test error within \[0, t_max\], over draws; `None` for a zero teacher.
    pub fn least_test_error(&self) -> Option<Summary> {
        self.over_draws(|run| run.test.as_ref().map(|test| test.stopping.test_error))
    }

    /// The test error for t → ∞, over draws; `None` for a zero teacher.
    pub fn final_test_error(&self) -> Option<Summary> {
        self.over_draws(|run| run.test.as_ref().map(|test| test.final_error))
    }

    /// The training error for t → ∞, over draws.
    pub fn final_train_error(&self) -> Summary {
        Summary::of(&self.runs.iter().map(|run| run.final_train_error).collect::<Vec<_>>())
    }

    /// t_opt of these students minus t_opt of `others` on the same draws (pairs): how much later these should stop. `None` for a
    /// zero teacher.
    ///
    /// # Panics
    /// If `others` has another number of draws.
    pub fn lag_behind(&self, others: &Self) -> Option<Summary> {
        assert_eq!(self.runs.len(), others.runs.len(), "paired differences need the same draws");
        let time = |run: &Trajectory| run.test.as_ref().map(|test| test.stopping.time);
        let lags: Option<Vec<f64>> =
            self.runs.iter().zip(&others.runs).map(|(run, other)| Some(time(run)? - time(other)?)).collect();
        lags.map(|lags| Summary::of(&lags))
    }

    /// Any number that a trajectory has, over draws; `None` if some have it not.
    pub fn over_draws(&self, quantity: impl Fn(&Trajectory) -> Option<f64>) -> Option<Summary> {
        let values: Option<Vec<f64>> = self.runs.iter().map(quantity).collect();
        values.map(|values| Summary::of(&values))
    }

    fn curve(&self, value: impl Fn(&Trajectory, usize) -> Option<f64>) -> Option<Vec<Summary>> {
        (0..self.times.len()).map(|k| self.over_draws(|run| value(run, k))).collect()
    }
}
