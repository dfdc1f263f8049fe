//! Gradient descent at n = 400 against the closed forms of large networks.
//!
//! Students of the scalar recursion (`sim`) and [`theory::LearningCurve`] share no code. What is compared, at every time
//! and for both errors, is the mean over independent data sets with the paper's formula as it stands. The tolerance is
//!
//! * sampling error: Student's t at a false-alarm rate of 1e-3 for a whole test, split evenly among its comparisons, times
//!   the standard errors of both samples below;
//! * a finite-size term, from other draws and another code: [`theory::Ensemble`] at **half** the size tells by how much a
//!   network misses the formula there. At fixed strengths the train error and the test error's signal part (the teacher's
//!   modes) miss it by order 1/n, so half of that is allowed; the learned noise grows as n and misses it by order 1 (a few modes
//!   have left the bulk: sampled, 0.187 at n = 200 and 0.193 ± 0.019 at 400, of 15.8), so all of that is allowed. A formula
//!   wrong at every size by δ, or in the noise by δ·n, is found out as soon as half of its error exceeds the sampling error,
//!   which each test shows on wrong formulas;
//! * a step-size term: every student is trained with two learning rates and extrapolated to gradient flow; what is left is
//!   second order, the measured first order times λ and the curvature of the loss at the strongest mode, L ŝ₁^{2−2/L} D in balance.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use rayon::prelude::*;
use sim::{AlignedSpec, DataSet, Draw, Experiment, InputKind, LinearSpec, Schedule, Start, StudentSpec, TaskSpec};
use sim::{Training, TrainingOutcome, Unattended};
use statrs::distribution::{ContinuousCDF as _, StudentsT};
use theory::{DataDraw, Ensemble, ExactStudent, LearningCurve, Student, Summary, Task};

/// False alarms of one test, all its comparisons together.
const FALSE_ALARMS: f64 = 1e-3;

/// Data sets at full size.
const DRAWS: u64 = 32;

/// Data sets at half the size.
const HALF_SIZE_DRAWS: usize = 64;

/// A task and a student whose sizes can be halved.
#[derive(Clone)]
struct Case {
    inputs: usize,
    outputs: usize,
    examples: usize,
    strengths: &'static [f64],
    hidden: usize,
    layers: usize,
    epsilon: f64,
    learning_rate: f64,
    decay: f64,
    balance: f64,
    /// t/τ, all multiples of twice the learning rate.
    times: Vec<f64>,
}

impl Case {
    /// 400 inputs and as many examples, 200 outputs, a teacher of rank 2, an unrestricted student with one hidden layer.
    fn standard() -> Self {
        Self {
            inputs: 400,
            outputs: 200,
            examples: 400,
            strengths: &[4.0, 2.0],
            hidden: 200,
            layers: 2,
            epsilon: 1e-5,
            learning_rate: 1e-3,
            decay: 0.0,
            balance: 0.0,
            times: vec![0.5, 1.0, 1.5, 2.0, 3.0, 5.0],
        }
    }

    fn halved(&self) -> Self {
        let Self { inputs, outputs, examples, hidden, .. } = *self;
        Self { inputs: inputs / 2, outputs: outputs / 2, examples: examples / 2, hidden: hidden / 2, ..self.clone() }
    }

    fn task(&self) -> Task {
        Task::new(self.inputs, self.outputs, self.strengths).unwrap().with_examples(self.examples).unwrap()
    }

    fn student(&self) -> Student {
        let student = Student::new(self.hidden, self.layers, self.epsilon).unwrap();
        student.with_decay(self.decay).unwrap().with_balance(self.balance).unwrap()
    }

    fn student_spec(&self) -> StudentSpec {
        StudentSpec::new(self.hidden, self.layers, self.epsilon).with_balance(self.balance)
    }

    /// The parts of the errors at every time.
    fn formula(&self) -> Vec<Parts<f64>> {
        let curve = LearningCurve::new(&self.task(), &self.student());
        let parts = |&t: &f64| {
            let test = curve.test_error_parts_at(t).unwrap();
            Parts { train: curve.train_error_at(t), signal: test.modes.iter().sum(), noise: test.noise }
        };
        self.times.iter().map(parts).collect()
    }

