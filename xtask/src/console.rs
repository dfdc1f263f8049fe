//! Lines on standard output and standard error.

use std::fmt::Arguments;
use std::io::Write as _;

/// Prints a line, as `println!` does.
///
/// A reader that went away (`cargo xtask list | head -1`) must neither stop work that takes hours nor end it in a panic: the line is lost, and the
/// exit status says how the work ended.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => { $crate::console::line(format_args!($($text)*)) };
}

/// What [`say!`](crate::say!) calls.
pub fn line(text: Arguments<'_>) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a line to standard error, as `eprintln!` does, lost likewise if nobody reads it.
pub fn complain(text: Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Replaces the last line of standard error, on a terminal, by this one.
pub fn overwrite(text: &str) {
    let _ = write!(std::io::stderr(), "\r\x1b[2K{text}");
    let _ = std::io::stderr().flush();
}
