//! One point of a sweep: a task, its companion, a student and its training, with the axes' values put in.

use super::{Companion, Company, Parameter, StudentKeys, TaskKeys, TrainingKeys, Units};
use sim::{
    AlignedSpec, Draw, Experiment, InputKind, LeakyReluSpec, LeakyReluStart, LeakyReluStudentSpec, LinearSpec,
    OutputUnits, Precision, Schedule, Start, Stepping, StudentSpec, TaskSpec, TeacherKind, Training,
};
use theory::{JointCurve, JointTask, LearningCurve, Student, Task, Teacher};

/// Logged points of a curve.
const CURVE_POINTS: u64 = 200;

/// All parameters of a sweep at one place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) task: TaskKeys,
    pub(super) companion: Option<Companion>,
    pub(super) company: Option<Company>,
    pub(super) student: StudentKeys,
    pub(super) training: TrainingKeys,
}

impl Point {
    /// Puts a value in; sizes are checked to be whole numbers before.
    pub(super) fn set(&mut self, parameter: Parameter, value: f64) {
        let size = value as usize;
        match parameter {
            Parameter::Inputs => self.task.inputs = size,
            Parameter::Outputs => self.task.outputs = size,
            Parameter::Examples => self.task.examples = size,
            Parameter::Snr => self.task.strengths.iter_mut().for_each(|strength| *strength *= value),
            Parameter::Noise => self.task.noise = value,
            Parameter::Hidden => self.student.hidden = size,
            Parameter::Layers => self.student.layers = size,
            Parameter::Epsilon => self.student.epsilon = value,
            Parameter::LearningRate => self.training.learning_rate = value,
            Parameter::Epochs => self.training.epochs = value as u64,
            Parameter::Decay => self.training.decay = value,
            Parameter::Balance => self.student.balance = value,
            Parameter::Alignment => self.companion.iter_mut().for_each(|companion| companion.alignment = value),
            Parameter::CompanionStrength => self.companion.iter_mut().for_each(|companion| companion.strength = value),
        }
    }

    /// τ in epochs.
    pub(super) fn tau(&self) -> f64 {
        1.0 / self.training.learning_rate
    }

    /// The end of training, t/τ.
    pub(super) fn last_time(&self) -> f64 {
        self.training.epochs as f64 * self.training.learning_rate
    }

    fn single(&self) -> TaskSpec {
        let task = &self.task;
        let input_kind = if task.examples == task.inputs { InputKind::OneHot } else { InputKind::Orthonormal };
        TaskSpec {
            examples: task.examples,
            input_kind,
            noise: task.noise,
            ..TaskSpec::single(task.inputs, task.outputs, &task.strengths)
        }
    }

    /// The first task in company, if there is one.
    fn joint(&self) -> Option<TaskSpec> {
        let task = &self.task;
        let joint = match (&self.companion, &self.company) {
            (Some(companion), _) => {
                let strengths: [&[f64]; 2] = [&task.strengths, &[companion.strength]];
                TaskSpec::joint(task.inputs, &[task.outputs, companion.outputs], &strengths, companion.alignment)
            }
            (None, Some(company)) => {
                let others = || company.tasks.iter();
                let outputs: Vec<usize> = [task.outputs].into_iter().chain(others().map(|t| t.outputs)).collect();
                let strengths: Vec<&[f64]> =
                    [&task.strengths[..]].into_iter().chain(others().map(|t| &t.strengths[..])).collect();
                TaskSpec::joint(task.inputs, &outputs, &strengths, 0.0).with_overlaps(company.overlaps.clone())
            }
            (None, None) => return None,
        };
        Some(TaskSpec { noise: task.noise, ..joint })
    }

    /// What is simulated for one seed: the task, and with a companion also the task in its company.
    pub(super) fn experiments(&self, draw: Draw) -> Vec<Experiment> {
        let tasks = match self.joint() {
            Some(joint) => vec![joint.task_alone(0), joint],
            None => vec![self.single()],
        };
        tasks.into_iter().map(|task| self.experiment(task, draw)).collect()
    }

