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
         whom?\n    - ipBlock: {{cidr: \"10.0.0.5/8\"}}\n\n  - from:\n    - podSelector: {{}}\n      ports:\n        - \
         protocol: tcp  # web\n          port: '80'\n"
    )
}

const MENDED: &str = "spec:\n  podSelector: {}   # everybody\n  policyTypes: [Ingress]\n  ingress:\n  - from:   # \
                      whom?\n    - ipBlock: {cidr: \"10.0.0.0/8\"}\n\n  - from:\n    - podSelector: {}\n    ports:\n      - \
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

/// The places that a fix changes.
fn places(fix: &Value) -> Vec<(u64, u64, String)> {
    let edits = fix["edits"].as_array().unwrap().iter();
    let number = |edit: &Value, key: &str| edit[key].as_u64().unwrap();
    edits.map(|edit| (number(edit, "start"), number(edit, "end"), edit["text"].to_string())).collect()
}

/// What `--fix` should make of a file, by the report alone: the fixes in the order of their findings, those that meet
/// an earlier one in the next round.
fn expected(folder: &Folder, name: &str, is_wanted: impl Fn(&Value) -> bool) -> String {
    for _ in 0..20 {
        let text = read(folder, name);
        let mut taken: Vec<(u64, u64, String)> = Vec::new();
        let mut all = Vec::new();
        let found = findings(folder, name);
        let is_of_api = |finding: &Value| finding["category"] == "api";
        let wanted = |finding: &Value| !finding["fix"].is_null() && is_wanted(&finding["fix"]);
        let is_unread = found.iter().any(|finding| is_of_api(finding) && wanted(finding));
        let mut guessed = Vec::new();
        for finding in found.iter().filter(|finding| wanted(finding) && (is_of_api(finding) || !is_unread)) {
            let fix = &finding["fix"];
            let places = places(fix);
            let meets = |(start, end, _): &(u64, u64, String)| {
                taken.iter().any(|(from, to, _)| start <= to && from <= end)
            };
            let is_guess = !is_of_api(finding) && fix["safe"] != true;
            let must_wait = is_guess && guessed.contains(&&finding["object"]);
            if !must_wait && !places.iter().any(meets) {
                guessed.extend(is_guess.then_some(&finding["object"]));
                taken.extend(places);
                all.extend(fix["edits"].as_array().unwrap().clone());
            }
        }
        if all.is_empty() {
            return text;
        }
        folder.write(name, mended(&text, &serde_json::json!({"edits": all})));
    }
    panic!("{name}: fixes never end: {}", read(folder, name));
}

/// The ways in which the same manifest may be written.
fn variants(text: &str) -> [String; 4] {
    let remarked = text.replace('\n', "   # it stays\n");
    let is_plain = !text.contains(['|', '>', '%', '#']);
    let remarked = if is_plain { remarked } else { format!("# it stays\n{text}") };
    [text.to_owned(), text.replace('\n', "\r\n"), format!("\u{feff}{text}"), remarked]
}

#[test]
fn comments_stay_with_what_they_are_about() {
    for (spec, fixed) in [
        (
            "  egress:\n  - ports:\n    - port: 443\t# web\n      # and no more\n# end\n",
            "  egress:\n  - ports:\n    - port: 443\t# web\n      # and no more\n  policyTypes:\n  - Ingress\n  - Egress\n# end\n",
        ),
        (
            "  egress: [{ports: [{port: 443}]}] # web",
            "  egress: [{ports: [{port: 443}]}] # web\n  policyTypes:\n  - Ingress\n  - Egress",
        ),
    ] {
        let start = format!("{POLICY}spec:\n  podSelector: {{}}\n");
        let folder = Folder::with(&[("a.yaml", &format!("{start}{spec}"))]);
        folder.netpol("lint --fix a.yaml");
        assert_eq!(read(&folder, "a.yaml"), format!("{start}{fixed}"));
    }
}

#[test]
fn fixing_a_fixture_changes_the_places_of_its_fixes_and_no_other_byte() {
    let mut count = 0;
    for fixture in fixtures() {
        let (folder, name) = copied(&fixture);
        let Ok(text) = String::from_utf8(std::fs::read(&fixture).unwrap()) else { continue };
        if !findings(&folder, &name).iter().any(|finding| !finding["fix"].is_null()) {
            continue;
        }
        for text in variants(&text) {
            for (flags, is_safe) in [("--fix", true), ("--fix --unsafe-fixes", false)] {
                folder.write(&name, &text);
                let expected = expected(&folder, &name, |fix| !is_safe || fix["safe"] == true);
                folder.write(&name, &text);
                folder.netpol(&format!("lint {name} {flags} --preset strict"));
                assert_eq!(read(&folder, &name), expected, "{}", fixture.display());
                let kept = |text: &str| (text.matches('\r').count() > 0, text.starts_with('\u{feff}'));
                assert_eq!(kept(&expected), kept(&text), "{}", fixture.display());
                let bare = expected.replace("\r\n", "");
                assert!(!(text.contains('\r') && bare.contains('\n')), "{}: {expected:?}", fixture.display());
                count += usize::from(expected != text);
            }
        }
    }
    assert!(count > 40, "{count} texts were fixed");
}

