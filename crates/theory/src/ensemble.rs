//! Learning at finite size: the same theory averaged over data matrices of the actual size.

mod aligned;
mod data_draw;
mod pretraining;
mod stopping_trial;
mod trajectory;
mod transfer;

pub use data_draw::DataDraw;
pub use pretraining::{PretrainingBenefit, PretrainingEnsemble};
pub use stopping_trial::StoppingTrial;
pub use trajectory::{TestTrajectory, Trajectories, Trajectory};

pub use transfer::{TransferEnsemble, TransferPair};

use crate::bracketed_minimum::least_error;
use crate::error::non_negative;
use crate::{ExactStudent, InitialWeights, Student, StudentShape, Summary, Task, TheoryError};
use aligned::AlignedRun;
use data_draw::DrawnData;
use linalg_core::{generator, in_order};

/// A number of independent draws of the data of a task, at its actual size: sampling without training.
///
/// Each draw is a Haar teacher of the task's strengths plus Gaussian noise, of the shape and entry variance of
/// [`DataSpectrum`](crate::DataSpectrum) (P < N₁ sees the teacher through P Haar-distributed input directions); its singular value
/// decomposition is computed, nothing else is assumed. On every draw
///
/// * an **aligned** student, of any depth and for any number of examples, is one scalar per mode
///   ([`ModeGrowth`](crate::ModeGrowth) on the data strengths of the draw): exact gradient flow;
/// * a **random** student with one hidden layer (P ≥ N₁) is solved exactly by [`ExactStudent`].
///
/// Mean, median and bands of any error curve, stopping time or overlap follow, with no asymptotics.
///
/// Draws depend on `seed`, their index and the sizes only: the same call gives the same numbers at any number of threads, and
/// tasks that differ in strengths or noise alone are compared on the same directions and the same noise.
///
/// # Example
///
/// A 20-to-10 task of one mode: the spread of the best test error between networks.
///
/// ```
/// use theory::{Ensemble, Student, Task};
///
/// let task = Task::new(20, 10, &[3.0])?;
/// let student = Student::new(10, 2, 1e-5)?;
/// let ensemble = Ensemble::sample(&task, 100, 1)?;
/// let learned = ensemble.aligned(&student, &[0.0, 2.0, 10.0], 10.0)?;
/// let test = learned.test_errors().unwrap();
/// assert!((test[0].mean - 1.0).abs() < 1e-3);
/// assert!(test[1].band_95[0] > 0.0 && test[1].band_95[1] < 1.0);
/// assert!(learned.least_test_error().unwrap().mean < test[2].mean);
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ensemble {
    task: Task,
    seed: u64,
    draws: Vec<DataDraw>,
}

