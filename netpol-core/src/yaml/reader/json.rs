//! JSON, as strictly as Go reads it, at the speed of a byte scan.

use std::borrow::Cow;

use super::super::{Entry, Node, Value};
use super::expand::too_deep;
use super::flaw::Flaw;
use super::limits::{DEPTH, TEXT_BYTES, one_more};
use super::mapping::{Duplicate, settle};
use super::number::normalized;
use super::place::Place;
use crate::text::Span;

/// Reads the first JSON value of a text; says where it ends.
///
/// # Errors
/// Why it is no JSON.
pub(in crate::yaml) fn parse<'t>(
    text: &'t str,
    place: Place,
    duplicates: &mut Vec<Duplicate>,
) -> Result<(Node<'t>, usize), Flaw> {
    let mut reading = Reading { text, place, at: 0, values: 0, stack: Vec::new(), duplicates };
    let node = reading.value()?;
    Ok((node, reading.at))
}

/// An array or object that is not closed yet.
enum Open<'t> {
    Array { start: usize, items: Vec<Node<'t>> },
    Object { start: usize, entries: Vec<Entry<'t>>, key: Cow<'t, str>, key_span: Span },
}

struct Reading<'t, 'd> {
    text: &'t str,
    place: Place,
    at: usize,
    values: usize,
    stack: Vec<Open<'t>>,
    duplicates: &'d mut Vec<Duplicate>,
}

