//! From text to tree: the part of RON that configs use.
//!
//! ```text
//! value  = number | "true" | "false" | string | "None" | "Some" "(" value ")" | list | map | [name] group | name
//! list   = "[" { value "," } "]"             map    = "{" { value ":" value "," } "}"
//! group  = "(" { value "," } ")"  |  "(" { name ":" value "," } ")"
//! ```
//! The last comma of a list, map or group may be left out; `//` and `/* */` comments stand wherever space may.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde::de::IgnoredAny;

use super::error::{ConfigError, MOST_PROBLEMS, Problem};
use super::source::{Origin, Source};
use super::tree::{Field, Kind, Node};
use super::{canonical, number};

/// Deeper nesting is refused before it costs stack.
const MAX_DEPTH: usize = 64;

type Parsed<T> = Result<T, Problem>;

/// Parses the whole text as one value. Whatever passes is RON by the judgement of the `ron` crate, too.
pub(super) fn parse(source: &Source) -> Result<Node, ConfigError> {
    let mut parser = Parser { source, at: 0, depth: 0, duplicates: Vec::new() };
    let node = parser.whole().map_err(|problem| ConfigError::new(vec![problem]))?;
    if !parser.duplicates.is_empty() {
        return Err(ConfigError::new(parser.duplicates));
    }
    ron::from_str::<IgnoredAny>(&source.text).map_err(|error| {
        let mut problem = source.problem(0, format!("is not RON: {}", error.code));
        problem.position = Some((error.span.start.line, error.span.start.col));
        ConfigError::new(vec![problem])
    })?;
    Ok(node)
}

struct Parser<'a> {
    source: &'a Source,
    at: usize,
    depth: usize,
    duplicates: Vec<Problem>,
}

