//! Each rule has a page, an input on which it fires and one on which it stays silent. What it says stands beside the
//! first; `UPDATE_EXPECTED=1` writes it down, and the pages.

use std::path::{Path, PathBuf};

use netpol_core::diagnostic::Category;
use netpol_core::lint::{RULES, Rule, page};

use crate::program::Run;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Compares a file with what it should be; says how they differ, or writes it when asked to.
fn check(file: &Path, now: &str) -> Option<String> {
    if std::fs::read_to_string(file).is_ok_and(|text| text == now) {
        return None;
    }
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, now).unwrap();
        return None;
    }
    Some(format!("{} differs from what is printed now:\n{now}", file.display()))
}

fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// The rule; for one about suppressions also what they suppress.
fn selected(rule: &Rule) -> String {
    let others = if rule.category == Category::Suppression { ",api,policy" } else { "" };
    format!("{}{others}", rule.name)
}

/// The files of a rule's fixture folder whose names begin so.
fn fixtures(rule: &str, start: &str) -> Vec<String> {
    let folder = root().join("fixtures/lint").join(rule);
    let entries = folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_input = |name: &String| name.starts_with(start) && name.rsplit('.').next() == Some("yaml");
    let mut names: Vec<String> = names.filter(is_input).collect();
    names.sort();
    assert!(!names.is_empty(), "{rule} has a fixture {start}*.yaml");
    names
}

#[test]
fn each_rule_fires_and_says_what_stands_beside_its_fixture() {
    let mut changed = Vec::new();
    for rule in RULES {
        let folder = root().join("fixtures/lint").join(rule.name.0);
        for name in fixtures(rule.name.0, "fires") {
            let outcome = Run::at(&folder).netpol(&format!("lint {name} --select {}", selected(rule)));
            assert!(outcome.stdout.contains(&format!("[{}]", rule.name)), "{}: {outcome:?}", rule.name);
            changed.extend(check(&folder.join(name.replace(".yaml", ".txt")), &outcome.stdout));
        }
    }
    assert_none(&changed);
}

#[test]
fn each_rule_stays_silent_where_it_should() {
    for rule in RULES {
        let folder = root().join("fixtures/lint").join(rule.name.0);
        for name in fixtures(rule.name.0, "silent") {
            let outcome = Run::at(&folder).netpol(&format!("lint {name} --select {}", selected(rule)));
            let has_fired = outcome.stdout.contains(&format!("[{}]", rule.name));
            assert!(outcome.code == 0 && !has_fired, "{} {name}: {outcome:?}", rule.name);
        }
    }
}

#[test]
fn every_fixture_belongs_to_a_rule() {
    for entry in root().join("fixtures/lint").read_dir().unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_known = name == "README.md" || RULES.iter().any(|rule| rule.name.0 == name);
        assert!(is_known, "there is no rule `{name}`");
    }
}

#[test]
fn the_documents_of_the_rules_are_those_of_the_program() {
    let docs = root().join("docs");
    let mut changed: Vec<String> = check(&docs.join("rules.md"), &page::index()).into_iter().collect();
    for rule in RULES {
        changed.extend(check(&docs.join("rules").join(format!("{}.md", rule.name)), &page::page(rule)));
        let printed = Run::small().netpol(&format!("rules {}", rule.name));
        assert_eq!((printed.code, printed.stdout), (0, page::page(rule)));
    }
    for entry in docs.join("rules").read_dir().into_iter().flatten() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_rule = RULES.iter().any(|rule| format!("{}.md", rule.name) == name);
        assert!(is_rule, "docs/rules/{name} is the page of no rule");
    }
    assert_none(&changed);
}

#[test]
fn each_fragment_of_the_tutorial_gets_the_diagnosis_of_a_teacher() {
    let said = |name: &str| {
        let outcome = Run::at(&root().join("fixtures/seed")).netpol(&format!("lint {name}.yaml"));
        assert!(outcome.stdout.contains("help: "), "{outcome:?}");
        outcome.stdout
    };
    for (name, rule, words) in [
        ("bare-address", "wrong-type", "write `cidr: 192.168.1.120/32` under it"),
        ("range-of-256", "comment-contradicts-cidr", "for 256 addresses write `192.168.1.0/24`"),
        ("ports-as-a-source", "unknown-field", "`ports` belongs in the rule, beside `from` or `to`"),
        ("ports-as-a-destination", "unknown-field", "`ports` belongs in the rule, beside `from` or `to`"),
        ("selectors-that-are-none", "unknown-field", "write `from:`, and the selector in an item under it"),
        ("selectors-that-are-none", "unknown-field", "the rule then allows every destination"),
        ("cut-pod-name", "pod-name-without-pod", "did you mean `192-168-1-120.default.pod.cluster.local`?"),
    ] {
        let said = said(name);
        assert!(said.contains(&format!("[{rule}]")) && said.contains(words), "{name}: {said}");
    }
    let changed: Vec<String> = fixtures_of_the_tutorial()
        .iter()
        .filter_map(|name| check(&root().join(format!("fixtures/seed/{name}.txt")), &said(name)))
        .collect();
    assert_none(&changed);
}

fn fixtures_of_the_tutorial() -> Vec<String> {
    let entries = root().join("fixtures/seed").read_dir().unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        names.filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned)).collect();
    names.sort();
    assert_eq!(names.len(), 6);
    names
}
