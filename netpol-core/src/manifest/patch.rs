//! Patches: parts of objects that a tool lays over others. Most are named by a kustomization; one that is not would take
//! the place of the object that it is meant for.

use super::WorkloadKind;
use super::kinds::TypedKind;
use crate::yaml::{Mapping, Node, Value};

/// Whether an object is a part of one: it says how it is to be merged, or it is a workload with neither selector nor
/// labels of its pods, or a Service with neither ports nor selector, which no server takes.
pub(super) fn is_patch(root: &Node<'_>, kind: TypedKind) -> bool {
    let Value::Mapping(fields) = &root.value else { return false };
    let Some(spec) = mapping(fields, "spec") else { return fields.get("$patch").is_some() };
    if fields.get("$patch").is_some() || spec.get("$patch").is_some() {
        return true;
    }
    match kind {
        TypedKind::Workload(
            WorkloadKind::CronJob | WorkloadKind::Job | WorkloadKind::ReplicationController,
        )
        | TypedKind::Namespace
        | TypedKind::Node
        | TypedKind::Pod => false,
        TypedKind::Workload(_) => spec.get("selector").is_none() && !has_pod_labels(spec),
        TypedKind::Service => {
            ["ports", "selector", "externalName", "clusterIP"].iter().all(|key| spec.get(key).is_none())
        }
    }
}

/// Whether the template of pods has labels, or something else stands in the place of the template or of its `metadata`.
fn has_pod_labels(spec: &Mapping<'_>) -> bool {
    let Some(template) = spec.get("template") else { return false };
    let Value::Mapping(template) = &template.value.value else { return true };
    let Some(metadata) = template.get("metadata") else { return false };
    match &metadata.value.value {
        Value::Mapping(metadata) => metadata.get("labels").is_some(),
        Value::Null => false,
        _ => true,
    }
}

fn mapping<'n, 't>(fields: &'n Mapping<'t>, key: &str) -> Option<&'n Mapping<'t>> {
    match &fields.get(key)?.value.value {
        Value::Mapping(mapping) => Some(mapping),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::manifest::{ReadOptions, read};
    use crate::text::{FileSet, SourceFile};

    fn patches(text: &str) -> usize {
        let mut files = FileSet::new();
        files.add(SourceFile::named("a.yaml", text)).unwrap();
        read(&files, &ReadOptions::default(), |_, _| None::<()>).tally.patches
    }

    #[test]
    fn a_workload_without_selector_and_labels_is_a_patch() {
        let head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n";
        assert_eq!(patches(&format!("{head}spec: {{template: {{spec: {{containers: []}}}}}}\n")), 1);
        assert_eq!(patches(&format!("{head}spec: {{replicas: 2}}\n")), 1);
        assert_eq!(patches(&format!("{head}$patch: delete\n")), 1);
        assert_eq!(patches(&format!("{head}spec: {{selector: {{}}}}\n")), 0);
        assert_eq!(patches(&format!("{head}spec: {{template: {{metadata: {{labels: {{a: b}}}}}}}}\n")), 0);
    }

    #[test]
    fn a_service_without_ports_and_selector_is_a_patch() {
        let head = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n";
        assert_eq!(patches(&format!("{head}spec: {{type: LoadBalancer}}\n")), 1);
        assert_eq!(patches(&format!("{head}spec: {{type: ExternalName, externalName: a.b}}\n")), 0);
        assert_eq!(patches(&format!("{head}spec: {{selector: {{a: b}}}}\n")), 0);
    }
}
