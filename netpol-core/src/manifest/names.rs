//! The API server's rules for names, label keys and values, and port names, in its words.
//!
//! Each function returns what is wrong with a text; nothing when it is valid. Source: apimachinery
//! `pkg/api/validate/content` and `pkg/util/validation`, as recorded from a server 1.37.

use std::borrow::Cow;

/// One thing that is wrong, in the API server's words.
pub type Fault = Cow<'static, str>;

const QUALIFIED: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
    alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
    '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const OPTIONAL_PREFIX: &str = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or \
    '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex \
    used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or \
    '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const DNS_LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
    start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/// What to do about a label key whose prefix is no DNS name.
pub const PREFIX_ADVICE: &str =
    "what stands before the `/` of a label key is a DNS name in lower case, such as `example.com`";
/// What to do about a label key.
pub const KEY_ADVICE: &str = "a label key is a name of at most 63 letters, digits, `-`, `_` and `.`, such as `app` or `example.com/app`";
/// What to do about a label value with a letter that it may not have.
pub const VALUE_ADVICE: &str = "the value of a label has letters, digits, `-`, `_` and `.`, and begins and ends with a \
    letter or digit; one item names one value";
/// What to do about a label value that is too long.
pub const LENGTH_ADVICE: &str = "the value of a label has at most 63 letters";
/// What to do about the name of a port.
pub const PORT_ADVICE: &str = "the name of a port has at most 15 lower case letters, digits and hyphens, such as \
    `http-metrics`; a number stands without quotes";

/// What to do about a fault of a label key.
pub fn key_advice(fault: &str) -> &'static str {
    if fault.contains("prefix part") { PREFIX_ADVICE } else { KEY_ADVICE }
}

/// What to do about a fault of a label value.
pub fn value_advice(fault: &str) -> &'static str {
    if fault.contains("no more than") { LENGTH_ADVICE } else { VALUE_ADVICE }
}

/// What is wrong with a label key, or an annotation key in lower case.
pub fn label_key(key: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut parts = key.split('/');
    let name = match (parts.next(), parts.next(), parts.next()) {
        (Some(name), None, _) => name,
        (Some(prefix), Some(name), None) => {
            prefix_faults(prefix, &mut faults);
            name
        }
        _ => {
            faults.push(format!("a valid label key {QUALIFIED}{OPTIONAL_PREFIX}").into());
            return faults;
        }
    };
    if name.is_empty() {
        faults.push("name part must be non-empty".into());
    } else if name.len() > 63 {
        faults.push("name part must be no more than 63 bytes".into());
    }
    if !is_qualified(name) {
        faults.push(format!("name part {QUALIFIED}").into());
    }
    faults
}

/// What is wrong with a label value.
pub fn label_value(value: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if value.len() > 63 {
        faults.push("must be no more than 63 bytes".into());
    }
    if !value.is_empty() && !is_qualified(value) {
        faults.push(LABEL_VALUE.into());
    }
    faults
}

/// What is wrong with the name of an object that must be a DNS-1123 subdomain.
pub fn subdomain(name: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if name.len() > 253 {
        faults.push("must be no more than 253 characters".into());
    }
    if !is_subdomain(name) {
        faults.push(SUBDOMAIN.into());
    }
    faults
}

/// What is wrong with the name of a namespace, a DNS-1123 label.
pub fn namespace(name: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if name.len() > 63 {
        faults.push("must be no more than 63 characters".into());
    }
    if !is_dns_label(name) {
        let has_dots_only = name.contains('.') && is_subdomain(name);
        faults.push(if has_dots_only { "must not contain dots".into() } else { DNS_LABEL.into() });
    }
    faults
}

/// What is wrong with the name of a port.
pub fn port(name: &str) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    if name.len() > 15 {
        faults.push("must be no more than 15 characters".into());
    }
    if name.is_empty() || !name.bytes().all(|byte| is_lower(byte) || byte == b'-') {
        faults.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".into());
    }
    if !name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        faults.push("must contain at least one letter (a-z)".into());
    }
    if name.contains("--") {
        faults.push("must not contain consecutive hyphens".into());
    }
    if name.starts_with('-') || name.ends_with('-') {
        faults.push("must not begin or end with a hyphen".into());
    }
    faults
}

fn prefix_faults(prefix: &str, faults: &mut Vec<Fault>) {
    if prefix.is_empty() {
        faults.push("prefix part must be non-empty".into());
        return;
    }
    if prefix.len() > 253 {
        faults.push("prefix part must be no more than 253 bytes".into());
    }
    if !is_subdomain(prefix) {
        faults.push(format!("prefix part {SUBDOMAIN}").into());
    }
}

fn is_qualified(name: &str) -> bool {
    let ends = [name.bytes().next(), name.bytes().next_back()];
    ends.iter().all(|end| end.is_some_and(|byte| byte.is_ascii_alphanumeric()))
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn is_subdomain(name: &str) -> bool {
    name.split('.').all(is_dns_label)
}

fn is_dns_label(name: &str) -> bool {
    let ends = [name.bytes().next(), name.bytes().next_back()];
    ends.iter().all(|end| end.is_some_and(is_lower))
        && name.bytes().all(|byte| is_lower(byte) || byte == b'-')
}

const fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_key_has_at_most_one_prefix() {
        assert!(label_key("app.kubernetes.io/name").is_empty());
        assert_eq!(label_key("/a"), ["prefix part must be non-empty"]);
        assert_eq!(label_key("a/b/c").len(), 1);
        assert_eq!(label_key("").len(), 2);
        assert_eq!(label_key(&"x".repeat(64)), ["name part must be no more than 63 bytes"]);
    }

    #[test]
    fn an_empty_label_value_is_valid() {
        assert!(label_value("").is_empty());
        assert!(label_value("v1.2_3").is_empty());
        assert_eq!(label_value("v-").len(), 1);
    }

    #[test]
    fn a_namespace_with_dots_is_told_so() {
        assert_eq!(namespace("a.b"), ["must not contain dots"]);
        assert_eq!(namespace("A.b"), [DNS_LABEL]);
    }

    #[test]
    fn a_port_name_needs_a_letter() {
        assert!(port("80tcp").is_empty());
        assert_eq!(port("80"), ["must contain at least one letter (a-z)"]);
        assert_eq!(port("").len(), 2);
    }
}
