//! `service-without-clients`.

use std::collections::BTreeSet;

use crate::diagnostic::{Category, Diagnostic, ObjectRef, RuleName, Severity};
use crate::index::{IndexedPeer, Term, TermId};
use crate::lint::exposed::{self, Exposed};
use crate::lint::{Context, Level, Levels, Needs, Rule, words};
use crate::manifest::Service;
use crate::policy::Direction;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("service-without-clients"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a Service leads to isolated pods that let nobody in, so that it has no client",
    page: include_str!("service-without-clients.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let shut = exposed::shut(context);
    let mut told = BTreeSet::new();
    let wanted = if shut.is_empty() { Vec::new() } else { wanted(context) };
    let mut found = Vec::new();
    for exposed in &shut {
        // A headless Service often stands beside another one for the same pods.
        let mut classes = exposed.behind.iter().flat_map(|(isolated, _)| &isolated.classes);
        let is_wanted = classes.any(|class| wanted.iter().any(|term| term.selected.contains(*class)));
        if told.insert(&exposed.workloads) && !is_wanted {
            found.extend(finding(context, exposed));
        }
    }
    found
}

/// The selectors of pods that egress rules are for: that such a connection is refused is told as such.
fn wanted<'a>(context: &Context<'a>) -> Vec<&'a Term> {
    let egress = context.rules().filter(|rule| rule.rule.value.direction == Direction::Egress);
    let ids = egress.flat_map(|rule| rule.indexed.peers.iter().flatten()).filter_map(|peer| match peer {
        IndexedPeer::Term(id) => Some(*id),
        IndexedPeer::Block(_) => None,
    });
    let ids: BTreeSet<TermId> = ids.collect();
    let terms = ids.into_iter().filter_map(|id| context.index.term(id));
    terms.filter(|term| !term.pods.pods.is_everything()).collect()
}

fn finding(context: &Context<'_>, exposed: &Exposed<'_, '_>) -> Option<Diagnostic> {
    let (isolated, target) = exposed.behind.first()?;
    let (_, closing) = isolated.policies(context).next()?;
    let service = exposed.service;
    let metadata = &service.metadata;
    let named = words::workloads(context, &exposed.workloads);
    let ports = format!("{}/{target}", exposed.port.protocol.lower());
    let message = format!(
        "`Service {}/{}` has no client: no policy lets anybody in to {named} on {ports}",
        metadata.namespace.value, metadata.name.value
    );
    // The Service of a StatefulSet is there for the names of its pods.
    let severity = if service.is_headless { Severity::Info } else { Severity::Warning };
    let found = RULE
        .finding(metadata.name.span, message)
        .with_severity(severity)
        .with_label(format!("leads to {named}"))
        .with_object(object(service));
    let written = context.span(closing.subject.origin).filter(|span| !span.is_empty());
    let place = written.or_else(|| context.span(closing.origin));
    let found = place.into_iter().fold(found, |found, place| {
        found.with_related(context.head(place), format!("isolates the ingress of {named}"))
    });
    Some(found.with_help(format!(
        "let its clients in, by a policy for these pods: `- {{from: [{{podSelector: …}}], ports: [{{port: {target}}}]}}` under \
         `ingress`"
    )))
}

fn object(service: &Service) -> ObjectRef {
    ObjectRef {
        api_version: "v1".to_owned(),
        kind: "Service".to_owned(),
        namespace: Some(service.metadata.namespace.value.clone()),
        name: service.metadata.name.value.clone(),
    }
}
