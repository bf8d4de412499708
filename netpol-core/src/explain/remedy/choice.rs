//! Which remedy there is for what a direction denies.

use super::labelling::labels_of_maker;
use super::new_policy::new_policy;
use super::side::{Side, groups, is_part_of_group, may_select};
use super::{Change, Remedy, SmallestEdit, naming};
use crate::explain::stage::Stage;
use crate::explain::{Holder, Miss, NearMiss, PeerFact, PolicyFact, RuleFact};
use crate::net::{ConnectionSet, PortSet};
use crate::policy::{Action, Certainty, Direction, Peer, Policy, PortMatch, Ports, Rule};
use crate::selector::{LabelValue, Near, Operator, Requirement, Selector};

/// So many port items are added to a rule; for more, what was asked is added whole.
const PORT_ITEMS: usize = 3;

/// What would allow all that was asked: rules that deny it are to go, and what no rule takes needs one.
pub(in crate::explain) fn remedies(stage: &Stage<'_>, policies: &[PolicyFact]) -> Vec<Remedy> {
    let denying = stage.attribution.denying.iter().filter_map(|(policy, rule)| {
        let origin = stage.scene.policy(*policy)?.rules.get(*rule)?.origin;
        Some(Remedy::Deny { policy: *policy, rule: *rule, origin })
    });
    let mut remedies: Vec<Remedy> = denying.collect();
    remedies.extend(allow_unmatched(stage, policies));
    remedies
}

/// A rule of the isolating tier that nearly matches is extended; else there is a new policy. Where pods lack a label that
/// their maker has, that label is the remedy, and the other one the way without it.
fn allow_unmatched(stage: &Stage<'_>, policies: &[PolicyFact]) -> Vec<Remedy> {
    let Some(tier) = stage.attribution.isolating_tier else { return Vec::new() };
    let selecting = || policies.iter().filter(|fact| fact.tier == tier && fact.selects.truth.is_yes());
    let labels = labels_of_maker(stage, selecting(), |rule| takes_ports(stage, rule));
    let side = Side::subjects(stage.scene, stage.trace.direction);
    let candidates: Vec<Candidate<'_>> = selecting()
        .filter_map(|fact| Some(Candidate { fact, policy: stage.scene.policy(fact.policy)? }))
        .filter(|it| it.is_for(stage, &side))
        .collect();
    let edit = edit(stage, &candidates).map(Remedy::Edit);
    let beside = || {
        let first =
            selecting().find_map(|fact| Some((fact.policy, stage.scene.policy(fact.policy)?.origin)))?;
        Some(new_policy(stage, first).map_or_else(|missing| *missing, Remedy::NewPolicy))
    };
    match (labels, edit.or_else(beside)) {
        (Some(labels), Some(Remedy::Label(_)) | None) => vec![labels],
        (labels, other) => labels.into_iter().chain(other).collect(),
    }
}

/// The smallest edit of one of the policies that opens what was asked and no more.
fn edit(stage: &Stage<'_>, candidates: &[Candidate<'_>]) -> Option<SmallestEdit> {
    let rules = || candidates.iter().flat_map(|it| it.fact.rules.iter().map(move |rule| (*it, rule)));
    rules()
        .find_map(|(it, rule)| correct_value(stage, it, rule))
        .or_else(|| {
            rules().filter(|(_, rule)| rule.ports.is_some()).find_map(|(it, rule)| add_peers(stage, it, rule))
        })
        .or_else(|| rules().find_map(|(it, rule)| add_ports(stage, it, rule)))
        .or_else(|| rules().find_map(|(it, rule)| add_peers(stage, it, rule)))
}

/// A policy that may be changed.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    fact: &'a PolicyFact,
    policy: &'a Policy,
}

impl<'a> Candidate<'a> {
    const fn edit(self, origin: crate::policy::OriginId, change: Change) -> SmallestEdit {
        SmallestEdit { policy: self.fact.policy, origin, change }
    }

    /// Whether the policy is for nobody but pods that were asked of. A default deny is left alone even where there is one
    /// pod: it is for all that will come.
    fn is_for(self, stage: &Stage<'_>, side: &Side) -> bool {
        let subject = &self.policy.subject.value;
        let is_replica = is_part_of_group(stage.scene.cluster, stage.subject);
        let holds = side.holds(stage.scene.cluster, &Peer::Pods(subject.clone()));
        !subject.pods.is_everything() && !is_replica && holds
    }

