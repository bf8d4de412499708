//! A whole run of the program in process.

use std::path::{Path, PathBuf};

use netpol_cli::{Io, Terminal};
use serde_json::Value;
use tempfile::TempDir;

/// What a run left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The exit code.
    pub(crate) code: u8,
    /// The report.
    pub(crate) stdout: String,
    /// Everything else.
    pub(crate) stderr: String,
}

impl Outcome {
    /// The report as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    /// The words of the report, whichever lines they are broken into.
    pub(crate) fn words(&self) -> String {
        self.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The report as JSON lines.
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A run that is to come.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    directory: PathBuf,
    stdin: Vec<u8>,
    variables: Vec<(String, String)>,
    terminal: Terminal,
}

impl Run {
    /// A run in a folder: no input, no environment, no terminal.
    pub(crate) fn at(directory: &Path) -> Self {
        let directory = directory.to_owned();
        Self { directory, stdin: Vec::new(), variables: Vec::new(), terminal: Terminal::default() }
    }

    /// A run among the small inputs.
    pub(crate) fn small() -> Self {
        Self::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/small"))
    }

    pub(crate) fn stdin(self, text: impl Into<Vec<u8>>) -> Self {
        Self { stdin: text.into(), ..self }
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn on_a_terminal(self) -> Self {
        Self { terminal: Terminal { stdout: true, stderr: true, columns: None }, ..self }
    }

    /// A terminal of so many columns.
    pub(crate) fn columns(mut self, columns: usize) -> Self {
        self.terminal.columns = Some(columns);
        self
    }

    /// Runs `netpol` with words that are split at spaces.
    pub(crate) fn netpol(&self, words: &str) -> Outcome {
        self.words(words.split(' ').filter(|word| !word.is_empty()))
    }

    /// Runs `netpol` with these words.
    pub(crate) fn words<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> Outcome {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut stdin = self.stdin.as_slice();
        let environment = |name: &str| {
            let found = self.variables.iter().find(|(variable, _)| variable == name);
            found.map(|(_, value)| value.clone())
        };
        let mut io = Io {
            stdin: &mut stdin,
            stdout: &mut stdout,
            stderr: &mut stderr,
            environment: &environment,
            directory: self.directory.clone(),
            terminal: self.terminal,
        };
        let code = netpol_cli::run(std::iter::once("netpol").chain(words), &mut io).code();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Outcome { code, stdout: text(stdout), stderr: text(stderr) }
    }
}

/// A folder of files that a test writes, with a configuration-free home of its own.
#[derive(Debug)]
pub(crate) struct Folder(TempDir);

impl Folder {
    /// Writes the files, and the folders that they lie in.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn netpol(&self, words: &str) -> Outcome {
        Run::at(self.path()).netpol(words)
    }
}

/// A pod of the namespace `lab`, in one line.
pub(crate) fn pod(name: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: lab, labels: {{app: {name}}}}}, \
         spec: {{containers: [{{name: {name}, image: {name}}}]}}}}\n"
    )
}
