//! `netpol can` and `netpol explain`.

use crate::program::{Folder, Run, pod};

#[test]
fn can_says_the_decision_and_what_it_is_about() {
    let allowed = Run::small().netpol("can shop/web shop/db:5432 -f shop.yaml");
    assert!(allowed.stdout.starts_with("ALLOW  shop/web -> shop/db tcp/5432\n"), "{allowed:?}");
    let denied = Run::small().netpol("can shop/cart shop/db:5432 -f shop.yaml");
    assert!(denied.stdout.starts_with("DENY  shop/cart -> shop/db tcp/5432\n"), "{denied:?}");
}

#[test]
fn a_bare_name_is_looked_up_in_the_namespace_that_is_asked_for() {
    let short = Run::small().netpol("can -n shop web db:5432 -f shop.yaml");
    let long = Run::small().netpol("can shop/web shop/db:5432 -f shop.yaml");
    assert_eq!(short, long);
    assert_eq!(Run::small().netpol("can web db:5432 -f shop.yaml").code, 2);
    assert_eq!(Run::small().netpol("can -n shop -A web db:5432 -f shop.yaml").code, 2);
}

#[test]
fn a_named_port_is_the_one_of_the_destination() {
    let outcome = Run::small().netpol("can shop/web shop/db:sql -f shop.yaml -o json");
    assert_eq!(outcome.json()["port"], "sql");
    assert_eq!(outcome.json()["allowed"], serde_json::json!({"TCP": [[5432, 5432]]}));
}

#[test]
fn without_a_port_the_answer_is_the_set_that_is_allowed() {
    let answer = Run::small().netpol("can shop/web shop/db -f shop.yaml -o json").json();
    assert_eq!(answer["decision"], "partial");
    assert_eq!(answer["allowed"], serde_json::json!({"TCP": [[5432, 5432]]}));
    assert_eq!((&answer["protocol"], &answer["port"]), (&serde_json::Value::Null, &serde_json::Value::Null));
}

#[test]
fn a_verdict_has_the_fields_of_the_contract() {
    let answer = Run::small().netpol("can shop/web shop/db:5432 -f shop.yaml -o json").json();
    assert_eq!((&answer["schema"], &answer["kind"]), (&"netpol/v1".into(), &"Verdict".into()));
    let web = serde_json::json!({"kind": "workload", "namespace": "shop", "name": "web", "workloadKind": "Deployment"});
    let db = serde_json::json!({"kind": "workload", "namespace": "shop", "name": "db", "workloadKind": "StatefulSet"});
    assert_eq!((&answer["from"], &answer["to"]), (&web, &db));
    assert_eq!((&answer["protocol"], &answer["port"]), (&"TCP".into(), &5432.into()));
    assert_eq!((&answer["decision"], &answer["unknown"]), (&"allow".into(), &serde_json::json!({})));
    assert!(answer["assumptions"].is_array());
}

#[test]
fn several_endpoints_come_as_pairs() {
    let answer = Run::small().netpol("can ns/shop shop/db:5432 -f shop.yaml -o json").json();
    assert!(answer["pairs"].as_array().is_some_and(|pairs| pairs.len() >= 2), "{answer}");
}

#[test]
fn json_has_lines_and_jsonl_is_one_line() {
    let json = Run::small().netpol("can shop/web shop/db:5432 -f shop.yaml -o json");
    let line = Run::small().netpol("can shop/web shop/db:5432 -f shop.yaml -o jsonl");
    assert!(json.stdout.starts_with("{\n  \""), "{json:?}");
    assert_eq!(line.stdout.lines().count(), 1);
    assert!(line.stdout.ends_with("}\n") && json.stdout.ends_with("}\n"));
    assert_eq!(json.json(), line.json());
}

