//! `dns-peer-mistaken`.

use crate::cluster::{Namespace, Resolver};
use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::index::IndexedPeer;
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, dns};
use crate::policy::{Direction, NamespaceMatch, Peer, Placed, PodMatch};
use crate::selector::{Operator, Requirement, Selector};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("dns-peer-mistaken"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a rule for DNS selects pods that are not those of the cluster's DNS as it is usually set up",
    page: include_str!("dns-peer-mistaken.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// What people take for the value of the DNS' label.
const MISTAKEN: [&str; 6] = ["coredns", "core-dns", "dns", "kube-dns", "kubedns", "node-local-dns"];
/// The keys under which they look for it.
const KEYS: [&str; 5] = ["app", "component", "k8s-app", "k8s_app", "name"];

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    // Only the usual DNS is known by its labels, and one that the input shows is looked at itself.
    let usual = Resolver::usual();
    if context.cluster.facts.dns.resolvers.first() != Some(&usual) || is_shown(context, &usual) {
        return Vec::new();
    }
    let egress = context.rules().filter(|rule| rule.rule.value.direction == Direction::Egress);
    egress.filter_map(|rule| finding(context, &rule, &usual)).collect()
}

/// Whether pods of the DNS' namespace are in the input.
fn is_shown(context: &Context<'_>, usual: &Resolver) -> bool {
    let namespace = context.cluster.namespace_named(&usual.namespace);
    namespace.is_some_and(|id| !context.workloads_in(id).is_empty())
}

/// The first peer of a rule for DNS, when none of its peers is the DNS.
fn finding(context: &Context<'_>, rule: &RuleAt<'_>, usual: &Resolver) -> Option<Diagnostic> {
    let ports = rule.rule.value.ports.as_ref().filter(|ports| !ports.is_empty())?;
    let facts = &context.cluster.facts.dns;
    if !ports.iter().all(|port| dns::is_about_dns(&port.value, facts)) {
        return None;
    }
    let mut first = None;
    for (peer, indexed) in rule.peers()? {
        let (Peer::Pods(pods), IndexedPeer::Term(id)) = (&peer.value, indexed) else { return None };
        let mistake = mistake(pods, usual)?;
        let is_labelled = matches!(mistake, Mistake::NamespaceLabel(_))
            && context.cluster.namespace_named(&usual.namespace).is_some();
        if is_labelled {
            return None;
        }
        if context.index.term(id).is_none_or(|term| !term.selected.is_empty() || !term.unknown.is_empty()) {
            return None;
        }
        first = first.or(Some((peer, mistake)));
    }
    let (peer, mistake) = first?;
    of_mistake(context, rule, peer, &mistake)
}

/// What was mistaken.
enum Mistake {
    /// A label of the pods: what is asked for, and whether the key is the right one.
    Label(String, Severity),
    /// The namespace, which is left out.
    Namespace,
    /// A label of the namespace that nothing sets.
    NamespaceLabel(String),
}

fn mistake(pods: &PodMatch, usual: &Resolver) -> Option<Mistake> {
    let (key, value) = usual.labels.first()?;
    let is_right =
        |it: &Requirement| it.key.as_deref() == Some(key) && it.values.iter().any(|own| own == value);
    let requirements = pods.pods.requirements();
    match &pods.namespaces {
        NamespaceMatch::Named(name) if *name != usual.namespace => {
            requirements.iter().any(is_right).then_some(Mistake::Namespace)
        }
        NamespaceMatch::Selected(namespaces) if !may_be_of(namespaces.requirements(), &usual.namespace) => {
            None
        }
        NamespaceMatch::Selected(namespaces) if is_by_own_label(namespaces, &usual.namespace) => {
            Some(Mistake::NamespaceLabel(namespaces.to_string()))
        }
        _ => {
            let is_mistaken = |it: &&Requirement| {
                let is_known = |value: &String| MISTAKEN.contains(&value.to_ascii_lowercase().as_str());
                it.operator == Operator::In
                    && it.key.as_deref().is_some_and(|key| KEYS.contains(&key))
                    && !it.values.is_empty()
                    && it.values.iter().all(is_known)
                    && !is_right(it)
            };
            let wrong = requirements.iter().find(is_mistaken)?;
            let is_own_key = wrong.key.as_deref() == Some(key);
            let severity = if is_own_key { Severity::Warning } else { Severity::Info };
            Some(Mistake::Label(wrong.to_string(), severity))
        }
    }
}

/// Whether a selector names a namespace by a label that is neither its name nor `name`, which is told as such.
fn is_by_own_label(selector: &Selector, name: &str) -> bool {
    let [only] = selector.requirements() else { return false };
    let is_known = |key: &str| key == Namespace::NAME_LABEL || key == "name";
    only.operator == Operator::In
        && only.values == [name]
        && only.key.as_deref().is_some_and(|key| !is_known(key))
}

/// Whether a selector of namespaces is for all of them, or names one by any label.
fn may_be_of(requirements: &[Requirement], name: &str) -> bool {
    requirements.iter().all(|it| it.operator == Operator::In && it.values.iter().any(|value| value == name))
}

fn of_mistake(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    peer: &Placed<Peer>,
    mistake: &Mistake,
) -> Option<Diagnostic> {
    let (message, severity, help) = match mistake {
        Mistake::Label(asked, severity) => (
            format!("the pods of the cluster's DNS usually have `k8s-app=kube-dns`, also those of CoreDNS, not `{asked}`"),
            *severity,
            "write `k8s-app: kube-dns`; `kubectl get pods -n kube-system --show-labels` tells the labels of a cluster"
                .to_owned(),
        ),
        Mistake::NamespaceLabel(asked) => (
            format!("`kube-system` has `{asked}` only where somebody set it by hand; else this rule allows no DNS"),
            Severity::Info,
            format!("write `{}: kube-system`, which every cluster has", Namespace::NAME_LABEL),
        ),
        Mistake::Namespace => (
            "this peer means pods of the policy's own namespace, and the cluster's DNS is in `kube-system`".to_owned(),
            Severity::Warning,
            format!("add `namespaceSelector: {{matchLabels: {{{}: kube-system}}}}` to the same item", Namespace::NAME_LABEL),
        ),
    };
    let place = context.head(context.span(peer.origin)?);
    let found = RULE.finding(place, message).with_severity(severity).with_object(rule.policy.object.clone());
    Some(found.with_help(help))
}
