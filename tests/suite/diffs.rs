//! `netpol diff`.

use std::process::Command;

use netpol_tests::corpus::say;
use serde_json::{Value, json};

use crate::program::{Folder, Run, pod};

fn policy(peer: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: db, namespace: lab}}\nspec:\n  \
         podSelector: {{matchLabels: {{app: db}}}}\n  policyTypes: [Ingress]\n  ingress:\n  - from:\n    - podSelector: \
         {{matchLabels: {{app: {peer}}}}}\n    ports: [{{port: 5432}}]\n"
    )
}

fn pods(names: &[&str]) -> String {
    names.iter().flat_map(|name| ["---\n".to_owned(), pod(name)]).collect()
}

/// `web` loses the database to `job`; `late` comes, `early` goes.
fn folder() -> Folder {
    Folder::with(&[
        ("old/policy.yaml", &policy("web")),
        ("old/pods.yaml", &pods(&["db", "web", "job", "early"])),
        ("new/policy.yaml", &policy("job")),
        ("new/pods.yaml", &pods(&["db", "web", "job", "late"])),
    ])
}

#[test]
fn what_was_added_and_removed_comes_with_its_policy_and_line() {
    let outcome = folder().netpol("diff old new -o json");
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let report = outcome.json();
    let changes = report["changes"].as_array().unwrap();
    let told: Vec<(&str, &str)> = changes
        .iter()
        .map(|it| (it["change"].as_str().unwrap(), it["from"]["name"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("added", "job"), ("removed", "web")]);
    let cause = &changes[0]["causes"][0];
    assert_eq!((&cause["object"]["name"], &cause["line"]), (&"db".into(), &8.into()));
    assert_eq!(changes[0]["after"]["allowed"], serde_json::json!({"TCP": [[5432, 5432]]}));
    assert!(changes.iter().all(|it| it["from"]["name"] != "late" && it["from"]["name"] != "early"));
    let ends: Vec<(&str, &str)> = report["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["change"].as_str().unwrap(), it["endpoint"]["name"].as_str().unwrap()))
        .collect();
    assert_eq!(ends, [("went", "early"), ("came", "late")]);
}

#[test]
fn where_no_policy_differs_the_cause_is_what_does() {
    let namespace = |team: &str| {
        format!(
            "---\n{{apiVersion: v1, kind: Namespace, metadata: {{name: lab, labels: {{team: {team}, \
             kubernetes.io/metadata.name: lab}}}}}}\n"
        )
    };
    let policy = policy("web")
        .replace("podSelector: {matchLabels: {app: web}}", "namespaceSelector: {matchLabels: {team: a}}");
    let folder = Folder::with(&[
        ("old/policy.yaml", &policy),
        ("old/pods.yaml", &(namespace("a") + &pods(&["db", "web"]))),
        ("new/policy.yaml", &policy),
        ("new/pods.yaml", &(namespace("b") + &pods(&["db", "web"]))),
    ]);
    let causes = |report: &Value| -> Vec<String> {
        let causes = report["changes"][0]["causes"].as_array().unwrap().iter();
        causes
            .map(|it| {
                format!(
                    "{} {}",
                    it["object"]["kind"].as_str().unwrap(),
                    it["object"]["name"].as_str().unwrap()
                )
            })
            .collect()
    };
    let relabelled = folder.netpol("diff old new -o json").json();
    assert_eq!(causes(&relabelled), ["Namespace lab"], "{relabelled:#}");
    folder.write("new/pods.yaml", namespace("a") + &pods(&["db", "web"]).replace("app: db", "app: dbb"));
    let edited = folder.netpol("diff old new -o json").json();
    assert_eq!(causes(&edited), ["Pod db"], "{edited:#}");
}

#[test]
fn the_table_and_the_comment_say_the_same() {
    let table = folder().netpol("diff old new");
    for words in ["added lab/late", "removed lab/early", "added", "lab/job", "tcp/5432", "new/policy.yaml:8"]
    {
        assert!(table.stdout.contains(words), "{words}: {}", table.stdout);
    }
    assert!(table.stderr.contains("1 connection added, 1 connection removed"), "{}", table.stderr);
    let comment = folder().netpol("diff old new -o md").stdout;
    assert!(
        comment.contains("- added lab/late") && comment.contains("| added | lab/job | lab/db |"),
        "{comment}"
    );
}

#[test]
fn a_value_for_each_protocol_that_changed() {
    let outcome = folder().netpol("diff old new -o csv");
    assert_eq!(
        outcome.stdout,
        "change,from,to,protocol,before,after,because_of\n\
         endpoint removed,lab/early,,,,,\nendpoint added,lab/late,,,,,\n\
         added,lab/job,lab/db,TCP,,5432,NetworkPolicy lab/db new/policy.yaml:8\n\
         removed,lab/web,lab/db,TCP,5432,,NetworkPolicy lab/db new/policy.yaml:1\n"
    );
}

#[test]
fn equal_inputs_are_no_difference() {
    let outcome = folder().netpol("diff old old");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, "no connection changed\n"));
}

