//! One student that learns several tasks one after the other.

use crate::linear_experiment::{label, outcome, require_stable};
use crate::{
    DataModes, DataSet, Draw, InitialWeights, LearningProblem, LinearSpec, LinearStudent, Progress, SimError, Start,
    Stepping, StudentSpec, TaskSpec, Training, TrainingOutcome,
};
use serde::{Deserialize, Serialize};

/// A linear student with full matrices that learns tasks with the same outputs one after the other, each from the weights that the one
/// before left: pretraining, fine-tuning and forgetting. It starts at random.
///
/// ```
/// use sim::{Draw, Schedule, SequenceSpec, Stage, Stepping, StudentSpec, TaskSpec, Training, Unattended};
///
/// let training = |epochs| Training::new(1e-2, epochs, Schedule::listed(vec![]));
/// let sequence = SequenceSpec {
///     tasks: TaskSpec::joint(20, &[10, 10], &[&[3.0], &[8.0]], 0.5),
///     student: StudentSpec::new(10, 2, 1e-4),
///     stages: vec![Stage { task: 1, training: training(200) }, Stage { task: 0, training: training(300) }],
///     stepping: Stepping::Jumps,
///     draw: Draw { seed: 1, run: 0 },
/// };
/// let [pretraining, training] = &sequence.run(&Unattended)?[..] else { unreachable!("two stages") };
/// // Task 1 is learned, then forgotten.
/// assert!(pretraining.test(1)?.last < 0.2 && training.test(1)?.last > 0.5);
/// # Ok::<(), sim::SimError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequenceSpec {
    /// All tasks, as if they were learned together: their teachers, alignment, inputs and noise. Each has the same number of outputs,
    /// and there are at least as many examples as inputs, so that every direction is learned.
    pub tasks: TaskSpec,
    /// Its sizes and ε.
    pub student: StudentSpec,
    /// What is learned, and for how long, in this order.
    pub stages: Vec<Stage>,
    /// How epochs are taken.
    pub stepping: Stepping,
    /// Which repetition.
    pub draw: Draw,
}

/// One part of a [`SequenceSpec`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Index of the task, the same data as in company ([`TaskSpec::task_alone`]).
    pub task: usize,
    /// λ, epochs and what is logged; epochs count from the start of the stage.
    pub training: Training,
}

impl SequenceSpec {
    /// Checks the description.
    ///
    /// # Errors
    /// [`SimError::Invalid`] naming the first field that is not allowed.
    pub fn check(&self) -> Result<(), SimError> {
        let Self { tasks, student, stages, .. } = self;
        tasks.check()?;
        student.check()?;
        if tasks.alone.is_some() {
            return Err(SimError::invalid("alone", "a task", "none: the stages say which task is learned"));
        }
        if tasks.outputs.iter().any(|outputs| *outputs != tasks.outputs[0]) {
            return Err(SimError::invalid("outputs", format!("{:?}", tasks.outputs), "the same for every task"));
        }
        if tasks.examples < tasks.inputs {
            let allowed = format!("at least the {} inputs of a sequence", tasks.inputs);
            return Err(SimError::invalid("examples", tasks.examples, allowed));
        }
        student.check_balance(tasks.inputs, tasks.outputs[0])?;
        student.check_memory(&tasks.task_alone(0))?;
        if stages.is_empty() {
            return Err(SimError::invalid("stages", "none", "one or more"));
        }
        for Stage { task, training } in stages {
            training.check()?;
            if *task >= tasks.outputs.len() {
                let allowed = format!("the index of one of the {} tasks", tasks.outputs.len());
                return Err(SimError::invalid("task", task, allowed));
            }
            self.alone(*task).check_not_silent()?;
        }
        Ok(())
    }

    /// Runs the stages on the calling thread: one outcome for each, whose tests are those of all tasks in order. The outcomes depend on
    /// the description alone.
    ///
    /// # Errors
    /// As [`Experiment::run`](crate::Experiment::run).
    pub fn run(&self, progress: &dyn Progress) -> Result<Vec<TrainingOutcome>, SimError> {
        self.check()?;
        let problem = |task| LearningProblem::new(&DataSet::sample(&self.alone(task), self.draw)?);
        let problems = (0..self.tasks.outputs.len()).map(problem).collect::<Result<Vec<_>, _>>()?;
        let (inputs, outputs) = (self.tasks.inputs, self.tasks.outputs[0]);
        let mut weights = InitialWeights::random(inputs, outputs, &self.student, self.draw).without_inert_units();
        let (label, units) = (&self.label(), weights.used_units);
        let student_of = |stage: &Stage, weights: &InitialWeights| {
            LinearStudent::new(&problems[stage.task], weights, stage.training.learning_rate)
                .with_decay(stage.training.decay)
                .with_balance(self.student.balance)
        };
        // A student that has learned a strong task moves in steps of that size, whatever it learns now.
        for Stage { task, training } in &self.stages {
            for learned in self.stages.iter().filter(|stage| problems[stage.task].common_gain().is_some()) {
                let stage = Stage { task: learned.task, training: training.clone() };
                require_stable(&mut student_of(&stage, &weights), training, &format!("{label}, task {task}"))?;
            }
        }
        let mut outcomes = Vec::with_capacity(self.stages.len());
        for stage in &self.stages {
            let Stage { task, training } = stage;
            let own = &problems[*task];
            let others: Vec<&LearningProblem> =
                problems.iter().enumerate().filter(|(other, _)| other != task).map(|(_, problem)| problem).collect();
            let mut student = student_of(stage, &weights).with_further_teachers(&others);
            let norms: Vec<f64> =
                [own].iter().chain(&others).map(|problem| problem.teacher_squared_norms()[0]).collect();
            let record = self.stepping.train(&mut student, training, self.student.epsilon, &norms, label, progress)?;
            weights = InitialWeights { layers: student.weights(), used_units: units };
            let mut outcome = outcome(record, &DataModes::all(own)?, own, 0);
            outcome.teacher_squared_norms = norms;
            // The task that is learned comes first so far.
            outcome.tests[..=*task].rotate_left(1);
            outcome.teacher_squared_norms[..=*task].rotate_left(1);
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    fn alone(&self, task: usize) -> TaskSpec {
        self.tasks.task_alone(task)
    }

    /// Seconds of one core: each stage costs about as much as learning its task alone.
    pub(crate) fn cost_estimate(&self) -> f64 {
        let alone = |Stage { task, training }: &Stage| {
            let (task, student, training) = (self.alone(*task), self.student, training.clone());
            let spec = LinearSpec {
                tracked_modes: 0,
                stepping: self.stepping,
                ..LinearSpec::new(task, student, Start::Random, training, self.draw)
            };
            spec.cost_estimate()
        };
        self.stages.iter().map(alone).sum()
    }

    /// Updates of all stages.
    pub(crate) fn epochs(&self) -> u64 {
        self.stages.iter().map(|stage| stage.training.epochs).sum()
    }

    pub(crate) fn label(&self) -> String {
        let order: Vec<String> = self.stages.iter().map(|stage| stage.task.to_string()).collect();
        label(
            &format!("tasks {} in turn, the outputs of all counted", order.join(", ")),
            &self.tasks,
            &self.student,
            self.draw,
        )
    }
}
