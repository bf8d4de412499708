//! `netpol list`.

use serde_json::Value;

use crate::program::{Folder, Run, pod};

/// A namespace where `web` reaches `db`, and nobody else does.
fn shop() -> Folder {
    let policy = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: db, namespace: lab}, \
        spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: \
        {matchLabels: {app: web}}}], ports: [{port: 5432}]}]}}\n";
    let pods: String = ["db", "web", "job"].map(|name| format!("---\n{}", pod(name))).concat();
    Folder::with(&[("policy.yaml", policy), ("pods.yaml", &pods)])
}

fn names(side: &Value) -> Vec<&str> {
    side.as_array().unwrap().iter().map(|end| end["name"].as_str().unwrap_or("addresses")).collect()
}

#[test]
fn the_table_keeps_what_rules_allow_apart_from_what_nobody_governs() {
    let outcome = shop().netpol("list -f .");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let (rules, open) = outcome.stdout.split_once("because no policy selects either end").unwrap();
    assert!(rules.contains("lab/web   lab/db   tcp/5432"), "{rules}");
    assert!(open.contains("lab/{job, web}") && open.contains("outside"), "{open}");
    assert!(outcome.stderr.contains("of 9 pairs of workloads are allowed"), "{}", outcome.stderr);
}

#[test]
fn who_can_reach_an_end_on_a_port() {
    let outcome = shop().netpol("list --to lab/db:5432 -o json -f .");
    let groups = outcome.json()["groups"].as_array().unwrap().clone();
    let from: Vec<&str> = groups.iter().flat_map(|group| names(&group["from"])).collect();
    assert_eq!(from, ["db", "web"], "a pod reaches itself, and the rule lets in `web`: {groups:?}");
    assert_eq!(groups[0]["allowed"], serde_json::json!({"TCP": [[5432, 5432]]}));
}

#[test]
fn pairs_are_expanded_when_asked_for() {
    let report = shop().netpol("list --expand -o json -f .").json();
    let connections = report["connections"].as_array().unwrap();
    let into_db: Vec<&Value> = connections.iter().filter(|it| it["to"]["name"] == "db").collect();
    assert_eq!(into_db.len(), 2);
    assert!(connections.iter().any(|it| it["because"] == "not-isolated"));
    assert!(connections.iter().all(|it| it["from"]["name"] != "db" || it["to"]["name"] == "db"));
}

#[test]
fn comma_separated_values_have_a_row_for_a_pair_and_a_protocol() {
    let outcome = shop().netpol("list --from lab/web --to lab/db -o csv -f .");
    assert_eq!(outcome.stdout, "from,to,protocol,ports,decision\nlab/web,lab/db,TCP,5432,allow\n");
}

#[test]
fn markdown_and_yaml_say_the_same() {
    let markdown = shop().netpol("list --to lab/db --from lab/web -o md -f .");
    assert!(markdown.stdout.contains("| lab/web | lab/db | tcp/5432 | allow |"), "{}", markdown.stdout);
    let yaml = shop().netpol("list --to lab/db --from lab/web -o yaml -f .").stdout;
    let yaml: Value = serde_yaml::from_str(&yaml).unwrap();
    assert_eq!(yaml, shop().netpol("list --to lab/db --from lab/web -o json -f .").json());
}

#[test]
fn counts_are_those_of_the_pairs_that_were_asked_for() {
    let count = |words: &str| shop().netpol(&format!("list --count -o csv -f . {words}")).stdout;
    assert_eq!(count(""), "allowed,denied,unknown\n6,3,0\n");
    assert_eq!(count("--to lab/db"), "allowed,denied,unknown\n2,1,0\n");
    assert_eq!(count("--from lab/db --hide-not-isolated"), "allowed,denied,unknown\n1,2,0\n");
}

#[test]
fn connections_that_nobody_governs_can_be_hidden() {
    let outcome = shop().netpol("list --hide-not-isolated -f .");
    assert!(!outcome.stdout.contains("no policy selects either end"), "{}", outcome.stdout);
}

#[test]
fn a_namespace_filters_by_either_end_or_by_the_direction() {
    let folder = shop();
    folder.write("other.yaml", pod("elsewhere").replace("namespace: lab", "namespace: other"));
    let of = |words: &str| {
        let outcome = folder.netpol(&format!("list --expand -o json -f . {words}"));
        let report = outcome.json();
        let pairs = report["connections"].as_array().unwrap().iter();
        let place = |end: &Value| end["namespace"].as_str().unwrap_or("outside").to_owned();
        pairs.map(|it| (place(&it["from"]), place(&it["to"]))).collect::<Vec<_>>()
    };
    assert!(of("-n other").iter().all(|(from, to)| from == "other" || to == "other"));
    assert!(of("-n other --direction ingress").iter().all(|(_, to)| to == "other"));
    assert!(of("-n other --direction egress").iter().all(|(from, _)| from == "other"));
    assert_eq!(of("-n other -A"), of(""));
}

