//! Where a pod that is yet to be created would be isolated.

use crate::cluster::{Cluster, Namespace, NamespaceId};
use crate::evaluate::isolation::isolating;
use crate::index::PolicyIndex;
use crate::policy::{Direction, NamespaceMatch, PodMatch, PolicySet};
use crate::selector::{Selector, Truth, leave_none_out};

/// For each namespace, some selectors of its pods.
type Selectors<'a> = Vec<Vec<&'a Selector>>;

/// What becomes of a pod that is created in a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceCoverage {
    /// The namespace.
    pub namespace: NamespaceId,
    /// Whether every pod that could be created there is isolated for ingress.
    pub ingress: Truth,
    /// The same for egress.
    pub egress: Truth,
}

pub(super) fn namespaces(cluster: &Cluster, set: &PolicySet, index: &PolicyIndex) -> Vec<NamespaceCoverage> {
    let answers = |direction| {
        let isolating = by_namespace(cluster, set, direction);
        let unread = may_isolate(cluster, set, direction);
        let places = isolating.into_iter().zip(unread);
        let answers = places.map(|(isolating, unread)| match leave_none_out(isolating) {
            _ if !index.plugin().enforces => Truth::No,
            Truth::No if unread => Truth::Unknown,
            answer => answer,
        });
        answers.collect::<Vec<Truth>>()
    };
    let sides = answers(Direction::Ingress).into_iter().zip(answers(Direction::Egress));
    let namespaces = (0u32..).map(NamespaceId).zip(sides);
    namespaces
        .map(|(namespace, (ingress, egress))| NamespaceCoverage { namespace, ingress, egress })
        .collect()
}

/// For each namespace, the selectors of the pods there that policies isolate.
fn by_namespace<'a>(cluster: &Cluster, set: &'a PolicySet, direction: Direction) -> Selectors<'a> {
    let policies = isolating(set, direction).filter_map(|place| set.policies.get(place as usize));
    spread(cluster, policies.map(|policy| &policy.subject.value), Truth::Yes)
}

/// For each namespace, whether a policy whose rules are not known may act on pods there.
fn may_isolate(cluster: &Cluster, set: &PolicySet, direction: Direction) -> Vec<bool> {
    let acting = set.opaque.iter().map(|opaque| &opaque.policy);
    let acting = acting.filter(|policy| policy.directions.contains(direction));
    let lists = spread(cluster, acting.map(|policy| &policy.subject.value), Truth::Unknown);
    lists.into_iter().map(|selectors| !selectors.is_empty()).collect()
}

/// Selectors by the namespaces that they are about: those where the answer is at least `least`.
fn spread<'a>(
    cluster: &Cluster,
    subjects: impl Iterator<Item = &'a PodMatch>,
    least: Truth,
) -> Selectors<'a> {
    let mut lists = vec![Vec::new(); cluster.namespaces.len()];
    for subject in subjects {
        match &subject.namespaces {
            NamespaceMatch::Named(name) => {
                let id = cluster.namespace_named(name);
                if let Some(list) = id.and_then(|id| lists.get_mut(id.0 as usize)) {
                    list.push(&subject.pods);
                }
            }
            NamespaceMatch::Selected(selector) => {
                let is_meant = |namespace: &Namespace| selector.matches(&namespace.labels).truth >= least;
                let meant = lists.iter_mut().zip(&cluster.namespaces);
                for (list, _) in meant.filter(|(_, namespace)| is_meant(namespace)) {
                    list.push(&subject.pods);
                }
            }
        }
    }
    lists
}
