//! What other programs give: `kustomize:DIR`, `helm:CHART` and `git:REV`.

use crate::program::{Folder, Run, pod};

const KUSTOMIZATION: &str = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";

/// A kustomization and a chart, with programs that say on standard error how they were run.
#[cfg(unix)]
fn stage() -> Folder {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with(&[
        ("k/kustomization.yaml", &format!("{KUSTOMIZATION}resources: [../base]\nnamespace: lab\n")),
        ("base/kustomization.yaml", &format!("{KUSTOMIZATION}resources:\n- web.yaml\n")),
        ("base/web.yaml", &pod("web")),
        ("chart/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n"),
        ("chart/templates/web.yaml", "kind: {{ .Values.kind }}\n"),
        ("values.yaml", "kind: Pod\n"),
        ("out.yaml", &pod("web")),
        ("bin/kubectl", "#!/bin/sh\necho \"$@\" > ran; cat out.yaml\n"),
        (
            "bin/helm",
            "#!/bin/sh\necho \"$@\" > ran; echo ---; echo '# Source: app/templates/web.yaml'; cat out.yaml\n",
        ),
        ("bin/sad/helm", "#!/bin/sh\necho 'Error: no such value' >&2; exit 3\n"),
    ]);
    for program in ["bin/kubectl", "bin/helm", "bin/sad/helm"] {
        let path = folder.path().join(program);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

/// A run in a folder with programs of its folder `bin`.
#[cfg(unix)]
fn with_programs(folder: &Folder, bin: &str) -> Run {
    let bin = folder.path().join(bin);
    Run::at(folder.path()).variable("PATH", &format!("{}:/usr/bin:/bin", bin.display()))
}

#[cfg(unix)]
fn ran(folder: &Folder) -> Option<String> {
    std::fs::read_to_string(folder.path().join("ran")).ok()
}

#[cfg(unix)]
#[test]
fn a_kustomization_is_rendered_where_the_user_spells_it() {
    let folder = stage();
    let outcome = with_programs(&folder, "bin").netpol("explain web web:80 -n lab -f kustomize:k");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(ran(&folder).unwrap().starts_with("kustomize "), "{:?}", ran(&folder));
}

#[cfg(unix)]
#[test]
fn nothing_runs_unless_it_is_spelled() {
    let folder = stage();
    for path in ["k", "base", "chart", "."] {
        with_programs(&folder, "bin").netpol(&format!("list -f {path}"));
        assert_eq!(ran(&folder), None, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn a_chart_is_rendered_with_its_values_and_its_templates_are_named() {
    let folder = stage();
    folder.write("out.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {a: 1}}\n");
    let run = with_programs(&folder, "bin");
    let outcome = run.netpol("lint helm:chart?values=values.yaml&set=a=b&namespace=lab&name=x -o concise");
    assert!(outcome.stdout.starts_with("helm:chart/templates/web.yaml:5:"), "{outcome:?}");
    let ran = ran(&folder).unwrap();
    assert!(ran.starts_with("template x ") && ran.contains("--set=a=b --namespace=lab"), "{ran}");
    assert!(ran.contains("--values=") && ran.contains("values.yaml"), "{ran}");
}

#[cfg(unix)]
#[test]
fn what_a_program_says_when_it_fails_is_told() {
    let folder = stage();
    let outcome = with_programs(&folder, "bin/sad").netpol("list -f helm:chart");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{outcome:?}");
    assert!(outcome.stderr.contains("exit code 3: Error: no such value"), "{outcome:?}");
}

#[cfg(unix)]
#[test]
fn a_program_in_the_current_folder_or_none_is_not_run() {
    let folder = stage();
    let bin = folder.path().join("bin");
    for path in [String::new() + ":.:bin", bin.display().to_string(), "/nowhere".to_owned()] {
        let run = Run::at(&bin).variable("PATH", &path);
        for spelled in ["helm:../chart", "kustomize:../k"] {
            let outcome = run.netpol(&format!("list -f {spelled}"));
            assert!(outcome.code == 2 && outcome.stderr.contains("install"), "{path}: {outcome:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn remote_sources_are_refused_with_their_line_before_anything_runs() {
    let folder = stage();
    for source in
        ["https://example.com/a.yaml", "github.com/a/b//c?ref=v1", "git@github.com:a/b", "nowhere.yaml"]
    {
        folder
            .write("base/kustomization.yaml", format!("{KUSTOMIZATION}resources:\n- web.yaml\n- {source}\n"));
        let outcome = with_programs(&folder, "bin").netpol("list -f kustomize:k");
        assert_eq!((outcome.code, ran(&folder)), (2, None), "{source}: {outcome:?}");
        let place = "k/../base/kustomization.yaml:5:";
        assert!(outcome.stderr.contains(place) && outcome.stderr.contains(source), "{source}: {outcome:?}");
    }
    let remote = "dependencies:\n- name: db\n  repository: oci://example.com/charts\n";
    folder.write("chart/Chart.yaml", format!("apiVersion: v2\nname: app\nversion: 1.0.0\n{remote}"));
    let outcome = with_programs(&folder, "bin").netpol("list -f helm:chart");
    assert_eq!((outcome.code, ran(&folder)), (2, None), "{outcome:?}");
    assert!(outcome.stderr.contains("chart/Chart.yaml:6:"), "{outcome:?}");
    folder.write("chart/charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n");
    assert_eq!(with_programs(&folder, "bin").netpol("list -f helm:chart").code, 0, "it is in the chart");
}

#[cfg(unix)]
#[test]
fn mistakes_in_these_spellings_are_told() {
    let folder = stage();
    for (spelled, words) in [
        ("helm:chrt", "did you mean `chart`?"),
        ("helm:chart?valus=x", "`valus=x` is no parameter"),
        ("helm:chart?values=none.yaml", "there is no file or folder `none.yaml`"),
        ("helm:base", "has no Chart.yaml"),
        ("kustomize:chart", "has no kustomization.yaml"),
        ("kustomize:https://example.com/k", "is remote"),
        ("helm:oci://example.com/k", "is remote"),
    ] {
        let outcome = with_programs(&folder, "bin").netpol(&format!("list -f {spelled}"));
        assert!(outcome.code == 2 && outcome.stderr.contains(words), "{spelled}: {outcome:?}");
        assert_eq!((outcome.stdout.as_str(), ran(&folder)), ("", None), "{spelled}");
    }
}

#[test]
fn notes_on_charts_and_kustomizations_name_the_spellings() {
    let folder = Folder::with(&[
        ("c/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n"),
        ("c/templates/a.yaml", "{{ x }}\n"),
        ("k/kustomization.yaml", &format!("{KUSTOMIZATION}resources: [a.yaml]\nnamespace: lab\n")),
        ("k/a.yaml", &pod("a")),
        (".deploy/b.yaml", &pod("b")),
        (".github/workflows/c.yaml", "on: push\n"),
    ]);
    let outcome = folder.netpol("list -f .");
    for words in ["`helm:c`", "`kustomize:k`", "the hidden folder `.deploy` is not read"] {
        assert_eq!(outcome.stderr.matches(words).count(), 1, "{words}: {outcome:?}");
    }
}

/// A repository with one commit, if git can be run.
fn repository(files: &[(&str, &str)]) -> Option<Folder> {
    let folder = Folder::with(files);
    let is_there = git(&folder, &["init", "-q", "-b", "main"]) && git(&folder, &["add", "-A"]);
    (is_there && git(&folder, &["commit", "-q", "-m", "first"])).then_some(folder)
}

fn git(folder: &Folder, words: &[&str]) -> bool {
    let mut command = std::process::Command::new("git");
    let who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgSign=false"];
    command.current_dir(folder.path()).args(who).args(words);
    command.output().is_ok_and(|output| output.status.success())
}

#[test]
fn every_command_reads_a_revision() {
    let Some(folder) =
        repository(&[("m/web.yaml", &pod("web")), ("m/x/db.yaml", &pod("db")), ("o.yaml", "a: [")])
    else {
        return;
    };
    std::fs::remove_dir_all(folder.path().join("m")).unwrap();
    let outcome = folder.netpol("explain lab/web lab/db:80 -f git:main:m");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let lint = folder.netpol("lint git:HEAD:o.yaml -o concise");
    assert!(lint.stdout.starts_with("git:HEAD:o.yaml:1:"), "{lint:?}");
    let glob = folder.netpol("can lab/db lab/db:80 -f git:main:m/**/*.yaml");
    assert_eq!(glob.code, 0, "{glob:?}");
    let none = folder.netpol("list -f git:nope:m");
    assert!(none.code == 2 && none.stderr.contains("there is no revision `nope`"), "{none:?}");
}

#[test]
fn a_forgotten_git_stops_with_a_suggestion() {
    let Some(folder) = repository(&[("m/web.yaml", &pod("web"))]) else { return };
    for words in ["diff main m", "list -f main"] {
        let outcome = folder.netpol(words);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{outcome:?}");
        assert!(outcome.stderr.contains("did you mean the revision `git:main`?"), "{outcome:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_revision_is_read_without_running_what_its_repository_asks_for() {
    let program = "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"; cat\n";
    let files = [("m/web.yaml", pod("web")), (".gitattributes", "*.yaml filter=evil diff=evil\n".to_owned())];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let Some(folder) = repository(&files) else { return };
    folder.write("evil.sh", program);
    let evil = folder.path().join("evil.sh");
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&evil, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let evil = evil.display().to_string();
    for key in [
        "core.fsmonitor",
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "core.pager",
        "core.sshCommand",
    ] {
        assert!(git(&folder, &["config", key, &evil]));
    }
    for hook in ["post-checkout", "post-index-change", "pre-commit"] {
        folder.write(&format!(".git/hooks/{hook}"), program);
    }
    std::fs::remove_file(folder.path().join("ran")).ok();
    let outcome = folder.netpol("diff git:main:m m");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(!folder.path().join("ran").exists());
}

#[cfg(unix)]
#[test]
fn links_out_of_a_revision_are_not_followed() {
    let folder = Folder::with(&[("m/web.yaml", &pod("web")), ("secret.yaml", &pod("secret"))]);
    std::os::unix::fs::symlink(folder.path().join("secret.yaml"), folder.path().join("m/a.yaml")).unwrap();
    std::os::unix::fs::symlink("web.yaml", folder.path().join("m/b.yaml")).unwrap();
    let is_there = git(&folder, &["init", "-q", "-b", "main"]) && git(&folder, &["add", "m"]);
    if !is_there || !git(&folder, &["commit", "-q", "-m", "first"]) {
        return;
    }
    assert_eq!(folder.netpol("can lab/web lab/web:80 -f git:main:m").code, 0);
    assert_eq!(folder.netpol("can lab/secret lab/web:80 -f git:main:m").code, 2);
}
