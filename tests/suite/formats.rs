//! What goes out is what the schemas say; the same input gives the same bytes.

use serde_json::Value;

use crate::session::Session;

fn json(words: &str) -> Value {
    serde_json::from_str(&Session::small().run(words).stdout).unwrap()
}

#[test]
fn every_answer_is_valid_by_its_schema() {
    for file in ["pair.yaml", "no-policy.yaml", "placeholder.yaml"] {
        for (command, kind) in [("can", "verdict"), ("explain", "explanation")] {
            for to in ["x/b:80", "x/b", "ns/x:udp/53", "any"] {
                let schema = json(&format!("schema {kind}"));
                let answer = json(&format!("{command} x/a {to} -f {file} -o json"));
                let errors: Vec<String> = jsonschema::validator_for(&schema)
                    .unwrap()
                    .iter_errors(&answer)
                    .map(|error| error.to_string())
                    .collect();
                assert!(errors.is_empty(), "{command} {to} {file}: {errors:?}");
            }
        }
    }
}

#[test]
fn an_answer_is_the_same_twice() {
    for words in ["can any any -f pair.yaml -o json", "explain x/a x/b -f pair.yaml"] {
        let (first, second) = (Session::small().run(words), Session::small().run(words));
        assert_eq!((first.stdout, first.stderr), (second.stdout, second.stderr));
    }
}

#[test]
fn an_explanation_names_the_policy_the_rule_and_the_line() {
    let ended = Session::small().run("explain x/b x/b:81 -f pair.yaml");
    assert!(ended.stdout.contains("b-ingress") || ended.stdout.starts_with("ALLOW"), "{}", ended.stdout);
    let ended = Session::small().run("explain x/a x/b:81 -f pair.yaml");
    assert!(ended.stdout.contains("NetworkPolicy x/b-ingress"), "{}", ended.stdout);
    assert!(ended.stdout.contains("pair.yaml:1"), "{}", ended.stdout);
}

#[test]
fn the_kinds_that_have_a_schema_are_listed() {
    let kinds = Session::small().run("schema");
    assert_eq!(kinds.code, 0);
    assert!(kinds.stdout.lines().any(|kind| kind == "verdict"));
    let wrong = Session::small().run("schema verdit");
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("did you mean `verdict`?"), "{}", wrong.stderr);
}

#[test]
fn completions_and_manual_pages_are_printed() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Session::small().run(&format!("completions {shell}"));
        assert!(script.code == 0 && script.stdout.contains("explain"), "{shell}");
    }
    assert!(Session::small().run("man").stdout.contains(".TH"));
    assert!(Session::small().run("man explain").stdout.contains("netpol"));
    assert_eq!(Session::small().run("man explian").code, 2);
}
