//! `except-given-back`.

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::network_policy::resource::{self, IpBlock};
use crate::index::IndexedPeer;
use crate::index::term::selects_all;
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, words};
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
        let block = peer.ip_block.as_ref();
        found.extend(block.and_then(|block| of_block(context, policy, (own, &others), &block.value)));
        let Peer::Pods(pods) = &lowered.value else { continue };
        for left_out in left_out(peer, pods) {
            let given = others.iter().find_map(|other| pods_given(context, own, other, &left_out));
            let Some(given) = given else { continue };
            let message = format!(
                "what `{}` leaves out is allowed after all: {} on {}",
                left_out.requirement, given.what, given.ports
            );
            let place = context.head(left_out.span);
            found.extend(finding(policy, place, message, &[(place, given)]));
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

/// One finding for the exceptions of a block that other rules give back.
fn of_block(
    context: &Context<'_>,
    policy: &NetworkPolicy,
    (own, others): (&RuleAt<'_>, &[RuleAt<'_>]),
    block: &IpBlock,
) -> Option<Diagnostic> {
    let whole = addresses_of(&block.cidr.value)?;
    let given = |except: &Spanned<String>| {
        let addresses = addresses_of(&except.value)?;
        let blocks = (&addresses, &whole);
        let given = others.iter().find_map(|other| addresses_given(context, own, other, blocks))?;
        Some((except.span, Given { what: format!("{} of `{}`", given.what, except.value), ..given }))
    };
    let given: Vec<(Span, Given)> = block.except.iter().filter_map(given).collect();
    let (place, first) = given.first()?;
    let ports = given.iter().fold(first.ports.clone(), |ports, (_, given)| ports.union(&given.ports));
    let parts: Vec<&str> = given.iter().map(|(_, given)| given.what.as_str()).collect();
    let what = if given.len() == 1 { "the exception is" } else { "exceptions are" };
    let message = format!("{what} allowed after all: {} on {ports}", words::all(&parts));
    finding(policy, *place, message, &given)
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

fn addresses_of(text: &str) -> Option<IpSet> {
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
    what: String,
    ports: ConnectionSet,
    severity: Severity,
}

fn given(context: &Context<'_>, own: &RuleAt<'_>, other: &RuleAt<'_>, what: String) -> Given {
    let place = context.span(other.rule.origin).map(|span| context.head(span));
    let is_meant = !has_all_ports(own, other) && has_few_ports(other);
    let severity = if is_meant { Severity::Info } else { Severity::Warning };
    Given { place, what, ports: shared(own, other), severity }
}

/// A rule that names addresses which an exception takes out. One that names a part of them alone, or them on fewer
/// ports, was written for that, and so was one for all of the block on fewer ports, such as DNS. A rule for everybody is
/// meant for everybody.
fn addresses_given(
    context: &Context<'_>,
    own: &RuleAt<'_>,
    other: &RuleAt<'_>,
    (except, whole): (&IpSet, &IpSet),
) -> Option<Given> {
    let blocks = other.indexed.peers.as_ref()?.iter().filter_map(|peer| match peer {
        IndexedPeer::Block(id) => Some(&context.index.block(*id)?.block.addresses),
        IndexedPeer::Term(_) => None,
    });
    let has_all_ports = has_all_ports(own, other);
    let is_meant = |block: &&IpSet| {
        (block.is_subset(except) && !(except.is_subset(block) && has_all_ports))
            || (whole.is_subset(block) && !has_all_ports)
    };
    let mut blocks = blocks.filter(|block| block.overlaps(except) && !is_meant(block));
    let shared = blocks.next()?.intersection(except);
    let what = match shared.cidrs().as_slice() {
        _ if except.is_subset(&shared) => "all".to_owned(),
        [only] => format!("`{only}`"),
        several => format!("`{}` and more", several.first()?),
    };
    Some(given(context, own, other, what))
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
        given(context, own, other, format!("`{}={value}`", key.as_deref().unwrap_or_default()))
    })
}

fn finding(
    policy: &NetworkPolicy,
    place: Span,
    message: String,
    given: &[(Span, Given)],
) -> Option<Diagnostic> {
    let help = "what one rule leaves out, another may allow: take it out of both, or remove the exception";
    let severity = given.iter().map(|(_, given)| given.severity).max()?;
    let found = RULE.finding(place, message).with_severity(severity);
    let found = found.with_object(policy.object.clone()).with_help(help);
    let others = given.iter().skip(1).map(|(place, _)| *place);
    let found = others.fold(found, |found, place| found.with_related(place, "so is this one"));
    let mut rules: Vec<Span> = given.iter().filter_map(|(_, given)| given.place).collect();
    rules.dedup();
    let is_placed = !rules.is_empty();
    let found =
        rules.into_iter().fold(found, |found, place| found.with_related(place, "this rule allows it"));
    is_placed.then_some(found)
}
