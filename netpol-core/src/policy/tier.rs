//! The pipeline that a connection passes through: tiers of rules, and what holds for those that policies isolate.

use super::{Action, Certainty, Direction};

/// Names a tier of a [`Pipeline`]: its place in the list of tiers, which says nothing of its turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TierId(pub u16);

/// Whose turn it is among policies of equal order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ties {
    /// All of their rules act at once.
    Together,
    /// One policy after the other, by their [`super::TieKey`]s.
    ByName,
    /// The first rules of all policies act at once, then the second ones, and so on.
    ByRule,
    /// One policy after the other, in an order that nobody defines: what depends on it is unknown.
    Undefined,
}

/// What holds where rules that act at once contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Conflicts {
    /// Deny comes first, then Allow, then Pass.
    DenyFirst,
    /// Nobody defines it: it is unknown.
    Undefined,
}

/// Policies that are asked in one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// The name, as explanations show it.
    pub name: String,
    /// Whose turn it is among policies of equal order.
    pub ties: Ties,
    /// What holds where rules that act at once contradict each other.
    pub conflicts: Conflicts,
}

/// One stage of the pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The rules of a tier: the first that matches allows, denies, or passes to the next stage, as does what none matches.
    Rules(TierId),
    /// What no rule of these tiers matched is denied where one of their policies isolates the subject. A connection that a
    /// tier passed on is none of these.
    DefaultDeny(Vec<TierId>),
}

/// A rule that the network plugin adds for every pod, about the node that the pod runs on. It comes before the policies of
/// its tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeRule {
    /// The tier that it stands in.
    pub tier: TierId,
    /// The direction, seen from the pod.
    pub direction: Direction,
    /// What it does.
    pub action: Action,
    /// Whether it is there.
    pub certainty: Certainty,
}

/// The tiers, the stages that ask them, and what holds after the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// The tiers, by their ids.
    pub tiers: Vec<Tier>,
    /// The stages, first to last. A tier is asked once.
    pub stages: Vec<Stage>,
    /// The rules that the network plugin adds.
    pub node_rules: Vec<NodeRule>,
    /// What holds for what no stage decides.
    pub default: Action,
}

impl Pipeline {
    /// A tier.
    pub fn tier(&self, id: TierId) -> Option<&Tier> {
        self.tiers.get(usize::from(id.0))
    }

    /// Whether policies of a tier can isolate what they select.
    pub fn denies_by_default(&self, tier: TierId) -> bool {
        self.stages.iter().any(|stage| matches!(stage, Stage::DefaultDeny(tiers) if tiers.contains(&tier)))
    }

    /// The tiers in the order in which they are asked.
    pub fn in_turn(&self) -> impl Iterator<Item = TierId> + '_ {
        self.stages.iter().filter_map(|stage| match stage {
            Stage::Rules(tier) => Some(*tier),
            Stage::DefaultDeny(_) => None,
        })
    }
}
