//! Label selectors as kubectl spells them.

use super::SpellingError;
use crate::selector::{Operator, Requirement, Selector};

/// A selector, and the labels it describes when it is made of equalities alone.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) selector: Selector,
    pub(super) equalities: Option<Vec<(String, String)>>,
}

/// Reads `app=web,tier!=db,env in (a,b),env notin (c),key,!key`.
pub(super) fn parse(text: &str) -> Result<Parsed, SpellingError> {
    let wrong = || SpellingError::Selector { text: text.to_owned() };
    let requirements: Option<Vec<Requirement>> = split(text).into_iter().map(requirement).collect();
    let requirements = requirements.ok_or_else(wrong)?;
    let equality = |requirement: &Requirement| match (requirement.operator, requirement.values.as_slice()) {
        (Operator::In, [value]) => Some((requirement.key.clone()?, value.clone())),
        _ => None,
    };
    let mut equalities: Option<Vec<(String, String)>> = requirements.iter().map(equality).collect();
    if let Some(labels) = &mut equalities {
        labels.sort_unstable();
        labels.dedup();
        // One key with two values describes no pod.
        if labels.windows(2).any(|pair| matches!(pair, [a, b] if a.0 == b.0)) {
            equalities = None;
        }
    }
    Ok(Parsed { selector: Selector::new(requirements), equalities })
}

/// The pieces between commas that stand outside parentheses.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0i32;
    text.split(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        character == ',' && depth <= 0
    })
    .map(str::trim)
    .collect()
}

fn requirement(text: &str) -> Option<Requirement> {
    if let Some(key) = text.strip_prefix('!') {
        return key_of(key).map(|key| Requirement::new(key, Operator::DoesNotExist, []));
    }
    for (sign, operator) in [("!=", Operator::NotIn), ("==", Operator::In), ("=", Operator::In)] {
        if let Some((key, value)) = text.split_once(sign) {
            return key_of(key)
                .zip(value_of(value))
                .map(|(key, value)| Requirement::new(key, operator, [value]));
        }
    }
    for (word, operator) in [(" notin ", Operator::NotIn), (" in ", Operator::In)] {
        if let Some((key, list)) = text.split_once(word) {
            let inner = list.trim().strip_prefix('(')?.strip_suffix(')')?;
            let values: Option<Vec<String>> = inner.split(',').map(value_of).collect();
            return Some(Requirement::new(key_of(key)?, operator, values?));
        }
    }
    key_of(text).map(|key| Requirement::new(key, Operator::Exists, []))
}

fn key_of(text: &str) -> Option<String> {
    let key = text.trim();
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    (!key.is_empty() && key.bytes().all(is_allowed)).then(|| key.to_owned())
}

fn value_of(text: &str) -> Option<String> {
    let value = text.trim();
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    value.bytes().all(is_allowed).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_read_as_kubectl_reads_them() {
        let read = |text| parse(text).unwrap().selector.to_string();
        assert_eq!(read("app=web,tier!=db"), "app=web,tier!=db");
        assert_eq!(read("env in (b, a),!x,y"), "env in (a, b),!x,y");
        assert_eq!(read("app.kubernetes.io/name==web"), "app.kubernetes.io/name=web");
        assert_eq!(read("env notin (a)"), "env!=a");
    }

    #[test]
    fn equalities_describe_a_pod() {
        assert!(parse("a=1,b=2").unwrap().equalities.is_some());
        assert!(parse("a=1,b!=2").unwrap().equalities.is_none());
        assert!(parse("a=1,a=2").unwrap().equalities.is_none());
        assert!(parse("a in (").is_err());
        assert!(parse("").is_err());
    }
}
