//! The report beside the figures: one self-contained page, `index.html`.
//!
//! Everything is in the page itself (drawings, style, script): it asks nothing of a network and works from a file.
//! Without its script it is complete but for values under the pointer and switching series.

mod cells;
mod page;
mod section;

pub use page::Document;

use crate::config::read_regular;
use crate::output::files::{Record, lock, read_output, read_record};
use crate::runs::atomic_file::write_atomically;
use anyhow::{Context as _, anyhow, ensure};
use std::path::Path;

/// Largest page that is compared with what it should be.
const MOST_BYTES: u64 = 1 << 28;

/// A figure of the report: its record and its drawing.
pub struct Entry {
    /// The record.
    pub record: Record,
    /// The SVG; empty if the figure was made without one.
    pub drawing: String,
    /// Link to its config, if the page lies in the workspace.
    pub config: Option<String>,
}

/// What a folder gives the page: figures, and why records or drawings of it are left out.
struct Contents {
    entries: Vec<Entry>,
    faults: Vec<String>,
}

/// Writes `index.html` into `folder` from the records and drawings that are there; returns what had to be left out, and why.
///
/// # Errors
/// If the folder cannot be read or the page cannot be written.
pub fn write(folder: &Path) -> anyhow::Result<Vec<String>> {
    let path = folder.join("index.html");
    // Of several processes the last one to write has read what all of them wrote.
    let _lock = lock(&path)?;
    let Contents { entries, faults } = contents(folder)?;
    write_atomically(&path, page::render(&entries, &faults).as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(faults)
}

/// Whether `index.html` is what [`write()`] would make it.
///
/// # Errors
/// If it is not, why.
pub fn is_current(folder: &Path) -> anyhow::Result<()> {
    let Contents { entries, faults } = contents(folder)?;
    let page = read_regular(&folder.join("index.html"), MOST_BYTES).map_err(|why| anyhow!("it {why}"))?;
    ensure!(page == page::render(&entries, &faults).as_bytes(), "it does not show what the folder's records say");
    Ok(())
}

/// Every figure in `folder`, the paper's own first, each group by name.
fn contents(folder: &Path) -> anyhow::Result<Contents> {
    let files = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut contents = Contents { entries: Vec::new(), faults: Vec::new() };
    for file in files {
        let path = file?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        match entry(folder, &path) {
            Ok(entry) => contents.entries.push(entry),
            Err(error) => contents.faults.push(format!("{error:#}")),
        }
    }
    contents.entries.sort_by_key(|entry| (entry.record.figure.starts_with("figx"), entry.record.figure.clone()));
    contents.faults.sort();
    Ok(contents)
}

fn entry(folder: &Path, path: &Path) -> anyhow::Result<Entry> {
    let record = read_record(path)?;
    let drawing = match record.files.iter().find(|(name, _)| name.ends_with(".svg")) {
        Some((name, hash)) => String::from_utf8(read_output(folder, name, hash)?).context("the drawing is no text")?,
        None => String::new(),
    };
    let config = config_link(folder, &record.figure);
    Ok(Entry { record, drawing, config })
}

/// The way from `folder` to the config of that stem, upwards to the first `configs/` that holds it.
fn config_link(folder: &Path, stem: &str) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let file = format!("configs/{stem}.ron");
    let steps = folder.ancestors().position(|above| above.join(&file).is_file())?;
    Some(format!("{}{file}", "../".repeat(steps)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_is_linked_from_wherever_the_page_lies() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("configs")).unwrap();
        std::fs::create_dir_all(root.path().join("target/figures-smoke")).unwrap();
        std::fs::write(root.path().join("configs/fig01_a.ron"), "").unwrap();
        let link = |folder: &str, stem: &str| config_link(&root.path().join(folder), stem);
        assert_eq!(link("target/figures-smoke", "fig01_a").as_deref(), Some("../../configs/fig01_a.ron"));
        assert_eq!(link("target", "fig01_a").as_deref(), Some("../configs/fig01_a.ron"));
        assert_eq!(link("target", "fig02_b"), None);
    }
}
