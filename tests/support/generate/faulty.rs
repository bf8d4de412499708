//! Objects that the API server refuses, or of which a placeholder hides a part.

use serde_json::{Value, json};

use super::Random;

/// Spoils an object in one of the ways in which people do. `template` leads to the fields of its pods.
pub fn spoil(random: &mut Random, object: &mut Value) {
    let pointer = match object["kind"].as_str() {
        Some("Namespace") => return spoil_labels(random, &mut object["metadata"]),
        Some("Pod") => "",
        Some("CronJob") => "/spec/jobTemplate/spec/template",
        _ => "/spec/template",
    };
    let Some(template) = object.pointer_mut(pointer) else { return };
    match random.below(6) {
        0 => template["spec"]["hostNetwork"] = json!(*random.pick(&["true", "${LATER}"])),
        1 => template["spec"] = json!(["containers"]),
        2 => template["spec"]["containers"][0]["ports"] = port(random),
        _ => spoil_labels(random, &mut template["metadata"]),
    }
}

fn spoil_labels(random: &mut Random, metadata: &mut Value) {
    metadata["labels"] = match random.below(5) {
        0 => json!(["app"]),
        1 => json!({"app": "a", "tier": 7}),
        2 => json!({"app": "a", "env": "no value"}),
        3 => json!({"app": true}),
        _ => json!("${LATER}"),
    };
}

fn port(random: &mut Random) -> Value {
    match random.below(4) {
        0 => json!([{"name": "web", "containerPort": "80"}]),
        1 => json!([{"name": "web", "containerPort": 70_000}]),
        2 => json!([{"name": "no_name", "containerPort": 80}]),
        _ => json!({"web": 80}),
    }
}
