//! `netpol.toml`, `NETPOL_*` variables and flags.

use crate::program::{Folder, Run, pod};

const BLOCK_POLICY: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: block, namespace: lab}
spec:
  podSelector: {matchLabels: {app: server}}
  ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]
";

const TEAM_POLICY: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: team, namespace: lab}
spec:
  podSelector: {matchLabels: {app: server}}
  ingress: [{from: [{namespaceSelector: {matchLabels: {team: sre}}}]}]
";

fn lab(configuration: &str, policy: &str) -> Folder {
    let (client, server) = (pod("client"), pod("server"));
    let outside = pod("probe").replace("namespace: lab", "namespace: monitoring");
    Folder::with(&[
        ("netpol.toml", configuration),
        ("m/client.yaml", &client),
        ("m/server.yaml", &server),
        ("m/probe.yaml", &outside),
        ("m/policy.yaml", policy),
    ])
}

const CLIENT: &str = "can lab/client lab/server:80";
const PROBE: &str = "can monitoring/probe lab/server:80";

#[test]
fn the_configuration_is_found_upwards_from_the_input() {
    let folder = lab("[cluster]\npod-cidrs = [\"10.0.0.0/8\"]\n", BLOCK_POLICY);
    assert_eq!(folder.netpol(CLIENT).code, 0);
    assert_eq!(folder.netpol(&format!("{CLIENT} -f m/")).code, 0);
    assert_eq!(
        folder.netpol(&format!("{CLIENT} -f m/client.yaml -f m/server.yaml -f m/policy.yaml")).code,
        0
    );
    assert_eq!(Run::at(&folder.path().join("m")).netpol(CLIENT).code, 0);
    let elsewhere = Folder::with(&[]);
    let path = folder.path().join("m").display().to_string();
    assert_eq!(
        elsewhere.netpol(&format!("{CLIENT} -f {path}")).code,
        0,
        "from the input, not from the working folder"
    );
}

#[test]
fn isolated_leaves_the_configuration_out() {
    let folder = lab("[cluster]\npod-cidrs = [\"10.0.0.0/8\"]\n", BLOCK_POLICY);
    assert_ne!(folder.netpol(&format!("{CLIENT} --isolated")).code, 0);
    folder.write("netpol.toml", "nonsense");
    assert_eq!(folder.netpol(CLIENT).code, 2);
    assert_ne!(folder.netpol(&format!("{CLIENT} --isolated")).code, 2);
}

#[test]
fn a_configuration_can_be_named() {
    let folder = lab("nonsense", BLOCK_POLICY);
    folder.write("other.toml", "[cluster]\npod-cidrs = [\"10.0.0.0/8\"]\n");
    assert_eq!(folder.netpol(&format!("{CLIENT} --config other.toml")).code, 0);
    let missing = folder.netpol(&format!("{CLIENT} --config nowhere.toml"));
    assert!(missing.code == 2 && missing.stderr.contains("nowhere.toml"), "{missing:?}");
    assert_eq!(folder.netpol(&format!("{CLIENT} --config other.toml --isolated")).code, 2);
}

#[test]
fn flags_beat_variables_beat_the_file() {
    let folder = lab("[cluster]\nplugin = \"flannel\"\n", "");
    folder.write(
        "m/policy.yaml",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: closed, namespace: lab}}\n",
    );
    let run = Run::at(folder.path());
    assert_eq!(run.netpol(CLIENT).code, 0, "flannel enforces nothing");
    let variable = run.variable("NETPOL_PLUGIN", "calico");
    assert_eq!(variable.netpol(CLIENT).code, 1);
    assert_eq!(variable.netpol(&format!("{CLIENT} --plugin flannel")).code, 0);
}

#[test]
fn an_unknown_plugin_is_an_error_that_lists_the_known_ones() {
    let folder = lab("[cluster]\nplugin = \"weav\"\n", "");
    let outcome = folder.netpol(CLIENT);
    assert_eq!(outcome.code, 2);
    for name in ["weav", "kubernetes", "calico", "cilium", "flannel"] {
        assert!(outcome.stderr.contains(name), "{outcome:?}");
    }
}

#[test]
fn an_unknown_key_is_an_error_with_its_place_and_a_suggestion() {
    for (text, place, near) in [
        ("exclud = []\n", "netpol.toml:1:1", "`exclude`"),
        ("\n[cluster]\npod-cidr = []\n", "netpol.toml:3:1", "`pod-cidrs`"),
        ("[cluster.dns]\nport = [53]\n", "netpol.toml:2:1", "`ports`"),
        ("[lnt]\n", "netpol.toml:1:2", "`lint`"),
        ("[output]\nfromat = \"json\"\n", "netpol.toml:2:1", "`format`"),
        ("[output]\nformat = \"jsno\"\n", "netpol.toml:2:", "`json`"),
        ("[output]\ncolor = \"alway\"\n", "netpol.toml:2:", "`always`"),
    ] {
        let outcome = lab(text, "").netpol(CLIENT);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{text}");
        assert!(outcome.stderr.contains(place) && outcome.stderr.contains(near), "{text}: {outcome:?}");
    }
}

