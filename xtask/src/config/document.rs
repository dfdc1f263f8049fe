//! A config file and the settings it gives at one scale.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize as _;
use serde::de::DeserializeOwned;

use super::checks::Checks;
use super::deserialize::NodeDeserializer;
use super::error::{ConfigError, Problem, suggestion};
use super::merge::merge;
use super::parse::parse;
use super::source::{Origin, Source};
use super::tree::{Field, Kind, Node};
use super::{canonical, canonical::canonical_text};

/// How much of a figure's work is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, clap::ValueEnum)]
pub enum Scale {
    /// The sizes of the paper: the config without its overlay.
    #[default]
    Paper,
    /// The config's `smoke` overlay: a quick check of the whole way.
    Smoke,
}

impl Scale {
    /// Both scales; a config is sound only if it is at each of them.
    pub const ALL: [Self; 2] = [Self::Paper, Self::Smoke];

    /// The name used on the command line, in the store and in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Smoke => "smoke",
        }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// A config file: its kind, its keys and its `smoke` overlay, syntax checked.
#[derive(Clone, Debug)]
pub struct Document {
    source: Arc<Source>,
    kind: String,
    base: Node,
    smoke: Option<Node>,
    expectations: Option<Node>,
}

impl Document {
    /// Reads a file of at most 1 MiB.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::from_source(Source::read(path)?)
    }

    /// Parses a text; `name` stands for the file in messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, ConfigError> {
        Self::from_source(Source::new(name.to_owned(), text.to_owned())?)
    }

    fn from_source(source: Source) -> Result<Self, ConfigError> {
        let Node { origin, kind } = parse(&source)?;
        let no_kind = |origin: &Origin| complaint(&source, origin, "expected `KindName( key: value, … )`");
        let (kind, mut fields) = match kind {
            Kind::Struct { name: Some(name), fields } => (name, fields),
            Kind::Tuple { name: Some(name), items } if items.is_empty() => (name, Vec::new()),
            _ => return Err(no_kind(&origin)),
        };
        let mut taken = |key: &str| Some(fields.remove(fields.iter().position(|field| field.key == key)?));
        let smoke = taken("smoke").map(|field| overlay(&source, field)).transpose()?;
        let expectations = taken("expectations").map(|field| field.value);
        let base = Node { origin, kind: Kind::Struct { name: None, fields } };
        Ok(Self { source: Arc::new(source), kind, base, smoke, expectations })
    }

    /// The file as it was named.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// The kind of figure: the name before the first parenthesis.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Refuses a kind that is none of those known, naming the nearest.
    pub fn require_kind(&self, known: &[&str]) -> Result<(), ConfigError> {
        if known.contains(&self.kind.as_str()) {
            return Ok(());
        }
        let message = format!("unknown kind `{}`: {}", self.kind, suggestion(&self.kind, known, "kinds"));
        Err(complaint(&self.source, &self.base.origin, &message))
    }

    /// Reads the file at both scales and applies `rules` to each, so that neither scale can hide a mistake.
    ///
    /// A complaint that arises at both scales is made once; one that only the overlay causes says so.
    pub fn validate<T: DeserializeOwned>(&self, rules: impl Fn(&T, &mut Checks<'_>)) -> Result<(), ConfigError> {
        let mut found = self.settings(Scale::Paper).problems(&rules);
        for mut problem in self.settings(Scale::Smoke).problems(&rules) {
            if !found.contains(&problem) {
                problem.message.push_str(" [at smoke scale]");
                found.push(problem);
            }
        }
        if found.is_empty() { Ok(()) } else { Err(ConfigError::new(found)) }
    }

    /// The keys and values that hold at a scale.
    pub fn settings(&self, scale: Scale) -> Settings {
        let root = match (&self.smoke, scale) {
            (Some(smoke), Scale::Smoke) => merge(self.base.clone(), smoke.clone()),
            _ => self.base.clone(),
        };
        // What is expected of the claims is said of the paper's scale.
        let expectations = self.expectations.clone().filter(|_| scale == Scale::Paper);
        Settings { source: Arc::clone(&self.source), kind: self.kind.clone(), scale, root, expectations }
    }
}

fn overlay(source: &Source, field: Field) -> Result<Node, ConfigError> {
    let kind = match field.value.kind {
        Kind::Struct { name: None, fields } => Kind::Struct { name: None, fields },
        Kind::Tuple { name: None, items } if items.is_empty() => Kind::Struct { name: None, fields: Vec::new() },
        _ => return Err(complaint(source, &field.value.origin, "expected `smoke: ( key: value, … )`")),
    };
    Ok(Node { origin: field.value.origin, kind })
}

