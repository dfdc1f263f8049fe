//! Shares of the work on machines that know nothing of each other: the merged figures are the unsharded ones.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use workspace_tests::Workspace;
use workspace_tests::smoke::{FIGURES, Smoke};

const PARTS: usize = 4;

/// Does every share, in the given order, into one store; returns which results each added.
fn shares(smoke: &Smoke, order: [usize; PARTS]) -> BTreeMap<usize, BTreeSet<PathBuf>> {
    let mut added = BTreeMap::new();
    for part in order {
        let before = smoke.entries();
        let answer = smoke.run(&["--shard", &format!("{part}/{PARTS}")]).success();
        let after = smoke.entries();
        assert!(before.iter().all(|(path, stamp)| after.get(path) == Some(stamp)), "a share did again what was stored");
        let new: BTreeSet<PathBuf> = after.into_keys().filter(|path| !before.contains_key(path)).collect();
        let said = format!("share {part}/{PARTS}: {} of ", new.len());
        assert!(answer.stdout.contains(&said), "{said:?}\n{answer}");
        is_balanced(&answer.stdout);
        let names = |path: &PathBuf| path.strip_prefix(&smoke.store).unwrap().to_owned();
        added.insert(part, new.iter().map(names).collect());
    }
    added
}

/// A share has its part of the estimated cost, to within the cost of a single run (these figures' runs are alike).
fn is_balanced(stdout: &str) {
    let cost = stdout.lines().find_map(|line| line.split_once(" runs, about ")?.1.strip_suffix(" core seconds"));
    let (mine, all) = cost.and_then(|cost| cost.split_once(" of ")).unwrap_or_else(|| panic!("no cost in\n{stdout}"));
    let [mine, all] = [mine, all].map(|seconds| seconds.parse::<f64>().unwrap());
    assert!((mine / all - 1.0 / PARTS as f64).abs() < 0.1, "{mine} of {all} core seconds");
}

fn smoke(workspace: &Workspace, folder: &Path) -> Smoke {
    Smoke::under(workspace.path(), folder)
}

#[test]
fn merged_shares_are_the_whole() {
    let workspace = Workspace::with_configs(&FIGURES);
    let folder = tempfile::tempdir().unwrap();
    let whole = smoke(&workspace, &folder.path().join("whole"));
    whole.run(&[]).success();

    let merged = smoke(&workspace, &folder.path().join("merged"));
    let first = shares(&merged, [1, 2, 3, 4]);
    assert!(first.values().all(|share| !share.is_empty()), "an empty share");
    assert_eq!(merged.outputs(), [""; 0], "a share draws nothing");
    assert_eq!(merged.entries().len(), whole.entries().len(), "the shares together are all runs, each once");
    let before = merged.entries();
    merged.run(&["--plot-only"]).success();
    assert_eq!(merged.entries(), before, "drawing computed something");
    assert!(merged.drawings() == whole.drawings(), "the figures differ");

    // The split depends on the configs and the number of shares: not on the order, on what is stored, on the threads.
    let again = smoke(&workspace, &folder.path().join("again"));
    assert_eq!(shares(&again, [3, 1, 4, 2]), first);
}

#[test]
fn a_missing_share_is_named_and_nothing_is_drawn_from_half_the_runs() {
    let workspace = Workspace::with_configs(&["fig03"]);
    let folder = tempfile::tempdir().unwrap();
    let smoke = smoke(&workspace, folder.path());
    smoke.run(&["--shard", "1/4"]).success();
    let answer = smoke.run(&["--plot-only"]);
    assert_eq!(answer.status, Some(1), "{answer}");
    assert!(answer.stdout.contains("is not stored; leave out --plot-only to run it"), "{answer}");
    assert!(smoke.drawings().is_empty(), "{:?}", smoke.outputs());
}
