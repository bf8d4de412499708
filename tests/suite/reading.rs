//! Where manifests come from: files, folders, globs, standard input.

use serde_json::json;

use crate::program::{Folder, Run, pod};

/// The files that a run read, by the pods in them: which of `names` are endpoints of `lab`.
fn pods_read(folder: &Folder, paths: &str, names: &[&str]) -> Vec<String> {
    let is_read = |name: &&str| folder.netpol(&format!("can lab/{name} 192.0.2.1:80 {paths}")).code != 2;
    names.iter().filter(|name| is_read(name)).map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_working_folder_is_read_when_nothing_is_named() {
    let folder = Folder::with(&[("a.yaml", &pod("a")), ("x/b.yml", &pod("b")), ("x/y/c.json", C_JSON)]);
    assert_eq!(pods_read(&folder, "", &["a", "b", "c"]), ["a", "b", "c"]);
    assert_eq!(pods_read(&folder, "-f x", &["a", "b", "c"]), ["b", "c"]);
    assert_eq!(pods_read(&folder, "-f a.yaml -f x/y", &["a", "b", "c"]), ["a", "c"]);
}

const C_JSON: &str =
    r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"c","namespace":"lab"},"spec":{}}"#;

#[test]
fn only_manifests_are_read_in_a_folder_and_anything_that_is_named() {
    let folder = Folder::with(&[("a.yaml", &pod("a")), ("b.txt", &pod("b")), ("c", C_JSON)]);
    assert_eq!(pods_read(&folder, "", &["a", "b", "c"]), ["a"]);
    assert_eq!(pods_read(&folder, "-f b.txt -f c", &["a", "b", "c"]), ["b", "c"]);
}

#[test]
fn ignore_files_are_honoured() {
    let folder = Folder::with(&[
        (".gitignore", "/old/\n"),
        (".ignore", "draft-*.yaml\n"),
        ("a.yaml", &pod("a")),
        ("old/b.yaml", &pod("b")),
        ("draft-c.yaml", &pod("c")),
    ]);
    assert_eq!(pods_read(&folder, "", &["a", "b", "c"]), ["a"]);
    assert_eq!(pods_read(&folder, "-f draft-c.yaml", &["a", "b", "c"]), ["c"], "what is named is read");
}

#[test]
fn names_in_answers_begin_as_the_user_began() {
    let shop = include_str!("../../fixtures/small/shop.yaml");
    let folder = Folder::with(&[("m/x/shop.yaml", shop)]);
    for (path, name) in [
        (".", "m/x/shop.yaml"),
        ("m", "m/x/shop.yaml"),
        ("m/", "m/x/shop.yaml"),
        ("./m/x/shop.yaml", "m/x/shop.yaml"),
    ] {
        let outcome = folder.netpol(&format!("explain shop/cart shop/db:5432 -f {path}"));
        assert!(outcome.stdout.contains(&format!(" {name}:")), "`{path}`: {}", outcome.stdout);
    }
    let inside = Run::at(&folder.path().join("m/x")).netpol("explain shop/cart shop/db:5432 -f ../../m");
    assert!(inside.stdout.contains(" ../../m/x/shop.yaml:"), "{}", inside.stdout);
    let absolute = folder.path().join("m");
    let outcome = folder.netpol(&format!("explain shop/cart shop/db:5432 -f {}", absolute.display()));
    assert!(outcome.stdout.contains(&format!(" {}/x/shop.yaml:", absolute.display())), "{}", outcome.stdout);
}

#[test]
fn a_glob_stays_within_folders_where_it_says_so() {
    let folder =
        Folder::with(&[("m/a.yaml", &pod("a")), ("m/x/b.yaml", &pod("b")), ("m/x/c.yml", &pod("c"))]);
    assert_eq!(pods_read(&folder, "-f m/*.yaml", &["a", "b", "c"]), ["a"]);
    assert_eq!(pods_read(&folder, "-f m/**/*.yaml", &["a", "b", "c"]), ["a", "b"]);
    assert_eq!(pods_read(&folder, "-f m/**/*.{yaml,yml}", &["a", "b", "c"]), ["a", "b", "c"]);
}

#[test]
fn a_glob_that_matches_nothing_is_an_error() {
    let folder = Folder::with(&[("a.yaml", &pod("a"))]);
    let outcome = folder.netpol("can lab/a 192.0.2.1:80 -f a.yaml -f x/*.yaml");
    assert_eq!(outcome.code, 2);
    assert!(outcome.stdout.starts_with("ALLOW") && outcome.stderr.contains("`x/*.yaml`"), "{outcome:?}");
}

#[test]
fn a_file_whose_name_looks_like_a_glob_is_that_file() {
    let folder = Folder::with(&[("a[1].yaml", &pod("a"))]);
    assert_eq!(pods_read(&folder, "-f a[1].yaml", &["a"]), ["a"]);
}

#[test]
fn standard_input_has_a_name() {
    let shop = include_str!("../../fixtures/small/shop.yaml");
    let folder = Folder::with(&[]);
    let run = Run::at(folder.path()).stdin(shop);
    let plain = run.netpol("explain shop/cart shop/db:5432 -f -");
    assert!(plain.stdout.contains(" -:44"), "{}", plain.stdout);
    let named = run.netpol("explain shop/cart shop/db:5432 -f - --stdin-filename render.yaml");
    assert!(named.stdout.contains(" render.yaml:44"), "{}", named.stdout);
}

