//! `netpol coverage`.

use serde_json::{Value, json};

use crate::program::{Folder, Run, pod};

/// A policy of the namespace `lab`, by its name and the rest of its `spec`.
fn policy(name: &str, spec: &str) -> String {
    format!(
        "---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: {name}, namespace: lab}}, \
         spec: {{{spec}}}}}\n"
    )
}

/// Two pods, and a policy that admits `web`, and whatever a monitoring namespace holds, to `db`.
fn lab() -> Folder {
    let rules = "podSelector: {matchLabels: {app: db}}, ingress: [\
        {from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}, \
        {from: [{namespaceSelector: {matchLabels: {team: sre}}}], ports: [{port: 9187}]}, \
        {from: [{podSelector: {matchLabels: {app: gone}}}]}]";
    let pods: String = ["db", "web"].map(|name| format!("---\n{}", pod(name))).concat();
    Folder::with(&[("policy.yaml", &policy("db", rules)), ("pods.yaml", &pods)])
}

fn workload<'v>(report: &'v Value, name: &str) -> &'v Value {
    let mut workloads = report["workloads"].as_array().unwrap().iter();
    workloads.find(|workload| workload["endpoint"]["name"] == name).unwrap()
}

#[test]
fn each_direction_of_a_workload_says_by_what_it_is_isolated_and_to_whom_it_is_open() {
    let report = lab().netpol("coverage -o json -f .").json();
    let db = workload(&report, "db");
    assert_eq!(db["ingress"]["isolated"], true);
    assert_eq!(db["ingress"]["policies"][0]["name"], "db");
    let own = json!({"kind": "selector", "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "lab"}},
        "podSelector": {"matchLabels": {"app": "web"}}});
    let exposure = db["ingress"]["exposure"].as_array().unwrap();
    let web = exposure.iter().find(|entry| entry["peer"] == own).unwrap();
    assert_eq!((&web["allowed"], &web["unknown"]), (&json!({"TCP": [[5432, 5432]]}), &json!({})));
    let sre =
        json!({"kind": "selector", "namespaceSelector": {"matchLabels": {"team": "sre"}}, "podSelector": {}});
    assert!(exposure.iter().any(|entry| entry["peer"] == sre), "{exposure:?}");
    assert_eq!(db["egress"]["isolated"], false);
    let everyone = json!({"kind": "selector", "namespaceSelector": {}, "podSelector": {}});
    assert_eq!(db["egress"]["exposure"][0]["peer"], json!({"kind": "addresses", "cidrs": ["0.0.0.0/0"]}));
    assert_eq!(db["egress"]["exposure"][1]["peer"], everyone);
    assert_eq!((&db["ingress"]["internet"], &db["egress"]["internet"]), (&json!(false), &json!(true)));
}

#[test]
fn a_selector_whose_pods_another_selects_with_as_many_ports_is_left_out() {
    let folder = lab();
    let rules = "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {}}], ports: [{port: 5432}]}]";
    folder.write("wide.yaml", policy("wide", rules));
    let report = folder.netpol("coverage -o json -f .").json();
    let exposure = workload(&report, "db")["ingress"]["exposure"].as_array().unwrap();
    let selectors: Vec<&Value> = exposure.iter().map(|entry| &entry["peer"]["podSelector"]).collect();
    assert!(!selectors.contains(&&json!({"matchLabels": {"app": "web"}})), "{selectors:?}");
    assert!(
        selectors.contains(&&json!({"matchLabels": {"app": "gone"}})),
        "it has more ports: {selectors:?}"
    );
}

#[test]
fn a_named_port_of_pods_that_do_not_exist_has_a_number_that_nobody_knows() {
    let folder = lab();
    let rules = "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: \
        {matchLabels: {app: db}}}], ports: [{port: sql}]}]";
    folder.write("web.yaml", policy("web", rules));
    let report = folder.netpol("coverage -o json -f .").json();
    let entry = &workload(&report, "web")["egress"]["exposure"][0];
    assert_eq!((&entry["allowed"], &entry["unknown"]), (&json!({}), &json!({"TCP": [[1, 65535]]})));
    assert_eq!(entry["namedPorts"], json!(["sql"]));
    assert!(folder.netpol("coverage -f .").stdout.contains("the ports named sql"));
    let denied = folder.netpol("coverage -o json --unknown deny -f .").json();
    assert_eq!(workload(&denied, "web")["egress"]["exposure"], json!([]));
}

