//! What the network plugin decides where the policies' text does not.

/// How the network plugin treats what the text leaves to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plugin {
    /// Whether policies are enforced at all.
    pub enforces: bool,
    /// Whether an address block can select pods by their addresses.
    pub blocks_select_pods: bool,
    /// Whether a pod in its node's network is its node, rather than a pod like any other.
    pub host_network_is_node: bool,
}

impl Default for Plugin {
    /// The Kubernetes text and its e2e tests.
    fn default() -> Self {
        Self { enforces: true, blocks_select_pods: true, host_network_is_node: true }
    }
}
