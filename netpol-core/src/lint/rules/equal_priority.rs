//! `equal-priority`.

use std::collections::BTreeMap;

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::{Context, Level, Levels, Needs, Rule, ordered};
use crate::policy::{Action, Direction, Policy};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("equal-priority"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Warning, strict: Level::Warning },
    summary: "two policies of one tier and priority may decide the same traffic differently, in an order that nobody defines",
    page: include_str!("equal-priority.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut equal: BTreeMap<_, Vec<(u32, &Policy)>> = BTreeMap::new();
    for (place, policy) in ordered::policies(context) {
        equal.entry((policy.tier, policy.order)).or_default().push((place, policy));
    }
    equal.values().filter_map(|policies| finding(context, policies)).collect()
}

/// One finding a priority, at the last policy that meets an earlier one.
fn finding<'a>(context: &Context<'a>, policies: &[(u32, &'a Policy)]) -> Option<Diagnostic> {
    let mut met = Vec::new();
    for (number, later) in policies.iter().enumerate() {
        let earlier = policies.iter().take(number);
        met.extend(
            earlier.filter(|earlier| meet(context, **earlier, *later)).map(|earlier| (*earlier, *later)),
        );
    }
    let ((_, _), (_, last)) = *met.first()?;
    let message = format!(
        "`{}` and another policy of its priority decide the same traffic differently: which comes first is not defined",
        last.object
    );
    let place = context.head(context.span(last.origin)?);
    let found = RULE
        .finding(place, message)
        .with_object(last.object.clone())
        .with_help("give them different priorities: the lower number comes first");
    let others = met.iter().filter(|(_, later)| later.1.object == last.object).map(|(earlier, _)| earlier.1);
    Some(others.fold(found, |found, other| match context.span(other.origin) {
        Some(span) => {
            found.with_related(context.head(span), format!("`{}` has the same priority", other.object))
        }
        None => found,
    }))
}

/// Whether two policies select a pod together, and have rules of different actions that may match the same.
fn meet<'a>(context: &Context<'a>, one: (u32, &'a Policy), other: (u32, &'a Policy)) -> bool {
    let subject = |place| {
        let subject = context.index.policy(place).map(|policy| policy.subject);
        subject.and_then(|subject| context.index.term(subject))
    };
    let Some((left, right)) = subject(one.0).zip(subject(other.0)) else { return false };
    let selects_both = left.selected.iter().any(|class| right.answer(class).truth.is_yes());
    selects_both && Direction::ALL.into_iter().any(|direction| differ(context, (one, other), direction))
}

type Pair<'a> = ((u32, &'a Policy), (u32, &'a Policy));

fn differ<'a>(context: &Context<'a>, (one, other): Pair<'a>, direction: Direction) -> bool {
    let (left, right) = (ordered::rules(context, one, direction), ordered::rules(context, other, direction));
    left.iter().any(|rule| {
        right.iter().any(|against| {
            let actions: [Action; 2] = [rule.indexed.action, against.indexed.action];
            let ports = [&rule.indexed.ports, &against.indexed.ports];
            let share_ports = ports[0].fixed.overlaps(&ports[1].fixed);
            actions[0] != actions[1]
                && share_ports
                && ordered::share_a_peer(context, rule.indexed, against.indexed)
        })
    })
}
