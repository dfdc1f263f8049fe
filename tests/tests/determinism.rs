//! The same configs give the same bytes, whatever the number of threads and however often they are asked for.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeMap;
use std::path::Path;
use workspace_tests::{workspace_root, xtask};

/// Closed forms alone, spectra, and learning curves with every kind of run.
const FIGURES: [&str; 3] = ["fig01", "fig02", "fig03"];

/// Makes the figures at smoke scale and returns every file but the page that joins them, each record without what may differ.
fn made(folder: &Path, out: &str, store: &str, options: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let (out, store) = (folder.join(out), folder.join(store));
    let mut arguments = vec!["figures"];
    arguments.extend(FIGURES);
    arguments.extend(["--scale", "smoke", "--out", out.to_str().unwrap(), "--store", store.to_str().unwrap()]);
    arguments.extend(options);
    let answer = xtask(&workspace_root(), &arguments);
    // A verdict that fails is another test's concern: its numbers must be the same all the more.
    assert!(matches!(answer.status, Some(0 | 1)), "\n{answer}");

    let mut files = BTreeMap::new();
    for entry in out.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut bytes = std::fs::read(&path).unwrap();
        if name.ends_with(".json") {
            let mut record: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            let provenance = record.as_object_mut().unwrap().remove("provenance");
            assert!(provenance.is_some(), "{name} says nothing of where it was made");
            // It is the hash of that, too.
            record.as_object_mut().unwrap().remove("hash");
            bytes = record.to_string().into_bytes();
        }
        if name != "index.html" {
            files.insert(name, bytes);
        }
    }
    let of = |ending: &str| files.keys().filter(|name| name.ends_with(ending)).count();
    for (ending, least) in [(".svg", 3), (".png", 3), (".csv", 3), (".json", 3)] {
        assert!(of(ending) >= least, "{} {ending} files among {:?}\n{answer}", of(ending), files.keys());
    }
    files
}

fn assert_same(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>, what: &str) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "{what}");
    for (name, bytes) in one {
        let difference = bytes.iter().zip(&other[name]).position(|(a, b)| a != b);
        assert!(*bytes == other[name], "{what}: {name} differs from byte {difference:?} on");
    }
}

#[test]
fn the_bytes_depend_on_the_configs_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let one_thread = made(path, "one", "store", &["--jobs", "1"]);
    assert_same(&one_thread, &made(path, "two", "other-store", &["--jobs", "2"]), "two threads, another store");
    assert_same(&one_thread, &made(path, "forced", "store", &["--jobs", "2", "--force"]), "everything run again");
    assert_same(&one_thread, &made(path, "drawn", "store", &["--plot-only"]), "drawn from stored runs");
    // The comparison sees a difference: another seed gives other numbers.
    let seeded = made(path, "seeded", "other-store", &["--seed", "4711"]);
    let changed = one_thread.iter().filter(|(name, bytes)| name.ends_with(".csv") && seeded[*name] != **bytes).count();
    assert!(changed >= 2, "another seed changes {changed} tables only");
}
