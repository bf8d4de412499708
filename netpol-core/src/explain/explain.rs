//! From a verdict and its traces to an explanation.

use super::direction::{Scene, explain_direction};
use super::{Explanation, PairExplanation};
use crate::cluster::Cluster;
use crate::evaluate::{PairTrace, Verdict};
use crate::policy::PolicySet;

/// Tells why a verdict is what it is, from the traces of its pairs, which are in the same order.
pub fn explain(
    cluster: &Cluster,
    policies: &PolicySet,
    verdict: Verdict,
    traces: Vec<PairTrace>,
) -> Explanation {
    let pairs = traces.into_iter().map(|trace| {
        let scene = Scene { cluster, policies, pair: &trace.pair, family: trace.family };
        let egress = explain_direction(scene, &trace.egress);
        let ingress = explain_direction(scene, &trace.ingress);
        PairExplanation { egress, ingress, family: trace.family, pair: trace.pair }
    });
    Explanation { pairs: pairs.collect(), verdict }
}
