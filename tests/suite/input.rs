//! Files, folders, globs and standard input; what lies among manifests and is none.

use crate::session::{Ended, Session, closed, folder, pod};

fn explained(folder: &tempfile::TempDir, words: &str) -> Ended {
    Session::within(folder.path()).run(&format!("can x/a x/b:80 {words}"))
}

#[test]
fn a_folder_is_read_with_all_below_it() {
    let folder = folder(&[
        ("a.yaml", &pod("x", "a")),
        ("deep/down/b.yml", &pod("x", "b")),
        ("deep/p.json", r#"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"p","namespace":"x"},"spec":{"podSelector":{}}}"#),
        ("readme.md", "no manifest"),
    ]);
    assert_eq!(explained(&folder, "").code, 1);
    assert_eq!(explained(&folder, "-f .").code, 1);
    assert_eq!(explained(&folder, "-f ./ -f deep").code, 1);
}

#[test]
fn the_name_of_a_file_is_as_the_user_began_it() {
    let folder = folder(&[("m/a.yaml", &pod("x", "a")), ("m/b.yaml", &pod("x", "b")), ("m/p.yaml", &closed("x"))]);
    let session = Session::within(folder.path());
    assert!(session.run("explain x/a x/b:80").stdout.contains(" m/p.yaml:1"));
    assert!(session.run("explain x/a x/b:80 -f m/").stdout.contains(" m/p.yaml:1"));
    assert!(session.run("explain x/a x/b:80 -f ./m").stdout.contains(" m/p.yaml:1"));
}

#[test]
fn ignore_files_are_honoured() {
    let folder = folder(&[
        ("a.yaml", &pod("x", "a")),
        ("b.yaml", &pod("x", "b")),
        ("old/p.yaml", &closed("x")),
        (".gitignore", "old/\n"),
    ]);
    assert_eq!(explained(&folder, "").code, 0);
    assert_eq!(explained(&folder, "-f . -f old/p.yaml").code, 1);
}

#[test]
fn a_glob_is_matched_and_must_match() {
    let folder = folder(&[
        ("apps/a.yaml", &pod("x", "a")),
        ("apps/b.yaml", &pod("x", "b")),
        ("apps/policies/p.yaml", &closed("x")),
    ]);
    assert_eq!(explained(&folder, "-f apps/*.yaml").code, 0);
    assert_eq!(explained(&folder, "-f apps/**/*.yaml").code, 1);
    let ended = explained(&folder, "-f apps/*.yaml -f other/*.yaml");
    assert_eq!(ended.code, 2);
    assert!(ended.stdout.starts_with("ALLOW"), "{}", ended.stdout);
    assert!(ended.stderr.contains("`other/*.yaml`"), "{}", ended.stderr);
}

#[test]
fn standard_input_has_the_name_that_it_is_given() {
    let text = format!("{}---\n{}---\n{}", pod("x", "a"), pod("x", "b"), closed("x"));
    let session = Session::small().stdin(&text);
    let ended = session.run("explain x/a x/b:80 -f -");
    assert_eq!(ended.code, 1);
    assert!(ended.stdout.contains(" -:"), "{}", ended.stdout);
    let ended = session.run("explain x/a x/b:80 -f - --stdin-filename rendered.yaml");
    assert!(ended.stdout.contains("rendered.yaml:"), "{}", ended.stdout);
}

#[test]
fn a_missing_path_is_named_with_its_neighbour() {
    let folder = folder(&[("manifests/a.yaml", &pod("x", "a")), ("manifests/b.yaml", &pod("x", "b"))]);
    let ended = explained(&folder, "-f manifest");
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("did you mean `manifests`?"), "{}", ended.stderr);
    let ended = explained(&folder, "-f manifests/c.yml -f manifests");
    assert_eq!(ended.code, 2);
    assert!(ended.stdout.starts_with("ALLOW"), "the rest is answered: {}", ended.stdout);
}

#[test]
fn a_file_that_is_given_twice_is_read_once() {
    let folder = folder(&[("a.yaml", &pod("x", "a")), ("b.yaml", &pod("x", "b"))]);
    let ended = explained(&folder, "-f a.yaml -f . -f ./a.yaml -v");
    assert_eq!(ended.code, 0);
    assert!(ended.stderr.contains("read 2 files"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("duplicate-object"), "{}", ended.stderr);
}

#[test]
fn what_is_no_manifest_is_skipped_with_one_note() {
    let folder = folder(&[
        ("base/a.yaml", &pod("x", "a")),
        ("base/b.yaml", &pod("x", "b")),
        ("base/kustomization.yaml", "resources: [a.yaml]\npatches: [{path: patch.yaml}]\npatchesStrategicMerge: [strategic.yaml]\n"),
        ("base/patch.yaml", &closed("x")),
        ("base/strategic.yaml", &closed("x")),
        ("base/netpol-test.yaml", "tests: []\n"),
        ("chart/Chart.yaml", "apiVersion: v2\nname: chart\n"),
        ("chart/templates/p.yaml", &closed("x")),
    ]);
    let ended = explained(&folder, "");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(ended.stderr.matches("skipped").count(), 1, "{}", ended.stderr);
    assert!(ended.stderr.contains("2 kustomize patches"), "{}", ended.stderr);
    assert!(ended.stderr.contains("1 file of policy tests"), "{}", ended.stderr);
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_is_an_error_and_the_rest_is_answered() {
    let folder = folder(&[("m/a.yaml", &pod("x", "a")), ("m/b.yaml", &pod("x", "b"))]);
    std::os::unix::fs::symlink("..", folder.path().join("m/again")).unwrap();
    let ended = explained(&folder, "-f m");
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("link"), "{}", ended.stderr);
    assert!(ended.stdout.starts_with("ALLOW"), "{}", ended.stdout);
}
