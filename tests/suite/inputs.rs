//! What is recognised as a Kubernetes object, and what lies beside manifests and is none.

use crate::program::{Folder, pod};

/// What people keep beside manifests, each as the file that it would be.
const NO_MANIFESTS: [(&str, &str); 12] = [
    ("kubeconfig.yaml", "apiVersion: v1\nkind: Config\nclusters: []\nusers: []\ncurrent-context: c\n"),
    ("talos.yaml", "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n"),
    ("index.yaml", "apiVersion: v1\nentries:\n  app: [{apiVersion: v1, name: app}]\n"),
    ("grafana.yaml", "apiVersion: 1\ndatasources: [{name: a, type: prometheus}]\n"),
    ("dashboards.yaml", "apiVersion: 1\nproviders: [{name: a}]\n"),
    ("alertmanager.yaml", "global:\n  slack_api_url: {{ .url }}\n"),
    ("promtail.yaml", "pipeline_stages:\n- template: {source: a, template: '{{ .Value }}'}\n"),
    ("inventory.yaml", "{% for host in hosts %}\n- {{ host }}\n{% endfor %}\n"),
    ("tasks.yaml", "- k8s:\n    definition:\n      apiVersion: v1\n      kind: {{ kind }}\n"),
    ("renovate.json", "{\n  // comment\n  \"extends\": [],\n}\n"),
    ("schema.json", "{\"kind\": \"OBJECT\", \"name\": \"Query\", \"fields\": []}\n"),
    ("chart.yaml", "apiVersion: v2\nname: chart\nversion: 1.0.0\n"),
];

#[test]
fn what_lies_beside_manifests_is_counted_by_every_command() {
    let folder = Folder::with(&[("web.yaml", &pod("web"))]);
    for (name, text) in NO_MANIFESTS {
        folder.write(name, text.as_bytes());
    }
    let lint = folder.netpol("lint . -o concise --select input,api");
    assert_eq!((lint.code, lint.stdout.as_str()), (0, ""), "{lint:?}");
    for command in ["list", "coverage", "can lab/web lab/web:80", "graph"] {
        let outcome = folder.netpol(&format!("{command} -f ."));
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(outcome.stderr.contains("9 documents that are no Kubernetes objects"), "{outcome:?}");
        assert!(outcome.stderr.contains("3 documents that cannot be parsed"), "{outcome:?}");
    }
}

#[test]
fn a_named_file_that_is_no_manifest_leaves_nothing_to_do() {
    let folder = Folder::with(&NO_MANIFESTS);
    for name in ["kubeconfig.yaml", "talos.yaml", "index.yaml", "grafana.yaml", "schema.json", "chart.yaml"] {
        for command in ["lint", "list"] {
            let outcome = folder.netpol(&format!("{command} {name}").replace("list ", "list -f "));
            assert_eq!((outcome.code, outcome.stdout.as_str()), (3, ""), "{command} {name}: {outcome:?}");
            assert!(outcome.stderr.contains("1 document that is no Kubernetes object"), "{outcome:?}");
        }
    }
}

#[test]
fn fixes_leave_alone_what_is_no_object() {
    let folder = Folder::with(&NO_MANIFESTS);
    folder.netpol("lint . --fix --unsafe-fixes");
    folder.netpol("lint grafana.yaml --fix --unsafe-fixes");
    for (name, text) in NO_MANIFESTS {
        assert_eq!(std::fs::read_to_string(folder.path().join(name)).unwrap(), text, "{name}");
    }
}

#[test]
fn half_an_object_is_an_error_wherever_it_is_found() {
    let spec = "metadata: {name: a}\nspec: {podSelector: {}}\n";
    for head in [
        "apiVersion: null\nkind: NetworkPolicy\n",
        "apiVersion: 1\nkind: NetworkPolicy\n",
        "apiVersion: networking.k8s.io/v1\nkind: ''\n",
        "apiVersion: networking.k8s.io/v1\n",
        "kind: NetworkPolicy\n",
        "apiVersion: v1\nkind: NetworkPolicy\n",
        "apiVersion: networking.k8s.io/v1\nkind: [\n",
    ] {
        let folder = Folder::with(&[("a.yaml", format!("{head}{spec}").as_str())]);
        let outcome = folder.netpol("lint . -o concise");
        assert_eq!(outcome.code, 1, "{head}: {outcome:?}");
        assert!(outcome.stdout.contains("error["), "{head}: {outcome:?}");
    }
}

