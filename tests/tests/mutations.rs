//! Trial by mutation: deliberate errors in the theory and in the simulations, each of which a verdict must report.
//!
//! `cargo test --release -p workspace-tests --test mutations -- --ignored --nocapture` copies the sources, writes all
//! errors into the copy, each behind a switch, builds it once, and makes the named figures at paper scale once for each
//! error. Stored runs that an error cannot change, or that the named verdict does not look at, are taken from
//! `target/runs` (or the folder that `MUTATIONS_STORE` names); without them everything is computed, which takes long.
//! `MUTATIONS_ONLY=7` tries the seventh alone. It prints the table of docs/MUTATIONS.md.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use workspace_tests::workspace_root;

/// Parts of the descriptions of stored runs that an error changes and the named verdict looks at.
type Touched = &'static [&'static str];

/// The error is in closed forms that no run evaluates.
const NONE: Touched = &[];
const ALIGNED_STUDENTS: Touched = &["{\"Simulation\":{\"Aligned\""];
const LINEAR_STUDENTS: Touched = &["{\"Simulation\":{\"Linear\""];
const SIMULATIONS: Touched = &["{\"Simulation\""];
const RANDOM_DRAWS: Touched = &["\"start\":\"Random\",\"strengths\""];
const DRAWS: Touched = &["{\"Ensemble\"", "{\"Shrinkage\"", "{\"Transfer\""];

struct Mutation {
    error: &'static str,
    file: &'static str,
    /// Occurs once in the file.
    right: &'static str,
    wrong: &'static str,
    figure: &'static str,
    touched: Touched,
    /// Part of the claim that must depart.
    caught_by: &'static str,
}

