//! Lines on standard output and standard error.

use std::borrow::Cow;
use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write as _};
use std::sync::OnceLock;

/// Prints a line, as `println!` does.
///
/// A reader that went away (`cargo xtask list | head -1`) must neither stop work that takes hours nor end it in a panic: the line is lost, and the
/// exit status says how the work ended. Lines that are lost in another way (a full disk) are not missed silently: [`lost`] says why.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => { $crate::console::line(format_args!($($text)*)) };
}

/// Why the first line was lost that was.
static LOST: OnceLock<String> = OnceLock::new();

/// What [`say!`](crate::say!) calls.
pub fn line(text: Arguments<'_>) {
    lose(writeln!(io::stdout(), "{}", printable(&text.to_string())));
}

/// Prints what was put together elsewhere, as it is.
pub fn bytes(text: &[u8]) {
    lose(io::stdout().write_all(text));
}

fn lose(written: io::Result<()>) {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let _ = LOST.set(error.to_string());
        }
        _ => {}
    }
}

/// Why standard output does not hold all that was said, unless its reader went away.
pub fn lost() -> Option<&'static str> {
    lose(io::stdout().flush());
    LOST.get().map(String::as_str)
}

/// Prints a line to standard error, as `eprintln!` does, lost if nobody reads it.
pub fn complain(text: Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{}", printable(&text.to_string()));
}

/// Replaces the last line of standard error, on a terminal, by this one.
pub fn overwrite(text: &str) {
    let _ = write!(io::stderr(), "\r\x1b[2K{text}");
    let _ = io::stderr().flush();
}

/// The text with control characters written out, the ends of our own lines apart: names of files may hold any, and a terminal would obey them.
pub fn printable(text: &str) -> Cow<'_, str> {
    let obeyed = |c: char| c.is_control() && c != '\n';
    match text.contains(obeyed) {
        false => Cow::Borrowed(text),
        true => Cow::Owned(
            text.chars().map(|c| if obeyed(c) { c.escape_default().to_string() } else { c.to_string() }).collect(),
        ),
    }
}

/// A number of things: `1 row`, `2 rows`.
pub fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// A word of a command as a shell takes it.
pub fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./=,:+".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => Cow::Borrowed(word),
        false => Cow::Owned(format!("'{}'", word.replace('\'', "'\\''"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_no_name() {
        assert_eq!(printable("a\nb ŝ"), "a\nb ŝ");
        assert_eq!(printable("a\x1b[2Jb\rc"), "a\\u{1b}[2Jb\\rc");
    }

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        for (word, shell) in [("figures/a.ron", "figures/a.ron"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''")]
        {
            assert_eq!(quoted(word), shell);
        }
    }
}
