//! `cargo xtask explain`: what the theory says about the user's own data.

mod bounded;
pub mod data;
pub mod numpy_array;
pub mod reading;
pub mod text_table;

mod page;
mod picture;
mod record;
mod regression;
mod spectral;
mod tasks;
mod words;

use crate::console::{self, counted};
use crate::runs::atomic_file::write_atomically;
use crate::say;
use anyhow::{Context as _, bail, ensure};
use clap::Args;
use data::Data;
use faer::{Mat, MatRef};
use figures::Figure;
use record::{Record, Shape};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Products of sizes that may be spent on intervals: some seconds of two cores.
const WORK: f64 = 5e8;

/// Arguments of `explain`.
#[derive(Clone, Debug, Args)]
pub struct ExplainArgs {
    /// Matrices, outputs × inputs: CSV (or tabs, semicolons), .npy, ARCHIVE.npz:NAME, or - for standard input. Several are tasks that
    /// share their inputs (columns).
    #[arg(value_name = "DATA", conflicts_with_all = ["inputs", "outputs"])]
    pub data: Vec<String>,
    /// Inputs of a regression: examples as rows.
    #[arg(long, value_name = "FILE", requires = "outputs")]
    pub inputs: Option<String>,
    /// Outputs of a regression: the same examples as rows.
    #[arg(long, value_name = "FILE", requires = "inputs")]
    pub outputs: Option<String>,
    /// Standard deviation of the noise of one entry, in the data's units [default: estimated].
    #[arg(long, value_name = "σ", allow_hyphen_values = true)]
    pub noise: Option<f64>,
    /// Rows are inputs, columns outputs (of a regression: columns are examples).
    #[arg(long)]
    pub transpose: bool,
    /// Take each column's mean off.
    #[arg(long)]
    pub center: bool,
    /// Answer for whitened inputs, even if they are not white.
    #[arg(long, requires = "inputs")]
    pub whiten: bool,
    /// Ask for one of several tasks only, named as it was given: which of the others help it.
    #[arg(long, value_name = "DATA", conflicts_with_all = ["inputs", "outputs"])]
    pub task: Option<String>,
    /// N₂, width of every hidden layer [default: as wide as the data need].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), allow_hyphen_values = true)]
    pub hidden: Option<u32>,
    /// L, weight matrices of the student [default: 2; 1 where the answers are measured].
    #[arg(long, value_name = "L", value_parser = clap::value_parser!(u16).range(1..=1000), allow_hyphen_values = true)]
    pub layers: Option<u16>,
    /// ε, initial strength of the student's map, in the data's units [default: 1e-5 of the largest singular value].
    #[arg(long, value_name = "ε", allow_hyphen_values = true)]
    pub epsilon: Option<f64>,
    /// λ, to tell times in epochs as well.
    #[arg(long, value_name = "λ", allow_hyphen_values = true)]
    pub learning_rate: Option<f64>,
    /// Latest stopping time considered, t/τ [default: when the noise is learned].
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub t_max: Option<f64>,
    /// γ, weight decay of the student, or `best`: the one that lets the test error fall lowest [default: none].
    #[arg(long, value_name = "γ", allow_hyphen_values = true)]
    pub decay: Option<Decay>,
    /// How often noise alone may be taken for a mode.
    #[arg(long, default_value_t = 0.05, allow_hyphen_values = true)]
    pub level: f64,
    /// Seed of intervals and folds.
    #[arg(long, default_value_t = 1, value_name = "S", allow_hyphen_values = true)]
    pub seed: u64,
    /// Parts of a cross-validation.
    #[arg(long, default_value_t = 10, value_name = "K", allow_hyphen_values = true)]
    pub folds: usize,
    /// Write NAME.json, .csv, .svg, .png, .html and NAME_shrunken.csv into this folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print the record instead of the text.
    #[arg(long)]
    pub json: bool,
}

/// What `--decay` asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decay {
    /// This γ, in the data's units.
    Given(f64),
    /// That with the least error.
    Best,
}

