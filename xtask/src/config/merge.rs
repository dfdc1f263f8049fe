//! Laying one tree over another.

use std::collections::HashMap;

use super::canonical::map_key;
use super::tree::{Field, Kind, Node};

/// `base` with everything that `overlay` gives: structs and maps key by key, all else replaced whole.
///
/// Keys that only the overlay has are added; whether they belong there is for the deserialiser to say, which then
/// points at the overlay. Structs of different names (other variants of an enum) replace one another.
pub(super) fn merge(base: Node, overlay: Node) -> Node {
    let Node { origin, kind } = overlay;
    let (origin, kind) = match (base.kind, kind) {
        (Kind::Struct { name, fields }, Kind::Struct { name: other, fields: over }) if agree(&name, &other) => {
            (base.origin, Kind::Struct { name: other.or(name), fields: merge_fields(fields, over) })
        }
        (kind @ Kind::Struct { .. }, Kind::Tuple { name: None, items }) if items.is_empty() => (base.origin, kind),
        (Kind::Tuple { name, items }, Kind::Struct { name: other, fields })
            if items.is_empty() && agree(&name, &other) =>
        {
            (base.origin, Kind::Struct { name: other.or(name), fields })
        }
        (Kind::Map(entries), Kind::Map(over)) => (base.origin, Kind::Map(merge_entries(entries, over))),
        (Kind::Some(inner), Kind::Some(over)) => (base.origin, Kind::Some(Box::new(merge(*inner, *over)))),
        (_, kind) => (origin, kind),
    };
    Node { origin, kind }
}

fn agree(base: &Option<String>, overlay: &Option<String>) -> bool {
    overlay.is_none() || base == overlay
}

fn merge_fields(mut base: Vec<Field>, overlay: Vec<Field>) -> Vec<Field> {
    let known: HashMap<String, usize> = base.iter().map(|field| field.key.clone()).zip(0..).collect();
    for field in overlay {
        match known.get(&field.key) {
            Some(&index) => {
                let under = &mut base[index].value;
                *under = merge(under.clone(), field.value);
            }
            None => base.push(field),
        }
    }
    base
}

fn merge_entries(mut base: Vec<(Node, Node)>, overlay: Vec<(Node, Node)>) -> Vec<(Node, Node)> {
    let known: HashMap<String, usize> = base.iter().map(|(key, _)| map_key(key)).zip(0..).collect();
    for (key, value) in overlay {
        match known.get(&map_key(&key)) {
            Some(&index) => {
                let under = &mut base[index].1;
                *under = merge(under.clone(), value);
            }
            None => base.push((key, value)),
        }
    }
    base
}
