//! `outside-by-selector`.

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::lint::breadth::Breadth;
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, hints};
use crate::net::{ConnectionSet, Family, IpSet, PortSet, Protocol};
use crate::policy::{Direction, Peer, Placed};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("outside-by-selector"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a rule that is meant for what is outside the cluster selects all pods, and no address",
    page: include_str!("outside-by-selector.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// Words for what is outside the cluster.
const OUTSIDE: [&str; 4] = ["external", "internet", "outside", "www"];
/// Words for clients outside.
const CLIENTS: [&str; 2] = ["internet", "world"];
/// Words for what is inside after all, or for addresses that are no matter of the rule.
const INSIDE: [&str; 19] = [
    "attacher",
    "cluster",
    "controller",
    "dns",
    "gateway",
    "in",
    "inside",
    "internal",
    "intra",
    "namespace",
    "namespaces",
    "nginx",
    "operator",
    "pods",
    "provisioner",
    "resizer",
    "secrets",
    "snapshotter",
    "traefik",
];

/// Policies of more rules are left aside: each is compared with the others.
const MOST_RULES: usize = 200;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    context.rules().filter_map(|rule| finding(context, &rule)).collect()
}

fn finding(context: &Context<'_>, rule: &RuleAt<'_>) -> Option<Diagnostic> {
    let peer = everyone(rule)?;
    if rule.policy.rules.len() > MOST_RULES || reaches_outside(context, rule) {
        return None;
    }
    let severity = if is_called_outside(context, rule) {
        Severity::Warning
    } else if rule.rule.value.direction == Direction::Egress
        && is_for_the_web(rule)
        && !is_listened_to(context, rule)
    {
        Severity::Info
    } else {
        return None;
    };
    let breadth = Breadth::of(&peer.value)?;
    let message = match severity {
        Severity::Info => format!("this peer is {}, and no address outside the cluster", breadth.words()),
        _ => format!(
            "this is meant for the outside, and is {}: no address outside is allowed",
            breadth.words()
        ),
    };
    let help = "selectors match pods alone: to allow the outside write `- ipBlock: {cidr: 0.0.0.0/0, except: […]}`, with \
                the networks of the cluster under `except`";
    let place = context.head(context.span(peer.origin)?);
    let found = RULE.finding(place, message).with_severity(severity).with_object(rule.policy.object.clone());
    Some(found.with_help(help))
}

/// The widest peer, when there are none but selectors and it is for all pods.
fn everyone<'a>(rule: &RuleAt<'a>) -> Option<&'a Placed<Peer>> {
    let peers = rule.rule.value.peers.as_ref()?;
    if peers.iter().any(|peer| matches!(peer.value, Peer::Addresses(_))) {
        return None;
    }
    peers.iter().filter(|peer| Breadth::of(&peer.value).is_some()).max_by_key(|peer| Breadth::of(&peer.value))
}

/// Whether a rule of the same policy allows addresses outside on one of the ports.
fn reaches_outside(context: &Context<'_>, rule: &RuleAt<'_>) -> bool {
    let private = Family::ALL.into_iter().flat_map(crate::index::usual_pod_blocks);
    let private = private.fold(IpSet::empty(), |all, block| all.union(&block));
    let is_outside = |peer: &Placed<Peer>| match &peer.value {
        Peer::Addresses(block) => !block.addresses.is_subset(&private) || !block.unknown.is_empty(),
        Peer::Pods(_) => false,
    };
    let of_policy = RuleAt::all(context.index, (rule.place, rule.policy));
    let direction = rule.rule.value.direction;
    let mut others = of_policy.filter(|other| other.rule.value.direction == direction);
    others.any(|other| match &other.rule.value.peers {
        None => other.indexed.ports.fixed.overlaps(&rule.indexed.ports.fixed),
        Some(peers) => peers.iter().any(is_outside),
    })
}

/// Whether a comment at the rule says that it is for the outside, or the name of a policy that has no other rule.
fn is_called_outside(context: &Context<'_>, rule: &RuleAt<'_>) -> bool {
    let outside: &[&str] = match rule.rule.value.direction {
        Direction::Egress => &OUTSIDE,
        Direction::Ingress => &CLIENTS,
    };
    let says = |words: &dyn Fn(&str) -> bool| {
        outside.iter().any(|word| words(word)) && !INSIDE.iter().any(|word| words(word))
    };
    let span = context.span(rule.rule.origin);
    let comment = span.map(|span| hints::said_at(context, span)).unwrap_or_default();
    let name = hints::words_of(&rule.policy.object.name);
    let of_name = rule.policy.rules.len() == 1
        && !name.iter().any(|word| matches!(word.as_str(), "deny" | "block" | "no" | "restrict" | "not"))
        && says(&|word| name.iter().any(|own| own == word));
    of_name || says(&|word| comment.contains(word))
}

/// Whether the ports are those of the web and no others, HTTPS among them.
fn is_for_the_web(rule: &RuleAt<'_>) -> bool {
    let ports = &rule.indexed.ports;
    let of = |port| ConnectionSet::of(Protocol::Tcp, PortSet::single(port));
    let web = of(443).union(&of(80)).union(&ConnectionSet::of(Protocol::Udp, PortSet::single(443)));
    let is_https = ports.fixed.contains(Protocol::Tcp, 443) && ports.fixed.is_subset(&web);
    is_https && ports.named.is_empty() && ports.unknown.is_empty()
}

/// Whether a pod of the input that the rule selects may listen on HTTPS.
fn is_listened_to(context: &Context<'_>, rule: &RuleAt<'_>) -> bool {
    let pods = context.pods();
    let peers = rule.peers().into_iter().flatten();
    let terms = peers.filter_map(|(_, indexed)| match indexed {
        crate::index::IndexedPeer::Term(id) => context.index.term(id),
        crate::index::IndexedPeer::Block(_) => None,
    });
    let mut groups =
        terms.flat_map(|term| pods.of_classes(&term.selected)).filter_map(|id| context.cluster.group(id));
    groups.any(|group| match pods.ports(group) {
        None => true,
        Some(ports) => ports.iter().any(|port| port.number.is_none_or(|number| matches!(number, 80 | 443))),
    })
}
