//! Progress of many runs at once: a bar on a terminal, a plain line a minute elsewhere.

use crate::say;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sim::Progress;
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
    total: u64,
    done: AtomicU64,
    runs_done: AtomicU64,
    runs: u64,
    start: Instant,
    last_line: Mutex<Instant>,
    stop: Arc<AtomicBool>,
}

/// Time between two plain lines.
const LINE_EVERY: Duration = Duration::from_secs(60);

impl ProgressLine {
    /// For `runs` runs of `core_seconds` in all; `stop` is raised by Ctrl-C.
    pub fn new(runs: usize, core_seconds: f64, stop: Arc<AtomicBool>) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let total = milliseconds(core_seconds).max(1);
        let target = if terminal && runs > 0 { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {msg} [{elapsed} gone, about {eta} left]") {
            bar.set_style(style);
        }
        let now = Instant::now();
        Self {
            bar,
            terminal,
            total,
            done: AtomicU64::new(0),
            runs_done: AtomicU64::new(0),
            runs: runs as u64,
            start: now,
            last_line: Mutex::new(now),
            stop,
        }
    }

    /// Watches one run of the given estimate.
    pub fn watch(&self, core_seconds: f64) -> RunWatch<'_> {
        RunWatch { line: self, share: milliseconds(core_seconds), reported: AtomicU64::new(0) }
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

    fn advance(&self, milliseconds: u64) {
        let done = self.done.fetch_add(milliseconds, Ordering::Relaxed) + milliseconds;
        let runs = self.runs_done.load(Ordering::Relaxed);
        self.bar.set_position(done);
        self.bar.set_message(format!("{runs} of {} runs", self.runs));
        if !self.terminal {
            self.line_if_due(done, runs);
        }
    }

    fn line_if_due(&self, done: u64, runs: u64) {
        let mut last = self.last_line.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() < LINE_EVERY {
            return;
        }
        *last = Instant::now();
        let gone = self.start.elapsed().as_secs_f64();
        let left = gone * (self.total.saturating_sub(done)) as f64 / done.max(1) as f64;
        say!(
            "{runs} of {} runs done, {:.0} % of the work, about {left:.0} s left",
            self.runs,
            100.0 * done as f64 / self.total as f64
        );
    }
}

/// The progress of one run; hands on what is new since the last report.
#[derive(Debug)]
pub struct RunWatch<'a> {
    line: &'a ProgressLine,
    share: u64,
    reported: AtomicU64,
}

impl RunWatch<'_> {
    /// The run is done: whatever of its share was not reported counts now.
    pub fn finish(self) {
        let reported = self.reported.load(Ordering::Relaxed);
        self.line.runs_done.fetch_add(1, Ordering::Relaxed);
        self.line.advance(self.share.saturating_sub(reported));
    }
}

impl Progress for RunWatch<'_> {
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
