//! One document, to the objects in it.

use std::borrow::Cow;

use super::decode::decoder::Decoder;
use super::decode::placeholder::{default_of, is_template};
use super::decode::{GoType, Path, Strictness};
use super::identity::{Found, Item};
use super::kinds::{self, Route, TypedKind};
use super::meant::is_meant;
use super::metadata::scalar_text;
use super::object::ReadOptions;
use super::patch::is_patch;
use super::{LeftOut, Metadata, Namespace, Node, Pod, RawObject, Service, Tally, Workload};
use crate::diagnostic::rule::{
    REMOVED_API_VERSION, UNKNOWN_KIND, UNREADABLE_YAML, UNRENDERED_TEMPLATE, WRONG_TYPE,
};
use crate::diagnostic::{Category, Diagnostic, ObjectRef, Severity, report};
use crate::text::{SourceFile, Span};
use crate::yaml::{self, Chunk, Entry, Parsed, Value};

/// Lists within lists are read to this depth.
const MAX_LIST_DEPTH: usize = 8;

/// What became of a document.
#[derive(Debug)]
pub(super) struct Outcome<P> {
    /// The objects in it.
    pub items: Vec<Item<P>>,
    /// What takes no part.
    pub left_out: Vec<LeftOut>,
    /// The counts.
    pub tally: Tally,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads documents.
#[derive(Debug)]
pub(super) struct Reader<'r, F> {
    /// How to read.
    pub options: &'r ReadOptions,
    /// Makes a policy of an object that is not read here.
    pub claim: &'r F,
}

/// `apiVersion` and `kind` that the items of a list take from it.
type Inherited<'i> = Option<(&'i str, &'i str)>;

impl<F> Reader<'_, F> {
    /// Reads one document, or one item of a large list.
    pub(super) fn document<P>(&self, file: &SourceFile, chunk: &Chunk) -> Outcome<P>
    where
        F: Fn(&RawObject<'_, '_>, &mut Vec<Diagnostic>) -> Option<P>,
    {
        let mut diagnostics = Vec::new();
        let parsed = yaml::parse(file, chunk, &kinds::is_wanted, &mut diagnostics);
        let outcome =
            Outcome { items: Vec::new(), left_out: Vec::new(), tally: Tally::default(), diagnostics };
        let mut document = Document { reader: self, file, outcome };
        match parsed {
            Parsed::Empty => {}
            Parsed::Skipped => document.count(chunk.span, |tally| tally.irrelevant += 1),
            Parsed::Template { looks_like_object } if looks_like_object || file.is_named() => {
                document.outcome.left_out.push(LeftOut::Template(chunk.span));
            }
            Parsed::Broken { looks_like_object } if looks_like_object || file.is_named() => {
                document.outcome.left_out.push(LeftOut::Unreadable(chunk.span));
            }
            Parsed::Template { .. } | Parsed::Broken { .. } => {
                document.count(chunk.span, |tally| tally.unreadable += 1);
            }
            Parsed::Tree(node) => {
                let inherited = chunk.inherited.as_ref();
                document.value(&node, inherited.map(|(version, kind)| (version.as_str(), kind.as_str())), 0);
            }
        }
        document.outcome.items.shrink_to_fit();
        document.outcome
    }
}

/// A document on its way to an [`Outcome`].
struct Document<'r, 't, F, P> {
    reader: &'r Reader<'r, F>,
    file: &'t SourceFile,
    outcome: Outcome<P>,
}

