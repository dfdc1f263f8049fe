//! Students with hidden layers on the examples outside of each fold, their errors inside.

use super::{CrossValidation, ValidationCurve};
use crate::kernel::{Dense, Right, Subtract, product};
use crate::multirevolution::{Multirevolution, SmoothStudent};
use crate::training::{Student, train};
use crate::training_in_jumps::train_in_jumps;
use crate::{
    Draw, Errors, Examples, InitialWeights, LearningProblem, LinearStudent, ModePoint, Progress, Schedule, SimError,
    StudentSpec, Training,
};
use faer::{Mat, MatRef};
use linalg_core::{in_order, singular_values, squared_frobenius_norm};
use std::sync::atomic::{AtomicU64, Ordering};

/// The first number of epochs that is tried, and by what it is multiplied as long as the error still falls.
const FIRST_EPOCHS: (u64, u64) = (2000, 4);
/// The first learning rate that is tried, in units of the stability bound of the map that L = 1 stops at, by what it is
/// multiplied where training diverges, and how often.
const FIRST_RATE: (f64, f64, u32) = (0.25, 0.25, 6);

/// The cross-validated error of a student over its training.
#[derive(Clone, Debug, PartialEq)]
pub struct StudentCurve {
    /// Over the time t = λ · epoch, at logged epochs.
    pub curve: ValidationCurve,
    /// The training on all examples that the times belong to.
    pub training: Training,
}

