//! Transfer: what one task gains or loses by being learned together with others.

use crate::data_spectrum::DataSpectrum;
use crate::noise_bulk::NoiseBulk;
use crate::test_error::{TestError, TestErrorMode};
use crate::{JointMode, JointTask, LearningCurve, Stopping, Student, TheoryError};

/// Each task's test error in a student that learns them jointly.
///
/// With the joint modes (s̄_α, shares a_α) and the overlaps c_u, c_v of the n × N₁ spiked matrix, f = N_A/n,
///
/// ```text
/// ε_{A←B}(t) = [ ‖W̄_A‖² + Σ_α ( s_α² (c_u² a_α + (1−c_u²) f) − 2 s_α s̄_α c_u c_v a_α ) + f (M−r)⟨s²⟩_in ] / ‖W̄_A‖²
/// ```
///
/// Of joint modes of equal strength a student with too little room for all holds those of the earlier teachers, by convention: the
/// data decide by chance.
///
/// (section 4 of the paper for two rank-one tasks): noise falls on the tasks in proportion to their outputs; the sum runs over
/// the detectable joint modes, r of them. For P ≠
/// N₁ the overlaps and the pace are those of [`DataSpectrum`].
#[derive(Clone, Debug)]
pub struct JointCurve {
    task: JointTask,
    student: Student,
    spectrum: DataSpectrum,
    errors: Vec<TestError>,
}

/// What joint training does to one task.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct TransferBenefit {
    /// The best of training the task alone.
    pub alone: Stopping,
    /// The best of training it with the others.
    pub joint: Stopping,
}

/// The sign of a transfer benefit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum TransferEffect {
    /// Joint training lowers the least test error, as when a weak task meets a strong, aligned one.
    Support,
    /// It raises it, as when the other task is strong and poorly aligned.
    Interference,
    /// Exactly no difference.
    Neutral,
}

impl TransferBenefit {
    /// T^{A←B} = min_t ε_A(t) − min_t ε_{A←B}(t).
    pub fn benefit(&self) -> f64 {
        self.alone.test_error - self.joint.test_error
    }

    /// Its sign.
    pub fn effect(&self) -> TransferEffect {
        match self.benefit() {
            benefit if benefit > 0.0 => TransferEffect::Support,
            benefit if benefit < 0.0 => TransferEffect::Interference,
            _ => TransferEffect::Neutral,
        }
    }
}

impl JointCurve {
    /// A student that learns all teachers of a joint task at once.
    pub fn new(task: &JointTask, student: &Student) -> Self {
        let spectrum = DataSpectrum::of_sizes(task.inputs(), task.outputs(), task.examples(), task.noise())
            .expect("the joint task's constructor validated its sizes and noise");
        let capacity = student.capacity_of(spectrum.modes());
        let detectable = spectrum.detectable(task.modes().iter().map(|mode| mode.strength));
        let bulk = NoiseBulk::new(spectrum.matrix(), detectable, capacity);
        let error = |(index, teacher): (usize, &crate::Teacher)| {
            let noise_share = teacher.outputs as f64 / task.outputs() as f64;
            let kept = task.modes().iter().enumerate().map(|(rank, mode)| {
                let mode = shared_mode(&spectrum, mode, mode.shares[index], noise_share);
                if rank < capacity.min(detectable) { mode } else { mode.never_learned() }
            });
            let lost = task
                .negligible_modes()
                .iter()
                .map(|mode| shared_mode(&spectrum, mode, mode.shares[index], noise_share).never_learned());
            TestError {
                growth: student.growth_at_pace(spectrum.pace()),
                pace: spectrum.pace(),
                modes: kept.chain(lost).collect(),
                bulk: bulk.clone(),
                noise_share,
                squared_norm: teacher.strengths.iter().map(|s| s * s).sum(),
            }
        };
        let errors = task.teachers().iter().enumerate().map(error).collect();
        Self { task: task.clone(), student: student.clone(), spectrum, errors }
    }

    /// The joint task.
    pub fn task(&self) -> &JointTask {
        &self.task
    }

    /// The spectrum of the stacked data.
    pub fn spectrum(&self) -> &DataSpectrum {
        &self.spectrum
    }

    /// ε_{A←…}(t) for A = teacher number `index`, at time `t` in units of τ.
    ///
    /// # Errors
    /// If there is no such teacher or it has rank 0.
    ///
    /// # Panics
    /// If `t` is negative or NaN.
    pub fn test_error_at(&self, index: usize, t: f64) -> Result<f64, TheoryError> {
        Ok(self.error(index)?.at(t))
    }

    /// The time in \[0, `t_max`\] at which the error of teacher number `index` is least.
    ///
    /// # Errors
    /// As [`JointCurve::test_error_at`], or if `t_max` is negative or not finite.
    pub fn optimal_stopping(&self, index: usize, t_max: f64) -> Result<Stopping, TheoryError> {
        self.error(index)?.optimal_stopping(t_max)
    }

    /// A time, in units of τ, by which the joint modes that teacher number `index` has part in, its own modes alone, and the noise
    /// are learned, as [`LearningCurve::horizon`] says; a sufficient `t_max`.
    ///
    /// # Errors
    /// As [`JointCurve::test_error_at`].
    pub fn horizon(&self, index: usize) -> Result<f64, TheoryError> {
        let alone = LearningCurve::new(&self.task.alone(index)?, &self.student);
        Ok(self.error(index)?.horizon().max(alone.horizon()))
    }

    /// The transfer benefit T^{A←…} for A = teacher number `index`, with both minima taken over \[0, `t_max`\]: the
    /// same student trained on A alone against trained on all.
    ///
    /// # Errors
    /// As [`JointCurve::optimal_stopping`].
    pub fn benefit(&self, index: usize, t_max: f64) -> Result<TransferBenefit, TheoryError> {
        let alone = LearningCurve::new(&self.task.alone(index)?, &self.student).optimal_stopping(t_max)?;
        Ok(TransferBenefit { alone, joint: self.optimal_stopping(index, t_max)? })
    }

    fn error(&self, index: usize) -> Result<&TestError, TheoryError> {
        if self.task.teacher(index)?.strengths.is_empty() {
            return Err(TheoryError::ZeroReference { reference: "the teacher" });
        }
        Ok(&self.errors[index])
    }
}

/// The part of a joint mode's error that falls on a task with share a of the mode and share f of the outputs, its
/// square completed.
fn shared_mode(spectrum: &DataSpectrum, mode: &JointMode, share: f64, noise_share: f64) -> TestErrorMode {
    let (output, input) = spectrum.squared_misalignments(mode.strength);
    let squared_output = 1.0 - output;
    let curvature = squared_output * share + output * noise_share;
    let weight = share * mode.strength;
    let (target, floor) = if curvature > 0.0 {
        (
            spectrum.overlap(mode.strength) * weight / curvature,
            weight * mode.strength * (share * squared_output * input + output * noise_share) / curvature,
        )
    } else {
        (0.0, weight * mode.strength)
    };
    TestErrorMode { data_strength: spectrum.strength(mode.strength), curvature, target, floor }
}
