//! Section 4 of the contract: what the codes mean, and which beats which.

use crate::session::{Session, folder, pod};

fn code(words: &str) -> u8 {
    Session::small().run(words).code
}

#[test]
fn an_allowed_connection_is_0() {
    assert_eq!(code("can x/a x/b:80 -f pair.yaml"), 0);
    assert_eq!(code("can x/a x/b:http -f pair.yaml"), 0);
    assert_eq!(code("explain x/a x/b:80 -f pair.yaml"), 0);
}

#[test]
fn a_denied_and_a_partial_one_are_1() {
    assert_eq!(code("can x/a x/b:81 -f pair.yaml"), 1);
    assert_eq!(code("can x/a x/b -f pair.yaml"), 1);
    assert_eq!(code("explain x/a x/b:81 -f pair.yaml"), 1);
}

#[test]
fn an_undecided_one_is_4_until_the_user_decides() {
    assert_eq!(code("can x/a x/b:80 -f placeholder.yaml"), 4);
    assert_eq!(code("can x/a x/b:80 -f placeholder.yaml --unknown allow"), 0);
    assert_eq!(code("can x/a x/b:80 -f placeholder.yaml --unknown deny"), 1);
}

#[test]
fn deciding_unknowns_says_how_many() {
    let ended = Session::small().run("can x/a x/b:80 -f placeholder.yaml --unknown deny");
    assert!(ended.stderr.contains("1 pair"), "{}", ended.stderr);
    assert!(ended.stdout.starts_with("DENY"), "{}", ended.stdout);
}

#[test]
fn what_cannot_be_understood_is_2() {
    assert_eq!(code("can"), 2);
    assert_eq!(code("can x/a x/zz -f pair.yaml"), 2);
    assert_eq!(code("can x/a x/b:icmp -f pair.yaml"), 2);
    assert_eq!(code("can x/a x/b -f pair.yaml --plugin calcio"), 2);
    assert_eq!(code("can x/a x/b -f pair.yaml -o text -o json"), 2);
    assert_eq!(code("can x/a x/b -f pair.yaml -o yaml"), 2);
    assert_eq!(code("can x/a x/b -f nowhere.yaml"), 2);
    assert_eq!(code("explode"), 2);
}

#[test]
fn an_unreadable_document_is_2_and_the_report_still_comes() {
    let ended = Session::small().run("can x/a 192.0.2.1 -f broken.yaml");
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.stdout.starts_with("ALLOW"), "{}", ended.stdout);
    assert!(ended.stderr.contains("unreadable-yaml"), "{}", ended.stderr);
}

#[test]
fn a_template_that_was_not_rendered_is_a_warning() {
    let ended = Session::small().run("can x/a 192.0.2.1 -f template.yaml");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("unrendered-template"), "{}", ended.stderr);
}

#[test]
fn nothing_to_do_is_3_unless_it_is_allowed() {
    let folder = folder(&[("notes.yaml", "just: notes\n")]);
    let session = Session::within(folder.path());
    assert_eq!(session.run("can x/a x/b").code, 3);
    assert_eq!(session.run("can x/a x/b --allow-empty").code, 0);
    assert_eq!(session.run("can x/a x/b -f nowhere").code, 2);
}

#[test]
fn objects_without_a_policy_are_an_answer() {
    let ended = Session::small().run("can x/a x/b:80 -f no-policy.yaml");
    assert_eq!(ended.code, 0);
    assert!(ended.stdout.contains("no policy"), "{}", ended.stdout);
}

#[test]
fn exit_zero_forgives_answers_and_nothing_else() {
    assert_eq!(code("can x/a x/b:81 -f pair.yaml --exit-zero"), 0);
    assert_eq!(code("can x/a x/b:80 -f placeholder.yaml --exit-zero"), 0);
    assert_eq!(code("can x/a x/zz -f pair.yaml --exit-zero"), 2);
}

#[test]
fn an_error_beats_a_bad_answer() {
    let broken = format!("{}---\napiVersion: v1\nkind: Pod\nmetadata: {{\n", pod("x", "a"));
    let closed = crate::session::closed("x");
    let folder = folder(&[("a.yaml", &broken), ("b.yaml", &pod("x", "b")), ("p.yaml", &closed)]);
    let ended = Session::within(folder.path()).run("can x/a x/b");
    assert_eq!(ended.code, 2);
    assert!(ended.stdout.starts_with("DENY"), "{}", ended.stdout);
}

#[test]
fn the_format_does_not_change_the_code() {
    for format in ["text", "json", "jsonl"] {
        assert_eq!(code(&format!("can x/a x/b:81 -f pair.yaml -o {format}")), 1);
        assert_eq!(code(&format!("explain x/a x/b:80 -f pair.yaml -o {format}")), 0);
    }
}
