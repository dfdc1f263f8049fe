//! serde's view of what is inside a node: keys and values, items, a variant's data.

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};

use super::deserialize::NodeDeserializer;
use super::failure::Failure;
use super::tree::{Field, Kind, Node};

/// The keys and values of a struct.
pub(super) struct Fields<'de> {
    pub(super) rest: std::slice::Iter<'de, Field>,
    pub(super) value: Option<&'de Field>,
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
pub(super) struct Entries<'de> {
    pub(super) rest: std::slice::Iter<'de, (Node, Node)>,
    pub(super) current: Option<&'de (Node, Node)>,
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
pub(super) struct Items<'de> {
    pub(super) items: &'de [Node],
    pub(super) next: usize,
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
pub(super) struct Variant<'de> {
    pub(super) name: &'de str,
    pub(super) node: &'de Node,
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
