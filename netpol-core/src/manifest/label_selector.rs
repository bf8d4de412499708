//! `LabelSelector`, which every policy API shares.

use super::decode::placeholder::has_placeholder;
use super::decode::{Decoder, GoType, Path};
use crate::selector::{Operator, Requirement, Selector};
use crate::text::{Span, Spanned};
use crate::yaml::{Node, Value};

/// A label selector as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelSelector {
    /// `matchLabels`: keys and values, in the order of the text.
    pub match_labels: Vec<(Spanned<String>, Spanned<String>)>,
    /// `matchExpressions`.
    pub match_expressions: Vec<Spanned<Expression>>,
}

/// One item of `matchExpressions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// `key`; empty, at the item, when it is missing.
    pub key: Spanned<String>,
    /// `operator`; empty, at the item, when it is missing.
    pub operator: Spanned<String>,
    /// `values`.
    pub values: Vec<Spanned<String>>,
    /// Where the key `values` stands, if it does.
    pub values_key: Option<Span>,
}

const LABELS: GoType = GoType::new("LabelSelector", "map[string]string");
const LABEL: GoType = GoType::new("LabelSelector", "string");
const EXPRESSIONS: GoType = GoType::new("LabelSelector", "[]v1.LabelSelectorRequirement");
const EXPRESSION: GoType = GoType::new("LabelSelector", "v1.LabelSelectorRequirement");
const KEY: GoType = GoType::new("LabelSelectorRequirement", "string");
const OPERATOR: GoType = GoType::new("LabelSelectorRequirement", "v1.LabelSelectorOperator");
const VALUES: [GoType; 2] =
    [GoType::new("LabelSelectorRequirement", "[]string"), GoType::new("LabelSelectorRequirement", "string")];

impl LabelSelector {
    /// Reads a selector in a field of the Go type `owner`; `None` for `null` and for another type, which is reported.
    pub fn read(
        decoder: &mut Decoder<'_>,
        node: &Node<'_>,
        path: &Path<'_>,
        owner: &'static str,
    ) -> Option<Spanned<Self>> {
        let mapping = decoder.mapping(node, path, GoType::new(owner, "v1.LabelSelector"))?;
        let mut selector = Self::default();
        for entry in &mapping.entries {
            let path = path.field(&entry.key);
            match entry.key.as_ref() {
                "matchLabels" => selector.match_labels = match_labels(decoder, &entry.value, &path),
                "matchExpressions" => {
                    selector.match_expressions = match_expressions(decoder, &entry.value, &path);
                }
                _ => {
                    let known = ["matchLabels", "matchExpressions"];
                    decoder.field_beside(entry, &mapping.entries, &path, &known);
                }
            }
        }
        Some(Spanned { value: selector, span: node.span, via: node.via })
    }

    /// Whether it says what it selects: its operators exist, and have values where they need them.
    pub fn is_sound(&self) -> bool {
        self.match_expressions.iter().all(|expression| {
            let has_values = !expression.value.values.is_empty();
            match Operator::parse(&expression.value.operator.value) {
                Some(Operator::In | Operator::NotIn) => has_values,
                Some(Operator::Exists | Operator::DoesNotExist) => !has_values,
                None => false,
            }
        })
    }

    /// The selector in normal form; a requirement with an operator that does not exist is left out.
    pub fn to_selector(&self) -> Selector {
        let labels = self
            .match_labels
            .iter()
            .map(|(key, value)| requirement(&key.value, Operator::In, std::iter::once(value.value.as_str())));
        let expressions = self.match_expressions.iter().filter_map(|expression| {
            let operator = Operator::parse(&expression.value.operator.value)?;
            let values = expression.value.values.iter().map(|value| value.value.as_str());
            Some(requirement(&expression.value.key.value, operator, values))
        });
        Selector::new(labels.chain(expressions))
    }
}

fn requirement<'v>(key: &str, operator: Operator, values: impl Iterator<Item = &'v str>) -> Requirement {
    let mut has_unknown_value = false;
    let known = values.filter(|value| {
        let is_unknown = has_placeholder(value);
        has_unknown_value |= is_unknown;
        !is_unknown
    });
    let mut requirement = Requirement::new(key, operator, known.map(str::to_owned));
    requirement.has_unknown_value = has_unknown_value;
    if has_placeholder(key) {
        requirement.key = None;
    }
    requirement
}

fn match_labels(
    decoder: &mut Decoder<'_>,
    node: &Node<'_>,
    path: &Path<'_>,
) -> Vec<(Spanned<String>, Spanned<String>)> {
    let Some(mapping) = decoder.mapping(node, path, LABELS) else { return Vec::new() };
    let labels = mapping.entries.iter().filter_map(|entry| {
        let via = entry.value.via;
        let key = Spanned { value: entry.key.clone().into_owned(), span: entry.key_span, via };
        decoder.note_label(entry);
        let value = match entry.value.value {
            Value::Null => Spanned { value: String::new(), span: entry.value.span, via },
            // Go names the map alone, not the key.
            _ => decoder.string(&entry.value, path, LABEL)?,
        };
        Some((key, value))
    });
    labels.collect()
}

fn match_expressions(
    decoder: &mut Decoder<'_>,
    node: &Node<'_>,
    path: &Path<'_>,
) -> Vec<Spanned<Expression>> {
    let items = decoder.sequence(node, path, EXPRESSIONS).unwrap_or_default();
    let expressions =
        items.iter().enumerate().map(|(index, item)| expression(decoder, item, &path.index(index)));
    expressions.collect()
}

fn expression(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Spanned<Expression> {
    let missing = || Spanned { value: String::new(), span: node.span, via: node.via };
    let mut expression =
        Expression { key: missing(), operator: missing(), values: Vec::new(), values_key: None };
    let entries = decoder.mapping(node, path, EXPRESSION).map(|mapping| mapping.entries.as_slice());
    let entries = entries.unwrap_or_default();
    for entry in entries {
        let path = path.field(&entry.key);
        match entry.key.as_ref() {
            "key" => expression.key = decoder.string(&entry.value, &path, KEY).unwrap_or_else(missing),
            "operator" => {
                expression.operator = decoder.string(&entry.value, &path, OPERATOR).unwrap_or_else(missing);
            }
            "values" => {
                expression.values = decoder.strings(&entry.value, &path, VALUES).unwrap_or_default();
                expression.values_key = Some(entry.key_span);
            }
            _ => decoder.field_beside(entry, entries, &path, &["key", "operator", "values"]),
        }
    }
    Spanned { value: expression, span: node.span, via: node.via }
}
