//! `netpol graph`, and pictures of `netpol list`.

use crate::program::{Folder, Run, pod};

fn shop() -> Folder {
    let policy = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: db, namespace: lab}, \
        spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: \
        {matchLabels: {app: web}}}], ports: [{port: 5432}]}]}}\n";
    let pods: String = ["db", "web", "job"].map(|name| format!("---\n{}", pod(name))).concat();
    Folder::with(&[("policy.yaml", policy), ("pods.yaml", &pods)])
}

#[test]
fn a_graph_names_the_rule_behind_each_connection() {
    let report = shop().netpol("graph -o json -f .").json();
    let nodes = report["nodes"].as_array().unwrap();
    let id = |name: &str| nodes.iter().position(|node| node["name"] == name).unwrap();
    let edges = report["edges"].as_array().unwrap();
    let edge = edges.iter().find(|edge| edge["from"] == id("web") && edge["to"] == id("db")).unwrap();
    assert_eq!(edge["rules"][0]["object"], "NetworkPolicy lab/db");
    assert_eq!((&edge["rules"][0]["file"], &edge["rules"][0]["line"]), (&"policy.yaml".into(), &1.into()));
    assert_eq!(nodes[id("db")]["ingressIsolated"], true);
    assert_eq!(nodes[id("job")]["exposed"], true);
}

#[test]
fn every_picture_comes_out_of_both_commands() {
    for command in ["graph", "list"] {
        for (format, beginning) in
            [("dot", "digraph"), ("mermaid", "flowchart"), ("svg", "<svg"), ("html", "<!doctype html")]
        {
            let outcome = shop().netpol(&format!("{command} -o {format} -f ."));
            assert_eq!(outcome.code, 0, "{outcome:?}");
            let text = outcome.stdout.to_lowercase();
            assert!(text.contains(beginning), "{command} -o {format}: {}", &text[..60]);
        }
    }
}

#[test]
fn several_pictures_come_out_of_one_run() {
    let folder = shop();
    let outcome = folder.netpol("graph -o svg=map.svg -o html=map.html -o json -f .");
    assert_eq!((outcome.code, outcome.json()["kind"].clone()), (0, "Graph".into()));
    for name in ["map.svg", "map.html"] {
        assert!(std::fs::metadata(folder.path().join(name)).unwrap().len() > 1000);
    }
}

#[test]
fn a_filter_narrows_the_picture() {
    let report = shop().netpol("graph --to lab/db -o json -f .").json();
    let names: Vec<&str> =
        report["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap_or("")).collect();
    assert_eq!(names, ["db", "web"]);
}

#[test]
fn a_graph_validates_against_its_schema() {
    let schema = Run::small().netpol("schema graph").json();
    let report = Run::small().netpol("graph -f . -o json").json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn nothing_to_draw_is_said() {
    assert_eq!(Folder::with(&[("a.yaml", "a: b\n")]).netpol("graph -f .").code, 3);
    let refused = shop().netpol("graph -o table -f .");
    assert!(refused.code == 2 && refused.stderr.contains("dot, mermaid, svg, html, json"), "{refused:?}");
}
