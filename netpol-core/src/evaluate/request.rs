//! What is asked.

use crate::cluster::{Asked, Endpoint};

/// A question: may any of `from` reach any of `to`?
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Request {
    /// The sources; each is asked with each destination.
    pub from: Vec<Endpoint>,
    /// The destinations.
    pub to: Vec<Endpoint>,
    /// The ports, at the destination.
    pub ports: Asked,
}