#[test]
fn a_decided_unknown_may_be_no_change() {
    let diff = |answer: &str| Run::small().netpol(&format!("diff open.yaml opaque.yaml -o json {answer}"));
    assert_eq!(diff("").json()["changes"][0]["after"]["unknown"]["TCP"], json!([[1, 65535]]));
    let allowed = diff("--unknown allow");
    assert_eq!((allowed.code, &allowed.json()["changes"]), (0, &json!([])), "{allowed:?}");
    let denied = diff("--unknown deny");
    let changes = denied.json()["changes"].as_array().unwrap().clone();
    assert!(denied.code == 1 && changes.len() == 6, "{denied:?}");
    assert!(changes.iter().all(|change| change["change"] == "removed"), "{denied:?}");
}

/// Some addresses are open, others not known to be; what is then the same is said of all of them at once.
#[test]
fn addresses_of_one_decided_change_are_one_row() {
    let folder = Folder::with(&[]);
    let policy = |rule: &str| {
        format!(
            "{}---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: lab}}\n\
            spec: {{podSelector: {{}}, policyTypes: [Egress], egress: [{rule}]}}\n",
            pods(&["web"])
        )
    };
    folder.write("old/a.yaml", policy(""));
    let opaque =
        "---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: lab}\n";
    folder.write("new/a.yaml", policy("{to: [{ipBlock: {cidr: 192.0.2.0/24}}]}") + opaque);
    let of =
        |answer: &str| folder.netpol(&format!("diff old new -o json {answer}")).json()["changes"].clone();
    assert_eq!(of("").as_array().unwrap().len(), 2);
    let allowed = of("--unknown allow");
    let from_outside = |change: &&Value| change["from"]["kind"] == "addresses";
    let outward: Vec<&Value> =
        allowed.as_array().unwrap().iter().filter(|change| !from_outside(change)).collect();
    assert_eq!(outward.len(), 1, "{allowed:#}");
    assert_eq!(outward[0]["to"]["cidrs"], json!(["0.0.0.0/0"]));
}

#[test]
fn a_side_without_objects_is_an_answer_and_said() {
    let folder = Folder::with(&[]);
    folder.write("old/a.yaml", "");
    folder.write("new/a.yaml", pods(&["web"]));
    let outcome = folder.netpol("diff old new");
    assert!(outcome.code == 1 && outcome.stdout.contains("added lab/web"), "{outcome:?}");
    assert!(outcome.stderr.contains("note: `old` has no relevant object\n"), "{outcome:?}");
    assert!(!outcome.stderr.contains("nothing to do"), "{outcome:?}");
    let both = folder.netpol("diff old old");
    assert!(both.code == 3 && both.stderr.matches("nothing to do").count() == 1, "{both:?}");
}

#[test]
fn a_change_of_labels_names_the_pods() {
    let folder = folder();
    folder.write("new/policy.yaml", policy("web"));
    folder.write(
        "new/pods.yaml",
        pods(&["db", "job", "early"]) + "---\n" + &pod("web").replace("app: web", "app: x"),
    );
    let report = folder.netpol("diff old new -o json").json();
    let change = &report["changes"][0];
    assert_eq!((&change["change"], &change["from"]["name"]), (&"removed".into(), &"web".into()));
    let causes: Vec<&Value> = change["causes"].as_array().unwrap().iter().collect();
    assert!(causes.iter().any(|it| it["object"]["name"] == "web"), "{causes:?}");
}

#[test]
fn a_revision_of_the_repository_is_read_as_it_was() {
    let folder = Folder::with(&[
        ("deploy/policy.yaml", &policy("web")),
        ("deploy/pods.yaml", &pods(&["db", "web", "job"])),
    ]);
    let git = |words: &str| {
        let settings =
            ["-c", "user.name=test", "-c", "user.email=test@test.test", "-c", "init.defaultBranch=main"];
        let mut command = Command::new("git");
        command.current_dir(folder.path()).args(settings).args(words.split(' '));
        command.output().is_ok_and(|output| output.status.success())
    };
    if !git("init -q") {
        say("skipped: git cannot be run");
        return;
    }
    assert!(git("add -A") && git("commit -q -m first"));
    folder.write("deploy/policy.yaml", policy("job"));
    for words in ["diff git:HEAD deploy", "diff git:HEAD:deploy deploy"] {
        let outcome = folder.netpol(words);
        assert_eq!(outcome.code, 1, "{outcome:?}");
        assert!(
            outcome.stdout.contains("removed") && outcome.stdout.contains("lab/web"),
            "{}",
            outcome.stdout
        );
    }
    assert!(git("add -A") && git("commit -q -m second"));
    assert_eq!(folder.netpol("diff git:HEAD deploy").code, 0);
    assert_eq!(folder.netpol("diff git:HEAD~1:deploy git:HEAD:deploy").code, 1);
    let unknown = folder.netpol("diff git:nope deploy");
    assert!(unknown.code == 2 && unknown.stderr.contains("no revision `nope`"), "{unknown:?}");
}

