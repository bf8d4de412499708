//! Single replicas of a StatefulSet: `shop/db-1`, and those that a selector tells apart.

use std::ops::Range;

use crate::cluster::{
    Cluster, Endpoint, GroupId, NamespaceId, POD_INDEX, POD_NAME, PodGroup, PodNames, Replica,
};
use crate::selector::{LabelValue, Requirement, Selector};

/// So many replicas of one StatefulSet are told apart.
const MOST_REPLICAS: u32 = 1000;

impl Cluster {
    /// The replica of this name, if a StatefulSet of the namespace makes one.
    pub(super) fn replica_named(&self, namespace: NamespaceId, name: &str) -> Option<Endpoint> {
        let (owner, digits) = name.rsplit_once('-')?;
        let ordinal: u32 = digits.parse().ok().filter(|number: &u32| number.to_string() == digits)?;
        let (_, workload) = self
            .workloads_of(namespace)
            .find(|(_, workload)| workload.groups.iter().any(|id| self.makes(*id, owner)))?;
        let group = *workload.groups.iter().find(|id| self.makes(**id, owner))?;
        let ordinals = ordinals(self.group(group)?)?;
        ordinals.contains(&ordinal).then(|| self.replica(group, ordinal))?
    }

    fn makes(&self, group: GroupId, owner: &str) -> bool {
        let group = self.group(group);
        group.is_some_and(|group| ordinals(group).is_some() && self.maker_name(group) == owner)
    }

    fn replica(&self, group: GroupId, ordinal: u32) -> Option<Endpoint> {
        let workload = self.group(group)?.workload;
        Some(Endpoint::Replica(Replica { workload, group, ordinal }))
    }

    /// The replicas of a group that a selector selects, where it asks for what tells them apart and they are known;
    /// `None` where it does not, or they are not.
    pub(super) fn replicas_selected(&self, id: GroupId, selector: &Selector) -> Option<Vec<Endpoint>> {
        let group = self.group(id).filter(|group| group.admission.is_known())?;
        let ordinals = ordinals(group).filter(|all| all.end - all.start <= MOST_REPLICAS)?;
        selector.requirements().iter().find(|requirement| is_of_replica(requirement))?;
        let name = self.maker_name(group);
        let is_selected = |ordinal: &u32| {
            let mut labels = group.labels.clone();
            labels.insert(POD_NAME.to_owned(), LabelValue::Known(format!("{name}-{ordinal}")));
            labels.insert(POD_INDEX.to_owned(), LabelValue::Known(ordinal.to_string()));
            selector.matches(&labels).truth.is_yes()
        };
        Some(ordinals.filter(is_selected).filter_map(|ordinal| self.replica(id, ordinal)).collect())
    }
}

/// The ordinals of the replicas of a group, where that is known.
fn ordinals(group: &PodGroup) -> Option<Range<u32>> {
    match group.names {
        PodNames::Ordinals { first, replicas: Some(replicas) } => Some(first..first.saturating_add(replicas)),
        _ => None,
    }
}

/// Whether a requirement asks for a label that tells the replicas of a StatefulSet apart.
pub(super) fn is_of_replica(requirement: &Requirement) -> bool {
    let key = requirement.key.as_deref();
    key.is_some_and(|key| key == POD_NAME || key == POD_INDEX)
}
