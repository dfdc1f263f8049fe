//! The loop that every student shares.

use crate::record::Recorder;
use crate::{Crossing, ErrorTrack, Errors, ModePoint, Progress, SimError, Training};
use std::ops::ControlFlow;

/// Epochs between two reports.
const REPORT_STRIDE: u64 = 256;

/// A student that gradient descent can train.
pub trait Student {
    /// The relative errors of the weights as they are.
    fn measure(&mut self) -> &Errors;

    /// One full-batch update of all layers at once. Only after [`Student::measure`], whose residual it uses.
    fn descend(&mut self);

    /// The leading modes at a logged epoch, after [`Student::measure`]; empty if none are tracked.
    ///
    /// # Errors
    /// [`SimError::Linalg`] if a decomposition fails.
    fn modes(&mut self) -> Result<Vec<Option<ModePoint>>, SimError>;

    /// A learning rate above which the end of training is unstable, for the message when it diverges.
    fn learning_rate_bound(&self) -> f64;

    /// Refuses to go on where no weight can ever move again. Asked at logged epochs, after [`Student::measure`].
    ///
    /// # Errors
    /// [`SimError::Stuck`]. A linear student never is: its start has full rank on the used units.
    fn require_alive(&mut self, _run: &str, _epoch: u64) -> Result<(), SimError> {
        Ok(())
    }

    /// By how much the train error may rise above its least value so far before the run counts as diverging.
    ///
    /// Descent on a linear student never rises at small steps; just below the stability bound its last approach
    /// overshoots and rises by up to 0.02. (A step above the bound need not blow up: it can end in an oscillation.)
    fn allowed_rise(&self) -> f64 {
        rise_with_decay(0.0)
    }
}

/// The allowed rise of a linear student whose layers lose this share of themselves with every update. A map that decays has
/// no falling train error: it may rise to that of the zero map.
pub(crate) fn rise_with_decay(shrinkage: f64) -> f64 {
    if shrinkage > 0.0 { 1.0 } else { 0.05 }
}

/// What [`train`] gives: everything of an outcome that does not depend on the kind of student.
#[derive(Clone, Debug)]
pub struct TrainingRecord {
    /// Logged epochs.
    pub epochs: Vec<u64>,
    /// Train error.
    pub train: ErrorTrack,
    /// Test error of each task; `None` for zero teachers.
    pub tests: Vec<Option<ErrorTrack>>,
    /// Crossings of the thresholds.
    pub train_crossings: Vec<Crossing>,
    /// The tracked modes at every logged epoch.
    pub modes: Vec<Vec<Option<ModePoint>>>,
}

/// Trains `student` for `training.epochs` updates, measuring its errors before the first and after every update.
///
/// `teacher_squared_norms` has one entry for each task; `run` names the run in messages.
///
/// # Errors
/// [`SimError::Cancelled`], [`SimError::Diverged`], or what the student's own methods give.
pub fn train(
    student: &mut dyn Student,
    training: &Training,
    teacher_squared_norms: &[f64],
    run: &str,
    progress: &dyn Progress,
) -> Result<TrainingRecord, SimError> {
    let mut watch = Watch::new(training, teacher_squared_norms, run, student.allowed_rise())?;
    for epoch in 0..=training.epochs {
        watch.report(epoch, progress)?;
        let sight = watch.observe(epoch, student.measure());
        watch.look(sight, epoch, student)?;
        if epoch < training.epochs {
            student.descend();
        }
    }
    Ok(watch.finish(teacher_squared_norms))
}

/// Watches a training: keeps its record, stops it where it was cancelled or diverges.
pub(crate) struct Watch<'a> {
    training: &'a Training,
    run: &'a str,
    epochs: Vec<u64>,
    /// How many of `epochs` are done.
    logged: usize,
    pub(crate) recorder: Recorder,
    modes: Vec<Vec<Option<ModePoint>>>,
    allowed_rise: f64,
    next_report: u64,
}

/// What an epoch's errors call for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sight {
    /// Nothing.
    Usual,
    /// A look at the modes.
    Logged,
    /// An end, with this train error.
    Diverged(f64),
}

impl<'a> Watch<'a> {
    pub(crate) fn new(
        training: &'a Training,
        teacher_squared_norms: &[f64],
        run: &'a str,
        allowed_rise: f64,
    ) -> Result<Self, SimError> {
        let epochs = training.schedule.epochs(training.epochs)?;
        let recorder = Recorder::new(epochs.len(), teacher_squared_norms.len(), &training.train_thresholds);
        let modes = Vec::with_capacity(epochs.len());
        Ok(Self { training, run, epochs, logged: 0, recorder, modes, allowed_rise, next_report: 0 })
    }

    /// The next epoch to be logged, if any is left.
    pub(crate) fn next_logged(&self) -> Option<u64> {
        self.epochs.get(self.logged).copied()
    }

    /// Tells how far the training is, every 256 epochs or the next after so many, and at the end.
    pub(crate) fn report(&mut self, epoch: u64, progress: &dyn Progress) -> Result<(), SimError> {
        if epoch >= self.next_report || epoch == self.training.epochs {
            self.next_report = epoch + REPORT_STRIDE;
            if progress.report(epoch, self.training.epochs) == ControlFlow::Break(()) {
                return Err(SimError::Cancelled);
            }
        }
        Ok(())
    }

    /// Records the errors of `epoch`.
    #[inline]
    pub(crate) fn observe(&mut self, epoch: u64, errors: &Errors) -> Sight {
        let logged = self.next_logged() == Some(epoch);
        self.logged += usize::from(logged);
        self.recorder.observe(epoch, errors, logged);
        let rise = errors.train - self.recorder.least_train();
        match rise.is_nan() || rise > self.allowed_rise {
            true => Sight::Diverged(errors.train),
            false if logged => Sight::Logged,
            false => Sight::Usual,
        }
    }

    /// Does what the errors call for.
    #[inline]
    pub(crate) fn look(&mut self, sight: Sight, epoch: u64, student: &mut dyn Student) -> Result<(), SimError> {
        match sight {
            Sight::Usual => Ok(()),
            Sight::Logged => {
                student.require_alive(self.run, epoch)?;
                self.modes.push(student.modes()?);
                Ok(())
            }
            Sight::Diverged(train_error) => Err(SimError::Diverged {
                run: self.run.to_owned(),
                epoch,
                train_error,
                learning_rate: self.training.learning_rate,
                bound: student.learning_rate_bound(),
            }),
        }
    }

    pub(crate) fn finish(self, teacher_squared_norms: &[f64]) -> TrainingRecord {
        let (train, tests, train_crossings) = self.recorder.finish(teacher_squared_norms);
        TrainingRecord { epochs: self.epochs, train, tests, train_crossings, modes: self.modes }
    }
}
