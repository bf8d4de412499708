//! The index when some policies have changed and the cluster has not.

use std::sync::Arc;

use crate::cluster::Cluster;
use crate::policy::{PodMatch, PolicySet, Replacement};

use super::index::{Parts, indexed_policy};
use super::interest::{Interest, port_names_of};
use super::{Block, IndexedPeer, IndexedPolicy, PolicyIndex, term};

/// So many values that are used no more are carried along, before an index is made anew.
const MOST_UNUSED: usize = 1024;

impl PolicyIndex {
    /// The index of the same cluster under other policies, of which some are those of this index. Where the others
    /// tell the same pods apart, what they share is not computed again.
    #[must_use]
    pub fn updated(&self, cluster: &Cluster, set: &PolicySet, changes: &Replacement<'_>) -> Self {
        match self.patched(cluster, set, changes) {
            Some(parts) => Self::of_parts(parts, set),
            None => Self::new(cluster, set, self.plugin()),
        }
    }

    fn patched(&self, cluster: &Cluster, set: &PolicySet, changes: &Replacement<'_>) -> Option<Parts> {
        let (mut pods, mut addresses) = (self.parts.pods.clone(), self.parts.addresses.clone());
        let (mut came, mut policies) = (Vec::new(), Vec::with_capacity(set.policies.len()));
        for (policy, place) in set.policies.iter().zip(&changes.policies.kept) {
            let known = place.and_then(|place| self.parts.policies.get(place));
            policies.push(known.cloned().unwrap_or_else(|| {
                let policy = Arc::new(indexed_policy(policy, &mut pods, &mut addresses));
                came.push(policy.clone());
                policy
            }));
        }
        let gone = changes.policies.gone.iter();
        let gone: Vec<&IndexedPolicy> =
            gone.filter_map(|(place, _)| self.parts.policies.get(*place).map(AsRef::as_ref)).collect();
        for policy in &gone {
            pods.release(policy.subject.0);
            for peer in policy.rules.iter().flat_map(|rule| rule.peers.iter().flatten()) {
                match peer {
                    IndexedPeer::Term(id) => pods.release(id.0),
                    IndexedPeer::Block(id) => addresses.release(id.0),
                }
            }
        }
        // What is not evaluated names no peers.
        let opaque = set.opaque.iter().map(|opaque| &opaque.policy);
        let opaque =
            opaque.map(|policy| Arc::new(indexed_policy(policy, &mut pods, &mut addresses))).collect();
        self.parts.opaque.iter().for_each(|policy| pods.release(policy.subject.0));
        if pods.unused() + addresses.unused() > MOST_UNUSED {
            return None;
        }

        let (new_terms, old_terms) = pods.changes_since(&self.parts.pods);
        let (new_blocks, old_blocks) = addresses.changes_since(&self.parts.addresses);
        let is_known = self.looks_at_labels(&new_terms, &old_terms)
            && new_blocks.is_empty()
            && old_blocks.is_empty()
            && self.looks_at_ports(&came, &gone);
        let interest = if is_known {
            self.parts.interest.clone()
        } else {
            let policies = policies.iter().map(AsRef::as_ref);
            Arc::new(Interest::new(pods.used(), addresses.used(), policies, self.plugin()))
        };
        if !is_known && !self.parts.interest.tells_the_same(&interest, cluster) {
            return None;
        }

        let classes = self.parts.classes.clone();
        let mut terms = self.parts.terms.clone();
        let added = pods.values().skip(terms.len());
        terms.extend(added.map(|pods| Arc::new(term::another_term(pods, &classes, cluster))));
        let mut blocks = self.parts.blocks.clone();
        let added = addresses.values().skip(blocks.len());
        blocks.extend(added.map(|block| Arc::new(Block::new(block.as_ref().clone(), cluster))));
        Some(Parts { interest, classes, pods, terms, addresses, blocks, policies, opaque })
    }

    /// Whether selectors that came look only at labels that others look at, and those that went leave none alone.
    fn looks_at_labels(&self, came: &[&PodMatch], went: &[&PodMatch]) -> bool {
        let keys = |terms: &[&PodMatch]| {
            let requirements = terms.iter().flat_map(|term| term.pods.requirements());
            requirements.filter_map(|requirement| requirement.key.clone()).collect::<Vec<_>>()
        };
        let (came, went) = (keys(came), keys(went));
        !self.parts.interest.asks_for_ordinals()
            && came.iter().all(|key| self.parts.interest.keys.contains(key))
            && went.iter().all(|key| came.contains(key))
    }

    fn looks_at_ports(&self, came: &[Arc<IndexedPolicy>], went: &[&IndexedPolicy]) -> bool {
        let came: Vec<&str> = came.iter().flat_map(|policy| port_names_of(policy)).collect();
        let mut went = went.iter().flat_map(|policy| port_names_of(policy));
        came.iter().all(|name| self.parts.interest.port_names.contains(*name))
            && went.all(|name| came.contains(&name))
    }
}
