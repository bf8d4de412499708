//! `namespace-label-missing`.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::cluster::Namespace;
use crate::diagnostic::{Category, Diagnostic, Label, RuleName, Severity};
use crate::lint::slips::{meant, namespaces_of, slip};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt};
use crate::policy::{NamespaceMatch, Peer, Placed, PodMatch};
use crate::selector::{Operator, Requirement, Selector};
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("namespace-label-missing"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a peer selects namespaces by a label that none of the input has, though it is probably meant",
    page: include_str!("namespace-label-missing.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// So many namespaces that have a label of the kind make it likely that the one that is meant would have it too.
const ENOUGH: usize = 2;
/// Names that are missing are told when so many times as many are there.
const MOST_OF: usize = 3;
/// So many further places of the same remark are pointed at.
const POINTED_AT: usize = 3;
/// Namespaces that every cluster has: an input that describes all of them is a whole cluster.
const OF_EVERY_CLUSTER: [&str; 3] = ["default", "kube-public", "kube-system"];

/// What is known of the labels of namespaces that the input describes.
struct Known<'a> {
    /// How many have a label.
    counts: FxHashMap<&'a str, usize>,
    is_whole_cluster: bool,
    /// How many names that selectors ask for are those of namespaces that the input describes, and how many are not.
    names: (usize, usize),
}

impl<'a> Known<'a> {
    fn new(context: &Context<'a>) -> Self {
        let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
        for namespace in context.cluster.namespaces.iter().filter(|namespace| namespace.is_described) {
            for (key, _) in namespace.labels.iter() {
                *counts.entry(key).or_default() += 1;
            }
        }
        let is_described =
            |name: &&str| named(context, name).is_some_and(|namespace| namespace.span.is_some());
        let asked = names(context);
        let found = asked.iter().filter(|name| is_described(name)).count();
        let is_whole_cluster = OF_EVERY_CLUSTER.iter().all(is_described);
        Self { counts, is_whole_cluster, names: (found, asked.len() - found) }
    }
}

/// The names of namespaces that selectors of peers ask for; those of every cluster are left aside.
fn names<'a>(context: &Context<'a>) -> BTreeSet<&'a str> {
    let peers = context.rules().flat_map(|rule| rule.rule.value.peers.iter().flatten());
    let selectors = peers.filter_map(|peer| match &peer.value {
        Peer::Pods(PodMatch { namespaces: NamespaceMatch::Selected(selector), .. }) => Some(selector),
        _ => None,
    });
    let requirements = selectors.flat_map(Selector::requirements);
    let by_name = requirements.filter(|it| it.key.as_deref() == Some(Namespace::NAME_LABEL));
    let names = by_name.flat_map(|it| &it.values).map(String::as_str);
    names.filter(|name| !OF_EVERY_CLUSTER.contains(name)).collect()
}

fn named<'a>(context: &Context<'a>, name: &str) -> Option<&'a Namespace> {
    context.cluster.namespace_named(name).and_then(|id| context.cluster.namespace(id))
}

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let known = Known::new(context);
    let mut said: BTreeMap<&Selector, Option<Said>> = BTreeMap::new();
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut remark_on: BTreeMap<&Selector, usize> = BTreeMap::new();
    for rule in context.rules() {
        for peer in rule.rule.value.peers.iter().flatten() {
            let Peer::Pods(PodMatch { namespaces: NamespaceMatch::Selected(selector), .. }) = &peer.value
            else {
                continue;
            };
            let said = said.entry(selector).or_insert_with(|| say(context, &known, selector));
            let Some(finding) = said.as_ref().and_then(|said| finding(context, &rule, peer, said)) else {
                continue;
            };
            // What is perhaps right is said once, however many rules say it.
            let earlier = remark_on.get(selector).and_then(|place| found.get_mut(*place));
            match earlier.filter(|_| finding.severity == Severity::Info) {
                Some(first) if first.related.len() < POINTED_AT => {
                    first.related.push(Label { span: finding.primary.span, message: "and here".to_owned() });
                }
                Some(_) => {}
                None => {
                    remark_on.insert(selector, found.len());
                    found.push(finding);
                }
            }
        }
    }
    found
}

