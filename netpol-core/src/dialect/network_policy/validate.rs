//! The validation of the API server, with its paths and words.

use std::net::IpAddr;

use super::cidr::{Cidr, Legacy};
use super::resource::{IpBlock, NetworkPolicy, Peer, Port, PortNumber, Rules, Spec, Standing};
use crate::diagnostic::rule::AMBIGUOUS_CIDR;
use crate::diagnostic::{Diagnostic, Edit, Fix, report};
use crate::dialect::validation::{Check, check_metadata, with_digits};
use crate::manifest::decode::placeholder::has_placeholder;
use crate::manifest::decode::{Path, go};
use crate::manifest::{KubernetesVersion, LabelSelector, names};
use crate::net::Protocol;
use crate::policy::Remark;
use crate::selector::Operator;
use crate::text::{Span, Spanned};
use crate::yaml::Node;

/// Reports what the API server would refuse. Faults of `metadata` and blocks that older servers read leave the
/// policy standing, with a remark.
pub(super) fn validate(
    policy: &mut NetworkPolicy,
    node: &Node<'_>,
    version: Option<KubernetesVersion>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut check = Check { version, ..Check::default() };
    let is_misread = |remark: &Spanned<Remark>| matches!(remark.value, Remark::InvalidMetadata { .. });
    if !policy.remarks.iter().any(is_misread) {
        check_metadata(&mut check, &policy.metadata, node);
        check.remark_metadata();
    }
    check.spec(&policy.spec);
    diagnostics.append(&mut check.diagnostics);
    if check.refusals > 0 {
        policy.standing = Standing::Refused;
    }
    policy.remarks.append(&mut check.remarks);
}

impl Check {
    fn spec(&mut self, spec: &Spec) {
        let path = Path::ROOT.field("spec");
        if let Some(selector) = &spec.pod_selector {
            self.selector(&selector.value, &path.field("podSelector"));
        }
        for (rules, name, peers) in [(&spec.ingress, "ingress", "from"), (&spec.egress, "egress", "to")] {
            if let Some(rules) = rules {
                self.rules(rules, &path.field(name), peers);
            }
        }
        self.policy_types(&spec.policy_types, &path.field("policyTypes"));
    }

    fn rules(&mut self, rules: &Rules, path: &Path<'_>, peers_key: &str) {
        for (index, rule) in rules.rules.iter().enumerate() {
            let path = path.index(index);
            let (ports_path, peers_path) = (path.field("ports"), path.field(peers_key));
            for (index, port) in rule.value.ports.iter().flat_map(|ports| &ports.value).enumerate() {
                self.port(&port.value, &ports_path.index(index));
            }
            for (index, peer) in rule.value.peers.iter().flat_map(|peers| &peers.value).enumerate() {
                self.peer(peer, &peers_path.index(index));
            }
        }
    }

    fn policy_types(&mut self, types: &Spanned<Vec<Spanned<String>>>, path: &Path<'_>) {
        if types.value.len() > 2 {
            let listed: Vec<String> = types.value.iter().map(|name| go::json(&name.value)).collect();
            let message =
                format!("Invalid value: [{}]: may not specify more than two policyTypes", listed.join(","));
            self.fault(types.span, path, message);
            return;
        }
        for (index, name) in types.value.iter().enumerate() {
            if !matches!(name.value.as_str(), "Ingress" | "Egress") && !has_placeholder(&name.value) {
                self.unsupported(name, &path.index(index), &["Ingress", "Egress"]);
            }
        }
    }

    fn port(&mut self, port: &Port, path: &Path<'_>) {
        let is_wrong =
            |text: &&Spanned<String>| Protocol::parse(&text.value).is_none() && !has_placeholder(&text.value);
        if let Some(protocol) = port.protocol.as_ref().filter(is_wrong) {
            self.unsupported(protocol, &path.field("protocol"), &Protocol::ALL.map(Protocol::name));
        }
        let (port_path, end_path) = (path.field("port"), path.field("endPort"));
        let end = port.end_port.as_ref().and_then(|end| Some((end.value?, end.span)));
        match &port.port {
            None => {
                self.end_without_number(end, &end_path, "may not be specified when `port` is not specified");
            }
            Some(Spanned { value: PortNumber::Name(name), span, via }) => {
                if !has_placeholder(name) {
                    self.end_without_number(
                        end,
                        &end_path,
                        "may not be specified when `port` is non-numeric",
                    );
                    let text = Spanned { value: name.clone(), span: *span, via: *via };
                    self.text(&text, &port_path, names::port);
                    self.advise_port(&text);
                }
            }
            Some(Spanned { value: PortNumber::Number(number), span, .. }) => {
                self.number(*number, *span, &port_path);
                if let Some((end, span)) = end {
                    if end < *number {
                        let message =
                            format!("Invalid value: {end}: must be greater than or equal to `port`");
                        self.fault(span, &end_path, message);
                    }
                    self.number(end, span, &end_path);
                }
            }
        }
    }

