//! The façade: files in, answers out.

use std::sync::Arc;

use super::input::Input;
use crate::cluster::{Asked, Cluster, Facts, Note, Resolved, SpellingError, split_port};
use crate::diagnostic::Diagnostic;
use crate::dialect::{self, HostNetwork, IpBlockPods, Profile};
use crate::diff::{self, Changes, Revision};
use crate::evaluate::{Assumption, End, Engine, Request, Verdict};
use crate::explain::{self, Explanation};
use crate::index::{Plugin, PolicyIndex};
use crate::lint::{self, LintReport, LintSettings};
use crate::manifest::{self, LeftOut, Tally};
use crate::policy::{PolicySet, Replacement};
use crate::reach::path::{Quest, Scout};
use crate::reach::{Coverage, Map, Rectangle};
use crate::report::Context;
use crate::report::graph::{self, Graph, GraphSource};
use crate::report::text::Suggestion;
use crate::suggestion;
use crate::text::{FileSet, Span};

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
    input: Input,
    index: PolicyIndex,
}

impl Analysis {
    /// Reads, lowers and indexes an input. Bad input yields diagnostics; nothing fails.
    pub fn new(files: FileSet, settings: Settings) -> Self {
        let input = Input::new(files, Arc::new(settings));
        let index = PolicyIndex::new(&input.cluster, &input.policies, input.settings.plugin());
        Self { input, index }
    }

    /// The analysis of changed files under the same settings: what [`Analysis::new`] says of them.
    ///
    /// Files that both sets share are not read again, and what follows from them alone is shared. When no file
    /// changed but such that hold policies, before and after, and these look at pods in no new way, that is all but
    /// the policies that changed; else the cluster, or the index of its policies, is made anew.
    ///
    /// ```
    /// use netpol_core::text::{FileSet, SourceFile};
    /// use netpol_core::{Analysis, Settings};
    ///
    /// let pods = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n";
    /// let deny = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}}\n";
    /// let mut files = FileSet::new();
    /// files.add(SourceFile::named("pods.yaml", pods))?;
    /// let open = Analysis::new(files.clone(), Settings::default());
    /// files.put(SourceFile::named("policies.yaml", deny))?;
    /// let closed = open.with_files(files);
    /// let decision = |analysis: &Analysis| {
    ///     let question = analysis.question("a", "b:80", "default").unwrap();
    ///     analysis.verdict(&question.request).decision.name()
    /// };
    /// assert_eq!((decision(&open), decision(&closed)), ("allow", "deny"));
    /// # Ok::<(), netpol_core::text::FileTooLarge>(())
    /// ```
    #[must_use]
    pub fn with_files(&self, files: FileSet) -> Self {
        let input = self.input.with_files(files);
        let index = if Arc::ptr_eq(&self.input.cluster, &input.cluster) {
            let changes = Replacement::between(&self.input.policies, &input.policies);
            self.index.updated(&input.cluster, &input.policies, &changes)
        } else {
            PolicyIndex::new(&input.cluster, &input.policies, input.settings.plugin())
        };
        Self { input, index }
    }

    /// The files.
    pub const fn files(&self) -> &FileSet {
        &self.input.files
    }

    /// The cluster that the manifests describe.
    pub fn cluster(&self) -> &Cluster {
        &self.input.cluster
    }

    /// The policies.
    pub const fn policies(&self) -> &PolicySet {
        &self.input.policies
    }