impl<'r, 't, F, P> Document<'r, 't, F, P>
where
    F: Fn(&RawObject<'_, '_>, &mut Vec<Diagnostic>) -> Option<P>,
{
    /// The namespace of objects that name none.
    fn default_namespace<'s>(&self) -> &'s str
    where
        'r: 's,
        't: 's,
    {
        self.file.namespace_or(&self.reader.options.default_namespace)
    }

    /// Counts a document that is not read, and drops what was found in it, but for what is known to be about an object
    /// that matters: one that is lost in the document.
    fn count(&mut self, span: Span, add: fn(&mut Tally)) {
        add(&mut self.outcome.tally);
        self.outcome.diagnostics.retain(|found| found.object.is_some() || !lies_in(found, span));
    }

    fn value(&mut self, node: &yaml::Node<'t>, inherited: Inherited<'_>, depth: usize) {
        let Value::Mapping(fields) = &node.value else {
            let what = if matches!(node.value, Value::Sequence(_)) { "a list" } else { "a scalar" };
            if self.file.is_named() || depth > 0 {
                self.unreadable(node.span, format!("{what} stands where an object is expected"));
            } else {
                self.count(node.span, |tally| tally.not_objects += 1);
            }
            return;
        };
        if inherited.is_none() && !is_meant(fields) {
            return self.count(node.span, |tally| tally.not_objects += 1);
        }
        let (version, kind) = (fields.get("apiVersion"), fields.get("kind"));
        let version_text = self.type_field(version, inherited.map(|(version, _)| version));
        let kind_text = self.type_field(kind, inherited.map(|(_, kind)| kind));
        let (Some(version_text), Some(kind_text)) = (version_text, kind_text) else {
            self.outcome.left_out.push(LeftOut::Unreadable(node.span));
            return;
        };
        match (version_text, kind_text) {
            (_, Written::Missing) => self.unreadable(first_key(node), "the object has no `kind`"),
            (_, Written::Text("")) => self.unreadable(first_key(node), "the `kind` of the object is empty"),
            (Written::Missing, _) => self.unreadable(first_key(node), "the object has no `apiVersion`"),
            (Written::Text(version), Written::Text(kind)) => self.object(node, version, kind, depth),
        }
    }

    /// `apiVersion` or `kind`; `None` for a value that is no text, which is reported.
    fn type_field<'n>(
        &mut self,
        entry: Option<&'n Entry<'t>>,
        inherited: Option<&'n str>,
    ) -> Option<Written<'n>> {
        let Some(entry) = entry else { return Some(inherited.map_or(Written::Missing, Written::Text)) };
        match &entry.value.value {
            Value::String(text) => Some(Written::Text(text)),
            Value::Null => Some(Written::Text(inherited.unwrap_or_default())),
            _ => {
                let mut decoder = Decoder::new(self.file, Strictness::Strict);
                let expected = GoType::new("metadataOnlyObject.TypeMeta", "string");
                decoder.wrong_type(&entry.value, &Path::ROOT.field(&entry.key), expected);
                self.outcome.diagnostics.append(&mut decoder.diagnostics);
                None
            }
        }
    }

    fn object(&mut self, node: &yaml::Node<'t>, version: &str, kind: &str, depth: usize) {
        let list = match kinds::route(version, kind) {
            Route::Typed(typed) => return self.typed(node, version, kind, typed),
            Route::Irrelevant => return self.count(node.span, |tally| tally.irrelevant += 1),
            Route::Custom => return self.custom(node, version, kind),
            Route::Unknown => return self.unknown(node, version, kind),
            Route::List => node,
        };
        let Value::Mapping(fields) = &list.value else { return };
        let Some(items) = fields.get("items") else {
            if kinds::is_built_in(version) {
                return self.unknown(node, version, kind);
            }
            return self.custom(node, version, kind);
        };
        let item_kind = kind.strip_suffix("List").filter(|kind| !kind.is_empty());
        match &items.value.value {
            Value::Sequence(_) if depth >= MAX_LIST_DEPTH => {
                self.unreadable(list.span, format!("lists are nested more than {MAX_LIST_DEPTH} deep"));
            }
            Value::Sequence(items) => {
                for item in items {
                    self.value(item, item_kind.map(|kind| (version, kind)), depth + 1);
                }
            }
            Value::Null => {}
            _ => self.unreadable(items.value.span, "the `items` of a list must be a list"),
        }
    }

    fn typed(&mut self, node: &yaml::Node<'t>, version: &str, kind: &str, typed: TypedKind) {
        if kinds::replacement(version, kind).is_none() && is_patch(node, typed) {
            return self.count(node.span, |tally| tally.patches += 1);
        }
        let mut decoder = Decoder::new(self.file, Strictness::Lenient);
        let namespace = self.default_namespace();
        let found = match typed {
            TypedKind::Namespace => Found::Namespace(Box::new(Namespace::read(&mut decoder, node))),
            TypedKind::Node => Found::Node(Box::new(Node::read(&mut decoder, node))),
            TypedKind::Pod => Found::Pod(Box::new(Pod::read(&mut decoder, node, namespace))),
            TypedKind::Service => Found::Service(Box::new(Service::read(&mut decoder, node, namespace))),
            TypedKind::Workload(kind) => {
                Found::Workload(Box::new(Workload::read(&mut decoder, node, kind, namespace)))
            }
        };
        if let Some(span) = decoder.template {
            return self.template(node, span);
        }
        self.outcome.diagnostics.append(&mut decoder.diagnostics);
        self.keep(node, version, kind, found);
    }

    /// An object of a kind that is not read here: a policy if a dialect claims it.
    fn custom(&mut self, node: &yaml::Node<'t>, version: &str, kind: &str) {
        let object = object_ref((self.file, node), version, kind, self.default_namespace());
        let raw = RawObject { object, node, file: self.file };
        let before = self.outcome.diagnostics.len();
        match (self.reader.claim)(&raw, &mut self.outcome.diagnostics) {
            Some(policy) => match template(self.file, node) {
                Some(span) => {
                    self.outcome.diagnostics.truncate(before);
                    self.template(node, span);
                }
                None => self.keep(node, version, kind, Found::Policy(policy)),
            },
            None if kinds::is_slip(version, kind) => self.unknown(node, version, kind),
            None => {
                *self.outcome.tally.unknown.entry(kind.to_owned()).or_default() += 1;
                self.count(node.span, |_| {});
            }
        }
    }

    fn keep(&mut self, node: &yaml::Node<'t>, version: &str, kind: &str, found: Found<P>) {
        self.outcome.tally.understood += 1;
        if let Some(current) = kinds::replacement(version, kind) {
            let diagnostic = no_match(REMOVED_API_VERSION, place_of(node, "apiVersion"), version, kind);
            let help = format!("write `apiVersion: {current}`; the object is read as if it said so");
            report(&mut self.outcome.diagnostics, diagnostic.with_help(help));
        }
        let is_policy = matches!(found, Found::Policy(_));
        let needs_object = is_policy || !self.outcome.diagnostics.is_empty();
        let object =
            needs_object.then(|| object_ref((self.file, node), version, kind, self.default_namespace()));
        self.name_object(node.span, object.as_ref());
        let object = object.map(Box::new);
        let item = Item { found, object, has_name: has_name(self.file, node), span: node.span };
        self.outcome.items.push(item);
    }

    /// A kind or version that does not exist. Before kubectl looks for it, it reads `metadata`.
    fn unknown(&mut self, node: &yaml::Node<'t>, version: &str, kind: &str) {
        let mut decoder = Decoder::new(self.file, Strictness::Lenient);
        Metadata::read(&mut decoder, node, self.default_namespace());
        let wrong = decoder.diagnostics.into_iter().filter(|found| found.rule == WRONG_TYPE);
        self.outcome.diagnostics.extend(wrong);
        *self.outcome.tally.unknown.entry(kind.to_owned()).or_default() += 1;
        let place = if version.is_empty() { "apiVersion" } else { "kind" };
        let mut diagnostic = no_match(UNKNOWN_KIND, place_of(node, place), version, kind);
        let advice = "check `apiVersion` and `kind`; `kubectl api-resources` lists what a cluster has";
        diagnostic.help = Some(kinds::suggestion(version, kind).unwrap_or_else(|| advice.to_owned()));
        report(&mut self.outcome.diagnostics, diagnostic);
        let object = object_ref((self.file, node), version, kind, self.default_namespace());
        self.name_object(node.span, Some(&object));
    }

    fn unreadable(&mut self, span: Span, message: impl Into<String>) {
        let help = "an object has `apiVersion:` and `kind:`; several objects stand apart by lines `---`";
        report(
            &mut self.outcome.diagnostics,
            Diagnostic::input(UNREADABLE_YAML, span, message).with_help(help),
        );
        self.outcome.left_out.push(LeftOut::Unreadable(span));
    }

    /// An object with an unquoted `{{ … }}` in a field that is read takes no part.
    fn template(&mut self, node: &yaml::Node<'t>, span: Span) {
        let message =
            "a template that was not rendered stands in a field that is read; the object is left out";
        let diagnostic =
            Diagnostic::new(UNRENDERED_TEMPLATE, Category::Input, Severity::Warning, span, message)
                .with_help("render it first, for example with `helm template`, or quote the braces");
        report(&mut self.outcome.diagnostics, diagnostic);
        self.outcome.left_out.push(LeftOut::Template(node.span));
    }

    /// Tells the diagnostics which object they are about.
    fn name_object(&mut self, span: Span, object: Option<&ObjectRef>) {
        let found = self.outcome.diagnostics.iter_mut();
        for diagnostic in found.filter(|found| found.object.is_none() && lies_in(found, span)) {
            diagnostic.object = object.cloned();
        }
    }
}

