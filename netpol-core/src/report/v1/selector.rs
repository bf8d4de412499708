//! Label selectors on the wire, as Kubernetes spells them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cluster::Namespace;
use crate::selector::{Operator, Requirement, Selector};

/// What a placeholder stands for on the wire.
const PLACEHOLDER: &str = "?";

/// A label selector: `{}` selects everything.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LabelSelector<'a> {
    /// Labels with the value that they must have.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub match_labels: BTreeMap<&'a str, &'a str>,
    /// What else is asked of labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub match_expressions: Vec<Expression<'a>>,
}

/// One requirement of a selector.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Expression<'a> {
    /// The key of the label.
    pub key: &'a str,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: &'static str,
    /// The values of `In` and `NotIn`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub values: Vec<&'a str>,
}

impl<'a> LabelSelector<'a> {
    /// The view of a selector.
    pub fn new(selector: &'a Selector) -> Self {
        let mut view = Self::default();
        for requirement in selector.requirements() {
            match (requirement.operator, requirement.key.as_deref(), requirement.values.as_slice()) {
                (Operator::In, Some(key), [value])
                    if !requirement.has_unknown_value && !view.match_labels.contains_key(key) =>
                {
                    view.match_labels.insert(key, value);
                }
                _ => view.match_expressions.push(Expression::new(requirement)),
            }
        }
        view
    }

    /// The selector of the namespace of a name.
    pub fn of_namespace(name: &'a str) -> Self {
        Self { match_labels: BTreeMap::from([(Namespace::NAME_LABEL, name)]), ..Self::default() }
    }
}

impl<'a> Expression<'a> {
    fn new(requirement: &'a Requirement) -> Self {
        let unknown = requirement.has_unknown_value.then_some(PLACEHOLDER);
        Self {
            key: requirement.key.as_deref().unwrap_or(PLACEHOLDER),
            operator: requirement.operator.name(),
            values: requirement.values.iter().map(String::as_str).chain(unknown).collect(),
        }
    }
}
