//! `domainNames`: names of hosts outside, exact or with one `*` in front.

use crate::dialect::crd::schema::{Counts, List, Schema, Text};

/// The list of names.
pub(super) const DOMAINS: List = List { items: DOMAIN, counts: Counts(1, 25), is_set: true };

const DOMAIN: Schema = Schema::Text(&Text { pattern: Some((PATTERN, fits)), ..Text::ANY });

/// As the definition has it. `A-z` is a slip there: it takes some punctuation as the first letter of a label.
const PATTERN: &str =
    r"^(\*\.)?([a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.)+[a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.?$";

fn fits(text: &str) -> bool {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let name = name.strip_suffix('.').unwrap_or(name);
    name.contains('.') && name.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let is_first = |letter: u8| letter.is_ascii_digit() || (b'A'..=b'z').contains(&letter);
    match label.as_bytes() {
        [only] => is_first(*only),
        [first, middle @ .., last] => {
            let is_inner = |letter: &u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_');
            is_first(*first) && last.is_ascii_alphanumeric() && middle.iter().all(is_inner)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_two_labels_and_at_most_one_star_in_front() {
        for name in ["example.com", "*.example.com", "Example.COM.", "a_b.c-d.e", "[x.com", "1.2"] {
            assert!(fits(name), "{name}");
        }
        for name in
            ["com", "*.com", "*.com.", "a*.example.com", "a-.com", "", ".", "a..b", "*", "x.y..", "-a.com"]
        {
            assert!(!fits(name), "{name}");
        }
    }
}
