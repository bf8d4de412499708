//! Which rules an answer rests on, and what of it no rule takes. This reads a trace; it decides nothing.

use super::scene::Scene;
use crate::evaluate::{DirectionTrace, PolicyRef, TierTrace};
use crate::net::ConnectionSet;
use crate::policy::{Action, TierId, Ties};

/// What the answer of one direction rests on.
#[derive(Debug, Clone, Default)]
pub(super) struct Attribution {
    /// The rules that the answer rests on.
    deciding: Vec<(PolicyRef, usize)>,
    /// Those of them that deny something that is denied.
    pub(super) denying: Vec<(PolicyRef, usize)>,
    /// What no rule takes and an isolating tier denies.
    pub(super) unmatched: ConnectionSet,
    /// The tier that denies it.
    pub(super) isolating_tier: Option<TierId>,
}

impl Attribution {
    /// Follows what was asked through the tiers of a trace.
    pub(super) fn of(scene: Scene<'_>, trace: &DirectionTrace) -> Self {
        let mut attribution = Self::default();
        let mut open = scene.pair.asked.clone();
        let denied = open.difference(&trace.decided.allowed).difference(&trace.decided.unknown);
        for tier in &trace.tiers {
            if open.is_empty() {
                break;
            }
            open = attribution.follow(scene, (trace, tier), (&open, &denied));
        }
        attribution
    }

    /// Whether the answer rests on a rule.
    pub(super) fn decides(&self, policy: PolicyRef, rule: usize) -> bool {
        self.deciding.contains(&(policy, rule))
    }

    /// Takes what is open into a tier; gives what the next tier is to decide.
    fn follow(
        &mut self,
        scene: Scene<'_>,
        (trace, tier): (&DirectionTrace, &TierTrace),
        (open, denied): (&ConnectionSet, &ConnectionSet),
    ) -> ConnectionSet {
        let ties = scene.policies.pipeline.tier(tier.tier).map(|tier| tier.ties);
        let mut left = open.clone();
        let mut passed = ConnectionSet::empty();
        for policy in &tier.policies {
            let Some(source) = scene.policy(policy.policy) else { continue };
            for rule in &policy.rules {
                let Some(action) = source.rules.get(rule.rule).map(|rule| rule.value.action) else {
                    continue;
                };
                let scope = if ties == Some(Ties::Together) { open } else { &left };
                let hit = rule.matched.possible().intersection(scope);
                let is_deciding = match action {
                    Action::Allow => hit.overlaps(&trace.decided.allowed),
                    Action::Deny => hit.overlaps(denied),
                    Action::Pass => !hit.is_empty(),
                };
                if is_deciding {
                    self.deciding.push((policy.policy, rule.rule));
                    if action == Action::Deny {
                        self.denying.push((policy.policy, rule.rule));
                    }
                }
                if policy.selects.truth.is_yes() {
                    if action == Action::Pass {
                        passed = passed.union(&rule.matched.allowed.intersection(&left));
                    }
                    left = left.difference(&rule.matched.allowed);
                }
            }
        }
        if !tier.isolates {
            return left.union(&passed);
        }
        let unmatched = left.intersection(denied);
        if !unmatched.is_empty() {
            self.unmatched = unmatched;
            self.isolating_tier = Some(tier.tier);
        }
        passed
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{DirectionExplanation, Remedy};
    use crate::evaluate::{Decision, PolicyRef};
    use crate::policy::{Action, Certainty, Direction, Stage, Tier, TierId, Ties};
    use crate::report::scenario::{RuleSpec, Scenario, app, app_peer, tcp};

    /// A first-match tier with one policy of these actions before the tier that isolates.
    fn tiered(first: &[(Action, RuleSpec)], second: Vec<RuleSpec>) -> Scenario {
        type Named<'n> = (&'n str, &'n str, &'n [(&'n str, &'n str)]);
        let workloads: [Named<'_>; 2] =
            [("shop", "cart", &[("app", "cart")]), ("shop", "web", &[("app", "web")])];
        let rules = first.iter().map(|(_, rule)| rule.clone()).collect();
        let mut scenario = Scenario::new(&workloads)
            .policy("admin", app(&["cart"]), Direction::Ingress, rules)
            .policy("in", app(&["cart"]), Direction::Ingress, second);
        let pipeline = &mut scenario.policies.pipeline;
        pipeline.tiers.push(Tier { ties: Ties::ByRule, ..pipeline.tiers[0].clone() });
        pipeline.stages.insert(0, Stage::Rules(TierId(1)));
        let admin = Arc::make_mut(&mut scenario.policies.policies[0]);
        admin.tier = TierId(1);
        admin.isolates = [Certainty::No; 2];
        for (position, (rule, (action, _))) in (0u32..).zip(admin.rules.iter_mut().zip(first)) {
            (rule.value.action, rule.value.position) = (*action, position);
        }
        scenario
    }

    fn ingress(scenario: &Scenario) -> DirectionExplanation {
        scenario.tcp("web", "cart", 80).pairs.remove(0).ingress
    }

    fn deciding(direction: &DirectionExplanation) -> Vec<(usize, usize)> {
        let policies = direction.policies.iter().enumerate();
        let rules = policies.flat_map(|(number, policy)| policy.rules.iter().map(move |rule| (number, rule)));
        rules.filter(|(_, rule)| rule.decides).map(|(policy, rule)| (policy, rule.rule)).collect()
    }

    fn web() -> RuleSpec {
        (Some(vec![app_peer(&["web"])]), Some(vec![tcp(80)]))
    }

    #[test]
    fn of_rules_in_order_only_the_first_that_matches_decides() {
        let scenario = tiered(&[(Action::Deny, web()), (Action::Allow, web())], vec![(None, None)]);
        let direction = ingress(&scenario);
        assert_eq!((direction.decision, deciding(&direction)), (Decision::Deny, vec![(0, 0)]));
        let [Remedy::Deny { policy, rule: 0, .. }] = direction.remedies[..] else { panic!("a rule denies") };
        assert_eq!(policy, PolicyRef::Evaluated(0));
    }

    #[test]
    fn what_is_passed_on_is_decided_by_the_next_tier() {
        let pass = [(Action::Pass, web()), (Action::Deny, web())];
        let allowed = ingress(&tiered(&pass, vec![(None, None)]));
        assert_eq!((allowed.decision, deciding(&allowed)), (Decision::Allow, vec![(0, 0), (1, 0)]));
        let denied = ingress(&tiered(&pass, vec![]));
        assert_eq!((denied.decision, deciding(&denied)), (Decision::Deny, vec![(0, 0)]));
        assert!(
            matches!(&denied.remedies[..], [Remedy::NewPolicy(new)] if new.beside == PolicyRef::Evaluated(1))
        );
    }

    #[test]
    fn what_an_earlier_tier_allows_no_later_rule_decides() {
        let direction = ingress(&tiered(&[(Action::Allow, web())], vec![(None, None)]));
        assert_eq!((direction.decision, deciding(&direction)), (Decision::Allow, vec![(0, 0)]));
    }
}
