//! The smallest change of a text that adds something to a document; every other byte stays.

use super::emit::{self, Layout};
use super::parse::tree;
use super::{Mapping, Node, Value};
use crate::diagnostic::Edit;
use crate::text::{FileId, SourceFile, Span};

/// Appends an item to the list at `path` (such as `spec.ingress[0].from`) of a document, in the style of the list.
///
/// A list that is not written (`from:` and nothing) is begun. `None` when the document is not readable, has no list at
/// the path, or the list came through an alias or merge key.
pub fn append_item(
    file: FileId,
    source: &SourceFile,
    document: Span,
    path: &str,
    item: &Value<'_>,
) -> Option<Edit> {
    let text = Text::of(file, source, document)?;
    let root = tree(text.document, text.place())?;
    let target = find(&root, path)?;
    let items = match &target.node.value {
        Value::Sequence(items) => items,
        Value::Null => {
            let item = Node { value: item.clone(), span: target.node.span, via: None };
            return text.begin(target, &Value::Sequence(vec![item]), &root);
        }
        _ => return None,
    };
    let (start, end) = text.range(target.node.span);
    if text.starts_with(start, b'[') {
        let item = text.flow(item);
        let last = items.last().map(|last| last.via.unwrap_or(last.span));
        return text.append_in_brackets(last, start, end, &item);
    }
    let column = text.column(start);
    let layout = text.layout(&root, column + 2);
    Some(text.append_line(end, column, &format!("- {}", emit::block(item, layout))))
}

/// Appends items to the list at `path` of a document in its style; begins the list where its mapping does not have it.
///
/// `None` when the document is not readable, has nothing at the path to hold the list, or that came through an alias or
/// merge key.
pub fn add_items(
    file: FileId,
    source: &SourceFile,
    document: Span,
    path: &str,
    items: Vec<Value<'_>>,
) -> Option<Vec<Edit>> {
    let appended: Option<Vec<Edit>> =
        items.iter().map(|item| append_item(file, source, document, path, item)).collect();
    if let Some(edits) = appended {
        return Some(joined(edits));
    }
    let node = |value| Node { value, span: document, via: None };
    let list = Value::Sequence(items.into_iter().map(node).collect());
    let (parent, key) = path.rsplit_once('.')?;
    insert_key(file, source, document, parent, (key, &list)).map(|edit| vec![edit])
}

/// Insertions at one place as one, in their order.
pub fn joined(edits: Vec<Edit>) -> Vec<Edit> {
    let mut joined: Vec<Edit> = Vec::new();
    for edit in edits {
        match joined.last_mut() {
            Some(last) if last.span == edit.span => last.text.push_str(&edit.text),
            _ => joined.push(edit),
        }
    }
    joined
}

/// Adds a key and its value to the mapping at `path` of a document (an empty path is the document), in the style of
/// the mapping.
///
/// `None` when the document is not readable, has no mapping at the path, has the key already, or the mapping came
/// through an alias or merge key.
pub fn insert_key(
    file: FileId,
    source: &SourceFile,
    document: Span,
    path: &str,
    entry: (&str, &Value<'_>),
) -> Option<Edit> {
    let text = Text::of(file, source, document)?;
    let root = tree(text.document, text.place())?;
    let target = find(&root, path)?;
    let (key, value) = entry;
    let mapping = match &target.node.value {
        Value::Mapping(mapping) => mapping,
        Value::Null => return text.begin(target, &single(key, value, target.node.span), &root),
        _ => return None,
    };
    if mapping.get(key).is_some() {
        return None;
    }
    let (start, end) = text.range(target.node.span);
    if text.starts_with(start, b'{') {
        let last = last_place(mapping);
        return text.append_in_brackets(last, start, end, &text.flow_entry(key, value));
    }
    let column = text.column(start);
    let layout = text.layout(&root, column);
    Some(text.append_line(end, column, &emit::block_entry(key, value, layout)))
}

/// Replaces the one value that is the text `old` within the value at `path`, keeping its quotes.
///
/// `None` when the document is not readable, has nothing at the path, there is no such value or more than one, or it
/// came through an alias or merge key, or is not written plainly.
pub fn replace_text(
    file: FileId,
    source: &SourceFile,
    document: Span,
    path: &str,
    (old, new): (&str, &str),
) -> Option<Edit> {
    let text = Text::of(file, source, document)?;
    let root = tree(text.document, text.place())?;
    let mut found = Vec::new();
    texts_within(find(&root, path)?.node, old, &mut found);
    let [span] = found.as_slice() else { return None };
    let (start, end) = text.range(*span);
    let written = text.document.get(start..end)?;
    let new = match written.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_suffix(['"', '\''])) {
        Some(inner) if inner == old => written.replacen(old, new, 1),
        None if written == old => text.flow(&Value::String(new.to_owned().into())),
        _ => return None,
    };
    Some(Edit { span: *span, text: new })
}

