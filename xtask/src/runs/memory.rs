//! How much memory work takes, estimated before it begins.

use crate::console::counted;
use crate::runs::execution::NamedRun;
use anyhow::ensure;

/// Bytes.
const GIB: f64 = (1_u64 << 30) as f64;

/// Refuses `what` if it needs more than `gib` GiB.
///
/// # Errors
/// If it does, with both numbers and the option that raises the bound.
pub fn ensure_fits(what: impl std::fmt::Display, bytes: f64, gib: f64) -> anyhow::Result<()> {
    let needed = bytes / GIB;
    ensure!(needed <= gib, "{what} need about {needed:.1} GiB of memory; at most {gib} are allowed (--memory)");
    Ok(())
}

/// Bytes of the matrices of one draw of data and of its singular value decomposition: factors as measured with matrices of all shapes,
/// rounded up.
pub fn of_draw(inputs: usize, outputs: usize, examples: usize) -> f64 {
    8.0 * (8.0 * outputs as f64 + 22.0) * inputs.max(examples) as f64
}

/// Bytes of the exact solution of a random student: bases that are square in inputs and outputs, and matrices in those hidden
/// units that can move.
pub fn of_exact_student(inputs: usize, outputs: usize, hidden: usize) -> f64 {
    let [inputs, outputs, hidden] = [inputs, outputs, hidden.min(inputs).min(outputs)].map(|size| size as f64);
    8.0 * (1.5 * (inputs * inputs + outputs * outputs) + 3.5 * hidden * hidden + 4.0 * hidden * (inputs + outputs))
}

/// Bytes that are kept of `draws` draws.
pub fn of_trajectories(draws: usize, times: usize, modes: usize) -> f64 {
    8.0 * draws as f64 * (4.0 * times as f64 + 6.0 * modes as f64)
}

/// As many runs at a time, up to `jobs`, as fit into `gib` GiB beside the outcomes of all, which are kept until the figure is drawn.
///
/// # Errors
/// If not even one does, with the option that raises the bound.
pub fn jobs_that_fit(what: impl std::fmt::Display, runs: &[NamedRun], jobs: usize, gib: f64) -> anyhow::Result<usize> {
    let most = runs.iter().map(|named| named.run.memory_estimate()).fold(0.0, f64::max);
    let kept: f64 = runs.iter().map(|named| named.run.outcome_estimate()).sum();
    ensure_fits(format_args!("{what}: {}", counted(runs.len(), "run")), most + kept, gib)?;
    let fit = (gib * GIB - kept) / most;
    Ok(if fit < jobs as f64 { (fit as usize).max(1) } else { jobs })
}