#[test]
fn bad_sides_are_said() {
    let folder = folder();
    let missing = folder.netpol("diff olt new");
    assert!(missing.code == 2 && missing.stderr.contains("did you mean `old`?"), "{missing:?}");
    let both = folder.netpol("diff old new -f old");
    assert!(both.code == 2 && both.stderr.contains("OLD and NEW"), "{both:?}");
    folder.write("empty/a.yaml", "a: b\n");
    assert_eq!(folder.netpol("diff empty empty").code, 3);
    assert_eq!(folder.netpol("diff empty new").code, 1);
    assert_eq!(folder.netpol("diff old new -n lab").code, 1);
    assert_eq!(folder.netpol("diff old new -n elsewhere").code, 2);
}

#[test]
fn changes_validate_against_their_schema() {
    let schema = Run::small().netpol("schema changes").json();
    let report = folder().netpol("diff old new -o json").json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

/// A policy that lets `web` in to a pod on some ports.
fn admits(to: &str, ports: &[u16]) -> String {
    let ports: Vec<String> = ports.iter().map(|port| format!("{{port: {port}}}")).collect();
    format!(
        "---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: {to}, namespace: lab}}, spec: \
         {{podSelector: {{matchLabels: {{app: {to}}}}}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: \
         web}}}}}}], ports: [{}]}}]}}}}\n",
        ports.join(", ")
    )
}

/// Each kind of change once, from `web`.
fn all_kinds() -> Folder {
    let pods = pods(&["web", "added", "removed", "wide", "narrow", "moved"]);
    let side = |ports: [&[u16]; 5]| {
        let names = ["added", "removed", "wide", "narrow", "moved"];
        names.iter().zip(ports).map(|(name, ports)| admits(name, ports)).collect::<String>()
    };
    let none: &[u16] = &[];
    let denied = |text: String, name: &str| text.replace(&admits(name, none), &deny(name));
    let old = denied(side([none, &[80], &[80], &[80, 81], &[80]]), "added");
    let new = denied(side([&[80], none, &[80, 81], &[80], &[81]]), "removed");
    Folder::with(&[("old/a.yaml", &(pods.clone() + &old)), ("new/a.yaml", &(pods + &new))])
}

fn deny(name: &str) -> String {
    format!(
        "---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: {name}, namespace: lab}}, \
         spec: {{podSelector: {{matchLabels: {{app: {name}}}}}, policyTypes: [Ingress]}}}}\n"
    )
}

/// What a picture says of each kind of change: its name, and its label.
const KINDS: [(&str, &str); 5] = [
    ("added", "added: tcp/80"),
    ("removed", "removed: tcp/80"),
    ("wider", "wider: tcp/80-81"),
    ("narrower", "narrower: tcp/80"),
    ("changed", "now: tcp/81"),
];

#[test]
fn an_image_tells_the_kinds_of_changes_apart_with_and_without_colours() {
    let image = all_kinds().netpol("diff old new -o svg");
    assert_eq!(image.code, 1, "{image:?}");
    let document = roxmltree::Document::parse(&image.stdout).unwrap();
    assert!(document.root().descendants().any(|node| {
        node.text().is_some_and(|text| text.starts_with("what changed in who can reach whom"))
    }));
    for (kind, label) in KINDS {
        let lines = |of: &str| {
            document
                .descendants()
                .filter(|it| it.has_tag_name("path") && it.attribute("class") == Some(of))
                .count()
        };
        assert_eq!(lines(kind), 2, "{kind}: a line and its key in the legend\n{}", image.stdout);
        assert!(image.stdout.contains(&format!(">{label}</text>")), "{label}\n{}", image.stdout);
        assert!(image.stdout.contains(&format!("\n.{kind} {{")), "{kind}");
    }
}

#[test]
fn graphviz_and_mermaid_have_a_colour_and_a_pattern_for_each_kind() {
    let dot = all_kinds().netpol("diff old new -o dot").stdout;
    let mermaid = all_kinds().netpol("diff old new -o mermaid").stdout;
    for (_, label) in KINDS {
        assert!(dot.contains(&format!("label=\"{label}\", color=\"#")), "{label}: {dot}");
        assert!(mermaid.contains(&format!("|\"{label}\"|")), "{label}: {mermaid}");
    }
    assert!(dot.contains("style=dashed") && dot.contains("style=dotted") && dot.contains("penwidth=3"));
    assert_eq!(mermaid.matches("linkStyle ").count(), 5, "{mermaid}");
    assert!(mermaid.contains("==>") && mermaid.contains("-.->"));
}

#[test]
fn a_page_of_changes_knows_their_kinds() {
    let page = all_kinds().netpol("diff old new -o html").stdout;
    let data = page.split_once("id=\"data\">").unwrap().1.split_once("</script>").unwrap().0;
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["isOfChanges"], true);
    let mut kinds: Vec<&str> =
        data["links"].as_array().unwrap().iter().map(|link| link["change"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["added", "changed", "narrower", "removed", "wider"]);
    let map = all_kinds().netpol("graph -f old -o html").stdout;
    assert!(map.contains("\"isOfChanges\":false") && !map.contains("\"change\":\""));
}

#[test]
fn policies_without_workloads_are_named_and_not_called_unchanged() {
    let policy = |port: u16| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: shop}}\n\
             spec: {{podSelector: {{}}, ingress: [{{ports: [{{port: {port}}}]}}]}}\n"
        )
    };
    let folder =
        Folder::with(&[("old.yaml", &policy(80)), ("new.yaml", &policy(81)), ("same.yaml", &policy(80))]);
    let outcome = folder.netpol("diff old.yaml new.yaml");
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(
        !format!("{}{}", outcome.stdout, outcome.stderr).contains("no connection changed"),
        "{outcome:?}"
    );
    assert!(outcome.stdout.contains("NetworkPolicy shop/p new.yaml:1"), "{outcome:?}");
    let wire = folder.netpol("diff old.yaml new.yaml -o json").json();
    assert_eq!(wire["unjudged"][0]["reason"], "no-workload");
    assert_eq!((&wire["unjudged"][0]["file"], &wire["unjudged"][0]["line"]), (&"new.yaml".into(), &1.into()));
    assert_eq!(folder.netpol("diff old.yaml same.yaml").code, 0);
    assert_eq!(folder.netpol("diff old.yaml new.yaml --exit-zero").code, 0);
}