#[test]
fn what_the_map_does_not_have_is_said() {
    let folder = shop();
    let unknown = folder.netpol("list --to lab/dbb -f .");
    assert!(unknown.code == 2 && unknown.stderr.contains("lab/db"), "{unknown:?}");
    folder.write("node.yaml", "{apiVersion: v1, kind: Node, metadata: {name: n1}}\n");
    let node = folder.netpol("list --from node/n1 -f .");
    assert!(node.code == 2 && node.stderr.contains("netpol can"), "{node:?}");
    assert_eq!(folder.netpol("list --from any -f .").code, 0, "nodes among others are left out");
    let port = folder.netpol("list --port htpp -f .");
    assert!(port.code == 2 && port.stderr.contains("names no port `htpp`"), "{port:?}");
    let port = folder.netpol("list --to lab/db:htpp -f .");
    assert!(port.code == 2 && port.stderr.contains("names no port `htpp`"), "{port:?}");
    let twice = folder.netpol("list --to lab/db:80 --port 81 -f .");
    assert!(twice.code == 2 && twice.stderr.contains("twice"), "{twice:?}");
    let namespace = folder.netpol("list -n lap -f .");
    assert!(namespace.code == 2 && namespace.stderr.contains("did you mean `lab`?"), "{namespace:?}");
    let format = folder.netpol("list -o text -f .");
    assert!(format.code == 2 && format.stderr.contains("it has table, json, yaml, csv, md"), "{format:?}");
}

#[test]
fn a_pod_that_does_not_exist_yet_is_an_end_too() {
    let outcome = shop().netpol("list --from lab/@app=web,new=yes -f .");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stdout.contains("lab/@app=web,new=yes   lab/db   tcp/5432"), "{outcome:?}");
    assert!(outcome.stdout.contains("no pod `lab/@app=web,new=yes` is in the input"), "{outcome:?}");
    let dot = shop().netpol("graph --to lab/@app=db,new=yes -o dot -f .");
    assert!(dot.code == 0 && dot.stdout.contains("tcp/5432"), "{dot:?}");
}

#[test]
fn pods_that_reach_nobody_but_themselves_share_a_row() {
    let folder = shop();
    let closed = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: all, namespace: lab}, \
        spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}";
    folder.write("closed.yaml", closed);
    let outcome = folder.netpol("list -f .");
    assert!(outcome.stdout.contains("every workload (3)   itself   every port"), "{outcome:?}");
}

#[test]
fn a_cause_of_several_workloads_is_told_once() {
    let folder = shop();
    let unread = |name: &str| {
        format!(
            "---\n{{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {{name: {name}, namespace: lab}}, spec: {{}}}}\n"
        )
    };
    folder.write("unread.yaml", ["a", "b", "c"].map(unread).concat());
    let outcome = folder.netpol("list -f .");
    let once = outcome.words();
    assert_eq!(once.matches("not evaluated").count(), 1, "{outcome:?}");
    assert!(
        once.contains("3 policies are of the kind `CiliumNetworkPolicy`, which is not evaluated"),
        "{once}"
    );
    assert!(once.contains("`--unknown allow` or `deny` decides") && once.contains("unread.yaml:2"), "{once}");
    let markdown = folder.netpol("list -o md -f .").stdout;
    assert!(markdown.contains("\n\nunknown because:\n- 3 policies are of the kind"), "{markdown}");
}

#[test]
fn nothing_to_list_is_said() {
    let folder = Folder::with(&[("a.yaml", "a: b\n")]);
    assert_eq!(folder.netpol("list -f .").code, 3);
    assert_eq!(folder.netpol("list -f . --allow-empty").code, 0);
    let policy = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {}}}";
    let outcome = Folder::with(&[("a.yaml", policy)]).netpol("list -f .");
    assert!(outcome.code == 0 && outcome.stderr.contains("no workload and no pod"), "{outcome:?}");
}

#[test]
fn unknown_connections_stand_apart_with_their_cause() {
    let folder = shop();
    folder.write(
        "block.yaml",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: out, namespace: lab}, spec: \
         {podSelector: {matchLabels: {app: job}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: \
         10.0.0.0/8}}]}]}}",
    );
    let outcome = folder.netpol("list --from lab/job -f .");
    let (_, unknown) = outcome.stdout.split_once("unknown:").unwrap();
    assert!(unknown.contains("`--pod-cidrs CIDR`") && unknown.contains("block.yaml:1"), "{unknown}");
    let settled = folder.netpol("list --from lab/job --pod-cidrs 10.244.0.0/16 -f .");
    assert!(!settled.stdout.contains("unknown:"), "{}", settled.stdout);
}

#[test]
fn every_list_validates_against_its_schema() {
    for (kind, words) in [
        ("connection-groups", "list"),
        ("connection-groups", "list --count"),
        ("connections", "list --expand"),
        ("connections", "list --expand --unknown allow --port 80"),
    ] {
        let schema = Run::small().netpol(&format!("schema {kind}")).json();
        let report = Run::small().netpol(&format!("{words} -f . -o json")).json();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "`{words}`: {errors:?}");
    }
}
