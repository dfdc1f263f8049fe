//! The files of a figure: drawing, numbers, verdicts, and the record that ties them together by hash.

use crate::commands::command_line::Format;
use crate::config::Scale;
use crate::runs::atomic_file::write_atomically;
use crate::study::comparison::Verdict;
use crate::study::recipe::{Assembled, Table};
use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Width of a PNG in pixels.
const PNG_WIDTH: u32 = 2000;

/// The record of a figure, `STEM.json`: all it was made from, its claims, and the hashes of its files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Stem of the config and of every output.
    pub figure: String,
    /// Kind of config.
    pub kind: String,
    /// Title of the figure.
    pub title: String,
    /// What the figure shows and what to see in it.
    pub caption: String,
    /// Which sizes: `paper` or `smoke`.
    pub scale: String,
    /// The config after the overlay, canonical.
    pub config: serde_json::Value,
    /// The seed that replaced the config's, if one was given on the command line.
    pub seed_override: Option<u64>,
    /// Keys of the runs in the store, sorted.
    pub runs: Vec<String>,
    /// SHA-256 of every file beside the config that the figure was drawn from, by path in the workspace.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
    /// Version of the engines: results of different versions are never mixed.
    pub engine_version: u32,
    /// Versions of the workspace's crates.
    pub crates: BTreeMap<String, String>,
    /// The claims, judged.
    pub verdicts: Vec<Verdict>,
    /// SHA-256 of every other output, by file name.
    pub files: BTreeMap<String, String>,
    /// What may differ between identical results.
    pub provenance: Provenance,
}

/// Where and how a figure was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Git revision of the working tree, if it is one.
    pub revision: Option<String>,
    /// Whether tracked files differed from that revision.
    pub dirty: Option<bool>,
    /// CPU model.
    pub cpu: String,
    /// Operating system and architecture.
    pub system: String,
    /// Seconds of wall time from the start of the command to this figure.
    pub wall_seconds: f64,
    /// Seconds of computing (over all cores) that the figure's runs took when they were done.
    pub run_seconds: f64,
    /// Seconds of wall time that closed forms, statistics and verdicts took, from finished runs to a figure.
    #[serde(default)]
    pub assemble_seconds: f64,
    /// Seconds of wall time that drawing took, in all formats.
    #[serde(default)]
    pub draw_seconds: f64,
    /// The command line.
    pub command: String,
}

/// Said where a PDF is asked of a build without it.
const NO_PDF: &str =
    "--format pdf needs a build with it: cargo run --release --package xtask --features pdf -- figures …";

/// Refuses formats that this build cannot draw, before any work is done.
///
/// # Errors
/// If there is a PDF among them and the feature `pdf` is off.
pub fn check_formats(formats: &[Format]) -> anyhow::Result<()> {
    anyhow::ensure!(cfg!(feature = "pdf") || !formats.contains(&Format::Pdf), NO_PDF);
    Ok(())
}

/// Lower-case hexadecimal SHA-256.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of each of a recipe's inputs, by its path relative to the workspace at `root`.
///
/// # Errors
/// Naming the file that cannot be read.
pub fn input_hashes(root: &Path, inputs: &[PathBuf]) -> anyhow::Result<BTreeMap<String, String>> {
    let hash = |path: &PathBuf| {
        let bytes = std::fs::read(root.join(path)).with_context(|| format!("cannot read {}", path.display()))?;
        Ok((path.display().to_string(), sha256_hex(&bytes)))
    };
    inputs.iter().map(hash).collect()
}

/// Writes every file of a figure into `folder`, each by rename, and the record with their hashes last.
///
/// The previous record is removed first, so that a folder interrupted half-way holds no record that fits it.
///
/// # Errors
/// Naming the file that could not be drawn or written.
pub fn write_figure(
    folder: &Path,
    assembled: &Assembled,
    formats: &[Format],
    mut record: Record,
) -> anyhow::Result<Record> {
    let stem = record.figure.clone();
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let start = Instant::now();
    let files = draw(&stem, assembled, formats)?;
    record.provenance.draw_seconds = start.elapsed().as_secs_f64();
    record.files = files.iter().map(|(name, bytes)| (name.clone(), sha256_hex(bytes))).collect();
    let path = folder.join(format!("{stem}.json"));
    if read_record(&path).is_ok_and(|old| old.files != record.files) {
        std::fs::remove_file(&path).with_context(|| format!("cannot replace {}", path.display()))?;
    }
    for (name, bytes) in &files {
        let file = folder.join(name);
        write_atomically(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let mut json = serde_json::to_string_pretty(&record)?;
    json.push('\n');
    write_atomically(&path, json.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(record)
}

/// Refuses to put a figure where another one of its name is: of another kind, or of paper scale under one of smoke.
///
/// # Errors
/// If the folder holds such a figure.
pub fn check_replaceable(folder: &Path, stem: &str, kind: &str, scale: &str) -> anyhow::Result<()> {
    let path = folder.join(format!("{stem}.json"));
    let Ok(old) = read_record(&path) else { return Ok(()) };
    ensure!(
        old.kind == kind,
        "{} is of a figure of kind {}, which one of kind {kind} would replace; give the config another name or --out another folder",
        path.display(),
        old.kind
    );
    ensure!(
        old.scale == scale || scale == Scale::Paper.name(),
        "{} is of a figure of {} scale, which one of {scale} scale would replace; give --out another folder",
        path.display(),
        old.scale
    );
    Ok(())
}

/// Reads a record.
///
/// # Errors
/// If the file cannot be read or is no record.
pub fn read_record(path: &Path) -> anyhow::Result<Record> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no record of a figure", path.display()))
}

/// Name and bytes of every output but the record.
fn draw(stem: &str, assembled: &Assembled, formats: &[Format]) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let svg = figures::render_svg(&assembled.figure).context("cannot draw the SVG")?;
    let mut files = Vec::new();
    for format in formats {
        match format {
            Format::Svg => files.push((format!("{stem}.svg"), svg.clone().into_bytes())),
            Format::Png => files
                .push((format!("{stem}.png"), figures::render_png(&svg, PNG_WIDTH).context("cannot draw the PNG")?)),
            Format::Pdf => files.push((format!("{stem}.pdf"), render_pdf(&svg)?)),
        }
    }
    files.push((format!("{stem}.csv"), figures::render_csv(&assembled.figure).context("cannot write the CSV")?));
    for table in &assembled.tables {
        files.push((format!("{stem}_{}.csv", table.name), table_csv(table)?));
    }
    Ok(files)
}

#[cfg(feature = "pdf")]
fn render_pdf(svg: &str) -> anyhow::Result<Vec<u8>> {
    figures::render_pdf(svg).context("cannot draw the PDF")
}

#[cfg(not(feature = "pdf"))]
fn render_pdf(_svg: &str) -> anyhow::Result<Vec<u8>> {
    anyhow::bail!(NO_PDF)
}

fn table_csv(table: &Table) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&table.header)?;
    for row in &table.rows {
        writer.write_record(row)?;
    }
    Ok(writer.into_inner()?)
}
