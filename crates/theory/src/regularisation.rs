//! What to do about noise: stop in time, let the weights decay, both, or shrink.

use crate::bracketed_minimum::least_value;
use crate::error::{Brakes, non_negative};
use crate::{LearningCurve, RiskEstimate, Stopping, Student, Task, TheoryError};

/// The least test errors of one task by four means against noise.
///
/// * **stopping**: train without decay up to the best time;
/// * **decay**: train for ever, with the best weight decay γ;
/// * **both**: the best γ with the best time for it;
/// * **shrinkage**: the non-gradient algorithm, a bound for all that keep the data's modes (see [`Shrinkage`](crate::Shrinkage)).
///
/// For two layers decay alone is soft thresholding, which takes the same from every strength and so too much from the strong ones; with a
/// time limit beside it decay need only part the noise from the weakest mode, while the time parts learned from unlearned.
/// With several modes of different strength both together come close to shrinkage.
///
/// Least errors are accurate to 1e-10 relative; γ and the times, where the minimum is flat, to about 1e-5.
///
/// ```
/// use theory::{Regularisation, Student, Task};
/// let task = Task::new(100, 50, &[3.0, 2.5, 2.0, 1.5])?;
/// let best = Regularisation::new(&task, &Student::new(50, 2, 1e-5)?, 12.0)?;
/// assert!((best.stopping.test_error - 0.2826).abs() < 1e-4); // at t = 2.85 τ
/// assert!((best.decay.test_error - 0.3348).abs() < 1e-4); // with γ = 1.23
/// assert!((best.both.test_error - 0.2514).abs() < 1e-4); // with γ = 0.60, at t = 4.53 τ
/// assert!((best.shrinkage_error - 0.2490).abs() < 1e-4);
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Regularisation {
    /// The best time without decay.
    pub stopping: Stopping,
    /// The best decay without a time limit.
    pub decay: BestDecay,
    /// The best decay and time together.
    pub both: BestDecayAndTime,
    /// The error of the non-gradient algorithm.
    pub shrinkage_error: f64,
}

/// The best weight decay of a student that is trained for ever.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct BestDecay {
    /// γ.
    pub decay: f64,
    /// ε_te(∞).
    pub test_error: f64,
}

/// The best weight decay with the best time for it.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct BestDecayAndTime {
    /// γ.
    pub decay: f64,
    /// t, in units of τ.
    pub time: f64,
    /// ε_te(t).
    pub test_error: f64,
    /// Whether a later time than the last one looked at may be better; see [`Stopping::censored`].
    pub censored: bool,
}

/// Decays looked at before the best are refined.
const ALONE: usize = 128;
const TOGETHER: usize = 32;
const FROM_DATA: usize = 16;

impl Regularisation {
    /// For a student as it is but for its own decay, which is replaced; times up to `t_max`, or for `None` up to each decay's own
    /// [horizon](LearningCurve::horizon).
    ///
    /// # Errors
    /// [`TheoryError::ZeroReference`] for a teacher of rank 0, [`TheoryError::OutOfDomain`] if `t_max` is negative or not finite,
    /// [`TheoryError::DecayWithBalance`] for a student with a balance λ ≠ 0, of which decay has no closed form.
    pub fn new(task: &Task, student: &Student, t_max: impl Into<Option<f64>>) -> Result<Self, TheoryError> {
        let t_max = t_max.into().map(|t_max| non_negative("t_max", t_max)).transpose()?;
        let best_time = |curve: &LearningCurve| curve.optimal_stopping(t_max.unwrap_or_else(|| curve.horizon()));
        let curve = |decay: f64| -> Result<LearningCurve, TheoryError> {
            Ok(LearningCurve::new(task, &student.clone().with_decay(decay)?))
        };
        let plain = curve(0.0)?;
        let stopping = best_time(&plain)?;
        let shrinkage_error = plain.shrinkage_error()?;
        let edge = plain.spectrum().matrix().edge();
        let strongest = plain.data_strengths().iter().copied().fold(edge, f64::max);
        let most = largest_decay(strongest, plain.spectrum().pace(), student)?;
        // Both are defined wherever the plain student's error is.
        let braked = |decay: f64| curve(decay).expect("a decay between legal ones is legal");
        let ended = |decay: f64| braked(decay).test_error_at(f64::INFINITY).expect("the teacher is not zero");
        let stopped = |decay: f64| best_time(&braked(decay)).expect("the teacher is not zero");
        let (decay, test_error) = least_value(ended, &decays(student, most, ALONE));
        let (best, _) = least_value(|decay| stopped(decay).test_error, &decays(student, most, TOGETHER));
        let Stopping { time, test_error: both_error, censored } = stopped(best);
        let both = BestDecayAndTime { decay: best, time, test_error: both_error, censored };
        Ok(Self { stopping, decay: BestDecay { decay, test_error }, both, shrinkage_error })
    }
}

