//! The answer in words, for someone who does not have the paper at hand.

use super::record::{Mode, Record, Shape};
use crate::console::counted;

/// A heading and its sentences.
pub(super) struct Section {
    pub heading: &'static str,
    pub lines: Vec<String>,
}

/// The sections as plain text.
pub(super) fn plain(sections: &[Section]) -> String {
    let mut text = String::new();
    for section in sections {
        text.push_str(&format!("\n{}\n", section.heading.to_uppercase()));
        for line in &section.lines {
            text.push_str(&wrapped(line));
        }
    }
    text.trim_matches('\n').to_owned()
}

/// Broken to 96 characters, indented.
fn wrapped(line: &str) -> String {
    let (mut text, mut width) = (String::from("  "), 2);
    for (index, word) in line.split(' ').enumerate() {
        let length = word.chars().count() + 1;
        match index {
            0 => {}
            _ if width + length > 96 => {
                text.push_str("\n    ");
                width = 4;
            }
            _ => text.push(' '),
        }
        text.push_str(word);
        width += length;
    }
    text + "\n"
}

/// Everything, in the order in which one asks.
pub(super) fn text(record: &Record) -> Vec<Section> {
    let mut sections = vec![Section { heading: "What was read", lines: read(record) }];
    let mut add = |heading, lines: Vec<String>| {
        if !lines.is_empty() {
            sections.push(Section { heading, lines });
        }
    };
    if record.kind == "tasks" {
        add("Which task helps which", tasks(record));
        let alone = |(task, name): (&Record, &String)| {
            format!("{}: {}", name.split(": ").next().unwrap_or_default(), found(task))
        };
        add("Each task alone", record.tasks.iter().zip(&record.read).map(alone).collect());
    } else {
        add("How much of this is noise", noise(record));
        add("What stands out of it", modes(record));
        add("When to stop, and what to expect", stopping(record));
        add("What would do better", better(record));
    }
    add("What does not hold, or needs care", record.warnings.clone());
    add("What this rests on", basis(record));
    sections
}

fn read(record: &Record) -> Vec<String> {
    let Shape { outputs, inputs, examples } = record.shape;
    let (outputs, inputs) = (counted(outputs, "output"), counted(inputs, "input"));
    let mut lines = record.read.clone();
    lines.push(match record.kind {
        "regression" => format!("Taken as {} of {inputs} and {outputs}.", counted(examples, "example")),
        "tasks" => format!("Taken as {} tasks of {outputs} in all, with the same {inputs}.", lines.len()),
        _ => format!(
            "Taken as the correlations of {outputs} (rows) with {inputs} (columns): each entry is a true value plus noise."
        ),
    });
    lines
}

/// Four digits, in the usual way of writing where that is short.
pub(super) fn digits(value: f64) -> String {
    if value == 0.0 || (1e-3..1e5).contains(&value.abs()) {
        let places = (3.0 - value.abs().max(1e-3).log10().floor()).max(0.0) as usize;
        let text = format!("{value:.places$}");
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    } else {
        format!("{value:.3e}")
    }
}

fn percent(value: f64) -> String {
    format!("{:.1} %", 100.0 * value)
}

fn probability(p: f64) -> String {
    if p < 1e-4 { "less than 0.0001".to_owned() } else { format!("{p:.4}") }
}

fn noise(record: &Record) -> Vec<String> {
    let Some(noise) = record.noise else { return vec!["Unknown: see below.".to_owned()] };
    if noise.entry_deviation == 0.0 {
        return vec!["None that could be told from rounding.".to_owned()];
    }
    let source = match noise.source {
        "given" => "as given".to_owned(),
        "residual" => format!("± {}, from what the best linear map leaves unexplained", digits(noise.standard_error)),
        _ => format!("± {}, from the values that do not stand out", digits(noise.standard_error)),
    };
    let entry = if record.kind == "regression" { "an output's noise" } else { "one entry's noise" };
    let mut lines = vec![format!("The standard deviation of {entry} is {} ({source}).", digits(noise.entry_deviation))];
    match record.fit {
        Some(fit) if fit.holds => lines.push(format!(
            "What does not stand out looks like white noise (distance {:.3}; white noise is as far from its law with probability {}).",
            fit.distance,
            probability(fit.p_value)
        )),
        Some(fit) => lines.push(format!(
            "This is under the assumption of white noise, which these data contradict: what does not stand out is not white noise \
             (distance {:.3} from its law; white noise is as far with probability {}).",
            fit.distance,
            probability(fit.p_value)
        )),
        None => {}
    }
    lines
}

