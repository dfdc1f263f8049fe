//! Figures that are interrupted: at any moment, in any way, only runs in flight are lost.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use linalg_core::generator;
use rand::{Rng, RngExt as _};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};
use workspace_tests::Workspace;
use workspace_tests::smoke::{Smoke, computed};

/// Closed forms alone, and hundreds of runs that together take longer than what surrounds them: there is a between.
const FIGURES: [&str; 2] = ["fig01", "fig09"];
/// How often the program is killed.
const KILLS: usize = 30;
/// More starts than this mean that the program is hardly ever alive when its moment comes.
const MOST_STARTS: usize = 10 * KILLS;
const SEED: u64 = 1;

/// An undisturbed run to compare with, and how long it took.
struct Undisturbed {
    workspace: Workspace,
    folder: tempfile::TempDir,
    smoke: Smoke,
    drawings: BTreeMap<String, Vec<u8>>,
    runs: usize,
    took: Duration,
}

impl Undisturbed {
    fn new() -> Self {
        let workspace = Workspace::with_configs(&FIGURES);
        let folder = tempfile::tempdir().unwrap();
        let smoke = Smoke::under(workspace.path(), &folder.path().join("undisturbed"));
        workspace_tests::program::path();
        let start = Instant::now();
        let answer = smoke.run(&[]).success();
        let took = start.elapsed();
        let runs = smoke.entries().len();
        assert_eq!(computed(&answer.stdout), runs);
        assert!(runs > 100, "{runs} runs are too few to be interrupted between");
        let drawings = smoke.drawings();
        Self { workspace, folder, smoke, drawings, runs, took }
    }

    fn fresh(&self, name: &str) -> Smoke {
        Smoke::under(self.workspace.path(), &self.folder.path().join(name))
    }

    /// Whatever lies in the folder of figures is whole, and what `--check` calls current is what it ought to be.
    fn outputs_are_whole(&self, smoke: &Smoke) {
        for (name, bytes) in smoke.drawings() {
            assert!(self.drawings[&name] == bytes, "{name} is not what an undisturbed run gives");
        }
        let answer = smoke.run(&["--check"]);
        for figure in FIGURES {
            let is_said = |word: &str| answer.stdout.lines().any(|line| line.starts_with(&format!("{word} {figure}")));
            let is_current = !is_said("STALE") && !is_said("absent");
            let of_figure = |name: &&String| name.starts_with(figure);
            let missing = self.drawings.keys().filter(of_figure).find(|name| !smoke.out.join(name).is_file());
            assert!(!is_current || missing.is_none(), "{missing:?} is missing from a figure called current\n{answer}");
        }
    }
}

/// When a program is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// After this time, wherever it is then.
    Time(Duration),
    /// Once this many runs are stored: between two runs however fast the machine is.
    Stored(usize),
}

impl Moment {
    /// Any moment of an undisturbed run, or, if `by_count`, any between the next run and the last one while there is one.
    fn draw(random: &mut impl Rng, by_count: bool, stored: usize, undisturbed: &Undisturbed) -> Self {
        let left = undisturbed.runs - stored;
        if by_count && left > 1 {
            Self::Stored(stored + random.random_range(1..left))
        } else {
            Self::Time(undisturbed.took.mul_f64(random.random()))
        }
    }

    fn has_come(self, start: Instant, smoke: &Smoke) -> bool {
        match self {
            Self::Time(time) => start.elapsed() >= time,
            Self::Stored(count) => smoke.entries().len() >= count,
        }
    }

    /// Waits until the child ends or the moment has come; whether it ended.
    fn comes_after(self, child: &mut Child, smoke: &Smoke) -> bool {
        let start = Instant::now();
        loop {
            if child.try_wait().unwrap().is_some() {
                return true;
            }
            if self.has_come(start, smoke) {
                return false;
            }
            sleep(Duration::from_millis(1));
        }
    }
}

fn said(child: Child) -> (Output, String) {
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output, text)
}

fn signal(name: &str, process: u32) {
    assert!(Command::new("sh").args(["-c", &format!("kill -{name} {process}")]).status().unwrap().success());
}

/// The program is killed at random moments and started again on what it left, until it gets through; then once more
/// from nothing, until it was killed often enough.
#[test]
fn kill_9_at_any_moment_loses_runs_in_flight_alone() {
    let undisturbed = Undisturbed::new();
    let mut random = generator(SEED, "moments of kills", &[], 0);
    let (mut kills, mut starts, mut rounds, mut half_done) = (0, 0, 0, 0);
    while kills < KILLS {
        rounds += 1;
        let smoke = undisturbed.fresh(&format!("round-{rounds}"));
        loop {
            let stored = smoke.entries();
            starts += 1;
            assert!(starts <= MOST_STARTS, "{kills} kills in {starts} starts");
            let moment = Moment::draw(&mut random, starts % 2 == 1, stored.len(), &undisturbed);
            let mut child = smoke.start(&[]);
            // Enough is enough: the last round is let through.
            let ended = if kills < KILLS { moment.comes_after(&mut child, &smoke) } else { child.wait().is_ok() };
            if !ended {
                child.kill().unwrap();
                child.wait().unwrap();
                kills += 1;
            }
            let now = smoke.entries();
            assert!(stored.iter().all(|(path, stamp)| now.get(path) == Some(stamp)), "a stored run was done again");
            undisturbed.outputs_are_whole(&smoke);
            if ended {
                let (output, text) = said(child);
                assert!(output.status.success(), "{text}");
                assert_eq!(computed(&text), undisturbed.runs - stored.len(), "{text}");
                break;
            }
            half_done += usize::from(!now.is_empty() && now.len() < undisturbed.runs);
        }
        assert!(smoke.drawings() == undisturbed.drawings, "the figures differ from undisturbed ones");
        assert_eq!(smoke.entries().len(), undisturbed.runs);
        assert_eq!(smoke.leftovers(), [""; 0].map(std::path::PathBuf::from), "left in the store");
        assert_eq!(smoke.outputs(), undisturbed.smoke.outputs(), "left among the figures");
    }
    println!(
        "{kills} kills in {starts} starts and {rounds} rounds, {half_done} of them between the first and the last run"
    );
    assert!(half_done >= KILLS / 5, "only {half_done} of {kills} kills came between the first and the last run");
}

