//! What one input holds, object by object.

use super::{Namespace, Node, Pod, Service, Workload};
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::text::{SourceFile, Span};
use crate::yaml;

/// An object of a kind that this room does not know, for a dialect to claim.
#[derive(Debug)]
pub struct RawObject<'a, 't> {
    /// Its identity, with the default namespace filled in where the document names none.
    pub object: ObjectRef,
    /// The whole document.
    pub node: &'a yaml::Node<'t>,
    /// The file, for the text behind a place.
    pub file: &'t SourceFile,
}

/// Why a document takes no part in any answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    /// A template that was not rendered.
    Template(Span),
    /// A document that cannot be read, but looks like a Kubernetes object or was named by the user.
    Unreadable(Span),
}

/// How many documents there were of each kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Objects of a kind that is understood.
    pub understood: usize,
    /// Objects of a kind that cannot matter.
    pub irrelevant: usize,
    /// Objects of a custom or unknown kind, by kind.
    pub unknown: std::collections::BTreeMap<String, usize>,
    /// Documents that are no Kubernetes object, in files that were found in a folder.
    pub not_objects: usize,
    /// Documents that cannot be read and do not look like an object, in files that were found in a folder.
    pub unreadable: usize,
}

/// Everything that was read, in the order of the input; of two objects of one identity only the later.
/// `P` is what a dialect makes of a policy.
#[derive(Debug, Clone)]
pub struct Manifests<P> {
    /// Namespaces.
    pub namespaces: Vec<Namespace>,
    /// Pods.
    pub pods: Vec<Pod>,
    /// Owners of pods.
    pub workloads: Vec<Workload>,
    /// Services.
    pub services: Vec<Service>,
    /// Nodes.
    pub nodes: Vec<Node>,
    /// What the dialects claimed.
    pub policies: Vec<P>,
    /// Documents that take no part.
    pub left_out: Vec<LeftOut>,
    /// How many documents there were.
    pub tally: Tally,
    /// What was found wrong or odd, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}
