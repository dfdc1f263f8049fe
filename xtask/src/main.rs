//! The command line: configs to runs and theory, to figures, to verdicts.
fn main() {}
