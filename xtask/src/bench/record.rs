//! The measurements of one kind of machine, in a file that is committed.

use super::machine::Machine;
use super::measurement::{Measurement, Yardsticks};
use crate::config::{Checks, ConfigError, Document, Scale};
use crate::runs::atomic_file::write_atomically;
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::path::Path;

/// `xtask/benchmarks/MACHINE.ron`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benchmarks {
    /// The kind of machine.
    pub machine: Machine,
    /// The git revision that was measured.
    pub revision: String,
    /// The fastest that the yardsticks were seen.
    pub yardsticks: Yardsticks,
    /// Every benchmark, in the order they are run.
    pub measured: Vec<Measurement>,
}

impl Benchmarks {
    /// Reads a record; every mistake in it is told by line and column.
    ///
    /// # Errors
    /// If it cannot be read or breaks a rule.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::from_document(&Document::read(path)?)
    }

    /// Reads a record if there is a file.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_if_present(path: &Path) -> Result<Option<Self>, ConfigError> {
        if path.exists() { Self::read(path).map(Some) } else { Ok(None) }
    }

    /// From a text; `name` stands for the file in messages.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn parse(name: &str, text: &str) -> Result<Self, ConfigError> {
        Self::from_document(&Document::parse(name, text)?)
    }

    fn from_document(document: &Document) -> Result<Self, ConfigError> {
        document.require_kind(&["Benchmarks"])?;
        let settings = document.settings(Scale::Paper);
        let record: Self = settings.deserialize()?;
        let mut checks = settings.checks();
        record.check(&mut checks);
        checks.finish()?;
        Ok(record)
    }

    fn check(&self, checks: &mut Checks<'_>) {
        checks
            .positive("yardsticks.peak_f64", self.yardsticks.peak_f64)
            .positive("yardsticks.peak_f32", self.yardsticks.peak_f32)
            .positive("yardsticks.product", self.yardsticks.product)
            .each("measured", &self.measured, |checks, path, m| {
                checks
                    .positive(&format!("{path}.seconds"), m.seconds)
                    .at_least(&format!("{path}.work"), m.work, 0.0)
                    .positive(&format!("{path}.at_peak"), m.at_peak)
                    .positive(&format!("{path}.at_product"), m.at_product)
                    .at_least(&format!("{path}.noise"), m.noise, 0.0);
            });
        for (index, m) in self.measured.iter().enumerate() {
            let first = self.measured.iter().position(|other| other.name == m.name);
            checks.require(&format!("measured[{index}].name"), first == Some(index), "must be there only once");
        }
    }

    /// The measurement of a name.
    pub fn find(&self, name: &str) -> Option<&Measurement> {
        self.measured.iter().find(|m| m.name == name)
    }

    /// This record with what `newer` has measured in the place of what it had; the rest stays.
    #[must_use]
    pub fn updated_by(mut self, newer: Self) -> Self {
        for measurement in newer.measured {
            match self.measured.iter_mut().find(|m| m.name == measurement.name) {
                Some(old) => *old = measurement,
                None => self.measured.push(measurement),
            }
        }
        Self { machine: newer.machine, revision: newer.revision, yardsticks: self.yardsticks, measured: self.measured }
    }

    /// Writes the record, whole or not at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        write_atomically(path, self.text().as_bytes()).with_context(|| format!("cannot write {}", path.display()))
    }

    /// The file: one line for each benchmark, so that a change of one shows as one line.
    fn text(&self) -> String {
        let Self { machine: m, revision, yardsticks: y, measured } = self;
        let mut text = format!(
            "// What `cargo xtask bench --save` measured on this kind of machine: its baseline, and what figx2 draws.\n\
             // seconds: the least time of one iteration; work: operations, points or runs in it; at_peak, at_product: time × \
             speed\n\
             // of the yardsticks beside it, the least of the rounds; noise: by how much the second least is above it.\n\
             Benchmarks(\n    \
                 machine: (cpu: {:?}, generation: {:?}, vectors: {:?}, cache: {:?}, threads: {}),\n    \
                 revision: {revision:?},\n    \
                 yardsticks: (peak_f64: {:.4e}, peak_f32: {:.4e}, product: {:.4e}),\n    \
                 measured: [\n",
            m.cpu, m.generation, m.vectors, m.cache, m.threads, y.peak_f64, y.peak_f32, y.product
        );
        for Measurement { name, seconds, work, at_peak, at_product, noise } in measured {
            let _ = writeln!(
                text,
                "        (name: {name:?}, seconds: {seconds:.4e}, work: {work}, at_peak: {at_peak:.4e}, at_product: {at_product:.4e}, noise: {noise:.4}),"
            );
        }
        text.push_str("    ],\n)\n");
        text
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A record with the given names, each of the given `at_peak`, on a machine of peak 10⁹ and a product at half of it.
    pub(crate) fn record(measured: &[(&str, f64)]) -> Benchmarks {
        let measurement = |(name, at_peak): &(&str, f64)| Measurement {
            name: (*name).to_owned(),
            seconds: at_peak * 1e-9,
            work: 0.0,
            at_peak: *at_peak,
            at_product: at_peak * 0.5,
            noise: 0.01,
        };
        Benchmarks {
            machine: Machine {
                cpu: "Abacus".into(),
                generation: "family 1 model 2".into(),
                vectors: "none".into(),
                cache: "0 KB".into(),
                threads: 1,
            },
            revision: "abc".into(),
            yardsticks: Yardsticks { peak_f64: 1e9, peak_f32: 2e9, product: 5e8 },
            measured: measured.iter().map(measurement).collect(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/abacus.ron");
        let written = record(&[("epoch/a/50", 1500.0), ("svd/b", 2e6)]);
        assert_eq!(Benchmarks::read_if_present(&path).unwrap(), None);
        written.write(&path).unwrap();
        assert_eq!(Benchmarks::read_if_present(&path).unwrap(), Some(written));
    }

    #[test]
    fn damage_is_told_by_line_and_column() {
        let text = record(&[("a", 1.0), ("b", 2.0)]).text();
        for (from, to, place) in [
            ("seconds: 2.0000e-9", "seconds: -1", "abacus.ron:10:30: measured[1].seconds = -1: must be above 0"),
            ("seconds: 2.0000e-9", "seconds: fast", "abacus.ron:10:30"),
            ("noise: 0.0100),\n    ]", "nois: 1),\n    ]", "abacus.ron:10:"),
            ("name: \"b\"", "name: \"a\"", "must be there only once"),
            ("Benchmarks(", "Baseline(", "unknown kind `Baseline`"),
            ("    ],\n)\n", "", "abacus.ron:"),
        ] {
            assert!(text.contains(from), "{from}");
            let message = Benchmarks::parse("abacus.ron", &text.replace(from, to)).unwrap_err().to_string();
            assert!(message.contains(place), "{to}: {message}");
        }
    }

    #[test]
    fn saving_a_few_leaves_the_others() {
        let old = record(&[("a", 1.0), ("b", 2.0)]);
        let newer = Benchmarks { revision: "def".into(), ..record(&[("b", 3.0), ("c", 4.0)]) };
        let both = old.updated_by(newer);
        assert_eq!(both, Benchmarks { revision: "def".into(), ..record(&[("a", 1.0), ("b", 3.0), ("c", 4.0)]) });
    }
}
