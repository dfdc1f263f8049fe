//! The answer as a value: what `--json` prints and NAME.json holds.

use serde::Serialize;

/// Everything that was found, strengths in units of the data, times in units of τ, errors relative.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Record {
    /// `matrix`, `regression` or `tasks`.
    pub kind: &'static str,
    pub shape: Shape,
    pub noise: Option<Noise>,
    pub rank: Option<usize>,
    pub level: f64,
    pub modes: Vec<Mode>,
    pub fit: Option<Fit>,
    pub student: Student,
    pub stopping: Option<Stopping>,
    pub predicted: Option<Moment>,
    pub shrinkage: Option<Error>,
    pub regularised: Option<Regularised>,
    pub measured: Option<Measured>,
    pub curve: Vec<Point>,
    pub tasks: Vec<Record>,
    pub benefit: Vec<Benefit>,
    /// The best company of each task, if any is better than none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub company: Vec<Company>,
    pub warnings: Vec<String>,
    /// What a mode needs to be found, and how likely noise alone shows the strongest value that counts as none.
    #[serde(skip)]
    pub missed: Missed,
    /// Files and what was recognised in them.
    #[serde(skip)]
    pub read: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Shape {
    pub outputs: usize,
    pub inputs: usize,
    pub examples: usize,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Noise {
    pub entry_deviation: f64,
    pub standard_error: f64,
    pub source: &'static str,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Mode {
    pub data_strength: f64,
    pub strength: f64,
    pub strength_low: Option<f64>,
    pub strength_high: Option<f64>,
    pub overlap_output: f64,
    pub overlap_input: f64,
    pub p_value: f64,
    pub half_learned: Option<f64>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Fit {
    pub distance: f64,
    pub p_value: f64,
    pub holds: bool,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Student {
    pub hidden: usize,
    pub layers: usize,
    pub epsilon: f64,
    pub decay: f64,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Stopping {
    pub time: f64,
    pub epochs: Option<f64>,
    pub test_error: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Moment {
    pub time: f64,
    pub test_error: f64,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Error {
    pub test_error: f64,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Regularised {
    pub decay: f64,
    pub time: f64,
    pub test_error: f64,
}

/// Cross-validated answers beside stopping: their errors contain the outputs' noise.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Measured {
    pub folds: usize,
    pub condition_number: f64,
    pub ridge_penalty: f64,
    pub ridge: f64,
    pub reduced_rank: usize,
    pub reduced_rank_error: f64,
    /// Of the student without hidden layers at its best time.
    pub without_hidden_layers: f64,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Point {
    pub t: f64,
    pub train_error: Option<f64>,
    pub risk: Option<f64>,
    pub predicted: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Benefit {
    pub of: String,
    pub with: String,
    pub estimate: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub effect: &'static str,
    /// Examples of the task itself that would lower its error as much; negative if the company costs as much as so many.
    pub worth: Option<f64>,
    /// When to stop learning both for the task's sake, t/τ.
    pub time: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Company {
    pub of: String,
    /// None: alone is best.
    pub with: Vec<String>,
    /// As it stands, without correction: the best of many is a little too good.
    pub estimate: f64,
    /// When to stop, t/τ.
    pub time: f64,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Missed {
    pub least_strength: Option<f64>,
    pub p_value: Option<f64>,
}
