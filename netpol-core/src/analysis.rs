//! The façade: files in, answers out.

use std::collections::BTreeSet;

use crate::cluster::{Asked, Cluster, Facts, Note, Resolved, SpellingError, split_port};
use crate::diagnostic::Diagnostic;
use crate::dialect::{self, HostNetwork, IpBlockPods, Profile};
use crate::diff::{self, Changes, Revision};
use crate::evaluate::{Assumption, End, Engine, Request, Verdict};
use crate::explain::{self, Explanation};
use crate::index::{Plugin, PolicyIndex};
use crate::lint::{self, LintReport, LintSettings};
use crate::manifest::{self, LeftOut, ReadOptions, Tally};
use crate::net::{Family, IpSet};
use crate::policy::{NamespaceMatch, Peer, PolicySet};
use crate::reach::path::Scout;
use crate::reach::{Coverage, Map, Rectangle};
use crate::report::Context;
use crate::report::graph::{self, Graph, GraphSource};
use crate::report::text::Suggestion;
use crate::suggestion;
use crate::text::FileSet;

/// How many pairs of endpoints one question may have.
const MOST_PAIRS: usize = 1_000_000;

/// How an input is to be read and judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The namespace of objects that name none.
    pub default_namespace: String,
    /// What manifests cannot tell.
    pub facts: Facts,
    /// The network plugin.
    pub profile: Profile,
    /// Whether an address block selects pods, where the profile is to be overruled.
    pub ip_block_pods: Option<IpBlockPods>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_namespace: "default".to_owned(),
            facts: Facts::default(),
            profile: Profile::default(),
            ip_block_pods: None,
        }
    }
}

/// A question that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub request: Request,
    /// What is to be said about how it was understood.
    pub notes: Vec<Note>,
}

/// Everything that is known of one input. Immutable, and shared freely between threads.
#[derive(Debug)]
pub struct Analysis {
    files: FileSet,
    cluster: Cluster,
    policies: PolicySet,
    index: PolicyIndex,
    diagnostics: Vec<Diagnostic>,
    tally: Tally,
    left_out: Vec<LeftOut>,
    options: ReadOptions,
    profile: Profile,
}

impl Analysis {
    /// Reads, lowers and indexes an input. Bad input yields diagnostics; nothing fails.
    pub fn new(files: FileSet, settings: Settings) -> Self {
        let Settings { default_namespace, facts, profile, ip_block_pods } = settings;
        let options = ReadOptions { default_namespace };
        let mut manifests = manifest::read(&files, &options, |raw, found| {
            dialect::claim(raw, &options, found).map(|resource| resource.lower(&profile))
        });
        let parts = std::mem::take(&mut manifests.policies);
        let policies = PolicySet::join(profile.pipeline.clone(), parts);
        let cluster =
            Cluster::new(&manifests, facts, &namespaces_named(&policies), &families_of_blocks(&policies));
        let plugin = Plugin {
            enforces: profile.enforced,
            blocks_select_pods: ip_block_pods.unwrap_or(profile.ip_block_pods) == IpBlockPods::Match,
            host_network_is_node: profile.host_network == HostNetwork::AsNode,
        };
        let index = PolicyIndex::new(&cluster, &policies, plugin);
        let (tally, left_out, diagnostics) = (manifests.tally, manifests.left_out, manifests.diagnostics);
        Self { files, cluster, policies, index, diagnostics, tally, left_out, options, profile }
    }

    /// The files.
    pub const fn files(&self) -> &FileSet {
        &self.files
    }

    /// The cluster that the manifests describe.
    pub const fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The policies.
    pub const fn policies(&self) -> &PolicySet {
        &self.policies
    }

    /// What was found wrong or odd, in the order of the input.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// How many documents there were of each kind.
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The documents that take no part in any answer.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// Understands a question as it is spelled: `to` may end in a port. Bare names are looked up in `namespace`.
    ///
    /// # Errors
    /// A spelling that cannot be read, or that names nothing.
    pub fn question(&self, from: &str, to: &str, namespace: &str) -> Result<Question, SpellingError> {
        let (to, ports) = split_port(to)?;
        self.question_on(from, to, ports, namespace)
    }

    /// Understands a question whose ports are given apart.
    ///
    /// # Errors
    /// A spelling that cannot be read, or that names nothing.
    pub fn question_on(
        &self,
        from: &str,
        to: &str,
        ports: Asked,
        namespace: &str,
    ) -> Result<Question, SpellingError> {
        let from = self.cluster.endpoints(from, namespace)?;
        let to = self.cluster.endpoints(to, namespace)?;
        self.question_between(&from, &to, ports)
    }

    /// Puts a question together whose ends were understood before.
    ///
    /// # Errors
    /// A port that the destination does not name, or more pairs than an answer can hold.
    pub fn question_between(
        &self,
        from: &Resolved,
        to: &Resolved,
        ports: Asked,
    ) -> Result<Question, SpellingError> {
        if let Asked::Named(protocol, name) = &ports {
            self.cluster.names_port(&to.endpoints, *protocol, name)?;
        }
        let pairs = from.endpoints.len().saturating_mul(to.endpoints.len());
        if pairs > MOST_PAIRS {
            return Err(SpellingError::TooManyPairs { pairs, limit: MOST_PAIRS });
        }
        let notes = from.notes.iter().chain(&to.notes).cloned().collect();
        let request = Request { from: from.endpoints.clone(), to: to.endpoints.clone(), ports };
        Ok(Question { request, notes })
    }

