//! Holds a document against a schema, in the server's words.
//!
//! Source: `k8s.io/apiextensions-apiserver` (pruning, structural defaulting, list types, CEL) and `k8s.io/kube-openapi`
//! (validation), as recorded from a server 1.37.

use super::advice::advice;
use super::schema::{Counts, Field, List, Object, Rule, Schema, Text, present};
use crate::diagnostic::rule::INVALID_FIELD;
use crate::diagnostic::{Diagnostic, report};
use crate::manifest::decode::{Decoder, Path, go};
use crate::text::Span;
use crate::yaml::{Entry, Mapping, Node, Value};

/// Where the server names no field.
const NO_FIELD: &str = "<nil>";

/// What a document is to its schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::dialect) struct Checked {
    /// How many values the server refuses.
    pub(in crate::dialect) refusals: usize,
    /// Whether a fault makes rules in CEL senseless, which the server then leaves out.
    pub(in crate::dialect) is_blocked: bool,
}

/// Reports the fields of a document that its schema does not have, and the values that the server refuses. `so_far` is what
/// `metadata` was found to be: a fault there may keep the server from looking at rules in CEL.
pub(in crate::dialect) fn check(
    decoder: &mut Decoder<'_>,
    root: &Node<'_>,
    schema: &'static Object,
    so_far: Checked,
) -> Checked {
    let mut check = Check { decoder, checked: so_far, broken: Vec::new() };
    check.object(root, root.span, schema, &Path::ROOT);
    let Check { decoder, mut checked, broken } = check;
    if !checked.is_blocked {
        checked.refusals += broken.len();
        for found in broken {
            report(&mut decoder.diagnostics, found);
        }
    }
    checked
}

struct Check<'c, 'd> {
    decoder: &'c mut Decoder<'d>,
    checked: Checked,
    /// What rules in CEL refuse.
    broken: Vec<Diagnostic>,
}

impl Check<'_, '_> {
    /// A value that is there; `place` is where to point when the value as a whole is wrong.
    fn value(&mut self, node: &Node<'_>, place: Span, schema: Schema, path: &Path<'_>) {
        if self.is_open(node, schema) {
            return;
        }
        match (schema, &node.value) {
            (Schema::Any, _) => {}
            (Schema::Text(text), Value::String(value)) => self.text(node, value, text, path),
            (Schema::Integer(first, last), Value::Int(_) | Value::Uint(_) | Value::Float(_)) => {
                self.number(node, (first, last), path);
            }
            (Schema::Object(object), Value::Mapping(_)) => self.object(node, place, object, path),
            (Schema::List(list), Value::Sequence(nodes)) => self.list(nodes, place, list, path),
            (Schema::Texts, Value::Mapping(entries)) => self.texts(entries, path),
            _ => self.wrong_type(node, schema, path),
        }
    }

    /// Whether a placeholder or a template stands where the value belongs, so that nothing can be said of it.
    fn is_open(&mut self, node: &Node<'_>, schema: Schema) -> bool {
        let Value::String(text) = &node.value else { return false };
        let is_open = self.decoder.notice(node, text);
        if is_open && !matches!(schema, Schema::Text(_) | Schema::Integer(..)) {
            self.decoder.opaque_placeholder.get_or_insert(node.span);
        }
        is_open
    }

    fn object(&mut self, node: &Node<'_>, place: Span, object: &'static Object, path: &Path<'_>) {
        let Value::Mapping(mapping) = &node.value else { return };
        for field in object.fields {
            self.field(mapping, place, field, path);
        }
        for entry in &mapping.entries {
            if object.field(&entry.key).is_none() {
                self.unknown_field(entry, mapping, object, &path.field(&entry.key));
            }
        }
        let known = mapping.entries.iter().filter(|entry| object.field(&entry.key).is_some());
        let count = known.filter(|entry| entry.value.value != Value::Null).count();
        self.properties(count, place, object.counts, path);
        self.rules(node, place, object.rules, path);
    }

    fn field(&mut self, mapping: &Mapping<'_>, place: Span, field: &Field, path: &Path<'_>) {
        let path = path.field(field.name);
        match (present(mapping, field.name), mapping.get(field.name)) {
            (Some(node), Some(entry)) => self.value(node, entry.key_span, field.schema, &path),
            (_, entry) if field.is_required => {
                let place = entry.map_or(place, |entry| entry.key_span);
                self.refuse(place, &path, "Required value");
                self.checked.is_blocked = true;
            }
            _ => {}
        }
    }

