//! `except-given-back`.

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::network_policy::resource::{IpBlock, Rule as TypedRule};
use crate::index::{IndexedPeer, IndexedRule};
use crate::lint::{Context, Level, Levels, Needs, Rule};
use crate::net::{ConnectionSet, IpSet};
use crate::policy::Direction;
use crate::text::{Span, Spanned};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("except-given-back"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "addresses that an `except` takes out of a block are allowed by another rule after all",
    page: include_str!("except-given-back.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for policy in context.network_policies() {
        let Some(place) = context.place_of(&policy.object) else { continue };
        let mut at = 0;
        let lists = [(&policy.spec.ingress, Direction::Ingress), (&policy.spec.egress, Direction::Egress)];
        for (rules, direction) in lists {
            for rule in rules.iter().flat_map(|rules| &rules.rules) {
                found.extend(exceptions(context, policy, (place, at, direction), &rule.value));
                at += 1;
            }
        }
    }
    found
}

fn exceptions(
    context: &Context<'_>,
    policy: &NetworkPolicy,
    (place, at, direction): (u32, usize, Direction),
    rule: &TypedRule,
) -> Vec<Diagnostic> {
    let peers = rule.peers.iter().flat_map(|peers| &peers.value);
    let blocks = peers.filter_map(|peer| peer.value.ip_block.as_ref());
    let excepts = blocks.flat_map(|block: &Spanned<IpBlock>| &block.value.except);
    let mut found = Vec::new();
    for except in excepts {
        let Some(addresses) = block(&except.value) else { continue };
        let Some(given) = given_back(context, (place, at, direction), &addresses) else { continue };
        found.extend(finding(policy, except, &given));
    }
    found
}

fn block(text: &str) -> Option<IpSet> {
    text.parse::<ipnet::IpNet>().ok().map(|block| IpSet::block(block.trunc()))
}

/// A rule that allows what an exception takes out, and what exactly.
struct Given {
    place: Span,
    addresses: IpSet,
    ports: ConnectionSet,
}

/// Another rule for all of the same pods, or of the same policy, that allows some of the addresses on ports that the
/// rule of the exception allows too.
fn given_back(
    context: &Context<'_>,
    (place, at, direction): (u32, usize, Direction),
    addresses: &IpSet,
) -> Option<Given> {
    let policies = &context.policies.policies;
    let own = context.index.policy(place)?.rules.get(at)?;
    let mut same = context.redundancy().wider(place);
    same.push(place);
    for other in same {
        let (policy, indexed) = (policies.get(other as usize)?, context.index.policy(other)?);
        if !policy.directions.contains(direction) {
            continue;
        }
        for (number, (rule, indexed)) in policy.rules.iter().zip(&indexed.rules).enumerate() {
            let ports = own.ports.fixed.intersection(&indexed.ports.fixed);
            if (other, number) == (place, at) || indexed.direction != direction || ports.is_empty() {
                continue;
            }
            let addresses = allowed(context, indexed, addresses);
            if !addresses.is_empty() {
                let place = context.head(context.span(rule.origin)?);
                return Some(Given { place, addresses, ports });
            }
        }
    }
    None
}

/// Those of some addresses that a rule names. A rule for everybody is meant for everybody.
fn allowed(context: &Context<'_>, rule: &IndexedRule, addresses: &IpSet) -> IpSet {
    let blocks = rule.peers.iter().flatten().filter_map(|peer| match peer {
        IndexedPeer::Block(id) => context.index.block(*id),
        IndexedPeer::Term(_) => None,
    });
    blocks.fold(IpSet::empty(), |all, it| all.union(&it.block.addresses.intersection(addresses)))
}

fn finding(policy: &NetworkPolicy, except: &Spanned<String>, given: &Given) -> Option<Diagnostic> {
    let object = &policy.object;
    let witness = given.addresses.cidrs().first().map(ipnet::IpNet::addr)?;
    let message =
        format!("the exception `{}` is allowed after all: `{witness}` on {}", except.value, given.ports);
    let help = "what one rule leaves out, another may allow: take it out of both, or remove the exception";
    Some(
        RULE.finding(except.span, message)
            .with_object(object.clone())
            .with_related(given.place, "this rule allows it")
            .with_help(help),
    )
}