#[test]
fn a_bad_value_is_an_error_with_its_place() {
    for text in ["include = 5\n", "[cluster]\npod-cidrs = [\"ten\"]\n", "exclude = [\"a[\"]\n", "[cluster\n"]
    {
        let outcome = lab(text, "").netpol(CLIENT);
        assert_eq!(outcome.code, 2, "{text}: {outcome:?}");
        assert!(outcome.stderr.contains("netpol.toml"), "{text}: {outcome:?}");
    }
}

#[test]
fn every_key_of_the_contract_is_taken() {
    let text = r#"
include = ["m/**"]
exclude = ["old/**"]
default-namespace = "lab"
[cluster]
plugin = "calico"
pod-cidrs = ["10.244.0.0/16"]
service-cidrs = ["10.96.0.0/12"]
node-addresses = ["192.168.1.1"]
api-server = ["192.168.1.1"]
cluster-domain = "cluster.local"
kubernetes-version = "1.33"
namespaces = { monitoring = { team = "sre" } }
names = { "api.example.com" = ["192.0.2.1"] }
[cluster.dns]
pods = "kube-system/@k8s-app=kube-dns"
ports = [53]
[lint]
[output]
format = "json"
color = "auto"
"#;
    assert_eq!(lab(text, TEAM_POLICY).netpol(PROBE).code, 0);
}

#[test]
fn the_format_of_reports_is_configured_for_the_commands_that_have_it() {
    let folder = lab("[output]\nformat = \"json\"\n", "");
    let first =
        |run: &Run, words: &str| run.netpol(words).stdout.lines().next().unwrap_or_default().to_owned();
    let run = Run::at(folder.path());
    for words in [CLIENT, "list", "coverage", "path lab/client", "graph", "lint", "diff m m"] {
        assert_eq!(first(&run, words), "{", "`{words}`");
    }
    assert!(first(&run, &format!("{CLIENT} -o text")).starts_with("ALLOW"), "flags beat the file");
    assert!(first(&run, &format!("{CLIENT} --isolated")).starts_with("ALLOW"));
    let variable = run.clone().variable("NETPOL_OUTPUT", "csv");
    assert!(first(&variable, "list").starts_with("from,to"), "variables beat the file");
    assert!(first(&variable, CLIENT).starts_with("ALLOW"), "`can` has no csv");
    assert!(first(&variable, "rules").starts_with("rule,"), "{}", first(&variable, "rules"));
    assert_eq!(first(&variable, "list -o json"), "{", "flags beat variables");
    let question = "{\"from\":\"lab/client\",\"to\":\"lab/server\",\"port\":80}\n";
    assert_eq!(run.clone().stdin(question).netpol("can --queries -").json_lines().len(), 1);
    let slip = run.variable("NETPOL_OUTPUT", "tabel").netpol("list");
    assert!(slip.code == 2 && slip.stderr.contains("did you mean `table`?"), "{slip:?}");
}

#[test]
fn colours_are_configured_below_flags_and_variables() {
    let is_painted = |color: &str, flag: &str, variable: (&str, &str)| {
        let folder = lab(&format!("[output]\ncolor = \"{color}\"\n"), "");
        let run = Run::at(folder.path()).variable(variable.0, variable.1);
        run.netpol(&format!("{CLIENT} {flag}")).stdout.contains('\u{1b}')
    };
    assert!(is_painted("always", "", ("NO_COLOR", "")));
    assert!(!is_painted("always", "--color auto", ("NO_COLOR", "")));
    assert!(!is_painted("always", "", ("NO_COLOR", "1")));
    assert!(!is_painted("always", "", ("NETPOL_COLOR", "never")));
    assert!(is_painted("never", "", ("CLICOLOR_FORCE", "1")));
    assert!(!is_painted("never", "", ("NO_COLOR", "")));
}

