//! The coverage of a cluster on the wire.

use schemars::JsonSchema;
use serde::Serialize;

use super::explanation::{Object, Place};
use super::ports::Cidrs;
use super::selector::LabelSelector;
use super::{Endpoint, Ports, SCHEMA};
use crate::evaluate::PolicyRef;
use crate::policy::{Direction, NamespaceMatch};
use crate::reach::coverage::{
    self, Counts, DirectionCoverage, Exposed, Exposure, NamespaceCoverage, UnusedRule, WorkloadCoverage,
};
use crate::report::Context;
use crate::report::context::rule_path;
use crate::selector::Truth;

/// How far policies cover a cluster: `netpol coverage`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Coverage<'a> {
    /// `netpol/v1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `Coverage`.
    #[schemars(extend("const" = "Coverage"))]
    pub kind: &'static str,
    /// The workloads; one whose pods policies tell apart stands once for each kind of them, with `pods`.
    pub workloads: Vec<WorkloadField<'a>>,
    /// The namespaces.
    pub namespaces: Vec<NamespaceField<'a>>,
    /// The rules that nothing in the input uses.
    pub unused_rules: Vec<UnusedRuleField<'a>>,
    /// How many of what.
    pub counts: CountsField,
    /// What all of it rests on that the manifests do not say.
    pub assumptions: Vec<String>,
}

/// A workload, or those of its pods that policies treat alike.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WorkloadField<'a> {
    /// Which.
    pub endpoint: Endpoint<'a>,
    /// What may come in.
    pub ingress: DirectionField<'a>,
    /// What may go out.
    pub egress: DirectionField<'a>,
}

/// One direction of a workload.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "fields of the wire format")]
pub struct DirectionField<'a> {
    /// Whether it is isolated: what no rule allows is denied.
    pub isolated: bool,
    /// Whether it is not known to be isolated, and may be.
    #[serde(skip_serializing_if = "is_false")]
    #[schemars(default)]
    pub may_be_isolated: bool,
    /// The policies that select it, or may.
    pub policies: Vec<Object<'a>>,
    /// To whom it is open beyond the pods that exist.
    pub exposure: Vec<ExposureField<'a>>,
    /// Whether globally routable addresses are among those.
    pub internet: bool,
    /// Whether globally routable addresses are not known to be among those, and may be.
    #[serde(skip_serializing_if = "is_false")]
    #[schemars(default)]
    pub may_be_internet: bool,
}

/// Some of those that a workload is open to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExposureField<'a> {
    /// Who.
    pub peer: PeerField<'a>,
    /// What is allowed.
    pub allowed: Ports<'a>,
    /// What is not decided.
    pub unknown: Ports<'a>,
    /// The ports that are allowed by name, whose numbers are those of pods that are yet to be created.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    #[schemars(default)]
    pub named_ports: &'a [String],
}

/// Whom a workload is open to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PeerField<'a> {
    /// Addresses outside the cluster: disjoint, merged, sorted, IPv4 first.
    Addresses {
        /// The blocks.
        cidrs: Cidrs<'a>,
    },
    /// Every pod that both selectors select, those that do not exist yet among them.
    Selector {
        /// Its namespace.
        namespace_selector: LabelSelector<'a>,
        /// Its labels.
        pod_selector: LabelSelector<'a>,
    },
}

/// What becomes of a pod that is created in a namespace.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "fields of the wire format")]
pub struct NamespaceField<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether every pod that could be created there is isolated for ingress.
    pub ingress_default_deny: bool,
    /// The same for egress.
    pub egress_default_deny: bool,
    /// Whether it is not known that every such pod is isolated for ingress, and may be so.
    #[serde(skip_serializing_if = "is_false")]
    #[schemars(default)]
    pub ingress_may_be_default_deny: bool,
    /// The same for egress.
    #[serde(skip_serializing_if = "is_false")]
    #[schemars(default)]
    pub egress_may_be_default_deny: bool,
}

/// A rule that nothing in the input uses.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UnusedRuleField<'a> {
    /// Its policy.
    pub object: Option<Object<'a>>,
    /// Its path in the policy: `ingress[0]`.
    pub rule: String,
    /// Why: `no-effect`, `no-subject`, `no-peer`, `no-port`.
    pub reason: &'static str,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place<'a>,
}

