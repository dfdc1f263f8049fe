//! Smoke runs of figures in folders of a test's own, and what is left of them.

use crate::program;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Figures that are cheap: closed forms alone, and dozens of runs of every sort, together about a second of computing.
pub const FIGURES: [&str; 2] = ["fig01", "fig03"];

/// A store, and a folder for the figures made from it.
#[derive(Clone, Debug)]
pub struct Smoke {
    /// The workspace whose configs are used.
    pub workspace: PathBuf,
    /// Where finished runs are kept.
    pub store: PathBuf,
    /// Where the figures go.
    pub out: PathBuf,
}

/// What tells a stored result from the same one stored again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    inode: u64,
    modified: (i64, i64),
    length: u64,
}

impl Smoke {
    /// Under `folder`, which is made when the first result is stored.
    pub fn under(workspace: &Path, folder: &Path) -> Self {
        Self { workspace: workspace.to_owned(), store: folder.join("store"), out: folder.join("figures") }
    }

    /// The command that makes the figures, with more arguments.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program::path());
        command.args(self.arguments(arguments)).current_dir(&self.workspace);
        command
    }

    /// The arguments of [`command`](Self::command).
    pub fn arguments(&self, more: &[&str]) -> Vec<String> {
        let mut arguments: Vec<String> = ["figures", "--scale", "smoke", "--store"].map(str::to_owned).to_vec();
        arguments.push(self.store.display().to_string());
        // A share draws nothing, and takes no folder to draw into.
        if !more.contains(&"--shard") {
            arguments.extend(["--out".to_owned(), self.out.display().to_string()]);
        }
        arguments.extend(more.iter().map(|&argument| argument.to_owned()));
        arguments
    }

    /// Makes the figures and waits.
    pub fn run(&self, arguments: &[&str]) -> program::Answer {
        program::xtask(&self.workspace, &self.arguments(arguments))
    }

    /// Starts making the figures; what it says can be read from the child.
    ///
    /// # Panics
    /// If the program does not start.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    /// Every stored result, by its path in the store.
    pub fn entries(&self) -> BTreeMap<PathBuf, Stamp> {
        let stamp = |path: &PathBuf| {
            let data = path.metadata().ok()?;
            let modified = (data.mtime(), data.mtime_nsec());
            Some((path.clone(), Stamp { inode: data.ino(), modified, length: data.len() }))
        };
        let runs = files_under(&self.store).into_iter().filter(|path| path.extension().is_some_and(|it| it == "run"));
        runs.filter_map(|path| stamp(&path)).collect()
    }

    /// What lies in the store beside results: claims, files written aside.
    pub fn leftovers(&self) -> Vec<PathBuf> {
        files_under(&self.store).into_iter().filter(|path| path.extension().is_none_or(|it| it != "run")).collect()
    }

    /// The files of the figures whose bytes are the same on every run: numbers and drawings, by name.
    ///
    /// # Panics
    /// If one cannot be read.
    pub fn drawings(&self) -> BTreeMap<String, Vec<u8>> {
        let is_drawing = |path: &PathBuf| {
            let ending = path.extension().unwrap_or_default();
            !name(path).starts_with('.') && ["csv", "svg", "png"].iter().any(|it| ending == *it)
        };
        let read = |path: &PathBuf| fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        files_under(&self.out).iter().filter(|p| is_drawing(p)).map(|path| (name(path), read(path))).collect()
    }

    /// Names of everything in the folder of figures.
    pub fn outputs(&self) -> Vec<String> {
        files_under(&self.out).iter().map(|path| name(path)).collect()
    }
}

/// Runs that a finished command computed, by its own account: the sum over its figures.
///
/// # Panics
/// If it gives none.
pub fn computed(stdout: &str) -> usize {
    let of_line =
        |line: &str| line.split_once(" runs computed")?.0.rsplit_once(" of ")?.0.rsplit(' ').next()?.parse().ok();
    let counts: Vec<usize> = stdout.lines().filter_map(of_line).collect();
    assert!(!counts.is_empty(), "no counts in\n{stdout}");
    counts.iter().sum()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Every file below a folder, sorted; what vanishes meanwhile is left out.
fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for path in fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() { waiting.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}
