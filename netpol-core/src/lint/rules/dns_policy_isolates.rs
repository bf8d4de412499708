//! `dns-policy-isolates`.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::WorkloadId;
use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::lint::{Context, Level, Levels, Needs, Rule, dns, words};
use crate::policy::{Direction, NamespaceMatch, Policy};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("dns-policy-isolates"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a policy that is to allow DNS is the only one for egress, so that it denies everything else",
    page: include_str!("dns-policy-isolates.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let policies = context.evaluated().filter(|(_, policy)| dns::is_for_dns_alone(context, policy));
    let policies: Vec<(u32, &Policy)> = policies.collect();
    if policies.is_empty() {
        return Vec::new();
    }
    let counts = counts(context);
    policies.iter().filter_map(|(place, policy)| finding(context, (*place, policy), &counts)).collect()
}

fn finding(
    context: &Context<'_>,
    (place, policy): (u32, &Policy),
    counts: &BTreeMap<&str, usize>,
) -> Option<Diagnostic> {
    let NamespaceMatch::Named(namespace) = &policy.subject.value.namespaces else { return None };
    let has_pods =
        context.cluster.namespace_named(namespace).is_some_and(|id| !context.workloads_in(id).is_empty());
    let object = &policy.object;
    let (whom, severity) = if has_pods {
        let workloads = isolated_by(context, place);
        (words::count(context, Some(&workloads).filter(|all| !all.is_empty())?), Severity::Warning)
    } else if counts.get(namespace.as_str()) == Some(&1) {
        ("the pods that it selects".to_owned(), Severity::Info)
    } else {
        return None;
    };
    let message =
        format!("`{object}` is the only policy for the egress of {whom}: everything but DNS is denied");
    let help = "a policy isolates the pods that it selects, and without it DNS is allowed too: leave it out, or allow what \
                the pods call, in this policy or in others";
    let place = context.head(context.span(policy.origin)?);
    Some(RULE.finding(place, message).with_severity(severity).with_object(object.clone()).with_help(help))
}

/// The workloads whose egress nothing else isolates.
fn isolated_by(context: &Context<'_>, place: u32) -> Vec<WorkloadId> {
    let own = context.isolated(Direction::Egress).iter().filter(|it| it.policies == [place]);
    let all: BTreeSet<WorkloadId> = own.flat_map(|it| it.workloads.iter().copied()).collect();
    all.into_iter().collect()
}

/// How many policies of each namespace speak of egress.
fn counts<'a>(context: &Context<'a>) -> BTreeMap<&'a str, usize> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, policy) in context.evaluated().filter(|(_, policy)| policy.directions.contains(Direction::Egress))
    {
        if let NamespaceMatch::Named(name) = &policy.subject.value.namespaces {
            *counts.entry(name).or_default() += 1;
        }
    }
    counts
}
