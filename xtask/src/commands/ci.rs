//! `cargo xtask ci`: everything that continuous integration runs, in order, stopping at the first failure.

use crate::say;
use anyhow::{Context as _, bail};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The steps: a name, and the arguments of cargo. Warnings are errors throughout.
const STEPS: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    ("clippy", &["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    ("documentation", &["doc", "--release", "--workspace", "--no-deps"]),
    ("tests", &["test", "--release", "--workspace"]),
    ("figures at smoke scale", &["xtask", "figures", "--scale", "smoke"]),
    ("committed figures", &["xtask", "figures", "--check"]),
];

/// Runs every step in the workspace at `root`.
///
/// # Errors
/// Names the first step that failed and the command that repeats it.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let start = Instant::now();
    let mut durations = Vec::new();
    for (name, arguments) in STEPS {
        say!("== {name}: cargo {}", arguments.join(" "));
        let step = Instant::now();
        let status = Command::new(&cargo)
            .args(*arguments)
            .current_dir(root)
            .env("RUSTDOCFLAGS", "-D warnings")
            .status()
            .with_context(|| format!("cannot start {cargo}"))?;
        if !status.success() {
            bail!("{name} failed ({status}); repeat it with: cargo {}", arguments.join(" "));
        }
        durations.push(format!("{name} {:.0} s", step.elapsed().as_secs_f64()));
    }
    say!("all passed in {:.0} s: {}", start.elapsed().as_secs_f64(), durations.join(", "));
    Ok(())
}
