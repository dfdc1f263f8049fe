//! Tasks that are learned one after the other, at finite size.

use super::transfer::{misalignment, sample_teachers};
use super::{TransferPair, check_times, front_grid};
use crate::bracketed_minimum::least_error;
use crate::{DataSpectrum, ExactStudent, InitialWeights, JointTask, Stopping, Student, StudentShape, TheoryError};
use linalg_core::faer::{Mat, MatRef};
use linalg_core::{ThinSvd, generator, in_order, sample_gaussian, squared_frobenius_norm, thin_svd};

/// Draws of the data of two tasks with the same outputs, and students that learn A alone, A and B together (stacked outputs), or first B
/// and then A: randomly initialised, with one hidden layer, solved exactly ([`ExactStudent::followed_by`]).
///
/// Every draw has its own data and initial weights; the student of A alone and that of the sequence start from the same ones. Beyond
/// the paper.
///
/// ```
/// use linalg_core::faer::mat;
/// use theory::{PretrainingEnsemble, Student, Teacher, TransferPair};
///
/// let teacher = |strength| Teacher { outputs: 10, strengths: vec![strength] };
/// let (a, b) = (teacher(1.5), teacher(6.0));
/// let pair = TransferPair { inputs: 20, examples: 20, noise: 1.0, a, b, alignment: mat![[1.0]] };
/// let students = PretrainingEnsemble::sample(&pair, &Student::new(10, 2, 1e-4)?, 8, 1)?;
/// let benefits = students.least_errors(1.0, 8.0)?;
/// // A strong, aligned task helps a weak one more if it is learned with it than if it is learned first.
/// assert!(benefits.iter().map(|draw| draw.joint.test_error - draw.pretrained.test_error).sum::<f64>() < 0.0);
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct PretrainingEnsemble {
    student: Student,
    pace: f64,
    draws: Vec<Draw>,
}

/// The least test errors of task A by three ways of learning it.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct PretrainingBenefit {
    /// A alone, from a fresh start.
    pub alone: Stopping,
    /// A and B together.
    pub joint: Stopping,
    /// A after B; its time counts from the change of tasks.
    pub pretrained: Stopping,
}

impl PretrainingBenefit {
    /// By how much A's least test error is lower after B than from a fresh start.
    pub fn benefit(&self) -> f64 {
        self.alone.test_error - self.pretrained.test_error
    }
}

/// Data matrices and teachers of A and B, and initial weights.
#[derive(Clone, Debug)]
struct Draw {
    data: [ThinSvd; 2],
    stack: ThinSvd,
    teachers: [Mat<f64>; 2],
    start: InitialWeights,
    joint_start: InitialWeights,
}

