//! Which process is this, and does that one still live?

use std::fs;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What has not changed for this long by the file's own date is abandoned: no clocks are that far apart.
pub(super) const LONG_GONE: Duration = Duration::from_secs(24 * 3600);

/// A process, told apart from every other one that ever ran where its pid can be looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    /// The host's name, for people.
    pub(crate) host: String,
    /// Boot and pid namespace: within one of these a pid means the same process to everybody. Empty if unknown.
    pub(crate) machine: String,
    pub(crate) pid: u32,
    /// Start time in clock ticks since boot; tells a pid from its later reuse. 0 if unknown.
    pub(crate) start: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Alive,
    Dead,
    /// Of another machine, or of this one without a `/proc`.
    Unknown,
}

impl Process {
    pub(crate) fn current() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
        let namespace = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
        let boot = read("/proc/sys/kernel/random/boot_id");
        let pid = std::process::id();
        // In a pid namespace of its own with its parent's /proc, pids there are not the ones that processes know.
        let is_our_proc = fs::read_link("/proc/self").is_ok_and(|link| link.as_os_str() == pid.to_string().as_str());
        let start = start_of(pid).map(|(start, _)| start).filter(|_| is_our_proc);
        let machine = match (boot.is_empty(), start) {
            (false, Some(_)) => format!("{boot} {}", namespace.display()),
            _ => String::new(),
        };
        let host = Some(read("/proc/sys/kernel/hostname")).filter(|name| !name.is_empty());
        let host = host.or_else(|| std::env::var("HOSTNAME").ok()).unwrap_or_else(|| "unknown host".to_owned());
        Self { host, machine, pid, start: start.unwrap_or(0) }
    }

    /// Whether a process lives, as far as `self` can see.
    pub(super) fn life_of(&self, other: &Self) -> Life {
        if self.machine.is_empty() || self.machine != other.machine {
            return Life::Unknown;
        }
        match start_of(other.pid) {
            Some((start, Ended::No)) if start == other.start => Life::Alive,
            _ => Life::Dead,
        }
    }

    /// The end of a temporary file's name: who makes it, and `tmp`. No two files of one process share a `number`.
    pub(crate) fn temporary_suffix(&self, number: u64) -> String {
        format!("{}-{}-{}-{number}.tmp", self.machine_name(), self.pid, self.start)
    }

    /// Whether a temporary file was left by a process that is no more; one of another machine is given a day.
    pub(crate) fn is_abandoned(&self, name: &str, age: Duration) -> bool {
        let maker = name.strip_suffix(".tmp").and_then(|name| name.rsplit('.').next());
        let parts: Vec<&str> = maker.unwrap_or_default().split('-').collect();
        if let [machine, pid, start, _] = parts[..]
            && machine == self.machine_name()
            && let (Ok(pid), Ok(start)) = (pid.parse(), start.parse())
        {
            match self.life_of(&Self { pid, start, ..self.clone() }) {
                Life::Dead => return true,
                Life::Alive => return false,
                Life::Unknown => {}
            }
        }
        age > LONG_GONE
    }

    /// The machine in eight characters that every file system takes.
    fn machine_name(&self) -> String {
        blake3::hash(self.machine.as_bytes()).to_hex()[..8].to_owned()
    }
}

enum Ended {
    No,
    /// A zombie: dead, only not yet collected by its parent.
    Yes,
}

/// Start time and state from `/proc/PID/stat`, fields 22 and 3. Field 2, the command in parentheses, may itself hold
/// spaces and parentheses, so counting starts behind the last one.
fn start_of(pid: u32) -> Option<(u64, Ended)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let ended = match fields.next()? {
        "Z" | "X" | "x" => Ended::Yes,
        _ => Ended::No,
    };
    Some((fields.nth(18)?.parse().ok()?, ended))
}
