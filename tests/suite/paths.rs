//! `netpol path`.

use serde_json::{Value, json};

use crate::program::{Folder, Run, pod};

/// A policy that isolates the ingress of one pod and admits another on a port.
fn admits(to: &str, from: &str, port: &str) -> String {
    format!(
        "---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: {to}, namespace: lab}}, \
         spec: {{podSelector: {{matchLabels: {{app: {to}}}}}, ingress: [{{from: [{{podSelector: {{matchLabels: \
         {{app: {from}}}}}}}], ports: [{port}]}}]}}}}\n"
    )
}

/// A chain: the outside to `edge`, `edge` to `web`, `web` to `db`; `alone` is reached by nobody.
fn chain() -> Folder {
    let pods: String = ["alone", "db", "edge", "web"].map(|name| format!("---\n{}", pod(name))).concat();
    let policies = [admits("web", "edge", "{port: 80}"), admits("db", "web", "{port: 5432}")].concat();
    let alone = admits("alone", "nobody", "{port: 1}");
    Folder::with(&[("pods.yaml", &pods), ("policies.yaml", &(policies + &alone))])
}

fn hops(report: &Value) -> Vec<(String, String)> {
    let name = |end: &Value| end["name"].as_str().unwrap_or("outside").to_owned();
    let hops = report["hops"].as_array().unwrap().iter();
    hops.map(|hop| (name(&hop["from"]), name(&hop["to"]))).collect()
}

fn pair(from: &str, to: &str) -> (String, String) {
    (from.to_owned(), to.to_owned())
}

#[test]
fn the_shortest_chain_comes_with_the_rules_behind_each_hop() {
    let outcome = chain().netpol("path internet lab/db -o json -f .");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let report = outcome.json();
    assert_eq!(hops(&report), [pair("outside", "edge"), pair("edge", "web"), pair("web", "db")]);
    let last = &report["hops"][2];
    assert_eq!(last["allowed"], json!({"TCP": [[5432, 5432]]}));
    let because = &last["because"][0];
    assert_eq!((&because["object"]["name"], &because["rule"]), (&json!("db"), &json!("ingress[0]")));
    assert_eq!((&because["file"], &because["line"]), (&json!("policies.yaml"), &json!(4)));
    assert_eq!((&last["egress"], &last["ingress"]), (&json!("not-isolated"), &json!("isolated")));
    assert_eq!(report["hops"][0]["because"], json!([]));
}

#[test]
fn the_table_is_for_people() {
    let outcome = chain().netpol("path lab/edge lab/db -f .");
    assert!(
        outcome.stdout.starts_with("lab/edge reaches lab/db in 2 hops\n  1  lab/edge -> lab/web  tcp/80\n"),
        "{outcome:?}"
    );
    assert!(outcome.stdout.contains("ingress[0] of NetworkPolicy lab/db"), "{outcome:?}");
    assert!(outcome.stdout.contains("egress of the source: not isolated"), "{outcome:?}");
}

#[test]
fn no_chain_is_a_bad_answer() {
    let outcome = chain().netpol("path lab/edge lab/alone -f .");
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stdout.starts_with("lab/edge does not reach lab/alone"), "{outcome:?}");
    assert_eq!(chain().netpol("path lab/edge lab/alone -o json -f .").json()["hops"], Value::Null);
    assert_eq!(chain().netpol("path lab/edge lab/alone --exit-zero -f .").code, 0);
}

#[test]
fn the_last_hop_must_allow_the_port() {
    assert_eq!(chain().netpol("path lab/edge lab/db:5432 -f .").code, 0);
    let refused = chain().netpol("path lab/edge lab/db:80 -f .");
    assert!(refused.code == 1 && refused.stdout.contains("lab/db tcp/80"), "{refused:?}");
    let report = chain().netpol("path lab/edge lab/web:80 -o json -f .").json();
    assert_eq!((&report["protocol"], &report["port"]), (&json!("TCP"), &json!(80)));
}

#[test]
fn without_a_destination_everybody_in_reach_is_told_nearest_first() {
    let report = chain().netpol("path lab/edge -o json -f .").json();
    assert_eq!((&report["to"], &report["hops"]), (&Value::Null, &Value::Null));
    let reached = report["reached"].as_array().unwrap().iter();
    let reached: Vec<(&str, u64)> = reached
        .map(|it| (it["endpoint"]["name"].as_str().unwrap_or("outside"), it["hops"].as_u64().unwrap()))
        .collect();
    assert_eq!(reached, [("web", 1), ("outside", 1), ("db", 2)]);
    let near = chain().netpol("path lab/edge --max-hops 1 -f .");
    assert!(
        near.stdout.starts_with("lab/edge reaches 1 of 3 other workloads, and addresses outside\n"),
        "{near:?}"
    );
    let none = chain().netpol("path lab/edge --max-hops 0 -f .");
    assert_eq!(none.code, 1, "{none:?}");
}

