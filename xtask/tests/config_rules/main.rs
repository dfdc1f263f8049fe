//! Every rule that a config can break, for every key of every kind: place, value and rule are told, nothing panics.
//!
//! Three sorts of tests. What holds for any key (its name misspelt, left out or given twice, nonsense for a value) is done
//! to every key of every kind. What a key in particular must obey stands in [`table`], and is put to the program. In [`fuzz`] configs are
//! spoilt at random.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod config_text;
mod edited;
mod fuzz;
mod table;

use config_text::{Place, line_and_column, places};
use edited::Edited;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use table::KINDS;
use xtask::config::{Document, Scale};
use xtask::recipes::RECIPES;
use xtask::recipes::catalog::Figure;

const FILE: &str = "mine.ron";

/// A sound config of every kind: the first of `configs/`, or the kind's template.
fn templates() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort_unstable_by(|a, b| b.cmp(a));
    let committed = paths.iter().map(|path| without_expectations(&fs::read_to_string(path).unwrap()));
    let own = RECIPES.iter().filter_map(|kind| kind.template().map(str::to_owned));
    let kind_of = |text: &String| Document::parse(FILE, text).unwrap().kind().to_owned();
    own.chain(committed).map(|text| (kind_of(&text), text)).collect()
}

/// A config without what it expects of its claims, which every kind may say and which no rule is about.
fn without_expectations(text: &str) -> String {
    let mut inside = false;
    let is_kept = |line: &&str| {
        let begins = line.starts_with("    expectations: [");
        let ends = inside && matches!(*line, "    )]," | "    ],");
        let is_part = begins || inside || line.starts_with("    // What is expected of the claims");
        inside = (inside || begins) && !ends;
        !is_part
    };
    text.lines().filter(is_kept).map(|line| format!("{line}\n")).collect()
}

/// What the reader says about a config's text, in this process; empty if it is sound.
fn complaints(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    fs::write(&path, text).unwrap();
    let Err(error) = Figure::load(&path, Scale::Paper, None) else { return Vec::new() };
    let place = format!("{}:", path.display());
    format!("{error:#}").lines().map(|line| line.replace(&place, &format!("{FILE}:"))).collect()
}

#[track_caller]
fn is_said(text: &str, expected: &str) {
    let said = complaints(text);
    assert!(said.iter().any(|line| line.starts_with(expected)), "not said: {expected}\nbut: {said:#?}\nof\n{text}");
}

#[test]
fn the_templates_are_sound_and_all_kinds_are_in_the_table() {
    let templates = templates();
    for (kind, text) in &templates {
        assert_eq!(complaints(text), [""; 0], "{kind}");
        assert!(places(text).len() > 8, "{kind}");
    }
    let in_table: BTreeSet<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
    let known: BTreeSet<&str> = RECIPES.iter().map(|kind| kind.name()).collect();
    assert_eq!(in_table, known);
    assert!(templates.keys().map(String::as_str).eq(known), "a kind without a config to start from");
}

/// The keys of all kinds, with the text that they stand in.
fn every_key() -> impl Iterator<Item = (String, Place)> {
    templates().into_values().flat_map(|text| {
        let found: Vec<Place> = places(&text);
        found.into_iter().map(move |place| (text.clone(), place))
    })
}

fn at(text: &str, byte: usize) -> String {
    let (line, column) = line_and_column(text, byte);
    format!("{FILE}:{line}:{column}: ")
}

#[test]
fn every_key_misspelt_is_unknown_and_the_right_one_is_named() {
    let mut count = 0;
    for (text, place) in every_key() {
        let Some(key) = &place.key else { continue };
        if place.path == "smoke" {
            continue;
        }
        let mut edited = text.clone();
        edited.insert(key.end, 'z');
        let name = place.name();
        let parent = place.said().strip_suffix(name).unwrap_or_default().trim_end_matches('.');
        let parent = if parent.is_empty() { String::new() } else { format!("{parent}: ") };
        is_said(
            &edited,
            &format!("{}{parent}unknown key `{name}z`: did you mean `{name}`? (keys: ", at(&edited, key.start)),
        );
        count += 1;
    }
    assert!(count > 250, "{count} keys");
}

/// Values that may be left out.
const OPTIONAL: [&str; 6] =
    ["allowed_delay", "shallow_reference", "companion", "student.balance", "student.units", "training.decay"];

#[test]
fn every_key_left_out_is_missed_where_it_belongs() {
    for (text, place) in every_key() {
        let Some(key) = &place.key else { continue };
        if place.path.starts_with("smoke") {
            continue;
        }
        let mut edited = text.clone();
        let comma = edited[place.value.end..].find([',', ')']).unwrap();
        let comma = place.value.end + comma + usize::from(edited[place.value.end + comma..].starts_with(','));
        edited.replace_range(key.start..comma, "");
        if OPTIONAL.contains(&place.path.as_str()) {
            assert!(!complaints(&edited).iter().any(|line| line.contains("missing key")), "{}", place.path);
            continue;
        }
        // Within a value that was missed itself, or that the overlay gives anew, nothing more is said.
        is_said_somewhere(&edited, &format!("missing key `{}`", place.name()));
    }
}

