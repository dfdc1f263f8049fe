//! Files that are there whole or not at all.

use crate::runs::lock::{Hold, LOCKED, hold};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The ending of files that are being written.
const ASIDE: &str = "aside";
/// What has not changed for this long is abandoned on a file system without locks: no clocks are that far apart.
const LONG_GONE: Duration = Duration::from_secs(24 * 3600);

/// Writes `bytes` aside in the same folder, synchronises, and renames over `path`.
///
/// # Errors
/// Those of the file system; what stood at `path` is then untouched and nothing is left aside.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (mut file, aside) = make_aside(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&aside, path));
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
    let (mut file, probe) = make_aside(&folder.join("writable"))?;
    // An empty file can be made on a disk that is full.
    let written = file.write_all(b"x");
    fs::remove_file(probe)?;
    written
}

/// Removes what processes that are no more left in `folder`: files half written, lock files. Says how many.
///
/// # Errors
/// Those of the file system.
pub fn sweep(folder: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if !is_of_a_process(&path) || !entry.file_type()?.is_file() {
            continue;
        }
        // What another process swept first, or what we may not open, is left to others.
        let Ok(file) = File::options().write(true).open(&path) else { continue };
        let age = || file.metadata().and_then(|data| data.modified()).ok()?.elapsed().ok();
        let is_abandoned = match hold(&file, &path)? {
            Hold::Ours => true,
            Hold::Theirs | Hold::Gone => false,
            Hold::Unknown => age().is_some_and(|age| age > LONG_GONE),
        };
        if is_abandoned {
            // Still locked: nobody takes it for theirs meanwhile.
            fs::remove_file(&path)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Whether a file is one that goes with the process that made it.
fn is_of_a_process(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
        && path.extension().is_some_and(|ending| ending == ASIDE || ending == LOCKED)
}

/// A new file with a hidden name beside `path`, locked as long as it is open.
fn make_aside(path: &Path) -> io::Result<(File, PathBuf)> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let aside = path.with_file_name(format!(".{name}.{}-{number}.{ASIDE}", process::id()));
        match File::create_new(&aside) {
            Ok(file) => match hold(&file, &aside)? {
                Hold::Ours | Hold::Unknown => return Ok((file, aside)),
                // Swept by another process before we had it locked.
                Hold::Theirs | Hold::Gone => {}
            },
            // Of a process with our number, on another machine or before our time.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
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
        let (_file, kept) = make_aside(&folder.path().join("a.svg")).unwrap();
        let left = [".a.svg.1-1.aside", ".a.svg.locked"].map(|name| folder.path().join(name));
        let others = ["a.svg", ".hidden", "b.aside", "b.locked", ".somebodys.tmp"].map(|name| folder.path().join(name));
        for file in left.iter().chain(&others) {
            fs::write(file, b"half").unwrap();
        }
        fs::create_dir(folder.path().join(".folder.locked")).unwrap();
        assert_eq!(sweep(folder.path()).unwrap(), 2);
        assert!(left.iter().all(|file| !file.exists()));
        assert!(kept.exists() && others.iter().all(|file| file.exists()));
    }

    /// A file that is swept between its making and its locking is made again, so that a write never fails by a sweep.
    #[test]
    fn sweeping_disturbs_no_writing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::thread::scope(|scope| {
            let writers =
                [0, 1].map(|_| scope.spawn(|| (0..500).for_each(|_| write_atomically(&path, b"whole").unwrap())));
            while writers.iter().any(|writer| !writer.is_finished()) {
                sweep(folder.path()).unwrap();
            }
        });
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