#[test]
fn markdown_says_what_the_table_says() {
    let folder = lab();
    folder.write("nobody.yaml", policy("nobody", "podSelector: {matchLabels: {app: nobody}}, ingress: [{}]"));
    folder.write("broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: [\n");
    let markdown = folder.netpol("coverage -o md -f .").stdout;
    for words in [
        "isolated for ingress, ",
        "\n\n| Workload | Direction | Isolated by | Ports | Open to |\n| --- |",
        "\n\na new pod would be isolated:\n\n| Namespace | Ingress | Egress |\n",
        "\n\nrules that nothing in the input uses:\n- its policy selects no workload of the input:\n  - ingress",
        "\n\nassumed:\n- ",
    ] {
        assert!(markdown.contains(words), "{words}: {markdown}");
    }
}

#[test]
fn a_namespace_denies_by_default_when_no_pod_could_escape_its_policies() {
    let of = |folder: &Folder| folder.netpol("coverage -o json -f .").json()["namespaces"][0].clone();
    let folder = lab();
    assert_eq!(of(&folder)["ingressDefaultDeny"], false);
    folder
        .write("one.yaml", policy("one", "podSelector: {matchExpressions: [{key: app, operator: Exists}]}"));
    assert_eq!(of(&folder)["ingressDefaultDeny"], false, "a pod without the label would escape");
    let two = "podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}, policyTypes: [Ingress]";
    folder.write("two.yaml", policy("two", two));
    assert_eq!(of(&folder), json!({"name": "lab", "ingressDefaultDeny": true, "egressDefaultDeny": false}));
}

