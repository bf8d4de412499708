//! All rules, by name.

use super::Rule;
use super::rules::{
    block_covers_pods, client_range_behind_cluster_policy, comment_contradicts_cidr,
    database_port_open_to_world, denied_in_name_only, dns_egress_blocked, dns_single_protocol,
    egress_list_without_effect, empty_rule_allows_all, except_given_back, exposed_service_not_admitted,
    half_deny_all, host_network_selected, implicit_ingress_isolation, legacy_namespace_label,
    metadata_address_reachable, named_port_unknown, namespace_without_default_deny, needless_today,
    one_family_in_dual_stack, one_sided_connection, peer_matches_nothing, pod_name_without_pod,
    policy_selects_nothing, reading, redundant_policy, redundant_rule, rule_without_direction,
    service_port_not_pod_port, split_peer, split_rule, suppressions, unenforced_policy,
    unwritten_policy_types, workload_not_isolated,
};
use crate::diagnostic::RuleName;
use crate::text::nearest;

/// All rules, in the order of their names.
pub const RULES: &[&Rule] = &[
    &reading::AMBIGUOUS_CIDR,
    &block_covers_pods::RULE,
    &client_range_behind_cluster_policy::RULE,
    &comment_contradicts_cidr::RULE,
    &database_port_open_to_world::RULE,
    &denied_in_name_only::RULE,
    &dns_egress_blocked::RULE,
    &dns_single_protocol::RULE,
    &reading::DUPLICATE_KEY,
    &reading::DUPLICATE_OBJECT,
    &egress_list_without_effect::RULE,
    &empty_rule_allows_all::RULE,
    &except_given_back::RULE,
    &suppressions::EXPIRED_SUPPRESSION,
    &exposed_service_not_admitted::RULE,
    &half_deny_all::RULE,
    &host_network_selected::RULE,
    &implicit_ingress_isolation::RULE,
    &reading::INVALID_FIELD,
    &legacy_namespace_label::RULE,
    &metadata_address_reachable::RULE,
    &named_port_unknown::RULE,
    &namespace_without_default_deny::RULE,
    &needless_today::RULE,
    &one_family_in_dual_stack::RULE,
    &one_sided_connection::RULE,
    &peer_matches_nothing::RULE,
    &pod_name_without_pod::RULE,
    &policy_selects_nothing::RULE,
    &redundant_policy::RULE,
    &redundant_rule::RULE,
    &reading::REMOVED_API_VERSION,
    &rule_without_direction::RULE,
    &service_port_not_pod_port::RULE,
    &split_peer::RULE,
    &split_rule::RULE,
    &reading::SURPRISING_SCALAR,
    &unenforced_policy::RULE,
    &reading::UNEVALUATED_POLICY,
    &reading::UNKNOWN_FIELD,
    &reading::UNKNOWN_KIND,
    &suppressions::UNKNOWN_SUPPRESSION,
    &reading::UNREADABLE_YAML,
    &reading::UNRENDERED_TEMPLATE,
    &reading::UNRESOLVED_PLACEHOLDER,
    &suppressions::UNUSED_SUPPRESSION,
    &unwritten_policy_types::RULE,
    &workload_not_isolated::RULE,
    &reading::WRONG_TYPE,
];

/// The rule of a name.
pub fn rule_named(name: &str) -> Option<&'static Rule> {
    RULES.binary_search_by(|rule| rule.name.0.cmp(name)).ok().and_then(|at| RULES.get(at).copied())
}

/// The name of a rule that a slip of the finger would make of `typed`.
pub fn nearest_rule(typed: &str) -> Option<RuleName> {
    let limit = (typed.chars().count() / 3).max(1);
    nearest(typed, RULES.iter().map(|rule| rule.name.0), limit).map(RuleName)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_stand_in_the_order_of_their_names_and_each_once() {
        assert!(RULES.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn names_are_words_in_lower_case_with_hyphens() {
        for rule in RULES {
            let is_fine = |letter: char| letter.is_ascii_lowercase() || letter == '-';
            assert!(rule.name.0.chars().all(is_fine), "{}", rule.name);
        }
    }

    #[test]
    fn a_rule_is_found_by_its_name_and_a_slip_by_the_nearest() {
        assert_eq!(rule_named("unknown-field").unwrap().name.0, "unknown-field");
        assert!(rule_named("unknown").is_none());
        assert_eq!(nearest_rule("unknwon-field"), Some(RuleName("unknown-field")));
        assert_eq!(nearest_rule("weather"), None);
    }

    #[test]
    fn every_page_has_its_headings() {
        for rule in RULES {
            for heading in
                ["## What it does", "## Why it matters", "## Example", "## Instead", "## Known limits"]
            {
                assert!(rule.page.contains(heading), "{}: {heading}", rule.name);
            }
        }
    }
}