#[test]
fn the_schema_of_the_configuration_takes_what_netpol_takes_and_no_more() {
    let schema = Run::small().netpol("schema config").json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let is_valid = |value: serde_json::Value| validator.is_valid(&value);
    assert!(is_valid(serde_json::json!({
        "include": ["*.yaml"],
        "cluster": {"plugin": "cilium", "pod-cidrs": ["10.0.0.0/8"], "dns": {"ports": [53]}},
        "lint": {"rules": {"unknown-field": "warning"}, "exceptions": [
            {"rule": "unknown-field", "reason": "ours", "expires": "2030-01-31"}]},
        "output": {"format": "json", "color": "never"},
    })));
    for wrong in [
        serde_json::json!({"exclud": []}),
        serde_json::json!({"cluster": {"pod-cidr": []}}),
        serde_json::json!({"lint": {"exceptions": [{"rule": "unknown-field"}]}}),
        serde_json::json!({"output": {"form": "json"}}),
    ] {
        assert!(!is_valid(wrong.clone()), "{wrong}");
    }
    assert!(Run::small().netpol("schema").stdout.contains("\nconfig\nconnection-groups\n"));
    let planned = Run::small().netpol("schema test-report");
    assert!(planned.code == 2 && planned.stderr.contains("it is of `netpol test`"), "{planned:?}");
}

#[test]
fn include_and_exclude_choose_among_what_is_found() {
    let folder = lab("exclude = [\"m/policy.yaml\"]\n", TEAM_POLICY);
    assert_eq!(folder.netpol(CLIENT).code, 0, "the policy is left out");
    assert_eq!(folder.netpol(&format!("{CLIENT} -f . -f m/policy.yaml")).code, 1, "what is named is read");
    folder.write("netpol.toml", "include = [\"m/[cs]*.yaml\"]\n");
    assert_eq!(folder.netpol(CLIENT).code, 0);
    assert_eq!(folder.netpol(PROBE).code, 2, "the probe is not included");
}

#[test]
fn labels_of_namespaces_outside_the_input_come_from_the_configuration() {
    let plain = lab("", TEAM_POLICY).netpol(PROBE);
    assert_eq!(plain.code, 1);
    assert!(
        format!("{}{}", plain.stdout, plain.stderr).contains("monitoring"),
        "the assumption is said: {plain:?}"
    );
    let told = lab("[cluster]\nnamespaces = { monitoring = { team = \"sre\" } }\n", TEAM_POLICY);
    assert_eq!(told.netpol(PROBE).code, 0);
    let unknown = lab("", TEAM_POLICY).netpol(&format!("{PROBE} --namespace-labels unknown"));
    assert_eq!(unknown.code, 4);
}

#[test]
fn whether_blocks_select_pods_can_be_said() {
    let folder = lab("[cluster]\npod-cidrs = [\"10.0.0.0/8\"]\n", BLOCK_POLICY);
    assert_eq!(folder.netpol(&format!("{CLIENT} --ip-block-pods match")).code, 0);
    assert_eq!(folder.netpol(&format!("{CLIENT} --ip-block-pods ignore")).code, 1);
    assert_eq!(folder.netpol(&format!("{CLIENT} --plugin cilium")).code, 1);
}

/// Cilium does not enforce Calico's kinds, and Calico does. Of a cluster that only follows the text nothing is known.
#[test]
fn a_policy_of_a_kind_that_the_plugin_does_not_enforce_changes_nothing() {
    let folder = lab("", "");
    let foreign =
        "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: all}, spec: {}}\n";
    folder.write("m/policy.yaml", foreign);
    assert_eq!(folder.netpol(CLIENT).code, 4);
    assert_eq!(folder.netpol(&format!("{CLIENT} --plugin calico")).code, 4);
    let left_out =
        "a policy of the kind `GlobalNetworkPolicy` is left out: the network plugin does not enforce it";
    for words in
        [CLIENT, "explain lab/client lab/server:80", "list", "coverage", "path lab/client lab/server"]
    {
        let outcome = folder.netpol(&format!("{words} --plugin cilium"));
        assert_eq!(outcome.code, 0, "{words}: {outcome:?}");
        assert!(
            outcome.stdout.contains(left_out) && !outcome.stderr.contains("not evaluated"),
            "{outcome:?}"
        );
        let json = folder.netpol(&format!("{words} --plugin cilium -o json")).json();
        assert_eq!(json["assumptions"], serde_json::json!([left_out]), "{words}");
    }
    let lint = folder.netpol("lint --plugin cilium -o concise --select all").stdout;
    assert!(lint.contains("unenforced-policy") && !lint.contains("unevaluated-policy"), "{lint}");
}

#[test]
fn the_default_namespace_is_configured_too() {
    let folder = lab("default-namespace = \"lab\"\n", "");
    folder.write("m/bare.yaml", "{apiVersion: v1, kind: Pod, metadata: {name: bare}, spec: {}}\n");
    assert_eq!(folder.netpol("can lab/bare lab/server:80").code, 0);
    assert_eq!(folder.netpol("can default/bare lab/server:80 --default-namespace default").code, 0);
}
