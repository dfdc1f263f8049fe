//! Claims: which process is on which run.
//!
//! A claim is a file that only one of several processes can make: a hard link to one written aside, so that it names its
//! holder from the first moment, or without hard links by create-exclusive. The holder's heartbeat renews the file's
//! modification time. Another process takes a claim over when the holder is dead (seen
//! directly on the same machine) or has missed its heartbeat for longer than [`Timing::stale_after`]. The heartbeat is
//! timed by the watcher's own clock, from the last time it *saw* the modification time change, so clocks of different
//! hosts need not agree.
//!
//! Only who holds a second claim, `….takeover`, may remove a stale one, and looks at it again before doing so: of many
//! that find a claim stale one gets the run. A takeover claim is held for a moment only. Should its holder die in that
//! moment, it is renamed away and, had it changed hands meanwhile, put back; this is the one way by which two processes
//! can come to do the same run, and they would write the same entry.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::heartbeat::{Heartbeat, lock};
use super::process::{LONG_GONE, Life, Process};

/// The ending of takeover claims.
pub(super) const TAKEOVER: &str = "takeover";

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
    heartbeat: Arc<Heartbeat>,
}

impl Drop for Claim {
    /// Gives the claim back, unless somebody thought us dead and took it.
    fn drop(&mut self) {
        self.heartbeat.release(self.number);
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

/// What came of finding a claim stale.
enum Takeover {
    Ours(Claim),
    /// Somebody else is taking over; the content of their claim.
    Theirs(String),
    /// It has changed: look again.
    Nobodys,
}

/// The claims of one process on one store.
#[derive(Debug)]
pub(super) struct Claims {
    pub(super) process: Process,
    timing: Timing,
    heartbeat: Arc<Heartbeat>,
    sightings: Mutex<HashMap<PathBuf, Sighting>>,
}

impl Claims {
    pub(super) fn new(process: Process, timing: Timing) -> Self {
        Self { process, timing, heartbeat: Arc::default(), sightings: Mutex::default() }
    }

    /// A number that no other claim or temporary file of this process has, whichever of its stores it is of.
    pub(super) fn number(&self) -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    /// Claims the run whose claim file is at `path`, if nobody else holds it.
    pub(super) fn attempt(&self, path: &Path) -> Result<ClaimAttempt, StoreError> {
        // Another turn is only needed when somebody else acted in between, so few are enough.
        for _ in 0..100 {
            if let Some(claim) = self.create(path)? {
                lock(&self.sightings).remove(path);
                return Ok(ClaimAttempt::Mine(claim));
            }
            let Some(content) = read(path)? else { continue };
            if !self.is_stale(path, &content) {
                return Ok(held_by(&content));
            }
            match self.take_over(path)? {
                Takeover::Ours(claim) => return Ok(ClaimAttempt::Mine(claim)),
                Takeover::Theirs(content) => return Ok(held_by(&content)),
                Takeover::Nobodys => {}
            }
        }
        let unsteady = std::io::Error::other("there is one that cannot be read, or it keeps changing hands");
        Err(StoreError::io("make the claim", path)(unsteady))
    }

    /// Removes a claim or a takeover claim that is stale, as when cleaning up. Whether it did.
    pub(super) fn remove_if_stale(&self, path: &Path) -> Result<bool, StoreError> {
        let Some(content) = read(path)? else { return Ok(false) };
        if !self.is_stale(path, &content) {
            return Ok(false);
        }
        if path.extension().is_some_and(|it| it == TAKEOVER) {
            self.take_away(path, &content)?;
            return Ok(true);
        }
        // What is taken over is given back at once.
        Ok(matches!(self.take_over(path)?, Takeover::Ours(_)))
    }

    fn take_over(&self, path: &Path) -> Result<Takeover, StoreError> {
        let guard_path = path.with_extension(TAKEOVER);
        let Some(_guard) = self.create(&guard_path)? else {
            return match read(&guard_path)? {
                Some(content) if !self.is_stale(&guard_path, &content) => Ok(Takeover::Theirs(content)),
                Some(content) => self.take_away(&guard_path, &content).map(|()| Takeover::Nobodys),
                None => Ok(Takeover::Nobodys),
            };
        };
        // Before we had the guard somebody else may have taken over.
        match read(path)? {
            Some(content) if self.is_stale(path, &content) => {
                fs::remove_file(path).map_err(StoreError::io("take over the claim", path))?;
                Ok(self.create(path)?.map_or(Takeover::Nobodys, Takeover::Ours))
            }
            _ => Ok(Takeover::Nobodys),
        }
    }

    /// Makes a claim if there is none.
    fn create(&self, path: &Path) -> Result<Option<Claim>, StoreError> {
        let number = self.number();
        let content = Content { holder: self.process.clone(), number };
        let content =
            serde_json::to_string(&content).map_err(|error| StoreError::Description { why: error.to_string() })?;
        let aside = path.with_extension(format!("claim.{}", self.process.temporary_suffix(number)));
        let Some(file) = create_with(path, &aside, &content)? else { return Ok(None) };
        Heartbeat::keep(&self.heartbeat, number, file, self.timing.heartbeat);
        Ok(Some(Claim { path: path.to_owned(), content, number, heartbeat: Arc::clone(&self.heartbeat) }))
    }

    fn is_stale(&self, path: &Path, content: &str) -> bool {
        let holder = serde_json::from_str(content).map(|content: Content| content.holder);
        match holder.map(|holder| self.process.life_of(&holder)) {
            Ok(Life::Dead) => true,
            Ok(Life::Alive) => false,
            // A holder that crashed before it wrote its name (without hard links) is judged by its silence, too.
            Ok(Life::Unknown) | Err(_) => self.is_silent(path, content),
        }
    }

    fn is_silent(&self, path: &Path, content: &str) -> bool {
        let modified = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        if modified.and_then(|modified| modified.elapsed().ok()).is_some_and(|age| age > LONG_GONE) {
            return true;
        }
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

    /// Takes a stale takeover claim off its place, unless it has changed hands since it was judged.
    fn take_away(&self, path: &Path, judged: &str) -> Result<(), StoreError> {
        let aside = path.with_extension(format!("{TAKEOVER}.{}", self.process.temporary_suffix(self.number())));
        match fs::rename(path, &aside) {
            Ok(()) => {}
            // Somebody else was faster.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(StoreError::io("take over the claim", path)(error)),
        }
        if read(&aside)?.is_some_and(|moved| moved != judged) {
            // Fails if there is a new one already.
            let _ = fs::hard_link(&aside, path);
        }
        fs::remove_file(&aside).map_err(StoreError::io("remove", &aside))
    }
}

/// Makes a file with `content` if there is none at `path`, in one step where there are hard links: a process that is
/// killed meanwhile then leaves no claim without a name, whose silence others would have to wait out.
fn create_with(path: &Path, aside: &Path, content: &str) -> Result<Option<File>, StoreError> {
    if path.exists() {
        return Ok(None);
    }
    let written = write_new(aside, content)?
        .ok_or_else(|| StoreError::io("write the claim", aside)(std::io::Error::from(ErrorKind::AlreadyExists)))?;
    let linked = fs::hard_link(aside, path);
    // If this fails the file is swept one day, as those of dead processes are.
    let _ = fs::remove_file(aside);
    match linked {
        Ok(()) => Ok(Some(written)),
        // On a network an answer that was lost is asked for again, and the second one is that the link exists.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Ok(read(path)?.is_some_and(|there| there == content).then_some(written))
        }
        Err(_) => write_new(path, content),
    }
}

/// Makes a file and fills it, if there is none.
fn write_new(path: &Path, content: &str) -> Result<Option<File>, StoreError> {
    let mut file = match File::create_new(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
        Err(error) => return Err(StoreError::io("make the claim", path)(error)),
    };
    if let Err(error) = file.write_all(content.as_bytes()) {
        let _ = fs::remove_file(path);
        return Err(StoreError::io("write the claim", path)(error));
    }
    Ok(Some(file))
}

fn held_by(content: &str) -> ClaimAttempt {
    let who = serde_json::from_str(content).ok().map(|content: Content| content.holder);
    ClaimAttempt::HeldBy(Holder { who })
}

/// What a claim says, if it is there.
fn read(path: &Path) -> Result<Option<String>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io("read the claim", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        Claims::new(Process::current(), Timing::default())
    }

    fn is_mine(attempt: &ClaimAttempt) -> bool {
        matches!(attempt, ClaimAttempt::Mine(_))
    }

    #[test]
    fn a_claim_that_has_become_live_is_not_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.claim");
        let (first, second) = (claims(), claims());
        let attempt = first.attempt(&path).unwrap();
        assert!(is_mine(&attempt));
        // As after judging stale what stood there before.
        assert!(matches!(second.take_over(&path).unwrap(), Takeover::Nobodys));
        assert!(!is_mine(&second.attempt(&path).unwrap()));
        drop(attempt);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_claim_is_never_seen_without_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.claim");
        let claims = claims();
        let is_over = std::sync::atomic::AtomicBool::new(false);
        let seen = std::thread::scope(|scope| {
            let watcher = scope.spawn(|| {
                let mut seen = Vec::new();
                while !is_over.load(Ordering::Relaxed) {
                    seen.extend(read(&path).unwrap());
                }
                seen
            });
            for _ in 0..3000 {
                assert!(is_mine(&claims.attempt(&path).unwrap()));
            }
            is_over.store(true, Ordering::Relaxed);
            watcher.join().unwrap()
        });
        assert!(!seen.is_empty());
        assert!(seen.iter().all(|content| serde_json::from_str::<Content>(content).is_ok()));
    }

