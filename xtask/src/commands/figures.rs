//! `cargo xtask figures`: configs to runs and theory, to figures, verdicts and a summary.

use crate::commands::command_line::FiguresArgs;
use crate::commands::store::store_folder;
use crate::config::Scale;
use crate::console::quoted;
use crate::output::check::Check;
use crate::output::files::{self, Format, Provenance, Record};
use crate::output::report;
use crate::recipes::catalog::{self, Figure};
use crate::runs::atomic_file;
use crate::runs::execution::{Executor, Policy, Ready, caught};
use crate::runs::memory;
use crate::runs::progress::ProgressLine;
use crate::runs::provenance;
use crate::runs::run::Run;
use crate::runs::run_time::total;
use crate::runs::store::{Key, Shard, Store};
use crate::study::{Outcome, Verdict};
use crate::{console, say};
use anyhow::{Context as _, ensure};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What became of a figure.
pub struct Made {
    stem: String,
    seconds: f64,
    computed: usize,
    runs: usize,
    outcome: anyhow::Result<Record>,
}

/// Makes the figures that were asked for. Returns whether every figure was made and every judged verdict passed.
///
/// # Errors
/// If configs are refused, the store or the output folder cannot be used, or the work was stopped.
pub fn figures(root: &Path, args: &FiguresArgs) -> anyhow::Result<bool> {
    let start = Instant::now();
    files::check_formats(&args.format)?;
    let figures = catalog::select(root, &args.selection)?;
    let folder = output_folder(root, args);
    if args.check {
        let is_all = is_real(args) && args.selection.stems.is_empty() && folder == root.join(COMMITTED);
        let check = Check { root, folder: &folder, figures: &figures, formats: &args.format, is_all };
        return Ok(check.run(|stem| remake(args, stem)));
    }
    let mut jobs = jobs(args);
    for figure in &figures {
        jobs = memory::jobs_that_fit(figure.path.display(), &figure.runs, jobs, args.memory)?;
    }
    let store = Store::open(&store_folder(root, args.store.as_deref()))?;
    if args.dry_run {
        crate::commands::list::print(&figures, &store)?;
        for figure in &figures {
            for advice in figure.plan.advice()? {
                say!("{}: {advice}", figure.stem);
            }
        }
        return Ok(true);
    }
    store.sweep()?;
    let stop = stop_flag()?;
    if let Some(shard) = args.shard {
        return run_shard(&figures, &store, args, jobs, shard, stop);
    }
    ensure!(
        is_real(args) || !is_same(&folder, &root.join(COMMITTED)),
        "--out {}: holds the figures of configs/ at paper scale, with their own seeds; give another folder",
        folder.display()
    );
    for figure in &figures {
        files::check_replaceable(&folder, &figure.stem, figure.kind, figure.settings.scale().name())?;
    }
    prepare(&folder)?;
    let executor = Executor { store: &store, jobs, policy: policy(args), share: None, stop };
    let maker = Maker { root, folder: &folder, args, start, revision: provenance::revision(root) };
    let mut made = Vec::new();
    let runs: Vec<_> = figures.iter().map(|figure| &figure.runs[..]).collect();
    let work = executor.execute(&runs, |ready, line| made.push(maker.make(&figures, ready, line)));
    let page = if work.is_ok() { report::write(&folder) } else { Ok(Vec::new()) };
    print_summary(&made, &folder, start);
    work?;
    match &page {
        Ok(faults) => faults.iter().for_each(|fault| say!("left out of index.html: {fault}")),
        Err(error) => say!("FAILED index.html: {error:#}"),
    }
    Ok(page.is_ok() && made.iter().all(|m| m.outcome.as_ref().is_ok_and(|r| r.unexpected == 0)))
}

/// Where the committed figures are, in the workspace.
const COMMITTED: &str = "figures";

/// Whether these are figures of configs/ as they are committed.
fn is_real(args: &FiguresArgs) -> bool {
    let selection = &args.selection;
    selection.config.is_none() && selection.seed.is_none() && selection.scale == Scale::Paper
}

/// Whether both are one folder, by whatever way.
fn is_same(a: &Path, b: &Path) -> bool {
    let place = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).ok();
    place(a) == place(b)
}

/// Where figures go: never over the committed ones unless this is the real thing.
fn output_folder(root: &Path, args: &FiguresArgs) -> PathBuf {
    match (&args.out, args.selection.scale) {
        (Some(out), _) => out.clone(),
        (None, _) if is_real(args) => root.join(COMMITTED),
        (None, Scale::Paper) => root.join("target/figures-own"),
        (None, Scale::Smoke) => root.join("target/figures-smoke"),
    }
}

