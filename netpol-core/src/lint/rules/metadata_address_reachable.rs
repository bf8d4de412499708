//! `metadata-address-reachable`.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::cluster::WorkloadId;
use crate::diagnostic::{Applicability, Category, Diagnostic, Fix, RuleName};
use crate::lint::unshown::unshown;
use crate::lint::{Context, Isolated, Level, Levels, Needs, Rule, RuleAt, words};
use crate::net::{IpSet, Protocol};
use crate::policy::{Direction, OriginId, Peer};
use crate::yaml::{Value, edit};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("metadata-address-reachable"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Info, strict: Level::Warning },
    summary: "a block for the world lets pods ask the cloud's metadata service, which hands out credentials",
    page: include_str!("metadata-address-reachable.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// Where the clouds' metadata services answer, on TCP 80.
const METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// So many further blocks are pointed at.
const POINTED_AT: usize = 3;

/// A block that admits an address, where it stands and whose pods it lets through.
type Blocks<'a> = BTreeMap<(OriginId, IpAddr), (RuleAt<'a>, usize, Vec<WorkloadId>)>;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut blocks = Blocks::new();
    for isolated in context.isolated(Direction::Egress) {
        for address in METADATA {
            if is_allowed(context, isolated, address) {
                add(context, isolated, address, &mut blocks);
            }
        }
    }
    let told = blocks.into_iter();
    let told = told.filter_map(|((origin, address), (rule, peer, workloads))| {
        finding(context, (origin, address), (&rule, peer), workloads)
    });
    told.chain(of_unshown(context)).collect()
}

/// The same of pods that the input does not show: the first block for the world, once for all policies.
fn of_unshown(context: &Context<'_>) -> Option<Diagnostic> {
    let [address, _] = METADATA;
    let mut blocks = Blocks::new();
    let all = unshown(context, Direction::Egress);
    all.for_each(|pods| add_of(pods.rules.into_iter(), &[], address, &mut blocks));
    let mut told = blocks.into_iter();
    let ((origin, _), (rule, peer, _)) = told.next()?;
    let message = format!("this block lets the pods ask the cloud's metadata service at {address}");
    let found = found(context, (origin, address), &rule, message)?;
    let places = told.filter_map(|((origin, _), _)| context.span(origin)).take(POINTED_AT);
    let found = places.fold(found, |found, place| found.with_related(context.head(place), "and this one"));
    Some(fix(context, &rule, peer, IpNet::from(address)).into_iter().fold(found, Diagnostic::with_fix))
}

/// Whether the policies of some pods, combined, let them ask.
fn is_allowed(context: &Context<'_>, isolated: &Isolated, address: IpAddr) -> bool {
    let row = context.rows().outside_of(isolated.subject, Direction::Egress);
    let mut parts = row.outside.iter().filter(|part| part.peers.contains(address));
    parts.any(|part| part.decided.allowed.contains(Protocol::Tcp, 80))
}

/// The first block that admits the address, unless it is meant or a rule allows everybody.
fn add<'a>(context: &Context<'a>, isolated: &Isolated, address: IpAddr, blocks: &mut Blocks<'a>) {
    add_of(isolated.rules(context), &isolated.workloads, address, blocks);
}

fn add_of<'a>(
    rules: impl Iterator<Item = RuleAt<'a>>,
    workloads: &[WorkloadId],
    address: IpAddr,
    blocks: &mut Blocks<'a>,
) {
    let admits = |rule: &RuleAt<'_>| rule.indexed.ports.fixed.contains(Protocol::Tcp, 80);
    let rules: Vec<RuleAt<'a>> = rules.filter(admits).collect();
    if rules.iter().any(|rule| rule.rule.value.peers.is_none()) {
        return;
    }
    let mut found = None;
    for rule in rules {
        for (number, peer) in rule.rule.value.peers.iter().flatten().enumerate() {
            let Peer::Addresses(block) = &peer.value else { continue };
            if !block.addresses.contains(address) {
                continue;
            }
            if is_meant(&block.addresses) {
                return;
            }
            found = found.or(Some((peer.origin, rule, number)));
        }
    }
    if let Some((origin, rule, number)) = found {
        let entry = blocks.entry((origin, address)).or_insert((rule, number, Vec::new()));
        entry.2.extend(workloads);
    }
}

/// A small block around the address is there for its sake.
fn is_meant(block: &IpSet) -> bool {
    block.cidrs().iter().all(|cidr| match cidr {
        IpNet::V4(cidr) => cidr.prefix_len() >= 16,
        IpNet::V6(cidr) => cidr.prefix_len() >= 32,
    })
}

fn finding(
    context: &Context<'_>,
    (origin, address): (OriginId, IpAddr),
    (rule, peer): (&RuleAt<'_>, usize),
    mut workloads: Vec<WorkloadId>,
) -> Option<Diagnostic> {
    workloads.sort_unstable();
    workloads.dedup();
    let message = format!(
        "{} can ask the cloud's metadata service at {address}, once all policies are combined",
        words::count(context, &workloads)
    );
    let named = words::workloads(context, &workloads);
    let found = found(context, (origin, address), rule, message)?;
    let found = found.with_label(format!("lets {named} through to {address} tcp/80"));
    Some(fix(context, rule, peer, IpNet::from(address)).into_iter().fold(found, Diagnostic::with_fix))
}

fn found(
    context: &Context<'_>,
    (origin, address): (OriginId, IpAddr),
    rule: &RuleAt<'_>,
    message: String,
) -> Option<Diagnostic> {
    let found = RULE.finding(context.head(context.span(origin)?), message);
    let help = format!("leave it out, unless these pods need it: `except: [{}]`", IpNet::from(address));
    Some(found.with_object(rule.policy.object.clone()).with_help(help))
}

fn fix(context: &Context<'_>, rule: &RuleAt<'_>, peer: usize, except: IpNet) -> Option<Fix> {
    let document = context.span(rule.policy.origin)?;
    let source = context.files.get(document.file)?;
    let rule_path = &context.policies.origins.get(rule.rule.origin)?.path;
    let path = format!("spec.{rule_path}.to[{peer}].ipBlock.except");
    let item = Value::String(except.to_string().into());
    let edits = edit::add_items(document.file, source, document, &path, vec![item])?;
    let message = format!("leave {except} out");
    Some(Fix { message, applicability: Applicability::Unsafe, edits })
}
