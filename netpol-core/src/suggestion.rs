//! The changes that an explanation proposes, in the language of the files: part of the façade, which alone knows
//! dialects and answers at once.

use crate::diagnostic::Edit;
use crate::dialect::network_policy::raise::{self, Raised};
use crate::evaluate::PolicyRef;
use crate::explain::{Change, Explanation, NewPolicy, Proposal, SmallestEdit};
use crate::policy::{Direction, OriginId, Policy, PolicySet};
use crate::report::text::Suggestion;
use crate::text::{FileId, FileSet, SourceFile, Span};
use crate::yaml::emit::{self, Layout};
use crate::yaml::{Value, edit};

/// So many items are spelled out in the words of a suggestion.
const SPELLED_OUT: usize = 3;

/// What an explanation proposes as a person would write it. A change that its API has no words for is left out.
pub(crate) fn suggestions(
    files: &FileSet,
    policies: &PolicySet,
    explanation: &Explanation,
) -> Vec<Suggestion> {
    let proposals = explanation.proposals(policies).into_iter();
    let suggestions = proposals.filter_map(|proposal| match &proposal {
        Proposal::Edit(edit) => suggestion(files, policies, edit),
        Proposal::NewPolicy(policy) => addition_of_policy(files, policies, policy),
    });
    let mut suggestions: Vec<Suggestion> = suggestions.collect();
    join_edits_that_meet(&mut suggestions);
    suggestions
}

/// Edits with nothing between them are one edit, of the first suggestion that has a part in it.
fn join_edits_that_meet(suggestions: &mut [Suggestion]) {
    let edits = suggestions.iter_mut().enumerate();
    let mut all: Vec<(usize, Edit)> = edits
        .flat_map(|(number, it)| std::mem::take(&mut it.edits).into_iter().map(move |edit| (number, edit)))
        .collect();
    all.sort_by_key(|(_, edit)| (edit.span.file, edit.span.start, edit.span.end));
    let mut joined: Vec<(usize, Edit)> = Vec::new();
    for (number, edit) in all {
        match joined.last_mut() {
            Some((first, last)) if last.span.file == edit.span.file && last.span.end == edit.span.start => {
                *first = number.min(*first);
                last.span.end = edit.span.end;
                last.text.push_str(&edit.text);
            }
            _ => joined.push((number, edit)),
        }
    }
    for (number, edit) in joined {
        suggestions.get_mut(number).into_iter().for_each(|it| it.edits.push(edit.clone()));
    }
}

/// A policy as a document, to be added behind the file of one that denies.
fn addition_of_policy(files: &FileSet, policies: &PolicySet, policy: &NewPolicy) -> Option<Suggestion> {
    let NewPolicy { namespace, name, subject, rule, beside } = policy;
    let raised = raise::policy(namespace, name, subject, rule)?;
    let PolicyRef::Evaluated(index) = beside else { return None };
    let beside = policies.policies.get(*index as usize).filter(|policy| is_network_policy(policy))?;
    let span = policies.origins.get(beside.origin)?.span;
    let layout = Layout { column: 0, dash_offset: 0, newline: "\n" };
    let text = format!("{}\n", emit::block(&raised.to_value(span), layout));
    let edit = files.get(span.file).and_then(|file| appended(span.file, file, &text));
    Some(Suggestion {
        proposal: Proposal::NewPolicy(policy.clone()),
        text_line: format!("add the NetworkPolicy {namespace}/{name}"),
        place: None,
        policy: Some(text),
        edits: edit.into_iter().collect(),
    })
}

/// A document behind the last one of a file; `None` for a file of JSON, which holds one.
fn appended(id: FileId, file: &SourceFile, document: &str) -> Option<Edit> {
    let text = file.text();
    let is_json = text.trim_start().strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('"'));
    if !file.is_verbatim() || is_json {
        return None;
    }
    let end = u32::try_from(text.len()).ok()?;
    let start = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    let addition = format!("{start}---\n{document}");
    let is_crlf = text.contains("\r\n");
    let addition = if is_crlf { addition.replace('\n', "\r\n") } else { addition };
    Some(Edit { span: Span::new(id, end, end), text: addition })
}

