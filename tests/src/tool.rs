//! Programs that some tests need and a reader's machine need not have.

/// `found`; where a tool is missing, says so on standard error, to be seen with `--nocapture` or on failure.
///
/// # Panics
/// If it is missing although `CI` is set: continuous integration tests everything.
pub fn found_or_skipped(found: bool, tool: &str) -> bool {
    let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    assert!(found || !is_ci, "CI is set and {tool} is missing: .ci/run installs it");
    if !found {
        eprintln!("SKIPPED: {tool} is not installed");
    }
    found
}
