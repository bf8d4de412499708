//! The list of dialects: which of them claims an object, and how all of them are lowered together.

use super::cluster_policy::{self, ClusterPolicy};
use super::network_policy::{self, NetworkPolicy};
use super::profile::Profile;
use super::unevaluated::{self, Unevaluated};
use crate::diagnostic::Diagnostic;
use crate::manifest::{RawObject, ReadOptions};
use crate::policy::{PolicyPart, PolicySet};

/// What a dialect made of an object.
#[derive(Debug, Clone)]
pub enum Resource {
    /// `networking.k8s.io/v1 NetworkPolicy`.
    NetworkPolicy(Box<NetworkPolicy>),
    /// A policy of `policy.networking.k8s.io`.
    ClusterPolicy(Box<ClusterPolicy>),
    /// A policy of a kind that is known, but not evaluated.
    Unevaluated(Unevaluated),
}

/// Reads an object that is a policy of some dialect, for a network plugin; `None` when it is not.
pub fn claim(
    raw: &RawObject<'_, '_>,
    options: &ReadOptions,
    profile: &Profile,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Resource> {
    if network_policy::is_kind(&raw.object) {
        let policy = network_policy::read(raw, options, diagnostics);
        return Some(Resource::NetworkPolicy(Box::new(policy)));
    }
    if let Some(policy) = cluster_policy::read(raw, diagnostics)
        && profile.may_enforce(cluster_policy::GROUP)
    {
        return Some(Resource::ClusterPolicy(Box::new(policy)));
    }
    unevaluated::read(raw, profile, diagnostics).map(Resource::Unevaluated)
}

impl Resource {
    /// Lowers a policy to the pipeline of a network plugin, apart from all others.
    #[must_use]
    pub fn lower(self, profile: &Profile) -> PolicyPart {
        let mut part = PolicyPart::default();
        match self {
            Self::NetworkPolicy(policy) => {
                network_policy::lower(*policy, profile.network_policy_tier, &mut part);
            }
            Self::ClusterPolicy(policy) => {
                cluster_policy::lower(*policy, profile.cluster_tiers, &mut part);
            }
            Self::Unevaluated(policy) => policy.lower(profile.unevaluated_tier, &mut part),
        }
        part.shrink();
        part
    }
}

/// Lowers all policies of an input, in order, to the pipeline of a network plugin.
pub fn lower(resources: Vec<Resource>, profile: &Profile) -> PolicySet {
    let parts = resources.into_iter().map(|resource| resource.lower(profile)).collect();
    PolicySet::join(profile.pipeline.clone(), parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::read;
    use crate::net::IpSet;
    use crate::policy::{
        Direction, Directions, NamespaceMatch, OpaqueReason, Peer, PodMatch, PortMatch, Ports, Remark,
    };
    use crate::selector::{Requirement, Selector};
    use crate::text::{FileSet, SourceFile};

    fn lowered(spec: &str) -> PolicySet {
        lowered_text(&format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: a, namespace: shop}}\nspec:\n{spec}"
        ))
    }

    fn lowered_text(text: &str) -> PolicySet {
        let mut files = FileSet::new();
        files.add(SourceFile::named("a.yaml", text)).unwrap();
        let options = ReadOptions::default();
        let profile = Profile::kubernetes();
        let manifests =
            read(&files, &options, |raw, diagnostics| claim(raw, &options, &profile, diagnostics));
        lower(manifests.policies, &profile)
    }

    fn app(name: &str) -> Selector {
        Selector::new([Requirement::equals("app", name)])
    }

    #[test]
    fn a_policy_becomes_rules_with_their_places() {
        let set = lowered(
            "  podSelector: {matchLabels: {app: db}}\n  ingress:\n  - from:\n    - podSelector: {matchLabels: {app: web}}\n    \
             - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}\n    ports:\n    - port: 80\n      endPort: 90\n    - {}\n",
        );
        let policy = &set.policies[0];
        assert_eq!(policy.directions, Directions::Ingress);
        let own = NamespaceMatch::Named("shop".to_owned());
        assert_eq!(policy.subject.value, PodMatch { namespaces: own.clone(), pods: app("db") });
        let rule = &policy.rules[0].value;
        assert_eq!(rule.direction, Direction::Ingress);
        let peers = rule.peers.as_ref().unwrap();
        assert_eq!(peers[0].value, Peer::Pods(PodMatch { namespaces: own, pods: app("web") }));
        let Peer::Addresses(block) = &peers[1].value else { panic!() };
        let except = IpSet::block("10.1.0.0/16".parse().unwrap());
        assert_eq!(block.addresses, IpSet::block("10.0.0.0/8".parse().unwrap()).difference(&except));
        let ports: Vec<&Ports> = rule.ports.iter().flatten().map(|port| &port.value.ports).collect();
        assert_eq!(ports, [&Ports::Range(80, 90), &Ports::Every]);
        assert_eq!(set.origins.get(peers[1].origin).unwrap().path.to_string(), "ingress[0].from[1]");
        assert_eq!(
            set.origins.get(rule.ports.as_ref().unwrap()[1].origin).unwrap().path.to_string(),
            "ingress[0].ports[1]"
        );
        assert_eq!(set.origins.get(policy.origin).unwrap().path.to_string(), "");
    }

    #[test]
    fn an_empty_or_absent_list_of_peers_is_every_peer_and_a_null_rule_is_an_empty_one() {
        let set = lowered("  ingress:\n  - from: []\n  -\n  egress:\n  - to:\n");
        let policy = &set.policies[0];
        assert_eq!(policy.directions, Directions::Both);
        assert_eq!(policy.rules.len(), 3);
        assert!(policy.rules.iter().all(|rule| rule.value.peers.is_none() && rule.value.ports.is_none()));
    }

    #[test]
    fn a_policy_with_a_placeholder_for_a_rule_or_a_peer_is_opaque_and_not_refused() {
        for list in ["[\"${RULE}\"]", "[{from: [\"${PEER}\"]}]", "[{ports: [\"${PORT}\"]}]", "\"${RULES}\""] {
            let spec = format!(
                "  podSelector: {{matchLabels: {{app: db}}}}\n  policyTypes: [Ingress]\n  ingress: {list}\n"
            );
            let set = lowered(&spec);
            let (opaque, policy) = (&set.opaque[0], &set.opaque[0].policy);
            assert_eq!(
                (&opaque.reason, policy.directions),
                (&OpaqueReason::Placeholder, Directions::Ingress),
                "{list}"
            );
            assert_eq!(policy.subject.value.pods, app("db"));
        }
    }

    #[test]
    fn a_wrong_type_in_metadata_leaves_a_remark_unless_it_hides_the_namespace() {
        let of = |metadata: &str| {
            let kind = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy";
            lowered_text(&format!("{kind}\nmetadata: {{{metadata}}}\nspec: {{}}\n"))
        };
        let set = of("name: 12, annotations: {a: true, b: 1}");
        assert_eq!(set.policies[0].object.name, "12");
        let remarks: Vec<&Remark> = set.policies[0].remarks.iter().map(|remark| &remark.value).collect();
        let invalid = |path: &str| Remark::InvalidMetadata { path: path.into() };
        assert_eq!(remarks, [&invalid("metadata.name"), &invalid("metadata.annotations")]);
        assert_eq!(of("name: 12, namespace: 5").opaque[0].policy.object.name, "12");
    }

    #[test]
    fn a_refused_policy_is_opaque_for_what_it_selects() {
        let set = lowered("  podSelector: {matchLabels: {app: db}}\n  ingress: [{ports: [{port: 0}]}]\n");
        let (opaque, policy) = (&set.opaque[0], &set.opaque[0].policy);
        assert_eq!(opaque.reason, OpaqueReason::Refused);
        assert_eq!(policy.directions, Directions::Ingress);
        assert_eq!(policy.subject.value.pods, app("db"));
        let unreadable = lowered("  podSelector: [a]\n  egress: no\n");
        let policy = &unreadable.opaque[0].policy;
        assert_eq!(policy.directions, Directions::Both);
        assert!(policy.subject.value.pods.is_everything());
    }

    #[test]
    fn faults_that_change_nothing_leave_a_remark() {
        let text = "apiVersion: extensions/v1beta1\nkind: NetworkPolicy\nmetadata: {name: A_}\nspec:\n  ingress:\n  \
             - form: []\n    from: [{ipBlock: {cidr: 010.0.0.1/8}}]\n";
        let set = lowered_text(text);
        let remarks: Vec<&Remark> = set.policies[0].remarks.iter().map(|remark| &remark.value).collect();
        let legacy = Remark::LegacyCidr { text: "010.0.0.1/8".into(), read_as: "10.0.0.0/8".into() };
        assert_eq!(
            remarks,
            [
                &Remark::OldVersion {
                    found: "extensions/v1beta1".into(),
                    read_as: "networking.k8s.io/v1".into()
                },
                &Remark::DroppedField { path: "spec.ingress[0].form".into() },
                &Remark::InvalidMetadata { path: "metadata.name".into() },
                &legacy,
            ]
        );
    }

    #[test]
    fn placeholders_become_unknowns() {
        let set = lowered(
            "  ingress:\n  - from:\n    - ipBlock: {cidr: '${NET}', except: [10.0.0.0/8]}\n    ports:\n    - {protocol: '${P}', port: '${N}'}\n",
        );
        let rule = &set.policies[0].rules[0].value;
        let Peer::Addresses(block) = &rule.peers.as_ref().unwrap()[0].value else { panic!() };
        assert!(block.addresses.is_empty());
        assert!(!block.unknown.contains("10.1.1.1".parse().unwrap()));
        assert!(block.unknown.contains("11.1.1.1".parse().unwrap()));
        let port = &rule.ports.as_ref().unwrap()[0].value;
        assert_eq!(*port, PortMatch { protocol: None, ports: Ports::Unknown });
    }

    #[test]
    fn policies_of_other_kinds_are_opaque() {
        let set = lowered_text(
            "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a, namespace: shop}\n---\n\
             apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: b}\n",
        );
        let [of_shop, of_all] = [0, 1].map(|place: usize| &set.opaque[place].policy);
        assert_eq!(of_shop.subject.value.namespaces, NamespaceMatch::Named("shop".into()));
        assert_eq!(of_all.subject.value, PodMatch::everything());
        assert_eq!(of_all.object.namespace, None);
    }
}
