//! The kinds of the Kubernetes API: which are read, which cannot matter, and which do not exist.

use super::decode::decoder::nearest;
use super::{WorkloadKind, homes};

/// A kind that this room reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypedKind {
    /// `v1 Namespace`
    Namespace,
    /// `v1 Node`
    Node,
    /// `v1 Pod`
    Pod,
    /// `v1 Service`
    Service,
    /// A kind that owns pods.
    Workload(WorkloadKind),
}

/// What an `apiVersion` and a `kind` mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// A kind that is read here.
    Typed(TypedKind),
    /// A list of objects.
    List,
    /// A kind that cannot matter.
    Irrelevant,
    /// Perhaps a policy: for a dialect to claim. An object of a custom kind if none does.
    Custom,
    /// No kind of the built-in group that it names.
    Unknown,
}

/// A kind that is read, or claimed by the first dialect, with the versions of it that servers have had.
struct Known {
    kind: &'static str,
    typed: Option<TypedKind>,
    current: &'static str,
    removed: &'static [&'static str],
}

const fn known(kind: WorkloadKind, current: &'static str, removed: &'static [&'static str]) -> Known {
    Known { kind: kind.name(), typed: Some(TypedKind::Workload(kind)), current, removed }
}

const fn core(kind: &'static str, typed: TypedKind) -> Known {
    Known { kind, typed: Some(typed), current: "v1", removed: &[] }
}

const KNOWN: [Known; 12] = [
    core("Namespace", TypedKind::Namespace),
    core("Node", TypedKind::Node),
    core("Pod", TypedKind::Pod),
    core("Service", TypedKind::Service),
    known(WorkloadKind::ReplicationController, "v1", &[]),
    known(WorkloadKind::Deployment, "apps/v1", &["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"]),
    known(WorkloadKind::ReplicaSet, "apps/v1", &["extensions/v1beta1", "apps/v1beta2"]),
    known(WorkloadKind::StatefulSet, "apps/v1", &["apps/v1beta1", "apps/v1beta2"]),
    known(WorkloadKind::DaemonSet, "apps/v1", &["extensions/v1beta1", "apps/v1beta2"]),
    known(WorkloadKind::Job, "batch/v1", &[]),
    known(WorkloadKind::CronJob, "batch/v1", &["batch/v1beta1", "batch/v2alpha1"]),
    Known {
        kind: "NetworkPolicy",
        typed: None,
        current: "networking.k8s.io/v1",
        removed: &["extensions/v1beta1"],
    },
];

/// The groups that are built into Kubernetes, with the kinds of them that are not read. The core group has no name.
const BUILT_IN: [(&str, &[&str]); 25] = [
    (
        "",
        &[
            "Binding",
            "ComponentStatus",
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "PodTemplate",
            "ResourceQuota",
            "Secret",
            "ServiceAccount",
            "Status",
        ],
    ),
    (
        "admissionregistration.k8s.io",
        &[
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io", &["APIService"]),
    ("apps", &["ControllerRevision", "Scale"]),
    ("authentication.k8s.io", &["SelfSubjectReview", "TokenRequest", "TokenReview"]),
    (
        "authorization.k8s.io",
        &[
            "LocalSubjectAccessReview",
            "SelfSubjectAccessReview",
            "SelfSubjectRulesReview",
            "SubjectAccessReview",
        ],
    ),
    ("autoscaling", &["HorizontalPodAutoscaler", "Scale"]),
    ("batch", &["JobTemplate"]),
    ("certificates.k8s.io", &["CertificateSigningRequest", "ClusterTrustBundle", "PodCertificateRequest"]),
    ("coordination.k8s.io", &["Lease", "LeaseCandidate"]),
    ("discovery.k8s.io", &["EndpointSlice"]),
    ("events.k8s.io", &["Event"]),
    ("extensions", &["Ingress", "PodSecurityPolicy", "Scale"]),
    ("flowcontrol.apiserver.k8s.io", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("internal.apiserver.k8s.io", &["StorageVersion"]),
    ("networking.k8s.io", &["ClusterCIDR", "IPAddress", "Ingress", "IngressClass", "ServiceCIDR"]),
    ("node.k8s.io", &["RuntimeClass"]),
    ("policy", &["Eviction", "PodDisruptionBudget", "PodSecurityPolicy"]),
    ("rbac.authorization.k8s.io", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]),
    (
        "resource.k8s.io",
        &["DeviceClass", "DeviceTaintRule", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"],
    ),
    ("scheduling.k8s.io", &["PodGroup", "PriorityClass", "Workload"]),
    ("settings.k8s.io", &["PodPreset"]),
    (
        "storage.k8s.io",
        &[
            "CSIDriver",
            "CSINode",
            "CSIStorageCapacity",
            "StorageClass",
            "VolumeAttachment",
            "VolumeAttributesClass",
        ],
    ),
    ("storagemigration.k8s.io", &["StorageVersionMigration"]),
];

/// Policy kinds that look as if they were built in, with the `apiVersion` that has them.
const ELSEWHERE: [(&str, &str); 3] = [
    ("AdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1"),
    ("BaselineAdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1"),
    ("ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2"),
];

/// Groups of policies that are not built into Kubernetes.
const OF_PLUGINS: [&str; 4] =
    ["policy.networking.k8s.io", "projectcalico.org", "crd.projectcalico.org", "cilium.io"];

/// Whether a kind, by its name alone, is one that is read, a list, or a policy of some plugin.
pub fn is_known(kind: &str) -> bool {
    let item = kind.strip_suffix("List").unwrap_or(kind);
    kind == "List" || item.ends_with("NetworkPolicy") || KNOWN.iter().any(|known| known.kind == item)
}

/// Whether an `apiVersion` names a group that is known. The core group does not count: it has no name.
pub fn has_known_group(api_version: &str) -> bool {
    let group = group(api_version);
    !group.is_empty() && (is_built_in(api_version) || OF_PLUGINS.contains(&group))
}

/// Whether an `apiVersion` names a group that may be one of custom kinds.
pub fn may_be_custom(api_version: &str) -> bool {
    group(api_version).contains('.')
}

/// The group of an `apiVersion`; empty for the core group.
pub fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// The group that an object of a kind belongs to, whatever old group its document names.
pub fn canonical_group<'v>(api_version: &'v str, kind: &str) -> &'v str {
    match replacement(api_version, kind) {
        Some(current) => group(current),
        None => group(api_version),
    }
}

/// The `apiVersion` that replaced the removed one of a kind that is read; `None` when it was not removed.
pub fn replacement(api_version: &str, kind: &str) -> Option<&'static str> {
    let known = KNOWN.iter().find(|known| known.kind == kind)?;
    known.removed.contains(&api_version).then_some(known.current)
}

/// Whether objects of a policy kind belong to the whole cluster and have no namespace.
pub fn is_of_cluster(api_version: &str, kind: &str) -> bool {
    match kind {
        "Namespace" | "Node" => api_version == "v1",
        "AdminNetworkPolicy"
        | "AdminPolicyBasedExternalRoute"
        | "BaselineAdminNetworkPolicy"
        | "CiliumClusterwideNetworkPolicy"
        | "ClusterNetworkPolicy"
        | "GlobalNetworkPolicy"
        | "GlobalNetworkSet"
        | "HostEndpoint"
        | "StagedGlobalNetworkPolicy" => api_version.contains('/'),
        _ => false,
    }
}

/// Where an object of a kind goes.
pub fn route(api_version: &str, kind: &str) -> Route {
    let known = KNOWN.iter().find(|known| known.kind == kind);
    if let Some(known) =
        known.filter(|known| known.current == api_version || known.removed.contains(&api_version))
    {
        return known.typed.map_or(Route::Custom, Route::Typed);
    }
    if let Some(item) = kind.strip_suffix("List") {
        return list_route(api_version, item);
    }
    let Some(kinds) = built_in(api_version) else { return Route::Custom };
    if kinds.contains(&kind) && is_version(api_version.rsplit('/').next().unwrap_or_default()) {
        Route::Irrelevant
    } else {
        Route::Unknown
    }
}

/// Whether an `apiVersion` names a group that is built into Kubernetes.
pub fn is_built_in(api_version: &str) -> bool {
    built_in(api_version).is_some()
}

/// The `apiVersion` that has a kind which is not read, where one is known.
fn home(kind: &str) -> Option<String> {
    homes::custom(kind).map(str::to_owned).or_else(|| built_in_home(kind))
}

fn built_in_home(kind: &str) -> Option<String> {
    // The last version of each group that has another than the first.
    let version = |group: &str| if group == "autoscaling" { "v2" } else { "v1" };
    let is_home = |(group, kinds): &&(&str, &[&str])| {
        !matches!(*group, "extensions" | "settings.k8s.io") && kinds.contains(&kind) && kind != "Scale"
    };
    let (group, _) = BUILT_IN.iter().find(is_home)?;
    Some(if group.is_empty() { "v1".to_owned() } else { format!("{group}/{}", version(group)) })
}

/// The kinds of a built-in group that are not read.
fn built_in(api_version: &str) -> Option<&'static [&'static str]> {
    let group = group(api_version);
    BUILT_IN.iter().find(|(name, _)| *name == group).map(|(_, kinds)| *kinds)
}

