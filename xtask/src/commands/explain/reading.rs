//! A matrix of numbers from a file: text, `.npy`, or one array of an `.npz`.

use super::bounded::{ARCHIVE_MAGIC, MAGIC, MOST_BYTES, bounded};
use super::data::Data;
use super::{numpy_array, text_table};
use anyhow::{Context as _, anyhow, bail, ensure};
use std::fs::File;
use std::path::Path;

/// Reads `source`: a path, `ARCHIVE.npz:NAME` for one array of several, or `-` for standard input.
///
/// # Errors
/// Names the file, and the row and column, of what is wrong.
pub fn read(source: &str) -> anyhow::Result<Data> {
    if source == "-" {
        let name = "standard input";
        let bytes = bounded(std::io::stdin().lock()).context(name)?;
        return parse(&bytes, None).map(|data| Data { source: name.to_owned(), ..data }).context(name);
    }
    let (path, array) = match source.rsplit_once(".npz:") {
        Some((stem, array)) if !Path::new(source).exists() => (format!("{stem}.npz"), Some(array)),
        _ => (source.to_owned(), None),
    };
    let read = || {
        let file = File::open(&path).map_err(|error| anyhow!("cannot be read: {error}"))?;
        let about = file.metadata()?;
        ensure!(!about.is_dir(), "is a folder, not a file");
        ensure!(about.len() <= MOST_BYTES, "has {} bytes; at most {MOST_BYTES} are read", about.len());
        let bytes = bounded(file)?;
        ensure!(
            !path.ends_with(".npy") || bytes.is_empty() || bytes.starts_with(MAGIC),
            "is named .npy and does not begin as NumPy's arrays do"
        );
        parse(&bytes, array)
    };
    let data = read().with_context(|| source.to_owned())?;
    Ok(Data { source: source.to_owned(), ..data })
}

/// The kind is known by the first bytes, whatever the name.
fn parse(bytes: &[u8], array: Option<&str>) -> anyhow::Result<Data> {
    ensure!(!bytes.is_empty(), "is empty");
    if bytes.starts_with(ARCHIVE_MAGIC) {
        return numpy_array::parse_archive(bytes, array);
    }
    if let Some(array) = array {
        bail!("is no archive of arrays, so there is no {array} in it");
    }
    if bytes.starts_with(MAGIC) { numpy_array::parse(bytes) } else { text_table::parse(bytes) }
}