    fn experiment(&self, task: TaskSpec, draw: Draw) -> Experiment {
        let student = self.student();
        let training = Training::new(
            self.training.learning_rate,
            self.training.epochs,
            Schedule::every(self.training.epochs.div_ceil(CURVE_POINTS).max(1)),
        )
        .with_decay(self.training.decay);
        if let Units::LeakyRelu { slope } = self.student.units {
            let StudentKeys { hidden, layers, epsilon, .. } = self.student;
            let start = LeakyReluStart::Orthogonal { epsilon };
            let student = LeakyReluStudentSpec { hidden, layers, slope, output: OutputUnits::Linear, start };
            let (teacher, precision) = (TeacherKind::Linear, Precision::Single);
            return Experiment::LeakyRelu(LeakyReluSpec { task, teacher, student, training, precision, draw });
        }
        match self.student.start {
            Start::TrainingAligned => {
                Experiment::Aligned(AlignedSpec { task, student, training, tracked_modes: 0, draw })
            }
            start => Experiment::Linear(LinearSpec {
                task,
                student,
                start,
                training,
                tracked_modes: 0,
                stepping: Stepping::Jumps,
                draw,
            }),
        }
    }

    pub(super) fn student(&self) -> StudentSpec {
        StudentSpec::new(self.student.hidden, self.student.layers, self.student.epsilon)
            .with_balance(self.student.balance)
    }

    fn theory_student(&self) -> Result<Student, theory::TheoryError> {
        Student::new(self.student.hidden, self.student.layers, self.student.epsilon)?
            .with_decay(self.training.decay)?
            .with_balance(self.student.balance)
    }

    /// The theory of the task by itself.
    pub(super) fn curve(&self) -> Result<LearningCurve, theory::TheoryError> {
        let task = Task::new(self.task.inputs, self.task.outputs, &self.task.strengths)?;
        let task = task.with_noise(self.task.noise)?.with_examples(self.task.examples)?;
        Ok(LearningCurve::new(&task, &self.theory_student()?))
    }

    /// The largest predicted ŝ of all that is trained on.
    pub(super) fn strongest_data_mode(&self) -> Result<f64, theory::TheoryError> {
        let Some(curve) = self.joint_curve()? else {
            let strongest = self.task.strengths.first().copied().unwrap_or_default();
            return Ok(self.curve()?.spectrum().strength(strongest));
        };
        let strongest = curve.task().modes().iter().map(|mode| mode.strength).fold(0.0, f64::max);
        Ok(curve.spectrum().strength(strongest))
    }

    /// The theory of the task in company, if there is one.
    pub(super) fn joint_curve(&self) -> Result<Option<JointCurve>, theory::TheoryError> {
        let first = Teacher { outputs: self.task.outputs, strengths: self.task.strengths.clone() };
        let joint = match (&self.companion, &self.company) {
            (Some(companion), _) => {
                let second = Teacher { outputs: companion.outputs, strengths: vec![companion.strength] };
                JointTask::pair(self.task.inputs, first, second, faer::mat![[companion.alignment]].as_ref())?
            }
            (None, Some(company)) => {
                let others = company.tasks.iter();
                let others = others.map(|t| Teacher { outputs: t.outputs, strengths: t.strengths.clone() });
                let teachers: Vec<Teacher> = [first].into_iter().chain(others).collect();
                let modes = company.overlaps.len();
                let entry = |i: usize, j: usize| company.overlaps[i].get(j).copied().unwrap_or(f64::NAN);
                JointTask::new(self.task.inputs, &teachers, faer::Mat::from_fn(modes, modes, entry).as_ref())?
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(JointCurve::new(&joint.with_noise(self.task.noise)?, &self.theory_student()?)))
    }
}
