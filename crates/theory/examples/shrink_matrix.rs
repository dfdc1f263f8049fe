//! Estimates a low-rank matrix from a noisy one.
//!
//! It reads the noisy matrix, outputs × inputs, from standard input: one row a line, numbers separated by commas, no header, all
//! entries with noise of one and the same unknown variance. It prints to standard output the estimate of the matrix without
//! noise, in the same form and the same units: the data's singular vectors with each singular value replaced by the one that is
//! best for the sum of squared errors. To standard error go the estimated variance of the noise in one entry, the rank (how
//! many singular values are more than noise), and every singular value that is kept with what it became, and the first that is
//! not.
//!
//! `cargo run --release -p theory --example shrink_matrix < noisy.csv > estimate.csv`; with `-- --demo` it makes its own 40 × 80
//! matrix of rank 2, of strengths 5 and 3 and noise of variance 1/80.

use linalg_core::faer::Mat;
use linalg_core::{ThinSvd, generator, sample_gaussian, sample_haar_columns};
use std::io::Read;
use std::process::ExitCode;
use theory::{MatrixShrinkage, NoiseLevel};

fn main() -> ExitCode {
    match shrink() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn shrink() -> Result<(), Box<dyn std::error::Error>> {
    let data = if std::env::args().any(|argument| argument == "--demo") { demonstration() } else { read_matrix()? };
    let shrunk = MatrixShrinkage::new(NoiseLevel::Unknown).apply(data.as_ref())?;
    eprintln!("noise variance of an entry: {:.4e}; rank: {}", shrunk.entry_variance, shrunk.rank());
    for (seen, kept) in shrunk.data_strengths.iter().zip(&shrunk.strengths).take(shrunk.rank() + 1) {
        eprintln!("singular value {seen:.4} becomes {kept:.4}");
    }
    for row in 0..shrunk.matrix.nrows() {
        let numbers = (0..shrunk.matrix.ncols()).map(|column| shrunk.matrix[(row, column)].to_string());
        println!("{}", numbers.collect::<Vec<_>>().join(","));
    }
    Ok(())
}

/// Commas, semicolons or tabs between numbers; a byte-order mark and a first line of names are passed over.
fn read_matrix() -> Result<Mat<f64>, Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let mut rows: Vec<Vec<f64>> = Vec::new();
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let cells = || line.split([',', ';', '\t']).map(str::trim);
        match cells().map(str::parse).collect::<Result<Vec<f64>, _>>() {
            Ok(row) if rows.first().is_none_or(|first| first.len() == row.len()) => rows.push(row),
            Ok(row) => return Err(format!("line {}: {} values, unlike the lines before", index + 1, row.len()).into()),
            // Names of columns have no number among them.
            Err(_) if rows.is_empty() && cells().all(|cell| cell.parse::<f64>().is_err()) => {}
            Err(_) => return Err(format!("line {}: not numbers: {line}", index + 1).into()),
        }
    }
    if rows.is_empty() {
        return Err("no numbers on standard input".into());
    }
    Ok(Mat::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j]))
}

fn demonstration() -> Mat<f64> {
    let mut rng = generator(1, "demonstration", &[40, 80], 0);
    let left = sample_haar_columns(40, 2, &mut rng);
    let right = sample_haar_columns(80, 2, &mut rng);
    let teacher = ThinSvd { left, singular_values: vec![5.0, 3.0], right }.reconstruct();
    teacher + sample_gaussian(40, 80, 1.0 / 80.0, &mut rng)
}
