//! `cargo xtask store`: what the run store holds, and dropping what nobody wants.

use crate::commands::command_line::{StoreAction, StoreArgs};
use crate::config::Scale;
use crate::recipes::catalog::{self, Selection};
use crate::runs::store::{Key, Store};
use crate::say;
use anyhow::ensure;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// Where finished runs are kept.
pub fn store_folder(root: &Path, store: Option<&Path>) -> PathBuf {
    store.map_or_else(|| root.join("target/runs"), Path::to_owned)
}

/// Shows or prunes the store.
///
/// # Errors
/// If two stores are named, or the store or a config cannot be read.
pub fn store(root: &Path, args: &StoreArgs) -> anyhow::Result<()> {
    match &args.action {
        None => show(&Store::open(&store_folder(root, args.store.as_deref()))?),
        Some(StoreAction::Prune { store }) => {
            ensure!(args.store.is_none() || store.is_none(), "--store is given twice, before and after prune");
            prune(root, &Store::open(&store_folder(root, store.as_deref().or(args.store.as_deref())))?)
        }
    }
}

fn show(store: &Store) -> anyhow::Result<()> {
    let mut groups: BTreeMap<(String, u32), (usize, u64)> = BTreeMap::new();
    let mut damaged = 0;
    for entry in store.entries()? {
        let entry = entry?;
        match entry.record {
            Ok(record) => {
                let group = groups.entry((record.scale, record.engine)).or_default();
                group.0 += 1;
                group.1 += entry.bytes;
            }
            Err(damage) => {
                damaged += 1;
                say!("{}: {damage}", entry.path.display());
            }
        }
    }
    say!("{:<8} {:>8} {:>8} {:>12}", "scale", "engine", "runs", "bytes");
    for ((scale, engine), (runs, bytes)) in groups {
        say!("{scale:<8} {engine:>8} {runs:>8} {bytes:>12}");
    }
    say!("{damaged} damaged; in {}", store.root().display());
    Ok(())
}

fn prune(root: &Path, store: &Store) -> anyhow::Result<()> {
    let mut keep: HashSet<Key> = HashSet::new();
    for scale in Scale::ALL {
        let figures = catalog::select(root, &Selection { scale, ..Selection::default() })?;
        keep.extend(figures.iter().flat_map(|f| f.runs.iter().map(|r| r.request.key())));
    }
    let pruned = store.prune(&keep)?;
    say!(
        "kept {} runs, dropped {} ({} bytes) and {} leftovers",
        pruned.kept,
        pruned.removed,
        pruned.bytes,
        pruned.leftovers
    );
    Ok(())
}
