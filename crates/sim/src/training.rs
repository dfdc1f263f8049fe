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
        0.05
    }
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
    let epochs = training.schedule.epochs(training.epochs)?;
    let mut recorder = Recorder::new(epochs.len(), teacher_squared_norms.len(), &training.train_thresholds);
    let mut modes = Vec::with_capacity(epochs.len());
    let mut upcoming = epochs.iter().copied().peekable();
    let allowed_rise = student.allowed_rise();
    for epoch in 0..=training.epochs {
        if (epoch % REPORT_STRIDE == 0 || epoch == training.epochs)
            && progress.report(epoch, training.epochs) == ControlFlow::Break(())
        {
            return Err(SimError::Cancelled);
        }
        let logged = upcoming.next_if_eq(&epoch).is_some();
        let errors = student.measure();
        recorder.observe(epoch, errors, logged);
        let rise = errors.train - recorder.least_train();
        if rise.is_nan() || rise > allowed_rise {
            return Err(SimError::Diverged {
                run: run.to_owned(),
                epoch,
                train_error: errors.train,
                learning_rate: training.learning_rate,
                bound: student.learning_rate_bound(),
            });
        }
        if logged {
            student.require_alive(run, epoch)?;
            modes.push(student.modes()?);
        }
        if epoch < training.epochs {
            student.descend();
        }
    }
    let (train, tests, train_crossings) = recorder.finish(teacher_squared_norms);
    Ok(TrainingRecord { epochs, train, tests, train_crossings, modes })
}
