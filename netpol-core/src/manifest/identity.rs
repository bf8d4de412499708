//! Objects by their identity: of two with one group, kind, namespace and name the later wins.

use std::hash::{BuildHasher, Hash, Hasher};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::kinds::canonical_group;
use super::{Namespace, Node, Pod, Service, Workload};
use crate::diagnostic::rule::DUPLICATE_OBJECT;
use crate::diagnostic::{Diagnostic, ObjectRef, report};
use crate::text::{FileSet, Span};

/// An object that was read. Each has a place of its own until it is known which ones are kept.
#[derive(Debug)]
pub(super) enum Found<P> {
    /// A namespace.
    Namespace(Box<Namespace>),
    /// A node.
    Node(Box<Node>),
    /// A pod.
    Pod(Box<Pod>),
    /// A Service.
    Service(Box<Service>),
    /// A workload.
    Workload(Box<Workload>),
    /// What a dialect made of a policy.
    Policy(P),
}

/// An object that was read, with its identity.
#[derive(Debug)]
pub(super) struct Item<P> {
    /// The object.
    pub found: Found<P>,
    /// Its identity; `None` for a policy's only when it has no name.
    pub object: Option<Box<ObjectRef>>,
    /// Whether it has a name of its own, rather than one that a server would make up.
    pub has_name: bool,
    /// Where it stands.
    pub span: Span,
}

/// The objects in order, without those that a later one of the same identity replaces; each of these is reported.
pub(super) fn latest<P>(
    items: Vec<Item<P>>,
    files: &FileSet,
    diagnostics: &mut Vec<Diagnostic>,
) -> impl Iterator<Item = Found<P>> {
    let mut is_replaced = vec![false; items.len()];
    let mut seen: FxHashMap<(&str, &str, &str, &str), (usize, Span)> = FxHashMap::default();
    for (index, item) in items.iter().enumerate().filter(|(_, item)| item.has_name) {
        let Some(identity) = identity(item) else { continue };
        let Some((earlier, span)) = seen.insert(identity, (index, item.span)) else { continue };
        if let Some(flag) = is_replaced.get_mut(earlier) {
            *flag = true;
        }
        report(diagnostics, duplicate((item.object.as_deref(), item.span), identity, span, files));
    }
    let kept = items.into_iter().zip(is_replaced).filter(|(_, is_replaced)| !is_replaced);
    kept.map(|(item, _)| item.found)
}

/// Group, kind, namespace and name.
type Identity<'i> = (&'i str, &'i str, &'i str, &'i str);

fn identity<P>(item: &Item<P>) -> Option<Identity<'_>> {
    let (group, kind, metadata) = match &item.found {
        Found::Namespace(namespace) => ("", "Namespace", &namespace.metadata),
        Found::Node(node) => ("", "Node", &node.metadata),
        Found::Pod(pod) => ("", "Pod", &pod.metadata),
        Found::Service(service) => ("", "Service", &service.metadata),
        Found::Workload(workload) => ("apps", workload.kind.name(), &workload.metadata),
        Found::Policy(_) => return item.object.as_deref().map(identity_of),
    };
    Some((group, kind, &metadata.namespace.value, &metadata.name.value))
}

fn identity_of(object: &ObjectRef) -> Identity<'_> {
    let group = canonical_group(&object.api_version, &object.kind);
    (group, &object.kind, object.namespace.as_deref().unwrap_or_default(), &object.name)
}

/// The identity of a policy, with its hash, since it is compared whenever a file changes.
#[derive(Debug, Clone)]
pub(super) struct PolicyIdentity {
    hash: u64,
    object: ObjectRef,
    span: Span,
}

impl PolicyIdentity {
    pub(super) fn new(object: ObjectRef, span: Span) -> Self {
        Self { hash: FxBuildHasher.hash_one(identity_of(&object)), object, span }
    }
}

impl PartialEq for PolicyIdentity {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && identity_of(&self.object) == identity_of(&other.object)
    }
}

impl Eq for PolicyIdentity {}

impl Hash for PolicyIdentity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// For each policy, in order, whether a later one of the same identity replaces it; each such pair is reported.
pub(super) fn replaced<'i>(
    policies: impl ExactSizeIterator<Item = Option<&'i PolicyIdentity>>,
    files: &FileSet,
) -> (Vec<bool>, Vec<Diagnostic>) {
    let (mut is_replaced, mut diagnostics) = (vec![false; policies.len()], Vec::new());
    let mut seen: FxHashMap<&PolicyIdentity, usize> = FxHashMap::default();
    seen.reserve(policies.len());
    for (index, policy) in policies.enumerate() {
        let Some(policy) = policy else { continue };
        let before = seen.remove_entry(policy);
        seen.insert(policy, index);
        let Some((before, earlier)) = before else { continue };
        if let Some(flag) = is_replaced.get_mut(earlier) {
            *flag = true;
        }
        let object = Some(&policy.object);
        let found = duplicate((object, policy.span), identity_of(&policy.object), before.span, files);
        report(&mut diagnostics, found);
    }
    (is_replaced, diagnostics)
}

fn duplicate(
    (object, span): (Option<&ObjectRef>, Span),
    (_, kind, namespace, name): Identity<'_>,
    earlier: Span,
    files: &FileSet,
) -> Diagnostic {
    let slash = if namespace.is_empty() { "" } else { "/" };
    let message = format!("`{kind} {namespace}{slash}{name}` is defined twice; the last one wins");
    let diagnostic = Diagnostic::policy(DUPLICATE_OBJECT, head_of(span, files), message)
        .with_related(head_of(earlier, files), "first defined here");
    let diagnostic = match object {
        Some(object) => diagnostic.with_object(object.clone()),
        None => diagnostic,
    };
    let folders = [earlier, span].map(|span| files.get(span.file).map_or("", |file| overlay(file.name())));
    let are_overlays = folders.iter().all(|folder| !folder.is_empty()) && folders[0] != folders[1];
    diagnostic.with_help(if are_overlays {
        "these are overlays of one base: pass one rendered overlay (`kustomize build`)"
    } else {
        "remove one of them, or give it a name of its own"
    })
}

/// The overlay that a path lies in: what stands before and right behind `overlays/`, or nothing.
fn overlay(path: &str) -> &str {
    let marks = ["overlays/", "environments/", "envs/"];
    let Some(at) = marks.iter().find_map(|mark| path.find(mark).map(|at| at + mark.len())) else { return "" };
    let end = path.get(at..).and_then(|rest| rest.find('/')).map_or(path.len(), |end| at + end);
    path.get(..end).unwrap_or_default()
}

/// The first line of an object: what to point at when the whole of it would fill the screen.
fn head_of(span: Span, files: &FileSet) -> Span {
    let line = files.slice(span).lines().next().unwrap_or_default().trim_end();
    let length = u32::try_from(line.len()).unwrap_or(0).max(1).min(span.len());
    Span::new(span.file, span.start, span.start.saturating_add(length))
}