impl Parser<'_> {
    fn whole(&mut self) -> Parsed<Node> {
        self.skip_space()?;
        if self.rest().starts_with("#!") {
            return self.fail(self.at, "attributes are not used in configs");
        }
        let node = self.value()?;
        self.skip_space()?;
        match self.peek() {
            None => Ok(node),
            Some(_) => self.fail(self.at, format!("expected nothing more, found {}", self.found())),
        }
    }

    fn value(&mut self) -> Parsed<Node> {
        let start = self.at;
        if self.depth == MAX_DEPTH {
            return self.fail(start, format!("nested deeper than {MAX_DEPTH} levels"));
        }
        self.depth += 1;
        let kind = match self.peek() {
            Some('(') => self.group(None)?,
            Some('[') => Kind::List(self.items('[', ']', Self::value)?),
            Some('{') => self.map()?,
            Some('"') => self.string()?,
            Some('r') if self.rest()[1..].starts_with(['"', '#']) => self.raw_string()?,
            Some(c) if c.is_ascii_digit() || "+-.".contains(c) => self.number()?,
            Some(c) if is_name_start(c) => self.named()?,
            _ => return self.fail(start, format!("expected a value, found {}", self.found())),
        };
        self.depth -= 1;
        Ok(Node { origin: Origin::File { start }, kind })
    }

    fn number(&mut self) -> Parsed<Kind> {
        let start = self.at;
        let text = self.take_while(|c| c.is_ascii_alphanumeric() || "_.+-".contains(c));
        match number::is_number(&text) {
            true => Ok(Kind::Number(text)),
            false => self.fail(start, format!("`{text}` is not a number")),
        }
    }

    fn string(&mut self) -> Parsed<Kind> {
        let start = self.at;
        let mut escaped = false;
        let closing = self.rest()[1..].find(|c: char| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        });
        let Some(length) = closing else {
            return self.fail(start, "this string is never closed");
        };
        self.text_token(length + 2)
    }

    fn raw_string(&mut self) -> Parsed<Kind> {
        let start = self.at;
        let hashes = self.rest()[1..].bytes().take_while(|byte| *byte == b'#').count();
        let open = 2 + hashes;
        let close = format!("\"{}", "#".repeat(hashes));
        if !self.rest()[1 + hashes..].starts_with('"') {
            return self.fail(start, "expected a value, found `r#`");
        }
        match self.rest()[open..].find(&close) {
            Some(length) => self.text_token(open + length + close.len()),
            None => self.fail(start, "this string is never closed"),
        }
    }

    fn text_token(&mut self, length: usize) -> Parsed<Kind> {
        let start = self.at;
        match ron::from_str::<String>(&self.rest()[..length]) {
            Ok(text) => {
                self.at += length;
                Ok(Kind::Text(text))
            }
            Err(error) => self.fail(start, format!("in this string: {}", error.code)),
        }
    }

    /// A value that starts with a name: `true`, `Some(…)`, an enum variant, a named struct.
    fn named(&mut self) -> Parsed<Kind> {
        let start = self.at;
        let name = self.name();
        if self.peek().is_some_and(|c| "\"'#".contains(c)) {
            return self.fail(start, format!("expected a value, found `{name}` before a quote or `#`"));
        }
        match name.as_str() {
            "true" => return Ok(Kind::Bool(true)),
            "false" => return Ok(Kind::Bool(false)),
            "None" => return Ok(Kind::None),
            "inf" | "inff32" | "inff64" | "NaN" | "NaNf32" | "NaNf64" => return Ok(Kind::Number(name)),
            _ => {}
        }
        let after_name = self.at;
        self.skip_space()?;
        match (self.peek(), name.as_str()) {
            (Some('('), "Some") => self.some(start),
            (_, "Some") => self.fail(start, "expected `Some(value)`"),
            (Some('('), _) => self.group(Some(name)),
            _ => {
                self.at = after_name;
                Ok(Kind::Name(name))
            }
        }
    }

    fn some(&mut self, start: usize) -> Parsed<Kind> {
        let mut items = self.items('(', ')', Self::value)?;
        match (items.pop(), items.is_empty()) {
            (Some(item), true) => Ok(Kind::Some(Box::new(item))),
            _ => self.fail(start, "`Some(…)` holds one value"),
        }
    }

    /// The parenthesised part of a tuple or struct; which of them is told by a `:` after the first name.
    fn group(&mut self, name: Option<String>) -> Parsed<Kind> {
        let start = self.at;
        self.at += 1;
        self.skip_space()?;
        let first = self.name();
        self.skip_space()?;
        let has_keys = !first.is_empty() && self.peek() == Some(':');
        self.at = start;
        if !has_keys {
            return Ok(Kind::Tuple { name, items: self.items('(', ')', Self::value)? });
        }
        let fields = self.items('(', ')', Self::field)?;
        self.refuse_duplicates(fields.iter().map(|field| (field.key.clone(), &field.origin)));
        Ok(Kind::Struct { name, fields })
    }

    fn field(&mut self) -> Parsed<Field> {
        let start = self.at;
        let key = self.name();
        if key.is_empty() {
            return self.fail(start, format!("expected a key, found {}", self.found()));
        }
        self.colon(&key)?;
        Ok(Field { key, origin: Origin::File { start }, value: self.value()? })
    }

    fn map(&mut self) -> Parsed<Kind> {
        let entries = self.items('{', '}', |parser| {
            let key = parser.value()?;
            parser.colon(&key.shown())?;
            Ok((key, parser.value()?))
        })?;
        self.refuse_duplicates(entries.iter().map(|(key, _)| (canonical::map_key(key), &key.origin)));
        Ok(Kind::Map(entries))
    }

    fn colon(&mut self, key: &str) -> Parsed<()> {
        self.skip_space()?;
        if self.peek() != Some(':') {
            return self.fail(self.at, format!("expected `:` after `{key}`, found {}", self.found()));
        }
        self.at += 1;
        self.skip_space()
    }

    /// `open item, item, … close`, from `open` on.
    fn items<T>(&mut self, open: char, close: char, item: impl Fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let start = self.at;
        let mut items = Vec::new();
        self.at += 1;
        loop {
            self.skip_space()?;
            match self.peek() {
                None => return self.fail(start, format!("this `{open}` is never closed")),
                Some(c) if c == close => break,
                Some(_) => items.push(item(self)?),
            }
            self.skip_space()?;
            match self.peek() {
                None => return self.fail(start, format!("this `{open}` is never closed")),
                Some(',') => self.at += 1,
                Some(c) if c == close => break,
                Some(_) => {
                    let message = format!("expected `,` or `{close}`, found {}", self.found());
                    return self.fail(self.at, message);
                }
            }
        }
        self.at += 1;
        Ok(items)
    }

    fn refuse_duplicates<'b>(&mut self, keys: impl Iterator<Item = (String, &'b Origin)>) {
        let mut seen = HashMap::new();
        for (key, origin) in keys {
            let Origin::File { start } = *origin else { continue };
            match seen.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(start);
                }
                Entry::Occupied(first) if self.duplicates.len() < MOST_PROBLEMS => {
                    let (line, column) = self.source.position(*first.get());
                    let message = format!("the key `{}` is given twice, first at {line}:{column}", first.key());
                    self.duplicates.push(self.source.problem(start, message));
                }
                Entry::Occupied(_) => {}
            }
        }
    }

    fn skip_space(&mut self) -> Parsed<()> {
        loop {
            self.take_while(is_space);
            if self.rest().starts_with("//") {
                self.take_while(|c| c != '\n');
            } else if self.rest().starts_with("/*") {
                self.skip_block_comment()?;
            } else {
                return Ok(());
            }
        }
    }

    fn skip_block_comment(&mut self) -> Parsed<()> {
        let start = self.at;
        let mut open = 0;
        loop {
            let rest = self.rest();
            let length = match () {
                () if rest.starts_with("/*") => {
                    open += 1;
                    2
                }
                () if rest.starts_with("*/") => {
                    open -= 1;
                    2
                }
                () => match rest.chars().next() {
                    Some(c) => c.len_utf8(),
                    None => return self.fail(start, "this comment is never closed"),
                },
            };
            self.at += length;
            if open == 0 {
                return Ok(());
            }
        }
    }

    fn name(&mut self) -> String {
        match self.peek().is_some_and(is_name_start) {
            true => self.take_while(|c| c == '_' || c.is_alphanumeric()),
            false => String::new(),
        }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        let taken = rest[..length].to_owned();
        self.at += length;
        taken
    }

    fn rest(&self) -> &str {
        &self.source.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// What stands here, for a message.
    fn found(&self) -> String {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let word: String = self.rest().chars().take_while(|c| is_word(*c)).take(30).collect();
        match (word.is_empty(), self.peek()) {
            (_, None) => "the end of the file".to_owned(),
            (false, _) => format!("`{word}`"),
            (true, Some(c)) if c.is_ascii_graphic() => format!("`{c}`"),
            (true, Some(c)) => format!("`{}`", c.escape_unicode()),
        }
    }

    fn fail<T>(&self, at: usize, message: impl Into<String>) -> Parsed<T> {
        Err(self.source.problem(at, message))
    }
}

fn is_name_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

/// The white space of RON.
fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
    )
}
