//! Commands that select other packages of the workspace share one build of each dependency.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeSet;
use std::process::Command;
use workspace_tests::workspace_root;

/// Every dependency with its features, as a selection of packages compiles it.
fn compiled(selection: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["tree", "--offline", "--prefix", "none", "--format", "{p} [{f}]"]).args(selection);
    let output = cargo.current_dir(workspace_root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).filter(|line| !line.is_empty()).collect()
}

/// `cargo xtask` builds the command line alone, tests build everything. Were a dependency's features other ones there, it
/// and all that stands on it would be compiled twice; `xtask/Cargo.toml` asks for the features that make them the same.
#[test]
fn the_command_line_and_the_tests_share_their_dependencies() {
    let alone = compiled(&["--package", "xtask", "--edges", "normal,build"]);
    let all = compiled(&["--workspace", "--edges", "normal,build,dev"]);
    let twice: Vec<&String> = alone.difference(&all).collect();
    assert!(alone.len() > 100 && twice.is_empty(), "compiled twice: {twice:#?}");
}
