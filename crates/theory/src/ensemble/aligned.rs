//! A training-aligned student on one draw.

use super::{DataDraw, TestTrajectory, Trajectory};
use crate::bracketed_minimum::least_error;
use crate::{ModeGrowth, Stopping, Student};

/// One student whose leading `capacity` modes follow the data strengths of one draw.
pub(super) struct AlignedRun<'a> {
    draw: &'a DataDraw,
    growth: &'a ModeGrowth,
    capacity: usize,
}

/// Learned fractions s/ŝ of every mode at which the search for the best stopping time looks.
const FRACTIONS: [f64; 7] = [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99];

impl<'a> AlignedRun<'a> {
    pub(super) fn new(draw: &'a DataDraw, student: &Student, growth: &'a ModeGrowth) -> Self {
        Self { draw, growth, capacity: student.capacity_of(draw.data_strengths().len()) }
    }

    pub(super) fn learn(&self, times: &[f64], t_max: f64) -> Trajectory {
        let mut strengths = Vec::new();
        let mut trajectory = Trajectory::default();
        let mut test_errors = Vec::new();
        for &t in times {
            self.strengths_at(t, &mut strengths);
            trajectory.train_errors.push(self.draw.train_error(&strengths));
            test_errors.extend(self.draw.test_error(&strengths));
        }
        let held = &self.draw.data_strengths()[..self.capacity];
        trajectory.final_train_error = self.draw.train_error(held);
        trajectory.test = self.draw.test_error(held).map(|final_error| {
            let stopping = self.stopping(0, t_max);
            TestTrajectory { errors: test_errors, stopping, final_error }
        });
        trajectory
    }

    /// The test error of one block of outputs at given times.
    pub(super) fn block_errors(&self, block: usize, times: &[f64]) -> Vec<f64> {
        let mut strengths = Vec::new();
        times.iter().map(|&t| self.block_error(block, t, &mut strengths)).collect()
    }

    /// The best stopping time in \[0, t_max\] for one block of outputs.
    pub(super) fn stopping(&self, block: usize, t_max: f64) -> Stopping {
        let mut strengths = Vec::new();
        least_error(|t| self.block_error(block, t, &mut strengths), &self.search_times(t_max))
    }

    fn block_error(&self, block: usize, t: f64, strengths: &mut Vec<f64>) -> f64 {
        self.strengths_at(t, strengths);
        self.draw.block_error(block, strengths).expect("only blocks with a teacher are asked for their test error")
    }

    /// s of every mode held, at time `t` in units of τ.
    fn strengths_at(&self, t: f64, strengths: &mut Vec<f64>) {
        let held = self.draw.data_strengths()[..self.capacity].iter();
        strengths.clear();
        strengths.extend(held.map(|&s_hat| self.growth.strength_at(s_hat, t * self.draw.pace())));
    }

    /// 0, t_max and between them the times at which each mode passes given fractions of its data strength: no mode moves
    /// much from one to the next.
    fn search_times(&self, t_max: f64) -> Vec<f64> {
        let mut times = vec![0.0, t_max];
        for &s_hat in &self.draw.data_strengths()[..self.capacity] {
            let passes = FRACTIONS.iter().filter_map(|x| self.growth.time_to_reach(s_hat, x * s_hat).ok().flatten());
            times.extend(passes.map(|t| t / self.draw.pace()).filter(|&t| t > 0.0 && t < t_max));
        }
        times.sort_unstable_by(f64::total_cmp);
        times.dedup();
        times
    }
}
