//! Any YAML: from the events of the YAML library to a tree.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, Tag};
use rustc_hash::FxHashMap;

use super::super::{Entry, Node, Value};
use super::blanks::{Breaks, Tabs};
use super::expand;
use super::flaw::Flaw;
use super::limits::{Budget, DEPTH, TEXT_BYTES, one_more};
use super::mapping::{Duplicate, settle};
use super::place::Place;
use super::scalar;
use crate::text::Span;

/// The first document of a text.
#[derive(Debug)]
pub(in crate::yaml) struct Document<'t> {
    /// Its value; `None` when there is nothing but comments and blanks.
    pub(in crate::yaml) root: Option<Node<'t>>,
    /// Where it ends; what follows is not read.
    pub(in crate::yaml) end: usize,
}

/// Reads the first document of a text.
///
/// # Errors
/// Why kubectl cannot read it.
pub(in crate::yaml) fn parse<'t>(
    text: &'t str,
    place: Place,
    duplicates: &mut Vec<Duplicate>,
) -> Result<Document<'t>, Flaw> {
    let mut options = granit_parser::options! {
        disallow_directives: true,
        bom_inside_document_as_content: true,
        block_nesting_limit: DEPTH,
        flow_nesting_limit: DEPTH,
    };
    options.set_emit_comments(false);
    let mut building = Building::new(text, place, duplicates);
    for step in Parser::new_from_str_with_options(text, options) {
        let (event, span) = step.map_err(|error| Flaw::of_scan(&error, text))?;
        let range = span.byte_range().unwrap_or_default();
        if matches!(event, Event::DocumentEnd) {
            return building.finish(range.end);
        }
        building.take(event, range)?;
    }
    building.finish(text.len())
}

/// A collection that is not closed yet.
#[derive(Debug)]
struct Open<'t> {
    content: Content<'t>,
    style: StructureStyle,
    anchor: usize,
    start: usize,
    /// The column of its keys or dashes.
    column: usize,
}

#[derive(Debug)]
enum Content<'t> {
    Sequence(Vec<Node<'t>>),
    Mapping(Fields<'t>),
}

/// The entries of a mapping so far.
#[derive(Debug, Default)]
struct Fields<'t> {
    entries: Vec<Entry<'t>>,
    merged: Vec<Range<usize>>,
    key: Option<Key<'t>>,
}

/// A key that waits for its value.
#[derive(Debug)]
enum Key<'t> {
    Text(Cow<'t, str>, Span),
    Merge(Span),
}

#[derive(Debug)]
struct Building<'t, 'd> {
    text: &'t str,
    place: Place,
    duplicates: &'d mut Vec<Duplicate>,
    breaks: Breaks,
    stack: Vec<Open<'t>>,
    root: Option<Node<'t>>,
    anchors: FxHashMap<usize, Node<'t>>,
    values: usize,
    budget: Budget,
    tabs: Tabs,
    flow_depth: usize,
    /// Where the last key, scalar or bracket ended.
    last_end: usize,
}

impl<'t, 'd> Building<'t, 'd> {
    fn new(text: &'t str, place: Place, duplicates: &'d mut Vec<Duplicate>) -> Self {
        Self {
            text,
            place,
            duplicates,
            breaks: Breaks::find(text),
            stack: Vec::new(),
            root: None,
            anchors: FxHashMap::default(),
            values: 0,
            budget: Budget::new(),
            tabs: Tabs::find(text),
            flow_depth: 0,
            last_end: 0,
        }
    }

