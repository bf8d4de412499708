//! Plain block YAML, quickly: nested block mappings and lists of one-line scalars, and short brackets.
//!
//! Whatever is unusual is left to the general reader: every function gives up with `None` rather than guess. What is
//! read here has the same values and places as there.

use std::borrow::Cow;

use super::super::{Entry, Node, Value};
use super::limits::{TEXT_BYTES, one_more};
use super::mapping::{Duplicate, settle};
use super::place::Place;
use super::scalar;
use crate::text::Span;

/// Nesting beyond this is left to the general reader.
const DEPTH: usize = 48;

/// Keys longer than this are left to the general reader, which knows the limit.
const KEY_BYTES: usize = 512;

/// Reads a document; `None` when it is not plain.
pub(in crate::yaml) fn parse<'t>(
    text: &'t str,
    place: Place,
    duplicates: &mut Vec<Duplicate>,
) -> Option<Node<'t>> {
    if !is_plain_text(text) {
        return None;
    }
    let mut reading = Reading {
        text,
        bytes: text.as_bytes(),
        place,
        duplicates,
        at: 0,
        line: 0,
        last_end: 0,
        depth: 0,
        values: 0,
    };
    reading.go_to_line(0)?;
    let root = reading.node()?;
    (reading.at == text.len()).then_some(root)
}

/// Whether there are neither tabs, carriage returns, control characters nor characters that may be breaks or marks.
fn is_plain_text(text: &str) -> bool {
    let is_odd = |byte: u8| (byte < b' ' && byte != b'\n') || matches!(byte, 0x7F | 0xC2 | 0xE2 | 0xEF);
    !text.as_bytes().chunks(4096).any(|chunk| chunk.iter().fold(false, |odd, byte| odd | is_odd(*byte)))
}

struct Reading<'t, 'd> {
    text: &'t str,
    bytes: &'t [u8],
    place: Place,
    duplicates: &'d mut Vec<Duplicate>,
    /// The first byte of what is next.
    at: usize,
    /// The first byte of its line.
    line: usize,
    /// Where the last token ended.
    last_end: usize,
    depth: usize,
    values: usize,
}

