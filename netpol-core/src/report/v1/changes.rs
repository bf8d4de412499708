//! Changes on the wire.

use schemars::JsonSchema;
use serde::Serialize;

use super::explanation::Object;
use super::{Endpoint, Ports, SCHEMA};
use crate::diff::{self, Kind, Side};
use crate::evaluate::End;
use crate::net::Decided;
use crate::report::Context;

/// What changed between two inputs: `netpol diff`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Changes<'a> {
    /// `netpol/v1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `Changes`.
    #[schemars(extend("const" = "Changes"))]
    pub kind: &'static str,
    /// The pairs of ends that both inputs have and between which something else may flow now.
    pub changes: Vec<Change<'a>>,
    /// The ends that one of the inputs has alone.
    pub endpoints: Vec<ChangedEndpoint<'a>>,
    /// The namespaces that one of the inputs has alone.
    pub namespaces: Vec<ChangedNamespace<'a>>,
    /// The policies that changed without anybody knowing what that does.
    pub unjudged: Vec<Unjudged<'a>>,
}

/// A policy that changed without anybody knowing what that does.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Unjudged<'a> {
    /// The policy, and where it stands.
    #[serde(flatten)]
    pub policy: Cause<'a>,
    /// `not-evaluated`; `no-workload` where neither input has one; `policy-types-kept` where `policyTypes` is not
    /// written, so that a cluster keeps the types of the old policy.
    pub reason: &'static str,
}

/// How something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ChangeField {
    /// Nothing was allowed or unknown, and now something is.
    Added,
    /// Something was, and now nothing is.
    Removed,
    /// All that was allowed still is, and more.
    Widened,
    /// Only some of what was allowed still is.
    Narrowed,
    /// Neither.
    Changed,
}

/// Whether something is new or gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Presence {
    /// It is in the new input alone.
    Came,
    /// It is in the old input alone.
    Went,
}

/// What may flow.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Sets<'a> {
    /// What is allowed.
    pub allowed: Ports<'a>,
    /// What is not decided.
    pub unknown: Ports<'a>,
}

impl<'a> Sets<'a> {
    const fn new(decided: &'a Decided) -> Self {
        Self { allowed: Ports(&decided.allowed), unknown: Ports(&decided.unknown) }
    }
}

/// What changed between two ends.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Change<'a> {
    /// How.
    pub change: ChangeField,
    /// The source.
    pub from: Endpoint<'a>,
    /// The destination.
    pub to: Endpoint<'a>,
    /// What might flow before.
    pub before: Sets<'a>,
    /// What may flow now.
    pub after: Sets<'a>,
    /// The policies that came, went or were edited and speak of it, else the owners of the pods.
    pub causes: Vec<Cause<'a>>,
}

/// What brought a change about.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Cause<'a> {
    /// The object: a policy, or the owner of pods.
    pub object: Object<'a>,
    /// The file, in the input that has the object.
    pub file: &'a str,
    /// The line, from 1.
    pub line: u32,
    /// Which input that is.
    pub input: Input,
}

/// One of the two inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Input {
    /// The first.
    Old,
    /// The second.
    New,
}

/// An end that came or went.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangedEndpoint<'a> {
    /// Which of it.
    pub change: Presence,
    /// The end.
    pub endpoint: Endpoint<'a>,
}

/// A namespace that came or went.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangedNamespace<'a> {
    /// Which of it.
    pub change: Presence,
    /// Its name.
    pub name: &'a str,
}

impl<'a> Changes<'a> {
    /// The view of some changes; `ends` are those of [`ends`].
    pub fn new((old, new): (Context<'a>, Context<'a>), changes: &'a diff::Changes, ends: &'a [End]) -> Self {
        let connections = changes.connections.iter().map(|change| Change {
            change: change.kind.into(),
            from: Endpoint::of(new.cluster, &change.from),
            to: Endpoint::of(new.cluster, &change.to),
            before: Sets::new(&change.before),
            after: Sets::new(&change.after),
            causes: change.causes.iter().filter_map(|cause| Cause::new((old, new), cause)).collect(),
        });
        let endpoints = changes.ends.iter().zip(ends).map(|(changed, end)| ChangedEndpoint {
            change: changed.side.into(),
            endpoint: match changed.side {
                Side::Old => Endpoint::of(old.cluster, end),
                Side::New => Endpoint::of(new.cluster, end),
            },
        });
        let namespaces = changes.namespaces.iter();
        Self {
            schema: SCHEMA,
            kind: "Changes",
            changes: connections.collect(),
            endpoints: endpoints.collect(),
            namespaces: namespaces
                .map(|(side, name)| ChangedNamespace { change: (*side).into(), name })
                .collect(),
            unjudged: changes.unjudged.iter().filter_map(|it| Unjudged::new((old, new), it)).collect(),
        }
    }
}

/// The ends that came or went, which the view borrows from.
pub fn ends(changes: &diff::Changes) -> Vec<End> {
    let end =
        |workload| End { endpoint: crate::cluster::Endpoint::Workload(workload), groups: None, pods: None };
    changes.ends.iter().map(|changed| end(changed.workload)).collect()
}

impl<'a> Unjudged<'a> {
    fn new(contexts: (Context<'a>, Context<'a>), found: &'a diff::Unjudged) -> Option<Self> {
        let reason = match found.why {
            diff::Why::NotEvaluated => "not-evaluated",
            diff::Why::NoWorkload => "no-workload",
            diff::Why::TypesKept => "policy-types-kept",
        };
        Some(Self { policy: Cause::new(contexts, &found.cause)?, reason })
    }
}

impl<'a> Cause<'a> {
    fn new((old, new): (Context<'a>, Context<'a>), cause: &'a diff::Cause) -> Option<Self> {
        let (context, input) = match cause.side {
            Side::Old => (old, Input::Old),
            Side::New => (new, Input::New),
        };
        let (file, line) = context.file_line(cause.span)?;
        Some(Self { object: Object::new(&cause.object), file, line, input })
    }
}

impl From<Kind> for ChangeField {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Added => Self::Added,
            Kind::Removed => Self::Removed,
            Kind::Widened => Self::Widened,
            Kind::Narrowed => Self::Narrowed,
            Kind::Changed => Self::Changed,
        }
    }
}

impl From<Side> for Presence {
    fn from(side: Side) -> Self {
        match side {
            Side::Old => Self::Went,
            Side::New => Self::Came,
        }
    }
}
