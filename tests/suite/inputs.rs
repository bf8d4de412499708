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
