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

/// A page with the report's style and script.
pub struct Document<'a> {
    /// HTML of the title.
    pub title: &'a str,
    /// HTML of everything that is seen.
    pub body: &'a str,
}

impl Document<'_> {
    /// The page, which needs no other file.
    pub fn render(&self) -> String {
        let Self { title, body } = self;
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}\
             <div id=\"tip\" role=\"status\" hidden></div>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n"
        )
    }
}

/// The whole page; `faults` say what had to be left out.
pub(super) fn render(entries: &[Entry], faults: &[String]) -> String {
    let mut body = String::from("<a class=\"skip\" href=\"#figures\">Skip to the figures</a>\n");
    body.push_str(&header(entries));
    for fault in faults {
        let _ = writeln!(body, "<p class=\"fault\" role=\"alert\">Left out: {}</p>", escape(&printable(fault)));
    }
    body.push_str("<main>\n");
    body.push_str("<div id=\"figures\">\n");
    for entry in entries {
        body.push_str(&section::figure(entry));
    }
    body.push_str("</div>\n");
    body.push_str(&summary(entries));
    body.push_str("</main>\n");
    body.push_str(&footer(entries));
    Document { title: "Deep linear networks: every figure, every claim", body: &body }.render()
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

/// Claim and verdict, the numbers stand with the figure: a group of rows per figure.
fn summary(entries: &[Entry]) -> String {
    let mut table = String::from(
        "<details class=\"all-claims\">\n<summary id=\"summary\">All claims and verdicts</summary>\n<table class=\"summary\" role=\"table\" aria-labelledby=\"summary\">\n\
         <thead role=\"rowgroup\"><tr role=\"row\"><th role=\"columnheader\" scope=\"col\">Claim</th>\
         <th role=\"columnheader\" scope=\"col\">Verdict</th></tr></thead>\n",
    );
    for entry in entries {
        let _ = writeln!(
            table,
            "<tbody role=\"rowgroup\"><tr role=\"row\" class=\"of\"><th role=\"rowheader\" scope=\"rowgroup\" colspan=\"2\"><a href=\"#{}\">{} {}</a></th></tr>",
            escape(&entry.record.figure),
            short_name(&entry.record.figure),
            math(&entry.record.title)
        );
        for verdict in &entry.record.verdicts {
            let _ = writeln!(
                table,
                "<tr role=\"row\">{}{}</tr>",
                cell(&format!("{} {}", math(&verdict.claim), panel(verdict))),
                cell(&badge(verdict))
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
