//! Lines on standard output and standard error.

use std::borrow::Cow;
use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
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

/// Prints an answer that was put together elsewhere, as it is. There must be somebody to read it: a closed standard output is an error.
pub fn bytes(text: &[u8]) {
    lose(if was_closed() { Err(io::Error::other("it is closed")) } else { io::stdout().write_all(text) });
}

/// Whether standard output was closed when the program started: then Rust's runtime has opened /dev/null in its place, for reading and
/// writing, where a shell's `> /dev/null` opens it for writing alone. A parent that does as the runtime does looks the same.
fn was_closed() -> bool {
    let is_null = std::fs::read_link("/proc/self/fd/1").is_ok_and(|target| target == Path::new("/dev/null"));
    is_null && std::fs::read_to_string("/proc/self/fdinfo/1").is_ok_and(|text| is_read_and_write(&text))
}

/// Whether the octal flags of an open file, as Linux tells them, have the access mode O_RDWR.
fn is_read_and_write(description: &str) -> bool {
    let flags = description.lines().find_map(|line| line.strip_prefix("flags:"));
    flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok()).is_some_and(|flags| flags & 3 == 2)
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
    fn access_modes_are_told_apart() {
        let flags = |flags: &str| is_read_and_write(&format!("pos:\t0\nflags:\t{flags}\nmnt_id:\t25\n"));
        assert!(flags("0100002") && flags("02100002"));
        assert!(!flags("0100001") && !flags("0101001") && !flags("0") && !flags("x") && !is_read_and_write(""));
    }

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