    fn finish(mut self, end: usize) -> Result<Document<'t>, Flaw> {
        self.breaks.reach(self.text, end)?;
        match self.tabs.flaw(end) {
            Some(flaw) => Err(flaw),
            None => Ok(Document { root: self.root, end }),
        }
    }

    fn take(&mut self, event: Event<'t>, range: Range<usize>) -> Result<(), Flaw> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(Scalar { text, style, anchor, tag }, range)
            }
            Event::SequenceStart(style, anchor, _) => {
                self.open(Content::Sequence(Vec::new()), style, anchor, &range)
            }
            Event::MappingStart(style, anchor, _) => {
                self.open(Content::Mapping(Fields::default()), style, anchor, &range)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range.end),
            Event::Alias(anchor) => self.alias(anchor, range),
            _ => Ok(()),
        }
    }

    fn open(
        &mut self,
        content: Content<'t>,
        style: StructureStyle,
        anchor: usize,
        range: &Range<usize>,
    ) -> Result<(), Flaw> {
        if self.stack.len() >= DEPTH {
            return Err(Flaw::at(range.start, expand::too_deep()));
        }
        if self.expects_key() {
            let help = "put the key in quotes if it is meant as text";
            return Err(Flaw::at(range.start, "a list or mapping cannot be a key").with_help(help));
        }
        if self.flow_depth == 0 {
            self.tabs.reach(range.start);
        }
        let mut start = range.start;
        let mut column = 0;
        if style == StructureStyle::Flow {
            self.flow_depth += 1;
            self.last_end = range.end;
        } else {
            if matches!(content, Content::Sequence(_)) {
                start = self.first_dash(start);
                self.last_end = start + 1;
            }
            column = start - line_start(self.text, start);
        }
        self.stack.push(Open { content, style, anchor, start, column });
        Ok(())
    }

    /// Where the first dash of a block sequence stands. The library is not exact when the dashes of a key's list
    /// stand at the column of the key.
    fn first_dash(&self, start: usize) -> usize {
        match self.stack.last().map(|open| &open.content) {
            Some(Content::Mapping(_)) => dash_after(self.text, self.last_end).unwrap_or(start),
            _ => start,
        }
    }

    fn expects_key(&self) -> bool {
        matches!(
            self.stack.last().map(|open| &open.content),
            Some(Content::Mapping(Fields { key: None, .. }))
        )
    }

    fn close(&mut self, end: usize) -> Result<(), Flaw> {
        let Some(open) = self.stack.pop() else { return Ok(()) };
        if open.style == StructureStyle::Flow {
            self.flow_depth = self.flow_depth.saturating_sub(1);
            if self.flow_depth == 0 {
                self.tabs.pass(end);
            }
            self.last_end = end;
        }
        let value = match open.content {
            Content::Sequence(items) => Value::Sequence(items),
            Content::Mapping(fields) => {
                Value::Mapping(settle(fields.entries, &fields.merged, self.duplicates))
            }
        };
        let span = self.place.span(open.start, self.last_end.max(open.start));
        self.add(Node { value, span, via: None }, open.anchor)
    }

    fn alias(&mut self, anchor: usize, range: Range<usize>) -> Result<(), Flaw> {
        if self.flow_depth == 0 {
            self.tabs.reach(range.start);
            self.tabs.pass(range.end);
        }
        self.last_end = range.end;
        let via = self.place.span(range.start, range.end);
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(Flaw::of(range.start, range.end, "this alias stands inside the value that it names"));
        };
        let node = expand::brought(anchored, via, self.stack.len(), &mut self.budget)
            .map_err(|limit| Flaw::of(range.start, range.end, limit))?;
        if self.expects_key() { self.key(node.value, &range) } else { self.add(node, 0) }
    }

    fn scalar(&mut self, scalar: Scalar<'t>, range: Range<usize>) -> Result<(), Flaw> {
        if scalar.text.len() > TEXT_BYTES {
            return Err(Flaw::too_long(range.start));
        }
        self.breaks.reach(self.text, range.start)?;
        match scalar.style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                self.breaks.pass_quoted(self.text, range.end)?;
            }
            _ => self.breaks.pass_unquoted(range.end)?,
        }
        let range = self.place_of(&scalar, range);
        let is_merge_key = scalar.is_merge_key();
        let anchor = scalar.anchor;
        let value = scalar.value().map_err(|refusal| Flaw::of(range.start, range.end, refusal))?;
        if !self.expects_key() {
            let value = scalar::to_json(value).map_err(|refusal| {
                Flaw::of(range.start, range.end, refusal).with_help("put it in quotes if it is meant as text")
            })?;
            let span = self.place.span(range.start, range.end);
            return self.add(Node { value, span, via: None }, anchor);
        }
        let span = self.place.span(range.start, range.end);
        if anchor != 0 {
            self.anchors.insert(anchor, Node { value: value.clone(), span, via: None });
        }
        if !is_merge_key {
            return self.key(value, &range);
        }
        if let Some(Open { content: Content::Mapping(fields), .. }) = self.stack.last_mut() {
            fields.key = Some(Key::Merge(span));
        }
        Ok(())
    }

    /// The tight range of a scalar; moves on to its end.
    fn place_of(&mut self, scalar: &Scalar<'t>, range: Range<usize>) -> Range<usize> {
        if scalar.is_unwritten(&range) {
            let at = self.unwritten_place(scalar).unwrap_or(range.start);
            self.last_end = self.last_end.max(at);
            return at..at;
        }
        if self.flow_depth == 0 {
            self.tabs.reach(range.start);
            match (scalar.style, self.stack.last()) {
                (ScalarStyle::Plain, Some(open)) if !self.expects_key() => {
                    self.tabs.pass_plain(range.end, open.column);
                }
                _ => self.tabs.pass(range.end),
            }
        }
        let written = self.text.get(range.clone()).unwrap_or_default();
        let length = match scalar.style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => written.len(),
            _ => written.trim_end_matches([' ', '\t', '\r', '\n']).len(),
        };
        let end = range.start + length;
        self.last_end = self.last_end.max(end);
        range.start..end
    }

    /// Where a value would stand that is not written: behind its colon or dash. The library is not exact.
    fn unwritten_place(&self, scalar: &Scalar<'t>) -> Option<usize> {
        let open = self.stack.last().filter(|_| !scalar.has_properties())?;
        match &open.content {
            Content::Mapping(Fields { key: None, .. }) => None,
            Content::Mapping(_) => Some(colon_after(self.text, self.last_end)),
            Content::Sequence(_) if open.style == StructureStyle::Flow => None,
            Content::Sequence(items) if items.is_empty() => Some(self.last_end),
            Content::Sequence(_) => dash_after(self.text, self.last_end).map(|dash| dash + 1),
        }
    }

    fn key(&mut self, value: Value<'t>, range: &Range<usize>) -> Result<(), Flaw> {
        let key = scalar::to_key(value).map_err(|what| {
            Flaw::of(range.start, range.end, format!("{what} cannot be a key"))
                .with_help("put the key in quotes if it is meant as text")
        })?;
        if let Some(Open { content: Content::Mapping(fields), .. }) = self.stack.last_mut() {
            fields.key = Some(Key::Text(key, self.place.span(range.start, range.end)));
        }
        Ok(())
    }

    /// A value is complete.
    fn add(&mut self, node: Node<'t>, anchor: usize) -> Result<(), Flaw> {
        one_more(&mut self.values)
            .ok_or_else(|| Flaw::too_many_values(self.place.relative(node.span.start)))?;
        if anchor != 0 {
            let kept =
                expand::kept(&node, &mut self.budget).map_err(|limit| self.flaw_at(node.span, limit))?;
            self.anchors.insert(anchor, kept);
        }
        let place = self.place;
        match self.stack.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(Content::Sequence(items)) => items.push(node),
            Some(Content::Mapping(fields)) => match fields.key.take() {
                Some(Key::Text(key, key_span)) => fields.entries.push(Entry { key, key_span, value: node }),
                Some(Key::Merge(via)) => {
                    return fields.merge(node, via).map_err(|message| {
                        Flaw::of(place.relative(via.start), place.relative(via.end), message)
                            .with_help("write `<<: *name`, where the anchor `name` is a mapping")
                    });
                }
                None => {}
            },
        }
        Ok(())
    }

    fn flaw_at(&self, span: Span, message: String) -> Flaw {
        Flaw::of(self.place.relative(span.start), self.place.relative(span.end), message)
    }
}