fn complaint(source: &Source, origin: &Origin, message: &str) -> ConfigError {
    let (place, position) = source.locate(origin);
    let message = message.to_owned();
    ConfigError::new(vec![Problem { place, position, path: String::new(), value: None, message }])
}

/// The merged keys and values of a config at one scale; every value still knows where it was given.
#[derive(Clone, Debug)]
pub struct Settings {
    source: Arc<Source>,
    kind: String,
    scale: Scale,
    root: Node,
    expectations: Option<Node>,
}

impl Settings {
    /// The kind of figure.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The scale these settings are for.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Lays a value from the command line over a key at the top, as `set("seed", "7", "--seed")`.
    ///
    /// Complaints about it name the option instead of a place in the file.
    pub fn set(&mut self, key: &str, value: &str, option: &str) -> Result<(), ConfigError> {
        let text = format!("( {key}: {value} )");
        let unreadable = || ConfigError::about(option, format!("cannot read `{value}` as a value of `{key}`"));
        let given = Source::new(option.to_owned(), text).map_err(|_| unreadable())?;
        let mut node = parse(&given).map_err(|_| unreadable())?;
        let Kind::Struct { name: None, fields } = &mut node.kind else { return Err(unreadable()) };
        if fields.len() != 1 {
            return Err(unreadable());
        }
        for field in fields {
            relocate(field, &Origin::Option(option.into()));
        }
        let root = Node { origin: self.root.origin.clone(), kind: Kind::Tuple { name: None, items: Vec::new() } };
        self.root = merge(std::mem::replace(&mut self.root, root), node);
        Ok(())
    }

    /// Reads the settings as a struct that derives `Deserialize`.
    ///
    /// Unknown keys are refused even without `#[serde(deny_unknown_fields)]`, all of them at once. Numbers are finite.
    /// A variant that holds a struct may be written `Variant(key: value)`. `#[serde(flatten)]` and untagged enums work
    /// but lose the places of what is inside them.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        T::deserialize(NodeDeserializer::new(&self.root))
            .map_err(|failure| failure.into_error(&self.source, &self.root))
    }

    /// What the config expects of its claims, under the key `expectations` that every kind has; `None` if it does not say.
    ///
    /// # Errors
    /// As [`deserialize`](Self::deserialize).
    pub fn expectations<T: DeserializeOwned>(&self) -> Result<Option<Vec<T>>, ConfigError> {
        let read = |node: &Node| {
            Vec::<T>::deserialize(NodeDeserializer::new(node)).map_err(|failure| failure.into_error(&self.source, node))
        };
        self.expectations.as_ref().map(read).transpose()
    }

    fn problems<T: DeserializeOwned>(&self, rules: &impl Fn(&T, &mut Checks<'_>)) -> Vec<Problem> {
        match self.deserialize() {
            Ok(value) => {
                let mut checks = self.checks();
                rules(&value, &mut checks);
                checks.into_problems()
            }
            Err(error) => error.problems().to_vec(),
        }
    }

    /// An empty list of complaints about these settings.
    pub fn checks(&self) -> Checks<'_> {
        Checks::new(&self.source, &self.root)
    }

    /// The settings as JSON: `{"Kind": {"key": value, …}}`, enum variants as serde writes them.
    pub fn to_json(&self) -> serde_json::Value {
        let mut kind = serde_json::Map::new();
        let mut settings = canonical::json(&self.root);
        if let (Some(expectations), Some(keys)) = (&self.expectations, settings.as_object_mut()) {
            keys.insert("expectations".to_owned(), canonical::json(expectations));
        }
        kind.insert(self.kind.clone(), settings);
        serde_json::Value::Object(kind)
    }

    /// The settings as one line of JSON, keys sorted and every number in its one shortest form: equal settings have
    /// equal texts, however they are laid out, ordered or commented.
    pub fn canonical(&self) -> String {
        canonical_text(&self.to_json())
    }
}

/// Marks a value from the command line as such. It is small: options give scalars and short lists.
fn relocate(field: &mut Field, origin: &Origin) {
    fn node(it: &mut Node, origin: &Origin) {
        it.origin = origin.clone();
        match &mut it.kind {
            Kind::Some(inner) => node(inner, origin),
            Kind::List(items) | Kind::Tuple { items, .. } => items.iter_mut().for_each(|item| node(item, origin)),
            Kind::Struct { fields, .. } => fields.iter_mut().for_each(|field| relocate(field, origin)),
            Kind::Map(entries) => entries.iter_mut().for_each(|(key, value)| {
                node(key, origin);
                node(value, origin);
            }),
            Kind::Number(_) | Kind::Bool(_) | Kind::Text(_) | Kind::None | Kind::Name(_) => {}
        }
    }
    field.origin = origin.clone();
    node(&mut field.value, origin);
}
