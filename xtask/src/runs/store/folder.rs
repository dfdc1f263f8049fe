//! The store as a folder of entries.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::claim::{Claim, ClaimAttempt, Claims, Holder, TAKEOVER, Timing};
use super::entry::{self, Damage, Head, Record};
use super::error::StoreError;
use super::limit::survive_file_size_limit;
use super::process::Process;
use super::request::{Key, Request};

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
    /// It is ours to do while the claim is held.
    Run {
        /// To be dropped after the result has been put.
        claim: Claim,
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
    /// Temporary files and claims of dead processes removed.
    pub leftovers: usize,
}

/// A folder of runs' results. Sharing one value between threads and one folder between processes is fine.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    claims: Claims,
}

impl Store {
    /// A store in the folder `root`, which is made when the first result is put.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        Self::open_with(root, Timing::default())
    }

    /// As [`open`](Self::open), with other times for claims.
    pub fn open_with(root: &Path, timing: Timing) -> Result<Self, StoreError> {
        survive_file_size_limit();
        match fs::metadata(root) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(StoreError::NotAFolder { path: root.to_owned() }),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(StoreError::io("open", root)(error)),
        }
        Ok(Self { root: root.to_owned(), claims: Claims::new(Process::current(), timing) })
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
        self.look_up(key, |file, head| entry::read_value(file, &head))
    }

    /// As [`get`](Self::get) for when only it matters whether a sound entry is there.
    pub fn check(&self, key: &Key) -> Result<Lookup<Record>, StoreError> {
        self.look_up(key, |file, head| Ok(entry::check_value(file, &head)?.map(|()| head.record)))
    }

    /// As [`check`](Self::check) without reading the result itself, whatever its size.
    pub fn peek(&self, key: &Key) -> Result<Lookup<Record>, StoreError> {
        self.look_up(key, |_, head| Ok(Ok(head.record)))
    }

    fn look_up<T>(
        &self,
        key: &Key,
        read: impl FnOnce(&mut BufReader<File>, Head) -> std::io::Result<Result<T, Damage>>,
    ) -> Result<Lookup<T>, StoreError> {
        let path = self.path(key);
        // Looked at before it is opened: opening a pipe would wait for its writer.
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Err(StoreError::io("read", &path)(std::io::Error::other("it is not a regular file"))),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Lookup::Missing),
            Err(error) => return Err(StoreError::io("read", &path)(error)),
        }
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Lookup::Missing),
            Err(error) => return Err(StoreError::io("read", &path)(error)),
        };
        let checked = || {
            let length = file.metadata()?.len();
            let mut file = BufReader::new(file);
            match entry::read_head(&mut file, length, key)? {
                Ok(head) => read(&mut file, head),
                Err(damage) => Ok(Err(damage)),
            }
        };
        match checked().map_err(StoreError::io("read", &path))? {
            Ok(value) => Ok(Lookup::Found(value)),
            Err(damage) => Ok(Lookup::Damaged(damage)),
        }
    }

    /// Stores a result, whole or not at all: written aside in the same folder, synchronised, renamed.
    pub fn put<T: Serialize + ?Sized>(&self, request: &Request, value: &T) -> Result<(), StoreError> {
        let encoding =
            |error: postcard::Error| StoreError::Encoding { key: request.key().to_string(), why: error.to_string() };
        let value = postcard::to_stdvec(value).map_err(encoding)?;
        let bytes = entry::encode(request, &value).map_err(encoding)?;
        let path = self.path(&request.key());
        self.make_folder_of(&path)?;
        let aside = path.with_extension(self.claims.process.temporary_suffix(self.claims.number()));
        let written = write_synchronised(&aside, &bytes)
            .map_err(StoreError::io("write", &aside))
            .and_then(|()| fs::rename(&aside, &path).map_err(StoreError::io("write", &path)));
        if written.is_err() {
            let _ = fs::remove_file(&aside);
        }
        written
    }

    /// Claims a run whatever is stored, as for running it again by force.
    pub fn try_claim(&self, key: &Key) -> Result<ClaimAttempt, StoreError> {
        let path = self.path(key).with_extension("claim");
        self.make_folder_of(&path)?;
        self.claims.attempt(&path)
    }

    /// Finds out how a run is to go on: it is stored, or it is ours, or somebody else is on it.
    pub fn begin<T: DeserializeOwned>(&self, request: &Request) -> Result<Begin<T>, StoreError> {
        if let Lookup::Found(value) = self.get(&request.key())? {
            return Ok(Begin::Stored(value));
        }
        let claim = match self.try_claim(&request.key())? {
            ClaimAttempt::Mine(claim) => claim,
            ClaimAttempt::HeldBy(holder) => return Ok(Begin::HeldBy(holder)),
        };
        // Whoever held the claim before us may have finished between our look and our claim.
        match self.get(&request.key())? {
            Lookup::Found(value) => Ok(Begin::Stored(value)),
            Lookup::Missing => Ok(Begin::Run { claim, damage: None }),
            Lookup::Damaged(damage) => Ok(Begin::Run { claim, damage: Some(damage) }),
        }
    }

    /// The result of a run: read, computed here, or waited for while another process computes it.
    ///
    /// `E` is the caller's error. The second part says whether it was computed here.
    pub fn obtain<T, E>(&self, request: &Request, compute: impl FnOnce() -> Result<T, E>) -> Result<(T, bool), E>
    where
        T: Serialize + DeserializeOwned,
        E: From<StoreError>,
    {
        let mut pause = Duration::from_millis(10);
        loop {
            match self.begin(request)? {
                Begin::Stored(value) => return Ok((value, false)),
                Begin::Run { claim, .. } => {
                    let value = compute()?;
                    self.put(request, &value)?;
                    drop(claim);
                    return Ok((value, true));
                }
                Begin::HeldBy(_) => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_secs(1));
                }
            }
        }
    }

    /// Every entry, sorted by key, read one at a time; results are not read.
    pub fn entries(&self) -> Result<impl Iterator<Item = Result<Entry, StoreError>> + '_, StoreError> {
        let files = self.files()?.into_iter().filter_map(|path| Some((key_of(&path)?, path)));
        Ok(files.filter_map(|(key, path)| self.entry(key, path).transpose()))
    }

    fn entry(&self, key: Key, path: PathBuf) -> Result<Option<Entry>, StoreError> {
        let record = match self.peek(&key)? {
            Lookup::Found(record) => Ok(record),
            Lookup::Damaged(damage) => Err(damage),
            Lookup::Missing => return Ok(None),
        };
        match fs::metadata(&path) {
            Ok(metadata) => Ok(Some(Entry { key, bytes: metadata.len(), path, record })),
            // Another process pruned it.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("read", &path)(error)),
        }
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
            } else if remove(&entry.path)? {
                pruned.removed += 1;
                pruned.bytes += entry.bytes;
            }
        }
        Ok(pruned)
    }

    /// Removes temporary files and claims of dead processes; says how many.
    pub fn sweep(&self) -> Result<usize, StoreError> {
        let mut removed = 0;
        for path in self.files()? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_claim = path.extension().is_some_and(|it| it == "claim" || it == TAKEOVER);
            if is_claim {
                removed += usize::from(self.claims.remove_if_stale(&path)?);
            } else if name.ends_with(".tmp") && self.claims.process.is_abandoned(&name, age(&path)) {
                removed += usize::from(remove(&path)?);
            }
        }
        Ok(removed)
    }

    /// Every file two levels down, sorted; an absent store has none.
    fn files(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut files = Vec::new();
        for folder in listed(&self.root)? {
            let is_ours = folder.file_name().is_some_and(|name| name.len() == 2);
            if is_ours && folder.is_dir() {
                files.extend(listed(&folder)?);
            }
        }
        Ok(files)
    }

    fn make_folder_of(&self, path: &Path) -> Result<(), StoreError> {
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(StoreError::io("make the folder", folder))
    }
}

fn write_synchronised(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let reading = match fs::read_dir(folder) {
        Ok(reading) => reading,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io("list", folder)(error)),
    };
    let mut paths = reading
        .map(|item| item.map(|item| item.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(StoreError::io("list", folder))?;
    paths.sort();
    Ok(paths)
}

/// Removes a file; says whether it was still there, since another process may have been first.
fn remove(path: &Path) -> Result<bool, StoreError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::io("remove", path)(error)),
    }
}

/// The key that a path `…/ab/cdef….run` stands for.
fn key_of(path: &Path) -> Option<Key> {
    let folder = path.parent()?.file_name()?.to_str()?;
    let rest = path.file_name()?.to_str()?.strip_suffix(".run")?;
    Key::from_hex(&format!("{folder}{rest}"))
}

/// Time since the last change; 0 if unknown.
fn age(path: &Path) -> Duration {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
    modified.ok().and_then(|modified| modified.elapsed().ok()).unwrap_or_default()
}
