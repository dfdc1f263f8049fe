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

    /// Whether the least test error of task `index` is censored: no answer, but the end of the run. It is so if it lies at the last
    /// epoch, or if fewer than `detectable` of the data's leading modes (those that stand out of the noise) were
    /// [learned](Self::learned_modes) by then: the error may fall again when the next one is.
    ///
    /// # Errors
    /// As [`TrainingOutcome::test`].
    pub fn is_censored(&self, index: usize, detectable: usize) -> Result<bool, SimError> {
        let ends_there = self.epochs.last() == Some(&self.test(index)?.least.epoch);
        let unlearned =
            !self.data_strengths.is_empty() && self.learned_modes() < detectable.min(self.data_strengths.len());
        Ok(ends_there || unlearned)
    }

    /// How many of the data's leading modes had reached half of ŝ by the last epoch.
    ///
    /// Tracked modes are asked themselves. As for others: modes are learned in order, so the residual ε_tr Σŝ² tells how many
    /// are missing (for P ≤ N₁ and without decay; what no linear map can fit for P > N₁ makes modes count as missing).
    pub fn learned_modes(&self) -> usize {
        let learned = |track: &ModeTrack| {
            track.points.last().copied().flatten().is_some_and(|point| 2.0 * point.strength >= track.data_strength)
        };
        let tracked = self.modes.iter().take_while(|track| learned(track)).count();
        if tracked < self.modes.len() {
            return tracked;
        }
        let squares: Vec<f64> = self.data_strengths.iter().map(|s| s * s).collect();
        let residual = self.train.last * squares.iter().sum::<f64>();
        // What is left if mode k and the stronger ones are learned, mode k by half.
        let left = |k: usize| squares[k..].iter().sum::<f64>() - 0.75 * squares[k];
        (0..squares.len()).take_while(|k| residual <= left(*k)).count().max(tracked)
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

    /// An outcome of 100 epochs with data strengths 3, 2, 1 that ends with these strengths.
    fn ended(strengths: [f64; 3], best_epoch: u64, tracked: usize) -> TrainingOutcome {
        let data_strengths = vec![3.0, 2.0, 1.0];
        let residual: f64 = strengths.iter().zip(&data_strengths).map(|(s, data)| (data - s) * (data - s)).sum();
        let track =
            |last: f64| ErrorTrack { logged: vec![1.0, last], least: Least { value: 0.5, epoch: best_epoch }, last };
        let point = |k: usize| ModePoint { strength: strengths[k], overlap_output: 1.0, overlap_input: 1.0 };
        let mode = |k: usize| ModeTrack { data_strength: data_strengths[k], points: vec![None, Some(point(k))] };
        TrainingOutcome {
            epochs: vec![0, 100],
            train: track(residual / 14.0),
            tests: vec![Some(track(0.6)), None],
            train_crossings: vec![],
            modes: (0..tracked).map(mode).collect(),
            data_strengths: data_strengths.clone(),
            teacher_squared_norms: vec![13.0, 0.0],
        }
    }

    #[test]
    fn least_values_at_the_end_or_before_a_mode_was_learned_are_censored() {
        for tracked in [0, 2] {
            let two = ended([3.0, 1.9, 0.1], 60, tracked);
            assert_eq!(two.learned_modes(), 2);
            assert_eq!((two.is_censored(0, 2), two.is_censored(0, 3)), (Ok(false), Ok(true)));
            let one = ended([3.0, 0.2, 0.0], 60, tracked);
            assert_eq!(one.learned_modes(), 1);
            assert_eq!((one.is_censored(0, 1), one.is_censored(0, 2)), (Ok(false), Ok(true)));
            assert_eq!(ended([3.0, 1.9, 0.1], 100, tracked).is_censored(0, 1), Ok(true));
            assert_eq!(ended([0.0, 0.0, 0.0], 0, tracked).is_censored(0, 0), Ok(false));
        }
        assert_eq!(ended([3.0, 2.0, 1.0], 60, 0).learned_modes(), 3);
        assert_eq!(ended([3.0, 1.9, 0.1], 60, 0).is_censored(1, 1), Err(SimError::ZeroTeacher { task: 1 }));
    }

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
