//! Files that are there whole or not at all.

use crate::runs::store::Process;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes `bytes` aside in the same folder, synchronises, and renames over `path`.
///
/// # Errors
/// Those of the file system; what stood at `path` is then untouched and nothing is left aside.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = aside(path);
    let write = || {
        let mut file = File::create_new(&aside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&aside, path)
    };
    let written = write();
    if written.is_err() {
        // Nothing more can be done about a leftover that cannot be removed.
        let _ = fs::remove_file(&aside);
    }
    written
}

/// Makes sure that files can be written into `folder`, by writing one and removing it.
///
/// # Errors
/// Those of the file system.
pub fn check_writable(folder: &Path) -> io::Result<()> {
    let probe = aside(&folder.join("writable"));
    File::create_new(&probe)?;
    fs::remove_file(&probe)
}

/// Removes what processes that are no more wrote aside in `folder`; says how many files.
///
/// # Errors
/// Those of the file system.
pub fn sweep(folder: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let age = || entry.metadata().and_then(|data| data.modified()).ok()?.elapsed().ok();
        if name.starts_with('.') && name.ends_with(".tmp") && process().is_abandoned(&name, age().unwrap_or_default()) {
            match fs::remove_file(entry.path()) {
                Ok(()) => removed += 1,
                // Another process swept it first.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(removed)
}

/// A hidden name beside `path` that tells who uses it.
fn aside(path: &Path) -> PathBuf {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let suffix = process().temporary_suffix(NUMBER.fetch_add(1, Ordering::Relaxed));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{suffix}"))
}

fn process() -> &'static Process {
    static PROCESS: OnceLock<Process> = OnceLock::new();
    PROCESS.get_or_init(Process::current)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_and_leaves_nothing_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_path_below_a_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), b"").unwrap();
        assert!(write_atomically(&folder.path().join("file/a.txt"), b"x").is_err());
    }

    #[test]
    fn only_what_the_dead_left_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        // No process has the largest pid there is, but this one is alive.
        let dead = Process { pid: u32::MAX, ..Process::current() };
        let name = |process: &Process| format!(".a.svg.{}", process.temporary_suffix(0));
        let [swept, kept] = [&dead, process()].map(|process| folder.path().join(name(process)));
        let others = ["a.svg", ".hidden", "b.tmp", ".somebodys.tmp"].map(|name| folder.path().join(name));
        for file in [&swept, &kept].into_iter().chain(&others) {
            fs::write(file, b"half").unwrap();
        }
        assert_eq!(sweep(folder.path()).unwrap(), 1);
        assert!(!swept.exists() && kept.exists() && others.iter().all(|file| file.exists()));
    }
}
