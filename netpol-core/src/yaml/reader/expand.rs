//! Copies of values: what an alias or a merge key brings.

use std::borrow::Cow;

use super::super::{Entry, Mapping, Node, Value};
use super::limits::{Budget, DEPTH};
use crate::text::Span;

/// A copy of an anchored value, for the anchor's own store; it keeps its places.
///
/// # Errors
/// The limit that was met.
pub(in crate::yaml) fn kept<'t>(node: &Node<'t>, budget: &mut Budget) -> Result<Node<'t>, String> {
    Copier { via: None, budget }.node(node, 0)
}

/// A copy of an anchored value that an alias or a merge key at `via` brings to a place at `depth`.
///
/// # Errors
/// The limit that was met.
pub(in crate::yaml) fn brought<'t>(
    node: &Node<'t>,
    via: Span,
    depth: usize,
    budget: &mut Budget,
) -> Result<Node<'t>, String> {
    Copier { via: Some(via), budget }.node(node, depth)
}

/// Says of a value and all within that it came through `via`.
pub(in crate::yaml) fn mark(node: &mut Node<'_>, via: Span) {
    node.via = Some(via);
    match &mut node.value {
        Value::Sequence(items) => items.iter_mut().for_each(|item| mark(item, via)),
        Value::Mapping(mapping) => mapping.entries.iter_mut().for_each(|entry| mark(&mut entry.value, via)),
        _ => {}
    }
}

struct Copier<'b> {
    via: Option<Span>,
    budget: &'b mut Budget,
}

impl Copier<'_> {
    fn node<'t>(&mut self, node: &Node<'t>, depth: usize) -> Result<Node<'t>, String> {
        if depth > DEPTH {
            return Err(too_deep());
        }
        let value = match &node.value {
            Value::Sequence(items) => {
                self.budget.take(0)?;
                Value::Sequence(
                    items.iter().map(|item| self.node(item, depth + 1)).collect::<Result<_, _>>()?,
                )
            }
            Value::Mapping(mapping) => {
                self.budget.take(0)?;
                let entries = mapping.entries.iter().map(|entry| self.entry(entry, depth + 1));
                Value::Mapping(Mapping { entries: entries.collect::<Result<_, _>>()? })
            }
            scalar => {
                self.budget.take(if let Value::String(Cow::Owned(text)) = scalar {
                    text.len()
                } else {
                    0
                })?;
                scalar.clone()
            }
        };
        Ok(Node { value, span: node.span, via: self.via.or(node.via) })
    }

    fn entry<'t>(&mut self, entry: &Entry<'t>, depth: usize) -> Result<Entry<'t>, String> {
        self.budget.take(if let Cow::Owned(key) = &entry.key { key.len() } else { 0 })?;
        Ok(Entry { key: entry.key.clone(), key_span: entry.key_span, value: self.node(&entry.value, depth)? })
    }
}

/// The message of the limit on depth.
pub(in crate::yaml) fn too_deep() -> String {
    format!("lists and mappings are nested more than {DEPTH} deep")
}
