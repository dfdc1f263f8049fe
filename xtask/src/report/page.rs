//! The page: a summary of all claims, then each figure with its caption, verdicts and settings.

use super::Entry;
use super::html::{escape, math};
use crate::comparison::Verdict;
use serde_json::Value;
use std::fmt::Write as _;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The whole page.
pub(super) fn render(entries: &[Entry]) -> String {
    let mut page = String::new();
    page.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str(
        "<link rel=\"icon\" href=\"data:,\">\n<title>Deep linear networks: every figure, every claim</title>\n",
    );
    let _ = write!(page, "<style>\n{STYLE}</style>\n</head>\n<body>\n");
    page.push_str("<a class=\"skip\" href=\"#figures\">Skip to the figures</a>\n");
    page.push_str(&header(entries));
    page.push_str("<main>\n");
    page.push_str(&summary(entries));
    page.push_str("<div id=\"figures\">\n");
    for entry in entries {
        page.push_str(&figure(entry));
    }
    page.push_str("</div>\n</main>\n<div id=\"tip\" role=\"status\" aria-live=\"polite\" hidden></div>\n");
    let _ = write!(page, "<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    page
}

fn header(entries: &[Entry]) -> String {
    let all = || entries.iter().flat_map(|entry| entry.record.verdicts.iter());
    let count = |passed: Option<bool>| all().filter(|verdict| verdict.passed == passed).count();
    format!(
        "<header>\n<h1>Generalisation and transfer in deep linear networks</h1>\n\
         <p>An independent reproduction of Lampinen &amp; Ganguli, <cite>An analytic theory of generalization dynamics and transfer \
         learning in deep linear networks</cite> (ICLR 2019): {} figures made from seeded configs by one command, every claim judged \
         by a number. <strong>{} claims passed, {} failed, {} not judged.</strong></p>\n\
         <p>Singular values: s̄ of the teacher, ŝ of the data, s of the student. Errors are relative: 1 is “has learned nothing”. \
         Times are in units of τ, the inverse learning rate in epochs. Move the pointer over a drawing to read values; \
         the buttons below it switch series off and on.</p>\n</header>\n",
        entries.len(),
        count(Some(true)),
        count(Some(false)),
        count(None)
    )
}

fn summary(entries: &[Entry]) -> String {
    let mut table = String::from(
        "<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"summary\">\n<table>\n\
         <thead><tr><th scope=\"col\">Claim</th><th scope=\"col\">Figure</th><th scope=\"col\">Our number</th><th scope=\"col\">Verdict</th></tr></thead>\n<tbody>\n",
    );
    for entry in entries {
        for verdict in &entry.record.verdicts {
            let _ = writeln!(
                table,
                "<tr><td>{}</td><td><a href=\"#{stem}\">{} {}</a></td><td>{}</td><td>{}</td></tr>",
                math(&verdict.claim),
                short_name(&entry.record.figure),
                escape(&verdict.panel),
                math(&verdict.measured),
                badge(verdict),
                stem = escape(&entry.record.figure)
            );
        }
    }
    table.push_str("</tbody>\n</table>\n</div>\n</section>\n");
    table
}

fn figure(entry: &Entry) -> String {
    let record = &entry.record;
    let stem = escape(&record.figure);
    let mut text = format!(
        "<section class=\"figure\" id=\"{stem}\" aria-labelledby=\"{stem}-h\">\n<h2 id=\"{stem}-h\"><span class=\"name\">{}</span> {}</h2>\n",
        short_name(&record.figure),
        math(&record.title)
    );
    let _ = write!(
        text,
        "<figure>\n<div class=\"drawing\">{}</div>\n<div class=\"series\" role=\"group\" aria-label=\"Series of {stem}\"></div>\n",
        entry.drawing
    );
    let _ = write!(text, "<figcaption>{}</figcaption>\n</figure>\n", math(&record.caption));
    text.push_str(&verdict_table(&record.verdicts));
    text.push_str(&links(entry));
    text.push_str(&settings(entry));
    text.push_str("</section>\n");
    text
}

fn verdict_table(verdicts: &[Verdict]) -> String {
    let mut table = String::from(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Verdicts\">\n<table>\n<thead><tr><th scope=\"col\">Claim</th><th scope=\"col\">Panel</th>\
         <th scope=\"col\">Measured</th><th scope=\"col\">Tolerance</th><th scope=\"col\">Verdict</th></tr></thead>\n<tbody>\n",
    );
    for v in verdicts {
        let _ = writeln!(
            table,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            math(&v.claim),
            escape(&v.panel),
            math(&v.measured),
            math(&v.tolerance),
            badge(v)
        );
    }
    table.push_str("</tbody>\n</table>\n</div>\n");
    table
}

fn links(entry: &Entry) -> String {
    let record = &entry.record;
    let mut links = vec![format!("<a href=\"{0}.json\">record ({0}.json)</a>", escape(&record.figure))];
    links.extend(record.files.keys().map(|name| format!("<a href=\"{0}\">{0}</a>", escape(name))));
    let made = format!(
        "Made by <code>cargo xtask figures {}</code>: {:.0} s of computing, on {} ({}), revision {}.",
        escape(&record.figure),
        record.provenance.run_seconds,
        escape(&record.provenance.cpu),
        escape(&record.provenance.system),
        escape(record.provenance.revision.as_deref().map_or("unknown", |r| r.get(..12).unwrap_or(r)))
    );
    format!("<p class=\"links\">{}</p>\n<p class=\"made\">{made}</p>\n", links.join(" · "))
}

fn settings(entry: &Entry) -> String {
    let mut rows = String::new();
    if let Some(config) =
        entry.record.config.as_object().and_then(|kinds| kinds.values().next()).and_then(Value::as_object)
    {
        for (key, value) in config {
            let _ =
                writeln!(rows, "<dt>{}</dt><dd>{}</dd>", escape(&key.replace('_', " ")), escape(&value.to_string()));
        }
    }
    format!(
        "<details><summary>Settings ({} scale, {})</summary>\n<dl>\n{rows}</dl>\n</details>\n",
        entry.record.scale,
        escape(&entry.record.kind)
    )
}

fn badge(verdict: &Verdict) -> &'static str {
    match verdict.passed {
        Some(true) => "<span class=\"badge pass\">passed</span>",
        Some(false) => "<span class=\"badge fail\">failed</span>",
        None => "<span class=\"badge none\">not judged</span>",
    }
}

/// `fig03` of `fig03_single_hidden_layer`.
fn short_name(stem: &str) -> String {
    escape(stem.split('_').next().unwrap_or(stem))
}
