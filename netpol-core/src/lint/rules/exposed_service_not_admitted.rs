//! `exposed-service-not-admitted`.

use crate::diagnostic::{Category, Diagnostic, ObjectRef, RuleName, Severity};
use crate::lint::exposed::{self, Exposed};
use crate::lint::{Context, Isolated, Level, Levels, Needs, Rule, words};
use crate::manifest::{Service, ServiceType};
use crate::net::Protocol;
use crate::policy::{Direction, Policy};
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("exposed-service-not-admitted"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a Service leads the outside to pods whose policies do not let it in",
    page: include_str!("exposed-service-not-admitted.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// Whom the policies of some pods let in on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Admitted {
    Nobody,
    Pods,
    Outside,
}

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut last: Option<Span> = None;
    for exposed in exposed::exposed(context, exposed::is_open) {
        // The ports of a Service have one cause.
        if last != Some(exposed.service.span)
            && let Some(finding) = finding(context, &exposed)
        {
            last = Some(exposed.service.span);
            found.push(finding);
        }
    }
    found
}

fn admitted(context: &Context<'_>, isolated: &Isolated, protocol: Protocol, port: u16) -> Admitted {
    let row = context.rows().row(isolated.subject, Direction::Ingress);
    if row.outside.iter().any(|part| part.decided.possible().contains(protocol, port)) {
        Admitted::Outside
    } else if row.inside.iter().any(|part| part.decided.possible().contains(protocol, port)) {
        Admitted::Pods
    } else {
        Admitted::Nobody
    }
}

fn finding(context: &Context<'_>, exposed: &Exposed<'_, '_>) -> Option<Diagnostic> {
    let protocol = exposed.port.protocol;
    let behind = exposed.behind.iter();
    let admitted = behind.map(|(isolated, port)| admitted(context, isolated, protocol, *port)).max()?;
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
