//! The exit codes of product.md section 4, row by row.

use crate::program::{Folder, Run, pod};

fn code(words: &str) -> u8 {
    Run::small().netpol(words).code
}

#[test]
fn an_allowed_connection_is_0() {
    assert_eq!(code("can shop/web shop/db:5432 -f shop.yaml"), 0);
    assert_eq!(code("explain shop/web shop/db:5432 -f shop.yaml"), 0);
}

#[test]
fn a_denied_or_partial_connection_is_1() {
    assert_eq!(code("can shop/cart shop/db:5432 -f shop.yaml"), 1);
    assert_eq!(code("explain shop/cart shop/db:5432 -f shop.yaml"), 1);
    assert_eq!(code("can shop/web shop/db -f shop.yaml"), 1);
    assert_eq!(code("can shop/web shop/db:5430-5440 -f shop.yaml"), 1);
}

#[test]
fn an_unknown_verdict_is_4() {
    assert_eq!(code("can lab/client lab/server:80 -f opaque.yaml"), 4);
    assert_eq!(code("explain lab/client lab/server:80 -f opaque.yaml"), 4);
}

#[test]
fn no_object_of_an_understood_kind_is_3_unless_that_is_allowed() {
    assert_eq!(code("can 10.0.0.1 10.0.0.2:80 -f irrelevant.yaml"), 3);
    assert_eq!(code("can 10.0.0.1 10.0.0.2:80 -f irrelevant.yaml --allow-empty"), 0);
    let empty = Folder::with(&[]);
    assert_eq!(empty.netpol("can 10.0.0.1 10.0.0.2:80").code, 3);
    for words in ["explain 10.0.0.1 10.0.0.2:80", "can 10.0.0.1 10.0.0.2:80", "can shop/@app=a shop/@app=b"] {
        let outcome = empty.netpol(&format!("{words} --allow-empty"));
        assert_eq!((outcome.code, outcome.stdout.as_str()), (0, ""), "{words}: {outcome:?}");
        assert!(outcome.stderr.contains("nothing to judge"), "{words}: {outcome:?}");
    }
    for words in ["path internet", "path internet 10.0.0.1", "path internet 10.0.0.1 --cut"] {
        assert_eq!(empty.netpol(words).code, 3, "{words}");
        let allowed = empty.netpol(&format!("{words} -o json --allow-empty"));
        assert_eq!((allowed.code, &allowed.json()["kind"]), (0, &"Path".into()), "{words}");
    }
}

#[test]
fn objects_without_a_policy_are_an_answer_and_a_note_says_why() {
    let outcome = Run::small().netpol("can lab/client lab/server:80 -f open.yaml");
    assert_eq!(outcome.code, 0);
    assert!(format!("{}{}", outcome.stdout, outcome.stderr).contains("polic"), "{outcome:?}");
}

#[test]
fn bad_usage_is_2_and_prints_no_report() {
    for words in [
        "",
        "can",
        "can lab/client",
        "can a b c",
        "can --no-such-flag a b",
        "nonsense",
        "can lab/client lab/server:icmp -f open.yaml",
        "can lab/client lab/server:99999 -f open.yaml",
        "can lab/client lab/server -f open.yaml -o yaml",
        "can lab/client lab/server -f open.yaml -o text -o json",
        "can lab/client lab/server -f open.yaml --plugin weav",
        "can lab/client lab/server -f open.yaml --pod-cidrs ten",
        "completions tcsh",
        "schema nonsense",
        "man nonsense",
    ] {
        let outcome = Run::small().netpol(words);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "`{words}`: {outcome:?}");
        assert!(!outcome.stderr.is_empty(), "`{words}` says what is wrong");
    }
}

