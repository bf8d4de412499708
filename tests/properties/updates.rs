//! Laws of an analysis that is kept up to date while files change.

use netpol_core::analysis::{Analysis, Settings};
use netpol_core::cluster::{Asked, Endpoint, WorkloadId};
use netpol_core::evaluate::Request;
use netpol_core::text::{FileSet, SourceFile};
use netpol_tests::engine;
use netpol_tests::generate::{Generated, Random, nasty, policy, to_yaml};
use serde_json::{Value, json};

/// How many inputs are changed, and how often each.
const INPUTS: u64 = 40;
const CHANGES: usize = 10;

/// Some inputs in files: one with all that is no policy, and the policies one by one.
fn cases() -> impl Iterator<Item = (u64, FileSet, Settings)> {
    (7_000_000..7_000_000 + INPUTS).map(|seed| {
        let Generated { objects, options } = nasty(seed);
        let (policies, others): (Vec<Value>, Vec<Value>) =
            objects.into_iter().partition(|object| object["kind"] == "NetworkPolicy");
        let mut files = FileSet::new();
        let names = (0..policies.len()).map(|number| format!("policy-{number}.yaml"));
        let texts = policies.into_iter().map(|policy| to_yaml(&[policy]));
        for (name, text) in
            [("cluster.yaml".to_owned(), to_yaml(&others))].into_iter().chain(names.zip(texts))
        {
            files.add(SourceFile::found(name, text)).unwrap();
        }
        (seed, files, engine::settings(&options))
    })
}

/// Changes, adds or takes out a file; nearly always one of policies.
fn change(files: &mut FileSet, random: &mut Random) {
    let place = random.below(9);
    let name = match random.below(30) {
        0 => "cluster.yaml".to_owned(),
        1 => "more.yaml".to_owned(),
        _ => format!("policy-{place}.yaml"),
    };
    let known = files.named(&name);
    if let (Some(id), true) = (known, random.chance(15)) {
        files.remove(id);
        return;
    }
    let objects = match name.as_str() {
        "cluster.yaml" | "more.yaml" => nasty(random.below(1000) as u64).objects,
        _ => (0..random.between(0, 3)).map(|index| one_policy(random, place + index)).collect(),
    };
    let mut text = to_yaml(&objects);
    if random.chance(5) {
        text.push_str("---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: [\n");
    }
    files.put(SourceFile::found(name, text)).unwrap();
}

/// A policy whose name may be that of one in another file, or a policy that is not evaluated.
fn one_policy(random: &mut Random, number: usize) -> Value {
    let namespace = *random.pick(&["n0", "n0", "n1", "n1", "n2", "n7"]);
    let name = format!("p{number}");
    if random.chance(5) {
        let metadata = json!({"name": name, "namespace": namespace});
        return json!({"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy", "metadata": metadata});
    }
    policy::policy(random, &name, namespace)
}

/// All that can be said of an analysis.
fn everything(analysis: &Analysis) -> Vec<String> {
    let ends: Vec<Endpoint> = (0u32..)
        .map(|id| Endpoint::Workload(WorkloadId(id)))
        .take(analysis.cluster().workloads.len())
        .collect();
    let mut said = vec![
        format!("{:#?}", analysis.diagnostics()),
        format!("{:?}", (analysis.tally(), analysis.left_out())),
        format!("{:?}", analysis.cluster()),
        format!("{:?}", analysis.policies()),
        format!("{:?}", analysis.map()),
        format!("{:?}", analysis.coverage()),
    ];
    for (from, to) in ends.iter().flat_map(|from| ends.iter().map(move |to| (from, to))) {
        let request = Request { from: vec![from.clone()], to: vec![to.clone()], ports: Asked::Every };
        said.push(if from == to {
            format!("{:?}", analysis.explain(&request))
        } else {
            format!("{:?}", analysis.verdict(&request))
        });
    }
    said
}

#[test]
fn an_updated_analysis_says_what_a_new_one_says() {
    for (seed, mut files, settings) in cases() {
        let mut random = Random::new(seed);
        let mut updated = Analysis::new(files.clone(), settings.clone());
        for number in 0..CHANGES {
            for _ in 0..random.between(1, 2) {
                change(&mut files, &mut random);
            }
            updated = updated.with_files(files.clone());
            let new = Analysis::new(files.clone(), settings.clone());
            for (updated, new) in everything(&updated).iter().zip(everything(&new)) {
                assert_eq!(*updated, new, "seed {seed}, change {number}");
            }
        }
    }
}
