//! Files one by one, so that what was read of a file is kept as long as the file stays the same.

use super::document::{Outcome, Reader};
use super::identity::{Found, Item, PolicyIdentity, replaced};
use super::{LeftOut, RawObject, ReadOptions, Tally, parallel};
use crate::diagnostic::rule::UNRENDERED_TEMPLATE;
use crate::diagnostic::{Diagnostic, Label, report};
use crate::text::{FileId, FileSet, SourceFile};
use crate::yaml::{self, Chunk};

/// What was read of one file.
#[derive(Debug)]
pub struct FileReading<P> {
    /// The file.
    pub file: FileId,
    /// What the dialects claimed.
    pub policies: Vec<Claimed<P>>,
    /// Whether it holds other objects.
    pub has_objects: bool,
    /// The other objects, until [`super::Manifests::of_objects`] takes them.
    pub(super) objects: Vec<Item<P>>,
    /// Documents that take no part.
    pub left_out: Vec<LeftOut>,
    /// How many documents there were.
    pub tally: Tally,
    /// What was found wrong or odd, document by document.
    pub diagnostics: Vec<Diagnostic>,
    /// The message on templates, by its place among the diagnostics.
    template: Option<usize>,
}

/// A policy of a file, with its identity if it has a name.
#[derive(Debug)]
pub struct Claimed<P> {
    /// What a dialect made of it.
    pub policy: P,
    identity: Option<PolicyIdentity>,
}

impl<P> FileReading<P> {
    const fn new(file: FileId) -> Self {
        Self {
            file,
            policies: Vec::new(),
            has_objects: false,
            objects: Vec::new(),
            left_out: Vec::new(),
            tally: Tally::NONE,
            diagnostics: Vec::new(),
            template: None,
        }
    }

    fn add(&mut self, outcome: Outcome<P>) {
        for item in outcome.items {
            let Item { found, object, has_name, span } = item;
            match found {
                Found::Policy(policy) => {
                    let object = object.filter(|_| has_name);
                    let identity = object.map(|object| PolicyIdentity::new(*object, span));
                    self.policies.push(Claimed { policy, identity });
                }
                found => self.objects.push(Item { found, object, has_name, span }),
            }
        }
        self.has_objects = !self.objects.is_empty();
        self.left_out.extend(outcome.left_out);
        self.tally.add(&outcome.tally);
        for found in outcome.diagnostics {
            if found.rule != UNRENDERED_TEMPLATE {
                report(&mut self.diagnostics, found);
                continue;
            }
            // A file that was not rendered is one fact.
            if let Some(first) = self.template.and_then(|place| self.diagnostics.get_mut(place)) {
                first.related.push(Label { message: Label::AGAIN.to_owned(), ..found.primary });
            } else {
                self.template = Some(self.diagnostics.len());
                report(&mut self.diagnostics, found);
            }
        }
    }

    /// The same with something else made of each policy; its other objects have been taken.
    pub fn map<Q>(self, mut make: impl FnMut(P) -> Q) -> FileReading<Q> {
        let Self { file, policies, has_objects, left_out, tally, diagnostics, template, .. } = self;
        let policies = policies.into_iter();
        let policies =
            policies.map(|Claimed { policy, identity }| Claimed { policy: make(policy), identity }).collect();
        FileReading {
            file,
            policies,
            has_objects,
            objects: Vec::new(),
            left_out,
            tally,
            diagnostics,
            template,
        }
    }
}

/// Reads some files of a set, in order.
pub fn read_files<P: Send>(
    (files, wanted): (&FileSet, &[FileId]),
    options: &ReadOptions,
    claim: impl Fn(&RawObject<'_, '_>, &mut Vec<Diagnostic>) -> Option<P> + Sync,
) -> Vec<FileReading<P>> {
    let sources = wanted.iter().filter_map(|id| Some((*id, files.get(*id)?)));
    let chunks: Vec<(&SourceFile, Chunk)> = sources
        .filter(|(_, file)| file.is_manifest())
        .flat_map(|(id, file)| yaml::split(id, file).into_iter().map(move |chunk| (file, chunk)))
        .collect();
    let reader = Reader { options, claim: &claim };
    let outcomes = read_each(&chunks, |(file, chunk)| reader.document(file, chunk));
    let mut outcomes = chunks.iter().map(|(_, chunk)| chunk.span.file).zip(outcomes).peekable();
    let mut readings = Vec::with_capacity(wanted.len());
    for id in wanted {
        let mut reading = FileReading::new(*id);
        while let Some((_, outcome)) = outcomes.next_if(|(file, _)| file == id) {
            reading.add(outcome);
        }
        readings.push(reading);
    }
    readings
}

/// For each policy of some files, in order, whether a later one of the same identity replaces it, and what is to be
/// said about these.
pub fn replaced_policies<'r, P: 'r>(
    readings: impl Iterator<Item = &'r FileReading<P>>,
    files: &FileSet,
) -> (Vec<bool>, Vec<Diagnostic>) {
    let policies = readings.flat_map(|reading| &reading.policies);
    let identities: Vec<_> = policies.map(|claimed| claimed.identity.as_ref()).collect();
    replaced(identities.into_iter(), files)
}

/// What was found in some files, with what was found of all of them together, in the order of the text. Folders that
/// define the same objects are told once.
pub fn in_order<'r, P: 'r>(
    readings: impl Iterator<Item = &'r FileReading<P>>,
    of_all: [&[Diagnostic]; 2],
    files: &FileSet,
) -> Vec<Diagnostic> {
    let own = readings.flat_map(|reading| &reading.diagnostics).cloned();
    let mut all = Vec::new();
    for found in own.chain(parallel::folded(of_all.into_iter().flatten(), files)) {
        report(&mut all, found);
    }
    all.sort_by_key(|diagnostic| (diagnostic.primary.span.file, diagnostic.primary.span.start));
    all
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