impl CrossValidation<'_> {
    /// Trains `student` from its random start on the examples outside of each fold, by full-batch gradient descent of
    /// ½‖Y − WX‖² with learning rate λP/(P − P_k), folds in parallel. All folds start with the same weights. Weight
    /// decay is
    /// γ(P − P_k)/P, which takes as much from a weight in an update as γ does in one on all examples.
    ///
    /// # Errors
    /// Those of [`LinearSpec::run`](crate::LinearSpec::run).
    pub fn student(
        &self,
        student: &StudentSpec,
        training: &Training,
        draw: Draw,
        progress: &dyn Progress,
    ) -> Result<StudentCurve, SimError> {
        student.check()?;
        training.check()?;
        let sizes = (self.examples.inputs().nrows(), self.examples.outputs().nrows());
        student.check_memory_of(sizes.0, sizes.1)?;
        student.check_balance(sizes.0, sizes.1)?;
        let done: Vec<AtomicU64> = self.folds.iter().map(|_| AtomicU64::new(0)).collect();
        let total = training.epochs * self.folds.len() as u64;
        let by_fold = in_order(self.folds.len(), |fold| {
            let follow = |epoch: u64, _: u64| {
                done[fold].store(epoch, Ordering::Relaxed);
                progress.report(done.iter().map(|done| done.load(Ordering::Relaxed)).sum(), total)
            };
            self.train_outside(fold, student, training, draw, &follow)
        });
        let by_fold = by_fold.into_iter().collect::<Result<Vec<_>, _>>()?;
        let epochs = training.schedule.epochs(training.epochs)?;
        let points = epochs.iter().enumerate().map(|(k, epoch)| {
            let errors: Vec<f64> = by_fold.iter().map(|errors| errors[k]).collect();
            self.point(*epoch as f64 * training.learning_rate, &errors)
        });
        Ok(StudentCurve { curve: ValidationCurve::new(points.collect()), training: training.clone() })
    }

    /// The same for weight decay `decay`, with a learning rate that is stable and as many epochs, up to `most_epochs`,
    /// as the error needs to have its
    /// least value in the first half of them: `best_is_last` or a best time in the second half means that `most_epochs` were
    /// not enough.
    ///
    /// # Errors
    /// As [`CrossValidation::student`].
    pub fn student_until_best(
        &self,
        student: &StudentSpec,
        decay: f64,
        most_epochs: u64,
        draw: Draw,
        progress: &dyn Progress,
    ) -> Result<StudentCurve, SimError> {
        student.check()?;
        let stopped = self.stopped_map(self.early_stopping().best.at)?;
        let strongest = singular_values(stopped.as_ref())?.first().copied().unwrap_or(0.0).max(student.epsilon);
        let mut rate = FIRST_RATE.0 * student.learning_rate_bound(strongest, self.rates().1, decay);
        let (mut epochs, mut diverged) = (FIRST_EPOCHS.0.min(most_epochs), 0);
        loop {
            let training = Training::new(rate, epochs, Schedule::log_spaced(400)).with_decay(decay);
            match self.student(student, &training, draw, progress) {
                Ok(found) if epochs == most_epochs || found.curve.best.at <= 0.5 * rate * epochs as f64 => {
                    return Ok(found);
                }
                Ok(_) => epochs = (FIRST_EPOCHS.1 * epochs).min(most_epochs),
                Err(SimError::Diverged { .. }) if diverged < FIRST_RATE.2 => {
                    (rate, diverged) = (FIRST_RATE.1 * rate, diverged + 1);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// ‖Y′ − WX′‖² of one fold at the logged epochs.
    fn train_outside(
        &self,
        fold: usize,
        student: &StudentSpec,
        training: &Training,
        draw: Draw,
        progress: &dyn Progress,
    ) -> Result<Vec<f64>, SimError> {
        let outside: Vec<usize> = self
            .folds
            .iter()
            .enumerate()
            .filter(|(k, _)| *k != fold)
            .flat_map(|(_, indices)| indices.clone())
            .collect();
        let scale = self.examples.count() as f64 / outside.len() as f64;
        let problem = LearningProblem::of_examples(&self.examples.select(&outside))?;
        let start = InitialWeights::random(problem.inputs(), problem.outputs(), student, draw).without_inert_units();
        let (learning_rate, decay) = (scale * training.learning_rate, training.decay / scale);
        let training = &Training { learning_rate, decay, ..training.clone() };
        let inner = LinearStudent::new(&problem, &start, training.learning_rate)
            .with_decay(training.decay)
            .with_balance(student.balance);
        let tolerance = Multirevolution::tolerance(inner.layers(), student.epsilon);
        let left_out = LeftOut::new(&problem, &self.examples.select(&self.folds[fold]), inner.unseen_weights());
        let mut measured = MeasuredStudent { inner, left_out, errors: Vec::new() };
        let run = format!("student on the examples outside of fold {fold}");
        let norms = problem.teacher_squared_norms();
        match measured.inner.is_smooth() {
            true => train_in_jumps(&mut measured, tolerance, training, norms, &run, progress)?,
            false => train(&mut measured, training, norms, &run, progress)?,
        };
        Ok(measured.errors)
    }
}

/// Examples that a student is measured on, in the coordinates of its problem, as at most N₁ rows.
struct LeftOut {
    /// −X′ᵀV diag(1/g), q × S.
    seen: Dense<f64>,
    /// X′ᵀV⊥ (W₁V⊥)ᵀ at the start, q × N₂.
    unseen: Dense<f64>,
    /// Y′ᵀ, q × N₃.
    targets: Dense<f64>,
    /// The part of ‖Y′‖² that no map of X′ can reach.
    rest: f64,
    /// (W₁X′)ᵀ, q × N₂.
    hidden: Dense<f64>,
    /// (Y′ − WX′)ᵀ, q × N₃.
    residual: Dense<f64>,
}

impl LeftOut {
    fn new(problem: &LearningProblem, examples: &Examples, unseen_weights: MatRef<'_, f64>) -> Self {
        let (mut rows, mut targets) =
            (examples.inputs().transpose().to_owned(), examples.outputs().transpose().to_owned());
        let norm = squared_frobenius_norm(targets.as_ref());
        if rows.nrows() > rows.ncols() {
            let qr = rows.qr();
            targets = qr.compute_thin_Q().transpose() * targets;
            rows = qr.thin_R().to_owned();
        }
        let rest = (norm - squared_frobenius_norm(targets.as_ref())).max(0.0);
        let (seen, unseen) = problem.split(rows.as_ref());
        let gains = problem.gains();
        let unseen: Mat<f64> = unseen * unseen_weights.transpose();
        Self {
            seen: Dense::from_fn(seen.nrows(), seen.ncols(), |i, j| -seen[(i, j)] / gains[j]),
            hidden: Dense::zeros(unseen.nrows(), unseen.ncols()),
            residual: Dense::zeros(targets.nrows(), targets.ncols()),
            unseen: Dense::from_mat(unseen.as_ref()),
            targets: Dense::from_mat(targets.as_ref()),
            rest,
        }
    }

    /// ‖Y′ − WX′‖² of a student as it was measured last.
    fn squared_error(&mut self, student: &LinearStudent<'_>) -> f64 {
        let (first, outer, lost) = (&student.layers()[0], student.outer(), 1.0 - student.unseen_share());
        product(&mut self.hidden, Subtract { from: &self.unseen }, &self.seen, Right::Plain(first));
        if lost > 0.0 {
            self.hidden.add_scaled(-lost, &self.unseen);
        }
        match outer {
            Some(outer) => {
                product(&mut self.residual, Subtract { from: &self.targets }, &self.hidden, Right::Plain(outer));
            }
            None => {
                self.residual = self.targets.clone();
                self.residual.add_scaled(-1.0, &self.hidden);
            }
        }
        self.rest + self.residual.entries().iter().map(|x| x * x).sum::<f64>()
    }
}

/// A student that is measured on other examples at logged epochs.
struct MeasuredStudent<'p> {
    inner: LinearStudent<'p>,
    left_out: LeftOut,
    /// ‖Y′ − WX′‖² at the logged epochs so far.
    errors: Vec<f64>,
}

impl Student for MeasuredStudent<'_> {
    fn measure(&mut self) -> &Errors {
        self.inner.measure()
    }

    fn descend(&mut self) {
        self.inner.descend();
    }

    /// No modes: the moment at which an epoch is logged.
    fn modes(&mut self) -> Result<Vec<Option<ModePoint>>, SimError> {
        let error = self.left_out.squared_error(&self.inner);
        self.errors.push(error);
        Ok(Vec::new())
    }

    fn learning_rate_bound(&self) -> f64 {
        self.inner.learning_rate_bound()
    }

    fn allowed_rise(&self) -> f64 {
        self.inner.allowed_rise()
    }
}

impl SmoothStudent for MeasuredStudent<'_> {
    fn layers(&self) -> &[Dense<f64>] {
        self.inner.layers()
    }

    fn layers_mut(&mut self) -> &mut [Dense<f64>] {
        self.inner.layers_mut()
    }

    fn increments_to(&mut self, target: &mut [Dense<f64>]) {
        self.inner.increments_to(target);
    }
}
