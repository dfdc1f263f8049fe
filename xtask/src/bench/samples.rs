//! What criterion writes, read back.

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use std::path::Path;

/// The samples of one benchmark, in one word.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The benchmark's full name.
    pub name: String,
    /// The least time of one iteration among the samples: other programs can only slow one down.
    pub seconds: f64,
    /// What criterion calls the throughput of one iteration, 0 if there is none.
    pub work: f64,
}

/// `new/benchmark.json`, as far as it is of use.
#[derive(Deserialize)]
struct Identity {
    full_id: String,
    throughput: Option<Throughput>,
}

#[derive(Deserialize)]
struct Throughput {
    #[serde(rename = "Elements")]
    elements: Option<u64>,
}

/// `new/sample.json`: every sample's number of iterations and its time in nanoseconds.
#[derive(Deserialize)]
struct Times {
    iters: Vec<f64>,
    times: Vec<f64>,
}

/// Every benchmark that criterion measured below `home`.
///
/// # Errors
/// If a file is missing or is not what criterion writes.
pub fn read(home: &Path) -> anyhow::Result<Vec<Sample>> {
    let mut samples = Vec::new();
    collect(home, &mut samples)?;
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(samples)
}

fn collect(folder: &Path, samples: &mut Vec<Sample>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.ends_with("new") && path.join("benchmark.json").is_file() {
            samples.push(sample(&path)?);
        } else if path.is_dir() {
            collect(&path, samples)?;
        }
    }
    Ok(())
}

fn sample(folder: &Path) -> anyhow::Result<Sample> {
    let text = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let wrong = || format!("{}: not what criterion 0.8 writes", folder.display());
    let identity: Identity = serde_json::from_str(&text("benchmark.json")?).with_context(wrong)?;
    let times: Times = serde_json::from_str(&text("sample.json")?).with_context(wrong)?;
    let each = times.times.iter().zip(&times.iters).map(|(time, iterations)| time / iterations * 1e-9);
    let seconds = each.fold(f64::INFINITY, f64::min);
    ensure!(
        seconds.is_finite() && seconds > 0.0,
        "{}: no sample of {} took any time",
        folder.display(),
        identity.full_id
    );
    let work = identity.throughput.and_then(|t| t.elements).unwrap_or(0) as f64;
    Ok(Sample { name: identity.full_id, seconds, work })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn write(home: &Path, identity: &str, times: &str) {
        let folder = home.join("epoch/linear_L2/100/new");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("benchmark.json"), identity).unwrap();
        fs::write(folder.join("sample.json"), times).unwrap();
    }

    const IDENTITY: &str = r#"{"group_id":"epoch","function_id":"linear_L2","value_str":"100",
        "throughput":{"Elements":1500000},"full_id":"epoch/linear_L2/100","title":"t"}"#;

    #[test]
    fn the_least_time_of_an_iteration() {
        let home = tempfile::tempdir().unwrap();
        write(home.path(), IDENTITY, r#"{"sampling_mode":"Linear","iters":[2.0,4.0],"times":[8000.0,12000.0]}"#);
        let [sample] = <[Sample; 1]>::try_from(read(home.path()).unwrap()).unwrap();
        assert_eq!((sample.name.as_str(), sample.work), ("epoch/linear_L2/100", 1.5e6));
        assert!((sample.seconds - 3e-6).abs() < 1e-18);
    }

    #[test]
    fn what_criterion_did_not_write_is_refused_by_name() {
        let home = tempfile::tempdir().unwrap();
        write(home.path(), IDENTITY, r#"{"iters":[],"times":[]}"#);
        assert!(read(home.path()).unwrap_err().to_string().contains("epoch/linear_L2/100"));
        write(home.path(), "{}", r#"{"iters":[1.0],"times":[1.0]}"#);
        assert!(format!("{:#}", read(home.path()).unwrap_err()).contains("not what criterion"));
    }
}
