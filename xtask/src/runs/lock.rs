//! Locks beside files, which the system gives back when their holder dies.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fmt, process, thread};

/// The ending of lock files.
pub(super) const LOCKED: &str = "locked";
/// Time after which waiting for a lock is worth a word.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// A lock file that this process alone holds, until dropped; it then goes away.
///
/// On a file system without locks nobody is kept out.
#[derive(Debug)]
pub struct FileLock {
    file: File,
    path: PathBuf,
}

/// What came of trying to lock a file.
#[derive(Debug)]
pub enum Attempt {
    /// It is ours.
    Mine(FileLock),
    /// Somebody else has it.
    HeldBy(Holder),
}

/// Who holds a lock, by the lock file's own account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder(String);

impl fmt::Display for Holder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// How a process stands to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    Ours,
    Theirs,
    /// The file that was opened is no longer at its path.
    Gone,
    /// The file system has no locks.
    Unknown,
}

impl FileLock {
    /// Takes the lock of the file `path`, which need not be there: the file `.NAME.locked` beside it. Does not wait.
    ///
    /// # Errors
    /// Those of the file system, and if something that is no regular file is there.
    pub fn attempt(path: &Path) -> io::Result<Attempt> {
        Self::attempt_by(path, File::try_lock)
    }

    fn attempt_by(path: &Path, try_lock: impl Fn(&File) -> Result<(), TryLockError>) -> io::Result<Attempt> {
        let path = &lock_file(path);
        // Another turn is only needed when the holder removed the file in between, so few are enough.
        for _ in 0..1000 {
            let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
            if !file.metadata()?.is_file() {
                return Err(io::Error::other("it is not a regular file"));
            }
            match hold_by(&file, path, &try_lock)? {
                Hold::Ours | Hold::Unknown => {
                    let mut lock = Self { file, path: path.to_owned() };
                    lock.sign()?;
                    return Ok(Attempt::Mine(lock));
                }
                Hold::Theirs => return Ok(Attempt::HeldBy(holder(file))),
                Hold::Gone => {}
            }
        }
        Err(io::Error::other("another file is put in its place again and again"))
    }

    /// As [`attempt`](Self::attempt), waiting for it; hands on who is in the way if that lasts.
    ///
    /// # Errors
    /// As [`attempt`](Self::attempt).
    pub fn take(path: &Path, waiting: impl FnOnce(&Holder)) -> io::Result<Self> {
        let start = Instant::now();
        let mut waiting = Some(waiting);
        loop {
            match Self::attempt(path)? {
                Attempt::Mine(lock) => return Ok(lock),
                Attempt::HeldBy(holder) => {
                    if start.elapsed() >= PATIENCE
                        && let Some(waiting) = waiting.take()
                    {
                        waiting(&holder);
                    }
                    thread::sleep(Duration::from_millis(10));
                }
            }
        }
    }

    /// Writes who we are, for those who wait.
    fn sign(&mut self) -> io::Result<()> {
        let name = format!("process {} on {}\n", process::id(), host());
        self.file.write_all(name.as_bytes())?;
        self.file.set_len(name.len() as u64)
    }
}

impl Drop for FileLock {
    /// Removes the file while it is still locked: whoever opened it before sees that it is gone, and makes a new one.
    fn drop(&mut self) {
        // A file that stays is swept one day, and is in nobody's way.
        let _ = fs::remove_file(&self.path);
    }
}

/// The lock file of a file.
pub(super) fn lock_file(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{LOCKED}"))
}

/// Locks an open file, if nobody else has it and it is still the one at `path`.
pub(super) fn hold(file: &File, path: &Path) -> io::Result<Hold> {
    hold_by(file, path, File::try_lock)
}

fn hold_by(file: &File, path: &Path, try_lock: impl Fn(&File) -> Result<(), TryLockError>) -> io::Result<Hold> {
    let locked = match try_lock(file) {
        Ok(()) => Hold::Ours,
        Err(TryLockError::WouldBlock) => return Ok(Hold::Theirs),
        Err(TryLockError::Error(_)) => Hold::Unknown,
    };
    match fs::symlink_metadata(path) {
        Ok(there) if is_same(&there, &file.metadata()?) => Ok(locked),
        Ok(_) => Ok(Hold::Gone),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Hold::Gone),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Where files have no number a lock may be held twice for once: work is then done twice, to the same end.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Who wrote a lock file: its first line, as far as it can be shown.
fn holder(file: File) -> Holder {
    let mut text = Vec::new();
    // What cannot be read has no name.
    let _ = file.take(300).read_to_end(&mut text);
    let text = String::from_utf8_lossy(&text);
    let name: String = text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    Holder(if name.starts_with("process ") { name } else { "another process".to_owned() })
}

/// The machine's name, for people.
fn host() -> String {
    let kernel = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = kernel.or_else(|| std::env::var("HOSTNAME").ok()).unwrap_or_default();
    match name.trim() {
        "" => "an unnamed machine".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn is_mine(attempt: &Attempt) -> bool {
        matches!(attempt, Attempt::Mine(_))
    }

    #[test]
    fn a_lock_keeps_others_out_names_its_holder_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        // What a dead process left is in nobody's way, whatever it says.
        fs::write(lock_file(&path), "process 1 on a machine with a long name, which no longer runs\n").unwrap();
        let lock = FileLock::attempt(&path).unwrap();
        assert!(is_mine(&lock));
        let Attempt::HeldBy(holder) = FileLock::attempt(&path).unwrap() else { panic!("held twice") };
        assert!(holder.to_string().starts_with(&format!("process {} on ", process::id())), "{holder}");
        assert!(!holder.to_string().contains("no longer runs"), "{holder}");
        drop(lock);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_name_that_is_none_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        for (content, expected) in [
            (&b""[..], "another process"),
            (b"\xff\xfe", "another process"),
            (b"process 7 on \x1b[2Jhere\nand more", "process 7 on [2Jhere"),
        ] {
            let file = File::create(lock_file(&path)).unwrap();
            file.lock().unwrap();
            fs::write(lock_file(&path), content).unwrap();
            let Attempt::HeldBy(holder) = FileLock::attempt(&path).unwrap() else { panic!("held twice") };
            assert_eq!(holder.to_string(), expected);
        }
    }

    /// Between opening the file and locking it the holder may have removed it: the lock would then guard nothing.
    #[test]
    fn a_lock_on_a_file_that_is_no_longer_there_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let Attempt::Mine(first) = FileLock::attempt(&path).unwrap() else { panic!("not ours") };
        let file = lock_file(&path);
        let opened = File::options().write(true).open(&file).unwrap();
        assert_eq!(hold(&opened, &file).unwrap(), Hold::Theirs);
        drop(first);
        assert_eq!(hold(&opened, &file).unwrap(), Hold::Gone);
        let second = FileLock::attempt(&path).unwrap();
        assert_eq!(hold(&opened, &file).unwrap(), Hold::Gone, "another file is there now");
        assert!(is_mine(&second) && !is_mine(&FileLock::attempt(&path).unwrap()));
    }

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let inside = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..2000 {
                        let Attempt::Mine(lock) = FileLock::attempt(&path).unwrap() else { continue };
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_system_without_locks_keeps_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let attempt = || {
            let refuse = |_: &File| Err(TryLockError::Error(io::Error::from(ErrorKind::Unsupported)));
            FileLock::attempt_by(&path, refuse).unwrap()
        };
        let (first, second) = (attempt(), attempt());
        assert!(is_mine(&first) && is_mine(&second));
        drop(first);
        assert!(is_mine(&attempt()));
        drop(second);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
