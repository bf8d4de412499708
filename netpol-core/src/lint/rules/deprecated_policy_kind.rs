//! `deprecated-policy-kind`.

use std::collections::BTreeMap;

use crate::diagnostic::{Applicability, Category, Diagnostic, Edit, Fix, RuleName};
use crate::dialect::cluster_policy::{Action, ClusterPolicy, Port, Standing, Tier};
use crate::lint::{Context, Level, Levels, Needs, Rule};
use crate::net::Protocol;
use crate::text::Spanned;
use crate::yaml::{Value, edit};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("deprecated-policy-kind"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Info, strict: Level::Warning },
    summary: "AdminNetworkPolicy and BaselineAdminNetworkPolicy were replaced by ClusterNetworkPolicy",
    page: include_str!("deprecated-policy-kind.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// The most rules, peers and ports of a list in the kind that replaces them.
const MOST: usize = 25;
/// The priority that a policy gets which had none: behind all others.
const LAST: i64 = 1000;

/// One finding a kind, however many policies are of it; each with a rewrite of its own would say the same over and over.
fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut of_kind: BTreeMap<&str, Vec<&ClusterPolicy>> = BTreeMap::new();
    for policy in context.cluster_policies().filter(|policy| policy.is_deprecated()) {
        of_kind.entry(&policy.object.kind).or_default().push(policy);
    }
    of_kind.values().filter_map(|policies| finding(context, policies)).collect()
}

fn finding(context: &Context<'_>, policies: &[&ClusterPolicy]) -> Option<Diagnostic> {
    let (first, others) = policies.split_first()?;
    let kind = &first.object.kind;
    let message = match others.len() {
        0 => format!("`{kind}` was replaced by `ClusterNetworkPolicy`"),
        more => format!("`{kind}`, of which there are {}, was replaced by `ClusterNetworkPolicy`", more + 1),
    };
    let found = RULE
        .finding(context.head(first.span), message)
        .with_object(first.object.clone())
        .with_help("rewrite it once the cluster has ClusterNetworkPolicy v1alpha2; clusters that have both kinds read both");
    let found = others.iter().fold(found, |found, other| {
        found.with_related(context.head(other.span), format!("`{}` too", other.object))
    });
    let edits: Option<Vec<Edit>> = policies
        .iter()
        .map(|policy| rewrite(context, policy))
        .collect::<Option<Vec<_>>>()
        .map(|it| it.concat());
    Some(match edits {
        Some(edits) => found.with_fix(Fix {
            message: "rewrite as `ClusterNetworkPolicy`".to_owned(),
            applicability: Applicability::Unsafe,
            edits,
        }),
        None => found,
    })
}

/// The edits that make a `ClusterNetworkPolicy` of a policy; `None` where it has more than that kind may, or something that
/// the kind cannot say.
fn rewrite(context: &Context<'_>, policy: &ClusterPolicy) -> Option<Vec<Edit>> {
    let (file, document) = (policy.span.file, policy.span);
    let source = context.files.get(file)?;
    let replace =
        |path: &str, old: &str, new: &str| edit::replace_text(file, source, document, path, (old, new));
    let insert =
        |key: &str, value: Value<'_>| edit::insert_key(file, source, document, "spec", (key, &value));
    let (rules, is_small) = (policy.ingress.iter().chain(&policy.egress).flatten(), fits(policy));
    if policy.standing != Standing::Accepted || !is_small {
        return None;
    }
    let mut edits = vec![
        replace("apiVersion", "policy.networking.k8s.io/v1alpha1", "policy.networking.k8s.io/v1alpha2")?,
        replace("kind", &policy.object.kind, "ClusterNetworkPolicy")?,
    ];
    let tier = if policy.tier? == Tier::Admin { "Admin" } else { "Baseline" };
    let mut added = vec![insert("tier", Value::String(tier.into()))?];
    if tier == "Baseline" {
        added.push(insert("priority", Value::Int(LAST))?);
    }
    edits.extend(edit::joined(added));
    for rule in rules {
        let action = rule.value.action.as_ref()?;
        if action.value == Action::Accept {
            edits.push(Edit { span: action.span, text: "Accept".to_owned() });
        }
        if let (Some(key), Some(ports)) = (rule.value.ports_key, &rule.value.ports) {
            edits.push(Edit { span: key, text: "protocols".to_owned() });
            for port in ports {
                edits.push(Edit { span: port.span, text: protocol(port)? });
            }
        }
    }
    Some(edits)
}

fn fits(policy: &ClusterPolicy) -> bool {
    let lists = [&policy.ingress, &policy.egress];
    lists.into_iter().flatten().all(|rules| {
        let is_small = |rule: &Spanned<crate::dialect::cluster_policy::Rule>| {
            rule.value.peers.len() <= MOST
                && rule.value.ports.as_ref().is_none_or(|ports| ports.len() <= MOST)
        };
        rules.len() <= MOST && rules.iter().all(is_small)
    })
}

/// A port as an item of `protocols`.
fn protocol(port: &Spanned<Port>) -> Option<String> {
    if port.via.is_some() {
        return None;
    }
    Some(match &port.value {
        Port::Named(name) => format!("{{destinationNamedPort: {}}}", crate::yaml::emit::text(name)),
        Port::Range { protocol: Some(protocol), first: Some(first), last: Some(last), .. }
            if first <= last =>
        {
            let name = Protocol::lower(*protocol);
            let port = if first == last {
                format!("number: {first}")
            } else {
                format!("range: {{start: {first}, end: {last}}}")
            };
            format!("{{{name}: {{destinationPort: {{{port}}}}}}}")
        }
        Port::Range { .. } => return None,
    })
}
