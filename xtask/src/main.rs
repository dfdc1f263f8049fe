//! The command line: configs to runs and theory, to figures, to verdicts. Run it as `cargo xtask`.

use clap::Parser as _;
use std::process::ExitCode;
use xtask::commands::command_line::{self, CommandLine, Task};
use xtask::commands::{ci, explain, figures, init, list, store, theory};
use xtask::runs::provenance;
use xtask::{bench, console};

/// Exit status of a figure or verdict that failed.
const FAILED: u8 = 1;
/// Exit status of a command or config that was refused.
const REFUSED: u8 = 2;

fn main() -> ExitCode {
    if let Some(line) = command_line::unreadable(std::env::args_os()) {
        console::complain(format_args!("{line}"));
        return ExitCode::from(REFUSED);
    }
    let CommandLine { task } = match CommandLine::try_parse() {
        Ok(command_line) => command_line,
        Err(error) => return refuse(&error),
    };
    match (run(&task), console::lost()) {
        (Ok(true), None) => ExitCode::SUCCESS,
        (Ok(_), Some(why)) => {
            console::complain(format_args!("error: standard output is not complete: {why}"));
            ExitCode::from(FAILED)
        }
        (Ok(false), None) => ExitCode::from(FAILED),
        (Err(error), _) => {
            console::complain(format_args!("error: {error:#}"));
            ExitCode::from(REFUSED)
        }
    }
}

/// Help and the version are shown as they are, what was refused in one line like every other refusal.
fn refuse(error: &clap::Error) -> ExitCode {
    match command_line::refusal(error) {
        Some(line) => console::complain(format_args!("{line}")),
        None => error.exit(),
    }
    ExitCode::from(REFUSED)
}

fn run(task: &Task) -> anyhow::Result<bool> {
    match task {
        Task::Theory(question) => theory::answer(question).map(|()| true),
        Task::Explain(args) => explain::explain(args).map(|()| true),
        Task::Figures(args) => figures::figures(&provenance::workspace_root()?, args),
        Task::List(args) => list::list(&provenance::workspace_root()?, args).map(|()| true),
        Task::Init(args) => init::init(&provenance::workspace_root()?, args).map(|()| true),
        Task::Store(args) => store::store(&provenance::workspace_root()?, args).map(|()| true),
        Task::Bench(args) => bench::bench(&provenance::workspace_root()?, args),
        Task::Ci(_) => ci::run(&provenance::workspace_root()?),
    }
}
