//! Claims: which process is on which run.
//!
//! A claim is a file made by create-exclusive, so that of several processes one gets it. It names its holder, whose
//! heartbeat renews the file's modification time. Another process takes a claim over when the holder is dead (seen
//! directly on the same machine) or has missed its heartbeat for longer than [`Timing::stale_after`]. The heartbeat is
//! timed by the watcher's own clock, from the last time it *saw* the modification time change, so clocks of different
//! hosts need not agree.
//!
//! Taking over renames the stale file away, which succeeds for one process only, and looks at what was renamed: had
//! the claim changed hands in between, it is put back. The moment that this takes is the one in which two processes
//! can do the same run; they would write the same entry.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::process::{Life, Process};

/// How often claims are renewed and how long a silent one is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Time between two heartbeats.
    pub heartbeat: Duration,
    /// A claim of another host whose heartbeat has not been seen for this long is stale.
    pub stale_after: Duration,
}

impl Default for Timing {
    /// A heartbeat every 10 seconds, stale after 90: a network file system may show a change 30 to 60 seconds late.
    fn default() -> Self {
        Self { heartbeat: Duration::from_secs(10), stale_after: Duration::from_secs(90) }
    }
}

/// The process that holds a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    who: Option<Process>,
}

impl fmt::Display for Holder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.who {
            Some(process) => write!(out, "process {} on {}", process.pid, process.host),
            None => out.write_str("an unnamed process"),
        }
    }
}

/// What came of trying to claim a run.
#[derive(Debug)]
pub enum ClaimAttempt {
    /// The run is ours to do.
    Mine(Claim),
    /// Somebody else is on it.
    HeldBy(Holder),
}

/// A run claimed by this process, until dropped.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    content: String,
    number: u64,
    beating: Arc<Beating>,
}