impl<'t> Reading<'t, '_> {
    fn value(&mut self) -> Result<Node<'t>, Flaw> {
        loop {
            let Some(mut node) = self.begin()? else { continue };
            loop {
                let Some(open) = self.stack.last_mut() else { return Ok(node) };
                match open {
                    Open::Array { items, .. } => items.push(node),
                    Open::Object { entries, key, key_span, .. } => {
                        entries.push(Entry { key: std::mem::take(key), key_span: *key_span, value: node });
                    }
                }
                match self.next_in_open()? {
                    Some(closed) => node = closed,
                    None => break,
                }
            }
        }
    }

    /// Begins a value: a scalar and an empty collection are complete at once.
    fn begin(&mut self) -> Result<Option<Node<'t>>, Flaw> {
        self.skip_blanks();
        let start = self.at;
        one_more(&mut self.values).ok_or_else(|| Flaw::too_many_values(start))?;
        let value = match self.peek() {
            Some(b'"') => Value::String(self.string()?),
            Some(b'{') => return self.begin_object(),
            Some(b'[') => return self.begin_array(),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Some(Node { value, span: self.place.span(start, self.at), via: None }))
    }

    fn begin_array(&mut self) -> Result<Option<Node<'t>>, Flaw> {
        self.check_depth()?;
        let start = self.at;
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(b']') {
            return Ok(Some(self.closed(start, Value::Sequence(Vec::new()))));
        }
        self.stack.push(Open::Array { start, items: Vec::new() });
        Ok(None)
    }

    fn begin_object(&mut self) -> Result<Option<Node<'t>>, Flaw> {
        self.check_depth()?;
        let start = self.at;
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(b'}') {
            let empty = settle(Vec::new(), &[], self.duplicates);
            return Ok(Some(self.closed(start, Value::Mapping(empty))));
        }
        let (key, key_span) = self.key()?;
        self.stack.push(Open::Object { start, entries: Vec::with_capacity(4), key, key_span });
        Ok(None)
    }

    /// After a value: goes on to the next one, or closes the collection.
    fn next_in_open(&mut self) -> Result<Option<Node<'t>>, Flaw> {
        self.skip_blanks();
        let is_array = matches!(self.stack.last(), Some(Open::Array { .. }));
        match self.peek() {
            Some(b',') if is_array => {
                self.at += 1;
                Ok(None)
            }
            Some(b',') => {
                self.at += 1;
                self.skip_blanks();
                let (next, next_span) = self.key()?;
                if let Some(Open::Object { key, key_span, .. }) = self.stack.last_mut() {
                    *key = next;
                    *key_span = next_span;
                }
                Ok(None)
            }
            Some(b']') if is_array => Ok(self.close()),
            Some(b'}') if !is_array => Ok(self.close()),
            _ => Err(self.unexpected(if is_array { "`,` or `]`" } else { "`,` or `}`" })),
        }
    }

    fn close(&mut self) -> Option<Node<'t>> {
        match self.stack.pop()? {
            Open::Array { start, items } => Some(self.closed(start, Value::Sequence(items))),
            Open::Object { start, entries, .. } => {
                let mapping = settle(entries, &[], self.duplicates);
                Some(self.closed(start, Value::Mapping(mapping)))
            }
        }
    }

    /// The node of a collection whose closing bracket is next.
    fn closed(&mut self, start: usize, value: Value<'t>) -> Node<'t> {
        self.at += 1;
        Node { value, span: self.place.span(start, self.at), via: None }
    }

    fn check_depth(&self) -> Result<(), Flaw> {
        if self.stack.len() < DEPTH { Ok(()) } else { Err(Flaw::at(self.at, too_deep())) }
    }

    fn key(&mut self) -> Result<(Cow<'t, str>, Span), Flaw> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let key = self.string()?;
        let span = self.place.span(start, self.at);
        self.skip_blanks();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        Ok((key, span))
    }

    fn word(&mut self, word: &str, value: Value<'t>) -> Result<Value<'t>, Flaw> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Value<'t>, Flaw> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let integer = self.at;
        let length = self.digits()?;
        if length > 1 && self.text.as_bytes().get(integer) == Some(&b'0') {
            return Err(Flaw::of(start, self.at, "a JSON number does not begin with `0`"));
        }
        let mut is_whole = true;
        if self.peek() == Some(b'.') {
            is_whole = false;
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            is_whole = false;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        if is_whole && let Some(number) = whole(written) {
            return Ok(number);
        }
        match written.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(normalized(number)),
            _ => Err(Flaw::of(start, self.at, "this number is too large")),
        }
    }

    /// Passes one or more digits and says how many.
    fn digits(&mut self) -> Result<usize, Flaw> {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return Err(self.unexpected("a digit"));
        }
        self.at += count;
        Ok(count)
    }

    fn string(&mut self) -> Result<Cow<'t, str>, Flaw> {
        let opening = self.at;
        let start = opening + 1;
        let length = plain_length(self.text.as_bytes().get(start..).unwrap_or_default());
        let end = start + length;
        self.at = end;
        let text = if self.peek() == Some(b'"') {
            self.at = end + 1;
            Cow::Borrowed(self.text.get(start..end).unwrap_or_default())
        } else {
            self.escaped_string(opening)?
        };
        if text.len() > TEXT_BYTES { Err(Flaw::too_long(opening)) } else { Ok(text) }
    }

    /// The rest of a string from its first escape on.
    fn escaped_string(&mut self, opening: usize) -> Result<Cow<'t, str>, Flaw> {
        let mut text = self.text.get(opening + 1..self.at).unwrap_or_default().to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => {
                    let character = self.escape()?;
                    text.push(character);
                }
                Some(control) if control < b' ' => {
                    let message = "a control character stands in a string";
                    return Err(Flaw::at(self.at, message).with_help("write it as an escape, such as `\\n`"));
                }
                Some(_) => {
                    let length = plain_length(self.rest());
                    text.push_str(self.text.get(self.at..self.at + length).unwrap_or_default());
                    self.at += length;
                }
                None => {
                    return Err(
                        Flaw::at(opening, "this quote is not closed").with_help("add the closing quote")
                    );
                }
            }
        }
    }

    /// One escape; half of a surrogate pair is U+FFFD, as in Go.
    fn escape(&mut self) -> Result<char, Flaw> {
        let start = self.at;
        let letter = self.rest().get(1).copied();
        self.at += 2;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => self.unicode_escape(start)?,
            _ => {
                return Err(Flaw::at(start, "this escape does not exist in JSON")
                    .with_help("write `\\\\` for a backslash"));
            }
        })
    }

    fn unicode_escape(&mut self, start: usize) -> Result<char, Flaw> {
        let Some(unit) = self.hexadecimal() else {
            return Err(Flaw::at(start, "`\\u` needs four hexadecimal digits"));
        };
        if let Some(character) = char::from_u32(unit) {
            return Ok(character);
        }
        let after_first = self.at;
        if unit < 0xDC00 && self.rest().starts_with(b"\\u") {
            self.at += 2;
            if let Some(low @ 0xDC00..=0xDFFF) = self.hexadecimal() {
                let pair = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
        self.at = after_first;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn unexpected(&self, expected: &str) -> Flaw {
        let at = self.at.min(self.text.len());
        match self.text.get(at..).and_then(|rest| rest.chars().next()) {
            Some(found) => {
                let message = format!("`{}` stands where JSON wants {expected}", found.escape_debug());
                Flaw::of(at, at + found.len_utf8(), message)
            }
            None => Flaw::at(at, format!("the text ends where JSON wants {expected}")),
        }
    }
}

/// The bytes of a string up to a quote, an escape or a control character.
fn plain_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F)).unwrap_or(bytes.len())
}

