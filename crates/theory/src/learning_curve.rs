//! Train and test error of a student over time.

use crate::data_spectrum::DataSpectrum;
use crate::noise_bulk::NoiseBulk;
use crate::test_error::{TestError, TestErrorMode};
use crate::{ModeGrowth, Stopping, Student, Task, TheoryError};

/// The errors of a student that learns a task, as functions of time in units of τ = 1/learning rate.
///
/// With ŝ_α, O_α the data strength and overlap of teacher mode α, s_α = s(t; ŝ_α), r the number of *detectable* teacher
/// modes, ⟨·⟩ averages over the bulk of noise modes (⟨·⟩_in over those the student holds, the top fraction (K−r)₊/(M−r) of
/// the bulk, ⟨·⟩_out over the rest), M data modes, K = min(N₂, M) held:
///
/// ```text
/// ε_te = [ Σ_{α≤min(r,K)} (s_α² − 2 s_α s̄_α ρ O_α) + Σ_α s̄_α² + (M−r)⟨s²⟩_in ] / Σ s̄_α²
/// ε_tr = [ Σ_{α≤K} (ŝ_α − s_α)² + Σ_{α>K} ŝ_α² + (M−r)(⟨(ŝ−s)²⟩_in + ⟨ŝ²⟩_out) ] / [ Σ ŝ_α² + (M−r)⟨ŝ²⟩ ]
/// ```
///
/// (the paper's section 3; for P ≠ N₁ see [`DataSpectrum`]; for P > N₁ the train error is (E + D·numerator)/(E +
/// D·denominator)). Both are 1 for a student that outputs 0. Without noise the M − r further data modes have ŝ = 0.
///
/// A teacher mode at or below the threshold is not to be seen in the data: it counts in Σ_α s̄_α² alone, and the data have
/// one noise mode more. So the errors do not depend on how many modes a teacher has that are too weak to matter. As a mode
/// passes the threshold, one of M − r average noise modes becomes one at the edge: a step of order 1/M in both errors, as
/// large as all that these formulas leave out ([`LearningCurve::with_finite_size_bulk`] has it, and no step).
/// Errors are accurate to 1e-11 relative (train errors above 1e-6 of the data), as tried on random problems with L from 1 to 50, ε from
/// 1e-6 to 1 and A from 0.3 to 3; the table is in docs/CONFORMANCE.md.
///
/// ```
/// use theory::{LearningCurve, Student, Task};
/// let task = Task::new(100, 50, &[4.0])?;
/// let curve = LearningCurve::new(&task, &Student::new(50, 2, 1e-5)?);
/// assert!((curve.test_error_at(2.0)? - 0.0958818).abs() < 1e-6);
/// assert!((curve.optimal_stopping(10.0)?.time - 1.8233753).abs() < 1e-6);
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct LearningCurve {
    task: Task,
    spectrum: DataSpectrum,
    /// K.
    capacity: usize,
    /// ŝ_α of the detectable teacher modes.
    data_strengths: Vec<f64>,
    error: TestError,
}

/// Train and test error at one time.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Errors {
    /// ε_tr.
    pub train: f64,
    /// ε_te.
    pub test: f64,
}

/// The test error, term by term; the terms add up to it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct TestErrorParts {
    /// For each teacher mode (s_α² − 2 s_α s̄_α ρ O_α + s̄_α²) / Σ s̄², in the order of the strengths.
    pub modes: Vec<f64>,
    /// The learned noise, (M−r)⟨s²⟩_in / Σ s̄².
    pub noise: f64,
}

impl LearningCurve {
    /// The curve of a student that learns a task, with the paper's bulk.
    pub fn new(task: &Task, student: &Student) -> Self {
        let spectrum = DataSpectrum::new(task);
        let capacity = student.capacity(task);
        let detectable = spectrum.detectable(task.strengths().iter().copied());
        let modes = task.strengths().iter().enumerate().map(|(index, &strength)| {
            let mode = TestErrorMode::of_spike(&spectrum, strength);
            if index < capacity.min(detectable) { mode } else { mode.never_learned() }
        });
        let error = TestError {
            growth: student.growth_at_pace(spectrum.pace()),
            pace: spectrum.pace(),
            modes: modes.collect(),
            bulk: NoiseBulk::new(spectrum.matrix(), detectable, capacity),
            noise_share: 1.0,
            squared_norm: task.signal_power(),
        };
        let data_strengths =
            task.strengths()[..detectable].iter().map(|&strength| spectrum.strength(strength)).collect();
        Self { task: task.clone(), spectrum, capacity, data_strengths, error }
    }