impl PretrainingEnsemble {
    /// `draws` draws of the data of `pair`, the same directions and noise as those of [`TransferEnsemble`](crate::TransferEnsemble), and
    /// of initial weights.
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] if there are no draws, the tasks differ in their outputs, a teacher is zero, the ranks together exceed
    /// the inputs, P < N₁, or the student has not L = 2; [`TheoryError::Linalg`] if a decomposition fails.
    pub fn sample(pair: &TransferPair, student: &Student, draws: usize, seed: u64) -> Result<Self, TheoryError> {
        crate::error::at_least_one("draws", draws)?;
        let refused =
            |parameter, value: usize, allowed| TheoryError::OutOfDomain { parameter, value: value as f64, allowed };
        let (a, b) = (&pair.a, &pair.b);
        if student.layers() != 2 {
            return Err(refused(
                "layers",
                student.layers(),
                "2 for tasks in sequence, which are solved with one hidden layer only",
            ));
        }
        if a.outputs != b.outputs {
            return Err(refused("outputs of B", b.outputs, "those of A: both are learned by the same units"));
        }
        if pair.examples < pair.inputs {
            return Err(refused("examples", pair.examples, "at least the number of inputs for tasks in sequence"));
        }
        let rank = a.strengths.len() + b.strengths.len();
        if a.strengths.is_empty() || b.strengths.is_empty() || rank > pair.inputs {
            return Err(refused(
                "rank of A plus rank of B",
                rank,
                "one or more each, at most the number of inputs in all",
            ));
        }
        let task = JointTask::pair(pair.inputs, a.clone(), b.clone(), pair.alignment.as_ref())?
            .with_examples(pair.examples)?
            .with_noise(pair.noise)?;
        let spectrum = DataSpectrum::of_sizes(task.inputs(), task.outputs(), task.examples(), task.noise())?;
        let (misalignment, variance) = (misalignment(&pair.alignment)?, spectrum.matrix().entry_variance());
        let draw = |run| Draw::sample(pair, student, &misalignment, variance, seed, run as u64);
        let draws: Result<Vec<Draw>, TheoryError> = in_order(draws, draw).into_iter().collect();
        Ok(Self { student: student.clone(), pace: spectrum.pace(), draws: draws? })
    }

    /// For every draw, the least test errors of A within \[0, `t_max`\] of training on it, after `pretraining` (both in units of τ) of
    /// training on B where that comes first.
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] if a time is negative or not finite.
    pub fn least_errors(&self, pretraining: f64, t_max: f64) -> Result<Vec<PretrainingBenefit>, TheoryError> {
        check_times(&[pretraining], t_max)?;
        let benefit = |run: usize| -> Result<PretrainingBenefit, TheoryError> {
            let draw = &self.draws[run];
            let fresh = ExactStudent::from_svd(&draw.data[0], &draw.start)?;
            let joint = ExactStudent::from_svd(&draw.stack, &draw.joint_start)?;
            Ok(PretrainingBenefit {
                alone: self.least(&fresh, &draw.teachers[0], t_max),
                joint: self.least(&joint, &draw.teachers[0], t_max),
                pretrained: self.least(&self.pretrained(draw, pretraining)?, &draw.teachers[0], t_max),
            })
        };
        in_order(self.draws.len(), benefit).into_iter().collect()
    }

    /// For every draw, the test errors of A and of B at `times` (units of τ) of training on A after `pretraining` of training on B: what
    /// is learned, and what is forgotten.
    ///
    /// # Errors
    /// As [`PretrainingEnsemble::least_errors`].
    pub fn test_errors(&self, pretraining: f64, times: &[f64]) -> Result<Vec<[Vec<f64>; 2]>, TheoryError> {
        check_times(times, pretraining)?;
        let errors = |run: usize| -> Result<[Vec<f64>; 2], TheoryError> {
            let draw = &self.draws[run];
            let student = self.pretrained(draw, pretraining)?;
            let [on_a, on_b] = [&draw.teachers[0], &draw.teachers[1]].map(|teacher| student.project(teacher.as_ref()));
            let (on_a, on_b, mut errors) = (on_a?, on_b?, [Vec::new(), Vec::new()]);
            for t in times {
                let state = student.state_at(t * self.pace);
                errors[0].push(state.test_error(&on_a));
                errors[1].push(state.test_error(&on_b));
            }
            Ok(errors)
        };
        in_order(self.draws.len(), errors).into_iter().collect()
    }

    /// The student of A that comes from B.
    fn pretrained(&self, draw: &Draw, pretraining: f64) -> Result<ExactStudent, TheoryError> {
        let teacher = ExactStudent::from_svd(&draw.data[1], &draw.start)?;
        let data = draw.data[0].reconstruct();
        teacher.followed_by(pretraining * self.pace, data.as_ref())
    }

    /// The least test error of the first outputs, those of `teacher`.
    fn least(&self, student: &ExactStudent, teacher: &Mat<f64>, t_max: f64) -> Stopping {
        let power = squared_frobenius_norm(teacher.as_ref());
        let error = |t: f64| {
            let map = student.map_at(t * self.pace);
            let own: MatRef<'_, f64> = map.as_ref().subrows(0, teacher.nrows());
            squared_frobenius_norm((own - teacher).as_ref()) / power
        };
        let strongest = student.data_strengths()[0] * self.pace;
        let (epsilon, balance) = (self.student.epsilon() * self.pace, self.student.balance().abs() * self.pace);
        // What is known already is learned at once, by modes that have passed their plateau.
        let at_once = std::iter::successors(Some(0.02 / strongest), |t| Some(1.15 * t));
        let front = front_grid(strongest, epsilon, balance, t_max);
        let first = front.get(1).copied().unwrap_or(t_max);
        let grid: Vec<f64> =
            [0.0].into_iter().chain(at_once.take_while(|t| *t < first)).chain(front.into_iter().skip(1)).collect();
        let least = least_error(error, &grid, 0.0);
        Stopping { censored: least.time >= t_max, ..least }
    }
}

