//! Questions to an analysis: how they are understood, and their answers.

use super::Analysis;
use crate::cluster::{Asked, Note, Resolved, SpellingError, split_port};
use crate::evaluate::{Request, Verdict};
use crate::explain::{self, Explanation};
use crate::report::text::Suggestion;
use crate::suggestion;

/// How many pairs of endpoints one question may have.
const MOST_PAIRS: usize = 1_000_000;

/// A question that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub request: Request,
    /// What is to be said about how it was understood.
    pub notes: Vec<Note>,
}

impl Analysis {
    /// Understands a question as it is spelled: `to` may end in a port. Bare names are looked up in `namespace`.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// assert!(analysis.question("web", "db:5432", "default").is_ok());
    /// let error = analysis.question("weeb", "db:5432", "default").unwrap_err();
    /// assert_eq!(error.to_string(), "there is no workload or pod `default/weeb`");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A spelling that cannot be read, or that names nothing.
    pub fn question(&self, from: &str, to: &str, namespace: &str) -> Result<Question, SpellingError> {
        let (to, ports) = split_port(to)?;
        self.question_on(from, to, ports, namespace)
    }

    /// Understands a question whose ports are given apart.
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
    ///
    /// let question = analysis.question_on("web", "db", Asked::Every, "default")?;
    /// assert_eq!(analysis.verdict(&question.request).decision.name(), "deny");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// use netpol_core::cluster::Asked;
    ///
    /// let web = analysis.cluster().endpoints("web", "default")?;
    /// let db = analysis.cluster().endpoints("db", "default")?;
    /// assert!(analysis.question_between(&web, &db, Asked::Every).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A port that the destination does not name, or more pairs than an answer can hold.
    pub fn question_between(
        &self,
        from: &Resolved,
        to: &Resolved,
        ports: Asked,
    ) -> Result<Question, SpellingError> {
        let mut lacking = None;
        if let Asked::Named(protocol, name) = &ports {
            self.input.cluster.names_port(&to.endpoints, *protocol, name)?;
            let pods = self.input.cluster.lacking_port(&to.endpoints, *protocol, name);
            lacking = (!pods.is_empty()).then(|| Note::LacksPort { name: name.clone(), pods });
        }
        let pairs = from.endpoints.len().saturating_mul(to.endpoints.len());
        if pairs > MOST_PAIRS {
            return Err(SpellingError::TooManyPairs { pairs, limit: MOST_PAIRS });
        }
        let notes = from.notes.iter().chain(&to.notes).cloned().chain(lacking).collect();
        let request = Request { from: from.endpoints.clone(), to: to.endpoints.clone(), ports };
        Ok(Question { request, notes })
    }

    /// The answer to a question.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// let question = analysis.question("web", "web", "default")?;
    /// assert_eq!(analysis.verdict(&question.request).decision.name(), "allow");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verdict(&self, request: &Request) -> Verdict {
        let mut verdict = self.engine().verdict(request);
        self.add_left_out(&mut verdict);
        verdict
    }

    /// The answer to a question with its whole reason.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: db}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// let question = analysis.question("web", "db:5432", "default")?;
    /// let explanation = analysis.explain(&question.request);
    /// let ingress = &explanation.pairs[0].ingress;
    /// assert_eq!((ingress.policies.len(), ingress.decision.name()), (1, "deny"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain(&self, request: &Request) -> Explanation {
        let (mut verdict, traces) = self.engine().trace(request);
        self.add_left_out(&mut verdict);
        explain::explain(&self.input.cluster, &self.input.policies, verdict, traces)
    }

    /// The edits that an explanation proposes, in the language of the files.
    ///
    /// ```
    /// # use netpol_core::text::{FileSet, SourceFile};
    /// # use netpol_core::{Analysis, Settings};
    /// # let text = "{apiVersion: v1, kind: Pod, metadata: {name: web, labels: {app: web}}}\n---\n\
    /// # {apiVersion: v1, kind: Pod, metadata: {name: db, labels: {app: db}}}\n---\n\
    /// # {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}}";
    /// # let mut files = FileSet::new();
    /// # files.add(SourceFile::named("cluster.yaml", text))?;
    /// # let analysis = Analysis::new(files, Settings::default());
    /// let question = analysis.question("web", "db:5432", "default")?;
    /// let explanation = analysis.explain(&question.request);
    /// assert_eq!(analysis.suggestions(&explanation).len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn suggestions(&self, explanation: &Explanation) -> Vec<Suggestion> {
        suggestion::suggestions(&self.input.files, &self.input.policies, explanation)
    }

    /// Documents that were left out could change any answer.
    fn add_left_out(&self, verdict: &mut Verdict) {
        verdict.assumptions.extend(self.assumptions_of_left_out());
        verdict.assumptions.sort_unstable();
    }
}
