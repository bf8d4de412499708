//! What ids in an answer are looked up in.

use crate::cluster::Cluster;
use crate::diagnostic::ObjectRef;
use crate::evaluate::PolicyRef;
use crate::policy::{OriginId, PolicySet};
use crate::text::{FileSet, Span};

/// What the ids of a verdict or an explanation name: the cluster, the policies and the files they are from.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    /// The policies.
    pub policies: &'a PolicySet,
    /// The files.
    pub files: &'a FileSet,
}

impl<'a> Context<'a> {
    /// The identity of a policy.
    pub fn object(&self, policy: PolicyRef) -> Option<&'a ObjectRef> {
        match policy {
            PolicyRef::Evaluated(index) => self.policies.policies.get(index as usize).map(|it| &it.object),
            PolicyRef::Opaque(index) => self.policies.opaque.get(index as usize).map(|it| &it.policy.object),
        }
    }

    /// Where a policy stands.
    pub fn policy_span(&self, policy: PolicyRef) -> Option<Span> {
        let origin = match policy {
            PolicyRef::Evaluated(index) => self.policies.policies.get(index as usize).map(|it| it.origin),
            PolicyRef::Opaque(index) => self.policies.opaque.get(index as usize).map(|it| it.policy.origin),
        };
        origin.and_then(|origin| self.span(origin))
    }

    /// Where an origin leads to.
    pub fn span(&self, origin: OriginId) -> Option<Span> {
        self.policies.origins.get(origin).map(|place| place.span)
    }

    /// The path of an origin within its object, such as `ingress[0].from[1]`.
    pub fn path(&self, origin: OriginId) -> String {
        self.policies.origins.get(origin).map(|place| place.path.to_string()).unwrap_or_default()
    }

    /// The file and line of a place.
    pub fn file_line(&self, span: Span) -> Option<(&'a str, u32)> {
        self.files.locate(span).map(|(file, place)| (file, place.line))
    }
}

/// Where a rule of a policy stands.
pub(crate) fn rule_span(context: Context<'_>, policy: PolicyRef, rule: usize) -> Option<Span> {
    let PolicyRef::Evaluated(index) = policy else { return None };
    let rule = context.policies.policies.get(index as usize)?.rules.get(rule)?;
    context.span(rule.origin)
}

/// The path of a rule within its policy: `ingress[0]`.
pub(crate) fn rule_path(context: Context<'_>, policy: PolicyRef, rule: usize) -> String {
    let PolicyRef::Evaluated(index) = policy else { return format!("rule {rule}") };
    let found = context.policies.policies.get(index as usize).and_then(|policy| policy.rules.get(rule));
    match found.map(|rule| context.path(rule.origin)) {
        Some(path) if !path.is_empty() => path.strip_prefix("spec.").unwrap_or(&path).to_owned(),
        _ => format!("rule {rule}"),
    }
}