    /// A field that the schema does not have, and all that is in it.
    fn unknown_field(
        &mut self,
        entry: &Entry<'_>,
        siblings: &Mapping<'_>,
        object: &'static Object,
        path: &Path<'_>,
    ) {
        let placed = object.misplaced.iter().find(|(name, _)| *name == entry.key);
        if let Some((_, help)) = placed {
            self.decoder.unknown_field(entry, path, *help);
        } else {
            let known: Vec<&str> = object.fields.iter().map(|field| field.name).collect();
            self.decoder.field_beside(entry, &siblings.entries, path, &known);
        }
    }

    /// What stands in a value of a wrong type: mappings within have no field that the schema knows.
    fn nothing_known(&mut self, node: &Node<'_>, path: &Path<'_>) {
        match &node.value {
            Value::Mapping(mapping) => {
                for entry in &mapping.entries {
                    let help = "a server without strict validation drops the field";
                    self.decoder.unknown_field(entry, &path.field(&entry.key), help);
                }
            }
            Value::Sequence(nodes) => {
                for (index, node) in nodes.iter().enumerate() {
                    self.nothing_known(node, &path.index(index));
                }
            }
            _ => {}
        }
    }

    fn properties(&mut self, count: usize, place: Span, Counts(least, most): Counts, path: &Path<'_>) {
        if count < least {
            let words = format!("in body should have at least {least} properties");
            self.refuse(place, path, format!("Invalid value: {count}: {path} {words}"));
        }
        if count > most {
            self.too_many(count, most, place, path);
        }
    }

    fn too_many(&mut self, count: usize, most: usize, place: Span, path: &Path<'_>) {
        let noun = if most == 1 { "item" } else { "items" };
        self.refuse(place, path, format!("Too many: {count}: must have at most {most} {noun}"));
        self.checked.is_blocked = true;
    }