impl<'t> Reading<'t, '_> {
    /// The column of what is next; no column at the end of the text.
    fn column(&self) -> Option<usize> {
        (self.at < self.bytes.len()).then(|| self.at - self.line)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// Goes to the first content at or behind the line that begins at `line`.
    fn go_to_line(&mut self, mut line: usize) -> Option<()> {
        loop {
            let mut at = line;
            while self.byte(at) == Some(b' ') {
                at += 1;
            }
            match self.byte(at) {
                None => {
                    self.at = self.bytes.len();
                    self.line = self.at;
                    return Some(());
                }
                Some(b'\n') => line = at + 1,
                Some(b'#') => line = self.next_line(at),
                Some(_) => {
                    self.at = at;
                    self.line = line;
                    let is_marker = at == line
                        && self
                            .bytes
                            .get(at..)
                            .is_some_and(|rest| rest.starts_with(b"---") || rest.starts_with(b"..."));
                    return (!is_marker).then_some(());
                }
            }
        }
    }

    fn next_line(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(self.bytes.len(), |length| from + length + 1)
    }

    /// Whether nothing but blanks and a comment follows on the line.
    fn is_line_end(&self, from: usize) -> bool {
        let mut at = from;
        while self.byte(at) == Some(b' ') {
            at += 1;
        }
        match self.byte(at) {
            None | Some(b'\n') => true,
            Some(b'#') => at > from,
            Some(_) => false,
        }
    }

    /// The list or mapping that begins here.
    fn node(&mut self) -> Option<Node<'t>> {
        let column = self.column()?;
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let node = if self.is_dash() { self.sequence(column) } else { self.mapping(column) };
        self.depth -= 1;
        node
    }

    fn is_dash(&self) -> bool {
        self.byte(self.at) == Some(b'-') && matches!(self.byte(self.at + 1), None | Some(b' ' | b'\n'))
    }

    fn sequence(&mut self, column: usize) -> Option<Node<'t>> {
        let start = self.at;
        let mut items = Vec::new();
        while self.column() == Some(column) && self.is_dash() {
            let dash = self.at;
            self.last_end = dash + 1;
            one_more(&mut self.values)?;
            items.push(self.item(dash, column)?);
        }
        self.refuse_deeper(column)?;
        Some(self.collection(start, Value::Sequence(items)))
    }

    fn item(&mut self, dash: usize, column: usize) -> Option<Node<'t>> {
        if self.is_line_end(dash + 1) {
            self.go_to_line(self.next_line(dash))?;
            return match self.column() {
                Some(inner) if inner > column => self.node(),
                _ => Some(self.unwritten(dash + 1)),
            };
        }
        let mut at = dash + 1;
        while self.byte(at) == Some(b' ') {
            at += 1;
        }
        self.at = at;
        if self.is_dash() || self.key(at).is_some() { self.node() } else { self.one_line(at) }
    }

    fn mapping(&mut self, column: usize) -> Option<Node<'t>> {
        let start = self.at;
        let mut entries = Vec::with_capacity(4);
        while self.column() == Some(column) && !self.is_dash() {
            let (key, key_span, end) = self.key(self.at)?;
            self.last_end = end;
            one_more(&mut self.values)?;
            let value = self.entry_value(end + 1, column)?;
            entries.push(Entry { key, key_span, value });
        }
        self.refuse_deeper(column)?;
        if entries.is_empty() {
            return None;
        }
        let mapping = settle(entries, &[], self.duplicates);
        Some(self.collection(start, Value::Mapping(mapping)))
    }

    /// What is next may stand further left than a collection that ends, not further right.
    fn refuse_deeper(&self, column: usize) -> Option<()> {
        self.column().is_none_or(|next| next <= column).then_some(())
    }

    fn entry_value(&mut self, behind_colon: usize, column: usize) -> Option<Node<'t>> {
        if !self.is_line_end(behind_colon) {
            return self.one_line(behind_colon + 1);
        }
        self.go_to_line(self.next_line(behind_colon))?;
        match self.column() {
            Some(inner) if inner > column || (inner == column && self.is_dash()) => self.node(),
            _ => Some(self.unwritten(behind_colon)),
        }
    }

    fn collection(&self, start: usize, value: Value<'t>) -> Node<'t> {
        Node { value, span: self.place.span(start, self.last_end), via: None }
    }

    fn unwritten(&mut self, at: usize) -> Node<'t> {
        self.last_end = at;
        Node { value: Value::Null, span: self.place.span(at, at), via: None }
    }

    /// A key that ends with a colon and a blank: its text and place, and where its colon stands.
    fn key(&self, start: usize) -> Option<(Cow<'t, str>, Span, usize)> {
        let (key, end) = if let quote @ (b'"' | b'\'') = self.byte(start)? {
            let (text, end) = self.quoted(start, quote)?;
            (Cow::Borrowed(text), end)
        } else {
            let end = self.word_end(start);
            (scalar::to_key(self.plain(start, end)?).ok()?, end)
        };
        let is_key = self.byte(end) == Some(b':') && matches!(self.byte(end + 1), None | Some(b' ' | b'\n'));
        (is_key && end - start <= KEY_BYTES).then(|| (key, self.place.span(start, end), end))
    }

    /// The end of a run of characters that mean nothing to YAML.
    fn word_end(&self, start: usize) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        start + rest.iter().position(|byte| !is_word_byte(*byte)).unwrap_or(rest.len())
    }

    /// An unquoted text that begins with a letter, a digit or something else that cannot be an indicator.
    fn plain(&self, start: usize, end: usize) -> Option<Value<'t>> {
        let text = self.text.get(start..end).filter(|text| text.len() <= TEXT_BYTES)?;
        match text.as_bytes() {
            [b'-', second, ..] if second.is_ascii_alphanumeric() => {}
            [first, ..] if is_word_byte(*first) && *first != b'-' => {}
            [b'$' | b'(' | b'+' | b'=' | b'^' | b'~' | b';' | b'\\' | b'<' | 0x80.., ..] => {}
            _ => return None,
        }
        Some(scalar::plain(Cow::Borrowed(text)))
    }

    /// A text in quotes without escapes, and where it ends.
    fn quoted(&self, start: usize, quote: u8) -> Option<(&'t str, usize)> {
        let inside = start + 1;
        let length = memchr::memchr3(quote, b'\n', b'\\', self.bytes.get(inside..)?)?;
        let end = inside + length;
        let is_closed = self.byte(end) == Some(quote) && self.byte(end + 1) != Some(quote);
        (is_closed && length <= TEXT_BYTES).then_some((self.text.get(inside..end)?, end + 1))
    }

    /// A value that ends on its line; then goes to the next line.
    fn one_line(&mut self, from: usize) -> Option<Node<'t>> {
        let mut start = from;
        while self.byte(start) == Some(b' ') {
            start += 1;
        }
        let node = match self.byte(start)? {
            b'"' | b'\'' | b'[' | b'{' => self.bracketed(start)?,
            _ => self.plain_line(start)?,
        };
        let end = self.place.relative(node.span.end);
        if !self.is_line_end(end) {
            return None;
        }
        self.last_end = end;
        self.go_to_line(self.next_line(end))?;
        Some(node)
    }

    /// An unquoted text up to a comment or the end of the line.
    fn plain_line(&self, start: usize) -> Option<Node<'t>> {
        let rest = self.bytes.get(start..)?;
        let mut from = 0;
        let length = loop {
            let Some(found) = rest.get(from..).and_then(|rest| memchr::memchr3(b'\n', b'#', b':', rest))
            else {
                break rest.len();
            };
            let at = from + found;
            match (rest.get(at)?, rest.get(at + 1)) {
                (b'\n', _) => break at,
                (b'#', _) if at > 0 && rest.get(at - 1) == Some(&b' ') => break at,
                (b':', None | Some(b' ' | b'\n')) => return None,
                _ => from = at + 1,
            }
        };
        let mut end = start + length;
        while end > start && self.byte(end - 1) == Some(b' ') {
            end -= 1;
        }
        let value = scalar::to_json(self.plain(start, end)?).ok()?;
        Some(Node { value, span: self.place.span(start, end), via: None })
    }

    /// A value in quotes or brackets on one line.
    fn bracketed(&mut self, start: usize) -> Option<Node<'t>> {
        let (value, end) = match self.byte(start)? {
            quote @ (b'"' | b'\'') => {
                let (text, end) = self.quoted(start, quote)?;
                (Value::String(Cow::Borrowed(text)), end)
            }
            b'[' => self.flow(start, Self::flow_items)?,
            b'{' => self.flow(start, Self::flow_entries)?,
            _ => {
                let end = self.word_end(start);
                let value = scalar::to_json(self.plain(start, end)?).ok()?;
                (value, end)
            }
        };
        Some(Node { value, span: self.place.span(start, end), via: None })
    }

    fn flow(
        &mut self,
        start: usize,
        read: fn(&mut Self, usize) -> Option<(Value<'t>, usize)>,
    ) -> Option<(Value<'t>, usize)> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let read = read(self, self.behind_blanks(start + 1));
        self.depth -= 1;
        read
    }

    fn flow_items(&mut self, start: usize) -> Option<(Value<'t>, usize)> {
        let mut items = Vec::new();
        let mut at = start;
        if self.byte(at) == Some(b']') {
            return Some((Value::Sequence(items), at + 1));
        }
        loop {
            one_more(&mut self.values)?;
            let item = self.bracketed(at)?;
            at = self.behind_blanks(self.place.relative(item.span.end));
            items.push(item);
            match self.byte(at)? {
                b',' => at = self.behind_blanks(at + 1),
                b']' => return Some((Value::Sequence(items), at + 1)),
                _ => return None,
            }
        }
    }

    fn flow_entries(&mut self, start: usize) -> Option<(Value<'t>, usize)> {
        let mut entries = Vec::new();
        let mut at = start;
        if self.byte(at) == Some(b'}') {
            let mapping = settle(entries, &[], self.duplicates);
            return Some((Value::Mapping(mapping), at + 1));
        }
        loop {
            let (key, key_span, end) = self.key(at)?;
            one_more(&mut self.values)?;
            let value = self.bracketed(self.behind_blanks(end + 1))?;
            at = self.behind_blanks(self.place.relative(value.span.end));
            entries.push(Entry { key, key_span, value });
            match self.byte(at)? {
                b',' => at = self.behind_blanks(at + 1),
                b'}' => {
                    let mapping = settle(entries, &[], self.duplicates);
                    return Some((Value::Mapping(mapping), at + 1));
                }
                _ => return None,
            }
        }
    }

    fn behind_blanks(&self, mut at: usize) -> usize {
        while self.byte(at) == Some(b' ') {
            at += 1;
        }
        at
    }
}

