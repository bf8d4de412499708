//! What the API server fills in before it validates.

use super::resource::{Rules, Spec};
use crate::net::Protocol;
use crate::text::{Span, Spanned};

/// Ports without a protocol get TCP; without `policyTypes` a policy is for ingress, and for egress when it has an
/// egress rule. What is filled in has an empty span.
pub(super) fn apply_defaults(spec: &mut Spec) {
    for rules in [&mut spec.ingress, &mut spec.egress].into_iter().flatten() {
        default_protocols(rules);
    }
    if spec.policy_types.value.is_empty() {
        let has_egress = spec.egress.as_ref().is_some_and(|egress| !egress.rules.is_empty());
        let types = if has_egress { ["Ingress", "Egress"].as_slice() } else { &["Ingress"] };
        let place = unwritten(spec.policy_types.span);
        spec.policy_types.value = types.iter().map(|name| Spanned::new((*name).to_owned(), place)).collect();
    }
}

fn default_protocols(rules: &mut Rules) {
    let ports = rules.rules.iter_mut().filter_map(|rule| rule.value.ports.as_mut());
    for port in ports.flat_map(|ports| ports.value.iter_mut()) {
        let place = unwritten(port.span);
        let protocol = &mut port.value.protocol;
        protocol.get_or_insert_with(|| Spanned::new(Protocol::Tcp.name().to_owned(), place));
    }
}

/// The empty place at the start of a place.
const fn unwritten(span: Span) -> Span {
    Span::new(span.file, span.start, span.start)
}