/// A field that says what an object is.
#[derive(Clone, Copy)]
enum Written<'n> {
    Missing,
    Text(&'n str),
}

fn lies_in(diagnostic: &Diagnostic, span: Span) -> bool {
    (span.start..=span.end).contains(&diagnostic.primary.span.start)
}

fn no_match(rule: crate::diagnostic::RuleName, span: Span, version: &str, kind: &str) -> Diagnostic {
    let message = format!("no matches for kind \"{kind}\" in version \"{version}\"");
    let headline = match rule {
        REMOVED_API_VERSION => format!("`{version}` is no longer served for kind `{kind}`"),
        _ => format!("there is no kind `{kind}` in `{version}`"),
    };
    Diagnostic::api(rule, span, "apiVersion", message).with_message(headline)
}

/// The identity of an object, without looking closely.
fn object_ref(
    (file, node): (&SourceFile, &yaml::Node<'_>),
    version: &str,
    kind: &str,
    default_namespace: &str,
) -> ObjectRef {
    let text = |field: &str| metadata_text((file, node), field);
    let own = || text("namespace").unwrap_or(Cow::Borrowed(default_namespace)).into_owned();
    let namespace = (!kinds::is_of_cluster(version, kind)).then(own);
    let name = text("name").or_else(|| text("generateName"));
    ObjectRef {
        api_version: version.to_owned(),
        kind: kind.to_owned(),
        namespace,
        name: name.unwrap_or_default().into_owned(),
    }
}

/// Whether an object has a name that tells it from others: with a placeholder in it, it may be anything.
fn has_name(file: &SourceFile, node: &yaml::Node<'_>) -> bool {
    let text = |field| metadata_text((file, node), field);
    // No name has one of these: they mark what some tool fills in.
    let is_known = |field| text(field).is_none_or(|text| !text.contains(['$', '{', '<', '%']));
    text("name").is_some() && is_known("name") && is_known("namespace")
}

/// A text of `metadata` that is not empty.
fn metadata_text<'n>(
    (file, node): (&'n SourceFile, &'n yaml::Node<'_>),
    field: &str,
) -> Option<Cow<'n, str>> {
    let Value::Mapping(fields) = &node.value else { return None };
    let Value::Mapping(metadata) = &fields.get("metadata")?.value.value else { return None };
    let text = scalar_text(file, &metadata.get(field)?.value)?;
    let text = match default_of(&text) {
        Some(default) => Cow::Owned(default.to_owned()),
        None => text,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// Where the value of a field of the object stands, or the object.
fn place_of(node: &yaml::Node<'_>, field: &str) -> Span {
    let Value::Mapping(fields) = &node.value else { return node.span };
    fields.get(field).map_or_else(|| first_key(node), |entry| entry.value.span)
}

/// Where the first key of a mapping stands, or the value.
fn first_key(node: &yaml::Node<'_>) -> Span {
    let Value::Mapping(fields) = &node.value else { return node.span };
    fields.entries.first().map_or(node.span, |entry| entry.key_span)
}

/// The first unquoted `{{` of a policy, outside its annotations and its status.
fn template(file: &SourceFile, node: &yaml::Node<'_>) -> Option<Span> {
    let text = file.text().get(node.span.start as usize..node.span.end as usize)?;
    memchr::memmem::find(text.as_bytes(), b"{{")?;
    let mut stack = vec![node];
    while let Some(node) = stack.pop() {
        match &node.value {
            Value::String(text) if is_template(file, node.span, text) => return Some(node.span),
            Value::Sequence(items) => stack.extend(items.iter().rev()),
            Value::Mapping(fields) => {
                let read = fields
                    .entries
                    .iter()
                    .rev()
                    .filter(|entry| !matches!(entry.key.as_ref(), "annotations" | "status"));
                stack.extend(read.map(|entry| &entry.value));
            }
            _ => {}
        }
    }
    None
}
