//! The store as a folder of entries.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::entry::{self, Damage, Head, Record, Unreadable};
use super::error::StoreError;
use super::limit::survive_file_size_limit;
use super::request::{Key, Request};
use crate::runs::atomic_file::{check_writable, sweep, write_atomically};
use crate::runs::lock::{Attempt, FileLock, Holder};

/// What the store has under a key.
#[derive(Debug, PartialEq)]
pub enum Lookup<T> {
    /// The result.
    Found(T),
    /// Nothing.
    Missing,
    /// A file that is not a sound entry of this key; to be reported and run again.
    Damaged(Damage),
}

/// How a run is to go on.
#[derive(Debug)]
pub enum Begin<T> {
    /// It is done: here is the result.
    Stored(T),
    /// It is ours to do while the lock is held.
    Run {
        /// To be dropped after the result has been put.
        lock: FileLock,
        /// What is wrong with the entry that is there, if one is.
        damage: Option<Damage>,
    },
    /// Somebody else is on it: ask again later.
    HeldBy(Holder),
}

/// A file of the store as a listing shows it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key that the file's name gives.
    pub key: Key,
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What it says it is, checked up to the result itself, or what is wrong with it.
    pub record: Result<Record, Damage>,
}

/// What pruning did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Entries kept.
    pub kept: usize,
    /// Entries removed: unwanted or damaged.
    pub removed: usize,
    /// Their size.
    pub bytes: u64,
    /// Half-written files and lock files of dead processes removed.
    pub leftovers: usize,
}