#[test]
fn rules_that_nothing_uses_are_named_with_the_reason() {
    let folder = lab();
    folder.write("nobody.yaml", policy("nobody", "podSelector: {matchLabels: {app: nobody}}, ingress: [{}]"));
    let report = folder.netpol("coverage -o json -f .").json();
    let unused = report["unusedRules"].as_array().unwrap();
    let told: Vec<(&str, &str, &str)> = unused
        .iter()
        .map(|it| {
            (
                it["object"]["name"].as_str().unwrap(),
                it["rule"].as_str().unwrap(),
                it["reason"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("nobody", "ingress[0]", "no-subject"),
            ("db", "ingress[1]", "no-peer"),
            ("db", "ingress[2]", "no-peer")
        ]
    );
    assert!(unused.iter().all(|it| it["file"].is_string() && it["line"].is_number()));
    assert_eq!(report["counts"]["unusedRules"], 3);
}

#[test]
fn the_table_is_for_people() {
    let outcome = lab().netpol("coverage -f .");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    for words in [
        "2 workloads: 1 isolated for ingress, 0 for egress",
        "app=web in `lab`",
        "every pod of namespaces with team=sre",
        "not isolated",
        "anyone, in the cluster or outside",
        "rules that nothing in the input uses:",
        "ingress[2] of NetworkPolicy lab/db",
    ] {
        assert!(outcome.stdout.contains(words), "`{words}` is missing in\n{}", outcome.stdout);
    }
}

#[test]
fn every_format_has_the_same_workloads() {
    let folder = lab();
    let csv = folder.netpol("coverage -o csv -f .").stdout;
    assert!(csv.starts_with("workload,direction,isolated,policies,open_to,ports,decision\n"), "{csv}");
    assert!(
        csv.contains("lab/db,ingress,yes,NetworkPolicy lab/db,app=web in `lab`,tcp/5432,allow\n"),
        "{csv}"
    );
    let markdown = folder.netpol("coverage -o md -f .").stdout;
    assert!(markdown.contains("\n| lab/db | ingress | lab/db | "), "{markdown}");
    let yaml: Value = serde_yaml::from_str(&folder.netpol("coverage -o yaml -f .").stdout).unwrap();
    assert_eq!(yaml, folder.netpol("coverage -o json -f .").json());
}

#[test]
fn a_namespace_filters_workloads_namespaces_and_rules() {
    let folder = lab();
    folder.write("other.yaml", pod("elsewhere").replace("namespace: lab", "namespace: other"));
    let report = folder.netpol("coverage -n other -o json -f .").json();
    assert_eq!(report["workloads"].as_array().unwrap().len(), 1);
    assert_eq!(report["namespaces"].as_array().unwrap().len(), 1);
    assert_eq!((&report["unusedRules"], &report["counts"]["rules"]), (&json!([]), &json!(0)));
    let unknown = folder.netpol("coverage -n lap -f .");
    assert!(unknown.code == 2 && unknown.stderr.contains("did you mean `lab`?"), "{unknown:?}");
}

#[test]
fn nothing_to_cover_is_said() {
    let folder = Folder::with(&[("a.yaml", "a: b\n")]);
    assert_eq!(folder.netpol("coverage -f .").code, 3);
    assert_eq!(folder.netpol("coverage -f . --allow-empty").code, 0);
    let folder = Folder::with(&[("a.yaml", &policy("a", "podSelector: {}, ingress: [{}]"))]);
    let outcome = folder.netpol("coverage -f .");
    assert!(outcome.code == 0 && outcome.stderr.contains("no workload and no pod"), "{outcome:?}");
    let open = Folder::with(&[("a.yaml", &pod("a"))]).netpol("coverage -f .");
    assert!(open.stdout.contains("the input holds no network policy"), "{open:?}");
}

#[test]
fn a_policy_that_the_server_refuses_may_isolate() {
    let folder = lab();
    folder.write("bad.yaml", policy("bad", "podSelector: {matchLabels: {app: web}}, policyTypes: [Ingres]"));
    let report = folder.netpol("coverage -o json -f .").json();
    let ingress = &workload(&report, "web")["ingress"];
    assert_eq!(
        (&ingress["isolated"], &ingress["mayBeIsolated"]),
        (&json!(false), &json!(true)),
        "{ingress:#}"
    );
}

#[test]
fn every_coverage_validates_against_its_schema() {
    let schema = Run::small().netpol("schema coverage").json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for folder in [lab(), Folder::with(&[("a.yaml", &pod("a"))])] {
        let report = folder.netpol("coverage -o json -f .").json();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

#[test]
fn a_policy_that_is_not_evaluated_may_isolate_and_may_close_the_way_to_the_internet() {
    let folder = lab();
    let unread = "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: c, namespace: lab}, spec: {}}";
    folder.write("unread.yaml", unread);
    let report = folder.netpol("coverage -o json -f .").json();
    let web = &workload(&report, "web")["ingress"];
    assert_eq!((&web["isolated"], &web["mayBeIsolated"]), (&json!(false), &json!(true)));
    assert_eq!((&web["internet"], &web["mayBeInternet"]), (&json!(false), &json!(true)));
    assert_eq!(workload(&report, "db")["ingress"]["isolated"], true);
    assert_eq!(report["namespaces"][0]["ingressMayBeDefaultDeny"], true);
    let counts = &report["counts"];
    assert_eq!((&counts["ingressIsolated"], &counts["ingressPerhapsIsolated"]), (&json!(1), &json!(1)));
    assert_eq!((&counts["egressInternet"], &counts["egressPerhapsInternet"]), (&json!(0), &json!(2)));
    let table = folder.netpol("coverage -f .").stdout;
    assert!(
        table.starts_with("2 workloads: 1 (perhaps 2) isolated for ingress, 0 (perhaps 2) for egress\n"),
        "{table}"
    );
    assert!(table.contains("perhaps by CiliumNetworkPolicy lab/c, not evaluated"), "{table}");
    assert!(!table.contains("not isolated"), "{table}");
}
