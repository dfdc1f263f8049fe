//! Store entries spoilt and forged at random: nothing panics that is not caught, and nothing spoilt is read as a result.
//!
//! For ten minutes: `PROPTEST_CASES=20000 cargo test --release -p xtask --test store_fuzz`.
#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use serde::ser::SerializeTuple as _;
use serde::{Serialize, Serializer};
use xtask::config::Scale;
use xtask::recipes::catalog::Figure;
use xtask::runs::execution::{NamedRun, StoredOutcome, caught};
use xtask::runs::results::Results;
use xtask::runs::store::{Lookup, Store, explain};

/// A change of some bytes.
#[derive(Clone, Debug)]
enum Edit {
    Set(usize, u8),
    Flip(usize, u8),
    Cut(usize),
    Insert(usize, Vec<u8>),
    /// Bytes from one place written over another.
    Copy(usize, usize, usize),
}

impl Edit {
    /// Places are taken modulo the length.
    fn apply(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len().max(1);
        match self {
            Self::Cut(to) => bytes.truncate(to % length),
            Self::Insert(at, new) => {
                let at = at % (bytes.len() + 1);
                bytes.splice(at..at, new.iter().copied());
            }
            _ if bytes.is_empty() => {}
            Self::Set(at, value) => bytes[at % length] = *value,
            Self::Flip(at, bit) => bytes[at % length] ^= 1 << (bit % 8),
            Self::Copy(from, to, count) => {
                let (from, to) = (from % length, to % length);
                let count = (count % 64).min(length - from.max(to));
                bytes.copy_within(from..from + count, to);
            }
        }
    }
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let odd_byte = prop_oneof![Just(0_u8), Just(1), Just(127), Just(128), Just(255), any::<u8>()];
    let edit = prop_oneof![
        4 => (any::<usize>(), odd_byte).prop_map(|(at, value)| Edit::Set(at, value)),
        3 => (any::<usize>(), any::<u8>()).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        1 => any::<usize>().prop_map(Edit::Cut),
        1 => (any::<usize>(), prop::collection::vec(any::<u8>(), 1..12)).prop_map(|(at, new)| Edit::Insert(at, new)),
        1 => (any::<usize>(), any::<usize>(), any::<usize>()).prop_map(|(from, to, n)| Edit::Copy(from, to, n)),
    ];
    // Small places as well: header, lengths and variants are at the beginning.
    let near = (0..130_usize, any::<u8>()).prop_map(|(at, value)| Edit::Set(at, value));
    prop::collection::vec(prop_oneof![3 => edit, 2 => near], 1..6)
}

/// A figure with its outcomes, computed once.
struct Made {
    figure: Figure,
    outcomes: Vec<StoredOutcome>,
}

/// A store of a test's own, in memory if possible.
fn store() -> (Store, tempfile::TempDir) {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(parent).unwrap();
    (Store::open(folder.path()).unwrap(), folder)
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs");
        let figure = Figure::load(&configs.join("fig03_single_hidden_layer.ron"), Scale::Smoke, None).unwrap();
        let compute = |named: &NamedRun| {
            let outcome = named.run.execute(&sim::Unattended).unwrap();
            StoredOutcome { outcome, seconds: 0.0 }
        };
        let outcomes = figure.runs.iter().map(compute).collect();
        Made { figure, outcomes }
    })
}

/// Bytes that are their own encoding: whatever they are, the entry's checksums are right.
struct Raw<'a>(&'a [u8]);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        self.0.iter().try_for_each(|byte| tuple.serialize_element(byte))?;
        tuple.end()
    }
}

proptest! {
    #[test]
    fn spoilt_entries_are_never_results(run in any::<prop::sample::Index>(), edits in edits()) {
        let (Made { figure, outcomes }, (store, _folder)) = (made(), store());
        let run = run.index(outcomes.len());
        let request = &figure.runs[run].request;
        store.put(request, &outcomes[run]).unwrap();
        let path = store.path(&request.key());
        let sound = fs::read(&path).unwrap();
        let mut bytes = sound.clone();
        edits.iter().for_each(|edit| edit.apply(&mut bytes));
        fs::write(&path, &bytes).unwrap();
        let found = store.get::<StoredOutcome>(&request.key()).unwrap();
        prop_assert_eq!(matches!(found, Lookup::Found(_)), bytes == sound, "{:?}", found);
        prop_assert!(store.entries().unwrap().all(|entry| entry.is_ok()));
        prop_assert!(explain(&store, std::slice::from_ref(request)).is_ok());
        fs::remove_file(path).unwrap();
    }

    /// A forged entry whose checksums are right is a damaged one, or one from which the figure can be assembled, or an
    /// error with a text.
    #[test]
    fn forged_entries_are_errors_at_worst(run in any::<prop::sample::Index>(), edits in edits()) {
        let (Made { figure, outcomes }, (store, _folder)) = (made(), store());
        let run = run.index(outcomes.len());
        let request = &figure.runs[run].request;
        let mut bytes = postcard::to_stdvec(&outcomes[run]).unwrap();
        edits.iter().for_each(|edit| edit.apply(&mut bytes));
        store.put(request, &Raw(&bytes)).unwrap();
        if let Lookup::Found(forged) = store.get::<StoredOutcome>(&request.key()).unwrap() {
            let mut results = Results::new();
            for (index, named) in figure.runs.iter().enumerate() {
                let outcome = if index == run { &forged } else { &outcomes[index] };
                results.insert(named.description.clone(), Arc::new(outcome.outcome.clone()));
            }
            let assembled = caught(|| "forged".to_owned(), || figure.plan.assemble(&results).map(|_| ()));
            let text = assembled.err().map(|error| format!("{error:#}"));
            prop_assert!(text != Some(String::new()));
        }
        fs::remove_file(store.path(&request.key())).unwrap();
    }
}
