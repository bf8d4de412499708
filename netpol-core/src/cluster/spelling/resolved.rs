//! What a spelling stands for.

use super::Note;
use crate::cluster::Endpoint;

/// What a spelling stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resolved {
    /// The endpoints; at least one.
    pub endpoints: Vec<Endpoint>,
    /// What is to be said about it.
    pub notes: Vec<Note>,
}

impl Resolved {
    pub(super) fn one(endpoint: Endpoint) -> Self {
        Self { endpoints: vec![endpoint], notes: Vec::new() }
    }
}
