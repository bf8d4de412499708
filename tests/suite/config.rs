//! `netpol.toml`, variables and flags.

use crate::session::{Session, closed, folder, pod};

const BLOCK: &str = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x}\n\
    spec: {podSelector: {matchLabels: {app: b}}, ingress: [{from: [{ipBlock: {cidr: 10.244.0.0/16}}]}]}\n";

#[test]
fn the_file_is_found_upwards_from_the_input() {
    let folder = folder(&[
        ("netpol.toml", "default-namespace = \"x\"\n"),
        ("m/deep/a.yaml", &pod("x", "a")),
        ("m/deep/b.yaml", &pod("x", "b")),
    ]);
    let session = Session::within(folder.path());
    assert_eq!(session.run("can a b -f m/deep").code, 0);
    assert_eq!(session.run("can a b -f m/deep --isolated").code, 2);
    assert_eq!(session.run("can a b -f m/deep --isolated -n x").code, 0);
    assert_eq!(session.run("can a b -f m/deep --isolated -n x -A").code, 2);
}

#[test]
fn flags_beat_variables_beat_the_file() {
    let folder = folder(&[
        ("netpol.toml", "[cluster]\nplugin = \"flannel\"\n"),
        ("a.yaml", &pod("x", "a")),
        ("b.yaml", &pod("x", "b")),
        ("p.yaml", &closed("x")),
    ]);
    let session = Session::within(folder.path());
    assert_eq!(session.run("can x/a x/b").code, 0, "flannel enforces nothing");
    let session = session.variable("NETPOL_PLUGIN", "calico");
    assert_eq!(session.run("can x/a x/b").code, 1);
    assert_eq!(session.run("can x/a x/b --plugin flannel").code, 0);
}

#[test]
fn facts_of_the_cluster_change_answers() {
    let folder = folder(&[("a.yaml", &pod("x", "a")), ("b.yaml", &pod("x", "b")), ("p.yaml", BLOCK)]);
    let session = Session::within(folder.path());
    assert_eq!(session.run("can x/a x/b").code, 1, "no pod is taken to live there");
    assert_eq!(session.run("can x/a x/b --pod-cidrs 10.244.0.0/16").code, 0);
    assert_eq!(session.run("can x/a x/b --pod-cidrs 10.244.0.0/16 --ip-block-pods ignore").code, 1);
    assert_eq!(session.run("can x/a x/b --pod-cidrs ten").code, 2);
}

#[test]
fn excluded_files_are_not_read() {
    let files = [("a.yaml", pod("x", "a")), ("b.yaml", pod("x", "b")), ("old/p.yaml", closed("x"))];
    let mut files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    files.push(("netpol.toml", "exclude = [\"old\"]\n"));
    let folder = folder(&files);
    assert_eq!(Session::within(folder.path()).run("can x/a x/b").code, 0);
    assert_eq!(Session::within(folder.path()).run("can x/a x/b --isolated").code, 1);
}

#[test]
fn an_unknown_key_is_an_error_with_a_place() {
    let folder = folder(&[("netpol.toml", "[cluster]\nplugn = \"calico\"\n"), ("a.yaml", &pod("x", "a"))]);
    let ended = Session::within(folder.path()).run("can x/a x/a");
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("netpol.toml:2:1: unknown key `plugn`"), "{}", ended.stderr);
    assert!(ended.stderr.contains("did you mean `plugin`?"), "{}", ended.stderr);
    assert!(ended.stdout.is_empty());
}

#[test]
fn an_unknown_plugin_is_an_error_that_lists_the_known() {
    let ended = Session::small().run("can x/a x/b -f pair.yaml --plugin calcio");
    assert!(ended.stderr.contains("did you mean `calico`?"), "{}", ended.stderr);
    assert!(ended.stderr.contains("cilium"), "{}", ended.stderr);
}