/// In the order of the table; number 0 stands for no error.
const MUTATIONS: [Mutation; 18] = [
    Mutation {
        error: "an overlap 3 % too small",
        file: "crates/theory/src/spiked_matrix.rs",
        right: "self.overlap_output(true_strength) * self.overlap_input(true_strength)",
        wrong: "0.97 * self.overlap_output(true_strength) * self.overlap_input(true_strength)",
        figure: "fig02",
        touched: NONE,
        caught_by: "the overlap O above the threshold: draws",
    },
    Mutation {
        error: "the overlap of the test error 3 % too small",
        file: "crates/theory/src/data_spectrum.rs",
        right: "self.overlap_output(true_strength) * self.overlap_input(true_strength)",
        wrong: "0.97 * self.overlap_output(true_strength) * self.overlap_input(true_strength)",
        figure: "fig03",
        touched: NONE,
        caught_by: "ln test error over time: draws",
    },
    Mutation {
        error: "ŝ without one of its two factors",
        file: "crates/theory/src/spiked_matrix.rs",
        right: "true_strength * (1.0 + inverse_row).sqrt() * (1.0 + inverse_column).sqrt()",
        wrong: "true_strength * (1.0 + inverse_row).sqrt() + 0.0 * inverse_column",
        figure: "fig02",
        touched: NONE,
        caught_by: "ŝ above the threshold: draws",
    },
    Mutation {
        error: "the learned bulk with its aspect ratio inverted",
        file: "crates/theory/src/spiked_matrix.rs",
        right: "MarchenkoPastur::new(self.rows, self.columns, self.entry_variance)",
        wrong: "MarchenkoPastur::new(self.columns * self.columns / self.rows, self.columns, self.entry_variance)",
        figure: "fig03",
        touched: NONE,
        caught_by: "ln train error over time: draws",
    },
    Mutation {
        error: "the edges of the bulk with its aspect ratio inverted",
        file: "crates/theory/src/spiked_matrix.rs",
        right: "(entry_variance * rows as f64).sqrt()",
        wrong: "(entry_variance * (columns * columns) as f64 / rows as f64).sqrt()",
        figure: "fig06",
        touched: NONE,
        caught_by: "the ends of both bulks: draws",
    },
    Mutation {
        error: "noise of variance σ_z²/P for σ_z²/N₁",
        file: "crates/sim/src/data_set.rs",
        right: "spec.inputs",
        wrong: "spec.examples",
        figure: "fig11",
        touched: ALIGNED_STUDENTS,
        caught_by: "ln test error over time for every P: simulation",
    },
    Mutation {
        error: "noise added twice",
        file: "crates/sim/src/data_set.rs",
        right: "faer::Scale(noise_deviation(spec, outputs))",
        wrong: "faer::Scale(2.0 * noise_deviation(spec, outputs))",
        figure: "fig06",
        touched: SIMULATIONS,
        caught_by: "the ends of both bulks: draws",
    },
    Mutation {
        error: "the power of a layer's growth 2 − 1/L for 2 − 2/L",
        file: "crates/theory/src/mode_growth.rs",
        right: "2.0 - 2.0 / layers as f64",
        wrong: "2.0 - 1.0 / layers as f64",
        figure: "fig04",
        touched: DRAWS,
        caught_by: "ln train error over time: simulation",
    },
    Mutation {
        error: "the residual of P > N₁ left out",
        file: "crates/theory/src/data_spectrum.rs",
        right: "outputs as f64 * surplus * variance / inputs as f64",
        wrong: "0.0 * outputs as f64 * surplus * variance / inputs as f64",
        figure: "fig11",
        touched: NONE,
        caught_by: "ln train error over time for every P: draws",
    },
    Mutation {
        error: "with P < N₁, what inputs show of a teacher without its root",
        file: "crates/theory/src/data_spectrum.rs",
        right: "density.min(1.0).sqrt()",
        wrong: "density.min(1.0)",
        figure: "fig11",
        touched: NONE,
        caught_by: "least ln ε_te for every P and SNR: draws",
    },
    Mutation {
        error: "a_α, the share of a joint mode, of the wrong task",
        file: "crates/theory/src/joint_curve.rs",
        right: "let weight = share * mode.strength;",
        wrong: "let weight = (1.0 - share) * mode.strength;",
        figure: "fig08",
        touched: NONE,
        caught_by: "s̄_A = 3.000: draws",
    },
    Mutation {
        error: "layers updated one at a time",
        file: "crates/sim/src/linear_student.rs",
        right: "decay(&mut self.layers, target.as_deref_mut(), l + 1, self.shrinkage)",
        wrong: "{
            old.transpose_from(&self.layers[l]);
            if let Some(steps) = target.as_deref() {
                let mut step = old.clone();
                step.transpose_from(&steps[l]);
                old.add_scaled(1.0, &step);
            }
        }",
        figure: "fig03",
        touched: LINEAR_STUDENTS,
        caught_by: "scalar recursion of an aligned student equals",
    },
    Mutation {
        error: "an aligned student's test error without its cross term",
        file: "crates/sim/src/aligned_student.rs",
        right: "s * (weight * s - 2.0 * projection)",
        wrong: "s * weight * s + 0.0 * projection",
        figure: "fig03",
        touched: ALIGNED_STUDENTS,
        caught_by: "ln test error over time: simulation",
    },
    Mutation {
        error: "the theory's test error without its cross term",
        file: "crates/theory/src/test_error.rs",
        right: "mode.curvature * (s - mode.target).powi(2) + mode.floor",
        wrong: "mode.curvature * (s * s + mode.target * mode.target) + mode.floor",
        figure: "fig03",
        touched: NONE,
        caught_by: "ln test error over time: draws",
    },
    Mutation {
        error: "an aligned mode's start taken at t = 0 for t",
        file: "crates/theory/src/mode_growth.rs",
        right: "1.0 / (learned + g / epsilon)",
        wrong: "1.0 / (learned + 1.0 / epsilon)",
        figure: "fig07",
        touched: NONE,
        caught_by: "a weak task gains more than",
    },
    Mutation {
        error: "the Riccati solution's start taken at t = 0 for t",
        file: "crates/theory/src/exact_student.rs",
        right: "let growth = bounded_growth(self.rate(row), t);",
        wrong: "let growth = bounded_growth(0.0 * self.rate(row), t);",
        figure: "fig03",
        touched: RANDOM_DRAWS,
        caught_by: "the one that the exact solution predicts",
    },
    Mutation {
        error: "a student that learns 5 % faster than its rate says",
        file: "crates/sim/src/aligned_student.rs",
        right: "learning_rate * squared_gain",
        wrong: "1.05 * learning_rate * squared_gain",
        figure: "fig03",
        touched: ALIGNED_STUDENTS,
        caught_by: "ln train error over time: simulation",
    },
    Mutation {
        error: "draws and simulations share their seeds",
        file: "crates/sim/src/draws.rs",
        right: "generator(self.seed, purpose, &dimensions, self.run)",
        wrong: "generator(self.seed, &format!(\"ensemble {purpose}\"), &dimensions[1..2], self.run)",
        figure: "fig03",
        touched: ALIGNED_STUDENTS,
        caught_by: "share no data",
    },
];