#[test]
fn the_smallest_cut_is_named_with_its_rules() {
    let outcome = chain().netpol("path internet lab/db --cut -f .");
    assert_eq!(outcome.code, 0);
    assert!(outcome.stdout.contains("minimum cut: 1 connection\n"), "{outcome:?}");
    let report = chain().netpol("path internet lab/db --cut -o json -f .").json();
    let cut = report["cut"].as_array().unwrap();
    assert_eq!(cut.len(), 1, "{cut:?}");
    let none = chain().netpol("path lab/web lab/alone --cut -o json -f .");
    assert_eq!((none.code, &none.json()["cut"]), (1, &json!([])));
}

#[test]
fn a_way_through_what_is_unknown_is_no_way_and_not_none() {
    let folder = chain();
    let out = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: out, namespace: lab}, spec: \
        {podSelector: {matchLabels: {app: edge}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}}";
    folder.write("out.yaml", out);
    let outcome = folder.netpol("path lab/edge lab/db -f .");
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(
        outcome.stdout.contains("perhaps reaches") && outcome.stdout.contains("`--pod-cidrs CIDR`"),
        "{outcome:?}"
    );
    let report = folder.netpol("path lab/edge lab/db -o json -f .").json();
    assert!(report["hops"].is_null() && report["possible"].as_array().unwrap().len() == 2, "{report:#}");
    assert_eq!(folder.netpol("path lab/edge lab/db --unknown allow -f .").code, 0);
    assert_eq!(folder.netpol("path lab/edge lab/db --unknown deny -f .").code, 1);
}

/// The chain, and a policy of a kind that is not evaluated: whatever it could change is unknown.
fn clouded() -> Folder {
    let folder = chain();
    let unread = "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: c, namespace: lab}, spec: {}}";
    folder.write("unread.yaml", unread);
    folder
}

#[test]
fn a_path_says_what_it_rests_on() {
    for words in ["path lab/edge", "path lab/edge lab/db"] {
        let report = clouded().netpol(&format!("{words} -o json --unknown allow -f .")).json();
        assert_eq!(report["assumptions"], json!(["what is unknown is taken as allowed, as asked"]));
        let table = clouded().netpol(&format!("{words} --unknown allow -f .")).stdout;
        assert!(
            table.ends_with("\n\nassumed:\n  what is unknown is taken as allowed, as asked\n"),
            "{table}"
        );
        let markdown = clouded().netpol(&format!("{words} -o md --unknown allow -f .")).stdout;
        assert!(
            markdown.ends_with("\n\nassumed:\n- what is unknown is taken as allowed, as asked\n"),
            "{markdown}"
        );
    }
}

#[test]
fn who_is_reached_through_what_is_unknown_is_told_apart() {
    let outcome = clouded().netpol("path lab/edge -f .");
    assert_eq!(outcome.code, 4, "{outcome:?}");
    for words in [
        "lab/edge reaches 0 of 3 other workloads",
        "perhaps, over unknown connections:",
        "lab/{alone, db, web}",
    ] {
        assert!(outcome.stdout.contains(words), "{words}: {outcome:?}");
    }
    assert!(outcome.stderr.contains("`--unknown allow` or `deny` decides it"), "{outcome:?}");
    let report = clouded().netpol("path lab/edge -o json -f .").json();
    assert_eq!(report["reached"], json!([]));
    let perhaps: Vec<&Value> =
        report["perhapsReached"].as_array().unwrap().iter().map(|it| &it["endpoint"]["name"]).collect();
    assert!(perhaps.contains(&&json!("web")) && perhaps.contains(&&json!("db")), "{report:#}");
    assert_eq!(clouded().netpol("path lab/edge --unknown allow -f .").code, 0);
    assert_eq!(clouded().netpol("path lab/edge --unknown deny -f .").code, 1);
    let csv = clouded().netpol("path lab/edge -o csv -f .").stdout;
    assert!(csv.contains("1,lab/edge,lab/web,every port,unknown\n"), "{csv}");
    let cut = clouded().netpol("path lab/edge lab/db --cut -f .").stdout;
    assert!(cut.contains("no path of allowed connections leads there"), "{cut}");
}