/// The command that makes one figure of those asked for again, into the same folder.
fn remake(args: &FiguresArgs, stem: &str) -> String {
    let selection = &args.selection;
    let path = |option: &str, path: &Path| format!(" {option} {}", quoted(&path.to_string_lossy()));
    let mut command = "cargo xtask figures".to_owned();
    command += &selection.config.as_ref().map_or_else(|| format!(" {stem}"), |file| path("--config", file));
    if selection.scale != Scale::Paper {
        command += &format!(" --scale {}", selection.scale);
    }
    command += &selection.seed.map_or_else(String::new, |seed| format!(" --seed {seed}"));
    for (option, folder) in [("--out", &args.out), ("--store", &args.store)] {
        command += &folder.as_ref().map_or_else(String::new, |folder| path(option, folder));
    }
    if args.format != [Format::Svg, Format::Png] {
        let formats: Vec<&str> = args.format.iter().map(|format| format.ending()).collect();
        command += &format!(" --format {}", formats.join(","));
    }
    command
}

fn policy(args: &FiguresArgs) -> Policy {
    match (args.force, args.plot_only) {
        (true, _) => Policy::Everything,
        (_, true) => Policy::StoredOnly,
        _ => Policy::Missing,
    }
}

fn jobs(args: &FiguresArgs) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    args.jobs.map_or_else(cores, usize::from)
}

/// A flag that Ctrl-C raises. A second Ctrl-C ends the process at once.
fn stop_flag() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        console::complain(format_args!("stopping: finished runs are stored; press Ctrl-C again to end at once"));
    })
    .context("cannot listen to Ctrl-C")?;
    Ok(stop)
}

/// Finds out before hours of work whether the results can be written; removes what a killed process left aside.
fn prepare(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("--out {}: cannot make this folder", folder.display()))?;
    atomic_file::check_writable(folder)
        .with_context(|| format!("--out {}: cannot write into this folder", folder.display()))?;
    atomic_file::sweep(folder).with_context(|| format!("--out {}: cannot clean this folder", folder.display()))?;
    Ok(())
}

/// Does one share of the runs into the store, and draws nothing.
fn run_shard(
    figures: &[Figure],
    store: &Store,
    args: &FiguresArgs,
    jobs: usize,
    shard: Shard,
    stop: Arc<AtomicBool>,
) -> anyhow::Result<bool> {
    let mut all: Vec<(Key, f64)> =
        figures.iter().flat_map(|f| f.runs.iter().map(|r| (r.request.key(), r.run.cost_estimate()))).collect();
    all.sort_by_key(|(key, _)| *key);
    all.dedup_by_key(|(key, _)| *key);
    let mine = shard.select(&all);
    say!(
        "share {shard}: {} of {} runs, about {:.2} of {:.2} core seconds",
        mine.len(),
        all.len(),
        total(mine.iter().map(|index| all[*index].1)),
        total(all.iter().map(|(_, seconds)| *seconds))
    );
    let share: HashSet<Key> = mine.into_iter().map(|index| all[index].0).collect();
    let executor = Executor { store, jobs, policy: policy(args), share: Some(share), stop };
    let runs: Vec<_> = figures.iter().map(|figure| &figure.runs[..]).collect();
    let failed = executor.execute(&runs, |_, _| ())?;
    for failure in &failed {
        say!("FAILED {failure}");
    }
    Ok(failed.is_empty())
}

struct Maker<'a> {
    root: &'a Path,
    folder: &'a Path,
    args: &'a FiguresArgs,
    start: Instant,
    revision: Option<(String, bool)>,
}

impl Maker<'_> {
    /// Assembles, judges, draws and writes one figure.
    fn make(&self, figures: &[Figure], ready: Ready, line: &ProgressLine) -> Made {
        let figure = &figures[ready.figure];
        let (computed, run_seconds) = (ready.computed, ready.run_seconds);
        let outcome = ready.results.and_then(|results| {
            let start = Instant::now();
            // A stored result may be sound and yet not of the shape that its run gives.
            let label = || "cannot assemble the figure from its results".to_owned();
            let mut assembled = caught(label, || figure.plan.assemble(&results).context("cannot assemble the figure"))?;
            let assemble_seconds = start.elapsed().as_secs_f64();
            crate::study::panels::tell_bounds(&mut assembled);
            if let Some(note) = ::figures::undrawn_note(&assembled.figure) {
                assembled.caption = format!("{} {note}", assembled.caption);
            }
            assembled.figure.name.clone_from(&figure.stem);
            let inputs = files::input_hashes(self.root, &figure.plan.inputs())?;
            let mut record = Record { inputs, ..self.record(figure, &assembled, run_seconds) };
            record.provenance.assemble_seconds = assemble_seconds;
            files::write_figure(self.folder, &assembled, &self.args.format, record)
        });
        let made = Made {
            stem: figure.stem.clone(),
            seconds: self.start.elapsed().as_secs_f64(),
            computed,
            runs: figure.runs.len(),
            outcome: outcome.with_context(|| figure.stem.clone()),
        };
        line.say(&made.line());
        made
    }

    fn record(&self, figure: &Figure, assembled: &crate::study::recipe::Assembled, run_seconds: f64) -> Record {
        let mut runs: Vec<String> = figure.runs.iter().map(|r| r.request.key().to_string()).collect();
        runs.sort();
        let (revision, dirty) = self.revision.clone().unzip();
        let verdicts = assembled.judge(figure.expectations.as_deref());
        Record {
            figure: figure.stem.clone(),
            kind: figure.kind.to_owned(),
            title: assembled.figure.title.clone(),
            caption: assembled.claims.caption(&assembled.caption, &verdicts),
            scale: figure.settings.scale().name().to_owned(),
            config: figure.settings.to_json(),
            seed_override: figure.seed_override,
            runs,
            inputs: BTreeMap::new(),
            engine_version: Run::ENGINE_VERSION,
            crates: BTreeMap::from([("workspace".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]),
            unexpected: verdicts.iter().filter(|v| v.is_unexpected()).count(),
            verdicts,
            files: BTreeMap::new(),
            hash: String::new(),
            provenance: Provenance {
                revision,
                dirty,
                cpu: provenance::cpu(),
                system: provenance::system(),
                wall_seconds: self.start.elapsed().as_secs_f64(),
                run_seconds,
                assemble_seconds: 0.0,
                draw_seconds: 0.0,
                command: provenance::command(),
            },
        }
    }
}

