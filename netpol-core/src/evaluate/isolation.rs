//! What can be said of a subject whoever the other end is: whether it is isolated, and what every pod that a selector
//! could select may exchange with it.

use rustc_hash::FxHashMap;

use super::admission::{Admission, RuleId, Selected};
use super::party::Party;
use super::row::Subject;
use super::rows::{self, Rows};
use super::walk::Found;
use super::{PolicyRef, pair, units};
use crate::cluster::{Hypothetical, NamedPort};
use crate::index::{Class, NamedPortQuery, class::ClassAddresses};
use crate::net::{Decided, Protocol};
use crate::policy::{Direction, PodMatch, PolicySet};
use crate::selector::{Labels, Truth, Unlisted};

/// Whether and by what a subject is isolated in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isolation {
    /// Whether a tier that denies by default selects it.
    pub isolated: Truth,
    /// The policies that select it, or may, in the order they act in.
    pub policies: Vec<PolicyRef>,
}

impl Default for Isolation {
    fn default() -> Self {
        Self { isolated: Truth::No, policies: Vec::new() }
    }
}

/// The policies that isolate what they select in a direction, by their places in the policy set.
pub fn isolating(set: &PolicySet, direction: Direction) -> impl Iterator<Item = u32> + '_ {
    let policies = (0u32..).zip(&set.policies);
    let isolating = policies.filter(move |(_, policy)| {
        policy.isolation(direction).is_yes() && set.pipeline.denies_by_default(policy.tier)
    });
    isolating.map(|(place, _)| place)
}

impl Rows<'_> {
    /// Whether and by what a subject is isolated in a direction.
    pub fn isolation(&self, subject: Subject, direction: Direction) -> Isolation {
        let Some(party) = rows::party_of(self.source, subject) else { return Isolation::default() };
        let family = party.families(self.source.cluster).first().copied();
        let walk = family.map(|family| {
            pair::walk(self.source, direction, (&party, &party), family, &self.every).isolation()
        });
        walk.unwrap_or_default()
    }

    /// What a subject may exchange with every pod that each of some selectors selects, those that do not exist among
    /// them. What is allowed to some of them only is not in it.
    pub fn towards_every(&self, subject: Subject, direction: Direction, peers: &[PodMatch]) -> Vec<Decided> {
        let nothing = || vec![Decided::nothing(); peers.len()];
        let Some(party) = rows::party_of(self.source, subject) else { return nothing() };
        let view = self.anyone(subject, direction);
        let selecting = self.source.index.selecting(subject.class, direction);
        let admission = Admission::new(self.source, selecting, direction, &view);
        // Selectors that the same rules admit get the same answer.
        let mut known: FxHashMap<Vec<RuleId>, Decided> = FxHashMap::default();
        let towards = peers.iter().map(|pods| {
            let admitting = admission.admitting(pods);
            let found = known.get(&admitting).filter(|_| admission.is_all).cloned();
            let decided = found.unwrap_or_else(|| {
                let (pods, view) = (pods.clone(), view.clone());
                let selected = Selected { pods, view, admitting: admitting.clone(), admission: &admission };
                self.walked(direction, &party, &Party::Selected(selected))
            });
            known.entry(admitting).or_insert_with(|| decided.clone());
            if pods.has_placeholder() {
                return Decided { unknown: decided.possible(), ..Decided::nothing() };
            }
            decided
        });
        towards.collect()
    }

    /// What a subject may exchange with a pod that does not exist, as far as the policies of the subject say.
    pub fn towards_pod(&self, subject: Subject, direction: Direction, pod: &Hypothetical) -> Decided {
        let Some(party) = rows::party_of(self.source, subject) else { return Decided::nothing() };
        self.walked(direction, &party, &units::hypothetical(self.source.cluster, pod))
    }

    fn walked(&self, direction: Direction, subject: &Party<'_>, peer: &Party<'_>) -> Decided {
        let families = pair::common_families(self.source, subject, peer);
        let answers = families.into_iter().map(|family| {
            let walk = pair::walk(self.source, direction, (subject, peer), family, &self.every);
            let Found { decided, .. } = walk.run();
            decided
        });
        answers.reduce(|all, decided| all.and(&decided)).unwrap_or_default()
    }

    /// A pod of which nothing is known: a port that a rule names may have any number there.
    fn anyone(&self, subject: Subject, direction: Direction) -> Class {
        let selecting = self.source.index.selecting(subject.class, direction).iter();
        let named = selecting.flat_map(|entry| self.rules(entry.policy)).flat_map(|rule| &rule.ports.named);
        let mut named_ports: Vec<NamedPort> = named.flat_map(any_number).collect();
        named_ports.sort_unstable();
        named_ports.dedup();
        Class {
            namespace: None,
            labels: Labels::default().with_unlisted(Unlisted::Unknown),
            named_ports,
            addresses: ClassAddresses::Unknown,
            node: None,
            is_node: false,
            doubted: None,
        }
    }
}

/// A port of this name may have any number.
fn any_number(query: &NamedPortQuery) -> Vec<NamedPort> {
    let protocols = query.protocol.map_or(Protocol::ALL.to_vec(), |protocol| vec![protocol]);
    let port = |protocol| NamedPort { name: query.name.clone(), protocol, number: None };
    protocols.into_iter().map(port).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::WorkloadId;
    use crate::index::{Plugin, PolicyIndex};
    use crate::policy::Peer;
    use crate::report::scenario::{Scenario, app, app_peer, in_shop, tcp};
    use crate::selector::Selector;

    /// What `shop/cart` takes in from every pod that each selector selects; rules admit `app in (web, job)` to port 80
    /// and the whole of `shop` to port 443.
    fn from_every(peers: &[PodMatch]) -> Vec<String> {
        let shop = Peer::Pods(in_shop(Selector::everything()));
        let rules = vec![
            (Some(vec![app_peer(&["web", "job"])]), Some(vec![tcp(80)])),
            (Some(vec![shop]), Some(vec![tcp(443)])),
        ];
        let scenario = Scenario::new(&[("shop", "cart", &[("app", "cart")])]);
        let scenario = scenario.policy("in", app(&["cart"]), Direction::Ingress, rules);
        let index = PolicyIndex::new(&scenario.cluster, &scenario.policies, Plugin::default());
        let rows = Rows::new(&scenario.cluster, &scenario.policies, &index);
        let workload = WorkloadId(0);
        let class = index.parts(workload).first().unwrap().class;
        let subject = Subject { class, node: None, workload };
        assert_eq!(rows.isolation(subject, Direction::Ingress).isolated, Truth::Yes);
        assert_eq!(rows.isolation(subject, Direction::Egress), Isolation::default());
        let decided = rows.towards_every(subject, Direction::Ingress, peers);
        decided.into_iter().map(|decided| decided.allowed.to_string()).collect()
    }

    #[test]
    fn a_rule_counts_for_a_selector_when_it_takes_every_pod_of_it() {
        let peers = [app(&["web"]), app(&["web", "job"]), app(&["web", "cart"])].map(in_shop);
        assert_eq!(from_every(&peers), ["tcp/80, tcp/443", "tcp/80, tcp/443", "tcp/443"]);
    }

    #[test]
    fn what_only_some_pods_are_allowed_is_not_said_of_all() {
        assert_eq!(
            from_every(&[in_shop(Selector::everything()), PodMatch::everything()]),
            ["tcp/443", "nothing"]
        );
    }
}
