//! The coverage of a cluster as tables that a person reads.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::layout::{Layout, count};
use super::map::{assumed, below, braced};
use super::misses::pod_match;
use super::table::{Cell, Table};
use super::{Line, Role, Text, ends};
use crate::cluster::{Namespace, NamespaceId};
use crate::diagnostic::ObjectRef;
use crate::evaluate::PolicyRef;
use crate::net::ConnectionSet;
use crate::policy::{Direction, NamespaceMatch, PodMatch};
use crate::reach::coverage::{Counts, Coverage, Exposed, Exposure, UnusedRule, Why, WorkloadCoverage};
use crate::report::Context;
use crate::report::context::{rule_path, rule_span};
use crate::selector::{Operator, Truth};

/// The heading of the namespaces.
pub const NEW_PODS: &str = "a new pod would be isolated:";

/// After so many lines of workloads with the same coverage the rest is counted.
const LINES: usize = 12;
/// So many policies of several workloads are named; more are counted.
const POLICIES: usize = 3;

/// The coverage in words: how many, then a table for each direction, the namespaces, and the rules without a use. Tables have at
/// most `width` columns.
pub fn coverage(context: Context<'_>, coverage: &Coverage, width: usize) -> Text {
    let mut text = heading(coverage.counts());
    for direction in Direction::ALL {
        if !coverage.workloads.is_empty() {
            text.lines.push(Line::new());
            text.lines.push(Line::new().with(Role::Strong, format!("{direction}:")));
            text.lines.extend(below(&of_direction(context, coverage, direction), width));
        }
    }
    if !coverage.namespaces.is_empty() {
        text.lines.push(Line::new());
        text.lines.push(Line::new().with(Role::Strong, NEW_PODS));
        text.lines.extend(below(&namespaces(context, coverage), width));
    }
    text.lines.extend(basis(context, coverage).lines);
    text
}

/// The rules without a use, and what the coverage rests on.
pub fn basis(context: Context<'_>, coverage: &Coverage) -> Text {
    let mut layout = Layout::default();
    unused(&mut layout, context, coverage);
    assumed(&mut layout, context, &coverage.assumptions);
    layout.into_text(context)
}

/// The coverage as one table, a row for each workload and direction.
pub fn table(context: Context<'_>, coverage: &Coverage) -> Table {
    let mut table = Table::new(vec!["WORKLOAD", "DIRECTION", "ISOLATED BY", "PORTS", "OPEN TO"]);
    for workload in &coverage.workloads {
        for direction in Direction::ALL {
            let own = workload.of(direction);
            let alike = Alike {
                workloads: vec![workload],
                isolated: own.isolated,
                policies: own.policies.iter().copied().collect(),
                exposure: &own.exposure,
            };
            let [isolation, peers, ports] = cells(context, coverage, &alike);
            let end = Cell::plain(ends::end(context.cluster, &workload.end));
            table.rows.push(vec![end, Cell::plain(direction.name()), isolation, ports, peers]);
        }
    }
    table
}

/// Whom an exposure names: `every pod of shop`, `10.0.0.0/8`.
pub fn exposed(context: Context<'_>, peer: &Exposed) -> String {
    match peer {
        Exposed::Addresses(addresses) => ends::addresses(context.cluster, addresses),
        Exposed::Pods(pods) => match (one_namespace(&pods.namespaces), pods.pods.is_everything()) {
            (Some(name), true) => format!("every pod of `{name}`"),
            (Some(name), false) => format!("{} in `{name}`", pods.pods),
            (None, _) => pod_match(pods),
        },
    }
}

/// The namespace, when only one can be meant.
fn one_namespace(namespaces: &NamespaceMatch) -> Option<&str> {
    match namespaces {
        NamespaceMatch::Named(name) => Some(name),
        NamespaceMatch::Selected(selector) => match selector.requirements() {
            [only] if only.key.as_deref() == Some(Namespace::NAME_LABEL) && only.operator == Operator::In => {
                only.values
                    .first()
                    .filter(|_| only.values.len() == 1 && !only.has_unknown_value)
                    .map(String::as_str)
            }
            _ => None,
        },
    }
}

/// Why nothing uses a rule: `its policy selects no workload`.
pub const fn why(why: Why) -> &'static str {
    match why {
        Why::NoEffect => "its policy does not act in this direction",
        Why::NoSubject => "its policy selects no workload of the input",
        Why::NoPeer => "no workload of the input and no address outside is among its peers",
        Why::NoPort => "no workload of the input has a port of this name",
    }
}

/// How many workloads are isolated and open, in words.
pub fn heading(counts: Counts) -> Text {
    let mut text = Text::default();
    let all = count(counts.workloads, "workload", "workloads");
    let ingress = and_perhaps(counts.ingress_isolated, counts.ingress_perhaps_isolated);
    let egress = and_perhaps(counts.egress_isolated, counts.egress_perhaps_isolated);
    text.lines.push(Line::new().plain(format!("{all}: {ingress} isolated for ingress, {egress} for egress")));
    if counts.workloads > 0 {
        let into = and_perhaps(counts.ingress_internet, counts.ingress_perhaps_internet);
        let out = and_perhaps(counts.egress_internet, counts.egress_perhaps_internet);
        let words = format!("the internet can reach {into} of them, {out} of them can reach the internet");
        text.lines.push(Line::new().plain(words));
    }
    text
}

