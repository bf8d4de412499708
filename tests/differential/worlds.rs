//! The engine against possible worlds: pipelines of every shape, with doubts about subjects, isolation and rules.
//!
//! `NETPOL_WORLDS` is how many flows are asked, `NETPOL_SEED` the first seed.

use netpol_core::cluster::Asked;
use netpol_core::evaluate::{Decision, DirectionTrace, Engine, Request, Step};
use netpol_core::index::{Plugin, PolicyIndex};
use netpol_core::net::{ConnectionSet, PortSet, Protocol};
use netpol_core::policy::Action;
use netpol_tests::corpus::say;
use netpol_tests::effort::number;
use netpol_tests::worlds::{Answers, Case, Lowered, PORTS, answers, case, lower};

/// What was answered.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    allow: usize,
    deny: usize,
    unknown: usize,
    partial: usize,
    /// Denied since no rule matched, in some world.
    ended: usize,
}

#[test]
fn the_engine_says_what_all_worlds_come_to() {
    let cases = number("NETPOL_WORLDS", 10_000).div_ceil(PORTS.len() as u64 + 1);
    let first = number("NETPOL_SEED", 1);
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let work = |worker: u64| move || asked(first + worker, first + cases, workers);
        let workers: Vec<_> = (0..workers).map(|worker| scope.spawn(work(worker))).collect();
        workers.into_iter().map(|worker| worker.join().expect("every case is as the worlds say")).collect()
    });
    let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    let (allow, deny) = (sum(|it| it.allow), sum(|it| it.deny));
    let (partial, unknown, ended) = (sum(|it| it.partial), sum(|it| it.unknown), sum(|it| it.ended));
    let all = allow + deny + unknown + partial;
    say(&format!(
        "{all} flows: {allow} allow, {deny} deny, {partial} partial, {unknown} unknown; {ended} ended in a tier"
    ));
    for (words, count) in [("partial", partial), ("unknown", unknown), ("ended in a tier", ended)] {
        assert!(count * 100 > all, "{count} of {all} answers are {words}");
    }
    assert!((partial + unknown + ended) * 10 > all, "too few answers are in doubt or decided by a default");
    assert!(allow * 10 > all && deny * 10 > all, "the flows do not meet every answer");
}

/// Asks every so many of some cases.
fn asked(first: u64, end: u64, step: u64) -> Tally {
    let mut tally = Tally::default();
    let mut seed = first;
    while seed < end {
        let case = case(seed);
        let told = check(&case, &mut tally);
        assert!(told.is_ok(), "seed {seed}: {}\n{case:#?}", told.unwrap_err());
        seed += step;
    }
    tally
}

/// Asks about each port, and about all of them at once.
fn check(case: &Case, tally: &mut Tally) -> Result<(), String> {
    let lowered = lower(case);
    let index = PolicyIndex::new(&lowered.cluster, &lowered.set, Plugin::default());
    let engine = Engine::new(&lowered.cluster, &lowered.set, &index);
    let mut points = Vec::new();
    for port in PORTS {
        let wanted = answers(case, port);
        let found = ask(&engine, &lowered, (port, port), case)?;
        if found != decision(wanted) {
            return Err(format!("port {port}: the engine says {}, the worlds {wanted:?}", found.name()));
        }
        tally.ended += usize::from(wanted.ends_in_tier);
        points.push(found);
        tally.count(found);
    }
    let all = ask(&engine, &lowered, (PORTS[0], PORTS[2]), case)?;
    tally.count(all);
    let wanted = together(&points);
    if all == wanted { Ok(()) } else { Err(format!("{} of ports that are {points:?}", all.name())) }
}

const fn decision(answers: Answers) -> Decision {
    match (answers.allows, answers.denies) {
        (true, true) => Decision::Unknown,
        (true, false) => Decision::Allow,
        (false, _) => Decision::Deny,
    }
}

/// The decision on several ports, by those on each.
fn together(points: &[Decision]) -> Decision {
    let has = |wanted| points.contains(&wanted);
    match (has(Decision::Allow), has(Decision::Unknown), has(Decision::Deny)) {
        (true, _, true) => Decision::Partial,
        (_, true, _) => Decision::Unknown,
        (true, false, false) => Decision::Allow,
        (false, false, _) => Decision::Deny,
    }
}

/// The decision of the direction that has policies on some ports. Its steps keep their laws; the other direction has what the
/// default gives it.
fn ask(
    engine: &Engine<'_>,
    lowered: &Lowered,
    (first, last): (u16, u16),
    case: &Case,
) -> Result<Decision, String> {
    let request = Request {
        from: vec![lowered.from.clone()],
        to: vec![lowered.to.clone()],
        ports: Asked::Range(Protocol::Tcp, first, last),
    };
    let asked = ConnectionSet::of(Protocol::Tcp, PortSet::range(first, last));
    let (verdict, traces) = engine.trace(&request);
    if engine.verdict(&request) != verdict {
        return Err("the verdict and its trace differ".to_owned());
    }
    let [trace] = traces.as_slice() else { return Err(format!("{} pairs", traces.len())) };
    let (own, other) =
        if case.is_ingress { (&trace.ingress, &trace.egress) } else { (&trace.egress, &trace.ingress) };
    check_steps(own, &asked)?;
    if verdict.decided == own.decided.and(&other.decided) {
        Ok(Decision::of(&asked, &own.decided))
    } else {
        Err("the verdict is not what both directions come to".to_owned())
    }
}

/// The steps that deny are what is denied or unknown, those that allow what is allowed or unknown; what one takes for sure no
/// other takes.
fn check_steps(trace: &DirectionTrace, asked: &ConnectionSet) -> Result<(), String> {
    let DirectionTrace { decided, steps, .. } = trace;
    let of = |action| {
        let own = steps.iter().filter(|step| step.action == action);
        own.fold(ConnectionSet::empty(), |all, step| all.union(&step.possible()))
    };
    let is_told =
        of(Action::Deny) == asked.difference(&decided.allowed) && of(Action::Allow) == decided.possible();
    let last: Vec<&Step> = steps.iter().filter(|step| step.action != Action::Pass).collect();
    let is_alone = |(place, step): (usize, &&Step)| {
        let mut others = last.iter().enumerate().filter(|(other, _)| *other != place);
        !step.maybe.overlaps(&step.sure) && others.all(|(_, other)| !step.sure.overlaps(&other.possible()))
    };
    let is_sound = |step: &Step| match step.action {
        Action::Allow => step.sure.is_subset(&decided.allowed),
        Action::Deny => !step.sure.overlaps(&decided.possible()),
        Action::Pass => true,
    };
    if is_told && last.iter().enumerate().all(is_alone) && steps.iter().all(is_sound) {
        Ok(())
    } else {
        Err(format!("the steps of {decided:?} are {steps:#?}"))
    }
}

impl Tally {
    const fn count(&mut self, decision: Decision) {
        match decision {
            Decision::Allow => self.allow += 1,
            Decision::Deny => self.deny += 1,
            Decision::Partial => self.partial += 1,
            Decision::Unknown => self.unknown += 1,
        }
    }
}
