//! The programs themselves, as processes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of the programs that this test was built with; `None` when they were not built.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().find(|folder| folder.join(name).is_file())?;
    Some(folder.join(name))
}

fn small() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/small")
}

#[test]
fn both_programs_answer_alike() {
    let (Some(netpol), Some(plugin)) = (program("netpol"), program("kubectl-netpol")) else {
        return skipped();
    };
    let answer = |program: &Path| {
        let words = ["can", "shop/cart", "shop/db:5432", "-f", "shop.yaml"];
        let output = Command::new(program).args(words).current_dir(small()).output().unwrap();
        (output.status.code(), output.stdout)
    };
    assert_eq!(answer(&netpol).0, Some(1));
    assert_eq!(answer(&netpol), answer(&plugin));
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let Some(netpol) = program("netpol") else { return skipped() };
    let words = ["can", "--queries", "-", "-f", "shop.yaml"];
    let mut command = Command::new(netpol);
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

/// Cargo builds the programs of another package only when it is asked to.
pub(crate) fn skipped() {
    let mut stderr = std::io::stderr();
    drop(writeln!(stderr, "skipped: build the programs first, with `cargo build -p netpol-cli`"));
}
