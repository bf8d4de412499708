//! Services that the outside is led to, and the pods behind them that policies isolate.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Context, Isolated, RuleAt, pods};
use crate::cluster::{GroupId, WorkloadId};
use crate::index::ClassId;
use crate::manifest::{self, Backend, BackendPort, Service, ServicePort, ServiceType};
use crate::net::Protocol;
use crate::policy::Direction;
use crate::text::Span;

/// A port of a Service and the pods behind it, all of them isolated for ingress.
#[derive(Debug, Clone)]
pub(super) struct Exposed<'a, 'c> {
    /// The Service.
    pub service: &'a Service,
    /// The port.
    pub port: &'a ServicePort,
    /// The pods by the policies that isolate them, each with the port that they listen on.
    pub behind: Vec<(&'c Isolated, u16)>,
    /// Their workloads, sorted.
    pub workloads: Vec<WorkloadId>,
}

/// Which policies isolate a class.
type OfClass<'c> = FxHashMap<ClassId, &'c Isolated>;

fn of_class<'c>(context: &'c Context<'_>) -> OfClass<'c> {
    let isolated = context.isolated(Direction::Ingress).iter();
    isolated.flat_map(|it| it.classes.iter().map(move |class| (*class, it))).collect()
}

/// The ports of some Services of which all pods are isolated for ingress.
pub(super) fn exposed<'a, 'c>(
    context: &'c Context<'a>,
    is_meant: impl Fn(&Service) -> bool,
) -> Vec<Exposed<'a, 'c>> {
    let of_class = of_class(context);
    let services = (0u32..).zip(&context.cluster.services);
    let mut list = Vec::new();
    for (number, service) in services.filter(|(_, service)| is_meant(service)) {
        let pods = context.services().pods(number);
        list.extend(
            service.ports.iter().filter_map(|port| of_port(context, (service, port), pods, &of_class)),
        );
    }
    list
}

/// What Ingresses and routes lead to, where all pods are isolated for ingress.
pub(super) fn led_to<'a, 'c>(context: &'c Context<'a>) -> Vec<(Backend, Exposed<'a, 'c>)> {
    if context.isolated(Direction::Ingress).is_empty() {
        return Vec::new();
    }
    let of_class = of_class(context);
    let services = (0u32..).zip(&context.cluster.services);
    let by_name: FxHashMap<(&str, &str), (u32, &'a Service)> = services
        .map(|(number, service)| {
            let metadata = &service.metadata;
            ((metadata.namespace.value.as_str(), metadata.name.value.as_str()), (number, service))
        })
        .collect();
    let mut list = Vec::new();
    for backend in manifest::backends(context.files, &context.options.default_namespace) {
        let service = by_name.get(&(backend.service_namespace.as_str(), backend.service.as_str()));
        let Some((number, service)) = service else { continue };
        let port = service.ports.iter().find(|port| match &backend.port {
            Some(BackendPort::Number(number)) => port.port.as_ref().is_some_and(|own| own.value == *number),
            Some(BackendPort::Name(name)) => port.name.as_ref().is_some_and(|own| own.value == *name),
            None => service.ports.len() == 1,
        });
        let pods = context.services().pods(*number);
        let exposed = port.and_then(|port| of_port(context, (service, port), pods, &of_class));
        list.extend(exposed.map(|exposed| (backend, exposed)));
    }
    list
}

/// Whether the outside is led to a Service by the Service itself.
pub(super) const fn is_open(service: &Service) -> bool {
    matches!(service.service_type, ServiceType::NodePort | ServiceType::LoadBalancer)
}

fn of_port<'a, 'c>(
    context: &Context<'a>,
    (service, port): (&'a Service, &'a ServicePort),
    pods: &[GroupId],
    of_class: &OfClass<'c>,
) -> Option<Exposed<'a, 'c>> {
    let mut exposed = Exposed { service, port, behind: Vec::new(), workloads: Vec::new() };
    for id in pods {
        let group = context.cluster.group(*id)?;
        let isolated = *of_class.get(&context.pods().class_of(*id)?)?;
        // Pods without the port are not led to.
        let Some(target) = pods::target(port, group) else { continue };
        exposed.workloads.push(group.workload);
        if !exposed.behind.iter().any(|(other, own)| std::ptr::eq(*other, isolated) && *own == target) {
            exposed.behind.push((isolated, target));
        }
    }
    exposed.workloads.sort_unstable();
    exposed.workloads.dedup();
    (!exposed.behind.is_empty()).then_some(exposed)
}

/// The Services of which every port leads to pods that let nobody in on it, each with the first of its ports. Those that
/// the outside is led to are told as such.
pub(super) fn shut<'a, 'c>(context: &'c Context<'a>) -> Vec<Exposed<'a, 'c>> {
    let mut shut: Vec<Exposed<'a, 'c>> = Vec::new();
    let mut open = FxHashSet::default();
    for exposed in exposed(context, |service| !is_open(service)) {
        let at = exposed.service.span;
        if !admits_nobody(context, &exposed) {
            open.insert(at);
        } else if shut.last().is_none_or(|last| last.service.span != at) {
            shut.push(exposed);
        }
    }
    shut.retain(|exposed| !open.contains(&exposed.service.span));
    if !shut.is_empty() {
        let led: FxHashSet<Span> = led_to(context).iter().map(|(_, exposed)| exposed.service.span).collect();
        shut.retain(|exposed| !led.contains(&exposed.service.span));
    }
    shut
}

/// Whether no rule of the policies that select the pods behind a port lets anybody in on it, for certain.
fn admits_nobody(context: &Context<'_>, exposed: &Exposed<'_, '_>) -> bool {
    exposed.behind.iter().all(|(isolated, port)| {
        let is_opaque =
            isolated.classes.iter().any(|class| context.index.opaque_selecting(*class).next().is_some());
        let mut rules = isolated.rules(context);
        !is_opaque
            && !rules.any(|rule| admits(&rule, exposed.port.protocol, *port))
            && !is_slip(context, isolated)
    })
}

/// Whether policies let somebody in to pods that declare ports, and on none of these: that is told as such.
fn is_slip(context: &Context<'_>, isolated: &Isolated) -> bool {
    let groups = isolated.classes.iter().flat_map(|class| context.pods().of_class(*class));
    let ports = groups.filter_map(|id| context.pods().ports(context.cluster.group(*id)?)).flatten();
    let ports: Vec<_> = ports.filter_map(|port| Some((port.protocol, port.number?))).collect();
    let mut rules = isolated.rules(context).peekable();
    rules.peek().is_some() && !ports.is_empty() && {
        let rules: Vec<_> = rules.collect();
        !ports.iter().any(|(protocol, port)| rules.iter().any(|rule| admits(rule, *protocol, *port)))
    }
}

/// Whether a rule is for a port, perhaps.
fn admits(rule: &RuleAt<'_>, protocol: Protocol, port: u16) -> bool {
    let ports = &rule.indexed.ports;
    let fixed = || ports.fixed.contains(protocol, port) || ports.unknown.contains(protocol, port);
    !ports.named.is_empty() || fixed()
}