#[track_caller]
fn is_said_somewhere(text: &str, expected: &str) {
    let said = complaints(text);
    let is_located = |line: &&String| line.starts_with(&format!("{FILE}:")) && line.contains(expected);
    assert!(said.iter().any(|line| is_located(&line)), "not said: {expected}\nbut: {said:#?}\nof\n{text}");
}

#[test]
fn every_key_given_twice_is_refused_at_the_second() {
    for (text, place) in every_key() {
        let Some(key) = &place.key else { continue };
        let again = format!(", {}: 1", place.name());
        let mut edited = text.clone();
        edited.insert_str(place.value.end, &again);
        let (line, column) = line_and_column(&edited, key.start);
        let expected = format!("the key `{}` is given twice, first at {line}:{column}", place.name());
        is_said(&edited, &(at(&edited, place.value.end + 2) + &expected));
    }
}

#[test]
fn nonsense_for_any_value_is_blamed_where_it_stands() {
    let mut count = 0;
    for (text, place) in every_key() {
        let mut edited = text.clone();
        edited.replace_range(place.value.clone(), "Nonsense");
        if place.path == "smoke" {
            is_said(&edited, &format!("{}expected `smoke: (", at(&edited, place.value.start)));
            continue;
        }
        is_said(&edited, &format!("{}{} = Nonsense: ", at(&edited, place.value.start), place.said()));
        count += 1;
    }
    assert!(count > 400, "{count} values");
}

/// What the program says to a config, in a folder where it stands as `mine.ron`.
fn program_on(folder: &Path, text: &str) -> (Option<i32>, String, String) {
    fs::write(folder.join(FILE), text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.args(["figures", "--config", FILE, "--dry-run"]).current_dir(folder).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn every_rule_is_told_by_the_program_with_place_and_value() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("configs")).unwrap();
    fs::write(folder.path().join("Cargo.toml"), "").unwrap();
    let templates = templates();
    let mut failures = Vec::new();
    for (kind, rows) in KINDS {
        for (edits, blamed, rule) in *rows {
            let edited = Edited::new(&templates[*kind], edits);
            let expected = edited.blamed(FILE, blamed, rule);
            let (status, out, err) = program_on(folder.path(), &edited.text);
            let lines: Vec<&str> = err.lines().map(|line| line.strip_prefix("error: ").unwrap_or(line)).collect();
            let is_told = lines.iter().any(|line| line.starts_with(&expected));
            let are_located = lines.iter().all(|line| is_in(&edited.text, line));
            if status != Some(2) || !out.is_empty() || !err.starts_with("error: ") || !is_told || !are_located {
                failures.push(format!("{kind}: {edits}\n  expected {expected}\n  status {status:?} {err}{out}"));
            }
        }
    }
    assert!(failures.is_empty(), "{} rows fail\n{}", failures.len(), failures.join("\n"));
}

/// Whether a complaint begins with the file and a line and column of it.
fn is_in(text: &str, complaint: &str) -> bool {
    let Some(rest) = complaint.strip_prefix(&format!("{FILE}:")) else { return false };
    let mut parts = rest.splitn(3, ':').map(|part| part.parse::<usize>().ok());
    let (Some(Some(line)), Some(Some(column))) = (parts.next(), parts.next()) else { return false };
    let length = |line: &str| line.chars().count() + 1;
    line > 0 && text.split('\n').nth(line - 1).is_some_and(|line| (1..=length(line)).contains(&column))
}

/// The path of a key or item, whichever item of its list it is.
fn of_any_item(path: &str) -> String {
    path.split('[').map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit())).collect::<Vec<_>>().join("[")
}

/// The keys of a config that a row must be about: all but those of variants without values, of which any other word is
/// nonsense, and to which nonsense is put above.
fn ruled_keys(text: &str) -> BTreeSet<String> {
    let is_variant = |value: &str| value.starts_with(|c: char| c.is_ascii_uppercase()) && !value.contains('(');
    let is_ruled = |place: &Place| {
        place.key.is_some() && !place.path.starts_with("smoke") && !is_variant(&text[place.value.clone()])
    };
    places(text).iter().filter(|place| is_ruled(place)).map(|place| of_any_item(&place.path)).collect()
}

#[test]
fn the_table_has_every_key_and_enough_rules() {
    let templates = templates();
    for (kind, rows) in KINDS {
        let edited =
            rows.iter().flat_map(|(edits, _, _)| edits.split("; ")).map(|edit| edit.split(" = ").next().unwrap());
        let blamed = rows.iter().map(|(_, blamed, _)| *blamed);
        let touched: BTreeSet<String> = edited.chain(blamed).map(of_any_item).collect();
        let missing: Vec<String> = ruled_keys(&templates[*kind]).difference(&touched).cloned().collect();
        assert!(missing.is_empty(), "{kind}: keys that no row is about: {missing:?}");
    }
    let rows: usize = KINDS.iter().map(|(_, rows)| rows.len()).sum();
    let rules: BTreeSet<String> =
        KINDS.iter().flat_map(|(_, rows)| rows.iter()).map(|(_, _, rule)| numberless(rule)).collect();
    println!("{rows} rows, {} rules", rules.len());
    assert!(rows >= 120, "{rows} rows");
    assert!(rules.len() >= 40, "{} rules", rules.len());
}

/// A rule without its numbers: the same one with other numbers is no other rule.
fn numberless(rule: &str) -> String {
    rule.chars().filter(|c| !c.is_ascii_digit() && *c != '.' && *c != '-').collect()
}
