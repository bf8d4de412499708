//! The validation of `metadata.ownerReferences`.

use rustc_hash::FxHashSet;

use super::check::Check;
use crate::manifest::OwnerReference;
use crate::manifest::decode::{Path, go};
use crate::text::Span;
use crate::yaml::{Entry, Node, Value};

/// Reports what the API server would refuse of the owners. Before it looks at them it drops those that stand there twice.
pub(super) fn check_owners(check: &mut Check, owners: &[OwnerReference], entry: &Entry<'_>, path: &Path<'_>) {
    let Value::Sequence(items) = &entry.value.value else { return };
    let mut seen = FxHashSet::default();
    let kept: Vec<_> = owners.iter().zip(items).filter(|(owner, _)| seen.insert(*owner)).collect();
    for (index, (owner, item)) in kept.iter().enumerate() {
        check_owner(check, owner, item, &path.index(index));
    }
    let mut controllers = kept.iter().map(|(owner, _)| owner).filter(|owner| owner.controller == Some(true));
    let Some(first) = controllers.next() else { return };
    for other in controllers {
        let listed: Vec<String> = kept.iter().map(|(owner, _)| json(owner)).collect();
        let message = format!(
            "Invalid value: [{}]: Only one reference can have Controller set to true. Found \"true\" in references for \
             {}/{} and {}/{}",
            listed.join(","),
            first.kind,
            first.name,
            other.kind,
            other.name
        );
        check.fault(entry.key_span, path, message);
    }
}

fn check_owner(check: &mut Check, owner: &OwnerReference, item: &Node<'_>, path: &Path<'_>) {
    let OwnerReference { api_version, kind, name, uid, .. } = owner;
    for (field, text) in [("apiVersion", api_version), ("kind", kind), ("name", name), ("uid", uid)] {
        if text.is_empty() {
            check.fault(place(item, field), &path.field(field), "Required value: must not be empty");
        }
    }
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    if !api_version.is_empty() && (version.is_empty() || version.contains('/')) {
        let words = "must be <group>/<version> or <version>";
        let message = format!("Invalid value: {}: {words}", go::quote(api_version));
        check.fault(place(item, "apiVersion"), &path.field("apiVersion"), message);
    }
    if (group, version, kind.as_str()) == ("", "v1", "Event") {
        let words = "/v1, Kind=Event is disallowed from being an owner";
        check.fault(place(item, "kind"), path, format!("Invalid value: {}: {words}", json(owner)));
    }
}

/// Where a field of an item stands, or the item.
fn place(item: &Node<'_>, field: &str) -> Span {
    let Value::Mapping(fields) = &item.value else { return item.span };
    fields.get(field).map_or(item.span, |entry| entry.value.span)
}

/// An owner as Go's JSON encoder prints it.
fn json(owner: &OwnerReference) -> String {
    let OwnerReference { api_version, kind, name, uid, controller, block_deletion } = owner;
    let texts = [("apiVersion", api_version), ("kind", kind), ("name", name), ("uid", uid)];
    let flags = [("controller", controller), ("blockOwnerDeletion", block_deletion)];
    let texts = texts.into_iter().map(|(field, text)| format!("\"{field}\":{}", go::json(text)));
    let flags = flags.into_iter().filter_map(|(field, flag)| Some(format!("\"{field}\":{}", (*flag)?)));
    format!("{{{}}}", texts.chain(flags).collect::<Vec<_>>().join(","))
}
