//! A parsed config: values that know where they were given.

use super::source::Origin;

/// A value and where it was given.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) origin: Origin,
    pub(super) kind: Kind,
}

/// The forms a value takes in RON, as far as configs use them.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// A number as written.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// A string, escapes resolved.
    Text(String),
    /// `None`.
    None,
    /// `Some(…)`.
    Some(Box<Node>),
    /// `[…]`.
    List(Vec<Node>),
    /// `(a, b)` or `Name(a, b)`, also with no item.
    Tuple { name: Option<String>, items: Vec<Node> },
    /// `(key: value)` or `Name(key: value)`.
    Struct { name: Option<String>, fields: Vec<Field> },
    /// `{key: value}`.
    Map(Vec<(Node, Node)>),
    /// A bare name: an enum variant without data.
    Name(String),
}

/// `key: value` of a struct.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) key: String,
    pub(super) origin: Origin,
    pub(super) value: Node,
}

/// One step of a key path: `.key` or `[index]`.
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl Node {
    /// The node that a key path such as `student.epsilon` or `strengths[2]` leads to, or the last one on the way if
    /// the path goes on beyond what is written (a key left to its default).
    pub(super) fn follow(&self, path: &str) -> Result<&Node, &Node> {
        steps(path).try_fold(self, |node, step| node.child(&step).ok_or(node))
    }

    /// `Some(…)` and payloads of one value are looked through, as they are by whoever reads the path.
    fn child(&self, step: &Step<'_>) -> Option<&Node> {
        match (&self.kind, step) {
            (Kind::Struct { fields, .. }, Step::Key(key)) => {
                fields.iter().find(|field| field.key == *key).map(|field| &field.value)
            }
            (Kind::Map(entries), Step::Key(key)) => entries
                .iter()
                .find(|(name, _)| matches!(&name.kind, Kind::Text(k) | Kind::Name(k) | Kind::Number(k) if k == key))
                .map(|(_, value)| value),
            (Kind::List(items), Step::Index(index)) => items.get(*index),
            (Kind::Some(inner), step) => inner.child(step),
            (Kind::Tuple { items, .. }, step) => match (items.as_slice(), step) {
                ([only], Step::Key(_)) => only.child(step),
                ([only], Step::Index(_)) if matches!(only.kind, Kind::List(_)) => only.child(step),
                (items, Step::Index(index)) => items.get(*index),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value as it was written, on one line, long ones cut short.
    pub(super) fn shown(&self) -> String {
        const LONGEST: usize = 60;
        let mut text = String::new();
        self.write(&mut text);
        if text.chars().count() > LONGEST {
            text = text.chars().take(LONGEST - 1).collect();
            text.push('…');
        }
        text
    }

    fn write(&self, out: &mut String) {
        match &self.kind {
            Kind::Number(text) | Kind::Name(text) => out.push_str(text),
            Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Kind::Text(text) => out.push_str(&format!("{text:?}")),
            Kind::None => out.push_str("None"),
            Kind::Some(inner) => {
                out.push_str("Some(");
                inner.write(out);
                out.push(')');
            }
            Kind::List(items) => write_all(out, "[", "]", items, Node::write),
            Kind::Tuple { name, items } => {
                out.push_str(name.as_deref().unwrap_or_default());
                write_all(out, "(", ")", items, Node::write);
            }
            Kind::Struct { name, fields } => {
                out.push_str(name.as_deref().unwrap_or_default());
                write_all(out, "(", ")", fields, |field, out| {
                    out.push_str(&field.key);
                    out.push_str(": ");
                    field.value.write(out);
                });
            }
            Kind::Map(entries) => write_all(out, "{", "}", entries, |(key, value), out| {
                key.write(out);
                out.push_str(": ");
                value.write(out);
            }),
        }
    }
}

fn write_all<T>(out: &mut String, open: &str, close: &str, items: &[T], write: impl Fn(&T, &mut String)) {
    out.push_str(open);
    // Enough for any message; spares walking a long list to the end.
    const ENOUGH: usize = 400;
    for (index, item) in items.iter().enumerate() {
        if out.len() > ENOUGH {
            return;
        }
        if index > 0 {
            out.push_str(", ");
        }
        write(item, out);
    }
    out.push_str(close);
}

/// The steps of a path. Paths come from our own code: a malformed one simply leads nowhere.
fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    path.split(['.', '[']).filter(|part| !part.is_empty()).map(|part| match part.strip_suffix(']') {
        Some(index) => Step::Index(index.parse().unwrap_or(usize::MAX)),
        None => Step::Key(part),
    })
}

/// The path of a key or item below the one at `path`.
pub(super) fn below(path: &str, key: &str) -> String {
    match (path, key.starts_with('[')) {
        ("", _) => key.to_owned(),
        (_, true) => format!("{path}{key}"),
        (_, false) => format!("{path}.{key}"),
    }
}
