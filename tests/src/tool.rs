//! Programs that some tests need and a reader's machine need not have.

use std::io::Write as _;

/// `found`; where a tool is missing, says so on standard output.
///
/// # Panics
/// If it is missing although `CI` is set: continuous integration tests everything.
pub fn found_or_skipped(found: bool, tool: &str) -> bool {
    let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    assert!(found || !is_ci, "CI is set and {tool} is missing: .ci/run installs it");
    if !found {
        // Past the harness, which keeps to itself what a test that passes prints: `cargo xtask ci` lists these lines.
        let _ = writeln!(std::io::stdout(), "\nSKIPPED: {tool} is not installed");
    }
    found
}
