//! Tasks that share their inputs: which helps which.

use super::data::Data;
use super::record::{Benefit, Record, Shape};
use super::{Explained, Options, described, matrix, picture};
use anyhow::ensure;
use faer::MatRef;
use linalg_core::{binary_exponent, scaled_by_power_of_two};
use theory::{Bootstrap, NoiseLevel, RelatedTasks, Student, TheoryError, TransferEffect};

pub(super) fn answer(data: Vec<Data>, options: &Options) -> anyhow::Result<Explained> {
    let (first, rest) = data.split_first().expect("tasks are two or more");
    let inputs = first.matrix.ncols();
    for other in rest {
        ensure!(
            other.matrix.ncols() == inputs,
            "{} has {inputs} columns and {} has {}: tasks share their inputs, which are columns",
            first.source,
            other.source,
            other.matrix.ncols()
        );
    }
    let names: Vec<String> = data.iter().map(|task| task.source.clone()).collect();
    let outputs: usize = data.iter().map(|task| task.matrix.nrows()).sum();
    let mut record = Record {
        kind: "tasks",
        shape: Shape { outputs, inputs, examples: inputs },
        level: options.level,
        read: data.iter().map(described).collect(),
        ..Record::default()
    };
    if rest.iter().any(|task| task.columns != first.columns) {
        record.warnings.push(
            "The columns of the tasks are named differently; they are taken to be the same in this order.".to_owned(),
        );
    }
    // One scale for all of them.
    let exponent = data.iter().filter_map(|task| binary_exponent(task.matrix.as_ref())).max().unwrap_or(0);
    let scaled: Vec<_> = data.iter().map(|task| scaled_by_power_of_two(task.matrix.as_ref(), -exponent)).collect();
    let views: Vec<MatRef<'_, f64>> = scaled.iter().map(|task| task.as_ref()).collect();
    let unit = f64::from(exponent).exp2();
    let noise = options.noise.map_or(NoiseLevel::Unknown, |sigma| NoiseLevel::EntryVariance((sigma / unit).powi(2)));
    record.tasks =
        data.into_iter().map(|task| matrix(task, options).map(|answer| answer.record)).collect::<Result<_, _>>()?;
    for (task, name) in record.tasks.iter().zip(&names) {
        if task.fit.is_some_and(|fit| !fit.holds) {
            record
                .warnings
                .push(format!("{name}: what is left beside its modes is not white noise; its benefits assume that."));
        }
    }
    let largest = record.tasks.iter().filter_map(|task| task.modes.first()).map(|mode| mode.data_strength / unit);
    let epsilon = options.epsilon.map_or(1e-5 * largest.fold(1e-3, f64::max), |epsilon| epsilon / unit);
    let layers = options.layers.unwrap_or(2);
    let hidden = options.hidden.unwrap_or(outputs.min(inputs));
    let student = Student::new(hidden, layers, epsilon)?;
    record.student = super::record::Student { hidden, layers, epsilon: epsilon * unit, decay: 0.0 };
    let pace = (f64::from(exponent) * (2.0 - 2.0 / layers as f64)).exp2();
    let last = record.tasks.iter().filter_map(|task| task.curve.last()).map(|point| point.t).fold(0.0, f64::max);
    let t_max = options.t_max.unwrap_or(2.0 * last) * pace;
    let related = match RelatedTasks::new(&views, noise, options.level) {
        Ok(related) => related,
        Err(TheoryError::TooFewNoiseValues { .. }) => {
            record.warnings.push("The noise of a task is not known: give it with --noise.".to_owned());
            return Ok(Explained { record, figure: None, shrunken: None });
        }
        Err(error) => return Err(error.into()),
    };
    let draws = if names.len() > 3 { 40 } else { 100 };
    let bootstrap = Bootstrap::new(draws)?.with_seed(options.seed);
    let pairs = names.len() * (names.len() - 1);
    for of in 0..names.len() {
        let told =
            |done: usize, _: usize| options.progress.tell("pairs of tasks", of * (names.len() - 1) + done, pairs);
        let partners = related.rank_partners(of, &student, t_max, &bootstrap, told);
        match partners {
            Ok(partners) => record.benefit.extend(partners.into_iter().map(|partner| Benefit {
                of: names[of].clone(),
                with: partner.with.iter().map(|&task| names[task].clone()).collect::<Vec<_>>().join(" + "),
                estimate: Some(partner.benefit.estimate),
                low: Some(partner.benefit.low),
                high: Some(partner.benefit.high),
                effect: match partner.effect() {
                    Some(TransferEffect::Support) => "helps",
                    Some(TransferEffect::Interference) => "hurts",
                    _ => "neither",
                },
            })),
            Err(TheoryError::ZeroReference { .. }) => record.warnings.push(format!(
                "{}: nothing of it stands out of its noise, so there is no error that company could lower.",
                names[of]
            )),
            Err(error) => return Err(error.into()),
        }
    }
    let figure = picture::benefits(&names, &record.benefit);
    Ok(Explained { record, figure: Some(figure), shrunken: None })
}