impl Drop for Claim {
    /// Gives the claim back, unless somebody thought us dead and took it.
    fn drop(&mut self) {
        lock(&self.beating.files).remove(&self.number);
        if fs::read_to_string(&self.path).is_ok_and(|content| content == self.content) {
            // If this fails the claim goes stale, which costs a wait and no result.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Content {
    holder: Process,
    /// Tells this claim from every other of the same process.
    number: u64,
}

/// What was seen of a claim whose holder cannot be looked up, and when it was first seen so.
#[derive(Debug)]
struct Sighting {
    modified: Option<SystemTime>,
    content: String,
    since: Instant,
}

/// The claims of one process on one store.
#[derive(Debug)]
pub(super) struct Claims {
    pub(super) process: Process,
    timing: Timing,
    next: AtomicU64,
    beating: Arc<Beating>,
    sightings: Mutex<HashMap<PathBuf, Sighting>>,
}

impl Claims {
    pub(super) fn new(process: Process, timing: Timing) -> Self {
        Self { process, timing, next: AtomicU64::new(0), beating: Arc::default(), sightings: Mutex::default() }
    }

    /// A number that no other claim or temporary file of this process has.
    pub(super) fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Claims the run whose claim file is at `path`, if nobody else holds it.
    pub(super) fn attempt(&self, path: &Path) -> Result<ClaimAttempt, StoreError> {
        loop {
            if let Some(claim) = self.create(path)? {
                lock(&self.sightings).remove(path);
                return Ok(ClaimAttempt::Mine(claim));
            }
            let content = match fs::read(path) {
                Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(StoreError::io("read the claim", path)(error)),
            };
            if !self.is_stale(path, &content) {
                let who = serde_json::from_str(&content).ok().map(|content: Content| content.holder);
                return Ok(ClaimAttempt::HeldBy(Holder { who }));
            }
            self.take_away(path, &content)?;
        }
    }

    /// Removes a claim that is stale, as when cleaning up. Whether it did.
    pub(super) fn remove_if_stale(&self, path: &Path) -> Result<bool, StoreError> {
        match fs::read(path) {
            Ok(bytes) => {
                let content = String::from_utf8_lossy(&bytes).into_owned();
                let stale = self.is_stale(path, &content);
                if stale {
                    self.take_away(path, &content)?;
                }
                Ok(stale)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StoreError::io("read the claim", path)(error)),
        }
    }

    fn create(&self, path: &Path) -> Result<Option<Claim>, StoreError> {
        let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
            Err(error) => return Err(StoreError::io("make the claim", path)(error)),
        };
        let number = self.number();
        let content = Content { holder: self.process.clone(), number };
        let content =
            serde_json::to_string(&content).map_err(|error| StoreError::Description { why: error.to_string() })?;
        if let Err(error) = file.write_all(content.as_bytes()) {
            let _ = fs::remove_file(path);
            return Err(StoreError::io("write the claim", path)(error));
        }
        Beating::keep(&self.beating, number, file, self.timing.heartbeat);
        Ok(Some(Claim { path: path.to_owned(), content, number, beating: Arc::clone(&self.beating) }))
    }

    fn is_stale(&self, path: &Path, content: &str) -> bool {
        let holder = serde_json::from_str(content).map(|content: Content| content.holder);
        match holder.map(|holder| self.process.life_of(&holder)) {
            Ok(Life::Dead) => true,
            Ok(Life::Alive) => false,
            // A holder that crashed before it wrote its name is judged by its silence, too.
            Ok(Life::Unknown) | Err(_) => self.is_silent(path, content),
        }
    }

    fn is_silent(&self, path: &Path, content: &str) -> bool {
        let modified = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        let mut sightings = lock(&self.sightings);
        match sightings.get(path) {
            Some(last) if last.modified == modified && last.content == content => {
                last.since.elapsed() > self.timing.stale_after
            }
            _ => {
                let seen = Sighting { modified, content: content.to_owned(), since: Instant::now() };
                sightings.insert(path.to_owned(), seen);
                false
            }
        }
    }

    /// Takes a stale claim off its place, unless it has changed hands since it was judged.
    fn take_away(&self, path: &Path, judged: &str) -> Result<(), StoreError> {
        let aside = path.with_extension(format!("claim.{}", self.temporary_suffix()));
        match fs::rename(path, &aside) {
            Ok(()) => {}
            // Somebody else was faster.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(StoreError::io("take over the claim", path)(error)),
        }
        let moved = fs::read(&aside).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        if moved.is_ok_and(|moved| moved != judged) {
            // Fails if there is a new claim already; then two processes do one run.
            let _ = fs::hard_link(&aside, path);
        }
        fs::remove_file(&aside).map_err(StoreError::io("remove", &aside))
    }

    /// The end of a temporary file's name: who makes it, and `tmp`.
    pub(super) fn temporary_suffix(&self) -> String {
        let Process { machine, pid, start, .. } = &self.process;
        let machine = &blake3::hash(machine.as_bytes()).to_hex()[..8];
        format!("{machine}-{pid}-{start}-{}.tmp", self.number())
    }

    /// Whether a temporary file was left by a process that is no more; one of another machine is given a day.
    pub(super) fn is_abandoned(&self, name: &str, age: Duration) -> bool {
        const LONG_GONE: Duration = Duration::from_secs(24 * 3600);
        let maker = name.strip_suffix(".tmp").and_then(|name| name.rsplit('.').next());
        let parts: Vec<&str> = maker.unwrap_or_default().split('-').collect();
        let ours = blake3::hash(self.process.machine.as_bytes()).to_hex();
        if let [machine, pid, start, _] = parts[..]
            && machine == &ours[..8]
            && let (Ok(pid), Ok(start)) = (pid.parse(), start.parse())
        {
            let maker = Process { pid, start, ..self.process.clone() };
            match self.process.life_of(&maker) {
                Life::Dead => return true,
                Life::Alive => return false,
                Life::Unknown => {}
            }
        }
        age > LONG_GONE
    }
}

/// The open claim files of one process, and the thread that renews them.
#[derive(Debug, Default)]
struct Beating {
    files: Mutex<HashMap<u64, File>>,
    is_running: Mutex<bool>,
}

impl Beating {
    /// Renews a claim from now on. Its open file is kept: should the claim be taken over, the heartbeat goes to the
    /// file that was ours and not to the one now in its place.
    fn keep(this: &Arc<Self>, number: u64, file: File, interval: Duration) {
        lock(&this.files).insert(number, file);
        let mut is_running = lock(&this.is_running);
        if !*is_running {
            let weak = Arc::downgrade(this);
            let thread = std::thread::Builder::new().name("claim heartbeat".to_owned());
            // Without the thread other hosts will take our claims over and repeat our runs; nothing worse.
            *is_running = thread.spawn(move || Self::beat(&weak, interval)).is_ok();
        }
    }

    /// Ends, at the latest one interval late, when the store and its claims are gone.
    fn beat(this: &Weak<Self>, interval: Duration) {
        loop {
            std::thread::sleep(interval);
            let Some(beating) = this.upgrade() else { return };
            for file in lock(&beating.files).values() {
                let _ = file.set_modified(SystemTime::now());
            }
        }
    }
}

/// What these locks guard is sound after any panic: single insertions and removals.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
