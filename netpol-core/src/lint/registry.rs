//! All rules, by name.

use super::Rule;
use super::rules::{
    api_server_by_selector, baseline_never_met, block_covers_pods, changing_label_selected,
    client_range_behind_cluster_policy, comment_contradicts_cidr, database_port_open_to_world,
    default_deny_opened, denied_in_name_only, deny_all_without_dns, deprecated_policy_kind,
    dns_egress_blocked, dns_peer_mistaken, dns_policy_isolates, dns_single_protocol, domain_names_with_deny,
    egress_list_without_effect, egress_listed_without_rules, egress_without_dns, empty_rule_allows_all,
    equal_priority, except_given_back, exposed_service_not_admitted, half_deny_all, host_network_selected,
    implicit_ingress_isolation, legacy_namespace_label, metadata_address_reachable, named_port_unknown,
    named_service_refused, namespace_label_missing, namespace_without_default_deny, needless_today,
    network_policy_overruled, odd_port_range, one_family_in_dual_stack, one_sided_connection,
    outside_by_selector, peer_matches_nothing, peer_within_another, pod_name_without_pod,
    policy_in_empty_namespace, policy_selects_nothing, reading, redundant_policy, redundant_rule,
    reply_traffic_allowed, rule_without_direction, service_port_not_pod_port, service_without_clients,
    shadowed_rule, split_peer, split_rule, suppressions, undeclared_port, unenforced_policy,
    unwritten_policy_types, whole_namespace_admitted, workload_not_isolated,
};
use crate::diagnostic::RuleName;
use crate::text::nearest;

/// All rules, in the order of their names.
pub const RULES: &[&Rule] = &[
    &reading::AMBIGUOUS_CIDR,
    &api_server_by_selector::RULE,
    &baseline_never_met::RULE,
    &block_covers_pods::RULE,
    &changing_label_selected::RULE,
    &client_range_behind_cluster_policy::RULE,
    &comment_contradicts_cidr::RULE,
    &database_port_open_to_world::RULE,
    &default_deny_opened::RULE,
    &denied_in_name_only::RULE,
    &deny_all_without_dns::RULE,
    &deprecated_policy_kind::RULE,
    &dns_egress_blocked::RULE,
    &dns_peer_mistaken::RULE,
    &dns_policy_isolates::RULE,
    &dns_single_protocol::RULE,
    &domain_names_with_deny::RULE,
    &reading::DUPLICATE_KEY,
    &reading::DUPLICATE_OBJECT,
    &egress_list_without_effect::RULE,
    &egress_listed_without_rules::RULE,
    &egress_without_dns::RULE,
    &empty_rule_allows_all::RULE,
    &equal_priority::RULE,
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
    &named_service_refused::RULE,
    &namespace_label_missing::RULE,
    &namespace_without_default_deny::RULE,
    &needless_today::RULE,
    &network_policy_overruled::RULE,
    &odd_port_range::RULE,
    &one_family_in_dual_stack::RULE,
    &one_sided_connection::RULE,
    &outside_by_selector::RULE,
    &peer_matches_nothing::RULE,
    &peer_within_another::RULE,
    &pod_name_without_pod::RULE,
    &policy_in_empty_namespace::RULE,
    &policy_selects_nothing::RULE,
    &redundant_policy::RULE,
    &redundant_rule::RULE,
    &reading::REMOVED_API_VERSION,
    &reply_traffic_allowed::RULE,
    &rule_without_direction::RULE,
    &service_port_not_pod_port::RULE,
    &service_without_clients::RULE,
    &shadowed_rule::RULE,
    &split_peer::RULE,
    &split_rule::RULE,
    &reading::SURPRISING_SCALAR,
    &undeclared_port::RULE,
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
    &whole_namespace_admitted::RULE,
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