/// What tells which error is in force; every error is compiled, and one chosen when the program starts.
const SWITCH: &str = "
/// Whether error `number` is in force.
pub fn mutation(number: usize) -> bool {
    static NUMBER: std::sync::LazyLock<Option<usize>> =
        std::sync::LazyLock::new(|| std::env::var(\"MUTATION\").ok().and_then(|text| text.parse().ok()));
    *NUMBER == Some(number)
}
";

impl Mutation {
    /// The source with the error behind switch `number`.
    fn apply(&self, source: &str, number: usize) -> String {
        let program = source.split("#[cfg(test)]\nmod tests").next().unwrap();
        assert_eq!(program.matches(self.right).count(), 1, "{}: {:?} is not found once", self.file, self.right);
        let switch =
            |right: &str, wrong: &str| format!("(if linalg_core::mutation({number}) {{ {wrong} }} else {{ {right} }})");
        let binding = |text: &'static str| text.strip_prefix("let ")?.strip_suffix(';')?.split_once(" = ");
        let text = match (binding(self.right), binding(self.wrong)) {
            (Some((name, right)), Some((_, wrong))) => format!("let {name} = {};", switch(right, wrong)),
            _ => switch(self.right, self.wrong),
        };
        source.replacen(self.right, &text, 1)
    }
}

/// Copies what the program is built from; what is as it was keeps its date, so that it is not built again.
fn copy_sources(to: &Path) {
    let root = workspace_root();
    let mut waiting: Vec<PathBuf> = vec![PathBuf::new()];
    while let Some(part) = waiting.pop() {
        for entry in fs::read_dir(root.join(&part)).unwrap() {
            let path = part.join(entry.unwrap().file_name());
            let is_left_out = ["target", ".git", "figures", "docs"].iter().any(|name| path == Path::new(name));
            if is_left_out {
                continue;
            }
            if root.join(&path).is_dir() {
                waiting.push(path);
                continue;
            }
            let Ok(mut text) = fs::read_to_string(root.join(&path)) else {
                write_if_changed(&to.join(&path), &fs::read(root.join(&path)).unwrap());
                continue;
            };
            for (mutation, number) in MUTATIONS.iter().zip(1..) {
                if path == Path::new(mutation.file) {
                    text = mutation.apply(&text, number);
                }
            }
            if path == Path::new("crates/linalg-core/src/lib.rs") {
                text += SWITCH;
            }
            write_if_changed(&to.join(&path), text.as_bytes());
        }
    }
}

fn write_if_changed(file: &Path, bytes: &[u8]) {
    if fs::read(file).is_ok_and(|old| old == bytes) {
        return;
    }
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

fn build(sources: &Path, target: &Path) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    let status = command.args(["build", "--release", "--package", "xtask", "--target-dir"]).arg(target);
    assert!(status.current_dir(sources).status().unwrap().success(), "the copy does not build");
    target.join("release").join(format!("xtask{}", std::env::consts::EXE_SUFFIX))
}

/// Links to the stored runs that are not touched. A run's description is readable in its file.
fn link_runs(from: &Path, to: &Path, touched: Touched) {
    let Ok(folders) = fs::read_dir(from) else { return };
    for folder in folders.map(|folder| folder.unwrap().path()).filter(|folder| folder.is_dir()) {
        for file in fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()) {
            if file.extension().is_none_or(|extension| extension != "run") {
                continue;
            }
            let bytes = fs::read(&file).unwrap();
            let has = |part: &&str| bytes.windows(part.len()).take(1000).any(|bytes| bytes == part.as_bytes());
            if touched.iter().any(has) {
                continue;
            }
            let copy = to.join(file.strip_prefix(from).unwrap());
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::hard_link(&file, &copy).or_else(|_| fs::copy(&file, &copy).map(|_| ())).unwrap();
        }
    }
}

/// The verdicts of a figure made with error `number` in force.
fn verdicts(program: &Path, sources: &Path, (figure, touched): (&str, Touched), number: usize) -> Vec<Value> {
    let stored =
        std::env::var_os("MUTATIONS_STORE").map_or_else(|| workspace_root().join("target/runs"), PathBuf::from);
    let folder = tempfile::tempdir_in(sources.parent().unwrap()).unwrap();
    let (store, out) = (folder.path().join("runs"), folder.path().join("out"));
    fs::create_dir(&store).unwrap();
    link_runs(&stored, &store, touched);
    let mut command = Command::new(program);
    command.args(["figures", figure, "--store"]).arg(&store).arg("--out").arg(&out);
    let said = command.env("MUTATION", number.to_string()).current_dir(sources).output().unwrap();
    let records = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path());
    let record = records
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with(figure));
    let Some(record) = record else { panic!("no record of {figure}: {}", String::from_utf8_lossy(&said.stderr)) };
    let record: Value = serde_json::from_slice(&fs::read(record).unwrap()).unwrap();
    record["verdicts"].as_array().unwrap().clone()
}