#[test]
fn of_several_ends_it_is_said_that_one_is_meant() {
    let there = chain().netpol("path ns/lab lab/db -f .").stdout;
    assert!(there.starts_with("one of lab/alone, lab/db, lab/edge, lab/web reaches lab/db"), "{there}");
    let nowhere = chain().netpol("path lab/db ns/lab:udp -f .").stdout;
    assert!(nowhere.starts_with("lab/db reaches one of"), "{nowhere}");
}

#[test]
fn several_ends_are_any_of_them() {
    let report = chain().netpol("path any lab/db -o json -f .").json();
    assert_eq!(hops(&report), [pair("web", "db")]);
    let namespace = chain().netpol("path ns/lab lab/db -o json -f .").json();
    assert_eq!(hops(&namespace), [pair("web", "db")]);
    let there = chain().netpol("path lab/db lab/db -f .");
    assert!(there.code == 0 && there.stdout.contains("nothing to reach"), "{there:?}");
}

#[test]
fn every_format_says_the_same() {
    let csv = chain().netpol("path lab/edge lab/db -o csv -f .").stdout;
    assert!(csv.starts_with("hop,from,to,ports,allowed_by\n1,lab/edge,lab/web,tcp/80,"), "{csv}");
    let markdown = chain().netpol("path lab/edge lab/db -o md -f .").stdout;
    assert!(markdown.contains("| 2 | lab/web | lab/db | tcp/5432 |"), "{markdown}");
    for words in ["path lab/edge lab/db --cut", "path lab/edge"] {
        let yaml: Value =
            serde_yaml::from_str(&chain().netpol(&format!("{words} -o yaml -f .")).stdout).unwrap();
        assert_eq!(yaml, chain().netpol(&format!("{words} -o json -f .")).json());
    }
}

#[test]
fn a_chain_begins_and_ends_at_pods_that_do_not_exist() {
    let from = chain().netpol("path lab/@app=edge,new=yes lab/db -o json -f .");
    assert_eq!(from.code, 0, "{from:?}");
    let report = from.json();
    let new = json!({"kind": "hypothetical", "namespace": "lab", "labels": {"app": "edge", "new": "yes"}});
    assert_eq!((&report["from"], &report["hops"][0]["from"]), (&new, &new));
    assert_eq!(hops(&report)[1..], [pair("web", "db")]);
    assert!(report["assumptions"].to_string().contains("lab/@app=edge,new=yes"), "{report:#}");
    let to = chain().netpol("path lab/edge lab/@app=db,new=yes:5432 -f .");
    assert!(to.code == 0 && to.stdout.contains("lab/web -> lab/@app=db,new=yes"), "{to:?}");
    assert_eq!(chain().netpol("path lab/edge lab/@app=db,new=yes:80 -f .").code, 1);
    let cut = chain().netpol("path elsewhere/@app=x lab/db --cut -o json -f .").json();
    assert_eq!(cut["cut"].as_array().unwrap().len(), 1, "{cut:#}");
    let reached = chain().netpol("path elsewhere/@app=x -o csv -f .").stdout;
    assert!(reached.contains("1,elsewhere/@app=x,lab/edge,"), "{reached}");
}

#[test]
fn ends_that_there_are_not_are_errors() {
    let unknown = chain().netpol("path lab/egde lab/db -f .");
    assert!(unknown.code == 2 && unknown.stderr.contains("lab/edge"), "{unknown:?}");
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n";
    let with_node = Folder::with(&[("a.yaml", &format!("{node}---\n{}", pod("a")))]);
    let refused = with_node.netpol("path node/n1 lab/a:80 -f .");
    assert!(refused.code == 2 && refused.stderr.contains("`netpol can node/n1 lab/a:80`"), "{refused:?}");
    assert_eq!(chain().netpol("path lab/edge --cut -f .").code, 2);
    assert_eq!(chain().netpol("path lab/edge lab/db --max-hops 1 -f .").code, 2);
    let empty = Folder::with(&[("a.yaml", "a: b\n")]);
    assert_eq!(empty.netpol("path lab/a lab/b -f .").code, 3);
    let policies = Folder::with(&[("a.yaml", &admits("a", "b", "{port: 1}"))]);
    assert_eq!(policies.netpol("path lab/a lab/b -f .").code, 2);
}

#[test]
fn every_path_validates_against_its_schema() {
    let schema = Run::small().netpol("schema path").json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for words in
        ["path internet lab/db", "path internet lab/db --cut", "path lab/edge", "path lab/edge lab/alone:udp"]
    {
        let report = chain().netpol(&format!("{words} -o json -f .")).json();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "`{words}`: {errors:?}");
    }
}
