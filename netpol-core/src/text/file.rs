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

/// A name and a text.
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    is_named: bool,
    is_manifest: bool,
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

    /// The same file with its text read from bytes; bytes that are not UTF-8 become U+FFFD, as kubectl
    /// reads them, and the first such place is remembered.
    #[must_use]
    pub fn with_bytes(self, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self { text, ..self },
            Err(error) => {
                let first = u32::try_from(error.utf8_error().valid_up_to()).unwrap_or(u32::MAX);
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                Self { text, first_invalid_byte: Some(first), ..self }
            }
        }
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

    /// Whether objects are read from it.
    pub const fn is_manifest(&self) -> bool {
        self.is_manifest
    }

    /// Where the first byte stood that was not UTF-8, if there was one.
    pub const fn first_invalid_byte(&self) -> Option<u32> {
        self.first_invalid_byte
    }

    /// Line and column of a byte, both from 1; the column counts code points.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        self.lines.get_or_init(|| LineIndex::new(&self.text)).line_column(&self.text, offset)
    }
}

/// The files of one input, in the order in which they were given.
#[derive(Debug, Clone, Default)]
pub struct FileSet {
    files: Vec<Arc<SourceFile>>,
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
        if u32::try_from(file.text.len()).is_err() {
            return Err(FileTooLarge { name: file.name });
        }
        let id = FileId::from_index(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Arc::new(file));
        Ok(id)
    }

    /// The file of an id; `None` for an id of another set.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.index()).map(AsRef::as_ref)
    }

    /// All files with their ids, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| {
            (FileId::from_index(u32::try_from(index).unwrap_or(u32::MAX)), file.as_ref())
        })
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
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
