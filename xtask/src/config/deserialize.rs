//! From the located tree to a `Deserialize` type, keeping track of where things are.

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

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
    fn behind_name(node: &'de Node) -> Self {
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

/// The keys and values of a struct.
struct Fields<'de> {
    rest: std::slice::Iter<'de, Field>,
    value: Option<&'de Field>,
}

impl<'de> de::MapAccess<'de> for Fields<'de> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Failure> {
        self.value = self.rest.next();
        let Some(field) = self.value else { return Ok(None) };
        let key: StrDeserializer<'_, Failure> = field.key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Failure> {
        let Some(field) = self.value.take() else { return Err(Failure::because("a value without its key")) };
        seed.deserialize(NodeDeserializer::new(&field.value)).map_err(|failure| failure.under(&field.key))
    }
}

/// The keys and values of a map.
struct Entries<'de> {
    rest: std::slice::Iter<'de, (Node, Node)>,
    current: Option<&'de (Node, Node)>,
}

impl<'de> de::MapAccess<'de> for Entries<'de> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Failure> {
        self.current = self.rest.next();
        let Some((key, _)) = self.current else { return Ok(None) };
        seed.deserialize(NodeDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Failure> {
        let Some((key, value)) = self.current.take() else { return Err(Failure::because("a value without its key")) };
        seed.deserialize(NodeDeserializer::new(value)).map_err(|failure| failure.under(&key.shown()))
    }
}

/// The items of a list or tuple.
struct Items<'de> {
    items: &'de [Node],
    next: usize,
}

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Failure;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Failure> {
        let Some(item) = self.items.get(self.next) else { return Ok(None) };
        let index = format!("[{}]", self.next);
        self.next += 1;
        seed.deserialize(NodeDeserializer::new(item)).map(Some).map_err(|failure| failure.under(&index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

/// An enum variant: its name, and the node that holds its data, if any.
struct Variant<'de> {
    name: &'de str,
    node: &'de Node,
}

impl Variant<'_> {
    fn refuse<T>(&self, form: &str) -> Result<T, Failure> {
        Err(Failure::because(format!("must be `{}{form}`", self.name)).at(self.node))
    }

    fn refuse_struct<T>(&self, known: &[&str]) -> Result<T, Failure> {
        let message = format!("must be `{}( key: value, … )` with the keys {}", self.name, known.join(", "));
        Err(Failure::because(message).at(self.node))
    }
}

impl<'de> de::EnumAccess<'de> for Variant<'de> {
    type Error = Failure;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Failure> {
        let name: StrDeserializer<'_, Failure> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'de> {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        match &self.node.kind {
            Kind::Name(_) => Ok(()),
            _ => self.refuse(""),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Failure> {
        match &self.node.kind {
            Kind::Tuple { items, .. } if items.len() == 1 => seed.deserialize(NodeDeserializer::new(&items[0])),
            // `Variant(key: value)` for `Variant((key: value))`.
            Kind::Struct { .. } => seed.deserialize(NodeDeserializer::behind_name(self.node)),
            _ => self.refuse("(…)"),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Failure> {
        match &self.node.kind {
            Kind::Tuple { items, .. } if items.len() == len => NodeDeserializer::new(self.node).items(items, visitor),
            _ => Err(Failure::because(format!("must be `{}(…)` with {len} values", self.name)).at(self.node)),
        }
    }

    fn struct_variant<V: Visitor<'de>>(self, known: &'static [&'static str], visitor: V) -> Result<V::Value, Failure> {
        match &self.node.kind {
            Kind::Struct { fields, .. } => NodeDeserializer::new(self.node).fields(fields, known, visitor),
            Kind::Tuple { items, .. } if items.is_empty() => {
                NodeDeserializer::new(self.node).fields(&[], known, visitor)
            }
            _ => self.refuse_struct(known),
        }
    }
}
