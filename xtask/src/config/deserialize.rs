//! From the located tree to a `Deserialize` type, keeping track of where things are.

use serde::de::{self, Visitor};
use serde::forward_to_deserialize_any;

use super::access::{Entries, Fields, Items, Variant};
use super::error::{MOST_PROBLEMS, suggestion};
use super::failure::{Failure, Flaw};
use super::tree::{Field, Kind, Node};
use super::{canonical, number};

/// serde's view of one node.
#[derive(Clone, Copy)]
pub(super) struct NodeDeserializer<'de> {
    node: &'de Node,
    /// Whether the node's name has been read as a variant's, so that what is left is `(…)`.
    name_is_read: bool,
}

impl<'de> NodeDeserializer<'de> {
    pub(super) fn new(node: &'de Node) -> Self {
        Self { node, name_is_read: false }
    }

    /// For the struct in `Variant(key: value)`.
    pub(super) fn behind_name(node: &'de Node) -> Self {
        Self { node, name_is_read: true }
    }

    fn refuse<T>(self, rule: impl Into<String>) -> Result<T, Failure> {
        Err(Failure::because(rule).at(self.node))
    }

    fn number<T>(self, read: impl Fn(&str) -> Result<T, String>) -> Result<T, Failure> {
        match &self.node.kind {
            Kind::Number(text) => read(text).or_else(|rule| self.refuse(rule)),
            // Any text that is no number yields the rule for this type.
            _ => match read("?") {
                Err(rule) => self.refuse(rule),
                Ok(_) => self.refuse("must be a number"),
            },
        }
    }

    /// Unknown keys, all at once.
    fn require_known(self, fields: &[Field], known: &[&str]) -> Result<(), Failure> {
        let unknown = fields.iter().filter(|field| !known.contains(&field.key.as_str()));
        let flaws: Vec<_> = unknown
            .take(MOST_PROBLEMS)
            .map(|field| {
                let message = format!("unknown key `{}`: {}", field.key, suggestion(&field.key, known, "keys"));
                Flaw::new(message).about(&field.origin)
            })
            .collect();
        if flaws.is_empty() { Ok(()) } else { Err(Failure(flaws)) }
    }

    pub(super) fn fields<V: Visitor<'de>>(
        self,
        fields: &'de [Field],
        known: &[&str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.require_known(fields, known)?;
        visitor.visit_map(Fields { rest: fields.iter(), value: None }).map_err(|failure| failure.at(self.node))
    }

    pub(super) fn items<V: Visitor<'de>>(self, items: &'de [Node], visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_seq(Items { items, next: 0 }).map_err(|failure| failure.at(self.node))
    }
}

macro_rules! deserialize_integers {
    ($($method:ident $visit:ident $type:ty,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
            let value = self.number(|text| number::integer::<$type>(text, <$type>::MIN, <$type>::MAX))?;
            visitor.$visit(value).map_err(|failure: Failure| failure.at(self.node))
        }
    )*};
}

impl<'de> de::Deserializer<'de> for NodeDeserializer<'de> {
    type Error = Failure;

    deserialize_integers! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64,
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let value = self.number(number::float)?;
        visitor.visit_f64(value).map_err(|failure: Failure| failure.at(self.node))
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let value = self.number(number::float)?;
        if (value as f32).is_infinite() {
            return self.refuse(format!("must be at most {:e} in size", f32::MAX));
        }
        visitor.visit_f64(value).map_err(|failure: Failure| failure.at(self.node))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.node.kind {
            Kind::Bool(value) => visitor.visit_bool(value).map_err(|failure: Failure| failure.at(self.node)),
            _ => self.refuse("must be true or false"),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match &self.node.kind {
            Kind::Text(text) => visitor.visit_borrowed_str(text).map_err(|failure: Failure| failure.at(self.node)),
            _ => self.refuse("must be a string in quotes"),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match &self.node.kind {
            Kind::None => visitor.visit_none(),
            Kind::Some(inner) => visitor.visit_some(Self::new(inner)),
            _ => self.refuse("must be None or Some(value)"),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match &self.node.kind {
            Kind::Tuple { name: None, items } if items.is_empty() => visitor.visit_unit(),
            _ => self.refuse("must be `()`"),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Failure> {
        match &self.node.kind {
            Kind::Tuple { name: None, items } if items.len() == 1 => visitor.visit_newtype_struct(Self::new(&items[0])),
            _ => visitor.visit_newtype_struct(self),
        }
        .map_err(|failure: Failure| failure.at(self.node))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match &self.node.kind {
            Kind::List(items) => self.items(items, visitor),
            _ => self.refuse("must be a list `[…]`"),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Failure> {
        match &self.node.kind {
            Kind::List(items) | Kind::Tuple { name: None, items } if items.len() == len => self.items(items, visitor),
            _ => self.refuse(format!("must be {len} values in `(…)`")),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match &self.node.kind {
            Kind::Map(entries) => visitor
                .visit_map(Entries { rest: entries.iter(), current: None })
                .map_err(|failure| failure.at(self.node)),
            _ => self.refuse("must be a map `{key: value, …}`"),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match &self.node.kind {
            Kind::Struct { name, fields } if name.is_none() || self.name_is_read => self.fields(fields, known, visitor),
            Kind::Tuple { name: None, items } if items.is_empty() => self.fields(&[], known, visitor),
            Kind::Struct { name: Some(_), .. } => self.refuse("must be `( key: value, … )` without a name before it"),
            _ => self.refuse(format!("must be `( key: value, … )` with the keys {}", known.join(", "))),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let name = match &self.node.kind {
            Kind::Name(name) => name,
            Kind::Struct { name: Some(name), .. } | Kind::Tuple { name: Some(name), .. } if !self.name_is_read => name,
            _ => return self.refuse(format!("must be one of {}", variants.join(", "))),
        };
        if !variants.contains(&name.as_str()) {
            return self.refuse(format!("unknown variant `{name}`: {}", suggestion(name, variants, "variants")));
        }
        visitor.visit_enum(Variant { name, node: self.node }).map_err(|failure| failure.at(self.node))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    /// For types that look before they choose (untagged enums); places inside the value are lost.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let json = canonical::json(self.node);
        de::Deserializer::deserialize_any(json, visitor)
            .map_err(|error| Failure::because(error.to_string()).at(self.node))
    }

    forward_to_deserialize_any! { i128 u128 bytes byte_buf identifier }
}
