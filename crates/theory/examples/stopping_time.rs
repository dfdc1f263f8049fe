//! When to stop training, and what is lost by not stopping: a table over signal-to-noise ratios.
//!
//! `cargo run --release --example stopping_time -- [inputs] [outputs] [layers]`

use theory::{LearningCurve, Student, Task};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sizes = std::env::args().skip(1).map(|argument| argument.parse()).collect::<Result<Vec<usize>, _>>()?;
    let [inputs, outputs, layers] = [0, 1, 2].map(|i| sizes.get(i).copied().unwrap_or([100, 50, 2][i]));
    let student = Student::new(outputs, layers, 1e-5)?;
    let t_max = 30.0 * if layers > 2 { 10.0 } else { 1.0 };
    println!("s_bar,t_opt,test_error_opt,test_error_at_{t_max},shrinkage_error");
    for s_bar in [0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0] {
        let curve = LearningCurve::new(&Task::new(inputs, outputs, &[s_bar])?, &student);
        let best = curve.optimal_stopping(t_max)?;
        let late = curve.test_error_at(t_max)?;
        println!("{s_bar},{:.4},{:.6},{late:.6},{:.6}", best.time, best.test_error, curve.shrinkage_error()?);
    }
    Ok(())
}
