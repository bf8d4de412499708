//! Why a text cannot be read, in plain words.

use granit_parser::{ErrorKind, ScanError};

use super::limits::{DOCUMENT_BYTES, TEXT_BYTES, VALUES};

/// What is wrong, where it is, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::yaml) struct Flaw {
    /// The first byte of the place, in the chunk.
    pub(in crate::yaml) start: usize,
    /// The byte after the place.
    pub(in crate::yaml) end: usize,
    /// What was found.
    pub(in crate::yaml) message: String,
    /// What to do.
    pub(in crate::yaml) help: Option<&'static str>,
}

impl Flaw {
    /// A flaw at one byte.
    pub(in crate::yaml) fn at(offset: usize, message: impl Into<String>) -> Self {
        Self { start: offset, end: offset, message: message.into(), help: None }
    }

    /// A flaw of a range of bytes.
    pub(in crate::yaml) fn of(start: usize, end: usize, message: impl Into<String>) -> Self {
        Self { start, end, message: message.into(), help: None }
    }

    /// More values than a document may have.
    pub(in crate::yaml) fn too_many_values(offset: usize) -> Self {
        Self::at(offset, format!("this document has more than {VALUES} values"))
            .with_help("split it into smaller documents; a real object is far smaller")
    }

    /// More bytes than a document may have.
    pub(in crate::yaml) fn too_large() -> Self {
        Self::at(0, format!("this document is larger than the limit of {} MiB", DOCUMENT_BYTES >> 20))
            .with_help("split it into smaller documents")
    }

    /// A key or text with more bytes than one may have.
    pub(in crate::yaml) fn too_long(offset: usize) -> Self {
        Self::at(offset, format!("this text is longer than the limit of {} MiB", TEXT_BYTES >> 20))
            .with_help("no object of this size can be stored in a cluster")
    }

    /// Adds what to do.
    #[must_use]
    pub(in crate::yaml) fn with_help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }

    /// What the YAML library stumbled over.
    pub(in crate::yaml) fn of_scan(error: &ScanError, text: &str) -> Self {
        let offset = error.marker().byte_offset().unwrap_or_default().min(text.len());
        let (message, help) = describe(error.kind());
        Self { start: offset, end: offset, message, help }
    }
}

fn describe(kind: &ErrorKind) -> (String, Option<&'static str>) {
    let (message, help) = match kind {
        ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => {
            ("a tab stands where only spaces may indent", Some("replace the tab with spaces"))
        }
        ErrorKind::UnclosedQuotedScalar => ("this quote is not closed", Some("add the closing quote")),
        ErrorKind::UnknownAnchor => (
            "this alias names an anchor that is not defined before it in the document",
            Some("define the anchor with `&name` above; anchors do not reach across `---`"),
        ),
        ErrorKind::UnclosedFlowCollection { open } => return (format!("this `{open}` is not closed"), None),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("`{open}` is closed by `{close}`"), None);
        }
        ErrorKind::MisplacedFlowCollectionEnd => ("this closing bracket closes nothing", None),
        ErrorKind::UnexpectedCharacter { character } => {
            return (
                format!("`{}` cannot begin a value", character.escape_debug()),
                Some("put the value in quotes"),
            );
        }
        ErrorKind::RecursionLimitExceeded => return (super::expand::too_deep(), None),
        ErrorKind::DirectiveDisallowed => {
            ("kubectl reads no YAML directives", Some("remove the line that begins with `%`"))
        }
        other => return described_by_shape(other),
    };
    (message.to_owned(), help)
}

/// Flaws of indentation and of colons, dashes and commas.
fn described_by_shape(kind: &ErrorKind) -> (String, Option<&'static str>) {
    let (message, help) = match kind {
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => (
            "a `key: value` cannot stand here",
            Some("check the indentation; a text with a colon and a blank needs quotes"),
        ),
        ErrorKind::BlockSequenceEntryNotAllowed => {
            ("a list item cannot stand here", Some("begin the list on a line of its own"))
        }
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::InvalidFlowScalarIndent
        | ErrorKind::InvalidQuotedScalarIndent => (
            "the indentation of this line fits no list or mapping above it",
            Some("indent keys of one mapping, and dashes of one list, alike"),
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            ("a key without `:`, or a key longer than 1024 characters", Some("write `key: value`"))
        }
        ErrorKind::ExpectedFlowMappingSeparator => (
            "`,` or `}` is missing before this",
            Some("add it; a text with a comma or a bracket needs quotes"),
        ),
        ErrorKind::ExpectedFlowSequenceSeparator => (
            "`,` or `]` is missing before this",
            Some("add it; a text with a comma or a bracket needs quotes"),
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "something follows the closing quote",
            Some("quote the whole value, or double the quotes inside it"),
        ),
        ErrorKind::CommentNotSeparated => {
            ("a `#` stands right behind something else", Some("write a blank before the `#` of a comment"))
        }
        ErrorKind::UnknownQuotedScalarEscape => (
            "this escape does not exist in double quotes",
            Some("write `\\\\` for a backslash, or use single quotes"),
        ),
        other => return (format!("not readable as YAML: {}", plain_words(&other.to_string())), None),
    };
    (message.to_owned(), help)
}

/// The library's words without its capitals and its quoting.
fn plain_words(message: &str) -> String {
    let message = message.trim_end_matches('.').replace("EOF", "the end of the document");
    let mut characters = message.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => message,
    }
}