#[test]
fn ctrl_c_keeps_what_is_finished() {
    let undisturbed = Undisturbed::new();
    let smoke = undisturbed.fresh("stopped");
    let mut child = smoke.start(&["--jobs", "1"]);
    let start = Instant::now();
    while smoke.entries().len() < 3 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be stopped");
        assert!(start.elapsed() < Duration::from_secs(120), "nothing is stored");
        sleep(Duration::from_millis(2));
    }
    signal("INT", child.id());
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    let (output, _) = said(child);
    assert!(
        output.status.code().is_some_and(|code| code != 0),
        "a status that says it was stopped: {:?}",
        output.status
    );
    let stored = smoke.entries();
    assert!((3..undisturbed.runs).contains(&stored.len()), "{} of {} runs", stored.len(), undisturbed.runs);
    let kept = format!("stopped; {} of {} runs are stored", stored.len(), undisturbed.runs);
    assert!(text.contains(&kept), "{kept:?}\n{text}");
    assert_eq!(smoke.leftovers(), [""; 0].map(std::path::PathBuf::from), "left in the store");
    let outputs = smoke.outputs();
    assert!(outputs.iter().all(|name| !name.starts_with('.')), "left among the figures: {outputs:?}");
    undisturbed.outputs_are_whole(&smoke);

    let answer = smoke.run(&[]).success();
    assert_eq!(computed(&answer.stdout), undisturbed.runs - stored.len(), "{answer}");
    assert!(stored.iter().all(|(path, stamp)| smoke.entries().get(path) == Some(stamp)), "a stored run was done again");
    assert!(smoke.drawings() == undisturbed.drawings);
}

#[test]
fn two_processes_on_one_store_do_each_run_once() {
    let undisturbed = Undisturbed::new();
    let one = undisturbed.fresh("one");
    let other = Smoke { store: one.store.clone(), ..undisturbed.fresh("other") };
    let children = [&one, &other].map(|smoke| smoke.start(&["--jobs", "1"]));
    let counts = children.map(|child| {
        let (output, text) = said(child);
        assert!(output.status.success(), "{text}");
        computed(&text)
    });
    assert_eq!(counts[0] + counts[1], undisturbed.runs, "{counts:?}");
    println!("shared as {counts:?}");
    for smoke in [&one, &other] {
        assert!(smoke.drawings() == undisturbed.drawings);
    }
    assert_eq!(one.entries().len(), undisturbed.runs);
    assert_eq!(one.leftovers(), [""; 0].map(std::path::PathBuf::from));
}

/// A process that is stopped in the middle of a run keeps it: whoever waits says for whom, with no guess at the time,
/// and goes on by itself when the other is gone.
#[test]
fn a_stopped_process_is_named_and_its_run_taken_over_when_it_is_gone() {
    let undisturbed = Undisturbed::new();
    let one = undisturbed.fresh("stopped-one");
    let mut stopped = one.start(&["--jobs", "1"]);
    loop {
        assert!(stopped.try_wait().unwrap().is_none(), "it ended before it could be stopped");
        signal("STOP", stopped.id());
        if one.leftovers().iter().any(|path| path.extension().is_some_and(|ending| ending == "locked")) {
            break;
        }
        signal("CONT", stopped.id());
        sleep(Duration::from_millis(2));
    }
    let other = Smoke { store: one.store.clone(), ..undisturbed.fresh("other") };
    let mut child = other.start(&["--jobs", "2"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut said: Vec<String> = Vec::new();
    let waiting = lines.by_ref().inspect(|line| said.push(line.clone())).find(|line| line.starts_with("waiting for"));
    let name = format!("waiting for process {} on ", stopped.id());
    assert!(
        waiting.is_some_and(|line| line.starts_with(&name) && line.contains("(1 runs)") && !line.contains(" left")),
        "{name:?} in {said:?}"
    );
    signal("KILL", stopped.id());
    stopped.wait().unwrap();
    let rest: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success(), "{rest:?}");
    assert_eq!(one.entries().len(), undisturbed.runs);
    assert!(other.drawings() == undisturbed.drawings);
    assert_eq!(one.leftovers(), [""; 0].map(std::path::PathBuf::from));
}
