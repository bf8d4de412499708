//! `pod-name-without-pod`.

use std::net::IpAddr;

use memchr::memmem;

use crate::cluster::GroupId;
use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::{Context, Level, Levels, Needs, Rule};
use crate::text::{FileId, Span};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("pod-name-without-pod"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "the cluster DNS name of a pod has an address that no pod has, and one nearly has",
    page: include_str!("pod-name-without-pod.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

const MARK: &str = ".pod.";

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    if context.cluster.by_address.is_empty() {
        return Vec::new();
    }
    let files = context.files.iter().filter(|(_, file)| file.is_manifest());
    files.flat_map(|(id, file)| in_file(context, id, file.text())).collect()
}

fn in_file<'c>(context: &'c Context<'_>, id: FileId, text: &'c str) -> impl Iterator<Item = Diagnostic> + 'c {
    memmem::find_iter(text.as_bytes(), MARK).filter_map(move |at| {
        let (start, name) = name_around(text, at)?;
        let start = u32::try_from(start).ok()?;
        let end = start.checked_add(u32::try_from(name.len()).ok()?)?;
        finding(context, name, Span::new(id, start, end))
    })
}

/// The DNS name around the mark, and where it begins.
fn name_around(text: &str, at: usize) -> Option<(usize, &str)> {
    let is_inner = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.');
    let (before, after) = text.split_at_checked(at)?;
    let start = before.len() - before.chars().rev().take_while(|letter| is_inner(*letter)).count();
    let end = at + after.chars().take_while(|letter| is_inner(*letter)).count();
    Some((start, text.get(start..end)?.trim_end_matches('.')))
}

fn finding(context: &Context<'_>, name: &str, span: Span) -> Option<Diagnostic> {
    let mut labels = name.split('.');
    let (address, namespace, "pod") = (labels.next()?, labels.next()?, labels.next()?) else { return None };
    let is_address =
        address.split('-').count() > 2 && address.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !is_address || holder(context, address).is_some() {
        return None;
    }
    let (near, group) = nearest(context, address, namespace)?;
    let message = format!("no pod has the address of `{name}`");
    let rest = name.get(address.len()..).unwrap_or_default();
    let found = RULE.finding(span, message).with_help(format!("did you mean `{near}{rest}`?"));
    let group = context.cluster.group(group)?;
    let workload = context.cluster.workload(group.workload).map(|it| context.workload_name(it));
    Some(found.with_related(
        context.head(group.span),
        format!("`{}` has nearly that address", workload.unwrap_or_default()),
    ))
}

/// The pod that has an address written with dashes.
fn holder(context: &Context<'_>, address: &str) -> Option<GroupId> {
    let address: IpAddr = address.replace('-', ".").parse().ok()?;
    context.cluster.by_address.get(&address).copied()
}

/// The one pod of a namespace whose address was cut to this, or that was cut from this.
fn nearest(context: &Context<'_>, address: &str, namespace: &str) -> Option<(String, GroupId)> {
    let namespace = context.cluster.namespace_named(namespace)?;
    let mut near = context.cluster.by_address.iter().filter_map(|(known, id)| {
        let known = known.to_string().replace('.', "-");
        let is_here = context.cluster.group(*id).is_some_and(|group| group.namespace == namespace);
        let is_near = known.starts_with(address) || address.starts_with(&known);
        (is_here && is_near).then_some((known, *id))
    });
    let (first, None) = (near.next()?, near.next()) else { return None };
    Some(first)
}