    /// The parts of the errors at every time, of the theory's own draws at this size.
    fn ensemble(&self) -> Vec<Parts<Summary>> {
        let (task, student) = (self.task(), self.student());
        let pace = task.density().max(1.0);
        // More examples than inputs learn `pace` times as fast, and decay no faster.
        let growth = student.clone().with_decay(self.decay / pace).unwrap().mode_growth();
        let ensemble = Ensemble::sample(&task, HALF_SIZE_DRAWS, 5).unwrap();
        let at = |&t: &f64| {
            let learned = |draw: &DataDraw| -> Vec<f64> {
                let held = &draw.data_strengths()[..student.capacity(&task)];
                held.iter().map(|s_hat| growth.strength_at(*s_hat, t * pace)).collect()
            };
            let signal = |draw: &DataDraw| draw.test_error(&learned(draw)[..task.rank()]).unwrap();
            Parts {
                train: ensemble.summarise(|draw| draw.train_error(&learned(draw))),
                signal: ensemble.summarise(signal),
                noise: ensemble.summarise(|draw| draw.test_error(&learned(draw)).unwrap() - signal(draw)),
            }
        };
        self.times.iter().map(at).collect()
    }

    fn task_spec(&self) -> TaskSpec {
        let input_kind = if self.examples == self.inputs { InputKind::OneHot } else { InputKind::Orthonormal };
        let task = TaskSpec::single(self.inputs, self.outputs, self.strengths);
        TaskSpec { examples: self.examples, input_kind, ..task }
    }

    fn train(&self, run: u64, learning_rate: f64) -> TrainingOutcome {
        let training = training(learning_rate, &self.times).with_decay(self.decay);
        let spec = AlignedSpec::new(self.task_spec(), self.student_spec(), training, Draw { seed: 6, run });
        Experiment::Aligned(spec).run(&Unattended).unwrap().as_training().unwrap().clone()
    }

    /// (ε_tr, ε_te) at every time, of simulated students extrapolated to gradient flow, and what the extrapolation leaves open.
    fn simulation(&self) -> Vec<[(Summary, f64); 2]> {
        let draw = |run| [self.train(run, 2.0 * self.learning_rate), self.train(run, self.learning_rate)];
        let draws: Vec<[TrainingOutcome; 2]> = (0..DRAWS).into_par_iter().map(draw).collect();
        let density = (self.examples as f64 / self.inputs as f64).max(1.0);
        let strongest = draws.iter().map(|[_, fine]| fine.data_strengths[0]).fold(0.0, f64::max);
        let step = 4.0 * self.learning_rate / self.student_spec().learning_rate_bound(strongest, density, 0.0);
        let at = |time: usize, which: usize| {
            let errors = |outcome: &TrainingOutcome| {
                // Epoch 0 is always logged first.
                [&outcome.train, outcome.test(0).unwrap()][which].logged[time + 1]
            };
            let flow: Vec<f64> = draws.iter().map(|[coarse, fine]| 2.0 * errors(fine) - errors(coarse)).collect();
            let first_order = draws.iter().map(|[coarse, fine]| (errors(fine) - errors(coarse)).abs());
            (Summary::of(&flow), step * first_order.fold(0.0, f64::max))
        };
        (0..self.times.len()).map(|time| [at(time, 0), at(time, 1)]).collect()
    }
}

fn training(learning_rate: f64, times: &[f64]) -> Training {
    let epochs: Vec<u64> = times.iter().map(|t| (t / learning_rate).round() as u64).collect();
    let last = *epochs.last().unwrap();
    Training::new(learning_rate, last, Schedule::listed(epochs))
}

/// The train error and the parts of the test error: what the teacher's modes contribute, and the learned noise.
#[derive(Clone, Copy, Debug)]
struct Parts<T> {
    train: T,
    signal: T,
    noise: T,
}

/// The finite-size term of a train or test error, and its standard error: from what a sample at half the size misses of `formula`.
fn finite_size(which: usize, sampled: &Parts<Summary>, formula: &Parts<f64>) -> (f64, f64) {
    let miss = |sampled: Summary, formula: f64| ((sampled.mean - formula).abs(), sampled.standard_error());
    if which == 0 {
        let (train, error) = miss(sampled.train, formula.train);
        return (0.5 * train, 0.5 * error);
    }
    let ((signal, signal_error), (noise, noise_error)) =
        (miss(sampled.signal, formula.signal), miss(sampled.noise, formula.noise));
    (0.5 * signal + noise, 0.5 * signal_error + noise_error)
}

/// What was sampled for one case, so that right and wrong formulas are judged on the same students.
struct Sampled {
    simulation: Vec<[(Summary, f64); 2]>,
    ensemble: Vec<Parts<Summary>>,
}

impl Sampled {
    fn of(case: &Case) -> Self {
        Self { simulation: case.simulation(), ensemble: case.halved().ensemble() }
    }

