//! What an explanation proposes turns the answer and opens nothing more, and what lint calls a safe fix changes nothing.

use std::collections::BTreeSet;
use std::path::Path;

use netpol_core::cluster::{Asked, Cluster, Endpoint, GroupId};
use netpol_core::diagnostic::Edit;
use netpol_core::evaluate::Decision;
use netpol_core::explain::Remedy;
use netpol_core::lint::{FixChoice, LintSettings, Preset, apply_fixes};
use netpol_core::net::Protocol;
use netpol_core::report::text::Suggestion;
use netpol_core::text::{FileSet, SourceFile};
use netpol_core::{Analysis, Settings};
use netpol_tests::corpus::{options, scenarios};
use netpol_tests::engine::Engine;
use netpol_tests::generate::{Flow, Generated, Random, flows, nasty, to_yaml};
use netpol_tests::naive::{End, Naive, Options, Outcome};
use serde::Deserialize as _;
use serde_json::Value;

/// How many generated clusters are tried, with how many questions of each.
const CLUSTERS: u64 = 80;
const FLOWS: usize = 12;

/// Before and after the changes that an explanation proposes.
struct Tried<'o> {
    name: String,
    options: &'o Options,
    asked: Flow,
    before: (Engine, Naive),
    after: (Engine, Naive),
}

#[test]
fn what_is_proposed_turns_the_answer_and_opens_nothing_more() {
    let mut tried = 0;
    for seed in 7_000_000..7_000_000 + CLUSTERS {
        let Generated { objects, options } = nasty(seed);
        tried += try_cluster(&format!("seed {seed}"), &objects, &options, seed);
    }
    for (number, scenario) in (0u64..).zip(scenarios().filter(is_about_network_policies)) {
        let objects = scenario["objects"].as_array().expect("a scenario has objects");
        tried += try_cluster(&scenario["id"].to_string(), objects, &options(&scenario), number);
    }
    assert!(tried > 50, "{tried} changes were tried");
}