impl Ensemble {
    /// `draws` draws of the data of `task`.
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] if there are no draws, [`TheoryError::Linalg`] if a decomposition fails.
    pub fn sample(task: &Task, draws: usize, seed: u64) -> Result<Self, TheoryError> {
        Self::sample_reporting(task, draws, seed, || ())
    }

    /// The same, calling `one_done` after every draw, from whichever thread made it: a draw of 1000 × 1000 takes most of a second.
    ///
    /// # Errors
    /// As [`Ensemble::sample`].
    pub fn sample_reporting(
        task: &Task,
        draws: usize,
        seed: u64,
        one_done: impl Fn() + Sync,
    ) -> Result<Self, TheoryError> {
        crate::error::at_least_one("draws", draws)?;
        let draw = |run: usize| {
            let draw = DrawnData::sample(task, seed, run as u64)?.reduce(&[task.outputs()]);
            one_done();
            Ok(draw)
        };
        let draws: Result<Vec<DataDraw>, TheoryError> = in_order(draws, draw).into_iter().collect();
        Ok(Self { task: task.clone(), seed, draws: draws? })
    }

    /// The task.
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// The draws, in order.
    pub fn draws(&self) -> &[DataDraw] {
        &self.draws
    }

    /// Any number that a draw has, over draws: for example the strongest data strength, `|draw| draw.data_strengths()[0]`.
    pub fn summarise(&self, quantity: impl Fn(&DataDraw) -> f64) -> Summary {
        Summary::of(&self.draws.iter().map(quantity).collect::<Vec<_>>())
    }

    /// Training-aligned students of any depth: errors at `times` (units of τ), and the best stopping time in \[0, `t_max`\].
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] if a time or `t_max` is negative or not finite.
    pub fn aligned(&self, student: &Student, times: &[f64], t_max: f64) -> Result<Trajectories, TheoryError> {
        check_times(times, t_max)?;
        let growth = student.growth_at_pace(self.draws[0].pace());
        let learn = |run: usize| AlignedRun::new(&self.draws[run], student, &growth).learn(times, t_max);
        Ok(Trajectories::new(times, in_order(self.draws.len(), learn)))
    }

    /// Randomly initialised students with one hidden layer, the same questions; the `tracked` leading modes of each student are
    /// compared with those of its data at every time.
    ///
    /// Initial weights are drawn anew for every draw, from their own stream: every task of these sizes starts from the same ones.
    /// Costs about 70 ms a draw at 100-50-50 and 200 times, half as much again with tracked modes.
    ///
    /// # Errors
    /// As [`Ensemble::aligned`]; also [`TheoryError::OutOfDomain`] unless the student has L = 2 and the task P ≥ N₁.
    pub fn random(
        &self,
        student: &Student,
        times: &[f64],
        t_max: f64,
        tracked: usize,
    ) -> Result<Trajectories, TheoryError> {
        self.random_reporting(student, times, t_max, tracked, || ())
    }

    /// The same, calling `one_done` after every student, from whichever thread solved it.
    ///
    /// # Errors
    /// As [`Ensemble::random`].
    pub fn random_reporting(
        &self,
        student: &Student,
        times: &[f64],
        t_max: f64,
        tracked: usize,
        one_done: impl Fn() + Sync,
    ) -> Result<Trajectories, TheoryError> {
        check_times(times, t_max)?;
        if student.layers() != 2 {
            let (parameter, allowed) = ("layers", "2 for a random start, which is solved with one hidden layer only");
            return Err(TheoryError::OutOfDomain { parameter, value: student.layers() as f64, allowed });
        }
        if self.task.examples() < self.task.inputs() {
            let (parameter, allowed) = ("examples", "at least the number of inputs for a random start");
            return Err(TheoryError::OutOfDomain { parameter, value: self.task.examples() as f64, allowed });
        }
        let learn = |run| self.learn_random(run, student, times, t_max, tracked).inspect(|_| one_done());
        let runs: Result<Vec<Trajectory>, TheoryError> = in_order(self.draws.len(), learn).into_iter().collect();
        Ok(Trajectories::new(times, runs?))
    }

    fn learn_random(
        &self,
        run: usize,
        student: &Student,
        times: &[f64],
        t_max: f64,
        tracked: usize,
    ) -> Result<Trajectory, TheoryError> {
        let data = DrawnData::sample(&self.task, self.seed, run as u64)?;
        let (inputs, outputs, hidden) = (self.task.inputs(), self.task.outputs(), student.hidden());
        let sizes = [inputs as u64, hidden as u64, outputs as u64];
        let mut rng = generator(self.seed, "ensemble initial weights", &sizes, run as u64);
        // Units beyond the modes there are never move, whatever their number.
        let shape = StudentShape { inputs, hidden: hidden.min(inputs).min(outputs), outputs };
        let start = InitialWeights::sample_balanced(shape, student.epsilon(), student.balance(), &mut rng)?;
        let pace = self.task.density().max(1.0);
        let learner = ExactStudent::from_svd(&data.svd, &start)?.with_decay(student.decay() / pace)?;
        let teacher = match self.task.rank() {
            0 => None,
            _ => Some(learner.project(data.teacher.matrix().as_ref())?),
        };

        let mut trajectory = Trajectory::default();
        let mut test_errors = Vec::with_capacity(times.len());
        for &t in times {
            let state = learner.state_at(t * pace);
            trajectory.train_errors.push(data.train_error(state.squared_residual()));
            test_errors.extend(teacher.as_ref().map(|teacher| state.test_error(teacher)));
            if tracked > 0 {
                trajectory.modes.push(state.overlaps(tracked)?);
            }
        }
        // A generic start ends where an aligned one does: without decay at the best map of its rank.
        let (draw, growth) = (&self.draws[run], student.growth_at_pace(pace));
        let held = draw.data_strengths()[..student.capacity(&self.task)].iter();
        let end: Vec<f64> = held.map(|&s_hat| growth.final_strength(s_hat)).collect();
        trajectory.final_train_error = draw.train_error(&end);
        trajectory.test = teacher.zip(draw.test_error(&end)).map(|(teacher, final_error)| {
            let error = |t: f64| learner.state_at(t * pace).test_error(&teacher);
            let strongest = data.svd.singular_values[0] * pace;
            let grid = front_grid(strongest, student.epsilon() * pace, student.balance().abs() * pace, t_max);
            let strengths = learner.state_at(t_max * pace).strengths_on_data_modes();
            let gain = draw.block_gain(0, &strengths[..end.len()], &end);
            TestTrajectory { errors: test_errors, stopping: least_error(error, &grid, gain), final_error }
        });
        Ok(trajectory)
    }
}

/// Times in \[0, `t_max`\] dense enough to see every mode of a student with one hidden layer rise, for data strengths up to
/// `strongest`: a mode ŝ rises at about ln(ŝ/ε)/(2ŝ) within 1/(2ŝ), so the spacing is a fraction of the time itself. A lazy student rises
/// from the start, at the rate |λ| = `balance`.
fn front_grid(strongest: f64, epsilon: f64, balance: f64, t_max: f64) -> Vec<f64> {
    /// Points within the rise of a mode.
    const POINTS: f64 = 2.0;
    let plateau = (strongest / epsilon).ln().max(1.0);
    let ratio = 1.0 + 1.0 / (POINTS * plateau);
    // Half of the strongest mode's learning time: nothing moves before.
    let first = (0.25 * plateau / strongest).min(0.05 / balance).min(t_max / 8.0);
    let rising = std::iter::successors(Some(first), |t| Some(t * ratio)).take_while(|&t| t < t_max);
    std::iter::once(0.0).chain(rising).chain([t_max]).collect()
}

/// Times far beyond any learning whose products with strengths and paces are still numbers.
const LATEST: f64 = 1e150;

fn check_times(times: &[f64], t_max: f64) -> Result<(), TheoryError> {
    let times = times.iter().map(|&time| ("times", time));
    for (parameter, value) in times.chain([("t_max", t_max)]) {
        non_negative(parameter, value)?;
        if value > LATEST {
            return Err(TheoryError::OutOfDomain { parameter, value, allowed: "at most 1e150" });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
