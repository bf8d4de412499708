//! The input: names and texts.

use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};

use super::{LineColumn, LineIndex, Span};

/// Names one file of a [`FileSet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(NonZeroU32);

impl FileId {
    /// The file at `index` in the order of the set.
    const fn from_index(index: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(index))
    }

    /// The place of the file in the order of the set.
    pub const fn index(self) -> usize {
        (self.0.get() - 1) as usize
    }
}

/// A text of 4 GiB or more, which spans cannot address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTooLarge {
    /// The name of the file.
    pub name: String,
}

impl std::fmt::Display for FileTooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is larger than the limit of 4 GiB", self.name)
    }
}

impl std::error::Error for FileTooLarge {}

/// What a tool does to the objects of a file before they reach a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendering {
    /// The namespace that it gives to objects that name none.
    pub namespace: Option<String>,
    /// Whether it changes names, namespaces, labels or other fields.
    pub changes: bool,
}

/// A name and a text.
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    is_named: bool,
    is_manifest: bool,
    is_verbatim: bool,
    rendering: Option<Rendering>,
    first_invalid_byte: Option<u32>,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// A file that the user named: what is no Kubernetes object in it is reported.
    pub fn named(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            is_named: true,
            is_manifest: true,
            is_verbatim: true,
            rendering: None,
            first_invalid_byte: None,
            lines: OnceLock::new(),
        }
    }

    /// A file that was found in a folder: what is no Kubernetes object in it is counted.
    pub fn found(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { is_named: false, ..Self::named(name, text) }
    }

    /// A file that is no manifest, such as a configuration: findings may lie in it, and no object is read from it.
    pub fn beside(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { is_manifest: false, ..Self::found(name, text) }
    }

    /// The same file as a source of kustomize, which lists it: labels and annotations that are no texts are written as
    /// texts.
    #[must_use]
    pub fn rendered_with(self, rendering: Option<Rendering>) -> Self {
        Self { rendering, ..self }
    }

    /// The same file with its text read from bytes, as kubectl reads them: UTF-16 where it begins with a byte order
    /// mark of UTF-16, and else UTF-8. Bytes that are neither become U+FFFD; the first such place in UTF-8 is remembered.
    #[must_use]
    pub fn with_bytes(self, bytes: Vec<u8>) -> Self {
        if let Some(text) = utf16(&bytes) {
            return Self { text, is_verbatim: false, ..self };
        }
        match String::from_utf8(bytes) {
            Ok(text) => Self { text, ..self },
            Err(error) => {
                let first = u32::try_from(error.utf8_error().valid_up_to()).unwrap_or(u32::MAX);
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                Self { text, is_verbatim: false, first_invalid_byte: Some(first), ..self }
            }
        }
    }

    /// The same file with another text, in UTF-8.
    #[must_use]
    pub fn with_text(&self, text: impl Into<String>) -> Self {
        let Self { name, is_named, is_manifest, rendering, .. } = self;
        let rendering = rendering.clone();
        Self { is_named: *is_named, is_manifest: *is_manifest, rendering, ..Self::named(name, text) }
    }

    /// The name as the user gave it, with `/` between folders; `-` is standard input.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the user named this very file, rather than a folder or pattern that it was found by.
    pub const fn is_named(&self) -> bool {
        self.is_named
    }

    /// What kustomize does to its objects, for a file that a kustomization lists.
    pub const fn rendering(&self) -> Option<&Rendering> {
        self.rendering.as_ref()
    }

    /// The namespace of its objects that name none: that of its kustomization, else `default`.
    pub fn namespace_or<'n>(&'n self, default: &'n str) -> &'n str {
        self.rendering().and_then(|rendering| rendering.namespace.as_deref()).unwrap_or(default)
    }

    /// Whether objects are read from it.
    pub const fn is_manifest(&self) -> bool {
        self.is_manifest
    }

    /// Whether the text is, byte for byte, what the file holds, so that edits of the one are edits of the other.
    pub const fn is_verbatim(&self) -> bool {
        self.is_verbatim
    }

    /// Where the first byte stood that was not UTF-8, if there was one.
    pub const fn first_invalid_byte(&self) -> Option<u32> {
        self.first_invalid_byte
    }

    /// Line and column of a byte, both from 1; the column counts code points.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        self.lines().line_column(&self.text, offset)
    }

    /// Where the line of a byte begins.
    pub fn line_start(&self, offset: u32) -> u32 {
        self.lines().line_start(&self.text, offset)
    }

    fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }
}