#[test]
fn one_run_gives_several_reports() {
    let folder = Folder::with(&[("shop.yaml", include_str!("../../fixtures/small/shop.yaml"))]);
    let outcome = folder.netpol("can shop/web shop/db:5432 -o text -o json=out.json -o jsonl=out.jsonl");
    assert!(outcome.stdout.starts_with("ALLOW"), "{outcome:?}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&read("out.json")).unwrap();
    assert_eq!(json["decision"], "allow");
    assert_eq!(read("out.jsonl").lines().count(), 1);
    let bad = folder.netpol("can shop/web shop/db:5432 -o json=no/such/folder.json");
    assert_eq!(bad.code, 2, "{bad:?}");
    assert!(bad.stderr.contains("no/such/folder.json"));
}

#[test]
fn a_report_that_goes_to_a_file_leaves_standard_output_empty() {
    let folder = Folder::with(&[("shop.yaml", include_str!("../../fixtures/small/shop.yaml"))]);
    assert_eq!(folder.netpol("explain shop/web shop/db:5432 -o json=out.json").stdout, "");
}

#[test]
fn explain_names_policy_rule_and_line() {
    let outcome = Run::small().netpol("explain shop/cart shop/db:5432 -f shop.yaml");
    for part in
        ["DENY  shop/cart -> shop/db tcp/5432", "shop/db-ingress", "ingress[0]", "shop.yaml:44", "app=cart"]
    {
        assert!(outcome.stdout.contains(part), "`{part}` in {}", outcome.stdout);
    }
}

#[test]
fn explain_ends_in_the_smallest_edit_and_the_edit_turns_the_answer() {
    let answer = Run::small().netpol("explain shop/cart shop/db:5432 -f shop.yaml -o json").json();
    let text = include_str!("../../fixtures/small/shop.yaml");
    let edits = answer.pointer("/ingress/remedies/0/edits").and_then(|edits| edits.as_array()).cloned();
    let mut edits = edits.unwrap_or_else(|| panic!("a denial comes with an edit: {answer:#}"));
    edits.sort_by_key(|edit| std::cmp::Reverse(edit["start"].as_u64()));
    let mut edited = text.to_owned();
    for edit in &edits {
        let at = |key: &str| usize::try_from(edit[key].as_u64().unwrap()).unwrap();
        edited.replace_range(at("start")..at("end"), edit["text"].as_str().unwrap());
    }
    let folder = Folder::with(&[("shop.yaml", &edited)]);
    assert_eq!(folder.netpol("can shop/cart shop/db:5432").code, 0, "{edited}");
}

#[test]
fn every_json_output_validates_against_its_schema() {
    for (kind, words) in [
        ("verdict", "can shop/web shop/db:5432"),
        ("verdict", "can ns/shop shop/db"),
        ("verdict", "can internet shop/db:sql"),
        ("explanation", "explain shop/cart shop/db:5432"),
        ("explanation", "explain any shop/db"),
    ] {
        let schema = Run::small().netpol(&format!("schema {kind}")).json();
        let answer = Run::small().netpol(&format!("{words} -f shop.yaml -o json")).json();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator.iter_errors(&answer).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "`{words}`: {errors:?}");
    }
}

#[test]
fn two_runs_print_the_same() {
    for words in [
        "explain ns/shop any -f shop.yaml",
        "can any any -f . -v",
        "explain any shop/db -f shop.yaml -o json",
        "coverage -f shop.yaml -o json",
        "path internet shop/db --cut -f shop.yaml -o json",
        "path shop/web -f shop.yaml",
    ] {
        assert_eq!(Run::small().netpol(words), Run::small().netpol(words), "`{words}`");
    }
}

#[test]
fn colours_are_for_terminals_and_for_those_who_force_them() {
    let words = "can shop/web shop/db:5432 -f shop.yaml";
    let is_painted = |run: Run, flag: &str| run.netpol(&format!("{words} {flag}")).stdout.contains('\u{1b}');
    assert!(!is_painted(Run::small(), ""));
    assert!(is_painted(Run::small().on_a_terminal(), ""));
    assert!(!is_painted(Run::small().on_a_terminal().variable("NO_COLOR", "1"), ""));
    assert!(is_painted(Run::small().on_a_terminal().variable("NO_COLOR", ""), ""));
    assert!(is_painted(Run::small().variable("CLICOLOR_FORCE", "1"), ""));
    assert!(!is_painted(Run::small().variable("CLICOLOR_FORCE", "0"), ""));
    assert!(is_painted(Run::small().variable("NO_COLOR", "1"), "--color always"));
    assert!(!is_painted(Run::small().on_a_terminal(), "--color never"));
    assert!(!is_painted(Run::small(), "--color always -o json"), "JSON has no colours");
}

#[test]
fn only_the_report_goes_to_standard_output() {
    let outcome =
        Run::small().netpol("can lab/client lab/server:80 -f broken.yaml -f nowhere.yaml -v -o json");
    assert_eq!(outcome.json()["decision"], "allow");
    assert!(outcome.stderr.contains("error"));
}

#[test]
fn quiet_silences_notes_and_warnings() {
    let loud = Run::small().netpol("can lab/client lab/server:80 -f template.yaml");
    let quiet = Run::small().netpol("can lab/client lab/server:80 -f template.yaml -q");
    assert!(!loud.stderr.is_empty());
    assert_eq!((quiet.stdout, quiet.stderr.as_str()), (loud.stdout, ""));
}

#[test]
fn verbose_counts_what_was_read() {
    let outcome = Run::small().netpol("can shop/web shop/db:5432 -f shop.yaml -f irrelevant.yaml -v");
    assert!(outcome.stderr.contains("2 files") && outcome.stderr.contains("1 policy"), "{}", outcome.stderr);
}

