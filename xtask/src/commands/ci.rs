//! `cargo xtask ci`: everything that continuous integration runs, in order; what failed and what was skipped stands at the end.

use crate::say;
use anyhow::Context as _;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

/// The steps: a name, and the arguments of cargo. Warnings are errors throughout.
const STEPS: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    ("clippy", &["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    ("documentation", &["doc", "--release", "--workspace", "--no-deps"]),
    ("tests", &["test", "--release", "--workspace", "--no-fail-fast"]),
    ("figures at smoke scale", &["xtask", "figures", "--scale", "smoke"]),
    ("committed figures", &["xtask", "figures", "--check"]),
];

/// How a test begins the line that says which tool it lacks.
const SKIPPED: &str = "SKIPPED: ";

/// Runs every step in the workspace at `root`. Returns whether all passed.
///
/// # Errors
/// If cargo cannot be started.
pub fn run(root: &Path) -> anyhow::Result<bool> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let start = Instant::now();
    let (mut durations, mut failed, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    for (name, arguments) in STEPS {
        say!("== {name}: cargo {}", arguments.join(" "));
        let step = Instant::now();
        let status = watched(
            Command::new(&cargo).args(*arguments).current_dir(root).env("RUSTDOCFLAGS", "-D warnings"),
            &mut skipped,
        )
        .with_context(|| format!("cannot start {cargo}"))?;
        if !status.success() {
            failed.push(format!("FAILED {name} ({status}); repeat it with: cargo {}", arguments.join(" ")));
        }
        durations.push(format!("{name} {:.0} s", step.elapsed().as_secs_f64()));
    }
    skipped.sort();
    skipped.dedup();
    for line in skipped.iter().chain(&failed) {
        say!("{line}");
    }
    let passed = STEPS.len() - failed.len();
    say!("{passed} of {} passed in {:.0} s: {}", STEPS.len(), start.elapsed().as_secs_f64(), durations.join(", "));
    Ok(failed.is_empty())
}

/// Runs a command whose standard output is passed on line by line; lines that tell of a skipped test are kept.
fn watched(command: &mut Command, skipped: &mut Vec<String>) -> std::io::Result<ExitStatus> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    for line in child.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines()) {
        let line = line?;
        if line.starts_with(SKIPPED) {
            skipped.push(line.clone());
        }
        say!("{line}");
    }
    child.wait()
}
