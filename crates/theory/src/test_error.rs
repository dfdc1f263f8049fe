//! The test error as a sum over data modes.

use crate::data_spectrum::DataSpectrum;
use crate::error::non_negative;
use crate::noise_bulk::NoiseBulk;
use crate::stopping::{SlopedError, enough_times_of_change, gain_on_the_way, least_on, time_of_learning};
use crate::{ModeGrowth, Stopping, TestErrorParts, TheoryError};

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

    /// A mode of the teacher that the data do not show, or that the student has no room for, is never learned: s = 0.
    pub(crate) fn never_learned(self) -> Self {
        let floor = self.floor + self.curvature * self.target * self.target;
        Self { curvature: 0.0, target: 0.0, floor, ..self }
    }
}

impl TestError {
    pub(crate) fn at(&self, t: f64) -> f64 {
        let noise = self.bulk.learned_at(&self.growth, self.pace * t);
        self.with_noise_sum(t, noise)
    }

    /// The error at `t` when (M−r)⟨s²⟩_in is already known.
    pub(crate) fn with_noise_sum(&self, t: f64, noise: f64) -> f64 {
        let modes: f64 = self.modes.iter().map(|mode| self.mode_at(mode, t)).sum();
        (modes + self.noise_share * noise) / self.squared_norm
    }

    pub(crate) fn parts_at(&self, t: f64) -> TestErrorParts {
        let noise = self.bulk.learned_at(&self.growth, self.pace * t);
        TestErrorParts {
            modes: self.modes.iter().map(|mode| self.mode_at(mode, t) / self.squared_norm).collect(),
            noise: self.noise_share * noise / self.squared_norm,
        }
    }

    /// t_opt = argmin of the test error on \[0, t_max\].
    pub(crate) fn optimal_stopping(&self, t_max: f64) -> Result<Stopping, TheoryError> {
        let t_max = non_negative("t_max", t_max)?;
        let modes: Vec<(f64, f64)> = self.modes_of_change().collect();
        Ok(least_on(&enough_times_of_change(&self.growth, &modes, self.pace, t_max), self))
    }

    /// The time by which the slowest mode and the strongest noise are learned.
    pub(crate) fn horizon(&self) -> f64 {
        time_of_learning(&self.growth, self.modes_of_change(), self.pace)
    }

    /// ŝ and the best strength of every mode that is learned and of the edge of the noise.
    fn modes_of_change(&self) -> impl Iterator<Item = (f64, f64)> {
        let learned =
            self.modes.iter().filter(|mode| mode.curvature > 0.0).map(|mode| (mode.data_strength, mode.target));
        learned.chain(self.bulk.upper_edge().map(|edge| (edge, 0.5 * edge)))
    }

    fn mode_at(&self, mode: &TestErrorMode, t: f64) -> f64 {
        if mode.curvature == 0.0 {
            return mode.floor;
        }
        let s = self.growth.strength_at(mode.data_strength, self.pace * t);
        mode.curvature * (s - mode.target).powi(2) + mode.floor
    }

    /// Σ curvature (s − target) ds/dt over the spikes.
    fn mode_slopes_at(&self, t: f64) -> f64 {
        let slope = |mode: &TestErrorMode| {
            let state = self.growth.state_at(mode.data_strength, self.pace * t);
            mode.curvature * (state.strength - mode.target) * self.growth.rate(state)
        };
        self.modes.iter().filter(|mode| mode.curvature > 0.0).map(slope).sum()
    }

    /// The slope from the spikes' part and (M−r)⟨s ds/dt⟩_in.
    fn slope_with(&self, modes: f64, noise: f64) -> f64 {
        2.0 * self.pace * (modes + self.noise_share * noise) / self.squared_norm
    }
}

