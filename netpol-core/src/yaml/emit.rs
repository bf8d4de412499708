//! Values as YAML or JSON text, quoted wherever a reader could take a text for something else.

use std::borrow::Cow;
use std::fmt::Write;

use super::Value;
use super::reader::scalar::plain;

/// How block text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout<'s> {
    /// The column at which the keys or dashes of the value stand.
    pub column: usize,
    /// How far the dashes of a list stand right of the key that they belong to.
    pub dash_offset: usize,
    /// The line end.
    pub newline: &'s str,
}

impl Layout<'_> {
    const fn at(self, column: usize) -> Self {
        Self { column, ..self }
    }

    fn line(&self) -> String {
        format!("{}{}", self.newline, " ".repeat(self.column))
    }
}

/// A value as block text that begins at its column: the first line is not indented and the last has no line end.
pub fn block(value: &Value<'_>, layout: Layout<'_>) -> String {
    match value {
        Value::Sequence(items) if !items.is_empty() => {
            let inner = layout.at(layout.column + 2);
            let items = items.iter().map(|item| format!("- {}", block(&item.value, inner)));
            items.collect::<Vec<_>>().join(&layout.line())
        }
        Value::Mapping(mapping) if !mapping.entries.is_empty() => {
            let entries =
                mapping.entries.iter().map(|entry| block_entry(&entry.key, &entry.value.value, layout));
            entries.collect::<Vec<_>>().join(&layout.line())
        }
        other => flow(other),
    }
}

/// A key and its value as block text, like [`block`].
pub fn block_entry(key: &str, value: &Value<'_>, layout: Layout<'_>) -> String {
    let inner = match value {
        Value::Sequence(items) if !items.is_empty() => layout.at(layout.column + layout.dash_offset),
        Value::Mapping(mapping) if !mapping.entries.is_empty() => layout.at(layout.column + 2),
        _ => return format!("{}: {}", text(key), flow(value)),
    };
    format!("{}:{}{}", text(key), inner.line(), block(value, inner))
}

/// A value in brackets, on one line, as YAML.
pub fn flow(value: &Value<'_>) -> String {
    written(value, text)
}

/// A value as JSON, on one line.
pub fn json(value: &Value<'_>) -> String {
    written(value, |text| Cow::Owned(quoted(text)))
}

fn written(value: &Value<'_>, text: fn(&str) -> Cow<'_, str>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::String(content) => text(content).into_owned(),
        Value::Sequence(items) => {
            let items = items.iter().map(|item| written(&item.value, text));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        Value::Mapping(mapping) => {
            let entries = mapping
                .entries
                .iter()
                .map(|entry| format!("{}: {}", text(&entry.key), written(&entry.value.value, text)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A text, in double quotes unless every reader takes it for a text without.
pub fn text(content: &str) -> Cow<'_, str> {
    let begins_plain = content.starts_with(|first: char| first.is_ascii_alphanumeric());
    let is_plain =
        content.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-'));
    let is_date = content.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let is_text = matches!(plain(Cow::Borrowed(content)), Value::String(_));
    if begins_plain && is_plain && is_text && !is_date {
        Cow::Borrowed(content)
    } else {
        Cow::Owned(quoted(content))
    }
}

/// A text in double quotes, with the escapes that YAML and JSON share.
fn quoted(content: &str) -> String {
    let mut quoted = String::with_capacity(content.len() + 2);
    quoted.push('"');
    for character in content.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