#[test]
fn a_path_that_does_not_exist_has_a_suggestion() {
    let folder = Folder::with(&[("manifests/shop.yaml", &pod("a"))]);
    for (typed, near) in [("manifest", "`manifests`"), ("manifests/shp.yaml", "`manifests/shop.yaml`")] {
        let outcome = folder.netpol(&format!("can lab/a 192.0.2.1:80 -f {typed}"));
        assert_eq!(outcome.code, 2);
        assert!(outcome.stderr.contains(near), "{outcome:?}");
    }
}

#[test]
fn a_file_that_is_given_twice_is_read_once() {
    let folder = Folder::with(&[("m/a.yaml", &pod("a"))]);
    let outcome = folder.netpol("can lab/a 192.0.2.1:80 -f . -f m -f m/a.yaml -f ./m/../m/a.yaml");
    assert_eq!(outcome.code, 0);
    assert!(!outcome.stderr.contains("duplicate-object"), "{outcome:?}");
}

#[test]
fn of_two_objects_of_one_identity_the_later_wins_with_a_warning() {
    let labelled = |app: &str| pod("a").replace("app: a", &format!("app: {app}"));
    let folder = Folder::with(&[("1.yaml", &labelled("old")), ("2.yaml", &labelled("new"))]);
    let of =
        |app: &str, paths: &str| folder.netpol(&format!("can lab/@app={app} 192.0.2.1:80 -o json {paths}"));
    let kind = |app: &str, paths: &str| of(app, paths).json()["from"]["kind"].clone();
    assert_eq!(
        (kind("new", ""), kind("old", "")),
        (json!("pod"), json!("hypothetical")),
        "in the order of paths"
    );
    let turned = "-f 2.yaml -f 1.yaml";
    assert_eq!((kind("old", turned), kind("new", turned)), (json!("pod"), json!("hypothetical")), "as given");
    assert!(of("new", "").stderr.contains("duplicate-object"));
}

#[test]
fn files_that_are_no_manifests_are_skipped_with_one_note() {
    let folder = Folder::with(&[
        ("a.yaml", &pod("a")),
        ("netpol-test.yaml", "tests: []\n"),
        ("k/kustomization.yaml", include_str!("../../fixtures/small/kustomize/kustomization.yaml")),
        ("k/web.yaml", include_str!("../../fixtures/small/kustomize/web.yaml")),
        ("k/replicas.yaml", include_str!("../../fixtures/small/kustomize/replicas.yaml")),
        ("k/labels.yaml", include_str!("../../fixtures/small/kustomize/labels.yaml")),
        ("chart/Chart.yaml", include_str!("../../fixtures/small/chart/Chart.yaml")),
        ("chart/templates/web.yaml", include_str!("../../fixtures/small/chart/templates/web.yaml")),
        ("chart/extra.yaml", include_str!("../../fixtures/small/chart/extra.yaml")),
        ("templates/b.yaml", &pod("b")),
    ]);
    let outcome = folder.netpol("can lab/a 192.0.2.1:80");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(outcome.stderr.matches("skipped").count(), 1, "{outcome:?}");
    assert!(!outcome.stderr.contains("duplicate-object"), "a patch is no second object: {outcome:?}");
    assert_eq!(pods_read(&folder, "", &["a", "b", "extra", "web"]), ["a", "b", "extra", "web"]);
    let quiet = folder.netpol("can lab/a 192.0.2.1:80 -q");
    assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
}

#[test]
fn a_list_in_json_is_its_items() {
    assert_eq!(Run::small().netpol("can lab/client lab/server:80 -f list.json").code, 0);
}

#[test]
fn objects_that_name_no_namespace_are_in_the_default_one() {
    let folder = Folder::with(&[("a.yaml", "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}\n")]);
    assert_eq!(folder.netpol("can default/a 192.0.2.1:80").code, 0);
    assert_eq!(folder.netpol("can lab/a 192.0.2.1:80").code, 2);
    assert_eq!(folder.netpol("can lab/a 192.0.2.1:80 --default-namespace lab").code, 0);
}

#[test]
fn what_a_shell_of_windows_writes_is_read() {
    let folder = Folder::with(&[]);
    let utf16 = |text: &str| {
        let units = [0xFEFF].into_iter().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    folder.write("a.yaml", utf16(&pod("a").replace('\n', "\r\n")));
    folder.write("c.json", format!("\u{feff}{C_JSON}"));
    assert_eq!(pods_read(&folder, "", &["a", "c"]), ["a", "c"]);
    assert_eq!(folder.netpol("lint").stderr.matches("UTF").count(), 0);
}

#[test]
fn hidden_files_are_left_alone_unless_they_are_named() {
    let folder =
        Folder::with(&[("a.yaml", &pod("a")), (".hidden/b.yaml", &pod("b")), (".c.yaml", &pod("c"))]);
    assert_eq!(pods_read(&folder, "", &["a", "b", "c"]), ["a"]);
    assert_eq!(pods_read(&folder, "-f .hidden -f .c.yaml", &["a", "b", "c"]), ["b", "c"]);
}