impl<'t> Fields<'t> {
    /// Takes in the entries that a merge key brings. As kubectl does it, they override what stands before the
    /// merge key; of a list of mappings, the first to have a key wins.
    fn merge(&mut self, node: Node<'t>, via: Span) -> Result<(), String> {
        let mappings = match node.value {
            Value::Sequence(items) => items,
            value => vec![Node { value, ..node }],
        };
        for mut mapping in mappings.into_iter().rev() {
            expand::mark(&mut mapping, via);
            let Value::Mapping(mapping) = mapping.value else {
                return Err("a merge key needs a mapping or a list of mappings".to_owned());
            };
            let start = self.entries.len();
            self.entries.extend(mapping.entries);
            self.merged.push(start..self.entries.len());
        }
        Ok(())
    }
}

/// A scalar as the library gives it.
#[derive(Debug)]
struct Scalar<'t> {
    text: Cow<'t, str>,
    style: ScalarStyle,
    anchor: usize,
    tag: Option<Cow<'t, Tag>>,
}

impl<'t> Scalar<'t> {
    /// Whether nothing is written: the library then says `~` or an empty text, of no width.
    fn is_unwritten(&self, range: &Range<usize>) -> bool {
        self.style == ScalarStyle::Plain && range.is_empty()
    }

    const fn has_properties(&self) -> bool {
        self.anchor != 0 || self.tag.is_some()
    }

    fn is_merge_key(&self) -> bool {
        let means_merge = match self.tag_name() {
            Some(tag) => tag == "tag:yaml.org,2002:merge",
            None => self.style == ScalarStyle::Plain,
        };
        means_merge && self.text == "<<"
    }

    /// The tag, written out.
    fn tag_name(&self) -> Option<String> {
        let (handle, suffix) = self.tag.as_ref()?.parts();
        Some(format!("{handle}{suffix}"))
    }

    fn value(self) -> Result<Value<'t>, String> {
        match self.tag_name() {
            Some(tag) => scalar::tagged(&tag, self.text),
            None if self.style == ScalarStyle::Plain => Ok(scalar::plain(self.text)),
            None => Ok(Value::String(self.text)),
        }
    }
}

/// Where the line begins that holds the byte at `offset`.
fn line_start(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1)
}

/// Behind the colon that follows a key, or the end of the key when there is none.
fn colon_after(text: &str, key_end: usize) -> usize {
    let rest = text.as_bytes().get(key_end..).unwrap_or_default();
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    if rest.get(blanks) == Some(&b':') { key_end + blanks + 1 } else { key_end }
}

/// The first dash behind a key: behind its colon, anchor, tag, comments and line ends.
fn dash_after(text: &str, key_end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = key_end;
    loop {
        match bytes.get(at)? {
            b'-' => return Some(at),
            b' ' | b'\t' | b'\r' | b'\n' | b':' => at += 1,
            b'#' => at += memchr::memchr2(b'\n', b'\r', bytes.get(at..)?)?,
            b'&' | b'!' => at += bytes.get(at..)?.iter().position(u8::is_ascii_whitespace)?,
            _ => return None,
        }
    }
}