#[test]
fn a_policy_that_isolates_a_direction_it_never_speaks_of_is_told() {
    let policy = |types: &str| {
        format!(
            "{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: out, namespace: lab}}, spec: \
             {{podSelector: {{matchLabels: {{app: db}}}}, {types}egress: [{{ports: [{{port: 53}}]}}]}}}}\n"
        )
    };
    let answer = |types: &str| {
        let files =
            [("pods.yaml", format!("{}---\n{}", pod("db"), pod("web"))), ("policy.yaml", policy(types))];
        let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
        Folder::with(&files).netpol("explain lab/web lab/db:80 -f .")
    };
    let unspoken = answer("");
    assert_eq!(unspoken.code, 1);
    assert!(
        unspoken.stdout.contains("only `policyTypes: [Egress]` would leave it out"),
        "{}",
        unspoken.stdout
    );
    assert_eq!(answer("policyTypes: [Egress], ").code, 0);
    assert!(!answer("policyTypes: [Ingress, Egress], ").stdout.contains("would leave it out"));
}

/// What `netpol` prints on the two streams about manifests in one file.
fn told(words: &str, manifests: &[&str]) -> String {
    let outcome = Folder::with(&[("all.yaml", manifests.join("---\n").as_str())]).netpol(words);
    format!("{}{}", outcome.stdout, outcome.stderr)
}

const DENY: &str = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: lab}, spec: {podSelector: {}}}\n";

#[test]
fn an_end_that_is_asked_about_itself_is_told_what_that_means() {
    let deployment = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: api, namespace: lab}, spec: {template: {metadata: {labels: {app: api}}}}}\n";
    let pod = pod("db");
    let itself = told("can lab/db lab/db:80", &[&pod, DENY]);
    assert!(itself.starts_with("ALLOW") && itself.contains("a pod always reaches itself"), "{itself}");
    assert!(!itself.contains("neither end is isolated"), "{itself}");
    let replicas = told("can lab/api lab/api:80", &[deployment, DENY]);
    assert!(
        replicas.starts_with("DENY") && replicas.contains("two different pods of `lab/api`"),
        "{replicas}"
    );
}

#[test]
fn a_slip_in_a_pod_label_is_pointed_out_where_nobody_wants_its_value() {
    let policy = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: in, namespace: lab}, spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: frontend}}}]}]}}\n";
    let pods = [pod("db"), pod("frontend"), pod("frontent")];
    let answer = |from: &str, more: &str| {
        let words = format!("explain {from} lab/db:80");
        told(&words, &[&pods[0], &pods[1], &pods[2], policy, more])
    };
    let slip = answer("lab/@app=fronted", "");
    assert!(slip.contains("wants app=frontend, pod has app=fronted, did you mean `frontend`?"), "{slip}");
    assert!(!answer("lab/frontent", "").contains("did you mean"), "the pod is called so");
    let wanted = policy.replace("app: db", "app: fronted").replace("name: in", "name: other");
    assert!(!answer("lab/@app=fronted", &wanted).contains("did you mean"), "a policy wants it");
    let out = DENY.replace("podSelector: {}", "podSelector: {}, policyTypes: [Egress]");
    let own = policy
        .replace("name: in", "name: out")
        .replace("app: db", "app: frontend")
        .replace("ingress", "egress");
    let subject = answer("lab/@app=fronted", &format!("{out}---\n{}", own.replace("from", "to")));
    let near = "near miss: NetworkPolicy lab/out does not select lab/@app=fronted: wants app=frontend, pod has app=fronted, did you mean `frontend`?";
    assert!(subject.contains(near), "{subject}");
}

#[test]
fn families_that_differ_are_told_apart() {
    let dual = pod("db").replace("}}\n", "}, status: {podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}]}}\n");
    let policy = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: in, namespace: lab}, spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}}\n";
    let halves = told("can internet lab/db:80", &[&dual, policy]);
    assert!(halves.contains("ALLOW  internet (IPv4) -> lab/db"), "{halves}");
    assert!(halves.contains("DENY  internet (IPv6) -> lab/db"), "{halves}");
    let template = told("explain lab/web lab/db:80", &[&dual, &pod("web"), policy]);
    assert!(template.contains("ingress of lab/db over IPv6"), "{template}");
    assert!(template.contains("peer 0: no, the block holds no address of IPv6"), "{template}");
}

#[test]
fn a_block_that_selects_no_pod_is_told_with_its_reason() {
    let policy = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: in, namespace: lab}, spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/24}}]}]}}\n";
    let answer =
        |flags: &str| told(&format!("explain lab/web lab/db:80 {flags}"), &[&pod("db"), &pod("web"), policy]);
    assert!(
        answer("").contains("the pod is taken to have no address in 10.0.0.0/24; pass `--pod-cidrs CIDR`")
    );
    assert!(answer("--plugin cilium").contains("blocks do not select pods under this network plugin"));
    assert!(answer("--pod-cidrs 10.1.0.0/16").contains("none of which is in 10.0.0.0/24"));
    assert!(answer("--pod-cidrs 10.0.0.0/16").contains("is not known: give the pods with their addresses"));
}

#[test]
fn what_has_finished_is_no_endpoint_and_is_told_so() {
    let done = pod("job").replace("}}\n", "}, status: {phase: Succeeded}}\n");
    let answer = told("can lab/job lab/web", &[&done, &pod("web")]);
    assert!(answer.contains("`lab/job` has succeeded or failed"), "{answer}");
}
