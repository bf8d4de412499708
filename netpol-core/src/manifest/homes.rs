//! The `apiVersion` of kinds that people write under a group which does not have them.

/// Kinds that are well known, of one API each, with the `apiVersion` that has them.
const CUSTOM: [(&str, &str); 41] = [
    ("Alertmanager", "monitoring.coreos.com/v1"),
    ("AppProject", "argoproj.io/v1alpha1"),
    ("Application", "argoproj.io/v1alpha1"),
    ("ApplicationSet", "argoproj.io/v1alpha1"),
    ("BuildConfig", "build.openshift.io/v1"),
    ("Certificate", "cert-manager.io/v1"),
    ("CiliumClusterwideNetworkPolicy", "cilium.io/v2"),
    ("CiliumNetworkPolicy", "cilium.io/v2"),
    ("ClusterIssuer", "cert-manager.io/v1"),
    ("DeploymentConfig", "apps.openshift.io/v1"),
    ("DestinationRule", "networking.istio.io/v1"),
    ("ExternalSecret", "external-secrets.io/v1"),
    ("GRPCRoute", "gateway.networking.k8s.io/v1"),
    ("GatewayClass", "gateway.networking.k8s.io/v1"),
    ("GitRepository", "source.toolkit.fluxcd.io/v1"),
    ("GlobalNetworkPolicy", "projectcalico.org/v3"),
    ("HTTPRoute", "gateway.networking.k8s.io/v1"),
    ("HelmRelease", "helm.toolkit.fluxcd.io/v2"),
    ("HelmRepository", "source.toolkit.fluxcd.io/v1"),
    ("ImageStream", "image.openshift.io/v1"),
    ("IngressRoute", "traefik.io/v1alpha1"),
    ("Issuer", "cert-manager.io/v1"),
    ("NetworkAttachmentDefinition", "k8s.cni.cncf.io/v1"),
    ("OperatorGroup", "operators.coreos.com/v1"),
    ("PodMonitor", "monitoring.coreos.com/v1"),
    ("Probe", "monitoring.coreos.com/v1"),
    ("Project", "project.openshift.io/v1"),
    ("Prometheus", "monitoring.coreos.com/v1"),
    ("PrometheusRule", "monitoring.coreos.com/v1"),
    ("Rollout", "argoproj.io/v1alpha1"),
    ("Route", "route.openshift.io/v1"),
    ("ScaledObject", "keda.sh/v1alpha1"),
    ("SealedSecret", "bitnami.com/v1alpha1"),
    ("SecretStore", "external-secrets.io/v1"),
    ("SecurityContextConstraints", "security.openshift.io/v1"),
    ("ServiceEntry", "networking.istio.io/v1"),
    ("ServiceMonitor", "monitoring.coreos.com/v1"),
    ("Template", "template.openshift.io/v1"),
    ("VerticalPodAutoscaler", "autoscaling.k8s.io/v1"),
    ("VirtualService", "networking.istio.io/v1"),
    ("VolumeSnapshot", "snapshot.storage.k8s.io/v1"),
];

/// The `apiVersion` that has a custom kind, if it is well known.
pub(super) fn custom(kind: &str) -> Option<&'static str> {
    let place = CUSTOM.binary_search_by(|(name, _)| (*name).cmp(kind)).ok()?;
    CUSTOM.get(place).map(|(_, home)| *home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_by_their_names() {
        assert!(CUSTOM.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(custom("Route"), Some("route.openshift.io/v1"));
        assert_eq!(custom("Widget"), None);
    }
}
