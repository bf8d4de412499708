//! The wire format `netpol/v1`: JSON and YAML for other programs. Fields only get added.
//!
//! Domain types are not serialised: each type here is a view that borrows from them.

pub mod changes;
pub mod connections;
pub mod coverage;
pub mod diagnostics;
pub mod endpoint;
pub mod error;
pub mod explanation;
pub mod graph;
pub mod path;
pub mod ports;
pub mod rules;
pub mod schema;
pub mod selector;
pub mod verdict;

pub use changes::Changes;
pub use connections::{ConnectionGroups, Connections};
pub use coverage::Coverage;
pub use diagnostics::{Diagnostics, Finding};
pub use endpoint::{Endpoint, Side};
pub use error::Error;
pub use explanation::Explanation;
pub use graph::Graph;
pub use path::Path;
pub use ports::Ports;
pub use rules::Rules;
pub use schema::{kinds, schema};
pub use selector::LabelSelector;
pub use verdict::{Pair, PortField, Verdict};

/// The value of `schema` in every object.
pub const SCHEMA: &str = "netpol/v1";