/// A few of the scenarios: each is asked many questions elsewhere.
fn is_about_network_policies(scenario: &Value) -> bool {
    let objects = scenario["objects"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_other = |object: &Value| {
        object["kind"].as_str().is_some_and(|kind| kind.contains("Policy") && kind != "NetworkPolicy")
    };
    objects.len() < 40 && !objects.iter().any(is_other)
}

/// How many questions of a cluster were denied and are allowed by what is proposed.
fn try_cluster(name: &str, objects: &[Value], options: &Options, seed: u64) -> usize {
    let text = to_yaml(objects);
    let naive = || Naive::new(objects, options);
    let ends = naive().everything();
    let mut random = Random::new(seed);
    let mut count = 0;
    for asked in flows(&mut random, &ends, FLOWS) {
        let engine = Engine::new(&text, options);
        let Some(changed) = proposed(&engine, &asked, &text) else { continue };
        let after = Engine::new(&changed, options);
        let read = serde_yaml::Deserializer::from_str(&changed)
            .map(|document| Value::deserialize(document).expect("an edited text is YAML"));
        let read: Vec<Value> = read.collect();
        let tried = Tried {
            name: format!("{name}: {} -> {} {}/{}", asked.from, asked.to, asked.protocol, asked.port),
            options,
            asked,
            before: (engine, naive()),
            after: (after, Naive::new(&read, options)),
        };
        tried.is_turned(&changed);
        tried.is_as_before(&ends, &changed);
        count += 1;
    }
    count
}

/// The text with all that is proposed; `None` where the answer is another than a denial, or something else is to be done.
fn proposed(engine: &Engine, flow: &Flow, text: &str) -> Option<String> {
    // Addresses, and pods that are known by their node's, may be those of pods of which none is known.
    let cluster = engine.analysis().cluster();
    let is_host = |end: &End| {
        let groups = groups(cluster, end, "default");
        groups.iter().filter_map(|id| cluster.group(*id)).any(|group| group.is_host_network)
    };
    if [&flow.from, &flow.to].iter().any(|end| matches!(end, End::Address(_) | End::Node(_)) || is_host(end))
    {
        return None;
    }
    let protocol = Protocol::parse(flow.protocol)?;
    let analysis = engine.analysis();
    let asked = Asked::Range(protocol, flow.port, flow.port);
    let (from, to) = (flow.from.to_string(), flow.to.to_string());
    let request = analysis.question_on(&from, &to, asked, "default").ok()?.request;
    let explanation = analysis.explain(&request);
    if !matches!(explanation.verdict.decision, Decision::Deny) {
        return None;
    }
    let suggestions = analysis.suggestions(&explanation);
    let directions = explanation.pairs.iter().flat_map(netpol_core::explain::PairExplanation::directions);
    // What is unknown on one side stays so when the other lets it through.
    if directions.clone().any(|direction| !direction.decided.unknown.is_empty()) {
        return None;
    }
    let remedies: Vec<_> = directions.flat_map(|direction| &direction.remedies).collect();
    let is_covered =
        |remedy: &Remedy| suggestions.iter().any(|it| Some(it.proposal.key()) == Remedy::key(remedy));
    let is_whole = !remedies.is_empty() && remedies.iter().all(|remedy| is_covered(remedy));
    is_whole.then(|| applied(text, &suggestions))
}

fn applied(text: &str, suggestions: &[Suggestion]) -> String {
    let mut edits: Vec<&Edit> = suggestions.iter().flat_map(|it| &it.edits).collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    assert!(!edits.is_empty(), "a proposal has an edit");
    assert!(edits.windows(2).all(|pair| pair[0].span.end < pair[1].span.start), "edits meet: {edits:?}");
    edits.iter().rev().fold(text.to_owned(), |mut text, edit| {
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        text
    })
}

impl Tried<'_> {
    fn is_turned(&self, text: &str) {
        let Flow { from, to, protocol, port } = &self.asked;
        let engine = self.after.0.decide(from, to, protocol, *port);
        assert_eq!(engine, Outcome::Allow, "{}\n{text}", self.name);
        assert_eq!(self.after.1.decide(from, to, protocol, *port), Outcome::Allow, "{}\n{text}", self.name);
    }

    /// Every question about somebody else, or about another port, has the answer that it had.
    fn is_as_before(&self, ends: &[End], text: &str) {
        let Flow { from, to, protocol, port } = &self.asked;
        let flow = |from: &End, to: &End, port| Flow { from: from.clone(), to: to.clone(), protocol, port };
        let others = ends
            .iter()
            .flat_map(|end| [flow(from, end, *port), flow(end, to, *port), flow(end, from, *port)]);
        let mut random = Random::new(u64::from(*port));
        let same = [1, 53, 80, 443, 8080].into_iter().filter(|other| other != port);
        let random = flows(&mut random, ends, 30).into_iter();
        let all = others.chain(same.map(|port| flow(from, to, port))).chain(random);
        let is_other = |other: &Flow| !self.is_asked(other) && !self.is_about_refused(other);
        for other in all.filter(is_other) {
            let words = format!("{}: {other:?}\n{text}", self.name);
            let Flow { from, to, protocol, port } = &other;
            let naive = [&self.before.1, &self.after.1].map(|it| it.decide(from, to, protocol, *port));
            assert_eq!(naive[0], naive[1], "the naive evaluator: {words}");
            let engine = [&self.before.0, &self.after.0].map(|it| it.decide(from, to, protocol, *port));
            assert_eq!(engine[0], engine[1], "{words}");
        }
    }

    /// Whether a flow is about a pod that the API server refuses: any selector may select it.
    fn is_about_refused(&self, flow: &Flow) -> bool {
        let cluster = self.before.0.analysis().cluster();
        let of_both = [&flow.from, &flow.to].map(|end| groups(cluster, end, &self.options.default_namespace));
        let mut groups = of_both.iter().flatten().filter_map(|id| cluster.group(*id));
        groups.any(|group| !group.admission.is_known())
    }

    /// Whether a flow is a part of what was asked, or has one.
    fn is_asked(&self, other: &Flow) -> bool {
        let cluster = self.before.0.analysis().cluster();
        let namespace = &self.options.default_namespace;
        let meet = |one: &End, other: &End| {
            one == other || {
                let (one, other) = (groups(cluster, one, namespace), groups(cluster, other, namespace));
                !one.is_disjoint(&other)
            }
        };
        let Flow { from, to, protocol, port } = &self.asked;
        meet(from, &other.from) && meet(to, &other.to) && *protocol == other.protocol && *port == other.port
    }
}