    /// The answer to a question.
    pub fn verdict(&self, request: &Request) -> Verdict {
        let mut verdict = self.engine().verdict(request);
        self.add_left_out(&mut verdict);
        verdict
    }

    /// The answer to a question with its whole reason.
    pub fn explain(&self, request: &Request) -> Explanation {
        let (mut verdict, traces) = self.engine().trace(request);
        self.add_left_out(&mut verdict);
        explain::explain(&self.cluster, &self.policies, verdict, traces)
    }

    /// The edits that an explanation proposes, in the language of the files.
    pub fn suggestions(&self, explanation: &Explanation) -> Vec<Suggestion> {
        suggestion::suggestions(&self.files, &self.policies, explanation)
    }

    /// Who can reach whom: every allowed and every unknown connection.
    pub fn map(&self) -> Map {
        let mut map = Map::new(&self.cluster, &self.policies, &self.index);
        map.assumptions.extend(self.assumptions_of_left_out());
        map.assumptions.sort_unstable();
        map
    }

    /// A part of the map of this analysis as a graph; with `ends` on it, whether they have connections or not.
    pub fn graph(&self, map: &Map, rectangles: &[Rectangle], ends: &[End]) -> Graph {
        let coverage = Coverage::new(&self.cluster, &self.policies, &self.index);
        let source = GraphSource { context: self.context(), engine: self.engine(), coverage: &coverage, map };
        graph::of_map(source, rectangles, ends)
    }

    /// What changed from an older input to this one: in connections, and in ends.
    pub fn changes_since(&self, old: &Self) -> Changes {
        let (before, after) = (old.map(), self.map());
        diff::diff(old.revision(&before), self.revision(&after))
    }

    const fn revision<'a>(&'a self, map: &'a Map) -> Revision<'a> {
        Revision { cluster: &self.cluster, policies: &self.policies, engine: self.engine(), map }
    }

    /// How far the policies cover the cluster: who is isolated, and to whom everybody is open.
    pub fn coverage(&self) -> Coverage {
        let mut coverage = Coverage::new(&self.cluster, &self.policies, &self.index);
        coverage.assumptions.extend(self.assumptions_of_left_out());
        coverage.assumptions.sort_unstable();
        coverage
    }

    /// Looks for ways from end to end through the map of this analysis.
    pub const fn scout<'a>(&'a self, map: &'a Map) -> Scout<'a> {
        Scout::new(&self.cluster, &self.policies, self.engine(), map)
    }

    /// What is wrong with the input, and what is probably not meant.
    ///
    /// The typed objects are read again for it, so that analyses that are never linted do not keep them.
    ///
    /// ```
    /// use netpol_core::lint::LintSettings;
    /// use netpol_core::text::{FileSet, SourceFile};
    /// use netpol_core::{Analysis, Settings};
    ///
    /// let mut files = FileSet::new();
    /// files.add(SourceFile::named("a.yaml", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicies\n"))?;
    /// let analysis = Analysis::new(files, Settings::default());
    /// let report = analysis.lint(&LintSettings::default());
    /// assert_eq!(report.findings[0].rule.0, "unknown-kind");
    /// # Ok::<(), netpol_core::text::FileTooLarge>(())
    /// ```
    pub fn lint(&self, settings: &LintSettings) -> LintReport {
        let manifests = manifest::read(&self.files, &self.options, |raw, found| {
            dialect::claim(raw, &self.options, found)
        });
        let facts = lint::context::Facts {
            files: &self.files,
            manifests: &manifests,
            cluster: &self.cluster,
            policies: &self.policies,
            index: &self.index,
            profile: &self.profile,
        };
        lint::lint(&lint::Context::new(facts, settings), &manifests.diagnostics)
    }

    /// What the ids in an answer are looked up in, for [`crate::report`].
    pub const fn context(&self) -> Context<'_> {
        Context { cluster: &self.cluster, policies: &self.policies, files: &self.files }
    }

    const fn engine(&self) -> Engine<'_> {
        Engine::new(&self.cluster, &self.policies, &self.index)
    }

    /// Documents that were left out could change any answer.
    fn add_left_out(&self, verdict: &mut Verdict) {
        verdict.assumptions.extend(self.assumptions_of_left_out());
        verdict.assumptions.sort_unstable();
    }

    fn assumptions_of_left_out(&self) -> impl Iterator<Item = Assumption> + '_ {
        self.left_out.iter().map(|left_out| match left_out {
            LeftOut::Template(span) | LeftOut::Unreadable(span) => Assumption::LeftOut(*span),
        })
    }
}

/// The namespaces that policies name.
fn namespaces_named(policies: &PolicySet) -> BTreeSet<String> {
    let subjects = policies.policies.iter().map(|policy| &policy.subject.value);
    let opaque = policies.opaque.iter().filter_map(|policy| policy.subject.as_ref());
    let named = subjects.chain(opaque).filter_map(|subject| match &subject.namespaces {
        NamespaceMatch::Named(name) => Some(name.clone()),
        NamespaceMatch::Selected(_) => None,
    });
    named.collect()
}

/// The families that the address blocks of policies are of.
fn families_of_blocks(policies: &PolicySet) -> Vec<Family> {
    let rules = policies.policies.iter().flat_map(|policy| &policy.rules);
    let peers = rules.flat_map(|rule| rule.value.peers.iter().flatten());
    let blocks: Vec<&IpSet> = peers
        .filter_map(|peer| match &peer.value {
            Peer::Addresses(block) => Some(&block.addresses),
            Peer::Pods(_) => None,
        })
        .collect();
    Family::ALL.into_iter().filter(|family| blocks.iter().any(|block| !block.is_empty_in(*family))).collect()
}
