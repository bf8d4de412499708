//! The state of reading one document.

use super::advice::advice;
use super::placeholder::{default_of, has_placeholder, is_template};
use super::{Path, go, time};
use crate::diagnostic::rule::{
    INVALID_FIELD, SURPRISING_SCALAR, UNKNOWN_FIELD, UNRESOLVED_PLACEHOLDER, WRONG_TYPE,
};
use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Label, Severity, report};
use crate::text::{SourceFile, Span, Spanned, distance, one_line};
use crate::yaml::{Entry, Mapping, Node, Value, surprise};

/// The Go type that a field is read into, and the Go type that has the field.
#[derive(Debug, Clone, Copy)]
pub struct GoType {
    /// The type that has the field.
    pub owner: &'static str,
    /// The type of the value.
    pub name: &'static str,
}

impl GoType {
    /// A value of type `name` in a field of `owner`.
    pub const fn new(owner: &'static str, name: &'static str) -> Self {
        Self { owner, name }
    }
}

/// Whether fields that the API does not have are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// Every field is read, and others are reported.
    Strict,
    /// Only some fields are read, and others may well exist.
    Lenient,
}

/// Reads the values of one document and collects what is wrong with them.
#[derive(Debug)]
pub struct Decoder<'d> {
    /// The file.
    pub file: &'d SourceFile,
    /// Whether unknown fields are reported.
    pub strictness: Strictness,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// The first unquoted `{{ … }}` in a field that was read.
    pub template: Option<Span>,
    /// The first placeholder that stands where a mapping or a list belongs, so that the document is not readable.
    pub opaque_placeholder: Option<Span>,
    /// How many values had a type that the API does not accept.
    pub wrong_types: usize,
    /// The message on placeholders, by its place among the diagnostics: one for a document.
    placeholder: Option<usize>,
}

impl<'d> Decoder<'d> {
    /// A decoder for a document of `file`.
    pub const fn new(file: &'d SourceFile, strictness: Strictness) -> Self {
        Self {
            file,
            strictness,
            diagnostics: Vec::new(),
            template: None,
            opaque_placeholder: None,
            wrong_types: 0,
            placeholder: None,
        }
    }

