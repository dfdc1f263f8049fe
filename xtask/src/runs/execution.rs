//! Doing the runs: what is stored is read, what is not is computed in parallel and stored at once.

use crate::runs::lock::{Attempt, Holder, PATIENCE};
use crate::runs::progress::ProgressLine;
use crate::runs::results::Results;
use crate::runs::run::{Outcome, Run};
use crate::runs::run_time::{measured, total};
use crate::runs::store::{Begin, Key, Lookup, Request, Store, StoreError};
use anyhow::{Context as _, anyhow, bail};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

/// How to treat what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Compute what is missing or damaged.
    Missing,
    /// Compute everything again.
    Everything,
    /// Compute nothing; what is missing is an error.
    StoredOnly,
}

/// A run and the description it is known by.
#[derive(Clone, Debug)]
pub struct NamedRun {
    /// The run.
    pub run: Run,
    /// What it is looked up by among a figure's results.
    pub description: String,
    /// What it is stored under.
    pub request: Request,
}

impl NamedRun {
    /// Describes a run at a scale.
    ///
    /// # Errors
    /// If a number in the run is not finite.
    pub fn new(run: Run, scale: &str) -> anyhow::Result<Self> {
        let description = run.description()?;
        let request = Request::new(&run, run.engine_version(), scale)?;
        Ok(Self { run, description, request })
    }
}

/// An outcome as it is stored, with what it cost.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredOutcome {
    /// The outcome.
    pub outcome: Outcome,
    /// Seconds that computing it took.
    pub seconds: f64,
}

/// All runs of one figure.
pub struct Ready {
    /// Index of the figure among those asked for.
    pub figure: usize,
    /// Outcomes of all its runs, or what went wrong.
    pub results: anyhow::Result<Results>,
    /// Seconds that computing its runs took, whenever that was.
    pub run_seconds: f64,
    /// Runs computed now.
    pub computed: usize,
}

/// Does the runs of figures.
pub struct Executor<'a> {
    /// Where outcomes are kept.
    pub store: &'a Store,
    /// Runs at a time.
    pub jobs: usize,
    /// What to do about stored outcomes.
    pub policy: Policy,
    /// Only these runs, if given: figures that want others are never handed over.
    pub share: Option<HashSet<Key>>,
    /// Raised by Ctrl-C.
    pub stop: Arc<AtomicBool>,
}

/// What became of one run.
enum Done {
    Stored(StoredOutcome),
    Computed(StoredOutcome),
    /// Somebody else is on it.
    HeldBy(Holder),
}

type Report = (usize, anyhow::Result<Done>);

/// Time between two looks at runs that another process holds.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Looks in vain after which the holder is named, and between which it is named again.
const NAME_AFTER: u128 = PATIENCE.as_millis() / LOOK_AGAIN.as_millis();
const NAME_EVERY: u128 = 60_000 / LOOK_AGAIN.as_millis();

