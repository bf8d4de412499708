//! From files to the cluster and its policies; what did not change since is shared.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use super::Settings;
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::dialect;
use crate::manifest::{self, FileReading, LeftOut, Manifests, ReadOptions, Tally};
use crate::net::{Family, IpSet};
use crate::policy::{Lowered, NamespaceMatch, Origins, Peer, Policy, PolicyPart, PolicySet, Replacement};
use crate::selector::SelectorPool;
use crate::text::{FileId, FileSet};

/// An input that was read.
#[derive(Debug, Clone)]
pub(super) struct Input {
    pub(super) files: FileSet,
    pub(super) settings: Arc<Settings>,
    pub(super) cluster: Arc<Cluster>,
    pub(super) policies: PolicySet,
    /// What was found, in the order of the input.
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) tally: Tally,
    pub(super) left_out: Vec<LeftOut>,
    /// What was read of each file, in order.
    readings: Vec<Arc<Reading>>,
    /// What was found of objects of several files that are no policies.
    of_objects: Arc<Vec<Diagnostic>>,
    /// Whether the cluster has pods that are in no file.
    has_guests: bool,
}

/// What was read of a file, its policies lowered.
#[derive(Debug)]
struct Reading {
    content: FileReading<Lowered>,
    origins: Origins,
}

impl Input {
    /// Reads files.
    pub(super) fn new(files: FileSet, settings: Arc<Settings>) -> Self {
        Self::with_known(files, settings, Vec::new())
    }

    /// What changed files are read to. The cluster is this very one when only policies changed, and they name no other
    /// namespaces or families than before.
    pub(super) fn with_files(&self, files: FileSet) -> Self {
        let changed = self.files.differing(&files);
        let (same, gone): (Vec<_>, Vec<_>) =
            self.readings.iter().partition(|reading| changed.binary_search(&reading.content.file).is_err());
        let mut readings: Vec<Arc<Reading>> = same.into_iter().cloned().collect();
        if self.has_guests || gone.iter().any(|reading| reading.content.has_objects) {
            return Self::with_known(files, self.settings.clone(), readings);
        }
        let fresh = read((&files, &changed), &self.settings);
        let has_objects = fresh.iter().any(|reading| reading.has_objects);
        let fresh: Vec<Arc<Reading>> = fresh.into_iter().map(Reading::new).collect();
        if has_objects {
            return Self::with_known(files, self.settings.clone(), readings);
        }
        let places = changed.iter().map(|id| {
            let reading = fresh.iter().find(|reading| reading.content.file == *id);
            (*id, reading.map(|reading| &reading.origins))
        });
        let origins = self.policies.origins.clone().with_files(places);
        readings.extend(fresh.iter().cloned());
        readings.sort_by_key(|reading| reading.content.file);
        let (policies, of_policies) = self.settings.policies(&readings, origins, &files);
        if !self.describes(&Replacement::between(&self.policies, &policies), &policies) {
            return Self::with_known(files, self.settings.clone(), readings);
        }
        let (cluster, of_objects) = (self.cluster.clone(), self.of_objects.clone());
        let settings = self.settings.clone();
        Self::of_parts((files, settings), cluster, (policies, &of_policies), (readings, of_objects))
    }

    /// The same input with pods in its cluster that are in no file; with other files they are gone.
    pub(super) fn with_guests(&self, cluster: Cluster) -> Self {
        Self { cluster: Arc::new(cluster), has_guests: true, ..self.clone() }
    }

    /// Reads files, but not again those without objects of the cluster that are known.
    fn with_known(files: FileSet, settings: Arc<Settings>, mut readings: Vec<Arc<Reading>>) -> Self {
        readings.retain(|reading| !reading.content.has_objects);
        let is_known =
            |id: &FileId| readings.binary_search_by_key(id, |reading| reading.content.file).is_ok();
        let wanted: Vec<FileId> = files.iter().map(|(id, _)| id).filter(|id| !is_known(id)).collect();
        let mut fresh = read((&files, &wanted), &settings);
        let mut manifests = Manifests::of_objects(fresh.iter_mut(), &files);
        readings.extend(fresh.into_iter().map(Reading::new));
        readings.sort_by_key(|reading| reading.content.file);
        let places = readings.iter().map(|reading| (reading.content.file, Some(&reading.origins)));
        let origins = Origins::new().with_files(places);
        let (policies, of_policies) = settings.policies(&readings, origins, &files);
        let named = namespaces_named(policies.policies.iter().map(AsRef::as_ref));
        let opaque = policies.opaque.iter().map(|opaque| &opaque.policy.subject.value);
        let named: BTreeSet<String> = named
            .chain(opaque.filter_map(|subject| named_by(&subject.namespaces)))
            .map(str::to_owned)
            .collect();
        let families = families_of_blocks(policies.policies.iter().map(AsRef::as_ref));
        let of_objects = Arc::new(std::mem::take(&mut manifests.diagnostics));
        let cluster = Arc::new(Cluster::new(manifests, settings.facts.clone(), &named, &families));
        Self::of_parts((files, settings), cluster, (policies, &of_policies), (readings, of_objects))
    }

