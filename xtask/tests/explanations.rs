//! What `list`, `figures --dry-run` and `store` say about a store: what is in it, what would run and why.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::config::Scale;
use xtask::recipes::catalog::Figure;
use xtask::runs::execution::NamedRun;
use xtask::runs::store::{Request, Store};

const STEM: &str = "fig03_single_hidden_layer";

/// A workspace of one figure, and a store to fill. Explaining reads no result, so any result will do.
struct Workspace {
    folder: tempfile::TempDir,
    store: Store,
}

impl Workspace {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!("configs/{STEM}.ron");
        fs::create_dir(folder.path().join("configs")).unwrap();
        fs::write(folder.path().join("Cargo.toml"), "").unwrap();
        let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(&config);
        fs::copy(original, folder.path().join(config)).unwrap();
        let store = Store::open(&folder.path().join("runs")).unwrap();
        Self { folder, store }
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join(format!("configs/{STEM}.ron"))
    }

    fn edit(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.config()).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from:?}");
        fs::write(self.config(), text.replace(from, to)).unwrap();
    }

    fn runs(&self, scale: Scale) -> Vec<NamedRun> {
        Figure::load(&self.config(), scale, None).unwrap().runs
    }

    fn fill(&self, requests: &[Request]) {
        requests.iter().for_each(|request| self.store.put(request, "a result").unwrap());
    }

    fn ask(&self, command: &str) -> String {
        let mut program = Command::new(env!("CARGO_BIN_EXE_xtask"));
        program.args(command.split(' ')).args(["--store", "runs"]).current_dir(self.folder.path());
        let output = program.output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert!(output.status.success(), "{command}\n{said}");
        said
    }

    /// The lines that say why, which `list` and `--dry-run` must agree on.
    fn reasons(&self) -> Vec<String> {
        let list = self.ask("list --scale smoke");
        assert_eq!(list, self.ask("figures --scale smoke --dry-run"));
        list.lines().filter(|line| line.contains("would run")).map(|line| line.trim().to_owned()).collect()
    }
}

fn requests(runs: &[NamedRun]) -> Vec<Request> {
    runs.iter().map(|named| named.request.clone()).collect()
}

#[test]
fn every_reason_to_run_is_given() {
    let workspace = Workspace::new();
    let mut runs = workspace.runs(Scale::Smoke);
    // The second is of another kind than the first, so that neither looks like the other changed.
    let other = runs.iter().position(|named| named.description.starts_with("{\"Ensemble")).unwrap();
    runs.swap(1, other);
    let count = runs.len();
    assert_eq!(workspace.reasons(), [format!("{count} would run: new")]);
    // The other scale is another study.
    workspace.fill(&requests(&workspace.runs(Scale::Paper)));
    assert_eq!(workspace.reasons(), [format!("{count} would run: new")]);

    // An engine before this one left a result of one run, and half of another is lost.
    let wanted = requests(&runs);
    workspace.fill(&wanted[2..]);
    let older = Request::new(&runs[0].run, runs[0].run.engine_version() - 1000, "smoke").unwrap();
    workspace.fill(&[older]);
    let path = workspace.store.path(&wanted[2].key());
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 3]).unwrap();
    let said = workspace.reasons();
    let before = runs[0].run.engine_version() - 1000;
    let expected = [
        format!("1 would run: damaged: the file has {} bytes, it should have {}", bytes.len() - 3, bytes.len()),
        format!("1 would run: engine changed: stored from version {before}"),
        "1 would run: new".to_owned(),
    ];
    for reason in &expected {
        assert!(said.contains(reason), "{reason:?} is not among {said:#?}");
    }
    assert_eq!(said.len(), expected.len(), "{said:#?}");

    workspace.fill(&wanted);
    assert_eq!(workspace.reasons(), [""; 0]);
}

#[test]
fn a_changed_key_is_named_with_both_values() {
    let workspace = Workspace::new();
    let wanted = requests(&workspace.runs(Scale::Smoke));
    workspace.fill(&wanted);
    // In layout alone nothing has changed.
    workspace.edit("noise: 1,", "noise:   1.0, // as before\n   ");
    assert_eq!(workspace.reasons(), [""; 0]);

    workspace.edit("epsilon: 1e-5,", "epsilon: 2e-5,");
    let said = workspace.reasons();
    assert!(said.iter().all(|reason| reason.contains("would run: changed: ")), "{said:#?}");
    assert!(said.iter().any(|reason| reason.contains("epsilon: 0.00001 -> 0.00002")), "{said:#?}");
    assert!(said.iter().all(|reason| reason.matches(" -> ").count() == 1), "another key is blamed: {said:#?}");
    let told: usize = said.iter().map(|reason| reason.split(' ').next().unwrap().parse::<usize>().unwrap()).sum();
    assert_eq!(told, wanted.len(), "{said:#?}");

    // One more seed is new, and changes nothing for the others.
    workspace.edit("epsilon: 2e-5,", "epsilon: 1e-5,");
    workspace.edit("seeds: 4, line_seeds", "seeds: 5, line_seeds");
    let said = workspace.reasons();
    let more = workspace.runs(Scale::Smoke).len() - wanted.len();
    assert!(more > 0);
    assert_eq!(said, [format!("{more} would run: new")]);
}

#[test]
fn what_the_store_holds_is_shown_and_what_nobody_wants_is_dropped() {
    let workspace = Workspace::new();
    let smoke = requests(&workspace.runs(Scale::Smoke));
    let paper = requests(&workspace.runs(Scale::Paper));
    workspace.fill(&smoke);
    workspace.fill(&paper[..5]);
    // Wanted by nobody: of a seed that no config has.
    let other = Figure::load(&workspace.config(), Scale::Smoke, Some(77)).unwrap().runs;
    let unwanted = requests(&other[..3]);
    workspace.fill(&unwanted);
    let damaged = workspace.store.path(&smoke[0].key());
    fs::write(&damaged, "rotten").unwrap();
    let stranger = damaged.with_file_name("notes.txt");
    fs::write(&stranger, "no run").unwrap();

    let shown = workspace.ask("store");
    let counts = |scale: &str| -> Vec<usize> {
        let line = shown.lines().find(|line| line.starts_with(scale)).unwrap_or_else(|| panic!("no {scale}\n{shown}"));
        line.split_whitespace().skip(1).map(|number| number.parse().unwrap()).collect()
    };
    let of = |scale: &str| -> usize {
        let lines = shown.lines().filter(|line| line.starts_with(scale));
        lines.map(|line| line.split_whitespace().nth(2).unwrap().parse::<usize>().unwrap()).sum()
    };
    assert!(counts("smoke")[2] > 0, "no size\n{shown}");
    assert_eq!((of("smoke"), of("paper")), (smoke.len() - 1 + unwanted.len(), 5), "{shown}");
    assert!(shown.contains("1 damaged"), "{shown}");
    assert!(shown.lines().any(|line| line.contains("rotten") || line.contains(&name(&damaged))), "{shown}");

    let pruned = workspace.ask("store prune");
    let expected = format!("kept {} runs, dropped 4 (", smoke.len() - 1 + 5);
    assert!(pruned.contains(&expected), "{expected:?}\n{pruned}");
    assert_eq!(workspace.reasons(), ["1 would run: new"]);
    assert!(unwanted.iter().all(|request| !workspace.store.path(&request.key()).exists()));
    assert!(paper[..5].iter().all(|request| workspace.store.path(&request.key()).exists()));
    assert!(stranger.exists(), "what is none of the store's was removed");
    assert!(workspace.ask("store prune").contains("dropped 0 (0 bytes)"));
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