/// `3`, or `3 (perhaps 5)` where it could be two more.
fn and_perhaps(certain: usize, perhaps: usize) -> String {
    if perhaps == 0 { certain.to_string() } else { format!("{certain} (perhaps {})", certain + perhaps) }
}

fn of_direction(context: Context<'_>, coverage: &Coverage, direction: Direction) -> Table {
    let header = vec!["WORKLOADS", "ISOLATED BY", "PORTS", "OPEN TO"];
    let mut table = Table { in_step: 2, ..Table::new(header) };
    let mut alike: Vec<Alike<'_>> = Vec::new();
    let mut places: FxHashMap<(Truth, &[Exposure]), usize> = FxHashMap::default();
    for workload in &coverage.workloads {
        let own = workload.of(direction);
        let place = *places.entry((own.isolated, own.exposure.as_slice())).or_insert(alike.len());
        match alike.get_mut(place) {
            Some(alike) => {
                alike.workloads.push(workload);
                alike.policies.extend(&own.policies);
            }
            None => alike.push(Alike {
                workloads: vec![workload],
                isolated: own.isolated,
                policies: own.policies.iter().copied().collect(),
                exposure: &own.exposure,
            }),
        }
    }
    let sizes = sizes(coverage);
    alike.sort_by_key(|alike| alike.isolated);
    for alike in alike {
        let names = Cell::lines(names(context, (coverage, &sizes), &alike.workloads));
        let [isolation, peers, ports] = cells(context, coverage, &alike);
        table.rows.push(vec![names, isolation, ports, peers]);
    }
    table
}

/// Workloads that are open to the same.
#[derive(Debug)]
struct Alike<'c> {
    workloads: Vec<&'c WorkloadCoverage>,
    isolated: Truth,
    policies: BTreeSet<PolicyRef>,
    exposure: &'c [Exposure],
}

/// How many workloads each namespace has.
fn sizes(coverage: &Coverage) -> BTreeMap<NamespaceId, usize> {
    let mut sizes = BTreeMap::new();
    for workload in &coverage.workloads {
        *sizes.entry(workload.namespace).or_default() += 1;
    }
    sizes
}

/// Some workloads, a line or more for each namespace.
fn names(
    context: Context<'_>,
    (coverage, sizes): (&Coverage, &BTreeMap<NamespaceId, usize>),
    workloads: &[&WorkloadCoverage],
) -> Vec<String> {
    if workloads.len() == coverage.workloads.len() && workloads.len() > 1 {
        return vec![format!("every workload ({})", coverage.counts().workloads)];
    }
    let mut by_namespace: BTreeMap<NamespaceId, Vec<&WorkloadCoverage>> = BTreeMap::new();
    for workload in workloads {
        by_namespace.entry(workload.namespace).or_default().push(workload);
    }
    let mut lines = Vec::new();
    let mut rest = workloads.len();
    for (id, own) in by_namespace {
        if lines.len() >= LINES {
            lines.push(format!("and {}", count(rest, "more workload", "more workloads")));
            break;
        }
        rest -= own.len();
        lines.extend(of_namespace(context, (id, sizes), &own));
    }
    lines
}

/// Some workloads of one namespace.
fn of_namespace(
    context: Context<'_>,
    (id, sizes): (NamespaceId, &BTreeMap<NamespaceId, usize>),
    workloads: &[&WorkloadCoverage],
) -> Vec<String> {
    let name = context.cluster.namespace(id).map_or("?", |it| it.name.as_str());
    let number = workloads.len();
    if sizes.get(&id) == Some(&number) && number > 1 {
        return vec![format!("{name}/* ({number})")];
    }
    let prefix = format!("{name}/");
    let words: Vec<String> = workloads.iter().map(|it| ends::end(context.cluster, &it.end)).collect();
    match words.as_slice() {
        [one] => vec![one.clone()],
        many => {
            let short = |word: &String| word.strip_prefix(&prefix).unwrap_or(word).to_owned();
            vec![braced(&prefix, &many.iter().map(short).collect::<Vec<_>>())]
        }
    }
}

