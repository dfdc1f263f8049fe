//! Doing the runs: what is stored is read, what is not is computed in parallel and stored at once.

use crate::recipes::catalog::{Figure, NamedRun};
use crate::runs::progress::ProgressLine;
use crate::runs::results::Results;
use crate::runs::run::Outcome;
use crate::runs::run_time::{measured, total};
use crate::runs::store::{Begin, ClaimAttempt, Key, Lookup, Store};
use anyhow::{Context as _, anyhow, bail};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, mpsc};
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
    HeldElsewhere,
}

type Report = (usize, anyhow::Result<Done>);

/// Time between two looks at runs that another process holds.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

impl Executor<'_> {
    /// Does every run of `figures`, in their order, the longest of each first, and hands each figure over as soon as its
    /// last run is done.
    ///
    /// A run wanted by several figures is done once. A failed run fails its figures; the others go on.
    ///
    /// Returns what the failed runs said.
    ///
    /// # Errors
    /// If the thread pool cannot be made, or the user stopped the work; what was finished is stored.
    pub fn execute(
        &self,
        figures: &[Figure],
        mut ready: impl FnMut(Ready, &ProgressLine),
    ) -> anyhow::Result<Vec<String>> {
        let mut board = Board::new(figures);
        let runs = board.runs.clone();
        let missing = self.missing_cost(&runs);
        let line = ProgressLine::new(missing.0, missing.1, Arc::clone(&self.stop));
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.jobs)
            .build()
            .context("cannot start the worker threads")?;
        board.hand_over(|figure| ready(figure, &line));
        let (sender, receiver) = mpsc::channel::<Report>();
        let mine = |index: &usize| self.share.as_ref().is_none_or(|share| share.contains(&runs[*index].request.key()));
        let mut waiting: Vec<usize> = (0..runs.len()).filter(mine).collect();
        while !waiting.is_empty() && !line.stopped() {
            let batch = std::mem::take(&mut waiting);
            pool.in_place_scope_fifo(|scope| {
                for &index in &batch {
                    let (sender, run, line) = (sender.clone(), runs[index], &line);
                    scope.spawn_fifo(move |_| {
                        let done = if line.stopped() {
                            Err(anyhow!("stopped"))
                        } else {
                            caught(|| run.run.label(), || self.one(run, line))
                        };
                        // The receiver lives until every report is in.
                        let _ = sender.send((index, done));
                    });
                }
                for (index, done) in receiver.iter().take(batch.len()) {
                    match done {
                        Ok(Done::HeldElsewhere) => waiting.push(index),
                        other => board.record(index, other),
                    }
                    if !line.stopped() {
                        board.hand_over(|figure| ready(figure, &line));
                    }
                }
            });
            if !waiting.is_empty() {
                std::thread::sleep(LOOK_AGAIN);
            }
        }
        line.finish();
        if line.stopped() {
            bail!("stopped; {} finished runs are stored and will not be done again", board.stored_now);
        }
        Ok(board.failures)
    }

    /// Number and estimated cost of the runs to be computed.
    fn missing_cost(&self, runs: &[&NamedRun]) -> (usize, f64) {
        if self.policy == Policy::StoredOnly {
            return (0, 0.0);
        }
        let is_missing = |run: &&&NamedRun| {
            self.policy == Policy::Everything || !matches!(self.store.peek(&run.request.key()), Ok(Lookup::Found(_)))
        };
        let costs: Vec<f64> = runs.iter().filter(is_missing).map(|run| run.run.cost_estimate()).collect();
        (costs.len(), total(costs))
    }

    fn one(&self, named: &NamedRun, line: &ProgressLine) -> anyhow::Result<Done> {
        let claim = match self.policy {
            Policy::StoredOnly => return self.stored_only(named),
            Policy::Everything => match self.store.try_claim(&named.request.key())? {
                ClaimAttempt::Mine(claim) => claim,
                ClaimAttempt::HeldBy(_) => return Ok(Done::HeldElsewhere),
            },
            Policy::Missing => match self.store.begin::<StoredOutcome>(&named.request)? {
                Begin::Stored(stored) => return Ok(Done::Stored(stored)),
                Begin::HeldBy(_) => return Ok(Done::HeldElsewhere),
                Begin::Run { claim, damage } => {
                    if let Some(damage) = damage {
                        line.say(&format!(
                            "{} is damaged ({damage}): done again",
                            self.store.path(&named.request.key()).display()
                        ));
                    }
                    claim
                }
            },
        };
        let watch = line.watch(named.run.cost_estimate());
        let (outcome, took) = measured(|| named.run.execute(&watch));
        let stored = StoredOutcome { outcome: outcome?, seconds: took.as_secs_f64() };
        self.store.put(&named.request, &stored)?;
        drop(claim);
        watch.finish();
        Ok(Done::Computed(stored))
    }

    fn stored_only(&self, named: &NamedRun) -> anyhow::Result<Done> {
        match self.store.get(&named.request.key())? {
            Lookup::Found(stored) => Ok(Done::Stored(stored)),
            Lookup::Missing => bail!("{} is not stored; leave out --plot-only to run it", named.run.label()),
            Lookup::Damaged(damage) => {
                bail!("{} is stored but damaged ({damage}); leave out --plot-only to run it again", named.run.label())
            }
        }
    }
}

