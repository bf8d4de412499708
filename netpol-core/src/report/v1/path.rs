//! Ways from end to end on the wire.

use schemars::JsonSchema;
use serde::Serialize;

use super::explanation::{Object, Place};
use super::verdict::{PortField, protocol};
use super::{Endpoint, Ports, SCHEMA, Side};
use crate::evaluate::{Assumption, End};
use crate::reach::Map;
use crate::reach::path::{self, Reached, RuleRef, Step};
use crate::report::Context;
use crate::report::context::rule_path;
use crate::selector::Truth;

/// The shortest chain of allowed connections from end to end: `netpol path`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Path<'a> {
    /// `netpol/v1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `Path`.
    #[schemars(extend("const" = "Path"))]
    pub kind: &'static str,
    /// The sources.
    pub from: Side<'a>,
    /// The destinations; null when everybody is meant that can be reached.
    pub to: Option<Side<'a>>,
    /// The protocol that the last hop was asked for.
    pub protocol: Option<&'static str>,
    /// The port that the last hop was asked for.
    pub port: Option<PortField<'a>>,
    /// The connections, first to last; null when there is no chain, or none was asked for. None at all when the
    /// destinations are the sources.
    pub hops: Option<Vec<Hop<'a>>>,
    /// Where there is no such chain: the shortest one that goes through connections which are unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possible: Option<Vec<Hop<'a>>>,
    /// Everybody that the sources can reach, nearest first; without destinations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<Vec<ReachedField<'a>>>,
    /// Those that the sources can reach, beyond these, if what is unknown is allowed; nearest first.
    #[serde(rename = "perhapsReached", skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub perhaps_reached: Vec<ReachedField<'a>>,
    /// The fewest connections whose removal leaves no chain; where that is asked for. Null when there are too many
    /// connections between the ends to find them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<Option<Vec<Hop<'a>>>>,
    /// What all of it rests on that the manifests do not say.
    pub assumptions: Vec<String>,
}

/// One connection of a chain.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Hop<'a> {
    /// The source.
    pub from: Endpoint<'a>,
    /// The destination.
    pub to: Endpoint<'a>,
    /// What is allowed; of the last hop, within what was asked.
    pub allowed: Ports<'a>,
    /// What is not decided.
    pub unknown: Ports<'a>,
    /// The rules that allow it, or may; none where nobody isolates either end.
    pub because: Vec<Rule<'a>>,
    /// Whether the source is isolated for egress.
    pub egress: Isolation,
    /// Whether the destination is isolated for ingress.
    pub ingress: Isolation,
    /// Why something is unknown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub reasons: Vec<String>,
}

/// Whether an end is isolated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// It is.
    Isolated,
    /// It is not.
    NotIsolated,
    /// The input does not tell.
    Unknown,
}

impl From<Truth> for Isolation {
    fn from(isolated: Truth) -> Self {
        match isolated {
            Truth::Yes => Self::Isolated,
            Truth::No => Self::NotIsolated,
            Truth::Unknown => Self::Unknown,
        }
    }
}

/// A rule that allows something.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Rule<'a> {
    /// `egress` of the source, or `ingress` of the destination.
    pub direction: &'static str,
    /// Its policy.
    pub object: Option<Object<'a>>,
    /// Its path in the policy: `ingress[0]`.
    pub rule: String,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place<'a>,
}

/// An end that is reached.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReachedField<'a> {
    /// Which.
    pub endpoint: Endpoint<'a>,
    /// With so many hops.
    pub hops: u32,
    /// Where the last hop begins.
    pub via: Endpoint<'a>,
    /// What the last hop allows.
    pub allowed: Ports<'a>,
    /// What of the last hop is not decided.
    pub unknown: Ports<'a>,
}

/// The ends of what is reached, which the view borrows from.
#[derive(Debug, Clone)]
pub struct Ends<'r> {
    certain: Vec<(&'r Reached, Vec<End>)>,
    perhaps: Vec<(&'r Reached, Vec<End>)>,
}

impl<'r> Ends<'r> {
    /// The ends of everybody that is reached.
    pub fn of(context: Context<'_>, map: &Map, path: &'r path::Path) -> Self {
        let ends = |reached: &'r Reached| (reached, map.ends(context.cluster, &reached.to));
        Self {
            certain: path.reached.iter().flatten().map(ends).collect(),
            perhaps: path.perhaps_reached.iter().map(ends).collect(),
        }
    }
}

impl<'a> Path<'a> {
    /// The view of a path over a map.
    pub fn new(
        context: Context<'a>,
        path: &'a path::Path,
        ends: &'a Ends<'a>,
        assumptions: &[Assumption],
    ) -> Self {
        let hops = |steps: &'a [Step]| steps.iter().map(|step| hop(context, step)).collect::<Vec<_>>();
        Self {
            schema: SCHEMA,
            kind: "Path",
            from: Side::new(context.cluster, &path.from),
            to: path.reached.is_none().then(|| Side::new(context.cluster, &path.to)),
            protocol: protocol(&path.ports),
            port: PortField::of(&path.ports),
            hops: path.hops.as_deref().map(hops),
            possible: path.possible.as_deref().map(hops),
            reached: path.reached.is_some().then(|| reached(context, &ends.certain)),
            perhaps_reached: reached(context, &ends.perhaps),
            cut: path.cut.as_ref().map(|cut| cut.as_deref().ok().map(hops)),
            assumptions: super::connections::assumptions(context, assumptions),
        }
    }
}

fn hop<'a>(context: Context<'a>, step: &'a Step) -> Hop<'a> {
    let Step { hop, behind } = step;
    Hop {
        from: Endpoint::of(context.cluster, &hop.from),
        to: Endpoint::of(context.cluster, &hop.to),
        allowed: Ports(&hop.decided.allowed),
        unknown: Ports(&hop.decided.unknown),
        because: behind.rules.iter().map(|it| rule(context, *it)).collect(),
        egress: behind.egress.into(),
        ingress: behind.ingress.into(),
        reasons: super::connections::reasons(context, &hop.reasons),
    }
}

fn rule(context: Context<'_>, rule: RuleRef) -> Rule<'_> {
    Rule {
        direction: rule.direction.name(),
        object: context.object(rule.policy).map(Object::new),
        rule: rule_path(context, rule.policy, rule.rule),
        place: Place::of_rule(context, rule.policy, rule.rule),
    }
}

fn reached<'a>(context: Context<'a>, ends: &'a [(&Reached, Vec<End>)]) -> Vec<ReachedField<'a>> {
    let fields = ends.iter().flat_map(|(reached, to)| {
        to.iter().map(|end| ReachedField {
            endpoint: Endpoint::of(context.cluster, end),
            hops: reached.hops,
            via: Endpoint::of(context.cluster, &reached.from),
            allowed: Ports(&reached.decided.allowed),
            unknown: Ports(&reached.decided.unknown),
        })
    });
    fields.collect()
}