    /// The same to first order in 1/size: how spikes move the noise modes, what these have of the teacher, and what Gaussian noise
    /// alone has beside its law.
    ///
    /// Beyond the paper. With θ = s̄ρ/κ and w = θ²/√A of every teacher mode, detectable or not, and φ of the bulk's x² = 1 + A + 2√A cos φ,
    ///
    /// ```text
    /// (M−r)⟨f⟩ becomes M⟨f⟩ + [f(κ|1−√A|) + f(κ(1+√A))]/4 − ½ ∫ f dφ/π + Σ_α ∫ f (w cos φ − w²)/(1 − 2w cos φ + w²) dφ/π
    /// ⟨s²⟩ terms of ε_te get − 2 Σ_α ∫ s · 2θ²κ sin²φ / [x (1 − 2w cos φ + w²)] dφ/π
    /// ```
    ///
    /// The last line is the overlap of noise modes with the teacher, of the order 1/size in each of them and, in the sum, as
    /// large as what a spike contributes. Of modes too weak to be detected it is all that is ever learned: gradient descent learns a
    /// part of them before it learns the noise around them. What is left out is of the order 1/size of the spikes' own part.
    ///
    /// The errors are continuous in every strength, also at the threshold, and right at the end, where a wide student is
    /// the data: its squared test error is the squared norm of the noise, nmν, and that of the data is nmν + Σ (s̄ρ)².
    /// Means of 200 draws at sizes of 50 to 120 lie within their scatter at all times, for wide and narrow students and teachers with weak
    /// modes; the paper's formula is 1 to 3 % off in the train error, and up to 10 % in the test error where it rises.
    ///
    /// [`TestErrorParts::noise`] is then what noise modes add less what they have of the teacher; it may be negative.
    pub fn with_finite_size_bulk(mut self) -> Self {
        let visible = |strength: &f64| self.spectrum.visibility() * strength;
        let strengths: Vec<f64> = self.task.strengths().iter().map(visible).collect();
        self.error.bulk = self.error.bulk.with_correction(self.spectrum.matrix(), &strengths, self.capacity);
        self
    }

    /// The task.
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// The spectrum of the task's data.
    pub fn spectrum(&self) -> &DataSpectrum {
        &self.spectrum
    }

    /// ŝ_α of the detectable teacher modes, in the order of the strengths.
    pub fn data_strengths(&self) -> &[f64] {
        &self.data_strengths
    }

    /// s(t; ŝ_α) of the detectable teacher modes at time `t`; 0 for those the student has no room for.
    ///
    /// # Panics
    /// If `t` is negative or NaN.
    pub fn strengths_at(&self, t: f64) -> Vec<f64> {
        let time = self.spectrum.pace() * t;
        let strength =
            |(index, &s_hat)| if index < self.capacity { self.growth().strength_at(s_hat, time) } else { 0.0 };
        self.data_strengths.iter().enumerate().map(strength).collect()
    }

    /// ε_tr(t).
    ///
    /// # Panics
    /// If `t` is negative or NaN.
    pub fn train_error_at(&self, t: f64) -> f64 {
        let time = self.spectrum.pace() * t;
        let [gap] = self.error.bulk.sums_at(self.growth(), time, |state| [state.gap * state.gap]);
        self.train_error_with(t, gap)
    }

    /// ε_te(t).
    ///
    /// # Errors
    /// [`TheoryError::ZeroReference`] for a teacher of rank 0.
    ///
    /// # Panics
    /// If `t` is negative or NaN.
    pub fn test_error_at(&self, t: f64) -> Result<f64, TheoryError> {
        Ok(self.relative_to_teacher()?.at(t))
    }

