//! Changes of manifests that several rules propose.

use super::Context;
use crate::diagnostic::{Applicability, Edit, Fix};
use crate::dialect::network_policy::NetworkPolicy;
use crate::text::Span;
use crate::yaml::{Node, Value, edit};

/// Adds a list of texts to `spec`, in the style of the file.
pub(super) fn add_to_spec(
    context: &Context<'_>,
    resource: &NetworkPolicy,
    key: &str,
    texts: &[&'static str],
) -> Option<Edit> {
    let document = resource.span;
    let source = context.files.get(document.file)?;
    let node = |value| Node { value, span: document, via: None };
    let list = Value::Sequence(texts.iter().map(|text| node(Value::String((*text).into()))).collect());
    edit::insert_key(document.file, source, document, "spec", (key, &list))
}

/// Makes one item of two, by taking away the dash of the second; `None` when it is not a line of block YAML.
pub(super) fn join_to_item_before(context: &Context<'_>, second: Span, message: &str) -> Option<Fix> {
    let before = context.files.get(second.file)?.text().get(..second.start as usize)?;
    let line = before.rsplit('\n').next()?;
    let is_item = line.ends_with("- ") && line.trim_start_matches(' ') == "- ";
    let dash = second.start.checked_sub(2)?;
    let edit = Edit { span: Span::new(second.file, dash, dash + 1), text: " ".to_owned() };
    let fix = Fix { message: message.to_owned(), applicability: Applicability::Unsafe, edits: vec![edit] };
    is_item.then_some(fix)
}
