//! A training-aligned student on one draw.

use super::{DataDraw, TestTrajectory, Trajectory};
use crate::stopping::{SlopedError, least_on, times_of_change};
use crate::{ModeGrowth, ModeState, Stopping, Student};

/// One student whose leading `capacity` modes follow the data strengths of one draw.
pub(super) struct AlignedRun<'a> {
    draw: &'a DataDraw,
    growth: &'a ModeGrowth,
    capacity: usize,
}

impl<'a> AlignedRun<'a> {
    pub(super) fn new(draw: &'a DataDraw, student: &Student, growth: &'a ModeGrowth) -> Self {
        Self { draw, growth, capacity: student.capacity_of(draw.data_strengths().len()) }
    }

    pub(super) fn learn(&self, times: &[f64], t_max: f64) -> Trajectory {
        let mut trajectory = Trajectory::default();
        let mut test_errors = Vec::new();
        for &t in times {
            let strengths = self.strengths_at(t);
            trajectory.train_errors.push(self.draw.train_error(&strengths));
            test_errors.extend(self.draw.test_error(&strengths));
        }
        let end = self.ends();
        trajectory.final_train_error = self.draw.train_error(&end);
        trajectory.test = self.draw.test_error(&end).map(|final_error| {
            let stopping = self.stopping(0, t_max);
            TestTrajectory { errors: test_errors, stopping, final_error }
        });
        trajectory
    }

    /// The test error of one block of outputs at given times.
    pub(super) fn block_errors(&self, block: usize, times: &[f64]) -> Vec<f64> {
        let error = BlockError { run: self, block };
        times.iter().map(|&t| error.error_at(t)).collect()
    }

    /// The best stopping time in \[0, t_max\] for one block of outputs.
    pub(super) fn stopping(&self, block: usize, t_max: f64) -> Stopping {
        let best = |(mode, &s_hat): (usize, &f64)| (s_hat, self.draw.best_strength(block, mode));
        let modes = self.held().iter().enumerate().map(best);
        let times = times_of_change(self.growth, modes, self.draw.pace(), t_max);
        least_on(&times, &BlockError { run: self, block })
    }

    /// ŝ of every mode held.
    fn held(&self) -> &[f64] {
        &self.draw.data_strengths()[..self.capacity]
    }

    /// Where the modes held end.
    fn ends(&self) -> Vec<f64> {
        self.held().iter().map(|&s_hat| self.growth.final_strength(s_hat)).collect()
    }

    /// The states of all modes held, at time `t` in units of τ.
    fn states_at(&self, t: f64) -> impl Iterator<Item = ModeState> {
        self.held().iter().map(move |&s_hat| self.growth.state_at(s_hat, t * self.draw.pace()))
    }

    fn strengths_at(&self, t: f64) -> Vec<f64> {
        self.states_at(t).map(|state| state.strength).collect()
    }
}

/// The test error of one block of outputs.
struct BlockError<'a> {
    run: &'a AlignedRun<'a>,
    block: usize,
}

impl SlopedError for BlockError<'_> {
    fn error_at(&self, t: f64) -> f64 {
        let error = self.run.draw.block_error(self.block, &self.run.strengths_at(t));
        error.expect("only blocks with a teacher are asked for their test error")
    }

    fn gain_after(&self, t: f64) -> f64 {
        self.run.draw.block_gain(self.block, &self.run.strengths_at(t), &self.run.ends())
    }

    /// From dε/ds of every mode and ds/dt = L s^p (ŝ − s).
    fn slope_at(&self, t: f64) -> f64 {
        let (draw, growth) = (self.run.draw, self.run.growth);
        let slopes = self.run.states_at(t).enumerate();
        slopes.map(|(mode, state)| draw.block_slope(self.block, mode, state.strength) * growth.rate(state)).sum()
    }
}
