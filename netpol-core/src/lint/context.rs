//! What a rule may look at.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::isolated::{self, Isolated, RuleAt};
use super::pods::{Pods, Services};
use super::unplaced::Unplaced;
use super::{LintSettings, Redundancy};
use crate::cluster::{Cluster, NamespaceId, Owner, WorkloadId};
use crate::diagnostic::ObjectRef;
use crate::dialect::cluster_policy::ClusterPolicy;
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::{Profile, Resource};
use crate::evaluate::{Engine, Rows};
use crate::index::PolicyIndex;
use crate::manifest::{Manifests, ReadOptions};
use crate::policy::{Direction, OriginId, Policy, PolicySet};
use crate::reach::Map;
use crate::text::{FileSet, Span};

/// What is known of an input, as a reader without judgement sees it.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The texts.
    pub files: &'a FileSet,
    /// How it was read.
    pub options: &'a ReadOptions,
    /// The objects, with the places of their fields.
    pub manifests: &'a Manifests<Resource>,
    /// The cluster that they make.
    pub cluster: &'a Cluster,
    /// The policies, lowered.
    pub policies: &'a PolicySet,
    /// Who is selected by what.
    pub index: &'a PolicyIndex,
    /// The network plugin.
    pub profile: &'a Profile,
}

/// What a rule may look at: the text of objects, and what they mean together.
#[derive(Debug)]
pub struct Context<'a> {
    /// The texts.
    pub files: &'a FileSet,
    /// How it was read.
    pub options: &'a ReadOptions,
    /// The objects, with the places of their fields.
    pub manifests: &'a Manifests<Resource>,
    /// The cluster that they make.
    pub cluster: &'a Cluster,
    /// The policies, lowered: those that are evaluated, and those that are not.
    pub policies: &'a PolicySet,
    /// Who is selected by what. A policy has the same place in it as in `policies.policies`.
    pub index: &'a PolicyIndex,
    /// The network plugin.
    pub profile: &'a Profile,
    /// What the user wants.
    pub settings: &'a LintSettings,
    map: OnceLock<Map>,
    rows: OnceLock<Rows<'a>>,
    pods: OnceLock<Pods<'a>>,
    services: OnceLock<Services>,
    unplaced: OnceLock<Unplaced<'a>>,
    redundancy: OnceLock<Redundancy>,
    isolated: [OnceLock<Vec<Isolated>>; 2],
    places: OnceLock<BTreeMap<&'a ObjectRef, u32>>,
}

impl<'a> Context<'a> {
    /// The context of an input.
    pub const fn new(facts: Facts<'a>, settings: &'a LintSettings) -> Self {
        let Facts { files, options, manifests, cluster, policies, index, profile } = facts;
        Self {
            files,
            options,
            manifests,
            cluster,
            policies,
            index,
            profile,
            settings,
            map: OnceLock::new(),
            rows: OnceLock::new(),
            pods: OnceLock::new(),
            services: OnceLock::new(),
            unplaced: OnceLock::new(),
            redundancy: OnceLock::new(),
            isolated: [OnceLock::new(), OnceLock::new()],
            places: OnceLock::new(),
        }
    }

    /// Where an origin leads to. An origin of another set has the place of no text.
    pub fn span(&self, origin: OriginId) -> Option<Span> {
        self.policies.origins.get(origin).map(|place| place.span)
    }

    /// The first line of a place: what to point at when the whole of an object would fill the screen.
    pub fn head(&self, span: Span) -> Span {
        let line = self.files.slice(span).lines().next().unwrap_or_default().trim_end();
        let length = u32::try_from(line.len()).unwrap_or(0).max(1).min(span.len());
        Span::new(span.file, span.start, span.start.saturating_add(length))
    }

