//! The criterion benches of the workspace, as programs that can be run a few benchmarks at a time.

use anyhow::{Context as _, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The benches that are watched: package and target. (`kernel` and `epoch` of sim are tables for whoever works on them.)
const WATCHED: [(&str, &str); 5] = [
    ("linalg-core", "matrices"),
    ("theory", "closed_forms"),
    ("theory", "finite"),
    ("sim", "engines"),
    ("sim", "runs"),
];
const YARDSTICKS: (&str, &str) = ("sim", "yardsticks");

/// Benchmarks in one turn, between two looks at the yardsticks.
const TURN: usize = 8;

/// One bench executable and its benchmarks.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Program {
    executable: PathBuf,
    names: Vec<String>,
}

/// Every watched bench, built.
#[derive(Clone, Debug)]
pub struct Programs {
    watched: Vec<Program>,
    yardsticks: PathBuf,
}

/// A few benchmarks of one program, run in one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn<'p> {
    executable: &'p Path,
    names: Vec<&'p str>,
}

/// Some of the benchmarks, in the order they are run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen<'p> {
    /// In turns.
    pub turns: Vec<Turn<'p>>,
}

impl Programs {
    /// Builds the benches of the workspace at `root` and asks each for its benchmarks.
    ///
    /// # Errors
    /// If they do not build or do not answer.
    pub fn build(root: &Path) -> anyhow::Result<Self> {
        let built = build(root)?;
        let find = |(package, target): (&str, &str)| {
            let found = built.iter().find(|(name, _)| name == target).map(|(_, executable)| executable.clone());
            found.with_context(|| format!("cargo built no bench {target} of {package}"))
        };
        let program = |id| {
            let executable = find(id)?;
            Ok(Program { names: names(&executable)?, executable })
        };
        let watched = WATCHED.into_iter().map(program).collect::<anyhow::Result<_>>()?;
        Ok(Self { watched, yardsticks: find(YARDSTICKS)? })
    }

    /// The benchmarks whose names contain one of `filters`, all of them if there is none.
    ///
    /// # Errors
    /// If a filter fits none.
    pub fn matching(&self, filters: &[String]) -> anyhow::Result<Chosen<'_>> {
        let all: Vec<&str> = self.watched.iter().flat_map(|p| &p.names).map(String::as_str).collect();
        for filter in filters {
            ensure!(!filter.is_empty(), "an empty name fits every benchmark; leave it out to measure all");
            if !all.iter().any(|name| name.contains(filter.as_str())) {
                let nearest = all
                    .iter()
                    .max_by(|a, b| strsim::jaro_winkler(a, filter).total_cmp(&strsim::jaro_winkler(b, filter)));
                let hint = nearest.map(|name| format!("; nearest is {name}")).unwrap_or_default();
                bail!("{filter}: no benchmark has this in its name{hint} (cargo xtask bench --list shows all)");
            }
        }
        Ok(self.turns(|name| filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()))))
    }

    fn turns(&self, wanted: impl Fn(&str) -> bool) -> Chosen<'_> {
        let mut turns = Vec::new();
        for program in &self.watched {
            let names: Vec<&str> = program.names.iter().map(String::as_str).filter(|name| wanted(name)).collect();
            turns.extend(
                names.chunks(TURN).map(|names| Turn { executable: &program.executable, names: names.to_vec() }),
            );
        }
        Chosen { turns }
    }

    /// The turn of the yardsticks.
    pub fn yardsticks(&self) -> Turn<'_> {
        Turn { executable: &self.yardsticks, names: vec!["yardstick/"] }
    }
}

impl<'p> Chosen<'p> {
    /// Every name.
    pub fn names(&self) -> impl Iterator<Item = &'p str> + '_ {
        self.turns.iter().flat_map(|turn| turn.names.iter().copied())
    }

    /// Those of them that are listed.
    #[must_use]
    pub fn only(&self, listed: &[String]) -> Self {
        let shorten = |turn: &Turn<'p>| Turn {
            executable: turn.executable,
            names: turn.names.iter().copied().filter(|name| listed.iter().any(|l| l == name)).collect(),
        };
        Self { turns: self.turns.iter().map(shorten).filter(|turn| !turn.names.is_empty()).collect() }
    }
}

