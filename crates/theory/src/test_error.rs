//! The test error as a sum over data modes.

use crate::data_spectrum::DataSpectrum;
use crate::noise_bulk::NoiseBulk;
use crate::{ModeGrowth, TestErrorParts};

/// A relative test error: the sum over spikes of curvature · (s − target)² + floor, plus a share of (M−r)⟨s²⟩_in,
/// over the squared norm of a teacher.
///
/// Completing the square in s keeps digits where s² − 2 s s̄ O + s̄² would cancel.
#[derive(Clone, Debug)]
pub(crate) struct TestError {
    pub(crate) growth: ModeGrowth,
    /// Data time per unit of t.
    pub(crate) pace: f64,
    pub(crate) modes: Vec<TestErrorMode>,
    pub(crate) bulk: NoiseBulk,
    /// Fraction of the noise that falls on this task's outputs.
    pub(crate) noise_share: f64,
    pub(crate) squared_norm: f64,
}

/// What one spike contributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TestErrorMode {
    /// ŝ.
    pub(crate) data_strength: f64,
    /// Factor of (s − target)².
    pub(crate) curvature: f64,
    /// The strength that is best for this error.
    pub(crate) target: f64,
    /// What is left at the target.
    pub(crate) floor: f64,
}

impl TestErrorMode {
    /// A spike of strength s̄ of a task alone: (s − s̄ρO)² + s̄²(1 − ρ²O²).
    pub(crate) fn of_spike(spectrum: &DataSpectrum, true_strength: f64) -> Self {
        let (output, input) = spectrum.squared_misalignments(true_strength);
        Self {
            data_strength: spectrum.strength(true_strength),
            curvature: 1.0,
            target: spectrum.best_strength(true_strength),
            floor: true_strength * true_strength * (output + (1.0 - output) * input),
        }
    }

    /// A spike that the student has no room for stays at s = 0 for ever.
    pub(crate) fn without_room(self) -> Self {
        let floor = self.floor + self.curvature * self.target * self.target;
        Self { curvature: 0.0, target: 0.0, floor, ..self }
    }
}

impl TestError {
    pub(crate) fn at(&self, t: f64) -> f64 {
        let [noise] = self.bulk.sums_at(&self.growth, self.pace * t, |state| [state.strength * state.strength]);
        self.with_noise_sum(t, noise)
    }

    /// The error at `t` when (M−r)⟨s²⟩_in is already known.
    pub(crate) fn with_noise_sum(&self, t: f64, noise: f64) -> f64 {
        let modes: f64 = self.modes.iter().map(|mode| self.mode_at(mode, t)).sum();
        (modes + self.noise_share * noise) / self.squared_norm
    }

    pub(crate) fn parts_at(&self, t: f64) -> TestErrorParts {
        let [noise] = self.bulk.sums_at(&self.growth, self.pace * t, |state| [state.strength * state.strength]);
        TestErrorParts {
            modes: self.modes.iter().map(|mode| self.mode_at(mode, t) / self.squared_norm).collect(),
            noise: self.noise_share * noise / self.squared_norm,
        }
    }

    fn mode_at(&self, mode: &TestErrorMode, t: f64) -> f64 {
        if mode.curvature == 0.0 {
            return mode.floor;
        }
        let s = self.growth.strength_at(mode.data_strength, self.pace * t);
        mode.curvature * (s - mode.target).powi(2) + mode.floor
    }

    /// The time derivative, from ds/dt = L s^p (ŝ − s).
    pub(crate) fn slope_at(&self, t: f64) -> f64 {
        let time = self.pace * t;
        let modes: f64 = self
            .modes
            .iter()
            .filter(|mode| mode.curvature > 0.0)
            .map(|mode| {
                let state = self.growth.state_at(mode.data_strength, time);
                mode.curvature * (state.strength - mode.target) * self.growth.rate(state)
            })
            .sum();
        let [noise] = self.bulk.sums_at(&self.growth, time, |state| [state.strength * self.growth.rate(state)]);
        2.0 * self.pace * (modes + self.noise_share * noise) / self.squared_norm
    }
}
