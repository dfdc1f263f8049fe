//! What Markdown would do to the formulas in the documentation, and whether its links lead somewhere.

use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};
use workspace_tests::workspace_root;

fn sources_in(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in read_dir(folder).expect("a folder of sources").map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            sources_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The paragraphs of the doc comments of a source, without blocks of code and with every `span of code` replaced by an x.
fn paragraphs(source: &str) -> Vec<String> {
    let (mut found, mut current, mut in_code) = (Vec::new(), String::new(), false);
    for line in source.lines().chain([""]) {
        let text = line.trim_start().strip_prefix("///").or_else(|| line.trim_start().strip_prefix("//!"));
        let is_fence = text.is_some_and(|text| text.trim_start().starts_with("```"));
        in_code = text.is_some() && in_code != is_fence;
        match text {
            Some(text) if !in_code && !is_fence && !text.trim().is_empty() => current = current + text + " ",
            _ => found.extend(Some(std::mem::take(&mut current)).filter(|paragraph| !paragraph.is_empty())),
        }
    }
    let without_code = |paragraph: String| paragraph.split('`').step_by(2).collect::<Vec<_>>().join("x");
    found.into_iter().map(without_code).collect()
}

/// Whether an underscore that may open emphasis, as in ⟨s²⟩_in, is followed by one that may close it, as in Σ_{k}: what lies
/// between would be set in italics and lose them. We write *emphasis* with asterisks.
fn has_stray_emphasis(paragraph: &str) -> bool {
    let letters: Vec<char> = [' '].into_iter().chain(paragraph.chars()).chain([' ']).collect();
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let opens = |place: &[char]| place[1] == '_' && !is_word(place[0]) && place[2].is_alphanumeric();
    let closes = |place: &[char]| place[1] == '_' && place[0].is_alphanumeric() && !is_word(place[2]);
    let first = letters.windows(3).position(opens);
    first.is_some_and(|first| letters[first..].windows(3).any(closes))
}

#[test]
fn underscores_of_formulas_are_no_emphasis() {
    let mut sources = Vec::new();
    for folder in ["crates/linalg-core/src", "crates/theory/src", "crates/sim/src", "crates/figures/src", "xtask/src"] {
        sources_in(&workspace_root().join(folder), &mut sources);
    }
    assert!(sources.len() > 100, "only {} sources found", sources.len());
    for source in sources {
        let stray = paragraphs(&read_to_string(&source).unwrap()).into_iter().find(|text| has_stray_emphasis(text));
        assert_eq!(stray, None, "{}: put the formula into a ```text block or `code`", source.display());
    }
}

#[test]
fn the_check_finds_what_it_is_for() {
    let eaten = "/// Errors are\n///\n///   (M−r)⟨s²⟩_in \\] / Σ s̄_α²\n///   Σ_{α≤K} (ŝ_α − s_α)² + ⟨ŝ²⟩_out";
    assert!(paragraphs(eaten).iter().any(|paragraph| has_stray_emphasis(paragraph)));
    let safe = eaten.replace("///   (", "/// ```text\n/// (") + "\n/// ```\n/// where `⟨s²⟩_in` and `Σ_{k}` and s_α";
    assert_eq!(paragraphs(&safe).len(), 2);
    assert!(!paragraphs(&safe).iter().any(|paragraph| has_stray_emphasis(paragraph)));
}

/// The targets of a Markdown text's links that are files: `[text](target)` without what follows a #.
fn linked_files(markdown: &str) -> Vec<&str> {
    let targets = markdown.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).map(|target| target.split('#').next().unwrap_or(target)).collect()
}

#[test]
fn every_link_between_the_documents_leads_to_a_file() {
    let root = workspace_root();
    let in_docs = read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let documents = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(|name| root.join(name));
    let mut followed = 0;
    for document in documents.into_iter().chain(in_docs.filter(|path| path.extension().is_some_and(|e| e == "md"))) {
        let folder = document.parent().unwrap();
        for target in linked_files(&read_to_string(&document).unwrap()) {
            assert!(folder.join(target).exists(), "{}: no {target}", document.display());
            followed += 1;
        }
    }
    assert!(followed > 40, "only {followed} links found");
    assert_eq!(linked_files("[a](b.md#c), ![d](e/f.png), [g](https://h.i)"), ["b.md", "e/f.png"]);
}
