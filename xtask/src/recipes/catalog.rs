//! The configs that there are, and the figures that a command line asks for.

use crate::config::{ConfigError, Document, Scale, Settings};
use crate::recipes::RECIPES;
use crate::runs::execution::NamedRun;
use crate::runs::run_time::total;
use crate::study::Expectation;
use crate::study::recipe::{Kind, Plan};
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};

/// Which configs, at which scale and seed.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Selection {
    /// Stem of a config (`fig03_single_hidden_layer`) or a unique prefix (`fig03`); all of configs/ if none is given.
    #[arg(value_name = "STEM")]
    pub stems: Vec<String>,
    /// Sizes of the paper, or the quick check.
    #[arg(long, value_enum, default_value = "paper")]
    pub scale: Scale,
    /// Replace the config's seed, where it has one.
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    pub seed: Option<u64>,
    /// A config of your own instead of those in configs/.
    #[arg(long, value_name = "FILE", conflicts_with = "stems")]
    pub config: Option<PathBuf>,
}

/// A figure that was asked for: its config read and checked, its runs listed.
pub struct Figure {
    /// Stem of the config and of every output.
    pub stem: String,
    /// The config file.
    pub path: PathBuf,
    /// Name of the recipe.
    pub kind: &'static str,
    /// The config after overlay and command line.
    pub settings: Settings,
    /// The seed that replaced the config's, if there was one to replace.
    pub seed_override: Option<u64>,
    /// What the config expects of its claims; `None` if it does not say.
    pub expectations: Option<Vec<Expectation>>,
    /// The recipe, filled in.
    pub plan: Box<dyn Plan>,
    /// Every run the figure needs, each once.
    pub runs: Vec<NamedRun>,
}

impl Figure {
    /// Reads, checks and plans one config.
    ///
    /// # Errors
    /// A [`ConfigError`] naming every violated rule.
    pub fn load(path: &Path, scale: Scale, seed: Option<u64>) -> anyhow::Result<Self> {
        let stem = stem_of(path)?;
        let document = Document::read(path)?;
        let kind = kind_of(&document)?;
        kind.validate(&document)?;
        let mut settings = document.settings(scale);
        // A figure of closed forms has no seed to replace.
        let seed_override = seed.filter(|_| has_seed(&settings));
        if let Some(seed) = seed_override {
            settings.set("seed", &seed.to_string(), "--seed")?;
        }
        let plan = kind.plan(&settings)?;
        let expectations = settings.expectations()?;
        let mut runs: Vec<NamedRun> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for run in plan.runs() {
            let named = NamedRun::new(run, scale.name())?;
            if seen.insert(named.request.key()) {
                runs.push(named);
            }
        }
        let path = path.to_owned();
        Ok(Self { stem, path, kind: kind.name(), settings, seed_override, expectations, plan, runs })
    }

    /// Rough seconds on one core of all runs together.
    pub fn cost_estimate(&self) -> f64 {
        total(self.runs.iter().map(|named| named.run.cost_estimate()))
    }
}

/// The figures that `selection` asks for, cheapest first.
///
/// # Errors
/// If a stem fits no config or several, or a config is refused; all refused configs are reported together.
pub fn select(root: &Path, selection: &Selection) -> anyhow::Result<Vec<Figure>> {
    let paths = match &selection.config {
        Some(file) => vec![file.clone()],
        None => resolve(&configs(root)?, &selection.stems)?,
    };
    let mut figures = Vec::new();
    let mut refusals = Vec::new();
    for path in paths {
        match Figure::load(&relative(&path), selection.scale, selection.seed) {
            Ok(figure) => figures.push(figure),
            Err(error) => refusals.push(format!("{error:#}")),
        }
    }
    if !refusals.is_empty() {
        bail!("{}", refusals.join("\n"));
    }
    figures.sort_by(|a, b| a.cost_estimate().total_cmp(&b.cost_estimate()).then_with(|| a.stem.cmp(&b.stem)));
    Ok(figures)
}

/// Every config of the workspace, by name.
///
/// # Errors
/// If `configs/` cannot be read, or holds none: nothing to do is more likely a wrong folder than a wish.
pub fn configs(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = root.join("configs");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "ron") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        bail!("{} holds no config (*.ron)", folder.display());
    }
    paths.sort();
    Ok(paths)
}

/// The config that each stem, or unique prefix of one, means; all of them if none is given.
fn resolve(configs: &[PathBuf], stems: &[String]) -> anyhow::Result<Vec<PathBuf>> {
    if stems.is_empty() {
        return Ok(configs.to_vec());
    }
    let mut chosen: Vec<PathBuf> = Vec::new();
    for stem in stems {
        let path = resolve_one(configs, stem)?;
        if chosen.contains(&path) {
            bail!("{stem}: {} is asked for twice", path.display());
        }
        chosen.push(path);
    }
    Ok(chosen)
}

