//! What the naive evaluator is told besides the objects.

use std::collections::BTreeMap;

use ipnet::IpNet;

/// What the objects do not tell.
#[derive(Debug, Clone)]
pub struct Options {
    /// The namespace of objects that name none.
    pub default_namespace: String,
    /// Where pods have their addresses.
    pub pod_cidrs: Vec<IpNet>,
    /// Labels of namespaces that are not in the input.
    pub namespaces: BTreeMap<String, BTreeMap<String, String>>,
    /// What is known of other labels of namespaces that nothing describes.
    pub unlisted: Unlisted,
    /// Whether blocks of addresses select pods.
    pub blocks: Blocks,
}

/// What a selector that wants a label makes of a namespace that nothing describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlisted {
    AssumedAbsent,
    Unknown,
}

/// What an `ipBlock` selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocks {
    PodsToo,
    OutsideOnly,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            default_namespace: "default".to_owned(),
            pod_cidrs: Vec::new(),
            namespaces: BTreeMap::new(),
            unlisted: Unlisted::AssumedAbsent,
            blocks: Blocks::PodsToo,
        }
    }
}
