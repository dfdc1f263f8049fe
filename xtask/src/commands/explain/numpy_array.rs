//! NumPy's `.npy`, and `.npz` archives of them.

use super::bounded::{MAGIC, bounded};
use super::data::Data;
use anyhow::{Context as _, anyhow, bail, ensure};
use faer::Mat;
use npyz::{DType, Deserialize, NpyFile, Order, TypeChar};
use std::io::Cursor;
use zip::ZipArchive;

/// Longest header that is parsed; those of arrays of numbers have a hundred bytes.
const LONGEST_HEADER: u32 = 1 << 16;

/// The only array of an archive, or the one of that name.
///
/// # Errors
/// If there are several and none was chosen, or what it holds is no array of numbers.
pub fn parse_archive(bytes: &[u8], chosen: Option<&str>) -> anyhow::Result<Data> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| anyhow!("is a damaged archive: {error}"))?;
    let names: Vec<String> = (archive.file_names().filter_map(Result::ok))
        .filter_map(|name| npyz::npz::array_name_from_file_name(&name).map(str::to_owned))
        .collect();
    ensure!(!names.is_empty(), "is an archive without any .npy in it");
    let name = match chosen {
        Some(chosen) => names.iter().find(|name| *name == chosen),
        None if names.len() == 1 => names.first(),
        None => {
            bail!("holds {} arrays ({}); name one after a colon: FILE.npz:{}", names.len(), names.join(", "), names[0])
        }
    };
    let name = name.with_context(|| format!("holds no such array, but {}", names.join(", ")))?;
    let file = archive.by_name(&npyz::npz::file_name_from_array_name(name));
    let unpacked = bounded(file.map_err(|error| anyhow!("{name} cannot be unpacked: {error}"))?);
    let mut data = unpacked.and_then(|bytes| parse(&bytes)).with_context(|| name.clone())?;
    data.notes.insert(0, format!("array {name} of the archive"));
    Ok(data)
}

/// A `.npy` of at most two dimensions; one dimension is one column.
///
/// # Errors
/// If it is damaged, not of numbers, has another shape, or a value that is not finite.
pub fn parse(bytes: &[u8]) -> anyhow::Result<Data> {
    ensure!(bytes.starts_with(MAGIC), "does not begin as NumPy's arrays do");
    if let (Some(2..), Some(length)) = (bytes.get(6), bytes.get(8..12).and_then(|length| length.try_into().ok())) {
        let length = u32::from_le_bytes(length);
        ensure!(length <= LONGEST_HEADER, "has a header of {length} bytes; at most {LONGEST_HEADER} are read");
    }
    // What is wrong with a header's text takes several lines; the first says it.
    let first_line = |error: std::io::Error| error.to_string().lines().next().unwrap_or_default().to_owned();
    let file = NpyFile::new(bytes).map_err(|error| anyhow!("has a damaged header: {}", first_line(error)))?;
    let (order, mut notes) = (file.order(), Vec::new());
    let (rows, columns) = match *file.shape() {
        [rows, columns] => (rows, columns),
        [rows] => {
            notes.push(format!("an array of one dimension, taken as one column of {rows}"));
            (rows, 1)
        }
        ref shape => bail!("has {} dimensions, {shape:?}; a matrix has two", shape.len()),
    };
    ensure!(rows > 0 && columns > 0, "has the shape {rows} × {columns}: there is nothing in it");
    let size = file.dtype().num_bytes().unwrap_or(1).max(1) as u64;
    let most = bytes.len() as u64 / size;
    ensure!(
        rows.checked_mul(columns).is_some_and(|entries| entries <= most),
        "ends early: {rows} × {columns} values of {size} bytes do not fit into its {} bytes",
        bytes.len()
    );
    let values = values(file)?;
    let (rows, columns) = (rows as usize, columns as usize);
    ensure!(values.len() == rows * columns, "ends early: {} of {rows} × {columns} values are there", values.len());
    let place = |row: usize, column: usize| match order {
        Order::C => row * columns + column,
        Order::Fortran => column * rows + row,
    };
    let matrix = Mat::from_fn(rows, columns, |row, column| values[place(row, column)]);
    let data = Data { notes, ..Data::bare(matrix) };
    for row in 0..rows {
        for column in 0..columns {
            let value = data.matrix[(row, column)];
            ensure!(
                value.is_finite(),
                "{}, {}: {value}; every value must be finite",
                data.row(row),
                data.column(column)
            );
        }
    }
    Ok(data)
}

fn values(file: NpyFile<&[u8]>) -> anyhow::Result<Vec<f64>> {
    let dtype = file.dtype();
    let DType::Plain(kind) = &dtype else { bail!("holds records; save one field as an array of numbers") };
    match (kind.type_char(), kind.size_field()) {
        (TypeChar::Float, 8) => as_f64(file, |value: f64| value),
        (TypeChar::Float, 4) => as_f64(file, |value: f32| value.into()),
        (TypeChar::Float, 2) => as_f64(file, |value: half::f16| value.into()),
        (TypeChar::Int, 8) => as_f64(file, |value: i64| value as f64),
        (TypeChar::Int, 4) => as_f64(file, |value: i32| value.into()),
        (TypeChar::Int, 2) => as_f64(file, |value: i16| value.into()),
        (TypeChar::Int, 1) => as_f64(file, |value: i8| value.into()),
        (TypeChar::Uint, 8) => as_f64(file, |value: u64| value as f64),
        (TypeChar::Uint, 4) => as_f64(file, |value: u32| value.into()),
        (TypeChar::Uint, 2) => as_f64(file, |value: u16| value.into()),
        (TypeChar::Uint, 1) => as_f64(file, |value: u8| value.into()),
        (TypeChar::Bool, _) => as_f64(file, |value: bool| f64::from(u8::from(value))),
        (TypeChar::Complex, _) => bail!("holds complex numbers ({kind}); take their real part"),
        (TypeChar::Object, _) => bail!("holds Python objects ({kind}); save it as an array of numbers"),
        _ => bail!("holds {kind}; floats of 2, 4 or 8 bytes, integers and booleans are read"),
    }
}

fn as_f64<T: Deserialize>(file: NpyFile<&[u8]>, number: impl Fn(T) -> f64) -> anyhow::Result<Vec<f64>> {
    let read = file.data::<T>().map_err(|error| anyhow!("cannot be read: {error}"))?;
    read.map(|value| value.map(&number).map_err(|error| anyhow!("ends early: {error}"))).collect()
}