    fn list(&mut self, nodes: &[Node<'_>], place: Span, list: &'static List, path: &Path<'_>) {
        let Counts(least, most) = list.counts;
        if nodes.len() < least {
            let (count, words) = (nodes.len(), format!("in body should have at least {least} items"));
            self.refuse(place, path, format!("Invalid value: {count}: {path} {words}"));
        }
        if nodes.len() > most {
            self.too_many(nodes.len(), most, place, path);
        }
        for (index, node) in nodes.iter().enumerate() {
            self.value(node, node.span, list.items, &path.index(index));
        }
        if list.is_set {
            self.duplicates(nodes, path);
        }
    }

    fn duplicates(&mut self, nodes: &[Node<'_>], path: &Path<'_>) {
        let mut seen = std::collections::BTreeSet::new();
        for (index, node) in nodes.iter().enumerate() {
            let Value::String(text) = &node.value else { continue };
            if !seen.insert(text.as_ref()) {
                let message = format!("Duplicate value: {}", go::quote(text));
                self.refuse(node.span, &path.index(index), message);
            }
        }
    }

    fn texts(&mut self, mapping: &Mapping<'_>, path: &Path<'_>) {
        for entry in mapping.entries.iter().filter(|entry| entry.value.value != Value::Null) {
            self.value(&entry.value, entry.key_span, Schema::Text(&Text::ANY), &path.field(&entry.key));
        }
    }

    fn text(&mut self, node: &Node<'_>, value: &str, text: &'static Text, path: &Path<'_>) {
        if let Some(longest) = text.longest.filter(|longest| value.chars().count() > *longest) {
            self.refuse(node.span, path, format!("Too long: may not be more than {longest} bytes"));
            self.checked.is_blocked = true;
        }
        if let Some((pattern, _)) = text.pattern.filter(|(_, fits)| !fits(value)) {
            let value = go::quote(value);
            self.refuse(
                node.span,
                path,
                format!("Invalid value: {value}: {path} in body should match '{pattern}'"),
            );
        }
        self.listed(node, &go::quote(value), text, path);
        self.rules(node, node.span, text.rules, path);
    }

    /// Whether a value is one of those that there are.
    fn listed(&mut self, node: &Node<'_>, shown: &str, text: &Text, path: &Path<'_>) {
        let is_listed = |value: &str| text.values.is_empty() || text.values.contains(&value);
        if !matches!(&node.value, Value::String(value) if is_listed(value)) && !text.values.is_empty() {
            let listed: Vec<String> = text.values.iter().map(|value| go::quote(value)).collect();
            let words = format!("Unsupported value: {shown}: supported values: {}", listed.join(", "));
            self.refuse(node.span, path, words);
            self.checked.is_blocked = true;
        }
    }

    fn number(&mut self, node: &Node<'_>, (first, last): (i64, i64), path: &Path<'_>) {
        let Some(number) = whole(&node.value) else {
            let words = format!("{path} in body must be of type int32: \"float64\"");
            self.refuse(node.span, path, format!("Invalid value: \"float64\": {words}"));
            self.no_int32(node, path);
            return;
        };
        if i32::try_from(number).is_err() {
            self.no_int32(node, path);
        }
        let bound = match number {
            _ if number < i128::from(first) => format!("greater than or equal to {first}"),
            _ if number > i128::from(last) => format!("less than or equal to {last}"),
            _ => return,
        };
        self.refuse(node.span, path, format!("Invalid value: {number}: {path} in body should be {bound}"));
    }

    fn no_int32(&mut self, node: &Node<'_>, path: &Path<'_>) {
        let words = format!("Checked value must be of type integer with format int32 in {path}");
        let nowhere = Path::ROOT.field(NO_FIELD);
        self.refuse(node.span, &nowhere, format!("Invalid value: \"\": {words}"));
        self.checked.is_blocked = true;
    }

    fn wrong_type(&mut self, node: &Node<'_>, schema: Schema, path: &Path<'_>) {
        let (found, wanted) = (type_name(&node.value), wanted(schema));
        let words = format!("{path} in body must be of type {wanted}: \"{found}\"");
        self.refuse(node.span, path, format!("Invalid value: \"{found}\": {words}"));
        self.checked.is_blocked = true;
        if let Schema::Text(text) = schema {
            self.listed(node, &shown(&node.value), text, path);
        }
        self.nothing_known(node, path);
    }

    fn rules(&mut self, node: &Node<'_>, place: Span, rules: &'static [Rule], path: &Path<'_>) {
        for rule in rules.iter().filter(|rule| !(rule.holds)(node)) {
            let value = match &node.value {
                Value::String(text) => format!("{}: ", go::quote(text)),
                _ => String::new(),
            };
            let field = if path.to_string().is_empty() { NO_FIELD.to_owned() } else { path.to_string() };
            let message = format!("Invalid value: {value}{}", rule.message);
            self.broken.push(refusal(place, field, message));
        }
    }

    fn refuse(&mut self, place: Span, path: &Path<'_>, message: impl Into<String>) {
        self.checked.refusals += 1;
        report(&mut self.decoder.diagnostics, refusal(place, path.to_string(), message.into()));
    }
}

fn refusal(place: Span, field: String, message: String) -> Diagnostic {
    let help = advice(&field, &message);
    Diagnostic { help, ..Diagnostic::api(INVALID_FIELD, place, field, message) }
}

fn whole(value: &Value<'_>) -> Option<i128> {
    match value {
        Value::Int(number) => Some(i128::from(*number)),
        Value::Uint(number) => Some(i128::from(*number)),
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and small enough")]
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e18 => Some(*number as i128),
        _ => None,
    }
}

/// A value as the server prints it.
fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Float(number) => go::float(*number),
        Value::Bool(truth) => truth.to_string(),
        Value::String(text) => go::quote(text),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => type_name(value).to_owned(),
    }
}

/// The name that the schema language has for a type.
fn type_name(value: &Value<'_>) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) | Value::Uint(_) => "integer",
        Value::Float(number) if number.fract() == 0.0 => "integer",
        Value::Float(_) => "number",
        Value::String(_) => "string",
        Value::Sequence(_) => "array",
        Value::Mapping(_) => "object",
    }
}

const fn wanted(schema: Schema) -> &'static str {
    match schema {
        Schema::Text(_) => "string",
        Schema::Integer(..) => "integer",
        Schema::Object(_) | Schema::Texts | Schema::Any => "object",
        Schema::List(_) => "array",
    }
}