    /// The policies of the standard kind that are evaluated, with their places in the index. Policies of other tiers are not among them:
    /// what a rule says of any match that allows is not true of them.
    pub fn evaluated(&self) -> impl Iterator<Item = (u32, &'a Policy)> + use<'a> {
        let tier = self.profile.network_policy_tier;
        let all = (0u32..).zip(self.policies.policies.iter().map(AsRef::as_ref));
        all.filter(move |(_, policy)| policy.tier == tier)
    }

    /// The rules of the policies that are evaluated, those without effect left out.
    pub fn rules(&self) -> impl Iterator<Item = RuleAt<'a>> + use<'a> {
        let index = self.index;
        let rules = self.evaluated().flat_map(move |policy| RuleAt::all(index, policy));
        rules.filter(|rule| rule.policy.directions.contains(rule.rule.value.direction))
    }

    /// The resources of the standard policy kind, with the places of every field.
    pub fn network_policies(&self) -> impl Iterator<Item = &'a NetworkPolicy> + use<'a> {
        self.manifests.policies.iter().filter_map(standard)
    }

    /// The same with those that a later document replaces: for rules that look at the text of one policy alone.
    pub fn written_policies(&self) -> impl Iterator<Item = &'a NetworkPolicy> + use<'a> {
        self.network_policies().chain(self.manifests.replaced.iter().filter_map(standard))
    }

    /// The resources of policies for administrators, with the places of every field.
    pub fn cluster_policies(&self) -> impl Iterator<Item = &'a ClusterPolicy> + use<'a> {
        self.manifests.policies.iter().filter_map(|resource| match resource {
            Resource::ClusterPolicy(policy) => Some(policy.as_ref()),
            Resource::NetworkPolicy(_) | Resource::Unevaluated(_) => None,
        })
    }

    /// The place among the evaluated policies of an object; `None` when it is not evaluated.
    pub fn place_of(&self, object: &ObjectRef) -> Option<u32> {
        let places =
            self.places.get_or_init(|| self.evaluated().map(|(at, policy)| (&policy.object, at)).collect());
        places.get(object).copied()
    }

    /// Answers single questions.
    pub const fn engine(&self) -> Engine<'a> {
        Engine::new(self.cluster, self.policies, self.index)
    }

    /// Who can reach whom. Made when the first rule asks; rules that can do without should.
    pub fn map(&self) -> &Map {
        self.map.get_or_init(|| Map::new(self.cluster, self.policies, self.index))
    }

    /// One direction of some pods towards everything, or towards all that a selector could select.
    pub fn rows(&self) -> &Rows<'a> {
        self.rows.get_or_init(|| Rows::new(self.cluster, self.policies, self.index))
    }

    /// Pods by class, and their texts.
    pub(super) fn pods(&self) -> &Pods<'a> {
        self.pods.get_or_init(|| Pods::new(self))
    }

    /// The Services and the pods behind them.
    pub(super) fn services(&self) -> &Services {
        self.services.get_or_init(|| Services::new(self))
    }

    /// What names no namespace.
    pub(super) fn unplaced(&self) -> &Unplaced<'a> {
        self.unplaced.get_or_init(|| Unplaced::new(self))
    }

    /// The policies and rules that change nothing.
    pub fn redundancy(&self) -> &Redundancy {
        self.redundancy.get_or_init(|| Redundancy::new(self))
    }

    /// The pods that policies isolate in a direction, those together that the same policies select.
    pub fn isolated(&self, direction: Direction) -> &[Isolated] {
        let [ingress, egress] = &self.isolated;
        let slot = match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        };
        slot.get_or_init(|| isolated::isolated(self, direction))
    }

    /// The workloads with their ids.
    pub fn workloads(&self) -> impl Iterator<Item = (WorkloadId, &'a crate::cluster::Workload)> + use<'a> {
        (0u32..).map(WorkloadId).zip(&self.cluster.workloads)
    }

    /// The workloads of a namespace.
    pub fn workloads_in(&self, namespace: NamespaceId) -> &'a [crate::cluster::Workload] {
        let all = &self.cluster.workloads;
        let first = all.partition_point(|workload| workload.namespace < namespace);
        let end = all.partition_point(|workload| workload.namespace <= namespace);
        all.get(first..end).unwrap_or_default()
    }

    /// A workload in words: `Deployment shop/cart`.
    pub fn workload_name(&self, workload: &crate::cluster::Workload) -> String {
        let namespace = self.cluster.namespace(workload.namespace).map_or("", |it| it.name.as_str());
        let kind = match &workload.owner {
            Owner::Pod => "Pod ",
            Owner::Kind(kind) => return format!("{kind} {namespace}/{}", workload.name),
            Owner::Unnamed | Owner::Hypothetical(_) => "",
        };
        format!("{kind}{namespace}/{}", workload.name)
    }
}

fn standard(resource: &Resource) -> Option<&NetworkPolicy> {
    match resource {
        Resource::NetworkPolicy(policy) => Some(policy.as_ref()),
        Resource::ClusterPolicy(_) | Resource::Unevaluated(_) => None,
    }
}