impl Made {
    fn line(&self) -> String {
        match &self.outcome {
            Ok(record) if record.verdicts.is_empty() => format!(
                "{}: makes no claims to be judged; {} of {} runs computed; after {:.1} s",
                self.stem, self.computed, self.runs, self.seconds
            ),
            Ok(record) => format!(
                "{}: {}; {} of {} runs computed; after {:.1} s",
                self.stem,
                Count::of(&record.verdicts, record.unexpected),
                self.computed,
                self.runs,
                self.seconds
            ),
            Err(error) => format!("{}: failed: {error:#}", self.stem),
        }
    }
}

/// What became of claims.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    hold: usize,
    depart: usize,
    not_judged: usize,
    unexpected: usize,
}

impl Count {
    fn of(verdicts: &[Verdict], unexpected: usize) -> Self {
        let count = |outcome| verdicts.iter().filter(|verdict| verdict.outcome == outcome).count();
        let [hold, depart, not_judged] = [Outcome::Holds, Outcome::Departs, Outcome::NotJudged].map(count);
        Self { hold, depart, not_judged, unexpected }
    }

    fn and(self, other: Self) -> Self {
        Self {
            hold: self.hold + other.hold,
            depart: self.depart + other.depart,
            not_judged: self.not_judged + other.not_judged,
            unexpected: self.unexpected + other.unexpected,
        }
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { hold, depart, not_judged, unexpected } = self;
        let as_recorded = if *unexpected == 0 { " as recorded" } else { "" };
        write!(out, "{hold} hold, {depart} depart{as_recorded}, {not_judged} not judged, {unexpected} unexpected")
    }
}

/// The table at the end: figure, claims, time, files; then every unexpected verdict and every figure that was not made.
fn print_summary(made: &[Made], folder: &Path, start: Instant) {
    let heads = ["figure", "hold", "depart", "not judged", "unexpected", "computed", "after s"];
    let [figure, hold, depart, not_judged, unexpected, computed, after] = heads;
    say!("\n{figure:<28} {hold:>6} {depart:>7} {not_judged:>11} {unexpected:>11} {computed:>9} {after:>8}");
    let mut sum = Count::default();
    for m in made {
        let count = m.outcome.as_ref().map_or(Count::default(), |r| Count::of(&r.verdicts, r.unexpected));
        sum = sum.and(count);
        let Count { hold, depart, not_judged, unexpected } = count;
        let name = if m.outcome.is_ok() { m.stem.clone() } else { format!("{} (failed)", m.stem) };
        let (computed, seconds) = (m.computed, m.seconds);
        say!("{name:<28} {hold:>6} {depart:>7} {not_judged:>11} {unexpected:>11} {computed:>9} {seconds:>8.1}");
    }
    let records = || made.iter().filter_map(|m| m.outcome.as_ref().ok());
    say!(
        "{sum}; in {} after {:.1} s, of which assembling took {:.1} s and drawing {:.1} s",
        folder.display(),
        start.elapsed().as_secs_f64(),
        total(records().map(|record| record.provenance.assemble_seconds)),
        total(records().map(|record| record.provenance.draw_seconds))
    );
    for m in made {
        match &m.outcome {
            Ok(record) => {
                for v in record.verdicts.iter().filter(|v| v.is_unexpected()) {
                    let (outcome, expected) = (v.outcome.word(), v.expected.word());
                    say!(
                        "UNEXPECTED {} ({}): {}: {outcome}, expected: {expected}; {}",
                        m.stem,
                        v.panel,
                        v.claim,
                        v.text
                    );
                }
            }
            Err(error) => say!("FAILED {error:#}"),
        }
    }
}