/// How many modes, and how sure.
fn found(record: &Record) -> String {
    let Some(rank) = record.rank else {
        return "How many modes stand out cannot be said without knowing the noise.".to_owned();
    };
    let assumed = match record.fit {
        Some(fit) if !fit.holds => " (under the assumption of white noise, which these data contradict)",
        _ => "",
    };
    let next = record.missed.p_value.map_or_else(String::new, |p| {
        format!(" Noise alone shows a value like the strongest of the others with probability {}.", probability(p))
    });
    if rank == 0 {
        let least = record.missed.least_strength.map_or_else(String::new, |least| {
            format!(
                " A mode of strength {} or more would have been found in at least half of all cases.",
                digits(least)
            )
        });
        return format!("Nothing above the noise was found{assumed}.{next}{least}");
    }
    let what = if rank == 1 { "1 mode stands".to_owned() } else { format!("{rank} modes stand") };
    format!("{what} out of the noise at level {}{assumed}.{next}", record.level)
}

fn modes(record: &Record) -> Vec<String> {
    let mut lines = vec![found(record)];
    if record.rank.is_some_and(|rank| rank > 0) {
        lines.push(
            "A mode is one pattern of inputs that goes with one pattern of outputs; its strength says how much."
                .to_owned(),
        );
    }
    let one = |(index, mode): (usize, &Mode)| {
        let interval = match (mode.strength_low, mode.strength_high) {
            _ if mode.overlap_output == 0.0 => {
                ", no more than its like needs to show, so that neither it nor its patterns are known".to_owned()
            }
            (Some(low), Some(high)) => format!(" (95 %: {} to {})", digits(low), digits(high)),
            _ => String::new(),
        };
        let learned =
            mode.half_learned.map_or_else(String::new, |time| format!("; half learned at t = {} τ", digits(time)));
        format!(
            "Mode {}: strength {}{interval}, seen as {}; its output pattern is right to {}, its input pattern to {} (overlap with \
             the true one); noise alone: probability {}{learned}.",
            index + 1,
            digits(mode.strength),
            digits(mode.data_strength),
            percent(mode.overlap_output),
            percent(mode.overlap_input),
            probability(mode.p_value)
        )
    };
    lines.extend(record.modes.iter().enumerate().take(10).map(one));
    if record.modes.len() > 10 {
        lines.push(format!("… and {} more, in the record (--json).", record.modes.len() - 10));
    }
    lines
}

fn stopping(record: &Record) -> Vec<String> {
    let Some(stopping) = record.stopping else {
        let contradicted = record.fit.is_some_and(|fit| !fit.holds);
        let told =
            "Not said: a time and an error could be told if the rest of the data were white noise, and it is not.";
        return if contradicted { vec![told.to_owned()] } else { Vec::new() };
    };
    let student = record.student;
    let epochs = stopping.epochs.map_or_else(String::new, |epochs| format!(", which is epoch {epochs:.0}"));
    let interval = match (stopping.low, stopping.high) {
        (Some(low), Some(high)) => format!(" (95 %: {} to {})", percent(low), percent(high)),
        _ => String::new(),
    };
    let layers = match student.layers {
        1 => "without hidden layers".to_owned(),
        layers => format!(
            "with {} hidden layer{} of {} units",
            layers - 1,
            if layers == 2 { "" } else { "s" },
            student.hidden
        ),
    };
    let decay = if student.decay > 0.0 { format!(", weight decay {}", digits(student.decay)) } else { String::new() };
    if record.measured.is_some() {
        let start = match student.layers {
            1 => "from zero".to_owned(),
            _ => format!("from small random weights (strength {}{decay})", digits(student.epsilon)),
        };
        let lines = format!(
            "A linear network {layers}, trained by gradient descent {start} on these examples, does best on others if \
             it stops at t = {} τ{epochs}. Its error there is {}{interval} of the outputs' squares, noise included.",
            digits(stopping.time),
            percent(stopping.test_error)
        );
        return vec![lines, UNIT.to_owned()];
    }
    let mut lines = vec![format!(
        "A linear network {layers} (initial strength {}{decay}) should stop at t = {} τ{epochs}. Its test error is \
         then {}{interval} of the signal: 0 % is the true map, 100 % is nothing learned.",
        digits(student.epsilon),
        digits(stopping.time),
        percent(stopping.test_error)
    )];
    if let Some(predicted) = record.predicted {
        lines.push(format!(
            "The closed form at the estimated strengths says t = {} τ and {}, for data of this kind on average.",
            digits(predicted.time),
            percent(predicted.test_error)
        ));
    }
    let end = record.curve.last().and_then(|point| Some((point.t, point.risk?)));
    if let Some((t, risk)) = end.filter(|(_, risk)| *risk > 1.05 * stopping.test_error) {
        lines.push(format!("Trained on to t = {} τ, it learns the noise: {}.", digits(t), percent(risk)));
    }
    lines.push(UNIT.to_owned());
    lines
}