/// A key that moves out of an item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifted {
    /// The changes.
    pub edits: Vec<Edit>,
    /// Whether its item held nothing else, so that the item goes.
    pub is_alone: bool,
    /// How many other items the list has.
    pub others: usize,
}

/// Moves a key with its value out of an item of a list to the mapping that has the list, behind the list. `path` is
/// the key's, such as `spec.ingress[0].from[1].ports`. An item, and a list, of which nothing is left go too.
///
/// `None` when the document is not readable block YAML there, when the mapping or another item has such a key already,
/// and when the key is the first of several in its item.
pub fn lift_key(file: FileId, source: &SourceFile, document: Span, path: &str) -> Option<Lifted> {
    let text = Text::of(file, source, document)?;
    let root = tree(text.document, text.place())?;
    let (item_path, name) = path.rsplit_once('.')?;
    let (list_path, _) = item_path.rsplit_once('[')?;
    let (parent_path, _) = list_path.rsplit_once('.')?;
    let [item, list, parent] = [item_path, list_path, parent_path].map(|path| find(&root, path));
    let (item, list, parent) = (item?, list?, parent?);
    let (Value::Mapping(fields), Value::Sequence(items), Value::Mapping(beside)) =
        (&item.node.value, &list.node.value, &parent.node.value)
    else {
        return None;
    };
    let entry = fields.get(name).filter(|_| beside.get(name).is_none())?;
    if items.iter().filter(|item| has_key(item, name)).count() > 1 {
        return None;
    }
    let places = [item.node, list.node, parent.node, &entry.value];
    let (list_start, list_end) = text.range(list.node.span);
    if places.iter().any(|node| node.via.is_some()) || !text.starts_with(list_start, b'-') {
        return None;
    }
    let (key_start, _) = text.range(entry.key_span);
    let (_, value_end) = text.range(entry.value.span);
    let (list_key, _) = text.range(list.key?);
    let column = text.column(list_key);
    let end = text.line_end(value_end);
    let moved = text.dedented(key_start, end, column)?;
    let is_alone = fields.entries.len() == 1;
    let lifted = |edits| Some(Lifted { edits, is_alone, others: items.len().saturating_sub(1) });
    if is_alone && items.len() == 1 {
        return lifted(vec![text.edit(list_key, end, moved)]);
    }
    let line = text.line_start(key_start);
    let is_own_line = text.document.get(line..key_start)?.trim_start_matches(' ').is_empty();
    let is_item_line = text.document.get(line..key_start)?.trim_start_matches(' ') == "- ";
    if !(is_own_line && !is_alone || is_item_line && is_alone) {
        return None;
    }
    let moved = format!("{}{moved}", " ".repeat(column));
    let behind = text.line_end(list_end);
    if behind == end {
        return lifted(vec![text.edit(line, end, moved)]);
    }
    let moved = if text.onwards.get(..behind)?.ends_with('\n') {
        moved
    } else {
        format!("{}{}", text.newline, moved.trim_end_matches(['\r', '\n']))
    };
    lifted(vec![text.edit(line, end, String::new()), text.edit(behind, behind, moved)])
}

