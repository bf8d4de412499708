//! `netpol lint`: exit codes, levels, suppressions, baseline.

use crate::program::{Folder, Run};

const POLICY: &str =
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\n";

/// A policy with an error, one with a warning, and one without a fault.
fn folder() -> Folder {
    Folder::with(&[
        ("error.yaml", &format!("{POLICY}spec:\n  podSelector: {{}}\n  podselector: {{}}\n")),
        ("warning.yaml", &format!("{POLICY}spec:\n  podSelector: {{}}\n  podSelector: {{}}\n")),
        ("fine.yaml", &format!("{POLICY}spec:\n  podSelector: {{}}\n")),
    ])
}

#[test]
fn findings_at_or_above_the_level_are_1() {
    let folder = folder();
    assert_eq!(folder.netpol("lint fine.yaml").code, 0);
    assert_eq!(folder.netpol("lint error.yaml").code, 1);
    assert_eq!(folder.netpol("lint warning.yaml").code, 0);
    assert_eq!(folder.netpol("lint warning.yaml --fail-on warning").code, 1);
    assert_eq!(folder.netpol("lint error.yaml --fail-on never").code, 0);
    assert_eq!(folder.netpol("lint error.yaml --exit-zero").code, 0);
}

#[test]
fn an_unreadable_document_is_a_finding_and_a_path_that_is_not_there_an_error() {
    let folder = folder();
    folder.write("broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: \"x\n");
    assert_eq!(folder.netpol("lint broken.yaml").code, 1);
    assert_eq!(folder.netpol("lint fine.yaml nowhere.yaml").code, 2);
    let both = folder.netpol("lint error.yaml nowhere.yaml");
    assert!(both.code == 2 && both.stdout.contains("unknown-field"), "{both:?}");
}

#[test]
fn policies_that_the_plugin_does_not_enforce_are_told_of_where_it_is_known() {
    let folder = folder();
    let says = |plugin: &str| {
        let outcome = folder.netpol(&format!("lint fine.yaml -o concise {plugin}"));
        outcome.stdout.contains("warning[unenforced-policy]: `NetworkPolicy shop/web` has no effect")
    };
    assert!(says("--plugin flannel"));
    assert!(!says("") && !says("--plugin calico") && !says("--plugin cilium"));
}

#[test]
fn nothing_to_lint_is_3_unless_that_is_allowed() {
    let folder = Folder::with(&[("values.yaml", "a: b\n")]);
    assert_eq!(folder.netpol("lint").code, 3);
    assert_eq!(folder.netpol("lint --allow-empty").code, 0);
}

#[test]
fn bad_usage_is_2_and_says_what_was_meant() {
    for (words, meant) in [
        ("lint --select unknwon-field", "`unknown-field`"),
        ("lint --ignore polcy", "`policy`"),
        ("lint --preset strickt", "recommended"),
        ("lint -o table", "sarif"),
        ("lint --baseline nowhere.json", "nowhere.json"),
        ("rules unknwon-field", "`unknown-field`"),
    ] {
        let outcome = folder().netpol(words);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "`{words}`: {outcome:?}");
        assert!(outcome.stderr.contains(meant), "`{words}`: {outcome:?}");
    }
}

#[test]
fn the_code_does_not_depend_on_the_format() {
    let formats = "full concise json jsonl sarif github gitlab junit rdjson md";
    for format in formats.split(' ') {
        assert_eq!(folder().netpol(&format!("lint error.yaml -o {format}")).code, 1, "{format}");
        assert_eq!(folder().netpol(&format!("lint fine.yaml -o {format}")).code, 0, "{format}");
    }
}

