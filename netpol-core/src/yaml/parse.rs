//! From one document to its tree.

use super::reader::flaw::Flaw;
use super::reader::mapping::Duplicate;
use super::reader::place::Place;
use super::reader::{general, json};
use super::{Chunk, Node, Parsed, Syntax};
use crate::diagnostic::rule::{DUPLICATE_KEY, UNREADABLE_YAML, UNRENDERED_TEMPLATE};
use crate::diagnostic::{Category, Diagnostic, Severity};
use crate::text::{SourceFile, Span};

/// Parses one chunk. `wanted(api_version, kind)` tells whether objects of a kind are to be built; others become
/// [`Parsed::Skipped`] where that saves work.
pub fn parse<'t>(
    source: &'t SourceFile,
    chunk: &Chunk,
    wanted: &dyn Fn(&str, &str) -> bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Parsed<'t> {
    let place = Place { file: chunk.span.file, base: chunk.span.start };
    let text = source.text().get(chunk.span.start as usize..chunk.span.end as usize).unwrap_or_default();
    report_invalid_byte(source, text, place, diagnostics);
    let _ = wanted;
    let mut duplicates = Vec::new();
    let read = match chunk.syntax {
        Syntax::Json => json::parse(text, place, &mut duplicates).map(|(node, _)| Some(node)),
        Syntax::Yaml => parse_yaml(text, place, &mut duplicates, diagnostics),
    };
    match read {
        Ok(root) => {
            diagnostics.extend(duplicates.into_iter().map(report_duplicate));
            root.map_or(Parsed::Empty, Parsed::Tree)
        }
        Err(flaw) => report_flaw(&flaw, text, place, diagnostics),
    }
}

fn parse_yaml<'t>(
    text: &'t str,
    place: Place,
    duplicates: &mut Vec<Duplicate>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Node<'t>>, Flaw> {
    refuse_separator(text)?;
    refuse_control_character(text)?;
    let document = general::parse(text, place, duplicates)?;
    let rest = text.get(document.end..).unwrap_or_default();
    if let Some(ignored) = first_content(rest) {
        let at = document.end + ignored;
        let message = "kubectl does not read what follows the end of this document";
        diagnostics.push(
            Diagnostic::new(UNREADABLE_YAML, Category::Input, Severity::Warning, place.span(at, at), message)
                .with_help("begin another document with a line `---`"),
        );
    }
    Ok(document.root)
}

/// The first byte that is no blank and no comment.
fn first_content(text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start();
        if !content.is_empty() && !content.starts_with('#') {
            return Some(start + line.len() - content.len());
        }
        start += line.len();
    }
    None
}

fn refuse_separator(text: &str) -> Result<(), Flaw> {
    let Some(after) = text.strip_prefix("---") else { return Ok(()) };
    let line = after.lines().next().unwrap_or_default();
    Err(Flaw::of(0, 3 + line.len(), "text follows `---` on its line")
        .with_help("begin the document on the next line"))
}

/// Control characters are refused wherever they stand, also in comments.
fn refuse_control_character(text: &str) -> Result<(), Flaw> {
    let found = text.char_indices().find(|(_, character)| is_control(*character));
    match found {
        None => Ok(()),
        Some((at, character)) => {
            let message = format!("the control character U+{:04X} stands here", u32::from(character));
            Err(Flaw::of(at, at + character.len_utf8(), message)
                .with_help("remove it, or write it as an escape in double quotes"))
        }
    }
}

const fn is_control(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

fn report_invalid_byte(source: &SourceFile, text: &str, place: Place, diagnostics: &mut Vec<Diagnostic>) {
    let Some(offset) = source.first_invalid_byte().filter(|offset| *offset >= place.base) else { return };
    let at = place.relative(offset);
    if at < text.len() {
        let message = "this is not UTF-8; it is read as U+FFFD";
        let span = place.span(at, at + char::REPLACEMENT_CHARACTER.len_utf8());
        diagnostics.push(
            Diagnostic::new(UNREADABLE_YAML, Category::Input, Severity::Warning, span, message)
                .with_help("save the file as UTF-8"),
        );
    }
}

fn report_duplicate(duplicate: Duplicate) -> Diagnostic {
    let message = format!("the key `{}` stands twice in one mapping; the last one holds", duplicate.key);
    Diagnostic::policy(DUPLICATE_KEY, duplicate.dropped, message)
        .with_label("this one is dropped")
        .with_related(duplicate.kept, "this one holds")
        .with_help("remove one of them")
}

fn report_flaw<'t>(flaw: &Flaw, text: &str, place: Place, diagnostics: &mut Vec<Diagnostic>) -> Parsed<'t> {
    let span: Span = place.span(flaw.start, flaw.end);
    if memchr::memmem::find(text.as_bytes(), b"{{").is_some() {
        let message = "this is a template that was not rendered; it is left out";
        diagnostics.push(
            Diagnostic::new(UNRENDERED_TEMPLATE, Category::Input, Severity::Warning, span, message)
                .with_help("render it first, for example with `helm template`"),
        );
        return Parsed::Template;
    }
    let diagnostic = Diagnostic::input(UNREADABLE_YAML, span, flaw.message.clone());
    diagnostics.push(match flaw.help {
        Some(help) => diagnostic.with_help(help),
        None => diagnostic,
    });
    Parsed::Broken { looks_like_object: looks_like_object(text) }
}

/// Whether lines begin with `apiVersion:` and `kind:`.
fn looks_like_object(text: &str) -> bool {
    let has = |key: &str| {
        memchr::memmem::find_iter(text.as_bytes(), key.as_bytes()).any(|at| {
            let before = text.as_bytes().get(..at).unwrap_or_default();
            let after = text.as_bytes().get(at + key.len()..).unwrap_or_default();
            matches!(before.last(), None | Some(b'\n' | b' ' | b'"' | b'\'' | b'{' | b','))
                && matches!(after.first(), Some(b':' | b'"' | b'\'' | b' '))
        })
    };
    has("apiVersion") && has("kind")
}
