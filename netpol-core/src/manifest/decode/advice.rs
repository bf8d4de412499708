//! What to write instead of a value of a wrong type, for somebody who has never seen Go.

use super::GoType;
use crate::yaml::{Node, Value, surprise};

/// Texts longer than this are not repeated.
const LONGEST: usize = 80;

/// The advice on a value that should have had another Go type. `text` is how the value is written.
pub(super) fn advice(node: &Node<'_>, wanted: GoType, text: &str) -> String {
    let written =
        Some(text.trim()).filter(|text| !text.is_empty() && text.len() < LONGEST && !text.contains('\n'));
    if let Some(item) = wanted.name.strip_prefix("[]") {
        return of_list(node, GoType::new(wanted.owner, item), written);
    }
    match (wanted.name, &node.value) {
        ("v1.Protocol", _) => "write `TCP`, `UDP` or `SCTP`".to_owned(),
        ("v1.PolicyType", _) => "write `Ingress` or `Egress`".to_owned(),
        ("v1.LabelSelectorOperator", _) => "write `In`, `NotIn`, `Exists` or `DoesNotExist`".to_owned(),
        ("string" | "types.UID", _) => of_text(node, written),
        (number, value) if number.starts_with("int") => of_number(value, written),
        ("bool", _) => "`true` or `false` is wanted here".to_owned(),
        ("v1.IPBlock", Value::String(cidr))
            if cidr.contains('/') || cidr.parse::<std::net::IpAddr>().is_ok() =>
        {
            let length = if cidr.contains('/') { "" } else { "/32" };
            format!("an `ipBlock` has fields: write `cidr: {cidr}{length}` under it")
        }
        ("v1.NetworkPolicyPort", Value::Int(port)) => {
            format!("an item of `ports` has fields: write `port: {port}`")
        }
        (mapping, Value::Sequence(_)) => {
            format!(
                "fields are wanted here and not a list, as in `{}`: remove the dash or the brackets",
                example(mapping)
            )
        }
        (mapping, _) => format!("fields are wanted here, as in `{}`", example(mapping)),
    }
}

fn of_list(node: &Node<'_>, item: GoType, written: Option<&str>) -> String {
    let example = match (item.owner, item.name) {
        ("IPBlock", _) => "10.1.0.0/16",
        (_, name) => example(name),
    };
    match (&node.value, written) {
        (Value::Mapping(_), _) => {
            format!("a list is wanted here: begin each item with a dash, as in `- {example}`")
        }
        (Value::String(_), Some(text)) if matches!(item.name, "string" | "v1.PolicyType") => {
            format!("a list is wanted here: write `[{text}]`")
        }
        _ => format!("a list is wanted here, as in `- {example}`"),
    }
}

fn of_text(node: &Node<'_>, written: Option<&str>) -> String {
    match (&node.value, written) {
        (Value::Sequence(_), _) => "one text is wanted here and not a list".to_owned(),
        (Value::Mapping(_), _) => "one text is wanted here and no fields".to_owned(),
        (value, Some(text)) => match surprise(text, value) {
            Some(surprise) => format!("{surprise}; a text is wanted: quote it, `\"{text}\"`"),
            None => format!("a text is wanted here: quote it, `\"{text}\"`"),
        },
        _ => "a text is wanted here: put it in quotes".to_owned(),
    }
}

fn of_number(value: &Value<'_>, written: Option<&str>) -> String {
    match value {
        Value::String(digits) if digits.parse::<i32>().is_ok() => {
            format!("write the number without quotes: `{digits}`")
        }
        Value::Float(_) => "a whole number is wanted here".to_owned(),
        value => match written.and_then(|text| surprise(text, value)) {
            Some(surprise) => format!("{surprise}; a whole number is wanted here"),
            None => "a whole number is wanted here".to_owned(),
        },
    }
}

/// Fields that a Go type has.
fn example(name: &str) -> &'static str {
    match name {
        "v1.NetworkPolicySpec" => "podSelector: {}",
        "v1.NetworkPolicyIngressRule" => "from: [{podSelector: {matchLabels: {app: web}}}]",
        "v1.NetworkPolicyEgressRule" => "to: [{podSelector: {matchLabels: {app: web}}}]",
        "v1.NetworkPolicyPeer" => "podSelector: {matchLabels: {app: web}}",
        "v1.NetworkPolicyPort" => "port: 80",
        "v1.IPBlock" => "cidr: 10.0.0.0/8",
        "v1.LabelSelector" => "matchLabels: {app: web}",
        "v1.LabelSelectorRequirement" => "{key: app, operator: Exists}",
        "v1.ObjectMeta" => "name: web",
        "v1.OwnerReference" => "{apiVersion: apps/v1, kind: Deployment, name: web, uid: 5f1c}",
        "v1.ManagedFieldsEntry" => "manager: kubectl",
        "map[string]string" => "app: web",
        "string" => "web",
        "v1.PolicyType" => "Ingress",
        _ => "field: value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{FileSet, SourceFile, Span};

    fn said(value: Value<'static>, wanted: &'static str, text: &str) -> String {
        let mut files = FileSet::new();
        let id = files.add(SourceFile::named("a.yaml", text)).unwrap();
        let node = Node { value, span: Span::new(id, 0, 0), via: None };
        advice(&node, GoType::new("Owner", wanted), text)
    }

    #[test]
    fn what_to_write_instead_is_said() {
        let bare = said(Value::String("192.168.1.120/32".into()), "v1.IPBlock", "192.168.1.120/32");
        assert_eq!(bare, "an `ipBlock` has fields: write `cidr: 192.168.1.120/32` under it");
        let truth = said(Value::Bool(true), "string", "y");
        assert_eq!(truth, "`y` is read as the boolean `true`; a text is wanted: quote it, `\"y\"`");
        let list = said(Value::String("Ingress".into()), "[]v1.PolicyType", "Ingress");
        assert_eq!(list, "a list is wanted here: write `[Ingress]`");
        let protocol = said(Value::Int(6), "v1.Protocol", "6");
        assert_eq!(protocol, "write `TCP`, `UDP` or `SCTP`");
        let dash = said(Value::Sequence(Vec::new()), "v1.LabelSelector", "- matchLabels: {}");
        assert!(dash.contains("remove the dash"), "{dash}");
    }
}