fn resolve_one(configs: &[PathBuf], stem: &str) -> anyhow::Result<PathBuf> {
    let name = |path: &PathBuf| path.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
    let known: Vec<String> = configs.iter().map(name).collect();
    if stem.is_empty() {
        bail!("an empty name is no figure; give a stem, for example fig03");
    }
    if stem.contains(['/', '\\', '.']) {
        bail!(
            "{stem}: a stem is the name of a config without folder and ending, for example fig03; for a file of your own use --config {stem}"
        );
    }
    if let Some(index) = known.iter().position(|k| k == stem) {
        return Ok(configs[index].clone());
    }
    // fig1 is no abbreviation of fig10: a prefix ends where the number does.
    let fits = |k: &&String| {
        k.strip_prefix(stem).is_some_and(|rest| rest.starts_with('_') || !stem.ends_with(|c: char| c.is_ascii_digit()))
    };
    let matching: Vec<&String> = known.iter().filter(fits).collect();
    match matching.as_slice() {
        [one] => Ok(configs[known.iter().position(|k| k == *one).unwrap_or_default()].clone()),
        [] => {
            let nearest = known.iter().max_by(|a, b| likeness(a, stem).total_cmp(&likeness(b, stem)));
            let hint = nearest.map(|k| format!("; nearest is {k}")).unwrap_or_default();
            bail!("{stem}: no config of that name in configs/{hint} (cargo xtask list shows all)")
        }
        several => bail!(
            "{stem}: fits {}; give more of the name",
            several.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ")
        ),
    }
}

/// How much a name, or its beginning, looks like what was given; fig1 means fig01.
fn likeness(name: &str, given: &str) -> f64 {
    let is_digit = |c: char| c.is_ascii_digit();
    let (letters, rest) = given.split_at(given.find(is_digit).unwrap_or(given.len()));
    let digits = rest.chars().take_while(|c| is_digit(*c)).count();
    let given = if digits == 1 { format!("{letters}0{rest}") } else { given.to_owned() };
    let beginning: String = name.chars().take(given.chars().count()).collect();
    strsim::jaro_winkler(name, &given).max(strsim::jaro_winkler(&beginning, &given))
}

/// The recipe of a config.
///
/// # Errors
/// If there is none of that name.
pub fn kind_of(document: &Document) -> Result<&'static dyn Kind, ConfigError> {
    let names: Vec<&str> = RECIPES.iter().map(|kind| kind.name()).collect();
    document.require_kind(&names)?;
    let found = RECIPES.iter().find(|kind| kind.name() == document.kind());
    found.copied().ok_or_else(|| ConfigError::about(document.name(), "no recipe for this kind"))
}

fn has_seed(settings: &Settings) -> bool {
    settings.to_json()[settings.kind()].get("seed").is_some()
}

/// Most characters of a stem: with the endings of outputs, and of what is written aside, file systems still hold it.
const LONGEST_STEM: usize = 100;

/// The stem of a config's file name, which names every output.
fn stem_of(path: &Path) -> anyhow::Result<String> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if stem.is_empty() || !stem.chars().all(legal) || stem.len() > LONGEST_STEM {
        bail!(
            "{}: the name of a config becomes the name of its outputs: at most {LONGEST_STEM} letters, digits, _ and - only",
            path.display()
        );
    }
    Ok(stem.to_owned())
}

/// The path as a user in the working directory would write it.
fn relative(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(stems: &[&str]) -> anyhow::Result<Vec<String>> {
        let configs: Vec<PathBuf> = ["fig01_a", "fig10_b", "fig11_c", "figx1_d"]
            .iter()
            .map(|s| PathBuf::from(format!("configs/{s}.ron")))
            .collect();
        let stems: Vec<String> = stems.iter().map(|s| (*s).to_owned()).collect();
        resolve(&configs, &stems)?.iter().map(|p| stem_of(p)).collect()
    }

    #[test]
    fn a_seed_replaces_that_of_a_config_which_has_one() {
        let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs");
        let load = |stem| Figure::load(&configs.join(stem), Scale::Smoke, Some(7)).unwrap().seed_override;
        assert_eq!(load("fig03_single_hidden_layer.ron"), Some(7));
        assert_eq!(load("fig01_learning_dynamics.ron"), None);
    }

    #[test]
    fn stems_and_unique_prefixes() {
        assert_eq!(names(&[]).unwrap().len(), 4);
        assert_eq!(names(&["fig10", "figx"]).unwrap(), ["fig10_b", "figx1_d"]);
        assert_eq!(names(&["fig11_c"]).unwrap(), ["fig11_c"]);
    }

    #[test]
    fn what_cannot_be_resolved_says_why() {
        for (stems, part) in [
            (vec!["fig1"], "no config"),
            (vec!["fig"], "fits fig01_a, fig10_b"),
            (vec![""], "empty name"),
            (vec!["../fig01_a"], "--config"),
            (vec!["fig01_a.ron"], "--config"),
            (vec!["fig10", "fig10_b"], "twice"),
            (vec!["fog01_a"], "nearest is fig01_a"),
            // Not fig11, which ends in the same digit.
            (vec!["fig1"], "nearest is fig01_a"),
            (vec!["fig1_a"], "nearest is fig01_a"),
        ] {
            let message = format!("{:#}", names(&stems).unwrap_err());
            assert!(message.contains(part), "{stems:?}: {message}");
        }
    }
}
