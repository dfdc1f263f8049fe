//! Inputs and outputs: measured in raw coordinates, by the theory where inputs are white or whitening is asked for.

use super::data::Data;
use super::record::{Measured, Point, Record, Shape, Stopping, Student};
use super::{Decay, Explained, Options, WHITE, described, peculiarities, picture, power, spectral};
use anyhow::{Context as _, bail, ensure};
use faer::Mat;
use linalg_core::singular_values;
use sim::{CrossValidation, Draw, Examples, StudentSpec, ValidationCurve};
use std::ops::ControlFlow;
use theory::WhitenedRegression;

/// Most inputs that are decomposed.
const MOST_INPUTS: usize = 4000;
/// Products of numbers that training students on all folds may take: a minute or so of two cores.
const TRAINING: f64 = 2e11;
/// Most updates of a student.
const MOST_EPOCHS: f64 = 1e6;

/// `inputs` and `outputs` with examples as rows.
pub(super) fn answer([inputs, outputs]: [Data; 2], options: &Options) -> anyhow::Result<Explained> {
    let (x, y) = (inputs.matrix.as_ref(), outputs.matrix.as_ref());
    ensure!(
        x.nrows() == y.nrows(),
        "{} has {} rows and {} has {}: they must be the same examples",
        inputs.source,
        x.nrows(),
        outputs.source,
        y.nrows()
    );
    ensure!(x.ncols() <= MOST_INPUTS, "{} has {} inputs; at most {MOST_INPUTS} are taken", inputs.source, x.ncols());
    ensure!(x.nrows() >= 2, "{} has one example: nothing can be learned from it and measured on others", inputs.source);
    let shape = Shape { outputs: y.ncols(), inputs: x.ncols(), examples: x.nrows() };
    options.progress.tell("decomposing inputs", 0, 1);
    let whitened = WhitenedRegression::new(x.transpose(), y.transpose(), usize::from(options.center))?;
    ensure!(!whitened.eigenvalues.is_empty(), "{}: no input varies: nothing can be learned", inputs.source);
    let mut warnings: Vec<String> = [&inputs, &outputs].into_iter().flat_map(peculiarities).collect();
    let directions = whitened.eigenvalues.len();
    if directions < x.ncols() {
        warnings.push(format!("The inputs vary in {directions} of {} directions; the others are left out.", x.ncols()));
    }
    let condition = whitened.condition_number();
    let white = condition <= WHITE && directions == x.ncols();
    if !options.center {
        warnings.extend(off_centre(&outputs));
    }
    let (most, least) = extremes(&whitened.residual_variances);
    if most > 9.0 * least {
        warnings.push(format!(
            "The outputs' noise is not of one size: its standard deviation differs by a factor of {:.1} between outputs. Give \
             outputs in comparable units for the rank to mean something.",
            (most / least).sqrt()
        ));
    }
    // W* for inputs that are white as they are, YX̃ᵀ for whitened ones.
    let density = if white { whitened.eigenvalues.iter().sum::<f64>() / directions as f64 } else { 1.0 };
    let map = Mat::from_fn(y.ncols(), directions, |i, k| whitened.map[(i, k)] / density.sqrt());
    let noise = options.noise.map(|deviation| deviation * deviation).or(whitened.noise_variance());
    let source = if options.noise.is_some() { "given" } else { "residual" };
    let question =
        spectral::Question { matrix: map.as_ref(), noise: noise.map(|noise| noise / density), source, pace: density };
    let mut answer = spectral::answer(&question, options, warnings)?;
    answer.record.kind = "regression";
    answer.record.shape = shape;
    answer.record.read = [&inputs, &outputs].map(described).into();
    if let (Some(noise), Some(free)) = (&mut answer.record.noise, x.nrows().checked_sub(directions)) {
        // Of the outputs themselves, not of the map.
        noise.entry_deviation *= density.sqrt();
        if noise.source == "residual" {
            noise.standard_error = noise.entry_deviation / (2.0 * (free * y.ncols()) as f64).sqrt();
        }
    }
    if white || options.whiten {
        if !white {
            answer.record.warnings.push(format!(
                "The inputs are not white (condition number {condition:.3}); --whiten answers for a student of whitened inputs, and for \
                 these examples only: on new ones whitening multiplies the error along directions of little input."
            ));
        }
        return Ok(Explained { figure: Some(picture::spectral(&answer)), record: answer.record, shrunken: None });
    }
    let record = measured(answer.record, [&inputs, &outputs], condition, options)?;
    Ok(Explained { figure: Some(picture::measured(&record)), record, shrunken: None })
}

