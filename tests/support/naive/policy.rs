//! A `NetworkPolicy` as stored after defaulting, or the knowledge that the API server refuses it.

use serde_json::Value;

use super::address::Block;
use super::labels::{entries, is_placeholder, items};

/// Ingress or egress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    /// The name of the list of rules.
    pub const fn rules(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    /// The name of the list of peers of a rule.
    pub const fn peers(self) -> &'static str {
        match self {
            Self::Ingress => "from",
            Self::Egress => "to",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Ingress => "Ingress",
            Self::Egress => "Egress",
        }
    }
}

/// A policy of the input.
#[derive(Debug, Clone)]
pub struct Policy {
    pub namespace: String,
    pub spec: Value,
    /// Whether the API server refuses it, so that it is in no cluster as it stands.
    pub is_refused: bool,
    /// Whether the selector of its subject can be relied on.
    pub has_good_subject: bool,
}

impl Policy {
    /// The policy of an object.
    pub fn new(object: &Value, default_namespace: &str) -> Self {
        let namespace = object["metadata"]["namespace"].as_str().filter(|name| !name.is_empty());
        let spec = object["spec"].clone();
        let has_good_subject = is_selector(&spec["podSelector"]);
        Self {
            namespace: namespace.unwrap_or(default_namespace).to_owned(),
            is_refused: !has_good_subject || !is_spec(&spec),
            has_good_subject,
            spec,
        }
    }

    /// Whether it has a direction among its `policyTypes`: when none is listed, ingress always, and egress when
    /// there is an egress rule.
    pub fn acts_on(&self, direction: Direction) -> bool {
        let types = items(&self.spec["policyTypes"]);
        match direction {
            Direction::Ingress if types.is_empty() => true,
            Direction::Egress if types.is_empty() => !items(&self.spec["egress"]).is_empty(),
            _ => types.iter().any(|name| name == direction.name()),
        }
    }
}

fn is_spec(spec: &Value) -> bool {
    let types = items(&spec["policyTypes"]);
    let are_types = types.len() <= 2 && types.iter().all(|name| name == "Ingress" || name == "Egress");
    let are_rules = [Direction::Ingress, Direction::Egress]
        .into_iter()
        .all(|direction| items(&spec[direction.rules()]).iter().all(|rule| is_rule(rule, direction)));
    are_types && are_rules
}

fn is_rule(rule: &Value, direction: Direction) -> bool {
    items(&rule[direction.peers()]).iter().all(is_peer) && items(&rule["ports"]).iter().all(is_port)
}

fn is_peer(peer: &Value) -> bool {
    let has = |field: &str| !peer[field].is_null();
    let selects_pods = has("podSelector") || has("namespaceSelector");
    let is_exclusive = has("ipBlock") != selects_pods;
    let are_selectors = is_selector(&peer["podSelector"]) && is_selector(&peer["namespaceSelector"]);
    is_exclusive && are_selectors && (selects_pods || Block::read(&peer["ipBlock"]).is_some())
}

fn is_port(port: &Value) -> bool {
    let is_protocol =
        port["protocol"].is_null() || ["TCP", "UDP", "SCTP"].iter().any(|name| port["protocol"] == *name);
    let is_number = |number: i64| (1..=65535).contains(&number);
    let end = &port["endPort"];
    is_protocol
        && match &port["port"] {
            Value::Null => end.is_null(),
            Value::String(name) => end.is_null() && is_port_name(name),
            number => number.as_i64().is_some_and(|first| {
                is_number(first)
                    && (end.is_null() || end.as_i64().is_some_and(|last| last >= first && is_number(last)))
            }),
        }
}

pub(super) fn is_port_name(name: &str) -> bool {
    (1..=15).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && name.bytes().any(|byte| byte.is_ascii_lowercase())
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}

fn is_selector(selector: &Value) -> bool {
    entries(&selector["matchLabels"]).all(|(key, value)| is_label_key(&key) && is_label_value(&value))
        && items(&selector["matchExpressions"]).iter().all(is_expression)
}

fn is_expression(expression: &Value) -> bool {
    let values = items(&expression["values"]);
    let is_operator = match expression["operator"].as_str() {
        Some("In" | "NotIn") => !values.is_empty(),
        Some("Exists" | "DoesNotExist") => values.is_empty(),
        _ => false,
    };
    is_operator
        && is_label_key(expression["key"].as_str().unwrap_or_default())
        && values.iter().all(|value| value.is_null() || value.as_str().is_some_and(is_label_value))
}

pub(super) fn is_label_key(key: &str) -> bool {
    let name = match key.split_once('/') {
        Some(("", _)) => return false,
        Some((_, name)) => name,
        None => key,
    };
    !name.is_empty() && is_label_value(name)
}

pub(super) fn is_label_value(value: &str) -> bool {
    let is_edge = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_alphanumeric);
    let bytes = value.as_bytes();
    is_placeholder(value)
        || bytes.len() <= 63
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
            && is_edge(bytes.first())
            && is_edge(bytes.last())
}
