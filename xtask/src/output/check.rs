//! `cargo xtask figures --check`: is a folder of figures what its configs and the engines would give, and nothing else?

use crate::config::changes;
use crate::console::quoted;
use crate::output::files::{Format, Record, input_hashes, is_output_of, read_output, read_record};
use crate::output::report;
use crate::recipes::catalog::Figure;
use crate::runs::run::Run;
use crate::say;
use std::collections::BTreeSet;
use std::path::Path;

/// What is checked: the figures that should be in a folder.
pub struct Check<'a> {
    /// The workspace.
    pub root: &'a Path,
    /// The folder.
    pub folder: &'a Path,
    /// What should be there.
    pub figures: &'a [Figure],
    /// Drawings that each figure should have.
    pub formats: &'a [Format],
    /// Whether nothing else should be there.
    pub is_all: bool,
}

impl Check<'_> {
    /// Prints everything that is stale, with the reason and the command that mends it, and returns whether nothing is.
    ///
    /// `remake` is the command that makes a figure, given by its stem, and the page with it.
    pub fn run(&self, remake: impl Fn(&str) -> String) -> bool {
        let mut stale = BTreeSet::new();
        let mut known = BTreeSet::from(["index.html".to_owned()]);
        for figure in self.figures {
            let record = read_record(&self.folder.join(format!("{}.json", figure.stem)));
            let reasons = match &record {
                Ok(record) => self.reasons(figure, record),
                Err(error) => vec![format!("{error:#}")],
            };
            for reason in &reasons {
                say!("STALE {}: {reason}", figure.stem);
            }
            if !reasons.is_empty() {
                say!("    mend it with: {}", remake(&figure.stem));
                stale.insert(figure.stem.as_str());
            }
            known.insert(format!("{}.json", figure.stem));
            known.extend(record.into_iter().flat_map(|record| record.files.into_keys()));
        }
        // Whatever a stale figure leaves about, making it again sees to.
        let is_stale = |name: &str| stale.iter().any(|stem| is_output_of(name, stem));
        let strangers: Vec<String> =
            self.outputs().into_iter().filter(|n| !known.contains(n) && !is_stale(n)).collect();
        for name in &strangers {
            say!("STALE {name:?}: no figure's record names it");
            say!("    mend it with: rm {}", quoted(&self.folder.join(name).to_string_lossy()));
        }
        let page = report::is_current(self.folder);
        if let (Err(reason), Some(cheapest)) = (&page, self.figures.first()) {
            say!("STALE index.html: {reason:#}");
            say!("    mend it with: {}", remake(&cheapest.stem));
        }
        let current = self.figures.len() - stale.len();
        say!("{current} of {} figures in {} are current", self.figures.len(), self.folder.display());
        stale.is_empty() && strangers.is_empty() && page.is_ok()
    }

    /// Why a figure's record or files are not what its config gives.
    fn reasons(&self, figure: &Figure, record: &Record) -> Vec<String> {
        let mut reasons: Vec<String> = changes(&record.config, &figure.settings.to_json())
            .iter()
            .map(|change| format!("config changed: {change}"))
            .collect();
        if record.engine_version != Run::ENGINE_VERSION {
            reasons.push(format!("engine changed: {} -> {}", record.engine_version, Run::ENGINE_VERSION));
        }
        if record.scale != figure.settings.scale().name() || record.seed_override != figure.seed_override {
            reasons
                .push(format!("it was made at scale {} with seed override {:?}", record.scale, record.seed_override));
        }
        match input_hashes(self.root, &figure.plan.inputs()) {
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
        for ending in self.formats.iter().map(|format| format.ending()).chain(["csv"]) {
            let name = format!("{}.{ending}", figure.stem);
            if !record.files.contains_key(&name) {
                reasons.push(format!("it was made without {name}"));
            }
        }
        let unlike = record.files.iter().filter_map(|(name, hash)| read_output(self.folder, name, hash).err());
        reasons.extend(unlike.map(|error| format!("{error:#}")));
        reasons
    }

    /// Names of all files in the folder that look like a figure's, or like one of the figures that are checked.
    fn outputs(&self) -> Vec<String> {
        let is_ours = |name: &str| match self.is_all {
            true => [".svg", ".png", ".pdf", ".csv", ".json", ".html"].iter().any(|ending| name.ends_with(ending)),
            false => self.figures.iter().any(|figure| is_output_of(name, &figure.stem)),
        };
        let entries = std::fs::read_dir(self.folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| is_ours(name) && !name.starts_with('.'));
        names.sort();
        names
    }
}
