//! Where a result was made: revision, machine, command.

use crate::console::quoted;
use anyhow::Context as _;
use std::path::Path;
use std::process::Command;

/// The git revision of the checkout at `root` and whether tracked files differ from it; `None` outside a checkout.
pub fn revision(root: &Path) -> Option<(String, bool)> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(["--no-optional-locks", "-C"]).arg(root).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let revision = git(&["rev-parse", "HEAD"])?;
    let status = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Some((revision, !status.is_empty()))
}

/// The CPU's model name, as the kernel gives it.
pub fn cpu() -> String {
    cpu_in(&std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default())
}

/// The CPU's model name in the text of `/proc/cpuinfo`.
pub fn cpu_in(info: &str) -> String {
    let line = info.lines().find(|line| line.starts_with("model name"));
    line.and_then(|line| line.split_once(':')).map_or_else(|| "unknown".to_owned(), |(_, name)| name.trim().to_owned())
}

/// Operating system and architecture.
pub fn system() -> String {
    format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
}

/// The command line, as a user would type it.
pub fn command() -> String {
    let arguments = std::env::args_os().skip(1).map(|word| quoted(&word.to_string_lossy()).into_owned());
    ["cargo xtask".to_owned()].into_iter().chain(arguments).collect::<Vec<_>>().join(" ")
}

/// Where the workspace is: the folder with `configs/`, from the working directory upwards.
///
/// # Errors
/// If no folder above holds `configs/` beside a `Cargo.toml`.
pub fn workspace_root() -> anyhow::Result<std::path::PathBuf> {
    let start = std::env::current_dir().context("the working folder cannot be found (was it deleted?)")?;
    let is_root = |folder: &&Path| folder.join("configs").is_dir() && folder.join("Cargo.toml").is_file();
    match start.ancestors().find(is_root) {
        Some(root) => Ok(root.to_owned()),
        None => anyhow::bail!(
            "{} is not inside the workspace: no folder above it holds configs/ and Cargo.toml",
            start.display()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A file that was touched and not changed makes `git status` refresh the index, unless it is asked not to.
    #[test]
    fn asking_for_the_revision_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let git = |arguments: &[&str]| {
            let who = ["-c", "user.name=x", "-c", "user.email=x@x"];
            assert!(Command::new("git").arg("-C").arg(root).args(who).args(arguments).status().unwrap().success());
        };
        fs::write(root.join("file"), "text").unwrap();
        git(&["init", "-q"]);
        git(&["add", "file"]);
        git(&["commit", "-q", "-m", "first"]);
        let file = fs::File::options().write(true).open(root.join("file")).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        let index = || fs::read(root.join(".git/index")).unwrap();
        let before = index();
        assert!(revision(root).is_some_and(|(_, is_dirty)| !is_dirty));
        assert!(index() == before, "the index was written");
        git(&["status", "--porcelain"]);
        assert!(index() != before, "this test cannot fail");
    }
}