/// A list of a kind goes where the kind goes; `v1 List` holds any.
fn list_route(api_version: &str, item: &str) -> Route {
    if item.is_empty() {
        return if api_version == "v1" { Route::List } else { Route::Unknown };
    }
    match route(api_version, item) {
        Route::Typed(_) | Route::Custom | Route::List => Route::List,
        other => other,
    }
}

/// Whether a kind is worth building: it may be an object that matters, or a list of such.
pub fn is_wanted(api_version: &str, kind: &str) -> bool {
    !matches!(route(api_version, kind), Route::Irrelevant)
}

/// Whether a kind is close to one that is read, so that an unknown group or spelling is a slip and not a custom kind:
/// the group has no dot, which custom groups have, or is nearly the right one.
pub fn is_slip(api_version: &str, kind: &str) -> bool {
    let Some((known_kind, current)) = meant(kind) else { return false };
    let group = group(api_version);
    let is_near = nearest(group, std::iter::once(self::group(current))).is_some();
    !group.contains('.') || (is_near && (known_kind == kind || group == self::group(current)))
}

/// What was probably meant by an `apiVersion` and `kind` that do not exist: kind and `apiVersion`.
pub fn suggestion(api_version: &str, kind: &str) -> Option<String> {
    if let (Route::List, Some(item)) = (route(api_version, kind), kind.strip_suffix("List")) {
        let items = "a list has its objects under `items:`";
        return Some(match item {
            "" => items.to_owned(),
            item => format!("{items}; one object alone has `kind: {item}`"),
        });
    }
    let known = KNOWN.iter().any(|known| known.kind == kind);
    if let Some(home) = home(kind).filter(|_| !known) {
        return Some(format!("write `apiVersion: {home}`"));
    }
    let elsewhere = || ELSEWHERE.iter().find(|(name, _)| *name == kind).copied();
    // The last are exchanged.
    if let Some((kind, current)) = meant(kind).or_else(elsewhere).or_else(|| meant(api_version)) {
        return Some(format!("did you mean `apiVersion: {current}` and `kind: {kind}`?"));
    }
    let kind = nearest(kind, built_in(api_version)?.iter().copied())?;
    Some(format!("did you mean `kind: {kind}`?"))
}

