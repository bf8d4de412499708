//! `netpol lint --fix`, `--unsafe-fixes` and `--diff`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{Folder, Run};

const POLICY: &str =
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\n";

/// A policy with faults that fixes settle, in the middle of what they must not touch.
fn faulty() -> String {
    format!(
        "# the shop\n{POLICY}spec:\n  podSelector: {{}}   # everybody\n  policyTypes: [Ingress]\n  ingress:\n  - form:   # \
         whom?\n    - ipBlock: {{cidr: \"10.0.0.5/8\"}}\n\n    - podSelector: {{}}\n      ports:\n        - \
         protocol: tcp  # web\n          port: '80'\n"
    )
}

const MENDED: &str = "spec:\n  podSelector: {}   # everybody\n  policyTypes: [Ingress]\n  ingress:\n  - from:   # \
                      whom?\n    - ipBlock: {cidr: \"10.0.0.0/8\"}\n\n    - podSelector: {}\n    ports:\n      - \
                      protocol: TCP  # web\n        port: 80\n";

/// Every fixture with a finding, and the files beside it.
fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let list = |folder: &Path| -> Vec<PathBuf> {
        folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let mut folders = list(&root.join("lint"));
    folders.push(root.join("seed"));
    let files = folders.iter().filter(|folder| folder.is_dir()).flat_map(|folder| list(folder));
    let mut fixtures: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml")).collect();
    fixtures.sort();
    fixtures
}

/// A folder with a fixture and the configuration that stands beside it.
fn copied(fixture: &Path) -> (Folder, String) {
    let name = fixture.file_name().unwrap().to_str().unwrap().to_owned();
    let folder = Folder::with(&[]);
    folder.write(&name, std::fs::read(fixture).unwrap());
    if let Ok(configuration) = std::fs::read(fixture.with_file_name("netpol.toml")) {
        folder.write("netpol.toml", configuration);
    }
    (folder, name)
}

fn read(folder: &Folder, name: &str) -> String {
    String::from_utf8(std::fs::read(folder.path().join(name)).unwrap()).unwrap()
}

/// The findings of every rule in a file.
fn findings(folder: &Folder, name: &str) -> Vec<Value> {
    let outcome = folder.netpol(&format!("lint {name} --preset strict -o json"));
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{outcome:?}"));
    report["diagnostics"].as_array().unwrap().clone()
}

/// A text with the edits of one fix, made here from the report alone.
fn mended(text: &str, fix: &Value) -> String {
    let mut edits: Vec<&Value> = fix["edits"].as_array().unwrap().iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit["start"].as_u64()));
    let place = |edit: &Value, key: &str| usize::try_from(edit[key].as_u64().unwrap()).unwrap();
    edits.iter().fold(text.to_owned(), |text, edit| {
        let (start, end) = (place(edit, "start"), place(edit, "end"));
        format!("{}{}{}", &text[..start], edit["text"].as_str().unwrap(), &text[end..])
    })
}

#[test]
fn each_fix_of_a_fixture_settles_its_finding_and_breaks_nothing() {
    let mut count = 0;
    for fixture in fixtures() {
        let (folder, name) = copied(&fixture);
        let text = std::fs::read(&fixture).unwrap();
        let Ok(text) = String::from_utf8(text) else { continue };
        let before = findings(&folder, &name);
        for finding in before.iter().filter(|finding| !finding["fix"].is_null()) {
            folder.write(&name, mended(&text, &finding["fix"]));
            let after = findings(&folder, &name);
            let alike = |other: &&Value| {
                ["rule", "message", "object", "api"].iter().all(|key| other[*key] == finding[*key])
            };
            let (was, is) = (before.iter().filter(alike).count(), after.iter().filter(alike).count());
            assert!(is < was, "{name}: {finding:#}\n{}", read(&folder, &name));
            let is_broken = |finding: &&Value| finding["category"] == "input";
            let broken = [&before, &after].map(|all| all.iter().filter(is_broken).count());
            assert!(broken[1] <= broken[0], "{name}: {}", read(&folder, &name));
            count += 1;
        }
    }
    assert!(count > 10, "{count} fixes");
}

#[test]
fn fixing_a_fixture_again_changes_nothing() {
    for fixture in fixtures() {
        let (folder, name) = copied(&fixture);
        folder.netpol(&format!("lint {name} --fix --unsafe-fixes --preset strict"));
        let once = std::fs::read(folder.path().join(&name)).unwrap();
        let again = folder.netpol(&format!("lint {name} --fix --unsafe-fixes --preset strict"));
        assert_eq!(std::fs::read(folder.path().join(&name)).unwrap(), once, "{}", fixture.display());
        assert!(!again.stderr.contains("fixed "), "{}: {again:?}", fixture.display());
    }
}

