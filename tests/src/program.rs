//! The command line as a program: built once, run with arguments in a folder.

use crate::{Table, workspace_root};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

/// A program that takes longer hangs. Generous: what it is asked here takes seconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// The command line's program file; built first if it is missing or older than any source it is made from.
///
/// # Panics
/// If it cannot be built.
pub fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let target = target_folder();
        let program = target.join("release").join(format!("xtask{}", std::env::consts::EXE_SUFFIX));
        let is_current = |built: SystemTime| newest_source().is_none_or(|changed| changed <= built);
        if !modified(&program).is_some_and(is_current) {
            build(&target);
        }
        assert!(program.is_file(), "{} was not built", program.display());
        program
    })
}

/// The target folder that this test itself was built into: `TARGET/PROFILE/deps/TEST`.
fn target_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    test.ancestors().nth(3).expect("a test lies in TARGET/PROFILE/deps").to_owned()
}

fn build(target: &Path) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--package", "xtask", "--target-dir"]).arg(target);
    if cfg!(feature = "pdf") {
        command.args(["--features", "pdf"]);
    }
    let output = command.current_dir(workspace_root()).output().expect("cargo starts");
    assert!(output.status.success(), "cannot build the command line:\n{}", String::from_utf8_lossy(&output.stderr));
}

fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|data| data.modified()).ok()
}

/// When the last of the program's sources was changed.
fn newest_source() -> Option<SystemTime> {
    let root = workspace_root();
    let mut waiting = vec![root.join("Cargo.toml"), root.join("Cargo.lock"), root.join("crates"), root.join("xtask")];
    let mut newest = None;
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            // Tests and benches are no part of the program.
            let skipped = ["tests", "benches", "examples"].iter().any(|name| path.ends_with(name));
            let entries = path.read_dir().into_iter().flatten().flatten().filter(|_| !skipped);
            waiting.extend(entries.map(|entry| entry.path()));
        } else {
            newest = newest.max(modified(&path));
        }
    }
    newest
}

/// What the program said.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The command line, for messages.
    pub command: String,
    /// Exit status; `None` if a signal ended it.
    pub status: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained.
    pub stderr: String,
}

/// Runs the command line with `arguments` in `folder`.
///
/// # Panics
/// If it cannot be started, takes more than five minutes, panics, or prints what is no UTF-8.
pub fn xtask<S: AsRef<str>>(folder: &Path, arguments: &[S]) -> Answer {
    let arguments: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
    let mut command = assert_cmd::Command::new(path());
    let output = command.args(&arguments).current_dir(folder).timeout(PATIENCE).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program prints UTF-8");
    let answer = Answer {
        command: format!("xtask {}", arguments.join(" ")),
        status: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    };
    assert!(answer.status.is_some(), "ended by a signal, or took too long\n{answer}");
    for said in [&answer.stdout, &answer.stderr] {
        assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{answer}");
    }
    answer
}

impl Answer {
    /// Itself, if the exit status is 0.
    ///
    /// # Panics
    /// Otherwise, with everything that was said.
    pub fn success(self) -> Self {
        assert_eq!(self.status, Some(0), "\n{self}");
        self
    }

    /// The numbers it printed, if the exit status is 0.
    ///
    /// # Panics
    /// If it failed or printed something else.
    pub fn table(self) -> Table {
        Table::parse(&self.success().stdout)
    }

    /// The line that says what is wrong with the command or config: exit status 2, and nothing printed. Only a config with
    /// several faults has more lines, each of which begins with its name.
    ///
    /// # Panics
    /// If it was not refused in this way.
    pub fn refusal(&self) -> &str {
        assert_eq!(self.status, Some(2), "\n{self}");
        assert_eq!(self.stdout, "", "\n{self}");
        let mut lines = self.stderr.lines();
        let first = lines.next().filter(|line| line.starts_with("error: "));
        let first = first.unwrap_or_else(|| panic!("no line says what is wrong\n{self}"));
        let file = first["error: ".len()..].split(':').next().unwrap_or_default();
        assert!(lines.all(|line| line.starts_with(file)), "a line says nothing about what is wrong\n{self}");
        first
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "{}\nexit status {:?}\n--- stdout\n{}--- stderr\n{}",
            self.command, self.status, self.stdout, self.stderr
        )
    }
}