    /// The largest deviation over all times and both errors, in units of its tolerance, and where it is. The formula under
    /// test is that of `claimed`.
    fn worst(&self, claimed: &Case) -> (f64, String) {
        let quantile = {
            let degrees = (DRAWS.min(HALF_SIZE_DRAWS as u64) - 1) as f64;
            let comparisons = 2.0 * claimed.times.len() as f64;
            StudentsT::new(0.0, 1.0, degrees).unwrap().inverse_cdf(1.0 - 0.5 * FALSE_ALARMS / comparisons)
        };
        let (full, half) = (claimed.formula(), claimed.halved().formula());
        let mut worst = (0.0, String::new());
        for (time, t) in claimed.times.iter().enumerate() {
            for (which, name) in ["train", "test"].into_iter().enumerate() {
                let (simulated, step_term) = self.simulation[time][which];
                let (finite_size, its_error) = finite_size(which, &self.ensemble[time], &half[time]);
                let sampling = simulated.standard_error().hypot(its_error);
                let tolerance = quantile * sampling + finite_size + step_term;
                let claim = [full[time].train, full[time].signal + full[time].noise][which];
                let deviation = (simulated.mean - claim).abs();
                if deviation / tolerance > worst.0 {
                    let text = format!(
                        "{name} error at t/τ = {t}: {:.6} simulated, {:.6} by the formula; allowed {quantile:.2} × \
                         {sampling:.1e} + {finite_size:.1e} (finite size) + {step_term:.1e} (step)",
                        simulated.mean, claim
                    );
                    worst = (deviation / tolerance, text);
                }
            }
        }
        worst
    }
}

/// Asserts that students of `case` follow their formula, and that those of the `wrong` cases would have been found out.
fn assert_agreement(case: &Case, wrong: &[Case]) {
    let sampled = Sampled::of(case);
    let (ratio, place) = sampled.worst(case);
    println!("{ratio:.2} of the tolerance: {place}");
    assert!(ratio <= 1.0, "{ratio:.2} times the tolerance: {place}");
    for wrong in wrong {
        let (ratio, place) = sampled.worst(wrong);
        println!("wrong formula: {ratio:.1} times the tolerance: {place}");
        assert!(ratio > 1.0, "a wrong formula passes: {ratio:.2} of the tolerance at worst: {place}");
    }
}

#[test]
fn as_many_examples_as_inputs() {
    let case = Case::standard();
    assert_agreement(&case, &[Case { epsilon: 2e-5, ..case.clone() }, Case { outputs: 220, ..case.clone() }]);
}

#[test]
fn fewer_examples_than_inputs() {
    let case = Case { examples: 200, ..Case::standard() };
    assert_agreement(&case, &[Case { examples: 400, ..case.clone() }, Case { examples: 220, ..case.clone() }]);
}

#[test]
fn more_examples_than_inputs() {
    let times = vec![0.25, 0.5, 0.75, 1.0, 1.5, 2.5];
    let case = Case { examples: 800, learning_rate: 5e-4, times, ..Case::standard() };
    assert_agreement(&case, &[Case { examples: 400, ..case.clone() }, Case { examples: 880, ..case.clone() }]);
}

#[test]
fn more_outputs_than_inputs() {
    let case = Case { inputs: 200, outputs: 400, examples: 200, ..Case::standard() };
    assert_agreement(&case, &[Case { outputs: 200, ..case.clone() }, Case { outputs: 360, ..case.clone() }]);
}

#[test]
fn a_student_narrower_than_the_data() {
    let case = Case { hidden: 20, ..Case::standard() };
    assert_agreement(&case, &[Case { hidden: 200, ..case.clone() }, Case { hidden: 16, ..case.clone() }]);
}

#[test]
fn a_student_with_three_hidden_layers() {
    let times = vec![2.0, 4.0, 6.0, 10.0, 20.0];
    let case = Case { layers: 4, epsilon: 1e-3, times, ..Case::standard() };
    assert_agreement(&case, &[Case { layers: 3, ..case.clone() }, Case { epsilon: 1.2e-3, ..case.clone() }]);
}

#[test]
fn a_student_whose_weights_decay() {
    let case = Case { decay: 0.6, ..Case::standard() };
    assert_agreement(&case, &[Case { decay: 0.0, ..case.clone() }, Case { decay: 0.66, ..case.clone() }]);
}

