//! The façade: files in, answers out.

use std::sync::Arc;

use super::input::Input;
use crate::cluster::{Cluster, Facts};
use crate::diagnostic::Diagnostic;
use crate::dialect::{self, HostNetwork, IpBlockPods, Profile};
use crate::diff::{self, Changes, Revision};
use crate::evaluate::{Assumption, End, Engine};
use crate::index::{Plugin, PolicyIndex};
use crate::lint::{self, LintReport, LintSettings};
use crate::manifest::{self, LeftOut, Tally};
use crate::policy::{PolicySet, Replacement};
use crate::reach::path::{Quest, Scout};
use crate::reach::{Coverage, Map, Rectangle};
use crate::report::Context;
use crate::report::graph::{self, Graph, GraphSource};
use crate::text::{FileSet, Span};

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
    /// The version that the API server has; without it, the newest.
    pub kubernetes_version: Option<manifest::KubernetesVersion>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_namespace: "default".to_owned(),
            facts: Facts::default(),
            profile: Profile::default(),
            ip_block_pods: None,
            kubernetes_version: None,
        }
    }
}

/// Everything that is known of one input. Immutable, and shared freely between threads.
#[derive(Debug)]
pub struct Analysis {
    pub(super) input: Input,
    index: PolicyIndex,
}

impl Analysis {
    /// Reads, lowers and indexes an input. Bad input yields diagnostics; nothing fails.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// assert_eq!(analysis.cluster().workloads.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// let (_, file) = analysis.files().iter().next().expect("there is one");
    /// assert_eq!(file.name(), "cluster.yaml");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn files(&self) -> &FileSet {
        &self.input.files
    }

    /// The cluster that the manifests describe.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// assert_eq!(analysis.cluster().workloads.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cluster(&self) -> &Cluster {
        &self.input.cluster
    }

    /// The policies.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// assert_eq!(analysis.policies().policies.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn policies(&self) -> &PolicySet {
        &self.input.policies
    }

    /// What was found wrong or odd, in the order of the input.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// assert!(analysis.diagnostics().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.input.diagnostics
    }

    /// How many documents there were of each kind.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// assert_eq!(analysis.tally().understood, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn tally(&self) -> &Tally {
        &self.input.tally
    }

    /// The documents that take no part in any answer.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// assert!(analysis.left_out().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn left_out(&self) -> &[LeftOut] {
        &self.input.left_out
    }

    /// Who can reach whom: every allowed and every unknown connection.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// let map = analysis.map();
    /// assert!(!map.rectangles.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn map(&self) -> Map {
        let mut map = Map::new(&self.input.cluster, &self.input.policies, &self.index);
        map.assumptions.extend(self.assumptions_of_left_out());
        map.assumptions.sort_unstable();
        map
    }

    /// A part of the map of this analysis as a graph; with `ends` on it, whether they have connections or not.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// let map = analysis.map();
    /// let graph = analysis.graph(&map, &map.rectangles, &[]);
    /// assert!(graph.nodes.len() >= 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn graph(&self, map: &Map, rectangles: &[Rectangle], ends: &[End]) -> Graph {
        let coverage = Coverage::new(&self.input.cluster, &self.input.policies, &self.index);
        let source = GraphSource { context: self.context(), engine: self.engine(), coverage: &coverage, map };
        graph::of_map(source, rectangles, ends)
    }

    /// What changed from an older input to this one: in connections, and in ends.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// let open = Analysis::new(FileSet::new(), Settings::default());
    /// assert!(analysis.changes_since(&analysis).is_empty());
    /// assert_eq!(analysis.changes_since(&open).ends.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn changes_since(&self, old: &Self) -> Changes {
        let (before, after) = (old.map(), self.map());
        diff::diff(old.revision(&before), self.revision(&after))
    }

    fn revision<'a>(&'a self, map: &'a Map) -> Revision<'a> {
        let (cluster, policies, files) = (&*self.input.cluster, &self.input.policies, &self.input.files);
        Revision { cluster, policies, engine: self.engine(), map, files }
    }

    /// How far the policies cover the cluster: who is isolated, and to whom everybody is open.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// let coverage = analysis.coverage();
    /// assert_eq!(coverage.workloads.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn coverage(&self) -> Coverage {
        let mut coverage = Coverage::new(&self.input.cluster, &self.input.policies, &self.index);
        coverage.assumptions.extend(self.assumptions_of_left_out());
        coverage.assumptions.sort_unstable();
        coverage
    }

    /// The analysis of the same input with the pods at the ends of a quest that do not exist: each is a workload of its
    /// own there, by which the quest then names it. `None` for a quest without such ends.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// use netpol_core::cluster::Asked;
    /// use netpol_core::evaluate::UnknownAs;
    /// use netpol_core::reach::path::Quest;
    ///
    /// let ends = |name| analysis.cluster().endpoints(name, "default").map(|found| found.endpoints);
    /// let mut quest = Quest { from: ends("@app=new")?, to: ends("db")?, ports: Asked::Every, unknown: UnknownAs::Unknown };
    /// let with_new = analysis.with_ends_of(&mut quest).expect("no pod has the label app=new");
    /// assert_eq!(with_new.cluster().workloads.len(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// use netpol_core::cluster::Asked;
    /// use netpol_core::evaluate::UnknownAs;
    /// use netpol_core::reach::path::Quest;
    ///
    /// let ends = |name| analysis.cluster().endpoints(name, "default").map(|found| found.endpoints);
    /// let quest = Quest { from: ends("web")?, to: ends("db")?, ports: Asked::Every, unknown: UnknownAs::Unknown };
    /// let map = analysis.map();
    /// assert!(analysis.scout(&map).shortest(&quest).unwrap().hops.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
        let profile = &self.input.settings.profile;
        let manifests = manifest::read(&self.input.files, &options, |raw, found| {
            dialect::claim(raw, &options, profile, found)
        });
        let facts = lint::context::Facts {
            files: &self.input.files,
            options: &options,
            manifests: &manifests,
            cluster: &self.input.cluster,
            policies: &self.input.policies,
            index: &self.index,
            profile,
        };
        lint::lint(&lint::Context::new(facts, settings), &manifests.diagnostics)
    }

    /// What the ids in an answer are looked up in, for [`crate::report`].
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// use netpol_core::report::v1;
    ///
    /// let question = analysis.question("web", "db:5432", "default")?;
    /// let verdict = analysis.verdict(&question.request);
    /// let wire = v1::Verdict::new(analysis.context(), &verdict, Vec::new());
    /// assert_eq!(serde_json::to_value(&wire)?["decision"], "deny");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn context(&self) -> Context<'_> {
        Context { cluster: &self.input.cluster, policies: &self.input.policies, files: &self.input.files }
    }

    pub(super) fn engine(&self) -> Engine<'_> {
        Engine::new(&self.input.cluster, &self.input.policies, &self.index)
    }

    pub(super) fn assumptions_of_left_out(&self) -> impl Iterator<Item = Assumption> + '_ {
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