fn has_key(node: &Node<'_>, key: &str) -> bool {
    matches!(&node.value, Value::Mapping(fields) if fields.get(key).is_some())
}

/// The places of the values that are the text `wanted`.
fn texts_within(node: &Node<'_>, wanted: &str, found: &mut Vec<Span>) {
    if node.via.is_some() {
        return;
    }
    match &node.value {
        Value::String(text) if text == wanted => found.push(node.span),
        Value::Sequence(items) => items.iter().for_each(|item| texts_within(item, wanted, found)),
        Value::Mapping(mapping) => {
            mapping.entries.iter().for_each(|entry| texts_within(&entry.value, wanted, found));
        }
        _ => {}
    }
}

/// Where the last entry of a mapping ends, in the order of the text.
fn last_place(mapping: &Mapping<'_>) -> Option<Span> {
    let places = mapping
        .entries
        .iter()
        .filter(|entry| entry.value.via.is_none_or(|via| via.start > entry.key_span.start));
    let ends = places.map(|entry| {
        let value = entry.value.via.unwrap_or(entry.value.span);
        entry.key_span.cover(value)
    });
    ends.max_by_key(|span| span.end)
}

fn single<'v>(key: &str, value: &Value<'v>, span: Span) -> Value<'v> {
    let node = Node { value: value.clone(), span, via: None };
    let entry = super::Entry { key: key.to_owned().into(), key_span: span, value: node };
    Value::Mapping(Mapping { entries: vec![entry] })
}

/// A value of a document and the key that it belongs to.
#[derive(Debug, Clone, Copy)]
struct Target<'n, 't> {
    node: &'n Node<'t>,
    key: Option<Span>,
}

/// The value at a path: keys with dots between, positions and odd keys in brackets.
fn find<'n, 't>(root: &'n Node<'t>, path: &str) -> Option<Target<'n, 't>> {
    let mut target = Target { node: root, key: None };
    let mut rest = path;
    while !rest.is_empty() {
        let step;
        if let Some(bracketed) = rest.strip_prefix('[') {
            (step, rest) = bracketed.split_once(']')?;
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            (step, rest) = rest.split_at_checked(end)?;
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
        target = match &target.node.value {
            Value::Sequence(items) => Target { node: items.get(step.parse::<usize>().ok()?)?, key: None },
            Value::Mapping(mapping) => {
                let entry = mapping.get(step)?;
                Target { node: &entry.value, key: Some(entry.key_span) }
            }
            _ => return None,
        };
        if target.node.via.is_some() {
            return None;
        }
    }
    (!is_shared(root, target.node.span)).then_some(target)
}

/// Whether an alias somewhere in the document repeats what stands in a place: a change there would be one of both.
fn is_shared(node: &Node<'_>, place: Span) -> bool {
    if node.via.is_some() {
        return node.span.cover(place) == node.span;
    }
    match &node.value {
        Value::Sequence(items) => items.iter().any(|item| is_shared(item, place)),
        Value::Mapping(mapping) => mapping.entries.iter().any(|entry| is_shared(&entry.value, place)),
        _ => false,
    }
}

/// Where the line begins of which nothing but the dash of a list stands before an object: the object is read with its
/// dash, so that its lines stand in their columns.
fn line_of_dash(before: &str) -> Option<usize> {
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    before
        .get(line..)?
        .trim_start_matches(' ')
        .strip_prefix('-')?
        .trim_matches(' ')
        .is_empty()
        .then_some(line)
}

/// The text of a document, and where it stands.
#[derive(Debug, Clone, Copy)]
struct Text<'t> {
    file: FileId,
    base: u32,
    document: &'t str,
    /// The document and all that follows it in the file: its last line may end in a comment.
    onwards: &'t str,
    newline: &'static str,
}