#[test]
fn the_rules_that_carry_fixes_are_those_that_say_so() {
    let listed = Run::small().netpol("rules -o json").json();
    let mut surest: std::collections::BTreeMap<String, &str> = std::collections::BTreeMap::new();
    for fixture in fixtures() {
        let (folder, name) = copied(&fixture);
        for finding in findings(&folder, &name).iter().filter(|finding| !finding["fix"].is_null()) {
            let rule = finding["rule"].as_str().unwrap().to_owned();
            let fix = if finding["fix"]["safe"] == true { "safe" } else { "unsafe" };
            surest.entry(rule).and_modify(|surest| *surest = fix.min(surest)).or_insert(fix);
        }
    }
    for rule in listed["rules"].as_array().unwrap() {
        let name = rule["name"].as_str().unwrap();
        assert_eq!(rule["fix"].as_str(), surest.get(name).copied(), "{name}");
    }
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
        let outcome = folder.netpol("lint web.yaml --fix --unsafe-fixes");
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
    let outcome = folder.netpol("lint --fix --unsafe-fixes");
    assert_eq!(outcome.code, 1);
    assert!(outcome.stdout.contains("Unsupported value: \"Both\""), "{outcome:?}");
    assert!(!outcome.stdout.contains("unknown-field"), "{outcome:?}");
}

#[test]
fn a_patch_shows_the_changes_and_makes_none() {
    let folder = Folder::with(&[("web.yaml", &faulty())]);
    for flags in ["--diff --unsafe-fixes", "--fix --diff --unsafe-fixes"] {
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
    folder.netpol("lint --fix --unsafe-fixes");
    assert!(read(&folder, "web.yaml").contains("- form:"));
}

#[test]
fn standard_input_is_left_alone_and_shown_as_a_patch() {
    let folder = Folder::with(&[]);
    let run = || Run::at(folder.path()).stdin(faulty());
    let fixed = run().netpol("lint - --fix --unsafe-fixes");
    assert!(fixed.stderr.contains("`-` is left as it is"), "{fixed:?}");
    assert_eq!(fixed.code, 1);
    let shown = run().netpol("lint - --diff --unsafe-fixes");
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
    let outcome = folder.netpol("lint --fix --unsafe-fixes");
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
    folder.netpol("lint link.yaml --fix --unsafe-fixes");
    assert!(folder.path().join("link.yaml").is_symlink());
    assert!(read(&folder, "real/web.yaml").contains("- from:"));
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn what_fixes_would_settle_is_counted() {
    let folder = Folder::with(&[("web.yaml", &faulty())]);
    let outcome = folder.netpol("lint");
    assert!(outcome.stderr.contains("note: `--fix --unsafe-fixes` settles 2 findings"), "{outcome:?}");
}

#[test]
fn a_fix_that_is_a_guess_is_made_only_when_asked_for() {
    let two = "  - from:\n    - podSelector: {}\n      ports: [{port: 80}]\n    - namespaceSelector: {}\n";
    let text = format!("{POLICY}spec:\n  podSelector: {{}}\n  policyTypes: [Ingress]\n  ingress:\n{two}");
    let folder = Folder::with(&[("web.yaml", &text)]);
    let outcome = folder.netpol("lint --fix");
    assert_eq!((outcome.code, read(&folder, "web.yaml")), (1, text.clone()), "{outcome:?}");
    assert!(outcome.stderr.contains("`--unsafe-fixes` settles 1 more finding"), "{outcome:?}");
    let outcome = folder.netpol("lint --fix --unsafe-fixes");
    let moved = "  - from:\n    - podSelector: {}\n    - namespaceSelector: {}\n    ports: [{port: 80}]\n";
    let fixed = text.replace(two, moved);
    assert_eq!((outcome.code, read(&folder, "web.yaml")), (0, fixed), "{outcome:?}");
}

#[test]
fn two_fields_that_mean_the_same_are_left_to_their_author() {
    let text = format!("{POLICY}spec:\n  podSelector: {{}}\n  ingress:\n  - form: []\n    fromm: []\n");
    let folder = Folder::with(&[("web.yaml", &text)]);
    let outcome = folder.netpol("lint --fix --unsafe-fixes");
    assert_eq!((outcome.code, read(&folder, "web.yaml")), (1, text), "{outcome:?}");
}

#[test]
fn one_cause_is_answered_by_one_fix() {
    let spec = "spec:\n  podSelector: {}\n  policyType: [Egress]\n  egress:\n  - ports: [{port: 443}]\n";
    let pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n";
    let folder = Folder::with(&[("web.yaml", &format!("{POLICY}{spec}{pod}"))]);
    let outcome = folder.netpol("lint --fix --unsafe-fixes --ignore dns-egress-blocked");
    let expected = format!("{POLICY}{}{pod}", spec.replace("policyType:", "policyTypes:"));
    assert_eq!(read(&folder, "web.yaml"), expected, "{outcome:?}");
}

#[test]
fn json_is_fixed_too() {
    let text = r#"{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"},
 "spec": {"podselector": {}, "policyTypes": ["ingress"], "ingress": [{"from":
    [{"ipBlock": {"cidr": "10.0.0.5/8"}}], "ports": [{"protocol": "tcp", "port": "80"}]}]}}"#;
    let folder = Folder::with(&[("web.json", text)]);
    let outcome = folder.netpol("lint --fix --unsafe-fixes");
    let mended = [
        ("podselector", "podSelector"),
        ("\"ingress\"]", "\"Ingress\"]"),
        ("10.0.0.5", "10.0.0.0"),
        ("tcp", "TCP"),
        ("\"80\"", "80"),
    ];
    let expected = mended.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new));
    assert_eq!((outcome.code, read(&folder, "web.json")), (0, expected), "{outcome:?}");
}

