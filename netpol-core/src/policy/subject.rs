//! Which pods a policy applies to, and which pods a peer means.

use crate::selector::Selector;

/// Which namespaces are meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NamespaceMatch {
    /// The one of this name.
    Named(String),
    /// Those that a selector selects.
    Selected(Selector),
}

/// Pods by their namespace and their labels; both must match.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PodMatch {
    /// The namespaces.
    pub namespaces: NamespaceMatch,
    /// The labels of the pods.
    pub pods: Selector,
}