impl Draw {
    fn sample(
        pair: &TransferPair,
        student: &Student,
        misalignment: &Mat<f64>,
        variance: f64,
        seed: u64,
        run: u64,
    ) -> Result<Self, TheoryError> {
        let (inputs, outputs) = (pair.inputs, pair.a.outputs);
        let teachers = sample_teachers(pair, misalignment, seed, run).map(|teacher| teacher.matrix());
        let data = [0, 1].map(|index| {
            let mut rng = generator(seed, "transfer noise", &[outputs as u64, index as u64], run);
            &teachers[index] + sample_gaussian(outputs, inputs, variance, &mut rng)
        });
        let stack = super::data_draw::stacked(&data[0], &data[1]);
        let start = |outputs: usize| {
            let shape = StudentShape { inputs, hidden: student.hidden().min(inputs).min(outputs), outputs };
            let sizes = [inputs as u64, student.hidden() as u64, outputs as u64];
            let mut rng = generator(seed, "ensemble initial weights", &sizes, run);
            InitialWeights::sample_balanced(shape, student.epsilon(), student.balance(), &mut rng)
        };
        Ok(Self {
            data: [thin_svd(data[0].as_ref())?, thin_svd(data[1].as_ref())?],
            stack: thin_svd(stack.as_ref())?,
            teachers,
            start: start(outputs)?,
            joint_start: start(2 * outputs)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ensemble, Task, Teacher};
    use linalg_core::faer::mat;

    fn pair(strengths: [f64; 2], q: f64) -> TransferPair {
        let teacher = |strength| Teacher { outputs: 12, strengths: vec![strength] };
        let (a, b) = (teacher(strengths[0]), teacher(strengths[1]));
        TransferPair { inputs: 24, examples: 24, noise: 1.0, a, b, alignment: mat![[q]] }
    }

    fn student() -> Student {
        Student::new(12, 2, 1e-4).unwrap()
    }

    #[test]
    fn without_pretraining_it_is_the_student_alone() {
        let students = PretrainingEnsemble::sample(&pair([3.0, 6.0], 0.5), &student(), 4, 1).unwrap();
        for draw in students.least_errors(0.0, 8.0).unwrap() {
            assert!(draw.benefit().abs() < 1e-9 && !draw.alone.censored, "{draw:?}");
        }
    }

    /// B's own error falls while it is learned, and rises when A takes its place; the means of A alone are those of [`Ensemble::random`].
    #[test]
    fn errors_by_other_roads() {
        let students = PretrainingEnsemble::sample(&pair([3.0, 6.0], 0.5), &student(), 60, 1).unwrap();
        let errors = students.test_errors(1.2, &[0.0, 0.5, 3.0]).unwrap();
        for [_, on_b] in &errors {
            assert!(on_b[0] < 0.3 && on_b[2] > 0.6 && on_b[0] < on_b[1], "{on_b:?}");
        }
        let fresh: Vec<f64> =
            students.least_errors(1.2, 8.0).unwrap().iter().map(|d| d.alone.test_error.ln()).collect();
        let other = Ensemble::sample(&Task::new(24, 12, &[3.0]).unwrap(), 60, 2).unwrap();
        let other = other.random(&student(), &[], 8.0, 0).unwrap().least_test_error().unwrap();
        let summary = crate::Summary::of(&fresh);
        let scatter = (summary.standard_deviation * 2f64.sqrt() / 60f64.sqrt(), other.logarithm.unwrap()[0]);
        assert!((summary.mean - scatter.1).abs() < 4.0 * scatter.0, "{} {scatter:?}", summary.mean);
    }

    #[test]
    fn what_has_no_solution_is_refused() {
        let refused = |pair: TransferPair, student: Student| {
            PretrainingEnsemble::sample(&pair, &student, 2, 1).unwrap_err().to_string()
        };
        let good = || pair([3.0, 6.0], 0.5);
        assert!(refused(good(), Student::new(12, 3, 1e-4).unwrap()).contains("one hidden layer"));
        let narrow = Teacher { outputs: 11, strengths: vec![1.0] };
        assert!(refused(TransferPair { b: narrow, ..good() }, student()).contains("outputs of B"));
        assert!(refused(TransferPair { examples: 20, ..good() }, student()).contains("examples"));
        let zero = Teacher { outputs: 12, strengths: vec![] };
        let zero = TransferPair { b: zero, alignment: Mat::zeros(1, 0), ..good() };
        assert!(refused(zero, student()).contains("rank of A"));
    }
}
