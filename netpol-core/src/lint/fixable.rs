//! Which rules carry fixes: for the documents, and checked against what the rules do.

use super::Rule;
use crate::diagnostic::rule;
use crate::diagnostic::{Applicability, RuleName};

/// The rules of which findings carry fixes, with the surest of those, in the order of their names.
const FIXABLE: &[(RuleName, Applicability)] = &[
    (rule::AMBIGUOUS_CIDR, Applicability::Safe),
    (RuleName("deprecated-policy-kind"), Applicability::Unsafe),
    (RuleName("dns-egress-blocked"), Applicability::Unsafe),
    (RuleName("dns-single-protocol"), Applicability::Unsafe),
    (RuleName("egress-list-without-effect"), Applicability::Unsafe),
    (RuleName("implicit-ingress-isolation"), Applicability::Safe),
    (rule::INVALID_FIELD, Applicability::Safe),
    (RuleName("legacy-namespace-label"), Applicability::Unsafe),
    (RuleName("metadata-address-reachable"), Applicability::Unsafe),
    (RuleName("peer-within-another"), Applicability::Unsafe),
    (RuleName("rule-without-direction"), Applicability::Unsafe),
    (RuleName("split-peer"), Applicability::Unsafe),
    (RuleName("split-rule"), Applicability::Unsafe),
    (rule::UNKNOWN_FIELD, Applicability::Unsafe),
    (RuleName("unwritten-policy-types"), Applicability::Unsafe),
    (rule::WRONG_TYPE, Applicability::Safe),
];

impl Rule {
    /// The surest fix that findings of the rule may carry; `None` when none carries one.
    pub fn fix(&self) -> Option<Applicability> {
        FIXABLE.iter().find(|(name, _)| *name == self.name).map(|(_, surest)| *surest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::rule_named;

    #[test]
    fn every_fixable_rule_is_a_rule_and_stands_in_its_place() {
        assert!(FIXABLE.iter().all(|(name, _)| rule_named(name.0).is_some()));
        assert!(FIXABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