impl<'t> Text<'t> {
    fn of(file: FileId, source: &'t SourceFile, document: Span) -> Option<Self> {
        let before = source.text().get(..document.start as usize)?;
        let start = line_of_dash(before).unwrap_or(before.len());
        let text = source.text().get(start..document.end as usize)?;
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let onwards = source.text().get(start..)?;
        Some(Self { file, base: u32::try_from(start).ok()?, document: text, onwards, newline })
    }

    const fn place(&self) -> super::reader::place::Place {
        super::reader::place::Place { file: self.file, base: self.base }
    }

    fn range(&self, span: Span) -> (usize, usize) {
        let place = self.place();
        (place.relative(span.start), place.relative(span.end))
    }

    fn starts_with(&self, at: usize, byte: u8) -> bool {
        self.document.as_bytes().get(at) == Some(&byte)
    }

    /// The column of a byte, counted in bytes from 0.
    fn column(&self, at: usize) -> usize {
        let before = self.document.as_bytes().get(..at).unwrap_or_default();
        at - memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)
    }

    fn line_start(&self, at: usize) -> usize {
        at - self.column(at)
    }

    /// Behind the line that holds the byte before `at`.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.onwards.as_bytes().get(at..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(self.onwards.len(), |newline| at + newline + 1)
    }

    /// Behind the line that holds the byte before `at`, and behind the lines after it with comments that stand further
    /// right than a column: they are about what stands above them.
    fn line_end_with_comments(&self, at: usize, column: usize) -> usize {
        let mut end = self.line_end(at);
        for line in self.onwards.get(end..).unwrap_or_default().split_inclusive('\n') {
            let text = line.trim_start_matches(' ');
            if !text.starts_with('#') || line.len() - text.len() <= column {
                break;
            }
            end += line.len();
        }
        end
    }

    /// The lines from `start` on, of which the first stands in the column of `start`, moved left to `column`.
    fn dedented(&self, start: usize, end: usize, column: usize) -> Option<String> {
        let shift = self.column(start).checked_sub(column)?;
        let lines = self.onwards.get(start..end)?.split_inclusive('\n').enumerate();
        let moved = lines.map(|(number, line)| {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            line.get(if number == 0 { 0 } else { shift.min(blanks) }..).unwrap_or_default()
        });
        Some(moved.collect())
    }

    fn layout(&self, root: &Node<'_>, column: usize) -> Layout<'static> {
        Layout { column, dash_offset: self.dash_offset(root).unwrap_or(0), newline: self.newline }
    }

    /// How far the first list of the document indents its dashes.
    fn dash_offset(&self, node: &Node<'_>) -> Option<usize> {
        match &node.value {
            Value::Sequence(items) => items.iter().find_map(|item| self.dash_offset(item)),
            Value::Mapping(mapping) => mapping.entries.iter().find_map(|entry| {
                let (key, _) = self.range(entry.key_span);
                let (start, _) = self.range(entry.value.span);
                if matches!(entry.value.value, Value::Sequence(_)) && self.starts_with(start, b'-') {
                    self.column(start).checked_sub(self.column(key))
                } else {
                    self.dash_offset(&entry.value)
                }
            }),
            _ => None,
        }
    }

    /// Whether the document is written as JSON, where keys stand in quotes, rather than as YAML in braces.
    fn is_json(&self) -> bool {
        let first_key = self.document.trim_start().strip_prefix(['{', '[']).map(str::trim_start);
        first_key.is_some_and(|rest| rest.starts_with('"'))
    }

    fn flow(&self, value: &Value<'_>) -> String {
        if self.is_json() { emit::json(value) } else { emit::flow(value) }
    }

    fn flow_entry(&self, key: &str, value: &Value<'_>) -> String {
        let key = Value::String(key.into());
        format!("{}: {}", self.flow(&key), self.flow(value))
    }

    fn edit(&self, start: usize, end: usize, text: String) -> Edit {
        Edit { span: self.place().span(start, end), text }
    }

    /// Adds to what stands in brackets from `start` to `end`, behind `last`.
    fn append_in_brackets(&self, last: Option<Span>, start: usize, end: usize, text: &str) -> Option<Edit> {
        if end <= start + 1 {
            return None;
        }
        let Some(last) = last else { return Some(self.edit(start + 1, start + 1, text.to_owned())) };
        let (from, to) = self.range(last);
        if from < start || to > end {
            return None;
        }
        let column = self.column(from);
        let is_first_on_line =
            self.document.get(from - column..from).is_some_and(|before| before.trim().is_empty());
        let gap =
            if is_first_on_line { format!("{}{}", self.newline, " ".repeat(column)) } else { " ".to_owned() };
        let line = self.document.get(to..)?.split(['\r', '\n']).next().unwrap_or_default();
        let after = line.trim_start_matches([' ', '\t']);
        let (comma, behind) = after.strip_prefix(',').map_or(("", after), |behind| (",", behind));
        let ends_line = behind.trim().is_empty() || behind.trim_start().starts_with('#');
        Some(match comma {
            // A comment belongs to what stands before it on its line.
            "" if is_first_on_line && ends_line => {
                self.edit(to, to + line.len(), format!(",{line}{gap}{text}"))
            }
            "" => self.edit(to, to, format!(",{gap}{text}")),
            _ => {
                let kept = if is_first_on_line && ends_line { line } else { line.strip_suffix(behind)? };
                let at = to + kept.len();
                self.edit(at, at, format!("{gap}{text},"))
            }
        })
    }

    /// Adds a line, or several, behind the line that holds the byte at `end`.
    fn append_line(&self, end: usize, column: usize, text: &str) -> Edit {
        let indented = format!("{}{text}", " ".repeat(column));
        let at = self.line_end_with_comments(end, column);
        let text = if self.onwards.get(..at).is_some_and(|before| before.ends_with('\n')) {
            format!("{indented}{}", self.newline)
        } else {
            format!("{}{indented}", self.newline)
        };
        self.edit(at, at, text)
    }

    /// Writes a value where there is none, or `null`.
    fn begin(&self, target: Target<'_, '_>, value: &Value<'_>, root: &Node<'_>) -> Option<Edit> {
        let (start, end) = self.range(target.node.span);
        if start < end {
            return Some(self.edit(start, end, self.flow(value)));
        }
        let (key, key_end) = self.range(target.key?);
        if !self.document.get(key_end..start)?.contains(':') {
            return None;
        }
        let line_end = memchr::memchr(b'\n', self.document.as_bytes().get(start..)?);
        let rest = self.document.get(start..line_end.map_or(self.document.len(), |length| start + length))?;
        if !rest.trim().is_empty() && !rest.trim_start().starts_with('#') {
            return Some(self.edit(start, start, format!(" {}", self.flow(value))));
        }
        let column = self.column(key);
        let dash_offset = self.dash_offset(root).unwrap_or(0);
        let inner = if matches!(value, Value::Sequence(_)) { column + dash_offset } else { column + 2 };
        let layout = Layout { column: inner, dash_offset, newline: self.newline };
        Some(self.append_line(start, inner, &emit::block(value, layout)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::FileSet;
    use crate::yaml::{Chunk, split};

    fn with_document<T>(text: &str, run: impl FnOnce(FileId, &SourceFile, &Chunk) -> T) -> T {
        let mut files = FileSet::new();
        let id = files.add(SourceFile::named("f", text)).expect("small");
        let source = files.get(id).expect("added");
        let chunks = split(id, source);
        run(id, source, chunks.last().expect("a document"))
    }

    fn value(text: &str) -> Value<'static> {
        with_document(text, |id, _, _| {
            let place = crate::yaml::reader::place::Place { file: id, base: 0 };
            tree(text.to_owned().leak(), place).expect("readable").value
        })
    }

    fn applied(text: &str, edit: &Edit) -> String {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        let mut changed = text.to_owned();
        changed.replace_range(start..end, &edit.text);
        changed
    }

    fn appended(text: &str, path: &str, item: &str) -> Option<String> {
        let item = value(item);
        let edit = with_document(text, |id, source, chunk| append_item(id, source, chunk.span, path, &item));
        edit.map(|edit| applied(text, &edit))
    }

    #[test]
    fn a_comment_stays_behind_what_it_speaks_of_at_the_end_of_an_object_too() {
        let text = "a:\n- x # c\n# d\n";
        let edit = with_document(text, |id, source, _| {
            append_item(id, source, Span::new(id, 0, 6), "a", &Value::String("z".into()))
        });
        assert_eq!(applied(text, &edit.expect("an edit")), "a:\n- x # c\n- z\n# d\n");
    }

    fn inserted(text: &str, path: &str, key: &str, item: &str) -> Option<String> {
        let item = value(item);
        let edit =
            with_document(text, |id, source, chunk| insert_key(id, source, chunk.span, path, (key, &item)));
        edit.map(|edit| applied(text, &edit))
    }

    #[test]
    fn an_item_takes_the_style_of_its_list() {
        let cases = [
            ("a:\n- x\n- y # c\n# d\nb: 1\n", "a", "a:\n- x\n- y # c\n- z\n# d\nb: 1\n"),
            ("a:\n  b:\n    - x", "a.b", "a:\n  b:\n    - x\n    - z"),
            ("a:\r\n- x\r\nb: 1\r\n", "a", "a:\r\n- x\r\n- z\r\nb: 1\r\n"),
            ("a: [x, y ] # c\n", "a", "a: [x, y, z ] # c\n"),
            ("a: []\n", "a", "a: [z]\n"),
            ("a: # c\nb: 1\n", "a", "a: # c\n- z\nb: 1\n"),
            ("a: ~\n", "a", "a: [z]\n"),
            ("{a: , b: 1}\n", "a", "{a: [z] , b: 1}\n"),
            ("{\"a\": [], b: 1}\n", "a", "{\"a\": [\"z\"], b: 1}\n"),
            ("a: [x, y, ]\n", "a", "a: [x, y, z, ]\n"),
            ("a: [\n  x # c\n]\n", "a", "a: [\n  x, # c\n  z\n]\n"),
            ("a: [\n  x, # c\n]\n", "a", "a: [\n  x, # c\n  z,\n]\n"),
            ("a:\n- - x\n- b\n", "a[0]", "a:\n- - x\n  - z\n- b\n"),
            ("x: 1\n---\na:\n- p: 1\n  q:\n  - r\n", "a[0].q", "x: 1\n---\na:\n- p: 1\n  q:\n  - r\n  - z\n"),
            ("{\n  \"a\": [\n    \"x\"\n  ]\n}\n", "a", "{\n  \"a\": [\n    \"x\",\n    \"z\"\n  ]\n}\n"),
        ];
        for (text, path, expected) in cases {
            assert_eq!(appended(text, path, "z").as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_mapping_is_laid_out_as_the_document_lays_out_its_lists() {
        let item = "podSelector:\n  matchLabels: {app: 'true', m: x}\nports: [1]\n";
        let flat = appended("a:\n- x\n", "a", item).expect("an edit");
        let lines =
            "a:\n- x\n- podSelector:\n    matchLabels:\n      app: \"true\"\n      m: x\n  ports:\n  - 1\n";
        assert_eq!(flat, lines);
        let indented = appended("a:\n  - x\n", "a", item).expect("an edit");
        assert!(indented.ends_with("    ports:\n      - 1\n"), "{indented}");
        let flow = appended("a: [x]\n", "a", item).expect("an edit");
        assert_eq!(flow, "a: [x, {podSelector: {matchLabels: {app: \"true\", m: x}}, ports: [1]}]\n");
    }

    #[test]
    fn a_key_takes_the_style_of_its_mapping() {
        let cases = [
            ("a:\n  b: 1\nc: 2\n", "a", "a:\n  b: 1\n  k: v\nc: 2\n"),
            ("a: 1", "", "a: 1\nk: v"),
            ("a: 1 # c", "", "a: 1 # c\nk: v"),
            ("d: 1\n---\na: {b: 1}\t# c\n", "", "d: 1\n---\na: {b: 1}\t# c\nk: v\n"),
            ("a:\n- b\n  # of b\n# of all\n", "", "a:\n- b\n  # of b\nk: v\n# of all\n"),
            ("a: {}\n", "a", "a: {k: v}\n"),
            ("a: {b: 1}\n", "a", "a: {b: 1, k: v}\n"),
            ("a:\nc: 2\n", "a", "a:\n  k: v\nc: 2\n"),
            ("- a: 1\n- b\n", "[0]", "- a: 1\n  k: v\n- b\n"),
            (
                "a:\n  app.k8s.io/x:\n    b: |\n      t\n\n  d: 1\n",
                "a[app.k8s.io/x]",
                "a:\n  app.k8s.io/x:\n    b: |\n      t\n    k: v\n\n  d: 1\n",
            ),
            ("{\"a\": {\"b\": 1}}", "a", "{\"a\": {\"b\": 1, \"k\": \"v\"}}"),
        ];
        for (text, path, expected) in cases {
            assert_eq!(inserted(text, path, "k", "v").as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_key_is_lifted_out_of_a_list() {
        let lifted = |text: &str, path: &str| {
            let edits =
                with_document(text, |id, source, chunk| lift_key(id, source, chunk.span, path))?.edits;
            let apply = |text: String, edit: &Edit| applied(&text, edit);
            Some(edits.iter().rev().fold(text.to_owned(), apply))
        };
        let cases = [
            (
                "a:\n- f:\n  - p: 1\n  - q:\n    - x # c\n    - y\n",
                "a:\n- f:\n  - p: 1\n  q:\n  - x # c\n  - y\n",
                1,
            ),
            ("a:\n  - f:\n      - q:\n        - x\nb: 1\n", "a:\n  - q:\n    - x\nb: 1\n", 0),
            ("a:\n- f:\n  - q:\n    - x\n  - p: 1\n  g: 1", "a:\n- f:\n  - p: 1\n  q:\n  - x\n  g: 1", 0),
            (
                "a:\n- f:\n  - p: 1\n    q:\n      - x\n  - p: 2",
                "a:\n- f:\n  - p: 1\n  - p: 2\n  q:\n    - x",
                0,
            ),
        ];
        for (text, expected, item) in cases {
            let path = format!("a[0].f[{item}].q");
            assert_eq!(lifted(text, &path).as_deref(), Some(expected), "{text}");
        }
        for text in
            ["a:\n- f:\n  - q: [x]\n    p: 1\n", "a:\n- f:\n  - q: 1\n  q: 2\n", "a: [{f: [{q: 1}]}]\n"]
        {
            assert_eq!(lifted(text, "a[0].f[0].q"), None, "{text}");
        }
    }

    #[test]
    fn what_an_alias_repeats_is_not_edited() {
        for (text, path) in [("a: &x\n- 1\nb: *x\n", "b"), ("a: &x\n- [1]\nb: *x\n", "a[0]")] {
            assert_eq!(appended(text, path, "z"), None, "{text}");
        }
        assert_eq!(appended("a: &x [1]\nb: [*x]\n", "b", "z").as_deref(), Some("a: &x [1]\nb: [*x, z]\n"));
        assert_eq!(appended("a: 1\n", "a", "z"), None);
        assert_eq!(inserted("a: {k: 1}\n", "a", "k", "v"), None);
    }
}