    fn rule(self, fact: &RuleFact) -> Option<&'a Rule> {
        let rule = self.policy.rules.get(fact.rule).map(|rule| &rule.value);
        rule.filter(|rule| rule.action == Action::Allow && rule.certainty == Certainty::Yes)
    }

    /// Whether all ports of a rule were asked for, so that whom it takes gets no others.
    fn has_asked_ports(self, stage: &Stage<'_>, rule: &Rule) -> bool {
        let asked = &stage.scene.pair.asked;
        let Some(ports) = &rule.ports else { return *asked == ConnectionSet::every() };
        let numbers = |port: &PortMatch| match (&port.ports, port.protocol) {
            (Ports::Every, Some(protocol)) => Some(ConnectionSet::of(protocol, PortSet::every())),
            (Ports::Range(first, last), Some(protocol)) => {
                Some(ConnectionSet::of(protocol, PortSet::range(*first, *last)))
            }
            (Ports::Named(name), Some(_)) => self.numbers_of(stage, name),
            _ => None,
        };
        ports.iter().all(|port| numbers(&port.value).is_some_and(|set| set.is_subset(asked)))
    }

    /// What a name of a port stands for at every destination that the policy may be about.
    fn numbers_of(self, stage: &Stage<'_>, name: &str) -> Option<ConnectionSet> {
        let cluster = stage.scene.cluster;
        let of_subject = groups(cluster)
            .filter(|(_, group)| may_select(cluster, &self.policy.subject.value, group))
            .flat_map(|(_, group)| &group.named_ports);
        let of_peer = stage.peer_pods.iter().flat_map(|pod| pod.named_ports);
        let ports: Vec<_> = match stage.trace.direction {
            Direction::Ingress => of_subject.collect(),
            Direction::Egress => of_peer.collect(),
        };
        let numbers = ports
            .into_iter()
            .filter(|port| port.name == name)
            .map(|port| Some(ConnectionSet::of(port.protocol, PortSet::range(port.number?, port.number?))));
        numbers
            .collect::<Option<Vec<_>>>()
            .map(|sets| sets.iter().fold(ConnectionSet::empty(), |all, set| all.union(set)))
    }
}

/// Another value for the one label that keeps a peer from matching, when it looks like a slip: the other end has
/// nearly the value that is wanted, and no pod of the cluster has the wanted one.
fn correct_value(stage: &Stage<'_>, candidate: Candidate<'_>, rule: &RuleFact) -> Option<SmallestEdit> {
    let source = candidate.rule(rule).filter(|source| candidate.has_asked_ports(stage, source))?;
    if !takes_ports(stage, rule) || is_part_of_group(stage.scene.cluster, stage.peer) {
        return None;
    }
    let side = Side::peers(stage.scene, stage.trace.direction);
    rule.peers.iter().flatten().find_map(|peer| {
        let (requirement, wanted, has) = slip(stage, peer)?;
        let written = &source.peers.as_ref()?.get(peer.peer)?.value;
        let corrected = corrected(written, requirement, &has)?;
        let change = Change::CorrectValue { rule: rule.rule, peer: peer.peer, wanted, has };
        side.holds(stage.scene.cluster, &corrected).then(|| candidate.edit(peer.origin, change))
    })
}

/// The one requirement that a pod misses by a slip in its value, with the value that is wanted and the one that is there.
fn slip<'f>(stage: &Stage<'_>, peer: &'f PeerFact) -> Option<(&'f Requirement, String, String)> {
    let [Miss::Label { holder: Holder::Pod, requirement, near: Some(NearMiss::OfPolicy(near)), .. }] =
        peer.misses.as_slice()
    else {
        return None;
    };
    let (Near::Value { wanted, has } | Near::ValueCase { wanted, has } | Near::Version { wanted, has }) =
        near
    else {
        return None;
    };
    let key = requirement.key.as_deref()?;
    let is_wanted = |value: Option<&LabelValue>| match value {
        Some(LabelValue::Known(value)) => value == wanted,
        Some(LabelValue::Unknown) => true,
        None => false,
    };
    let is_one_value = requirement.operator == Operator::In && requirement.values == [wanted.clone()];
    let is_free = !stage.scene.cluster.groups.iter().any(|group| is_wanted(group.labels.get(key)));
    (is_one_value && is_free).then(|| (requirement, wanted.clone(), has.clone()))
}

/// A peer with another value in one of its requirements.
fn corrected(peer: &Peer, wanted: &Requirement, has: &str) -> Option<Peer> {
    let Peer::Pods(pods) = peer else { return None };
    let mut pods = pods.clone();
    let requirements = pods.pods.requirements().iter().cloned().map(|requirement| {
        let values = vec![has.to_owned()];
        if requirement == *wanted { Requirement { values, ..requirement } } else { requirement }
    });
    pods.pods = Selector::new(requirements.collect::<Vec<_>>());
    Some(Peer::Pods(pods))
}