    /// A mapping; `None` for `null` and for a value of another type, which is reported.
    pub fn mapping<'n, 't>(
        &mut self,
        node: &'n Node<'t>,
        path: &Path<'_>,
        expected: GoType,
    ) -> Option<&'n Mapping<'t>> {
        match &node.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => self.no_collection(node, path, expected),
        }
    }

    /// A list; `None` for `null` and for a value of another type, which is reported.
    pub fn sequence<'n, 't>(
        &mut self,
        node: &'n Node<'t>,
        path: &Path<'_>,
        expected: GoType,
    ) -> Option<&'n [Node<'t>]> {
        match &node.value {
            Value::Sequence(items) => Some(items),
            _ => self.no_collection(node, path, expected),
        }
    }

    /// A text; `None` for `null` and for a value of another type, which is reported.
    pub fn text<'n>(
        &mut self,
        node: &'n Node<'_>,
        path: &Path<'_>,
        expected: GoType,
    ) -> Option<Spanned<&'n str>> {
        match &node.value {
            Value::String(text) => {
                let value = self.defaulted(node, text).unwrap_or_else(|| {
                    self.notice(node, text);
                    text.as_ref()
                });
                Some(Spanned { value, span: node.span, via: node.via })
            }
            Value::Null => None,
            _ => {
                self.wrong_type(node, path, expected);
                None
            }
        }
    }

    /// A number or truth value as it is written, where the file is a source of kustomize: of labels and annotations it
    /// makes texts.
    pub fn made_text(&self, node: &Node<'_>) -> Option<&'d str> {
        self.file.rendering()?;
        let is_scalar =
            matches!(node.value, Value::Bool(_) | Value::Int(_) | Value::Uint(_) | Value::Float(_));
        let span = node.span;
        self.file.text().get(span.start as usize..span.end as usize).filter(|_| is_scalar)
    }

    /// An owned text; `None` for `null` and for a value of another type, which is reported.
    pub fn string(&mut self, node: &Node<'_>, path: &Path<'_>, expected: GoType) -> Option<Spanned<String>> {
        self.text(node, path, expected).map(|text| text.map(str::to_owned))
    }

    /// Texts; `null` among them is the empty text. `None` for `null` and for another type, which is reported.
    pub fn strings(
        &mut self,
        node: &Node<'_>,
        path: &Path<'_>,
        [list, item]: [GoType; 2],
    ) -> Option<Vec<Spanned<String>>> {
        let items = self.sequence(node, path, list)?;
        let texts = items.iter().enumerate().filter_map(|(index, node)| match node.value {
            Value::Null => Some(Spanned { value: String::new(), span: node.span, via: node.via }),
            _ => self.string(node, &path.index(index), item),
        });
        Some(texts.collect())
    }

    /// A truth value; `None` for `null`, a placeholder, and for another type, which is reported.
    pub fn boolean(&mut self, node: &Node<'_>, path: &Path<'_>, expected: GoType) -> Option<Spanned<bool>> {
        match &node.value {
            Value::Bool(value) => Some(Spanned { value: *value, span: node.span, via: node.via }),
            Value::Null => None,
            Value::String(text) if default_of(text).is_some_and(|value| value.parse::<bool>().is_ok()) => {
                let value = self.defaulted(node, text)?.parse().ok()?;
                Some(Spanned { value, span: node.span, via: node.via })
            }
            Value::String(text) if self.notice(node, text) => None,
            _ => {
                self.wrong_type(node, path, expected);
                None
            }
        }
    }

    /// A whole number of 32 bits; `None` inside for a placeholder; `None` for `null` and for another type or a
    /// number out of range, which are reported.
    pub fn integer(
        &mut self,
        node: &Node<'_>,
        path: &Path<'_>,
        expected: GoType,
    ) -> Option<Spanned<Option<i32>>> {
        let value = match &node.value {
            Value::Null => return None,
            Value::Int(number) => i32::try_from(*number).ok(),
            Value::Float(number) => whole(*number),
            Value::String(text) if default_of(text).is_some_and(|value| value.parse::<i32>().is_ok()) => {
                self.defaulted(node, text).and_then(|value| value.parse().ok())
            }
            Value::String(text) if self.notice(node, text) => {
                return Some(Spanned { value: None, span: node.span, via: node.via });
            }
            _ => None,
        };
        if value.is_none() {
            self.wrong_type(node, path, expected);
        } else {
            self.note_surprise(node);
        }
        value.map(|number| Spanned { value: Some(number), span: node.span, via: node.via })
    }

    /// A time, which is looked at and not kept: no answer depends on one. `expected` is the type that Go reads it from.
    pub fn time(&mut self, node: &Node<'_>, path: &Path<'_>, expected: GoType) {
        let words = match &node.value {
            Value::Null => None,
            Value::String(text) if self.notice(node, text) => None,
            Value::String(text) => time::fault(text),
            _ => Some(cannot_unmarshal(node, path, expected)),
        };
        let help = "the server sets this field: remove the line; a time is written `2024-01-31T12:00:00Z`";
        if let Some(words) = words {
            let found = Diagnostic::api(WRONG_TYPE, node.span, path.without_indexes(), words);
            self.misread(node, found.with_help(help));
        }
    }

    /// Reports a value of a type that the API does not accept, in the words of Go's JSON decoder.
    pub fn wrong_type(&mut self, node: &Node<'_>, path: &Path<'_>, expected: GoType) {
        let (written, wanted) = (self.written(node.span), expected.name);
        let words = cannot_unmarshal(node, path, expected);
        let mut found = Diagnostic::api(WRONG_TYPE, node.span, path.without_indexes(), words);
        // A document whose type is no text may be of another program, which means the number.
        let is_type = expected.owner == "metadataOnlyObject.TypeMeta";
        found.fix = if is_type { None } else { retyped(node, wanted, written) };
        self.misread(node, found.with_help(advice(node, expected, written)));
    }

    /// Reports a value that Go cannot read into its field.
    fn misread(&mut self, node: &Node<'_>, found: Diagnostic) {
        self.wrong_types += 1;
        report(&mut self.diagnostics, with_via(found, node.via));
    }

    /// Reports a value that the API server's validation refuses, in its words.
    pub fn fault<T>(
        &mut self,
        value: &Spanned<T>,
        path: &Path<'_>,
        message: String,
        help: impl Into<String>,
    ) {
        let found = Diagnostic::api(INVALID_FIELD, value.span, path.to_string(), message).with_help(help);
        report(&mut self.diagnostics, with_via(found, value.via));
    }

    /// Says of a number or a key that it is read as something else than it looks like.
    pub fn note_surprise(&mut self, node: &Node<'_>) {
        if let Some(surprise) = surprise(self.written(node.span), &node.value) {
            let read = number_text(&node.value).unwrap_or_default();
            let digits = self.written(node.span).trim_start_matches('0');
            let help = match digits.parse::<u16>() {
                Ok(digits) => format!("write `{digits}` or `{}`, whichever is meant", read.trim()),
                Err(_) => format!("write `{}`", read.trim()),
            };
            let found = Diagnostic::policy(SURPRISING_SCALAR, node.span, surprise).with_help(help);
            report(&mut self.diagnostics, with_via(found, node.via));
        }
    }

    /// Says of the entry of a map of labels that its key, or its missing value, is not read as it looks.
    pub fn note_label(&mut self, entry: &Entry<'_>) {
        let (key, written) = (entry.key.as_ref(), self.written(entry.key_span));
        if written != key && !written.is_empty() && !written.starts_with(['"', '\'', '*', '!', '?', '&', '<'])
        {
            let message = format!("the key `{written}` is read as `{key}`");
            let help = format!("quote it: `\"{written}\"`");
            let found = Diagnostic::policy(SURPRISING_SCALAR, entry.key_span, message).with_help(help);
            report(&mut self.diagnostics, with_via(found, entry.value.via));
        }
        if entry.value.value == Value::Null {
            let message = format!("the label `{key}` has no value here, which is read as the empty text");
            let help = format!("write the value, or `{key}: \"\"` if the empty text is meant");
            let found = Diagnostic::policy(SURPRISING_SCALAR, entry.key_span, message).with_help(help);
            report(&mut self.diagnostics, with_via(found, entry.value.via));
        }
    }

    /// How a value or key is written.
    fn written(&self, span: Span) -> &'d str {
        self.file.text().get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Reports a field that the API does not have.
    pub fn unknown_field(&mut self, entry: &Entry<'_>, path: &Path<'_>, help: impl Into<String>) {
        if self.strictness == Strictness::Strict {
            let found = Diagnostic::api(UNKNOWN_FIELD, entry.key_span, path.to_string(), "unknown field");
            report(&mut self.diagnostics, with_via(found.with_help(help), entry.value.via));
        }
    }

    /// Adds a fix to the message on an unknown field that was reported last: its key is to be `name`. It is never a safe
    /// one: a server without strict validation drops the field, and would heed it then.
    pub fn rename_field(&mut self, entry: &Entry<'_>, name: &str) {
        let last = self.diagnostics.last_mut().filter(|last| last.primary.span == entry.key_span);
        if let Some(last) = last.filter(|_| entry.value.via.is_none()) {
            let fix = Fix::of_text(entry.key_span, &entry.key, name);
            last.fix = fix.map(|fix| Fix { applicability: Applicability::Unsafe, ..fix });
        }
    }

    /// Reports a field that the API does not have; `known` are the fields that its mapping may have, `siblings` those
    /// that it has.
    pub fn field_beside(
        &mut self,
        entry: &Entry<'_>,
        siblings: &[Entry<'_>],
        path: &Path<'_>,
        known: &[&str],
    ) {
        let meant = |key: &str| nearest(key, known.iter().copied());
        let help = match meant(&entry.key) {
            Some(name) => {
                format!("did you mean `{name}`? a server without strict validation drops the field")
            }
            None => "a server without strict validation drops the field".to_owned(),
        };
        self.unknown_field(entry, path, help);
        let mut others = siblings.iter().filter(|sibling| sibling.key_span != entry.key_span);
        let name = meant(&entry.key).filter(|name| others.all(|other| meant(&other.key) != Some(*name)));
        if let Some(name) = name {
            self.rename_field(entry, name);
        }
    }

    /// Takes note of a placeholder or template in a text that was read; whether there is one.
    pub fn notice(&mut self, node: &Node<'_>, text: &str) -> bool {
        let is_template = is_template(self.file, node.span, text);
        if is_template {
            self.template.get_or_insert(node.span);
        }
        let is_placeholder = !is_template && has_placeholder(text);
        if is_placeholder {
            let earlier = self.placeholder.and_then(|place| self.diagnostics.get_mut(place));
            if let Some(first) = earlier {
                let words = format!("`{text}` too");
                first.related.push(Label { span: node.span, message: one_line(words) });
            } else {
                self.placeholder = Some(self.diagnostics.len());
                report(&mut self.diagnostics, unresolved(node.span, text));
            }
        }
        is_template || is_placeholder
    }

    /// The default that a placeholder comes with, which is said.
    fn defaulted<'n>(&mut self, node: &Node<'_>, text: &'n str) -> Option<&'n str> {
        let default = default_of(text)?;
        let message = format!("`{text}` is read as its default, `{default}`");
        let found = Diagnostic::policy(UNRESOLVED_PLACEHOLDER, node.span, message)
            .with_severity(Severity::Info)
            .with_help("substitute it before the manifests are read, if another value is meant");
        report(&mut self.diagnostics, with_via(found, node.via));
        Some(default)
    }

    /// Reads a field that no answer depends on: nothing is said of placeholders in it.
    pub fn unweighed<R>(&mut self, read: impl FnOnce(&mut Self) -> R) -> R {
        let (before, placeholder) = (self.diagnostics.len(), self.placeholder);
        let labels = |it: &Self| {
            let first = it.placeholder.and_then(|place| it.diagnostics.get(place));
            first.map_or(0, |first| first.related.len())
        };
        let count = labels(self);
        let value = read(self);
        let said = self.diagnostics.split_off(before.min(self.diagnostics.len()));
        self.diagnostics.extend(said.into_iter().filter(|found| found.rule != UNRESOLVED_PLACEHOLDER));
        self.placeholder = placeholder;
        if let Some(first) = placeholder.and_then(|place| self.diagnostics.get_mut(place)) {
            first.related.truncate(count);
        }
        value
    }

    /// `null`, a placeholder or a value of a wrong type where a collection belongs.
    fn no_collection<T>(&mut self, node: &Node<'_>, path: &Path<'_>, expected: GoType) -> Option<T> {
        match &node.value {
            Value::Null => {}
            Value::String(text) if self.notice(node, text) => {
                self.opaque_placeholder.get_or_insert(node.span);
            }
            _ => self.wrong_type(node, path, expected),
        }
        None
    }
}

/// The nearest of some names, when it is near enough to be meant: two letters at most, or a third of the word.
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = (name.chars().count() / 3).clamp(1, 3);
    let rated = known.filter_map(|candidate| Some((distance_in_any_case(name, candidate)?, candidate)));
    rated
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn distance_in_any_case(left: &str, right: &str) -> Option<usize> {
    // A name of the API is short: what is much longer is not even put into lower case.
    (left.len().abs_diff(right.len()) <= 100)
        .then(|| distance(&left.to_lowercase(), &right.to_lowercase()))?
}

/// A value of a type that is not wanted, as one of the type that is: a scalar in quotes as a text, a quoted number as a
/// number, one type of policy as a list.
fn retyped(node: &Node<'_>, wanted: &str, written: &str) -> Option<Fix> {
    let is_word =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte));
    let text = match (wanted, &node.value) {
        ("string", Value::Bool(_) | Value::Int(_) | Value::Uint(_) | Value::Float(_)) => {
            Some(written).filter(|text| is_word(text) && !text.is_empty()).map(|text| format!("\"{text}\""))
        }
        ("[]v1.PolicyType", Value::String(text)) if matches!(text.as_ref(), "Ingress" | "Egress") => {
            Some(format!("[{written}]"))
        }
        (number, Value::String(digits)) if number.starts_with("int") && written.starts_with(['"', '\'']) => {
            digits.parse::<u16>().ok().filter(|number| number.to_string() == *digits).map(|it| it.to_string())
        }
        _ => None,
    };
    let text = text.filter(|_| node.via.is_none())?;
    Some(Fix::safe(format!("write `{text}`"), vec![Edit { span: node.span, text }]))
}

