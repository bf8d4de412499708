//! `exposed-service-not-admitted`.

use std::collections::BTreeSet;

use crate::diagnostic::{Category, Diagnostic, ObjectRef, RuleName, Severity};
use crate::index::IndexedPorts;
use crate::lint::exposed::{self, Exposed};
use crate::lint::{Context, Isolated, Level, Levels, Needs, Rule, words};
use crate::manifest::{Backend, Service, ServiceType};
use crate::policy::{Direction, NamespaceMatch, Peer, Placed, PodMatch, Policy};
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("exposed-service-not-admitted"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a Service, an Ingress or a route leads the outside to pods whose policies do not let it in",
    page: include_str!("exposed-service-not-admitted.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// Whom the policies of some pods let in on a port, as far as rules speak of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Admitted {
    Nobody,
    /// Pods of the own namespace.
    Neighbours,
    /// Pods of other namespaces too.
    Pods,
    /// Addresses outside too.
    Outside,
}

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut told: BTreeSet<Span> = BTreeSet::new();
    // The ports of a Service have one cause, and so have the paths to it.
    for exposed in exposed::exposed(context, exposed::is_open) {
        if !told.contains(&exposed.service.span)
            && let Some(finding) = finding(context, &exposed)
        {
            told.insert(exposed.service.span);
            found.push(finding);
        }
    }
    for (backend, exposed) in exposed::led_to(context) {
        if !told.contains(&exposed.service.span)
            && let Some(finding) = of_backend(context, &backend, &exposed)
        {
            told.insert(exposed.service.span);
            found.push(finding);
        }
    }
    found
}

/// Whom the policies of the pods behind a port let in.
fn admitted(context: &Context<'_>, exposed: &Exposed<'_, '_>) -> Admitted {
    let protocol = exposed.port.protocol;
    let of = |isolated: &Isolated, port: u16| {
        let row = context.rows().outside_of(isolated.subject, Direction::Ingress);
        let mut outside = row.outside.iter();
        if outside.any(|part| part.decided.possible().contains(protocol, port)) {
            return Admitted::Outside;
        }
        let admits = |ports: &IndexedPorts| {
            let fixed = ports.fixed.union(&ports.unknown);
            fixed.contains(protocol, port) || !ports.named.is_empty()
        };
        let rules = isolated.rules(context).filter(|rule| admits(&rule.indexed.ports));
        let peers = rules.flat_map(|rule| rule.rule.value.peers.iter().flatten());
        let of_peer = |peer: &Placed<Peer>| match &peer.value {
            Peer::Pods(PodMatch { namespaces: NamespaceMatch::Named(_), .. }) => Admitted::Neighbours,
            Peer::Pods(_) | Peer::Addresses(_) => Admitted::Pods,
        };
        peers.map(of_peer).max().unwrap_or(Admitted::Nobody)
    };
    exposed.behind.iter().map(|(isolated, port)| of(isolated, *port)).max().unwrap_or(Admitted::Outside)
}

fn finding(context: &Context<'_>, exposed: &Exposed<'_, '_>) -> Option<Diagnostic> {
    let protocol = exposed.port.protocol;
    let admitted = admitted(context, exposed);
    if admitted == Admitted::Outside {
        return None;
    }
    let (isolated, target) = exposed.behind.first()?;
    let (_, closing) = isolated.policies(context).next()?;
    let service = exposed.service;
    let (what, severity) = match (service.service_type, admitted) {
        (ServiceType::LoadBalancer, _) => ("LoadBalancer", Severity::Warning),
        (_, Admitted::Nobody) => ("NodePort", Severity::Warning),
        // Node ports often only serve a load balancer that is itself a pod.
        _ => ("NodePort", Severity::Info),
    };
    let ports = format!("{}/{target}", protocol.lower());
    let whom = match admitted {
        Admitted::Nobody => format!("no policy lets anybody in to its pods on {ports}"),
        _ => format!("policies let only pods in to its pods on {ports}"),
    };
    let message = format!("`{}` is a {what}, and {whom}", name(service));
    let named = words::workloads(context, &exposed.workloads);
    let place = service.type_span.unwrap_or(service.metadata.name.span);
    let found = RULE
        .finding(place, message)
        .with_severity(severity)
        .with_label(format!("leads the outside to {named}"))
        .with_object(object(service));
    let found = subject(context, closing)
        .into_iter()
        .fold(found, |found, span| found.with_related(span, format!("isolates the ingress of {named}")));
    Some(found.with_help(format!(
        "let the clients in: `- {{from: [{{ipBlock: …}}], ports: [{{port: {target}}}]}}` under `ingress`, without `from` for \
         everybody; or make the Service a ClusterIP"
    )))
}

/// An Ingress or a route that leads to pods whose policies let no controller in.
fn of_backend(context: &Context<'_>, backend: &Backend, exposed: &Exposed<'_, '_>) -> Option<Diagnostic> {
    let (whom, severity) = match admitted(context, exposed) {
        Admitted::Nobody => ("nobody", Severity::Warning),
        // The controller may be a neighbour.
        Admitted::Neighbours => ("only pods of their own namespace", Severity::Info),
        Admitted::Pods | Admitted::Outside => return None,
    };
    let (isolated, target) = exposed.behind.first()?;
    let (_, closing) = isolated.policies(context).next()?;
    let Backend { kind, namespace, name: own, .. } = backend;
    let ports = format!("{}/{target}", exposed.port.protocol.lower());
    let service = name(exposed.service);
    let message =
        format!("`{kind} {namespace}/{own}` leads to `{service}`, whose pods let {whom} in on {ports}");
    let named = words::workloads(context, &exposed.workloads);
    let found = RULE
        .finding(backend.span, message)
        .with_severity(severity)
        .with_label(format!("leads the outside to {named}"))
        .with_object(object(exposed.service));
    let found = subject(context, closing)
        .into_iter()
        .fold(found, |found, span| found.with_related(span, format!("isolates the ingress of {named}")));
    Some(found.with_help(format!(
        "let the controller's pods in, from the namespace that they run in: `- {{from: [{{namespaceSelector: …}}], \
         ports: [{{port: {target}}}]}}` under `ingress`"
    )))
}

fn name(service: &Service) -> String {
    format!("Service {}/{}", service.metadata.namespace.value, service.metadata.name.value)
}

fn object(service: &Service) -> ObjectRef {
    ObjectRef {
        api_version: "v1".to_owned(),
        kind: "Service".to_owned(),
        namespace: Some(service.metadata.namespace.value.clone()),
        name: service.metadata.name.value.clone(),
    }
}

/// What a policy selects, or its head.
fn subject(context: &Context<'_>, policy: &Policy) -> Option<Span> {
    let written = context.span(policy.subject.origin).filter(|span| !span.is_empty());
    written.or_else(|| context.span(policy.origin)).map(|span| context.head(span))
}
