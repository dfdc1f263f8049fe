//! A figure on the page: drawing, caption, verdicts, files, settings.

use super::Entry;
use super::cells::{badge, cell, short_name};
use crate::output::files::Record;
use crate::study::Verdict;
use figures::math_text::{escaped as escape, html as math};
use serde_json::Value;
use std::fmt::Write as _;

/// The whole section.
pub(super) fn figure(entry: &Entry) -> String {
    let record = &entry.record;
    let stem = escape(&record.figure);
    let mut text = format!(
        "<section class=\"figure\" id=\"{stem}\" aria-labelledby=\"{stem}-h\">\n<div class=\"plate\">\n<h2 id=\"{stem}-h\"><span class=\"name\">{}</span> {}</h2>\n",
        short_name(&record.figure),
        math(&record.title)
    );
    text.push_str("<figure>\n");
    if entry.drawing.is_empty() {
        text.push_str("<p>Made without a drawing: <code>--format</code> names no SVG.</p>\n");
    } else {
        let _ = write!(
            text,
            "<div class=\"drawing\" tabindex=\"0\" role=\"group\" aria-label=\"Drawing of {stem}: arrow keys read values\">{}</div>\n\
             <details class=\"switches\" hidden><summary>Series</summary></details>\n",
            entry.drawing
        );
    }
    let _ = write!(text, "<figcaption>{}</figcaption>\n</figure>\n</div>\n", math(&record.caption));
    text.push_str(&verdict_table(&record.figure, &record.verdicts));
    text.push_str(&files_and_settings(entry));
    text.push_str("</section>\n");
    text
}

fn verdict_table(stem: &str, verdicts: &[Verdict]) -> String {
    if verdicts.is_empty() {
        return "<p>No claim is judged here.</p>\n".to_owned();
    }
    let head = |name: &str| format!("<th role=\"columnheader\" scope=\"col\">{name}</th>");
    let mut table = format!(
        "<table class=\"verdicts\" role=\"table\" aria-label=\"Verdicts of {}\">\n<thead role=\"rowgroup\"><tr role=\"row\">{}{}{}{}</tr></thead>\n<tbody role=\"rowgroup\">\n",
        escape(stem),
        head("Claim"),
        head("Panel"),
        head("Our number"),
        head("Verdict")
    );
    for v in verdicts {
        let _ = writeln!(
            table,
            "<tr role=\"row\">{}{}{}{}</tr>",
            cell(&math(&v.claim)),
            cell(&escape(&v.panel)),
            cell(&math(&in_full(v))),
            cell(&badge(v))
        );
    }
    table.push_str("</tbody>\n</table>\n");
    table
}

/// The sentence, and the reason where there is another one.
fn in_full(verdict: &Verdict) -> String {
    match &verdict.reason {
        Some(reason) if *reason != verdict.text => format!("{}. {reason}", verdict.text),
        _ => verdict.text.clone(),
    }
}

/// Links to the files, and how, when and where they were made.
fn files(entry: &Entry) -> String {
    let record = &entry.record;
    let link = |to: &str, name: &str| format!("<a href=\"{}\">{}</a>", escape(to), escape(name));
    let mut links: Vec<String> = record.files.keys().map(|name| link(name, name)).collect();
    links.push(link(&format!("{}.json", record.figure), &format!("{}.json (record)", record.figure)));
    links.extend(entry.config.iter().map(|config| link(config, &format!("{}.ron (config)", record.figure))));
    let made = &record.provenance;
    let revision = made.revision.as_deref().map_or("unknown", |r| r.get(..12).unwrap_or(r));
    let changed = if made.dirty == Some(true) { " with changes" } else { "" };
    format!(
        "<p class=\"links\">{}</p>\n<p class=\"made\">Made by <code>{}</code>: {:.0} s of computing, on {} ({}), revision {}{changed}.</p>\n",
        links.join(" · "),
        escape(&remake(record)),
        made.run_seconds,
        escape(&made.cpu),
        escape(&made.system),
        escape(revision),
    )
}

/// The command that makes this figure alone once more.
fn remake(record: &Record) -> String {
    // A config of one's own is known by its file alone, which the recorded command names.
    if record.provenance.command.contains("--config") {
        return record.provenance.command.clone();
    }
    let scale = if record.scale == "paper" { String::new() } else { format!(" --scale {}", record.scale) };
    let seed = record.seed_override.map_or_else(String::new, |seed| format!(" --seed {seed}"));
    format!("cargo xtask figures {}{scale}{seed}", record.figure)
}

fn files_and_settings(entry: &Entry) -> String {
    let mut rows = String::new();
    if let Some(config) =
        entry.record.config.as_object().and_then(|kinds| kinds.values().next()).and_then(Value::as_object)
    {
        for (key, value) in config.iter().filter(|(key, _)| !["title", "expectations"].contains(&key.as_str())) {
            let _ = writeln!(rows, "<dt>{}</dt><dd>{}</dd>", escape(&key.replace('_', " ")), in_words(value));
        }
    }
    format!(
        "<details class=\"settings\"><summary>Files and settings ({} scale, {})</summary>\n{}<dl>\n{rows}</dl>\n</details>\n",
        escape(&entry.record.scale),
        escape(&entry.record.kind),
        files(entry)
    )
}

/// A value without the punctuation of its file format.
fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => math(text),
        Value::Number(number) => math(&number.to_string()),
        Value::Array(items) => {
            let words: Vec<String> = items.iter().map(grouped).collect();
            if words.is_empty() { "none".to_owned() } else { words.join(", ") }
        }
        Value::Object(fields) => {
            let words: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("{} {}", escape(&key.replace('_', " ")), grouped(value)))
                .collect();
            words.join("; ")
        }
    }
}

/// As [`in_words`], in parentheses where it stands among others.
fn grouped(value: &Value) -> String {
    match value {
        Value::Array(items) if items.len() != 1 => format!("({})", in_words(value)),
        Value::Object(_) => format!("({})", in_words(value)),
        _ => in_words(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_told_in_words() {
        let value: Value = serde_json::from_str(
            r#"{"noise": 1e-5, "range": [0, 5], "axes": [{"parameter": "Noise", "values": [1]}],
                "off": null, "map": false}"#,
        )
        .unwrap();
        assert_eq!(in_words(&value), "axes (parameter Noise; values 1); map no; noise 0.00001; off none; range (0, 5)");
    }
}
