//! From a file to its documents.

use serde_json::value::RawValue;

use super::block_list::block_items;
use super::list::json_items;
use super::reader::limits::DOCUMENTS;
use super::reader::place::Place;
use super::{Chunk, Syntax};
use crate::text::{FileId, SourceFile, Span};

/// Splits a file into documents without parsing them.
///
/// A file that begins with `{` is a sequence of JSON values; what follows the last one that is readable, and any
/// other file, is YAML. YAML documents are split at lines that begin with `---`, whatever they stand in. The items of a
/// plain list are chunks of their own.
pub fn split(file: FileId, source: &SourceFile) -> Vec<Chunk> {
    let text = source.text();
    let place = Place { file, base: 0 };
    let mut chunks = Vec::new();
    let rest = split_json(text, place, &mut chunks);
    split_yaml(text, rest, place, &mut chunks);
    chunks
}

/// Splits off JSON values, behind a byte order mark if there is one; says where something else begins.
fn split_json(text: &str, place: Place, chunks: &mut Vec<Chunk>) -> usize {
    let mut at = text.strip_prefix('\u{feff}').map_or(0, |rest| text.len() - rest.len());
    while chunks.len() < DOCUMENTS {
        let rest = text.get(at..).unwrap_or_default();
        let start = at + (rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len());
        let value = text.get(start..).filter(|value| value.starts_with('{'));
        let Some(value) = value else {
            return if start == text.len() { start } else { at };
        };
        let mut values = serde_json::Deserializer::from_str(value).into_iter::<&RawValue>();
        let Some(Ok(raw)) = values.next() else { return at };
        let end = start + raw.get().len();
        match json_items(raw.get(), start, place) {
            Some(items) => chunks.extend(items),
            None => chunks.push(Chunk {
                syntax: Syntax::Json,
                span: place.span(start, end),
                source: None,
                inherited: None,
            }),
        }
        at = end;
    }
    at
}

/// Splits the rest of a text at its separator lines.
fn split_yaml(text: &str, from: usize, place: Place, chunks: &mut Vec<Chunk>) {
    let mut start = from;
    let mut line = from;
    while line < text.len() {
        if chunks.len() >= DOCUMENTS {
            let span = place.span(start, text.len());
            return chunks.push(Chunk { syntax: Syntax::Excess, span, source: None, inherited: None });
        }
        let end = line_end(text, line);
        if let Some(after) = text.get(line..end).and_then(|line| line.strip_prefix("---")) {
            push(text, start, line, place, chunks);
            let trailing = after.trim();
            start = if trailing.is_empty() || trailing.starts_with('#') { end } else { line };
        }
        line = next_candidate(text, end);
    }
    push(text, start, text.len(), place, chunks);
}

/// The next line that may be a separator.
fn next_candidate(text: &str, from: usize) -> usize {
    if text.as_bytes().get(from..).is_some_and(|rest| rest.starts_with(b"---")) {
        return from;
    }
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    memchr::memmem::find(rest, b"\n---").map_or(text.len(), |found| from + found + 1)
}

/// Behind the line that begins at `start`.
fn line_end(text: &str, start: usize) -> usize {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |length| start + length + 1)
}

fn push(text: &str, start: usize, end: usize, place: Place, chunks: &mut Vec<Chunk>) {
    let body = text.get(start..end).unwrap_or_default();
    if body.bytes().all(|byte| byte.is_ascii_whitespace()) {
        return;
    }
    if let Some(items) = block_items(body, start, place) {
        return chunks.extend(items);
    }
    let source = helm_source(body).map(|(from, to)| place.span(start + from, start + to));
    let span: Span = place.span(start, end);
    chunks.push(Chunk { syntax: Syntax::Yaml, span, source, inherited: None });
}

/// The path of a comment `# Source: path` before the first content, as Helm writes it.
fn helm_source(body: &str) -> Option<(usize, usize)> {
    let mut start = 0;
    for line in body.split_inclusive('\n') {
        let content = line.trim();
        if !content.is_empty() && !content.starts_with('#') {
            return None;
        }
        if let Some(path) = line.strip_prefix("# Source: ") {
            let path_start = start + line.len() - path.len();
            return Some((path_start, path_start + path.trim_end().len()));
        }
        start += line.len();
    }
    None
}