/// The result of `work`; a panic in it is an error under the label, so that a report comes whatever happens: without
/// one the command would wait for ever.
fn caught<T>(label: impl FnOnce() -> String, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    // What the work shares is the store, whose claims are given back on unwinding, and the counts of the progress line.
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
    stored_now: usize,
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
    fn new(figures: &'f [Figure]) -> Self {
        let mut board =
            Self { runs: Vec::new(), wanted_by: Vec::new(), figures: Vec::new(), stored_now: 0, failures: Vec::new() };
        let mut places: HashMap<Key, usize> = HashMap::new();
        for (number, figure) in figures.iter().enumerate() {
            let mut longest_first: Vec<_> =
                figure.runs.iter().map(|named| (named.run.cost_estimate(), named)).collect();
            longest_first.sort_by(|(a, _), (b, _)| b.total_cmp(a));
            for (_, named) in longest_first {
                let place = *places.entry(named.request.key()).or_insert_with(|| {
                    board.runs.push(named);
                    board.wanted_by.push(Vec::new());
                    board.runs.len() - 1
                });
                board.wanted_by[place].push(number);
            }
            board.figures.push(Pending { left: figure.runs.len(), ..Pending::default() });
        }
        board
    }

    fn record(&mut self, index: usize, done: anyhow::Result<Done>) {
        let computed = matches!(done, Ok(Done::Computed(_)));
        self.stored_now += usize::from(computed);
        let outcome = match done {
            Ok(Done::Stored(stored) | Done::Computed(stored)) => Ok((Arc::new(stored.outcome), stored.seconds)),
            Ok(Done::HeldElsewhere) => return,
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
    use crate::config::Scale;
    use std::panic::resume_unwind;
    use std::path::Path;

    #[test]
    fn a_panic_is_an_error_under_the_label() {
        // Resumed, not begun, so that no hook writes to the test's output.
        let told = |payload: Box<dyn std::any::Any + Send>| {
            format!(
                "{:#}",
                caught(|| "run 7".to_owned(), || -> anyhow::Result<()> { resume_unwind(payload) }).unwrap_err()
            )
        };
        assert_eq!(told(Box::new("shapes differ")), "run 7: panicked: shapes differ");
        assert_eq!(told(Box::new("50 is not 49".to_owned())), "run 7: panicked: 50 is not 49");
        assert_eq!(told(Box::new(5)), "run 7: panicked: without a message");
        let label = || unreachable!("asked for only after a panic");
        assert_eq!(caught(label, || Ok(3)).unwrap(), 3);
        let failed = caught(label, || -> anyhow::Result<()> { bail!("no") });
        assert_eq!(format!("{:#}", failed.unwrap_err()), "no");
    }

    #[test]
    fn the_last_runs_of_a_figure_are_its_shortest_so_that_no_thread_is_left_alone_with_a_long_one() {
        let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs");
        let load = |stem| Figure::load(&configs.join(stem), Scale::Smoke, None).unwrap();
        let figures = [load("fig03_single_hidden_layer.ron"), load("fig05_nonlinear_networks.ron")];
        let board = Board::new(&figures);
        assert_eq!(board.runs.len(), figures[0].runs.len() + figures[1].runs.len());
        for (number, figure) in figures.iter().enumerate() {
            let costs: Vec<f64> = (0..board.runs.len())
                .filter(|index| board.wanted_by[*index] == [number])
                .map(|index| board.runs[index].run.cost_estimate())
                .collect();
            assert!(costs.is_sorted_by(|a, b| a >= b), "{}: {costs:?}", figure.stem);
            assert!(costs[0] > costs[costs.len() - 1], "{}: {costs:?}", figure.stem);
        }
    }
}