#[test]
fn what_does_not_exist_yet_is_2_and_says_what_to_do_until_then() {
    for (words, instead) in [
        ("check", "`netpol lint`"),
        ("test policies/", "`netpol can --queries FILE`"),
        ("resolve db.shop", "`netpol can`"),
        ("init", "`netpol.toml`"),
        ("lint --live", "`kubectl get"),
        ("can a b --context kind", "`kubectl get"),
        ("list --kubeconfig=f", "`kubectl get"),
    ] {
        let outcome = Run::small().netpol(words);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "`{words}`: {outcome:?}");
        assert!(
            outcome.stderr.contains("does not exist yet") && outcome.stderr.contains(instead),
            "{outcome:?}"
        );
    }
}

#[test]
fn an_empty_input_that_is_allowed_has_a_report() {
    let empty = Folder::with(&[]);
    for (words, kind) in [
        ("list -o json", "ConnectionGroups"),
        ("list --expand -o json", "Connections"),
        ("graph -o json", "Graph"),
        ("coverage -o json", "Coverage"),
        ("diff . . -o json", "Changes"),
    ] {
        let refused = empty.netpol(words);
        assert_eq!((refused.code, refused.stdout.as_str()), (3, ""), "`{words}`: {refused:?}");
        let allowed = empty.netpol(&format!("{words} --allow-empty"));
        assert_eq!(allowed.code, 0, "`{words}`: {allowed:?}");
        assert_eq!(allowed.json()["kind"], kind, "`{words}`");
    }
}

#[test]
fn an_unknown_endpoint_is_2_and_the_nearest_is_named() {
    let outcome = Run::small().netpol("can shop/wep shop/db:5432 -f shop.yaml");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
    assert!(outcome.stderr.contains("shop/wep") && outcome.stderr.contains("`shop/web`"), "{outcome:?}");
}

#[test]
fn a_path_that_cannot_be_read_is_2_and_the_rest_is_answered() {
    let outcome = Run::small().netpol("can lab/client lab/server:80 -f open.yaml -f nowhere.yaml");
    assert_eq!(outcome.code, 2);
    assert!(outcome.stdout.starts_with("ALLOW"), "{outcome:?}");
    assert!(outcome.stderr.contains("nowhere.yaml"), "{outcome:?}");
}

#[test]
fn a_broken_document_that_looks_like_an_object_is_2_and_the_rest_is_answered() {
    let named = Run::small().netpol("can lab/client lab/server:80 -f broken.yaml");
    assert_eq!(named.code, 2);
    assert!(named.stdout.starts_with("ALLOW") && named.stderr.contains("broken.yaml:"), "{named:?}");
    let torn = "apiVersion: v1\nkind: Pod\nmetadata: {name: \"x\n";
    let found = Folder::with(&[("a.yaml", torn), ("b.yaml", &pod("client")), ("c.yaml", &pod("server"))]);
    assert_eq!(found.netpol("can lab/client lab/server:80").code, 2);
}

#[test]
fn a_broken_document_that_is_no_object_counts_only_in_a_file_that_was_named() {
    let values = "colour: blue\nsizes: [small, \"large\n";
    let folder =
        Folder::with(&[("values.yaml", values), ("a.yaml", &pod("client")), ("b.yaml", &pod("server"))]);
    assert_eq!(folder.netpol("can lab/client lab/server:80").code, 0);
    assert_eq!(folder.netpol("can lab/client lab/server:80 -f . -f values.yaml").code, 2);
}

#[test]
fn a_helm_template_is_a_warning_and_never_2() {
    let outcome = Run::small().netpol("can lab/client lab/server:80 -f template.yaml");
    assert_ne!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.stderr.contains("warning"), "{outcome:?}");
}

#[test]
fn the_most_pressing_code_wins() {
    assert_eq!(code("can shop/cart shop/db:5432 -f shop.yaml -f nowhere.yaml"), 2);
    assert_eq!(code("can lab/client lab/server:80 -f opaque.yaml -f nowhere.yaml"), 2);
    assert_eq!(code("can 10.0.0.1 10.0.0.2:80 -f irrelevant.yaml -f nowhere.yaml"), 2);
}

