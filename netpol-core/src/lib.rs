//! Who can talk to whom in a Kubernetes cluster, and why: `netpol-core` reads manifests and decides, offline,
//! whether a pod, a namespace or an address may reach a target on a port.
//!
//! # The model
//!
//! - A [`FileSet`](text::FileSet) holds names and texts. Where they come from is up to the caller: the library has no I/O, no clock,
//!   no environment and no globals.
//! - An [`Analysis`] is everything that is known of one set of files under some [`Settings`]. It is immutable, `Send` and `Sync`.
//!   Bad input makes [`diagnostics`](Analysis::diagnostics), never an `Err` and never a panic: a broken document costs itself, not
//!   its neighbours.
//! - A question has two ends and ports, as people spell them (`shop/web`, `ns/shop`, `10.0.0.0/8`, `shop/db:5432`); [`Analysis::question`]
//!   understands it, or says what was meant.
//! - A [`Verdict`](evaluate::Verdict) is two disjoint sets, what is allowed and what the manifests leave unknown; the rest is denied.
//!   Its [`Decision`](evaluate::Decision) sums them up, and its assumptions are what it rests on.
//! - An [`Explanation`](explain::Explanation) is a verdict with its reason, down to the bytes of a rule; a [`Map`](reach::Map) is
//!   the verdict about every pair at once; [`Changes`](diff::Changes) are what differs between two maps.
//! - All of these are plain data in the ids of one analysis. [`report`] turns them into words and into the wire format `netpol/v1`,
//!   given the [`Analysis::context`] that the ids are looked up in.
//!
//! # An example
//!
//! ```
//! use netpol_core::evaluate::Decision;
//! use netpol_core::text::{FileSet, SourceFile};
//! use netpol_core::{Analysis, Settings, report};
//!
//! let pods = "
//! apiVersion: v1
//! kind: Pod
//! metadata: {name: frontend, namespace: shop, labels: {app: frontend}}
//! ---
//! apiVersion: v1
//! kind: Pod
//! metadata: {name: db, namespace: shop, labels: {app: db}}
//! ";
//! let policy = "
//! apiVersion: networking.k8s.io/v1
//! kind: NetworkPolicy
//! metadata: {name: db, namespace: shop}
//! spec:
//!   podSelector: {matchLabels: {app: db}}
//!   ingress:
//!   - from: [{podSelector: {matchLabels: {app: fronted}}}]
//!     ports: [{port: 5432}]
//! ";
//! let mut files = FileSet::new();
//! files.add(SourceFile::named("pods.yaml", pods))?;
//! files.add(SourceFile::named("policy.yaml", policy))?;
//! let analysis = Analysis::new(files, Settings::default());
//! assert!(analysis.diagnostics().is_empty());
//!
//! let question = analysis.question("frontend", "db:5432", "shop")?;
//! assert_eq!(analysis.verdict(&question.request).decision, Decision::Deny);
//!
//! let explanation = analysis.explain(&question.request);
//! let suggestions = analysis.suggestions(&explanation);
//! let words = report::text::explanation(analysis.context(), &explanation, &suggestions).to_string();
//! assert!(words.contains("wants app=fronted, pod has app=frontend, did you mean `frontend`?"));
//! assert!(words.contains("to allow it: change `fronted` to `frontend` in ingress[0].from[0]"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! `parallel` (on by default) reads documents and builds the index on all cores. It changes no answer.

#![deny(missing_docs)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::unreachable
)]

pub mod text;
pub mod net;
pub mod selector;
pub mod diagnostic;
pub mod policy;
pub mod yaml;
pub mod manifest;
pub mod cluster;
pub mod dialect;
pub mod index;
pub mod evaluate;
pub mod explain;
pub mod reach;
pub mod diff;
pub mod lint;
pub mod report;
mod suggestion;
pub mod analysis;

pub use analysis::{Analysis, Question, Settings};
