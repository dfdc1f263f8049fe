//! What a run tells: errors over time, their minima, crossings, and modes.

use crate::SimError;
use serde::{Deserialize, Serialize};

/// Relative errors of a student at one epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Errors {
    /// ε_tr = ‖Y − WX‖²/‖Y‖².
    pub train: f64,
    /// ε_te = ‖W − W̄‖²/‖W̄‖² of each task; meaningless where [`TrainingOutcome::tests`] has `None`.
    pub tests: Vec<f64>,
}

impl Errors {
    /// All of them: the train error, then each test error.
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> {
        std::iter::once(self.train).chain(self.tests.iter().copied())
    }
}

/// An error over a whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorTrack {
    /// Values at [`TrainingOutcome::epochs`].
    pub logged: Vec<f64>,
    /// The least value over **every** epoch, 0 and the last included, and the first epoch that has it.
    pub least: Least,
    /// The value at the last epoch.
    pub last: f64,
}

/// A minimum over all epochs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Least {
    /// The least value.
    pub value: f64,
    /// The first epoch that has it.
    pub epoch: u64,
}

/// When the train error fell below a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// The threshold.
    pub threshold: f64,
    /// First of all epochs with ε_tr < threshold; `None` if there was none.
    pub epoch: Option<u64>,
}

/// Student mode k beside data mode k.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModeTrack {
    /// ŝ of the data mode.
    pub data_strength: f64,
    /// At [`TrainingOutcome::epochs`]; `None` before the map's k-th singular value first exceeds 1.5 ε (at a logged
    /// epoch): until then its vectors are undefined.
    pub points: Vec<Option<ModePoint>>,
}

/// A student mode at one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModePoint {
    /// s, the k-th singular value of the student's map.
    pub strength: f64,
    /// |u·û|.
    pub overlap_output: f64,
    /// |v·v̂|.
    pub overlap_input: f64,
}

/// The outcome of a training run. Times are epochs; divide by τ = 1/λ epochs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingOutcome {
    /// The logged epochs, increasing, 0 and the last included.
    pub epochs: Vec<u64>,
    /// Train error of all tasks together.
    pub train: ErrorTrack,
    /// Test error of each task; `None` for a zero teacher (see [`TrainingOutcome::test`]).
    pub tests: Vec<Option<ErrorTrack>>,
    /// One for each of the thresholds asked for.
    pub train_crossings: Vec<Crossing>,
    /// The leading modes, as many as were asked for.
    pub modes: Vec<ModeTrack>,
    /// ŝ, the data's singular values in decreasing order: all that were computed for the run (of Σ³¹ for P ≤ N₁ and
    /// for gaussian inputs, of Σ³¹/D for orthonormal inputs with P > N₁).
    pub data_strengths: Vec<f64>,
    /// ‖W̄‖²_F of each task.
    pub teacher_squared_norms: Vec<f64>,
}

impl TrainingOutcome {
    /// The test error of task `index`.
    ///
    /// # Errors
    /// [`SimError::ZeroTeacher`] where it is undefined, [`SimError::NoSuchTask`] where there is no such task.
    pub fn test(&self, index: usize) -> Result<&ErrorTrack, SimError> {
        let track = self.tests.get(index).ok_or(SimError::NoSuchTask { task: index, tasks: self.tests.len() })?;
        track.as_ref().ok_or(SimError::ZeroTeacher { task: index })
    }

    /// Position of `epoch` among the logged epochs.
    pub fn logged_index(&self, epoch: u64) -> Option<usize> {
        self.epochs.binary_search(&epoch).ok()
    }
}

impl ErrorTrack {
    fn with_capacity(logged_epochs: usize) -> Self {
        let least = Least { value: f64::INFINITY, epoch: 0 };
        Self { logged: Vec::with_capacity(logged_epochs), least, last: f64::NAN }
    }

    #[inline]
    fn observe(&mut self, epoch: u64, value: f64, logged: bool) {
        if value < self.least.value {
            self.least = Least { value, epoch };
        }
        if logged {
            self.logged.push(value);
        }
        self.last = value;
    }
}

/// Observes every epoch of a run.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    train: ErrorTrack,
    tests: Vec<ErrorTrack>,
    crossings: Vec<Crossing>,
}

impl Recorder {
    pub(crate) fn new(logged_epochs: usize, tasks: usize, thresholds: &[f64]) -> Self {
        Self {
            train: ErrorTrack::with_capacity(logged_epochs),
            tests: vec![ErrorTrack::with_capacity(logged_epochs); tasks],
            crossings: thresholds.iter().map(|&threshold| Crossing { threshold, epoch: None }).collect(),
        }
    }

    #[inline]
    pub(crate) fn observe(&mut self, epoch: u64, errors: &Errors, logged: bool) {
        self.train.observe(epoch, errors.train, logged);
        for (track, &value) in self.tests.iter_mut().zip(&errors.tests) {
            track.observe(epoch, value, logged);
        }
        for crossing in &mut self.crossings {
            if crossing.epoch.is_none() && errors.train < crossing.threshold {
                crossing.epoch = Some(epoch);
            }
        }
    }

    /// Least train error so far.
    #[inline]
    pub(crate) fn least_train(&self) -> f64 {
        self.train.least.value
    }

    /// Whether a threshold that was not crossed so far is above `train_error`.
    pub(crate) fn crosses(&self, train_error: f64) -> bool {
        self.crossings.iter().any(|crossing| crossing.epoch.is_none() && train_error < crossing.threshold)
    }

    /// The least values so far: of the train error, then of each test error.
    pub(crate) fn least_values(&self) -> impl Iterator<Item = f64> {
        std::iter::once(&self.train).chain(&self.tests).map(|track| track.least.value)
    }

    /// Train track, test tracks (`None` where the teacher's squared norm is 0) and crossings.
    pub(crate) fn finish(self, teacher_squared_norms: &[f64]) -> (ErrorTrack, Vec<Option<ErrorTrack>>, Vec<Crossing>) {
        let tests = self.tests.into_iter().zip(teacher_squared_norms);
        let tests = tests.map(|(track, norm)| (*norm > 0.0).then_some(track));
        (self.train, tests.collect(), self.crossings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minima_and_crossings_are_found_between_logged_epochs() {
        let mut recorder = Recorder::new(2, 2, &[0.5, 0.1]);
        for (epoch, (train, test)) in [(1.0, 1.0), (0.4, 0.2), (0.3, 0.2), (0.25, 0.9)].into_iter().enumerate() {
            let errors = Errors { train, tests: vec![test, f64::INFINITY] };
            recorder.observe(epoch as u64, &errors, epoch == 0 || epoch == 3);
        }
        let (train, tests, crossings) = recorder.finish(&[4.0, 0.0]);
        assert_eq!(train, ErrorTrack { logged: vec![1.0, 0.25], least: Least { value: 0.25, epoch: 3 }, last: 0.25 });
        assert_eq!(tests[0].as_ref().unwrap().least, Least { value: 0.2, epoch: 1 });
        assert_eq!(tests[1], None);
        assert_eq!(crossings.iter().map(|c| c.epoch).collect::<Vec<_>>(), [Some(1), None]);
    }
}
