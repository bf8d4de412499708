//! Services that the outside is led to, and the pods behind them that policies isolate.

use rustc_hash::FxHashMap;

use super::{Context, Isolated, pods};
use crate::cluster::{GroupId, WorkloadId};
use crate::index::ClassId;
use crate::manifest::{self, Backend, BackendPort, Service, ServicePort, ServiceType};
use crate::policy::Direction;

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
