//! The page: what it is about, a summary of all claims, then each figure.

use super::Entry;
use super::cells::{badge, cell, short_name};
use super::section;
use crate::console::printable;
use crate::study::{Outcome, Verdict};
use figures::math_text::{escaped as escape, html as math};
use std::fmt::Write as _;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The whole page; `faults` say what had to be left out.
pub(super) fn render(entries: &[Entry], faults: &[String]) -> String {
    let mut page = String::new();
    page.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
    page.push_str("<title>Deep linear networks: every figure, every claim</title>\n");
    let _ = write!(page, "<style>\n{STYLE}</style>\n</head>\n<body>\n");
    page.push_str("<a class=\"skip\" href=\"#figures\">Skip to the figures</a>\n");
    page.push_str(&header(entries));
    for fault in faults {
        let _ = writeln!(page, "<p class=\"fault\" role=\"alert\">Left out: {}</p>", escape(&printable(fault)));
    }
    page.push_str("<main>\n");
    page.push_str("<div id=\"figures\">\n");
    for entry in entries {
        page.push_str(&section::figure(entry));
    }
    page.push_str("</div>\n");
    page.push_str(&summary(entries));
    page.push_str("</main>\n");
    page.push_str(&footer(entries));
    page.push_str("<div id=\"tip\" role=\"status\" hidden></div>\n");
    let _ = write!(page, "<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    page
}

fn header(entries: &[Entry]) -> String {
    let all = || entries.iter().flat_map(|entry| entry.record.verdicts.iter());
    let count = |outcome: Outcome| all().filter(|verdict| verdict.outcome == outcome).count();
    let unexpected: usize = entries.iter().map(|entry| entry.record.unexpected).sum();
    let figures = match entries.len() {
        1 => "1 figure".to_owned(),
        n => format!("{n} figures"),
    };
    format!(
        "<header>\n<h1>Generalisation and transfer in deep linear networks</h1>\n\
         <p>An independent reproduction of Lampinen &amp; Ganguli, <cite>An analytic theory of generalization dynamics and \
         transfer learning in deep linear networks</cite> (ICLR 2019): {figures} made from seeded configs by one command, \
         every claim judged by a number.</p>\n\
         <ul class=\"counts\">\n<li class=\"pass\"><b>{}</b> claims hold</li>\n<li class=\"fail\"><b>{}</b> depart</li>\n\
         <li class=\"none\"><b>{}</b> not judged</li>\n<li class=\"none\"><b>{unexpected}</b> not as recorded beforehand</li>\n</ul>\n\
         <details>\n<summary>How to read this page</summary>\n<p>Singular values: s̄ of the teacher, ŝ of the data, s of the student. Errors are relative: 1 is “has learned \
         nothing”. Times are in units of τ, the inverse learning rate in epochs. A teacher of rank r and a given SNR has strengths SNR·(r, …, 1). \
         Aligned students start in the singular directions of their data, random ones anywhere. ε<sub>tr</sub>, ε<sub>te</sub>: train and test error; \
         t<sub>opt</sub>: the best stopping time; L: weight matrices; N₁ inputs, N₃ outputs, P examples; A = N₃/N₁. T: by how much the \
         least test error falls in company of another task; q: overlap of the two tasks’ input directions.</p>\n\
         <p>A verdict compares our number with what chance allows, at most one false alarm in a hundred figures, and says how small a deviation it would \
         have shown. Not judged: these seeds or this machine cannot tell. A claim that departs is a finding, with its reason beside it.</p>\n\
         <p class=\"script\">Point at a drawing to read its values, or focus it and use the arrow keys. A click on a legend’s \
         entry, or on a button under “Series”, hides what it names.</p>\n</details>\n</header>\n",
        count(Outcome::Holds),
        count(Outcome::Departs),
        count(Outcome::NotJudged)
    )
}

/// Claim, number, verdict: a group of rows per figure.
fn summary(entries: &[Entry]) -> String {
    let mut table = String::from(
        "<details class=\"all-claims\">\n<summary id=\"summary\">All claims and verdicts</summary>\n<table class=\"summary\" role=\"table\" aria-labelledby=\"summary\">\n\
         <thead role=\"rowgroup\"><tr role=\"row\"><th role=\"columnheader\" scope=\"col\">Claim</th><th role=\"columnheader\" scope=\"col\">Our number</th>\
         <th role=\"columnheader\" scope=\"col\">Verdict</th></tr></thead>\n",
    );
    for entry in entries {
        let _ = writeln!(
            table,
            "<tbody role=\"rowgroup\"><tr role=\"row\" class=\"of\"><th role=\"rowheader\" scope=\"rowgroup\" colspan=\"3\"><a href=\"#{}\">{} {}</a></th></tr>",
            escape(&entry.record.figure),
            short_name(&entry.record.figure),
            math(&entry.record.title)
        );
        for verdict in &entry.record.verdicts {
            let _ = writeln!(
                table,
                "<tr role=\"row\">{}{}{}</tr>",
                cell("Claim", &format!("{} {}", math(&verdict.claim), panel(verdict))),
                cell("Our number", &math(&verdict.text)),
                cell("Verdict", &badge(verdict))
            );
        }
        table.push_str("</tbody>\n");
    }
    table.push_str("</table>\n</details>\n");
    table
}

fn panel(verdict: &Verdict) -> String {
    if verdict.panel.is_empty() {
        return String::new();
    }
    format!("<span class=\"panels\">({})</span>", escape(&verdict.panel))
}

fn footer(entries: &[Entry]) -> String {
    let engines: std::collections::BTreeSet<u32> = entries.iter().map(|entry| entry.record.engine_version).collect();
    let engines: Vec<String> = engines.iter().map(u32::to_string).collect();
    format!(
        "<footer>\n<p>Everything here is made again by <code>cargo xtask figures</code>; <code>cargo xtask figures --check</code> \
         compares each file with the hash in its figure’s record. Version {} of the workspace, engine {}.</p>\n</footer>\n",
        env!("CARGO_PKG_VERSION"),
        engines.join(", ")
    )
}