/// Whether the ports of a rule take all that is missing.
fn takes_ports(stage: &Stage<'_>, rule: &RuleFact) -> bool {
    rule.ports.as_ref().is_none_or(|ports| {
        let taken = ports.iter().fold(ConnectionSet::empty(), |all, port| all.union(&port.matched.allowed));
        stage.attribution.unmatched.is_subset(&taken)
    })
}

/// A further peer for a rule whose ports take all that is missing, and nothing that was not asked for.
fn add_peers(stage: &Stage<'_>, candidate: Candidate<'_>, rule: &RuleFact) -> Option<SmallestEdit> {
    let source = candidate.rule(rule).filter(|source| candidate.has_asked_ports(stage, source))?;
    let has_peers = rule.peers.as_ref().is_some_and(|peers| !peers.is_empty());
    if !takes_ports(stage, rule) || !has_peers || rule.takes_peer() {
        return None;
    }
    let namespace = candidate.policy.object.namespace.as_deref()?;
    let peers = naming::peers(stage, namespace, &keys_of(source)).ok()?;
    Some(candidate.edit(rule.origin, Change::AddPeers { rule: rule.rule, peers }))
}

/// The keys that the peers of a rule use.
fn keys_of(rule: &Rule) -> Vec<&str> {
    let selectors = rule.peers.iter().flatten().filter_map(|peer| match &peer.value {
        Peer::Pods(pods) => Some(&pods.pods),
        Peer::Addresses(_) => None,
    });
    let keys = selectors.flat_map(Selector::requirements);
    keys.filter_map(|requirement| requirement.key.as_deref()).collect()
}

/// Further ports for a rule that names the other end and nobody else.
fn add_ports(stage: &Stage<'_>, candidate: Candidate<'_>, rule: &RuleFact) -> Option<SmallestEdit> {
    let source = candidate.rule(rule)?;
    let side = Side::peers(stage.scene, stage.trace.direction);
    let is_replica = is_part_of_group(stage.scene.cluster, stage.peer);
    let peers = source.peers.as_ref().filter(|_| rule.takes_peer() && !is_replica)?;
    let is_alone = peers.iter().all(|peer| side.holds(stage.scene.cluster, &peer.value));
    if !is_alone || rule.ports.as_ref().is_none_or(Vec::is_empty) {
        return None;
    }
    let ports = port_items(&stage.attribution.unmatched)
        .or_else(|| port_items(&stage.scene.pair.asked))
        .filter(|_| stage.scene.pair.asked != ConnectionSet::every())?;
    Some(candidate.edit(rule.origin, Change::AddPorts { rule: rule.rule, ports }))
}

