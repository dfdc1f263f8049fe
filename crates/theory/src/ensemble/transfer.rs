//! Transfer between two tasks at finite size.

use super::aligned::AlignedRun;
use super::check_times;
use super::data_draw::{DataDraw, DrawnData, Factors, stacked};
use crate::{DataSpectrum, JointTask, Student, Summary, Teacher, TheoryError, TransferBenefit};
use linalg_core::faer::{Mat, Side};
use linalg_core::{LinalgError, generator, in_order, sample_gaussian, sample_haar_columns, squared_frobenius_norm};

/// Two tasks that share their inputs, and how their input modes lie to each other.
#[derive(Clone, Debug)]
pub struct TransferPair {
    /// N₁.
    pub inputs: usize,
    /// P.
    pub examples: usize,
    /// σ_z.
    pub noise: f64,
    /// Task A.
    pub a: Teacher,
    /// Task B.
    pub b: Teacher,
    /// V̄_AᵀV̄_B, r_A × r_B; one number q for two tasks of rank one.
    pub alignment: Mat<f64>,
}

/// Draws of the data of two tasks, alone and stacked: transfer without training and without asymptotics.
///
/// In every draw the two teachers have Haar-distributed modes with the given alignment, and a task alone is the same data as in
/// company: same teacher, same noise. Students are training aligned, of any depth, as in [`Ensemble::aligned`](crate::Ensemble::aligned);
/// a task's test error in company counts its own outputs only,
///
/// ```text
/// ε_A = [Σᵢ (sᵢ² ‖ûᵢ,A‖² − 2 sᵢ ûᵢ,Aᵀ W̄_A v̂ᵢ) + ‖W̄_A‖²] / ‖W̄_A‖²,
/// ```
///
/// with ûᵢ,A the rows of ûᵢ that are outputs of A.
///
/// # Example
///
/// A weak task gains from a strong, aligned one in almost every pair of networks.
///
/// ```
/// use linalg_core::faer::mat;
/// use theory::{Student, Teacher, TransferEnsemble, TransferPair};
///
/// let teacher = |strength| Teacher { outputs: 10, strengths: vec![strength] };
/// let (a, b) = (teacher(1.2), teacher(6.0));
/// let pair = TransferPair { inputs: 20, examples: 20, noise: 1.0, a, b, alignment: mat![[0.95]] };
/// let ensemble = TransferEnsemble::sample(&pair, 100, 1)?;
/// let benefit = ensemble.benefit(&Student::new(10, 2, 1e-4)?, 0, 10.0)?;
/// assert!(benefit.band_50[0] > 0.0);
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TransferEnsemble {
    task: JointTask,
    draws: Vec<TransferDraw>,
}

/// One draw of two tasks.
#[derive(Clone, Debug)]
struct TransferDraw {
    /// A and B, each on its own.
    alone: [DataDraw; 2],
    /// The stack, with A and B as its blocks.
    joint: DataDraw,
}

impl TransferEnsemble {
    /// `draws` draws of the data of `pair`; they depend on `seed`, the draw's index and the sizes only, so that other strengths
    /// and alignments are compared on the same directions and the same noise.
    ///
    /// # Errors
    /// As [`JointTask::pair`]; [`TheoryError::OutOfDomain`] if there are no draws or fewer inputs than the two ranks together;
    /// [`TheoryError::Linalg`] if a decomposition fails.
    pub fn sample(pair: &TransferPair, draws: usize, seed: u64) -> Result<Self, TheoryError> {
        crate::error::at_least_one("draws", draws)?;
        let task = JointTask::pair(pair.inputs, pair.a.clone(), pair.b.clone(), pair.alignment.as_ref())?
            .with_examples(pair.examples)?
            .with_noise(pair.noise)?;
        let directions = pair.a.strengths.len() + pair.b.strengths.len();
        if directions > pair.inputs {
            let (parameter, allowed) = ("rank of A plus rank of B", "at most the number of inputs");
            return Err(TheoryError::OutOfDomain { parameter, value: directions as f64, allowed });
        }
        let misalignment = misalignment(&pair.alignment)?;
        let sample = |run| TransferDraw::sample(pair, &task, &misalignment, seed, run as u64);
        let draws: Result<Vec<_>, TheoryError> = in_order(draws, sample).into_iter().collect();
        Ok(Self { draws: draws?, task })
    }