/// A folder of runs' results. Sharing one value between threads and one folder between processes is fine.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// A store in the folder `root`, which is made when the first result is put.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        survive_file_size_limit();
        match fs::metadata(root) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(StoreError::NotAFolder { path: root.to_owned() }),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(StoreError::io("open", root)(error)),
        }
        Ok(Self { root: root.to_owned() })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The file of a key: `ab/cdef….run`.
    pub fn path(&self, key: &Key) -> PathBuf {
        let name = key.to_string();
        self.root.join(&name[..2]).join(format!("{}.run", &name[2..]))
    }

    /// The result under a key, every byte of the entry checked.
    pub fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Lookup<T>, StoreError> {
        self.look_up(key, |file, head| Ok(entry::decode(&entry::read_value(file, &head)?, "result")?))
    }

    /// As [`get`](Self::get) for when only it matters whether a sound entry is there.
    pub fn check(&self, key: &Key) -> Result<Lookup<Record>, StoreError> {
        self.look_up(key, |file, head| entry::read_value(file, &head).map(|_| head.record))
    }

    /// As [`check`](Self::check) without reading the result itself, whatever its size.
    pub fn peek(&self, key: &Key) -> Result<Lookup<Record>, StoreError> {
        self.look_up(key, |_, head| Ok(head.record))
    }

    fn look_up<T>(
        &self,
        key: &Key,
        read: impl FnOnce(&mut BufReader<File>, Head) -> Result<T, Unreadable>,
    ) -> Result<Lookup<T>, StoreError> {
        let path = self.path(key);
        let found = || {
            // Looked at before it is opened: opening a pipe would wait for its writer.
            if !fs::metadata(&path)?.is_file() {
                return Err(io::Error::other("it is not a regular file").into());
            }
            let file = File::open(&path)?;
            let length = file.metadata()?.len();
            let mut file = BufReader::new(file);
            let head = entry::read_head(&mut file, length, key)?;
            read(&mut file, head)
        };
        match found() {
            Ok(value) => Ok(Lookup::Found(value)),
            Err(Unreadable::Damage(damage)) => Ok(Lookup::Damaged(damage)),
            Err(Unreadable::System(error)) if error.kind() == ErrorKind::NotFound => Ok(Lookup::Missing),
            Err(Unreadable::System(error)) => Err(StoreError::io("read", &path)(error)),
        }
    }

    /// Stores a result, whole or not at all: written aside in the same folder, synchronised, renamed.
    pub fn put<T: Serialize + ?Sized>(&self, request: &Request, value: &T) -> Result<(), StoreError> {
        let encoding =
            |error: postcard::Error| StoreError::Encoding { key: request.key().to_string(), why: error.to_string() };
        let value = postcard::to_stdvec(value).map_err(encoding)?;
        let bytes = entry::encode(request, &value).map_err(encoding)?;
        let path = self.path(&request.key());
        make_folder(path.parent().unwrap_or(&self.root))?;
        write_atomically(&path, &bytes).map_err(StoreError::io("write", &path))
    }

    /// Makes sure that results can be stored, by writing a file and removing it.
    pub fn check_writable(&self) -> Result<(), StoreError> {
        make_folder(&self.root)?;
        check_writable(&self.root).map_err(StoreError::io("write into", &self.root))
    }

    /// Locks a run whatever is stored, as for running it again by force. Does not wait.
    pub fn lock(&self, key: &Key) -> Result<Attempt, StoreError> {
        let path = self.path(key);
        make_folder(path.parent().unwrap_or(&self.root))?;
        FileLock::attempt(&path).map_err(StoreError::io("lock", &path))
    }

    /// Finds out how a run is to go on: it is stored, or it is ours, or somebody else is on it.
    pub fn begin<T: DeserializeOwned>(&self, request: &Request) -> Result<Begin<T>, StoreError> {
        if let Lookup::Found(value) = self.get(&request.key())? {
            return Ok(Begin::Stored(value));
        }
        let lock = match self.lock(&request.key())? {
            Attempt::Mine(lock) => lock,
            Attempt::HeldBy(holder) => return Ok(Begin::HeldBy(holder)),
        };
        // Whoever held the lock before us may have finished between our look and our lock.
        match self.get(&request.key())? {
            Lookup::Found(value) => Ok(Begin::Stored(value)),
            Lookup::Missing => Ok(Begin::Run { lock, damage: None }),
            Lookup::Damaged(damage) => Ok(Begin::Run { lock, damage: Some(damage) }),
        }
    }

    /// Every entry, sorted by key, read one at a time; results are not read.
    pub fn entries(&self) -> Result<impl Iterator<Item = Result<Entry, StoreError>> + '_, StoreError> {
        let mut files = Vec::new();
        for folder in self.folders()? {
            files.extend(listed(&folder)?);
        }
        let files = files.into_iter().filter_map(|path| Some((key_of(&path)?, path)));
        Ok(files.filter_map(|(key, path)| self.entry(key, path).transpose()))
    }

    fn entry(&self, key: Key, path: PathBuf) -> Result<Option<Entry>, StoreError> {
        let found = self.look_up(&key, |file, head| Ok((head.record, file.get_ref().metadata()?.len())))?;
        let (record, bytes) = match found {
            Lookup::Found((record, bytes)) => (Ok(record), bytes),
            Lookup::Damaged(damage) => (Err(damage), fs::metadata(&path).map_or(0, |metadata| metadata.len())),
            // Another process pruned it.
            Lookup::Missing => return Ok(None),
        };
        Ok(Some(Entry { key, bytes, path, record }))
    }

    /// Removes every entry that is not to be kept or is damaged, and what dead processes left behind.
    ///
    /// Files that are not named as the store names its files are left alone.
    pub fn prune(&self, keep: &HashSet<Key>) -> Result<Pruned, StoreError> {
        let mut pruned = Pruned { leftovers: self.sweep()?, ..Pruned::default() };
        for entry in self.entries()? {
            let entry = entry?;
            if keep.contains(&entry.key) && entry.record.is_ok() {
                pruned.kept += 1;
                continue;
            }
            match fs::remove_file(&entry.path) {
                Ok(()) => {
                    pruned.removed += 1;
                    pruned.bytes += entry.bytes;
                }
                // Another process was first.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(StoreError::io("remove", &entry.path)(error)),
            }
        }
        Ok(pruned)
    }

    /// Removes half-written files and lock files of dead processes; says how many.
    pub fn sweep(&self) -> Result<usize, StoreError> {
        let folders = self.folders()?;
        folders.iter().map(|folder| sweep(folder).map_err(StoreError::io("clean", folder))).sum()
    }

    /// The folders of entries, sorted; an absent store has none.
    fn folders(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut folders = listed(&self.root)?;
        folders.retain(|folder| folder.file_name().is_some_and(|name| name.len() == 2) && folder.is_dir());
        Ok(folders)
    }
}

fn make_folder(folder: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(folder).map_err(StoreError::io("make the folder", folder))
}

/// What is in a folder, sorted.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let list = || fs::read_dir(folder)?.map(|item| Ok(item?.path())).collect::<io::Result<Vec<_>>>();
    match list() {
        Ok(mut paths) => {
            paths.sort();
            Ok(paths)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(StoreError::io("list", folder)(error)),
    }
}

/// The key that a path `…/ab/cdef….run` stands for.
fn key_of(path: &Path) -> Option<Key> {
    let folder = path.parent()?.file_name()?.to_str()?;
    let rest = path.file_name()?.to_str()?.strip_suffix(".run")?;
    Key::from_hex(&format!("{folder}{rest}"))
}
