//! `netpol schema`.

use netpol_core::report::v1;
use schemars::schema_for;

use crate::Exit;
use crate::config::{Config, nearest};
use crate::render::serialized::serialized;
use crate::render::{Console, Format};

/// The kind that is read, not written: `netpol.toml`.
const CONFIG: &str = "config";

/// Kinds of commands that do not exist yet.
const PLANNED: [(&str, &str); 4] =
    [("check", "check"), ("resolution", "resolve"), ("test-report", "test"), ("tests", "test")];

/// Prints the JSON Schema of a kind; without one, the names of the kinds.
pub fn schema(kind: Option<&str>, console: &mut Console<'_, '_>) -> Exit {
    let Some(kind) = kind else {
        return console.report(&format!("{}\n", kinds().join("\n")));
    };
    if let Some(schema) = v1::schema(kind) {
        return console.report(&serialized(&schema, Format::Json));
    }
    if kind == CONFIG {
        return console.report(&serialized(&schema_for!(Config), Format::Json));
    }
    if let Some((kind, command)) = PLANNED.iter().find(|(planned, _)| *planned == kind) {
        console.error(format_args!("the kind `{kind}` does not exist yet: it is of `netpol {command}`"));
    } else {
        console.error(format_args!("there is no kind `{kind}`"));
    }
    match nearest(kind, kinds()) {
        Some(near) => console.help(format_args!("did you mean `{near}`?")),
        None => console.help(format_args!("the kinds are {}", kinds().join(", "))),
    }
    Exit::Error
}

/// The kinds that have a schema, in the order of their names.
fn kinds() -> Vec<&'static str> {
    let mut kinds: Vec<&str> = v1::kinds().chain([CONFIG]).collect();
    kinds.sort_unstable();
    kinds
}