#[test]
fn exit_zero_forgives_answers_and_no_errors() {
    assert_eq!(code("can shop/cart shop/db:5432 -f shop.yaml --exit-zero"), 0);
    assert_eq!(code("can lab/client lab/server:80 -f opaque.yaml --exit-zero"), 0);
    assert_eq!(code("can shop/wep shop/db:5432 -f shop.yaml --exit-zero"), 2);
    assert_eq!(code("can 10.0.0.1 10.0.0.2:80 -f irrelevant.yaml --exit-zero"), 3);
}

#[test]
fn unknowns_can_be_decided_in_the_report_and_in_the_code() {
    for (answer, code, decision) in [("allow", 0, "allow"), ("deny", 1, "deny")] {
        let words = format!("can lab/client lab/server:80 -f opaque.yaml -o json --unknown {answer}");
        let outcome = Run::small().netpol(&words);
        assert_eq!(outcome.code, code, "{outcome:?}");
        assert_eq!(outcome.json()["decision"], decision);
        assert_eq!(outcome.json()["unknown"], serde_json::json!({}));
        assert!(outcome.stderr.contains('1'), "it says how many: {outcome:?}");
    }
}

/// Between `client` and `server` and to and from the outside; with themselves they always may.
#[test]
fn every_command_that_decides_unknowns_says_how_many() {
    for (words, pairs) in [
        ("list -f opaque.yaml", 6),
        ("list --from lab/client --to lab/server -f opaque.yaml", 1),
        ("graph -o json -f opaque.yaml", 6),
        ("path lab/client lab/server -f opaque.yaml", 6),
        ("coverage -f opaque.yaml", 8),
        ("diff open.yaml opaque.yaml", 6),
        ("list -f open.yaml", 0),
    ] {
        for (answer, taken) in [("allow", "allowed"), ("deny", "denied")] {
            let outcome = Run::small().netpol(&format!("{words} --unknown {answer}"));
            let noun = if pairs == 1 { "pair" } else { "pairs" };
            let note = format!(
                "note: {pairs} {noun} of endpoints had something unknown, which is taken as {taken}\n"
            );
            assert!(outcome.stderr.contains(&note), "`{words}`: {outcome:?}");
        }
        assert!(!Run::small().netpol(words).stderr.contains("taken as"), "`{words}`");
    }
    let report = Run::small().netpol("list -o json -f opaque.yaml --unknown allow").json();
    assert_eq!(report["assumptions"], serde_json::json!(["what is unknown is taken as allowed, as asked"]));
}

#[test]
fn a_decided_unknown_keeps_its_reason_and_says_what_was_made_of_it() {
    for command in ["can", "explain"] {
        let words = format!("{command} lab/client lab/server:80 -f opaque.yaml --unknown allow");
        let told = Run::small().netpol(&words).stdout;
        assert!(told.starts_with("ALLOW ") && !told.contains("UNKNOWN"), "{told}");
        assert!(told.contains("unknown, taken as allowed: 1 policy may isolate it"), "{told}");
        assert!(told.contains("unknown: `CiliumNetworkPolicy lab/server`"), "{told}");
    }
    let report =
        Run::small().netpol("explain lab/client lab/server:80 -f opaque.yaml -o json --unknown deny").json();
    let egress = &report["egress"];
    assert_eq!((&egress["decision"], &egress["unknownTakenAs"]), (&"unknown".into(), &"deny".into()));
}

#[test]
fn the_code_does_not_depend_on_the_format() {
    for format in ["text", "json", "jsonl"] {
        assert_eq!(code(&format!("can shop/cart shop/db:5432 -f shop.yaml -o {format}")), 1);
        assert_eq!(code(&format!("explain shop/web shop/db:5432 -f shop.yaml -o {format}")), 0);
    }
}

#[test]
fn help_and_version_are_0_and_go_to_standard_output() {
    let version = Run::small().netpol("--version");
    assert!(version.code == 0 && version.stdout.starts_with("netpol 0.1.0"), "{version:?}");
    for words in ["--help", "can --help", "explain -h", "schema --help"] {
        let outcome = Run::small().netpol(words);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "`{words}`");
        assert!(outcome.stdout.contains("Usage:"), "`{words}`");
    }
}
