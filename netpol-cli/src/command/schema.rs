//! `netpol schema`.

use netpol_core::report::v1;

use crate::Exit;
use crate::config::nearest;
use crate::render::serialized::serialized;
use crate::render::{Console, Format};

/// Prints the JSON Schema of a kind; without one, the names of the kinds.
pub fn schema(kind: Option<&str>, console: &mut Console<'_, '_>) -> Exit {
    let Some(kind) = kind else {
        return console.report(&format!("{}\n", v1::kinds().collect::<Vec<_>>().join("\n")));
    };
    if let Some(schema) = v1::schema(kind) {
        return console.report(&serialized(&schema, Format::Json));
    }
    console.error(format_args!("there is no kind `{kind}`"));
    match nearest(kind, v1::kinds()) {
        Some(near) => console.help(format_args!("did you mean `{near}`?")),
        None => console.help(format_args!("the kinds are {}", v1::kinds().collect::<Vec<_>>().join(", "))),
    }
    Exit::Error
}
