//! Measuring in turn: yardsticks, a few benchmarks, yardsticks, a few more, and all of it a few rounds over.

use super::measurement::{Look, Measurement, Yardsticks};
use super::programs::{Chosen, Programs, Turn};
use super::samples::{self, Sample};
use crate::console;
use anyhow::Context as _;
use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// Everything measured so far.
#[derive(Debug)]
pub struct Session<'p> {
    programs: &'p Programs,
    /// Where criterion writes: emptied before each turn, so that nothing old is read.
    home: PathBuf,
    /// The yardsticks after the last turn.
    latest: Yardsticks,
    /// The fastest of all.
    fastest: Yardsticks,
    /// In the order in which they are run.
    names: Vec<String>,
    looks: HashMap<String, (f64, Vec<Look>)>,
}

impl<'p> Session<'p> {
    /// Nothing measured yet but the yardsticks.
    ///
    /// # Errors
    /// If criterion's folder cannot be made, or the yardsticks fail.
    pub fn new(root: &Path, programs: &'p Programs) -> anyhow::Result<Self> {
        let home = root.join("target/xtask-bench");
        std::fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
        let now = measured_yardsticks(&home, programs)?;
        Ok(Self { programs, home, latest: now, fastest: now, names: Vec::new(), looks: HashMap::new() })
    }

    /// Measures every benchmark of `chosen` once.
    ///
    /// # Errors
    /// If a bench fails.
    pub fn round(&mut self, chosen: &Chosen<'_>, title: &str) -> anyhow::Result<()> {
        for name in chosen.names().filter(|name| !self.looks.contains_key(*name)) {
            self.names.push(name.to_owned());
        }
        let mut before = self.latest;
        for (index, turn) in chosen.turns.iter().enumerate() {
            progress(&format!("{title}: {} of {}, {}", index + 1, chosen.turns.len(), turn.label()));
            let samples = measured(&self.home, turn)?;
            let after = measured_yardsticks(&self.home, self.programs)?;
            (self.latest, self.fastest) = (after, self.fastest.faster(after));
            for sample in samples {
                self.add(sample, before.faster(after));
            }
            before = after;
        }
        progress("");
        Ok(())
    }

    /// The fastest that the yardsticks were seen.
    pub fn yardsticks(&self) -> Yardsticks {
        self.fastest
    }

    /// Every benchmark, over all rounds.
    pub fn measurements(&self) -> Vec<Measurement> {
        let measurement =
            |name: &String| self.looks.get(name).map(|(work, looks)| Measurement::of(name.as_str(), *work, looks));
        self.names.iter().filter_map(measurement).collect()
    }

    fn add(&mut self, sample: Sample, yardsticks: Yardsticks) {
        let look = Look { seconds: sample.seconds, yardsticks };
        self.looks.entry(sample.name).or_insert((sample.work, Vec::new())).1.push(look);
    }
}

fn measured_yardsticks(home: &Path, programs: &Programs) -> anyhow::Result<Yardsticks> {
    let samples = measured(home, &programs.yardsticks())?;
    let speed = |name: &str| {
        let found = samples.iter().find(|sample| sample.name == name);
        found.map(|sample| sample.work / sample.seconds).with_context(|| format!("the bench {name} is missing"))
    };
    Ok(Yardsticks {
        peak_f64: speed("yardstick/fma_f64")?,
        peak_f32: speed("yardstick/fma_f32")?,
        product: speed("yardstick/faer_product")?,
    })
}

/// Runs the benches of a turn in an emptied folder, and reads what they measured.
fn measured(home: &Path, turn: &Turn<'_>) -> anyhow::Result<Vec<Sample>> {
    let emptied = std::fs::remove_dir_all(home).and_then(|()| std::fs::create_dir_all(home));
    emptied.with_context(|| format!("cannot empty {}", home.display()))?;
    turn.run(home)?;
    samples::read(home)
}

/// A line that is written over on a terminal, and not at all elsewhere.
fn progress(text: &str) {
    if std::io::stderr().is_terminal() {
        console::overwrite(text);
    }
}
