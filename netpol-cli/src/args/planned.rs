//! Commands and flags that netpol is going to have, for whoever types them already.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What was typed that does not exist yet, and what to do until it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// What was typed, in words.
    pub message: String,
    /// What to do instead.
    pub help: &'static str,
}

const COMMANDS: [(&str, &str); 5] = [
    (
        "check",
        "`netpol lint` finds what is wrong, and `netpol diff OLD NEW` says what a change opens and closes",
    ),
    ("test", "`netpol can --queries FILE` answers many questions in one run"),
    ("resolve", "`netpol can` takes the workload behind a Service, and the port of its pods"),
    ("demo", "`examples/manifests/shop` of the repository is a cluster to try things on"),
    ("init", "`netpol.toml` is written by hand: the README describes its keys under Configuration"),
];

const CLUSTER_FLAGS: [&str; 3] = ["--live", "--context", "--kubeconfig"];

impl Planned {
    /// What a refused command line has that does not exist yet.
    pub fn of(error: &clap::Error) -> Option<Self> {
        match error.kind() {
            ErrorKind::InvalidSubcommand => {
                let typed = context(error, ContextKind::InvalidSubcommand)?;
                let (name, help) = COMMANDS.iter().find(|(name, _)| *name == typed)?;
                Some(Self { message: format!("`netpol {name}` does not exist yet"), help })
            }
            ErrorKind::UnknownArgument => {
                let typed = context(error, ContextKind::InvalidArg)?;
                let flag = CLUSTER_FLAGS.iter().find(|flag| **flag == typed)?;
                let message = format!("`{flag}` does not exist yet: netpol reads no cluster, only manifests");
                let help = "pipe them in: `kubectl get ns,po,deploy,rs,sts,ds,job,cronjob,svc,netpol -A -o yaml | netpol list -`";
                Some(Self { message, help })
            }
            _ => None,
        }
    }
}

/// A text that an error carries.
fn context(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.split('=').next().unwrap_or(text)),
        _ => None,
    }
}