    fn of_parts(
        (files, settings): (FileSet, Arc<Settings>),
        cluster: Arc<Cluster>,
        (policies, of_policies): (PolicySet, &[Diagnostic]),
        (readings, of_objects): (Vec<Arc<Reading>>, Arc<Vec<Diagnostic>>),
    ) -> Self {
        let (mut tally, mut left_out) = (Tally::default(), Vec::new());
        for reading in &readings {
            tally.add(&reading.content.tally);
            left_out.extend(reading.content.left_out.iter().cloned());
        }
        let contents = readings.iter().map(|reading| &reading.content);
        let diagnostics = manifest::in_order(contents, [of_policies, &of_objects], &files);
        let has_guests = false;
        Self {
            files,
            settings,
            cluster,
            policies,
            diagnostics,
            tally,
            left_out,
            readings,
            of_objects,
            has_guests,
        }
    }

    /// Whether the cluster is the same under changed policies.
    fn describes(&self, changes: &Replacement<'_>, policies: &PolicySet) -> bool {
        let cluster = self.cluster.as_ref();
        let came = namespaces_named(changes.policies.came.iter().copied());
        let opaque = changes.opaque.came.iter().map(|opaque| &opaque.policy.subject.value);
        let came: BTreeSet<&str> =
            came.chain(opaque.filter_map(|subject| named_by(&subject.namespaces))).collect();
        let gone = namespaces_named(changes.policies.gone.iter().map(|(_, policy)| *policy));
        let opaque = changes.opaque.gone.iter().map(|(_, opaque)| &opaque.policy.subject.value);
        let mut gone = gone.chain(opaque.filter_map(|subject| named_by(&subject.namespaces)));
        let is_named = |name: &str| {
            namespaces_named(policies.policies.iter().map(AsRef::as_ref)).any(|other| other == name)
        };
        let stays =
            |name: &str| came.contains(name) || has_more_than_policies(cluster, name) || is_named(name);
        came.iter().all(|name| cluster.namespace_named(name).is_some())
            && gone.all(stays)
            && self.has_families(changes, policies)
    }

    fn has_families(&self, changes: &Replacement<'_>, policies: &PolicySet) -> bool {
        let came = families_of_blocks(changes.policies.came.iter().copied());
        let gone = families_of_blocks(changes.policies.gone.iter().map(|(_, policy)| *policy));
        let known = &self.cluster.outside_families;
        let all = |set: &PolicySet| families_of_blocks(set.policies.iter().map(AsRef::as_ref));
        came.iter().all(|family| known.contains(family))
            && (gone.iter().all(|family| came.contains(family)) || all(&self.policies) == all(policies))
    }
}

impl Reading {
    fn new(content: FileReading<PolicyPart>) -> Arc<Self> {
        let mut origins = Origins::new();
        let content = content.map(|part| part.place_in(&mut origins));
        Arc::new(Self { content, origins })
    }
}

impl Settings {
    pub(super) fn read_options(&self) -> ReadOptions {
        let (default_namespace, kubernetes_version) =
            (self.default_namespace.clone(), self.kubernetes_version);
        ReadOptions { default_namespace, kubernetes_version }
    }

    /// The policies of an input, of two of one identity only the later, and what is to be said about these.
    fn policies(
        &self,
        readings: &[Arc<Reading>],
        origins: Origins,
        files: &FileSet,
    ) -> (PolicySet, Vec<Diagnostic>) {
        let contents = || readings.iter().map(|reading| &reading.content);
        let (is_replaced, diagnostics) = manifest::replaced_policies(contents(), files);
        let lowered = contents().flat_map(|content| &content.policies).zip(is_replaced);
        let latest = lowered.filter(|(_, is_replaced)| !is_replaced).map(|(claimed, _)| &claimed.policy);
        (PolicySet::new(self.profile.pipeline.clone(), origins).with(latest), diagnostics)
    }
}

fn read((files, wanted): (&FileSet, &[FileId]), settings: &Settings) -> Vec<FileReading<PolicyPart>> {
    let options = settings.read_options();
    let selectors = Mutex::new(SelectorPool::default());
    manifest::read_files((files, wanted), &options, |raw, found| {
        let mut part = dialect::claim(raw, &options, &settings.profile, found)?.lower(&settings.profile);
        if let Ok(mut pool) = selectors.lock() {
            part.share_selectors(&mut pool);
        }
        Some(part)
    })
}

/// Whether a namespace is in a cluster whatever policies name.
fn has_more_than_policies(cluster: &Cluster, name: &str) -> bool {
    let Some(id) = cluster.namespace_named(name) else { return true };
    let is_described = cluster.namespace(id).is_some_and(|namespace| namespace.is_described);
    is_described || cluster.workloads.binary_search_by_key(&id, |workload| workload.namespace).is_ok()
}

/// The namespaces that the subjects of policies name.
fn namespaces_named<'p>(policies: impl Iterator<Item = &'p Policy>) -> impl Iterator<Item = &'p str> {
    policies.filter_map(|policy| named_by(&policy.subject.value.namespaces))
}

fn named_by(namespaces: &NamespaceMatch) -> Option<&str> {
    match namespaces {
        NamespaceMatch::Named(name) => Some(name),
        NamespaceMatch::Selected(_) => None,
    }
}

/// The families that the address blocks of policies are of.
fn families_of_blocks<'p>(policies: impl Iterator<Item = &'p Policy>) -> Vec<Family> {
    let rules = policies.flat_map(|policy| &policy.rules);
    let peers = rules.flat_map(|rule| rule.value.peers.iter().flatten());
    let blocks: Vec<&IpSet> = peers
        .filter_map(|peer| match &peer.value {
            Peer::Addresses(block) => Some(&block.addresses),
            Peer::Pods(_) => None,
        })
        .collect();
    Family::ALL.into_iter().filter(|family| blocks.iter().any(|block| !block.is_empty_in(*family))).collect()
}
