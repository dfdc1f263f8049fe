//! What can go wrong in this crate.

use linalg_core::LinalgError;

/// An experiment that this crate refuses or could not finish.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SimError {
    /// A value of an experiment's description lies outside what is allowed.
    #[error("{field} is {given}: it must be {allowed}")]
    Invalid {
        /// Name of the field.
        field: &'static str,
        /// The value given.
        given: String,
        /// What is allowed, in words.
        allowed: String,
    },
    /// Gradient descent with too large a step.
    #[error(
        "{run}: gradient descent diverges (epoch {epoch}, train error {train_error:.3e}): the learning rate is \
         {learning_rate}; the end of training needs less than {bound:.4e}, a start above the data strengths less still"
    )]
    Diverged {
        /// Which run it was.
        run: String,
        /// Epoch at which it was noticed; 0 if it was refused beforehand.
        epoch: u64,
        /// Train error at that epoch.
        train_error: f64,
        /// λ as given.
        learning_rate: f64,
        /// The largest λ for which the end of training is stable.
        bound: f64,
    },
    /// A nonlinear student whose weights or outputs grow without bound.
    #[error(
        "{run}: training explodes (epoch {epoch}, train error {train_error:.3e}): lower the learning rate, {learning_rate} \
         (a linear student on these data needs less than {linear_bound:.4e}), or the scale of the start"
    )]
    Exploded {
        /// Which run it was.
        run: String,
        /// Epoch at which it was noticed.
        epoch: u64,
        /// Train error at that epoch; may be NaN.
        train_error: f64,
        /// λ as given.
        learning_rate: f64,
        /// The largest λ for which the end of training is stable for a linear student.
        linear_bound: f64,
    },
    /// A nonlinear student none of whose weights can ever move again.
    #[error(
        "{run}: training is stuck (epoch {epoch}, train error {train_error:.3e}): every gradient is exactly zero, because \
         all paths lead through dead or zero units; use a positive slope or another start"
    )]
    Stuck {
        /// Which run it was.
        run: String,
        /// Epoch at which it was noticed.
        epoch: u64,
        /// Train error at that epoch.
        train_error: f64,
    },
    /// The relative test error of a zero teacher was asked for.
    #[error(
        "task {task} has a zero teacher: its relative test error is undefined, only data, spectra and train error exist"
    )]
    ZeroTeacher {
        /// Index of the task.
        task: usize,
    },
    /// A task was asked for that the experiment does not have.
    #[error("task {task} was asked of an experiment with {tasks} task(s)")]
    NoSuchTask {
        /// Index asked for.
        task: usize,
        /// Number of tasks.
        tasks: usize,
    },
    /// An outcome was read as another kind than it is.
    #[error("the outcome of a {found} experiment was read as that of a {asked} experiment")]
    WrongOutcome {
        /// What it is.
        found: &'static str,
        /// What was asked for.
        asked: &'static str,
    },
    /// The monitor asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// A decomposition failed.
    #[error(transparent)]
    Linalg(#[from] LinalgError),
}

impl SimError {
    /// An [`SimError::Invalid`] from anything that prints.
    pub(crate) fn invalid(field: &'static str, given: impl ToString, allowed: impl Into<String>) -> Self {
        Self::Invalid { field, given: given.to_string(), allowed: allowed.into() }
    }
}