#[test]
fn what_changed_in_a_policy_that_is_not_evaluated_is_4() {
    let input = |action: &str| {
        format!(
            "{}---\n# a comment\napiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\n\
             metadata: {{name: g}}\nspec: {{ingress: [{{action: {action}}}]}}\n",
            pod("a")
        )
    };
    let folder = Folder::with(&[
        ("old.yaml", &input("Allow")),
        ("new.yaml", &input("Deny")),
        ("same.yaml", &input("Allow").replace("# a comment\n", "")),
    ]);
    let outcome = folder.netpol("diff old.yaml new.yaml");
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(
        outcome.stdout.contains("changed and not evaluated:\n  GlobalNetworkPolicy g new.yaml:"),
        "{outcome:?}"
    );
    assert_eq!(folder.netpol("diff old.yaml same.yaml").code, 0);
    assert_eq!(folder.netpol("diff old.yaml new.yaml --unknown deny").code, 0);
}

#[test]
fn empty_inputs_have_nothing_to_compare() {
    let folder = Folder::with(&[("a/a.yaml", "a: b\n"), ("b/b.yaml", "a: b\n")]);
    let outcome = folder.netpol("diff a b --allow-empty");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(!outcome.stdout.contains("no connection changed"), "{outcome:?}");
}

#[test]
fn types_that_a_server_filled_in_before_are_kept_and_diff_says_so() {
    let policy = |rules: &str| {
        format!(
            "{}---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: lab}}\n\
             spec: {{podSelector: {{}}, ingress: [{{}}]{rules}}}\n",
            pod("a")
        )
    };
    let egress = ", egress: [{to: [{podSelector: {}}]}]";
    let folder = Folder::with(&[
        ("old.yaml", &policy("")),
        ("new.yaml", &policy(egress)),
        ("written.yaml", &policy(&format!("{egress}, policyTypes: [Ingress, Egress]"))),
    ]);
    let kept = "keeps its types; write them:\n  NetworkPolicy lab/p new.yaml:";
    assert!(folder.netpol("diff old.yaml new.yaml").stdout.contains(kept));
    let wire = folder.netpol("diff old.yaml new.yaml -o json").json();
    assert_eq!(wire["unjudged"][0]["reason"], "policy-types-kept");
    assert!(!folder.netpol("diff old.yaml written.yaml").stdout.contains("keeps its types"));
}
