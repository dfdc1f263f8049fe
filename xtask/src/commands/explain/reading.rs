//! A matrix of numbers from a file: text, `.npy`, or one array of an `.npz`.

use super::{numpy_array, text_table};
use anyhow::{Context as _, anyhow, bail, ensure};
use faer::Mat;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Most bytes that are read of a file, or unpacked from an archive.
pub const MOST_BYTES: u64 = 1 << 30;

/// A matrix and what is known of it.
#[derive(Clone, Debug)]
pub struct Data {
    /// The file as it was given, for messages.
    pub source: String,
    /// Finite numbers, at least one.
    pub matrix: Mat<f64>,
    /// The header line without the cell over the labels; empty if there is none.
    pub columns: Vec<String>,
    /// The leading column of labels; empty if there is none.
    pub rows: Vec<String>,
    /// The cell over the labels.
    pub corner: String,
    /// What was recognised, and whoever reads the answer should know.
    pub notes: Vec<String>,
}

impl Data {
    /// A matrix of which nothing else is known.
    pub(super) fn bare(matrix: Mat<f64>) -> Self {
        let (source, corner) = (String::new(), String::new());
        Self { source, matrix, columns: Vec::new(), rows: Vec::new(), corner, notes: Vec::new() }
    }

    /// The name of a column for messages and labels, counted from 0: `column 2 (Situps)`.
    pub fn column(&self, column: usize) -> String {
        named("column", column, &self.columns)
    }

    /// The name of a row, as [`Self::column`].
    pub fn row(&self, row: usize) -> String {
        named("row", row, &self.rows)
    }
}

fn named(what: &str, number: usize, names: &[String]) -> String {
    let name = names.get(number).filter(|name| !name.is_empty());
    format!("{what} {}{}", number + 1, name.map_or_else(String::new, |name| format!(" ({})", shortened(name))))
}

/// Text of a file in a message: its beginning, on one line.
pub(super) fn shortened(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut start: String = text.chars().take(24).map(clean).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

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
            !path.ends_with(".npy") || bytes.is_empty() || bytes.starts_with(numpy_array::MAGIC),
            "is named .npy and does not begin as NumPy's arrays do"
        );
        parse(&bytes, array)
    };
    let data = read().with_context(|| source.to_owned())?;
    Ok(Data { source: source.to_owned(), ..data })
}

/// All there is, if it is not too much; what is no text and no array is not read to its end.
pub(super) fn bounded(mut from: impl Read) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.by_ref().take(4096).read_to_end(&mut bytes).map_err(|error| anyhow!("cannot be read: {error}"))?;
    if !is_array(&bytes) {
        let kinds: [(&[u8], &str); 4] = [
            (b"\x1f\x8b", "is packed by gzip; unpack it first"),
            (b"\x89HDF", "is HDF5; save the matrix as .npy or CSV"),
            (b"\xff\xfe", "is UTF-16; save it as UTF-8"),
            (b"\xfe\xff", "is UTF-16; save it as UTF-8"),
        ];
        for (magic, told) in kinds {
            ensure!(!bytes.starts_with(magic), told);
        }
        ensure!(!bytes.contains(&0), "is neither text nor one of NumPy's arrays");
    }
    from.take(MOST_BYTES - 4095).read_to_end(&mut bytes).map_err(|error| anyhow!("cannot be read: {error}"))?;
    ensure!(bytes.len() as u64 <= MOST_BYTES, "has more than {MOST_BYTES} bytes, which is the most that is read");
    Ok(bytes)
}

fn is_array(bytes: &[u8]) -> bool {
    bytes.starts_with(numpy_array::MAGIC) || bytes.starts_with(numpy_array::ARCHIVE_MAGIC)
}

/// The kind is known by the first bytes, whatever the name.
fn parse(bytes: &[u8], array: Option<&str>) -> anyhow::Result<Data> {
    ensure!(!bytes.is_empty(), "is empty");
    if bytes.starts_with(numpy_array::ARCHIVE_MAGIC) {
        return numpy_array::parse_archive(bytes, array);
    }
    if let Some(array) = array {
        bail!("is no archive of arrays, so there is no {array} in it");
    }
    if bytes.starts_with(numpy_array::MAGIC) { numpy_array::parse(bytes) } else { text_table::parse(bytes) }
}