    /// The joint task.
    pub fn task(&self) -> &JointTask {
        &self.task
    }

    /// For every draw, what learning task `index` (0: A, 1: B) together with the other does to it, both minima taken over
    /// \[0, `t_max`\].
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] if there is no such task or `t_max` is negative or not finite, [`TheoryError::ZeroReference`] if its
    /// teacher is zero.
    pub fn benefits(&self, student: &Student, index: usize, t_max: f64) -> Result<Vec<TransferBenefit>, TheoryError> {
        self.check_task(index)?;
        check_times(&[], t_max)?;
        let growth = student.growth_at_pace(self.draws[0].joint.pace());
        let benefit = |run: usize| TransferBenefit {
            alone: AlignedRun::new(&self.draws[run].alone[index], student, &growth).stopping(0, t_max),
            joint: AlignedRun::new(&self.draws[run].joint, student, &growth).stopping(index, t_max),
        };
        Ok(in_order(self.draws.len(), benefit))
    }

    /// The transfer benefit T^{A←B} = min_t ε_A(t) − min_t ε_{A←B}(t) for A = task `index`, over draws.
    ///
    /// # Errors
    /// As [`TransferEnsemble::benefits`].
    pub fn benefit(&self, student: &Student, index: usize, t_max: f64) -> Result<Summary, TheoryError> {
        let benefits = self.benefits(student, index, t_max)?;
        Ok(Summary::of(&benefits.iter().map(TransferBenefit::benefit).collect::<Vec<_>>()))
    }

    /// The test error of task `index` when both are learned together, at `times` (units of τ), over draws.
    ///
    /// # Errors
    /// As [`TransferEnsemble::benefits`], or [`TheoryError::OutOfDomain`] if a time is negative or not finite.
    pub fn test_errors(&self, student: &Student, index: usize, times: &[f64]) -> Result<Vec<Summary>, TheoryError> {
        self.check_task(index)?;
        check_times(times, 1.0)?;
        let growth = student.growth_at_pace(self.draws[0].joint.pace());
        let errors = |run: usize| AlignedRun::new(&self.draws[run].joint, student, &growth).block_errors(index, times);
        Ok(Summary::of_curves(&in_order(self.draws.len(), errors)))
    }

    fn check_task(&self, index: usize) -> Result<(), TheoryError> {
        if self.task.teacher(index)?.strengths.is_empty() {
            return Err(TheoryError::ZeroReference { reference: "the teacher" });
        }
        Ok(())
    }
}

impl TransferDraw {
    fn sample(
        pair: &TransferPair,
        task: &JointTask,
        misalignment: &Mat<f64>,
        seed: u64,
        run: u64,
    ) -> Result<Self, TheoryError> {
        let spectrum = DataSpectrum::of_sizes(task.inputs(), task.outputs(), task.examples(), task.noise())?;
        let matrix = spectrum.matrix();
        let surplus = pair.examples.saturating_sub(pair.inputs);
        let [teacher_a, teacher_b] = sample_teachers(pair, misalignment, seed, run);
        let noise = |outputs: usize, index| {
            let stream = |purpose| generator(seed, purpose, &[outputs as u64, index], run);
            let fitted =
                sample_gaussian(outputs, matrix.columns(), matrix.entry_variance(), &mut stream("transfer noise"));
            let variance = pair.noise.powi(2) / pair.inputs as f64;
            let unfitted = sample_gaussian(outputs, surplus, variance, &mut stream("transfer residual"));
            (fitted, squared_frobenius_norm(unfitted.as_ref()))
        };
        let (outputs_a, outputs_b) = (pair.a.outputs, pair.b.outputs);
        let ((noise_a, residual_a), (noise_b, residual_b)) = (noise(outputs_a, 0), noise(outputs_b, 1));
        let draw = |teacher, noise, residual, blocks: &[usize]| -> Result<DataDraw, TheoryError> {
            Ok(DrawnData::from_parts(teacher, noise, residual, spectrum.pace())?.reduce(blocks))
        };
        let (teacher, noise) = (teacher_a.stacked_on(&teacher_b), stacked(&noise_a, &noise_b));
        Ok(Self {
            joint: draw(teacher, noise, residual_a + residual_b, &[outputs_a, outputs_b])?,
            alone: [
                draw(teacher_a, noise_a, residual_a, &[outputs_a])?,
                draw(teacher_b, noise_b, residual_b, &[outputs_b])?,
            ],
        })
    }
}