/// The pods that an end stands for.
fn groups(cluster: &Cluster, end: &End, namespace: &str) -> BTreeSet<GroupId> {
    let Ok(resolved) = cluster.endpoints(&end.to_string(), namespace) else { return BTreeSet::new() };
    let of_endpoint = |endpoint: &Endpoint| match endpoint {
        Endpoint::Workload(id) => cluster.workload(*id).map(|it| it.groups.clone()).unwrap_or_default(),
        Endpoint::Pods(_, groups) => groups.clone(),
        Endpoint::Replica(replica) => vec![replica.group],
        _ => Vec::new(),
    };
    resolved.endpoints.iter().flat_map(of_endpoint).collect()
}

#[test]
fn safe_fixes_of_fixtures_change_no_connection() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/lint");
    let list = |folder: &Path| folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        list(&root).filter(|path| path.is_dir()).flat_map(|path| list(&path).collect::<Vec<_>>()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let fixed = files.iter().filter(|file| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        is_kept(&file.display().to_string(), &text)
    });
    assert!(fixed.count() > 5);
}

#[test]
fn safe_fixes_of_generated_clusters_change_no_connection() {
    let slips = [
        ("protocol: TCP", "protocol: tcp"),
        ("- Egress", "- egress"),
        ("port: 80\n", "port: '80'\n"),
        ("policyTypes:\n  - Ingress\n  - Egress\n", ""),
        ("operator: In\n", "operator: in\n"),
        ("/8\n", "/08\n"),
        ("cidr: 10.0.0.0/", "cidr: 10.0.0.3/"),
    ];
    let mut count = 0;
    for seed in 7_500_000..7_500_000 + CLUSTERS {
        let Generated { objects, .. } = nasty(seed);
        let text = to_yaml(&objects);
        for (right, wrong) in slips.iter().filter(|(right, _)| text.contains(right)) {
            count += usize::from(is_kept(&format!("seed {seed} {wrong}"), &text.replace(right, wrong)));
        }
    }
    assert!(count > 20, "{count} texts were fixed");
}

/// Whether safe fixes change a text; what was decided before them stays, and only what was unknown may be decided.
fn is_kept(name: &str, text: &str) -> bool {
    let analysis = |text: &str| {
        let mut files = FileSet::new();
        files.add(SourceFile::named("a.yaml", text)).expect("small");
        Analysis::new(files, Settings::default())
    };
    let settings = LintSettings { preset: Preset::Strict, ..LintSettings::default() };
    let before = analysis(text);
    let mut after = analysis(text);
    for _ in 0..20 {
        let fixed = apply_fixes(&after.lint(&settings), after.files(), FixChoice::Safe, |_| true);
        let Some(fixed) = fixed.texts.into_values().next() else { break };
        after = analysis(&fixed);
    }
    let written =
        |analysis: &Analysis| analysis.files().iter().next().map(|(_, file)| file.text().to_owned());
    if written(&after).as_deref() == Some(text) {
        return false;
    }
    let mut ends: Vec<String> = before
        .cluster()
        .workloads
        .iter()
        .map(|workload| {
            let namespace = before.cluster().namespace(workload.namespace).expect("it has one");
            format!("{}/{}", namespace.name, workload.name)
        })
        .collect();
    let namespaces = before.cluster().namespaces.iter().map(|namespace| namespace.name.clone());
    let spaces = namespaces.chain(["elsewhere".to_owned()]);
    ends.extend(spaces.flat_map(|space| ["app=web", "x=y"].map(|labels| format!("{space}/@{labels}"))));
    ends.extend(["8.8.8.8", "10.1.2.3", "192.168.7.7"].map(str::to_owned));
    for (from, to) in ends.iter().flat_map(|from| ends.iter().map(move |to| (from, to))) {
        let decided = |analysis: &Analysis| {
            let question = analysis.question(from, to, "default").ok()?;
            Some(analysis.verdict(&question.request).decided)
        };
        let (Some(was), Some(is)) = (decided(&before), decided(&after)) else { continue };
        let possible = was.allowed.union(&was.unknown);
        let is_kept =
            was.allowed.is_subset(&is.allowed) && is.allowed.union(&is.unknown).is_subset(&possible);
        assert!(
            is_kept,
            "{name}: {from} -> {to}: {was:?} became {is:?}\n{}",
            written(&after).unwrap_or_default()
        );
    }
    true
}