/// Characters that mean nothing to YAML wherever they stand, but for a dash at the start.
const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{FileId, FileSet, SourceFile};
    use crate::yaml::reader::general;

    const SEEDS: [&str; 4] = [
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: cart\n  namespace: shop # the shop\nspec:\n  podSelector:\n    matchLabels:\n      app: cart\n      tier: \"yes\"\n  policyTypes: [Ingress, Egress]\n  ingress:\n  - from:\n    - podSelector: {}\n    - ipBlock:\n        cidr: 10.0.0.0/8\n        except:\n          - 10.1.0.0/16\n    ports:\n    - port: 7070\n      protocol: TCP\n  egress:\n  - {}\n",
        "kind: Pod\nspec:\n  containers:\n    - name: a\n      image: registry.io/a:1.2\n      args: ['-x', \"--y=1\", {a: b, 'c': [1, 2]}]\n      env:\n        - name: N\n          value:\n        -\n        - - x\n          - y: 010\n            z: 1_000\n\n    # c\n    - name: b\n      on: off\n",
        "- a\n-\n- b: 1\n  c:\n  d:\n  - 1.5\n  - ~\n- - - x\n",
        "a: b\nb: c d e # f\nc: 'x y'\nd: \"é ü\"\ne: x#y\nf: fd00::/8\ng: a:b\n\"h\": -1\n-i: +5\nj: {}\nk: []\nl: [ a , b ]\na: again\n",
    ];

    const PIECES: [&str; 34] = [
        " ", "  ", "\n", "- ", "-", ": ", ":", "#", " # c", "\"", "'", "{", "}", "[", "]", ", ", ",", "a",
        "b: c\n", "\n\n", "&x ", "*x", "!t ", "| ", "?", "~", "0", "\t", "\r\n", "é", "%", "...", "<<",
        "null",
    ];

    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % u64::try_from(limit).expect("small")).expect("small")
        }
    }

    fn mutated(random: &mut Random) -> String {
        let mut text = SEEDS[random.below(SEEDS.len())].to_owned();
        for _ in 0..random.below(4) {
            let mut at = random.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let mut end = (at + random.below(9)).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            match random.below(3) {
                0 => text.insert_str(at, PIECES[random.below(PIECES.len())]),
                1 => text.replace_range(at..end, ""),
                _ => text.replace_range(at..end, PIECES[random.below(PIECES.len())]),
            }
        }
        text
    }

    fn file() -> FileId {
        FileSet::new().add(SourceFile::named("f", "")).expect("small")
    }

    #[test]
    fn plain_manifests_are_read_quickly() {
        let place = Place { file: file(), base: 0 };
        for text in &SEEDS[..3] {
            assert!(parse(text, place, &mut Vec::new()).is_some(), "{text}");
        }
    }

    #[test]
    fn what_is_read_quickly_equals_what_the_general_reader_reads() {
        let place = Place { file: file(), base: 7 };
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let mut accepted = 0;
        for _ in 0..30_000 {
            let text = mutated(&mut random);
            let mut quick_duplicates = Vec::new();
            let Some(quick) = parse(&text, place, &mut quick_duplicates) else { continue };
            accepted += 1;
            let mut duplicates = Vec::new();
            let general = general::parse(&text, place, &mut duplicates);
            let general = general.unwrap_or_else(|flaw| panic!("{text}\n{flaw:?}"));
            assert_eq!(general.root.as_ref(), Some(&quick), "{text}");
            assert_eq!(duplicates, quick_duplicates, "{text}");
        }
        assert!(accepted > 5_000, "only {accepted} inputs were plain");
    }
}
