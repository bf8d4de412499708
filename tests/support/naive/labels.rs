//! Label selectors over labels that may be known in part.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Truth;

/// Labels: a value, or `None` where the label is there with a value that the input does not tell.
pub type Known = BTreeMap<String, Option<String>>;

/// What is known of a label that is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It is not there.
    Absent,
    /// Whoever wants it takes it for absent; whoever forbids it cannot know.
    AssumedAbsent,
    /// Nothing.
    Unknown,
}

/// The labels of an object.
#[derive(Debug, Clone)]
pub struct Labels {
    pub known: Known,
    pub rest: Rest,
}

impl Labels {
    /// These labels and no other.
    pub fn only(known: Known) -> Self {
        Self { known, rest: Rest::Absent }
    }
}

/// The labels under `metadata` of an object; a null value is the empty text.
pub fn of_metadata(metadata: &Value) -> Known {
    entries(&metadata["labels"]).map(|(key, value)| (key, told(value))).collect()
}

/// A text, unless something is still to be substituted in it.
fn told(text: String) -> Option<String> {
    (!is_placeholder(&text)).then_some(text)
}

/// Whether something is still to be substituted in a text.
pub fn is_placeholder(text: &str) -> bool {
    text.contains("${")
}

/// The key and value pairs of a map of texts.
pub fn entries(map: &Value) -> impl Iterator<Item = (String, String)> + '_ {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    map.as_object().into_iter().flatten().map(move |(key, value)| (key.clone(), text(value)))
}

/// Whether a `LabelSelector` selects the labels. All of its parts must hold; an empty one selects everything.
pub fn selects(selector: &Value, labels: &Labels) -> Truth {
    let equalities =
        entries(&selector["matchLabels"]).map(|(key, value)| is_one_of(labels, &key, &[told(value)]));
    let expressions = items(&selector["matchExpressions"]).iter().map(|expression| holds(expression, labels));
    Truth::all(equalities.chain(expressions))
}

/// The items of a list; none for null and for a missing list.
pub fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn holds(expression: &Value, labels: &Labels) -> Truth {
    let key = expression["key"].as_str().unwrap_or_default();
    let values: Vec<Option<String>> = items(&expression["values"])
        .iter()
        .map(|value| told(value.as_str().unwrap_or_default().to_owned()))
        .collect();
    match expression["operator"].as_str() {
        Some("In") => is_one_of(labels, key, &values),
        Some("NotIn") => is_none_of(labels, key, &values),
        Some("Exists") => exists(labels, key),
        Some("DoesNotExist") => exists_not(labels, key),
        other => unreachable!("the policy was validated, yet it has the operator {other:?}"),
    }
}

/// Whether a value is among those of a list, of which some may not be known.
fn is_listed(value: &str, values: &[Option<String>]) -> Truth {
    match (values.iter().flatten().any(|listed| listed == value), values.contains(&None)) {
        (true, _) => Truth::Yes,
        (false, true) => Truth::Unknown,
        (false, false) => Truth::No,
    }
}

fn is_one_of(labels: &Labels, key: &str, values: &[Option<String>]) -> Truth {
    match (labels.known.get(key), labels.rest) {
        (Some(Some(value)), _) => is_listed(value, values),
        (Some(None), _) | (None, Rest::Unknown) => Truth::Unknown,
        (None, Rest::Absent | Rest::AssumedAbsent) => Truth::No,
    }
}

fn is_none_of(labels: &Labels, key: &str, values: &[Option<String>]) -> Truth {
    match (labels.known.get(key), labels.rest) {
        (Some(Some(value)), _) => is_listed(value, values).opposite(),
        (None, Rest::Absent) => Truth::Yes,
        (Some(None), _) | (None, Rest::AssumedAbsent | Rest::Unknown) => Truth::Unknown,
    }
}

fn exists(labels: &Labels, key: &str) -> Truth {
    match (labels.known.get(key), labels.rest) {
        (Some(_), _) => Truth::Yes,
        (None, Rest::Unknown) => Truth::Unknown,
        (None, Rest::Absent | Rest::AssumedAbsent) => Truth::No,
    }
}

fn exists_not(labels: &Labels, key: &str) -> Truth {
    match (labels.known.get(key), labels.rest) {
        (Some(_), _) => Truth::No,
        (None, Rest::Absent) => Truth::Yes,
        (None, Rest::AssumedAbsent | Rest::Unknown) => Truth::Unknown,
    }
}
