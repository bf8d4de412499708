//! What a direction of a pair is explained with.

use super::attribution::Attribution;
use super::pod_view::{PodView, pods};
use super::scene::Scene;
use crate::evaluate::{DirectionTrace, End};
use crate::policy::Direction;

/// One direction with its two ends and the pods that they hold.
#[derive(Debug, Clone)]
pub(super) struct Stage<'a> {
    /// What the pair is explained with.
    pub(super) scene: Scene<'a>,
    /// What the walk saw.
    pub(super) trace: &'a DirectionTrace,
    /// The end whose policies were asked.
    pub(super) subject: &'a End,
    /// The other end.
    pub(super) peer: &'a End,
    /// The pods of the subject; empty for addresses and nodes.
    pub(super) subject_pods: Vec<PodView<'a>>,
    /// The pods of the other end; empty for addresses and nodes.
    pub(super) peer_pods: Vec<PodView<'a>>,
    /// Which rules decide, and what no rule takes.
    pub(super) attribution: Attribution,
}

impl<'a> Stage<'a> {
    pub(super) fn new(scene: Scene<'a>, trace: &'a DirectionTrace) -> Self {
        let (subject, peer) = match trace.direction {
            Direction::Egress => (&scene.pair.from, &scene.pair.to),
            Direction::Ingress => (&scene.pair.to, &scene.pair.from),
        };
        Self {
            scene,
            trace,
            subject,
            peer,
            subject_pods: pods(scene.cluster, scene.assumptions, subject),
            peer_pods: pods(scene.cluster, scene.assumptions, peer),
            attribution: Attribution::of(scene, trace),
        }
    }

    /// The end that the traffic goes to.
    pub(super) const fn destination_pods(&self) -> &Vec<PodView<'a>> {
        match self.trace.direction {
            Direction::Egress => &self.peer_pods,
            Direction::Ingress => &self.subject_pods,
        }
    }
}
