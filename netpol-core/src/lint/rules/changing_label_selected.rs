//! `changing-label-selected`.

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::network_policy::NetworkPolicy;
use crate::lint::{Context, Level, Levels, Needs, Rule};
use crate::manifest::LabelSelector;
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("changing-label-selected"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a selector asks for a label whose value changes with a release, a rollout or a replica",
    page: include_str!("changing-label-selected.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// Labels that somebody else sets anew, and when.
const CHANGING: [(&str, &str); 8] = [
    ("app.kubernetes.io/version", "with every version of the application"),
    ("batch.kubernetes.io/controller-uid", "with every Job"),
    ("chart", "with every version of the chart"),
    ("controller-revision-hash", "with every rollout"),
    ("controller-uid", "with every Job"),
    ("helm.sh/chart", "with every version of the chart"),
    ("pod-template-generation", "with every rollout"),
    ("pod-template-hash", "with every rollout"),
];

/// Labels that hold a version or a commit, where their values look so.
const OF_RELEASE: [&str; 8] =
    ["app-version", "build", "commit", "git-commit", "image-tag", "revision", "tag", "version"];
/// Labels of Jobs, where a CronJob makes their values.
const OF_JOB: [&str; 2] = ["batch.kubernetes.io/job-name", "job-name"];

/// Labels of single replicas.
const OF_REPLICA: [&str; 2] = ["apps.kubernetes.io/pod-index", "statefulset.kubernetes.io/pod-name"];

/// So many further places are pointed at.
const POINTED_AT: usize = 3;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    context.network_policies().filter_map(|policy| finding(context, policy)).collect()
}

fn finding(context: &Context<'_>, policy: &NetworkPolicy) -> Option<Diagnostic> {
    let all: Vec<(Span, &str, &str)> = selectors(policy).flat_map(wanted).collect();
    let mut changing =
        all.iter().filter_map(|(place, key, value)| changes(key, value).map(|when| (*place, *key, when)));
    let object = &policy.object;
    if let Some((place, key, when)) = changing.next() {
        let message =
            format!("`{key}` changes {when}: the selector then matches none of the new pods, or the old");
        let help = "select by a label that stays, such as `app.kubernetes.io/name` with `app.kubernetes.io/instance`";
        let found = RULE.finding(place, message).with_object(object.clone()).with_help(help);
        let others = changing.take(POINTED_AT);
        return Some(others.fold(found, |found, (place, key, _)| {
            found.with_related(context.head(place), format!("and here: `{key}`"))
        }));
    }
    let (place, key, _) = all.into_iter().find(|(_, key, _)| OF_REPLICA.contains(key))?;
    let message = format!("`{key}` selects single replicas: one that is added later is not among them");
    let help = "select by the labels that all replicas share, unless single ones are meant";
    let found = RULE.finding(place, message).with_severity(Severity::Info).with_object(object.clone());
    Some(found.with_help(help))
}

/// When a label changes; `None` for one that stays.
fn changes(key: &str, value: &str) -> Option<&'static str> {
    if OF_RELEASE.contains(&key) {
        let is_release = ends_in_version(value) || is_commit(value);
        return is_release.then_some("with every release");
    }
    if OF_JOB.contains(&key) {
        return is_scheduled(value).then_some("with every run");
    }
    let (_, when) = CHANGING.iter().find(|(name, _)| *name == key)?;
    // Charts of old had a label without a prefix, which others use too.
    let is_meant = key != "chart" || ends_in_version(value);
    is_meant.then_some(when)
}

/// Whether a value is an abbreviated hash of a commit, or a whole one.
fn is_commit(value: &str) -> bool {
    let is_hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    (7..=40).contains(&value.len())
        && value.bytes().all(is_hex)
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Whether a Job's name ends in the minute that a CronJob made it for.
fn is_scheduled(value: &str) -> bool {
    let minute = value.rsplit_once('-').map_or("", |(_, minute)| minute);
    (8..=10).contains(&minute.len()) && minute.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a value ends as `redis-1.2.3` does.
fn ends_in_version(value: &str) -> bool {
    let parts: Vec<&str> = value.rsplit('-').next().unwrap_or_default().split('.').collect();
    parts.len() >= 3 && parts.iter().take(2).all(|part| part.trim_start_matches('v').parse::<u32>().is_ok())
}

/// The selectors of pods.
fn selectors(policy: &NetworkPolicy) -> impl Iterator<Item = &LabelSelector> {
    let spec = &policy.spec;
    let rules = [&spec.ingress, &spec.egress].into_iter().flatten().flat_map(|list| &list.rules);
    let peers = rules.filter_map(|rule| rule.value.peers.as_ref()).flat_map(|peers| &peers.value);
    let of_peers = peers.filter_map(|peer| peer.value.pod_selector.as_ref());
    spec.pod_selector.iter().chain(of_peers).map(|selector| &selector.value)
}

/// The labels that a selector wants, with the places of their keys.
fn wanted(selector: &LabelSelector) -> Vec<(Span, &str, &str)> {
    let labels = selector.match_labels.iter().map(|(key, value)| (key, value.value.as_str()));
    let expressions =
        selector.match_expressions.iter().map(|it| &it.value).filter(|it| it.operator.value == "In");
    let expressions =
        expressions.map(|it| (&it.key, it.values.first().map_or("", |value| value.value.as_str())));
    labels.chain(expressions).map(|(key, value)| (key.span, key.value.as_str(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_of_old_is_told_by_its_version() {
        assert!(changes("chart", "redis-10.5.7").is_some());
        assert!(changes("chart", "redis-1.2.3-rc1").is_none());
        assert!(changes("chart", "bar").is_none());
        assert!(changes("helm.sh/chart", "etcd").is_some());
        assert!(changes("version", "1.4.2").is_some() && changes("version", "v1").is_none());
        assert!(changes("commit", "3f2a9bc").is_some() && changes("revision", "1234567").is_none());
        assert!(changes("job-name", "dump-28391040").is_some() && changes("job-name", "nightly").is_none());
    }
}
