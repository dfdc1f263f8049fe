//! A Slurm of one node on this machine: real daemons, everything in a temporary folder, on ports of their own.

use crate::tool;
use std::fs;
use std::io::Read as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Daemons that take longer to start, or jobs to end, will not.
const PATIENCE: Duration = Duration::from_secs(180);
/// Time between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// The daemons, stopped by their pid files when this is dropped.
#[derive(Debug)]
pub struct Slurm {
    folder: TempDir,
}

/// Whether Slurm and its authentication are there; says on standard error that the test is skipped if not.
///
/// # Panics
/// If they are not, with `CI` set.
pub fn is_installed() -> bool {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    // Not by asking for a version: without a configuration the clients do not even answer that.
    let are_there = ["munged", "slurmctld", "slurmd", "sbatch", "squeue"].iter().all(|name| program(name).is_some());
    tool::found_or_skipped(is_root && are_there, "slurm-wlm with munge, and being root for its daemons,")
}

/// Where a program is, also where a user's search path does not look.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

impl Slurm {
    /// Starts the daemons and waits until the node takes jobs.
    ///
    /// # Panics
    /// If they do not start; with what they wrote into their logs.
    pub fn start() -> Self {
        let slurm = Self { folder: tempfile::tempdir().expect("a folder for Slurm") };
        for name in ["state", "spool", "run", "log", "munge"] {
            fs::create_dir(slurm.path(name)).expect("a folder");
        }
        slurm.start_munge();
        fs::write(slurm.path("slurm.conf"), slurm.configuration()).expect("a configuration");
        for daemon in ["slurmctld", "slurmd"] {
            slurm.daemon(daemon, &["-f".to_owned(), slurm.path("slurm.conf").display().to_string()]);
        }
        slurm.wait_until("the node is idle", || slurm.ask("sinfo", &["--noheader", "--format=%T"]).trim() == "idle");
        slurm
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start_munge(&self) {
        let mut key = [0; 128];
        fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut key)).expect("random bytes");
        fs::write(self.path("munge/key"), key).expect("a key");
        set_mode(&self.path("munge/key"), 0o400);
        // munged distrusts a socket that not everybody can reach, and folders that others can write.
        for folder in [self.folder.path(), &self.path("munge"), &self.path("run"), &self.path("log")] {
            set_mode(folder, 0o755);
        }
        let option = |name: &str, file: &str| format!("--{name}={}", self.path(file).display());
        let files = [
            ("key-file", "munge/key"),
            ("socket", "munge/socket"),
            ("pid-file", "run/munged.pid"),
            ("log-file", "log/munged.log"),
            ("seed-file", "munge/seed"),
        ];
        let mut arguments: Vec<String> = files.map(|(name, file)| option(name, file)).to_vec();
        arguments.push("--num-threads=1".to_owned());
        self.daemon("munged", &arguments);
    }

    /// Starts a daemon, which returns when it is in the background.
    fn daemon(&self, name: &str, arguments: &[String]) {
        let output = Command::new(program(name).expect("an installed daemon"))
            .args(arguments)
            .output()
            .expect("a daemon starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{name}: {said}\n{}", self.logs());
    }

    fn configuration(&self) -> String {
        let host = fs::read_to_string("/proc/sys/kernel/hostname").expect("a host name");
        let host = host.trim().split('.').next().unwrap_or_default().to_owned();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let folder = self.folder.path().display();
        let [controller, node] = free_ports();
        format!(
            "ClusterName=loop\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={controller}\nSlurmdPort={node}\n\
             SlurmUser=root\nSlurmdUser=root\n\
             AuthType=auth/munge\nAuthInfo=socket={folder}/munge/socket\nCredType=cred/munge\n\
             StateSaveLocation={folder}/state\nSlurmdSpoolDir={folder}/spool\n\
             SlurmctldPidFile={folder}/run/slurmctld.pid\nSlurmdPidFile={folder}/run/slurmd.pid\n\
             SlurmctldLogFile={folder}/log/slurmctld.log\nSlurmdLogFile={folder}/log/slurmd.log\n\
             ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nSelectType=select/cons_tres\n\
             SelectTypeParameters=CR_CPU\nReturnToService=2\nJobAcctGatherType=jobacct_gather/none\nMpiDefault=none\n\
             NodeName={host} NodeAddr=127.0.0.1 CPUs={processors} RealMemory=500 State=UNKNOWN\n\
             PartitionName=p Nodes={host} Default=YES MaxTime=INFINITE State=UP\n"
        )
    }

    /// A command that talks to this Slurm.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("SLURM_CONF", self.path("slurm.conf"));
        command
    }

    /// What a client program prints.
    pub fn ask(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(program).args(arguments).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
    }

    /// Waits until no job is queued or running.
    ///
    /// # Panics
    /// If that takes too long.
    pub fn wait_for_all_jobs(&self) {
        // An answer that is empty because nobody answers does not count.
        self.wait_until("all jobs are done", || {
            let output = self.command("squeue").arg("--noheader").output();
            output.is_ok_and(|output| output.status.success() && output.stdout.trim_ascii().is_empty())
        });
    }

    fn wait_until(&self, what: &str, holds: impl Fn() -> bool) {
        let start = Instant::now();
        while !holds() {
            let queue = || self.ask("squeue", &[]) + &self.ask("sinfo", &["--list-reasons"]);
            assert!(start.elapsed() < PATIENCE, "not so: {what}\n{}{}", queue(), self.logs());
            sleep(LOOK_AGAIN);
        }
    }

    /// Everything that the daemons logged.
    pub fn logs(&self) -> String {
        let logs = fs::read_dir(self.path("log")).into_iter().flatten().flatten().map(|entry| entry.path());
        logs.map(|path| format!("--- {}\n{}", path.display(), fs::read_to_string(&path).unwrap_or_default())).collect()
    }

    fn stop(&self, daemon: &str) {
        let file = self.path(&format!("run/{daemon}.pid"));
        let Some(pid) = fs::read_to_string(&file).ok().and_then(|text| text.trim().parse::<u32>().ok()) else { return };
        let _ = Command::new("kill").arg(pid.to_string()).status();
        let start = Instant::now();
        while is_running(pid, daemon) && start.elapsed() < Duration::from_secs(20) {
            sleep(LOOK_AGAIN);
        }
        if is_running(pid, daemon) {
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions of our own file");
}

/// Whether that process is alive and still that program.
fn is_running(pid: u32, program: &str) -> bool {
    let is_ours = fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == program);
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    is_ours && !state.rsplit(')').next().unwrap_or_default().trim().starts_with('Z')
}

/// Ports that nobody listens on now.
fn free_ports() -> [u16; 2] {
    let listeners = [0, 1].map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("an address").port())
}

impl Drop for Slurm {
    fn drop(&mut self) {
        for daemon in ["slurmd", "slurmctld", "munged"] {
            self.stop(daemon);
        }
    }
}
