//! Tables of text: separators, a header line and a leading column of labels are recognised.

use super::data::{Data, shortened};
use crate::console::counted;
use anyhow::{anyhow, bail, ensure};
use csv::{ReaderBuilder, StringRecord, Trim};
use faer::Mat;

/// What may stand between two values, the rarest in ordinary text first, and its name.
const SEPARATORS: [(char, &str); 4] = [('\t', "tabs"), (';', "semicolons"), (',', "commas"), (' ', "spaces")];

/// How the values of a file are written.
#[derive(Clone, Copy, Debug)]
struct Format {
    separator: char,
    name: &'static str,
    decimal_comma: bool,
}

/// Reads a table. Lines that begin with `#` and empty lines are passed over.
///
/// A first line without a number in it (over a leading column of labels: also one of numbers) is a header. A leading
/// column of text is one of labels; so is, under a header, one of whole numbers in equal steps, as years and indices are.
///
/// # Errors
/// Names line and column of what is no finite number, and the line that has another number of values than the first.
pub fn parse(bytes: &[u8]) -> anyhow::Result<Data> {
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        anyhow!("line {line} is not UTF-8; save the file as UTF-8 (it may be Latin-1)")
    })?;
    ensure!(!text.contains('\0'), "is neither text nor one of NumPy's arrays");
    let mut format = sniffed(text);
    let records = records(text, format)?;
    let Some(first) = records.first() else { bail!("holds no values") };
    format.decimal_comma = format.separator == ';'
        && !records.iter().any(|record| record.iter().any(|cell| cell.contains('.') && cell.parse::<f64>().is_ok()));
    let width = first.len();
    for record in &records {
        ensure!(
            record.len() == width,
            "line {} has {} where line {} has {width} (separated by {})",
            line(record),
            counted(record.len(), "value"),
            line(first),
            format.name
        );
    }
    let header = is_header(&records, format);
    let body = &records[usize::from(header)..];
    ensure!(!body.is_empty(), "holds a header line and no values");
    let labels = labels(body, header, format);
    let names = |record: &StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let mut data = Data::bare(Mat::new());
    if header {
        data.columns = names(first);
        if labels.is_some() {
            data.corner = data.columns.remove(0);
        }
        data.notes.push("a header line".to_owned());
    }
    let skipped = usize::from(labels.is_some());
    ensure!(width > skipped, "holds a column of labels and no values");
    if let Some(why) = labels {
        data.rows = body.iter().map(|record| record[0].to_owned()).collect();
        let corner = if data.corner.is_empty() { String::new() } else { format!(" ({})", shortened(&data.corner)) };
        data.notes.push(format!("the leading column{corner} as labels, since it holds {why}"));
    }
    if format.separator != ',' && width > 1 {
        data.notes.push(format!("{} between values", format.name));
    }
    if format.decimal_comma && text.contains(',') {
        data.notes.push("decimal commas".to_owned());
    }
    let mut values = Vec::with_capacity(body.len() * (width - skipped));
    for record in body {
        for (column, cell) in record.iter().skip(skipped).enumerate() {
            values.push(finite(cell, format).map_err(|wrong| {
                anyhow!("line {}, {}: {wrong}; every value must be a finite number", line(record), data.column(column))
            })?);
        }
    }
    data.matrix = Mat::from_fn(body.len(), width - skipped, |row, column| values[row * (width - skipped) + column]);
    Ok(data)
}

/// The separator that stands equally often in each of the first lines; if there is none, the most frequent one.
fn sniffed(text: &str) -> Format {
    let lines = text.split(['\n', '\r']).filter(|line| !line.trim().is_empty() && !line.starts_with('#')).take(50);
    let lines: Vec<Vec<usize>> =
        lines.map(|line| SEPARATORS.map(|(separator, _)| count(line, separator)).into()).collect();
    let total = |index: usize| lines.iter().map(|counts| counts[index]).sum::<usize>();
    let steady = |index: &usize| total(*index) > 0 && lines.iter().all(|counts| counts[*index] == lines[0][*index]);
    let frequent = || (0..3).rev().max_by_key(|&index| total(index)).filter(|&index| total(index) > 0);
    let (separator, name) = SEPARATORS[(0..SEPARATORS.len()).find(steady).or_else(frequent).unwrap_or(2)];
    Format { separator, name, decimal_comma: false }
}

