//! The files of a figure: drawing, numbers, verdicts, and the record that ties them together by hash.

use crate::config::{Scale, read_regular};
use crate::console;
use crate::runs::atomic_file::write_atomically;
use crate::runs::lock::FileLock;
use crate::study::Verdict;
use crate::study::recipe::{Assembled, Table};
use anyhow::{Context as _, anyhow, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Width of a PNG in pixels.
const PNG_WIDTH: u32 = 2000;

/// Largest record, drawing or other file of a figure that is read again.
const MOST_BYTES: u64 = 1 << 26;

/// An output format of a figure's drawing (CSV and JSON are always written).
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Scalable drawing with selectable text.
    Svg,
    /// 2,000 pixels wide.
    Png,
    /// Needs a build with `--features pdf`.
    Pdf,
}

impl Format {
    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }
}

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
    /// How many of them are not as the config expects.
    pub unexpected: usize,
    /// SHA-256 of every other output, by file name.
    pub files: BTreeMap<String, String>,
    /// What may differ between identical results.
    pub provenance: Provenance,
    /// SHA-256 of the record's own text with this value left empty: nobody edits it unnoticed.
    #[serde(default)]
    pub hash: String,
}

impl Record {
    /// The record's text, and the record, with its hash.
    fn sealed(mut self) -> anyhow::Result<(Self, String)> {
        self.hash = String::new();
        self.hash = sha256_hex(self.text()?.as_bytes());
        let text = self.text()?;
        Ok((self, text))
    }

    fn text(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
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
        let bytes = read_regular(&root.join(path), MOST_BYTES).map_err(|why| anyhow!("{} {why}", path.display()))?;
        Ok((path.display().to_string(), sha256_hex(&bytes)))
    };
    inputs.iter().map(hash).collect()
}

