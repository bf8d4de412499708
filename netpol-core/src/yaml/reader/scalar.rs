//! What a scalar means: the table of go-yaml v2, which reads YAML 1.1 without times and base 60.

use std::borrow::Cow;

use super::super::Value;
use super::number::{fractional, normalized, spelled_as_key, whole};

/// What an unquoted scalar without a tag means. Numbers are as written: see [`to_json`].
pub(in crate::yaml) fn plain(text: Cow<'_, str>) -> Value<'_> {
    match text.as_bytes().first() {
        None => Value::Null,
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => {
            word(&text).unwrap_or(Value::String(text))
        }
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => number(&text).unwrap_or(Value::String(text)),
        Some(_) => Value::String(text),
    }
}

/// The words that are no text.
fn word(text: &str) -> Option<Value<'static>> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Some(Value::Bool(true))
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Some(Value::Bool(false))
        }
        "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        _ => None,
    }
}

/// A number in any of the spellings; underscores mean nothing, but behind a leading point they stand between digits.
fn number(text: &str) -> Option<Value<'static>> {
    match text {
        ".nan" | ".NaN" | ".NAN" => return Some(Value::Float(f64::NAN)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(Value::Float(f64::INFINITY)),
        "-.inf" | "-.Inf" | "-.INF" => return Some(Value::Float(f64::NEG_INFINITY)),
        _ => {}
    }
    if text.contains('_') {
        if text.starts_with('.') && !separates_digits(text) {
            return None;
        }
        let digits = text.replace('_', "");
        return whole(&digits).or_else(|| fractional(&digits).map(Value::Float));
    }
    whole(text).or_else(|| fractional(text).map(Value::Float))
}

/// Whether every underscore stands between two digits.
fn separates_digits(text: &str) -> bool {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let mut windows = text.as_bytes().windows(3);
    !text.ends_with('_')
        && windows.all(|window| {
            window.get(1) != Some(&b'_') || (is_digit(window.first()) && is_digit(window.last()))
        })
}

/// What a scalar with a tag means; the tag is written out (`tag:yaml.org,2002:int`).
///
/// # Errors
/// Why the tag and the text do not go together.
pub(in crate::yaml) fn tagged<'t>(tag: &str, text: Cow<'t, str>) -> Result<Value<'t>, String> {
    let Some(kind) = tag.strip_prefix("tag:yaml.org,2002:") else { return Ok(Value::String(text)) };
    if kind == "binary" {
        let bytes = super::base64::decode(&text)
            .ok_or_else(|| "`!!binary` is not followed by valid base64".to_owned())?;
        return Ok(Value::String(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())));
    }
    if !matches!(kind, "bool" | "int" | "float" | "null") {
        return Ok(Value::String(text));
    }
    let refusal = format!("`{}` is not a value of the type `!!{kind}`", excerpt(&text));
    match (kind, plain(text)) {
        ("float", Value::Int(number)) => {
            Ok(number.to_string().parse().map_or(Value::Int(number), Value::Float))
        }
        ("bool", value @ Value::Bool(_))
        | ("int", value @ (Value::Int(_) | Value::Uint(_)))
        | ("float", value @ Value::Float(_))
        | ("null", value @ Value::Null) => Ok(value),
        _ => Err(refusal),
    }
}

/// The start of a text, for a message.
pub(in crate::yaml) fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(60) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// A scalar as JSON has it.
///
/// # Errors
/// `.nan` and `.inf`, which JSON cannot say.
pub(in crate::yaml) fn to_json(value: Value<'_>) -> Result<Value<'_>, String> {
    match value {
        Value::Float(number) if !number.is_finite() => {
            Err("not-a-number and infinity are no values of Kubernetes".to_owned())
        }
        Value::Float(number) => Ok(normalized(number)),
        other => Ok(other),
    }
}

/// A scalar as a key, in kubectl's spelling.
///
/// # Errors
/// What the value is, when kubectl refuses it as a key.
pub(in crate::yaml) fn to_key(value: Value<'_>) -> Result<Cow<'_, str>, &'static str> {
    match value {
        Value::String(text) => Ok(text),
        Value::Bool(flag) => Ok(Cow::Borrowed(if flag { "true" } else { "false" })),
        Value::Int(number) => Ok(Cow::Owned(number.to_string())),
        Value::Float(number) => Ok(Cow::Owned(spelled_as_key(number))),
        Value::Null => Err("an empty key"),
        Value::Uint(_) => Err("a number above the limit of 64 bits"),
        Value::Sequence(_) => Err("a list"),
        Value::Mapping(_) => Err("a mapping"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value<'_> {
        to_json(plain(Cow::Borrowed(text))).expect("a value of JSON")
    }

    #[test]
    fn words_are_booleans_in_three_spellings() {
        for text in ["y", "Y", "yes", "Yes", "YES", "on", "true", "TRUE"] {
            assert_eq!(read(text), Value::Bool(true), "{text}");
        }
        for text in ["n", "N", "no", "OFF", "False"] {
            assert_eq!(read(text), Value::Bool(false), "{text}");
        }
        for text in ["tRue", "yEs", "oN", "nULL", "=", "<<", "inf", "NaN"] {
            assert_eq!(read(text), Value::String(text.into()), "{text}");
        }
    }

    #[test]
    fn numbers_are_those_of_go_yaml() {
        let whole = [
            ("010", 8),
            ("080", 80),
            ("8_0", 80),
            ("80_", 80),
            ("+80", 80),
            ("80.0", 80),
            ("8e1", 80),
            (".8e2", 80),
            ("-0", 0),
        ];
        for (text, number) in whole {
            assert_eq!(read(text), Value::Int(number), "{text}");
        }
        assert_eq!(read(".5_0"), Value::Float(0.5));
        assert_eq!(read(".5e1_0"), Value::Int(5_000_000_000));
        assert_eq!(read("9223372036854775808"), Value::Uint(1 << 63));
        for text in [
            "1:20",
            "2001-01-01",
            "0x",
            "1E400",
            "10.0.0.0/8",
            "-",
            ".",
            "1.2.3",
            "_1",
            "._5",
            ".5_",
            ".5e_1",
        ] {
            assert_eq!(read(text), Value::String(text.into()), "{text}");
        }
    }

    #[test]
    fn tags_of_yaml_hold_and_others_make_text() {
        let core = |kind: &str, text| tagged(&format!("tag:yaml.org,2002:{kind}"), Cow::Borrowed(text));
        assert_eq!(core("str", "80"), Ok(Value::String("80".into())));
        assert_eq!(core("int", "80"), Ok(Value::Int(80)));
        assert_eq!(core("float", "80"), Ok(Value::Float(80.0)));
        assert_eq!(core("binary", "aGVsbG8="), Ok(Value::String("hello".into())));
        assert_eq!(tagged("!foo", "80".into()), Ok(Value::String("80".into())));
        assert!(core("int", "1.5").is_err());
        assert!(core("bool", "80").is_err());
        assert!(core("binary", "?").is_err());
    }

    #[test]
    fn keys_are_spelled_as_kubectl_spells_them() {
        let key = |text| to_key(plain(Cow::Borrowed(text)));
        assert_eq!(key("yes").as_deref(), Ok("true"));
        assert_eq!(key("1.0").as_deref(), Ok("1"));
        assert_eq!(key("0x10").as_deref(), Ok("16"));
        assert_eq!(key("~"), Err("an empty key"));
    }
}