/// How many of what.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountsField {
    /// Workloads.
    pub workloads: usize,
    /// Workloads that are isolated for ingress.
    pub ingress_isolated: usize,
    /// Workloads that are isolated for egress.
    pub egress_isolated: usize,
    /// Workloads that globally routable addresses can reach.
    pub ingress_internet: usize,
    /// Workloads that can reach globally routable addresses.
    pub egress_internet: usize,
    /// Further workloads that are perhaps isolated for ingress.
    pub ingress_perhaps_isolated: usize,
    /// Further workloads that are perhaps isolated for egress.
    pub egress_perhaps_isolated: usize,
    /// Further workloads that globally routable addresses perhaps can reach.
    pub ingress_perhaps_internet: usize,
    /// Further workloads that perhaps can reach globally routable addresses.
    pub egress_perhaps_internet: usize,
    /// Namespaces.
    pub namespaces: usize,
    /// Namespaces where every pod that could be created is isolated for ingress.
    pub ingress_default_deny: usize,
    /// The same for egress.
    pub egress_default_deny: usize,
    /// Rules of policies.
    pub rules: usize,
    /// Rules that nothing in the input uses.
    pub unused_rules: usize,
}

impl From<Counts> for CountsField {
    fn from(counts: Counts) -> Self {
        Self {
            workloads: counts.workloads,
            ingress_isolated: counts.ingress_isolated,
            egress_isolated: counts.egress_isolated,
            ingress_internet: counts.ingress_internet,
            egress_internet: counts.egress_internet,
            ingress_perhaps_isolated: counts.ingress_perhaps_isolated,
            egress_perhaps_isolated: counts.egress_perhaps_isolated,
            ingress_perhaps_internet: counts.ingress_perhaps_internet,
            egress_perhaps_internet: counts.egress_perhaps_internet,
            namespaces: counts.namespaces,
            ingress_default_deny: counts.ingress_default_deny,
            egress_default_deny: counts.egress_default_deny,
            rules: counts.rules,
            unused_rules: counts.unused_rules,
        }
    }
}

impl<'a> Coverage<'a> {
    /// The view of a coverage.
    pub fn new(context: Context<'a>, coverage: &'a coverage::Coverage) -> Self {
        Self {
            schema: SCHEMA,
            kind: "Coverage",
            workloads: coverage.workloads.iter().map(|it| workload(context, it)).collect(),
            namespaces: coverage.namespaces.iter().map(|it| namespace(context, it)).collect(),
            unused_rules: coverage.unused.iter().map(|it| unused_rule(context, *it)).collect(),
            counts: coverage.counts().into(),
            assumptions: super::connections::assumptions(context, &coverage.assumptions),
        }
    }
}

fn workload<'a>(context: Context<'a>, coverage: &'a WorkloadCoverage) -> WorkloadField<'a> {
    WorkloadField {
        endpoint: Endpoint::of(context.cluster, &coverage.end),
        ingress: direction(context, coverage.of(Direction::Ingress)),
        egress: direction(context, coverage.of(Direction::Egress)),
    }
}

fn direction<'a>(context: Context<'a>, coverage: &'a DirectionCoverage) -> DirectionField<'a> {
    let policies = coverage.policies.iter().filter_map(|policy| context.object(*policy));
    DirectionField {
        isolated: coverage.isolated.is_yes(),
        may_be_isolated: coverage.isolated == Truth::Unknown,
        policies: policies.map(Object::new).collect(),
        exposure: coverage.exposure.iter().map(exposure).collect(),
        internet: coverage.internet.is_yes(),
        may_be_internet: coverage.internet == Truth::Unknown,
    }
}

fn exposure(exposure: &Exposure) -> ExposureField<'_> {
    let peer = match &exposure.peer {
        Exposed::Addresses(addresses) => PeerField::Addresses { cidrs: Cidrs(addresses) },
        Exposed::Pods(pods) => PeerField::Selector {
            namespace_selector: match &pods.namespaces {
                NamespaceMatch::Named(name) => LabelSelector::of_namespace(name),
                NamespaceMatch::Selected(selector) => LabelSelector::new(selector),
            },
            pod_selector: LabelSelector::new(&pods.pods),
        },
    };
    let decided = &exposure.decided;
    ExposureField {
        peer,
        allowed: Ports(&decided.allowed),
        unknown: Ports(&decided.unknown),
        named_ports: &exposure.named,
    }
}

fn namespace<'a>(context: Context<'a>, coverage: &NamespaceCoverage) -> NamespaceField<'a> {
    NamespaceField {
        name: context.cluster.namespace(coverage.namespace).map_or("", |it| it.name.as_str()),
        ingress_default_deny: coverage.ingress.is_yes(),
        egress_default_deny: coverage.egress.is_yes(),
        ingress_may_be_default_deny: coverage.ingress == Truth::Unknown,
        egress_may_be_default_deny: coverage.egress == Truth::Unknown,
    }
}

fn unused_rule(context: Context<'_>, rule: UnusedRule) -> UnusedRuleField<'_> {
    let policy = PolicyRef::Evaluated(rule.policy);
    UnusedRuleField {
        object: context.object(policy).map(Object::new),
        rule: rule_path(context, policy, rule.rule),
        reason: rule.why.name(),
        place: Place::of_rule(context, policy, rule.rule),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}
