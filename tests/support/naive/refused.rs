//! What the API server refuses of the objects that make the cluster: nothing is known of it.

use serde_json::Value;

use super::labels::{is_placeholder, items};
use super::policy::{is_label_key, is_label_value, is_port_name};

/// Whether nothing is known of a pod, or of the pods that an object makes. `template` is where their fields stand.
pub fn is_doubted(object: &Value, template: &Value) -> bool {
    let is_pod = object["kind"] == "Pod";
    let is_text = |value: &Value| value.is_null() || value.is_string();
    let counts = ["replicas", "parallelism"].iter().all(|field| is_count(&object["spec"][*field]));
    let metadata = [&object["metadata"], &template["metadata"]];
    !(metadata.into_iter().all(is_fields)
        && is_text(&object["metadata"]["namespace"])
        && (is_pod || is_fields(&object["spec"]) && is_fields(template) && counts)
        && are_labels(&template["metadata"]["labels"])
        && is_pod_spec(&template["spec"]))
}

/// Whether the labels of a namespace are not known.
pub fn is_doubted_namespace(object: &Value) -> bool {
    !is_fields(&object["metadata"]) || !are_labels(&object["metadata"]["labels"])
}

fn is_fields(value: &Value) -> bool {
    value.is_null() || value.is_object()
}

fn is_list(value: &Value) -> bool {
    value.is_null() || value.is_array()
}

fn is_count(value: &Value) -> bool {
    value.is_null() || value.as_i64().is_some()
}

fn are_labels(labels: &Value) -> bool {
    let is_value = |value: &Value| value.is_null() || value.as_str().is_some_and(is_label_value);
    let entries = labels.as_object().into_iter().flatten();
    is_fields(labels) && entries.into_iter().all(|(key, value)| is_label_key(key) && is_value(value))
}

fn is_pod_spec(spec: &Value) -> bool {
    let lists = [&spec["containers"], &spec["initContainers"]];
    let is_switch = spec["hostNetwork"].is_null() || spec["hostNetwork"].is_boolean();
    let sidecars = items(&spec["initContainers"]).iter().filter(|it| it["restartPolicy"] == "Always");
    is_fields(spec)
        && is_switch
        && lists.into_iter().all(|list| is_list(list) && items(list).iter().all(is_fields))
        && items(&spec["containers"])
            .iter()
            .chain(sidecars)
            .all(|container| is_list(&container["ports"]) && items(&container["ports"]).iter().all(is_port))
}

fn is_port(port: &Value) -> bool {
    let is_name = match &port["name"] {
        Value::Null => true,
        Value::String(name) => name.is_empty() || is_placeholder(name) || is_port_name(name),
        _ => false,
    };
    let is_number = port["containerPort"].as_i64().is_some_and(|number| (1..=65_535).contains(&number));
    let is_protocol = match &port["protocol"] {
        Value::Null => true,
        Value::String(name) => ["", "TCP", "UDP", "SCTP"].contains(&name.as_str()),
        _ => false,
    };
    is_name && is_number && is_protocol
}