/// The text of bytes that begin with a byte order mark of UTF-16, without the mark.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (is_little_endian, units) = match bytes {
        [0xFF, 0xFE, units @ ..] => (true, units),
        [0xFE, 0xFF, units @ ..] => (false, units),
        _ => return None,
    };
    let unit = |pair| if is_little_endian { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
    let (pairs, half) = units.as_chunks::<2>();
    let letters = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
    // A unit of two bytes has at most three in UTF-8.
    let mut text = String::with_capacity(pairs.len() * 3 + half.len() * 3);
    text.extend(letters.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
    text.extend(half.iter().map(|_| char::REPLACEMENT_CHARACTER));
    text.shrink_to_fit();
    Some(text)
}

/// The files of one input, in the order in which they were given.
///
/// A file that is replaced or taken out leaves the ids of all others as they are, so that places in them stay true.
#[derive(Debug, Clone, Default)]
pub struct FileSet {
    files: Vec<Option<Arc<SourceFile>>>,
}

impl FileSet {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file at the end.
    ///
    /// # Errors
    /// [`FileTooLarge`] when the text has 4 GiB or more.
    pub fn add(&mut self, file: SourceFile) -> Result<FileId, FileTooLarge> {
        let file = checked(file)?;
        let id = FileId::from_index(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Some(Arc::new(file)));
        Ok(id)
    }

    /// Puts a file in the place of the one of the same name, or at the end when there is none.
    ///
    /// # Errors
    /// [`FileTooLarge`] when the text has 4 GiB or more; the set stays as it is.
    pub fn put(&mut self, file: SourceFile) -> Result<FileId, FileTooLarge> {
        let Some(id) = self.named(file.name()) else { return self.add(file) };
        let file = checked(file)?;
        if let Some(slot) = self.files.get_mut(id.index()) {
            *slot = Some(Arc::new(file));
        }
        Ok(id)
    }

    /// Takes a file out; says whether there was one.
    pub fn remove(&mut self, id: FileId) -> bool {
        self.files.get_mut(id.index()).and_then(Option::take).is_some()
    }

    /// The last file of a name.
    pub fn named(&self, name: &str) -> Option<FileId> {
        self.iter().rev().find(|(_, file)| file.name() == name).map(|(id, _)| id)
    }

    /// The file of an id; `None` for an id of another set, and for a file that was taken out.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.index())?.as_deref()
    }

    /// All files with their ids, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (FileId, &SourceFile)> {
        let ids = self.files.iter().enumerate();
        ids.filter_map(|(index, file)| {
            Some((FileId::from_index(u32::try_from(index).unwrap_or(u32::MAX)), file.as_deref()?))
        })
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.iter().flatten().count()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The ids under which two sets do not have the very same file, in order.
    pub fn differing(&self, other: &Self) -> Vec<FileId> {
        let ids = 0..self.files.len().max(other.files.len());
        let is_same = |at: &usize| match (self.at(*at), other.at(*at)) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        };
        ids.filter(|at| !is_same(at))
            .map(|at| FileId::from_index(u32::try_from(at).unwrap_or(u32::MAX)))
            .collect()
    }

    fn at(&self, index: usize) -> Option<&Arc<SourceFile>> {
        self.files.get(index)?.as_ref()
    }

    /// The bytes of a span as text; empty for a span of another set.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file)
            .and_then(|file| file.text.get(span.start as usize..span.end as usize))
            .unwrap_or_default()
    }

    /// The name of the file of a span, and the line and column of its start; `None` for another set.
    pub fn locate(&self, span: Span) -> Option<(&str, LineColumn)> {
        self.get(span.file).map(|file| (file.name(), file.line_column(span.start)))
    }
}

fn checked(file: SourceFile) -> Result<SourceFile, FileTooLarge> {
    if u32::try_from(file.text.len()).is_err() {
        return Err(FileTooLarge { name: file.name });
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_read_as_such_and_is_not_the_text_byte_for_byte() {
        let bytes = |mark: u16, unit: fn(u16) -> [u8; 2]| {
            let units = [mark].into_iter().chain("a: é😀\r\n".encode_utf16());
            units.flat_map(unit).collect::<Vec<u8>>()
        };
        for bytes in [bytes(0xFEFF, u16::to_le_bytes), bytes(0xFEFF, u16::to_be_bytes)] {
            let file = SourceFile::named("a.yaml", "").with_bytes(bytes);
            assert_eq!((file.text(), file.is_verbatim()), ("a: é😀\r\n", false));
        }
        let torn = SourceFile::named("a.yaml", "").with_bytes(vec![0xFF, 0xFE, 0x00, 0xD8, b'a']);
        assert_eq!((torn.text(), torn.first_invalid_byte()), ("\u{fffd}\u{fffd}", None));
    }

    #[test]
    fn ids_stay_when_files_are_put_and_removed() {
        let mut files = FileSet::new();
        let ids = ["a", "b", "c"].map(|name| files.add(SourceFile::named(name, name)).unwrap());
        let before = files.clone();
        assert_eq!(files.put(SourceFile::named("b", "new")).unwrap(), ids[1]);
        assert!(files.remove(ids[0]) && !files.remove(ids[0]));
        let names: Vec<(FileId, &str)> = files.iter().map(|(id, file)| (id, file.text())).collect();
        assert_eq!(names, [(ids[1], "new"), (ids[2], "c")]);
        assert_eq!((files.len(), files.named("a")), (2, None));
        assert_eq!(files.differing(&before), ids[..2]);
        assert_eq!(before.get(ids[0]).unwrap().text(), "a");
        let added = files.put(SourceFile::named("d", "d")).unwrap();
        assert_eq!(before.differing(&files), [ids[0], ids[1], added]);
    }
}
