//! `whole-namespace-admitted`.

use std::collections::BTreeMap;

use crate::cluster::{NamespaceId, Workload};
use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::slips::namespaces_of;
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, hints};
use crate::policy::{NamespaceMatch, Peer, Placed, PodMatch};
use crate::selector::Selector;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("whole-namespace-admitted"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Info, strict: Level::Warning },
    summary: "a policy that is called after one workload allows its whole namespace",
    page: include_str!("whole-namespace-admitted.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut known = Known::new();
    context.rules().filter_map(|rule| finding(context, &rule, &mut known)).collect()
}

/// The namespaces of the input that selectors are for.
type Known<'a> = BTreeMap<&'a Selector, Vec<NamespaceId>>;

fn finding<'a>(context: &Context<'a>, rule: &RuleAt<'a>, known: &mut Known<'a>) -> Option<Diagnostic> {
    let [peer] = rule.rule.value.peers.as_deref()? else { return None };
    let Peer::Pods(PodMatch { namespaces: NamespaceMatch::Selected(selector), pods }) = &peer.value else {
        return None;
    };
    if !pods.is_everything() || !selector.wants_labels() {
        return None;
    }
    let all = || namespaces_of(context, &NamespaceMatch::Selected(selector.clone()));
    let [namespace] = known.entry(selector).or_insert_with(all)[..] else { return None };
    let workloads = context.workloads_in(namespace);
    let name = &context.cluster.namespace(namespace)?.name;
    let words = hints::words_of(&rule.policy.object.name);
    let own = hints::words_of(name);
    let of_subject = || rule.policy.subject.value.pods.requirements().iter().flat_map(|it| &it.values);
    let is_called_after = |workload: &&Workload| {
        let of_workload = hints::words_of(&workload.name);
        contains(&words, &of_workload)
            && !contains(&own, &of_workload)
            && !of_subject().any(|value| hints::words_of(value) == of_workload)
    };
    let mut meant = workloads.iter().filter(is_called_after);
    let (only, None) = (meant.next()?, meant.next()) else { return None };
    (workloads.len() > 1).then(|| of_workload(context, rule, peer, (only, workloads.len()), name))?
}

/// Whether words hold others, one after the other.
fn contains(words: &[String], wanted: &[String]) -> bool {
    !wanted.is_empty() && words.windows(wanted.len()).any(|window| window == wanted)
}

fn of_workload(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    peer: &Placed<Peer>,
    (meant, count): (&Workload, usize),
    namespace: &str,
) -> Option<Diagnostic> {
    let object = &rule.policy.object;
    let message = format!(
        "`{object}` is called after `{}`, and this peer is all {count} workloads of `{namespace}`",
        context.workload_name(meant)
    );
    let help = "add a `podSelector` with the labels of those pods to the same item, if only they are meant";
    let place = context.head(context.span(peer.origin)?);
    let found = RULE.finding(place, message).with_object(object.clone());
    Some(found.with_related(context.head(meant.span), "the policy's name speaks of this one").with_help(help))
}
