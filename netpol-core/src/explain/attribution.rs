//! Which rules an answer rests on, and what of it no rule takes. This reads a trace; it decides nothing.

use super::explain::Scene;
use crate::evaluate::{DirectionTrace, PolicyRef, TierTrace};
use crate::net::ConnectionSet;
use crate::policy::{Action, Combine, TierId};

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
        let combine = scene.policies.pipeline.tiers.get(usize::from(tier.tier.0)).map(|tier| tier.combine);
        let mut left = open.clone();
        let mut passed = ConnectionSet::empty();
        for policy in &tier.policies {
            let Some(source) = scene.policy(policy.policy) else { continue };
            for rule in &policy.rules {
                let Some(action) = source.rules.get(rule.rule).map(|rule| rule.value.action) else {
                    continue;
                };
                let scope = if combine == Some(Combine::FirstMatch) { &left } else { open };
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