/// By what they are isolated, to whom they are open, and on which ports; the latter two line by line.
fn cells(context: Context<'_>, coverage: &Coverage, own: &Alike<'_>) -> [Cell; 3] {
    let names = |wanted: fn(&PolicyRef) -> bool| -> Vec<String> {
        let policies = own.policies.iter().filter(|policy| wanted(policy));
        let objects = policies.filter_map(|policy| context.object(*policy));
        objects.map(|object| policy_name(context, object)).collect()
    };
    let mut policies = names(|policy| matches!(policy, PolicyRef::Evaluated(_)));
    if own.workloads.len() > 1 && policies.len() > POLICIES {
        policies = vec![count(policies.len(), "policy", "policies")];
    } else if policies.len() > LINES {
        let rest = policies.len() - LINES;
        policies.truncate(LINES);
        policies.push(format!("and {}", count(rest, "more policy", "more policies")));
    }
    if own.isolated == Truth::Unknown {
        policies = policies.into_iter().map(|name| format!("perhaps by {name}")).collect();
    }
    let unread = names(|policy| matches!(policy, PolicyRef::Opaque(_)));
    if unread.len() > POLICIES {
        let number = count(unread.len(), "policy", "policies");
        policies.push(format!("perhaps by {number}, not evaluated"));
    } else {
        policies.extend(unread.into_iter().map(|name| format!("perhaps by {name}, not evaluated")));
    }
    match own.isolated {
        Truth::No => policies.insert(0, "not isolated".to_owned()),
        Truth::Unknown if policies.is_empty() => policies.push("not known".to_owned()),
        Truth::Unknown | Truth::Yes => {}
    }
    let open = |peer: &str, ports: &str| [Cell::plain(peer), Cell::plain(ports)];
    let [peers, ports] = match own.exposure {
        [] => open("nobody", ""),
        exposure if is_everyone(coverage, exposure) => {
            open("anyone, in the cluster or outside", "every port")
        }
        exposure => {
            let peers = exposure.iter().map(|entry| exposed(context, &entry.peer));
            let ports = exposure.iter().map(ports);
            [Cell::lines(peers.collect()), Cell::lines(ports.collect())]
        }
    };
    let role = match own.isolated {
        Truth::No => Some(Role::Unknown),
        Truth::Unknown | Truth::Yes => None,
    };
    [Cell { role, lines: policies }, peers, ports]
}

/// `shop/cart-ingress`; with its kind where policies are of several.
fn policy_name(context: Context<'_>, object: &ObjectRef) -> String {
    let policies = context.policies.policies.iter().map(|policy| &policy.object);
    let mut all = policies.chain(context.policies.opaque.iter().map(|opaque| &opaque.policy.object));
    match &object.namespace {
        Some(namespace) if all.all(|other| other.kind == object.kind) => {
            format!("{namespace}/{}", object.name)
        }
        _ => object.to_string(),
    }
}

fn is_everyone(coverage: &Coverage, exposure: &[Exposure]) -> bool {
    let is_whole = |entry: &Exposure| {
        entry.decided.allowed == ConnectionSet::every()
            && match &entry.peer {
                Exposed::Addresses(addresses) => *addresses == coverage.outside,
                Exposed::Pods(pods) => *pods == PodMatch::everything(),
            }
    };
    exposure.len() == 2 && exposure.iter().all(is_whole)
}

/// The ports that an exposure is about: `tcp/80, the ports named http`.
pub fn ports(Exposure { decided, named, .. }: &Exposure) -> String {
    let mut parts = Vec::new();
    if !decided.allowed.is_empty() {
        parts.push(decided.allowed.to_string());
    }
    match named.as_slice() {
        _ if decided.unknown.is_empty() => {}
        [] => parts.push(format!("perhaps {}", decided.unknown)),
        names => parts.push(format!("the ports named {}", names.join(", "))),
    }
    parts.join(", ")
}

/// The namespaces by whether a pod that is created there would be isolated.
pub fn namespaces(context: Context<'_>, coverage: &Coverage) -> Table {
    let mut table = Table::new(vec!["NAMESPACE", "INGRESS", "EGRESS"]);
    let word = |truth| match truth {
        Truth::Yes => Cell::with(Role::Allow, "yes"),
        Truth::Unknown => Cell::with(Role::Unknown, "perhaps"),
        Truth::No => Cell::with(Role::Deny, "no"),
    };
    let mut alike: BTreeMap<(Truth, Truth), Vec<String>> = BTreeMap::new();
    for namespace in &coverage.namespaces {
        let name = context.cluster.namespace(namespace.namespace).map_or("?", |it| it.name.as_str());
        alike.entry((namespace.ingress, namespace.egress)).or_default().push(name.to_owned());
    }
    for ((ingress, egress), names) in alike {
        table.rows.push(vec![Cell::plain(names.join(", ")), word(ingress), word(egress)]);
    }
    table
}

fn unused(layout: &mut Layout, context: Context<'_>, coverage: &Coverage) {
    if coverage.unused.is_empty() {
        return;
    }
    layout.line(Line::new());
    layout.line(Line::new().with(Role::Strong, "rules that nothing in the input uses:"));
    let mut reason = None;
    let mut rules: Vec<&UnusedRule> = coverage.unused.iter().collect();
    rules.sort_by_key(|rule| rule.why);
    for rule in rules {
        if reason != Some(rule.why) {
            reason = Some(rule.why);
            layout.line(Line::new().plain(format!("  {}:", why(rule.why))));
        }
        let policy = PolicyRef::Evaluated(rule.policy);
        let object = context.object(policy).map(ToString::to_string).unwrap_or_default();
        let words = format!("    {} of {object}", rule_path(context, policy, rule.rule));
        layout.placed(Line::new().plain(words), rule_span(context, policy, rule.rule));
    }
}