impl FromStr for Decay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = || text.parse().ok().filter(|decay: &f64| *decay >= 0.0 && decay.is_finite());
        match text {
            "best" => Ok(Self::Best),
            _ => number().map(Self::Given).ok_or_else(|| "it must be zero or more, or best".to_owned()),
        }
    }
}

/// What every answer needs to know.
struct Options {
    noise: Option<f64>,
    hidden: Option<usize>,
    layers: Option<usize>,
    epsilon: Option<f64>,
    t_max: Option<f64>,
    decay: Option<Decay>,
    level: f64,
    seed: u64,
    folds: usize,
    center: bool,
    whiten: bool,
    /// The task that is asked for.
    task: Option<String>,
    /// Products of sizes that may be spent on the intervals of one matrix.
    work: f64,
    progress: Progress,
}

/// An answer with its picture.
struct Explained {
    record: Record,
    figure: Option<Figure>,
    shrunken: Option<Data>,
}

/// Answers on standard output, and in files if asked to.
///
/// # Errors
/// In one line: the file, the place in it or the option that is wrong. Nothing is written then.
pub fn explain(args: &ExplainArgs) -> anyhow::Result<()> {
    let options = options(args)?;
    let mut explained = match (&args.inputs, &args.outputs, args.data.as_slice()) {
        (Some(inputs), Some(outputs), _) => {
            ensure!(inputs != "-" || outputs != "-", "standard input can be read only once");
            regression::answer([read(inputs, args)?, read(outputs, args)?], &options)?
        }
        (_, _, []) => bail!("no data given: name a file, or --inputs and --outputs (- for standard input)"),
        (_, _, [_]) if args.task.is_some() => bail!("--task: one matrix given; it names one of several"),
        (_, _, [file]) => matrix(read(file, args)?, &options)?,
        (_, _, files) => {
            ensure!(
                args.decay.is_none(),
                "--decay: given for {} tasks; it is for one matrix or a regression",
                files.len()
            );
            ensure!(files.iter().filter(|file| *file == "-").count() < 2, "standard input can be read only once");
            let data = files.iter().map(|file| read(file, args)).collect::<anyhow::Result<Vec<_>>>()?;
            tasks::answer(data, &options)?
        }
    };
    if let (Some(rate), Some(stopping)) = (args.learning_rate, &mut explained.record.stopping) {
        stopping.epochs = Some(stopping.time / rate);
    }
    let mut json = serde_json::to_string_pretty(&explained.record)?;
    json.push('\n');
    let name = name(args);
    let text = words::text(&explained.record);
    if let Some(folder) = &args.out {
        write(folder, &name, &explained, &json, &text)?;
    }
    say!("{}", if args.json { json.trim_end().to_owned() } else { words::plain(&text) });
    if let (Some(folder), false) = (&args.out, args.json) {
        say!("\nWritten: {}", folder.join(format!("{name}.html")).display());
    }
    Ok(())
}

fn options(args: &ExplainArgs) -> anyhow::Result<Options> {
    for (option, value) in
        [("--epsilon", args.epsilon), ("--learning-rate", args.learning_rate), ("--t-max", args.t_max)]
    {
        if let Some(value) = value {
            ensure!(value > 0.0 && value.is_finite(), "{option}: {value} given; it must be positive and finite");
        }
    }
    if let Some(noise) = args.noise {
        ensure!(noise >= 0.0 && noise.is_finite(), "--noise: {noise} given; it must be zero or more, and finite");
    }
    ensure!(args.level > 0.0 && args.level < 1.0, "--level: {} given; it must be between 0 and 1", args.level);
    ensure!(args.folds >= 2, "--folds: {} given; it must be 2 or more", args.folds);
    Ok(Options {
        noise: args.noise,
        hidden: args.hidden.map(|hidden| hidden as usize),
        layers: args.layers.map(usize::from),
        epsilon: args.epsilon,
        t_max: args.t_max,
        decay: args.decay,
        level: args.level,
        seed: args.seed,
        folds: args.folds,
        center: args.center,
        whiten: args.whiten,
        task: args.task.clone(),
        work: WORK / (args.data.len().max(1) as f64).powf(1.5),
        progress: Progress::start(),
    })
}

