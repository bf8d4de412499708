//! Scalars that mean something else than they look like.

use super::Value;

/// What a person should know about a scalar that is written as `text` and read as `value`; `None` when it reads
/// as it looks. The advice is `put it in quotes` wherever a text is meant.
pub fn surprise(text: &str, value: &Value<'_>) -> Option<String> {
    match value {
        Value::Bool(flag) if !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false") => {
            is_word(text).then(|| format!("`{text}` is read as the boolean `{flag}`"))
        }
        Value::Int(number) if !text.contains(['!', '"', '\'', '*']) && text != number.to_string() => {
            surprising_number(text, &number.to_string())
        }
        Value::Float(number) if text.contains('_') => surprising_number(text, &number.to_string()),
        Value::String(read) if read == text && is_base_60(text) => {
            Some(format!("`{text}` is read as text; other YAML readers take it for a number in base 60"))
        }
        _ => None,
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn surprising_number(text: &str, number: &str) -> Option<String> {
    let unsigned = text.trim_start_matches(['+', '-']);
    let base = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => " in base 16",
        [b'0', b'b' | b'B', ..] => " in base 2",
        [b'0', b'o' | b'O' | b'0'..=b'9' | b'_', ..] if !unsigned.contains(['.', 'e', 'E', '8', '9']) => {
            " in base 8"
        }
        [b'0', b'0'..=b'9', ..] => "",
        _ if text.contains('_') => "",
        _ => return None,
    };
    Some(format!("`{text}` is read as the number {number}{base}").replace(" in base", ", written in base"))
}

/// Digits in groups between colons, such as `1:20`.
fn is_base_60(text: &str) -> bool {
    let groups: Vec<&str> = text.split(':').collect();
    groups.len() > 1
        && groups
            .iter()
            .all(|group| (1..=2).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::yaml::reader::scalar::{plain, to_json};

    fn said(text: &str) -> Option<String> {
        surprise(text, &to_json(plain(Cow::Borrowed(text))).expect("a value of JSON"))
    }

    #[test]
    fn words_octals_and_underscores_are_told() {
        assert_eq!(said("yes").as_deref(), Some("`yes` is read as the boolean `true`"));
        assert_eq!(said("n").as_deref(), Some("`n` is read as the boolean `false`"));
        assert_eq!(said("010").as_deref(), Some("`010` is read as the number 8, written in base 8"));
        assert_eq!(said("0x50").as_deref(), Some("`0x50` is read as the number 80, written in base 16"));
        assert_eq!(said("080").as_deref(), Some("`080` is read as the number 80"));
        assert_eq!(said("1_000").as_deref(), Some("`1_000` is read as the number 1000"));
        assert!(said("1:20").is_some());
    }

    #[test]
    fn what_reads_as_it_looks_is_not_told() {
        for text in
            ["true", "False", "80", "-1", "+80", "80.0", "1e3", "a:b", "::1", "12:30:x", "~", "null", "x_y"]
        {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
