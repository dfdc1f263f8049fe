//! What can be asked of the theory on the command line.

use crate::config::float;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::str::FromStr;

/// A question to the theory.
#[derive(Debug, Subcommand)]
pub enum Question {
    /// Strength s(t) of modes with data strength ŝ.
    Mode(ModeArgs),
    /// What a teacher's modes look like in a noisy matrix (data strength, overlaps, threshold, bulk edges), or what a
    /// data strength says of the teacher.
    Spectrum(SpectrumArgs),
    /// Train and test error over time.
    Curve(CurveArgs),
    /// Best stopping time and error, and the error of the non-gradient shrinkage algorithm.
    Stopping(StoppingArgs),
    /// Least test errors by stopping in time, by weight decay, by both together, and by shrinkage.
    Regularisation(RegularisationArgs),
    /// Best errors of tasks alone and learned jointly, and the transfer benefit.
    Transfer(TransferArgs),
    /// Exact curves of one randomly initialised one-hidden-layer student on one draw of the data.
    Random(RandomArgs),
    /// Mean and 95 % band of train and test error over draws of the data at the actual size.
    Band(BandArgs),
}

/// Most numbers of a list on the command line.
const MOST_NUMBERS: usize = 100_000;

/// A list of numbers on the command line: `0,1,2.5`, and ranges `from:to:step` among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers(pub Vec<f64>);

impl FromStr for Numbers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut numbers = Vec::new();
        for item in text.split(',') {
            let parts: Vec<f64> = item.split(':').map(float).collect::<Result<_, _>>()?;
            let (start, count, step) = match parts[..] {
                [number] => (number, 1.0, 0.0),
                // A last step that rounding has made a little too long still counts.
                [from, to, step] if step > 0.0 && from <= to => (from, ((to - from) / step + 1e-9).floor() + 1.0, step),
                _ => return Err("a range is from:to:step with from ≤ to and a step above 0".to_owned()),
            };
            if numbers.len() as f64 + count > MOST_NUMBERS as f64 {
                return Err(format!("more than {MOST_NUMBERS} numbers"));
            }
            numbers.extend((0..count as usize).map(|k| start + k as f64 * step));
        }
        Ok(Self(numbers))
    }
}

/// What restrains or biases a student while it learns.
#[derive(Clone, Copy, Debug, Args)]
pub struct BrakeArgs {
    /// γ, weight decay: every layer loses λγW an epoch (λ the learning rate).
    #[arg(long, default_value_t = 0.0, value_parser = float, allow_hyphen_values = true)]
    pub decay: f64,
    /// λ of W₂ᵀW₂ − W₁W₁ᵀ = λI, for L = 2: 0 starts rich, |λ| large lazy. Not with weight decay, which shrinks it: no closed form is known then.
    #[arg(long, default_value_t = 0.0, value_parser = float, allow_hyphen_values = true)]
    pub balance: f64,
}

/// Arguments of `theory mode`.
#[derive(Clone, Debug, Args)]
pub struct ModeArgs {
    /// L, weight matrices of the student.
    #[arg(long, allow_hyphen_values = true)]
    pub layers: usize,
    /// ε, initial strength.
    #[arg(long, value_parser = float, allow_hyphen_values = true)]
    pub epsilon: f64,
    /// Decay and balance.
    #[command(flatten)]
    pub brakes: BrakeArgs,
    /// ŝ, data strengths.
    #[arg(long, allow_hyphen_values = true)]
    pub s_hat: Numbers,
    /// t/τ: numbers, and ranges such as 0:40:0.2.
    #[arg(long, allow_hyphen_values = true)]
    pub times: Numbers,
}

/// Arguments of `theory spectrum`.
#[derive(Clone, Debug, Args)]
pub struct SpectrumArgs {
    /// Rows of the matrix (outputs).
    #[arg(long, allow_hyphen_values = true)]
    pub rows: usize,
    /// Columns of the matrix (inputs or examples).
    #[arg(long, allow_hyphen_values = true)]
    pub cols: usize,
    /// ν, variance of one noise entry.
    #[arg(long, value_parser = float, allow_hyphen_values = true)]
    pub entry_variance: f64,
    /// s̄, teacher strengths.
    #[arg(long, required_unless_present = "s_hat", conflicts_with = "s_hat", allow_hyphen_values = true)]
    pub s_bar: Option<Numbers>,
    /// ŝ, data strengths above the edge of the bulk, whose s̄ is asked for.
    #[arg(long, allow_hyphen_values = true)]
    pub s_hat: Option<Numbers>,
}

