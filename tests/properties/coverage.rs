//! Laws of the coverage over generated clusters.

use netpol_core::cluster::{Asked, Endpoint, Hypothetical, Namespace, WorkloadId};
use netpol_core::evaluate::{Assumption, Decision, Exemption, PolicyRef, Request, UnknownAs};
use netpol_core::explain::{DirectionExplanation, Explanation, Isolation};
use netpol_core::policy::{Direction, NamespaceMatch, Peer, PodMatch};
use netpol_core::reach::coverage::{Exposed, WorkloadCoverage};
use netpol_core::reach::path::Quest;
use netpol_core::report::v1;
use netpol_core::selector::{Operator, Selector, Truth};
use netpol_tests::engine::Engine;
use netpol_tests::generate::{Generated, nasty, to_yaml};

/// How many clusters each law is tried on.
const CLUSTERS: u64 = 150;

fn cases() -> impl Iterator<Item = (u64, Engine)> {
    (4_000_000..4_000_000 + CLUSTERS).map(|seed| {
        let Generated { objects, options } = nasty(seed);
        (seed, Engine::new(&to_yaml(&objects), &options))
    })
}

/// Why `other` may or may not exchange something with a workload, seen from the workload.
fn explained(engine: &Engine, workload: WorkloadId, other: Endpoint, direction: Direction) -> Explanation {
    let own = Endpoint::Workload(workload);
    let (from, to) = match direction {
        Direction::Ingress => (other, own),
        Direction::Egress => (own, other),
    };
    engine.analysis().explain(&Request { from: vec![from], to: vec![to], ports: Asked::Every })
}

fn sides(explanation: &Explanation, direction: Direction) -> impl Iterator<Item = &DirectionExplanation> {
    explanation.pairs.iter().map(move |pair| match direction {
        Direction::Ingress => &pair.ingress,
        Direction::Egress => &pair.egress,
    })
}

/// Workloads whose pods no policy tells apart.
fn whole(engine: &Engine) -> Vec<WorkloadCoverage> {
    let mut workloads = engine.analysis().coverage().workloads;
    workloads.retain(|workload| workload.end.pods.is_none());
    workloads
}

#[test]
fn isolation_is_what_an_explanation_says() {
    for (seed, engine) in cases() {
        let outside = Endpoint::Addresses(engine.analysis().cluster().outside());
        for workload in whole(&engine) {
            for direction in Direction::ALL {
                let own = workload.of(direction);
                let explanation = explained(&engine, workload.workload, outside.clone(), direction);
                let is_own_node =
                    |side: &&DirectionExplanation| side.isolation == Isolation::Exempt(Exemption::OwnNode);
                for side in sides(&explanation, direction).filter(|side| !is_own_node(side)) {
                    let isolated = match side.isolation {
                        Isolation::Isolated { .. } => Truth::Yes,
                        Isolation::NotKnown { .. } | Isolation::Doubted => Truth::Unknown,
                        Isolation::Exempt(_) | Isolation::NotSelected | Isolation::NotIsolated => Truth::No,
                    };
                    assert_eq!(own.isolated, isolated, "seed {seed}: {direction} of {workload:?}");
                    let mut policies: Vec<PolicyRef> = side.policies.iter().map(|it| it.policy).collect();
                    let mut listed = own.policies.clone();
                    policies.sort_unstable();
                    listed.sort_unstable();
                    assert_eq!(listed, policies, "seed {seed}: {direction} of {workload:?}");
                }
            }
        }
    }
}

/// A pod that a selector selects, if one is easily found; it may match other selectors too.
fn pod_of(engine: &Engine, pods: &PodMatch) -> Option<Hypothetical> {
    let cluster = engine.analysis().cluster();
    let namespace = match &pods.namespaces {
        NamespaceMatch::Named(name) => name.clone(),
        NamespaceMatch::Selected(selector) => {
            let meant = |namespace: &&Namespace| selector.matches(&namespace.labels).truth.is_yes();
            cluster.namespaces.iter().find(meant)?.name.clone()
        }
    };
    let mut labels: Vec<(String, String)> = Vec::new();
    for requirement in pods.pods.requirements() {
        let key = requirement.key.clone()?;
        match requirement.operator {
            Operator::In => labels.push((key, requirement.values.first()?.clone())),
            Operator::Exists => labels.push((key, "something".to_owned())),
            Operator::NotIn | Operator::DoesNotExist => {}
        }
    }
    labels.sort();
    labels.dedup_by(|a, b| a.0 == b.0);
    let known = netpol_core::selector::Labels::known(labels.clone());
    pods.pods.matches(&known).truth.is_yes().then_some(Hypothetical { namespace, labels })
}

