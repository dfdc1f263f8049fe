//! Tasks that share their inputs: which helps which.

use super::data::Data;
use super::record::{Benefit, Record, Shape};
use super::{Explained, Options, described, matrix, picture};
use anyhow::{Context as _, ensure};
use faer::MatRef;
use linalg_core::{binary_exponent, scaled_by_power_of_two};
use theory::{Bootstrap, Company, NoiseLevel, RelatedTasks, Student, TheoryError, TransferEffect, TransferEstimate};

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
    let asked = match &options.task {
        None => 0..names.len(),
        Some(task) => {
            let place = names.iter().position(|name| name == task);
            let place = place.with_context(|| format!("--task: {task} is none of the tasks: {}", names.join(", ")))?;
            place..place + 1
        }
    };
    let draws = if asked.len() > 3 { 40 } else { 100 };
    let bootstrap = Bootstrap::new(draws)?.with_seed(options.seed);
    let (partners, pairs) = (names.len() - 1, asked.len() * (names.len() - 1));
    for (place, of) in asked.enumerate() {
        let told = |done: usize, _: usize| options.progress.tell("pairs of tasks", place * partners + done, pairs);
        let ranked = match related.rank_partners(of, &student, t_max, &bootstrap, told) {
            Ok(ranked) => ranked,
            Err(TheoryError::ZeroReference { .. }) => {
                record.warnings.push(format!(
                    "{}: nothing of it stands out of its noise, so there is no error that company could lower.",
                    names[of]
                ));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        record.benefit.extend(ranked.iter().map(|partner| benefit(partner, &names, pace)));
        let told = |done: usize| options.progress.tell("companies", done, (1 << partners.min(8)) - 1);
        let Company { with, benefit: estimate } = related.best_company(of, &student, t_max, told)?;
        let least = related.least_risks(of, &with, &student, t_max)?;
        record.company.push(super::record::Company {
            of: names[of].clone(),
            with: with.iter().map(|&task| names[task].clone()).collect(),
            estimate,
            time: least.joint.time / pace,
        });
    }
    let figure = picture::benefits(&names, &record.benefit);
    Ok(Explained { record, figure: Some(figure), shrunken: None })
}

/// A partner as it is told.
fn benefit(partner: &TransferEstimate, names: &[String], pace: f64) -> Benefit {
    Benefit {
        of: names[partner.of].clone(),
        with: partner.with.iter().map(|&task| names[task].clone()).collect::<Vec<_>>().join(" + "),
        estimate: Some(partner.benefit.estimate),
        low: Some(partner.benefit.low),
        high: Some(partner.benefit.high),
        effect: match partner.effect() {
            Some(TransferEffect::Support) => "helps",
            Some(TransferEffect::Interference) => "hurts",
            _ => "neither",
        },
        worth: partner.worth,
        time: Some(partner.joint.time / pace),
    }
}