/// A whole number that fits 64 bits.
fn whole(written: &str) -> Option<Value<'static>> {
    let signed = written.parse::<i64>().map(Value::Int);
    signed.or_else(|_| written.parse::<u64>().map(Value::Uint)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;
    use crate::text::{FileId, FileSet, SourceFile};

    const SEED: &str = r#" {"a": [1, -2.5e3, true, null, {}], "b": {"c": "x\n\u00e9\ud83d\ude00", "d": []}, "e": 0, "f": 10} "#;

    const PIECES: [&str; 24] = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u12", "\\ud800", "1", "0", "-", ".", "e", "t", "null",
        " ", "\n", "\u{1}", "é", "//", "1e400", "x",
    ];

    fn file() -> FileId {
        FileSet::new().add(SourceFile::named("f", "")).expect("small")
    }

    fn read(text: &str) -> Option<Node<'_>> {
        let (node, end) = parse(text, Place { file: file(), base: 0 }, &mut Vec::new()).ok()?;
        let rest = text.get(end..)?;
        rest.trim_matches([' ', '\t', '\r', '\n']).is_empty().then_some(node)
    }

    fn plain(node: &Node<'_>) -> Json {
        match &node.value {
            Value::Null => Json::Null,
            Value::Bool(flag) => Json::from(*flag),
            Value::Int(number) => Json::from(*number),
            Value::Uint(number) => Json::from(*number),
            Value::Float(number) => Json::from(*number),
            Value::String(text) => Json::from(text.as_ref()),
            Value::Sequence(items) => items.iter().map(plain).collect(),
            Value::Mapping(mapping) => {
                mapping.entries.iter().map(|entry| (entry.key.to_string(), plain(&entry.value))).collect()
            }
        }
    }

    /// The same with floats that are whole as whole numbers.
    fn normal(json: Json) -> Json {
        match json {
            Json::Number(number) if number.is_f64() => {
                let float = normalized(number.as_f64().expect("a float"));
                plain(&Node { value: float, span: Span::new(file(), 0, 0), via: None })
            }
            Json::Array(items) => items.into_iter().map(normal).collect(),
            Json::Object(fields) => fields.into_iter().map(|(key, value)| (key, normal(value))).collect(),
            other => other,
        }
    }

    #[test]
    fn mutated_json_is_read_as_serde_json_reads_it() {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut random = |limit: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % u64::try_from(limit).expect("small")).expect("small")
        };
        let mut accepted = 0;
        for _ in 0..20_000 {
            let mut text = SEED.to_owned();
            for _ in 0..=random(2) {
                let at = random(text.len());
                let end = at + random(4);
                if text.is_char_boundary(at) && text.is_char_boundary(end.min(text.len())) {
                    text.replace_range(at..end.min(text.len()), PIECES[random(PIECES.len())]);
                }
            }
            // Halves of surrogate pairs are refused by serde_json and read as U+FFFD by Go.
            let theirs = serde_json::from_str::<Json>(&text);
            let is_about_surrogates = text.contains("\\ud") && theirs.is_err();
            let ours = read(&text);
            if !is_about_surrogates {
                assert_eq!(ours.as_ref().map(plain), theirs.ok().map(normal), "{text}");
            }
            accepted += usize::from(ours.is_some());
        }
        assert!(accepted > 1_000, "only {accepted} inputs were JSON");
    }

    #[test]
    fn half_a_surrogate_pair_is_a_replacement_character() {
        let node = read(r#""\ud800x\udc00\ud83d\ude00""#).expect("readable");
        assert_eq!(node.value, Value::String("\u{fffd}x\u{fffd}😀".into()));
    }

    #[test]
    fn places_are_tight_and_the_last_duplicate_holds() {
        let mut duplicates = Vec::new();
        let text = r#" {"a": 1, "a" : [ 2 ] } x"#;
        let (node, end) = parse(text, Place { file: file(), base: 0 }, &mut duplicates).expect("readable");
        assert_eq!((node.span.start, node.span.end, end), (1, 23, 23));
        let Value::Mapping(mapping) = &node.value else { panic!("no object") };
        let entry = &mapping.entries[0];
        assert_eq!((mapping.entries.len(), entry.key_span.start, entry.value.span.start), (1, 10, 16));
        assert_eq!((duplicates.len(), duplicates[0].dropped.start), (1, 2));
    }
}