fn with_via(diagnostic: Diagnostic, via: Option<Span>) -> Diagnostic {
    match via {
        Some(via) => diagnostic.with_related(via, "it is brought here by this"),
        None => diagnostic,
    }
}

fn unresolved(span: Span, text: &str) -> Diagnostic {
    let message = format!("`{text}` has a placeholder that was not substituted");
    Diagnostic::new(
        UNRESOLVED_PLACEHOLDER,
        crate::diagnostic::Category::Policy,
        Severity::Warning,
        span,
        message,
    )
    .with_help("what depends on it is unknown; substitute it before the manifests are read")
}

/// The number of a whole float; Go prints such a float without a fraction and reads it as an integer.
fn whole(number: f64) -> Option<i32> {
    let is_whole = number.fract() == 0.0 && number >= f64::from(i32::MIN) && number <= f64::from(i32::MAX);
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
    is_whole.then_some(number as i32)
}

/// What Go's JSON decoder says of a value of a wrong type.
fn cannot_unmarshal(node: &Node<'_>, path: &Path<'_>, GoType { owner, name }: GoType) -> String {
    let number = number_text(&node.value).filter(|_| name.starts_with("int")).unwrap_or_default();
    let (found, field) = (node.value.type_name(), path.without_indexes());
    format!("cannot unmarshal {found}{number} into Go struct field {owner}.{field} of type {name}")
}

/// A number with a blank before it, as Go adds it where an integer is wanted.
fn number_text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Int(number) => Some(format!(" {number}")),
        Value::Uint(number) => Some(format!(" {number}")),
        Value::Float(number) => Some(format!(" {}", go::float(*number))),
        _ => None,
    }
}
