//! `api-server-by-selector`.

use std::collections::BTreeSet;

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, hints};
use crate::net::{ConnectionSet, PortSet, Protocol};
use crate::policy::{Direction, Peer, PodMatch};
use crate::selector::Requirement;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("api-server-by-selector"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a rule that is meant for the API server selects pods, and the API server is none",
    page: include_str!("api-server-by-selector.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// The port that API servers listen on.
const PORT: u16 = 6443;
/// Names of the API server in one word.
const NAMES: [&str; 3] = ["apiserver", "kubeapi", "kubeapiserver"];

/// Policies of more rules are left aside: each is compared with the others.
const MOST_RULES: usize = 200;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let egress = context.rules().filter(|rule| rule.rule.value.direction == Direction::Egress);
    egress.filter_map(|rule| finding(context, &rule)).collect()
}

fn finding(context: &Context<'_>, rule: &RuleAt<'_>) -> Option<Diagnostic> {
    let peers = rule.rule.value.peers.as_ref().filter(|_| rule.policy.rules.len() <= MOST_RULES)?;
    let pods = peers.iter().map(|peer| match &peer.value {
        Peer::Pods(pods) => Some(pods),
        Peer::Addresses(_) => None,
    });
    let pods: Vec<&PodMatch> = pods.collect::<Option<_>>()?;
    let only = |port| ConnectionSet::of(Protocol::Tcp, PortSet::single(port));
    let ports = &rule.indexed.ports;
    let is_usual = !ports.fixed.is_empty() && ports.fixed.is_subset(&only(PORT).union(&only(443)));
    let is_plain = is_usual && ports.named.is_empty() && ports.unknown.is_empty();
    let is_meant = ports.fixed.contains(Protocol::Tcp, PORT) || is_called_so(context, rule);
    if !is_plain || !is_meant || is_reached_otherwise(context, rule) || selects_some(context, rule) {
        return None;
    }
    let place = context.head(context.span(peers.first()?.origin)?);
    let what = whom(&pods)?;
    let message = format!("this rule selects {what}, and the API server is no pod: it is not allowed");
    let help = "the API server has the address of a node, or one outside the cluster: allow its addresses by `ipBlock`, on \
                the port that it listens on (`kubectl get endpointslices kubernetes` shows both)";
    Some(RULE.finding(place, message).with_object(rule.policy.object.clone()).with_help(help))
}

/// Whom the peers select, in words: all pods, or those that stand for the API server and use the network of their node.
/// Other labels may be those of a cluster where it is a pod.
fn whom(peers: &[&PodMatch]) -> Option<&'static str> {
    let of_mirror = |it: &Requirement| {
        it.key.as_deref() == Some("component") && it.values.iter().any(|value| value == "kube-apiserver")
    };
    if peers.iter().any(|peer| peer.pods.is_everything()) {
        return Some("all pods there");
    }
    let mut requirements = peers.iter().flat_map(|peer| peer.pods.requirements());
    requirements.any(of_mirror).then_some("pods that use the network of their node")
}

/// Whether a comment at the rule, or the name of a policy with one egress rule for it, speaks of the API server.
fn is_called_so(context: &Context<'_>, rule: &RuleAt<'_>) -> bool {
    let comment =
        context.span(rule.rule.origin).map(|span| hints::said_at(context, span)).unwrap_or_default();
    let name: BTreeSet<String> = hints::words_of(&rule.policy.object.name).into_iter().collect();
    is_name(&comment) || (rule.policy.rules.len() == 1 && is_name(&name))
}

fn is_name(words: &BTreeSet<String>) -> bool {
    let has = |word: &str| words.contains(word);
    NAMES.into_iter().any(has)
        || (has("api") && has("server") && (has("kube") || has("kubernetes") || has("k8s")))
        || (has("api") && (has("kubernetes") || has("kube") || has("k8s")))
}

/// Whether another rule of the policy allows addresses, or everybody, on the port.
fn is_reached_otherwise(context: &Context<'_>, rule: &RuleAt<'_>) -> bool {
    let mut others = RuleAt::all(context.index, (rule.place, rule.policy));
    others.any(|other| {
        let has_addresses = || {
            other
                .rule
                .value
                .peers
                .as_ref()
                .is_none_or(|peers| peers.iter().any(|peer| matches!(peer.value, Peer::Addresses(_))))
        };
        other.rule.value.direction == Direction::Egress
            && other.indexed.ports.fixed.overlaps(&rule.indexed.ports.fixed)
            && has_addresses()
    })
}

/// Whether a pod of the input is selected that listens on such a port, as the API server of a virtual cluster does.
fn selects_some(context: &Context<'_>, rule: &RuleAt<'_>) -> bool {
    let pods = context.pods();
    let terms = rule.peers().into_iter().flatten().filter_map(|(_, indexed)| match indexed {
        crate::index::IndexedPeer::Term(id) => context.index.term(id),
        crate::index::IndexedPeer::Block(_) => None,
    });
    let mut groups =
        terms.flat_map(|term| pods.of_classes(&term.selected)).filter_map(|id| context.cluster.group(id));
    groups.any(|group| {
        let ports = pods.ports(group).unwrap_or_default();
        ports
            .iter()
            .any(|port| port.number.is_some_and(|own| rule.indexed.ports.fixed.contains(Protocol::Tcp, own)))
    })
}
