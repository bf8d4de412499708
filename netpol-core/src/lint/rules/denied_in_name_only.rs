//! `denied-in-name-only`.

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt};
use crate::policy::{Direction, NamespaceMatch, Peer, PodMatch};
use crate::selector::{Operator, Requirement, Selector};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("denied-in-name-only"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Info, strict: Level::Warning },
    summary: "a policy allows the very peer that its name says it denies",
    page: include_str!("denied-in-name-only.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// Words that deny what comes after them.
const DENYING: [&str; 8] = ["deny", "denies", "denied", "block", "blocks", "forbid", "reject", "drop"];
/// Words that turn the meaning round, or leave somebody out.
const TURNING: [&str; 12] = [
    "allow", "allows", "permit", "except", "unless", "only", "but", "other", "others", "non", "not",
    "outside",
];

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    context.rules().filter_map(|rule| finding(context, &rule)).collect()
}

/// What a name says it denies: the words behind the one that denies, with hyphens around them.
fn denied(name: &str) -> Option<String> {
    let words: Vec<String> = name.split(['-', '.']).map(str::to_ascii_lowercase).collect();
    if words.iter().any(|word| TURNING.contains(&word.as_str())) {
        return None;
    }
    let at = words.iter().position(|word| DENYING.contains(&word.as_str()))?;
    Some(format!("-{}-", words.get(at + 1..)?.join("-")))
}

fn finding(context: &Context<'_>, rule: &RuleAt<'_>) -> Option<Diagnostic> {
    let object = &rule.policy.object;
    let denied = denied(&object.name)?;
    let is_denied = |value: &&String| denied.contains(&format!("-{}-", value.to_ascii_lowercase()));
    let own: Vec<&String> = wanted(&rule.policy.subject.value).flat_map(|it| &it.values).collect();
    let named = |peer: &Peer| match peer {
        Peer::Pods(pods) => {
            let mut wanted = wanted(pods);
            wanted
                .find(|it| it.values.iter().filter(|value| !own.contains(value)).any(|it| is_denied(&it)))
                .cloned()
        }
        Peer::Addresses(_) => None,
    };
    let peers = rule.rule.value.peers.as_ref()?;
    let (peer, named) = peers.iter().find_map(|peer| Some((peer, named(&peer.value)?)))?;
    let what = match rule.rule.value.direction {
        Direction::Ingress => "lets in",
        Direction::Egress => "lets pods send to",
    };
    let message = format!("`{object}` {what} what its name denies: `{named}`");
    let help = "policies only allow, and what no rule allows is denied: leave this peer out, and see that no other policy \
                for these pods allows it";
    let place = context.head(context.span(peer.origin)?);
    Some(RULE.finding(place, message).with_object(object.clone()).with_help(help))
}

/// The labels that a selector wants pods, or their namespaces, to have.
fn wanted(pods: &PodMatch) -> impl Iterator<Item = &Requirement> {
    let of_namespaces = match &pods.namespaces {
        NamespaceMatch::Named(_) => None,
        NamespaceMatch::Selected(selector) => Some(selector),
    };
    let all = of_namespaces.into_iter().chain([&pods.pods]).flat_map(Selector::requirements);
    all.filter(|it| it.operator == Operator::In)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_name_denies_comes_after_the_word_that_does() {
        assert_eq!(denied("web-deny-from-dev").as_deref(), Some("-from-dev-"));
        assert_eq!(denied("web-from-dev"), None);
        assert_eq!(denied("deny-all-but-web"), None);
    }
}