/// Reads, turns and centres.
fn read(file: &str, args: &ExplainArgs) -> anyhow::Result<Data> {
    let mut data = reading::read(file)?;
    if args.transpose {
        data.matrix = data.matrix.transpose().to_owned();
        std::mem::swap(&mut data.rows, &mut data.columns);
    }
    let matrix = data.matrix.as_ref();
    ensure!(matrix.norm_max() > 0.0, "{file}: every value is zero: there is nothing to explain");
    if args.center {
        let scale = matrix.norm_max();
        let mean = |j: usize| matrix.col(j).iter().map(|x| x / scale).sum::<f64>() / matrix.nrows() as f64 * scale;
        let means: Vec<f64> = (0..matrix.ncols()).map(mean).collect();
        let centred = Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| matrix[(i, j)] - means[j]);
        let left = centred.norm_max();
        ensure!(left > 1e-13 * scale, "{file}: every column is constant: nothing is left after --center");
        data.matrix = centred;
    }
    Ok(data)
}

/// One matrix of input-output correlations.
fn matrix(data: Data, options: &Options) -> anyhow::Result<Explained> {
    let noise = options.noise.map(|deviation| deviation * deviation);
    let question = spectral::Question { matrix: data.matrix.as_ref(), noise, source: "given", pace: 1.0 };
    let mut answer = spectral::answer(&question, options, peculiarities(&data))?;
    let (outputs, inputs) = data.matrix.shape();
    answer.record.kind = "matrix";
    answer.record.shape = Shape { outputs, inputs, examples: inputs };
    answer.record.read = vec![described(&data)];
    let shrunken = answer.shrunken.take().map(|matrix| Data { matrix, ..data });
    Ok(Explained { figure: Some(picture::spectral(&answer)), record: answer.record, shrunken })
}

/// What was read, in words.
fn described(data: &Data) -> String {
    let recognised = match data.notes.as_slice() {
        [] => String::new(),
        notes => format!("; recognised: {}", notes.join("; ")),
    };
    let (rows, columns) = data.matrix.shape();
    format!("{}: {} × {}{recognised}", data.source, counted(rows, "row"), counted(columns, "column"))
}

/// Constant columns, and rows or columns that repeat earlier ones.
fn peculiarities(data: &Data) -> Vec<String> {
    let matrix = data.matrix.as_ref();
    let column = |j: usize| matrix.col(j).iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let row = |i: usize| matrix.row(i).iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let constant = |j: &usize| matrix.nrows() > 1 && matrix.col(*j).iter().all(|value| *value == matrix[(0, *j)]);
    let constant: Vec<String> = (0..matrix.ncols()).filter(constant).map(|j| data.column(j)).collect();
    let mut told = Vec::new();
    if !constant.is_empty() {
        told.push(format!("{}: constant: {}.", data.source, listed(&constant)));
    }
    for (repeated, one) in [
        (repeats(matrix.ncols(), column, |j| data.column(j)), matrix.nrows() == 1),
        (repeats(matrix.nrows(), row, |i| data.row(i)), matrix.ncols() == 1),
    ] {
        if !repeated.is_empty() && !one {
            told.push(format!("{}: repeated: {}.", data.source, listed(&repeated)));
        }
    }
    told
}

fn repeats(count: usize, of: impl Fn(usize) -> Vec<u64>, name: impl Fn(usize) -> String) -> Vec<String> {
    let mut seen = HashMap::new();
    let mut found = Vec::new();
    for index in 0..count {
        match seen.entry(of(index)) {
            std::collections::hash_map::Entry::Occupied(first) => {
                found.push(format!("{} equals {}", name(index), name(*first.get())));
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(index);
            }
        }
    }
    found
}