/// Cross-validated answers in raw coordinates, in place of those for white inputs.
fn measured(
    mut record: Record,
    [inputs, outputs]: [&Data; 2],
    condition: f64,
    options: &Options,
) -> anyhow::Result<Record> {
    record.warnings.insert(0, format!(
        "The inputs are not white (condition number {condition:.1}; 1 is white), which the closed forms assume. So what follows is \
         measured on examples left out. Noise and modes are those of the whitened problem, in sample."
    ));
    let folds = options.folds.min(inputs.matrix.nrows());
    options.progress.tell("cross-validation", 0, folds);
    let turned = |data: &Data| data.matrix.transpose().to_owned();
    let examples = Examples::new(turned(inputs), turned(outputs)).context("examples")?;
    let validation = CrossValidation::new(&examples, folds, options.seed).context("cross-validation")?;
    let (linear, ridge, rank) = (validation.early_stopping(), validation.ridge(), validation.reduced_rank()?);
    let layers = options.layers.unwrap_or(1);
    let (stopping, student) = if layers > 1 {
        trained(&validation, &linear, &examples, layers, options, &mut record.warnings)?
    } else {
        if options.decay.is_some() {
            let ridge =
                "--decay: without hidden layers, trained to the end, decay is ridge regression, which is told below.";
            record.warnings.push(ridge.to_owned());
        }
        let hidden = examples.inputs().nrows().min(examples.outputs().nrows());
        (linear.clone(), Student { hidden, layers: 1, epsilon: 0.0, decay: 0.0 })
    };
    let within = |t: f64| options.t_max.is_none_or(|most| t <= most);
    let points = || stopping.points.iter().filter(|point| within(point.at));
    let best = if within(stopping.best.at) { Some(&stopping.best) } else { points().next_back() };
    let best = *best.context("--t-max is before anything is learned")?;
    record.stopping = Some(Stopping {
        time: best.at,
        epochs: None,
        test_error: best.error,
        low: Some((best.error - 1.96 * best.standard_error).max(0.0)),
        high: Some(best.error + 1.96 * best.standard_error),
    });
    record.measured = Some(Measured {
        folds,
        condition_number: condition,
        ridge_penalty: ridge.best.at,
        ridge: ridge.best.error,
        reduced_rank: rank.best.at as usize,
        reduced_rank_error: rank.best.error,
        without_hidden_layers: linear.best.error,
    });
    (record.predicted, record.shrinkage, record.regularised) = (None, None, None);
    record.student = student;
    for mode in &mut record.modes {
        mode.half_learned = None;
    }
    record.curve = points()
        .map(|point| {
            let reach = 1.96 * point.standard_error;
            let [low, high] = [point.error - reach, point.error + reach].map(Some);
            Point { t: point.at, train_error: None, risk: Some(point.error), predicted: None, low, high }
        })
        .collect();
    Ok(record)
}

/// Students with hidden layers, trained on the examples outside of each fold.
fn trained(
    validation: &CrossValidation<'_>,
    linear: &ValidationCurve,
    examples: &Examples,
    layers: usize,
    options: &Options,
    warnings: &mut Vec<String>,
) -> anyhow::Result<(ValidationCurve, Student)> {
    let decay = match options.decay {
        Some(Decay::Best) => {
            bail!("--decay best: inputs that are not white need a number, since every decay is trained anew")
        }
        Some(Decay::Given(decay)) => decay,
        None => 0.0,
    };
    let (inputs, outputs) = (examples.inputs().nrows(), examples.outputs().nrows());
    let hidden = options.hidden.unwrap_or(inputs.min(outputs));
    let strongest = singular_values(validation.stopped_map(linear.best.at)?.as_ref())?[0];
    let epsilon = options.epsilon.unwrap_or(1e-5 * strongest);
    ensure!(epsilon > 0.0, "nothing can be learned from these examples: the best is to stop at once");
    // Each layer meets the others and the data three times in an update.
    let products = 3.0 * (validation.folds().len() * layers * hidden * inputs.max(hidden) * outputs.max(hidden)) as f64;
    let most = (TRAINING / products).clamp(1e3, MOST_EPOCHS) as u64;
    let follow = |done: u64, of: u64| {
        options.progress.tell("epochs of all folds", done as usize, of as usize);
        ControlFlow::Continue(())
    };
    let student = StudentSpec::new(hidden, layers, epsilon);
    let found = validation.student_until_best(&student, decay, most, Draw { seed: options.seed, run: 0 }, &follow)?;
    if found.curve.best_is_last || found.curve.best.at > 0.5 * found.training.learning_rate * most as f64 {
        warnings.push(format!(
            "Training was ended after {} epochs, which may be too early: the best time is not known to be that of the \
             least error. A larger --epsilon shortens it.",
            found.training.epochs
        ));
    }
    Ok((found.curve, Student { hidden, layers, epsilon, decay }))
}

/// A word about outputs that are mostly their means.
fn off_centre(outputs: &Data) -> Option<String> {
    let y = outputs.matrix.as_ref();
    let mean = |j: usize| y.col(j).iter().map(|value| value / y.nrows() as f64).sum::<f64>();
    let means = Mat::from_fn(1, y.ncols(), |_, j| mean(j));
    let scale = means.norm_max() / y.norm_max();
    let share = power(means.as_ref()) * scale * scale * y.nrows() as f64 / power(y);
    (share > 0.5).then(|| {
        format!(
            "The outputs' means make up {:.0} % of their squares: errors are relative to all of them. --center takes means off.",
            100.0 * share
        )
    })
}

/// The largest and the smallest value; zeros, as of constant outputs, do not count.
fn extremes(values: &[f64]) -> (f64, f64) {
    let most = values.iter().copied().fold(0.0, f64::max);
    (most, values.iter().copied().filter(|value| *value > 0.0).fold(most, f64::min))
}