fn suggestion(files: &FileSet, policies: &PolicySet, edit: &SmallestEdit) -> Option<Suggestion> {
    let PolicyRef::Evaluated(index) = edit.policy else { return None };
    let policy = policies.policies.get(index as usize).filter(|policy| is_network_policy(policy))?;
    let document = policies.origins.get(policy.origin)?.span;
    if let Change::CorrectValue { wanted, has, .. } = &edit.change {
        return correction(files, policies, (document, edit), (wanted, has));
    }
    let addition = addition(policies, policy, &edit.change)?;
    let span = policies.origins.get(addition.after)?.span;
    let place = if addition.after == policy.origin { span } else { Span { start: span.end, ..span } };
    Some(Suggestion {
        proposal: Proposal::Edit(edit.clone()),
        text_line: format!("add {} under {}", words(&addition.items), addition.list),
        place: Some(place),
        policy: None,
        edits: edits(files, document, &addition).unwrap_or_default(),
    })
}

/// Another value at its place.
fn correction(
    files: &FileSet,
    policies: &PolicySet,
    (document, edit): (Span, &SmallestEdit),
    (wanted, has): (&str, &str),
) -> Option<Suggestion> {
    let peer = policies.origins.get(edit.origin)?;
    let path = format!("spec.{}", peer.path);
    let source = files.get(document.file)?;
    let change = edit::replace_text(document.file, source, document, &path, (wanted, has));
    Some(Suggestion {
        proposal: Proposal::Edit(edit.clone()),
        text_line: format!("change `{wanted}` to `{has}` in {}", peer.path),
        place: Some(change.as_ref().map_or(peer.span, |change| change.span)),
        policy: None,
        edits: change.into_iter().collect(),
    })
}

/// Whether a policy is of the one dialect that can be raised.
fn is_network_policy(policy: &Policy) -> bool {
    policy.object.kind == "NetworkPolicy" && policy.object.api_version.starts_with("networking.k8s.io/")
}

/// Items for a list of a policy.
#[derive(Debug)]
struct Addition {
    items: Vec<Raised>,
    /// The path of the list within `spec`: `ingress[0].from`.
    list: String,
    /// What the items come behind: an item of the list, else what holds the list.
    after: OriginId,
}

fn addition(policies: &PolicySet, policy: &Policy, change: &Change) -> Option<Addition> {
    let namespace = policy.object.namespace.as_deref().unwrap_or_default();
    match change {
        Change::CorrectValue { .. } => None,
        Change::AddPeers { rule, peers } => {
            let placed = policy.rules.get(*rule)?;
            let items = peers.iter().map(|peer| raise::peer(peer, namespace));
            let last = placed.value.peers.as_ref().and_then(|peers| peers.last());
            let key = match placed.value.direction {
                Direction::Ingress => "from",
                Direction::Egress => "to",
            };
            Some(Addition {
                items: items.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect(),
                list: format!("{}.{key}", policies.origins.get(placed.origin)?.path),
                after: last.map_or(placed.origin, |peer| peer.origin),
            })
        }
        Change::AddPorts { rule, ports } => {
            let placed = policy.rules.get(*rule)?;
            let last = placed.value.ports.as_ref().and_then(|ports| ports.last());
            Some(Addition {
                items: ports.iter().map(raise::port).collect::<Option<Vec<_>>>()?,
                list: format!("{}.ports", policies.origins.get(placed.origin)?.path),
                after: last.map_or(placed.origin, |port| port.origin),
            })
        }
    }
}

/// The change of the file; `None` when the list came through an alias or the document is not written plainly.
fn edits(files: &FileSet, document: Span, addition: &Addition) -> Option<Vec<Edit>> {
    let source = files.get(document.file)?;
    let path = format!("spec.{}", addition.list);
    let values: Vec<Value<'_>> = addition.items.iter().map(|item| item.to_value(document)).collect();
    edit::add_items(document.file, source, document, &path, values)
}