    /// What was found wrong or odd, in the order of the input.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.input.diagnostics
    }

    /// How many documents there were of each kind.
    pub const fn tally(&self) -> &Tally {
        &self.input.tally
    }

    /// The documents that take no part in any answer.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.input.left_out
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
        let from = self.input.cluster.endpoints(from, namespace)?;
        let to = self.input.cluster.endpoints(to, namespace)?;
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
            self.input.cluster.names_port(&to.endpoints, *protocol, name)?;
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
        explain::explain(&self.input.cluster, &self.input.policies, verdict, traces)
    }

    /// The edits that an explanation proposes, in the language of the files.
    pub fn suggestions(&self, explanation: &Explanation) -> Vec<Suggestion> {
        suggestion::suggestions(&self.input.files, &self.input.policies, explanation)
    }

    /// Who can reach whom: every allowed and every unknown connection.
    pub fn map(&self) -> Map {
        let mut map = Map::new(&self.input.cluster, &self.input.policies, &self.index);
        map.assumptions.extend(self.assumptions_of_left_out());
        map.assumptions.sort_unstable();
        map
    }

    /// A part of the map of this analysis as a graph; with `ends` on it, whether they have connections or not.
    pub fn graph(&self, map: &Map, rectangles: &[Rectangle], ends: &[End]) -> Graph {
        let coverage = Coverage::new(&self.input.cluster, &self.input.policies, &self.index);
        let source = GraphSource { context: self.context(), engine: self.engine(), coverage: &coverage, map };
        graph::of_map(source, rectangles, ends)
    }

    /// What changed from an older input to this one: in connections, and in ends.
    pub fn changes_since(&self, old: &Self) -> Changes {
        let (before, after) = (old.map(), self.map());
        diff::diff(old.revision(&before), self.revision(&after))
    }

    fn revision<'a>(&'a self, map: &'a Map) -> Revision<'a> {
        Revision { cluster: &self.input.cluster, policies: &self.input.policies, engine: self.engine(), map }
    }

    /// How far the policies cover the cluster: who is isolated, and to whom everybody is open.
    pub fn coverage(&self) -> Coverage {
        let mut coverage = Coverage::new(&self.input.cluster, &self.input.policies, &self.index);
        coverage.assumptions.extend(self.assumptions_of_left_out());
        coverage.assumptions.sort_unstable();
        coverage
    }

    /// The analysis of the same input with the pods at the ends of a quest that do not exist: each is a workload of its
    /// own there, by which the quest then names it. `None` for a quest without such ends.
    pub fn with_ends_of(&self, quest: &mut Quest) -> Option<Self> {
        let pods = quest.hypothetical();
        let (file, _) = self.input.files.iter().next().filter(|_| !pods.is_empty())?;
        let (cluster, workloads) = self.input.cluster.with_pods(&pods, Span::new(file, 0, 0));
        quest.name_by(&pods.into_iter().zip(workloads).collect());
        let input = self.input.with_guests(cluster);
        let index = PolicyIndex::new(&input.cluster, &input.policies, input.settings.plugin());
        Some(Self { input, index })
    }

    /// Looks for ways from end to end through the map of this analysis.
    pub fn scout<'a>(&'a self, map: &'a Map) -> Scout<'a> {
        Scout::new(&self.input.cluster, &self.input.policies, self.engine(), map)
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
        let options = self.input.settings.read_options();
        let manifests =
            manifest::read(&self.input.files, &options, |raw, found| dialect::claim(raw, &options, found));
        let facts = lint::context::Facts {
            files: &self.input.files,
            options: &options,
            manifests: &manifests,
            cluster: &self.input.cluster,
            policies: &self.input.policies,
            index: &self.index,
            profile: &self.input.settings.profile,
        };
        lint::lint(&lint::Context::new(facts, settings), &manifests.diagnostics)
    }

    /// What the ids in an answer are looked up in, for [`crate::report`].
    pub fn context(&self) -> Context<'_> {
        Context { cluster: &self.input.cluster, policies: &self.input.policies, files: &self.input.files }
    }

    fn engine(&self) -> Engine<'_> {
        Engine::new(&self.input.cluster, &self.input.policies, &self.index)
    }

    /// Documents that were left out could change any answer.
    fn add_left_out(&self, verdict: &mut Verdict) {
        verdict.assumptions.extend(self.assumptions_of_left_out());
        verdict.assumptions.sort_unstable();
    }

    fn assumptions_of_left_out(&self) -> impl Iterator<Item = Assumption> + '_ {
        self.input.left_out.iter().map(|left_out| match left_out {
            LeftOut::Template(span) | LeftOut::Unreadable(span) => Assumption::LeftOut(*span),
        })
    }
}

impl Settings {
    fn plugin(&self) -> Plugin {
        let blocks = self.ip_block_pods.unwrap_or(self.profile.ip_block_pods);
        Plugin {
            enforces: self.profile.enforced,
            blocks_select_pods: blocks == IpBlockPods::Match,
            host_network_is_node: self.profile.host_network == HostNetwork::AsNode,
        }
    }
}
