//! `netpol completions`, `man` and `schema`.

use crate::program::Run;

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let outcome = Run::small().netpol(&format!("completions {shell}"));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{shell}");
        assert!(outcome.stdout.contains("explain"), "{shell}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let netpol = Run::small().netpol("man");
    assert!(netpol.stdout.contains(".TH netpol 1"), "{}", netpol.stdout);
    for command in ["can", "explain", "coverage", "path", "completions", "man", "schema"] {
        let outcome = Run::small().netpol(&format!("man {command}"));
        assert_eq!(outcome.code, 0);
        assert!(outcome.stdout.contains(&format!("netpol\\-{command}")), "{command}: {}", outcome.stdout);
    }
}

#[test]
fn an_unknown_page_is_an_error_with_a_suggestion() {
    let page = Run::small().netpol("man expalin");
    assert!(page.code == 2 && page.stderr.contains("`explain`"), "{page:?}");
    let schema = Run::small().netpol("schema verdit");
    assert!(schema.code == 2 && schema.stderr.contains("`verdict`"), "{schema:?}");
}

#[test]
fn schema_lists_its_kinds_and_prints_each() {
    let kinds = Run::small().netpol("schema");
    assert_eq!(kinds.code, 0);
    let kinds: Vec<&str> = kinds.stdout.lines().collect();
    assert!(kinds.contains(&"verdict") && kinds.contains(&"explanation"), "{kinds:?}");
    for kind in kinds {
        let schema = Run::small().netpol(&format!("schema {kind}"));
        assert_eq!(schema.code, 0);
        jsonschema::validator_for(&schema.json()).unwrap();
    }
}
