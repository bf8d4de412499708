//! The map on the wire: pair by pair, or as rectangles.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Endpoint, Ports, SCHEMA};
use crate::evaluate::{self, End, Reason};
use crate::reach::{self, Connection, Map, Rectangle};
use crate::report::Context;
use crate::report::text;

/// Why a connection is as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// Policies that select an end have something to say.
    Rules,
    /// No policy selects either end in its direction.
    NotIsolated,
}

impl From<reach::Because> for Because {
    fn from(because: reach::Because) -> Self {
        match because {
            reach::Because::Rules => Self::Rules,
            reach::Because::NotIsolated => Self::NotIsolated,
        }
    }
}

/// How many pairs of ends inside the cluster are allowed, denied and unknown.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Counts {
    /// Pairs that something is allowed for.
    pub allowed: u64,
    /// Pairs that nothing is or may be allowed for.
    pub denied: u64,
    /// Pairs that nothing is allowed for for sure, and something may be.
    pub unknown: u64,
}

impl From<reach::Counts> for Counts {
    fn from(counts: reach::Counts) -> Self {
        Self { allowed: counts.allowed, denied: counts.denied, unknown: counts.unknown }
    }
}

/// What one source and one destination may say to each other.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Pair<'a> {
    /// The source.
    pub from: Endpoint<'a>,
    /// The destination.
    pub to: Endpoint<'a>,
    /// What is allowed.
    pub allowed: Ports<'a>,
    /// What is not decided.
    pub unknown: Ports<'a>,
    /// Why.
    pub because: Because,
}

/// Every connection pair by pair: `netpol list --expand`. A pair that is absent is denied.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Connections<'a> {
    /// `netpol/v1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `Connections`.
    #[schemars(extend("const" = "Connections"))]
    pub kind: &'static str,
    /// The pairs, in the order of their ends.
    pub connections: Vec<Pair<'a>>,
    /// What all of it rests on that the manifests do not say.
    pub assumptions: Vec<String>,
}

impl<'a> Connections<'a> {
    /// The view of some connections.
    pub fn new(context: Context<'a>, connections: &'a [Connection<'_>], assumptions: Vec<String>) -> Self {
        let pairs = connections.iter().map(|connection| Pair {
            from: Endpoint::of(context.cluster, &connection.from),
            to: Endpoint::of(context.cluster, &connection.to),
            allowed: Ports(&connection.rectangle.decided.allowed),
            unknown: Ports(&connection.rectangle.decided.unknown),
            because: connection.rectangle.because.into(),
        });
        Self { schema: SCHEMA, kind: "Connections", connections: pairs.collect(), assumptions }
    }
}

/// Each of some sources towards each of some destinations.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Group<'a> {
    /// The sources.
    pub from: Vec<Endpoint<'a>>,
    /// The destinations.
    pub to: Vec<Endpoint<'a>>,
    /// What is allowed.
    pub allowed: Ports<'a>,
    /// What is not decided.
    pub unknown: Ports<'a>,
    /// Why.
    pub because: Because,
    /// Why something is unknown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub reasons: Vec<String>,
}

/// Every connection as disjoint rectangles: `netpol list`. A pair that is in none of them is denied.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ConnectionGroups<'a> {
    /// `netpol/v1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `ConnectionGroups`.
    #[schemars(extend("const" = "ConnectionGroups"))]
    pub kind: &'static str,
    /// The rectangles; none when only counts are asked for.
    pub groups: Vec<Group<'a>>,
    /// How many pairs of ends inside the cluster are allowed, denied and unknown.
    pub counts: Counts,
    /// What all of it rests on that the manifests do not say.
    pub assumptions: Vec<String>,
}

/// The ends of a rectangle, which its view borrows from.
#[derive(Debug, Clone)]
pub struct Ends<'r> {
    rectangle: &'r Rectangle,
    from: Vec<End>,
    to: Vec<End>,
}

impl<'r> Ends<'r> {
    /// The ends of each of some rectangles of a map.
    pub fn of(context: Context<'_>, map: &Map, rectangles: &'r [Rectangle]) -> Vec<Self> {
        let ends = |rectangle: &'r Rectangle| Ends {
            rectangle,
            from: map.ends(context.cluster, &rectangle.from),
            to: map.ends(context.cluster, &rectangle.to),
        };
        rectangles.iter().map(ends).collect()
    }
}

impl<'a> ConnectionGroups<'a> {
    /// The view of some rectangles.
    pub fn new(
        context: Context<'a>,
        ends: &'a [Ends<'a>],
        counts: reach::Counts,
        assumptions: Vec<String>,
    ) -> Self {
        let endpoints = |ends: &'a [End]| ends.iter().map(|end| Endpoint::of(context.cluster, end)).collect();
        let groups = ends.iter().map(|Ends { rectangle, from, to }| Group {
            from: endpoints(from),
            to: endpoints(to),
            allowed: Ports(&rectangle.decided.allowed),
            unknown: Ports(&rectangle.decided.unknown),
            because: rectangle.because.into(),
            reasons: reasons(context, &rectangle.reasons),
        });
        Self {
            schema: SCHEMA,
            kind: "ConnectionGroups",
            groups: groups.collect(),
            counts: counts.into(),
            assumptions,
        }
    }
}

/// Reasons as texts.
pub(super) fn reasons(context: Context<'_>, reasons: &[Reason]) -> Vec<String> {
    reasons.iter().map(|reason| text::reason(context, reason).in_one(context)).collect()
}

/// Assumptions as texts.
pub fn assumptions(context: Context<'_>, assumptions: &[evaluate::Assumption]) -> Vec<String> {
    assumptions.iter().map(|it| text::assumption(context, it).in_one(context)).collect()
}
