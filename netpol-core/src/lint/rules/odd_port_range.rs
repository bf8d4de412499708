//! `odd-port-range`.

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::cluster_policy::Port;
use crate::lint::{Context, Level, Levels, Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("odd-port-range"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a range of ports ends before it starts, and matches nothing, or holds a single port",
    page: include_str!("odd-port-range.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for policy in context.cluster_policies() {
        let rules = policy.ingress.iter().chain(&policy.egress).flatten();
        for port in rules.flat_map(|rule| rule.value.ports.iter().flatten()) {
            let Port::Range { first: Some(first), last: Some(last), is_range: true, .. } = port.value else {
                continue;
            };
            let (severity, message, help) = match first.cmp(&last) {
                std::cmp::Ordering::Less => continue,
                std::cmp::Ordering::Equal => (
                    Severity::Info,
                    format!("the range holds the port {first} alone"),
                    "write it as one port",
                ),
                std::cmp::Ordering::Greater => (
                    Severity::Warning,
                    format!("the range ends at {last}, before it starts at {first}: it matches no port"),
                    "exchange the two",
                ),
            };
            let finding = RULE.finding(context.head(port.span), message).with_severity(severity);
            found.push(finding.with_object(policy.object.clone()).with_help(help));
        }
    }
    found
}