/// The first few of many.
fn listed(items: &[String]) -> String {
    let shown = items[..items.len().min(5)].join(", ");
    if items.len() > 5 { format!("{shown} and {} more", items.len() - 5) } else { shown }
}

/// The stem of the files: that of the first data file.
fn name(args: &ExplainArgs) -> String {
    let first = args.outputs.iter().chain(&args.data).next().map_or("-", String::as_str);
    let stem = Path::new(first).file_stem().map(|stem| stem.to_string_lossy().replace([':', '.'], "_"));
    stem.filter(|stem| stem != "-").unwrap_or_else(|| "standard_input".to_owned())
}

/// Everything is made before anything is written.
fn write(folder: &Path, name: &str, explained: &Explained, json: &str, text: &[words::Section]) -> anyhow::Result<()> {
    let mut files = vec![(format!("{name}.csv"), curves(&explained.record)?)];
    let (mut drawing, mut panels) = (String::new(), 0);
    if let Some(figure) = &explained.figure {
        panels = figure.cells.len();
        drawing = figures::render_svg(figure).context("cannot draw the picture")?;
        files.push((format!("{name}.png"), figures::render_png(&drawing, 2000).context("cannot draw the picture")?));
        files.push((format!("{name}.svg"), drawing.clone().into_bytes()));
    }
    if let Some(shrunken) = &explained.shrunken {
        files.push((format!("{name}_shrunken.csv"), table(shrunken)?));
    }
    let links: Vec<String> = files.iter().map(|(name, _)| name.clone()).chain([format!("{name}.json")]).collect();
    files.push((format!("{name}.html"), page::render(name, text, &drawing, panels, &links).into_bytes()));
    files.push((format!("{name}.json"), json.as_bytes().to_vec()));
    std::fs::create_dir_all(folder).with_context(|| format!("--out {}: cannot make this folder", folder.display()))?;
    for (name, bytes) in &files {
        let path = folder.join(name);
        write_atomically(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn curves(record: &Record) -> anyhow::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["t", "train_error", "risk", "predicted", "low", "high"])?;
    let cell = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for point in &record.curve {
        let values = [Some(point.t), point.train_error, point.risk, point.predicted, point.low, point.high];
        csv.write_record(values.map(cell))?;
    }
    Ok(csv.into_inner()?)
}

/// A matrix with the labels it came with.
fn table(data: &Data) -> anyhow::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let labelled = (!data.rows.is_empty()).then_some(&data.rows);
    if !data.columns.is_empty() {
        csv.write_record(labelled.map(|_| &data.corner).into_iter().chain(&data.columns))?;
    }
    for i in 0..data.matrix.nrows() {
        let numbers = data.matrix.row(i).iter().map(f64::to_string);
        csv.write_record(labelled.map(|rows| rows[i].clone()).into_iter().chain(numbers))?;
    }
    Ok(csv.into_inner()?)
}

/// Says on standard error how far a piece of work is, a second after the start and every second from then on.
struct Progress {
    last: Mutex<Instant>,
}

impl Progress {
    fn start() -> Self {
        Self { last: Mutex::new(Instant::now()) }
    }

    fn tell(&self, what: &str, done: usize, of: usize) {
        // Whoever finds it locked leaves the line to the other thread.
        let Ok(mut last) = self.last.try_lock() else { return };
        if last.elapsed() >= Duration::from_secs(1) {
            *last = Instant::now();
            console::complain(format_args!("{what}: {done} of {of}"));
        }
    }
}

/// Whether inputs may count as white: singular values equal to a twentieth.
const WHITE: f64 = 1.05;

/// ‖·‖² of a matrix in units of its largest entry.
fn power(matrix: MatRef<'_, f64>) -> f64 {
    let scale = matrix.norm_max().max(f64::MIN_POSITIVE);
    matrix.col_iter().flat_map(|column| column.iter()).map(|value| (value / scale).powi(2)).sum()
}