/// A student and its noise, as most questions take them.
#[derive(Clone, Debug, Args)]
pub struct StudentArgs {
    /// σ_z; one noise entry has variance σ_z²/N₁.
    #[arg(long, default_value_t = 1.0, value_parser = float, allow_hyphen_values = true)]
    pub noise: f64,
    /// N₂, width of every hidden layer.
    #[arg(long, allow_hyphen_values = true)]
    pub hidden: usize,
    /// L, weight matrices of the student.
    #[arg(long, default_value_t = 2, allow_hyphen_values = true)]
    pub layers: usize,
    /// ε, initial strength of the student's map.
    #[arg(long, value_parser = float, allow_hyphen_values = true)]
    pub epsilon: f64,
}

/// A task, as `theory curve` and its relatives take it.
#[derive(Clone, Debug, Args)]
pub struct TaskArgs {
    /// N₁.
    #[arg(long, allow_hyphen_values = true)]
    pub inputs: usize,
    /// N₃.
    #[arg(long, allow_hyphen_values = true)]
    pub outputs: usize,
    /// s̄, teacher strengths in decreasing order, one at least: relative errors divide by the teacher's squared norm.
    #[arg(long, allow_hyphen_values = true)]
    pub strengths: Numbers,
    /// P; more examples than inputs are such that XXᵀ = (P/N₁)·1 and training runs P/N₁ times faster, fewer are orthonormal [default: inputs].
    #[arg(long, allow_hyphen_values = true)]
    pub examples: Option<usize>,
    /// The student.
    #[command(flatten)]
    pub student: StudentArgs,
}

/// Arguments of `theory curve`.
#[derive(Clone, Debug, Args)]
pub struct CurveArgs {
    /// The task and the student.
    #[command(flatten)]
    pub task: TaskArgs,
    /// Decay and balance.
    #[command(flatten)]
    pub brakes: BrakeArgs,
    /// t/τ: numbers, and ranges such as 0:40:0.2.
    #[arg(long, allow_hyphen_values = true)]
    pub times: Numbers,
    /// Count what finite size does to the noise modes and what these have of the teacher, to first order in 1/size.
    #[arg(long)]
    pub finite_size_bulk: bool,
}

/// Arguments of `theory stopping`.
#[derive(Clone, Debug, Args)]
pub struct StoppingArgs {
    /// The task and the student.
    #[command(flatten)]
    pub task: TaskArgs,
    /// Decay and balance.
    #[command(flatten)]
    pub brakes: BrakeArgs,
    /// Count what finite size does to the noise modes and what these have of the teacher, to first order in 1/size.
    #[arg(long)]
    pub finite_size_bulk: bool,
    /// Latest stopping time considered, t/τ [default: when the slowest mode and the noise are learned].
    #[arg(long, value_parser = float, allow_hyphen_values = true)]
    pub t_max: Option<f64>,
}

/// Arguments of `theory regularisation`.
#[derive(Clone, Debug, Args)]
pub struct RegularisationArgs {
    /// The task and the student.
    #[command(flatten)]
    pub task: TaskArgs,
    /// Latest stopping time considered, t/τ [default: for each decay, when the slowest mode and the noise are learned].
    #[arg(long, value_parser = float, allow_hyphen_values = true)]
    pub t_max: Option<f64>,
}

