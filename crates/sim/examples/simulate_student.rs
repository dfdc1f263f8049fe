//! Train a student on one noisy draw and compare it with the theory.
//!
//! `cargo run --release -p sim --example simulate_student`

use sim::{
    AlignedSpec, Draw, LinearSpec, Schedule, Start, StudentSpec, TaskSpec, Training, TrainingOutcome, Unattended,
};
use std::error::Error;

const STRENGTHS: [f64; 3] = [6.0, 4.0, 2.0];
/// τ in epochs.
const TIME_CONSTANT: f64 = 1000.0;

fn main() -> Result<(), Box<dyn Error>> {
    let task = TaskSpec::single(100, 50, &STRENGTHS);
    let student = StudentSpec::new(50, 2, 1e-5);
    let training = Training::new(1.0 / TIME_CONSTANT, 10_000, Schedule::every(500));
    let draw = Draw { seed: 1, run: 0 };

    // The same data for both: a training aligned student (scalar recursion), and a random start (full matrices).
    let aligned = &AlignedSpec::new(task.clone(), student, training.clone(), draw).run(&Unattended)?;
    let random = &LinearSpec::new(task, student, Start::Random, training, draw).run(&Unattended)?;

    let curve = theory::LearningCurve::new(
        &theory::Task::new(100, 50, &STRENGTHS)?,
        &theory::Student::new(student.hidden, student.layers, student.epsilon)?,
    );
    println!("  t/τ   test error: theory   aligned    random   overlaps |u·û| of the random student's modes 1, 2, 3");
    for (i, epoch) in aligned.epochs.iter().enumerate() {
        let t = *epoch as f64 / TIME_CONSTANT;
        let (aligned, random_test) = (aligned.test(0)?.logged[i], random.test(0)?.logged[i]);
        println!("{t:5.1} {:20.4} {aligned:9.4} {random_test:9.4}   {}", curve.test_error_at(t)?, overlaps(random, i));
    }
    let stopping = curve.optimal_stopping(10.0)?;
    println!("least test error, at t/τ: theory {:.4}, {:.2}", stopping.test_error, stopping.time);
    for (name, outcome) in [("aligned", aligned), ("random", random)] {
        let least = outcome.test(0)?.least;
        println!("{name:>31} {:.4}, {:.2}", least.value, least.epoch as f64 / TIME_CONSTANT);
    }
    Ok(())
}

/// The overlaps at logged epoch number `index`; a dash where the mode has not grown yet.
fn overlaps(outcome: &TrainingOutcome, index: usize) -> String {
    let points = outcome.modes.iter().map(|mode| mode.points[index]);
    points.map(|point| point.map_or("    - ".into(), |point| format!("{:6.3}", point.overlap_output))).collect()
}