    fn number(&mut self, number: i32, span: Span, path: &Path<'_>) {
        if !(1..=65535).contains(&number) {
            let message = format!("Invalid value: {number}: must be between 1 and 65535, inclusive");
            self.fault(span, path, message);
        }
    }

    fn end_without_number(&mut self, end: Option<(i32, Span)>, path: &Path<'_>, message: &str) {
        if let Some((end, span)) = end {
            self.fault(span, path, format!("Invalid value: {end}: {message}"));
        }
    }

    /// A text that is a number, or two with a dash between, was meant as such.
    fn advise_port(&mut self, text: &Spanned<String>) {
        let name = &text.value;
        if let Some(number) = with_digits(name).filter(|number| number.parse::<u16>().is_ok()) {
            let help = format!("did you mean the number {number}? a letter stands where a digit belongs");
            return self.advise_at(text.span, help);
        }
        let help = match name.split_once('-') {
            _ if name.parse::<u16>().is_ok() => {
                // The quotes are part of what is replaced.
                let is_quoted = text.via.is_none() && text.span.len() as usize == name.len() + 2;
                let edit = Edit { span: text.span, text: name.clone() };
                self.mend(is_quoted.then(|| Fix::safe(format!("write `{name}` without quotes"), vec![edit])));
                format!("write the number without quotes: `port: {name}`")
            }
            Some((from, to)) if from.parse::<u16>().is_ok() && to.parse::<u16>().is_ok() => {
                format!("a range is written `port: {from}` and `endPort: {to}`")
            }
            _ => {
                let lower = name.to_ascii_lowercase();
                if lower == *name || !names::port(&lower).is_empty() {
                    return;
                }
                format!("write `{lower}`: the name of a port is in lower case")
            }
        };
        self.advise(help);
    }

    fn unsupported(&mut self, text: &Spanned<String>, path: &Path<'_>, supported: &[&str]) {
        let listed: Vec<String> = supported.iter().map(|name| go::quote(name)).collect();
        // A text of a type of its own is no string to Go, and printed as JSON.
        let message =
            format!("Unsupported value: {}: supported values: {}", go::json(&text.value), listed.join(", "));
        let meant = supported.iter().find(|name| name.eq_ignore_ascii_case(&text.value));
        self.fault(text.span, path, message);
        if let Some(name) = meant {
            self.mend(written(text).and_then(|span| Fix::of_text(span, &text.value, name)));
            self.advise(format!("write `{name}`: the value is case sensitive"));
        }
    }

    fn peer(&mut self, peer: &Spanned<Peer>, path: &Path<'_>) {
        let Peer { pod_selector, namespace_selector, ip_block } = &peer.value;
        let selectors = [(pod_selector, "podSelector"), (namespace_selector, "namespaceSelector")];
        for (selector, name) in selectors {
            if let Some(selector) = selector {
                self.selector(&selector.value, &path.field(name));
            }
        }
        let has_selector = pod_selector.is_some() || namespace_selector.is_some();
        match ip_block {
            None if !has_selector => {
                self.fault(peer.span, path, "Required value: must specify a peer");
            }
            None => {}
            Some(block) => {
                if has_selector {
                    self.fault(peer.span, path, "Forbidden: may not specify both ipBlock and another peer");
                }
                self.ip_block(&block.value, &path.field("ipBlock"));
            }
        }
    }

    fn ip_block(&mut self, block: &IpBlock, path: &Path<'_>) {
        let (cidr_path, except_path) = (path.field("cidr"), path.field("except"));
        if block.cidr.value.is_empty() {
            self.fault(block.cidr.span, &cidr_path, "Required value");
            return;
        }
        let is_placeholder = has_placeholder(&block.cidr.value);
        let outer = if is_placeholder { None } else { self.cidr(&block.cidr, &cidr_path) };
        if outer.is_none() && !is_placeholder {
            return;
        }
        for (index, except) in
            block.except.iter().enumerate().filter(|(_, text)| !has_placeholder(&text.value))
        {
            let path = except_path.index(index);
            let Some(inner) = self.cidr(except, &path) else { continue };
            if outer.is_some_and(|outer| !outer.strictly_contains(&inner)) {
                let text = go::quote(&except.value);
                self.fault(
                    except.span,
                    &path,
                    format!("Invalid value: {text}: must be a strict subset of `cidr`"),
                );
            }
        }
    }

