//! Texts and numbers in the spelling of Go, which the API server's messages are in.

use std::borrow::Cow;
use std::fmt::Write;

/// So many characters of a text are shown.
const LONGEST: usize = 1_000;

/// `text` in double quotes, as Go's `%q` prints it.
pub fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

/// `text` with quotes, backslashes and what is not printable escaped as Go's `%q` does. Of a text that nobody would
/// read to its end, only the beginning.
pub fn escape(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", whole(text.get(..end).unwrap_or_default()))),
        None => whole(text),
    }
}

fn whole(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        push_escaped(&mut escaped, letter);
    }
    Cow::Owned(escaped)
}

/// `text` as Go's JSON encoder prints it.
pub fn json(text: &str) -> String {
    let mut json = serde_json::Value::from(text).to_string();
    for letter in ['<', '>', '&', '\u{2028}', '\u{2029}'] {
        if json.contains(letter) {
            json = json.replace(letter, &format!("\\u{:04x}", u32::from(letter)));
        }
    }
    json
}

/// A number as Go's JSON encoder prints it.
pub fn float(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{number:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
            _ => text,
        };
    }
    format!("{number}")
}

fn is_plain(letter: char) -> bool {
    match letter {
        '"' | '\\' => false,
        ' '..='~' => true,
        _ if letter.is_ascii() => false,
        _ => is_printable(letter),
    }
}

/// Whether a letter beyond ASCII is printable. It is looked at behind another one, where a combining mark may stand.
fn is_printable(letter: char) -> bool {
    let mut behind = String::from("a");
    behind.push(letter);
    behind.escape_debug().count() == 2
}

fn push_escaped(to: &mut String, letter: char) {
    match letter {
        '"' => to.push_str("\\\""),
        '\\' => to.push_str("\\\\"),
        '\u{7}' => to.push_str("\\a"),
        '\u{8}' => to.push_str("\\b"),
        '\u{c}' => to.push_str("\\f"),
        '\n' => to.push_str("\\n"),
        '\r' => to.push_str("\\r"),
        '\t' => to.push_str("\\t"),
        '\u{b}' => to.push_str("\\v"),
        _ if is_plain(letter) => to.push(letter),
        _ => push_code(to, u32::from(letter)),
    }
}

/// `\x1b`, `\u00a0` or `\U000e0001`. Writing to a string does not fail.
fn push_code(to: &mut String, code: u32) {
    let _ = match code {
        0..0x80 => write!(to, "\\x{code:02x}"),
        0x80..0x1_0000 => write!(to, "\\u{code:04x}"),
        _ => write!(to, "\\U{code:08x}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_as_go_quotes_them() {
        assert_eq!(quote("web\n"), r#""web\n""#);
        assert_eq!(quote("a\"b\\c"), r#""a\"b\\c""#);
        assert_eq!(quote("é“t”"), "\"é“t”\"");
        assert_eq!(quote("\u{a0}\u{1b}"), r#""\u00a0\x1b""#);
        assert_eq!(quote("e\u{301}"), "\"e\u{301}\"");
    }

    #[test]
    fn of_a_long_text_the_beginning_is_shown() {
        let (long, longer) = ("é".repeat(1_000), "é".repeat(1_001));
        assert_eq!(quote(&long), format!("\"{long}\""));
        assert_eq!(quote(&longer), format!("\"{long}…\""));
    }

    #[test]
    fn texts_of_other_types_are_quoted_as_in_json() {
        assert_eq!(json("web"), "\"web\"");
        assert_eq!(json("<&>\u{2028}\u{a0}\n\u{1}"), "\"\\u003c\\u0026\\u003e\\u2028\u{a0}\\n\\u0001\"");
    }

    #[test]
    fn numbers_are_printed_as_go_prints_them() {
        assert_eq!(float(80.5), "80.5");
        assert_eq!(float(1e21), "1e+21");
        assert_eq!(float(1.5e-7), "1.5e-7");
        assert_eq!(float(0.0), "0");
    }
}