/// The two teachers of draw number `run`.
pub(super) fn sample_teachers(pair: &TransferPair, misalignment: &Mat<f64>, seed: u64, run: u64) -> [Factors; 2] {
    let TransferPair { inputs, a, b, alignment, .. } = pair;
    let (rank_a, rank_b) = (a.strengths.len(), b.strengths.len());
    let mut rng = generator(seed, "transfer inputs", &[*inputs as u64], run);
    let directions = sample_haar_columns(*inputs, rank_a + rank_b, &mut rng);
    let (right_a, rest) = directions.as_ref().split_at_col(rank_a);
    // V̄_B = V̄_A Q + V_⊥ R with RᵀR = I − QᵀQ.
    let right_b = right_a * alignment + rest * misalignment;
    let teacher = |teacher: &Teacher, right, index| {
        let mut rng = generator(seed, "transfer outputs", &[teacher.outputs as u64, index], run);
        let left = sample_haar_columns(teacher.outputs, teacher.strengths.len(), &mut rng);
        Factors { left, strengths: teacher.strengths.clone(), right }
    };
    [teacher(a, right_a.to_owned(), 0), teacher(b, right_b, 1)]
}

/// R, r_B × r_B, with RᵀR = I − QᵀQ.
pub(super) fn misalignment(alignment: &Mat<f64>) -> Result<Mat<f64>, TheoryError> {
    let size = alignment.ncols();
    if size == 0 {
        return Ok(Mat::zeros(0, 0));
    }
    let gram = Mat::<f64>::identity(size, size) - alignment.transpose() * alignment;
    let no_convergence = |_| LinalgError::NoConvergence { rows: size, columns: size };
    let eigen = gram.self_adjoint_eigen(Side::Lower).map_err(no_convergence)?;
    let (vectors, values) = (eigen.U(), eigen.S().column_vector());
    // Exactly aligned modes leave eigenvalues that are zero up to rounding; the joint task has refused truly negative ones.
    Ok(Mat::from_fn(size, size, |i, j| values[i].max(0.0).sqrt() * vectors[(j, i)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::JointCurve;
    use linalg_core::faer::mat;
    use linalg_core::singular_values;

    fn pair(strength_a: f64, strength_b: f64, q: f64) -> TransferPair {
        let teacher = |strength| Teacher { outputs: 30, strengths: vec![strength] };
        let (a, b) = (teacher(strength_a), teacher(strength_b));
        TransferPair { inputs: 60, examples: 60, noise: 1.0, a, b, alignment: mat![[q]] }
    }

    #[test]
    fn the_mean_tends_to_the_asymptotic_benefit() {
        let student = Student::new(60, 2, 1e-4).unwrap();
        for (strength_a, strength_b, q) in [(1.0, 5.0, 0.9), (3.0, 6.0, 0.2), (3.0, 3.0, 1.0), (2.0, 1.5, -0.6)] {
            let ensemble = TransferEnsemble::sample(&pair(strength_a, strength_b, q), 60, 2).unwrap();
            let curve = JointCurve::new(ensemble.task(), &student);
            for index in [0, 1] {
                let found = ensemble.benefit(&student, index, 8.0).unwrap();
                let expected = curve.benefit(index, 8.0).unwrap();
                // 4 standard errors (false alarm 6e-5) and corrections of order 1/√n of the errors near the threshold.
                let allowed = 4.0 * found.standard_error() + 0.05 * expected.alone.test_error;
                let gap = (found.mean - expected.benefit()).abs();
                assert!(gap < allowed, "{strength_a}, {strength_b}, {q}: {} for {}", found.mean, expected.benefit());
                let errors = ensemble.test_errors(&student, index, &[0.0, 20.0]).unwrap();
                let late = curve.test_error_at(index, 20.0).unwrap();
                assert!((errors[0].mean - 1.0).abs() < 1e-3);
                // Late, when most noise is learned, each detectable spike has A + 3A/θ² too much of the 60 that there are: up to
                // 9 % for these.
                let allowed = 4.0 * errors[1].standard_error() + 0.1 * late;
                assert!((errors[1].mean - late).abs() < allowed, "{} for {late}", errors[1].mean);
            }
        }
    }

    #[test]
    fn teachers_have_the_given_alignment_and_joint_modes() {
        let teacher = |outputs, strengths: &[f64]| Teacher { outputs, strengths: strengths.to_vec() };
        for alignment in [mat![[0.6], [-0.5]], mat![[0.0], [1.0]]] {
            let (a, b) = (teacher(4, &[3.0, 2.0]), teacher(5, &[2.5]));
            let pair = TransferPair { inputs: 9, examples: 9, noise: 1.0, a, b, alignment };
            let misalignment = misalignment(&pair.alignment).unwrap();
            let [a, b] = sample_teachers(&pair, &misalignment, 3, 0);
            assert!((a.right.transpose() * &b.right - &pair.alignment).norm_max() < 1e-14);
            assert!((b.right.transpose() * &b.right - Mat::<f64>::identity(1, 1)).norm_max() < 1e-14);
            let stack = singular_values(a.stacked_on(&b).matrix().as_ref()).unwrap();
            let task = TransferEnsemble::sample(&pair, 1, 3).unwrap().task;
            for (mode, strength) in task.modes().iter().zip(stack) {
                assert!((mode.strength - strength).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn a_task_alone_is_the_same_whatever_its_company() {
        let student = Student::new(60, 2, 1e-4).unwrap();
        let alone = |strength_b, q| {
            let ensemble = TransferEnsemble::sample(&pair(2.0, strength_b, q), 3, 5).unwrap();
            ensemble.benefits(&student, 0, 6.0).unwrap().into_iter().map(|benefit| benefit.alone).collect::<Vec<_>>()
        };
        assert_eq!(alone(1.0, 0.3), alone(7.0, 0.9));
    }

    #[test]
    fn what_is_not_defined_is_refused() {
        let student = Student::new(60, 2, 1e-4).unwrap();
        assert!(TransferEnsemble::sample(&pair(1.0, 1.0, 1.1), 1, 1).is_err());
        assert!(TransferEnsemble::sample(&pair(1.0, 1.0, 0.5), 0, 1).is_err());
        let ensemble = TransferEnsemble::sample(&pair(1.0, 1.0, 0.5), 1, 1).unwrap();
        assert!(ensemble.benefit(&student, 2, 1.0).is_err() && ensemble.benefit(&student, 0, -1.0).is_err());
        let zero = TransferPair {
            a: Teacher { outputs: 30, strengths: Vec::new() },
            alignment: Mat::zeros(0, 1),
            ..pair(1.0, 2.0, 0.0)
        };
        let ensemble = TransferEnsemble::sample(&zero, 1, 1).unwrap();
        assert!(matches!(ensemble.benefit(&student, 0, 1.0), Err(TheoryError::ZeroReference { .. })));
        assert!(ensemble.benefit(&student, 1, 4.0).is_ok());
    }
}
