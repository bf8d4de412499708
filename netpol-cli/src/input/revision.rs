//! Manifests as a git revision has them: `git:REV[:PATH]`. Trees and blobs are read, and nothing else: no checkout, no
//! filter, no hook, no network.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use super::program::Surroundings;
use super::{folder, pattern};

/// The manifests of one side of a comparison.
#[derive(Debug)]
pub struct Tree {
    /// The folder that paths are taken from.
    pub directory: PathBuf,
    /// The PATH within it.
    pub path: String,
    /// What is written down of a revision for as long as it is read.
    _written: Option<TempDir>,
}

/// So much of the configuration of git and of a repository is set aside.
const OVERRIDES: [&str; 8] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.alternateRefsCommand=true",
    "protocol.allow=never",
    "fetch.recurseSubmodules=false",
    // Nothing of the repository is run, so it does not matter whose it is.
    "safe.directory=*",
];

const VARIABLES: [(&str, &str); 8] = [
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_PAGER", "cat"),
    ("LC_ALL", "C"),
];

/// Links within a revision are followed so often.
const LINKS: usize = 8;

/// A revision and, if it is named, the PATH within it.
pub fn spelled(text: &str) -> Option<(&str, Option<&str>)> {
    let rest = text.strip_prefix("git:")?;
    Some(rest.split_once(':').map_or((rest, None), |(revision, path)| (revision, Some(path))))
}

/// What a PATH stands for. A revision without a path of its own has that of `other`, where that is no revision.
///
/// # Errors
/// What is wrong with a revision, in words.
pub fn tree(text: &str, other: &str, surroundings: Surroundings<'_>) -> Result<Tree, String> {
    let directory = surroundings.directory;
    let Some((revision, path)) = spelled(text) else {
        return Ok(Tree { directory: directory.to_owned(), path: text.to_owned(), _written: None });
    };
    let path = path.or_else(|| spelled(other).is_none().then_some(other)).unwrap_or(".");
    if Path::new(path).is_absolute() {
        return Err(format!(
            "`{path}` is to be given relative to the current folder, as in `git:{revision}:path`"
        ));
    }
    let git = Git::at(text, surroundings)?;
    let prefix = git.prefix(text)?;
    let commit = git.commit(revision)?;
    let written = TempDir::new().map_err(|error| format!("no folder for `{text}`: {error}"))?;
    let root = written.path().join(&prefix);
    let wanted =
        Wanted { path: plain(&Path::new(&prefix).join(base(path))), is_exact: !pattern::is_glob(path) };
    git.write(&commit, &wanted, written.path())?;
    std::fs::create_dir_all(&root).map_err(|error| format!("`{text}` cannot be written: {error}"))?;
    Ok(Tree { directory: root, path: path.to_owned(), _written: Some(written) })
}

/// What stands before the first wildcard of a path.
fn base(path: &str) -> &str {
    if pattern::is_glob(path) { pattern::base(path) } else { path }
}

/// A path without `.` and `..`, as far as that goes.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => plain.push(name),
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    plain
}

/// The files of a revision that are asked for.
struct Wanted {
    path: PathBuf,
    is_exact: bool,
}

impl Wanted {
    /// Whether a file is a manifest that is asked for, or says of others whether they are.
    fn holds(&self, path: &Path) -> bool {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_rule = matches!(name, ".gitignore" | ".ignore" | ".netpolignore" | "netpol.toml");
        let is_above = || path.parent().is_some_and(|folder| self.path.starts_with(folder));
        let is_read = folder::is_manifest(name) || name == "Kustomization" || is_rule;
        (path.starts_with(&self.path) && is_read)
            || (self.is_exact && path == self.path)
            || (is_rule && is_above())
    }
}

/// An entry of a tree that is no tree.
struct Entry {
    is_link: bool,
    blob: String,
}

/// The program git in a folder.
struct Git<'e> {
    program: PathBuf,
    surroundings: Surroundings<'e>,
}

impl<'e> Git<'e> {
    fn at(text: &str, surroundings: Surroundings<'e>) -> Result<Self, String> {
        let program = surroundings.find("git").ok_or_else(|| {
            format!("`{text}` needs the program git, which is in no folder of $PATH; install it")
        })?;
        Ok(Self { program, surroundings })
    }