#[test]
fn a_deep_student_whose_weights_decay() {
    let times = vec![2.0, 4.0, 6.0, 10.0, 20.0];
    let case = Case { layers: 4, epsilon: 1e-2, decay: 0.1, times, ..Case::standard() };
    assert_agreement(&case, &[Case { decay: 0.0, ..case.clone() }, Case { decay: 0.12, ..case.clone() }]);
}

#[test]
fn decay_with_more_examples_than_inputs() {
    let times = vec![0.25, 0.5, 0.75, 1.0, 1.5, 2.5];
    let case = Case { examples: 800, learning_rate: 5e-4, decay: 1.2, times, ..Case::standard() };
    // γ and not γ/D in the time of the data.
    assert_agreement(&case, &[Case { decay: 2.4, ..case.clone() }, Case { decay: 1.0, ..case.clone() }]);
}

#[test]
fn students_out_of_balance() {
    let (usual, lazy) = ([0.1, 0.3, 0.5, 1.0, 1.5], [0.02, 0.05, 0.1, 0.2, 0.3]);
    for (balance, times) in [(-3.0, usual), (3.0, usual), (20.0, lazy)] {
        let times = times.to_vec();
        let case = Case { balance, learning_rate: 5e-4, times, ..Case::standard() };
        assert_agreement(
            &case,
            &[Case { balance: 0.0, ..case.clone() }, Case { balance: 1.1 * balance, ..case.clone() }],
        );
    }
}

#[test]
fn a_random_student_follows_its_exact_solution() {
    assert_exact(StudentSpec::new(60, 2, 1e-3), 0.0);
}

#[test]
fn a_random_student_whose_weights_decay_follows_its_exact_solution() {
    assert_exact(StudentSpec::new(60, 2, 1e-3), 0.8);
}

#[test]
fn random_students_out_of_balance_follow_their_exact_solution() {
    // The last is an adapter of rank 4: almost nothing in W₂, orthonormal rows in W₁.
    for (hidden, epsilon, balance) in [(60, 1e-3, 5.0), (60, 1e-3, -5.0), (4, 1e-9, -0.25)] {
        assert_exact(StudentSpec::new(hidden, 2, epsilon).with_balance(balance), 0.0);
    }
}

/// One random student with full matrices at n = 200 against the exact solution for the same data and the same start.
fn assert_exact(student: StudentSpec, decay: f64) {
    let (inputs, outputs, draw) = (200, 100, Draw { seed: 8, run: 0 });
    let task = TaskSpec::single(inputs, outputs, &[4.0, 2.0]);
    let times = [0.5, 1.0, 1.5, 2.0, 3.0];
    let train = |learning_rate: f64| {
        let training = training(learning_rate, &times).with_decay(decay);
        let spec = LinearSpec::new(task.clone(), student, Start::Random, training, draw);
        Experiment::Linear(spec).run(&Unattended).unwrap().as_training().unwrap().clone()
    };
    let rates = [4e-3, 2e-3, 1e-3].map(train);

    let data = DataSet::sample(&task, draw).unwrap();
    let start = sim::internals::InitialWeights::random(inputs, outputs, &student, draw);
    let weights = theory::InitialWeights { first: start.layers[0].clone(), second: start.layers[1].clone() };
    let exact = ExactStudent::new(data.output_input_covariance().as_ref(), &weights).unwrap();
    let exact = exact.with_decay(decay).unwrap();
    let teacher = exact.project(data.teacher().map().as_ref()).unwrap();
    for (index, &t) in times.iter().enumerate() {
        let state = exact.state_at(t);
        let expected = [state.train_error().unwrap(), state.test_error(&teacher)];
        let logged =
            |outcome: &TrainingOutcome| [outcome.train.logged[index + 1], outcome.test(0).unwrap().logged[index + 1]];
        let [coarsest, coarse, fine] = rates.each_ref().map(logged);
        for which in 0..2 {
            let flow = 2.0 * fine[which] - coarse[which];
            let first_order = (fine[which] - coarse[which]).abs();
            // Nothing here is random: what is left is the second order of the step, which is a third of what halving the step changes.
            let allowed = 0.5 * (flow - (2.0 * coarse[which] - coarsest[which])).abs() + 1e-9;
            let deviation = (flow - expected[which]).abs();
            println!("t/τ = {t}: {flow} and {}, allowed {allowed:.1e}", expected[which]);
            assert!(deviation < allowed, "t/τ = {t}: {flow}, exactly {}, allowed {allowed:e}", expected[which]);
            // The test tells the two learning rates apart.
            assert!(first_order > allowed, "t/τ = {t}: the step makes no difference");
        }
    }
}