    #[test]
    fn one_takes_over_at_a_time_and_a_dead_one_is_no_hindrance() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.claim");
        let guard = path.with_extension(TAKEOVER);
        let claims = claims();
        // No process has pid 0: whoever wrote this is dead.
        let dead = Content { holder: Process { pid: 0, ..Process::current() }, number: 0 };
        let dead = serde_json::to_string(&dead).unwrap();
        fs::write(&path, &dead).unwrap();
        let taking_over = claims.create(&guard).unwrap();
        assert!(!is_mine(&claims.attempt(&path).unwrap()), "somebody else is taking over");
        drop(taking_over);
        fs::write(&guard, &dead).unwrap();
        assert!(is_mine(&claims.attempt(&path).unwrap()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        // What has changed hands is put back, what has not is gone.
        fs::write(&guard, "of somebody else").unwrap();
        claims.take_away(&guard, &dead).unwrap();
        assert_eq!(fs::read_to_string(&guard).unwrap(), "of somebody else");
        claims.take_away(&guard, "of somebody else").unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn stale_claims_of_both_kinds_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let claims = claims();
        let dead = Content { holder: Process { pid: 0, ..Process::current() }, number: 0 };
        for extension in ["claim", TAKEOVER] {
            let path = folder.path().join("run").with_extension(extension);
            assert!(!claims.remove_if_stale(&path).unwrap());
            let live = claims.create(&path).unwrap();
            assert!(!claims.remove_if_stale(&path).unwrap());
            drop(live);
            fs::write(&path, serde_json::to_string(&dead).unwrap()).unwrap();
            assert!(claims.remove_if_stale(&path).unwrap());
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{extension}");
        }
    }
}