    fn run(&self, arguments: &[&str], stdin: Vec<u8>) -> Result<Vec<u8>, String> {
        let overrides = OVERRIDES.iter().flat_map(|it| ["-c", it]);
        let fixed = ["--no-pager", "--no-optional-locks", "--no-replace-objects"];
        let all = fixed.into_iter().chain(overrides).chain(arguments.iter().copied());
        let all: Vec<OsString> = all.map(OsString::from).collect();
        self.surroundings.run(&self.program, &all, &VARIABLES, stdin)?.output("git")
    }

    /// The way from the top of the repository to the current folder.
    fn prefix(&self, text: &str) -> Result<String, String> {
        let prefix = self.run(&["rev-parse", "--show-prefix"], Vec::new()).map_err(|message| {
            if message.contains("not a git repository") {
                let folder = self.surroundings.directory.display();
                format!("`{text}` is asked for, and `{folder}` is in no git repository")
            } else {
                message
            }
        })?;
        Ok(String::from_utf8_lossy(&prefix).trim_end_matches('\n').to_owned())
    }

    fn commit(&self, revision: &str) -> Result<String, String> {
        let unknown = || format!("there is no revision `{revision}`");
        let wanted = format!("{revision}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted];
        let found = self.run(&arguments, Vec::new()).map_err(|_| unknown())?;
        // Older versions print what they do not understand.
        let commit = String::from_utf8_lossy(&found).lines().last().unwrap_or_default().trim().to_owned();
        let is_hash = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash { Ok(commit) } else { Err(unknown()) }
    }

    /// Writes the files that are asked for into a folder.
    fn write(&self, commit: &str, wanted: &Wanted, folder: &Path) -> Result<(), String> {
        let listed = self.run(&["ls-tree", "-r", "-z", "--full-tree", commit], Vec::new())?;
        let entries = entries(&listed);
        let links: Vec<&str> =
            entries.values().filter(|entry| entry.is_link).map(|entry| entry.blob.as_str()).collect();
        let links = self.blobs(&links)?;
        let files = entries.keys().filter(|path| wanted.holds(path));
        let files: Vec<(&Path, &str)> =
            files.filter_map(|path| Some((path.as_path(), followed(path, &entries, &links)?))).collect();
        let blobs: Vec<&str> = files.iter().map(|(_, blob)| *blob).collect();
        let contents = self.blobs(&blobs)?;
        for (path, blob) in files {
            let Some(bytes) = contents.get(blob) else {
                return Err(format!("`{}` is not in this clone of the repository", path.display()));
            };
            let target = folder.join(path);
            let written = target.parent().map_or(Ok(()), std::fs::create_dir_all);
            let written = written.and_then(|()| std::fs::write(&target, bytes));
            written.map_err(|error| format!("`{}` cannot be written: {error}", path.display()))?;
        }
        Ok(())
    }

    /// The bytes of blobs that are there.
    fn blobs(&self, names: &[&str]) -> Result<BTreeMap<String, Vec<u8>>, String> {
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut stdin = names.join("\n").into_bytes();
        stdin.push(b'\n');
        let output = self.run(&["cat-file", "--batch"], stdin)?;
        Ok(batch(&output))
    }
}

/// The files and links of a listing, by their paths from the top. What leaves the tree has no place in it.
fn entries(listed: &[u8]) -> BTreeMap<PathBuf, Entry> {
    let mut entries = BTreeMap::new();
    for line in listed.split(|byte| *byte == 0) {
        let line = String::from_utf8_lossy(line);
        let Some((head, path)) = line.split_once('\t') else { continue };
        let mut head = head.split(' ');
        let (mode, kind, blob) = (head.next(), head.next(), head.next());
        let (Some(mode), Some("blob"), Some(blob)) = (mode, kind, blob) else { continue };
        let path = PathBuf::from(path);
        if path.components().all(|part| matches!(part, Component::Normal(_))) {
            entries.insert(path, Entry { is_link: mode == "120000", blob: blob.to_owned() });
        }
    }
    entries
}

/// The blob of a file, behind links to files of the same revision.
fn followed<'t>(
    path: &Path,
    entries: &'t BTreeMap<PathBuf, Entry>,
    links: &BTreeMap<String, Vec<u8>>,
) -> Option<&'t str> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let entry = entries.get(&path)?;
        if !entry.is_link {
            return Some(&entry.blob);
        }
        let target = PathBuf::from(String::from_utf8_lossy(links.get(&entry.blob)?).into_owned());
        let depth = path.components().count();
        let up = target.components().filter(|part| matches!(part, Component::ParentDir)).count();
        if target.is_absolute() || up >= depth {
            return None;
        }
        path = plain(&path.parent().unwrap_or(Path::new("")).join(target));
    }
    None
}

