//! `except-given-back`.

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::network_policy::resource::{self, IpBlock};
use crate::index::IndexedPeer;
use crate::index::term::selects_all;
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt};
use crate::manifest::{Expression, LabelSelector};
use crate::net::{ConnectionSet, IpSet};
use crate::policy::{NamespaceMatch, Peer, PodMatch};
use crate::selector::{Operator, Requirement, Selector, Truth};
use crate::text::{Span, Spanned};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("except-given-back"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "what an `except` or a `NotIn` leaves out is allowed by another rule after all",
    page: include_str!("except-given-back.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for policy in context.network_policies() {
        let Some(place) = context.place_of(&policy.object) else { continue };
        // Rules are lowered in this order.
        let lists = policy.spec.ingress.iter().chain(&policy.spec.egress);
        let rules = lists.flat_map(|rules| &rules.rules).zip(rules_of(context, place));
        for (rule, own) in rules.filter(|(rule, _)| leaves_out(&rule.value)) {
            found.extend(exceptions(context, policy, &rule.value, &own));
        }
    }
    found
}

/// What the peers of a rule leave out and other rules for the same pods allow.
fn exceptions(
    context: &Context<'_>,
    policy: &NetworkPolicy,
    rule: &resource::Rule,
    own: &RuleAt<'_>,
) -> Vec<Diagnostic> {
    let others = others(context, own);
    let mut found = Vec::new();
    let lowered = own.rule.value.peers.iter().flatten();
    for (peer, lowered) in peers(rule).zip(lowered) {
        for except in peer.ip_block.iter().flat_map(|block: &Spanned<IpBlock>| &block.value.except) {
            let Some(addresses) = block(&except.value) else { continue };
            let given = others.iter().find_map(|other| addresses_given(context, own, other, &addresses));
            let what = format!("the exception `{}` is allowed after all", except.value);
            found.extend(given.and_then(|given| finding(policy, (except.span, &what), &given)));
        }
        let Peer::Pods(pods) = &lowered.value else { continue };
        for left_out in left_out(peer, pods) {
            let given = others.iter().find_map(|other| pods_given(context, own, other, &left_out));
            let what = format!("what `{}` leaves out is allowed after all", left_out.requirement);
            let place = context.head(left_out.span);
            found.extend(given.and_then(|given| finding(policy, (place, &what), &given)));
        }
    }
    once_as_info(found)
}

/// A rule for few ports may be meant as it is: of all that it gives back one is told.
fn once_as_info(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut is_told = false;
    let is_new =
        |finding: &Diagnostic| finding.severity > Severity::Info || !std::mem::replace(&mut is_told, true);
    found.into_iter().filter(is_new).collect()
}

fn peers(rule: &resource::Rule) -> impl Iterator<Item = &resource::Peer> {
    rule.peers.iter().flat_map(|peers| &peers.value).map(|peer| &peer.value)
}

/// So many ports are few: a rule for them was probably written for what listens there.
const FEW_PORTS: u32 = 16;
/// The ports of the DNS. A rule for them alone was written for the DNS.
const DNS_PORTS: [u16; 2] = [53, 5353];

/// The other rules of a direction for all of the same pods that share ports with a rule; none for one without effect.
fn others<'a>(context: &Context<'a>, own: &RuleAt<'_>) -> Vec<RuleAt<'a>> {
    let direction = own.rule.value.direction;
    let acts =
        |it: &RuleAt<'_>| it.rule.value.direction == direction && it.policy.directions.contains(direction);
    let is_other = |it: &RuleAt<'_>| (it.place, it.number) != (own.place, own.number);
    if !acts(own) {
        return Vec::new();
    }
    let Some(subject) = context.index.policy(own.place).map(|policy| policy.subject) else {
        return Vec::new();
    };
    let of_others = context.redundancy().wider(subject).iter().filter(|place| **place != own.place);
    let rules = of_others.chain([&own.place]).flat_map(|place| rules_of(context, *place));
    rules
        .filter(|it| acts(it) && is_other(it) && own.indexed.ports.fixed.overlaps(&it.indexed.ports.fixed))
        .filter(|it| has_all_ports(own, it) || !is_for_dns(it))
        .collect()
}

/// Whether a rule leaves something out of what its peers name.
fn leaves_out(rule: &resource::Rule) -> bool {
    let of_peer = |peer: &resource::Peer| {
        let has_except = peer.ip_block.as_ref().is_some_and(|block| !block.value.except.is_empty());
        let selectors = peer.pod_selector.iter().chain(&peer.namespace_selector);
        has_except || selectors.flat_map(not_in).next().is_some()
    };
    peers(rule).any(of_peer)
}

fn block(text: &str) -> Option<IpSet> {
    text.parse::<ipnet::IpNet>().ok().map(|block| IpSet::block(block.trunc()))
}

/// The rules of a policy, also those without effect.
fn rules_of<'a>(context: &Context<'a>, place: u32) -> Vec<RuleAt<'a>> {
    let policy = context.policies.policies.get(place as usize).map(std::sync::Arc::as_ref);
    policy.into_iter().flat_map(|policy| RuleAt::all(context.index, (place, policy))).collect()
}

/// The ports that both of two rules allow.
fn shared(one: &RuleAt<'_>, other: &RuleAt<'_>) -> ConnectionSet {
    one.indexed.ports.fixed.intersection(&other.indexed.ports.fixed)
}

/// Whether a rule allows all the ports that another does.
fn has_all_ports(own: &RuleAt<'_>, other: &RuleAt<'_>) -> bool {
    own.indexed.ports.fixed.is_subset(&other.indexed.ports.fixed)
}

fn ranges(rule: &RuleAt<'_>) -> impl Iterator<Item = (u16, u16)> {
    rule.indexed.ports.fixed.iter().flat_map(|(_, ports)| ports.ranges().to_vec())
}