#[test]
fn whoever_a_selector_selects_is_allowed_what_it_is_said_to_be() {
    for (seed, engine) in cases() {
        for workload in whole(&engine) {
            for direction in Direction::ALL {
                for exposure in &workload.of(direction).exposure {
                    let Exposed::Pods(pods) = &exposure.peer else { continue };
                    let Some(pod) = pod_of(&engine, pods) else { continue };
                    let other = Endpoint::Hypothetical(pod.clone());
                    let explanation = explained(&engine, workload.workload, other, direction);
                    for side in sides(&explanation, direction) {
                        let allowed = &exposure.decided.allowed;
                        let is_allowed = allowed.is_subset(&side.decided.allowed);
                        assert!(is_allowed, "seed {seed}: {direction} of {workload:?}: {pod:?}\n{side:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn nobody_is_allowed_what_no_selector_says() {
    let mut tried = 0;
    for (seed, engine) in cases() {
        let analysis = engine.analysis();
        let policies = &analysis.policies().policies;
        let peers = policies
            .iter()
            .flat_map(|policy| &policy.rules)
            .flat_map(|rule| rule.value.peers.iter().flatten());
        let peers: Vec<&Peer> = peers.map(|peer| &peer.value).collect();
        if peers.iter().any(|peer| matches!(peer, Peer::Addresses(_))) {
            continue;
        }
        let pods = peers.iter().filter_map(|peer| match peer {
            Peer::Pods(pods) => pod_of(&engine, pods),
            Peer::Addresses(_) => None,
        });
        for pod in pods {
            let labels = netpol_core::selector::Labels::known(pod.labels.clone());
            let namespace = analysis.cluster().namespace_named(&pod.namespace);
            let namespace =
                namespace.and_then(|id| analysis.cluster().namespace(id)).map(|it| it.labels.clone());
            let Some(namespace) = namespace else { continue };
            let is_selected = |by: &PodMatch| {
                let in_namespace = match &by.namespaces {
                    NamespaceMatch::Named(name) => Truth::from(*name == pod.namespace),
                    NamespaceMatch::Selected(selector) => selector.matches(&namespace).truth,
                };
                in_namespace.and(by.pods.matches(&labels).truth) != Truth::No
            };
            for workload in whole(&engine) {
                let direction = Direction::Ingress;
                let other = Endpoint::Hypothetical(pod.clone());
                let explanation = explained(&engine, workload.workload, other, direction);
                let exposure = workload.of(direction).exposure.iter().filter(|entry| match &entry.peer {
                    Exposed::Pods(by) => is_selected(by),
                    Exposed::Addresses(_) => false,
                });
                let said = exposure.fold(netpol_core::net::Decided::nothing(), |all, it| all.or(&it.decided));
                for side in sides(&explanation, direction) {
                    tried += 1;
                    let is_said = side.decided.allowed.is_subset(&said.possible());
                    assert!(is_said, "seed {seed}: {workload:?}: {pod:?}\n{side:?}");
                }
            }
        }
    }
    assert!(tried > 100, "only {tried} pods were tried");
}

#[test]
fn in_a_namespace_that_denies_by_default_every_pod_is_isolated() {
    let mut denying = 0;
    for (seed, engine) in cases() {
        let cluster = engine.analysis().cluster();
        let Some(workload) = (!cluster.workloads.is_empty()).then_some(WorkloadId(0)) else { continue };
        for namespace in engine.analysis().coverage().namespaces {
            let name = cluster.namespace(namespace.namespace).unwrap().name.clone();
            for labels in [vec![], vec![("app", "web")], vec![("app", "a"), ("tier", "b")]] {
                let labels =
                    labels.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
                let pod = Endpoint::Hypothetical(Hypothetical { namespace: name.clone(), labels });
                for (direction, answer) in
                    [(Direction::Ingress, namespace.ingress), (Direction::Egress, namespace.egress)]
                {
                    let explanation = explained(&engine, workload, pod.clone(), direction.opposite());
                    for side in sides(&explanation, direction) {
                        let isolated = matches!(side.isolation, Isolation::Isolated { .. });
                        assert!(isolated || answer != Truth::Yes, "seed {seed}: {direction} of {pod:?}");
                        denying += usize::from(answer == Truth::Yes);
                    }
                }
            }
        }
    }
    assert!(denying > 20, "only {denying} pods were tried");
}

#[test]
fn a_rule_without_a_use_matches_nobody() {
    for (seed, engine) in cases() {
        let cluster = engine.analysis().cluster();
        let unused = engine.analysis().coverage().unused;
        let mut ends: Vec<Endpoint> =
            (0u32..).map(|id| Endpoint::Workload(WorkloadId(id))).take(cluster.workloads.len()).collect();
        ends.push(Endpoint::Addresses(cluster.outside()));
        for rule in unused {
            let policy = &engine.analysis().policies().policies[rule.policy as usize];
            let direction = policy.rules[rule.rule].value.direction;
            for workload in (0u32..).map(WorkloadId).take(cluster.workloads.len()) {
                for other in &ends {
                    let explanation = explained(&engine, workload, other.clone(), direction);
                    let used = sides(&explanation, direction).flat_map(|side| &side.policies).any(|fact| {
                        fact.policy == PolicyRef::Evaluated(rule.policy)
                            && fact.rules.iter().any(|it| it.rule == rule.rule && !it.matched.is_nothing())
                    });
                    assert!(!used, "seed {seed}: {rule:?} matches {other:?}");
                }
            }
        }
    }
}

#[test]
fn everything_is_open_where_nobody_isolates() {
    let everyone = Exposed::Pods(PodMatch {
        namespaces: NamespaceMatch::Selected(Selector::everything()),
        pods: Selector::everything(),
    });
    for (seed, engine) in cases() {
        for workload in whole(&engine) {
            for direction in Direction::ALL {
                let own = workload.of(direction);
                if own.isolated != Truth::No || !own.policies.is_empty() {
                    continue;
                }
                let is_open = own.exposure.iter().any(|entry| entry.peer == everyone);
                let meets = meets_new_pods(&engine, workload.workload, direction);
                assert_eq!(is_open, meets, "seed {seed}: {direction} of {workload:?}");
            }
        }
    }
}

/// Whether a pod that does not exist yet would have a family of addresses in common with a workload.
fn meets_new_pods(engine: &Engine, workload: WorkloadId, direction: Direction) -> bool {
    let pod = Hypothetical { namespace: "elsewhere".to_owned(), labels: Vec::new() };
    let explanation = explained(engine, workload, Endpoint::Hypothetical(pod), direction);
    // Policies of the other end may deny it: they say nothing of the workload.
    let is_apart = explanation.verdict.assumptions.contains(&Assumption::NoCommonFamily);
    !is_apart && sides(&explanation, direction).any(|side| side.decision != Decision::Deny)
}

#[test]
fn reports_of_coverage_and_ways_are_valid_and_the_same_in_two_runs() {
    let validator = |kind: &str| jsonschema::validator_for(&v1::schema(kind).unwrap()).unwrap();
    let (coverages, paths) = (validator("coverage"), validator("path"));
    let reports = |engine: &Engine| {
        let analysis = engine.analysis();
        let context = analysis.context();
        let coverage = serde_json::to_value(v1::Coverage::new(context, &analysis.coverage())).unwrap();
        let map = analysis.map();
        let first = || vec![Endpoint::Workload(WorkloadId(0))];
        let outside = vec![Endpoint::Addresses(analysis.cluster().outside())];
        let quest = Quest { from: outside, to: first(), ports: Asked::Every, unknown: UnknownAs::Unknown };
        let scout = analysis.scout(&map);
        let found = [scout.cut(&quest).unwrap(), scout.reached(&quest, u32::MAX).unwrap()];
        let paths = found.map(|path| {
            let ends = v1::path::Ends::of(context, &map, &path);
            serde_json::to_value(v1::Path::new(context, &path, &ends, &map.assumptions)).unwrap()
        });
        (coverage, paths)
    };
    for (seed, engine) in cases().filter(|(_, engine)| !engine.analysis().cluster().workloads.is_empty()) {
        let (coverage, ways) = reports(&engine);
        assert_eq!((&coverage, &ways), (&reports(&engine).0, &reports(&engine).1), "seed {seed}");
        let valid = ways.iter().map(|report| (&paths, report)).chain([(&coverages, &coverage)]);
        for (validator, report) in valid {
            let faults: Vec<String> = validator.iter_errors(report).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "seed {seed}: {faults:?}\n{report:#}");
        }
    }
}
