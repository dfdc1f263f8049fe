//! Which other task helps? Transfer from the data alone.

mod estimated_teachers;

use crate::bootstrap::{Refit, SimulatedTasks, projections};
use crate::bracketed_root::bracketed_root;
use crate::error::{at_least_one, positive};
use crate::risk_estimate::least_between;
use crate::{
    Bootstrap, Interval, JointCurve, LearningCurve, NoiseAnalysis, NoiseLevel, RiskEstimate, Stopping, Student, Task,
    TheoryError, TransferBenefit, TransferEffect,
};
use estimated_teachers::EstimatedTeachers;
use linalg_core::faer::{Mat, MatRef};
use linalg_core::{ThinSvd, generator, in_order, squared_frobenius_norm, thin_svd};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Data of several tasks that share their inputs, and what each gains or loses by being learned together with others.
///
/// The benefit T^{A←B} = min_t ε_A(t) − min_t ε_{A←B}(t) is estimated from the two risk estimates of A's outputs
/// ([`RiskEstimate`]), alone and as a block of the stack, both relative to the estimated ‖W̄_A‖²: no teacher is known, and none
/// need be of low rank for the estimate itself. Its bias (the least value of a scattered curve is too low) and its interval come from a
/// parametric [`Bootstrap`] around the estimated strengths and overlaps of all tasks. Beside it stands the closed form
/// ([`JointCurve`]) at these same strengths and overlaps.
///
/// A task of which nothing stands out alone may do so along the inputs that its company uses, which are known better. ‖W̄_A‖²
/// is then what is seen there, and of a task that is not found at all the square of the threshold, above which it would have been; the
/// interval does not count how badly that is known, and the sign of the benefit does not depend on it.
///
/// Students are trained on the data as they are: tasks with different noise are not rescaled. Each block's risk takes its own noise,
/// which is all that unequal noise changes in it; the closed form, which knows one level only, takes their mean over
/// outputs. Beyond the paper.
///
/// *Which task helps?*
///
/// ```
/// use linalg_core::{faer::Mat, generator, sample_gaussian};
/// use theory::{Bootstrap, NoiseLevel, RelatedTasks, Student};
///
/// let task = |run, s: f64, direction: usize| {
///     let noise = sample_gaussian(30, 60, 1.0 / 60.0, &mut generator(1, "doc", &[], run));
///     noise + Mat::from_fn(30, 60, |i, j| if (i, j) == (0, direction) { s } else { 0.0 })
/// };
/// let (weak, aligned, other) = (task(0, 1.5, 0), task(1, 8.0, 0), task(2, 8.0, 1));
/// let tasks = RelatedTasks::new(&[weak.as_ref(), aligned.as_ref(), other.as_ref()], NoiseLevel::Unknown, 0.05)?;
/// let (student, intervals) = (Student::new(60, 2, 1e-5)?, Bootstrap::new(20)?);
/// let partners = tasks.rank_partners(0, &student, 10.0, &intervals, |_, _| ())?;
/// assert_eq!(partners[0].with, [1]);
/// assert!(partners[0].benefit.low > 0.0 && partners[1].benefit.estimate < 0.0);
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RelatedTasks {
    inputs: usize,
    pace: f64,
    tasks: Vec<TaskData>,
}

/// One task's data and what they say alone.
#[derive(Clone, Debug)]
pub(crate) struct TaskData {
    data: Mat<f64>,
    svd: ThinSvd,
    analysis: NoiseAnalysis,
}

/// What joint training does to one task, from the data.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct TransferEstimate {
    /// The task that gains or loses.
    pub of: usize,
    /// The tasks it is learned together with.
    pub with: Vec<usize>,
    /// When to stop a student of the task alone, and its least risk relative to ‖W̄_A‖².
    pub alone: Stopping,
    /// When to stop a student of all of them for this task's sake, and the least risk of its outputs.
    pub joint: Stopping,
    /// T, its bias taken off, with its interval.
    pub benefit: Interval,
    /// The closed form at the estimated strengths and overlaps; `None` where it has no answer (a task of which nothing is found).
    pub predicted: Option<TransferBenefit>,
    /// How many more examples of the task would lower its least error as much, by the closed form at its strengths alone; negative if
    /// the company is worth less than none. `None` where no number of examples up to a hundredfold would.
    pub worth: Option<f64>,
}

