//! One repository, many clusters: `[[clusters]]` of `netpol.toml`.

use crate::program::{Folder, pod};

const CONFIG: &str = "[cluster]\ncluster-domain = \"a.b\"\n\
                      [[clusters]]\nname = \"east\"\npaths = [\"east\", \"shared\"]\n\
                      [[clusters]]\nname = \"west\"\npaths = [\"./west/\", \"shared/*.yaml\"]\n";

const DENY: &str = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: lab}\n\
                    spec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n";

/// The same pods twice, of which only those of `west` are isolated.
fn repository() -> Folder {
    let web = [pod("web"), pod("db")].join("---\n");
    Folder::with(&[
        ("netpol.toml", CONFIG),
        ("east/all.yaml", &web),
        ("west/all.yaml", &web),
        ("west/deny.yaml", DENY),
        ("shared/tool.yaml", &pod("tool")),
    ])
}

#[test]
fn every_command_judges_each_cluster_on_its_own() {
    let folder = repository();
    let outcome = folder.netpol("can lab/web lab/db:80 -f .");
    assert_eq!(outcome.code, 1, "the worst wins: {outcome:?}");
    let (east, west) = outcome.stdout.split_once("cluster west:\n").unwrap();
    assert!(east.starts_with("cluster east:\nALLOW") && west.starts_with("DENY"), "{outcome:?}");
    for command in
        ["list -f .", "coverage -f .", "explain lab/web lab/tool:80 -f .", "path lab/web lab/db -f ."]
    {
        let outcome = folder.netpol(command);
        assert!(outcome.stdout.contains("cluster east:\n"), "{command}: {outcome:?}");
        assert!(outcome.stdout.contains("cluster west:\n"), "{command}: {outcome:?}");
    }
    assert!(!folder.netpol("lint . -o concise").stdout.contains("duplicate-object"));
}

#[test]
fn json_has_a_report_for_each_cluster() {
    let folder = repository();
    let json = folder.netpol("can lab/web lab/db:80 -f . -o json").json();
    assert_eq!((&json["schema"], &json["kind"]), (&"netpol/v1".into(), &"Clusters".into()), "{json}");
    let of = |at: usize| {
        (json["clusters"][at]["name"].clone(), json["clusters"][at]["report"]["decision"].clone())
    };
    assert_eq!(of(0), ("east".into(), "allow".into()));
    assert_eq!(of(1), ("west".into(), "deny".into()));
    folder.write("west/bad.yaml", DENY.replace("podSelector", "podSelektor"));
    let lint = folder.netpol("lint . -o json").json();
    let found = lint["clusters"][1]["report"]["diagnostics"].as_array().unwrap();
    assert!(!found.is_empty() && found.iter().all(|it| it["cluster"] == "west"), "{lint}");
    let lines = folder.netpol("lint . -o jsonl");
    assert!(lines.json_lines().iter().any(|it| it["cluster"] == "west"), "{lines:?}");
}

#[test]
fn clusters_are_picked_by_name_and_by_paths() {
    let folder = repository();
    assert_eq!(folder.netpol("can lab/web lab/db:80 -f . --cluster east").code, 0);
    assert_eq!(folder.netpol("can lab/web lab/db:80 -f east").code, 0);
    assert_eq!(folder.netpol("can lab/web lab/db:80 -f west").code, 1);
    let json = folder.netpol("list -f . --cluster west -o json").json();
    assert_eq!(json["clusters"].as_array().map(Vec::len), Some(1), "{json}");
    for (words, help) in
        [("--cluster wets", "did you mean `west`?"), ("--cluster north", "there are east, west")]
    {
        let outcome = folder.netpol(&format!("list -f . {words}"));
        assert!(outcome.code == 2 && outcome.stderr.contains(help), "{outcome:?}");
    }
    let none = Folder::with(&[("a.yaml", &pod("a"))]).netpol("list -f . --cluster a");
    assert!(none.code == 2 && none.stderr.contains("[[clusters]]"), "{none:?}");
}

#[test]
fn what_no_cluster_lists_is_one_more() {
    let folder = repository();
    folder.write("other/a.yaml", pod("other"));
    let outcome = folder.netpol("list -f .");
    let (_, rest) = outcome.stdout.split_once("no cluster:\n").unwrap();
    assert!(rest.contains("lab/other") && !rest.contains("lab/web"), "{outcome:?}");
}

#[test]
fn a_report_that_holds_one_cluster_is_refused_for_several() {
    let folder = repository();
    for words in
        ["lint . -o sarif", "lint . -o json=a.json", "list -f . -o svg", "lint . --write-baseline b.json"]
    {
        let outcome = folder.netpol(words);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{words}: {outcome:?}");
        assert!(outcome.stderr.contains("pass `--cluster NAME`: there are east, west"), "{outcome:?}");
    }
    let one = folder.netpol("lint . -o sarif --cluster east --select api");
    assert_eq!(one.json()["version"], "2.1.0", "{one:?}");
}

#[test]
fn facts_of_a_cluster_are_its_own() {
    let folder = repository();
    folder
        .write("netpol.toml", CONFIG.replace("name = \"west\"\n", "name = \"west\"\nplugin = \"flannel\"\n"));
    let outcome = folder.netpol("can lab/web lab/db:80 -f .");
    assert_eq!(outcome.code, 0, "flannel enforces nothing: {outcome:?}");
}
