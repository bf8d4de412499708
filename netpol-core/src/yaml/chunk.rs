//! One document of a file, before and after it is parsed.

use super::Node;
use crate::text::Span;

/// How a chunk is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// A YAML document.
    Yaml,
    /// An item of a list in YAML, with its dash.
    YamlItem,
    /// A JSON value.
    Json,
    /// What follows the last document that a file may have. It is not read.
    Excess,
}

/// A document, or one item of a large list, that has not been parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// How to read it.
    pub syntax: Syntax,
    /// Its text.
    pub span: Span,
    /// The template that Helm says it was rendered from (`# Source: …`), if it does.
    pub source: Option<Span>,
    /// For an item of a list: `apiVersion` and `kind` of an item that names none, from the list's own kind.
    pub inherited: Option<(String, String)>,
}

/// What a chunk turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Parsed<'t> {
    /// Nothing but comments and blanks.
    Empty,
    /// A value.
    Tree(Node<'t>),
    /// An object of a kind that the caller does not want; its values were not built.
    Skipped,
    /// Not readable; a diagnostic says why. `looks_like_object` when lines begin `apiVersion:` and `kind:`.
    Broken {
        /// Whether the text has lines that begin `apiVersion:` and `kind:`.
        looks_like_object: bool,
    },
    /// Not readable, and it has `{{ … }}` or `{% … %}`: a template that was not rendered. A diagnostic says so.
    Template {
        /// Whether the text has lines that begin `apiVersion:` and `kind:`.
        looks_like_object: bool,
    },
}
