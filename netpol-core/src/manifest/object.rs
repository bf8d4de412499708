//! What one input holds, object by object.

use super::document::{Outcome, Reader};
use super::identity::{Found, latest};
use super::{Namespace, Node, Pod, Service, Workload};
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::text::{FileSet, SourceFile, Span};
use crate::yaml::{self, Chunk};

/// How to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// The namespace of objects that name none.
    pub default_namespace: String,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { default_namespace: "default".to_owned() }
    }
}

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

impl Tally {
    /// Adds the counts of another tally.
    pub fn add(&mut self, other: Self) {
        self.understood += other.understood;
        self.irrelevant += other.irrelevant;
        self.not_objects += other.not_objects;
        self.unreadable += other.unreadable;
        for (kind, count) in other.unknown {
            *self.unknown.entry(kind).or_default() += count;
        }
    }
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

impl<P> Default for Manifests<P> {
    fn default() -> Self {
        Self {
            namespaces: Vec::new(),
            pods: Vec::new(),
            workloads: Vec::new(),
            services: Vec::new(),
            nodes: Vec::new(),
            policies: Vec::new(),
            left_out: Vec::new(),
            tally: Tally::default(),
            diagnostics: Vec::new(),
        }
    }
}

/// Reads all documents of all files. `claim` makes a policy of an object that this room does not know, or leaves it.
pub fn read<P: Send>(
    files: &FileSet,
    options: &ReadOptions,
    claim: impl Fn(&RawObject<'_, '_>, &mut Vec<Diagnostic>) -> Option<P> + Sync,
) -> Manifests<P> {
    let chunks: Vec<(&SourceFile, Chunk)> = files
        .iter()
        .flat_map(|(id, file)| yaml::split(id, file).into_iter().map(move |chunk| (file, chunk)))
        .collect();
    let reader = Reader { options, claim: &claim };
    gather(read_each(&chunks, |(file, chunk)| reader.document(file, chunk)), files)
}

#[cfg(feature = "parallel")]
fn read_each<T: Sync, R: Send>(chunks: &[T], read: impl Fn(&T) -> R + Sync) -> Vec<R> {
    use rayon::prelude::*;
    chunks.par_iter().map(&read).collect()
}

#[cfg(not(feature = "parallel"))]
fn read_each<T, R>(chunks: &[T], read: impl Fn(&T) -> R) -> Vec<R> {
    chunks.iter().map(read).collect()
}

/// Puts the documents together in the order of the input.
fn gather<P>(outcomes: Vec<Outcome<P>>, files: &FileSet) -> Manifests<P> {
    let mut manifests = Manifests::default();
    let mut items = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        items.extend(outcome.items);
        manifests.left_out.extend(outcome.left_out);
        manifests.tally.add(outcome.tally);
        manifests.diagnostics.extend(outcome.diagnostics);
    }
    for found in latest(items, files, &mut manifests.diagnostics) {
        match found {
            Found::Namespace(namespace) => manifests.namespaces.push(namespace),
            Found::Node(node) => manifests.nodes.push(node),
            Found::Pod(pod) => manifests.pods.push(pod),
            Found::Service(service) => manifests.services.push(service),
            Found::Workload(workload) => manifests.workloads.push(workload),
            Found::Policy(policy) => manifests.policies.push(policy),
        }
    }
    manifests
        .diagnostics
        .sort_by_key(|diagnostic| (diagnostic.primary.span.file, diagnostic.primary.span.start));
    manifests
}
