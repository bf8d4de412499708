//! One run of the program: words, variables, a folder and standard input in, two streams and a code out.

use std::path::{Path, PathBuf};

use netpol_cli::{Io, Terminal};

/// What a run wrote, and how it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: u8,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A run that is being set up.
#[derive(Debug, Default)]
pub(crate) struct Session {
    directory: PathBuf,
    stdin: String,
    variables: Vec<(String, String)>,
    terminal: Terminal,
}

impl Session {
    /// In the folder of small manifests.
    pub(crate) fn small() -> Self {
        Self::within(Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/small"))
    }

    /// In any folder.
    pub(crate) fn within(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), ..Self::default() }
    }

    pub(crate) fn stdin(self, text: &str) -> Self {
        Self { stdin: text.to_owned(), ..self }
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn on_a_terminal(self) -> Self {
        Self { terminal: Terminal { stdout: true, stderr: true }, ..self }
    }

    /// Runs `netpol` with words that blanks part.
    pub(crate) fn run(&self, words: &str) -> Ended {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let variable = |name: &str| {
            self.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        };
        let mut io = Io {
            stdin: &mut self.stdin.as_bytes(),
            stdout: &mut stdout,
            stderr: &mut stderr,
            environment: &variable,
            directory: self.directory.clone(),
            terminal: self.terminal,
        };
        let words = std::iter::once("netpol").chain(words.split_whitespace());
        let code = netpol_cli::run(words, &mut io).code();
        Ended {
            code,
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }
}

/// A folder with these files, which goes away with the answer.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// A pod without policies.
pub(crate) fn pod(namespace: &str, name: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}}}}}\n\
         spec: {{containers: [{{name: main, image: example}}]}}\n"
    )
}

/// A policy that closes the ingress of a namespace.
pub(crate) fn closed(namespace: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: closed, namespace: {namespace}}}\n\
         spec: {{podSelector: {{}}, policyTypes: [Ingress]}}\n"
    )
}
