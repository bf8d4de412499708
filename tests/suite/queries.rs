//! `netpol can --queries`.

use serde_json::{Value, json};

use crate::program::{Folder, Outcome, Run};

fn asked(lines: &str) -> Outcome {
    Run::small().stdin(lines).netpol("can --queries - -f shop.yaml")
}

#[test]
fn lines_are_answered_in_order() {
    let outcome = asked(
        "{\"from\":\"shop/web\",\"to\":\"shop/db\",\"protocol\":\"TCP\",\"port\":5432}\n\
         {\"from\":\"shop/cart\",\"to\":\"shop/db\",\"protocol\":\"TCP\",\"port\":5432}\n\
         {\"from\":\"shop/web\",\"to\":\"shop/cart\"}\n",
    );
    let decisions: Vec<Value> = outcome.json_lines().iter().map(|line| line["decision"].clone()).collect();
    assert_eq!(decisions, ["allow", "deny", "allow"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "a denial is an answer");
}

#[test]
fn a_port_is_a_number_or_a_text_and_may_be_absent() {
    let line = |rest: &str| format!("{{\"from\":\"shop/web\",\"to\":\"shop/db\"{rest}}}\n");
    for (rest, protocol, port, decision) in [
        ("", Value::Null, Value::Null, "partial"),
        (",\"port\":5432", json!("TCP"), json!(5432), "allow"),
        (",\"port\":\"5432\"", json!("TCP"), json!(5432), "allow"),
        (",\"port\":\"5432-5433\"", json!("TCP"), json!("5432-5433"), "partial"),
        (",\"protocol\":\"UDP\"", json!("UDP"), Value::Null, "deny"),
        (",\"protocol\":\"udp\",\"port\":5432", json!("UDP"), json!(5432), "deny"),
        (",\"protocol\":null,\"port\":null", Value::Null, Value::Null, "partial"),
    ] {
        let outcome = asked(&line(rest));
        assert_eq!(outcome.code, 0, "{rest}: {outcome:?}");
        let answer = &outcome.json_lines()[0];
        assert_eq!((&answer["protocol"], &answer["port"]), (&protocol, &port), "{rest}");
        assert_eq!(answer["decision"], decision, "{rest}");
    }
    let named = asked(&line(",\"port\":\"sql\""));
    assert_eq!(
        (&named.json_lines()[0]["port"], &named.json_lines()[0]["decision"]),
        (&"sql".into(), &"allow".into())
    );
}

#[test]
fn a_bad_line_is_an_error_in_its_place_and_the_others_are_answered() {
    let good = "{\"from\":\"shop/web\",\"to\":\"shop/db\",\"port\":5432}";
    for bad in [
        "nonsense",
        "[]",
        "[\"shop/web\",\"shop/db\",null,5432]",
        "{}",
        "{\"from\":\"shop/web\"}",
        "{\"from\":\"shop/web\",\"to\":5}",
        "{\"from\":\"shop/wep\",\"to\":\"shop/db\"}",
        "{\"from\":\"shop/web\",\"to\":\"shop/db\",\"port\":99999}",
        "{\"from\":\"shop/web\",\"to\":\"shop/db\",\"port\":1.5}",
        "{\"from\":\"shop/web\",\"to\":\"shop/db\",\"protocol\":\"ICMP\"}",
        "{\"from\":\"shop/web\",\"to\":\"shop/db\",\"porf\":80}",
        "{\"from\":\"shop/web\",\"to\":\"shop/db:80\"}",
    ] {
        let outcome = asked(&format!("{good}\n{bad}\n{good}\n"));
        let lines = outcome.json_lines();
        assert_eq!((outcome.code, lines.len()), (2, 3), "{bad}: {outcome:?}");
        assert_eq!((&lines[1]["kind"], &lines[1]["line"]), (&"Error".into(), &2.into()), "{bad}");
        assert!(lines[1]["message"].as_str().is_some_and(|message| !message.is_empty()), "{bad}");
        assert_eq!((&lines[0]["decision"], &lines[2]["decision"]), (&"allow".into(), &"allow".into()));
    }
}

#[test]
fn lines_may_be_blank_and_end_in_any_way() {
    let line = "{\"from\":\"shop/web\",\"to\":\"shop/db\",\"port\":5432}";
    let outcome = asked(&format!("\n{line}\r\n\n  \n{line}"));
    assert_eq!((outcome.code, outcome.json_lines().len()), (0, 2), "{outcome:?}");
    let late = asked(&format!("\n\n{line}\nnonsense"));
    assert_eq!(late.json_lines()[1]["line"], 4, "blank lines count");
}

#[test]
fn escapes_in_a_line_are_read() {
    let outcome = asked("{\"from\":\"shop\\u002fweb\",\"to\":\"shop\\/db\",\"port\":5432}\n");
    assert_eq!(outcome.json_lines()[0]["decision"], "allow", "{outcome:?}");
}

#[test]
fn no_question_is_no_answer() {
    let outcome = asked("");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, ""));
}

#[test]
fn questions_come_from_a_file_and_answers_go_to_one() {
    let folder = Folder::with(&[
        ("shop.yaml", include_str!("../../fixtures/small/shop.yaml")),
        ("questions.jsonl", "{\"from\":\"shop/web\",\"to\":\"shop/db\",\"port\":5432}\n"),
    ]);
    let outcome = folder.netpol("can --queries questions.jsonl -f shop.yaml -o jsonl=answers.jsonl");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, ""), "{outcome:?}");
    let answers = std::fs::read_to_string(folder.path().join("answers.jsonl")).unwrap();
    assert!(answers.contains("\"decision\":\"allow\""), "{answers}");
    assert_eq!(folder.netpol("can --queries nowhere.jsonl -f shop.yaml").code, 2);
}

#[test]
fn both_inputs_cannot_be_standard_input() {
    assert_eq!(Run::small().netpol("can --queries - -f -").code, 2);
}

#[test]
fn questions_and_ends_are_not_given_together() {
    assert_eq!(Run::small().netpol("can a b --queries questions.jsonl").code, 2);
}

#[test]
fn bare_names_are_of_the_namespace() {
    let line = "{\"from\":\"web\",\"to\":\"db\",\"port\":5432}\n";
    let outcome = Run::small().stdin(line).netpol("can --queries - -n shop -f shop.yaml");
    assert_eq!(outcome.json_lines()[0]["decision"], "allow");
}

#[test]
fn each_answer_validates_against_the_schema_of_a_verdict() {
    let outcome = asked(
        "{\"from\":\"any\",\"to\":\"shop/db\"}\n{\"from\":\"10.0.0.0/8\",\"to\":\"ns/shop\",\"port\":\"sql\"}\n",
    );
    let schema = Run::small().netpol("schema verdict").json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for line in outcome.json_lines().iter().filter(|line| line["kind"] == "Verdict") {
        assert!(validator.is_valid(line), "{line}");
    }
}

#[test]
fn an_unknown_answer_is_an_answer() {
    let line = "{\"from\":\"lab/client\",\"to\":\"lab/server\",\"port\":80}\n";
    let outcome = Run::small().stdin(line).netpol("can --queries - -f opaque.yaml");
    assert_eq!((outcome.code, &outcome.json_lines()[0]["decision"]), (0, &"unknown".into()));
    let decided = Run::small().stdin(line).netpol("can --queries - -f opaque.yaml --unknown deny");
    assert_eq!((decided.code, &decided.json_lines()[0]["decision"]), (0, &"deny".into()));
}
