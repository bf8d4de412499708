//! Which words occur where: names of dialects, and what nobody wants to find.

use crate::sources::{Source, Token, all_sources, assert_none, sources};

/// Names of policy APIs and of the network plugins that brought them.
const DIALECTS: [&str; 8] =
    ["networkpolicy", "network_policy", "networkpolicies", "calico", "cilium", "antrea", "istio", "banp"];

/// The rooms that know dialects by name: those that read their text.
const ROOMS_WITH_DIALECTS: [&str; 2] = ["manifest", "dialect"];

/// Rooms above `dialect` that have to name one, with the reason. Nothing else may.
const EXCEPTIONS: [(&str, &str); 2] = [
    ("suggestion", "part of the façade: asks the dialect of a policy for the text of an edit"),
    ("lint", "rules about the text of a dialect look at its resources"),
];

/// What is left undone, or hides that it is. Written in two halves, so that this file may say it.
const UNWANTED: [(&str, &str); 5] =
    [("FIX", "ME"), ("XX", "X:"), ("#[ign", "ore"), ("#[should", "_panic"), ("tod", "o!(")];

#[test]
fn no_dialect_is_named_outside_the_rooms_that_read_its_text() {
    let found: Vec<String> = sources("netpol-core/src").iter().flat_map(dialects_named).collect();
    assert_none(&found);
}

#[test]
fn nothing_is_left_undone_or_switched_off() {
    let found: Vec<String> = all_sources().iter().flat_map(unwanted).collect();
    assert_none(&found);
}

#[test]
fn names_of_dialects_and_unwanted_words_are_found() {
    let named = |path: &str, text: &str| dialects_named(&Source::new(path, text)).len();
    assert_eq!(named("netpol-core/src/index/a.rs", "fn f() -> &'static str { \"NetworkPolicy\" }"), 1);
    assert_eq!(named("netpol-core/src/explain/a.rs", "enum Tier { CalicoTier, Other }"), 1);
    assert_eq!(named("netpol-core/src/index/a.rs", "/// As `NetworkPolicy` says.\nfn f() {}"), 0);
    assert_eq!(named("netpol-core/src/dialect/a.rs", "struct NetworkPolicy;"), 0);
    let bad = |text: &str| unwanted(&Source::new("netpol-core/src/index/a.rs", text)).len();
    assert_eq!(bad(&format!("// {}{}: later\n", UNWANTED[0].0, UNWANTED[0].1)), 1);
    assert_eq!(bad(&format!("{}{}]\nfn f() {{}}", UNWANTED[2].0, UNWANTED[2].1)), 1);
}

fn dialects_named(source: &Source) -> Vec<String> {
    let Some(room) = source.room() else { return Vec::new() };
    if ROOMS_WITH_DIALECTS.contains(&room) || EXCEPTIONS.iter().any(|(excepted, _)| *excepted == room) {
        return Vec::new();
    }
    let names_one = |token: &Token| {
        let text = token.text.to_lowercase();
        DIALECTS.iter().any(|name| text.contains(name))
    };
    let tokens = source.tokens().into_iter().filter(names_one);
    tokens
        .map(|token| format!("{}:{}: `{room}` names a dialect: {}", source.path, token.line, token.text))
        .collect()
}

fn unwanted(source: &Source) -> Vec<String> {
    let lines = source.text.lines().enumerate();
    let words = |line: &str| {
        UNWANTED.iter().find(|(first, second)| line.contains(&format!("{first}{second}"))).is_some()
    };
    lines
        .filter(|(_, line)| words(line))
        .map(|(number, line)| format!("{}:{}: {}", source.path, number + 1, line.trim()))
        .collect()
}
