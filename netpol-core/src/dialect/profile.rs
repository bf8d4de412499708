//! How a network plugin arranges tiers, and what it enforces.

use super::cluster_policy::ClusterTiers;
use crate::policy::{
    Action, Certainty, Conflicts, Direction, Doubt, NodeRule, Pipeline, Stage, Tier, TierId, Ties,
};

/// Whether an address block of a policy selects pods by their addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IpBlockPods {
    /// It does, as the tests of Kubernetes expect.
    Match,
    /// It means addresses outside the cluster alone.
    Ignore,
}

/// What a pod on the host network is to a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostNetwork {
    /// The addresses of its node.
    AsNode,
    /// A pod like any other.
    AsPod,
}

/// A network plugin, as far as it decides what a policy means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The name, as `--plugin` takes it.
    pub name: &'static str,
    /// The tiers that a connection passes through.
    pub pipeline: Pipeline,
    /// The tier that `networking.k8s.io/v1 NetworkPolicy` belongs to.
    pub network_policy_tier: TierId,
    /// The tiers of `policy.networking.k8s.io`.
    pub cluster_tiers: ClusterTiers,
    /// The tier of policies whose kind is not evaluated.
    pub unevaluated_tier: TierId,
    /// Whether policies have any effect.
    pub enforced: bool,
    /// Whether an address block selects pods.
    pub ip_block_pods: IpBlockPods,
    /// What a pod on the host network is.
    pub host_network: HostNetwork,
}

/// The API groups of policies that one network plugin alone enforces, and its name.
const OF_ONE_PLUGIN: [(&str, &str); 11] = [
    ("projectcalico.org", "calico"),
    ("crd.projectcalico.org", "calico"),
    ("cilium.io", "cilium"),
    ("crd.antrea.io", "antrea"),
    ("security.antrea.tanzu.vmware.com", "antrea"),
    ("crd.nsx.vmware.com", "nsx"),
    ("k8s.ovn.org", "ovn-kubernetes"),
    ("kubeovn.io", "kube-ovn"),
    ("network.openshift.io", "openshift-sdn"),
    ("networking.gke.io", "gke"),
    ("networking.k8s.aws", "aws"),
];

/// The API group of the policies that every plugin enforces which enforces any.
const NETWORK_POLICIES: &str = "networking.k8s.io";
/// The API group of policies for the whole cluster, which not every plugin enforces.
const CLUSTER_POLICIES: &str = "policy.networking.k8s.io";

impl Profile {
    /// The names of all profiles, the default first.
    pub const NAMES: [&'static str; 4] = ["kubernetes", "calico", "cilium", "flannel"];

    /// The profile that follows the Kubernetes text and its tests.
    pub fn kubernetes() -> Self {
        Self {
            name: "kubernetes",
            pipeline: pipeline(Certainty::Maybe(Doubt::Plugin)),
            network_policy_tier: NETWORK_POLICY,
            cluster_tiers: ClusterTiers { admin: ADMIN, baseline: BASELINE },
            unevaluated_tier: UNEVALUATED,
            enforced: true,
            ip_block_pods: IpBlockPods::Match,
            host_network: HostNetwork::AsNode,
        }
    }

    /// The profile of a name; `None` when there is none.
    pub fn named(name: &str) -> Option<Self> {
        let kubernetes = Self::kubernetes();
        match name {
            "kubernetes" => Some(kubernetes),
            "calico" => Some(Self { name: "calico", pipeline: pipeline(Certainty::No), ..kubernetes }),
            "cilium" => Some(Self {
                name: "cilium",
                pipeline: pipeline(Certainty::No),
                ip_block_pods: IpBlockPods::Ignore,
                ..kubernetes
            }),
            "flannel" => Some(Self { name: "flannel", enforced: false, ..kubernetes }),
            _ => None,
        }
    }

    /// Whether the plugin may enforce policies of an API group. Of service meshes nothing is known, nor is of the plugin
    /// of a cluster that is only said to follow the text.
    pub fn may_enforce(&self, group: &str) -> bool {
        let owner = OF_ONE_PLUGIN.iter().find(|(own, _)| *own == group).map(|(_, plugin)| *plugin);
        match (self.name, owner, group) {
            ("kubernetes", ..) => true,
            (name, Some(owner), _) => name == owner,
            ("cilium", None, CLUSTER_POLICIES) => false,
            (_, None, CLUSTER_POLICIES | NETWORK_POLICIES) => self.enforced,
            _ => true,
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::kubernetes()
    }
}

/// The tier of `NetworkPolicy`.
const NETWORK_POLICY: TierId = TierId(0);
/// The tier of what the text exempts from them.
const OWN_NODE: TierId = TierId(1);
/// The tier of policies of kinds that are not evaluated.
const UNEVALUATED: TierId = TierId(2);
/// The tier of administrators before `NetworkPolicy`.
const ADMIN: TierId = TierId(3);
/// The one behind them.
const BASELINE: TierId = TierId(4);

/// What every plugin does: administrators first, by priority, where equal ones act in an order that nobody defines; then
/// those of namespaces, of which any match allows, and to be selected is to be isolated; then what administrators have for the
/// rest, which is else allowed. What is not evaluated may come before all of it. The text exempts ingress from the own node; of egress
/// to it it says both, and so `egress_to_own_node` is the plugin's.
fn pipeline(egress_to_own_node: Certainty) -> Pipeline {
    let tier =
        |name: &str| Tier { name: name.to_owned(), ties: Ties::Together, conflicts: Conflicts::DenyFirst };
    let of_administrators =
        |name: &str| Tier { ties: Ties::Undefined, conflicts: Conflicts::Undefined, ..tier(name) };
    let node_rule =
        |direction, certainty| NodeRule { tier: OWN_NODE, direction, action: Action::Allow, certainty };
    Pipeline {
        tiers: vec![
            tier("network-policy"),
            tier("own-node"),
            tier("not-evaluated"),
            of_administrators("admin"),
            of_administrators("baseline"),
        ],
        stages: vec![
            Stage::Rules(UNEVALUATED),
            Stage::Rules(ADMIN),
            Stage::Rules(OWN_NODE),
            Stage::Rules(NETWORK_POLICY),
            Stage::DefaultDeny(vec![NETWORK_POLICY]),
            Stage::Rules(BASELINE),
        ],
        node_rules: vec![
            node_rule(Direction::Ingress, Certainty::Yes),
            node_rule(Direction::Egress, egress_to_own_node),
        ],
        default: Action::Allow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_profile() {
        for name in Profile::NAMES {
            assert_eq!(Profile::named(name).unwrap().name, name);
        }
        assert_eq!(Profile::named("Kubernetes"), None);
    }

    #[test]
    fn a_plugin_enforces_its_own_policies_and_not_those_of_others() {
        let plugins = |group: &str| {
            let enforcing = |name: &&str| Profile::named(name).unwrap().may_enforce(group);
            Profile::NAMES.into_iter().filter(enforcing).collect::<Vec<_>>()
        };
        assert_eq!(plugins("networking.k8s.io"), ["kubernetes", "calico", "cilium"]);
        assert_eq!(plugins("policy.networking.k8s.io"), ["kubernetes", "calico"]);
        assert_eq!(plugins("cilium.io"), ["kubernetes", "cilium"]);
        assert_eq!(plugins("crd.antrea.io"), ["kubernetes"]);
        assert_eq!(plugins("security.istio.io"), Profile::NAMES);
    }
}
