//! What other programs render: `kustomize:DIR` and `helm:CHART[?values=FILE&…]`. They run only for these spellings, and
//! only when nothing that they would fetch from elsewhere is named.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::program::Surroundings;
use super::source::Problem;
use super::{helm, remote};

/// What was rendered: names for messages, and texts.
pub type Rendered = Vec<(String, Vec<u8>)>;

/// Keeps the programs away from clusters, plugins and networks.
const VARIABLES: [(&str, &str); 8] = [
    ("KUBECONFIG", "/dev/null"),
    ("KUBECTL_KUBERC", "false"),
    ("HELM_NO_PLUGINS", "1"),
    ("HELM_PLUGINS", "/dev/null"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("HTTP_PROXY", "http://127.0.0.1:9"),
    ("HTTPS_PROXY", "http://127.0.0.1:9"),
];

/// Whether a PATH is to be rendered.
pub fn is_spelled(text: &str) -> bool {
    text.starts_with("kustomize:") || text.starts_with("helm:")
}

/// Renders a PATH that is spelled so.
///
/// # Errors
/// Something remote, a program that is missing, or what a program said when it failed.
pub fn rendered(text: &str, surroundings: Surroundings<'_>) -> Result<Rendered, Problem> {
    match (text.strip_prefix("kustomize:"), text.strip_prefix("helm:")) {
        (Some(folder), _) => kustomized(text, folder, surroundings),
        (None, Some(chart)) => helm::rendered(text, chart, surroundings),
        (None, None) => Ok(Vec::new()),
    }
}

fn kustomized(text: &str, folder: &str, surroundings: Surroundings<'_>) -> Result<Rendered, Problem> {
    let path = there(text, folder, surroundings.directory)?;
    remote::refuse_in_kustomization(folder, &path)?;
    let (program, arguments) = match (surroundings.find("kubectl"), surroundings.find("kustomize")) {
        (Some(kubectl), _) => (kubectl, "kustomize"),
        (None, Some(kustomize)) => (kustomize, "build"),
        (None, None) => return Err(missing(text, "kubectl or kustomize")),
    };
    let arguments = [OsString::from(arguments), path.into_os_string()];
    let output = run(&program, &arguments, surroundings)?;
    Ok(vec![(text.to_owned(), output)])
}

/// Runs a program that renders, and gives what it printed.
pub(super) fn run(
    program: &Path,
    arguments: &[OsString],
    surroundings: Surroundings<'_>,
) -> Result<Vec<u8>, Problem> {
    let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ended = surroundings.run(program, arguments, &VARIABLES, Vec::new());
    ended.and_then(|ended| ended.output(&name)).map_err(Problem::fatal)
}

/// The path of what is to be rendered, which must be there.
pub(super) fn there(text: &str, named: &str, directory: &Path) -> Result<PathBuf, Problem> {
    if remote::is_remote(named) {
        let help = "download it, and name the folder";
        let message = format!("`{text}` is remote, and netpol opens no network");
        return Err(Problem { help: Some(help.to_owned()), ..Problem::fatal(message) });
    }
    let path = directory.join(named);
    if named.is_empty() || !path.exists() {
        let help = super::missing::suggestion(named, &path).map(|near| format!("did you mean `{near}`?"));
        return Err(Problem {
            help,
            ..Problem::fatal(format!("`{text}`: there is no file or folder `{named}`"))
        });
    }
    Ok(path)
}

/// That a program has to be installed.
pub(super) fn missing(text: &str, programs: &str) -> Problem {
    let message = format!("`{text}` needs {programs}, which no folder of $PATH has");
    let help = format!("install {programs}, or render it elsewhere and name the result");
    Problem { help: Some(help), ..Problem::fatal(message) }
}
