//! What a recipe is: the way from a config to runs, and from their outcomes to a figure and its verdicts.

use super::claims::Claims;
use super::verdict::{Expectation, Verdict};
use crate::config::{Checks, ConfigError, Document, Settings};
use crate::runs::results::Results;
use crate::runs::run::Run;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::path::PathBuf;

/// One kind of figure. The implementing type is its config: all that the figure depends on, as it stands in the file.
pub trait Recipe: DeserializeOwned + Serialize + Send + Sync + 'static {
    /// Name of the kind, which opens its config files: `Kind( key: value, … )`.
    const KIND: &'static str;

    /// A commented config to start from, if `configs/` holds none of this kind.
    const TEMPLATE: Option<&'static str> = None;

    /// States every rule that the values must obey; each violation is reported with its place in the file.
    fn check(&self, checks: &mut Checks<'_>);

    /// The independent runs that the figure needs, in any order; runs wanted by several figures are done once.
    fn runs(&self) -> Vec<Run>;

    /// Files beside the config that the figure is drawn from, relative to the workspace.
    fn inputs(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// What should be changed in the config before hours are spent on it, such as epochs that end before the theory says
    /// that the last mode is learned: sentences that name keys and values.
    ///
    /// # Errors
    /// If a closed form refuses its input.
    fn advice(&self) -> anyhow::Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// Panels, verdicts and tables from the outcomes of [`Self::runs`].
    ///
    /// # Errors
    /// If a closed form refuses its input or an outcome is missing.
    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled>;
}

/// A figure before it is written.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// What to draw.
    pub figure: figures::Figure,
    /// The claims, not yet judged.
    pub claims: Claims,
    /// Per-seed values and other numbers beside the drawn series.
    pub tables: Vec<Table>,
    /// What the figure shows, in a few sentences; what is to be seen in it is told by the claims that hold ([`Claims::tell`]).
    pub caption: String,
}

/// Numbers that stand beside a figure, written as `STEM_NAME.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Suffix of the file's name.
    pub name: String,
    /// Column names.
    pub header: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

impl Assembled {
    /// The claims, judged beside what is expected of them.
    pub fn judge(&self, expectations: Option<&[Expectation]>) -> Vec<Verdict> {
        self.claims.clone().judge(expectations)
    }
}

/// A checked config, its type forgotten.
pub trait Plan: Send + Sync {
    /// As [`Recipe::runs`].
    fn runs(&self) -> Vec<Run>;

    /// As [`Recipe::inputs`].
    fn inputs(&self) -> Vec<PathBuf>;

    /// As [`Recipe::advice`].
    ///
    /// # Errors
    /// As [`Recipe::advice`].
    fn advice(&self) -> anyhow::Result<Vec<String>>;

    /// As [`Recipe::assemble`].
    ///
    /// # Errors
    /// As [`Recipe::assemble`].
    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled>;
}

impl<R: Recipe> Plan for R {
    fn runs(&self) -> Vec<Run> {
        Recipe::runs(self)
    }

    fn inputs(&self) -> Vec<PathBuf> {
        Recipe::inputs(self)
    }

    fn advice(&self) -> anyhow::Result<Vec<String>> {
        Recipe::advice(self)
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        Recipe::assemble(self, results)
    }
}

/// A kind of figure, its type forgotten.
pub trait Kind: Sync {
    /// The kind's name.
    fn name(&self) -> &'static str;

    /// As [`Recipe::TEMPLATE`].
    fn template(&self) -> Option<&'static str>;

    /// Checks a config of this kind at both scales.
    ///
    /// # Errors
    /// Every violated rule, with its place.
    fn validate(&self, document: &Document) -> Result<(), ConfigError>;

    /// Reads and checks settings of this kind.
    ///
    /// # Errors
    /// Every violated rule, with its place.
    fn plan(&self, settings: &Settings) -> Result<Box<dyn Plan>, ConfigError>;
}

/// The [`Kind`] of a [`Recipe`].
#[derive(Debug)]
pub struct KindOf<R>(PhantomData<fn() -> R>);

impl<R> KindOf<R> {
    /// The only value.
    pub const NEW: Self = Self(PhantomData);
}

impl<R: Recipe> Kind for KindOf<R> {
    fn name(&self) -> &'static str {
        R::KIND
    }

    fn template(&self) -> Option<&'static str> {
        R::TEMPLATE
    }

    fn validate(&self, document: &Document) -> Result<(), ConfigError> {
        document.validate(R::check)
    }

    fn plan(&self, settings: &Settings) -> Result<Box<dyn Plan>, ConfigError> {
        let recipe: R = settings.deserialize()?;
        let mut checks = settings.checks();
        recipe.check(&mut checks);
        checks.finish()?;
        Ok(Box::new(recipe))
    }
}
