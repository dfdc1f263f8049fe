//! `cargo xtask init`: a commented config to start a variation from.

use crate::catalog;
use crate::command_line::InitArgs;
use crate::config::Document;
use crate::recipes::RECIPES;
use anyhow::{Context as _, bail};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

/// Writes the commented config of the first figure of the kind to a new file.
///
/// # Errors
/// If the kind is unknown (all are listed), no committed config is of that kind, or the file exists or cannot be written.
pub fn init(root: &Path, args: &InitArgs) -> anyhow::Result<()> {
    let mut kinds = Vec::new();
    for path in catalog::configs(root)? {
        let document = Document::read(&path)?;
        if document.kind() == args.kind {
            return write(&path, &args.file);
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        kinds.push(format!("{} ({stem})", document.kind()));
    }
    kinds.dedup();
    let known = RECIPES.iter().map(|kind| kind.name());
    let nearest =
        known.max_by(|a, b| strsim::jaro_winkler(a, &args.kind).total_cmp(&strsim::jaro_winkler(b, &args.kind)));
    let hint = nearest.map(|kind| format!(" (nearest: {kind})")).unwrap_or_default();
    bail!("unknown kind {}{hint}; there are: {}", args.kind, kinds.join(", "))
}

fn write(template: &Path, file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read(template).with_context(|| format!("cannot read {}", template.display()))?;
    let mut new = File::create_new(file)
        .with_context(|| format!("cannot make {} (an existing file is not replaced)", file.display()))?;
    new.write_all(&text).with_context(|| format!("cannot write {}", file.display()))?;
    println!(
        "{} is a copy of {}; edit it and run: cargo xtask figures --config {}",
        file.display(),
        template.display(),
        file.display()
    );
    Ok(())
}