/// The set as port items, if a few do.
pub(super) fn port_items(set: &ConnectionSet) -> Option<Vec<PortMatch>> {
    let mut items = Vec::new();
    for (protocol, ports) in set.iter() {
        if *ports == PortSet::every() {
            items.push(PortMatch { protocol: Some(protocol), ports: Ports::Every });
            continue;
        }
        for (first, last) in ports.ranges() {
            items.push(PortMatch { protocol: Some(protocol), ports: Ports::Range(*first, *last) });
        }
    }
    (items.len() <= PORT_ITEMS).then_some(items)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{NewPolicy, Proposal};
    use super::*;
    use crate::cluster::{Asked, Endpoint};
    use crate::evaluate::{Decision, PolicyRef};
    use crate::explain::Explanation;
    use crate::net::{IpSet, Protocol};
    use crate::policy::{NamespaceMatch, Placed, PodMatch};
    use crate::report::scenario::{RuleSpec, Scenario, app, app_peer, block, in_shop, tcp};
    use crate::selector::{Requirement, Selector};

    fn shop() -> Scenario {
        Scenario::new(&[
            ("other", "probe", &[("app", "probe"), ("pod-template-hash", "x1")]),
            ("shop", "bare", &[]),
            ("shop", "canary", &[("app", "web"), ("track", "canary")]),
            ("shop", "cart", &[("app", "cart")]),
            ("shop", "web", &[("app", "web"), ("track", "stable")]),
        ])
    }

    /// Makes every change that an explanation proposes.
    fn apply(scenario: &mut Scenario, explanation: &Explanation) {
        for proposal in explanation.proposals(&scenario.policies) {
            match proposal {
                Proposal::Edit(edit) => make(scenario, edit),
                Proposal::NewPolicy(policy) => add(scenario, policy),
            }
        }
    }

    fn add(scenario: &mut Scenario, new: NewPolicy) {
        let PolicyRef::Evaluated(beside) = new.beside else { panic!("a policy that denies is evaluated") };
        let mut policy = Policy::clone(&scenario.policies.policies[beside as usize]);
        policy.object.name = new.name;
        policy.object.namespace = Some(new.namespace.clone());
        policy.subject.value =
            PodMatch { namespaces: NamespaceMatch::Named(new.namespace), pods: new.subject };
        policy.rules = vec![Placed::new(new.rule, policy.origin)];
        scenario.policies.policies.push(policy.into());
    }

    fn make(scenario: &mut Scenario, edit: SmallestEdit) {
        let PolicyRef::Evaluated(index) = edit.policy else { panic!("an opaque policy is not edited") };
        let policy = Arc::make_mut(&mut scenario.policies.policies[index as usize]);
        let origin = edit.origin;
        match edit.change {
            Change::CorrectValue { rule, peer, wanted, has } => {
                correct(&mut policy.rules[rule].value.peers.as_mut().unwrap()[peer].value, &wanted, &has);
            }
            Change::AddPeers { rule, peers } => policy.rules[rule]
                .value
                .peers
                .as_mut()
                .unwrap()
                .extend(peers.into_iter().map(|peer| Placed::new(peer, origin))),
            Change::AddPorts { rule, ports } => policy.rules[rule]
                .value
                .ports
                .as_mut()
                .unwrap()
                .extend(ports.into_iter().map(|port| Placed::new(port, origin))),
        }
    }

    fn correct(peer: &mut Peer, wanted: &str, has: &str) {
        let Peer::Pods(pods) = peer else { panic!("a peer of pods") };
        let requirements = pods.pods.requirements().iter().cloned().map(|mut requirement| {
            for value in requirement.values.iter_mut().filter(|value| *value == wanted) {
                *value = has.to_owned();
            }
            requirement
        });
        pods.pods = Selector::new(requirements.collect::<Vec<_>>());
    }

    #[test]
    fn a_slip_of_the_keyboard_is_corrected_rather_than_worked_around() {
        let rule = (Some(vec![app_peer(&["fronted"])]), Some(vec![tcp(80)]));
        let mut scenario =
            Scenario::new(&[("shop", "db", &[("app", "db")]), ("shop", "frontend", &[("app", "frontend")])])
                .policy("in", app(&["db"]), Direction::Ingress, vec![rule]);
        let explanation = scenario.tcp("frontend", "db", 80);
        let (wanted, has) = ("fronted".to_owned(), "frontend".to_owned());
        assert_eq!(
            only_edit(&scenario, "frontend", "db").change,
            Change::CorrectValue { rule: 0, peer: 0, wanted, has }
        );
        apply(&mut scenario, &explanation);
        assert_eq!(scenario.tcp("frontend", "db", 80).verdict.decision, Decision::Allow);
    }

    #[test]
    fn a_value_that_some_pod_has_is_no_slip() {
        let rule = (Some(vec![app_peer(&["card"])]), Some(vec![tcp(80)]));
        let scenario = Scenario::new(&[
            ("shop", "card", &[("app", "card")]),
            ("shop", "cart", &[("app", "cart")]),
            ("shop", "db", &[("app", "db")]),
        ])
        .policy("in", app(&["db"]), Direction::Ingress, vec![rule]);
        let edit = only_edit(&scenario, "cart", "db");
        assert!(matches!(edit.change, Change::AddPeers { .. }), "{edit:?}");
    }

    fn asked() -> Vec<Asked> {
        let (tcp, udp) = (Protocol::Tcp, Protocol::Udp);
        vec![Asked::Range(tcp, 80, 80), Asked::Range(udp, 53, 60), Asked::Protocol(tcp), Asked::Every]
    }

    #[test]
    fn every_edit_turns_the_answer_to_allow() {
        let rules: [Vec<RuleSpec>; 6] = [
            vec![],
            vec![(Some(vec![app_peer(&["x"])]), Some(vec![tcp(80)]))],
            vec![(Some(vec![app_peer(&["web", "cart"])]), Some(vec![tcp(443)]))],
            vec![(Some(vec![block("10.0.0.0/8", &["10.1.0.0/16"])]), None)],
            vec![(None, Some(vec![tcp(53)])), (Some(vec![]), None)],
            vec![(Some(vec![app_peer(&["probe"])]), None)],
        ];
        for rules in rules {
            for from in ["probe", "canary", "web", "10.1.2.0/23", "192.168.0.1/32"] {
                for asked in asked() {
                    let mut scenario = shop()
                        .policy("all", Selector::everything(), Direction::Ingress, vec![])
                        .policy("in", app(&["cart"]), Direction::Ingress, rules.clone())
                        .policy("out", app(&["web"]), Direction::Egress, rules.clone());
                    let source = match from.parse() {
                        Ok(cidr) => Endpoint::Addresses(IpSet::block(cidr)),
                        Err(_) => scenario.workload(from),
                    };
                    let explain = |scenario: &Scenario| {
                        scenario.explain(source.clone(), scenario.workload("cart"), asked.clone())
                    };
                    let before = explain(&scenario);
                    apply(&mut scenario, &before);
                    let after = explain(&scenario);
                    assert_eq!(
                        after.verdict.decision,
                        Decision::Allow,
                        "{from} {asked:?} {rules:?}\n{before:#?}"
                    );
                    assert!(after.proposals(&scenario.policies).is_empty());
                }
            }
        }
    }

    fn only_edit(scenario: &Scenario, from: &str, to: &str) -> SmallestEdit {
        match &scenario.tcp(from, to, 80).proposals(&scenario.policies)[..] {
            [Proposal::Edit(edit)] => edit.clone(),
            other => panic!("one edit: {other:?}"),
        }
    }

    fn only_policy(scenario: &Scenario, from: &str, to: &str) -> NewPolicy {
        match &scenario.tcp(from, to, 80).proposals(&scenario.policies)[..] {
            [Proposal::NewPolicy(policy)] => policy.clone(),
            other => panic!("one policy: {other:?}"),
        }
    }

    #[test]
    fn a_rule_of_the_right_ports_gets_the_peer_by_the_labels_that_tell_it_apart() {
        let rule = (Some(vec![app_peer(&["cart"])]), Some(vec![tcp(80)]));
        let scenario = shop().policy("in", app(&["cart"]), Direction::Ingress, vec![rule]);
        let labels = [Requirement::equals("app", "web"), Requirement::equals("track", "stable")];
        let peers = vec![Peer::Pods(in_shop(Selector::new(labels)))];
        assert_eq!(only_edit(&scenario, "web", "cart").change, Change::AddPeers { rule: 0, peers });
    }

    #[test]
    fn a_rule_of_the_right_peer_alone_gets_the_port() {
        let rule = (Some(vec![app_peer(&["probe"]), app_peer(&["cart"])]), Some(vec![tcp(443)]));
        let scenario = shop().policy("in", app(&["cart"]), Direction::Ingress, vec![rule]);
        let change = Change::AddPorts { rule: 0, ports: vec![tcp(80)] };
        assert_eq!(only_edit(&scenario, "cart", "cart").change, change);
    }

    #[test]
    fn a_rule_of_other_ports_or_peers_too_is_left_alone() {
        for rule in [
            (Some(vec![app_peer(&["web"])]), Some(vec![tcp(443)])),
            (Some(vec![app_peer(&["cart"])]), Some(vec![tcp(80), tcp(443)])),
            (Some(vec![app_peer(&["cart"])]), None),
            (None, Some(vec![tcp(443)])),
        ] {
            let scenario = shop().policy("in", app(&["cart"]), Direction::Ingress, vec![rule]);
            let policy = only_policy(&scenario, "web", "cart");
            assert_eq!(policy.name, "web-to-cart-80-ingress");
            assert_eq!((policy.namespace.as_str(), &policy.subject), ("shop", &app(&["cart"])));
            assert!(matches!(policy.rule, Rule { peers: Some(_), ports: Some(_), .. }));
        }
    }

    #[test]
    fn a_policy_for_others_too_is_left_alone() {
        let rule = || (Some(vec![app_peer(&["probe"])]), Some(vec![tcp(80)]));
        for subject in [Selector::everything(), app(&["cart", "web"])] {
            let scenario = shop().policy("in", subject, Direction::Ingress, vec![rule()]);
            assert_eq!(only_policy(&scenario, "canary", "cart").subject, app(&["cart"]));
        }
    }

    #[test]
    fn pods_without_labels_are_to_get_one() {
        let scenario = shop().policy("all", Selector::everything(), Direction::Ingress, vec![]);
        for (from, to) in [("bare", "cart"), ("cart", "bare")] {
            let explanation = scenario.tcp(from, to, 80);
            let remedies = &explanation.pairs[0].ingress.remedies;
            assert!(matches!(&remedies[..], [Remedy::Label(_)]), "{remedies:?}");
        }
    }
}