/// Writes every file of a figure into `folder`, each by rename: numbers first, so that they are kept whatever becomes of the
/// drawing, the record with all hashes last.
///
/// The previous record is removed before its files are replaced, so that a folder interrupted half-way holds no record that
/// fits it; files of it that are made no more are removed, too. One process at a time writes a figure.
///
/// # Errors
/// Naming the file that could not be drawn or written. A figure that cannot be drawn has its numbers and its record.
pub fn write_figure(
    folder: &Path,
    assembled: &Assembled,
    formats: &[Format],
    mut record: Record,
) -> anyhow::Result<Record> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let start = Instant::now();
    let mut files = numbers(&record.figure, assembled)?;
    let drawn = draw(&record.figure, assembled, formats).map(|drawings| files.extend(drawings));
    record.provenance.draw_seconds = start.elapsed().as_secs_f64();
    record.files = files.iter().map(|(name, bytes)| (name.clone(), sha256_hex(bytes))).collect();
    let path = folder.join(format!("{}.json", record.figure));
    let _lock = lock(&path)?;
    let old = read_record(&path).map(|old| old.files).unwrap_or_default();
    if path.exists() && old != record.files {
        std::fs::remove_file(&path).with_context(|| format!("cannot replace {}", path.display()))?;
    }
    for (name, bytes) in &files {
        let file = folder.join(name);
        write_atomically(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
    }
    for name in old.keys().filter(|name| !record.files.contains_key(*name)) {
        // Gone already is as good.
        let _ = std::fs::remove_file(folder.join(name));
    }
    let (record, json) = record.sealed()?;
    write_atomically(&path, json.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    drawn.map(|()| record)
}

/// Keeps other processes from writing a file, and those that belong to it, for as long as the lock is held.
///
/// # Errors
/// Naming the file.
pub fn lock(path: &Path) -> anyhow::Result<FileLock> {
    let waiting = |holder: &_| {
        console::complain(format_args!("waiting for {holder}, which is writing {}", path.display()));
    };
    FileLock::take(path, waiting).with_context(|| format!("cannot lock {}", path.display()))
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

/// Reads a record that is as it was written, of the figure that its file is named after.
///
/// # Errors
/// If the file cannot be read, is no record, was edited, or names files that are none of its figure.
pub fn read_record(path: &Path) -> anyhow::Result<Record> {
    let name = path.display();
    let bytes = read_regular(path, MOST_BYTES).map_err(|why| anyhow!("{name} {why}"))?;
    let text = String::from_utf8(bytes).with_context(|| format!("{name} is no record of a figure"))?;
    let record: Record = serde_json::from_str(&text).with_context(|| format!("{name} is no record of a figure"))?;
    let sealed = |hash: &str| format!("\"hash\": {hash:?}");
    let blank = text.replacen(&sealed(&record.hash), &sealed(""), 1);
    ensure!(
        sha256_hex(blank.as_bytes()) == record.hash,
        "{name} was changed since it was written, or is of an earlier version"
    );
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    ensure!(record.figure == stem, "{name} is the record of {:?}", record.figure);
    for file in record.files.keys() {
        ensure!(is_output_of(file, &stem), "{name} names {file:?}, which is no file of its figure");
    }
    Ok(record)
}

/// Reads a file that a record names; an error if it is not what the record says.
///
/// # Errors
/// What is wrong with the file.
pub fn read_output(folder: &Path, name: &str, hash: &str) -> anyhow::Result<Vec<u8>> {
    let bytes = read_regular(&folder.join(name), MOST_BYTES).map_err(|why| anyhow!("{name} {why}"))?;
    ensure!(sha256_hex(&bytes) == *hash, "{name} differs from its hash in the record");
    Ok(bytes)
}

/// Whether a file has a name that an output of the figure may have: its stem with an ending, or the stem, a word and `.csv`.
pub fn is_output_of(name: &str, stem: &str) -> bool {
    let is_word = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    match name.strip_prefix(stem) {
        Some(".svg" | ".png" | ".pdf" | ".csv") => true,
        Some(rest) => rest.strip_prefix('_').and_then(|rest| rest.strip_suffix(".csv")).is_some_and(is_word),
        None => false,
    }
}

/// Name and bytes of everything that holds numbers.
fn numbers(stem: &str, assembled: &Assembled) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let series = figures::render_csv(&assembled.figure).context("cannot write the CSV")?;
    let mut files = vec![(format!("{stem}.csv"), series)];
    for table in &assembled.tables {
        files.push((format!("{stem}_{}.csv", table.name), table_csv(table)?));
    }
    Ok(files)
}

/// Name and bytes of every drawing.
fn draw(stem: &str, assembled: &Assembled, formats: &[Format]) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let svg = figures::render_svg(&assembled.figure).context("cannot draw the SVG")?;
    let drawing = |format: &Format| {
        let bytes = match format {
            Format::Svg => svg.clone().into_bytes(),
            Format::Png => figures::render_png(&svg, PNG_WIDTH).context("cannot draw the PNG")?,
            Format::Pdf => render_pdf(&svg)?,
        };
        Ok((format!("{stem}.{}", format.ending()), bytes))
    };
    formats.iter().map(drawing).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use figures::{Axis, Figure, Line, Panel};

    fn assembled(panels: usize, width: f64) -> Assembled {
        let panel = |_| Panel::new(Axis::new("x"), Axis::new("y")).mark(Line::new("a", [(0.0, 1.0), (1.0, 2.0)]));
        let figure = Figure::new("a", "A").panels((0..panels).map(panel)).columns(panels).width(width);
        let claims = crate::study::Claims::new();
        Assembled { figure, claims, tables: Vec::new(), caption: String::new() }
    }

    fn record() -> Record {
        serde_json::from_value(serde_json::json!({
            "figure": "a", "kind": "A", "title": "A", "caption": "", "scale": "paper",
            "config": {}, "seed_override": null,
            "runs": [], "engine_version": 1, "crates": {}, "verdicts": [], "unexpected": 0, "files": {},
            "provenance": { "revision": null, "dirty": null, "cpu": "", "system": "", "wall_seconds": 0.1,
                            "run_seconds": 0.1, "command": "" }
        }))
        .unwrap()
    }

    #[test]
    fn a_figure_that_cannot_be_drawn_keeps_its_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let names = || {
            let record = read_record(&folder.path().join("a.json")).unwrap();
            let files = record.files.keys().all(|name| folder.path().join(name).is_file());
            assert!(files && std::fs::read_dir(folder.path()).unwrap().count() == record.files.len() + 1);
            record.files.into_keys().collect::<Vec<_>>()
        };
        let write =
            |assembled: &Assembled| write_figure(folder.path(), assembled, &[Format::Svg, Format::Png], record());
        write(&assembled(1, 600.0)).unwrap();
        assert_eq!(names(), ["a.csv", "a.png", "a.svg"]);
        // A figure of 90 pixels is none.
        let error = format!("{:#}", write(&assembled(40, 90.0)).unwrap_err());
        assert!(error.starts_with("cannot draw the SVG: ") && error.contains("100 to 5000 pixels"), "{error}");
        assert_eq!(names(), ["a.csv"]);
        assert_eq!(std::fs::read_to_string(folder.path().join("a.csv")).unwrap().lines().count(), 81);
    }

    #[test]
    fn a_record_is_believed_as_it_was_written_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write_figure(folder.path(), &assembled(1, 600.0), &[], record()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        read_record(&path).unwrap();
        for (from, to) in [("\"title\": \"A\"", "\"title\": \"B\""), ("\n}", "\n }"), ("\"hash\": \"", "\"hash\": \"0")]
        {
            std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
            assert!(format!("{:#}", read_record(&path).unwrap_err()).contains("was changed"), "{from}");
        }
        for name in ["../a.svg", "b.svg", "a.svgz", "a_b/c.csv", "a_.csv.json", ""] {
            assert!(!is_output_of(name, "a"), "{name}");
        }
        assert!(["a.svg", "a.csv", "a_per_seed.csv"].iter().all(|name| is_output_of(name, "a")));
    }
}