/// How often a separator stands outside quotes.
fn count(line: &str, separator: char) -> usize {
    line.trim().split('"').step_by(2).map(|piece| piece.matches(separator).count()).sum()
}

fn records(text: &str, format: Format) -> anyhow::Result<Vec<StringRecord>> {
    // A record's line is counted before the second character of a Windows line end.
    let text = text.replace("\r\n", "\n");
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .comment(Some(b'#'))
        .delimiter(format.separator as u8)
        .from_reader(text.as_bytes());
    let records = reader.records().map(|record| record.map_err(|error| anyhow!("cannot be read: {error}")));
    // A line of white space is no line of values.
    records.filter(|record| !record.as_ref().is_ok_and(|record| record.len() == 1 && record[0].is_empty())).collect()
}

fn line(record: &StringRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

/// A cell as a number, finite or not.
fn number(cell: &str, format: Format) -> Option<f64> {
    if format.decimal_comma { cell.replacen(',', ".", 1).parse().ok() } else { cell.parse().ok() }
}

/// Whether nothing is in the cell, or a word for nothing.
fn is_missing(cell: &str) -> bool {
    ["", "na", "n/a", "nan", "null", "none", "?", "-", ".", "#n/a"].contains(&cell.to_lowercase().as_str())
}

fn finite(cell: &str, format: Format) -> Result<f64, String> {
    if is_missing(cell) {
        let said = if cell.is_empty() { String::new() } else { format!(" ({cell})") };
        return Err(format!("a value is missing{said}"));
    }
    match number(cell, format) {
        Some(value) if value.is_finite() => Ok(value),
        Some(_) => Err(format!("{} is not finite", shortened(cell))),
        None => Err(format!("\"{}\" is no number", shortened(cell))),
    }
}

fn is_text(cell: &str, format: Format) -> bool {
    !is_missing(cell) && number(cell, format).is_none()
}

fn is_header(records: &[StringRecord], format: Format) -> bool {
    let first = &records[0];
    if !first.iter().any(|cell| number(cell, format).is_some()) {
        return first.iter().any(|cell| is_text(cell, format));
    }
    // Columns named by numbers, such as years, have labels under the first cell, which is no number itself.
    let numbered = first.len() > 1 && first.iter().skip(1).all(|cell| number(cell, format).is_some());
    if !numbered || number(&first[0], format).is_some() || records.len() == 1 {
        return false;
    }
    let below = || records[1..].iter().map(|record| &record[0]);
    let as_names = is_missing(&first[0]) || steps(first.iter().skip(1), format).is_some();
    steps(below(), format).is_some() || (as_names && below().all(|cell| is_text(cell, format)))
}

/// Why the leading column is one of labels, if it is.
fn labels(body: &[StringRecord], header: bool, format: Format) -> Option<&'static str> {
    let leading = || body.iter().map(|record| &record[0]);
    let all_text = leading().all(|cell| is_text(cell, format));
    if all_text && (body[0].len() > 1 || header) {
        return Some("text");
    }
    (header && body[0].len() > 1).then(|| steps(leading(), format)).flatten()
}

/// Whether at least three whole numbers follow each other in equal steps, as indices and years do.
fn steps<'a>(cells: impl Iterator<Item = &'a str>, format: Format) -> Option<&'static str> {
    let numbers = cells.map(|cell| number(cell, format)).collect::<Option<Vec<f64>>>()?;
    let step = numbers.get(1)? - numbers[0];
    let equal = numbers.windows(2).all(|pair| pair[1] - pair[0] == step);
    let whole = numbers.iter().all(|value| value.is_finite() && value.fract() == 0.0);
    (numbers.len() >= 3 && step != 0.0 && equal && whole).then_some("whole numbers in equal steps")
}