impl BestDecayAndTime {
    /// The decay and the time at which the error that the data tell of is least, with no teacher and nothing held out:
    /// `risk` is of
    /// `student`, whose own decay is replaced; times up to `t_max`, and the error relative to ‖W̄‖² as in
    /// [`RiskEstimate::test_error_at`].
    ///
    /// The times looked at are equally spaced in their logarithm and the best of them is refined by a parabola: enough
    /// for a minimum that is
    /// flat. Like the least value of any unbiased curve, the error is biased low.
    ///
    /// # Errors
    /// As [`RiskEstimate::test_error_at`]; [`TheoryError::OutOfDomain`] if `t_max` is negative or not finite,
    /// [`TheoryError::DecayWithBalance`] for a student with a balance.
    pub fn from_data(risk: &RiskEstimate, student: &Student, t_max: f64) -> Result<Self, TheoryError> {
        non_negative("t_max", t_max)?;
        let strongest = risk.data_strengths().first().copied().unwrap_or(0.0);
        let most = largest_decay(strongest, risk.pace(), student)?;
        let stopped = |decay: f64| {
            let braked = risk.with_student_decay(decay).expect("a decay between legal ones is legal");
            braked.least_of_coarse_times(t_max)
        };
        let (decay, _) = least_value(|decay| stopped(decay).test_error, &decays(student, most, FROM_DATA));
        let Stopping { time, censored, .. } = stopped(decay);
        let test_error = risk.with_student_decay(decay)?.test_error_at(time)?;
        Ok(Self { decay, time, test_error, censored })
    }
}

/// The decay beyond which no mode is learned from data whose strongest is `strongest`, or an error if the student
/// cannot have one.
fn largest_decay(strongest: f64, pace: f64, student: &Student) -> Result<f64, TheoryError> {
    // max of s^q (ŝ − s), q = 1 − 2/L.
    let q = 1.0 - 2.0 / student.layers() as f64;
    let most = match student.layers() {
        // Ridge regression only shrinks: beyond this nothing is left.
        1 => 1e4,
        2 => strongest,
        _ => (q / (1.0 + q)).powf(q) / (1.0 + q) * strongest.powf(1.0 + q),
    };
    let decay = pace * most;
    Brakes { decay, balance: student.balance() }.validated(student.layers())?;
    Ok(decay)
}

/// 0 and decays up to `most`: evenly for two layers; for one evenly in what it leaves, 1/(1+γ); for more evenly in the logarithm, since a
/// small start bears little.
fn decays(student: &Student, most: f64, count: usize) -> Vec<f64> {
    let part = |k: usize| k as f64 / count as f64;
    let decay = |k: usize| match student.layers() {
        1 => part(k) / (1.0 + 1.0 / most - part(k)),
        2 => most * part(k),
        _ => most * (1e-8f64).powf(1.0 - part(k)),
    };
    std::iter::once(0.0).chain((1..=count).map(decay)).collect()
}
