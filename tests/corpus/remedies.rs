//! What is proposed for the reports whose question was how to let somebody through.

use std::path::Path;

use netpol_core::Analysis;
use netpol_core::Settings;
use netpol_core::diagnostic::Edit;
use netpol_core::evaluate::Decision;
use netpol_core::lint::LintSettings;
use netpol_core::report::text;
use netpol_core::text::{FileSet, SourceFile};
use netpol_tests::corpus::folder;

/// The texts of a file or of the files of a folder.
fn sources(path: &Path) -> Vec<String> {
    if path.is_file() {
        return vec![std::fs::read_to_string(path).expect("it can be read")];
    }
    let mut files: Vec<_> =
        path.read_dir().expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files.iter().flat_map(|file| sources(file)).collect()
}

fn analysis(texts: &[String]) -> Analysis {
    let mut files = FileSet::new();
    for (number, text) in texts.iter().enumerate() {
        files.add(SourceFile::found(format!("{number}.yaml"), text.clone())).expect("small");
    }
    Analysis::new(files, Settings::default())
}

/// What `explain` says, and the decision once all that is proposed is done.
fn asked(case: &str, from: &str, to: &str) -> Option<(String, Decision)> {
    let mut texts = sources(&folder()?.join(case));
    let before = analysis(&texts);
    let request = before.question(from, to, "default").expect("it can be asked").request;
    let explanation = before.explain(&request);
    let suggestions = before.suggestions(&explanation);
    let mut edits: Vec<&Edit> = suggestions.iter().flat_map(|it| &it.edits).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse((edit.span.file, edit.span.start)));
    for edit in edits {
        let text = &mut texts[edit.span.file.index()];
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    let words = text::explanation(before.context(), &explanation, &suggestions).to_string();
    let after = analysis(&texts);
    let request = after.question(from, to, "default").expect("it can be asked").request;
    Some((words, after.verdict(&request).decision))
}

#[test]
fn a_label_of_the_cronjob_that_its_pods_lack_is_named() {
    let case = "reports/user-11-cronjob-pod-labels";
    let Some((words, decision)) = asked(case, "forge/postgres-backup", "forge/forge-postgresql:5432") else {
        return;
    };
    assert!(words.contains("`app: forge` under spec.jobTemplate.spec.template.metadata.labels"), "{words}");
    assert!(!words.contains("podSelector: {}"), "{words}");
    assert_eq!(decision, Decision::Deny, "nothing is opened to every pod");
}

#[test]
fn a_version_in_a_selector_is_pointed_out_and_the_default_deny_is_left_alone() {
    let case = "reports/eval-14-version-in-selector";
    let Some((words, decision)) = asked(case, "kv/etcd", "kv/etcd:2380") else { return };
    assert!(words.contains("wants helm.sh/chart=etcd-8.8.1, pod has `etcd-8.8.0`"), "{words}");
    assert!(
        words.contains("kind: NetworkPolicy") && !words.contains("of NetworkPolicy kv/deny-all ("),
        "{words}"
    );
    assert_eq!(decision, Decision::Allow);
}

#[test]
fn changes_of_several_pairs_are_made_together() {
    let Some((words, decision)) = asked("hostile/remedy-order.yaml", "ns/s", "ns/s:80") else { return };
    assert_eq!(decision, Decision::Allow, "{words}");
    assert_eq!(words.matches("to allow").count(), 1, "{words}");
}

#[test]
fn a_rule_for_the_dns_gives_no_exception_back() {
    let Some(corpus) = folder() else { return };
    let analysis = analysis(&sources(&corpus.join("reports/eval-10-except-is-not-deny")));
    let report = analysis.lint(&LintSettings::default());
    assert!(report.findings.iter().all(|finding| finding.rule.0 != "except-given-back"));
}
