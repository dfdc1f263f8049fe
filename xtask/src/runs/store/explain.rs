//! Why a run would run: new, changed, of an older engine, damaged.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::entry::{Damage, Record};
use super::error::StoreError;
use super::folder::{Lookup, Store};
use super::request::{Key, Request};
use crate::config::{Change, canonical_text, changes};

/// Where a wanted run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its result is stored and sound.
    Stored,
    /// Nothing like it is stored.
    New,
    /// Not stored, but a run that differs from it in a few values and that nobody wants any more is.
    Changed {
        /// The stored run.
        from: Key,
        /// What differs, old value and new.
        changes: Vec<Change>,
    },
    /// The same run is stored from other versions of the engine.
    EngineChanged {
        /// Those versions, sorted.
        stored: Vec<u32>,
    },
    /// An entry is there but not sound.
    Damaged(Damage),
}

impl fmt::Display for Standing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stored => out.write_str("stored"),
            Self::New => out.write_str("new"),
            Self::Changed { changes, .. } => {
                let list: Vec<String> = changes.iter().map(Change::to_string).collect();
                write!(out, "changed: {}", list.join(", "))
            }
            Self::EngineChanged { stored } => {
                let list: Vec<String> = stored.iter().map(u32::to_string).collect();
                write!(out, "engine changed: stored from version {}", list.join(", "))
            }
            Self::Damaged(damage) => write!(out, "damaged: {damage}"),
        }
    }
}

/// Where each of the wanted runs stands, in their order. Sound entries are read in full, so this is as sure as running.
///
/// Pass all runs that are wanted, of all figures: an entry that one of them wants is not taken for another's past.
/// The past of a missing run is the unwanted entry of the same scale and kind (the enum variant of its description)
/// that differs in the fewest values, if it shares at least half of them. Cost: one pass over the store, and for each
/// missing run one over the unwanted entries of its kind.
pub fn explain(store: &Store, wanted: &[Request]) -> Result<Vec<Standing>, StoreError> {
    let mut past = None;
    let mut standings = Vec::with_capacity(wanted.len());
    for request in wanted {
        standings.push(match store.check(&request.key())? {
            Lookup::Found(_) => Standing::Stored,
            Lookup::Damaged(damage) => Standing::Damaged(damage),
            Lookup::Missing => {
                if past.is_none() {
                    past = Some(Past::read(store, wanted)?);
                }
                past.as_ref().map_or(Standing::New, |past| past.standing(request))
            }
        });
    }
    Ok(standings)
}

/// The stored runs that nobody wants, and all engine versions of every (scale, description).
#[derive(Default)]
struct Past {
    runs: Vec<PastRun>,
    /// Which of the runs have a leaf: comparing with all of them is counting along these lists.
    having: HashMap<u64, Vec<usize>>,
    engines: HashMap<(String, String), Vec<u32>>,
}

struct PastRun {
    key: Key,
    description: String,
    leaves: usize,
}

impl Past {
    fn read(store: &Store, wanted: &[Request]) -> Result<Self, StoreError> {
        let wanted: HashSet<Key> = wanted.iter().map(Request::key).collect();
        let mut past = Self::default();
        for entry in store.entries()? {
            let entry = entry?;
            if let (Ok(record), false) = (entry.record, wanted.contains(&entry.key)) {
                past.add(entry.key, record);
            }
        }
        Ok(past)
    }

    fn add(&mut self, key: Key, record: Record) {
        let leaves = leaves(&record.scale, &record.description);
        for leaf in &leaves {
            self.having.entry(*leaf).or_default().push(self.runs.len());
        }
        self.runs.push(PastRun { key, description: record.description.clone(), leaves: leaves.len() });
        self.engines.entry((record.scale, record.description)).or_default().push(record.engine);
    }

    fn standing(&self, request: &Request) -> Standing {
        let name = (request.scale().to_owned(), request.description().to_owned());
        if let Some(engines) = self.engines.get(&name) {
            let mut stored = engines.clone();
            stored.sort_unstable();
            return Standing::EngineChanged { stored };
        }
        match self.nearest(&leaves(request.scale(), request.description())) {
            Some(run) => Standing::Changed {
                from: run.key,
                changes: changes(&parsed(&run.description), &parsed(request.description())),
            },
            None => Standing::New,
        }
    }

    /// The run that differs least, of equals the one with the smallest key, if at least half is shared.
    fn nearest(&self, leaves: &[u64]) -> Option<&PastRun> {
        let mut shared = vec![0; self.runs.len()];
        for index in leaves.iter().filter_map(|leaf| self.having.get(leaf)).flatten() {
            shared[*index] += 1;
        }
        let shares = self.runs.iter().zip(shared);
        shares
            .filter(|(run, shared)| 2 * shared >= leaves.len().max(run.leaves))
            .min_by_key(|(run, shared)| (leaves.len() + run.leaves - 2 * shared, run.key))
            .map(|(run, _)| run)
    }
}

/// A description that passed its checksum is JSON; anything else has no past to offer.
fn parsed(description: &str) -> Value {
    serde_json::from_str(description).unwrap_or_default()
}

/// A hash for every value of a description together with the scale and its path, of which the run's kind is the
/// beginning; a list counts as one value.
fn leaves(scale: &str, description: &str) -> Vec<u64> {
    let mut start = DefaultHasher::new();
    scale.hash(&mut start);
    let mut found = Vec::new();
    collect_leaves(&parsed(description), &start, &mut found);
    found
}

fn collect_leaves(json: &Value, path: &DefaultHasher, found: &mut Vec<u64>) {
    match json {
        Value::Object(object) => {
            for (key, value) in object {
                let mut path = path.clone();
                key.hash(&mut path);
                collect_leaves(value, &path, found);
            }
        }
        leaf => {
            let mut path = path.clone();
            canonical_text(leaf).hash(&mut path);
            found.push(path.finish());
        }
    }
}
