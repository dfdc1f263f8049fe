//! Progress of many runs at once: a bar on a terminal, a plain line a minute elsewhere.

use crate::runs::lock::Holder;
use crate::say;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sim::Progress;
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Estimated work in thousandths of a core second, done and to do, over all runs, with the wish to stop.
#[derive(Debug)]
pub struct ProgressLine {
    bar: ProgressBar,
    terminal: bool,
    total: AtomicU64,
    done: AtomicU64,
    runs: AtomicU64,
    runs_done: AtomicU64,
    start: Instant,
    last_line: Mutex<Instant>,
    stop: Arc<AtomicBool>,
}

/// Time between two plain lines.
const LINE_EVERY: Duration = Duration::from_secs(60);
const WORKING: &str = "{bar:32} {msg} [{elapsed} gone, about {eta} left]";
const WAITING: &str = "{bar:32} {msg} [{elapsed} gone]";

impl ProgressLine {
    /// For `runs` runs of `core_seconds` in all; `stop` is raised by Ctrl-C.
    pub fn new(runs: usize, core_seconds: f64, stop: Arc<AtomicBool>) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let total = milliseconds(core_seconds);
        let target = if terminal && runs > 0 { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let now = Instant::now();
        let line = Self {
            bar: ProgressBar::with_draw_target(Some(total), target),
            terminal,
            total: AtomicU64::new(total),
            done: AtomicU64::new(0),
            runs: AtomicU64::new(runs as u64),
            runs_done: AtomicU64::new(0),
            start: now,
            last_line: Mutex::new(now),
            stop,
        };
        line.show_as(WORKING);
        line
    }

    /// One more run than was expected has to be done.
    pub fn expect_more(&self, core_seconds: f64) {
        self.runs.fetch_add(1, Ordering::Relaxed);
        self.total.fetch_add(milliseconds(core_seconds), Ordering::Relaxed);
        self.bar.inc_length(milliseconds(core_seconds));
    }

    /// One of the runs need not be done here: another process did it or is on it.
    pub fn expect_less(&self, core_seconds: f64) {
        self.runs.fetch_sub(1, Ordering::Relaxed);
        self.total.fetch_sub(milliseconds(core_seconds), Ordering::Relaxed);
        self.bar.dec_length(milliseconds(core_seconds));
    }

    /// The progress of one run of the given estimate, which begins now.
    pub fn run(&self, core_seconds: f64) -> RunProgress<'_> {
        self.show_as(WORKING);
        RunProgress { line: self, share: milliseconds(core_seconds), reported: AtomicU64::new(0) }
    }

    /// Says who else is on how many runs, which is all that is left to wait for.
    pub fn wait_for(&self, holders: &BTreeMap<Holder, usize>) {
        let name = |(holder, runs): (&Holder, &usize)| format!("{holder} ({runs} runs)");
        let names: Vec<String> = holders.iter().map(name).collect();
        self.say(&format!("waiting for {}; should it be stopped for good, end it", names.join(", ")));
        self.show_as(WAITING);
        self.bar.set_message("waiting");
    }

    /// Whether the user asked to stop.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Prints a line above the bar.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| say!("{line}"));
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn show_as(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }

    fn advance(&self, milliseconds: u64) {
        let done = self.done.fetch_add(milliseconds, Ordering::Relaxed) + milliseconds;
        let (runs, all) = (self.runs_done.load(Ordering::Relaxed), self.runs.load(Ordering::Relaxed));
        self.bar.set_position(done);
        self.bar.set_message(format!("{runs} of {all} runs"));
        let mut last = self.last_line.lock().unwrap_or_else(PoisonError::into_inner);
        if self.terminal || last.elapsed() < LINE_EVERY {
            return;
        }
        *last = Instant::now();
        let total = self.total.load(Ordering::Relaxed);
        let left = self.start.elapsed().as_secs_f64() * total.saturating_sub(done) as f64 / done.max(1) as f64;
        let percent = 100.0 * done as f64 / total.max(1) as f64;
        say!("{runs} of {all} runs done, {percent:.0} % of the work, about {left:.0} s left");
    }
}

/// The progress of one run; hands on what is new since the last report.
#[derive(Debug)]
pub struct RunProgress<'a> {
    line: &'a ProgressLine,
    share: u64,
    reported: AtomicU64,
}

impl RunProgress<'_> {
    /// The run is done: whatever of its share was not reported counts now.
    pub fn finish(self) {
        let reported = self.reported.load(Ordering::Relaxed);
        self.line.runs_done.fetch_add(1, Ordering::Relaxed);
        self.line.advance(self.share.saturating_sub(reported));
    }
}

impl Progress for RunProgress<'_> {
    fn report(&self, done: u64, total: u64) -> ControlFlow<()> {
        let now = (self.share as f64 * done as f64 / total.max(1) as f64) as u64;
        let before = self.reported.fetch_max(now, Ordering::Relaxed);
        if now > before {
            self.line.advance(now - before);
        }
        if self.line.stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn milliseconds(core_seconds: f64) -> u64 {
    (1000.0 * core_seconds) as u64
}