impl Executor<'_> {
    /// Does every run of `figures`, in their order, the longest of each first, and hands each figure over as soon as its
    /// last run is done.
    ///
    /// A run wanted by several figures is done once. A failed run fails its figures; the others go on, unless the store
    /// is full: then nothing more is begun.
    ///
    /// Returns what the failed runs said.
    ///
    /// # Errors
    /// If the thread pool cannot be made, nothing can be stored, or the user stopped the work; what was finished is
    /// stored.
    pub fn execute(
        &self,
        figures: &[&[NamedRun]],
        mut ready: impl FnMut(Ready, &ProgressLine),
    ) -> anyhow::Result<Vec<String>> {
        let mut board = Board::new(figures);
        let runs = board.runs.clone();
        let mine: Vec<usize> = (0..runs.len()).filter(|index| self.is_mine(runs[*index])).collect();
        let mut expected: HashSet<usize> = mine.iter().copied().filter(|index| self.is_missing(runs[*index])).collect();
        let cost = |index: &usize| runs[*index].run.cost_estimate();
        if !expected.is_empty() {
            self.store.check_writable()?;
        }
        let line = ProgressLine::new(expected.len(), total(expected.iter().map(cost)), Arc::clone(&self.stop));
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.jobs)
            .build()
            .context("cannot start the worker threads")?;
        board.hand_over(|figure| ready(figure, &line));
        let (sender, receiver) = mpsc::channel::<Report>();
        let full = OnceLock::new();
        let (mut waiting, mut looks_in_vain) = (mine.clone(), 0);
        while !waiting.is_empty() && !line.stopped() {
            let batch = std::mem::take(&mut waiting);
            let mut holders = BTreeMap::<Holder, usize>::new();
            pool.in_place_scope_fifo(|scope| {
                for &index in &batch {
                    let (sender, run, line, full) = (sender.clone(), runs[index], &line, &full);
                    let is_expected = expected.contains(&index);
                    scope.spawn_fifo(move |_| {
                        let done = caught(|| run.run.label(), || self.one(run, is_expected, line, full));
                        // The receiver lives until every report is in.
                        let _ = sender.send((index, done));
                    });
                }
                for (index, done) in receiver.iter().take(batch.len()) {
                    if matches!(done, Ok(Done::HeldBy(_) | Done::Stored(_))) && expected.remove(&index) {
                        line.expect_less(cost(&index));
                    }
                    match done {
                        Ok(Done::HeldBy(holder)) => {
                            *holders.entry(holder).or_default() += 1;
                            waiting.push(index);
                        }
                        other => board.record(index, other),
                    }
                    if !line.stopped() {
                        board.hand_over(|figure| ready(figure, &line));
                    }
                }
            });
            looks_in_vain = if waiting.len() == batch.len() { looks_in_vain + 1 } else { 0 };
            if !waiting.is_empty() {
                if looks_in_vain % NAME_EVERY == NAME_AFTER {
                    line.wait_for(&holders);
                }
                std::thread::sleep(LOOK_AGAIN);
            }
        }
        line.finish();
        let stored = mine.iter().filter(|index| self.is_stored(runs[**index])).count();
        if line.stopped() && (stored < mine.len() || board.has_more_to_hand_over()) {
            bail!("stopped; {stored} of {} runs are stored and will not be done again", mine.len());
        }
        Ok(board.failures)
    }

    fn is_mine(&self, run: &NamedRun) -> bool {
        self.share.as_ref().is_none_or(|share| share.contains(&run.request.key()))
    }

    fn is_stored(&self, run: &NamedRun) -> bool {
        matches!(self.store.peek(&run.request.key()), Ok(Lookup::Found(_)))
    }

    /// Whether a run is likely to be computed.
    fn is_missing(&self, run: &NamedRun) -> bool {
        match self.policy {
            Policy::Missing => !self.is_stored(run),
            Policy::Everything => true,
            Policy::StoredOnly => false,
        }
    }

    /// Does a run, if nobody stopped the work and the store is not `full`.
    fn one(
        &self,
        named: &NamedRun,
        is_expected: bool,
        line: &ProgressLine,
        full: &OnceLock<String>,
    ) -> anyhow::Result<Done> {
        if line.stopped() {
            bail!("stopped");
        }
        if self.policy == Policy::StoredOnly {
            return self.stored_only(named, "leave out --plot-only to run it");
        }
        if let Some(why) = full.get() {
            return self.stored_only(named, why);
        }
        self.compute_or_read(named, is_expected, line).inspect_err(|error| {
            if error.downcast_ref().is_some_and(StoreError::is_final) {
                // If two find out at once the first is right.
                let _ = full.set(format!("it was not begun: {error:#}"));
            }
        })
    }

    fn compute_or_read(&self, named: &NamedRun, is_expected: bool, line: &ProgressLine) -> anyhow::Result<Done> {
        let (key, cost) = (named.request.key(), named.run.cost_estimate());
        let begin = match self.policy {
            Policy::Everything => match self.store.lock(&key)? {
                Attempt::Mine(lock) => Begin::Run { lock, damage: None },
                Attempt::HeldBy(holder) => Begin::HeldBy(holder),
            },
            _ => self.store.begin::<StoredOutcome>(&named.request)?,
        };
        let lock = match begin {
            Begin::Stored(stored) => return Ok(Done::Stored(stored)),
            Begin::HeldBy(holder) => return Ok(Done::HeldBy(holder)),
            Begin::Run { lock, damage } => {
                if let Some(damage) = damage {
                    line.say(&format!("{} is damaged ({damage}): done again", self.store.path(&key).display()));
                }
                lock
            }
        };
        if !is_expected {
            line.expect_more(cost);
        }
        let progress = line.run(cost);
        let (outcome, took) = measured(|| named.run.execute(&progress));
        let stored = StoredOutcome { outcome: outcome?, seconds: took.as_secs_f64() };
        self.store.put(&named.request, &stored)?;
        drop(lock);
        progress.finish();
        Ok(Done::Computed(stored))
    }

    fn stored_only(&self, named: &NamedRun, otherwise: &str) -> anyhow::Result<Done> {
        match self.store.get(&named.request.key())? {
            Lookup::Found(stored) => Ok(Done::Stored(stored)),
            Lookup::Missing => bail!("{} is not stored; {otherwise}", named.run.label()),
            Lookup::Damaged(damage) => {
                bail!("{} is stored but damaged ({damage}); {otherwise}", named.run.label())
            }
        }
    }
}

/// The result of `work`; a panic in it is an error under the label, so that a report comes whatever happens: without
/// one the command would wait for ever.
pub fn caught<T>(label: impl FnOnce() -> String, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    // What the work shares is the store, whose locks are given back on unwinding, and the counts of the progress line.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let said = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message");
        Err(anyhow!("panicked: {said}").context(label()))
    })
}

/// Which runs each figure still waits for.
struct Board<'f> {
    runs: Vec<&'f NamedRun>,
    /// Figures that want each run.
    wanted_by: Vec<Vec<usize>>,
    figures: Vec<Pending>,
    failures: Vec<String>,
}

#[derive(Default)]
struct Pending {
    left: usize,
    results: Results,
    errors: Vec<String>,
    run_seconds: f64,
    computed: usize,
    handed_over: bool,
}