fn unexpected(verdicts: &[Value]) -> Vec<&Value> {
    verdicts.iter().filter(|verdict| verdict["outcome"] != verdict["expected"]).collect()
}

fn number(value: &Value) -> String {
    value.as_f64().map_or("–".to_owned(), |value| match value.abs() {
        size if size == 0.0 || (1e-3..1e4).contains(&size) => format!("{value:.4}"),
        _ => format!("{value:.2e}"),
    })
}

#[test]
#[ignore = "builds a copy of the workspace and makes figures at paper scale"]
fn every_error_is_reported_by_a_verdict() {
    let folder = workspace_root().join("target/mutations");
    let sources = folder.join("sources");
    copy_sources(&sources);
    let program = build(&sources, &folder.join("target"));
    let wanted: Option<usize> = std::env::var("MUTATIONS_ONLY").ok().map(|text| text.parse().unwrap());

    let mut figures: Vec<&str> = MUTATIONS.iter().map(|mutation| mutation.figure).collect();
    figures.sort_unstable();
    figures.dedup();
    for figure in figures.into_iter().filter(|_| wanted.is_none_or(|wanted| wanted == 0)) {
        let verdicts = verdicts(&program, &sources, (figure, NONE), 0);
        assert!(unexpected(&verdicts).is_empty(), "{figure} without an error: {:#?}", unexpected(&verdicts));
    }

    println!("| error | in | figure | caught by | at | measured | expected | allowed | other verdicts |");
    println!("| --- | --- | --- | --- | --- | --: | --: | --: | --: |");
    let mut missed = Vec::new();
    for (mutation, number_of) in MUTATIONS.iter().zip(1..).filter(|(_, n)| wanted.is_none_or(|wanted| wanted == *n)) {
        let verdicts = verdicts(&program, &sources, (mutation.figure, mutation.touched), number_of);
        let unexpected = unexpected(&verdicts);
        let caught = unexpected.iter().find(|verdict| verdict["claim"].as_str().unwrap().contains(mutation.caught_by));
        let Some(caught) = caught.filter(|verdict| verdict["outcome"] == "departs") else {
            let said: Vec<&Value> = unexpected.iter().map(|verdict| &verdict["claim"]).collect();
            missed.push(format!(
                "{number_of}: {} is not reported by {:?}, but by {said:?}",
                mutation.error, mutation.caught_by
            ));
            continue;
        };
        let of = |key: &str| number(&caught[key]);
        println!(
            "| {} | `{}` | {} | {} | {} | {} | {} | ±{} | {} |",
            mutation.error,
            mutation.file.trim_start_matches("crates/").replace("/src", ""),
            mutation.figure,
            caught["claim"].as_str().unwrap(),
            caught["at"].as_str().unwrap(),
            of("measured"),
            of("target"),
            of("allowed"),
            unexpected.len() - 1
        );
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// The errors are where they are said to be, in sources as they are now.
#[test]
fn every_error_finds_its_place() {
    for (mutation, number) in MUTATIONS.iter().zip(1..) {
        let source = fs::read_to_string(workspace_root().join(mutation.file)).unwrap();
        assert!(mutation.apply(&source, number).contains(&format!("mutation({number})")), "{}", mutation.error);
    }
}