#[test]
fn what_could_not_be_written_is_still_a_finding() {
    let folder = Folder::with(&[("a.yaml", &faulty())]);
    let path = folder.path().join("a.yaml");
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    let outcome = folder.netpol("lint --fix --unsafe-fixes -o concise");
    assert!(outcome.code == 2 && outcome.stdout.contains("error[unknown-field]"), "{outcome:?}");
    assert!(!outcome.stderr.contains("fixed "), "{outcome:?}");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_not_followed_to_write() {
    use std::os::unix::fs::symlink;
    let folder =
        Folder::with(&[("outside.yaml", &faulty()), ("in/fine.yaml", &format!("{POLICY}spec: {{}}\n"))]);
    symlink("../outside.yaml", folder.path().join("in/link.yaml")).unwrap();
    let outcome = folder.netpol("lint in --fix --unsafe-fixes");
    assert_eq!((outcome.code, read(&folder, "outside.yaml")), (1, faulty()));
    assert!(outcome.stderr.contains("`in/link.yaml` is left as it is: a link leads to it"), "{outcome:?}");
    let named = folder.netpol("lint in in/link.yaml --fix --unsafe-fixes");
    assert!(read(&folder, "outside.yaml").contains("- from:"), "{named:?}");
}

#[cfg(unix)]
#[test]
fn other_names_of_a_file_stay_names_of_it() {
    use std::os::unix::fs::MetadataExt;
    let folder = Folder::with(&[("web.yaml", &faulty())]);
    let path = |name: &str| folder.path().join(name);
    std::fs::hard_link(path("web.yaml"), path("other.txt")).unwrap();
    folder.netpol("lint web.yaml --fix --unsafe-fixes");
    assert!(read(&folder, "other.txt").contains("- from:"));
    assert_eq!(std::fs::metadata(path("web.yaml")).unwrap().nlink(), 2);
    assert_eq!(folder.path().read_dir().unwrap().count(), 2, "nothing stays beside it");
}

#[test]
fn a_document_of_another_program_is_left_alone() {
    let grafana = "apiVersion: 1\ndatasources:\n- name: x\n";
    let folder = Folder::with(&[("grafana.yaml", grafana)]);
    folder.netpol("lint grafana.yaml --fix --unsafe-fixes");
    assert_eq!(read(&folder, "grafana.yaml"), grafana);
}

#[test]
fn a_report_goes_over_no_input_and_over_no_other_report() {
    let policy = format!("{POLICY}spec: {{podSelector: {{}}}}\n");
    let folder =
        Folder::with(&[("web.yaml", &policy), ("netpol.toml", ""), ("more/questions.jsonl", "{}\n")]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("web.yaml", folder.path().join("link.yml")).unwrap();
    let link = if cfg!(unix) { "link.yml" } else { "web.yaml" };
    for words in [
        "list -f . -o json=web.yaml".to_owned(),
        format!("list -f web.yaml -o csv={link}"),
        "lint web.yaml -o json=./web.yaml".to_owned(),
        "lint web.yaml --write-baseline web.yaml".to_owned(),
        "list -f web.yaml -o json=netpol.toml".to_owned(),
        "can --queries more/questions.jsonl -f web.yaml -o jsonl=more/questions.jsonl".to_owned(),
    ] {
        let outcome = folder.netpol(&words);
        assert_eq!(outcome.code, 2, "{words}: {outcome:?}");
        assert!(outcome.stderr.contains("is read by this run"), "{words}: {outcome:?}");
        assert_eq!(read(&folder, "web.yaml"), policy, "{words}");
    }
    let outcome = folder.netpol("list -f web.yaml -o json=out -o csv=./out");
    assert!(outcome.code == 2 && outcome.stderr.contains("would take two reports"), "{outcome:?}");
    assert!(!folder.path().join("out").exists());
    for _ in 0..2 {
        let outcome = folder.netpol("list -f . -o json=report.json -o csv=report.csv");
        assert!(
            !outcome.stderr.contains("is read by this run"),
            "a report may be written again: {outcome:?}"
        );
        assert!(folder.path().join("report.csv").exists());
    }
}
