//! Transfer benefits that were measured: where they come from and how they are shown.

use super::task_pair::{StrengthsOfA, TaskPair};
use crate::runs::ensemble::TransferOutcome;
use crate::study::Wanted;
use crate::study::recipe::Table;
use figures::{Axis, ColourScale, Panel, RefLine};
use sim::Experiment;

/// Least test errors of task A alone and in company on the same data, one per run.
pub fn measured_benefits<'a>(
    alone: impl Iterator<Item = Experiment>,
    joint: impl Iterator<Item = Experiment>,
) -> Wanted<'a, TransferOutcome> {
    least_errors(alone).with(least_errors(joint)).map(|(alone, joint)| Ok(TransferOutcome { alone, joint }))
}

fn least_errors<'a>(experiments: impl Iterator<Item = Experiment>) -> Wanted<'a, Vec<f64>> {
    Wanted::all(experiments.map(|experiment| Wanted::training(experiment).map(|o| Ok(o.test(0)?.least.value))))
}

/// An empty panel of T against q for a task A.
pub fn benefit_panel(index: usize, strength_a: f64) -> Panel {
    let alignment = Axis::new("alignment *q*").range(-0.03, 1.03);
    Panel::new(alignment, Axis::new("transfer benefit *T*^{A←B}"))
        .title(format!("{} task A: s̄_A = {}", StrengthsOfA::NAMES[index], short(strength_a)))
        .mark(RefLine::horizontal(0.0).series("*T* = 0").legend("*T* = 0"))
}

/// Colours of s̄_B: blue (weak) to red (strong).
pub fn log_strength_colours(strengths: &[f64]) -> ColourScale {
    let (low, high) = (strengths[0], strengths[strengths.len() - 1]);
    ColourScale::sequential_log(low, if high > low { high } else { 2.0 * low })
}

/// Least errors of every seed, each row with `more` numbers of its pair of tasks.
pub fn benefits_table<'a, const MORE: usize>(
    more: [&str; MORE],
    points: impl IntoIterator<Item = (TaskPair, &'a TransferOutcome, [f64; MORE])>,
) -> Table {
    let own = ["strength_a", "strength_b", "alignment", "run", "least_test_error_alone", "least_test_error_joint"];
    let mut rows = Vec::new();
    for (TaskPair { strength_a, strength_b, alignment }, measured, numbers) in points {
        for (run, (alone, joint)) in measured.alone.iter().zip(&measured.joint).enumerate() {
            let pair = [strength_a, strength_b, alignment].map(|v| v.to_string());
            let errors = [run.to_string(), alone.to_string(), joint.to_string()];
            rows.push([&pair[..], &errors, &numbers.map(|v| v.to_string())].concat());
        }
    }
    let header = own.into_iter().chain(more).map(str::to_owned).collect();
    Table { name: "benefits".to_owned(), header, rows }
}

/// A number as short as two decimals allow.
pub fn short(value: f64) -> String {
    ((value * 100.0).round() / 100.0).to_string()
}
