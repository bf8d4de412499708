//! The programs themselves, as processes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use netpol_tests::toolchain::program;

fn small() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/small")
}

#[test]
fn both_programs_answer_alike() {
    let answer = |name: &str| {
        let words = ["can", "shop/cart", "shop/db:5432", "-f", "shop.yaml"];
        let output = Command::new(program(name)).args(words).current_dir(small()).output().unwrap();
        (output.status.code(), output.stdout)
    };
    assert_eq!(answer("netpol").0, Some(1));
    assert_eq!(answer("netpol"), answer("kubectl-netpol"));
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let words = ["can", "--queries", "-", "-f", "shop.yaml"];
    let mut command = Command::new(program("netpol"));
    command.args(words).current_dir(small());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let lines = "{\"from\":\"shop/web\",\"to\":\"shop/db\",\"port\":5432}\n".repeat(20_000);
    let mut stdin = child.stdin.take().unwrap();
    drop(stdin.write_all(lines.as_bytes()));
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_ne!(output.status.code(), Some(101));
}
