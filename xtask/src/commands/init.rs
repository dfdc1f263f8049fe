//! `cargo xtask init`: a commented config to start a variation from.

use crate::commands::command_line::InitArgs;
use crate::config::Document;
use crate::recipes::RECIPES;
use crate::recipes::catalog;
use crate::say;
use anyhow::{Context as _, bail};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

/// Writes the commented config of the first figure of the kind to a new file.
///
/// # Errors
/// If the kind is unknown (all are listed), no committed config is of that kind, or the file exists or cannot be written.
pub fn init(root: &Path, args: &InitArgs) -> anyhow::Result<()> {
    if let Some(template) = RECIPES.iter().find(|kind| kind.name() == args.kind).and_then(|kind| kind.template()) {
        return write("the template of its kind", template.as_bytes(), &args.file);
    }
    let mut kinds: Vec<String> =
        RECIPES.iter().filter(|k| k.template().is_some()).map(|k| k.name().to_owned()).collect();
    for path in catalog::configs(root)? {
        let document = Document::read(&path)?;
        if document.kind() == args.kind {
            let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            return write(&path.display().to_string(), &text, &args.file);
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        kinds.push(format!("{} ({stem})", document.kind()));
    }
    let known = RECIPES.iter().map(|kind| kind.name());
    let nearest =
        known.max_by(|a, b| strsim::jaro_winkler(a, &args.kind).total_cmp(&strsim::jaro_winkler(b, &args.kind)));
    let hint = nearest.map(|kind| format!(" (nearest: {kind})")).unwrap_or_default();
    bail!("unknown kind {}{hint}; there are: {}", args.kind, kinds.join(", "))
}

fn write(source: &str, text: &[u8], file: &Path) -> anyhow::Result<()> {
    let mut new = File::create_new(file)
        .with_context(|| format!("cannot make {} (an existing file is not replaced)", file.display()))?;
    new.write_all(text).with_context(|| format!("cannot write {}", file.display()))?;
    say!("{0} is a copy of {source}; edit it and run: cargo xtask figures --config {0}", file.display());
    Ok(())
}