/// The items as list items in one line: `` `- podSelector: {matchLabels: {app: web}}` ``.
fn words(items: &[Raised]) -> String {
    let first = items.iter().take(SPELLED_OUT).map(|item| match item {
        Raised::Map(fields) if fields.len() == 1 => format!("`- {}`", item.to_block(0)),
        _ => format!("`- {item}`"),
    });
    let mut words = first.collect::<Vec<_>>().join(", ");
    if let Some(rest) = items.len().checked_sub(SPELLED_OUT).filter(|rest| *rest > 0) {
        words = format!("{words} and {rest} more");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Analysis, Settings};
    use crate::policy::Direction;
    use crate::report::scenario::{RuleSpec, Scenario, app, app_peer, tcp};
    use crate::text::SourceFile;

    fn text_lines(rules: Vec<RuleSpec>, from: &str) -> Vec<String> {
        let scenario =
            Scenario::new(&[("other", "probe", &[("app", "probe")]), ("shop", "cart", &[("app", "cart")])])
                .policy("in", app(&["cart"]), Direction::Ingress, rules);
        let explanation = scenario.tcp(from, "cart", 80);
        suggestions(&scenario.files, &scenario.policies, &explanation)
            .into_iter()
            .map(|it| it.text_line)
            .collect()
    }

    #[test]
    fn a_peer_is_spelled_as_its_api_spells_it() {
        let rule = || (Some(vec![app_peer(&["x"])]), Some(vec![tcp(80)]));
        assert_eq!(
            text_lines(vec![rule()], "cart"),
            ["add `- podSelector: {matchLabels: {app: cart}}` under ingress[0].from"]
        );
        assert_eq!(
            text_lines(vec![rule()], "probe"),
            ["add `- {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}, \
              podSelector: {matchLabels: {app: probe}}}` under ingress[0].from"]
        );
    }

    #[test]
    fn ports_and_rules_are_too() {
        let rule = (Some(vec![app_peer(&["cart"])]), Some(vec![tcp(443)]));
        assert_eq!(
            text_lines(vec![rule], "cart"),
            ["add `- {protocol: TCP, port: 80}` under ingress[0].ports"]
        );
        assert_eq!(text_lines(vec![], "cart"), ["add the NetworkPolicy shop/cart-to-cart-80-ingress"]);
    }

    const MANIFESTS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: storefront}}
---
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart}}
---
";

    /// The decision for tcp/80 once every proposed edit is made, and the text.
    fn edited(policy: &str) -> (crate::evaluate::Decision, String) {
        let analysis = |text: &str| {
            let mut files = FileSet::new();
            files.add(SourceFile::named("a.yaml", text)).unwrap();
            Analysis::new(files, Settings::default())
        };
        let mut text = format!("{MANIFESTS}{policy}");
        let before = analysis(&text);
        let request = before.question("shop/web", "shop/cart:80", "shop").unwrap().request;
        let suggestions = before.suggestions(&before.explain(&request));
        assert!(!suggestions.is_empty());
        let mut edits: Vec<Edit> = suggestions.into_iter().flat_map(|it| it.edits).collect();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
        for edit in edits {
            text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        (analysis(&text).verdict(&request).decision, text)
    }

    #[test]
    fn the_edits_of_the_file_turn_the_answer_round() {
        let head =
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: in, namespace: shop}\n";
        let specs = [
            "spec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n",
            "spec:\n  podSelector: {}\n  ingress: []\n",
            "spec:\n  podSelector: {}\n  ingress:\n  - from:\n    - podSelector: {matchLabels: {app: \"storefornt\"}}\n",
            "spec:\n  podSelector: {}\n  ingress:\n  - from:\n    - podSelector:\n        matchExpressions:\n        - {key: app, operator: In, values: [storefornt]}\n",
            "spec:\n  podSelector: {}\n  ingress:\n  - from:\n    - podSelector: {matchLabels: {app: x}}\n    ports:\n    - port: 80\n",
            "spec:\n  podSelector: {}\n  ingress:\n    - from: [{podSelector: {matchLabels: {app: storefront}}}]\n      ports: [{port: 81}]\n",
            "spec: {podSelector: {matchLabels: {app: cart}}, ingress: [{ports: [{port: 81}]}]}\n",
        ];
        for spec in specs {
            let (decision, text) = edited(&format!("{head}{spec}"));
            assert_eq!(decision, crate::evaluate::Decision::Allow, "{text}");
        }
    }
}