fn is_for_dns(rule: &RuleAt<'_>) -> bool {
    ranges(rule).all(|(first, last)| first == last && DNS_PORTS.contains(&first))
}

fn has_few_ports(rule: &RuleAt<'_>) -> bool {
    ranges(rule).map(|(first, last)| u32::from(last) - u32::from(first) + 1).sum::<u32>() <= FEW_PORTS
}

/// What of an exception a rule allows, and where.
struct Given {
    place: Option<Span>,
    witness: String,
    ports: ConnectionSet,
    severity: Severity,
}

fn given(context: &Context<'_>, own: &RuleAt<'_>, other: &RuleAt<'_>, witness: String) -> Given {
    let place = context.span(other.rule.origin).map(|span| context.head(span));
    let is_meant = !has_all_ports(own, other) && has_few_ports(other);
    let severity = if is_meant { Severity::Info } else { Severity::Warning };
    Given { place, witness, ports: shared(own, other), severity }
}

/// A rule that names addresses which an exception takes out. One that names a part of them alone, or them on fewer
/// ports, was written for that. A rule for everybody is meant for everybody.
fn addresses_given(
    context: &Context<'_>,
    own: &RuleAt<'_>,
    other: &RuleAt<'_>,
    except: &IpSet,
) -> Option<Given> {
    let blocks = other.indexed.peers.as_ref()?.iter().filter_map(|peer| match peer {
        IndexedPeer::Block(id) => Some(&context.index.block(*id)?.block.addresses),
        IndexedPeer::Term(_) => None,
    });
    let is_meant =
        |block: &&IpSet| block.is_subset(except) && !(except.is_subset(block) && has_all_ports(own, other));
    let mut blocks = blocks.filter(|block| block.overlaps(except) && !is_meant(block));
    let witness = blocks.next()?.intersection(except).cidrs().first()?.addr();
    Some(given(context, own, other, witness.to_string()))
}

/// What a selector with `NotIn` leaves out.
struct LeftOut {
    span: Span,
    requirement: Requirement,
    pods: PodMatch,
}

fn left_out(peer: &resource::Peer, pods: &PodMatch) -> Vec<LeftOut> {
    let of_pods = peer.pod_selector.iter().flat_map(not_in).filter_map(|(span, key)| {
        let (requirement, selector) = turned(&pods.pods, key)?;
        let pods = PodMatch { namespaces: pods.namespaces.clone(), pods: selector };
        Some(LeftOut { span, requirement, pods })
    });
    let of_namespaces = peer.namespace_selector.iter().flat_map(not_in).filter_map(|(span, key)| {
        let NamespaceMatch::Selected(selector) = &pods.namespaces else { return None };
        let (requirement, selector) = turned(selector, key)?;
        let pods = PodMatch { namespaces: NamespaceMatch::Selected(selector), pods: pods.pods.clone() };
        Some(LeftOut { span, requirement, pods })
    });
    of_pods.chain(of_namespaces).collect()
}

/// The places and keys of the expressions with `NotIn`.
fn not_in(selector: &Spanned<LabelSelector>) -> impl Iterator<Item = (Span, &str)> {
    let expressions = selector.value.match_expressions.iter();
    let is_not_in = |it: &&Spanned<Expression>| it.value.operator.value == Operator::NotIn.name();
    expressions.filter(is_not_in).map(|it| (it.span, it.value.key.value.as_str()))
}

/// The requirement that a label has none of some values, and the selector with the opposite in its place.
fn turned(selector: &Selector, key: &str) -> Option<(Requirement, Selector)> {
    let is_meant = |it: &&Requirement| it.operator == Operator::NotIn && it.key.as_deref() == Some(key);
    let own = selector.requirements().iter().find(is_meant).filter(|it| !it.has_placeholder())?;
    let opposite = Requirement { operator: Operator::In, ..own.clone() };
    let others = selector.requirements().iter().filter(|it| *it != own).cloned();
    Some((own.clone(), Selector::new(others.chain([opposite]))))
}

/// A rule with a peer that selects all that a selector leaves out. One for just these on fewer ports was written for
/// that, and one for every pod there is on fewer ports can hardly be overlooked.
fn pods_given(
    context: &Context<'_>,
    own: &RuleAt<'_>,
    other: &RuleAt<'_>,
    left_out: &LeftOut,
) -> Option<Given> {
    let within =
        |narrow: &PodMatch, wide: &PodMatch| selects_all(wide, narrow, context.cluster) == Truth::Yes;
    let gives = |pods: &PodMatch| {
        let is_anyone = pods.pods.is_everything()
            && matches!(&pods.namespaces, NamespaceMatch::Selected(all) if all.is_everything());
        let is_meant = is_anyone || within(pods, &left_out.pods);
        within(&left_out.pods, pods) && (has_all_ports(own, other) || !is_meant)
    };
    let peers = other.rule.value.peers.as_ref()?;
    peers.iter().any(|peer| matches!(&peer.value, Peer::Pods(pods) if gives(pods))).then(|| {
        let Requirement { key, values, .. } = &left_out.requirement;
        let value = values.first().map_or("", String::as_str);
        given(context, own, other, format!("{}={value}", key.as_deref().unwrap_or_default()))
    })
}

fn finding(policy: &NetworkPolicy, (place, what): (Span, &str), given: &Given) -> Option<Diagnostic> {
    let message = format!("{what}: `{}` on {}", given.witness, given.ports);
    let help = "what one rule leaves out, another may allow: take it out of both, or remove the exception";
    let found = RULE.finding(place, message).with_severity(given.severity);
    let found = found.with_object(policy.object.clone()).with_help(help);
    Some(found.with_related(given.place?, "this rule allows it"))
}