    /// Both errors at time `t`, for the price of one.
    ///
    /// # Errors
    /// [`TheoryError::ZeroReference`] for a teacher of rank 0.
    ///
    /// # Panics
    /// If `t` is negative or NaN.
    pub fn errors_at(&self, t: f64) -> Result<Errors, TheoryError> {
        let error = self.relative_to_teacher()?;
        let time = self.spectrum.pace() * t;
        let [gap, noise] = error.bulk.sums_beside_teacher_at(
            self.growth(),
            time,
            |state| [state.gap * state.gap, state.strength * state.strength],
            |state| [0.0, -2.0 * state.strength],
        );
        Ok(Errors { train: self.train_error_with(t, gap), test: error.with_noise_sum(t, noise) })
    }

    /// ε_te(t), the contributions of each mode and of the noise apart.
    ///
    /// # Errors
    /// [`TheoryError::ZeroReference`] for a teacher of rank 0.
    ///
    /// # Panics
    /// If `t` is negative or NaN.
    pub fn test_error_parts_at(&self, t: f64) -> Result<TestErrorParts, TheoryError> {
        Ok(self.relative_to_teacher()?.parts_at(t))
    }

    /// The time in \[0, `t_max`\] at which the test error is least, and that error. t = 0 is a legal answer: when
    /// nothing is detectable no training is best. [`LearningCurve::horizon`] is a sufficient `t_max`; an answer that a
    /// longer search could improve is marked ([`Stopping::censored`]).
    ///
    /// # Errors
    /// [`TheoryError::ZeroReference`] for a teacher of rank 0, [`TheoryError::OutOfDomain`] if `t_max` is negative or
    /// not finite.
    pub fn optimal_stopping(&self, t_max: f64) -> Result<Stopping, TheoryError> {
        self.relative_to_teacher()?.optimal_stopping(t_max)
    }

    /// A time, in units of τ, by which all that the student can learn is learned: every detectable mode that it has room for is past
    /// the strength that is best for the test error and within 1 % of ŝ, and so is the strongest noise. Later errors only grow.
    ///
    /// ```
    /// use theory::{LearningCurve, Student, Task};
    /// let curve = LearningCurve::new(&Task::new(200, 80, &[6.0, 1.5])?, &Student::new(80, 3, 1e-4)?);
    /// let best = curve.optimal_stopping(curve.horizon())?;
    /// assert!(!best.censored && best.time < curve.horizon());
    /// assert!(curve.optimal_stopping(0.1 * curve.horizon())?.censored);
    /// # Ok::<(), theory::TheoryError>(())
    /// ```
    pub fn horizon(&self) -> f64 {
        self.error.horizon()
    }

    /// The test error of the non-gradient algorithm, 1 − Σ (s̄ρO)² / Σ s̄²: every data singular value replaced by the
    /// best one for the teacher.
    ///
    /// A bound for all stopping times of a student that starts at zero (see [`crate::Shrinkage`]). It does not depend
    /// on the student.
    ///
    /// # Errors
    /// [`TheoryError::ZeroReference`] for a teacher of rank 0.
    pub fn shrinkage_error(&self) -> Result<f64, TheoryError> {
        crate::shrinkage_error(&self.task)
    }

    fn growth(&self) -> &ModeGrowth {
        &self.error.growth
    }

    fn relative_to_teacher(&self) -> Result<&TestError, TheoryError> {
        if self.task.rank() == 0 {
            return Err(TheoryError::ZeroReference { reference: "the teacher" });
        }
        Ok(&self.error)
    }

    /// ε_tr(t) when (M−r)⟨(ŝ−s)²⟩_in is already known.
    fn train_error_with(&self, t: f64, bulk_gap: f64) -> f64 {
        let time = self.spectrum.pace() * t;
        let gap = |(index, &s_hat): (usize, &f64)| {
            let gap = if index < self.capacity { self.growth().state_at(s_hat, time).gap } else { s_hat };
            gap * gap
        };
        let bulk = &self.error.bulk;
        let numerator =
            self.data_strengths.iter().enumerate().map(gap).sum::<f64>() + bulk_gap + bulk.squared_sum_out();
        let denominator = self.data_strengths.iter().map(|s_hat| s_hat * s_hat).sum::<f64>() + bulk.squared_sum();
        let (residual, density) = (self.spectrum.residual(), self.spectrum.pace());
        (residual + density * numerator) / (residual + density * denominator)
    }
}
