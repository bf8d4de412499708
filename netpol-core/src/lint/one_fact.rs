//! One fact, one finding: what a rule says less well than another is left out, and what is said of many places with the
//! same words is one finding with all of them.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::diagnostic::{Applicability, Category, Diagnostic, Label, ObjectRef, RuleName, Severity};

/// Rules that tell of an object what another rule tells better.
const TOLD_BY: [(&str, &str); 2] =
    [("redundant-policy", "except-given-back"), ("redundant-rule", "except-given-back")];

/// Leaves out what another finding says of the same object.
pub(super) fn told_once(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let better: BTreeSet<&str> = TOLD_BY.into_iter().map(|(_, better)| better).collect();
    let speaking = found.iter().filter(|it| better.contains(it.rule.0));
    let speaking: BTreeSet<(RuleName, ObjectRef)> =
        speaking.filter_map(|it| Some((it.rule, it.object.clone()?))).collect();
    let is_told = |it: &Diagnostic| {
        let Some(object) = &it.object else { return false };
        let betters = TOLD_BY.into_iter().filter(|(rule, _)| *rule == it.rule.0);
        betters
            .into_iter()
            .any(|(_, better)| speaking.iter().any(|(rule, other)| rule.0 == better && other == object))
    };
    found.into_iter().filter(|it| !is_told(it)).collect()
}

/// Joins findings that differ in their places alone, in the order of the first of each.
pub(super) fn folded(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut list: Vec<Diagnostic> = Vec::with_capacity(found.len());
    let mut places: FxHashMap<Fact, usize> = FxHashMap::default();
    for diagnostic in found {
        let fact = Fact::of(&diagnostic);
        let place = fact.as_ref().and_then(|fact| places.get(fact)).copied();
        if let Some(first) = place.and_then(|place| list.get_mut(place)) {
            add(first, diagnostic);
        } else {
            places.extend(fact.map(|fact| (fact, list.len())));
            list.push(diagnostic);
        }
    }
    list
}

/// Rules whose words name the whole fact, whatever policies it concerns.
const OF_THE_INPUT: [&str; 2] = ["legacy-namespace-label", "peer-matches-nothing"];

/// All that a finding says but for its place.
#[derive(PartialEq, Eq, Hash)]
struct Fact {
    rule: RuleName,
    severity: Severity,
    words: [String; 2],
    help: Option<String>,
    fix: Option<(String, Applicability)>,
    object: Option<ObjectRef>,
}

impl Fact {
    /// What the server refuses it refuses place by place, and a warning for one policy is none for another.
    fn of(found: &Diagnostic) -> Option<Self> {
        let is_shared = found.severity == Severity::Info || OF_THE_INPUT.contains(&found.rule.0);
        matches!(found.category, Category::Policy | Category::Style).then(|| Self {
            rule: found.rule,
            severity: found.severity,
            words: [found.message.clone(), found.primary.message.clone()],
            help: found.help.clone(),
            fix: found.fix.as_ref().map(|fix| (fix.message.clone(), fix.applicability)),
            object: found.object.clone().filter(|_| !is_shared),
        })
    }
}

fn add(first: &mut Diagnostic, other: Diagnostic) {
    first.related.push(Label { span: other.primary.span, message: Label::AGAIN.to_owned() });
    if let (Some(fix), Some(more)) = (&mut first.fix, other.fix) {
        fix.edits.extend(more.edits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{FileSet, SourceFile, Span};

    fn at(start: u32, rule: &'static str, message: &str) -> Diagnostic {
        let file = FileSet::new().add(SourceFile::named("f", "")).expect("small");
        Diagnostic::policy(RuleName(rule), Span::new(file, start, start + 1), message)
    }

    fn object(name: &str) -> ObjectRef {
        ObjectRef {
            api_version: "v1".to_owned(),
            kind: "K".to_owned(),
            namespace: None,
            name: name.to_owned(),
        }
    }

    #[test]
    fn the_same_words_at_three_places_are_one_finding_with_three_places() {
        let found = vec![at(1, "a", "x"), at(2, "a", "y"), at(3, "a", "x"), at(4, "b", "x"), at(5, "a", "x")];
        let folded = folded(found);
        assert_eq!(folded.len(), 3);
        let places: Vec<u32> = folded[0].related.iter().map(|label| label.span.start).collect();
        assert_eq!(places, [3, 5]);
        assert!(folded[0].related.iter().all(|label| label.message == Label::AGAIN));
        let of = |name| at(1, "a", "x").with_object(object(name));
        assert_eq!(super::folded(vec![of("a"), of("b")]).len(), 2);
        let info = |name| of(name).with_severity(Severity::Info);
        assert_eq!(super::folded(vec![info("a"), info("b")]).len(), 1);
    }

    #[test]
    fn what_another_rule_says_better_of_the_same_object_is_left_out() {
        let of = |rule, name| at(1, rule, "x").with_object(object(name));
        let found =
            vec![of("redundant-policy", "a"), of("except-given-back", "a"), of("redundant-policy", "b")];
        let left = told_once(found);
        let left: Vec<&str> = left.iter().map(|it| it.object.as_ref().unwrap().name.as_str()).collect();
        assert_eq!(left, ["a", "b"]);
    }
}
