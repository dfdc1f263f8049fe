//! `cargo xtask figures --check`: are the committed figures what their configs and the engines would give?

use crate::config::changes;
use crate::output::files::{Record, input_hashes, read_record, sha256_hex};
use crate::recipes::catalog::Figure;
use crate::runs::provenance;
use crate::runs::run::Run;
use crate::say;
use std::path::Path;

/// Prints every figure in `folder` that is stale or absent, with the reason and the command that mends it.
///
/// `true` if none is stale; a figure that was never made there is told, not held against anybody.
pub fn check(figures: &[Figure], folder: &Path) -> bool {
    let (mut stale, mut absent) = (0, 0);
    for figure in figures {
        let path = folder.join(format!("{}.json", figure.stem));
        if !path.exists() {
            absent += 1;
            say!("absent {}: never made here; make it with: cargo xtask figures {0}", figure.stem);
            continue;
        }
        let reasons = match read_record(&path) {
            Ok(record) => reasons(figure, &record, folder),
            Err(error) => vec![format!("{error:#}")],
        };
        for reason in &reasons {
            say!("STALE {}: {reason}", figure.stem);
        }
        if !reasons.is_empty() {
            stale += 1;
            say!("    mend it with: cargo xtask figures {}", figure.stem);
        }
    }
    let current = figures.len() - stale - absent;
    say!("{current} of {} figures in {} are current, {stale} stale, {absent} absent", figures.len(), folder.display());
    stale == 0
}

/// Why a figure's record or files are not what its config gives.
fn reasons(figure: &Figure, record: &Record, folder: &Path) -> Vec<String> {
    let mut reasons: Vec<String> = changes(&record.config, &figure.settings.to_json())
        .iter()
        .map(|change| format!("config changed: {change}"))
        .collect();
    if record.engine_version != Run::ENGINE_VERSION {
        reasons.push(format!("engine changed: {} -> {}", record.engine_version, Run::ENGINE_VERSION));
    }
    if record.scale != figure.settings.scale().name() || record.seed_override.is_some() {
        reasons.push(format!("it was made at scale {} with seed override {:?}", record.scale, record.seed_override));
    }
    match provenance::workspace_root().and_then(|root| input_hashes(&root, &figure.plan.inputs())) {
        Ok(inputs) if inputs == record.inputs => {}
        Ok(inputs) => {
            let changed = inputs.iter().filter(|(path, hash)| record.inputs.get(*path) != Some(*hash));
            reasons.extend(changed.map(|(path, _)| format!("{path} changed since the figure was drawn from it")));
        }
        Err(error) => reasons.push(format!("{error:#}")),
    }
    let mut runs: Vec<String> = figure.runs.iter().map(|named| named.request.key().to_string()).collect();
    runs.sort();
    if reasons.is_empty() && runs != record.runs {
        reasons.push("the recipe wants other runs than the figure was made from".to_owned());
    }
    for (name, hash) in &record.files {
        match std::fs::read(folder.join(name)) {
            Ok(bytes) if sha256_hex(&bytes) == *hash => {}
            Ok(_) => reasons.push(format!("{name} differs from its hash in the record")),
            Err(error) => reasons.push(format!("{name}: {error}")),
        }
    }
    reasons
}