impl Turn<'_> {
    /// What the turn measures, for messages: first and last benchmark.
    pub fn label(&self) -> String {
        match self.names.as_slice() {
            [] => "nothing".to_owned(),
            [one] => (*one).to_owned(),
            [first, .., last] => format!("{first} … {last}"),
        }
    }

    /// Runs criterion on the benchmarks of this turn; it writes its samples below `home`.
    ///
    /// # Errors
    /// If the program cannot be started or fails.
    pub fn run(&self, home: &Path) -> anyhow::Result<()> {
        // Short measurements, taken again in every round, see more of a drifting machine than a long one.
        let settings = "--noplot --warm-up-time 0.05 --measurement-time 0.3 --sample-size 20 --nresamples 1000";
        let pattern = match self.names.as_slice() {
            ["yardstick/"] => "^yardstick/".to_owned(),
            names => format!("^({})$", names.join("|")),
        };
        let output = Command::new(self.executable)
            .arg("--bench")
            .arg(pattern)
            .args(settings.split(' '))
            .env("CRITERION_HOME", home)
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("cannot start {}", self.executable.display()))?;
        ensure!(
            output.status.success(),
            "{} failed ({}): {}",
            self.executable.display(),
            output.status,
            last_line(&output.stderr)
        );
        Ok(())
    }
}

/// Builds; returns every bench target and its executable.
fn build(root: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(&cargo);
    command.args(["bench", "--no-run", "--quiet", "--message-format=json-render-diagnostics"]).current_dir(root);
    for (package, target) in WATCHED.into_iter().chain([YARDSTICKS]) {
        command.args(["--package", package, "--bench", target]);
    }
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {cargo}"))?;
    ensure!(output.status.success(), "the benches do not build; repeat it with: cargo bench --no-run");
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(executable).collect())
}

/// Target and executable of a line of cargo's that tells of a bench.
fn executable(line: &str) -> Option<(String, PathBuf)> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    let target = message.get("target")?;
    let kinds = target.get("kind")?.as_array()?;
    let is_bench = kinds.iter().any(|kind| kind.as_str() == Some("bench"));
    let executable = message.get("executable")?.as_str()?;
    is_bench.then(|| (target["name"].as_str().unwrap_or_default().to_owned(), PathBuf::from(executable)))
}

/// The benchmarks of a program.
fn names(executable: &Path) -> anyhow::Result<Vec<String>> {
    let output = Command::new(executable)
        .args(["--bench", "--list"])
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", executable.display()))?;
    ensure!(output.status.success(), "{} --list failed: {}", executable.display(), last_line(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let names: Vec<String> =
        text.lines().filter_map(|line| line.strip_suffix(": benchmark")).map(str::to_owned).collect();
    for name in &names {
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-');
        ensure!(name.chars().all(legal), "{name:?}: the name of a benchmark holds letters, digits, _, - and / only");
    }
    Ok(names)
}

fn last_line(text: &[u8]) -> String {
    String::from_utf8_lossy(text).lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs() -> Programs {
        let program = |name: &str, names: &[&str]| Program {
            executable: PathBuf::from(name),
            names: names.iter().map(|n| (*n).to_owned()).collect(),
        };
        let many: Vec<String> = (0..11).map(|i| format!("many/{i}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        Programs {
            watched: vec![program("a", &["svd/thin", "svd/values"]), program("b", &many)],
            yardsticks: "y".into(),
        }
    }

    #[test]
    fn turns_are_short_and_of_one_program() {
        let programs = programs();
        let all = programs.matching(&[]).unwrap();
        assert_eq!(all.turns.iter().map(|t| t.names.len()).collect::<Vec<_>>(), [2, 8, 3]);
        assert_eq!(all.only(&["svd/thin".into(), "many/9".into()]).names().collect::<Vec<_>>(), ["svd/thin", "many/9"]);
    }

    #[test]
    fn filters_choose_or_say_what_is_nearest() {
        let programs = programs();
        let some = programs.matching(&["thin".into(), "many/1".into()]).unwrap();
        assert_eq!(some.names().collect::<Vec<_>>(), ["svd/thin", "many/1", "many/10"]);
        let message = programs.matching(&["svd/thine".into()]).unwrap_err().to_string();
        assert!(message.contains("svd/thine: no benchmark") && message.contains("nearest is svd/thin"), "{message}");
    }

    #[test]
    fn cargo_tells_where_a_bench_is() {
        let line =
            r#"{"reason":"compiler-artifact","target":{"kind":["bench"],"name":"finite"},"executable":"/t/finite-1"}"#;
        assert_eq!(executable(line), Some(("finite".to_owned(), PathBuf::from("/t/finite-1"))));
        assert_eq!(executable(&line.replace("[\"bench\"]", "[\"lib\"]")), None);
        assert_eq!(executable("{}"), None);
    }
}
