//! What a sweep's config must obey.

use super::{Observable, Parameter, Point, Sweep, Units};
use crate::config::Checks;
use crate::study::rules::{MOST_EPOCHS, MOST_LAYERS, rounded_down, runs, title};
use sim::{Draw, Start};
use theory::TheoryError;

/// Most points of a sweep.
const MOST_POINTS: usize = 100_000;

pub(super) fn check(sweep: &Sweep, checks: &mut Checks<'_>) {
    title(checks, &sweep.title);
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
        .in_range("student.layers", sweep.student.layers, 1..=MOST_LAYERS)
        .positive("student.epsilon", sweep.student.epsilon)
        .positive("training.learning_rate", sweep.training.learning_rate)
        .in_range("training.epochs", sweep.training.epochs, 1..=MOST_EPOCHS)
        .at_least("training.decay", sweep.training.decay, 0.0)
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
    if let Some(company) = &sweep.company {
        let modes = sweep.task.strengths.len() + company.tasks.iter().map(|task| task.strengths.len()).sum::<usize>();
        let is_square = company.overlaps.len() == modes && company.overlaps.iter().all(|row| row.len() == modes);
        checks
            .require("company", sweep.companion.is_none(), "must be None beside a companion")
            .non_empty("company.tasks", &company.tasks)
            .require(
                "company.overlaps",
                is_square,
                format!("must be {modes} rows of {modes} numbers, one for each mode of all tasks"),
            )
            .consistent(
                "task.examples",
                "company",
                sweep.task.examples == sweep.task.inputs,
                "must equal inputs in company",
            );
    }
    if let Units::LeakyRelu { slope } = sweep.student.units {
        checks
            .in_range("student.units.slope", slope, 0.0..=1.0)
            .consistent(
                "student.start",
                "student.units",
                sweep.student.start == Start::Random,
                "must be Random with leaky-ReLU units",
            )
            .consistent(
                "student.balance",
                "student.units",
                sweep.student.balance == 0.0,
                "must be 0 with leaky-ReLU units",
            )
            .in_range("student.layers", sweep.student.layers, 2..=MOST_LAYERS);
    }
    let in_company = sweep.companion.is_some() || sweep.company.is_some();
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
            sweep.observable != Observable::TransferBenefit || in_company,
            "needs a companion or company",
        );
    if checks.all_hold() {
        check_points(sweep, checks);
    }
}

fn axis_value(parameter: Parameter, checks: &mut Checks<'_>, path: &str, value: f64) {
    match parameter {
        _ if parameter.is_size() => {
            let most = match parameter {
                Parameter::Layers => MOST_LAYERS as f64,
                Parameter::Epochs => MOST_EPOCHS as f64,
                _ => 999_999_999.0,
            };
            let is_size = (1.0..=most).contains(&value) && value.fract() == 0.0;
            checks.require(path, is_size, format!("must be a whole number from 1 to {most}"))
        }
        Parameter::Alignment => checks.in_range(path, value, -1.0..=1.0),
        Parameter::Noise | Parameter::Decay => checks.at_least(path, value, 0.0),
        Parameter::Balance => checks.require(path, value.is_finite(), "must be finite"),
        _ => checks.positive(path, value),
    };
}

/// Every point must be a task that theory and simulation accept; the first that is not is named by its axes' values.
fn check_points(sweep: &Sweep, checks: &mut Checks<'_>) {
    let count: usize = sweep.axes.iter().map(|axis| axis.values.len()).product();
    checks.require("axes", count <= MOST_POINTS, format!("must have at most {MOST_POINTS} points in all"));
    let in_company = sweep.companion.is_some() || sweep.company.is_some();
    runs(checks, "seeds", sweep.seeds, &[count, if in_company { 2 } else { 1 }]);
    if !checks.all_hold() {
        return;
    }
    for (values, point) in sweep.points() {
        let Some(fault) = fault_of(&point, Draw { seed: sweep.seed, run: 0 }) else { continue };
        let varies = |parameter: &Parameter| sweep.axes.iter().any(|axis| axis.parameter == *parameter);
        if fault.set_by.iter().any(varies) {
            checks.require("axes", false, format!("at {values:?}: {}{}", fault.given, fault.rule));
        } else {
            checks.require(fault.path, false, format!("{} (at {values:?} on the axes)", fault.rule));
        }
        return;
    }
}

/// Why a point cannot be computed.
struct Fault {
    /// The key to blame, unless an axis sets it.
    path: &'static str,
    set_by: &'static [Parameter],
    /// The value, for when it is none of the file.
    given: String,
    rule: String,
}

fn fault_of(point: &Point, draw: Draw) -> Option<Fault> {
    let refused = |rule: String| Fault { path: "axes", set_by: &[], given: String::new(), rule };
    let strongest = match point.strongest_data_mode() {
        Ok(strongest) => strongest,
        Err(error @ TheoryError::RankTooLarge { .. }) => {
            let set_by = &[Parameter::Inputs, Parameter::Outputs, Parameter::Examples];
            return Some(Fault { path: "task.strengths", set_by, ..refused(error.to_string()) });
        }
        Err(error) => return Some(refused(error.to_string())),
    };
    let (epsilon, rate) = (point.student.epsilon, point.training.learning_rate);
    if epsilon >= strongest {
        let rule = format!("must be below the largest predicted ŝ, {}", rounded_down(strongest));
        let set_by = &[Parameter::Epsilon];
        return Some(Fault { path: "student.epsilon", set_by, given: format!("epsilon {epsilon} "), rule });
    }
    let density = (point.task.examples as f64 / point.task.inputs as f64).max(1.0);
    let bound = point.student().learning_rate_bound(strongest, density, point.training.decay);
    if rate >= bound {
        let rule = format!("must be below {}, or gradient descent diverges", rounded_down(bound));
        let set_by = &[Parameter::LearningRate];
        return Some(Fault { path: "training.learning_rate", set_by, given: format!("learning_rate {rate} "), rule });
    }
    let mut experiments = point.experiments(draw).into_iter();
    experiments.find_map(|experiment| experiment.check().err()).map(|error| refused(error.to_string()))
}