#[test]
fn fixes_change_what_they_mean_to_and_nothing_else() {
    for newline in ["\n", "\r\n"] {
        let folder = Folder::with(&[("web.yaml", &faulty().replace('\n', newline))]);
        let outcome = folder.netpol("lint web.yaml --fix");
        let expected = format!("# the shop\n{POLICY}{MENDED}").replace('\n', newline);
        assert_eq!(read(&folder, "web.yaml"), expected, "{outcome:?}");
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(outcome.stderr.contains("note: fixed 5 findings in 1 file"), "{outcome:?}");
    }
}

#[test]
fn what_remains_is_reported_and_is_1() {
    let folder =
        Folder::with(&[("web.yaml", &faulty().replace("policyTypes: [Ingress]", "policyTypes: [Both]"))]);
    let outcome = folder.netpol("lint --fix");
    assert_eq!(outcome.code, 1);
    assert!(outcome.stdout.contains("Unsupported value: \"Both\""), "{outcome:?}");
    assert!(!outcome.stdout.contains("unknown-field"), "{outcome:?}");
}

#[test]
fn a_patch_shows_the_changes_and_makes_none() {
    let folder = Folder::with(&[("web.yaml", &faulty())]);
    for flags in ["--diff", "--fix --diff"] {
        let outcome = folder.netpol(&format!("lint {flags}"));
        assert_eq!((outcome.code, read(&folder, "web.yaml")), (1, faulty()));
        for line in ["--- web.yaml\n+++ web.yaml\n", "\n-  - form:   # whom?\n", "\n+  - from:   # whom?\n"] {
            assert!(outcome.stdout.contains(line), "{outcome:?}");
        }
    }
    let fine = Folder::with(&[("web.yaml", &format!("{POLICY}spec: {{podSelector: {{}}}}\n"))]);
    let outcome = fine.netpol("lint --diff");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, ""), "{outcome:?}");
}

#[test]
fn what_is_suppressed_is_not_fixed() {
    let text = faulty().replace("form:   # whom?", "form:   # netpol: ignore[unknown-field] on purpose");
    let folder = Folder::with(&[("web.yaml", &text)]);
    folder.netpol("lint --fix");
    assert!(read(&folder, "web.yaml").contains("- form:"));
}

#[test]
fn standard_input_is_left_alone_and_shown_as_a_patch() {
    let folder = Folder::with(&[]);
    let run = || Run::at(folder.path()).stdin(faulty());
    let fixed = run().netpol("lint - --fix");
    assert!(fixed.stderr.contains("`-` is left as it is"), "{fixed:?}");
    assert_eq!(fixed.code, 1);
    let shown = run().netpol("lint - --diff");
    assert!(shown.code == 1 && shown.stdout.contains("+  - from:"), "{shown:?}");
}

#[test]
fn files_that_cannot_be_written_are_named_and_the_others_are_fixed() {
    let folder =
        Folder::with(&[("a.yaml", &faulty()), ("b.yaml", &faulty().replace("name: web", "name: b"))]);
    let mut latin = faulty().replace("name: web", "name: c").into_bytes();
    latin.extend(b"# caf\xe9\n");
    folder.write("c.yaml", &latin);
    let path = folder.path().join("a.yaml");
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    let outcome = folder.netpol("lint --fix");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.stderr.contains("`a.yaml` is left as it was: it may not be written"), "{outcome:?}");
    assert!(outcome.stderr.contains("`c.yaml` is left as it is: it is not UTF-8"), "{outcome:?}");
    assert_eq!(read(&folder, "a.yaml"), faulty());
    assert!(read(&folder, "b.yaml").contains("- from:"));
    assert_eq!(std::fs::read(folder.path().join("c.yaml")).unwrap(), latin);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::with(&[("real/web.yaml", &faulty())]);
    let real = folder.path().join("real/web.yaml");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real/web.yaml", folder.path().join("link.yaml")).unwrap();
    folder.netpol("lint link.yaml --fix");
    assert!(folder.path().join("link.yaml").is_symlink());
    assert!(read(&folder, "real/web.yaml").contains("- from:"));
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn what_fixes_would_settle_is_counted() {
    let folder = Folder::with(&[("web.yaml", &faulty())]);
    let outcome = folder.netpol("lint");
    assert!(outcome.stderr.contains("note: `--fix` settles 1 finding"), "{outcome:?}");
}