impl TransferEstimate {
    /// Whether the interval is above zero or below; `None` if it holds zero.
    pub fn effect(&self) -> Option<TransferEffect> {
        match self.benefit {
            Interval { low, .. } if low > 0.0 => Some(TransferEffect::Support),
            Interval { high, .. } if high < 0.0 => Some(TransferEffect::Interference),
            _ => None,
        }
    }
}

/// A choice of company and its estimated benefit, bias and all.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Company {
    /// The tasks to learn together with, in the order of choice.
    pub with: Vec<usize>,
    /// T̂ before any correction.
    pub benefit: f64,
}

/// Candidates up to which all subsets are compared.
const EXHAUSTIVE: usize = 8;

impl RelatedTasks {
    /// Tasks given by their data, outputs × inputs, with the same inputs (columns) in the same order; `noise` holds for each of them.
    /// `level` is that of the rank tests.
    ///
    /// # Errors
    /// If there are no tasks, they differ in their numbers of columns, or one alone cannot be analysed ([`NoiseAnalysis::of_values`]).
    pub fn new(data: &[MatRef<'_, f64>], noise: NoiseLevel, level: f64) -> Result<Self, TheoryError> {
        let levels = vec![noise; data.len()];
        Self::with_noise(data, &levels, level)
    }

    /// The same with what is known of each task's noise.
    ///
    /// # Errors
    /// As [`RelatedTasks::new`], or if there are not as many noises as tasks.
    pub fn with_noise(data: &[MatRef<'_, f64>], noise: &[NoiseLevel], level: f64) -> Result<Self, TheoryError> {
        at_least_one("tasks", data.len())?;
        if noise.len() != data.len() {
            let (parameter, allowed) = ("number of noise levels", "the number of tasks");
            return Err(TheoryError::OutOfDomain { parameter, value: noise.len() as f64, allowed });
        }
        let inputs = data[0].ncols();
        if let Some(other) = data.iter().find(|other| other.ncols() != inputs) {
            let (rows, columns) = other.shape();
            return Err(TheoryError::WrongShape {
                matrix: "data of a task",
                rows,
                columns,
                expected_rows: rows,
                expected_columns: inputs,
            });
        }
        let tasks = in_order(data.len().min(noise.len()), |task| {
            let data = data[task];
            let svd = thin_svd(data)?;
            let analysis = NoiseAnalysis::of_values(data.nrows(), inputs, &svd.singular_values, noise[task], level)?;
            Ok(TaskData { data: data.to_owned(), svd, analysis })
        });
        Ok(Self { inputs, pace: 1.0, tasks: tasks.into_iter().collect::<Result<_, TheoryError>>()? })
    }

    /// The same for W* of P > N₁ examples: time constant τ/D, `pace` = D.
    ///
    /// # Errors
    /// If `pace` is below 1 or not finite.
    pub fn with_pace(self, pace: f64) -> Result<Self, TheoryError> {
        if positive("pace", pace)? < 1.0 {
            let allowed = "1 or more: examples per input";
            return Err(TheoryError::OutOfDomain { parameter: "pace", value: pace, allowed });
        }
        Ok(Self { pace, ..self })
    }

    /// Number of tasks.
    pub fn count(&self) -> usize {
        self.tasks.len()
    }

    /// What a task's data say alone.
    ///
    /// # Errors
    /// If there is no such task.
    pub fn analysis(&self, task: usize) -> Result<&NoiseAnalysis, TheoryError> {
        Ok(&self.task(task)?.analysis)
    }

    /// The least risks of task `of` alone and together with the tasks `with`, and when: one decomposition of the stack, no intervals.
    /// Both are relative to the estimated ‖W̄_A‖² and biased low.
    ///
    /// # Errors
    /// If there is no such task or a task is named twice, or the data of task `of` are zero ([`TheoryError::ZeroReference`]).
    pub fn least_risks(
        &self,
        of: usize,
        with: &[usize],
        student: &Student,
        t_max: f64,
    ) -> Result<TransferBenefit, TheoryError> {
        let subset = self.subset(of, with)?;
        let power = EstimatedTeachers::new(&subset)?.signal_power(subset[0]);
        if power <= 0.0 {
            return Err(TheoryError::ZeroReference { reference: "the teacher, without noise," });
        }
        let relative = |least: Stopping| Stopping { test_error: 1.0 + least.test_error / power, ..least };
        let alone = self.least_alone(subset[0], student, t_max)?;
        let joint = if with.is_empty() { alone } else { self.least_joint(&subset, student, t_max)? };
        Ok(TransferBenefit { alone: relative(alone), joint: relative(joint) })
    }

    /// The least errors themselves, where the teacher of task `of` is known: what the estimates are to be compared with. `teacher` is W̄_A
    /// on the inputs of the data, outputs × inputs; errors are relative to its ‖W̄_A‖².
    ///
    /// # Errors
    /// As [`RelatedTasks::least_risks`], or [`TheoryError::WrongShape`] if the teacher has not the shape of the data,
    /// [`TheoryError::ZeroReference`] if it is zero.
    pub fn least_errors(
        &self,
        of: usize,
        with: &[usize],
        teacher: MatRef<'_, f64>,
        student: &Student,
        t_max: f64,
    ) -> Result<TransferBenefit, TheoryError> {
        let subset = self.subset(of, with)?;
        let (expected_rows, expected_columns) = subset[0].data.shape();
        let (rows, columns) = teacher.shape();
        if (rows, columns) != (expected_rows, expected_columns) {
            let matrix = "teacher of a task";
            return Err(TheoryError::WrongShape { matrix, rows, columns, expected_rows, expected_columns });
        }
        let power = squared_frobenius_norm(teacher);
        if power == 0.0 {
            return Err(TheoryError::ZeroReference { reference: "the teacher" });
        }
        let variance = subset[0].analysis.entry_variance();
        let least = |svd: &ThinSvd| -> Result<Stopping, TheoryError> {
            let risk = RiskEstimate::of_part(svd, self.inputs, 0..rows, variance, student)?.with_pace(self.pace)?;
            let towards = projections(svd, 0, teacher);
            let least = least_between(|t| risk.distance_change_at(&towards, t), &risk.coarse_times(t_max));
            Ok(Stopping { test_error: 1.0 + least.test_error / power, ..least })
        };
        let alone = least(&subset[0].svd)?;
        let joint = if with.is_empty() { alone } else { least(&joint_svd(&subset)?)? };
        Ok(TransferBenefit { alone, joint })
    }

    /// The benefit of the tasks `with` for task `of`, with bias correction and interval.
    ///
    /// # Errors
    /// As [`RelatedTasks::least_risks`].
    pub fn benefit(
        &self,
        of: usize,
        with: &[usize],
        student: &Student,
        t_max: f64,
        bootstrap: &Bootstrap,
    ) -> Result<TransferEstimate, TheoryError> {
        let raw = self.least_risks(of, with, student, t_max)?;
        let subset = self.subset(of, with)?;
        let teachers = EstimatedTeachers::new(&subset)?;
        let variances: Vec<f64> = subset.iter().map(|task| task.analysis.entry_variance()).collect();
        let simulated = SimulatedTasks::new(self.inputs, teachers.maps()?, variances);
        let rows = subset[0].data.nrows();
        let refit = Refit::of(&subset[0].analysis);
        let power = teachers.signal_power(subset[0]);
        let deviation = |data: &[Mat<f64>]| -> Result<f64, TheoryError> {
            let svd = thin_svd(data[0].as_ref())?;
            let (variance, strengths) = refit.apply(rows, self.inputs, &svd.singular_values)?;
            let found = match teachers.is_found_alone() {
                true => strengths.iter().map(|s| s * s).sum::<f64>(),
                false => power,
            };
            let stack = thin_svd(stacked(data).as_ref())?;
            let mut least = [[0.0; 2]; 2];
            for (slot, svd) in least.iter_mut().zip([&svd, &stack]) {
                let risk = RiskEstimate::of_part(svd, self.inputs, 0..rows, variance, student)?;
                let risk = risk.with_pace(self.pace)?;
                let towards = projections(svd, 0, simulated.teacher(0));
                let times = risk.coarse_times(t_max);
                *slot = [
                    least_between(|t| risk.change_at(t), &times).test_error,
                    least_between(|t| risk.distance_change_at(&towards, t), &times).test_error,
                ];
            }
            let [[alone, alone_truly], [joint, joint_truly]] = least;
            Ok((alone - joint) / found - (alone_truly - joint_truly) / power)
        };
        // Keyed by the data: draws that were the same for all data would err for all of them in the same direction.
        let identity: Vec<u64> = subset.iter().map(|task| fingerprint(&task.data)).collect();
        let deviations = bootstrap.halved().draw(
            |_| (),
            |run| {
                let mut rng = generator(bootstrap.seed(), "bootstrap of tasks", &identity, run);
                let [data, mirrored] = simulated.sample_mirrored(&mut rng);
                Ok([deviation(&data)?, deviation(&mirrored)?])
            },
        )?;
        let benefit = bootstrap.interval_of_pairs(raw.benefit(), &deviations);
        Ok(TransferEstimate {
            of,
            with: with.to_vec(),
            alone: raw.alone,
            joint: raw.joint,
            benefit,
            predicted: self.predicted(&subset, &teachers, student, t_max)?,
            worth: self.worth(subset[0], benefit.estimate, student, t_max)?,
        })
    }

    /// The benefit of every other task for task `of`, the most helpful first; `progress` is told how many are done, of how many.
    ///
    /// # Errors
    /// As [`RelatedTasks::benefit`].
    pub fn rank_partners(
        &self,
        of: usize,
        student: &Student,
        t_max: f64,
        bootstrap: &Bootstrap,
        progress: impl Fn(usize, usize) + Sync,
    ) -> Result<Vec<TransferEstimate>, TheoryError> {
        self.task(of)?;
        let candidates: Vec<usize> = (0..self.count()).filter(|&task| task != of).collect();
        let done = AtomicUsize::new(0);
        let estimates = in_order(candidates.len(), |candidate| {
            let estimate = self.benefit(of, &[candidates[candidate]], student, t_max, bootstrap)?;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, candidates.len());
            Ok(estimate)
        });
        let mut estimates = estimates.into_iter().collect::<Result<Vec<_>, TheoryError>>()?;
        estimates.sort_by(|a, b| b.benefit.estimate.total_cmp(&a.benefit.estimate));
        Ok(estimates)
    }

    /// The company that helps task `of` most: of all subsets of the others for up to eight of them, else by adding the most helpful one
    /// at a time while that helps. No company at all, with benefit 0, is an answer. Each choice is compared by its uncorrected
    /// benefit; `progress` is told how many were compared.
    ///
    /// # Errors
    /// As [`RelatedTasks::least_risks`].
    pub fn best_company(
        &self,
        of: usize,
        student: &Student,
        t_max: f64,
        progress: impl Fn(usize) + Sync,
    ) -> Result<Company, TheoryError> {
        self.task(of)?;
        let others: Vec<usize> = (0..self.count()).filter(|&task| task != of).collect();
        let done = AtomicUsize::new(0);
        let compare = |choices: Vec<Vec<usize>>| -> Result<Option<Company>, TheoryError> {
            let companies = in_order(choices.len(), |choice| {
                let with = choices[choice].clone();
                let benefit = self.least_risks(of, &with, student, t_max)?.benefit();
                progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                Ok(Company { with, benefit })
            });
            let companies = companies.into_iter().collect::<Result<Vec<_>, TheoryError>>()?;
            Ok(companies.into_iter().max_by(|a, b| a.benefit.total_cmp(&b.benefit)))
        };
        let mut best = Company { with: Vec::new(), benefit: 0.0 };
        if others.len() <= EXHAUSTIVE {
            let subset = |set: u32| -> Vec<usize> {
                others.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, &task)| task).collect()
            };
            let all = (1..1u32 << others.len()).map(subset).collect();
            return Ok(compare(all)?.filter(|found| found.benefit > 0.0).unwrap_or(best));
        }
        loop {
            let extended = |task: &usize| best.with.iter().copied().chain([*task]).collect();
            let choices = others.iter().filter(|task| !best.with.contains(task)).map(extended).collect();
            match compare(choices)? {
                Some(found) if found.benefit > best.benefit => best = found,
                _ => return Ok(best),
            }
        }
    }

    fn task(&self, index: usize) -> Result<&TaskData, TheoryError> {
        let allowed = "less than the number of tasks, counting from 0";
        let missing = TheoryError::OutOfDomain { parameter: "task", value: index as f64, allowed };
        self.tasks.get(index).ok_or(missing)
    }

    /// Task `of` and its company, each once.
    fn subset(&self, of: usize, with: &[usize]) -> Result<Vec<&TaskData>, TheoryError> {
        for (place, &task) in with.iter().enumerate() {
            if task == of || with[..place].contains(&task) {
                let allowed = "named once: another task than the one that is helped";
                return Err(TheoryError::OutOfDomain { parameter: "task", value: task as f64, allowed });
            }
        }
        [of].iter().chain(with).map(|&task| self.task(task)).collect()
    }

    fn least_alone(&self, task: &TaskData, student: &Student, t_max: f64) -> Result<Stopping, TheoryError> {
        self.least_of_first(&task.svd, task, student, t_max)
    }

    fn least_joint(&self, subset: &[&TaskData], student: &Student, t_max: f64) -> Result<Stopping, TheoryError> {
        self.least_of_first(&joint_svd(subset)?, subset[0], student, t_max)
    }

    fn least_of_first(
        &self,
        svd: &ThinSvd,
        task: &TaskData,
        student: &Student,
        t_max: f64,
    ) -> Result<Stopping, TheoryError> {
        let variance = task.analysis.entry_variance();
        RiskEstimate::of_block(svd, 0..task.data.nrows(), variance, student)?.with_pace(self.pace)?.least_change(t_max)
    }

    fn predicted(
        &self,
        subset: &[&TaskData],
        teachers: &EstimatedTeachers,
        student: &Student,
        t_max: f64,
    ) -> Result<Option<TransferBenefit>, TheoryError> {
        let outputs: f64 = subset.iter().map(|task| task.data.nrows() as f64).sum();
        let weighted = subset.iter().map(|task| task.data.nrows() as f64 * task.analysis.entry_variance());
        let joint = teachers
            .joint_task(self.inputs)?
            .with_examples((self.pace * self.inputs as f64).round() as usize)?
            .with_noise(self.noise_of(weighted.sum::<f64>() / outputs))?;
        match JointCurve::new(&joint, student).benefit(0, t_max) {
            Ok(benefit) => Ok(Some(benefit)),
            Err(TheoryError::ZeroReference { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// σ_z of a matrix whose entries have variance ν = σ_z²/P.
    fn noise_of(&self, entry_variance: f64) -> f64 {
        (entry_variance * self.pace * self.inputs as f64).sqrt()
    }

    /// Further examples whose closed-form least error is lower by `benefit`.
    fn worth(&self, task: &TaskData, benefit: f64, student: &Student, t_max: f64) -> Result<Option<f64>, TheoryError> {
        let (analysis, rows) = (&task.analysis, task.data.nrows());
        let strengths: Vec<f64> = analysis.modes().iter().map(|mode| mode.strength).collect();
        if strengths.is_empty() || analysis.entry_variance() == 0.0 {
            return Ok(None);
        }
        let noise = self.noise_of(analysis.entry_variance());
        // With f times the examples the noise of W* has 1/f times the variance; only times change besides.
        let least = |factor: f64| -> Result<f64, TheoryError> {
            let task = Task::new(self.inputs, rows, &strengths)?.with_noise(noise / factor.sqrt())?;
            Ok(LearningCurve::new(&task, student).optimal_stopping(t_max)?.test_error)
        };
        let wanted = least(1.0)? - benefit;
        let excess = |log_factor: f64| least(log_factor.exp()).map_or(f64::NAN, |error| error - wanted);
        let (low, high) = (-(100f64.ln()), 100f64.ln());
        if !(excess(low) > 0.0 && excess(high) < 0.0) {
            return Ok(None);
        }
        let factor = bracketed_root(excess, low, high, 1e-6).exp();
        Ok(Some((factor - 1.0) * self.pace * self.inputs as f64))
    }
}

/// A number that other data are unlikely to have: of the digits of all entries in order, whatever power of two they are in units of.
fn fingerprint(data: &Mat<f64>) -> u64 {
    const DIGITS: u64 = (1 << 52) - 1;
    let entries = (0..data.ncols()).flat_map(|j| data.col(j).iter().map(|entry| entry.to_bits() & DIGITS));
    // Fowler-Noll-Vo, a word at a time.
    entries.fold(0xcbf2_9ce4_8422_2325, |hash: u64, digits| (hash ^ digits).wrapping_mul(0x0100_0000_01b3))
}

fn joint_svd(subset: &[&TaskData]) -> Result<ThinSvd, TheoryError> {
    let data: Vec<Mat<f64>> = subset.iter().map(|task| task.data.clone()).collect();
    Ok(thin_svd(stacked(&data).as_ref())?)
}

/// The matrices one above the other.
fn stacked(blocks: &[Mat<f64>]) -> Mat<f64> {
    let rows = blocks.iter().map(Mat::nrows).sum();
    let mut stack = Mat::zeros(rows, blocks[0].ncols());
    let mut start = 0;
    for block in blocks {
        stack.as_mut().subrows_mut(start, block.nrows()).copy_from(block);
        start += block.nrows();
    }
    stack
}
