//! `cargo xtask store`: what the run store holds, and dropping what nobody wants.

use crate::commands::command_line::{ScaleName, Selection, StoreAction, StoreArgs};
use crate::commands::figures::store_folder;
use crate::recipes::catalog;
use crate::runs::store::{Key, Store};
use crate::say;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// Shows or prunes the store.
///
/// # Errors
/// If the store or a config cannot be read.
pub fn store(root: &Path, args: &StoreArgs) -> anyhow::Result<()> {
    let selection = Selection { store: args.store.clone(), ..Selection::default() };
    let store = Store::open(&store_folder(root, &selection))?;
    match args.action {
        None => show(&store),
        Some(StoreAction::Prune) => prune(root, &store),
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
    for scale in [ScaleName::Paper, ScaleName::Smoke] {
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