const DENY: &str = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: lab}\n\
                    spec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n";

#[test]
fn a_missing_separator_is_one_finding_that_names_what_is_lost() {
    let other = DENY.replace("name: deny", "name: allow");
    let folder = Folder::with(&[("a.yaml", format!("{DENY}\n# and now\n{other}").as_str())]);
    let outcome = folder.netpol("lint a.yaml -o concise");
    let expected =
        "a.yaml:7:1: warning[duplicate-key]: a line `---` is missing, so `NetworkPolicy lab/deny` is lost\n";
    assert_eq!(outcome.stdout, expected, "{outcome:?}");
    assert!(folder.netpol("list -f a.yaml").stderr.contains("`NetworkPolicy lab/deny` is lost"));
}

#[test]
fn a_policy_that_is_lost_before_an_object_that_cannot_matter_is_told_all_the_same() {
    let other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nspec: {}\n";
    let folder = Folder::with(&[("a.yaml", format!("{DENY}{other}").as_str())]);
    let outcome = folder.netpol("lint a.yaml -o concise");
    assert!(outcome.stdout.contains("`NetworkPolicy lab/deny` is lost"), "{outcome:?}");
}

#[test]
fn a_replaced_policy_keeps_its_findings() {
    let faulty = DENY.replace("policyTypes: [Ingress, Egress]", "policyTypes: [Egress], ingress: [{}]");
    let refused = DENY.replace("podSelector: {}", "podSelector: {matchLabels: {app: a b}}");
    let folder = Folder::with(&[("a.yaml", &faulty), ("b.yaml", &refused), ("c.yaml", DENY)]);
    let outcome = folder.netpol("lint . -o concise");
    assert!(outcome.stdout.contains("a.yaml:4:48: warning[rule-without-direction]"), "{outcome:?}");
    assert!(outcome.stdout.contains("error[invalid-field]"), "{outcome:?}");
}

#[test]
fn the_corpus_has_files_that_are_no_manifests() {
    let Some(corpus) = netpol_tests::corpus::folder() else { return };
    let cases = corpus.join("lint-cases");
    for case in ["04", "05", "06", "07", "09"] {
        let outcome = lint_case(&cases, case);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (3, ""), "{case}: {outcome:?}");
    }
}

/// What lint says of a case of the corpus, by its number.
fn lint_case(cases: &std::path::Path, number: &str) -> crate::program::Outcome {
    let entries = std::fs::read_dir(cases).unwrap();
    let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let name = names.find(|name| name.starts_with(number)).unwrap();
    crate::program::Run::at(cases).words(["lint", name.as_str(), "-o", "concise"])
}

#[test]
fn the_corpus_has_lost_and_replaced_policies() {
    let Some(corpus) = netpol_tests::corpus::folder() else { return };
    let cases = corpus.join("lint-cases");
    let lost = lint_case(&cases, "19");
    assert_eq!(lost.stdout.matches("[duplicate-key]").count(), 1, "{lost:?}");
    assert!(lost.stdout.contains("`NetworkPolicy shop/deny-all` is lost"), "{lost:?}");
    assert!(lint_case(&cases, "58").stdout.contains("a-base.yaml:8:3: warning[rule-without-direction]"));
}

const KUSTOMIZATION: &str = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";

/// A Deployment and a policy without namespaces, with numbers for labels and annotations, and a kustomization that sets
/// one.
fn kustomized(keys: &str) -> Folder {
    let server = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: server, annotations: {port: 1}}\n\
                  spec: {selector: {matchLabels: {app: server}}, template: {metadata: {labels: {app: server, v: 1.10}}, spec: {}}}\n";
    let policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\n\
                  spec: {podSelector: {matchLabels: {app: servr}}, policyTypes: [Egress], ingress: [{}]}\n";
    let kustomization = format!("{KUSTOMIZATION}resources: [server.yaml, policy.yaml]\n{keys}");
    Folder::with(&[
        ("k/kustomization.yaml", &kustomization),
        ("k/server.yaml", server),
        ("k/policy.yaml", policy),
        ("k/config.yaml", "apiVersion: apps/v1\nkind: Deployment\nspec: 1\n"),
    ])
}

