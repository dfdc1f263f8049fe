//! `cargo xtask bench`: has anything become slower, on a machine whose own speed drifts?
//!
//! The way of a number: [`programs`] builds the criterion benches and asks them for their names; [`session`] runs them in
//! short turns, a few rounds over, with the yardsticks measured before, between and after; [`samples`] reads what
//! criterion wrote; a [`Measurement`] is a time in units of each yardstick. [`record`] keeps the measurements of one kind
//! of [`machine`] in a file that is committed, [`judgement`] holds new ones against it, and [`table`] prints both.

pub mod judgement;
pub mod machine;
pub mod measurement;
pub mod programs;
pub mod record;
pub mod samples;
pub mod session;
pub mod table;

pub use machine::Machine;
pub use measurement::{Measurement, Yardsticks};
pub use record::Benchmarks;

use crate::runs::provenance;
use crate::say;
use judgement::{Judgement, judge};
use programs::Programs;
use session::Session;
use std::path::{Path, PathBuf};

/// Arguments of `bench`.
#[derive(Clone, Debug, clap::Args)]
pub struct BenchArgs {
    /// Only benchmarks that have one of these in their name; all of them if none is given.
    #[arg(value_name = "NAME")]
    pub filters: Vec<String>,
    /// Make what is measured the baseline of this kind of machine, and the record that figx2 draws.
    #[arg(long)]
    pub save: bool,
    /// Print the table in Markdown.
    #[arg(long)]
    pub markdown: bool,
    /// Print the names of the benchmarks and stop.
    #[arg(long, conflicts_with_all = ["save", "markdown"])]
    pub list: bool,
    /// How often everything is measured, at least twice.
    #[arg(long, value_name = "N", default_value_t = 3, allow_hyphen_values = true)]
    #[arg(value_parser = clap::value_parser!(u16).range(2..=100))]
    pub rounds: u16,
}

/// Further rounds for what looks slower, or too noisy to tell, before it is called so.
const SECOND_LOOKS: usize = 2;

/// Measures, compares with the baseline of this kind of machine, and saves if asked to. Returns whether nothing has
/// become slower; always true where there is no baseline, and when saving.
///
/// # Errors
/// If no benchmark has the name asked for, the baseline cannot be read, or a bench does not build or run.
pub fn bench(root: &Path, args: &BenchArgs) -> anyhow::Result<bool> {
    let machine = Machine::here();
    let path = baseline_path(root, &machine);
    // Found out before minutes of measuring.
    let baseline = Benchmarks::read_if_present(&path)?;
    let programs = Programs::build(root)?;
    let chosen = programs.matching(&args.filters)?;
    if args.list {
        chosen.names().for_each(|name| say!("{name}"));
        return Ok(true);
    }
    let mut session = Session::new(root, &programs)?;
    for round in 1..=args.rounds {
        session.round(&chosen, &format!("round {round} of {}", args.rounds))?;
    }
    let whole = args.filters.is_empty();
    let mut judgement = judge(&session.measurements(), baseline.as_ref(), whole);
    for look in 1..=SECOND_LOOKS {
        let doubtful = judgement.doubtful();
        if doubtful.is_empty() || args.save {
            break;
        }
        session.round(&chosen.only(&doubtful), &format!("look {look} of {SECOND_LOOKS} at what changed"))?;
        judgement = judge(&session.measurements(), baseline.as_ref(), whole);
    }
    report(&machine, &path, &session, &judgement, args);
    if args.save {
        save(root, &path, machine, &session, baseline, whole)?;
        return Ok(true);
    }
    Ok(!judgement.has_regression())
}

/// Where the baseline of a kind of machine is.
fn baseline_path(root: &Path, machine: &Machine) -> PathBuf {
    root.join("xtask/benchmarks").join(format!("{}.ron", machine.key()))
}

fn report(machine: &Machine, path: &Path, session: &Session<'_>, judgement: &Judgement, args: &BenchArgs) {
    let now = session.yardsticks();
    if args.markdown {
        say!("{}", table::markdown(machine, &now, judgement));
    } else {
        say!("{}", table::text(machine, &now, judgement));
    }
    if !judgement.has_baseline && !args.save {
        say!("no baseline for this kind of machine ({}): nothing is judged; --save makes it one", path.display());
    }
}

/// Replaces the baseline by what was measured; what was not measured stays if only some was asked for.
fn save(
    root: &Path,
    path: &Path,
    machine: Machine,
    session: &Session<'_>,
    old: Option<Benchmarks>,
    whole: bool,
) -> anyhow::Result<()> {
    let revision = provenance::revision(root);
    let revision = revision.map(|(revision, dirty)| if dirty { format!("{revision} with changes") } else { revision });
    let record = Benchmarks {
        machine,
        revision: revision.unwrap_or_else(|| "unknown".to_owned()),
        yardsticks: session.yardsticks(),
        measured: session.measurements(),
    };
    let record = match old {
        Some(old) if !whole => old.updated_by(record),
        _ => record,
    };
    record.write(path)?;
    say!("saved {} benchmarks as the baseline of this kind of machine: {}", record.measured.len(), path.display());
    say!(
        "the figure figx2 draws the record that configs/figx2_scaling.ron names; redraw it with: cargo xtask figures figx2"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_baseline_is_refused_before_anything_is_built() {
        let root = tempfile::tempdir().unwrap();
        let path = baseline_path(root.path(), &Machine::here());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "Benchmarks(\n    revision: 7,\n)").unwrap();
        let args = BenchArgs { filters: Vec::new(), save: false, markdown: false, list: false, rounds: 1 };
        let message = format!("{:#}", bench(root.path(), &args).unwrap_err());
        assert!(message.contains(".ron:2:15"), "{message}");
    }
}
