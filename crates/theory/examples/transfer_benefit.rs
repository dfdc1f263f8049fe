//! Whether to train a task together with another: the benefit as a function of their alignment.
//!
//! `cargo run --release --example transfer_benefit -- [strength of A] [strength of B]`

use theory::faer::mat;
use theory::{JointCurve, JointTask, Student, Teacher};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let strengths = std::env::args().skip(1).map(|argument| argument.parse()).collect::<Result<Vec<f64>, _>>()?;
    let [a, b] = [0, 1].map(|i| strengths.get(i).copied().unwrap_or([1.5, 6.0][i]));
    let teacher = |strength| Teacher { outputs: 50, strengths: vec![strength] };
    let student = Student::new(50, 2, 1e-5)?;
    println!("alignment,error_alone,error_joint,benefit,effect");
    for tenth in 0..=10 {
        let alignment = f64::from(tenth) / 10.0;
        let joint = JointTask::pair(100, teacher(a), teacher(b), mat![[alignment]].as_ref())?;
        let transfer = JointCurve::new(&joint, &student).benefit(0, 20.0)?;
        let (alone, together) = (transfer.alone.test_error, transfer.joint.test_error);
        println!("{alignment},{alone:.6},{together:.6},{:.6},{:?}", transfer.benefit(), transfer.effect());
    }
    Ok(())
}