#[test]
fn sources_of_a_kustomization_are_judged_by_their_text_alone() {
    let folder = kustomized("namespace: shop\nconfigMapGenerator: [{name: c, files: [x=config.yaml]}]\n");
    let outcome = folder.netpol("lint k -o concise --preset strict");
    let rules: Vec<&str> = outcome.stdout.lines().filter_map(|line| line.split(['[', ']']).nth(1)).collect();
    assert_eq!(rules, ["rule-without-direction"], "{outcome:?}");
    let note = "2 files are sources of kustomizations";
    assert_eq!(outcome.stderr.matches(note).count(), 1, "{outcome:?}");
    assert!(outcome.stderr.contains("1 file that a kustomization takes as data"), "{outcome:?}");
}

#[test]
fn the_namespace_of_a_kustomization_is_that_of_objects_that_name_none() {
    let folder = kustomized("namespace: shop\n");
    assert_eq!(folder.netpol("can shop/server shop/@v=1.10:80 -f k").code, 0);
    let other = format!("{KUSTOMIZATION}resources: [../k]\nnamespace: prod\n");
    folder.write("prod/kustomization.yaml", &other);
    assert_eq!(folder.netpol("can prod/server prod/server:80 -f .").code, 0, "the outer one holds");
    folder.write("test/kustomization.yaml", other.replace("prod", "test"));
    assert_eq!(folder.netpol("can default/server default/server:80 -f .").code, 0, "two are none");
}

#[test]
fn a_kustomization_that_changes_nothing_holds_nothing_back() {
    let folder = kustomized("");
    // A Deployment that cannot be read may be what the policy selects.
    folder.write("k/config.yaml", "a: 1\n");
    let outcome = folder.netpol("lint k -o concise");
    assert!(outcome.stdout.contains("policy-selects-nothing"), "{outcome:?}");
    assert!(!outcome.stderr.contains("sources"), "{outcome:?}");
}

#[test]
fn kustomizations_that_list_one_another_come_to_an_end() {
    let folder = kustomized("namespace: a\n");
    folder.write("k/kustomization.yaml", format!("{KUSTOMIZATION}resources: [server.yaml, ../o]\n"));
    folder.write("o/kustomization.yaml", format!("{KUSTOMIZATION}resources: [../k]\nnamePrefix: x-\n"));
    assert_eq!(folder.netpol("list -f .").code, 0);
}

#[test]
fn a_patch_that_nothing_names_replaces_nothing() {
    let folder = kustomized("");
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: server}\nspec: {replicas: 3}\n";
    folder.write("z/patch.yaml", patch);
    let outcome = folder.netpol("lint . -o concise");
    assert!(!outcome.stdout.contains("duplicate-object"), "{outcome:?}");
    assert!(outcome.stderr.contains("skipped: 1 patch"), "{outcome:?}");
    assert_eq!(folder.netpol("can server @app=server:80 -f .").code, 0);
}

#[test]
fn the_corpus_has_kustomizations_and_patches() {
    let Some(corpus) = netpol_tests::corpus::folder() else { return };
    let cases = corpus.join("lint-cases");
    for case in ["01", "17", "30"] {
        let outcome = lint_case(&cases, case);
        for rule in ["peer-matches-nothing", "duplicate-object", "redundant-policy", "policy-selects-nothing"]
        {
            assert!(!outcome.stdout.contains(&format!("[{rule}]")), "{case}: {outcome:?}");
        }
    }
}

#[test]
fn folders_that_define_the_same_objects_are_one_info_and_verdicts_say_so() {
    let web = [pod("web"), pod("db")].join("---\n");
    let folder = Folder::with(&[("east/all.yaml", &web), ("north/all.yaml", &web), ("west/all.yaml", &web)]);
    let lint = folder.netpol("lint . -o concise --select duplicate-object");
    let lines: Vec<&str> = lint.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{lint:?}");
    assert!(lines[0].starts_with(
        "north/all.yaml:1:1: info[duplicate-object]: `east` and `north` define the same 2 objects"
    ));
    let list = folder.netpol("can lab/web lab/db:80 -f .");
    assert!(list.code == 0 && list.stderr.contains("those of `west` win"), "{list:?}");
    let json = folder.netpol("lint . -o json --select duplicate-object").json();
    assert!(json["diagnostics"][0]["help"].as_str().unwrap().contains("[[clusters]]"), "{json}");
}
