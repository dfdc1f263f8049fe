//! The report beside the figures: one self-contained page, `index.html`.
//!
//! Everything is in the page itself (drawings, style, script): it asks nothing of a network and works from a file.
//! Without its script it is complete but for values under the pointer and switching series.

mod html;
mod page;
mod section;

use crate::output::files::{Record, read_record};
use crate::runs::atomic_file::write_atomically;
use anyhow::Context as _;
use std::path::Path;

/// A figure of the report: its record and its drawing.
pub struct Entry {
    /// The record.
    pub record: Record,
    /// The SVG; empty if the figure was made without one.
    pub drawing: String,
    /// Link to its config, if the page lies in the workspace.
    pub config: Option<String>,
}

/// Writes `index.html` into `folder` from the records and drawings that are there.
///
/// # Errors
/// If the folder or a drawing cannot be read, or the page cannot be written.
pub fn write(folder: &Path) -> anyhow::Result<()> {
    let entries = entries(folder)?;
    let path = folder.join("index.html");
    write_atomically(&path, page::render(&entries).as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Every figure in `folder`, the paper's own first, each group by name. A file that is no record is passed over.
fn entries(folder: &Path) -> anyhow::Result<Vec<Entry>> {
    let files = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut entries = Vec::new();
    for file in files {
        let path = file?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let Ok(record) = read_record(&path) else { continue };
        let drawing = match record.files.keys().find(|name| name.ends_with(".svg")) {
            Some(name) => {
                let path = folder.join(name);
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?
            }
            None => String::new(),
        };
        let config = config_link(folder, &record.figure);
        entries.push(Entry { record, drawing, config });
    }
    entries.sort_by_key(|entry| (entry.record.figure.starts_with("figx"), entry.record.figure.clone()));
    Ok(entries)
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