    /// A block as older servers read it. What newer ones refuse is reported, but does not refuse the policy.
    fn cidr(&mut self, text: &Spanned<String>, path: &Path<'_>) -> Option<Cidr> {
        let quoted = go::quote(&text.value);
        let Some(cidr) = Cidr::parse(&text.value) else {
            let words = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
            self.fault(text.span, path, format!("Invalid value: {quoted}: {words}"));
            if let Ok(address) = text.value.parse::<IpAddr>() {
                let block = format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 });
                self.mend(written(text).and_then(|span| Fix::of_text(span, &text.value, &block)));
            }
            return None;
        };
        if let Some(legacy) = cidr.legacy {
            let message = format!("Invalid value: {quoted}: {}", legacy.message());
            let found = Diagnostic::api(AMBIGUOUS_CIDR, text.span, path.to_string(), message);
            let help = match single(text, legacy) {
                Some(single) => format!(
                    "write `{}`, as servers before 1.36 read it, or `{single}` if the one address is meant",
                    cidr.block
                ),
                None => format!("write `{}`; servers before 1.36 read it so", cidr.block),
            };
            report(&mut self.diagnostics, found.with_help(help));
            let block = cidr.block.to_string();
            self.mend(written(text).and_then(|span| Fix::of_text(span, &text.value, &block)));
            let remark = Remark::LegacyCidr { text: text.value.clone(), read_as: cidr.block.to_string() };
            self.remarks.push(Spanned { value: remark, span: text.span, via: text.via });
        }
        Some(cidr)
    }

    fn selector(&mut self, selector: &LabelSelector, path: &Path<'_>) {
        let labels_path = path.field("matchLabels");
        for (key, value) in &selector.match_labels {
            self.text(key, &labels_path, names::label_key);
            self.text(value, &labels_path, names::label_value);
        }
        let expressions_path = path.field("matchExpressions");
        for (index, expression) in selector.match_expressions.iter().enumerate() {
            let path = expressions_path.index(index);
            let expression = &expression.value;
            self.operator(expression, &path);
            self.text(&expression.key, &path.field("key"), names::label_key);
            let values_path = path.field("values");
            let are_checked = KubernetesVersion::does(self.version, KubernetesVersion::CHECKED_EXPRESSIONS);
            for (index, value) in expression.values.iter().enumerate().filter(|_| are_checked) {
                self.text(value, &values_path.index(index), names::label_value);
            }
        }
    }

    fn operator(&mut self, expression: &crate::manifest::Expression, path: &Path<'_>) {
        let operator = &expression.operator;
        let values_path = path.field("values");
        let span = expression.values_key.unwrap_or(operator.span);
        match Operator::parse(&operator.value) {
            Some(Operator::In | Operator::NotIn) if expression.values.is_empty() => {
                let words = "Required value: must be specified when `operator` is 'In' or 'NotIn'";
                self.fault(span, &values_path, words);
            }
            Some(Operator::Exists | Operator::DoesNotExist) if !expression.values.is_empty() => {
                let words = "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
                self.fault(span, &values_path, words);
            }
            Some(_) => {}
            None if has_placeholder(&operator.value) => self.refusals += 1,
            None => {
                let message =
                    format!("Invalid value: {}: not a valid selector operator", go::json(&operator.value));
                self.fault(operator.span, &path.field("operator"), message);
                self.advise("the operators are `In`, `NotIn`, `Exists` and `DoesNotExist`");
            }
        }
    }
}

/// The other meaning that bits beyond the prefix may have: the one address.
fn single(text: &Spanned<String>, legacy: Legacy) -> Option<String> {
    let (address, _) = text.value.split_once('/').filter(|_| legacy == Legacy::HostBits)?;
    let length = if address.parse::<IpAddr>().ok()?.is_ipv4() { 32 } else { 128 };
    Some(format!("{address}/{length}"))
}

/// Where a text is written; `None` when an alias or a merge key brings it, which may bring it elsewhere too.
fn written(text: &Spanned<String>) -> Option<Span> {
    text.via.is_none().then_some(text.span)
}