/// The kind that is read which a spelling comes closest to: another case, a plural or a slip of the pen.
fn meant(kind: &str) -> Option<(&'static str, &'static str)> {
    let lower = kind.to_ascii_lowercase();
    let singular = lower.strip_suffix("ies").map(|stem| format!("{stem}y"));
    let singular = singular.or_else(|| lower.strip_suffix('s').map(str::to_owned)).unwrap_or_default();
    let exact = KNOWN.iter().find(|known| {
        let name = known.kind.to_ascii_lowercase();
        name == lower || name == singular
    });
    let near = || {
        let name = nearest(kind, KNOWN.iter().map(|known| known.kind).filter(|name| name.len() > 4))?;
        KNOWN.iter().find(|known| known.kind == name)
    };
    exact.or_else(near).map(|known| (known.kind, known.current))
}

/// `v1`, `v1beta1`, `v2alpha1`.
fn is_version(version: &str) -> bool {
    let Some(rest) = version.strip_prefix('v') else { return false };
    let rest = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let stage = rest.strip_prefix("alpha").or_else(|| rest.strip_prefix("beta"));
    version.len() > rest.len() + 1
        && match stage {
            Some(number) => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
            None => rest.is_empty(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_version_decides_and_never_the_kind_alone() {
        assert_eq!(route("v1", "Service"), Route::Typed(TypedKind::Service));
        assert_eq!(route("serving.knative.dev/v1", "Service"), Route::Custom);
        assert_eq!(route("networking.k8s.io/v1", "NetworkPolicy"), Route::Custom);
        assert_eq!(route("v1", "ConfigMap"), Route::Irrelevant);
        assert_eq!(route("apps/v1", "NetworkPolicy"), Route::Unknown);
        assert_eq!(route("", "NetworkPolicy"), Route::Unknown);
        assert_eq!(route("networking.k8s.io/V1", "NetworkPolicy"), Route::Unknown);
    }

    #[test]
    fn old_versions_of_kinds_that_are_read_are_known_by_what_replaced_them() {
        assert_eq!(replacement("extensions/v1beta1", "NetworkPolicy"), Some("networking.k8s.io/v1"));
        assert_eq!(replacement("networking.k8s.io/v1", "NetworkPolicy"), None);
        assert_eq!(canonical_group("extensions/v1beta1", "Deployment"), "apps");
        assert_eq!(route("networking.k8s.io/v1beta1", "NetworkPolicy"), Route::Unknown);
    }

    #[test]
    fn a_list_goes_where_its_items_go() {
        assert_eq!(route("v1", "List"), Route::List);
        assert_eq!(route("v1", "PodList"), Route::List);
        assert_eq!(route("v1", "ConfigMapList"), Route::Irrelevant);
        assert_eq!(route("networking.k8s.io/v1", "NetworkPolicyList"), Route::List);
    }

    #[test]
    fn a_slip_is_told_from_a_custom_kind() {
        assert!(is_slip("networking/v1", "NetworkPolicy"));
        assert!(is_slip("networking.k8s.oi/v1", "NetworkPolicy"));
        assert!(is_slip("app/v1", "Deployments"));
        assert!(!is_slip("serving.knative.dev/v1", "Service"));
        assert!(!is_slip("projectcalico.org/v3", "NetworkPolicy"));
        let suggests = |version: &str, kind: &str, words: &str| {
            let text = suggestion(version, kind).unwrap();
            assert!(text.contains(words), "{version} {kind}: {text}");
        };
        suggests("networking.k8s.io/v1", "NetworkPolicies", "`kind: NetworkPolicy`");
        suggests(
            "networking.k8s.io/v1",
            "AdminNetworkPolicy",
            "`apiVersion: policy.networking.k8s.io/v1alpha1`",
        );
        suggests("NetworkPolicy", "networking.k8s.io/v1", "`apiVersion: networking.k8s.io/v1`");
        suggests("networking.k8s.io/v1", "NetworkPolicyList", "`items:`");
        suggests("apps/v1", "Ingress", "`apiVersion: networking.k8s.io/v1`");
        suggests("v1", "Route", "`apiVersion: route.openshift.io/v1`");
        suggests("apps/v1", "HorizontalPodAutoscaler", "`apiVersion: autoscaling/v2`");
        suggests("apps/v1", "Services", "`kind: Service`");
    }
}