/// What there is to say of a selector.
struct Said {
    severity: Severity,
    message: String,
    related: Option<(Span, String)>,
    help: String,
}

fn say(context: &Context<'_>, known: &Known<'_>, selector: &Selector) -> Option<Said> {
    let is_clear = selector.wants_labels() && !selector.is_contradictory() && !selector.has_placeholder();
    if !is_clear
        || is_told(known, selector)
        || !namespaces_of(context, &NamespaceMatch::Selected(selector.clone())).is_empty()
    {
        return None;
    }
    let message = format!("no namespace of the input has `{selector}`, so that this peer allows nobody");
    if let Some((span, label)) = near_namespace(context, selector) {
        let help = match label.strip_prefix("kubernetes.io/metadata.name=") {
            Some(name) => format!(
                "select by `kubernetes.io/metadata.name: {name}`, which every namespace has, or give the namespace the label"
            ),
            None => format!("did you mean `{label}`?"),
        };
        let related = Some((span, "this one nearly matches".to_owned()));
        return Some(Said { severity: Severity::Warning, message, related, help });
    }
    let (severity, help) = unmet(known, selector)?;
    Some(Said { severity, message, related: None, help })
}

/// Whether a selector is for a namespace that every cluster has, which the input may leave out, or by `name`, which is
/// told as such.
fn is_told(known: &Known<'_>, selector: &Selector) -> bool {
    let is_of_every_cluster = |value: &String| OF_EVERY_CLUSTER.contains(&value.as_str());
    selector.requirements().iter().any(|it| match it.key.as_deref() {
        Some("name") => true,
        Some(Namespace::NAME_LABEL) => !known.is_whole_cluster && it.values.iter().any(is_of_every_cluster),
        _ => false,
    })
}

/// What to say of a requirement that no namespace meets, when those of the input are likely to be all that there are.
fn unmet(known: &Known<'_>, selector: &Selector) -> Option<(Severity, String)> {
    let is_plain = |it: &&Requirement| it.operator == Operator::In;
    let mut requirements = selector.requirements().iter().filter(is_plain);
    if known.is_whole_cluster {
        let help = "the input holds the namespaces of a whole cluster: correct the selector, or give the label to the \
                    namespace that is meant";
        return requirements.next().map(|_| (Severity::Warning, help.to_owned()));
    }
    let (found, missing) = known.names;
    requirements.find_map(|requirement| {
        let key = requirement.key.as_deref()?;
        if key == Namespace::NAME_LABEL {
            let help = format!(
                "the input has {found} of the namespaces that policies name so; it is right if this one is elsewhere"
            );
            return (found >= MOST_OF * missing).then_some((Severity::Info, help));
        }
        let count = known.counts.get(key).copied().filter(|count| *count >= ENOUGH)?;
        let help = format!(
            "{count} namespaces of the input have `{key}`, with other values; it is right if the namespace is elsewhere"
        );
        Some((Severity::Info, help))
    })
}

/// A namespace of the input whose labels nearly match, and the label that was probably meant: one with the very name
/// first.
fn near_namespace(context: &Context<'_>, selector: &Selector) -> Option<(Span, String)> {
    let values = selector.requirements().iter().flat_map(|requirement| &requirement.values);
    let of_name = values.filter_map(|value| named(context, value));
    of_name.chain(&context.cluster.namespaces).find_map(|namespace| {
        let slip = slip(&namespace.labels, selector)?;
        Some((context.head(namespace.span?), meant(&namespace.labels, &slip)))
    })
}

fn finding(context: &Context<'_>, rule: &RuleAt<'_>, peer: &Placed<Peer>, said: &Said) -> Option<Diagnostic> {
    let Said { severity, message, related, help } = said;
    let place = context.head(context.span(peer.origin)?);
    let found = RULE.finding(place, message).with_severity(*severity).with_object(rule.policy.object.clone());
    let found = related.iter().fold(found, |found, (span, words)| found.with_related(*span, words));
    Some(found.with_help(help))
}