#[test]
fn rules_can_be_selected_and_ignored_by_name_and_category() {
    let folder = folder();
    let rules = |words: &str| -> Vec<String> {
        let report = folder.netpol(&format!("lint error.yaml warning.yaml -o json {words}")).json();
        let findings = report["diagnostics"].as_array().unwrap().clone();
        findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(rules(""), ["unknown-field", "duplicate-object", "duplicate-key"]);
    assert_eq!(rules("--select api"), ["unknown-field"]);
    assert_eq!(rules("--ignore api,duplicate-key"), ["duplicate-object"]);
    assert_eq!(rules("--select all --ignore policy"), ["unknown-field"]);
}

#[test]
fn levels_are_set_by_rule_and_by_file_and_a_remark_stays_one() {
    let folder = folder();
    folder.write(
        "netpol.toml",
        "[lint.rules]\nduplicate-key = \"error\"\n[lint.per-file]\n\"err*.yaml\" = {unknown-field = \"off\"}\n",
    );
    assert_eq!(folder.netpol("lint error.yaml").stdout, "");
    let outcome = folder.netpol("lint warning.yaml -o concise");
    assert_eq!(outcome.code, 1);
    assert!(outcome.stdout.starts_with("warning.yaml:5:3: error[duplicate-key]: "), "{outcome:?}");
    let fixture = std::fs::read("../fixtures/lint/policy-selects-nothing/fires.yaml").unwrap();
    folder.write("selects.yaml", fixture);
    folder.write("netpol.toml", "[lint.rules]\npolicy-selects-nothing = \"error\"\n");
    let levels = folder.netpol("lint selects.yaml -o concise").stdout;
    assert_eq!((levels.matches(" error[").count(), levels.matches(" info[").count()), (1, 2), "{levels}");
}

#[test]
fn a_comment_an_annotation_and_an_exception_suppress() {
    let folder = folder();
    folder.write(
        "line.yaml",
        format!("{POLICY}spec:\n  # netpol: ignore[unknown-field] ours\n  podselector: {{}}\n"),
    );
    folder.write(
        "file.yaml",
        format!("# netpol: ignore-file[unknown-field]\n{POLICY}spec: {{podselector: {{}}}}\n"),
    );
    let annotated =
        POLICY.replace("name: web,", "name: web, annotations: {netpol.dev/ignore: unknown-field},");
    folder.write("annotation.yaml", format!("{annotated}spec: {{podselector: {{}}}}\n"));
    for name in ["line", "file", "annotation"] {
        let outcome = folder.netpol(&format!("lint {name}.yaml -o json"));
        assert_eq!(outcome.code, 0, "{name}: {outcome:?}");
        assert_eq!(outcome.json()["suppressed"][0]["suppression"]["kind"], "inSource");
        assert!(outcome.stderr.contains("1 finding suppressed"), "{outcome:?}");
    }
    folder.write(
        "netpol.toml",
        "[[lint.exceptions]]\nrule = \"unknown-field\"\nobject = \"shop/web\"\nreason = \"ours\"\n",
    );
    let outcome = folder.netpol("lint error.yaml -o json");
    assert_eq!(outcome.json()["suppressed"][0]["suppression"]["reason"], "ours");
    let unused = folder.netpol("lint fine.yaml -o concise");
    assert!(unused.stdout.starts_with("netpol.toml:1:1: warning[unused-suppression]"), "{unused:?}");
}

#[test]
fn an_exception_holds_until_its_last_day() {
    let folder = folder();
    let exception =
        "[[lint.exceptions]]\nrule = \"unknown-field\"\nreason = \"ours\"\nexpires = 2024-02-29\n";
    folder.write("netpol.toml", exception);
    let on = |second: &str| {
        let run = Run::at(folder.path()).variable("SOURCE_DATE_EPOCH", second);
        run.netpol("lint error.yaml -o concise").stdout
    };
    assert_eq!(on("1709251199"), "");
    let after = on("1709251200");
    assert!(after.contains("unknown-field") && after.contains("held until 2024-02-29"), "{after}");
}

#[test]
fn a_configuration_that_names_no_rule_is_an_error_with_a_place() {
    let folder = folder();
    folder.write("netpol.toml", "[lint.rules]\nunknwon-field = \"off\"\n");
    let outcome = folder.netpol("lint");
    assert!(outcome.code == 2 && outcome.stderr.contains("netpol.toml:2:1"), "{outcome:?}");
    assert!(outcome.stderr.contains("did you mean `unknown-field`?"), "{outcome:?}");
}

#[test]
fn a_baseline_takes_what_is_there_and_leaves_what_is_new() {
    let folder = folder();
    let written = folder.netpol("lint error.yaml --write-baseline");
    assert!(written.code == 0 && written.stderr.contains("1 finding written"), "{written:?}");
    let same = folder.netpol("lint error.yaml --baseline netpol-baseline.json");
    assert_eq!((same.code, same.stdout.as_str()), (0, ""));
    let moved =
        format!("# a line more\n{POLICY}spec:\n  podSelector: {{}}\n  podselector: {{}}\n  polcyTypes: []\n");
    folder.write("error.yaml", moved);
    let more = folder.netpol("lint error.yaml --baseline netpol-baseline.json -o concise");
    assert_eq!(more.stdout.lines().count(), 1, "{more:?}");
    assert!(more.stdout.contains("polcyTypes"), "{more:?}");
    folder.write("error.yaml", format!("{POLICY}spec: {{podSelector: {{}}}}\n"));
    let gone = folder.netpol("lint error.yaml --baseline netpol-baseline.json");
    assert!(gone.code == 0 && gone.stderr.contains("1 finding of the baseline"), "{gone:?}");
}

#[test]
fn statistics_count_the_findings_of_each_rule() {
    let outcome = folder().netpol("lint error.yaml warning.yaml --statistics");
    let expected = "COUNT   SEVERITY   RULE\n1       warning    duplicate-key\n1       warning    duplicate-object\n\
                    1       error      unknown-field\n";
    assert_eq!(outcome.stdout, expected);
}

#[test]
fn older_servers_take_ambiguous_blocks() {
    let policy = format!("{POLICY}spec: {{ingress: [{{from: [{{ipBlock: {{cidr: 10.0.0.5/24}}}}]}}]}}\n");
    let folder = Folder::with(&[("a.yaml", &policy)]);
    assert_eq!(folder.netpol("lint").code, 1);
    let older = folder.netpol("lint --kubernetes-version 1.35 -o json");
    assert_eq!(older.code, 0);
    assert_eq!(older.json()["diagnostics"][0]["category"], "policy");
    assert!(older.json()["diagnostics"][0]["api"].is_null());
}

#[test]
fn rules_are_listed_in_every_format() {
    for format in ["table", "json", "yaml", "csv", "md"] {
        let outcome = Run::small().netpol(&format!("rules -o {format}"));
        assert!(outcome.code == 0 && outcome.stdout.contains("policy-selects-nothing"), "{format}");
    }
}
