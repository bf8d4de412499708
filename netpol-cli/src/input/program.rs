//! Programs of others that a spelling of the user asks for: git, helm, kubectl and kustomize. They are found in `$PATH`,
//! never in the current folder, run with little of the environment, and only for so long.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::bounded;

/// So long a program may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where programs are looked for when nothing says it.
const USUAL: &str = "/usr/local/bin:/usr/bin:/bin";

/// Of what a program says on standard error, no more is told.
const TOLD: usize = 2_000;

/// What is passed on of the environment.
const PASSED: [&str; 8] = ["HOME", "LANG", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "USERPROFILE", "WINDIR"];

/// The environment that programs are found and run in.
#[derive(Clone, Copy)]
pub struct Surroundings<'e> {
    /// The current folder.
    pub directory: &'e Path,
    /// Looks a variable of the environment up.
    pub environment: &'e dyn Fn(&str) -> Option<String>,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("directory", &self.directory).finish_non_exhaustive()
    }
}

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// What it printed.
    pub stdout: Vec<u8>,
    /// What it said on standard error.
    pub stderr: String,
    /// Its exit code, if it was not ended from outside.
    pub code: Option<i32>,
}

impl Surroundings<'_> {
    /// The folders of `$PATH`, but for relative ones and the current one.
    fn folders(&self) -> Vec<PathBuf> {
        let path = (self.environment)("PATH").filter(|path| !path.is_empty());
        let path = path.unwrap_or_else(|| USUAL.to_owned());
        let here = self.directory.canonicalize().unwrap_or_else(|_| self.directory.to_owned());
        let is_here = |folder: &Path| folder.canonicalize().is_ok_and(|folder| folder == here);
        std::env::split_paths(&path).filter(|folder| folder.is_absolute() && !is_here(folder)).collect()
    }

    /// Where a program stands.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        self.folders().into_iter().map(|folder| folder.join(&name)).find(|path| is_program(path))
    }

    /// Runs a program with further variables, and gives it what is to be read on standard input.
    ///
    /// # Errors
    /// That it cannot be run, takes too long or prints too much, in words.
    pub fn run(
        &self,
        program: &Path,
        arguments: &[OsString],
        variables: &[(&str, &str)],
        stdin: Vec<u8>,
    ) -> Result<Ended, String> {
        let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let passed = PASSED.iter().filter_map(|name| Some((*name, (self.environment)(name)?)));
        let path = std::env::join_paths(self.folders()).unwrap_or_default();
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.directory).env_clear().envs(passed).env("PATH", path);
        command.envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().map_err(|error| format!("`{name}` cannot be run: {error}"))?;
        finished(child, stdin).map_err(|message| format!("`{name}` {message}"))
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Waits for the end of a program, and ends it when that takes too long.
fn finished(mut child: Child, stdin: Vec<u8>) -> Result<Ended, String> {
    if let Some(mut pipe) = child.stdin.take() {
        // A program that does not read what it is given says so by its exit code.
        std::thread::spawn(move || drop(pipe.write_all(&stdin)));
    }
    let (stdout, stderr) = (gathered(child.stdout.take()), gathered(child.stderr.take()));
    let end = Instant::now() + PATIENCE;
    let gathered = |from: &Receiver<std::io::Result<Vec<u8>>>| {
        from.recv_timeout(end.saturating_duration_since(Instant::now()))
    };
    let result = match (gathered(&stdout), gathered(&stderr)) {
        (Ok(Ok(stdout)), Ok(Ok(stderr))) => Ok((stdout, stderr)),
        (Ok(Err(error)), _) | (_, Ok(Err(error))) => Err(format!("cannot be read: {error}")),
        _ => Err(format!("did not end within {} seconds", PATIENCE.as_secs())),
    };
    if result.is_err() {
        drop(child.kill());
    }
    let status = child.wait().map_err(|error| format!("cannot be waited for: {error}"))?;
    let (stdout, stderr) = result?;
    Ok(Ended { stdout, stderr: String::from_utf8_lossy(&stderr).into_owned(), code: status.code() })
}

/// Reads a stream to its end, apart from other work.
fn gathered(stream: Option<impl Read + Send + 'static>) -> Receiver<std::io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = match stream {
            Some(mut stream) => bounded::read_all(&mut stream, &mut bytes, bounded::LARGEST),
            None => Ok(()),
        };
        drop(sender.send(read.map(|()| bytes)));
    });
    receiver
}

impl Ended {
    /// What the program printed, if it ended well.
    ///
    /// # Errors
    /// What it said, and its exit code.
    pub fn output(self, name: &str) -> Result<Vec<u8>, String> {
        if self.code == Some(0) {
            return Ok(self.stdout);
        }
        let said = self.stderr.trim();
        let said: String = said.chars().take(TOLD).collect();
        let said = if said.is_empty() { "it said nothing".to_owned() } else { said };
        Err(match self.code {
            Some(code) => format!("`{name}` ended with exit code {code}: {said}"),
            None => format!("`{name}` was ended by a signal: {said}"),
        })
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_in_absolute_folders_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::TempDir::new().unwrap();
        let here = folder.path().join("here");
        let bin = folder.path().join("bin");
        for place in [&here, &bin] {
            std::fs::create_dir(place).unwrap();
            std::fs::write(place.join("tool"), "#!/bin/sh\n").unwrap();
            std::fs::set_permissions(place.join("tool"), std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let found = |path: String| {
            let environment = move |name: &str| (name == "PATH").then(|| path.clone());
            Surroundings { directory: &here, environment: &environment }.find("tool")
        };
        assert_eq!(found(format!(":.:{}", here.display())), None);
        assert_eq!(found(format!("::.:{}:{}", here.display(), bin.display())), Some(bin.join("tool")));
        std::fs::set_permissions(bin.join("tool"), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(found(bin.display().to_string()), None);
    }
}
