//! `can --queries`: a line in, a line out.

use serde_json::Value;

use crate::session::{Session, folder};

fn answers(questions: &str) -> (u8, Vec<Value>) {
    let ended = Session::small().stdin(questions).run("can --queries - -f pair.yaml");
    let lines = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap());
    (ended.code, lines.collect())
}

#[test]
fn every_line_is_answered_in_order() {
    let (code, answers) = answers(concat!(
        r#"{"from":"x/a","to":"x/b","protocol":"TCP","port":80}"#,
        "\n",
        r#"{"from":"x/a","to":"x/b","port":"81-90"}"#,
        "\n\n",
        r#"{"from":"x/a","to":"x/b","protocol":"udp"}"#,
        "\n",
        r#"{"from":"x/a","to":"x/b"}"#,
        "\n",
        r#"{"from":"x/a","to":"x/b","port":"http"}"#,
    ));
    let decisions: Vec<&str> = answers.iter().filter_map(|answer| answer["decision"].as_str()).collect();
    assert_eq!(decisions, ["allow", "deny", "deny", "partial", "allow"]);
    assert_eq!(code, 0, "answers are answers");
}

#[test]
fn a_bad_line_has_its_error_in_its_place() {
    let (code, answers) = answers(concat!(
        r#"{"from":"x/a","to":"x/b","port":80}"#,
        "\n",
        "nonsense\n",
        r#"{"from":"x/a","to":"x/zz","port":80}"#,
        "\n",
        r#"{"from":"x/a","to":"x/b","port":0}"#,
        "\n",
        r#"{"from":"x/a","to":"x/b","prot":"TCP"}"#,
        "\n",
        r#"{"from":"x/b","to":"x/a","port":80}"#,
        "\n",
    ));
    let kinds: Vec<&str> = answers.iter().filter_map(|answer| answer["kind"].as_str()).collect();
    assert_eq!(kinds, ["Verdict", "Error", "Error", "Error", "Error", "Verdict"]);
    assert_eq!(answers[2]["line"], 3);
    assert!(answers[2]["message"].as_str().unwrap().contains("x/zz"));
    assert_eq!(code, 2);
}

#[test]
fn questions_may_stand_in_a_file_and_answers_go_to_one() {
    let folder = folder(&[
        ("pair.yaml", include_str!("../../fixtures/small/pair.yaml")),
        ("questions.jsonl", "{\"from\":\"x/a\",\"to\":\"x/b\",\"port\":80}\n"),
    ]);
    let ended = Session::within(folder.path()).run("can --queries questions.jsonl -o jsonl=answers.jsonl");
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{}", ended.stderr);
    let answers = std::fs::read_to_string(folder.path().join("answers.jsonl")).unwrap();
    assert_eq!(answers.lines().count(), 1);
}

#[test]
fn a_file_of_questions_that_is_not_there_is_an_error() {
    let ended = Session::small().run("can --queries nowhere.jsonl -f pair.yaml");
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("nowhere.jsonl"), "{}", ended.stderr);
}
