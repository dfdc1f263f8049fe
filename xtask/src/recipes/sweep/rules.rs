//! What a sweep's config must obey.

use super::{Observable, Parameter, Sweep};
use crate::config::Checks;
use sim::Draw;

/// Most points of a sweep.
const MOST_POINTS: usize = 100_000;

/// Most runs of a sweep.
const MOST_RUNS: usize = 1_000_000;

pub(super) fn check(sweep: &Sweep, checks: &mut Checks<'_>) {
    checks
        .at_least("task.inputs", sweep.task.inputs, 1)
        .at_least("task.outputs", sweep.task.outputs, 1)
        .at_least("task.examples", sweep.task.examples, 1)
        .at_least("task.noise", sweep.task.noise, 0.0)
        .non_empty("task.strengths", &sweep.task.strengths)
        .each("task.strengths", &sweep.task.strengths, |c, path, &strength| {
            c.positive(path, strength);
        })
        .at_least("student.hidden", sweep.student.hidden, 1)
        .at_least("student.layers", sweep.student.layers, 1)
        .positive("student.epsilon", sweep.student.epsilon)
        .positive("training.learning_rate", sweep.training.learning_rate)
        .at_least("training.epochs", sweep.training.epochs, 1)
        .require("axes", (1..=2).contains(&sweep.axes.len()), "must be one or two axes");
    let ordered = sweep.task.strengths.windows(2).all(|pair| pair[0] >= pair[1]);
    checks.require("task.strengths", ordered, "must be in decreasing order");
    if let Some(companion) = &sweep.companion {
        checks
            .at_least("companion.outputs", companion.outputs, 1)
            .positive("companion.strength", companion.strength)
            .in_range("companion.alignment", companion.alignment, -1.0..=1.0)
            .consistent(
                "task.strengths",
                "companion",
                sweep.task.strengths.len() == 1,
                "must be one strength beside a companion",
            )
            .consistent(
                "task.examples",
                "companion",
                sweep.task.examples == sweep.task.inputs,
                "must equal inputs beside a companion",
            );
    }
    for (index, axis) in sweep.axes.iter().enumerate() {
        let path = format!("axes[{index}].values");
        checks.non_empty(&path, &axis.values).increasing(&path, &axis.values);
        checks.each(&path, &axis.values, |c, path, &value| axis_value(axis.parameter, c, path, value));
        let needs_companion = matches!(axis.parameter, Parameter::Alignment | Parameter::CompanionStrength);
        let parameter = format!("axes[{index}].parameter");
        checks.require(&parameter, !needs_companion || sweep.companion.is_some(), "needs a companion");
        checks.require(
            &parameter,
            sweep.axes[..index].iter().all(|other| other.parameter != axis.parameter),
            "must differ from the other axis",
        );
    }
    let curve = sweep.observable.is_curve();
    checks
        .consistent("observable", "axes", !curve || sweep.axes.len() < 2, "must not be a curve with two axes")
        .consistent(
            "as_heat_map",
            "axes",
            !sweep.as_heat_map || (sweep.axes.len() == 2 && !curve),
            "needs two axes and no curve",
        )
        .require(
            "observable",
            sweep.observable != Observable::TransferBenefit || sweep.companion.is_some(),
            "needs a companion",
        );
    if checks.all_hold() {
        check_points(sweep, checks);
    }
}

fn axis_value(parameter: Parameter, checks: &mut Checks<'_>, path: &str, value: f64) {
    match parameter {
        _ if parameter.is_size() => {
            checks.require(path, value >= 1.0 && value.fract() == 0.0 && value < 1e9, "must be a whole number from 1")
        }
        Parameter::Alignment => checks.in_range(path, value, -1.0..=1.0),
        Parameter::Noise => checks.at_least(path, value, 0.0),
        _ => checks.positive(path, value),
    };
}

/// Every point must be a task that theory and simulation accept; the first that is not is named by its axes' values.
fn check_points(sweep: &Sweep, checks: &mut Checks<'_>) {
    let count: usize = sweep.axes.iter().map(|axis| axis.values.len()).product();
    checks.require("axes", count <= MOST_POINTS, format!("must have at most {MOST_POINTS} points in all"));
    let seeds = usize::try_from(sweep.seeds).unwrap_or(usize::MAX);
    let runs = count.saturating_mul(seeds).saturating_mul(if sweep.companion.is_some() { 2 } else { 1 });
    checks.require("seeds", runs <= MOST_RUNS, format!("must give at most {MOST_RUNS} runs in all, not {runs}"));
    if !checks.all_hold() {
        return;
    }
    for (values, point) in sweep.points() {
        let theory = match &point.companion {
            Some(companion) => point.joint_curve(companion).map(drop),
            None => point.curve().map(drop),
        };
        let experiments = point.experiments(Draw { seed: sweep.seed, run: 0 });
        let simulated =
            experiments.iter().try_for_each(|experiment| experiment.check()).map_err(|error| error.to_string());
        let problem = theory.map_err(|error| error.to_string()).and(simulated).err().or_else(|| too_fast(&point));
        if let Some(problem) = problem {
            checks.require("axes", false, format!("at {values:?}: {problem}"));
            return;
        }
    }
}

/// Why gradient descent would diverge, if the theory expects it to.
fn too_fast(point: &super::Point) -> Option<String> {
    let curve = point.curve().ok()?;
    let strongest = curve.data_strengths().iter().copied().fold(0.0, f64::max);
    let layers = point.student.layers as f64;
    let density = (point.task.examples as f64 / point.task.inputs as f64).max(1.0);
    let bound = 2.0 / (layers * strongest.powf(2.0 - 2.0 / layers) * density);
    (point.training.learning_rate >= bound).then(|| {
        format!("learning_rate {} must be below {bound}, or gradient descent diverges", point.training.learning_rate)
    })
}