const UNIT: &str = "τ is 1/learning rate in epochs of full-batch gradient descent on half the summed squared error; --learning-rate tells epochs.";

fn better(record: &Record) -> Vec<String> {
    if let (Some(measured), Some(stopping)) = (record.measured, record.stopping) {
        let linear = match record.student.layers {
            1 => String::new(),
            _ => format!("without hidden layers {}, ", percent(measured.without_hidden_layers)),
        };
        return vec![format!(
            "On the same {} folds: {linear}ridge regression {} (penalty {}), reduced-rank regression {} (rank {}), \
             stopping {}.",
            measured.folds,
            percent(measured.ridge),
            digits(measured.ridge_penalty),
            percent(measured.reduced_rank_error),
            measured.reduced_rank,
            percent(stopping.test_error)
        )];
    }
    let (Some(shrinkage), Some(stopping)) = (record.shrinkage, record.predicted) else { return Vec::new() };
    let gain = if stopping.test_error - shrinkage.test_error > 0.01 * stopping.test_error {
        "better than"
    } else {
        "hardly better than"
    };
    let shrunken = format!(
        "Shrinking each singular value to its best instead of training: {}, {gain} stopping ({} by the same closed form). --out writes that matrix as \
         NAME_shrunken.csv.",
        percent(shrinkage.test_error),
        percent(stopping.test_error)
    );
    // What the student already has is told with its stopping.
    let further = |decay: f64| decay > 0.0 && decay != record.student.decay;
    let braked = record.regularised.filter(|braked| further(braked.decay)).map(|braked| {
        format!(
            "Weight decay {} together with stopping, at t = {} τ: {}. Decay holds the noise down while the weaker \
             modes are learned.",
            digits(braked.decay),
            digits(braked.time),
            percent(braked.test_error)
        )
    });
    braked.into_iter().chain([shrunken]).collect()
}

fn tasks(record: &Record) -> Vec<String> {
    let mut lines = vec![
        "The benefit of B for A is by how much A's least test error (as a part of its signal) falls if one network learns both.".to_owned(),
    ];
    let mut of: Vec<&str> = record.benefit.iter().map(|pair| pair.of.as_str()).collect();
    of.dedup();
    for task in of {
        let ranked: Vec<String> = (record.benefit.iter().filter(|pair| pair.of == task))
            .filter_map(|pair| {
                let (estimate, low, high) = (pair.estimate?, pair.low?, pair.high?);
                let effect = if pair.effect == "neither" { "makes no sure difference" } else { pair.effect };
                let worth = match pair.worth {
                    Some(worth) if pair.effect == "helps" && worth >= 1.0 => {
                        format!(", worth {worth:.0} more examples of it")
                    }
                    _ => String::new(),
                };
                Some(format!("{} {effect} ({estimate:+.3}, 95 %: {low:+.3} to {high:+.3}{worth})", pair.with))
            })
            .collect();
        lines.push(format!("For {task}: {}.", ranked.join("; ")));
        lines.extend(record.company.iter().filter(|company| company.of == task).map(|company| {
            match company.with.as_slice() {
                [] => format!("{task} is best learned alone: stop at t/τ = {:.3}.", company.time),
                with => format!(
                    "The best company of {task}: {} ({:+.3}, a little too good for being the best of many). Stop learning \
                     them for its sake at t/τ = {:.3}.",
                    with.join(" + "),
                    company.estimate,
                    company.time
                ),
            }
        }));
    }
    lines
}

fn basis(record: &Record) -> Vec<String> {
    let common = "Lampinen & Ganguli, An analytic theory of generalization dynamics and transfer learning in deep linear networks (ICLR 2019)";
    vec![match (record.kind, record.measured) {
        (_, Some(_)) => "Cross-validation over examples: the network without hidden layers follows a path that is \
                         known exactly for any inputs, those with hidden layers are trained. Best values over times, \
                         penalties and ranks are a little too good, being chosen on the same folds."
            .to_owned(),
        ("tasks", _) => format!(
            "{common}: linear networks whose inputs are white; benefits by an unbiased estimate of the test error from the data alone, \
             intervals by drawing data like these."
        ),
        _ => format!(
            "{common}: data are a map of few modes plus white noise, inputs are white, the network is linear. The test error comes from the \
             data alone (Stein's unbiased risk estimate), intervals from drawing data like these."
        ),
    }]
}
