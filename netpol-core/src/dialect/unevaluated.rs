//! Known policy kinds that have no dialect yet. They become opaque policies, so that every answer that they could
//! change says so.

use super::profile::Profile;
use crate::diagnostic::rule::UNEVALUATED_POLICY;
use crate::diagnostic::{Diagnostic, ObjectRef, report};
use crate::manifest::{RawObject, kinds};
use crate::policy::{
    Action, Directions, NamespaceMatch, OpaquePolicy, OpaqueReason, Origin, OriginPath, PodMatch, Policy,
    PolicyPart, TierId,
};
use crate::selector::Selector;
use crate::text::Span;
use crate::yaml::Value;

/// A policy that is not evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unevaluated {
    /// Where the object stands.
    pub span: Span,
    /// Its identity.
    pub object: ObjectRef,
    /// Whether it acts in its own namespace alone.
    pub scope: Scope,
    /// The directions in which it may act.
    pub directions: Directions,
    /// What it could do to traffic of its subject.
    pub may: &'static [Action],
    /// Whether the network plugin may enforce it; if not, it does nothing.
    pub enforced: bool,
}

/// Which pods a policy may select.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Those of its own namespace.
    Namespace,
    /// Those of any namespace.
    Cluster,
}

struct Kind {
    group: &'static str,
    name: &'static str,
    scope: Scope,
    directions: Directions,
    may: &'static [Action],
}

const fn kind(group: &'static str, name: &'static str, scope: Scope, may: &'static [Action]) -> Kind {
    Kind { group, name, scope, directions: Directions::Both, may }
}

const fn egress(group: &'static str, name: &'static str) -> Kind {
    Kind { group, name, scope: Scope::Namespace, directions: Directions::Egress, may: DENY }
}

const fn ingress(group: &'static str, name: &'static str) -> Kind {
    Kind { group, name, scope: Scope::Namespace, directions: Directions::Ingress, may: DENY }
}

/// It can take away and give.
const ALLOW: &[Action] = &[Action::Deny, Action::Allow];
/// It can only take away.
const DENY: &[Action] = &[Action::Deny];

/// Policies of other APIs. Those that work beside the network plugin, above it or on part of the traffic, only deny.
const KINDS: [Kind; 26] = [
    kind("policy.networking.k8s.io", "ClusterNetworkPolicy", Scope::Cluster, ALLOW),
    kind("policy.networking.k8s.io", "AdminNetworkPolicy", Scope::Cluster, ALLOW),
    kind("policy.networking.k8s.io", "BaselineAdminNetworkPolicy", Scope::Cluster, ALLOW),
    kind("projectcalico.org", "NetworkPolicy", Scope::Namespace, ALLOW),
    kind("projectcalico.org", "GlobalNetworkPolicy", Scope::Cluster, ALLOW),
    kind("crd.projectcalico.org", "NetworkPolicy", Scope::Namespace, ALLOW),
    kind("crd.projectcalico.org", "GlobalNetworkPolicy", Scope::Cluster, ALLOW),
    kind("cilium.io", "CiliumNetworkPolicy", Scope::Namespace, ALLOW),
    kind("cilium.io", "CiliumClusterwideNetworkPolicy", Scope::Cluster, ALLOW),
    kind("crd.antrea.io", "NetworkPolicy", Scope::Namespace, ALLOW),
    kind("crd.antrea.io", "ClusterNetworkPolicy", Scope::Cluster, ALLOW),
    kind("security.antrea.tanzu.vmware.com", "NetworkPolicy", Scope::Namespace, ALLOW),
    kind("security.antrea.tanzu.vmware.com", "ClusterNetworkPolicy", Scope::Cluster, ALLOW),
    kind("networking.k8s.aws", "ApplicationNetworkPolicy", Scope::Namespace, ALLOW),
    kind("networking.k8s.aws", "ClusterNetworkPolicy", Scope::Cluster, ALLOW),
    kind("networking.gke.io", "FQDNNetworkPolicy", Scope::Namespace, ALLOW),
    kind("kubeovn.io", "SecurityGroup", Scope::Cluster, ALLOW),
    kind("crd.nsx.vmware.com", "SecurityPolicy", Scope::Namespace, ALLOW),
    egress("k8s.ovn.org", "EgressFirewall"),
    egress("network.openshift.io", "EgressNetworkPolicy"),
    kind("k8s.ovn.org", "AdminPolicyBasedExternalRoute", Scope::Cluster, DENY),
    ingress("security.istio.io", "AuthorizationPolicy"),
    ingress("security.istio.io", "PeerAuthentication"),
    ingress("policy.linkerd.io", "Server"),
    ingress("policy.linkerd.io", "AuthorizationPolicy"),
    egress("networking.istio.io", "Sidecar"),
];

/// Takes note of a policy of a known kind; `None` for any other object.
pub fn read(
    raw: &RawObject<'_, '_>,
    profile: &Profile,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Unevaluated> {
    let group = kinds::group(&raw.object.api_version);
    let known = KINDS.iter().find(|known| known.group == group && known.name == raw.object.kind)?;
    let mut object = raw.object.clone();
    if known.scope == Scope::Cluster {
        object.namespace = None;
    }
    let enforced = profile.may_enforce(group);
    if enforced {
        let message =
            format!("`{object}` of `{}` is a policy of a kind that is not evaluated", object.api_version);
        let help = "what it could change is answered `unknown`; `--unknown allow` or `deny` settles that";
        report(
            diagnostics,
            Diagnostic::policy(UNEVALUATED_POLICY, name_or_kind(raw), message)
                .with_help(help)
                .with_object(object.clone()),
        );
    }
    let Kind { scope, directions, may, .. } = *known;
    Some(Unevaluated { span: raw.node.span, object, scope, directions, may, enforced })
}

/// Where the name of an object stands, or its kind.
fn name_or_kind(raw: &RawObject<'_, '_>) -> Span {
    let field = |value: &Value<'_>, name: &str| match value {
        Value::Mapping(fields) => fields.get(name).map(|entry| entry.value.span),
        _ => None,
    };
    let Value::Mapping(fields) = &raw.node.value else { return raw.node.span };
    let name = fields.get("metadata").and_then(|metadata| field(&metadata.value.value, "name"));
    name.or_else(|| field(&raw.node.value, "kind")).unwrap_or(raw.node.span)
}

impl Unevaluated {
    /// Adds the policy to a part of a set: as an opaque one of `tier`, or as one that is left out.
    pub fn lower(self, tier: TierId, set: &mut PolicyPart) {
        if !self.enforced {
            set.unenforced.push(self.object);
            return;
        }
        let origin = set.origins.add(Origin { span: self.span, via: None, path: OriginPath::Object });
        let subject =
            self.object.namespace.as_ref().filter(|_| self.scope == Scope::Namespace).map(|namespace| {
                PodMatch {
                    namespaces: NamespaceMatch::Named(namespace.clone()),
                    pods: Selector::everything(),
                }
            });
        let policy = Policy::unread((self.object, origin), subject, self.directions, tier).that_may(self.may);
        set.opaque.push(OpaquePolicy { policy, reason: OpaqueReason::Kind });
    }
}