impl<'f> Board<'f> {
    fn new(figures: &[&'f [NamedRun]]) -> Self {
        let mut board = Self { runs: Vec::new(), wanted_by: Vec::new(), figures: Vec::new(), failures: Vec::new() };
        let mut places: HashMap<Key, usize> = HashMap::new();
        for (number, runs) in figures.iter().enumerate() {
            let mut longest_first: Vec<_> = runs.iter().map(|named| (named.run.cost_estimate(), named)).collect();
            longest_first.sort_by(|(a, _), (b, _)| b.total_cmp(a));
            for (_, named) in longest_first {
                let place = *places.entry(named.request.key()).or_insert_with(|| {
                    board.runs.push(named);
                    board.wanted_by.push(Vec::new());
                    board.runs.len() - 1
                });
                board.wanted_by[place].push(number);
            }
            board.figures.push(Pending { left: runs.len(), ..Pending::default() });
        }
        board
    }

    fn record(&mut self, index: usize, done: anyhow::Result<Done>) {
        let computed = matches!(done, Ok(Done::Computed(_)));
        let outcome = match done {
            Ok(Done::Stored(stored) | Done::Computed(stored)) => Ok((Arc::new(stored.outcome), stored.seconds)),
            Ok(Done::HeldBy(_)) => return,
            Err(error) => Err(format!("{error:#}")),
        };
        self.failures.extend(outcome.as_ref().err().cloned());
        for &figure in &self.wanted_by[index] {
            let pending = &mut self.figures[figure];
            pending.left -= 1;
            match &outcome {
                Ok((outcome, seconds)) => {
                    pending.results.insert(self.runs[index].description.clone(), Arc::clone(outcome));
                    pending.run_seconds += seconds;
                    pending.computed += usize::from(computed);
                }
                Err(error) => pending.errors.push(error.clone()),
            }
        }
    }

    /// Whether a figure whose runs are all done has not been handed over.
    fn has_more_to_hand_over(&self) -> bool {
        self.figures.iter().any(|pending| pending.left == 0 && !pending.handed_over)
    }

    /// Hands over every figure whose runs are all done and that has not been handed over.
    fn hand_over(&mut self, mut ready: impl FnMut(Ready)) {
        for (figure, pending) in self.figures.iter_mut().enumerate() {
            if pending.left > 0 || pending.handed_over {
                continue;
            }
            let done = std::mem::take(pending);
            pending.handed_over = true;
            let results = match done.errors.as_slice() {
                [] => Ok(done.results),
                [one] => Err(anyhow!("{one}")),
                [first, rest @ ..] => Err(anyhow!("{first} (and {} more runs failed)", rest.len())),
            };
            ready(Ready { figure, results, run_seconds: done.run_seconds, computed: done.computed });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::ensemble::TransferSpec;
    use std::panic::resume_unwind;

    #[test]
    fn a_panic_is_an_error_under_the_label() {
        // Resumed, not begun, so that no hook writes to the test's output.
        let reported = |payload: Box<dyn std::any::Any + Send>| {
            format!(
                "{:#}",
                caught(|| "run 7".to_owned(), || -> anyhow::Result<()> { resume_unwind(payload) }).unwrap_err()
            )
        };
        assert_eq!(reported(Box::new("shapes differ")), "run 7: panicked: shapes differ");
        assert_eq!(reported(Box::new("50 is not 49".to_owned())), "run 7: panicked: 50 is not 49");
        assert_eq!(reported(Box::new(5)), "run 7: panicked: without a message");
        let label = || unreachable!("asked for only after a panic");
        assert_eq!(caught(label, || Ok(3)).unwrap(), 3);
        let failed = caught(label, || -> anyhow::Result<()> { bail!("no") });
        assert_eq!(format!("{:#}", failed.unwrap_err()), "no");
    }

    fn run(draws: usize) -> NamedRun {
        let run = Run::from(TransferSpec {
            inputs: 4,
            outputs: (2, 2),
            strengths: (3.0, 2.0),
            alignment: 0.5,
            noise: 0.1,
            hidden: 2,
            layers: 2,
            epsilon: 1e-3,
            t_max: 2.0,
            draws,
            seed: 1,
        });
        NamedRun::new(run, "smoke").unwrap()
    }

    #[test]
    fn the_last_runs_of_a_figure_are_its_shortest_so_that_no_thread_is_left_alone_with_a_long_one() {
        let figures = [[1, 3, 2].map(run), [5, 3, 4].map(run)];
        let board = Board::new(&figures.each_ref().map(|runs| &runs[..]));
        let order = [&figures[0][1], &figures[0][2], &figures[0][0], &figures[1][0], &figures[1][2]];
        let keys = |runs: &[&NamedRun]| runs.iter().map(|run| run.request.key()).collect::<Vec<_>>();
        assert_eq!(keys(&board.runs), keys(&order));
        assert_eq!(board.wanted_by, [vec![0, 1], vec![0], vec![0], vec![1], vec![1]]);
    }
}
