//! `baseline-never-met`.

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::index::ClassId;
use crate::lint::{Context, Level, Levels, Needs, Rule, ordered};
use crate::policy::{Direction, Policy, PolicyRef};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("baseline-never-met"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Info, strict: Level::Warning },
    summary: "NetworkPolicies isolate every pod that a Baseline policy selects, so that its rules are never asked",
    page: include_str!("baseline-never-met.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let baseline = context.profile.cluster_tiers.baseline;
    let policies = ordered::policies(context).filter(|(_, policy)| policy.tier == baseline);
    policies.filter_map(|policy| finding(context, policy)).collect()
}

fn finding(context: &Context<'_>, (place, policy): (u32, &Policy)) -> Option<Diagnostic> {
    let acting = || Direction::ALL.into_iter().filter(|direction| policy.directions.contains(*direction));
    let subject = context.index.policy(place).and_then(|policy| context.index.term(policy.subject))?;
    let is_never_met = |class: ClassId| acting().all(|direction| is_isolated(context, class, direction));
    let has_rules = !policy.rules.is_empty();
    let is_met = subject.selected.iter().chain(subject.unknown.iter()).any(|class| !is_never_met(class));
    if !has_rules || subject.selected.is_empty() || is_met {
        return None;
    }
    let message = format!(
        "no pod meets `{}`: NetworkPolicies isolate every pod that it selects, and decide before it",
        policy.object
    );
    let place = context.head(context.span(policy.origin)?);
    Some(
        RULE.finding(place, message)
            .with_object(policy.object.clone())
            .with_help("what must hold for pods with NetworkPolicies belongs in the Admin tier"),
    )
}

/// Whether a NetworkPolicy surely isolates the pods of a class.
fn is_isolated(context: &Context<'_>, class: ClassId, direction: Direction) -> bool {
    context.index.selecting(class, direction).iter().any(|entry| {
        let PolicyRef::Evaluated(place) = entry.policy else { return false };
        let policy = context.policies.policies.get(place as usize);
        entry.answer.truth.is_yes() && policy.is_some_and(|policy| policy.isolation(direction).is_yes())
    })
}