impl SlopedError for TestError {
    /// Every mode at its best strength, those of the noise that decay decayed.
    fn gain_after(&self, t: f64) -> f64 {
        let time = self.pace * t;
        let gain = |mode: &TestErrorMode| {
            let s = self.growth.strength_at(mode.data_strength, time);
            gain_on_the_way(mode.curvature, mode.target, s, self.growth.final_strength(mode.data_strength))
        };
        let modes: f64 = self.modes.iter().filter(|mode| mode.curvature > 0.0).map(gain).sum();
        (modes + self.noise_share * self.bulk.decay_after(&self.growth, time)) / self.squared_norm
    }

    fn error_at(&self, t: f64) -> f64 {
        self.at(t)
    }

    /// The time derivative, from ds/dt = L s^p (ŝ − s).
    fn slope_at(&self, t: f64) -> f64 {
        let noise = self.bulk.growth_at(&self.growth, self.pace * t);
        self.slope_with(self.mode_slopes_at(t), noise)
    }

    /// The integral over the noise is spared where its bounds already decide.
    ///
    /// Exactly `slope_at(t) < 0`, since rounding keeps the order of two sums that differ in one term.
    fn falls_at(&self, t: f64) -> bool {
        let modes = self.mode_slopes_at(t);
        let (least, most) = self.bulk.growth_bounds_at(&self.growth, self.pace * t);
        if self.slope_with(modes, least) >= 0.0 {
            return false;
        }
        self.slope_with(modes, most) < 0.0
            || self.slope_with(modes, self.bulk.growth_at(&self.growth, self.pace * t)) < 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test error of a task of unit noise on square and oblong data, learned by narrow and wide students.
    fn error(layers: usize, epsilon: f64, (outputs, hidden): (usize, usize), noise: f64) -> TestError {
        let spectrum = DataSpectrum::of_sizes(40, outputs, 40, noise).unwrap();
        let strengths = [4.0, 1.2];
        TestError {
            growth: ModeGrowth::new(layers, epsilon).unwrap(),
            pace: spectrum.pace(),
            modes: strengths.map(|strength| TestErrorMode::of_spike(&spectrum, strength)).to_vec(),
            bulk: NoiseBulk::new(spectrum.matrix(), strengths.len(), hidden.min(outputs)),
            noise_share: 0.5,
            squared_norm: strengths.iter().map(|s| s * s).sum(),
        }
    }

    fn times() -> impl Iterator<Item = f64> {
        (0..=150).map(|k| 0.04 * f64::from(k)).chain([20.0, 300.0])
    }

    /// Starts below, inside and above the bulk, which reaches from 0.29 or 0 to 1.71 or 2.
    const STARTS: [f64; 4] = [1e-5, 0.1, 0.8, 2.5];

    #[test]
    fn bounds_hold_and_the_sign_is_that_of_the_slope() {
        for layers in [1, 2, 3, 4] {
            for epsilon in STARTS {
                for sizes in [(20, 20), (40, 40), (40, 7)] {
                    for noise in [0.0, 1.0] {
                        let error = error(layers, epsilon, sizes, noise);
                        for t in times() {
                            let (least, most) = error.bulk.growth_bounds_at(&error.growth, t);
                            let growth = error.bulk.growth_at(&error.growth, t);
                            let case = format!("L = {layers}, ε = {epsilon}, {sizes:?}, σ_z = {noise}, t = {t}");
                            assert!(least <= growth && growth <= most, "{case}: {growth} in [{least}, {most}]");
                            assert_eq!(error.falls_at(t), error.slope_at(t) < 0.0, "{case}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn most_signs_take_no_integral() {
        for layers in [2, 4] {
            let error = error(layers, 1e-5, (40, 20), 1.0);
            let is_open = |t: &f64| {
                let (least, most) = error.bulk.growth_bounds_at(&error.growth, *t);
                let modes = error.mode_slopes_at(*t);
                error.slope_with(modes, least) < 0.0 && error.slope_with(modes, most) >= 0.0
            };
            let (open, all) = (times().filter(is_open).count(), times().count());
            assert!(8 * open < all, "L = {layers}: {open} of {all} take an integral");
        }
    }
}
