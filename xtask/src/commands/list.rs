//! `cargo xtask list`: what there is, what is stored, what would run and why.

use crate::commands::command_line::ListArgs;
use crate::commands::store::store_folder;
use crate::recipes::catalog::{self, Figure};
use crate::runs::store::{Standing, Store, explain};
use crate::say;
use std::collections::BTreeMap;
use std::path::Path;

/// Reasons shown for a figure, the commonest first.
const MOST_REASONS: usize = 3;

/// Prints the table of figures.
///
/// # Errors
/// If configs are refused or the store cannot be read.
pub fn list(root: &Path, args: &ListArgs) -> anyhow::Result<()> {
    let figures = catalog::select(root, &args.selection)?;
    print(&figures, &Store::open(&store_folder(root, args.store.as_deref()))?)
}

/// For every figure: its runs, how many are stored, the estimated cost of the others, and why they would run.
///
/// # Errors
/// If the store cannot be read.
pub fn print(figures: &[Figure], store: &Store) -> anyhow::Result<()> {
    let wanted: Vec<_> = figures.iter().flat_map(|f| f.runs.iter().map(|r| r.request.clone())).collect();
    let mut standings = explain(store, &wanted)?.into_iter();
    say!("{:<28} {:<20} {:>6} {:>7} {:>14}", "figure", "kind", "runs", "stored", "core seconds");
    for figure in figures {
        let mut stored = 0;
        let mut cost = 0.0;
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        for named in &figure.runs {
            match standings.next() {
                Some(Standing::Stored) => stored += 1,
                Some(standing) => {
                    cost += named.run.cost_estimate();
                    *reasons.entry(standing.to_string()).or_default() += 1;
                }
                None => {}
            }
        }
        say!("{:<28} {:<20} {:>6} {stored:>7} {cost:>14.1}", figure.stem, figure.kind, figure.runs.len());
        let mut reasons: Vec<(String, usize)> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        for (reason, count) in reasons.iter().take(MOST_REASONS) {
            say!("    {count} would run: {reason}");
        }
        let rest: usize = reasons.iter().skip(MOST_REASONS).map(|(_, count)| count).sum();
        if rest > 0 {
            say!("    {rest} more would run, for {} other reasons", reasons.len() - MOST_REASONS);
        }
    }
    Ok(())
}
