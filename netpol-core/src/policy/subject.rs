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

impl PodMatch {
    /// Every pod of every namespace.
    pub fn everything() -> Self {
        Self { namespaces: NamespaceMatch::Selected(Selector::everything()), pods: Selector::everything() }
    }

    /// Whether a placeholder stands in one of its selectors.
    pub fn has_placeholder(&self) -> bool {
        let of_namespaces = match &self.namespaces {
            NamespaceMatch::Named(_) => false,
            NamespaceMatch::Selected(selector) => selector.has_placeholder(),
        };
        of_namespaces || self.pods.has_placeholder()
    }

    /// Whether certainly no pod is selected, existing or not.
    pub fn is_contradictory(&self) -> bool {
        let of_namespaces = match &self.namespaces {
            NamespaceMatch::Named(_) => false,
            NamespaceMatch::Selected(selector) => selector.is_contradictory(),
        };
        of_namespaces || self.pods.is_contradictory()
    }
}
