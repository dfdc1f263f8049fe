//! The command line of `cargo xtask`.

use crate::bench::BenchArgs;
use crate::output::files::Format;
use crate::recipes::catalog::Selection;
use crate::runs::store::Shard;
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// Rebuilds every figure of the theory of generalisation and transfer in deep linear networks from seeded configs,
/// and answers with its closed forms.
#[derive(Debug, Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", version, max_term_width = 110)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
}

/// The tasks.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Make figures: runs what is not stored yet, draws, judges every claim.
    Figures(FiguresArgs),
    /// List the figures: panels, runs, cost; what is stored, what would run and why.
    List(ListArgs),
    /// Write a commented config of a kind, to start a variation from.
    Init(InitArgs),
    /// Show what the run store holds, or drop what no config wants.
    Store(StoreArgs),
    /// Say what the theory says about your own data: noise, modes, when to stop, which task helps.
    Explain(Box<crate::commands::explain::ExplainArgs>),
    /// Evaluate the closed forms; prints CSV with 17 significant digits, times in units of τ.
    #[command(subcommand)]
    Theory(Box<crate::commands::theory::Question>),
    /// Measure the speed of everything, and compare it with the baseline of this kind of machine.
    Bench(BenchArgs),
    /// Everything that continuous integration runs.
    Ci(CiArgs),
}

/// The first word that no command has: control characters belong in no option or name, and would break messages apart.
pub fn unreadable(mut words: impl Iterator<Item = OsString>) -> Option<String> {
    let word = words.find(|word| word.to_string_lossy().contains(char::is_control))?;
    Some(format!("error: {word:?} holds a control character; give a name or value without one"))
}

/// What is wrong with a command line, in one line; `None` if help or the version was asked for, or no task at all given.
pub fn refusal(error: &clap::Error) -> Option<String> {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return None;
    }
    let text = error.render().to_string();
    let told =
        |line: &&str| !line.is_empty() && !line.starts_with("Usage:") && !line.starts_with("For more information");
    let mut joined = String::new();
    for line in text.lines().map(str::trim).filter(told) {
        joined.push_str(match joined.chars().next_back() {
            None => "",
            _ if line.starts_with("tip:") => "; ",
            Some(':') => " ",
            _ if line.starts_with('[') => " ",
            _ => ", ",
        });
        joined.push_str(line);
    }
    Some(joined)
}

/// Arguments of `figures`.
#[derive(Clone, Debug, Default, Args)]
pub struct FiguresArgs {
    /// Which figures.
    #[command(flatten)]
    pub selection: Selection,
    /// Where finished runs are kept [default: target/runs].
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// Simulations at a time [default: one per core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), allow_hyphen_values = true)]
    pub jobs: Option<u16>,
    /// Where figures go [default: figures/, or a folder under target/ with --scale smoke, --seed or --config].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What to draw.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Format::Svg, Format::Png])]
    pub format: Vec<Format>,
    /// Most memory that the runs of a figure may take; fewer run at a time where more would not fit.
    #[arg(long, value_name = "GIB", default_value_t = 4.0, value_parser = crate::config::float, allow_hyphen_values = true)]
    pub memory: f64,
    /// Say what would run and why, and what should be changed, and stop.
    #[arg(long, conflicts_with_all = ["force", "plot_only", "shard"])]
    pub dry_run: bool,
    /// Run again what is stored.
    #[arg(long)]
    pub force: bool,
    /// Draw from stored results alone; a missing run is an error.
    #[arg(long, conflicts_with = "force")]
    pub plot_only: bool,
    /// Compute nothing: compare figures with their files, configs and engine, and name the commands that mend what is stale.
    #[arg(long, conflicts_with_all = ["force", "plot_only", "dry_run", "shard"])]
    pub check: bool,
    /// Do only the K-th of N balanced shares of the runs into the store, and draw nothing.
    #[arg(long, value_name = "K/N", allow_hyphen_values = true, conflicts_with_all = ["out", "plot_only"])]
    pub shard: Option<Shard>,
}

/// Arguments of `list`.
#[derive(Clone, Debug, Default, Args)]
pub struct ListArgs {
    /// Which figures.
    #[command(flatten)]
    pub selection: Selection,
    /// Where finished runs are kept [default: target/runs].
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
}

/// Arguments of `init`.
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// Kind of config; an unknown one lists all.
    pub kind: String,
    /// The file to write; must not exist.
    pub file: PathBuf,
}

/// Arguments of `store`.
#[derive(Clone, Debug, Args)]
pub struct StoreArgs {
    /// What to do with it; shows what it holds if absent.
    #[command(subcommand)]
    pub action: Option<StoreAction>,
    /// Where finished runs are kept [default: target/runs].
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
}

/// Actions on the store.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum StoreAction {
    /// Drop every entry that no config of configs/ wants, at either scale.
    Prune {
        /// Where finished runs are kept [default: target/runs].
        #[arg(long, value_name = "DIR")]
        store: Option<PathBuf>,
    },
}

/// Arguments of `ci`.
#[derive(Clone, Copy, Debug, Args)]
pub struct CiArgs {}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    fn refused(arguments: &str) -> Option<String> {
        refusal(&CommandLine::try_parse_from(["xtask"].into_iter().chain(arguments.split_whitespace())).unwrap_err())
    }

    #[test]
    fn a_refusal_is_one_line() {
        for (arguments, line) in [
            (
                "theory mode --layers two",
                "error: invalid value 'two' for '--layers <LAYERS>': invalid digit found in string",
            ),
            (
                "figures --scale smok",
                "error: invalid value 'smok' for '--scale <SCALE>' [possible values: paper, smoke]; tip: a similar value exists: 'smoke'",
            ),
            ("init Sweep", "error: the following required arguments were not provided: <FILE>"),
            ("figurs", "error: unrecognized subcommand 'figurs'; tip: a similar subcommand exists: 'figures'"),
            ("init", "error: the following required arguments were not provided: <KIND>, <FILE>"),
        ] {
            assert_eq!(refused(arguments).as_deref(), Some(line), "{arguments}");
        }
    }

    #[test]
    fn help_is_shown_as_it_is() {
        for arguments in ["--help", "--version", "", "theory", "help figures"] {
            assert_eq!(refused(arguments), None, "{arguments}");
        }
    }
}
