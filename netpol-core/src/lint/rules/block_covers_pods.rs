//! `block-covers-pods`.

use ipnet::IpNet;

use crate::cluster::{Owner, PodGroup};
use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::dialect::network_policy::{NetworkPolicy, raise};
use crate::lint::{Context, Level, Levels, Needs, Rule};
use crate::manifest::Service;
use crate::net::IpSet;
use crate::policy::{NamespaceMatch, Peer, PodMatch};
use crate::selector::{LabelValue, Requirement, Selector};
use crate::text::Spanned;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("block-covers-pods"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "an address block means pods or a Service, which it is not for",
    page: include_str!("block-covers-pods.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// The labels that say best what a pod is.
const TELLING: [&str; 4] = ["app.kubernetes.io/name", "app", "k8s-app", "name"];

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for policy in context.network_policies() {
        let lists = [&policy.spec.ingress, &policy.spec.egress].into_iter().flatten();
        let rules = lists.flat_map(|rules| &rules.rules);
        let peers = rules.flat_map(|rule| rule.value.peers.iter().flat_map(|peers| &peers.value));
        let blocks = peers.filter_map(|peer| peer.value.ip_block.as_ref());
        found.extend(blocks.filter_map(|block| finding(context, policy, &block.value.cidr)));
    }
    found
}

fn finding(context: &Context<'_>, policy: &NetworkPolicy, cidr: &Spanned<String>) -> Option<Diagnostic> {
    let block: IpNet = cidr.value.parse().ok()?;
    let told = if block.prefix_len() == block.max_prefix_len() {
        of_pod(context, policy, block).or_else(|| of_service(context, policy, block))
    } else {
        None
    };
    let (what, help) = told.or_else(|| of_range(context, block))?;
    let found = RULE.finding(cidr.span, format!("`{}` is {what}", cidr.value));
    Some(found.with_help(help).with_object(policy.object.clone()))
}

/// The address of a pod.
fn of_pod(context: &Context<'_>, policy: &NetworkPolicy, block: IpNet) -> Option<(String, String)> {
    let cluster = context.cluster;
    let group = cluster.group(*cluster.by_address.get(&block.addr())?)?;
    let workload = cluster.workload(group.workload)?;
    let of = if workload.owner == Owner::Pod { "" } else { "a pod of " };
    let owner = context.workload_name(workload);
    let what = format!("the address of {of}`{owner}`, and it changes with every new pod");
    let instead =
        selector_words(context, policy, group).map_or_else(String::new, |words| format!(": `- {words}`"));
    Some((what, format!("select the pods by their labels{instead}")))
}

/// The address of a Service.
fn of_service(context: &Context<'_>, policy: &NetworkPolicy, block: IpNet) -> Option<(String, String)> {
    let cluster = context.cluster;
    let number = *cluster.by_service_address.get(&block.addr())?;
    let service = cluster.services.get(number as usize)?;
    let metadata = &service.metadata;
    let what = format!("the address of `Service {}/{}`", metadata.namespace.value, metadata.name.value);
    let behind = "most network plugins see what is behind a Service, and never its address";
    let words = service_labels(service).and_then(|it| peer_words(policy, &metadata.namespace.value, it));
    let instead = words.map_or("allow the addresses that it leads to".to_owned(), |words| {
        format!("select its pods: `- {words}`")
    });
    Some((what, format!("{behind}: {instead}")))
}

/// A block inside those that the configuration gives to pods or to Services.
fn of_range(context: &Context<'_>, block: IpNet) -> Option<(String, String)> {
    let facts = &context.cluster.facts;
    let addresses = IpSet::block(block);
    if addresses.is_subset(&facts.pod_cidrs) {
        let what = "inside `pod-cidrs`: its addresses are those of pods, which change".to_owned();
        return Some((
            what,
            "a block is for addresses outside the cluster: select pods by their labels".to_owned(),
        ));
    }
    if addresses.is_subset(&facts.service_cidrs) {
        let what = "inside `service-cidrs`: its addresses are those of Services".to_owned();
        let help =
            "most network plugins see what is behind a Service, and never its address: select the pods";
        return Some((what, help.to_owned()));
    }
    None
}

/// What selects the pods of a group, as far as one label can.
fn selector_words(context: &Context<'_>, policy: &NetworkPolicy, group: &PodGroup) -> Option<String> {
    let known = |key: &str| match group.labels.get(key) {
        Some(LabelValue::Known(value)) => Some(Requirement::equals(key, value.as_str())),
        _ => None,
    };
    let first = || group.labels.iter().find_map(|(key, _)| known(key));
    let label = TELLING.into_iter().find_map(known).or_else(first)?;
    peer_words(policy, &context.cluster.namespace(group.namespace)?.name, vec![label])
}

fn service_labels(service: &Service) -> Option<Vec<Requirement>> {
    let labels = service
        .selector
        .iter()
        .map(|label| Some(Requirement::equals(label.key.value.as_str(), label.value.value.as_deref()?)));
    labels.collect::<Option<Vec<_>>>().filter(|labels| !labels.is_empty())
}

fn peer_words(policy: &NetworkPolicy, namespace: &str, labels: Vec<Requirement>) -> Option<String> {
    let namespaces = NamespaceMatch::Named(namespace.to_owned());
    let pods = Peer::Pods(PodMatch { namespaces, pods: Selector::new(labels) });
    let raised = raise::peer(&pods, &policy.metadata.namespace.value)?;
    raised.first().map(ToString::to_string)
}