/// Arguments of `theory transfer`: two tasks of rank one, or any tasks by `--task`, `--outputs` and `--overlaps`.
#[derive(Clone, Debug, Args)]
pub struct TransferArgs {
    /// N₁.
    #[arg(long, allow_hyphen_values = true)]
    pub inputs: usize,
    /// Outputs of task A.
    #[arg(long, required_unless_present = "tasks", allow_hyphen_values = true)]
    pub outputs_a: Option<usize>,
    /// Outputs of task B.
    #[arg(long, required_unless_present = "tasks", allow_hyphen_values = true)]
    pub outputs_b: Option<usize>,
    /// s̄_A, of a rank-one teacher.
    #[arg(long, required_unless_present = "tasks", value_parser = float, allow_hyphen_values = true)]
    pub strength_a: Option<f64>,
    /// s̄_B, of a rank-one teacher.
    #[arg(long, required_unless_present = "tasks", value_parser = float, allow_hyphen_values = true)]
    pub strength_b: Option<f64>,
    /// q = v̄_A·v̄_B.
    #[arg(long, required_unless_present = "tasks", value_parser = float, allow_hyphen_values = true)]
    pub alignment: Option<f64>,
    /// s̄ of one task, in decreasing order; once for each task.
    #[arg(long = "task", value_name = "STRENGTHS", requires_all = ["outputs", "overlaps"], allow_hyphen_values = true,
          conflicts_with_all = ["outputs_a", "outputs_b", "strength_a", "strength_b", "alignment"])]
    pub tasks: Vec<Numbers>,
    /// Outputs of each task, in their order.
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', requires = "tasks", allow_hyphen_values = true)]
    pub outputs: Vec<usize>,
    /// CSV without header: v̄ᵢ·v̄ⱼ of all tasks' modes in their order, or of two tasks A's modes (rows) by B's.
    #[arg(long, value_name = "FILE", requires = "tasks")]
    pub overlaps: Option<PathBuf>,
    /// The student.
    #[command(flatten)]
    pub student: StudentArgs,
    /// Decay and balance.
    #[command(flatten)]
    pub brakes: BrakeArgs,
    /// Latest stopping time considered, t/τ [default: when the slowest mode and the noise are learned].
    #[arg(long, value_parser = float, allow_hyphen_values = true)]
    pub t_max: Option<f64>,
}

/// Arguments of `theory random`.
#[derive(Clone, Debug, Args)]
pub struct RandomArgs {
    /// The task and the student (one hidden layer).
    #[command(flatten)]
    pub task: TaskArgs,
    /// Decay and balance.
    #[command(flatten)]
    pub brakes: BrakeArgs,
    /// t/τ: numbers, and ranges such as 0:40:0.2.
    #[arg(long, allow_hyphen_values = true)]
    pub times: Numbers,
    /// Seed of teacher, noise and initial weights.
    #[arg(long, allow_hyphen_values = true)]
    pub seed: u64,
    /// Most memory that the answer may take.
    #[arg(long, value_name = "GIB", default_value_t = 4.0, value_parser = float, allow_hyphen_values = true)]
    pub memory: f64,
}

/// Arguments of `theory band`.
#[derive(Clone, Debug, Args)]
pub struct BandArgs {
    /// The task and the student.
    #[command(flatten)]
    pub task: TaskArgs,
    /// Decay and balance.
    #[command(flatten)]
    pub brakes: BrakeArgs,
    /// t/τ: numbers, and ranges such as 0:40:0.2.
    #[arg(long, allow_hyphen_values = true)]
    pub times: Numbers,
    /// Independent draws of teacher and noise.
    #[arg(long, default_value_t = 200, allow_hyphen_values = true)]
    pub draws: usize,
    /// Seed of the draws.
    #[arg(long, default_value_t = 1, allow_hyphen_values = true)]
    pub seed: u64,
    /// Random initialisation instead of the training-aligned one (one hidden layer).
    #[arg(long)]
    pub random: bool,
    /// Most memory that the answer may take.
    #[arg(long, value_name = "GIB", default_value_t = 4.0, value_parser = float, allow_hyphen_values = true)]
    pub memory: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_of_numbers() {
        let numbers = |text: &str| text.parse::<Numbers>().map(|Numbers(list)| list);
        assert_eq!(numbers("3,-0,1e-5").unwrap(), [3.0, 0.0, 1e-5]);
        assert!(numbers("-0").unwrap()[0].is_sign_positive());
        assert_eq!(numbers("0:1:0.25,7").unwrap(), [0.0, 0.25, 0.5, 0.75, 1.0, 7.0]);
        // 40/0.2 is a little less than 200 in floating point, if at all.
        assert_eq!(numbers("0:40:0.2").unwrap().len(), 201);
        assert_eq!(numbers("2:2:1").unwrap(), [2.0]);
        for (text, part) in [
            ("1,,2", "decimal number"),
            ("1:2", "from:to:step"),
            ("2:1:1", "from:to:step"),
            ("0:1:0", "from:to:step"),
            ("0:1:1e-9", "more than 100000"),
            ("1e-400", "from 1e-60 to 1e60"),
            ("1e308", "from 1e-60 to 1e60"),
            ("nan", "decimal number"),
            ("NaN", "finite"),
        ] {
            assert!(numbers(text).unwrap_err().contains(part), "{text}: {:?}", numbers(text));
        }
    }
}