/// The answers of `git cat-file --batch`: a line with name, kind and size, the bytes, and a line break.
fn batch(mut output: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut blobs = BTreeMap::new();
    while let Some(end) = output.iter().position(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(&output[..end]).into_owned();
        output = &output[end + 1..];
        let mut parts = line.split(' ');
        let (name, kind, size) = (parts.next(), parts.next(), parts.next());
        let (Some(name), Some("blob"), Some(Ok(size))) = (name, kind, size.map(str::parse::<usize>)) else {
            continue;
        };
        let Some(bytes) = output.get(..size) else { break };
        blobs.insert(name.to_owned(), bytes.to_vec());
        output = output.get(size + 1..).unwrap_or_default();
    }
    blobs
}

/// Whether a text names a revision of the repository that a folder is in. No program is run: the names of branches and
/// tags are looked up, and `HEAD` and hashes are known by their looks.
pub fn is_revision(text: &str, directory: &Path) -> bool {
    let Some(git) = directory.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists()) else {
        return false;
    };
    let name = text.split(['~', '^', '@', ':']).next().unwrap_or_default();
    let is_hash = (7..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if matches!(name, "HEAD" | "FETCH_HEAD" | "ORIG_HEAD") || is_hash {
        return true;
    }
    let is_plain =
        !name.is_empty() && Path::new(name).components().all(|it| matches!(it, Component::Normal(_)));
    is_plain && (is_loose(name, &git) || is_packed(name, &git))
}

fn is_loose(name: &str, git: &Path) -> bool {
    ["refs/heads", "refs/tags", "refs/remotes"].iter().any(|place| git.join(place).join(name).is_file())
}

fn is_packed(name: &str, git: &Path) -> bool {
    let packed = super::bounded::read(&git.join("packed-refs"), 64 << 20).unwrap_or_default();
    String::from_utf8_lossy(&packed).lines().any(|line| {
        let name_of = |place| line.split_once(' ')?.1.strip_prefix(place);
        ["refs/heads/", "refs/tags/", "refs/remotes/"].iter().any(|place| name_of(place) == Some(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_may_name_a_path() {
        assert_eq!(spelled("git:main"), Some(("main", None)));
        assert_eq!(spelled("git:HEAD~1:deploy/a"), Some(("HEAD~1", Some("deploy/a"))));
        assert_eq!(spelled("manifests/"), None);
    }

    #[test]
    fn what_git_prints_of_blobs_is_read() {
        let read = batch(b"aa blob 3\nx\ny\nbb missing\ncc blob 0\n\ndd blob 9\nshort");
        assert_eq!(
            read.into_iter().collect::<Vec<_>>(),
            [("aa".to_owned(), b"x\ny".to_vec()), ("cc".to_owned(), Vec::new())]
        );
    }

    #[test]
    fn links_stay_within_the_revision() {
        let listed = b"100644 blob aa\ta/x.yaml\x00120000 blob bb\tb/y.yaml\x00120000 blob cc\tb/z.yaml\x00";
        let entries = entries(listed);
        let links = BTreeMap::from([
            ("bb".to_owned(), b"../a/x.yaml".to_vec()),
            ("cc".to_owned(), b"../../../etc/passwd".to_vec()),
        ]);
        assert_eq!(followed(Path::new("b/y.yaml"), &entries, &links), Some("aa"));
        assert_eq!(followed(Path::new("b/z.yaml"), &entries, &links), None);
    }
}
